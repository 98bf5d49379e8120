//! Whether the operator's own server vouches for the domain of a sender, by `Authentication-Results` (RFC 8601).
//!
//! Everybody may write such a field; so of the many that a message may carry, one counts: the topmost that names the operator's
//! server, and only above the first `Received` of a foreign one. A server that keeps to RFC 8601 section 5 takes away forged fields of its own
//! name. Whatever is odd here vouches for nobody.

use crate::model::{EmailAddress, Incoming};

#[cfg(test)]
mod tests;

/// A longer field is not read, in bytes; the parser cuts longer ones.
const LONGEST: usize = 4_000;

/// The words with which the server that calls itself `authserv_id` vouches for the domain of the one and only sender:
/// `dmarc=pass header.from=example.org`, or `dkim=pass header.d=example.org`.
///
/// SPF alone never counts, since it is about the envelope.
pub fn vouched(incoming: &Incoming, authserv_id: &str) -> Option<String> {
    let ([from], 1) = (incoming.from.as_slice(), incoming.header("From").count()) else { return None };
    let results = results_of(incoming, authserv_id)?;
    let sender = from.email()?;
    let mut dmarc = results.iter().filter(|result| result.is("dmarc", None)).peekable();
    if dmarc.peek().is_some_and(|first| first.value != "none") {
        let passed =
            |result: &MethodResult| result.value == "pass" && result.property("header.from") == Some(sender.domain());
        return dmarc.all(passed).then(|| format!("dmarc=pass header.from={}", sender.domain()));
    }
    let signers = results.iter().filter(|result| result.is("dkim", Some("pass"))).filter_map(MethodResult::signer);
    let signer = signers.into_iter().find(|signer| speaks_for(signer, &sender))?;
    Some(format!("dkim=pass header.d={signer}"))
}

/// Who wrote an `Authentication-Results` field and what it found, such as `dmarc=pass`; none for what is not one. Whether it is
/// to be believed is not judged.
pub fn said(field: &str) -> Option<(String, Vec<String>)> {
    let (id, findings) = read(field)?;
    let findings = findings.iter().map(|finding| format!("{}={}", finding.method, finding.value)).collect();
    (!id.is_empty()).then_some((id, findings))
}

/// Whether a signature by this domain is the sender's: its own one, or one of a domain above it. A domain below it, which DMARC
/// would take too, may be in other hands. Since we have no list of public suffixes, short names such as `co.uk` are
/// taken for one.
fn speaks_for(signer: &str, sender: &EmailAddress) -> bool {
    signer == sender.domain() || is_organisation(signer) && sender.is_within(signer)
}

/// Whether all names below this domain belong to one organisation, as far as its shape tells.
fn is_organisation(domain: &str) -> bool {
    match domain.split('.').rev().collect::<Vec<_>>()[..] {
        [top, second] => top.len() > 2 || second.len() > 3,
        [_, _, ..] => true,
        _ => false,
    }
}

/// The findings of the one field that counts.
fn results_of(incoming: &Incoming, authserv_id: &str) -> Option<Vec<MethodResult>> {
    let authserv_id = authserv_id.to_ascii_lowercase();
    if authserv_id.is_empty() {
        return None;
    }
    for header in &incoming.headers {
        if header.name.eq_ignore_ascii_case("Received") {
            if !is_own_hop(&header.value, &authserv_id)? {
                return None;
            }
        } else if header.name.eq_ignore_ascii_case("Authentication-Results") {
            let (id, findings) = read(&header.value)?;
            if id == authserv_id {
                return Some(findings);
            }
        }
    }
    None
}

/// Whether a `Received` field tells of the operator's own server: by its name, by its domain, or because it tells of no other
/// host at all.
fn is_own_hop(field: &str, authserv_id: &str) -> Option<bool> {
    let plain = plain(field)?;
    let mut words = plain.split([' ', ';']).filter(|word| !word.is_empty()).peekable();
    let came_from = words.peek().is_some_and(|word| *word == "from");
    let Some(host) = words.skip_while(|word| *word != "by").nth(1) else { return Some(!came_from) };
    let parent = authserv_id.split_once('.').map(|(_, parent)| parent).filter(|parent| is_organisation(parent));
    let within = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    let is_number = host.contains(':') || host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    Some(within(authserv_id) || parent.is_some_and(within) || !came_from && is_number)
}

/// What one method found (RFC 8601 section 2.2), in lower case.
struct MethodResult {
    method: String,
    value: String,
    properties: Vec<(String, String)>,
}

impl MethodResult {
    fn is(&self, method: &str, value: Option<&str>) -> bool {
        // A version may stand behind the method.
        let name = self.method.split('/').next();
        name == Some(method) && value.is_none_or(|value| value == self.value)
    }

    /// The value of a property that is given once.
    fn property(&self, name: &str) -> Option<&str> {
        let mut values = self.properties.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }

    /// The domain that signed.
    fn signer(&self) -> Option<&str> {
        let has = |name: &str| self.properties.iter().any(|(key, _)| key == name);
        if has("header.d") {
            return self.property("header.d");
        }
        self.property("header.i")?.rsplit_once('@').map(|(_, domain)| domain)
    }
}

/// The server's name in lower case and its findings; none for what is not written as RFC 8601 says.
fn read(field: &str) -> Option<(String, Vec<MethodResult>)> {
    let plain = plain(field)?;
    let mut parts = plain.split(';').map(str::trim);
    let id = match parts.next()?.split(' ').collect::<Vec<_>>()[..] {
        [id] => id,
        [id, version] if version.bytes().all(|b| b.is_ascii_digit()) => id,
        // A server that does not name itself, or words of somebody else.
        _ => "",
    };
    Some((id.to_owned(), parts.filter_map(finding).collect()))
}

fn finding(part: &str) -> Option<MethodResult> {
    let mut pairs = part.split(' ').map(|word| word.split_once('='));
    let (method, value) = pairs.next()??;
    let properties = pairs.flatten().map(|(key, value)| (key.to_owned(), value.to_owned()));
    Some(MethodResult { method: method.to_owned(), value: value.to_owned(), properties: properties.collect() })
}

/// Stands for a character in a quoted string that would mean something outside of it.
const QUOTED: char = '\u{fffd}';

/// A field body in lower case, without comments and quotes, with single blanks and none around `=`. What would mean
/// something stays without meaning if it was quoted. None where a comment or a quote never ends.
fn plain(field: &str) -> Option<String> {
    if field.len() > LONGEST {
        return None;
    }
    let mut plain = String::new();
    let mut comments = 0_usize;
    let mut quoted = false;
    let mut chars = field.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if quoted || comments > 0 => {
                chars.next()?;
                if quoted {
                    plain.push(QUOTED);
                }
            }
            '"' if comments == 0 => quoted = !quoted,
            c if quoted => plain.push(if c.is_whitespace() || ";=()".contains(c) { QUOTED } else { c }),
            '(' => comments += 1,
            ')' => {
                comments = comments.checked_sub(1)?;
                plain.push(' ');
            }
            _ if comments > 0 => {}
            c => plain.push(c),
        }
    }
    if quoted || comments > 0 {
        return None;
    }
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    Some(words.replace(" =", "=").replace("= ", "="))
}
