//! Sends due letters: tries are committed before their first byte goes out, some at a time, and outcomes are queued to be committed
//! at once after the server's answer, while the next letter is sent.

mod batch;
mod pause;
mod render;
mod senders;
mod transport;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::desk;
use crate::desk::wording::{self, DropReason};
use crate::failpoint;
use crate::mail::compose;
use crate::model::settings::{RetrySettings, TransportSettings};
use crate::model::{DeskKey, Digest, FailureReason, Letter, LetterId, Phase, SentFile, Timestamp, backoff};
use crate::smtp::SendError;
use crate::store::{DueLetter, DueLetters, FailureCause, Monitored, Outcome, StoreError, Tx, UnreadableLetter};

use self::batch::Outcomes;
use self::pause::{Closed, Pause};
use self::senders::Senders;
use super::Context;
use super::basis::with_basis;
use super::commit::commit;
use super::facts;
use super::health_record::HealthRecorder;
use super::origin::Origin;

pub use self::render::{RenderError, render};

/// How often a letter is sent again whose delivery is unknown; the wait before it doubles each time.
const MOST_RESENT: u32 = 3;
/// How many letters are read at a time; one connection carries them.
const BATCH: u32 = 50;
/// How long rendering a letter may take: longer than the watchdog waits for a sign of life, since it would begin with the same
/// letter again.
const LONGEST_RENDERING: Duration = Duration::from_secs(60);

/// Sends the letters of all desks that share a transport.
pub struct Outbox {
    context: Context,
    transport: TransportSettings,
    desks: Arc<[DeskKey]>,
    pause: Pause,
    senders: Mutex<Senders>,
    noted: HealthRecorder,
}

/// How a letter can be sent.
enum Prepared {
    /// As these bytes, the same at every try.
    Bytes(Vec<u8>),
    /// Only without these files, for this reason, which is also given in words.
    Without(Vec<SentFile>, DropReason, String),
    /// Not at all, for this reason.
    Never(FailureReason),
    /// Not now, for this reason.
    Later(String),
}

/// A batch ended early with this error: the transport is not used for now.
struct Shut(SendError);

impl Outbox {
    /// An outbox for a transport.
    pub fn new(context: Context, transport: TransportSettings) -> Self {
        let of_transport = context.settings.desks.iter().filter(|desk| desk.transport == transport.name);
        let desks = of_transport.map(|desk| desk.key.clone()).collect();
        let noted = HealthRecorder::new(context.clone(), Monitored::Transport, transport.name.clone());
        Self { context, transport, desks, pause: Pause::default(), senders: Mutex::default(), noted }
    }

    /// The transport's name.
    pub fn name(&self) -> &str {
        &self.transport.name
    }

    /// Tries every due letter, unless stopped, and returns when the next one is due; `None` where none waits. A letter that is
    /// being sent is carried to its end. An error only where the database fails.
    pub async fn send_due(&mut self, stop: &CancellationToken) -> Result<Option<Timestamp>, StoreError> {
        if let Some(until) = self.pause.lasts_until(self.context.now()) {
            return Ok(Some(until));
        }
        loop {
            let due = self.due(self.context.now()).await?;
            if due.is_empty() || stop.is_cancelled() {
                let desks = Arc::clone(&self.desks);
                return self.context.store.ask(move |view| view.next_due(&desks)).await;
            }
            for letter in due.unreadable {
                self.fail_unreadable(letter).await?;
            }
            if due.letters.is_empty() {
                continue;
            }
            match self.send_batch(due.letters, stop).await? {
                Ok(()) => {
                    self.pause.end();
                    let trouble = self.senders().trouble(self.context.now());
                    match trouble {
                        Some((words, until)) => self.noted.fails_until(FailureCause::Sender, words, Some(until)).await,
                        None => self.noted.works().await,
                    }
                }
                Err(Shut(error)) => return self.shut(&error).await.map(Some),
            }
        }
    }

    async fn due(&self, now: Timestamp) -> Result<DueLetters, StoreError> {
        let desks = Arc::clone(&self.desks);
        self.context.store.ask(move |view| view.due_letters(&desks, now, BATCH)).await
    }

    fn senders(&self) -> MutexGuard<'_, Senders> {
        self.senders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until when a letter waits whose sender is refused, and why; `None`: it is sent.
    fn sender_pause(&self, due: &DueLetter) -> Option<(Timestamp, String)> {
        let senders = self.senders();
        let (until, why) = senders.pause_of(&due.letter.draft.from.address, self.context.now())?;
        Some((until, why.to_owned()))
    }

    /// Puts off a letter whose sender is refused, without a try; one that has waited too long fails.
    async fn wait_for_sender(&self, due: &DueLetter, until: Timestamp, why: String) -> Result<(), StoreError> {
        if self.is_too_old(due) {
            return self.end(due, Outcome::Failed(FailureReason::TooOld(why)), false).await;
        }
        let id = due.id;
        self.context.store.write(move |tx| tx.put_off(&[id], until, &why)).await
    }

    /// Pauses the transport after an error, and returns until when. Its letters wait without a try being counted, except that
    /// those which have waited too long fail.
    async fn shut(&mut self, error: &SendError) -> Result<Timestamp, StoreError> {
        let (now, why) = (self.context.now(), error.to_string());
        let closed = if matches!(error, SendError::Login(_)) { Closed::LoginRefused } else { Closed::Away };
        let until = self.pause.begin(self.context.settings.retry, closed, now);
        warn!(transport = self.transport.name, why, next = %until, "cannot send");
        let cause = match closed {
            Closed::Away => FailureCause::Server,
            Closed::LoginRefused if self.transport.kind.has_token() => FailureCause::Token,
            Closed::LoginRefused => FailureCause::Login,
        };
        self.noted.fails_until(cause, why.clone(), Some(until)).await;
        loop {
            let due = self.due(now).await?;
            let (old, young): (Vec<_>, Vec<_>) = due.letters.into_iter().partition(|letter| self.is_too_old(letter));
            for letter in due.unreadable {
                self.fail_unreadable(letter).await?;
            }
            for letter in &old {
                self.end(letter, Outcome::Failed(FailureReason::TooOld(why.clone())), false).await?;
            }
            if young.is_empty() && old.is_empty() {
                return Ok(until);
            }
            let (ids, why) = (young.iter().map(|letter| letter.id).collect::<Vec<_>>(), why.clone());
            self.context.store.write(move |tx| tx.put_off(&ids, until, &why)).await?;
        }
    }

    /// Records what follows from an error about a letter. An error about our login concerns no letter: this one waits with the
    /// others.
    async fn refused(
        &self,
        due: &DueLetter,
        error: SendError,
        outcomes: &mut Outcomes,
    ) -> Result<Result<(), Shut>, StoreError> {
        let outcome = match error {
            SendError::TooLarge(why) if !due.letter.draft.files.is_empty() => {
                let why = why.to_string();
                return self.rewrite(due, &due.letter.draft.files, DropReason::Refused, why).await.map(Ok);
            }
            SendError::Permanent(why) | SendError::TooLarge(why) => Outcome::Failed(why),
            SendError::Unsure(why) => Outcome::Unsure(why),
            SendError::Transient(why) => self.later(due, why),
            SendError::Account(why) => {
                let (sender, retry) = (&due.letter.draft.from.address, self.context.settings.retry);
                self.senders().note_refused(sender, due.id, &why, retry, self.context.now());
                self.later(due, why)
            }
            SendError::Login(why) => {
                outcomes.add(self.end(due, self.later(due, why.clone()), true));
                return Ok(Err(Shut(SendError::Login(why))));
            }
        };
        outcomes.add(self.end(due, outcome, true));
        Ok(Ok(()))
    }

    /// Renders a letter: to the same bytes at every try, and to no more than the server takes.
    async fn prepare(&self, max_size: u64, due: &DueLetter) -> Result<Prepared, StoreError> {
        let files = &due.letter.draft.files;
        let too_large = |size| {
            let why = FailureReason::TooLarge { size, limit: max_size };
            if files.is_empty() {
                Prepared::Never(why)
            } else {
                Prepared::Without(files.clone(), DropReason::Refused, why.to_string())
            }
        };
        // Files that are surely too large are not even read.
        if compose::encoded_size(files) > max_size {
            return Ok(too_large(compose::encoded_size(files)));
        }
        let Ok(rendered) = timeout(LONGEST_RENDERING, self.context.heartbeat.waiting(self.render(&due.letter))).await
        else {
            let why = format!("rendering it took longer than {} seconds", LONGEST_RENDERING.as_secs());
            return Ok(Prepared::Later(why));
        };
        let bytes = match rendered {
            Ok(bytes) => bytes,
            Err(RenderError::Store(error)) => return Err(error),
            Err(RenderError::Compose(error)) => {
                return Ok(Prepared::Never(FailureReason::Malformed(error.to_string())));
            }
            Err(RenderError::Erased(first)) => {
                let why = format!("{} can no longer be read", first.filename);
                let letter = due.letter.clone();
                let unreadable =
                    self.context.store.ask(move |view| render::unreadable_files(view, &letter, *first)).await?;
                return Ok(Prepared::Without(unreadable, DropReason::Unreadable, why));
            }
        };
        if due.digest.is_some_and(|first| first != Digest::of(&bytes)) {
            return Ok(Prepared::Never(FailureReason::Rewritten(due.id)));
        }
        if bytes.len() as u64 > max_size {
            return Ok(too_large(bytes.len() as u64));
        }
        Ok(Prepared::Bytes(bytes))
    }

    async fn render(&self, letter: &Letter) -> Result<Vec<u8>, RenderError> {
        let letter = letter.clone();
        self.context.store.ask(move |view| Ok(render::render(view, &letter))).await?
    }

    /// Stores the letter without these files before it is sent so: every later try sends the same bytes. It is due at once.
    async fn rewrite(
        &self,
        due: &DueLetter,
        files: &[SentFile],
        left_out: DropReason,
        why: String,
    ) -> Result<(), StoreError> {
        let (id, now) = (due.id, self.context.now());
        let draft = wording::without_files(&due.letter.draft, files, left_out);
        let letter = Letter { draft, ..due.letter.clone() };
        warn!(email = %id, to = %letter.draft.to, why, files = files.len(), "sending without files, which are named in the text");
        self.context.store.write(move |tx| tx.rewrite_letter(id, &letter, &why, now)).await
    }

    fn is_too_old(&self, due: &DueLetter) -> bool {
        next_gap(self.context.settings.retry, due.attempts, self.age(due)).is_none()
    }

    fn age(&self, due: &DueLetter) -> Duration {
        Duration::from_secs(u64::try_from(self.context.now().seconds_since(due.created_at)).unwrap_or(0))
    }

    fn later(&self, due: &DueLetter, why: String) -> Outcome {
        match next_gap(self.context.settings.retry, due.attempts, self.age(due)) {
            Some(gap) => {
                let gap = i64::try_from(gap.as_secs()).unwrap_or(i64::MAX);
                Outcome::Later(self.context.now().plus_seconds(gap), why)
            }
            None => Outcome::Failed(FailureReason::TooOld(why)),
        }
    }

    /// Queues the outcome of a try to be stored, at once; the future waits for that. The final failure of a letter becomes an event
    /// of its request.
    fn end(
        &self,
        due: &DueLetter,
        outcome: Outcome,
        began: bool,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        let (id, draft, now) = (due.id, &due.letter.draft, self.context.now());
        let (context, ended) = (self.context.clone(), outcome.clone());
        let stored = self.context.store.write(move |tx| end(&context, tx, id, &ended, began, now));
        let request = draft.request.as_ref().map(ToString::to_string).unwrap_or_default();
        let (transport, kind, to) = (self.transport.name.clone(), draft.kind, draft.to.to_string());
        async move {
            stored.await?;
            failpoint::reached("outbox.ended");
            report(&transport, id, &request, kind.as_ref(), &to, &outcome);
            Ok(())
        }
    }

    async fn fail_unreadable(&self, letter: UnreadableLetter) -> Result<(), StoreError> {
        let UnreadableLetter { id, request, to, why } = letter;
        let request = request.as_ref().map(ToString::to_string).unwrap_or_default();
        let why = FailureReason::Malformed(format!("its manifest cannot be read: {why}"));
        let (now, context, outcome) = (self.context.now(), self.context.clone(), Outcome::Failed(why));
        let ended = outcome.clone();
        self.context.store.write(move |tx| end(&context, tx, id, &ended, false, now)).await?;
        report(&self.transport.name, id, &request, "", &to, &outcome);
        Ok(())
    }
}

/// Logs the outcome of a try, after the commit.
fn report(transport: &str, id: LetterId, request: &str, kind: &str, to: &str, outcome: &Outcome) {
    match outcome {
        Outcome::Sent(why) => info!(email = %id, transport, disposition = %"sent", request, kind, to, why, "sent"),
        Outcome::Unsure(why) => {
            warn!(email = %id, transport, disposition = %"unsure", request, kind, to, why, "may have been sent");
        }
        Outcome::Later(next, why) => {
            warn!(email = %id, transport, disposition = %"later", request, kind, to, why, %next, "not sent yet");
        }
        Outcome::Failed(reason) => {
            let why = reason.to_string();
            error!(email = %id, transport, disposition = %"failed", request, kind, to, why, "not sent (see `maildesk outbox show {id}`)");
        }
    }
}

/// Stores the outcome of a try. The final failure of a letter becomes an event of its request, with what follows from it.
fn end(
    context: &Context,
    tx: &Tx<'_>,
    id: LetterId,
    outcome: &Outcome,
    began: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.end_attempt(id, outcome, began, now)?;
    let why = match outcome {
        Outcome::Sent(_) => return delivered(context, tx, id, now),
        Outcome::Failed(why) => why,
        Outcome::Unsure(_) | Outcome::Later(..) => return Ok(()),
    };
    let Some(letter) = tx.reported_letter(id)? else { return Ok(()) };
    let Some(desk) = context.settings.desk(&letter.request.number.desk) else { return Ok(()) };
    let facts = facts::none(tx, letter.request.number.clone())?;
    with_basis(context, desk, &facts, now, |basis| {
        let decision = desk::letter_failed(&basis, &letter, why);
        commit(context, tx, &basis, &decision, &Origin::default())
    })?;
    context.written.wake();
    Ok(())
}

/// Tells the desk's rules that a server has taken a letter: where it is the answer to a request, the time for the requester's
/// reply begins.
fn delivered(context: &Context, tx: &Tx<'_>, id: LetterId, now: Timestamp) -> Result<(), StoreError> {
    let answered = tx.reported_letter(id)?.filter(|letter| letter.request.standing.phase == Phase::Completed);
    let Some(letter) = answered else { return Ok(()) };
    let Some(written) = tx.letter(id)? else { return Ok(()) };
    let events = tx.events(&letter.request.number)?;
    let Some(desk) = context.settings.desk(&letter.request.number.desk) else { return Ok(()) };
    let facts = facts::none(tx, letter.request.number.clone())?;
    with_basis(context, desk, &facts, now, |basis| {
        let decision = desk::letter_delivered(&basis, &letter, written.date, &events);
        commit(context, tx, &basis, &decision, &Origin::default())
    })
}

/// How long a letter waits for its next try after so many tries; `None` where it has become too old for another.
pub fn next_gap(retry: RetrySettings, attempts: u32, age: Duration) -> Option<Duration> {
    if age >= retry.give_up {
        return None;
    }
    Some(backoff(retry.first, attempts, retry.longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_grow_to_a_limit_and_end_with_age() {
        let retry = RetrySettings::default();
        let gap = |attempts, age| next_gap(retry, attempts, Duration::from_secs(age)).map(|gap| gap.as_secs());
        let gaps: Vec<_> = (0..9).map(|attempts| gap(attempts, 0)).collect();
        assert_eq!(gaps, [60, 120, 240, 480, 960, 1_920, 3_840, 4_000, 4_000].map(Some));
        assert_eq!(gap(u32::MAX, 0), Some(4_000));
        assert_eq!(gap(3, 5 * 24 * 3_600), None);
    }
}
