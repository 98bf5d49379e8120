//! A request while a decision about it is drafted.

use crate::model::{Change, Event, Language, Participant, Request, RequestNumber};

use super::basis::Basis;

/// A request while a decision about it is drafted, with the events of the draft applied. Only an event changes it, so that the
/// drafted request equals the replayed one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    request: Request,
    events: Vec<Event>,
}

impl Revision {
    /// Begins with a stored request.
    pub fn of(request: &Request) -> Self {
        Self { request: request.clone(), events: Vec::new() }
    }

    /// Begins by opening a request.
    pub fn opened(
        basis: &Basis<'_>,
        number: &RequestNumber,
        subject: String,
        language: Language,
        requester: Option<Participant>,
    ) -> Self {
        let request = Request::opened(number.clone(), subject.clone(), language, requester.clone(), basis.now);
        let mut revision = Self { request, events: Vec::new() };
        revision.change(basis, Change::Opened { subject, language, requester });
        revision
    }

    /// Applies a change, as an event of the basis.
    pub fn change(&mut self, basis: &Basis<'_>, change: Change) {
        self.add([basis.event(&self.request.number, change)]);
    }

    /// Applies events.
    pub fn add(&mut self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            self.request.apply(&event);
            self.events.push(event);
        }
    }

    /// The request after these events.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The events so far.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The events, to be put into a decision.
    pub fn into_events(self) -> Vec<Event> {
        self.events
    }
}
