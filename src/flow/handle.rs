//! Accepted → handled: parse in parallel, then decide and file in order of acceptance, each message in a savepoint of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::sync::Semaphore;
use tokio::task;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};

use crate::desk::{self, Case};
use crate::failpoint;
use crate::mail::{parse, proof, subject};
use crate::model::settings::MailboxSettings;
use crate::model::{
    Anchor, Audience, Change, Decision, Defect, DeskKey, Disposition, Event, Facts, Incoming, Letter, Lookup,
    MessageId, ReceivedId, Request, RequestNumber, Signed,
};
use crate::store::{Handled, StoreError, Tx, Waiting};

use super::Context;

/// Messages looked up, parsed and filed at a time.
const BATCH: u32 = 256;
/// Messages that are parsed at the same time.
const PARALLEL: usize = 4;
/// KiB of raw messages that are held at the same time; a larger message is held alone.
const BUDGET: u32 = 24 * 1024;

/// Handles all messages that wait, unless stopped, and answers how many got a disposition.
///
/// Fails only when the database does; a message that cannot be handled is charged, and the next one proceeds.
pub async fn handle_waiting(context: &Context, stop: &CancellationToken) -> Result<u64, StoreError> {
    let budget = Arc::new(Semaphore::new(BUDGET as usize));
    let mut handled = 0;
    let mut after = ReceivedId(0);
    while !stop.is_cancelled() {
        let waiting = context.store.read(|view| view.waiting(after, BATCH))?;
        let Some(last) = waiting.last() else { break };
        after = last.id;
        let is_configured = |w: &Waiting| context.settings.mailboxes.iter().any(|m| m.name == w.mailbox);
        let waiting: Vec<Waiting> = waiting.into_iter().filter(is_configured).collect();
        // `buffered` keeps the order: what is parsed in parallel is queued for the writer as it was accepted.
        let results: Vec<bool> = stream::iter(waiting)
            .map(|waiting| read_and_parse(context, waiting, &budget))
            .buffered(PARALLEL)
            .map(|parsed| file(context, parsed))
            .buffered(BATCH as usize)
            .try_collect()
            .await?;
        handled += results.into_iter().filter(|done| *done).count() as u64;
    }
    Ok(handled)
}

/// Handles one message by itself. Answers whether it got a disposition.
pub(super) async fn handle_alone(context: &Context, waiting: Waiting) -> Result<bool, StoreError> {
    let budget = Arc::new(Semaphore::new(BUDGET as usize));
    let parsed = read_and_parse(context, waiting, &budget).await;
    file(context, parsed).await
}

/// A message and what was read in it, or why that failed.
type Parsed = (Waiting, Result<Incoming, StoreError>);

async fn read_and_parse(context: &Context, waiting: Waiting, budget: &Arc<Semaphore>) -> Parsed {
    let share = u32::try_from(waiting.stored / 1024).unwrap_or(BUDGET).clamp(1, BUDGET);
    // The semaphore is never closed.
    let permit = Arc::clone(budget).acquire_many_owned(share).await;
    let (store, id, stored, size) = (context.store.clone(), waiting.id, waiting.stored, waiting.size);
    let parsed = task::spawn_blocking(move || {
        let raw = store.read(|view| view.raw(id))?;
        failpoint::poisoned_by(&raw);
        let mut incoming = parse::parse(&raw);
        if stored < size {
            let text = format!("only the first {stored} of {size} bytes were fetched: the whole is on the server");
            incoming.defects.push(Defect(text));
        }
        Ok(incoming)
    });
    let incoming = match parsed.await {
        Ok(incoming) => incoming,
        Err(panic) => Err(StoreError::Panicked(panic.to_string())),
    };
    drop(permit);
    (waiting, incoming)
}

/// Files a message: queued for the writer at once, done when the future is.
fn file(context: &Context, (waiting, incoming): Parsed) -> impl Future<Output = Result<bool, StoreError>> + use<> {
    let (context, id) = (context.clone(), waiting.id);
    let filed = incoming.map(|incoming| {
        let filing = Filing { context: context.clone(), waiting, incoming };
        context.store.write(move |tx| filing.run(tx))
    });
    async move {
        let filed = match filed {
            Ok(filed) => filed.await,
            Err(error) => Err(error),
        };
        match filed {
            Ok(Some(decision)) => {
                failpoint::reached("handle.after");
                report(&context, id, &decision);
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(error) if error.is_fatal() || error.is_passing() => Err(error),
            Err(error) => {
                charge(&context, id, &error.to_string()).await?;
                Ok(false)
            }
        }
    }
}

fn report(context: &Context, id: ReceivedId, decision: &Decision) {
    let request = decision.request.as_ref().map(RequestNumber::to_string).unwrap_or_default();
    info!(received = %id, fate = %decision.disposition, request, reasons = ?decision.reasons, "handled");
    if !decision.letters.is_empty() {
        context.written.ring();
    }
}

/// Charges a message with what it broke.
pub(super) async fn charge(context: &Context, id: ReceivedId, trouble: &str) -> Result<bool, StoreError> {
    let text = trouble.to_owned();
    let quarantined = context.store.write(move |tx| tx.charge(id, &text)).await?;
    if quarantined {
        error!(received = %id, trouble, "quarantined (see `maildesk received show {id}`)");
    } else {
        warn!(received = %id, trouble, "could not be handled, tried again");
    }
    Ok(quarantined)
}

/// Transaction B of one message.
struct Filing {
    context: Context,
    waiting: Waiting,
    incoming: Incoming,
}

impl Filing {
    /// Facts, understanding, decision, and everything that follows. None while the message's mailbox is not configured.
    fn run(&self, tx: &Tx<'_>) -> Result<Option<Decision>, StoreError> {
        let settings = &self.context.settings;
        let mailbox = settings.mailboxes.iter().find(|m| m.name == self.waiting.mailbox);
        let Some((mailbox, desk)) = mailbox.and_then(|m| settings.desk(&m.desk).map(|desk| (m, desk))) else {
            debug!(received = %self.waiting.id, mailbox = self.waiting.mailbox, "waits: its mailbox is not configured");
            return Ok(None);
        };
        let keys: Vec<DeskKey> = settings.desks.iter().map(|d| d.key.clone()).collect();
        let quotable = subject::without_references(&self.incoming.subject, &keys);
        let claims = desk::claims(&self.incoming, desk, &settings.desks, self.context.ring.instance());
        let facts = tx.facts(&self.lookup(mailbox, &keys, &claims, &quotable))?;
        let case = Case {
            received: self.waiting.id,
            incoming: &self.incoming,
            claims: &claims,
            subject: &quotable,
            facts: &facts,
            desk,
            automatic: mailbox.automatic,
            is_older: self.waiting.is_older,
            limits: settings.limits,
            now: self.context.now(),
        };
        let decision = desk::decide(&case);
        self.apply(tx, &case, &decision)?;
        failpoint::reached("handle.before");
        Ok(Some(decision))
    }

    fn lookup(&self, mailbox: &MailboxSettings, keys: &[DeskKey], claims: &desk::Claims, quotable: &str) -> Lookup {
        let (incoming, ring) = (&self.incoming, &self.context.ring);
        let answered: Vec<MessageId> = incoming.answered().into_iter().take(50).cloned().collect();
        let reported = incoming.report.as_ref().and_then(|report| report.original_message_id.clone());
        Lookup {
            desk: mailbox.desk.clone(),
            received: self.waiting.id,
            identity: incoming.message_id.clone().map(|id| (id, incoming.content_digest)),
            signed: answered.iter().filter_map(|id| proof::verify(ring, id, &[])).collect(),
            answered,
            quoted: subject::references(&incoming.subject_raw, keys),
            sender: claims.sender.clone(),
            subject: quotable.to_owned(),
            reported: reported.filter(|id| proof::verify(ring, id, &[]).is_some()),
            engineer: None,
            personal: Vec::new(),
            now: self.context.now(),
        }
    }

    fn apply(&self, tx: &Tx<'_>, case: &Case<'_>, decision: &Decision) -> Result<(), StoreError> {
        let requests = after_events(case.facts, &decision.events);
        for request in requests.values() {
            tx.save_request(request)?;
        }
        for event in &decision.events {
            tx.add_event(event)?;
            match &event.change {
                Change::LetterFailed { letter, why, .. } => tx.returned(*letter, why, case.now)?,
                Change::Linked { to } => tx.save_link(&event.request, to)?,
                _ => {}
            }
        }
        let sender = case.claims.sender.as_ref().map_or("", |sender| sender.as_str());
        tx.finish(&Handled {
            id: case.received,
            desk: case.desk.key.as_str(),
            incoming: case.incoming,
            sender,
            disposition: decision.disposition,
            request: decision.request.as_ref(),
            reasons: &decision.reasons,
            at: case.now,
        })?;
        if let (Disposition::Opened | Disposition::Appended, Some(number)) = (decision.disposition, &decision.request) {
            tx.add_entry(number, case.received, sender, case.incoming, decision.visibility, case.now)?;
        }
        self.write_letters(tx, case, decision)
    }

    fn write_letters(&self, tx: &Tx<'_>, case: &Case<'_>, decision: &Decision) -> Result<(), StoreError> {
        for draft in &decision.letters {
            let anchor = draft.request.clone().map_or(Anchor::Message(case.received), Anchor::Request);
            let sequence = tx.next_letter(&anchor)?;
            let signed = Signed { anchor, sequence, audience: Audience::Correspondent };
            let message_id = proof::sign(&self.context.ring, &signed, &case.desk.address)
                .ok_or_else(|| StoreError::Unexpected("the desk's domain is too long for a Message-ID".to_owned()))?;
            let answered = self.incoming.message_id.clone();
            let letter = Letter {
                draft: draft.clone(),
                message_id,
                reply_to: None,
                in_reply_to: answered.clone(),
                references: answered.into_iter().collect(),
                date: case.now,
                instance: self.context.ring.instance().to_owned(),
            };
            tx.add_letter(&letter, &case.desk.key, Some(case.received))?;
        }
        Ok(())
    }
}

/// The requests that the events change, as they are afterwards.
fn after_events(facts: &Facts, events: &[Event]) -> BTreeMap<RequestNumber, Request> {
    let reported = facts.reported.as_ref().map(|letter| &letter.request);
    let known =
        [facts.signed.as_ref(), facts.answered.as_ref(), facts.quoted.as_ref(), facts.elsewhere.as_ref(), reported];
    let mut requests = BTreeMap::new();
    for event in events {
        let before = requests
            .remove(&event.request)
            .or_else(|| known.into_iter().flatten().find(|request| request.number == event.request).cloned());
        if let Some(after) = desk::apply(before, event) {
            requests.insert(event.request.clone(), after);
        }
    }
    requests
}
