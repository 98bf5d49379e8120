//! Taking back: the inverse of every change of one message, as long as nobody has changed the same since.

use crate::desk::carry_out::{Reversal, reversal};
use crate::desk::replay::apply;
use crate::desk::terms::{Misfit, Told};
use crate::model::{Change, Event, LetterId, Request, Undoable};

/// What taking back comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TakenBack {
    /// The inverse changes, the last first, and the mark that they are.
    pub changes: Vec<Change>,
    /// The request as it stands then.
    pub request: Request,
    /// Letters that are not sent.
    pub cancelled: Vec<LetterId>,
    /// What the requester is told, where he was told what is taken back.
    pub told: Vec<Told>,
}

/// Takes back what an engineer's message had changed; or says why that cannot be.
pub(super) fn take_back(request: &Request, undoable: Option<&Undoable>) -> Result<TakenBack, Misfit> {
    let undoable = undoable.ok_or(Misfit::NothingToUndo)?;
    let mut after = request.clone();
    let mut changes = Vec::new();
    for event in undoable.events.iter().rev().filter(|event| event.request == request.number) {
        match reversal(&after, &event.change) {
            Reversal::By(change) => {
                let undone = Event { change: change.clone(), ..event.clone() };
                after = apply(Some(after.clone()), &undone).unwrap_or(after);
                changes.push(change);
            }
            Reversal::ChangedSince => return Err(Misfit::ChangedSince),
            Reversal::Nothing => {}
        }
    }
    if changes.is_empty() && undoable.unsent.is_empty() {
        return Err(Misfit::NothingToUndo);
    }
    changes.push(Change::Undone { cause: undoable.cause });
    let has_moved = after.standing != request.standing;
    let told =
        if undoable.told && has_moved { vec![Told::Corrected(after.standing.status.clone())] } else { Vec::new() };
    Ok(TakenBack { changes, request: after, cancelled: undoable.unsent.clone(), told })
}
