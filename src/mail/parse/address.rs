//! Parses address fields (RFC 5322 section 3.4, obsolete forms of section 4.4), also the malformed ones of real mail.

use std::sync::LazyLock;

use regex::Regex;

use super::header;
use crate::mail::pattern;
use crate::model::NamedAddress;

/// Further mailboxes of a field are ignored.
const MAX_MAILBOXES: usize = 1_000;
/// How much of a field is read, in bytes.
const MAX_FIELD: usize = 64 * 1024;
/// How far the end of a quoted string, comment or angle bracket is searched for, in bytes.
const MAX_TOKEN: usize = 1_000;

/// Parses the body of an address field: groups are flattened, display names decoded.
///
/// If a mailbox has several addresses in angle brackets, its whole text becomes the address, which is then invalid: an
/// ambiguous mailbox must not be taken for anybody's. `hint` is the charset for 8-bit bytes.
pub fn mailboxes(body: &[u8], hint: Option<&str>) -> Vec<NamedAddress> {
    let text = header::to_str(&body[..body.len().min(MAX_FIELD)], hint);
    // Some mail clients encode the whole field including the address.
    if !text.contains('@') && text.contains("=?") {
        return of_text(&header::decode_words(&text));
    }
    of_text(&text)
}

/// Whether the body of an address field is one mailbox in the form of RFC 5322 section 3.4, so that all programs read the same
/// address: no group, list, source route, second address, or comment with an address.
pub fn is_plain(body: &[u8]) -> bool {
    std::str::from_utf8(&header::unfold(body)).is_ok_and(|text| PLAIN.is_match(text))
        || header::is_guessed(body) && PLAIN.is_match(&header::to_str(body, None))
}

static PLAIN: LazyLock<Regex> = LazyLock::new(|| {
    let address = r"[^\s\x00-\x1f()<>\[\]:;@\\,\x22]+@[\w.-]+";
    let word = r"=\?[^?\s]+\?[BbQq]\?[^?\s]*\?=";
    let name = format!(r#"(?:{word}|"(?:[^"\\]|\\.)*"|\([^()@<>\\]*\)|[^"()<>@,;:\\\x00-\x1f]|\t)*"#);
    pattern(&format!(r"^\s*(?:{name}<\s*{address}\s*>|{address})\s*(?:\([^()@<>\\]*\)\s*)?$"))
});

fn of_text(text: &str) -> Vec<NamedAddress> {
    let mut mailboxes: Vec<NamedAddress> = Vec::new();
    let mut surname = String::new();
    for piece in pieces(text) {
        if mailboxes.len() == MAX_MAILBOXES {
            break;
        }
        // `Petrov, Ivan <ivan@example.org>`: an unquoted comma in a display name.
        if piece.is_bare_words() {
            if surname.len() < MAX_TOKEN {
                surname = if surname.is_empty() { piece.words } else { format!("{surname}, {}", piece.words) };
            }
            continue;
        }
        let mut piece = piece;
        if !surname.is_empty() && !piece.angles.is_empty() {
            piece.words = format!("{surname}, {}", piece.words.trim());
            surname.clear();
        }
        mailboxes.extend(piece.mailbox());
    }
    if mailboxes.is_empty() && !surname.is_empty() {
        let name = name(&surname);
        mailboxes.extend((!name.is_empty()).then(|| NamedAddress { name: String::new(), address: name }));
    }
    mailboxes
}

/// The text between two commas of an address field.
#[derive(Default)]
struct AddressPiece {
    /// Text outside of angle brackets and comments, without quotation marks.
    words: String,
    /// The last quoted string: an address in it belongs to the display name.
    quoted: String,
    /// The contents of angle brackets that hold an address.
    angles: Vec<String>,
    /// The contents of comments.
    comment: String,
}

impl AddressPiece {
    fn is_group_name(&self) -> bool {
        self.words.len() < MAX_TOKEN && !self.words.contains('@') && self.angles.is_empty()
    }

    fn is_bare_words(&self) -> bool {
        self.angles.is_empty() && !self.words.contains('@') && !self.words.trim().is_empty()
    }

    fn mailbox(self) -> Option<NamedAddress> {
        let (words, address) = match self.angles.as_slice() {
            [] => bare(&self.words)?,
            [address] => (self.words.clone(), route_end(address).to_owned()),
            several => (self.words.clone(), several.join(">, <")),
        };
        let words = if words.trim().is_empty() { self.comment } else { words };
        let address = header::clean(&address.replace(char::is_whitespace, ""));
        let mailbox = NamedAddress { name: name(&words), address };
        (!mailbox.name.is_empty() || !mailbox.address.is_empty()).then_some(mailbox)
    }
}

/// Parses an address without angle brackets, also beside a name or with spaces around the `@`. Returns name and address.
fn bare(words: &str) -> Option<(String, String)> {
    let tight = tighten(words);
    let (mut names, mut address) = (Vec::new(), None);
    for word in tight.split_whitespace() {
        if word.contains('@') && address.is_none() {
            address = Some(word.trim_matches(|c| matches!(c, '<' | '>' | '[' | ']' | '"' | '\'')).to_owned());
        } else {
            names.push(word);
        }
    }
    address.map(|address| (names.join(" "), address))
}

/// Removes spaces around `@` (RFC 5322 section 4.4).
fn tighten(words: &str) -> String {
    let mut pieces = words.split('@');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        out.truncate(out.trim_end().len());
        out.push('@');
        out.push_str(piece.trim_start());
    }
    out
}

/// The address without its source route: `@relay,@other:ivan@example.org` (RFC 5322 section 4.4).
fn route_end(address: &str) -> &str {
    let address = address.trim();
    let address = if address.starts_with('@') { address.rsplit(':').next().unwrap_or(address) } else { address };
    address.strip_prefix("mailto:").unwrap_or(address).trim_matches(|c| matches!(c, '\'' | ' '))
}

/// Decodes a display name: encoded-words decoded, outer quotation marks removed.
fn name(words: &str) -> String {
    let decoded = header::clean(&header::decode_words(words.trim()));
    let mut name = decoded.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = name.strip_prefix(quote).and_then(|n| n.strip_suffix(quote)) {
            name = inner.trim();
        }
    }
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Splits a field at commas (Outlook: semicolons) outside of quotes, comments and brackets; group names are dropped.
fn pieces(text: &str) -> Vec<AddressPiece> {
    let mut pieces = Vec::new();
    let mut piece = AddressPiece::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (taken, after) = match c {
            '"' => quoted(rest),
            '(' => comment(rest),
            '<' => angle(rest),
            _ => (AddressToken::Char(c), &rest[c.len_utf8()..]),
        };
        rest = after;
        match taken {
            AddressToken::Quoted(text) => {
                piece.words.push_str(&text.replace('@', "\u{e000}"));
                piece.quoted = text;
            }
            AddressToken::Comment(text) => {
                piece.comment = text;
                piece.words.push(' ');
            }
            AddressToken::Angle(text) => piece.angles.push(text),
            AddressToken::Char(',' | ';') => pieces.push(std::mem::take(&mut piece)),
            AddressToken::Char(':') if piece.is_group_name() => piece = AddressPiece::default(),
            AddressToken::Char('>') if !piece.angles.is_empty() => {}
            AddressToken::Char(c) => piece.words.push(c),
        }
    }
    pieces.push(piece);
    for piece in &mut pieces {
        piece.restore_quoted_at();
    }
    pieces.retain(|p| !p.words.trim().is_empty() || !p.angles.is_empty());
    pieces
}

impl AddressPiece {
    /// Decides about an `@` inside of quotes: beside another address it belongs to the name, else the quoted text is the
    /// address.
    fn restore_quoted_at(&mut self) {
        let name_beside = !self.angles.is_empty() || self.words.contains('@');
        if self.words.contains('\u{e000}') {
            if !name_beside {
                self.angles.push(std::mem::take(&mut self.quoted));
                self.words.clear();
            } else if self.angles.is_empty() {
                // A quoted local part: "odd@name"@example.org.
                let local = format!("\"{}\"", self.quoted);
                self.words = self.words.replace(&self.quoted.replace('@', "\u{e000}"), &local);
            }
            self.words = self.words.replace('\u{e000}', "@");
        }
    }
}

enum AddressToken {
    Quoted(String),
    Comment(String),
    Angle(String),
    Char(char),
}

/// Parses a quoted string; an unclosed quotation mark is read as a space.
fn quoted(text: &str) -> (AddressToken, &str) {
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1).take_while(|&(at, _)| at < MAX_TOKEN);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => out.extend(chars.next().map(|(_, c)| c)),
            '"' => return (AddressToken::Quoted(out), &text[at + 1..]),
            c => out.push(c),
        }
    }
    (AddressToken::Char(' '), &text[1..])
}

/// Parses a comment with nested ones; an unclosed parenthesis is read as a space.
fn comment(text: &str) -> (AddressToken, &str) {
    let (mut out, mut depth) = (String::new(), 0u32);
    let mut chars = text.char_indices().take_while(|&(at, _)| at < MAX_TOKEN);
    while let Some((at, c)) = chars.next() {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => return (AddressToken::Comment(out), &text[at + 1..]),
            ')' => depth -= 1,
            '\\' => {
                out.extend(chars.next().map(|(_, c)| c));
                continue;
            }
            _ => {}
        }
        if depth > 1 || c != '(' {
            out.push(c);
        }
    }
    (AddressToken::Char(' '), &text[1..])
}

/// Parses angle brackets; content other than an address belongs to the name: `Ivan <work> <ivan@example.org>`.
fn angle(text: &str) -> (AddressToken, &str) {
    let mut limit = text.len().min(MAX_TOKEN);
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let rest = text[1..].trim_start_matches('<');
    let skipped = text.len() - rest.len();
    let inner = rest.get(..limit.saturating_sub(skipped)).unwrap_or_default();
    let closing = inner.find('>');
    let end = closing.or_else(|| inner.find([',', ';'])).unwrap_or(inner.len());
    let after = end + usize::from(closing.is_some());
    let content = &inner[..end];
    let last = closing.is_some() && !inner[after..].contains('<');
    if content.contains('@') || content.trim().is_empty() || last {
        (AddressToken::Angle(content.to_owned()), &rest[after..])
    } else {
        (AddressToken::Char('<'), rest)
    }
}

#[cfg(test)]
mod tests {
    use super::mailboxes;

    fn read(field: &str) -> Vec<(String, String)> {
        mailboxes(field.as_bytes(), None).into_iter().map(|m| (m.name, m.address)).collect()
    }

    #[test]
    fn one_mailbox_in_all_its_forms() {
        for (field, name, address) in [
            ("ivan@example.org", "", "ivan@example.org"),
            ("<ivan@example.org>", "", "ivan@example.org"),
            ("Ivan Petrov <ivan@example.org>", "Ivan Petrov", "ivan@example.org"),
            ("\"Petrov, Ivan\" <ivan@example.org>", "Petrov, Ivan", "ivan@example.org"),
            ("Petrov, Ivan <ivan@example.org>", "Petrov, Ivan", "ivan@example.org"),
            ("ivan@example.org (Ivan Petrov)", "Ivan Petrov", "ivan@example.org"),
            ("Ivan (the (old) one) Petrov <ivan@example.org>", "Ivan Petrov", "ivan@example.org"),
            ("=?UTF-8?B?0JjQstCw0L0=?= <ivan@example.org>", "Иван", "ivan@example.org"),
            ("\"=?UTF-8?B?0JjQstCw0L0=?=\" <ivan@example.org>", "Иван", "ivan@example.org"),
            ("=?UTF-8?Q?=D0=98=2C_=D0=98?= <ivan@example.org>", "И, И", "ivan@example.org"),
            ("'Ivan' <ivan@example.org>", "Ivan", "ivan@example.org"),
            ("\"ivan@example.org\" <ivan@example.org>", "ivan@example.org", "ivan@example.org"),
            ("Ivan <work> <ivan@example.org>", "Ivan <work>", "ivan@example.org"),
            ("Ivan Petrov ivan@example.org", "Ivan Petrov", "ivan@example.org"),
            ("ivan @ example.org", "", "ivan@example.org"),
            ("Ivan < ivan@example.org >", "Ivan", "ivan@example.org"),
            ("Ivan <ivan@example.org", "Ivan", "ivan@example.org"),
            ("<<ivan@example.org>>", "", "ivan@example.org"),
            ("<@relay.example,@two.example:ivan@example.org>", "", "ivan@example.org"),
            ("Ivan <mailto:ivan@example.org>", "Ivan", "ivan@example.org"),
            ("\"ivan@example.org\"", "", "ivan@example.org"),
            ("\"say \\\"hi\\\"\" <ivan@example.org>", "say \"hi\"", "ivan@example.org"),
            ("=?utf-8?Q?Ivan_=3Civan=40example=2Eorg=3E?=", "Ivan", "ivan@example.org"),
            ("MAILER-DAEMON (Mail Delivery System)", "", "MAILER-DAEMON"),
        ] {
            assert_eq!(read(field), [(name.to_owned(), address.to_owned())], "{field}");
        }
    }

    #[test]
    fn a_plain_mailbox_is_read_alike_by_all_programs() {
        for plain in [
            "ivan@example.org",
            " <ivan@example.org>",
            "Ivan Petrov <ivan@example.org>",
            "Ivan P. Petrov <ivan@example.org>",
            "Иван <ivan@example.org>",
            "\"Petrov, Ivan\" <ivan@example.org>",
            "\"boss@example.net\" <ivan@example.org>",
            "\"say \\\"hi\\\"\" <ivan@example.org>",
            "=?utf-8?Q?Petrov,_Ivan_=28IT=29?= <ivan@example.org>",
            "=?UTF-8?B?0JjQstCw0L0=?=\r\n <ivan@example.org>",
            "ivan@example.org (Ivan Petrov)",
            "Ivan (IT) < ivan@example.org >",
            "ivan+tag=x@xn--e1afmkfd.example",
        ] {
            assert!(super::is_plain(plain.as_bytes()), "{plain}");
        }
        for odd in [
            "Eng: ivan@example.org;",
            "ivan@example.org;",
            "ivan@example.org, boris@example.org",
            "Petrov, Ivan <ivan@example.org>",
            "<@relay.example:ivan@example.org>",
            "Ivan <mailto:ivan@example.org>",
            "<<ivan@example.org>>",
            "<ivan@example.org>x<evil@example.net>",
            "evil@example.net <ivan@example.org>",
            "Ivan <ivan@example.org",
            "ivan @ example.org",
            "ivan(x@y)@example.org",
            "ivan@example.org (evil@example.net)",
            "\"ivan\"@example.org",
            "\"ivan@example.org\"",
            "=?utf-8?Q?Ivan_=3Civan=40example=2Eorg=3E?=",
            "Ivan \u{0}<ivan@example.org>",
            "ivan@example.org\u{a0}evil",
            "",
        ] {
            assert!(!super::is_plain(odd.as_bytes()), "{odd}");
        }
    }

    #[test]
    fn lists_and_groups() {
        let addresses = |field| read(field).into_iter().map(|(_, a)| a).collect::<Vec<_>>();
        assert_eq!(
            addresses("a@x.example, B <b@x.example>; c@x.example"),
            ["a@x.example", "b@x.example", "c@x.example"]
        );
        assert_eq!(
            addresses("Team: a@x.example, B <b@x.example>;, d@x.example"),
            ["a@x.example", "b@x.example", "d@x.example"]
        );
        assert_eq!(addresses("undisclosed-recipients:;"), [""; 0]);
        assert_eq!(addresses(""), [""; 0]);
    }

    #[test]
    fn ambiguous_mailboxes_have_no_address() {
        let read = mailboxes(b"<eng@corp.example>x<evil@other.example>", None);
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].email(), None);
    }
}
