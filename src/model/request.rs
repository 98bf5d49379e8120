//! Requests and the people in them.

use std::fmt;

use serde::{Deserialize, Serialize};
use strum::AsRefStr;

use super::{
    EmailAddress, Kind, Phase, Place, Priority, Progress, Release, RequestNumber, ShortName, Standing, Status,
    Timestamp,
};

/// A numbered request, as replaying its events gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The number; it never changes.
    pub number: RequestNumber,
    /// The cleaned subject of the message that opened it.
    pub subject: String,
    /// The phase and the status.
    pub standing: Standing,
    /// The kind; none while nobody has named one.
    pub kind: Option<Kind>,
    /// The priority.
    pub priority: Priority,
    /// The engineer who works on it; none while nobody does.
    pub assignee: Option<ShortName>,
    /// The line or team that it was passed on to; none while it is with the desk's first line.
    pub place: Option<Place>,
    /// The version that will bring it; none where none is planned.
    pub release: Option<Release>,
    /// The request that this one duplicates; none where it is no duplicate.
    pub duplicate_of: Option<RequestNumber>,
    /// The language in which we write to its requester.
    pub language: Language,
    /// The people who may read and write in it; the requester first. Empty when the opening message named no sender.
    pub participants: Vec<Participant>,
    /// Engineers and outsiders who get copies of the correspondence.
    pub watchers: Vec<EmailAddress>,
    /// Linked requests, in the order of their numbers; never shown to requesters.
    pub linked: Vec<RequestNumber>,
    /// Dates, waits, reminders, and what the requester has supplied.
    pub progress: Progress,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it last changed; erasing content is no change.
    pub changed_at: Timestamp,
}

impl Request {
    /// A request that was just opened, with default values in all other fields.
    pub fn opened(
        number: RequestNumber,
        subject: String,
        language: Language,
        requester: Option<Participant>,
        at: Timestamp,
    ) -> Self {
        Self {
            number,
            subject,
            standing: Standing { phase: Phase::New, status: Status::New },
            kind: None,
            priority: Priority::default(),
            assignee: None,
            place: None,
            release: None,
            duplicate_of: None,
            language,
            participants: requester.into_iter().collect(),
            watchers: Vec::new(),
            linked: Vec::new(),
            progress: Progress::default(),
            opened_at: at,
            changed_at: at,
        }
    }

    /// The participant with this address.
    pub fn participant(&self, email: &EmailAddress) -> Option<&Participant> {
        self.participants.iter().find(|p| p.email == *email)
    }

    /// Who asked; none where the opening message named no sender.
    pub fn requester(&self) -> Option<&Participant> {
        self.participants.first()
    }
}

/// Somebody who may read and write in a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The address that letters go to.
    pub email: EmailAddress,
    /// The display name as first stated.
    pub name: String,
    /// Whether an answer in a signed thread has shown that this address reads our letters.
    pub proven: bool,
}

/// Somebody whom a requester's message names in To or Cc.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    /// The address.
    pub email: EmailAddress,
    /// The display name; empty where there is none.
    pub name: String,
}

impl fmt::Display for Copied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.trim() {
            "" => write!(f, "{}", self.email),
            name => write!(f, "{name} <{}>", self.email),
        }
    }
}

/// A language that we write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, AsRefStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Language {
    /// Russian.
    Ru,
    /// English.
    En,
}
