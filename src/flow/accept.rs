//! Transaction A: stores raw messages durably and adds them to the ledger. Many small messages share a commit; a large one is
//! stored slice by slice.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};
use tokio::task::{self, JoinHandle};
use tracing::{info, warn};

use crate::failpoint;
use crate::model::settings::MailboxSettings;
use crate::model::{Digest, Uid};
use crate::source::{Described, SLICE, Source, SourceError};
use crate::store::{Accepted, Folder, Miss, NewMessage, Packed, StoreError};

use super::Context;
use super::misses::Misses;

/// How many messages, and how many bytes of messages, one fetch and one commit take at most.
const BATCH_MESSAGES: usize = 64;
const BATCH_BYTES: u64 = 4 * 1024 * 1024;

/// Why a mailbox could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The server or the folder failed.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The folder from which messages are accepted.
#[derive(Clone)]
pub(super) struct MailboxFolder {
    /// The folder.
    pub folder: Folder,
    /// UIDVALIDITY of the folder (RFC 9051, section 2.3.1.1).
    pub validity: u32,
    /// The size in bytes above which only the beginning of a message is stored.
    pub max_message_bytes: u64,
}

impl MailboxFolder {
    /// The folder that a mailbox reads.
    pub(super) fn read(mailbox: &MailboxSettings, validity: u32) -> Self {
        let location = mailbox.source.location();
        let folder = Folder { mailbox: mailbox.name.clone(), moved_to: None, location };
        Self { folder, validity, max_message_bytes: mailbox.max_message_bytes }
    }

    /// The folder to which a mailbox moves its accepted messages.
    pub(super) fn moved_to(mailbox: &MailboxSettings, folder: &str, validity: u32) -> Self {
        let location = mailbox.source.location_of_folder(folder);
        let folder = Folder { mailbox: mailbox.name.clone(), moved_to: Some(folder.to_owned()), location };
        Self { folder, validity, max_message_bytes: mailbox.max_message_bytes }
    }

    fn message(&self, described: Described, size: u64, sha256: Digest) -> NewMessage {
        NewMessage {
            folder: self.folder.clone(),
            validity: self.validity,
            uid: described.uid,
            size,
            server_size: Some(described.size),
            arrived_at: described.received_at,
            sha256,
        }
    }
}

/// Accepts messages, in their order; while one batch is stored, the next one is fetched. Returns how many are new.
pub(super) async fn accept_all(
    context: &Context,
    origin: &MailboxFolder,
    source: &mut Source,
    described: &[Described],
    misses: &mut Misses,
) -> Result<u64, ReceiveError> {
    let mut accepting = Acceptance { context, origin, misses, storing: None, accepted: 0 };
    let result = accepting.run(source, described).await;
    // Whatever happened on the connection, what was fetched is stored.
    accepting.finish_storing().await?;
    result?;
    Ok(accepting.accepted)
}

struct Acceptance<'a> {
    context: &'a Context,
    origin: &'a MailboxFolder,
    misses: &'a mut Misses,
    storing: Option<JoinHandle<Result<u64, StoreError>>>,
    accepted: u64,
}

impl Acceptance<'_> {
    async fn run(&mut self, source: &mut Source, described: &[Described]) -> Result<(), ReceiveError> {
        let mut told = Instant::now();
        for batch in batches(described, self.misses.counts()) {
            match batch {
                [single] if single.size >= SLICE => self.large(source, single, Vec::new()).await?,
                small => self.small(source, small).await?,
            }
            if told.elapsed() > Duration::from_secs(5) {
                told = Instant::now();
                info!(
                    mailbox = self.origin.folder.mailbox,
                    accepted = self.accepted,
                    of = described.len(),
                    "receiving messages"
                );
            }
        }
        Ok(())
    }

    async fn small(&mut self, source: &mut Source, batch: &[Described]) -> Result<(), ReceiveError> {
        let uids: Vec<Uid> = batch.iter().map(|d| d.uid.clone()).collect();
        let mut fetched: HashMap<Uid, Vec<u8>> = HashMap::new();
        let fetching = source.fetch(&uids, 0, |uid, bytes| drop(fetched.insert(uid.clone(), bytes)));
        let result = self.context.heartbeat.waiting(fetching).await;
        match result {
            Ok(()) => self.misses.note(&uids, fetched.keys()),
            Err(_) => self.misses.note_error(&uids),
        }
        let mut complete = Vec::new();
        let mut larger = Vec::new();
        for described in batch {
            match fetched.remove(&described.uid) {
                // The message is larger than the server said.
                Some(bytes) if bytes.len() as u64 >= SLICE => larger.push((described, bytes)),
                Some(bytes) => complete.push((described.clone(), bytes)),
                None => {}
            }
        }
        self.finish_storing().await?;
        let (context, origin) = (self.context.clone(), self.origin.clone());
        self.storing = Some(tokio::spawn(store_batch(context, origin, complete)));
        result?;
        for (described, bytes) in larger {
            self.large(source, described, bytes).await?;
        }
        Ok(())
    }

    /// Waits until the batch that is being stored is committed.
    async fn finish_storing(&mut self) -> Result<(), StoreError> {
        if let Some(storing) = self.storing.take() {
            self.accepted += storing.await.unwrap_or_else(|panic| Err(StoreError::Panicked(panic.to_string())))?;
        }
        Ok(())
    }

    /// Stores one large message slice by slice; `first` is its first slice where that is fetched already. A crash meanwhile
    /// leaves a half-fetched message, which the next start deletes.
    async fn large(&mut self, source: &mut Source, described: &Described, first: Vec<u8>) -> Result<(), ReceiveError> {
        self.finish_storing().await?;
        let store = &self.context.store;
        let uid = std::slice::from_ref(&described.uid);
        let raw = store.write(|tx| tx.begin_raw()).await?;
        let (mut hash, mut size, mut slice) = (Sha256::new(), 0, first);
        let mut is_whole = false;
        for sequence in 0.. {
            if slice.is_empty() {
                let fetching = source.fetch(uid, size, |_, bytes| slice = bytes);
                let result = self.context.heartbeat.waiting(fetching).await;
                match result {
                    Ok(()) if slice.is_empty() && size == 0 => self.misses.note(uid, [].iter()),
                    Ok(()) => self.misses.note(uid, uid.iter()),
                    Err(_) => self.misses.note_error(uid),
                }
                result?;
            }
            size += slice.len() as u64;
            is_whole = (slice.len() as u64) < SLICE;
            hash.update(&slice);
            let chunk = std::mem::take(&mut slice);
            store.write(move |tx| tx.add_chunk(raw, sequence, &Packed::new(chunk))).await?;
            failpoint::reached("receive.slice");
            if is_whole || described.size.max(size) > self.origin.max_message_bytes {
                break;
            }
        }
        if size == 0 {
            return Ok(());
        }
        if !is_whole {
            warn!(mailbox = self.origin.folder.mailbox, uid = %described.uid, size = described.size, "the message is too large: only its beginning is kept");
        }
        let sha256 = Digest::from_bytes(hash.finalize().into());
        let size = if is_whole { size } else { described.size.max(size + 1) };
        let message = self.origin.message(described.clone(), size, sha256);
        let now = self.context.now();
        failpoint::reached("receive.before");
        let accepted = store.write(move |tx| tx.accept(&message, raw, now)).await?;
        failpoint::reached("receive.after");
        self.accepted += u64::from(matches!(accepted, Accepted::New(_)));
        self.context.accepted.wake();
        Ok(())
    }
}

/// Stores whole small messages in one commit.
async fn store_batch(
    context: Context,
    origin: MailboxFolder,
    messages: Vec<(Described, Vec<u8>)>,
) -> Result<u64, StoreError> {
    let packed = task::spawn_blocking(move || {
        let pack = |(described, bytes): (Described, Vec<u8>)| {
            (origin.message(described, bytes.len() as u64, Digest::of(&bytes)), Packed::new(bytes))
        };
        messages.into_iter().map(pack).collect::<Vec<_>>()
    });
    let packed = packed.await.map_err(|panic| StoreError::Panicked(panic.to_string()))?;
    if packed.is_empty() {
        return Ok(0);
    }
    let now = context.now();
    failpoint::reached("receive.before");
    let accepted = context
        .store
        .write(move |tx| {
            let mut new = 0;
            for (message, chunk) in &packed {
                let raw = tx.begin_raw()?;
                tx.add_chunk(raw, 0, chunk)?;
                new += u64::from(matches!(tx.accept(message, raw, now)?, Accepted::New(_)));
            }
            Ok(new)
        })
        .await?;
    failpoint::reached("receive.after");
    context.accepted.wake();
    Ok(accepted)
}

/// Divides the list into fetches: large messages alone, and so those that have failed before, so that a bad message takes no
/// other with it.
fn batches<'a>(described: &'a [Described], failed: &HashMap<Uid, Miss>) -> Vec<&'a [Described]> {
    let alone = |d: &Described| d.size >= SLICE || failed.contains_key(&d.uid);
    let mut batches = Vec::new();
    let mut rest = described;
    while let Some(first) = rest.first() {
        let mut bytes = first.size;
        let fits = |d: &&Described| {
            bytes += d.size;
            !alone(d) && bytes <= BATCH_BYTES
        };
        let more = if alone(first) { 0 } else { rest.iter().skip(1).take(BATCH_MESSAGES - 1).take_while(fits).count() };
        let (batch, others) = rest.split_at(1 + more);
        batches.push(batch);
        rest = others;
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(uid: u32, size: u64) -> Described {
        Described { uid: Uid::Number(uid), size, received_at: None }
    }

    #[test]
    fn large_and_failed_messages_go_alone_and_small_ones_together() {
        let all: Vec<_> =
            [10, 20, SLICE, 30, 40, 50].into_iter().zip(1..).map(|(size, uid)| described(uid, size)).collect();
        let failed = HashMap::from([(Uid::Number(5), Miss::default())]);
        let lengths: Vec<_> = batches(&all, &failed).iter().map(|batch| batch.len()).collect();
        assert_eq!(lengths, [2, 1, 1, 1, 1]);
        let many: Vec<_> = (1..=130).map(|uid| described(uid, 1)).collect();
        let lengths: Vec<_> = batches(&many, &HashMap::new()).iter().map(|batch| batch.len()).collect();
        assert_eq!(lengths, [64, 64, 2]);
        let heavy: Vec<_> = (1..=40).map(|uid| described(uid, SLICE - 1)).collect();
        assert!(batches(&heavy, &HashMap::new()).iter().all(|b| b.iter().map(|d| d.size).sum::<u64>() <= BATCH_BYTES));
    }
}
