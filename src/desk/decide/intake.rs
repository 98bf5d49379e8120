//! What the desk does with a new request before anybody has read it, and with what its requester brings later.

use crate::desk::assignment::{Chosen, choose};
use crate::desk::intake::{FirstLook, PROBLEM, Evident, Supplied, brought, first_look, required};
use crate::desk::replay::apply;
use crate::model::policy::{Desk, Needed, Turn};
use crate::model::{Actor, Change, Event, Kind, Priority, Request, ShortName};

use super::Case;
use super::new_request::{Opening, is_brought};

/// What shows what a message brings.
const READ: &str = "read in the message";

/// What follows from the first look at a new request.
pub(super) struct Intake {
    /// What changes.
    pub events: Vec<Event>,
    /// What its requester is asked for.
    pub missing: Vec<Needed>,
    /// The engineer whom a key word names.
    assignee: Option<Evident<ShortName>>,
}

/// Looks at a request that was just opened: its kind, what key words tell, and what it lacks.
pub(super) fn look(case: &Case<'_>, opening: &Opening<'_>, request: &Request) -> Intake {
    let desk = case.desk;
    let FirstLook { kind, priority, place, assignee } = first_look(desk, opening.kind, opening.subject, opening.words);
    let mut intake = Intake { events: Vec::new(), missing: Vec::new(), assignee };
    let mut add = |who: &Actor, proof: &str, change| {
        intake.events.push(case.event(&request.number, who.clone(), proof, change));
    };
    if let Some(kind) = opening.kind {
        add(&opening.who, opening.proof, Change::KindSet { from: None, to: Some(kind) });
    }
    if let Some(kind) = &kind {
        add(&Actor::Maildesk, &kind.proof, Change::KindSet { from: None, to: Some(kind.what) });
    }
    if let Some(Evident { what, proof }) = priority.filter(|priority| priority.what != request.priority) {
        add(&Actor::Maildesk, &proof, Change::PrioritySet { from: request.priority, to: what });
    }
    if let Some(Evident { what, proof }) = place {
        add(&Actor::Maildesk, &proof, Change::PassedOn { from: None, to: Some(what) });
    }
    // Robots and old mail are asked for nothing.
    if !desk.required.is_empty() && case.claims.automatic.is_empty() && !case.is_older {
        let kind = opening.kind.or(kind.map(|kind| kind.what));
        let brought = brought(desk, opening.subject, opening.words, &case.incoming.attachments);
        intake.missing = required(desk, kind).into_iter().filter(|needed| !brought.has(*needed)).collect();
        intake.events.extend(described(case, request, brought, &intake.missing));
    }
    intake
}

impl Intake {
    /// Who becomes the assignee of a new request: whom a key word names, or else whom the desk's rule chooses. Of what
    /// nobody is told nobody is the assignee.
    pub fn assign(&self, case: &Case<'_>, desk: &Desk, request: &Request) -> (Option<Event>, Option<Turn>) {
        if !is_brought(case) || request.assignee.is_some() {
            return (None, None);
        }
        let here = |named: &&Evident<ShortName>| desk.absence(&named.what).is_none();
        let is_moved = request.place != self.place();
        if let Some(named) =
            self.assignee.as_ref().filter(here).filter(|_| !is_moved && !request.standing.phase.is_ended())
        {
            return (Some(assigned(case, request, &named.what, &named.proof)), None);
        }
        match choose(desk, request, &case.facts.workload) {
            Some(Chosen { engineer, proof, turn }) => (Some(assigned(case, request, &engineer, proof)), Some(turn)),
            None => (None, None),
        }
    }

    /// Where key words have sent it.
    fn place(&self) -> Option<crate::model::Place> {
        self.events.iter().find_map(|event| match &event.change {
            Change::PassedOn { to, .. } => to.clone(),
            _ => None,
        })
    }
}

fn assigned(case: &Case<'_>, request: &Request, engineer: &ShortName, proof: &str) -> Event {
    let change = Change::Assigned { from: None, to: Some(engineer.clone()) };
    case.event(&request.number, Actor::Maildesk, proof, change)
}

/// The event of what was brought, if anything of it is news.
fn described(case: &Case<'_>, request: &Request, brought: Supplied, missing: &[Needed]) -> Option<Event> {
    let change = Change::Described { environment: brought.environment, period: brought.period, missing: missing.to_vec() };
    let event = case.event(&request.number, Actor::Maildesk, READ, change);
    let after = apply(Some(request.clone()), &event)?;
    (after.progress != request.progress).then_some(event)
}

/// What a participant's later message supplies of what was missing.
pub(super) fn supplied(case: &Case<'_>, desk: &Desk, request: &Request) -> Option<Event> {
    let missing = &request.progress.missing;
    if missing.is_empty() {
        return None;
    }
    let mut brought = brought(desk, "", &case.incoming.reply_text, &case.incoming.attachments);
    brought.environment = brought.environment.filter(|_| missing.contains(&Needed::Environment));
    brought.period = brought.period.filter(|_| missing.contains(&Needed::Period));
    let still: Vec<Needed> = missing.iter().copied().filter(|needed| !brought.has(*needed)).collect();
    described(case, request, brought, &still)
}

/// A problem is urgent at once, also where it turns out later.
pub(super) fn hurried(case: &Case<'_>, desk: &Desk, request: &Request, kind: Kind) -> Option<Event> {
    let (from, to) = (request.priority, Priority::Critical);
    let is_urgent = desk.urgent_problems && kind == Kind::Problem && from != to;
    is_urgent.then(|| case.event(&request.number, Actor::Maildesk, PROBLEM, Change::PrioritySet { from, to }))
}
