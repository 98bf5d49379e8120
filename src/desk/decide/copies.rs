//! The same message once more, where its first copy did not do all that it says: it came by a list or with a filter's mark, or
//! somebody who knew it sent it first.

use crate::desk::revision::Revision;
use crate::model::{Change, Decision, Disposition, EarlierCopy, Effect, Entry, Phase, Request, Shortfall};

use super::case::Case;
use super::new_request::{self, Opened};

/// Whether an earlier copy did all that this one can do, so that this one has no effect.
pub(super) fn did_all(earlier: &EarlierCopy, is_proven: bool) -> bool {
    match earlier.shortfall {
        None => true,
        Some(Shortfall::Held) => !is_proven,
        // Its requester has been written to since.
        Some(Shortfall::Marked(Some(ref request))) => !matches!(request.standing.phase, Phase::New | Phase::Open),
        Some(Shortfall::Marked(None)) => false,
    }
}

/// Says why a copy has an effect; and settles the copy that was held, so that nobody answers for it any more.
pub(super) fn supersede(earlier: &EarlierCopy, decision: &mut Decision) {
    let id = earlier.id;
    match &earlier.shortfall {
        None => {}
        Some(Shortfall::Held) => {
            decision
                .reasons
                .push(format!("the same as message {id}, which was held without the proof that this one brings"));
            decision.effects.push(Effect::Settle(id));
        }
        Some(Shortfall::Marked(_)) => {
            decision
                .reasons
                .push(format!("the same as message {id}, whose signs of automatic mail or spam this one lacks"));
        }
    }
}

/// The request that the first copy opened silently; `None` where there is none.
pub(super) fn opened_silently<'a>(case: &Case<'a>) -> Option<&'a Request> {
    match &case.basis.facts.identity.duplicate_of.as_ref()?.shortfall {
        Some(Shortfall::Marked(request)) => request.as_deref(),
        _ => None,
    }
}

/// Does for a request that was opened silently what its opening left out: acknowledges it, and tells engineers.
pub(super) fn announce(case: &Case<'_>, request: &Request) -> Decision {
    let (sender, words) = (case.sender(), case.incoming.reading.content());
    let opening = new_request::opening(case, &sender, "the same message opened the request", &words);
    let mut revision = Revision::of(request);
    revision.change(&opening.basis, Change::Appended);
    let Opened { mut revision, acknowledgement, intake } = new_request::taken_in(case, &opening, revision);
    let turn = intake.assign(case, &mut revision);
    let further: Vec<_> = acknowledgement.news.into_iter().collect();
    let is_told = request.progress.is_filed;
    let letters = if is_told { new_request::notifications(case, revision.request(), &further) } else { Vec::new() };
    let number = request.number.clone();
    let mut decision = Decision { request: Some(number), ..Decision::of(Disposition::Appended) };
    decision.reasons.extend(acknowledgement.reason);
    decision.change(revision.into_events());
    decision.effects.push(Effect::AddEntry(Entry::default()));
    decision.effects.extend(turn.map(Effect::TakeTurn));
    decision.count(acknowledgement.tallies);
    decision.write(acknowledgement.letter);
    decision.write(letters);
    decision
}
