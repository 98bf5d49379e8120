//! Requests and the people in them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{EmailAddress, RequestNumber, Timestamp};

/// A numbered request: what replaying its events gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its number, for ever.
    pub number: RequestNumber,
    /// The subject of the message that opened it, cleaned.
    pub subject: String,
    /// Where it stands in its life.
    pub phase: Phase,
    /// The language in which we write to its requester.
    pub language: Language,
    /// The people who may read and write in it; the requester first. Empty when the opening message named no sender.
    pub participants: Vec<Participant>,
    /// Requests that have to do with this one; never told to requesters.
    pub linked: Vec<RequestNumber>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

impl Request {
    /// The participant with this address.
    pub fn participant(&self, email: &EmailAddress) -> Option<&Participant> {
        self.participants.iter().find(|p| p.email == *email)
    }
}

/// Somebody who is party to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The address that letters go to.
    pub email: EmailAddress,
    /// The display name as first stated.
    pub name: String,
    /// Whether an answer in a signed thread has shown that this address reads our letters.
    pub proven: bool,
}

/// The fixed phases of a request's life; a desk's statuses belong to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Registered; nobody has taken it up yet.
    New,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Phase::New => "new",
        })
    }
}

/// A language that we write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Russian.
    Ru,
    /// English.
    En,
}
