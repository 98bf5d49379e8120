//! Events → request: the one way a request changes, and the proof that its events tell the whole of it.

use crate::model::{Actor, Change, Event, Phase, Reminded, Request, RequestNumber};

use super::progress;

/// The request after an event. An `Opened` begins it; every other event of a request that was not opened leaves nothing.
pub fn apply(request: Option<Request>, event: &Event) -> Option<Request> {
    let mut request = match &event.change {
        Change::Opened { subject, language, requester } => {
            Request::opened(event.request.clone(), subject.clone(), *language, requester.clone(), event.at)
        }
        _ => request?,
    };
    if let Change::Forgotten { whole, .. } = event.change {
        // Nothing of its course changes by that: neither its dates nor who is responsible.
        request.participants.retain(|person| !person.email.is_forgotten());
        request.watchers.retain(|watcher| !watcher.is_forgotten());
        request.progress.erased_at = whole.then_some(event.at).or(request.progress.erased_at);
        return Some(request);
    }
    request.progress.erased_at = None;
    let is_by_desk = matches!(event.who, Actor::Engineer(_) | Actor::Operator);
    if is_by_desk || event.change == Change::Appended {
        progress::heard(&mut request.progress, event.at);
    }
    match &event.change {
        Change::Proven { participant } => {
            for known in request.participants.iter_mut().filter(|p| p.email == *participant) {
                known.proven = true;
            }
        }
        Change::Linked { to } => tie(&mut request, to),
        Change::Moved { to, .. } => {
            request.standing = to.clone();
            progress::moved(&mut request.progress, to.phase, event.at);
        }
        Change::Assigned { to, .. } => request.assignee.clone_from(to),
        Change::PassedOn { to, .. } => request.place.clone_from(to),
        Change::KindSet { to, .. } => request.kind = *to,
        Change::PrioritySet { to, .. } => request.priority = *to,
        Change::ReleaseSet { to, .. } => request.release.clone_from(to),
        Change::DuplicateSet { to, .. } => request.duplicate_of.clone_from(to),
        Change::Watching { watcher, watches } => {
            request.watchers.retain(|known| known != watcher);
            if *watches {
                request.watchers.push(watcher.clone());
            }
        }
        Change::Delivered { .. } => {
            if request.standing.phase == Phase::Completed {
                request.progress.answered_at.get_or_insert(event.at);
            }
        }
        Change::Reminded { of } => request.progress.reminded.push(Reminded { of: *of, at: event.at }),
        Change::Described { environment, period, missing } => {
            let progress = &mut request.progress;
            progress.environment = environment.clone().or(progress.environment.take());
            progress.period = period.clone().or(progress.period.take());
            progress.missing.clone_from(missing);
        }
        // What was answered before is answered again: the silence counts anew.
        Change::Undone { .. } if request.standing.phase == Phase::Completed => {
            request.progress.answered_at.get_or_insert(event.at);
        }
        Change::Filed => progress::filed(&mut request.progress, event.at),
        Change::MovedTo { number } => request.progress.moved_to = Some(number.clone()),
        Change::MovedFrom { number } => tie(&mut request, number),
        Change::Opened { .. }
        | Change::HandedOver { .. }
        | Change::Appended
        | Change::Answered
        | Change::Noted
        | Change::Undone { .. }
        | Change::AppendedFromOutside
        | Change::AppendedAutomatic
        | Change::LetterFailed { .. }
        | Change::Forgotten { .. } => {}
    }
    if is_by_desk {
        progress::acted(&mut request.progress, event);
    }
    request.changed_at = request.changed_at.max(event.at);
    Some(request)
}

/// The links of a request stand in the order of their numbers, whichever came first.
fn tie(request: &mut Request, number: &RequestNumber) {
    if let Err(at) = request.linked.binary_search(number) {
        request.linked.insert(at, number.clone());
    }
}
