//! The states of rows.

use serde::{Deserialize, Serialize};
use strum::{AsRefStr, Display};

/// What a received message is at; the crate's page shows how one follows from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display, AsRefStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
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
