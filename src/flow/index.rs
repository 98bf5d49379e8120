//! Brings messages into the search index, which lags behind what is filed: words of filed messages wait in memory and are indexed
//! many at a time; older messages, and those of which something was erased, are read for it.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::mail::parse;
use crate::model::{Attachment, ReceivedId};
use crate::store::{Findable, StoreError, Unindexed, View};

use super::search::{findable, raw};
use super::{Context, Wakeup};

/// How many filed messages are indexed in one transaction.
const BATCH: usize = 512;
/// How many bytes of words wait in memory at most. Those of further messages are made anew when their turn comes.
const MOST_WAITING: usize = 32 * 1024 * 1024;
/// How many messages that are read for it are indexed in one transaction, so that nobody waits long for it.
const STEP: u32 = 16;
/// After how many messages the log says how far the index is.
const TOLD_AFTER: u64 = 5_000;

/// The words of filed messages that wait to be indexed. Clones share them.
#[derive(Clone, Default)]
pub struct FreshWords {
    waiting: Arc<Mutex<FreshQueue>>,
    came: Wakeup,
}

#[derive(Default)]
struct FreshQueue {
    messages: VecDeque<(ReceivedId, Findable)>,
    bytes: usize,
}

impl FreshWords {
    /// Adds the words of a message that was filed, unless there are too many already.
    pub(super) fn add(&self, received: ReceivedId, words: Findable) {
        let mut waiting = self.waiting();
        if waiting.bytes + words.size() <= MOST_WAITING {
            waiting.bytes += words.size();
            waiting.messages.push_back((received, words));
        }
        if waiting.messages.len() == 1 || waiting.messages.len() == BATCH {
            self.came.wake();
        }
    }

    /// Whether they are worth a transaction now.
    pub fn are_many(&self) -> bool {
        self.waiting().messages.len() >= BATCH
    }

    /// Is woken when some came, and when there are many.
    pub fn came(&self) -> &Wakeup {
        &self.came
    }

    fn holds(&self, received: ReceivedId) -> bool {
        self.waiting().messages.iter().any(|(waiting, _)| *waiting == received)
    }

    /// Takes those of one transaction, the oldest first.
    fn take(&self) -> Vec<(ReceivedId, Findable)> {
        let mut waiting = self.waiting();
        let many = waiting.messages.len().min(BATCH);
        let rest = waiting.messages.split_off(many);
        let taken = mem::replace(&mut waiting.messages, rest);
        waiting.bytes -= taken.iter().map(|(_, words)| words.size()).sum::<usize>();
        taken.into()
    }

    fn waiting(&self) -> MutexGuard<'_, FreshQueue> {
        // A panic elsewhere leaves the words as they are.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Indexes the messages whose words wait in memory.
pub(super) async fn index_fresh(context: &Context) -> Result<(), StoreError> {
    loop {
        let words = context.fresh_words.take();
        if words.is_empty() {
            return Ok(());
        }
        context.store.write(move |tx| tx.index_fresh(&words)).await?;
        context.heartbeat.progress();
    }
}

/// Indexes what was filed, then up to `most` messages that are to be read for it, the newest first, unless stopped. Each step of
/// these is a short transaction, and its texts are read and stemmed before it.
pub async fn index_missing(context: &Context, most: u64, stop: &CancellationToken) -> Result<(), StoreError> {
    let mut done = 0;
    while done < most && !stop.is_cancelled() {
        index_fresh(context).await?;
        let fresh = context.fresh_words.clone();
        let prepared = context.store.ask(move |view| prepare(view, &fresh)).await?;
        if prepared.is_empty() {
            break;
        }
        let before = done / TOLD_AFTER;
        done += prepared.len() as u64;
        context.store.write(move |tx| tx.catch_up(&prepared)).await?;
        context.heartbeat.progress();
        if done / TOLD_AFTER > before {
            let backlog = context.store.ask(|view| view.backlog()).await?;
            info!(left = backlog.left, messages = backlog.all, "adding older messages to the search index");
        }
    }
    Ok(())
}

/// The next messages to be indexed, prepared, but for those whose words wait in memory.
fn prepare(view: View<'_>, fresh: &FreshWords) -> Result<Vec<(Unindexed, Findable)>, StoreError> {
    let prepare = |message: Unindexed| {
        let files: Vec<Attachment> =
            view.attachments(message.received)?.into_iter().map(|file| file.attachment).collect();
        let raw = if files.iter().any(parse::is_text) { raw(view, message.received)? } else { Vec::new() };
        let findable = findable(&message.subject, &message.text, &files, &raw);
        Ok((message, findable))
    };
    let is_to_be_read = |message: &Unindexed| !fresh.holds(message.received);
    view.unindexed(STEP)?.into_iter().filter(is_to_be_read).map(prepare).collect()
}
