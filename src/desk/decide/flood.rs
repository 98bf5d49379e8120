//! Floods: very many alike messages of one sender within an hour become one request, which engineers are told of once.

use crate::desk::news::News;
use crate::model::{Change, Decision, Disposition, Effect, Entry, RequestNumber};

use super::caps::Capped;
use super::case::Case;

/// What engineers are told of the request that a flood begins with.
pub(super) fn news(case: &Case<'_>) -> News {
    News::Flood(case.basis.facts.sender.tallied.alike.hour)
}

/// Adds a message of a flood to its request. Nobody is told; the operator can make it a request of its own later.
pub(super) fn append(
    case: &Case<'_>,
    capped: &Capped<'_>,
    request: &RequestNumber,
    mut reasons: Vec<String>,
) -> Decision {
    let count = case.basis.facts.sender.tallied.alike.hour;
    reasons.push(format!(
        "one of more than {count} alike messages of this sender within an hour: added to {request}, nobody is told"
    ));
    let sender = case.sender();
    let mut decision = Decision { request: Some(request.clone()), reasons, ..Decision::of(Disposition::Appended) };
    decision.change([case.basis.by(&sender, "flood of alike messages").event(request, Change::Appended)]);
    decision.effects.extend([Effect::AddEntry(Entry::default()), Effect::JoinFlood]);
    decision.count(capped.message_tallies());
    decision
}
