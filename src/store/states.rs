//! The states of rows.

use serde::{Deserialize, Serialize};

/// What a received message is at; the crate's page shows how one follows from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceivedState {
    /// From before the start mark, and still to be fetched and filed silently.
    Listed,
    /// Stored, and waits to be handled.
    Accepted,
    /// Handled; its disposition says how.
    Handled,
    /// It broke us three times, and is put aside.
    Quarantined,
    /// From before the start mark: not fetched.
    Skipped,
    /// Its server lists it and does not deliver it.
    Unfetchable,
}

/// What a letter is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    /// It is to be tried, now or later.
    Due,
    /// It is on its way, or whose delivery is unknown.
    Inflight,
    /// A server has taken it.
    Sent,
    /// It is not tried again.
    Failed,
    /// It was taken back before it went.
    Cancelled,
}

impl ReceivedState {
    /// The word in the store and in output.
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
    /// The word in the store and in output.
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
