//! Requests while decisions about them are drafted.

use crate::model::{Change, Event, Language, Participant, Request, RequestNumber};

use super::basis::Basis;

/// A request while a decision about it is drafted, as it is after the events that it has got so far. Only an event changes it,
/// so that the request drafted equals the request replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    request: Request,
    events: Vec<Event>,
}

impl Revision {
    /// Begins with a request as it is stored.
    pub fn of(request: &Request) -> Self {
        Self { request: request.clone(), events: Vec::new() }
    }

    /// Begins with a request that is opened.
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

    /// Changes the request by an event of whoever acts.
    pub fn change(&mut self, basis: &Basis<'_>, change: Change) {
        self.add([basis.event(&self.request.number, change)]);
    }

    /// Changes the request by events.
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

    /// The events.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The events, for the decision.
    pub fn into_events(self) -> Vec<Event> {
        self.events
    }
}
