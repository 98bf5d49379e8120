//! Decides about the requests of somebody who has left the desk, or goes by another name there.

use crate::desk::assignment;
use crate::desk::basis::Basis;
use crate::desk::news::News;
use crate::desk::revision::Revision;
use crate::desk::wording::Brought;
use crate::model::policy::FormerEngineer;
use crate::model::{Actor, Change, Decision, Effect, Request};

use super::drafts::{Drafter, summary, with_all};

/// Gives a request to the successor of whoever had it, or to whom the desk's rule chooses of its line or team; they are told
/// once, with the history. Nobody is told of a mere change of name.
pub fn hand_over(basis: &Basis<'_>, request: &Request, former: &FormerEngineer) -> Decision {
    let proof = if former.is_renamed { "configuration: renamed" } else { "configuration: left" };
    let basis = &basis.by(&Actor::Maildesk, proof);
    let mut decision = Decision::about(request.number.clone(), Vec::new());
    let mut revision = Revision::of(request);
    revision.change(basis, Change::Assigned { from: request.assignee.clone(), to: former.successor.clone() });
    let turn = assignment::assign(basis, basis.desk, &mut revision);
    let after = revision.request();
    if !former.is_renamed {
        let writer = Drafter::about(basis, after);
        let news = News::HandedOver { from: former.full_name.clone(), is_yours: after.assignee.is_some() };
        let told: Vec<_> = writer.audience(None).into_iter().map(|engineer| (engineer, news.clone())).collect();
        let brought = Brought { summary: summary(basis.facts), ..Brought::default() };
        decision.write(writer.notifications(&told, with_all(brought, basis.facts)));
    }
    decision.change(revision.into_events());
    decision.effects.extend(turn.map(Effect::TakeTurn));
    decision
}
