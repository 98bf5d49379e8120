//! Where a request stands: fixed phases, and the statuses that belong to them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{InvalidId, ShortName};

/// The fixed phases of a request's life; every status belongs to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Registered; nobody has taken it up yet.
    New,
    /// Somebody works on it.
    Open,
    /// It waits for the requester or for somebody outside.
    Waiting,
    /// It is accepted into the plan of development.
    Planned,
    /// It is answered, and waits for the requester to agree.
    Completed,
    /// It is over.
    Closed,
}

impl Phase {
    /// All phases, in the order of a life.
    pub const ALL: [Phase; 6] =
        [Phase::New, Phase::Open, Phase::Waiting, Phase::Planned, Phase::Completed, Phase::Closed];

    /// The word in the store and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::New => "new",
            Phase::Open => "open",
            Phase::Waiting => "waiting",
            Phase::Planned => "planned",
            Phase::Completed => "completed",
            Phase::Closed => "closed",
        }
    }

    /// Whether nothing more is expected of the desk.
    pub fn is_ended(self) -> bool {
        matches!(self, Phase::Completed | Phase::Closed)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a desk calls a state of a request: built in, or its own word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Status {
    /// Registered.
    New,
    /// Somebody works on it.
    InWork,
    /// The requester is asked something.
    NeedInfo,
    /// It is in the plan of development.
    Planned,
    /// It is answered.
    Done,
    /// It will not be done; the requester may disagree.
    Declined,
    /// Closed by an engineer.
    Closed,
    /// Closed because the requester agreed.
    Confirmed,
    /// Closed because the requester needs it no longer.
    Withdrawn,
    /// Closed as spam.
    Spam,
    /// Closed because another request is the same.
    Duplicate,
    /// Closed here because another desk has it.
    Transferred,
    /// The desk's own word.
    Own(ShortName),
}

/// The built-in statuses with their words in the store, in tags' `status …` and in output.
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
    /// The word in the store and in output; a desk's own status cannot have a built-in one's.
    pub fn as_str(&self) -> &str {
        match self {
            Status::Own(name) => name.as_str(),
            built_in => BUILT_IN.iter().find(|(status, ..)| status == built_in).map_or("", |(_, word, _)| *word),
        }
    }

    /// The phase of a built-in status; a desk says that of its own ones.
    pub fn phase(&self) -> Option<Phase> {
        BUILT_IN.iter().find(|(status, ..)| status == self).map(|(.., phase)| *phase)
    }

    /// Whether the requester is told when a request comes to stand so, unless the desk says otherwise of this status or its
    /// own ones.
    pub fn tells(&self) -> bool {
        matches!(self, Status::NeedInfo | Status::Planned | Status::Done | Status::Declined | Status::Closed)
    }

    /// Whether every desk knows it.
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

/// A status and the phase that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Where in its life the request is.
    pub phase: Phase,
    /// What the desk calls that.
    pub status: Status,
}

impl Standing {
    /// A built-in status with its phase; a desk's own one needs the desk's word for its phase.
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
