//! Decisions: what follows from a message, a passing deadline, a command, or the end of a letter.

mod absence;
mod alerts;
mod brought;
mod caps;
mod case;
mod control;
mod copies;
mod customer;
mod digest;
mod digest_answer;
mod drafts;
mod engineer;
mod engineer_message;
mod flood;
mod follow_ups;
mod for_whom;
mod handover;
mod held;
mod in_copy;
mod in_own_name;
mod intake;
mod new_request;
mod on_behalf;
mod operator;
mod reading;
mod repeats;
mod reply;
mod report;
mod robot;
mod split;
mod tick;
mod unsent;
mod wish;
mod without_request;

use crate::model::{Actor, AutomaticSign, Decision, Disposition, Effect, Facts, Proof, RequestNumber, Spam};

use super::permission::{Author, verdict};
use case::kept;
use engineer_message::EngineerMessage;

pub use case::Case;
pub use customer::USED_ELSEWHERE;
pub use digest::digest;
pub use for_whom::MOST_TOLD;
pub use handover::hand_over;
pub use operator::{released, rescheduled, set};
pub use reading::UNKNOWN_BRACKET;
pub use report::{letter_delivered, letter_failed};
pub use tick::{next_look, tick};
pub use unsent::tell_again;

/// Decides what becomes of a message. Every message gets exactly one disposition, with its reasons.
pub fn decide(case: &Case<'_>) -> Decision {
    let case = &Case { basis: case.basis.of_message(case.received), ..*case };
    let facts = case.basis.facts;
    if case.understanding.is_own_letter {
        return kept(Disposition::Ignored, "our own letter came back");
    }
    if case.understanding.is_probe {
        return kept(Disposition::Ignored, "a probe of `maildesk check`");
    }
    let about = facts.thread.about();
    let desk = about.map_or(case.basis.desk, |request| case.basis.desk_of(&request.number));
    let verdict = verdict(case.understanding, &facts.sender, desk, about, case.basis.now);
    let is_proven = matches!(verdict.author, Author::Engineer(..));
    if let Some(earlier) = facts.identity.duplicate_of.as_ref().filter(|copy| copies::did_all(copy, is_proven)) {
        let reason = format!("the same Message-ID and content as message {}", earlier.id);
        return kept(Disposition::Duplicate, &reason);
    }
    if let Some(number) = filed_elsewhere(facts) {
        return kept(
            Disposition::Duplicate,
            &format!("the same message came to another desk and is in {number} already"),
        );
    }
    if let Some(report) = &case.incoming.report {
        return report::delivery_report(case, report);
    }
    if let Some(complaint) = &case.incoming.complaint {
        return report::complaint(case, complaint);
    }
    if let Some(Spam::Blocked(why)) = &case.understanding.spam {
        return kept(Disposition::Ignored, why);
    }
    let mut decision = match &verdict.author {
        Author::Person => customer::message(case),
        Author::Engineer(_, proof) if is_automatic(&case.understanding.automatic, proof) => {
            engineer::automatic(case, about)
        }
        // It is not held: if it were confirmed, its files would be passed on with the request.
        Author::Unproven(..) if !case.understanding.automatic.is_empty() => engineer::automatic(case, None),
        Author::Engineer(..) | Author::Unproven(..) if case.is_older => {
            kept(Disposition::Ignored, "an engineer's message from before the mailbox's start mark")
        }
        Author::Engineer(engineer, proof) => {
            let (actor, proof) = (Actor::Engineer(engineer.name.clone()), proof.to_string());
            let basis = case.basis.at(desk).by(&actor, &proof);
            EngineerMessage { case, basis, engineer, about }.decide()
        }
        Author::Unproven(engineer, why) => held::unproven(case, desk, engineer, why, about),
    };
    for signed in &verdict.burnt {
        let reason =
            format!("the token of a letter about {} is burnt: somebody else has seen or used it", signed.anchor);
        decision.reasons.push(reason);
    }
    for serial in &verdict.revoked {
        decision.reasons.push(format!("personal address {serial} is revoked: somebody else has seen or used it"));
    }
    decision.effects.extend(verdict.burnt.into_iter().map(Effect::Burn));
    decision.effects.extend(verdict.revoked.into_iter().map(Effect::Revoke));
    if let Some(earlier) = &facts.identity.duplicate_of {
        copies::supersede(earlier, &mut decision);
    }
    if let Some(other) = facts.identity.same_id_as {
        decision.reasons.push(format!("warning: message {other} has the same Message-ID but other content"));
    }
    decision
}

/// Whether an engineer's mail program wrote a message automatically. Some companies' servers mark all mail as that of a list,
/// or forbid answers to it; such a sign counts for less than the token of an answered letter.
fn is_automatic(signs: &[AutomaticSign], proof: &Proof) -> bool {
    let counts = |sign: &AutomaticSign| match sign {
        AutomaticSign::List(..) | AutomaticSign::ResponseSuppressed(_) => *proof != Proof::Token,
        // By its subject alone it may be a person's: see `EngineerMessage::is_absence_note`.
        AutomaticSign::Subject(_) => false,
        _ => true,
    };
    signs.iter().any(counts)
}

/// The request to which another desk has added the same message; `None` where none has.
fn filed_elsewhere(facts: &Facts) -> Option<&RequestNumber> {
    let about = &facts.thread.about()?.number;
    facts.identity.elsewhere.as_ref().map(|request| &request.number).filter(|number| *number == about)
}
