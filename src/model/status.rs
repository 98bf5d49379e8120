//! The phase and the status of a request: six fixed phases, and the statuses that belong to them.

use std::fmt;

use serde::{Deserialize, Serialize};
use strum::{AsRefStr, Display, EnumString, VariantArray};

use super::{InvalidId, ShortName};

/// A phase of a request's life; they are declared in its order. Rules depend on the phase; every status belongs to one.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
    AsRefStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Phase {
    /// Registered; nobody works on it yet.
    New,
    /// Somebody works on it.
    Open,
    /// It waits for the requester or for an external party.
    Waiting,
    /// It is accepted into the development plan.
    Planned,
    /// It is answered, and waits for the requester's confirmation.
    Completed,
    /// It is closed.
    Closed,
}

impl Phase {
    /// Whether the desk has nothing more to do: the request is answered or closed.
    pub fn is_ended(self) -> bool {
        matches!(self, Phase::Completed | Phase::Closed)
    }
}

/// The status of a request: a built-in one, or one that the desk has defined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Status {
    /// Registered.
    New,
    /// Somebody works on it.
    InWork,
    /// The requester has been asked for information.
    NeedInfo,
    /// It is in the development plan.
    Planned,
    /// It is answered.
    Done,
    /// It will not be done; the requester may disagree.
    Declined,
    /// Closed by an engineer.
    Closed,
    /// Closed because the requester has confirmed the resolution.
    Confirmed,
    /// Closed because the requester has withdrawn it.
    Withdrawn,
    /// Closed as spam.
    Spam,
    /// Closed as a duplicate of another request.
    Duplicate,
    /// Closed here because it was transferred to another desk.
    Transferred,
    /// A status that the desk has defined, by its name.
    Own(ShortName),
}

/// The built-in statuses with their phases and their names in the store, in `[status …]` tags and in output.
const BUILT_IN: [(Status, &str, Phase); 12] = [
    (Status::New, "new", Phase::New),
    (Status::InWork, "in_work", Phase::Open),
    (Status::NeedInfo, "need_info", Phase::Waiting),
    (Status::Planned, "planned", Phase::Planned),
    (Status::Done, "done", Phase::Completed),
    (Status::Declined, "declined", Phase::Completed),
    (Status::Closed, "closed", Phase::Closed),
    (Status::Confirmed, "confirmed", Phase::Closed),
    (Status::Withdrawn, "withdrawn", Phase::Closed),
    (Status::Spam, "spam", Phase::Closed),
    (Status::Duplicate, "duplicate", Phase::Closed),
    (Status::Transferred, "transferred", Phase::Closed),
];

impl Status {
    /// The name in the store and in output. A desk's own status cannot have the name of a built-in one.
    pub fn as_str(&self) -> &str {
        match self {
            Status::Own(name) => name.as_str(),
            built_in => BUILT_IN.iter().find(|(status, ..)| status == built_in).map_or("", |(_, word, _)| *word),
        }
    }

    /// The phase of a built-in status; `None` for a desk's own one, whose phase the desk defines.
    pub fn phase(&self) -> Option<Phase> {
        BUILT_IN.iter().find(|(status, ..)| status == self).map(|(.., phase)| *phase)
    }

    /// Whether the requester is told when a request gets this status. The default, which the desk can change for each status.
    pub fn tells(&self) -> bool {
        matches!(self, Status::NeedInfo | Status::Planned | Status::Done | Status::Declined | Status::Closed)
    }

    /// Whether it is built in, so that every desk has it.
    pub fn is_built_in(&self) -> bool {
        !matches!(self, Status::Own(_))
    }
}

impl TryFrom<String> for Status {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        match BUILT_IN.into_iter().find(|(_, word, _)| *word == text) {
            Some((status, ..)) => Ok(status),
            None => ShortName::parse(&text).map(Status::Own),
        }
    }
}

impl From<Status> for String {
    fn from(status: Status) -> String {
        status.as_str().to_owned()
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A status together with the phase that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The phase.
    pub phase: Phase,
    /// The status.
    pub status: Status,
}

impl Standing {
    /// A built-in status with its phase, or a desk's own one with `own_phase`.
    pub fn new(status: Status, own_phase: Phase) -> Self {
        Self { phase: status.phase().unwrap_or(own_phase), status }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_statuses_round_trip() {
        for (status, word, phase) in BUILT_IN {
            assert_eq!(Status::try_from(word.to_owned()).unwrap(), status);
            assert_eq!((status.as_str(), status.phase()), (word, Some(phase)));
        }
        let own = Status::try_from("vendor".to_owned()).unwrap();
        assert_eq!((own.as_str(), own.phase(), own.is_built_in()), ("vendor", None, false));
    }
}
