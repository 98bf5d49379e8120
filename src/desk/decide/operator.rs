//! Decisions for `maildesk set` and `maildesk release`: the asks of tags, made by somebody who may run the program.

use crate::desk::basis::Basis;
use crate::desk::execute::execute;
use crate::desk::news::{News, Rejection};
use crate::desk::revision::Revision;
use crate::desk::wording::Brought;
use crate::model::{Actor, Ask, Change, Decision, Disposition, Effect, Event, Release, Request, Version};

use super::control;
use super::drafts::{Drafter, summary, with_all};
use super::follow_ups::{Brings, FollowUps, follow_ups};

/// The proof of events that a command causes.
const PROOF: &str = "command line";

/// Decides about the operator's asks for a request of the desk. The error holds why some of them cannot be done; then none is.
pub fn set(basis: &Basis<'_>, request: &Request, asks: &[Ask]) -> Result<Decision, Vec<Rejection>> {
    let basis = &basis.by(&Actor::Operator, PROOF);
    let execution = execute(basis, Revision::of(request), asks, false)?;
    let follow_ups = follow_ups(basis, request, &execution, Brings::default(), false);
    let after = execution.revision.request();
    let writer = Drafter::about(basis, after);
    let grace = if execution.ends { basis.desk.grace } else { 0 };
    let mut decision = Decision::about(request.number.clone(), Vec::new());
    decision.change(execution.revision.events().iter().cloned());
    decision.change(execution.other_ends.iter().cloned());
    decision.effects.extend(execution.turn.clone().map(Effect::TakeTurn));
    decision.write(writer.notice(&execution.told, grace));
    if execution.revision.events().iter().any(is_given_by_operator) {
        let news = if after.assignee.is_some() { News::Assigned(None) } else { News::PassedOn(None) };
        let told: Vec<_> = writer.audience(None).into_iter().map(|engineer| (engineer, news.clone())).collect();
        let facts = basis.facts;
        let brought = Brought { executed: asks, summary: summary(facts), ..Brought::default() };
        decision.write(writer.notifications(&told, with_all(brought, facts)));
    }
    decision.effects.extend(follow_ups.effects);
    control::tell(basis, request, &execution.revision, &mut decision);
    Ok(decision)
}

/// Whether an event assigns a request or passes it on, as the operator asked.
fn is_given_by_operator(event: &Event) -> bool {
    event.who == Actor::Operator && matches!(event.change, Change::Assigned { .. } | Change::PassedOn { .. })
}

/// Decides what follows when a version is out: all requests that wait for it are answered.
pub fn released(basis: &Basis<'_>, version: &Version) -> Decision {
    decision(super::follow_ups::released(&basis.by(&Actor::Operator, PROOF), version))
}

/// Decides what follows when a version gets another day: the requesters of all requests that wait for it are told.
pub fn rescheduled(basis: &Basis<'_>, release: &Release) -> Decision {
    decision(super::follow_ups::rescheduled(&basis.by(&Actor::Operator, PROOF), release))
}

fn decision(follow_ups: FollowUps) -> Decision {
    Decision { effects: follow_ups.effects, ..Decision::of(Disposition::Done) }
}
