//! The replacement of addresses by pseudonyms when people are forgotten.

use unicode_normalization::char::is_combining_mark;

use super::EmailAddress;

/// A set of addresses, each with the pseudonym that replaces it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redaction {
    pairs: Vec<(EmailAddress, EmailAddress)>,
}

impl Redaction {
    /// Replaces one address.
    pub fn of(address: EmailAddress, pseudonym: EmailAddress) -> Self {
        Self { pairs: vec![(address, pseudonym)] }
    }

    /// Replaces each of these by a numbered pseudonym, in their order from `first`, so that they can still be told apart.
    pub fn of_all(first: u32, addresses: Vec<EmailAddress>) -> Self {
        let numbered = (first..).zip(addresses).map(|(number, address)| (address, EmailAddress::person(number)));
        Self { pairs: numbered.collect() }
    }

    /// The pseudonym of an address; the address itself if it is not replaced.
    pub fn address(&self, address: &EmailAddress) -> EmailAddress {
        let found = self.pairs.iter().find(|(known, _)| known == address);
        found.map_or_else(|| address.clone(), |(_, pseudonym)| pseudonym.clone())
    }

    /// Whether an address is replaced.
    pub fn covers(&self, address: &EmailAddress) -> bool {
        self.pairs.iter().any(|(known, _)| known == address)
    }

    /// The pseudonym if a text as a whole is a replaced address; otherwise the text itself.
    pub fn word(&self, text: &str) -> String {
        EmailAddress::parse(text).map_or_else(|_| text.to_owned(), |address| self.address(&address).to_string())
    }

    /// A text, which may be JSON, in which each replaced address has become its pseudonym.
    pub fn text(&self, text: &str) -> String {
        let mut kept = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((start, end, pseudonym)) = self.next(rest.as_bytes()) {
            kept.push_str(&rest[..start]);
            kept.push_str(pseudonym.as_str());
            rest = &rest[end..];
        }
        kept + rest
    }

    /// Whether a text contains a replaced address.
    pub fn is_named_in(&self, text: &[u8]) -> bool {
        self.next(text).is_some()
    }

    /// Whether the `From` field of a raw message contains a replaced address. It is read without the parser, which may be unable
    /// to read this message.
    pub fn is_author_of(&self, raw: &[u8]) -> bool {
        let mut is_from = false;
        for line in raw.split(|byte| *byte == b'\n') {
            match line.first() {
                None | Some(b'\r') => return false,
                Some(b' ' | b'\t') => {}
                Some(_) => is_from = line.get(..5).is_some_and(|name| name.eq_ignore_ascii_case(b"from:")),
            }
            if is_from && self.is_named_in(line) {
                return true;
            }
        }
        false
    }

    /// Raw bytes in which the letters and digits of replaced addresses have become `x`, so that all offsets stay the same; `None` if
    /// there is nothing to replace. Encoded addresses (base64, RFC 2047) are not found.
    pub fn bytes(&self, raw: &[u8]) -> Option<Vec<u8>> {
        let is_letter = |byte: u8| !byte.is_ascii() || byte.is_ascii_alphanumeric();
        let (mut kept, mut at) = (raw.to_vec(), 0);
        while let Some((start, end, _)) = raw.get(at..).and_then(|rest| self.next(rest)) {
            for byte in kept.iter_mut().take(at + end).skip(at + start).filter(|byte| is_letter(**byte)) {
                *byte = b'x';
            }
            at += end;
        }
        (at > 0).then_some(kept)
    }

    /// The start and end of the first replaced address in a text, and its pseudonym. Both are on character boundaries.
    fn next(&self, text: &[u8]) -> Option<(usize, usize, &EmailAddress)> {
        let signs = text.iter().enumerate().filter(|(_, byte)| **byte == b'@').map(|(at, _)| at);
        signs.into_iter().find_map(|at| self.at(text, at))
    }

    /// The same for the address around the `@` at this place.
    fn at(&self, text: &[u8], at: usize) -> Option<(usize, usize, &EmailAddress)> {
        let international = || {
            let (start, end, address) = international(text, at)?;
            let (_, pseudonym) = self.pairs.iter().find(|(known, _)| *known == address)?;
            Some((start, end, pseudonym))
        };
        let exact = self.pairs.iter().find_map(|(address, pseudonym)| {
            let start = at.checked_sub(address.local().len())?;
            let end = start + address.as_str().len();
            let is_same = text.get(start..end)?.eq_ignore_ascii_case(address.as_str().as_bytes());
            (is_same && begins(&text[..start]) && ends(&text[end..])).then_some((start, end, pseudonym))
        });
        exact.or_else(international)
    }
}

/// The longest local part, and the longest domain in other letters than ASCII, in bytes.
const LONGEST_PART: usize = 512;

/// The start and end of the address around the `@` at this place, and the address, if it is not written in ASCII: such an
/// address has several forms.
fn international(text: &[u8], at: usize) -> Option<(usize, usize, EmailAddress)> {
    let is_part = |c: char| c.is_alphanumeric() || is_combining_mark(c) || "._-+".contains(c);
    let before = text[at.saturating_sub(LONGEST_PART)..at].utf8_chunks().last()?;
    let local = before.valid().rsplit(|c| !is_part(c)).next().filter(|_| before.invalid().is_empty())?;
    let behind = text[at + 1..].get(..LONGEST_PART).unwrap_or(&text[at + 1..]).utf8_chunks().next()?.valid();
    let domain = behind.split(|c| !is_part(c)).next()?.trim_end_matches(['.', '-', '_', '+']);
    if local.is_ascii() && domain.is_ascii() {
        return None;
    }
    // `n`, `r` or `t` after a backslash are white space, in JSON.
    let start = at - local.len();
    let is_escaped = local.starts_with(['n', 'r', 't']) && text[..start].ends_with(b"\\");
    let (start, local) = if is_escaped { (start + 1, &local[1..]) } else { (start, local) };
    let address = EmailAddress::parse(&format!("{local}@{domain}")).ok()?;
    Some((start, at + 1 + domain.len(), address))
}

/// Whether an address may begin after this text. `n`, `r` or `t` after a backslash are white space, in JSON.
fn begins(before: &[u8]) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte);
    match before {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., last] => !is_word(*last),
        [] => true,
    }
}

/// Whether an address may end before this text: a full stop ends it, unless a further label of the domain follows.
fn ends(behind: &[u8]) -> bool {
    let is_label = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    match behind {
        [b'.', next, ..] => !is_label(*next),
        [first, ..] => !is_label(*first),
        [] => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ivan() -> Redaction {
        let address = EmailAddress::parse("ivan@example.com").unwrap();
        Redaction::of(address, EmailAddress::forgotten(7))
    }

    #[test]
    fn an_address_is_replaced_wherever_it_stands_and_no_other_is() {
        for (text, expected) in [
            ("ivan@example.com", "forgotten-7@forgotten.invalid"),
            ("<Ivan@Example.COM>, x", "<forgotten-7@forgotten.invalid>, x"),
            ("Write to ivan@example.com.", "Write to forgotten-7@forgotten.invalid."),
            ("\"a\\nivan@example.com\"", "\"a\\nforgotten-7@forgotten.invalid\""),
            ("smtp.mailfrom=ivan@example.com;", "smtp.mailfrom=forgotten-7@forgotten.invalid;"),
            ("Ответ: ivan@example.com — да", "Ответ: forgotten-7@forgotten.invalid — да"),
            ("xivan@example.com", "xivan@example.com"),
            ("ivan+shop@example.com", "ivan+shop@example.com"),
            ("ivan@example.com.au", "ivan@example.com.au"),
            ("ivan@example.community", "ivan@example.community"),
            ("a@b, ivan@example.com, @, ivan@", "a@b, forgotten-7@forgotten.invalid, @, ivan@"),
            ("", ""),
        ] {
            assert_eq!(ivan().text(text), expected, "{text}");
            assert_eq!(ivan().is_named_in(text.as_bytes()), text != expected, "{text}");
        }
    }

    #[test]
    fn the_author_of_raw_bytes_is_whom_their_from_field_names() {
        for (raw, expected) in [
            ("From: Ivan <ivan@example.com>\r\n\r\nx", true),
            ("To: a@example.org\nfrom: \"Ivan,\n the first\"\n\t<IVAN@example.com>\n\nx", true),
            ("From: ann@example.com\r\nTo: ivan@example.com\r\n\r\nx", false),
            ("From: ann@example.com\r\n\r\nFrom: ivan@example.com", false),
            ("X-From: ivan@example.com\r\n\r\n", false),
            ("", false),
        ] {
            assert_eq!(ivan().is_author_of(raw.as_bytes()), expected, "{raw}");
        }
    }

    #[test]
    fn raw_bytes_keep_their_length() {
        let raw = b"To: Ivan <ivan@example.com>, a@b\r\n\r\n> ivan@EXAMPLE.com wrote\xff";
        let kept = ivan().bytes(raw).unwrap();
        assert_eq!(kept, b"To: Ivan <xxxx@xxxxxxx.xxx>, a@b\r\n\r\n> xxxx@xxxxxxx.xxx wrote\xff");
        assert_eq!(ivan().bytes(b"a@b"), None);
    }

    #[test]
    fn an_international_address_is_replaced_in_all_its_forms() {
        let redaction = |text| Redaction::of(EmailAddress::parse(text).unwrap(), EmailAddress::forgotten(7));
        let pseudonym = "forgotten-7@forgotten.invalid";
        for (address, text, kept) in [
            ("info@пример.рф", "info@xn--e1afmkfd.xn--p1ai", ""),
            ("info@пример.рф", "«INFO@Пример.РФ».", "«»."),
            ("info@пример.рф", "\"a\\ninfo@пример.рф\"", "\"a\\n\""),
            ("почта@пример.рф", "<ПОЧТА@xn--e1afmkfd.xn--p1ai>, x", "<>, x"),
            ("jörg@example.com", "from=JÖRG@example.com;", "from=;"),
        ] {
            assert_eq!(redaction(address).text(text).replacen(pseudonym, "", 1), kept, "{text}");
            assert!(redaction(address).is_named_in(text.as_bytes()), "{text}");
        }
        for other in ["xinfo@пример.рф", "info@пример.рф.example", "яinfo@пример.рф", "info@при", "@пример.рф", "é@"]
        {
            assert_eq!(redaction("info@пример.рф").text(other), other);
        }
        let raw = redaction("jörg@example.com").bytes("<Jörg@Example.com>".as_bytes()).unwrap();
        assert_eq!(raw, b"<xxxxx@xxxxxxx.xxx>");
    }

    #[test]
    fn several_people_can_still_be_told_apart() {
        let all = ["b@example.com", "a@example.com"].map(|text| EmailAddress::parse(text).unwrap());
        let redaction = Redaction::of_all(7, all.to_vec());
        assert_eq!(
            redaction.text("a@example.com b@example.com"),
            "person-8@forgotten.invalid person-7@forgotten.invalid"
        );
        assert_eq!(redaction.word("A@example.com"), "person-8@forgotten.invalid");
        assert_eq!(redaction.word("nobody"), "nobody");
    }
}
