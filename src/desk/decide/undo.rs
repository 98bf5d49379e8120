//! Taking back: the inverse of every change of one message, as long as nobody has changed the same since.

use crate::desk::undo::{Reversal, reversal};
use crate::desk::replay::apply;
use crate::desk::news::{Rejection, Told};
use crate::model::{Change, Event, LetterId, Request, Undoable};

/// What taking back comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TakenBack {
    /// The requests as they were; the one that it is about first.
    pub requests: Vec<Restored>,
    /// Letters that are not sent.
    pub cancelled: Vec<LetterId>,
}

/// A request whose changes are taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Restored {
    /// The inverse changes, the last first, and the mark that they are.
    pub changes: Vec<Change>,
    /// The request as it stands then.
    pub request: Request,
    /// What its requester is told, where he was told what is taken back.
    pub told: Vec<Told>,
}

/// Takes back what an engineer's message had changed, in the request that it is about and in others that were answered along
/// with it; or says why that cannot be. What others have changed since in those stays.
pub(super) fn take_back(about: Option<&Request>, undoable: Option<&Undoable>) -> Result<TakenBack, Rejection> {
    let undoable = undoable.ok_or(Rejection::NothingToUndo)?;
    let moved = undoable.events.iter().find_map(|event| match &event.change {
        Change::MovedTo { number } => Some(number.clone()),
        _ => None,
    });
    if let Some(number) = moved {
        return Err(Rejection::MovedForGood(number));
    }
    let own = about.map(|request| restored(request, undoable)).transpose()?;
    let others = undoable.others.iter().filter_map(|request| restored(request, undoable).ok());
    let is_changed = |restored: &Restored| restored.changes.len() > 1;
    let others: Vec<Restored> = others.filter(is_changed).collect();
    let changes_nothing = others.is_empty() && !own.as_ref().is_some_and(is_changed);
    if changes_nothing && undoable.unsent.is_empty() {
        return Err(Rejection::NothingToUndo);
    }
    Ok(TakenBack { requests: own.into_iter().chain(others).collect(), cancelled: undoable.unsent.clone() })
}

fn restored(request: &Request, undoable: &Undoable) -> Result<Restored, Rejection> {
    let mut after = request.clone();
    let mut changes = Vec::new();
    for event in undoable.events.iter().rev().filter(|event| event.request == request.number) {
        match reversal(&after, &event.change) {
            Reversal::By(change) => {
                let undone = Event { change: change.clone(), ..event.clone() };
                after = apply(Some(after.clone()), &undone).unwrap_or(after);
                changes.push(change);
            }
            Reversal::ChangedSince => return Err(Rejection::ChangedSince),
            Reversal::Nothing => {}
        }
    }
    changes.push(Change::Undone { cause: undoable.cause });
    let has_moved = after.standing != request.standing;
    let was_told = undoable.told.contains(&request.number);
    let told = if was_told && has_moved { vec![Told::Corrected(after.standing.status.clone())] } else { Vec::new() };
    Ok(Restored { changes, request: after, told })
}
