//! What was decided → rows: events, the requests after them, letters, and what else follows, in one transaction.

use std::collections::BTreeMap;

use crate::desk::{self, Keys};
use crate::mail::proof;
use crate::model::policy::Desk;
use crate::model::{
    Anchor, Audience, Change, Decision, Draft, EmailAddress, Event, Letter, LetterKind, MessageId, ReceivedId, Request,
    RequestNumber, RequesterAsk, Signed, Thread, Timestamp,
};
use crate::store::{StoreError, Tx};

use super::{Context, clock};

/// Seconds for which an engineer's token is good.
const TOKEN_GOOD_FOR: i64 = 30 * 24 * 3_600;
/// Seconds for which the links of a letter are good.
const LINK_GOOD_FOR: i64 = 30 * 24 * 3_600;

/// Letters to one reader about one request that go at once, in 24 hours.
const LETTERS_AT_ONCE: u32 = 30;

/// What caused a decision.
pub(super) struct Cause<'a> {
    /// The message, if it was one.
    pub received: Option<ReceivedId>,
    /// Its id.
    pub message_id: Option<&'a MessageId>,
    /// The desk it came to, for letters that are about no request.
    pub desk: &'a Desk,
    /// When.
    pub now: Timestamp,
    /// Whether an installation that was lost has done the same: what it told is not told again.
    pub is_repeated: bool,
    /// When the message arrived, if it was one and its server says so.
    pub arrived_at: Option<Timestamp>,
}

impl<'a> Cause<'a> {
    /// Something else than a message.
    pub fn of_desk(desk: &'a Desk, now: Timestamp) -> Self {
        Self { received: None, message_id: None, desk, now, is_repeated: false, arrived_at: None }
    }
}

/// Writes down the events of a decision, with the requests as they are then, each read and written once.
pub(super) fn events(context: &Context, tx: &Tx<'_>, events: &[Event], now: Timestamp) -> Result<(), StoreError> {
    // Each request as it is now, and whether that is written.
    let mut changed: BTreeMap<&RequestNumber, (Request, bool)> = BTreeMap::new();
    for event in events {
        let is_opened = matches!(event.change, Change::Opened { .. });
        let before = match changed.remove(&event.request) {
            _ if is_opened => None,
            Some((known, _)) => Some(known),
            None => tx.request(&event.request)?,
        };
        if let Some(after) = desk::apply(before, event) {
            // Its events need its row.
            if is_opened {
                tx.save_request(&after)?;
            }
            changed.insert(&event.request, (after, is_opened));
        }
        tx.add_event(event)?;
        if let Change::LetterFailed { letter, why, .. } = &event.change {
            tx.returned(*letter, why, now)?;
        }
    }
    for (request, is_written) in changed.values() {
        if !is_written {
            tx.save_request(request)?;
        }
        // What has changed may bring other things about, or nothing more.
        clock::look_later(context, tx, request)?;
    }
    // Both ends of a link must be there before it is.
    for event in events {
        if let Change::Linked { to } | Change::MovedFrom { number: to } = &event.change {
            tx.save_link(&event.request, to)?;
        }
    }
    Ok(())
}

/// Writes down the letters of a decision, and what it takes back, burns and releases.
pub(super) fn consequences(
    context: &Context,
    tx: &Tx<'_>,
    decision: &Decision,
    cause: &Cause<'_>,
) -> Result<(), StoreError> {
    for id in &decision.cancelled {
        tx.cancel_letter(*id)?;
    }
    for draft in decision.letters.iter().filter(|draft| !draft.to.is_forgotten()) {
        letter(context, tx, draft, cause)?;
    }
    for turn in &decision.turns {
        tx.take_turn(turn)?;
    }
    if let Some(absence) = &decision.away {
        tx.leave(absence, cause.now)?;
    }
    if let Some(engineer) = &decision.back {
        tx.come_back(engineer)?;
    }
    let Some(received) = cause.received else { return Ok(()) };
    for signed in &decision.burnt {
        tx.burn(signed, received, cause.now)?;
    }
    for serial in &decision.revoked {
        tx.revoke(*serial, &format!("seen in message {received}"), cause.now)?;
    }
    if let Some(held) = decision.released {
        tx.release(held, received)?;
    }
    Ok(())
}

/// Signs a letter for its reader, and puts it into the thread that this reader knows.
pub(super) fn letter(context: &Context, tx: &Tx<'_>, draft: &Draft, cause: &Cause<'_>) -> Result<(), StoreError> {
    let ring = &context.ring;
    let anchor = match (&draft.request, cause.received) {
        (Some(number), _) => Anchor::Request(number.clone()),
        (None, Some(received)) => Anchor::Message(received),
        (None, None) if draft.kind == LetterKind::Digest => Anchor::Digest(cause.desk.key.clone()),
        (None, None) => return Err(StoreError::Unexpected("a letter about nothing".to_owned())),
    };
    let desk = draft.request.as_ref().and_then(|number| context.settings.desk(&number.desk)).unwrap_or(cause.desk);
    let audience = match &draft.engineer {
        Some(name) if draft.kind != LetterKind::Digest => {
            Audience::Engineer { name: name.clone(), expires: cause.now.plus_seconds(TOKEN_GOOD_FOR) }
        }
        _ => Audience::Correspondent,
    };
    let signed = Signed { sequence: tx.next_letter(&anchor)?, anchor, audience };
    let message_id = proof::sign(ring, &signed, &desk.address)
        .ok_or_else(|| StoreError::Unexpected("the key ring is empty".to_owned()))?;
    let reply_to = match &signed.audience {
        Audience::Engineer { .. } if desk.plus_addresses => proof::reply_address(ring, &signed, &desk.address),
        Audience::Engineer { .. } | Audience::Correspondent => None,
    };
    let thread = match &draft.request {
        Some(number) => tx.thread(number, &draft.to)?,
        None => Thread { subject: None, ids: cause.message_id.cloned().into_iter().collect() },
    };
    let lately = match &draft.request {
        Some(number) => tx.written_lately(number, &draft.to, cause.now)?,
        None => 0,
    };
    let (subject, grace) = (thread.subject.unwrap_or_else(|| draft.subject.clone()), draft.grace.max(brake(lately)));
    let letter = Letter {
        draft: Draft { subject, grace, ..draft.clone() },
        message_id,
        reply_to,
        in_reply_to: thread.ids.last().cloned(),
        references: thread.ids,
        date: cause.now,
        instance: ring.instance().to_owned(),
    };
    tx.add_letter(&letter, &desk.key, cause.received, is_repeated(tx, draft, cause)?).map(|_| ())
}

/// Whether a letter went out before a restore. One that still waited for its grace when the original was lost did not. Engineers
/// have heard nothing of what has another number now, or has none.
fn is_repeated(tx: &Tx<'_>, draft: &Draft, cause: &Cause<'_>) -> Result<bool, StoreError> {
    if !cause.is_repeated {
        return Ok(false);
    }
    let lost_at = tx.epoch()?.and_then(|epoch| epoch.lost_at);
    if let (Some(arrived_at), Some(lost_at)) = (cause.arrived_at, lost_at)
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

/// Seconds for which a letter waits when so many went to its reader about its request within a day. People do not notice; two
/// robots between whom we carry letters, and who hide what they are, are down to a letter an hour soon.
fn brake(lately: u32) -> u32 {
    match lately.checked_sub(LETTERS_AT_ONCE) {
        None => 0,
        Some(beyond) => (60 << beyond.min(6)).min(3_600),
    }
}

/// Decides something with the keys of links at hand.
pub(super) fn with_keys<T>(context: &Context, now: Timestamp, decide: impl FnOnce(Keys<'_>) -> T) -> T {
    decide(Keys {
        url: &|number, requester, ask| link(context, number, requester, ask, now),
        expiry: &|number, requester, keyed| proof::verify_link(&context.ring, number, requester, keyed.ask, &keyed.key),
    })
}

/// The `mailto:` URL (RFC 6068) by which a requester asks something with one touch: the subject holds it all.
fn link(
    context: &Context,
    number: &RequestNumber,
    requester: &EmailAddress,
    ask: RequesterAsk,
    now: Timestamp,
) -> String {
    let key = proof::link_key(&context.ring, number, requester, ask, now.plus_seconds(LINK_GOOD_FOR));
    let address = context.settings.desk(&number.desk).map_or("", |desk| desk.address.as_str());
    let subject = format!("[{number} {ask} {}]", key.expose());
    format!("mailto:{}?subject={}", encoded(address), encoded(&subject))
}

/// Percent-encoded as RFC 6068 section 2 wants it.
fn encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte);
    text.bytes().map(|b| if is_plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
