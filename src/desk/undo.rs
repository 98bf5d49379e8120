//! Undoing: reverts every change of one message, as far as nobody has changed the same thing since.

use crate::model::{Change, LetterId, Request, Undoable};

use super::basis::Basis;
use super::news::{Rejection, Told};
use super::revision::Revision;

/// Whether and how a change can be reverted.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Reversal {
    /// By this change.
    By(Change),
    /// It cannot: somebody has changed the same thing since.
    ChangedSince,
    /// It changed nothing that could be restored.
    Nothing,
}

/// How a change is reverted, given the request's current state.
fn reversal(request: &Request, change: &Change) -> Reversal {
    let (still_holds, inverse) = match change.clone() {
        Change::Moved { from, to } => (request.standing == to, Change::Moved { from: to, to: from }),
        Change::RequesterSet { from, to } => (
            request.requester().map(|person| &person.email) == to.as_ref().map(|person| &person.email),
            Change::RequesterSet { from: to, to: from },
        ),
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

/// The result of undoing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undoing {
    /// The reverted requests; the one that the message is about comes first.
    pub requests: Vec<Restored>,
    /// Letters that are cancelled.
    pub cancelled: Vec<LetterId>,
}

/// A request whose changes are reverted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The inverse changes, the last one first, and the event that records the undoing.
    pub revision: Revision,
    /// What the requester is told, if they were told of what is undone.
    pub told: Vec<Told>,
}

/// Undoes the changes of an engineer's earlier message, in the request that it is about and in others that were answered along
/// with it. The error says why that cannot be done. In the other requests, a change that somebody has made since stays.
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
