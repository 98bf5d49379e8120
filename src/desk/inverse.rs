//! Taking changes back: what undoes each, and whether it still stands.

use crate::model::{Change, Request, Standing};

/// The change that takes a change back, where there is one.
pub fn inverse(change: &Change) -> Option<Change> {
    match change.clone() {
        Change::Moved { from, to } => Some(Change::Moved { from: to, to: from }),
        Change::Assigned { from, to } => Some(Change::Assigned { from: to, to: from }),
        Change::PassedOn { from, to } => Some(Change::PassedOn { from: to, to: from }),
        Change::KindSet { from, to } => Some(Change::KindSet { from: to, to: from }),
        Change::PrioritySet { from, to } => Some(Change::PrioritySet { from: to, to: from }),
        Change::ReleaseSet { from, to } => Some(Change::ReleaseSet { from: to, to: from }),
        Change::DuplicateSet { from, to } => Some(Change::DuplicateSet { from: to, to: from }),
        Change::Watching { watcher, watches } => Some(Change::Watching { watcher, watches: !watches }),
        Change::Opened { .. }
        | Change::Appended
        | Change::Answered
        | Change::Noted
        | Change::Delivered { .. }
        | Change::Reminded { .. }
        | Change::Described { .. }
        | Change::MovedTo { .. }
        | Change::MovedFrom { .. }
        | Change::HandedOver { .. }
        | Change::Undone { .. }
        | Change::AppendedFromOutside
        | Change::AppendedAutomatic
        | Change::Proven { .. }
        | Change::Linked { .. }
        | Change::LetterFailed { .. } => None,
    }
}

/// Whether a request is still as a change has made it.
pub fn holds(request: &Request, change: &Change) -> bool {
    let stands = |to: &Standing| request.standing == *to;
    match change {
        Change::Moved { to, .. } => stands(to),
        Change::Assigned { to, .. } => request.executor == *to,
        Change::PassedOn { to, .. } => request.place == *to,
        Change::KindSet { to, .. } => request.kind == *to,
        Change::PrioritySet { to, .. } => request.priority == *to,
        Change::ReleaseSet { to, .. } => request.release == *to,
        Change::DuplicateSet { to, .. } => request.duplicate_of == *to,
        Change::Watching { watcher, watches } => request.watchers.contains(watcher) == *watches,
        Change::Opened { .. }
        | Change::Appended
        | Change::Answered
        | Change::Noted
        | Change::Delivered { .. }
        | Change::Reminded { .. }
        | Change::Described { .. }
        | Change::MovedTo { .. }
        | Change::MovedFrom { .. }
        | Change::HandedOver { .. }
        | Change::Undone { .. }
        | Change::AppendedFromOutside
        | Change::AppendedAutomatic
        | Change::Proven { .. }
        | Change::Linked { .. }
        | Change::LetterFailed { .. } => true,
    }
}
