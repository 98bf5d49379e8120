//! Taking a single change back.

use crate::model::{Change, Request};

/// How a change is taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reversal {
    /// By this change.
    By(Change),
    /// Not any more: somebody has changed the same since.
    ChangedSince,
    /// It has changed nothing that could be.
    Nothing,
}

/// How a change of a request is taken back that stands so now.
pub fn reversal(request: &Request, change: &Change) -> Reversal {
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
        Change::Opened { .. }
        | Change::Appended
        | Change::Answered
        | Change::Noted
        | Change::Delivered { .. }
        | Change::Reminded { .. }
        | Change::Described { .. }
        | Change::Filed
        | Change::MovedTo { .. }
        | Change::MovedFrom { .. }
        | Change::HandedOver { .. }
        | Change::Undone { .. }
        | Change::AppendedFromOutside
        | Change::AppendedAutomatic
        | Change::Proven { .. }
        | Change::Linked { .. }
        | Change::LetterFailed { .. }
        | Change::Forgotten { .. } => return Reversal::Nothing,
    };
    if still_holds { Reversal::By(inverse) } else { Reversal::ChangedSince }
}
