//! Transaction A: stores raw messages durably and adds them to the ledger. Many small messages share a commit; a large one is
//! stored slice by slice.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};
use tokio::task::{self, JoinHandle};
use tracing::{info, warn};

use crate::failpoint;
use crate::model::settings::MailboxSettings;
use crate::model::{Digest, Uid};
use crate::source::{Described, SLICE, Source, SourceError};
use crate::store::{Accepted, Folder, NewMessage, Packed, RawId, StoreError};

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

/// How many fetches in a row may bring nothing before the server itself, and not a message, is taken to be in trouble.
const MOST_FAILURES: u32 = 12;

/// Accepts messages, in their order; while one batch is stored, the next one is fetched. A message that cannot be fetched keeps
/// no other waiting: it is tried alone, after all others. Returns how many are new.
pub(super) async fn accept_all(
    context: &Context,
    origin: &MailboxFolder,
    source: &mut Source,
    described: &[Described],
    misses: &mut Misses,
) -> Result<u64, ReceiveError> {
    let mut accepting = Acceptance { context, origin, misses, storing: None, accepted: 0, failures: 0 };
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
    /// Fetches in a row that brought nothing.
    failures: u32,
}

impl Acceptance<'_> {
    async fn run(&mut self, source: &mut Source, described: &[Described]) -> Result<(), ReceiveError> {
        let (mut alone, healthy): (Vec<_>, Vec<_>) = described.iter().partition(|d| self.misses.is_suspect(&d.uid));
        let mut told = Instant::now();
        let mut batches: VecDeque<Vec<&Described>> = batches(&healthy).into_iter().map(<[_]>::to_vec).collect();
        while let Some(batch) = batches.pop_front() {
            let left = self.fetch(source, &batch).await?;
            match left.as_slice() {
                [] => {}
                [only] => alone.push(only),
                // Servers answer in order: the first that did not come is the likely cause.
                [first, rest @ ..] if left.len() < batch.len() => {
                    alone.push(first);
                    batches.push_front(rest.to_vec());
                }
                all => {
                    let (first, second) = all.split_at(all.len() / 2);
                    batches.push_front(second.to_vec());
                    batches.push_front(first.to_vec());
                }
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
        for suspect in alone {
            if !self.fetch(source, &[suspect]).await?.is_empty() {
                self.misses.note_error(&suspect.uid, self.context.now());
            }
        }
        Ok(())
    }

    /// Fetches a batch. Returns the messages that an error left out; afterwards the connection is good again. Fails where it
    /// cannot be made anew, and where the server delivers nothing any more.
    async fn fetch<'d>(
        &mut self,
        source: &mut Source,
        batch: &[&'d Described],
    ) -> Result<Vec<&'d Described>, ReceiveError> {
        let mut came = HashSet::new();
        let fetched = match batch {
            [single] if single.size >= SLICE => self.large(source, single, Vec::new(), &mut came).await,
            small => self.small(source, small, &mut came).await,
        };
        let error = match fetched {
            Ok(()) => {
                self.failures = 0;
                return Ok(Vec::new());
            }
            Err(ReceiveError::Source(error)) => error,
            Err(error) => return Err(error),
        };
        self.failures = if came.is_empty() { self.failures + 1 } else { 0 };
        if self.failures > MOST_FAILURES {
            return Err(error.into());
        }
        let left: Vec<&Described> = batch.iter().copied().filter(|d| !came.contains(&d.uid)).collect();
        let mailbox = &self.origin.folder.mailbox;
        warn!(mailbox, error = error.to_string(), messages = left.len(), "fetching messages failed; others go on");
        if !error.leaves_connection_usable() {
            self.context.heartbeat.waiting(source.reconnect()).await?;
        }
        Ok(left)
    }

    /// Fetches messages of less than a slice; `came` gets those that are settled.
    async fn small(
        &mut self,
        source: &mut Source,
        batch: &[&Described],
        came: &mut HashSet<Uid>,
    ) -> Result<(), ReceiveError> {
        let uids: Vec<Uid> = batch.iter().map(|d| d.uid.clone()).collect();
        let mut fetched: HashMap<Uid, Vec<u8>> = HashMap::new();
        let fetching = source.fetch(&uids, 0, |uid, bytes| drop(fetched.insert(uid.clone(), bytes)));
        let result = self.context.heartbeat.waiting(fetching).await;
        let mut complete = Vec::new();
        let mut unfinished = Vec::new();
        for &described in batch {
            let length = fetched.get(&described.uid).map_or(0, |bytes| bytes.len() as u64);
            match fetched.remove(&described.uid) {
                // An empty body where the server states a size is an absence, not a message.
                Some(bytes) if !bytes.is_empty() || described.size == 0 => {
                    if length >= SLICE || length < described.size {
                        unfinished.push((described, bytes));
                    } else {
                        came.insert(described.uid.clone());
                        self.misses.note_came(&described.uid);
                        complete.push((described.clone(), bytes));
                    }
                }
                _ if result.is_ok() => {
                    came.insert(described.uid.clone());
                    self.misses.note_absent(&described.uid, self.context.now());
                }
                _ => {}
            }
        }
        self.finish_storing().await?;
        let (context, origin) = (self.context.clone(), self.origin.clone());
        self.storing = Some(tokio::spawn(store_batch(context, origin, complete)));
        result?;
        for (described, bytes) in unfinished {
            self.large(source, described, bytes, came).await?;
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

    /// Stores one message slice by slice; `first` is its first slice where that is fetched already. A crash meanwhile leaves a
    /// half-fetched message, which the next start deletes.
    async fn large(
        &mut self,
        source: &mut Source,
        described: &Described,
        first: Vec<u8>,
        came: &mut HashSet<Uid>,
    ) -> Result<(), ReceiveError> {
        self.finish_storing().await?;
        let raw = self.context.store.write(|tx| tx.begin_raw()).await?;
        let slices = self.slices(source, described, first, raw).await;
        let Ok(Slices { size, is_whole, hash }) = slices else {
            self.context.store.write(move |tx| tx.drop_unfinished(raw)).await?;
            return slices.map(drop);
        };
        came.insert(described.uid.clone());
        if size == 0 && described.size > 0 {
            self.context.store.write(move |tx| tx.drop_unfinished(raw)).await?;
            self.misses.note_absent(&described.uid, self.context.now());
            return Ok(());
        }
        self.misses.note_came(&described.uid);
        if !is_whole {
            let (mailbox, uid) = (&self.origin.folder.mailbox, &described.uid);
            warn!(mailbox, %uid, size = described.size, kept = size, "only the beginning of a message is kept");
        }
        let sha256 = Digest::from_bytes(hash.finalize().into());
        let size = if is_whole { size } else { described.size.max(size + 1) };
        let message = self.origin.message(described.clone(), size, sha256);
        let now = self.context.now();
        failpoint::reached("receive.before");
        let accepted = self.context.store.write(move |tx| tx.accept(&message, raw, now)).await?;
        failpoint::reached("receive.after");
        self.accepted += u64::from(matches!(accepted, Accepted::New(_)));
        self.context.accepted.wake();
        Ok(())
    }

    /// Fetches and stores the slices of a message. Servers state too large sizes, and send short slices: a message has ended
    /// where as much came as was stated, or where twice nothing more came.
    async fn slices(
        &mut self,
        source: &mut Source,
        described: &Described,
        first: Vec<u8>,
        raw: RawId,
    ) -> Result<Slices, ReceiveError> {
        let uid = std::slice::from_ref(&described.uid);
        let (mut hash, mut size, mut slice, mut empty) = (Sha256::new(), 0, first, 0);
        for sequence in 0.. {
            while slice.is_empty() {
                let fetching = source.fetch(uid, size, |_, bytes| slice = bytes);
                match self.context.heartbeat.waiting(fetching).await {
                    Ok(()) => {}
                    // It has sent the end, or refuses to send it: what came is kept, with a note.
                    Err(SourceError::Refused { .. }) if size > 0 => return Ok(Slices { size, is_whole: false, hash }),
                    Err(error) => return Err(error.into()),
                }
                if slice.is_empty() {
                    empty += 1;
                    if size == 0 || size >= described.size || empty == 2 {
                        return Ok(Slices { size, is_whole: true, hash });
                    }
                }
            }
            (empty, size) = (0, size + slice.len() as u64);
            let is_whole = (slice.len() as u64) < SLICE && size >= described.size;
            hash.update(&slice);
            let chunk = Packed::new(std::mem::take(&mut slice));
            self.context.store.write(move |tx| tx.add_chunk(raw, sequence, &chunk)).await?;
            failpoint::reached("receive.slice");
            if is_whole || described.size.max(size) > self.origin.max_message_bytes {
                return Ok(Slices { size, is_whole, hash });
            }
        }
        Ok(Slices { size, is_whole: false, hash })
    }
}

/// The slices of a message that are stored.
struct Slices {
    /// Their bytes in all.
    size: u64,
    /// Whether they are all of the message, as far as its server tells.
    is_whole: bool,
    hash: Sha256,
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

/// Divides the list into fetches: large messages alone, small ones together.
fn batches<'a, 'd>(described: &'a [&'d Described]) -> Vec<&'a [&'d Described]> {
    let mut batches = Vec::new();
    let mut rest = described;
    while let Some(first) = rest.first() {
        let mut bytes = first.size;
        let fits = |d: &&&Described| {
            bytes += d.size;
            d.size < SLICE && bytes <= BATCH_BYTES
        };
        let is_large = first.size >= SLICE;
        let more = if is_large { 0 } else { rest.iter().skip(1).take(BATCH_MESSAGES - 1).take_while(fits).count() };
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
    fn large_messages_go_alone_and_small_ones_together() {
        let lengths = |sizes: &[u64]| -> Vec<usize> {
            let all: Vec<_> = sizes.iter().zip(1..).map(|(size, uid)| described(uid, *size)).collect();
            batches(&all.iter().collect::<Vec<_>>()).iter().map(|batch| batch.len()).collect()
        };
        assert_eq!(lengths(&[10, 20, SLICE, 30, 40, 50]), [2, 1, 3]);
        assert_eq!(lengths(&[1; 130]), [64, 64, 2]);
        let most = usize::try_from(BATCH_BYTES / (SLICE - 1)).unwrap();
        assert_eq!(lengths(&[SLICE - 1; 40]), [most, most, 40 - 2 * most]);
    }
}
