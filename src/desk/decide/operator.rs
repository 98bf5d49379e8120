//! `maildesk set`: the asks of tags, from whoever may run the program.

use crate::desk::assignment;
use crate::desk::carry_out::{Asking, carry_out};
use crate::desk::terms::{Misfit, News};
use crate::desk::wording::Brought;
use crate::model::policy::{Desk, Staffing};
use crate::model::{Actor, Ask, Change, Decision, Disposition, Event, Request, RequestNumber, Timestamp};

use super::Keys;
use super::drafts::{Writer, linked_back};

/// What follows when the operator asks this of a request; or what does not fit, and nothing follows.
///
/// `mentioned` are the requests that the asks name, as far as they exist.
pub fn set(
    desk: &Desk,
    request: &Request,
    asks: &[Ask],
    mentioned: &[Request],
    staffing: &Staffing,
    keys: Keys<'_>,
    now: Timestamp,
) -> Result<Decision, Vec<Misfit>> {
    let asking = Asking { engineer: None, address: None, has_words: false, mentioned };
    let mut carried = carry_out(desk, request, asks, asking)?;
    let added = assignment::add(desk, asks, &mut carried.request, staffing);
    let by = |who: Actor, number: &RequestNumber, proof: &str, change: Change| Event {
        request: number.clone(),
        at: now,
        who,
        proof: proof.to_owned(),
        received: None,
        change,
    };
    let event = |number: &RequestNumber, change: Change| by(Actor::Operator, number, "command line", change);
    let mut events: Vec<Event> = carried.changes.iter().map(|change| event(&request.number, change.clone())).collect();
    let own = added.changes.iter();
    events.extend(own.map(|(change, proof)| by(Actor::Maildesk, &request.number, proof, change.clone())));
    events.extend(carried.linked.iter().map(|other| event(other, linked_back(&request.number))));
    let writer = Writer { desk, request: Some(&carried.request), keys };
    let grace = if carried.ends { desk.grace } else { 0 };
    let mut letters: Vec<_> = writer.for_requester("", &[], &carried.told, grace).into_iter().collect();
    let is_given =
        carried.changes.iter().any(|change| matches!(change, Change::Assigned { .. } | Change::PassedOn { .. }));
    if is_given {
        let news = if carried.request.executor.is_some() { News::Assigned(None) } else { News::PassedOn(None) };
        let told: Vec<_> = writer.audience(None).into_iter().map(|engineer| (engineer, news.clone())).collect();
        letters.extend(writer.notifications(&told, Brought { carried: asks, ..Brought::default() }));
    }
    let turns = added.turn.into_iter().collect();
    Ok(Decision {
        request: Some(request.number.clone()),
        events,
        letters,
        turns,
        ..Decision::of(Disposition::Appended)
    })
}
