//! What a message answers, looked up: on a reader before it is understood, and again in the transaction that decides about it.

use crate::desk;
use crate::model::policy::Desk;
use crate::model::{DeskKey, LetterId, ReceivedId, ThreadFacts, Understanding};
use crate::store::{StoreError, View};

use super::destination::Destination;

/// Looks up the message that a message answers, and the requests that it may be about. Only claims and references need be
/// understood by then.
pub(super) fn look(
    view: &View<'_>,
    received: ReceivedId,
    at: Destination<'_>,
    message: &Understanding,
) -> Result<ThreadFacts, StoreError> {
    let candidates = view.candidates(&at.desk.key, received, &message.references)?;
    Ok(desk::follow(candidates, &message.sender))
}

/// What of that a message is understood by: where this is another in the transaction, the message is understood anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Looked {
    /// The desk by whose words its tags are read.
    pub desk: DeskKey,
    /// The letter of ours that it answers. Its text, which never changes unless it is erased, is there by `View::letter`.
    pub letter: Option<LetterId>,
    /// The subject that it answers; none where that is not known, or its content is erased.
    pub subject: Option<String>,
}

impl Looked {
    /// What of these facts counts for a message that came to this desk, one of `desks`.
    pub(super) fn of(thread: &ThreadFacts, desks: &[Desk], came_to: &Desk) -> Self {
        Self {
            desk: thread.desk(desks, came_to).key.clone(),
            letter: thread.letter.as_ref().map(|letter| letter.id),
            subject: thread.subject.clone(),
        }
    }
}
