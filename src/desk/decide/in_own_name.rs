//! Messages whose author would be the desk itself, as a group makes them that puts its own address into From: held, so that no
//! request has the desk as its requester, and told to engineers, who can open it by a yes.

use crate::desk::wording;
use crate::model::{Decision, Disposition, Draft, Effect, LetterKind, Tally, TallyKind};

use super::caps::{Capped, Clearance};
use super::case::Case;
use super::drafts::Drafter;

/// Holds a message that would open a request of the desk's own; `None` where it would not, or an engineer has said yes to it.
pub(super) fn held(case: &Case<'_>) -> Option<Decision> {
    let is_own = case.understanding.sender.is_desk && !case.is_older;
    if !is_own || case.basis.facts.sender.confirmed_by.is_some() {
        return None;
    }
    let from = case.understanding.sender.address.as_ref()?;
    let mut decision = Decision::of(Disposition::Held);
    decision
        .reasons
        .push(format!("its author would be our own address {from}: held, so that nobody answers the desk itself"));
    // Forged mail in the desk's name must not become a flood of letters.
    match Capped::new(case)?.clearance() {
        Clearance::Now => {
            decision.reasons.push("engineers are told; a yes opens a request without a requester".to_owned());
            decision.count(Capped::new(case).iter().flat_map(|capped| capped.tallies(&Clearance::Now)));
            decision.write(questions(case));
        }
        Clearance::Later(_, why) | Clearance::Withheld(why) => {
            decision.reasons.push(format!("engineers are not told: {why}"));
            decision.effects.push(Effect::Count(Tally {
                kind: TallyKind::Unasked,
                key: String::new(),
                at: case.basis.now,
            }));
        }
    }
    Some(decision)
}

/// The letters that tell the engineers of the first line, and ask what is to become of the message.
fn questions(case: &Case<'_>) -> Vec<Draft> {
    let writer = Drafter::of_desk(&case.basis);
    let present = writer.roster.present(None);
    let told = if present.is_empty() { writer.desk.members(None) } else { present };
    let list = case.incoming.header("List-Id").next();
    let (subject, words) = (&case.incoming.subject_raw, &case.incoming.reading.words);
    let question = |engineer| {
        let (subject, text) = wording::in_own_name(&writer.reader(engineer), subject, words, list);
        let letter = writer.for_author(LetterKind::Question, engineer, subject, text);
        Draft { asks_about: Some(case.received), ..letter }
    };
    told.into_iter().map(question).collect()
}
