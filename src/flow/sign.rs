//! Completes the letters of a decision: signs each for its reader, puts it into the reader's thread, and delays it where there
//! are too many.

use crate::desk::{Basis, calendar};
use crate::mail::form::FormedWords;
use crate::mail::proof;
use crate::model::policy::Span;
use crate::model::{Anchor, Audience, Draft, Letter, LetterId, LetterKind, ReceivedId, Signed, Thread};
use crate::store::{StoreError, Tx};

use super::Context;
use super::origin::Origin;

/// Seconds for which an engineer's token is valid: 30 days.
const TOKEN_GOOD_FOR: i64 = 30 * 24 * 3_600;

/// When a question to an engineer is repeated: after a working hour.
const AGAIN_AFTER: Span = Span::Working(3_600);

/// How many letters about one request a reader gets within 24 hours without delay.
const LETTERS_AT_ONCE: u32 = 30;

/// Writes a letter to the outbox, signed for its reader, in the thread that this reader knows, and returns its number.
pub(super) fn letter(
    context: &Context,
    tx: &Tx<'_>,
    basis: &Basis<'_>,
    draft: &Draft,
    origin: &Origin<'_>,
) -> Result<LetterId, StoreError> {
    let ring = &context.ring;
    let anchor = match (&draft.request, basis.received.or(draft.asks_about)) {
        (Some(number), _) => Anchor::Request(number.clone()),
        (None, Some(received)) => Anchor::Message(received),
        (None, None) if draft.kind == LetterKind::Digest => Anchor::Digest(basis.desk.key.clone()),
        (None, None) => return Err(StoreError::Unexpected("a letter about nothing".to_owned())),
    };
    let desk = draft.request.as_ref().and_then(|number| context.settings.desk(&number.desk)).unwrap_or(basis.desk);
    let audience = match &draft.engineer {
        Some(name) => Audience::Engineer { name: name.clone(), expires: basis.now.plus_seconds(TOKEN_GOOD_FOR) },
        None => Audience::Correspondent,
    };
    let signed = Signed { sequence: tx.next_letter(&anchor)?, anchor, audience };
    let own_id = proof::sign(ring, &signed, &desk.address)
        .ok_or_else(|| StoreError::Unexpected("the key ring is empty".to_owned()))?;
    let reply_to = match &signed.audience {
        Audience::Engineer { .. } if desk.plus_addresses => proof::reply_address(ring, &signed, &desk.address),
        Audience::Engineer { .. } | Audience::Correspondent => None,
    };
    let message_id = origin.message.and_then(|message| message.incoming.message_id.clone());
    if let Some(number) = draft.request.as_ref().filter(|_| draft.kind != LetterKind::Acknowledgement) {
        tx.cancel_acknowledgement(number, Some(&draft.to), "another e-mail tells the number first", basis.now)?;
    }
    let thread = match &draft.request {
        Some(number) => tx.thread(number, &draft.to)?,
        None => Thread { ids: message_id.into_iter().collect(), ..Thread::default() },
    };
    let lately = match &draft.request {
        Some(number) => tx.written_lately(number, &draft.to, basis.now)?,
        None => 0,
    };
    let (subject, grace) = (thread.subject_for(draft), draft.grace.max(brake(lately)));
    let references = thread.references_of(draft);
    let letter = Letter {
        draft: Draft { subject, grace, formed: formed(draft, origin), ..draft.clone() },
        message_id: own_id,
        reply_to,
        in_reply_to: references.last().cloned(),
        references,
        date: basis.now,
        instance: ring.instance().to_owned(),
    };
    let is_repeated = is_repeated(tx, draft, origin)?;
    let id = tx.add_letter(&letter, &desk.key, basis.received, is_repeated)?;
    let asks = matches!(draft.kind, LetterKind::Question | LetterKind::Explanation) && !is_repeated;
    if let (Some(asked), Some(engineer), true) = (draft.asks_about, &draft.engineer, asks) {
        let again_at = calendar::after(&desk.calendar, basis.now, AGAIN_AFTER);
        tx.wait_for_answer(asked, (&desk.key, engineer), Some(id), basis.now, again_at)?;
    }
    if !is_repeated {
        tx.tally_letter(draft, basis.now)?;
    }
    Ok(id)
}

/// The message that caused the letter, if its words stand in the letter's text and have a form.
fn formed(draft: &Draft, origin: &Origin<'_>) -> Vec<ReceivedId> {
    let Some(message) = &origin.message else { return Vec::new() };
    let stands = |formed: &FormedWords| formed.form.is_some() && draft.text.contains(formed.words.trim());
    if message.formed.iter().any(stands) { vec![message.received] } else { Vec::new() }
}

/// Whether a lost installation has sent this letter already. One that still waited for its grace when that installation was
/// lost was not sent; and engineers have heard nothing of a request that has another number now, or none.
fn is_repeated(tx: &Tx<'_>, draft: &Draft, origin: &Origin<'_>) -> Result<bool, StoreError> {
    if !origin.is_repeated {
        return Ok(false);
    }
    let lost_at = tx.epoch()?.and_then(|epoch| epoch.lost_at);
    if let (Some(arrived_at), Some(lost_at)) = (origin.arrived_at, lost_at)
        && arrived_at <= lost_at
        && arrived_at.plus_seconds(draft.grace.into()) > lost_at
    {
        return Ok(false);
    }
    if draft.engineer.is_none() {
        return Ok(true);
    }
    draft.request.as_ref().map_or(Ok(false), |number| tx.is_new_number(number).map(|is_new| !is_new))
}

/// Seconds by which a letter is delayed after so many within a day. People do not notice; two robots that write to each other
/// through us, without showing that they are robots, are soon slowed to a letter an hour.
fn brake(lately: u32) -> u32 {
    match lately.checked_sub(LETTERS_AT_ONCE) {
        None => 0,
        Some(beyond) => (60 << beyond.min(6)).min(3_600),
    }
}
