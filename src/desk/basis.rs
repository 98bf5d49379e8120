//! What every decision rests on, and the one way in which decisions make events.

use super::roster::Roster;
use crate::model::policy::{Desk, Engineer};
use crate::model::{
    Actor, Change, EmailAddress, Event, Facts, KeyedAsk, ReceivedId, RequestNumber, RequesterAsk, Timestamp,
};

/// Makes and verifies the keys of links in letters, for the shell, which holds the ring.
#[derive(Clone, Copy)]
pub struct Keys<'a> {
    /// The `mailto:` URL by which this requester asks this of this request.
    pub url: &'a dyn Fn(&RequestNumber, &EmailAddress, RequesterAsk) -> String,
    /// Until when the key of a link is good; none where it was not made for this request and this requester.
    pub expiry: &'a dyn Fn(&RequestNumber, &EmailAddress, &KeyedAsk) -> Option<Timestamp>,
}

/// What a decision rests on: the desks, what is known, the time, and who acts by what proof.
#[derive(Clone, Copy)]
pub struct Basis<'a> {
    /// All desks.
    pub desks: &'a [Desk],
    /// The desk that decides; for a message the one that it came to, or that of its request.
    pub desk: &'a Desk,
    /// What the store knows.
    pub facts: &'a Facts,
    /// The keys of links.
    pub keys: Keys<'a>,
    /// The time.
    pub now: Timestamp,
    /// The message that is decided about, where it is one.
    pub received: Option<ReceivedId>,
    /// Who acts.
    pub actor: &'a Actor,
    /// What shows that they may.
    pub proof: &'a str,
}

impl<'a> Basis<'a> {
    /// The basis of what maildesk does by itself.
    pub fn new(desks: &'a [Desk], desk: &'a Desk, facts: &'a Facts, keys: Keys<'a>, now: Timestamp) -> Self {
        Self { desks, desk, facts, keys, now, received: None, actor: &Actor::Maildesk, proof: "" }
    }

    /// The same, for a message.
    pub fn of_message(self, received: ReceivedId) -> Self {
        Self { received: Some(received), ..self }
    }

    /// The same, where somebody else acts, or by another proof.
    pub fn by(self, actor: &'a Actor, proof: &'a str) -> Self {
        Self { actor, proof, ..self }
    }

    /// The same, where a rule of the desk acts.
    pub fn by_rule(self, rule: &'a str) -> Self {
        self.by(&Actor::Maildesk, rule)
    }

    /// The same, at another desk.
    pub fn at(self, desk: &'a Desk) -> Self {
        Self { desk, ..self }
    }

    /// An event of a request.
    pub fn event(&self, request: &RequestNumber, change: Change) -> Event {
        Event {
            request: request.clone(),
            at: self.now,
            who: self.actor.clone(),
            proof: self.proof.to_owned(),
            received: self.received,
            change,
        }
    }

    /// The desk with this request's key; where it is not configured any more, the desk that decides.
    pub fn desk_of(&self, number: &RequestNumber) -> &'a Desk {
        self.desks.iter().find(|desk| desk.key == number.desk).unwrap_or(self.desk)
    }

    /// The engineers of a desk now.
    pub fn roster(&self, desk: &'a Desk) -> Roster<'a> {
        Roster::new(desk, &self.facts.desk.absences, self.now)
    }

    /// The engineer who acts; none where somebody else does.
    pub fn engineer(&self) -> Option<&'a Engineer> {
        match self.actor {
            Actor::Engineer(name) => self.desk.engineer(name),
            Actor::Person(_) | Actor::Unknown | Actor::Maildesk | Actor::Operator => None,
        }
    }
}
