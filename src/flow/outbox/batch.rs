//! Sends the letters of a batch over one connection: some are rendered and recorded as begun in one commit, then carried one after the
//! other; meanwhile the outcomes of those before are stored.

use std::iter::Peekable;
use std::pin::Pin;
use std::time::Duration;
use std::vec::IntoIter;

use futures_util::future::join;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::failpoint;
use crate::mail::compose;
use crate::model::{Digest, FailureReason, LetterId, backoff};
use crate::smtp::SendError;
use crate::store::{Attempt, DueLetter, Outcome, StoreError};

use super::transport::Transport;
use super::{MOST_RESENT, Outbox, Prepared, Shut};

/// How many letters are recorded as begun in one commit, and after how many bytes no further one is: they are in memory.
const GROUP: usize = 8;
const GROUP_BYTES: usize = 8 * 1024 * 1024;
/// Bytes of files from which on a letter is sent after the others of its batch.
const LARGE: u64 = 1024 * 1024;

type Stored = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// Outcomes that are queued to be stored, and not known to be stored yet.
#[derive(Default)]
pub(super) struct Outcomes(Vec<Stored>);

impl Outcomes {
    pub(super) fn add(&mut self, stored: impl Future<Output = Result<(), StoreError>> + Send + 'static) {
        self.0.push(Box::pin(stored));
    }

    /// Waits until all are stored; the first error.
    async fn stored(&mut self) -> Result<(), StoreError> {
        let mut result = Ok(());
        for stored in self.0.drain(..) {
            result = result.and(stored.await);
        }
        result
    }
}

/// What a batch is sent with.
struct Sending<'o> {
    transport: Option<Transport<'o>>,
    outcomes: Outcomes,
}

/// A letter with the bytes that are sent.
type Rendered = (DueLetter, Vec<u8>);

impl Outbox {
    /// Sends letters, small ones first, unless stopped.
    pub(super) async fn send_batch(
        &self,
        mut due: Vec<DueLetter>,
        stop: &CancellationToken,
    ) -> Result<Result<(), Shut>, StoreError> {
        due.sort_by_key(|due| compose::encoded_size(&due.letter.draft.files) > LARGE);
        let mut due = due.into_iter().peekable();
        let mut sending = Sending { transport: None, outcomes: Outcomes::default() };
        let mut sent = Ok(());
        while sent.is_ok() && due.peek().is_some() && !stop.is_cancelled() {
            sent = match self.render_some(&mut sending, &mut due).await? {
                Ok(rendered) => self.send_some(&mut sending, rendered, stop).await?,
                Err(shut) => Err(shut),
            };
        }
        if let Some(transport) = sending.transport.take() {
            self.context.heartbeat.waiting(transport.close()).await;
        }
        sending.outcomes.stored().await?;
        Ok(sent)
    }

    /// Renders the next letters.
    async fn render_some<'o>(
        &'o self,
        sending: &mut Sending<'o>,
        due: &mut Peekable<IntoIter<DueLetter>>,
    ) -> Result<Result<Vec<Rendered>, Shut>, StoreError> {
        let (mut rendered, mut size) = (Vec::new(), 0);
        while rendered.len() < GROUP && size < GROUP_BYTES {
            let Some(letter) = due.next() else { break };
            if letter.is_repeated {
                let words = "sent before the restore, and not again".to_owned();
                sending.outcomes.add(self.end(&letter, Outcome::Sent(words), true));
                continue;
            }
            if letter.is_unsure && letter.resent >= MOST_RESENT {
                sending.outcomes.add(self.end(&letter, Outcome::Failed(FailureReason::Unconfirmed), true));
                continue;
            }
            if let Some((until, why)) = self.sender_pause(&letter) {
                self.wait_for_sender(&letter, until, why).await?;
                continue;
            }
            let max_size = match self.open(&mut sending.transport).await {
                Ok(transport) => transport.max_size(),
                Err(error) => return Ok(Err(Shut(error))),
            };
            match self.prepare(max_size, &letter).await? {
                Prepared::Bytes(bytes) => {
                    size += bytes.len();
                    rendered.push((letter, bytes));
                }
                Prepared::Without(files, left_out, why) => self.rewrite(&letter, &files, left_out, why).await?,
                Prepared::Never(why) => sending.outcomes.add(self.end(&letter, Outcome::Failed(why), false)),
                Prepared::Later(why) => sending.outcomes.add(self.end(&letter, self.later(&letter, why), false)),
            }
        }
        Ok(Ok(rendered))
    }

    /// Records letters as begun, in one commit with the outcomes of those before, and sends them.
    async fn send_some<'o>(
        &'o self,
        sending: &mut Sending<'o>,
        rendered: Vec<Rendered>,
        stop: &CancellationToken,
    ) -> Result<Result<(), Shut>, StoreError> {
        let attempts: Vec<Attempt> = rendered.iter().map(|(letter, bytes)| self.attempt(letter, bytes)).collect();
        let begun = self.context.store.write(move |tx| attempts.iter().map(|attempt| tx.inflight(attempt)).collect());
        let (begun, stored) = join(begun, sending.outcomes.stored()).await;
        stored?;
        let begun: Vec<bool> = begun?;
        failpoint::reached("outbox.inflight");
        // A letter that was returned or cancelled meanwhile is not sent.
        let begun = rendered.into_iter().zip(begun).filter_map(|(rendered, is_begun)| is_begun.then_some(rendered));
        let mut begun = begun.collect::<Vec<_>>().into_iter();
        while let Some((letter, bytes)) = begun.next() {
            if let Some((until, why)) = self.sender_pause(&letter) {
                self.take_back([&letter].into_iter()).await?;
                self.wait_for_sender(&letter, until, why).await?;
                continue;
            }
            let is_fresh = sending.transport.is_none();
            let left = || begun.as_slice().iter().map(|(letter, _)| letter);
            let opened = if stop.is_cancelled() { None } else { Some(self.open(&mut sending.transport).await) };
            let sent = match opened {
                Some(Ok(transport)) => self.send(transport, is_fresh, &letter, bytes, &mut sending.outcomes).await?,
                ended => {
                    let shut = ended.and_then(Result::err).map(Shut);
                    self.take_back([&letter].into_iter().chain(left())).await?;
                    return Ok(shut.map_or(Ok(()), Err));
                }
            };
            sending.transport = sending.transport.take().and_then(Transport::if_usable);
            if let Err(shut) = sent {
                self.take_back(left()).await?;
                return Ok(Err(shut));
            }
        }
        Ok(Ok(()))
    }

    /// The open connection, or a new one.
    async fn open<'o, 't>(
        &'o self,
        transport: &'t mut Option<Transport<'o>>,
    ) -> Result<&'t mut Transport<'o>, SendError> {
        let open = match transport.take() {
            Some(open) => open,
            None => self.context.heartbeat.waiting(Transport::open(&self.transport)).await?,
        };
        Ok(transport.insert(open))
    }

    fn attempt(&self, due: &DueLetter, bytes: &[u8]) -> Attempt {
        if due.is_unsure {
            warn!(email = %due.id, "sending again: the result of the last try is unknown");
        }
        let unsure = backoff(self.context.settings.retry.unsure, due.resent.min(MOST_RESENT), Duration::MAX);
        let unsure_until = self.context.now().plus_seconds(i64::try_from(unsure.as_secs()).unwrap_or(i64::MAX));
        Attempt { id: due.id, digest: Digest::of(bytes), unsure_until }
    }

    /// Sends a letter whose try is recorded. Some servers close the connection after each letter: where it had carried others, a
    /// new one is made.
    async fn send<'o>(
        &'o self,
        transport: &mut Transport<'o>,
        is_fresh: bool,
        due: &DueLetter,
        bytes: Vec<u8>,
        outcomes: &mut Outcomes,
    ) -> Result<Result<(), Shut>, StoreError> {
        let size = bytes.len() as u64;
        let mut addressed = self.context.heartbeat.waiting(transport.address(due, size)).await;
        if !is_fresh && !transport.is_usable() && matches!(addressed, Err(SendError::Transient(_))) {
            addressed = match self.context.heartbeat.waiting(Transport::open(&self.transport)).await {
                Ok(open) => {
                    *transport = open;
                    self.context.heartbeat.waiting(transport.address(due, size)).await
                }
                Err(error) => Err(error),
            };
        }
        if let Err(error) = addressed {
            return self.refused(due, error, outcomes).await;
        }
        let carried = self.context.heartbeat.waiting(transport.carry(due, bytes)).await;
        failpoint::reached("outbox.carried");
        match carried {
            Ok(words) => {
                self.senders().note_accepted(&due.letter.draft.from.address);
                outcomes.add(self.end(due, Outcome::Sent(words), true));
            }
            Err(error) => return self.refused(due, error, outcomes).await,
        }
        Ok(Ok(()))
    }

    /// Takes back that these letters were begun: no server has seen them.
    async fn take_back(&self, letters: impl Iterator<Item = &DueLetter>) -> Result<(), StoreError> {
        let (unsure, due): (Vec<&DueLetter>, Vec<&DueLetter>) = letters.partition(|letter| letter.is_unsure);
        let ids = |letters: Vec<&DueLetter>| letters.into_iter().map(|letter| letter.id).collect::<Vec<LetterId>>();
        let (unsure, due, now) = (ids(unsure), ids(due), self.context.now());
        self.context.store.write(move |tx| tx.not_begun(&due, &unsure, now)).await
    }
}
