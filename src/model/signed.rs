//! What the signed Message-IDs and reply addresses of our letters say.

use std::fmt;

use super::{DeskKey, ReceivedId, RequestNumber, ShortName, Timestamp};

/// The subject matter of a letter, as its signed id names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Anchor {
    /// A request.
    Request(RequestNumber),
    /// A message that belongs to no request, or not yet.
    Message(ReceivedId),
    /// The digest of this desk, with the requests that it lists.
    Digest(DeskKey),
    /// One action on a request: that of a button.
    Button(Box<ButtonAction>),
}

/// What the key of a button in a letter to an engineer is good for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ButtonAction {
    /// The request.
    pub request: RequestNumber,
    /// The tag of the action, without brackets, as [`super::Ask`] writes it.
    pub tag: String,
    /// The engineer who may use it.
    pub engineer: ShortName,
    /// When it expires.
    pub expires: Timestamp,
}

/// `otk-1042`, `m-57`, `d-otk`, `otk-1042 take ivanov 1795253400`; they cannot be confused, since no desk's key is a single letter.
impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Anchor::Request(number) => f.write_str(&number.to_string().to_ascii_lowercase()),
            Anchor::Message(received) => write!(f, "m-{received}"),
            Anchor::Digest(desk) => write!(f, "d-{}", desk.as_str().to_ascii_lowercase()),
            Anchor::Button(action) => {
                let ButtonAction { request, tag, engineer, expires } = &**action;
                write!(f, "{} {tag} {engineer} {}", request.to_string().to_ascii_lowercase(), expires.unix())
            }
        }
    }
}

/// Whom a letter was signed for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// A customer or another outsider: the id shows only which thread a reply belongs to.
    Correspondent,
    /// An engineer: the id is the token with which this engineer, and nobody else, can command the request until it expires.
    Engineer {
        /// The engineer.
        name: ShortName,
        /// When the token expires.
        expires: Timestamp,
    },
}

/// The contents of a verified signed id or reply address: which letter it belongs to, and whom that was for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signed {
    /// What the letter is about.
    pub anchor: Anchor,
    /// The ordinal of the letter among those about the same anchor, from 1.
    pub sequence: u32,
    /// Whom the letter was for.
    pub audience: Audience,
}
