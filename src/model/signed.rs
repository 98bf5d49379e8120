//! What our signed ids and addresses say.

use std::fmt;

use super::{DeskKey, ReceivedId, RequestNumber, ShortName, Timestamp};

/// What a letter is about: its id names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Anchor {
    /// A request.
    Request(RequestNumber),
    /// A message that belongs to no request, or not yet.
    Message(ReceivedId),
    /// Nothing but the day, at this desk: an answer to such a letter proves nothing, since no id that names it is believed.
    Digest(DeskKey),
}

/// `otk-1042`, `m-57`, `d-otk`: no desk's key is a single letter.
impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Anchor::Request(number) => f.write_str(&number.to_string().to_ascii_lowercase()),
            Anchor::Message(received) => write!(f, "m-{received}"),
            Anchor::Digest(desk) => write!(f, "d-{}", desk.as_str().to_ascii_lowercase()),
        }
    }
}

/// For whom a letter was signed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// A customer or another outsider: its id shows which thread an answer belongs to.
    Correspondent,
    /// An engineer: its id is the token with which this engineer, and nobody else, steers the request until it expires.
    Engineer {
        /// Who.
        name: ShortName,
        /// Until when.
        expires: Timestamp,
    },
}

/// What a verified id or reply address says: which letter of ours it was, and for whom.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signed {
    /// What the letter is about.
    pub anchor: Anchor,
    /// Its place among the letters about that, from 1.
    pub sequence: u32,
    /// For whom it was.
    pub audience: Audience,
}
