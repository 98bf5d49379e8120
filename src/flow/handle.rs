//! Handles accepted messages: they are understood in parallel, then filed in the order of acceptance, each as a job
//! of its own: one that fails takes only itself back.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};

use crate::failpoint;
use crate::model::{Decision, Effect, ReceivedId, RequestId, RequestNumber, TallyKind};
use crate::store::{Findable, StoreError, View, Waiting};

use super::Context;
use super::filing;
use super::index::index_fresh;
use super::understand::{Understood, understand};

/// How many messages are read from the ledger and filed at a time.
const BATCH: u32 = 256;
/// How many messages are understood at the same time.
const PARALLEL: usize = 4;
/// KiB of raw messages that are in memory at the same time; a larger message is alone in memory.
const BUDGET: u32 = 24 * 1024;

/// Handles all waiting messages, unless stopped, and returns how many got a disposition.
///
/// An error only where the database fails: a message that cannot be handled is charged, and the next one follows.
pub async fn handle_waiting(context: &Context, stop: &CancellationToken) -> Result<u64, StoreError> {
    let budget = Arc::new(Semaphore::new(BUDGET as usize));
    failpoint::hangs("handle");
    let mut handled = 0;
    let (mut waiting_letters, mut withheld) = (0, 0);
    let mut after = ReceivedId(0);
    while !stop.is_cancelled() {
        let read = move |view: View<'_>| Ok((view.waiting(after, BATCH)?, view.newest_request()?));
        let (waiting, newest) = context.store.ask(read).await?;
        let Some(last) = waiting.last() else { break };
        after = last.id;
        let is_configured = |w: &Waiting| context.settings.mailboxes.iter().any(|m| m.name == w.mailbox);
        let waiting: Vec<Waiting> = waiting.into_iter().filter(is_configured).collect();
        // `buffered` keeps the order: results reach the writer in the order of acceptance.
        let results: Vec<Option<Decision>> = stream::iter(waiting)
            .map(|waiting| understood(context, waiting, newest, &budget))
            .buffered(PARALLEL)
            .map(|understood| file(context, understood))
            .buffered(BATCH as usize)
            .inspect(|_| context.heartbeat.progress())
            .try_collect()
            .await?;
        if context.fresh_words.are_many() {
            index_fresh(context).await?;
        }
        handled += results.iter().flatten().count() as u64;
        waiting_letters += counted(&results, TallyKind::Waiting);
        withheld += counted(&results, TallyKind::Withheld);
        // A held message that was just confirmed waits again, with an id below those that were just handled.
        if let Some(released) = results.iter().flatten().filter_map(Decision::released).min() {
            after = ReceivedId(released.0 - 1);
        }
    }
    if waiting_letters + withheld > 0 {
        warn!(waiting = waiting_letters, withheld, "acknowledgements wait or were withheld, because caps are reached");
    }
    Ok(handled)
}

/// How often decisions count something.
fn counted(decisions: &[Option<Decision>], kind: TallyKind) -> usize {
    let effects = decisions.iter().flatten().flat_map(|decision| &decision.effects);
    effects.filter(|effect| matches!(effect, Effect::Count(tally) if tally.kind == kind)).count()
}

/// Handles one message by itself. Returns whether it got a disposition.
pub(super) async fn handle_alone(context: &Context, waiting: Waiting) -> Result<bool, StoreError> {
    let budget = Arc::new(Semaphore::new(BUDGET as usize));
    let newest = context.store.ask(|view| view.newest_request()).await?;
    let understood = understood(context, waiting, newest, &budget).await;
    file(context, understood).await.map(|decision| decision.is_some())
}

/// A waiting message with its understanding, or the error; `None` where its mailbox is not configured.
type Understandable = (Waiting, Result<Option<(Understood, Findable)>, StoreError>);

/// Reads and understands a message on a thread that may block, once its share of the memory is free.
async fn understood(context: &Context, waiting: Waiting, newest: RequestId, budget: &Arc<Semaphore>) -> Understandable {
    let share = u32::try_from(waiting.stored / 1024).unwrap_or(BUDGET).clamp(1, BUDGET);
    // The semaphore is never closed.
    let permit = Arc::clone(budget).acquire_many_owned(share).await;
    let (inner, read) = (context.clone(), waiting.clone());
    let understood = context.store.ask(move |view| understand(&inner, view, read, newest)).await;
    drop(permit);
    (waiting, understood)
}

/// Queues a message to be filed at once; the future resolves when it is committed.
fn file(
    context: &Context,
    (waiting, understood): Understandable,
) -> impl Future<Output = Result<Option<Decision>, StoreError>> + use<> {
    let context = context.clone();
    let filed = understood.map(|understood| {
        understood.map(|(understood, findable)| {
            let inner = context.clone();
            (context.store.write(move |tx| filing::file(&inner, tx, &understood)), findable)
        })
    });
    async move {
        let filed = match filed {
            Ok(Some((filed, findable))) => filed.await.map(|decision| decision.map(|decision| (decision, findable))),
            Ok(None) => {
                debug!(received = %waiting.id, mailbox = waiting.mailbox, "the message waits: its mailbox is not configured");
                Ok(None)
            }
            Err(error) => Err(error),
        };
        match filed {
            Ok(Some((decision, words))) => {
                if decision.effects.iter().any(|effect| matches!(effect, Effect::AddEntry(_))) {
                    context.fresh_words.add(waiting.id, words);
                }
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

/// Logs the disposition of a message, after the commit.
fn report(context: &Context, waiting: &Waiting, decision: &Decision) {
    let Waiting { id, mailbox, .. } = waiting;
    let request = decision.request.as_ref().map(RequestNumber::to_string).unwrap_or_default();
    let (desk, reasons) = (desk_of(context, mailbox), decision.reasons.join("; "));
    info!(received = %id, mailbox, desk, disposition = %decision.disposition, request, reasons, "handled");
    if decision.letters().next().is_some() {
        context.written.wake();
    }
}

/// The key of the desk that a mailbox feeds; empty where the mailbox is not configured any more.
fn desk_of<'a>(context: &'a Context, mailbox: &str) -> &'a str {
    let settings = context.settings.mailboxes.iter().find(|settings| settings.name == mailbox);
    settings.map_or("", |settings| settings.desk.as_str())
}

/// Counts a failure against a message, with the error that it caused.
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
