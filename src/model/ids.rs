//! Identifiers: desk keys, request numbers, message ids, UIDs and row ids.

use std::fmt;

use serde::{Deserialize, Serialize};
use strum::Display;

use super::Digest;

/// The error for a text that is no identifier of its kind; it holds the first 100 characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {expected}")]
pub struct InvalidId {
    text: String,
    expected: &'static str,
}

impl InvalidId {
    pub(super) fn new(text: &str, expected: &'static str) -> Self {
        Self { text: text.chars().take(100).collect(), expected }
    }
}

/// The key of a desk, which its request numbers begin with: `OTK`. Two to ten capital ASCII letters or digits, a letter first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeskKey(String);

impl DeskKey {
    /// Reads a key and puts it in upper case.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let good = (2..=10).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.chars().all(|c| c.is_ascii_alphanumeric());
        if good {
            Ok(Self(text.to_ascii_uppercase()))
        } else {
            Err(InvalidId::new(text, "a desk key (2 to 10 ASCII letters or digits, a letter first)"))
        }
    }
}

checked_text!(DeskKey, InvalidId,
    /// The key in upper case.
);

impl fmt::Debug for DeskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number of a request, as people write it: `OTK-1042`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RequestNumber {
    /// The desk's key.
    pub desk: DeskKey,
    /// Ascending from 1 within the desk, without gaps.
    pub number: u32,
}

impl RequestNumber {
    /// Reads `OTK-1042`, in upper or lower case.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let refuse = || InvalidId::new(text, "a request number (such as OTK-1042)");
        let (key, digits) = text.split_once('-').ok_or_else(refuse)?;
        let desk = DeskKey::parse(key).map_err(|_| refuse())?;
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(refuse());
        }
        match digits.parse() {
            Ok(number) if number > 0 => Ok(Self { desk, number }),
            _ => Err(refuse()),
        }
    }
}

impl TryFrom<String> for RequestNumber {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

impl From<RequestNumber> for String {
    fn from(number: RequestNumber) -> String {
        number.to_string()
    }
}

impl fmt::Display for RequestNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.desk, self.number)
    }
}

impl fmt::Debug for RequestNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A Message-ID (RFC 5322 3.6.4) without its angle brackets: never empty, printable ASCII, at most 250 bytes.
///
/// Empty and malformed ids are never a value of this type, so that they match nothing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageId(String);

impl MessageId {
    /// Reads an id, with or without angle brackets.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let bare = text.trim();
        let bare = bare.strip_prefix('<').and_then(|s| s.strip_suffix('>')).unwrap_or(bare);
        let good = !bare.is_empty()
            && bare.len() <= 250
            && bare.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>');
        if good { Ok(Self(bare.to_owned())) } else { Err(InvalidId::new(text, "a Message-ID")) }
    }

    /// The id in lower case, in which all ids of ours are written. Some servers change the case.
    pub fn in_lower_case(&self) -> Self {
        Self(self.0.to_ascii_lowercase())
    }

    /// The pseudonym for the id of a message whose content is erased: equal ids have equal pseudonyms, and it tells nothing else.
    pub fn erased(&self) -> Self {
        Self(format!("{}@erased.invalid", Digest::of(self.0.as_bytes())))
    }
}

checked_text!(MessageId, InvalidId,
    /// The id without angle brackets.
);

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

/// The identifier of a message within one folder and one UIDVALIDITY.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display)]
#[serde(untagged)]
pub enum Uid {
    /// A UID of an IMAP server (RFC 3501 2.3.1.1): never 0.
    #[strum(to_string = "{0}")]
    Number(u32),
    /// The unique part of a file's name in a Maildir, or the digest of what a pipe brought: never empty.
    #[strum(to_string = "{0}")]
    Name(String),
}

impl Uid {
    /// The number; `None` for a name.
    pub fn number(&self) -> Option<u32> {
        match self {
            Uid::Number(number) => Some(*number),
            Uid::Name(_) => None,
        }
    }
}

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

row_id!(
    /// The id of a received message; ascending in order of acceptance.
    ReceivedId
);
row_id!(
    /// The id of a request in the store, across all desks; people use its [`RequestNumber`].
    RequestId
);
row_id!(
    /// The id of a letter.
    LetterId
);

#[cfg(test)]
mod tests {
    use super::{MessageId, RequestNumber};

    #[test]
    fn request_numbers() {
        assert_eq!(RequestNumber::parse("otk-1042").map(String::from).as_deref(), Ok("OTK-1042"));
        for text in ["OTK", "OTK-", "OTK-0", "OTK-+1", "OTK--1", "O-1", "1TK-1", "OTK-99999999999", "ОТК-1"] {
            assert!(RequestNumber::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn empty_message_ids_are_no_ids() {
        assert_eq!(MessageId::parse(" <a@b> ").map(String::from).as_deref(), Ok("a@b"));
        for text in ["", "<>", "< >", "<a b@c>", "<a\0@c>", "<é@c>"] {
            assert!(MessageId::parse(text).is_err(), "{text}");
        }
    }
}
