//! Undoing: the inverse of every change of one message, as long as nobody has changed the same since.

use crate::model::{Change, LetterId, Request, Undoable};

use super::basis::Basis;
use super::news::{Rejection, Told};
use super::revision::Revision;

/// How a change is undone.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Reversal {
    /// By this change.
    By(Change),
    /// Not any more: somebody has changed the same since.
    ChangedSince,
    /// Not at all: it has changed nothing that can be restored.
    Nothing,
}

/// How a change is undone, of a request as it is now.
fn reversal(request: &Request, change: &Change) -> Reversal {
    let (still_holds, inverse) = match change.clone() {
        Change::Moved { from, to } => (request.standing == to, Change::Moved { from: to, to: from }),
        Change::Assigned { from, to } => (request.assignee == to, Change::Assigned { from: to, to: from }),
        Change::PassedOn { from, to } => (request.place == to, Change::PassedOn { from: to, to: from }),
        Change::KindSet { from, to } => (request.kind == to, Change::KindSet { from: to, to: from }),
        Change::PrioritySet { from, to } => (request.priority == to, Change::PrioritySet { from: to, to: from }),
        Change::ReleaseSet { from, to } => (request.release == to, Change::ReleaseSet { from: to, to: from }),
        Change::DuplicateSet { from, to } => (request.duplicate_of == to, Change::DuplicateSet { from: to, to: from }),
        Change::Watching { watcher, watches } => {
            (request.watchers.contains(&watcher) == watches, Change::Watching { watcher, watches: !watches })
        }
        _ => return Reversal::Nothing,
    };
    if still_holds { Reversal::By(inverse) } else { Reversal::ChangedSince }
}

/// What undoing comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undoing {
    /// The requests whose changes are undone; the one that the message is about first.
    pub requests: Vec<Restored>,
    /// Letters that are not sent.
    pub cancelled: Vec<LetterId>,
}

/// A request whose changes are undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The inverse changes, the last first, and the mark that they are.
    pub revision: Revision,
    /// What the requester is told, where they were told what is undone.
    pub told: Vec<Told>,
}

/// Undoes what an engineer's earlier message had changed, in the request that it is about and in others that were answered along
/// with it; or says why that cannot be. In those others, what somebody has changed since stays.
pub fn undo(basis: &Basis<'_>, about: Option<&Request>) -> Result<Undoing, Rejection> {
    let undoable = basis.facts.answered.undoable.as_ref().ok_or(Rejection::NothingToUndo)?;
    let moved = undoable.events.iter().find_map(|event| match &event.change {
        Change::MovedTo { number } => Some(number.clone()),
        _ => None,
    });
    if let Some(number) = moved {
        return Err(Rejection::MovedForGood(number));
    }
    let own = about.map(|request| restored(basis, request, undoable)).transpose()?;
    let others = undoable.others.iter().filter_map(|request| restored(basis, request, undoable).ok());
    let is_changed = |restored: &Restored| restored.revision.events().len() > 1;
    let others: Vec<Restored> = others.filter(is_changed).collect();
    let changes_nothing = others.is_empty() && !own.as_ref().is_some_and(is_changed);
    if changes_nothing && undoable.unsent.is_empty() {
        return Err(Rejection::NothingToUndo);
    }
    Ok(Undoing { requests: own.into_iter().chain(others).collect(), cancelled: undoable.unsent.clone() })
}

fn restored(basis: &Basis<'_>, request: &Request, undoable: &Undoable) -> Result<Restored, Rejection> {
    let mut revision = Revision::of(request);
    for event in undoable.events.iter().rev().filter(|event| event.request == request.number) {
        match reversal(revision.request(), &event.change) {
            Reversal::By(change) => revision.change(basis, change),
            Reversal::ChangedSince => return Err(Rejection::ChangedSince),
            Reversal::Nothing => {}
        }
    }
    revision.change(basis, Change::Undone { cause: undoable.cause });
    let after = &revision.request().standing;
    let was_told = undoable.told.contains(&request.number);
    let told =
        if was_told && *after != request.standing { vec![Told::Corrected(after.status.clone())] } else { Vec::new() };
    Ok(Restored { revision, told })
}
