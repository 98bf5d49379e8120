//! Letters that did not reach their recipients: a delivery report tells it, or the server at once.

use crate::desk::lifecycle::{Transition, Trigger, transition};
use crate::desk::replay::apply;
use crate::desk::news::News;
use crate::desk::wording::Brought;
use crate::model::policy::Desk;
use crate::model::{
    Action, Actor, Change, Decision, DeliveryReport, Disposition, Event, LetterKind, Phase, ReceivedId, ReportedLetter,
    Timestamp,
};

use super::drafts::Writer;
use super::{Case, Keys, kept};

pub(super) fn delivery_report(case: &Case<'_>, report: &DeliveryReport) -> Decision {
    let Some(letter) = &case.facts.reported else {
        return kept(Disposition::Report, "a delivery report about no letter of ours");
    };
    let desk = case.desk_of(&letter.request);
    let failed = report.recipients.iter().find(|r| r.action == Action::Failed);
    let why = match (failed, report.recipients.first()) {
        (Some(recipient), _) => format!("{} {}", recipient.status, recipient.diagnostic).trim().to_owned(),
        (None, Some(recipient)) => {
            let number = &letter.request.number;
            let reason = format!("letter {} to {}: {:?}", letter.id, letter.to, recipient.action);
            let event = case.event(number, case.sender(), PROOF, Change::AppendedAutomatic);
            let decision = kept(Disposition::Report, &reason);
            return Decision { request: Some(number.clone()), events: vec![event], ..decision };
        }
        (None, None) => "returned without a status".to_owned(),
    };
    let returned = Returned { who: case.sender(), proof: PROOF, received: Some(case.received), at: case.now };
    let (events, letters) = consequences(desk, letter, &why, &returned, case.keys);
    Decision {
        request: Some(letter.request.number.clone()),
        reasons: vec![format!("letter {} did not reach {}: {why}", letter.id, letter.to)],
        events,
        letters,
        ..Decision::of(Disposition::Report)
    }
}

const PROOF: &str = "our signed Message-ID in the report";

/// What follows when a letter cannot be sent at all.
pub fn letter_failed(desk: &Desk, letter: &ReportedLetter, why: &str, keys: Keys<'_>, now: Timestamp) -> Decision {
    let failed = Returned { who: Actor::Maildesk, proof: "the outbox", received: None, at: now };
    let (events, letters) = consequences(desk, letter, why, &failed, keys);
    Decision { request: Some(letter.request.number.clone()), events, letters, ..Decision::of(Disposition::Report) }
}

/// What follows when a server has taken a letter: the silence of the requester counts from then on, if the letter tells of the
/// answer or of what came behind it. `events` are those of the request.
pub fn letter_delivered(
    letter: &ReportedLetter,
    written: Timestamp,
    events: &[Event],
    now: Timestamp,
) -> Option<Event> {
    let request = &letter.request;
    let is_to_requester = request.requester().is_some_and(|requester| requester.email == letter.to);
    let is_told = matches!(letter.kind, LetterKind::Answer | LetterKind::Notice) && is_to_requester;
    let is_awaited = request.standing.phase == Phase::Completed && request.progress.answered_at.is_none();
    let answered = events.iter().rev().find_map(|event| match &event.change {
        Change::Moved { to, .. } if to.phase == Phase::Completed => Some(event.at),
        _ => None,
    });
    (is_told && is_awaited && answered.is_some_and(|answered| answered <= written)).then(|| Event {
        request: request.number.clone(),
        at: now,
        who: Actor::Maildesk,
        proof: "the outbox".to_owned(),
        received: None,
        change: Change::Delivered { letter: letter.id },
    })
}

struct Returned<'a> {
    who: Actor,
    proof: &'a str,
    received: Option<ReceivedId>,
    at: Timestamp,
}

/// The failure is an event. Of a letter to a customer engineers are told, and an answer that has not arrived answers nothing;
/// a letter to an engineer is not followed by another one.
fn consequences(
    desk: &Desk,
    letter: &ReportedLetter,
    why: &str,
    returned: &Returned<'_>,
    keys: Keys<'_>,
) -> (Vec<Event>, Vec<crate::model::Draft>) {
    let event = |who: &Actor, change| Event {
        request: letter.request.number.clone(),
        at: returned.at,
        who: who.clone(),
        proof: returned.proof.to_owned(),
        received: returned.received,
        change,
    };
    let change = Change::LetterFailed { letter: letter.id, to: letter.to.clone(), why: why.to_owned() };
    let mut events = vec![event(&returned.who, change)];
    if letter.kind.is_for_engineers() {
        return (events, Vec::new());
    }
    // The copy of somebody who watches is no answer.
    let is_requester = letter.request.requester().is_some_and(|requester| requester.email == letter.to);
    let is_answer = is_requester && matches!(letter.kind, LetterKind::Answer | LetterKind::Notice);
    let from = &letter.request.standing;
    if let (true, Transition::To(status)) = (is_answer, transition(from, &Trigger::Returned, desk.after_close)) {
        let to = desk.standing(&status);
        events.push(event(&Actor::Maildesk, Change::Moved { from: from.clone(), to }));
    }
    let after = events.iter().fold(Some(letter.request.clone()), apply);
    let writer = Writer { desk, request: after.as_ref(), keys };
    let news = News::LetterFailed(letter.to.clone(), why.to_owned());
    let told: Vec<_> = writer.audience(None).into_iter().map(|engineer| (engineer, news.clone())).collect();
    let letters = writer.notifications(&told, Brought::default());
    (events, letters)
}
