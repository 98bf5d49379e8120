//! Events → request: the one way a request changes, and the proof that its events tell the whole of it.

use crate::model::{Change, Event, Phase, Request};

/// The request after an event. An `Opened` begins it; every other event of a request that was not opened leaves nothing.
pub fn apply(request: Option<Request>, event: &Event) -> Option<Request> {
    let mut request = match &event.change {
        Change::Opened { subject, language, requester } => Request {
            number: event.request.clone(),
            subject: subject.clone(),
            phase: Phase::New,
            language: *language,
            participants: requester.iter().cloned().collect(),
            linked: Vec::new(),
            opened_at: event.at,
            changed_at: event.at,
        },
        _ => request?,
    };
    match &event.change {
        Change::Proven { participant } => {
            for known in request.participants.iter_mut().filter(|p| p.email == *participant) {
                known.proven = true;
            }
        }
        Change::Linked { to } => {
            if !request.linked.contains(to) {
                request.linked.push(to.clone());
            }
        }
        Change::Opened { .. }
        | Change::Appended
        | Change::AppendedFromOutside
        | Change::AppendedAutomatic
        | Change::LetterFailed { .. } => {}
    }
    request.changed_at = request.changed_at.max(event.at);
    Some(request)
}
