//! `maildesk set` and `maildesk release`: the asks of tags, from whoever may run the program.

use crate::desk::execute::{Asking, execute};
use crate::desk::news::{Rejection, News};
use crate::desk::wording::Brought;
use crate::model::policy::Desk;
use crate::model::{Ask, Change, Decision, Disposition, Facts, Release, Request, Timestamp, Version};

use super::Keys;
use super::follow_ups::{Act, FollowUps, Brings};
use super::drafts::{Writer, summary};

/// What shows that the operator may.
const PROOF: &str = "command line";

/// What follows when the operator asks this of a request; or what does not fit, and nothing follows.
pub fn set(
    desks: &[Desk],
    desk: &Desk,
    request: &Request,
    asks: &[Ask],
    facts: &Facts,
    keys: Keys<'_>,
    now: Timestamp,
) -> Result<Decision, Vec<Rejection>> {
    let asking = Asking { engineer: None, address: None, has_words: false, facts };
    let execution = execute(desk, request, asks, asking)?;
    let act = act(desks, desk, facts, keys, now);
    let follow_ups = act.follow_ups(request, &execution, Brings::default(), false);
    let mut events = act.changes(&request.number, &execution);
    events.extend(follow_ups.events);
    let turns = execution.added.turn.into_iter().chain(follow_ups.turns).collect();
    let writer = Writer { desk, request: Some(&execution.request), keys };
    let grace = if execution.ends { desk.grace } else { 0 };
    let mut letters: Vec<_> = writer.for_requester("", &[], &execution.told, grace).into_iter().collect();
    let is_given =
        execution.changes.iter().any(|change| matches!(change, Change::Assigned { .. } | Change::PassedOn { .. }));
    if is_given {
        let news = if execution.request.assignee.is_some() { News::Assigned(None) } else { News::PassedOn(None) };
        let told: Vec<_> = writer.audience(None).into_iter().map(|engineer| (engineer, news.clone())).collect();
        let brought = Brought { execution: asks, files: &facts.files, summary: summary(facts), ..Brought::default() };
        letters.extend(writer.notifications(&told, brought));
    }
    letters.extend(follow_ups.letters);
    Ok(Decision {
        request: Some(request.number.clone()),
        events,
        letters,
        turns,
        ..Decision::of(Disposition::Appended)
    })
}

/// What follows when a version is out: all that wait for it are answered.
pub fn released(
    desks: &[Desk],
    desk: &Desk,
    version: &Version,
    facts: &Facts,
    keys: Keys<'_>,
    now: Timestamp,
) -> Decision {
    decision(act(desks, desk, facts, keys, now).released(version, None))
}

/// What follows when a version gets another day: all that wait for it are told.
pub fn rescheduled(
    desks: &[Desk],
    desk: &Desk,
    release: &Release,
    facts: &Facts,
    keys: Keys<'_>,
    now: Timestamp,
) -> Decision {
    decision(act(desks, desk, facts, keys, now).rescheduled(release))
}

fn act<'a>(desks: &'a [Desk], desk: &'a Desk, facts: &'a Facts, keys: Keys<'a>, now: Timestamp) -> Act<'a> {
    Act { desks, desk, engineer: None, proof: PROOF, received: None, addressed: &[], facts, keys, now }
}

fn decision(follow_ups: FollowUps) -> Decision {
    Decision { events: follow_ups.events, letters: follow_ups.letters, ..Decision::of(Disposition::Appended) }
}
