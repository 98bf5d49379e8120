//! The settings for new requests: rules by key words, assignment and required information.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::super::{DeskKey, Kind, Place, Priority, ShortName};

/// A rule that sets properties of a new request by key words or by its kind. For each property the first matching rule that sets it
/// counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The key words or phrases; the rule matches if the subject or the beginning of the text has one of them. Empty: it matches by
    /// its kind.
    pub words: Vec<String>,
    /// The kind to set, or without key words that of the requests which the rule is for; `None` leaves it to other rules.
    pub kind: Option<Kind>,
    /// The priority to set; `None` leaves it to other rules.
    pub priority: Option<Priority>,
    /// The line or team to pass it to; `None` leaves it to other rules.
    pub place: Option<Place>,
    /// The engineer to assign it to; `None` leaves it to other rules.
    pub assignee: Option<ShortName>,
}

/// How the assignee is chosen of a new request, or of one that was passed to a line or team.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Assignment {
    /// Nobody is assigned; somebody takes it.
    #[default]
    Nobody,
    /// The members of its line or team in turn.
    InTurn,
    /// The member of its line or team with the fewest open requests.
    LeastLoaded,
}

/// The absence of an engineer, as they have announced it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Absence {
    /// The engineer.
    pub engineer: ShortName,
    /// The first day back; `None` if it is not known.
    pub until: Option<Date>,
}

/// The workload of engineers, by which the next assignee is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workload {
    /// How many open requests each engineer has, where that is counted; 0 for those who are not listed.
    pub loads: Vec<(ShortName, u32)>,
    /// The last turns of lines and teams.
    pub turns: Vec<Turn>,
}

/// A turn: the engineer who got the last request of a line or team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The desk.
    pub desk: DeskKey,
    /// The line or team; `None`: those who get new requests.
    pub place: Option<Place>,
    /// The engineer.
    pub engineer: ShortName,
}

/// A piece of information that a desk requires, and of which requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Required {
    /// The information.
    pub what: Needed,
    /// The kinds of requests that must have it; empty: all.
    pub kinds: Vec<Kind>,
}

/// A piece of information that a desk can require; the acknowledgement asks for what is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needed {
    /// A description in words.
    Description,
    /// A screenshot.
    Screenshot,
    /// The environment, such as test or production.
    Environment,
    /// When it happened.
    Period,
    /// Log files.
    Logs,
}
