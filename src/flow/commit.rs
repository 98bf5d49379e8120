//! Stores a decision, in the transaction in which it was made: requests and events, the message, letters and the rest.

use crate::desk::{self, Basis};
use crate::model::{
    Actor, Change, Decision, Disposition, Draft, Effect, EmailAddress, Event, Reading, Request, Timestamp,
};
use crate::store::{Handled, NewEntry, StoreError, Tx};

use super::Context;
use super::origin::{FiledMessage, Origin};
use super::sign;

/// Seconds until an engineer gets a list of what was not sent, where they got too many explanations.
const LISTED_AFTER: i64 = 3_600;

/// Stores a decision: first the changes of requests, then its message, then all other effects in their order.
pub(super) fn commit(
    context: &Context,
    tx: &Tx<'_>,
    basis: &Basis<'_>,
    decision: &Decision,
    origin: &Origin<'_>,
) -> Result<(), StoreError> {
    let events: Vec<&Event> = decision.events().collect();
    requests(context, tx, &events)?;
    for event in events {
        event_rows(tx, event, basis.now)?;
    }
    if let Some(message) = &origin.message {
        file(tx, basis, decision, message)?;
    }
    for effect in &decision.effects {
        other(context, tx, basis, decision, effect, origin)?;
    }
    // Letters are counted, too.
    let counts = |effect: &Effect| matches!(effect, Effect::Count(_) | Effect::Write(_));
    if decision.effects.iter().any(counts) { tx.drop_old_tallies(basis.now) } else { Ok(()) }
}

/// Applies the events, stores each changed request once, and sets when the clock is to look at it next.
fn requests(context: &Context, tx: &Tx<'_>, events: &[&Event]) -> Result<(), StoreError> {
    let mut changed: Vec<Request> = Vec::new();
    for event in events {
        if let Some(request) = changed.iter_mut().find(|request| request.number == event.request) {
            request.apply(event);
            continue;
        }
        let stored = match Request::begun(event) {
            Some(opened) => Some(opened),
            None => tx.request(&event.request)?.map(|mut request| {
                request.apply(event);
                request
            }),
        };
        changed.extend(stored);
    }
    for request in &changed {
        tx.save_request(request)?;
        look_later(context, tx, request)?;
    }
    // A link needs the rows of both requests, so links come after all requests.
    for event in events {
        if let Change::Linked { to } | Change::MovedFrom { number: to } = &event.change {
            tx.save_link(&event.request, to)?;
        }
    }
    Ok(())
}

/// Sets when the clock looks at a request next, and when it is overdue, computed from its current state.
pub(super) fn look_later(context: &Context, tx: &Tx<'_>, request: &Request) -> Result<(), StoreError> {
    let desk = context.settings.desk(&request.number.desk);
    let look_at = desk.and_then(|desk| desk::next_look(desk, request));
    let is_open = !request.standing.phase.is_ended();
    let overdue_at = desk.filter(|_| is_open).and_then(|desk| desk::deadlines(desk, request).next());
    tx.plan(&request.number, look_at, overdue_at)
}

/// Stores an event; where it tells of a letter's end, the letter gets that state too. An acknowledgement that waits when its
/// request ends is not sent any more, least of all to a sender of spam.
fn event_rows(tx: &Tx<'_>, event: &Event, now: Timestamp) -> Result<(), StoreError> {
    tx.add_event(event)?;
    match &event.change {
        Change::RequesterSet { from: Some(from), .. } => tx.remove_participant(&event.request, &from.email),
        Change::LetterFailed { letter, why, .. } => tx.returned(*letter, why, now).map(|_| ()),
        Change::Moved { to, .. } if to.phase.is_ended() => {
            tx.cancel_acknowledgement(&event.request, None, "the request has ended", now)
        }
        _ => Ok(()),
    }
}

/// Stores what became of a message, and adds its text to the request of the decision.
fn file(tx: &Tx<'_>, basis: &Basis<'_>, decision: &Decision, message: &FiledMessage<'_>) -> Result<(), StoreError> {
    let FiledMessage { received, incoming, .. } = *message;
    let sender = message.sender.map_or("", EmailAddress::as_str);
    tx.finish(&Handled {
        id: received,
        desk: basis.desk.key.as_str(),
        incoming,
        sender,
        disposition: decision.disposition,
        request: decision.request.as_ref(),
        reasons: &decision.reasons,
        at: basis.now,
    })?;
    let is_added = matches!(decision.disposition, Disposition::Opened | Disposition::Appended);
    for effect in &decision.effects {
        if let (Effect::AddEntry(entry), Some(number)) = (effect, decision.request.as_ref().filter(|_| is_added)) {
            let Reading { words, signature, earlier, .. } = message.reading;
            let reply_text = entry.words.as_deref().unwrap_or(words);
            let formed = message.formed.iter().find(|formed| formed.words == reply_text);
            let entry = NewEntry {
                received,
                author: sender,
                text: &incoming.text,
                reply_text,
                form: formed.and_then(|formed| formed.form.as_ref()),
                signature,
                earlier: entry.aside.as_deref().unwrap_or(earlier),
                visibility: entry.visibility,
                at: basis.now,
            };
            tx.add_entry(number, &entry)?;
            tx.index_later(received)?;
            if decision.disposition == Disposition::Opened {
                tx.add_gist(number, message.gist)?;
            }
        }
    }
    Ok(())
}

/// Stores an effect that neither changes a request nor adds the message to one.
fn other(
    context: &Context,
    tx: &Tx<'_>,
    basis: &Basis<'_>,
    decision: &Decision,
    effect: &Effect,
    origin: &Origin<'_>,
) -> Result<(), StoreError> {
    let about = decision.request.as_ref();
    match (effect, basis.received) {
        (Effect::Change(_) | Effect::AddEntry(_), _) => Ok(()),
        // What a lost installation has sent already uses up nobody's acknowledgements.
        (Effect::Count(_), _) if origin.is_repeated => Ok(()),
        (Effect::Count(tally), _) => tx.tally(tally),
        (Effect::BeginFlood(key), _) => match about {
            Some(request) => tx.begin_flood(key, request, basis.now),
            None => Ok(()),
        },
        (Effect::JoinFlood, Some(received)) => tx.join_flood(received),
        (Effect::MoveEntry(received), _) => match about {
            Some(request) => tx.move_entry(*received, request),
            None => Ok(()),
        },
        (Effect::Write(draft), _) if draft.to.is_forgotten() => Ok(()),
        (Effect::Write(draft), _) => {
            let letter = sign::letter(context, tx, basis, draft, origin)?;
            if is_unwanted(tx, decision, draft)? { tx.withhold(letter) } else { Ok(()) }
        }
        (Effect::Silence(reader), _) => about.map_or(Ok(()), |request| tx.silence(reader, request, basis.now)),
        (Effect::EndSilence(reader), _) => tx.end_silence(reader).map(|_| ()),
        (Effect::Cancel(letter), _) => tx.cancel_letter(*letter).map(|_| ()),
        (Effect::Ended(engineer, ending), _) => {
            about.map_or(Ok(()), |request| tx.note_ending(engineer, ending, request, basis.now))
        }
        (Effect::TakeTurn(turn), _) => tx.take_turn(turn).map(|_| ()),
        (Effect::Leave(absence), _) => tx.leave(absence, basis.now).map(|_| ()),
        (Effect::Return(engineer), _) => tx.come_back(engineer).map(|_| ()),
        (Effect::Burn(signed), Some(received)) => tx.burn(signed, received, basis.now).map(|_| ()),
        (Effect::Revoke(serial), Some(received)) => {
            tx.revoke(*serial, &format!("seen in message {received}"), basis.now).map(|_| ())
        }
        (Effect::Release(held), Some(received)) => tx.release(*held, received).map(|_| ()),
        (Effect::Settle(held), Some(received)) => tx.settle(*held, received),
        (Effect::ListLater(engineer), Some(received)) => {
            let again_at = basis.now.plus_seconds(LISTED_AFTER);
            tx.wait_for_answer(received, (&basis.desk.key, engineer), None, basis.now, again_at)
        }
        // Only a message can use up tokens and personal addresses or confirm held messages.
        (
            Effect::Burn(_)
            | Effect::Revoke(_)
            | Effect::Release(_)
            | Effect::Settle(_)
            | Effect::ListLater(_)
            | Effect::JoinFlood,
            None,
        ) => Ok(()),
    }
}

/// Whether nobody has caused a letter, and its reader has complained about such letters. What an engineer or the operator does
/// about a request is told in any case.
fn is_unwanted(tx: &Tx<'_>, decision: &Decision, draft: &Draft) -> Result<bool, StoreError> {
    let is_by_somebody = |event: &Event| matches!(event.who, Actor::Engineer(_) | Actor::Operator);
    if !draft.automatic || draft.kind.is_for_engineers() || decision.events().any(is_by_somebody) {
        return Ok(false);
    }
    tx.is_silenced(&draft.to)
}
