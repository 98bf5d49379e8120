//! Accepted → handled: parse in parallel, then decide and file in order of acceptance, each message in a savepoint of its own.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::failpoint;
use crate::mail::{parse, words};
use crate::model::settings::Settings;
use crate::model::{Attachment, Decision, Defect, Incoming, ReceivedId, RequestNumber, Unclear, Words};
use crate::store::{Findable, StoreError, Waiting};

use super::Context;
use super::filing::Filing;
use super::search;

/// Messages looked up, parsed and filed at a time.
const BATCH: u32 = 256;
/// Messages that are parsed at the same time.
const PARALLEL: usize = 4;
/// KiB of raw messages that are held at the same time; a larger message is held alone.
const BUDGET: u32 = 24 * 1024;
/// Larger files are not searched for tokens, in bytes.
const MOST_READ: u64 = 8_000_000;

/// Handles all messages that wait, unless stopped, and answers how many got a disposition.
///
/// Fails only when the database does; a message that cannot be handled is charged, and the next one proceeds.
pub async fn handle_waiting(context: &Context, stop: &CancellationToken) -> Result<u64, StoreError> {
    let budget = Arc::new(Semaphore::new(BUDGET as usize));
    failpoint::hangs("handle");
    let mut handled = 0;
    let mut after = ReceivedId(0);
    while !stop.is_cancelled() {
        let waiting = context.store.ask(move |view| view.waiting(after, BATCH)).await?;
        let Some(last) = waiting.last() else { break };
        after = last.id;
        let is_configured = |w: &Waiting| context.settings.mailboxes.iter().any(|m| m.name == w.mailbox);
        let waiting: Vec<Waiting> = waiting.into_iter().filter(is_configured).collect();
        // `buffered` keeps the order: what is parsed in parallel is queued for the writer as it was accepted.
        let results: Vec<Option<Decision>> = stream::iter(waiting)
            .map(|waiting| read_and_parse(context, waiting, &budget))
            .buffered(PARALLEL)
            .map(|parsed| file(context, parsed))
            .buffered(BATCH as usize)
            .inspect(|_| context.heartbeat.progress())
            .try_collect()
            .await?;
        handled += results.iter().flatten().count() as u64;
        // A message that was held and is confirmed now stands in line again, before those that were just handled.
        if let Some(released) = results.iter().flatten().filter_map(Decision::released).min() {
            after = ReceivedId(released.0 - 1);
        }
    }
    Ok(handled)
}

/// Handles one message by itself. Answers whether it got a disposition.
pub(super) async fn handle_alone(context: &Context, waiting: Waiting) -> Result<bool, StoreError> {
    let budget = Arc::new(Semaphore::new(BUDGET as usize));
    let parsed = read_and_parse(context, waiting, &budget).await;
    file(context, parsed).await.map(|decision| decision.is_some())
}

/// A message and what was read in it, or why that failed.
type Parsed = (Waiting, Result<Read, StoreError>);

/// What was read in a message.
struct Read {
    incoming: Incoming,
    /// Its author's own words, where it names an engineer as its author.
    words: Option<Words>,
    /// What it can be found by.
    findable: Findable,
}

async fn read_and_parse(context: &Context, waiting: Waiting, budget: &Arc<Semaphore>) -> Parsed {
    let share = u32::try_from(waiting.stored / 1024).unwrap_or(BUDGET).clamp(1, BUDGET);
    // The semaphore is never closed.
    let permit = Arc::clone(budget).acquire_many_owned(share).await;
    let settings = Arc::clone(&context.settings);
    let (id, stored, size) = (waiting.id, waiting.stored, waiting.size);
    let parsing = context.store.ask(move |view| {
        let raw = view.raw(id)?;
        failpoint::poisoned_by(&raw);
        let mut incoming = parse::parse(&raw);
        // New words are passed on; what our letters let their readers do stays with these.
        incoming.reply_text = words::scrub(&incoming.reply_text);
        if stored < size {
            let text = format!("only the first {stored} of {size} bytes were fetched: the whole is on the server");
            incoming.defects.push(Defect(text));
        }
        let words = engineers_words(&settings, &incoming, &raw);
        let findable = search::findable(&incoming.subject, &incoming.text, &incoming.attachments, &raw);
        Ok(Read { incoming, words, findable })
    });
    let read = parsing.await;
    drop(permit);
    (waiting, read)
}

/// What an engineer wrote, if a message names one as its author, with all that it quotes cut away.
fn engineers_words(settings: &Settings, incoming: &Incoming, raw: &[u8]) -> Option<Words> {
    // A form names its visitor in Reply-To.
    let mut authors = incoming.from.first().into_iter().chain(incoming.reply_to.first());
    authors.find(|author| author.email().is_some_and(|address| settings.engineer_at(&address).is_some()))?;
    if attaches_token(incoming, raw) {
        return Some(Words::Unclear(Unclear::OurLetterAttached));
    }
    Some(match words::own_words(incoming) {
        Words::Own(words) => Words::Own(words::scrub(&words)),
        unclear @ Words::Unclear(_) => unclear,
    })
}

/// Whether a mail or text among its files holds an engineer's token: nobody else may get that.
fn attaches_token(incoming: &Incoming, raw: &[u8]) -> bool {
    let is_read = |file: &&Attachment| {
        let is_mail = file.content_type.starts_with("message/") || file.filename.to_lowercase().ends_with(".eml");
        (is_mail || file.content_type.starts_with("text/")) && file.size <= MOST_READ
    };
    let files = incoming.attachments.iter().filter(is_read).filter_map(|file| parse::attachment(raw, file.part));
    files.into_iter().any(|file| words::holds_token(&file))
}

/// Files a message: queued for the writer at once, done when the future is.
fn file(
    context: &Context,
    (waiting, read): Parsed,
) -> impl Future<Output = Result<Option<Decision>, StoreError>> + use<> {
    let context = context.clone();
    let filed = read.map(|Read { incoming, words, findable }| {
        let filing = Filing { context: context.clone(), waiting: waiting.clone(), incoming, words, findable };
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
                report(&context, &waiting, &decision);
                Ok(Some(decision))
            }
            Ok(None) => Ok(None),
            Err(error) if error.is_fatal() || error.is_passing() => Err(error),
            Err(error) => {
                charge(&context, &waiting, &error.to_string()).await?;
                Ok(None)
            }
        }
    }
}

/// The one line about a message's disposition, once that is certain.
fn report(context: &Context, waiting: &Waiting, decision: &Decision) {
    let Waiting { id, mailbox, .. } = waiting;
    let request = decision.request.as_ref().map(RequestNumber::to_string).unwrap_or_default();
    let (desk, reasons) = (desk_of(context, mailbox), decision.reasons.join("; "));
    info!(received = %id, mailbox, desk, disposition = %decision.disposition, request, reasons, "handled");
    if decision.letters().next().is_some() {
        context.written.wake();
    }
}

/// The key of the desk that a mailbox feeds; empty where it is not configured any more.
fn desk_of<'a>(context: &'a Context, mailbox: &str) -> &'a str {
    let settings = context.settings.mailboxes.iter().find(|settings| settings.name == mailbox);
    settings.map_or("", |settings| settings.desk.as_str())
}

/// Charges a message with what it broke.
pub(super) async fn charge(context: &Context, waiting: &Waiting, trouble: &str) -> Result<bool, StoreError> {
    let (id, text) = (waiting.id, trouble.to_owned());
    let quarantined = context.store.write(move |tx| tx.charge(id, &text)).await?;
    let (mailbox, desk) = (&waiting.mailbox, desk_of(context, &waiting.mailbox));
    if quarantined {
        error!(received = %id, mailbox, desk, disposition = %"quarantined", trouble, "quarantined (see `maildesk received show {id}`)");
    } else {
        warn!(received = %id, mailbox, desk, trouble, "cannot handle a message; tried again");
    }
    Ok(quarantined)
}
