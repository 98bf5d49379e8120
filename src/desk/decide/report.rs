//! Decides what follows when a letter was not delivered, as a delivery report or the server's reply says; when it was; and when
//! its reader has complained.

use crate::desk::basis::Basis;
use crate::desk::lifecycle::{Transition, Trigger, transition};
use crate::desk::news::News;
use crate::desk::revision::Revision;
use crate::desk::wording::Brought;
use crate::model::{
    Action, Actor, Change, Complaint, Decision, DeliveryReport, Disposition, Draft, Effect, Event, FailureReason,
    LetterKind, Phase, ReportedLetter, Request, Timestamp,
};

use super::case::{Case, kept};
use super::drafts::Drafter;

/// The proof of events by a delivery report.
const REPORTED: &str = "our signed Message-ID in the report";
/// The proof of events by a letter's last try.
const OUTBOX: &str = "the outbox";

/// Decides about a delivery report; one about anything but a failed letter of ours has no effect.
pub(super) fn delivery_report(case: &Case<'_>, report: &DeliveryReport) -> Decision {
    let Some(letter) = &case.basis.facts.answered.reported else {
        return kept(Disposition::Report, "a delivery report about no letter of ours");
    };
    let sender = case.sender();
    let basis = case.basis.by(&sender, REPORTED);
    let number = &letter.request.number;
    let failed = report.recipients.iter().find(|r| r.action == Action::Failed);
    let (effects, reason) = match (failed, report.recipients.first()) {
        (None, Some(recipient)) => {
            let effects = vec![Effect::Change(basis.event(number, Change::AppendedAutomatic))];
            (effects, format!("letter {} to {}: {:?}", letter.id, letter.to, recipient.action))
        }
        (failed, _) => {
            let why = failed.map_or(FailureReason::Returned, |recipient| {
                let words = format!("{} {}", recipient.status, recipient.diagnostic);
                FailureReason::Reported(words.trim().to_owned())
            });
            let reason = format!("letter {} did not reach {}: {why}", letter.id, letter.to);
            (consequences(&basis, letter, &why), reason)
        }
    };
    Decision { request: Some(number.clone()), effects, ..kept(Disposition::Report, &reason) }
}

/// Decides about a reader's complaint: engineers are told of the first one, and no automatic letters follow. An engineer's
/// complaint changes nothing: without notifications nobody would see their requests.
pub(super) fn complaint(case: &Case<'_>, complaint: &Complaint) -> Decision {
    let Some(letter) = &case.basis.facts.answered.reported else {
        return kept(Disposition::Report, "a complaint about no letter of ours");
    };
    let (number, by) = (&letter.request.number, letter.to.clone());
    let mut decision = Decision { request: Some(number.clone()), ..Decision::of(Disposition::Report) };
    let sender = case.sender();
    let basis = case.basis.by(&sender, REPORTED);
    let mut revision = Revision::of(&letter.request);
    revision.change(&basis, Change::Complained { letter: letter.id, by: by.clone(), kind: complaint.kind.clone() });
    let is_engineer = letter.kind.is_for_engineers() || basis.desk_of(number).engineer_at(&by).is_some();
    decision.reasons.push(format!("{by} has complained about letter {} ({})", letter.id, complaint.kind));
    if !is_engineer && !letter.is_silenced {
        let letters = told(&basis, revision.request(), &News::Complained(by.clone()));
        decision.reasons.push("engineers are told; no more automatic letters to this reader".to_owned());
        decision.effects.push(Effect::Silence(by));
        decision.write(letters);
    }
    decision.change(revision.into_events());
    decision
}

/// The letters that tell the responsible engineers.
fn told(basis: &Basis<'_>, request: &Request, news: &News) -> Vec<Draft> {
    let writer = Drafter::about(basis, request);
    let told: Vec<_> = writer.audience(None).into_iter().map(|engineer| (engineer, news.clone())).collect();
    writer.notifications(&told, Brought::default())
}

/// Decides what follows when a letter cannot be sent at all.
pub fn letter_failed(basis: &Basis<'_>, letter: &ReportedLetter, why: &FailureReason) -> Decision {
    let basis = basis.by(&Actor::Maildesk, OUTBOX);
    Decision::about(letter.request.number.clone(), consequences(&basis, letter, why))
}

/// Decides what follows when a server has taken a letter, written at `written`: if it tells the requester of the answer or of
/// something later, the time for their reply begins. `events` are those of the request.
pub fn letter_delivered(basis: &Basis<'_>, letter: &ReportedLetter, written: Timestamp, events: &[Event]) -> Decision {
    let request = &letter.request;
    let is_awaited = request.standing.phase == Phase::Completed && request.progress.answered_at.is_none();
    let answered = events.iter().rev().find_map(|event| match &event.change {
        Change::Moved { to, .. } if to.phase == Phase::Completed => Some(event.at),
        _ => None,
    });
    let mut decision = Decision::about(request.number.clone(), Vec::new());
    if is_answer(letter) && is_awaited && answered.is_some_and(|answered| answered <= written) {
        let basis = basis.by(&Actor::Maildesk, OUTBOX);
        decision.change([basis.event(&request.number, Change::Delivered { letter: letter.id })]);
    }
    decision
}

/// Whether a letter tells the requester of the answer. A watcher's copy does not.
fn is_answer(letter: &ReportedLetter) -> bool {
    let is_to_requester = letter.request.requester().is_some_and(|requester| requester.email == letter.to);
    is_to_requester && matches!(letter.kind, LetterKind::Answer | LetterKind::Notice)
}

/// What follows when a letter did not reach its recipient. Engineers are told, unless it was for an engineer, since a further
/// letter would fail too. An answer that was not delivered does not count as one.
fn consequences(basis: &Basis<'_>, letter: &ReportedLetter, why: &FailureReason) -> Vec<Effect> {
    let desk = basis.desk_of(&letter.request.number);
    let mut revision = Revision::of(&letter.request);
    let failed = Change::LetterFailed { letter: letter.id, to: letter.to.clone(), why: why.to_string() };
    revision.change(basis, failed);
    let mut letters = Vec::new();
    if !letter.kind.is_for_engineers() {
        let from = letter.request.standing.clone();
        if let (true, Transition::To(status)) =
            (is_answer(letter), transition(&from, &Trigger::Returned, desk.after_close))
        {
            let to = desk.standing(&status);
            revision.change(&basis.by_rule(basis.proof), Change::Moved { from, to });
        }
        letters = told(basis, revision.request(), &News::LetterFailed(letter.to.clone(), why.clone()));
    }
    let events = revision.into_events().into_iter().map(Effect::Change);
    events.chain(letters.into_iter().map(Effect::Write)).collect()
}
