//! Due letters → SMTP: each try is committed before its first byte goes out, and its end after the server's answer.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use tokio::task;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::desk;
use crate::failpoint;
use crate::mail::compose;
use crate::model::settings::{RetrySettings, TransportKind, TransportSettings};
use crate::model::{Actor, Change, DeskKey, Digest, EmailAddress, Event, Timestamp};
use crate::smtp::{self, SendError};
use crate::store::{Attempt, DueLetter, Outcome, StoreError};

use super::Context;

/// How often a letter is sent again whose fate is unknown; the wait doubles each time.
const MOST_RESENT: u32 = 3;
/// Letters read at a time; one connection carries them.
const BATCH: u32 = 50;

/// The letters of the desks that share a transport.
pub struct Outbox {
    context: Context,
    transport: TransportSettings,
    desks: Vec<DeskKey>,
}

/// An open way out.
enum Way<'a> {
    Smtp(Box<smtp::Connection>),
    Folder(&'a Path),
}

impl Outbox {
    /// The outbox of a transport.
    pub fn new(context: Context, transport: TransportSettings) -> Self {
        let of_transport = context.settings.desks.iter().filter(|desk| desk.transport == transport.name);
        let desks = of_transport.map(|desk| desk.key.clone()).collect();
        Self { context, transport, desks }
    }

    /// The transport's name.
    pub fn name(&self) -> &str {
        &self.transport.name
    }

    /// Tries every letter whose time has come, unless stopped, and answers when the next one is due. A letter that is on its
    /// way is carried to its end. Fails only when the database does.
    pub async fn send_due(&self, stop: &CancellationToken) -> Result<Option<Timestamp>, StoreError> {
        loop {
            let due = self.context.store.read(|view| view.due_letters(&self.desks, self.context.now(), BATCH))?;
            if due.is_empty() || stop.is_cancelled() {
                return self.context.store.read(|view| view.next_due(&self.desks));
            }
            self.send_batch(due, stop).await?;
        }
    }

    async fn send_batch(&self, due: Vec<DueLetter>, stop: &CancellationToken) -> Result<(), StoreError> {
        let mut way = None;
        let mut letters = due.into_iter();
        while let Some(letter) = letters.next() {
            let mut open = match way.take() {
                Some(open) => open,
                None => match self.open().await {
                    Ok(open) => open,
                    Err(error) => return self.put_off(error, std::iter::once(letter).chain(letters)).await,
                },
            };
            self.send(&mut open, &letter).await?;
            way = open.if_usable();
            if stop.is_cancelled() {
                break;
            }
        }
        if let Some(Way::Smtp(connection)) = way {
            connection.quit().await;
        }
        Ok(())
    }

    async fn open(&self) -> Result<Way<'_>, SendError> {
        match &self.transport.kind {
            TransportKind::Smtp(settings) => smtp::connect(settings).await.map(Box::new).map(Way::Smtp),
            TransportKind::Folder(folder) => Ok(Way::Folder(folder)),
        }
    }

    /// Without a connection every letter waits; the reason is said once.
    async fn put_off(&self, error: SendError, letters: impl Iterator<Item = DueLetter>) -> Result<(), StoreError> {
        warn!(transport = self.transport.name, %error, "cannot send");
        for letter in letters {
            let outcome = self.outcome_of(&letter, error.clone());
            self.end(&letter, outcome, false).await?;
        }
        Ok(())
    }

    async fn send(&self, way: &mut Way<'_>, due: &DueLetter) -> Result<(), StoreError> {
        if due.is_unsure && due.resent >= MOST_RESENT {
            let why = "it may have been delivered: no try ended with an answer".to_owned();
            return self.end(due, Outcome::Failed(why), true).await;
        }
        let bytes = match self.render(way, due) {
            Ok(bytes) => bytes,
            Err(why) => return self.end(due, Outcome::Failed(why), false).await,
        };
        if let Err(error) = way.address(due, bytes.len() as u64).await {
            let outcome = self.outcome_of(due, error);
            return self.end(due, outcome, false).await;
        }
        let unsure = i64::try_from(self.context.settings.retry.unsure.as_secs()).unwrap_or(i64::MAX);
        let unsure_until = self.context.now().plus_seconds(unsure.saturating_mul(1 << due.resent.min(MOST_RESENT)));
        let attempt = Attempt { id: due.id, digest: Digest::of(&bytes), unsure_until };
        if due.is_unsure {
            warn!(letter = %due.id, "sent again: how its last try ended is unknown");
        }
        if !self.context.store.write(move |tx| tx.inflight(&attempt)).await? {
            return Ok(());
        }
        failpoint::reached("outbox.inflight");
        let outcome = match way.carry(due, bytes).await {
            Ok(words) => Outcome::Sent(words),
            Err(error) => self.outcome_of(due, error),
        };
        failpoint::reached("outbox.carried");
        self.end(due, outcome, true).await?;
        failpoint::reached("outbox.ended");
        Ok(())
    }

    /// The letter's bytes: the same at every try, and not more than the server takes.
    fn render(&self, way: &Way<'_>, due: &DueLetter) -> Result<Vec<u8>, String> {
        let bytes = compose::compose(&due.letter).map_err(|error| error.to_string())?;
        if due.digest.is_some_and(|first| first != Digest::of(&bytes)) {
            return Err(format!(
                "this version of maildesk writes it differently than at its first try; \
                 `maildesk outbox retry {}` sends the new form",
                due.id
            ));
        }
        match way.max_size() {
            Some(max) if bytes.len() as u64 > max => {
                Err(format!("it has {} bytes, the server takes at most {max} (SIZE)", bytes.len()))
            }
            _ => Ok(bytes),
        }
    }

    fn outcome_of(&self, due: &DueLetter, error: SendError) -> Outcome {
        match error {
            SendError::Permanent(why) => Outcome::Failed(why),
            SendError::Unsure(why) => Outcome::Unsure(why),
            SendError::Transient(why) => {
                let now = self.context.now();
                let age = Duration::from_secs(u64::try_from(now.seconds_since(due.created_at)).unwrap_or(0));
                match next_gap(self.context.settings.retry, due.attempts, age) {
                    Some(gap) => Outcome::Later(now.plus_seconds(gap.as_secs().try_into().unwrap_or(i64::MAX)), why),
                    None => Outcome::Failed(format!("given up, too old: {why}")),
                }
            }
        }
    }

    /// Writes down how a try ended. A letter that failed for good is an event of its request.
    async fn end(&self, due: &DueLetter, outcome: Outcome, began: bool) -> Result<(), StoreError> {
        let (id, draft, now) = (due.id, &due.letter.draft, self.context.now());
        let (request, to) = (draft.request.as_ref().map(ToString::to_string).unwrap_or_default(), &draft.to);
        match &outcome {
            Outcome::Sent(answer) => info!(letter = %id, request, kind = %draft.kind, %to, answer, "sent"),
            Outcome::Unsure(why) => warn!(letter = %id, request, %to, why, "may have been sent"),
            Outcome::Later(at, why) => warn!(letter = %id, request, %to, why, next = %at, "not sent yet"),
            Outcome::Failed(why) => error!(letter = %id, request, %to, why, "failed (see `maildesk outbox`)"),
        }
        let failed = failure(due, &outcome, now);
        self.context
            .store
            .write(move |tx| {
                tx.end_attempt(id, &outcome, began, now)?;
                if let Some(event) = failed {
                    let request = tx.request(&event.request)?;
                    if let Some(request) = desk::apply(request, &event) {
                        tx.save_request(&request)?;
                    }
                    tx.add_event(&event)?;
                }
                Ok(())
            })
            .await
    }
}

fn failure(due: &DueLetter, outcome: &Outcome, now: Timestamp) -> Option<Event> {
    let Outcome::Failed(why) = outcome else { return None };
    let draft = &due.letter.draft;
    Some(Event {
        request: draft.request.clone()?,
        at: now,
        who: Actor::Maildesk,
        proof: "the outbox".to_owned(),
        received: None,
        change: Change::LetterFailed { letter: due.id, to: draft.to.clone(), why: why.clone() },
    })
}

/// How long a letter waits before its next try: the first gap, doubled with each try; none when it is too old for another.
pub fn next_gap(retry: RetrySettings, attempts: u32, age: Duration) -> Option<Duration> {
    if age >= retry.give_up {
        return None;
    }
    let doubled = retry.first.saturating_mul(2_u32.saturating_pow(attempts.min(20)));
    Some(doubled.min(retry.longest))
}

impl<'a> Way<'a> {
    fn max_size(&self) -> Option<u64> {
        match self {
            Way::Smtp(connection) => connection.max_size(),
            Way::Folder(_) => None,
        }
    }

    /// Names sender and recipient.
    async fn address(&mut self, due: &DueLetter, size: u64) -> Result<(), SendError> {
        let Way::Smtp(connection) = self else { return Ok(()) };
        let draft = &due.letter.draft;
        let from = EmailAddress::parse(&draft.from.address).map_err(|e| SendError::Permanent(e.to_string()))?;
        connection.envelope(&from, &draft.to, size).await
    }

    /// Carries the body; answers the words of the server that took it.
    async fn carry(&mut self, due: &DueLetter, bytes: Vec<u8>) -> Result<String, SendError> {
        match self {
            Way::Smtp(connection) => connection.body(&bytes).await,
            Way::Folder(folder) => {
                let (folder, name) = (folder.to_owned(), format!("{}.eml", due.letter.message_id));
                let written = task::spawn_blocking(move || write_file(&folder, &name, &bytes)).await;
                let written = written.unwrap_or_else(|panic| Err(std::io::Error::other(panic)));
                written.map_err(|error| SendError::Transient(format!("cannot write the letter: {error}")))
            }
        }
    }

    /// What an unclean end leaves of a connection is never used again.
    fn if_usable(self) -> Option<Self> {
        match self {
            Way::Smtp(connection) if !connection.is_usable() => None,
            open => Some(open),
        }
    }
}

fn write_file(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<String> {
    std::fs::create_dir_all(folder)?;
    let (unfinished, path) = (folder.join(format!(".{name}")), folder.join(name));
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.create(true).truncate(true).write(true).mode(0o600).open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, &path)?;
    Ok(format!("written to {}", path.display()))
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
