//! E-mail addresses: as header fields state them, unchecked, and checked ones that we write to.

use std::borrow::Cow;
use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use serde::{Deserialize, Serialize};

/// A checked e-mail address, which may be compared and written to: an RFC 5321 mailbox with a dot-atom local part, in lower case.
///
/// A domain of other letters is kept in its ASCII form (`xn--`, RFC 5890). A local part may have letters and digits of any
/// script (RFC 6531), in normalisation form C.
///
/// Quoted local parts, source routes and addresses with a second `@` are refused: another program might read them as somebody
/// else's address. So are letters that only look like ASCII, which normalisation would make into somebody else's.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// The error for a text that is no [`EmailAddress`]; it holds the first 100 characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an e-mail address (expected name@domain)")]
pub struct InvalidAddress(String);

/// The domain of pseudonyms. It never exists (RFC 2606), so that nothing can be sent there.
const FORGOTTEN: &str = "forgotten.invalid";

impl EmailAddress {
    /// The pseudonym for the address of a person who was forgotten everywhere.
    pub fn forgotten(number: u32) -> Self {
        Self(format!("forgotten-{number}@{FORGOTTEN}"))
    }

    /// The pseudonym for an address in a single request whose content was erased.
    pub fn person(number: u32) -> Self {
        Self(format!("person-{number}@{FORGOTTEN}"))
    }

    /// Whether this is a pseudonym.
    pub fn is_forgotten(&self) -> bool {
        self.domain() == FORGOTTEN
    }

    /// Reads an addr-spec and puts it in lower case (RFC 5322 3.4.1, dot-atom form, RFC 6531 3.3; lengths by RFC 5321 4.5.3.1).
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        let refuse = || InvalidAddress(text.chars().take(100).collect());
        let (local, domain) = text.split_once('@').ok_or_else(refuse)?;
        let local = lower_local(local).ok_or_else(refuse)?;
        let domain = ascii_domain(domain).ok_or_else(refuse)?;
        let atext = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
        let dot_atom = |s: &str| s.split('.').all(|atom| !atom.is_empty() && atom.chars().all(atext));
        let label = |s: &str| {
            !s.is_empty()
                && s.len() <= 63
                && s.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
                && !s.starts_with('-')
                && !s.ends_with('-')
        };
        if local.len() > 64 || domain.len() > 253 || !dot_atom(&local) || !domain.split('.').all(label) {
            return Err(refuse());
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    /// Whether only servers with SMTPUTF8 (RFC 6531) can take an e-mail to it: its local part is not ASCII.
    pub fn needs_smtputf8(&self) -> bool {
        !self.0.is_ascii()
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// The part before the `@`.
    pub fn local(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }

    /// The address without its `+tag`; unchanged if it has none.
    pub fn without_tag(&self) -> Self {
        match self.local().split_once('+') {
            Some((base, _)) if !base.is_empty() => Self(format!("{base}@{}", self.domain())),
            _ => self.clone(),
        }
    }

    /// Whether the domain is `domain` itself or one below it, compared label by label: `evil-example.org` is not below
    /// `example.org`.
    pub fn is_within(&self, domain: &str) -> bool {
        let own: Vec<&str> = self.domain().rsplit('.').collect();
        let domain = domain.to_ascii_lowercase();
        let other: Vec<&str> = domain.rsplit('.').collect();
        own.len() >= other.len() && own.iter().zip(&other).all(|(a, b)| a == b)
    }
}

/// A local part in lower case and normalisation form C. None: a character of it is neither ASCII nor a letter, mark or digit, or
/// becomes ASCII by this, such as the Kelvin sign; or Latin letters stand among Cyrillic or Greek ones, which look the same.
fn lower_local(local: &str) -> Option<String> {
    if local.is_ascii() {
        return Some(local.to_ascii_lowercase());
    }
    if !local.chars().all(|c| c.is_ascii() || c.is_alphanumeric() || is_combining_mark(c)) {
        return None;
    }
    let composed: String = local.nfc().collect();
    let lower: String = composed.to_lowercase().nfc().collect();
    let is_faithful = local.chars().all(|c| c.is_ascii() || !c.nfc().chain(c.to_lowercase()).any(|c| c.is_ascii()));
    let is_latin = |c: char| c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c);
    let is_mixed = |atom: &str| atom.contains(is_latin) && atom.contains(|c| ('\u{370}'..='\u{52f}').contains(&c));
    (is_faithful && !lower.split(['.', '-', '_', '+']).any(is_mixed)).then_some(lower)
}

/// A domain in its ASCII form (UTS 46). None: it has none, or one of its labels only looks as if it were not ASCII.
fn ascii_domain(domain: &str) -> Option<Cow<'_, str>> {
    if domain.is_ascii() {
        return Some(Cow::Borrowed(domain));
    }
    let ascii = idna::domain_to_ascii(domain).ok()?;
    let labels: Vec<&str> = ascii.split('.').collect();
    let is_international = |(label, ascii): (&str, &&str)| label.is_ascii() || ascii.starts_with("xn--");
    let sound = domain.split('.').count() == labels.len() && domain.split('.').zip(&labels).all(is_international);
    sound.then_some(Cow::Owned(ascii))
}

checked_text!(EmailAddress, InvalidAddress,
    /// `name@domain`, lower case.
);

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A mailbox as a header field states it (RFC 5322 3.4): display name and address, decoded but neither trusted nor checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedAddress {
    /// The display name, decoded; empty when there is none.
    pub name: String,
    /// The address as written; may be anything.
    pub address: String,
}

impl NamedAddress {
    /// The address as a checked one; `None` if it is none that we write to.
    pub fn email(&self) -> Option<EmailAddress> {
        EmailAddress::parse(&self.address).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::EmailAddress;

    #[test]
    fn accepts_what_people_have() {
        for (text, kept) in [
            ("Ivan.Petrov@Example.ORG", "ivan.petrov@example.org"),
            ("a+b@xn--80akhbyknj4f.example", "a+b@xn--80akhbyknj4f.example"),
            ("o'hara@localhost", "o'hara@localhost"),
            ("info@Пример.РФ", "info@xn--e1afmkfd.xn--p1ai"),
            ("info@mail.münchen.example", "info@mail.xn--mnchen-3ya.example"),
            ("Почта@пример.рф", "почта@xn--e1afmkfd.xn--p1ai"),
            ("jo\u{308}rg.Müller+x@example.com", "jörg.müller+x@example.com"),
            ("用户@例え.jp", "用户@xn--r8jz45g.jp"),
        ] {
            assert_eq!(EmailAddress::parse(text).map(String::from).as_deref(), Ok(kept), "{text}");
        }
    }

    #[test]
    fn refuses_what_parsers_disagree_on() {
        for text in [
            "",
            "a",
            "@b",
            "a@",
            "a@b@c",
            "a b@c",
            "a@b c",
            "<a@b>",
            "\"a b\"@c",
            "@c:a@b",
            "a@b\r\nBcc: c@d",
            "и ван@example.org",
            "иван\u{202e}@example.org",
            "«иван»@example.org",
            "i\u{212a}anov@example.org",
            "ivаnov@example.org",
            "a@\u{ff45}xample.org",
            "a@example。org",
            "a@пример..рф",
            "a@при мер.рф",
            "почта@b@пример.рф",
            "иван＠example.org",
            "a..b@c",
            ".a@c",
            "a@.c",
            "a@c.",
            "a@-c",
            "eng@corp.comevil@x.y",
        ] {
            assert!(EmailAddress::parse(text).is_err(), "{text}");
        }
        assert!(EmailAddress::parse(&format!("{}@c", "a".repeat(65))).is_err());
        assert!(EmailAddress::parse(&format!("{}@c", "я".repeat(33))).is_err());
    }

    #[test]
    fn compares_domains_label_by_label() {
        let address = |text| EmailAddress::parse(text).expect("a test address");
        assert!(address("a@mail.example.org").is_within("Example.org"));
        assert!(address("a@example.org").is_within("example.org"));
        assert!(!address("a@evil-example.org").is_within("example.org"));
        assert!(!address("a@org").is_within("example.org"));
    }
}
