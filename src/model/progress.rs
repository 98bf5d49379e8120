//! The dates of a request, its waits and reminders, and what its requester has supplied.

use serde::{Deserialize, Serialize};

use super::policy::Needed;
use super::{Copied, EmailAddress, RequestNumber, Timestamp};

/// The dates of a request, its waits and reminders, and what its requester has supplied, as replaying its events gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// When the desk first responded: answered, moved, assigned or passed it on. None while it has not.
    pub first_response_at: Option<Timestamp>,
    /// When an engineer or the operator last did anything; none while nobody has.
    pub acted_at: Option<Timestamp>,
    /// When its answer was delivered; none while it is not answered, or the answer is on its way.
    pub answered_at: Option<Timestamp>,
    /// The spans in which nothing was expected of the desk: the request waited for others, was planned, answered or closed.
    pub waits: Vec<Wait>,
    /// Whether it was filed silently and neither its requester nor the desk has written or done anything since.
    #[serde(default)]
    pub is_filed: bool,
    /// The reminders sent that keep others from being sent again.
    pub reminded: Vec<Reminded>,
    /// The number that it has at another desk, where it was passed on to one.
    pub moved_to: Option<RequestNumber>,
    /// Which installation it is about, as the requester named it.
    pub environment: Option<String>,
    /// When it happened, in the requester's words.
    pub period: Option<String>,
    /// What the desk requires and the requester has not supplied yet.
    pub missing: Vec<Needed>,
    /// The people in To and Cc of the requester's latest message, without those of the desk.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub in_copy: Vec<Copied>,
    /// Whether that message came from a requester who is known to be theirs: by an earlier answer, or by our server's word.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_requester_known: bool,
    /// Whose mail about it was automatic.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub robots: Vec<EmailAddress>,
    /// When all of its content was erased; none once new content has come.
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

/// A span in which nothing is expected of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// Its begin.
    pub from: Timestamp,
    /// Its end; none while it lasts.
    pub until: Option<Timestamp>,
}

impl Progress {
    /// When somebody was last reminded of this; none where they are to be reminded of it (again).
    pub fn reminded_of(&self, of: Reminder) -> Option<Timestamp> {
        self.reminded.iter().filter(|reminded| reminded.of == of).map(|reminded| reminded.at).max()
    }
}

/// What somebody is reminded of as time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reminder {
    /// The requester: that the request will close by itself.
    ClosingSoon,
    /// The first line: that the line or team which has the request does nothing.
    Silent,
    /// Whoever is responsible: that the first response is due soon.
    FirstResponseNear,
    /// Whoever is responsible, and the first line: that the first response is overdue.
    FirstResponseMissed,
    /// Whoever is responsible: that the resolution is due soon.
    ResolutionNear,
    /// Whoever is responsible, and the first line: that the resolution is overdue.
    ResolutionMissed,
}
