//! What time has to do with a request.

use serde::{Deserialize, Serialize};

use super::policy::Needed;
use super::{RequestNumber, Timestamp};

/// What replaying a request's events tells of its course in time, and of what its requester has brought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// When an engineer first answered, took it up, or gave it to somebody.
    pub first_response_at: Option<Timestamp>,
    /// When anybody of the desk last did anything.
    pub acted_at: Option<Timestamp>,
    /// When its answer was delivered; none while it is not answered.
    pub answered_at: Option<Timestamp>,
    /// The spans in which it waited for somebody outside, or in the plan.
    pub waits: Vec<Wait>,
    /// Whether it was filed silently, and nobody of the desk or outside has spoken of it since: nobody waits for anything.
    #[serde(default)]
    pub is_filed: bool,
    /// What has been reminded of, as far as that still counts.
    pub reminded: Vec<Reminded>,
    /// The number under which another desk has it now.
    pub moved_to: Option<RequestNumber>,
    /// Which installation it is about.
    pub environment: Option<String>,
    /// When it happened, in its requester's words.
    pub period: Option<String>,
    /// What was asked for and has not come.
    pub missing: Vec<Needed>,
    /// When all that it holds was erased, and nothing has come since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<Timestamp>,
}

/// A reminder that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminded {
    /// Of what.
    pub of: Reminder,
    /// When.
    pub at: Timestamp,
}

/// A span in which nothing was expected of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// Since when.
    pub from: Timestamp,
    /// Until when; none while it lasts.
    pub until: Option<Timestamp>,
}

impl Progress {
    /// When somebody was last reminded of this, as far as that still counts.
    pub fn reminded_of(&self, of: Reminder) -> Option<Timestamp> {
        self.reminded.iter().filter(|reminded| reminded.of == of).map(|reminded| reminded.at).max()
    }
}

/// What the clock has told somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reminder {
    /// The requester: that it will close by itself.
    ClosingSoon,
    /// Who keeps control: that the line or team which has it is silent.
    Silent,
    /// Who is responsible: that the first answer is due soon.
    FirstResponseNear,
    /// Who is responsible, and the first line: that the first answer is overdue.
    FirstResponseMissed,
    /// Who is responsible: that the solution is due soon.
    ResolutionNear,
    /// Who is responsible, and the first line: that the solution is overdue.
    ResolutionMissed,
}
