//! What a desk does with a new request before anybody has read it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::super::{DeskKey, Kind, Place, Priority, ShortName};

/// What key words tell of a new request. The first rule that fits decides each of its points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Words or phrases, one of which stands in the subject or in the first words.
    pub words: Vec<String>,
    /// Its kind.
    pub kind: Option<Kind>,
    /// Its urgency.
    pub priority: Option<Priority>,
    /// The line or team that gets it.
    pub place: Option<Place>,
    /// The engineer who gets it.
    pub assignee: Option<ShortName>,
}

/// Who becomes the assignee of a new request, or of one that was passed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Assignment {
    /// Nobody; whoever takes it.
    #[default]
    Nobody,
    /// The members of its line or team in turn.
    InTurn,
    /// The member with the fewest open requests.
    LeastLoaded,
}

/// An engineer who is away, as he said himself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Absence {
    /// Who.
    pub engineer: ShortName,
    /// The first day back, if it is known.
    pub until: Option<Date>,
}

/// What has been given to whom: what assigning goes by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workload {
    /// How many requests each engineer works on, where that matters; who is not named has none.
    pub loads: Vec<(ShortName, u32)>,
    /// Who got the last request of a line or team.
    pub turns: Vec<Turn>,
}

/// Who got the last request of a line or team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The desk.
    pub desk: DeskKey,
    /// The line or team; none: where the desk's requests begin.
    pub place: Option<Place>,
    /// Who.
    pub engineer: ShortName,
}

/// One thing that a desk requires of requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Required {
    /// What.
    pub what: Needed,
    /// Of requests of these kinds; none: of any.
    pub kinds: Vec<Kind>,
}

/// What a request should bring, and is asked for where it is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needed {
    /// What is the matter, in words.
    Description,
    /// A picture of the screen.
    Screenshot,
    /// Which installation: test, production.
    Environment,
    /// When it happened.
    Period,
    /// Logs.
    Logs,
}
