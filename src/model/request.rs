//! Requests and the people in them.

use serde::{Deserialize, Serialize};

use super::{
    EmailAddress, Kind, Phase, Place, Priority, Progress, Release, RequestNumber, ShortName, Standing, Status,
    Timestamp,
};

/// A numbered request: what replaying its events gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its number, for ever.
    pub number: RequestNumber,
    /// The subject of the message that opened it, cleaned.
    pub subject: String,
    /// Where it stands in its life.
    pub standing: Standing,
    /// What kind it is, once somebody has said so.
    pub kind: Option<Kind>,
    /// How urgent it is.
    pub priority: Priority,
    /// The engineer who works on it.
    pub assignee: Option<ShortName>,
    /// The line or team that it was passed on to; none: where the desk's requests begin.
    pub place: Option<Place>,
    /// The version that will bring it.
    pub release: Option<Release>,
    /// The request that is the same.
    pub duplicate_of: Option<RequestNumber>,
    /// The language in which we write to its requester.
    pub language: Language,
    /// The people who may read and write in it; the requester first. Empty when the opening message named no sender.
    pub participants: Vec<Participant>,
    /// Engineers and outsiders who get copies of the correspondence.
    pub watchers: Vec<EmailAddress>,
    /// Requests that have to do with this one; never told to requesters.
    pub linked: Vec<RequestNumber>,
    /// What time has to do with it.
    pub progress: Progress,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

impl Request {
    /// A request that was just opened, and nothing else done to it.
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

    /// Who asked; nobody, where the opening message named no sender.
    pub fn requester(&self) -> Option<&Participant> {
        self.participants.first()
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

/// A language that we write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Russian.
    Ru,
    /// English.
    En,
}
