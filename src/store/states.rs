//! The states of received messages and of letters.

use serde::{Deserialize, Serialize};

/// The state of a received message; the crate doc shows how one follows from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceivedState {
    /// From before the start mark; to be fetched and filed silently.
    Listed,
    /// Stored, and waiting to be handled.
    Accepted,
    /// Handled; its disposition says how.
    Handled,
    /// Put aside, because handling it failed three times.
    Quarantined,
    /// From before the start mark; not fetched.
    Skipped,
    /// Its server lists it but does not deliver it.
    Unfetchable,
}

/// The state of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    /// To be tried, now or later.
    Due,
    /// On its way, or sent without a known outcome.
    Inflight,
    /// A server has taken it.
    Sent,
    /// Not tried again.
    Failed,
    /// Cancelled before any try.
    Cancelled,
}

impl ReceivedState {
    /// The name of the state in the database and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            ReceivedState::Listed => "listed",
            ReceivedState::Accepted => "accepted",
            ReceivedState::Handled => "handled",
            ReceivedState::Quarantined => "quarantined",
            ReceivedState::Skipped => "skipped",
            ReceivedState::Unfetchable => "unfetchable",
        }
    }
}

impl LetterState {
    /// The name of the state in the database and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            LetterState::Due => "due",
            LetterState::Inflight => "inflight",
            LetterState::Sent => "sent",
            LetterState::Failed => "failed",
            LetterState::Cancelled => "cancelled",
        }
    }
}
