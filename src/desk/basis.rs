//! The basis of decisions, and the one way in which decisions make events.

use super::roster::Roster;
use crate::model::policy::{Desk, Engineer};
use crate::model::{
    Actor, Ask, Change, DeskKey, EmailAddress, Event, Facts, ReceivedId, RequestNumber, RequesterAsk, Secret,
    ShortName, Timestamp,
};

/// Makes and verifies the keys of links in letters. Passed in as functions, since the secret keys are kept in `flow`.
#[derive(Clone, Copy)]
pub struct Keys<'a> {
    /// The `mailto:` URL by which this requester makes this ask about this request; the mail that it opens has this text.
    pub url: &'a dyn Fn(&RequestNumber, &EmailAddress, RequesterAsk, &str) -> String,
    /// The `mailto:` URL by which this engineer makes this ask about this request; the mail that it opens has this text.
    pub button: &'a dyn Fn(&RequestNumber, &ShortName, &Ask, &str) -> String,
    /// Until when the key of a link is valid; `None` where it was not made for this request and requester.
    pub expiry: &'a dyn Fn(&RequestNumber, &EmailAddress, RequesterAsk, &Secret) -> Option<Timestamp>,
}

/// What a decision rests on: the desks, the facts, the time, and who acts by what proof.
#[derive(Clone, Copy)]
pub struct Basis<'a> {
    /// All desks of the installation.
    pub desks: &'a [Desk],
    /// The desk that decides: that of the request, or else the one that the message came to.
    pub desk: &'a Desk,
    /// The facts from the store.
    pub facts: &'a Facts,
    /// Makes and verifies keys of links.
    pub keys: Keys<'a>,
    /// The time of the decision, which its events get.
    pub now: Timestamp,
    /// The message that is decided about; `None` where something else caused the decision.
    pub received: Option<ReceivedId>,
    /// Who acts.
    pub actor: &'a Actor,
    /// What shows that they may, as the proof of the events.
    pub proof: &'a str,
}

impl<'a> Basis<'a> {
    /// The basis of what maildesk does by itself.
    pub fn new(desks: &'a [Desk], desk: &'a Desk, facts: &'a Facts, keys: Keys<'a>, now: Timestamp) -> Self {
        Self { desks, desk, facts, keys, now, received: None, actor: &Actor::Maildesk, proof: "" }
    }

    /// This basis with a message as the cause of events.
    pub fn of_message(self, received: ReceivedId) -> Self {
        Self { received: Some(received), ..self }
    }

    /// This basis with another actor and proof.
    pub fn by(self, actor: &'a Actor, proof: &'a str) -> Self {
        Self { actor, proof, ..self }
    }

    /// This basis with a rule of the desk as the actor.
    pub fn by_rule(self, rule: &'a str) -> Self {
        self.by(&Actor::Maildesk, rule)
    }

    /// This basis at another desk.
    pub fn at(self, desk: &'a Desk) -> Self {
        Self { desk, ..self }
    }

    /// An event of a request, with the actor, proof, message and time of this basis.
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

    /// The key that the desk with this key has now.
    pub fn current_key<'k>(&self, key: &'k DeskKey) -> &'k DeskKey
    where
        'a: 'k,
    {
        self.desks.iter().find(|desk| desk.key == *key).map_or(key, Desk::current_key)
    }

    /// The desk of a request; where it is not configured any more, the desk that decides.
    pub fn desk_of(&self, number: &RequestNumber) -> &'a Desk {
        self.desks.iter().find(|desk| desk.key == number.desk).unwrap_or(self.desk)
    }

    /// The engineers of a desk, with today's absences.
    pub fn roster(&self, desk: &'a Desk) -> Roster<'a> {
        Roster::new(desk, &self.facts.desk.absences, self.now)
    }

    /// The engineer who acts; `None` where somebody else does.
    pub fn engineer(&self) -> Option<&'a Engineer> {
        match self.actor {
            Actor::Engineer(name) => self.desk.engineer(name),
            Actor::Person(_) | Actor::Unknown | Actor::Maildesk | Actor::Operator => None,
        }
    }
}
