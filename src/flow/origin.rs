//! What caused a decision.

use crate::mail::form::FormedWords;
use crate::model::{EmailAddress, Incoming, Reading, ReceivedId, Timestamp};
use crate::store::Gist;

/// What is known of the cause of a decision, beyond its basis.
#[derive(Clone, Copy, Default)]
pub(super) struct Origin<'a> {
    /// The message that was decided about; `None` where the cause was something else.
    pub message: Option<FiledMessage<'a>>,
    /// Whether a lost installation has already done the same: then nobody is told again.
    pub is_repeated: bool,
    /// When the message arrived on its server; `None` without a message, or where the server did not say.
    pub arrived_at: Option<Timestamp>,
}

/// The message that a decision is about.
#[derive(Clone, Copy)]
pub(super) struct FiledMessage<'a> {
    /// Its id in the ledger.
    pub received: ReceivedId,
    /// The parsed message.
    pub incoming: &'a Incoming,
    /// Its sender's address; `None` where nobody can be written back to.
    pub sender: Option<&'a EmailAddress>,
    /// Its text as it is shown to the readers of its request.
    pub reading: &'a Reading,
    /// Its words with their form, as it was understood: those with and without its tags.
    pub formed: &'a [FormedWords],
    /// What the request is about that it opens.
    pub gist: &'a Gist,
}
