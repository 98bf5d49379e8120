//! Where a decision comes from.

use crate::model::{EmailAddress, Incoming, ReceivedId, Timestamp};
use crate::store::Findable;

/// What is known of the cause of a decision beyond what it rests on.
#[derive(Clone, Copy, Default)]
pub(super) struct Origin<'a> {
    /// The message; none where it was something else.
    pub message: Option<FiledMessage<'a>>,
    /// Whether an installation that was lost has done the same: what it told is not told again.
    pub is_repeated: bool,
    /// When the message arrived, if there is one and its server says so.
    pub arrived_at: Option<Timestamp>,
}

/// A message that a decision is about.
#[derive(Clone, Copy)]
pub(super) struct FiledMessage<'a> {
    /// Which one.
    pub received: ReceivedId,
    /// The message as it was parsed.
    pub incoming: &'a Incoming,
    /// Its sender; none where it names nobody who can be written to.
    pub sender: Option<&'a EmailAddress>,
    /// What it can be found by.
    pub findable: &'a Findable,
}
