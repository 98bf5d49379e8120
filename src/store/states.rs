//! The states of received messages and of letters.

use serde::{Deserialize, Serialize};
use strum::{AsRefStr, Display, EnumString, VariantNames};

/// The state of a received message; the crate doc shows how one follows from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display, AsRefStr, EnumString, VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
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
