//! Decides whether the operator's own mail server authenticated the sender's domain, by `Authentication-Results` (RFC 8601).
//!
//! Anybody can write such a field, so only one counts: the topmost that names the operator's server, and only if it stands
//! above the first `Received` of another server. (A server that follows RFC 8601 section 5 removes forged fields with its own
//! name.) A malformed field authenticates nobody, nor does one in a form that such a server may not have recognised: with white
//! space before its colon, control characters, or quotes, comments and other characters about the server's name.

use crate::model::{EmailAddress, Incoming};

#[cfg(test)]
mod tests;

/// Longer fields are ignored, in bytes: the parser cuts them, so that they are incomplete.
const LONGEST: usize = 4_000;

/// The result by which the server `authserv_id` authenticates the domain of the only sender:
/// `dmarc=pass header.from=example.org`, or `dkim=pass header.d=example.org`. None: not authenticated.
///
/// SPF alone never counts: it authenticates the envelope sender, not `From`.
pub fn vouched(incoming: &Incoming, authserv_id: &str) -> Option<String> {
    let mut fields = incoming.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("From"));
    let ([from], Some(field), None) = (incoming.from.as_slice(), fields.next(), fields.next()) else { return None };
    if field.is_irregular {
        return None;
    }
    let results = results_of(incoming, authserv_id)?;
    let sender = from.email()?;
    let mut dmarc = results.iter().filter(|result| result.is("dmarc", None)).peekable();
    if dmarc.peek().is_some_and(|first| first.value != "none") {
        let passed =
            |result: &MethodResult| result.value == "pass" && result.property("header.from") == Some(sender.domain());
        return dmarc.all(passed).then(|| format!("dmarc=pass header.from={}", sender.domain()));
    }
    let signers = results.iter().filter(|result| result.is("dkim", Some("pass"))).filter_map(MethodResult::signer);
    let signer = signers.into_iter().find(|signer| is_aligned(signer, &sender))?;
    Some(format!("dkim=pass header.d={signer}"))
}

/// The server (authserv-id) of an `Authentication-Results` field and its results, such as `dmarc=pass`. None: malformed. Says
/// nothing about whether the field is genuine.
pub fn results(field: &str) -> Option<(String, Vec<String>)> {
    let (id, findings) = parse(field)?;
    let findings = findings.iter().map(|finding| format!("{}={}", finding.method, finding.value)).collect();
    (!id.is_empty()).then_some((id, findings))
}

/// Whether a DKIM signature by `signer` authenticates the sender: it is the sender's domain or a parent domain of it. A
/// subdomain, which DMARC's relaxed alignment (RFC 7489 3.1.1) would accept too, may belong to somebody else.
fn is_aligned(signer: &str, sender: &EmailAddress) -> bool {
    signer == sender.domain() || is_organisation(signer) && sender.is_within(signer)
}

/// Whether all subdomains belong to one organisation, guessed without a public suffix list: short names such as `co.uk` are
/// taken for public suffixes.
fn is_organisation(domain: &str) -> bool {
    match domain.split('.').rev().collect::<Vec<_>>()[..] {
        [top, second] => top.len() > 2 || second.len() > 3,
        [_, _, ..] => true,
        _ => false,
    }
}

/// The results of the one field that counts (see the module); None if there is none.
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
            let (id, findings) = parse(&header.value)?;
            if id == authserv_id {
                return (!header.is_irregular && names_plainly(&header.value, &id)).then_some(findings);
            }
        }
    }
    None
}

/// Whether a field begins with the server's name as such servers write it, which those that remove forged fields recognise.
fn names_plainly(field: &str, id: &str) -> bool {
    let rest = field.get(id.len()..).filter(|_| field.to_ascii_lowercase().starts_with(id));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ';', '(']))
}

/// Whether a `Received` field was written by the operator's servers: by the server's name or domain, or because it names no
/// other host. None: malformed.
fn is_own_hop(field: &str, authserv_id: &str) -> Option<bool> {
    let plain = normalised(field)?;
    let mut words = plain.split([' ', ';']).filter(|word| !word.is_empty()).peekable();
    let came_from = words.peek().is_some_and(|word| *word == "from");
    let Some(host) = words.skip_while(|word| *word != "by").nth(1) else { return Some(!came_from) };
    let parent = authserv_id.split_once('.').map(|(_, parent)| parent).filter(|parent| is_organisation(parent));
    let within = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    let is_number = host.contains(':') || host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    Some(within(authserv_id) || parent.is_some_and(within) || !came_from && is_number)
}

/// The result of one method (RFC 8601 section 2.2, resinfo), in lower case.
struct MethodResult {
    method: String,
    value: String,
    properties: Vec<(String, String)>,
}

impl MethodResult {
    fn is(&self, method: &str, value: Option<&str>) -> bool {
        // The method may carry a version: `dkim/1`.
        let name = self.method.split('/').next();
        name == Some(method) && value.is_none_or(|value| value == self.value)
    }

    /// The value of a property; None if it is missing or given twice.
    fn property(&self, name: &str) -> Option<&str> {
        let mut values = self.properties.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }

    /// The signing domain of a DKIM result: `header.d`, else the domain of `header.i`.
    fn signer(&self) -> Option<&str> {
        let has = |name: &str| self.properties.iter().any(|(key, _)| key == name);
        if has("header.d") {
            return self.property("header.d");
        }
        self.property("header.i")?.rsplit_once('@').map(|(_, domain)| domain)
    }
}

/// Parses a field: the authserv-id in lower case (empty if malformed or missing) and the results. None: malformed.
fn parse(field: &str) -> Option<(String, Vec<MethodResult>)> {
    let plain = normalised(field)?;
    let mut parts = plain.split(';').map(str::trim);
    let id = match parts.next()?.split(' ').collect::<Vec<_>>()[..] {
        [id] => id,
        [id, version] if version.bytes().all(|b| b.is_ascii_digit()) => id,
        // No authserv-id, or not the grammar of RFC 8601.
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

/// Replaces characters of a quoted string that would be syntax outside of it.
const QUOTED: char = '\u{fffd}';

/// Normalises a field body: lower case, without comments and quotes, single spaces, none around `=`. Quoted syntax characters
/// become [`QUOTED`]. None: too long, or a comment or quoted string is not closed.
fn normalised(field: &str) -> Option<String> {
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
