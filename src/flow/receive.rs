//! Reads a mailbox: lists it, accepts what the ledger lacks, and only then marks messages on the server.

mod place;

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use tracing::{info, warn};

use crate::failpoint;
use crate::model::settings::{After, MailboxSettings, OlderMail, Start};
use crate::model::{Timestamp, Uid};
use crate::source::{Described, FolderListing, Source, SourceError};
use crate::store::{FailureCause, Monitored, StoreError, Tx, Unfetched};

use super::Context;
use super::accept::{MailboxFolder, ReceiveError, accept_all};
use super::generation;
use super::health_record::HealthRecorder;
use super::misses::Misses;

/// How many messages one command marks.
const BATCH_MARKS: usize = 200;
/// How long to wait for a server's notice of new mail (IDLE, RFC 2177) before asking anew, so that a dead connection is
/// noticed.
pub(super) const IDLE_RENEWAL: Duration = Duration::from_secs(5 * 60);
/// A full list is read at least this often, whatever the server's counters say.
const FULL_LOOK: Duration = Duration::from_secs(60 * 60);
/// How many messages are compared with the ledger at a time.
const COMPARED_AT_ONCE: usize = 10_000;

/// What a look at a mailbox brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// How many messages were accepted.
    pub accepted: u64,
    /// How many messages were newly recorded as from before the start mark.
    pub older: u64,
}

/// Reads one mailbox.
pub struct Receiver {
    context: Context,
    mailbox: MailboxSettings,
    source: Option<Source>,
    /// When a full list was last read and nothing of it was left over; `None` before that.
    complete: Option<Instant>,
    /// UIDVALIDITY and the highest UID at the last look; `None` before it.
    highest: Option<(u32, u32)>,
    misses: Misses,
    noted: HealthRecorder,
    marks: HealthRecorder,
}

impl Receiver {
    /// A receiver that is not connected yet.
    pub fn new(context: Context, mailbox: MailboxSettings) -> Self {
        let noted = HealthRecorder::new(context.clone(), Monitored::Mailbox, mailbox.name.clone());
        let marks = HealthRecorder::new(context.clone(), Monitored::Marks, mailbox.name.clone());
        Self { context, mailbox, source: None, complete: None, highest: None, misses: Misses::default(), noted, marks }
    }

    /// The mailbox's name.
    pub fn name(&self) -> &str {
        &self.mailbox.name
    }

    /// Looks once: connects where needed, accepts everything that the ledger lacks, and marks what is accepted.
    ///
    /// After an error the connection is closed; what was accepted stays accepted, and the next look takes the rest.
    pub async fn look(&mut self) -> Result<Received, ReceiveError> {
        let result = self.look_once().await;
        match result {
            Ok(_) => {
                self.context.unread.remove(&self.mailbox.name);
                self.noted.works().await;
            }
            Err(_) => self.context.unread.add(&self.mailbox.name),
        }
        result
    }

    /// Waits until the mailbox may have changed: until the server says so, or for the polling interval.
    pub async fn wait(&mut self) -> Result<(), ReceiveError> {
        let Some(mut source) = self.source.take() else { return Ok(()) };
        let longest = self.misses.next().map_or(IDLE_RENEWAL.max(self.mailbox.poll), |at| self.until(at));
        let waited = self.context.heartbeat.waiting(source.wait(self.mailbox.poll, longest)).await;
        if waited.is_err() {
            self.context.unread.add(&self.mailbox.name);
        }
        waited?;
        self.source = Some(source);
        Ok(())
    }

    /// How long it is until then, at least a second.
    fn until(&self, at: Timestamp) -> Duration {
        Duration::from_secs(at.seconds_since(self.context.now()).max(1).unsigned_abs())
    }

    /// Records for `status` that the mailbox cannot be read, and after which pause it is tried again.
    pub async fn note_failure(&mut self, error: &ReceiveError, pause: Option<Duration>) {
        let cause = match error {
            ReceiveError::Store(_) => FailureCause::Database,
            ReceiveError::Source(error) if error.is_login_refused() && self.mailbox.source.has_token() => {
                FailureCause::Token
            }
            ReceiveError::Source(error) if error.is_login_refused() => FailureCause::Login,
            ReceiveError::Source(SourceError::Folder { .. }) => FailureCause::Folder,
            ReceiveError::Source(_) => FailureCause::Server,
        };
        self.noted.fails(cause, error.to_string(), pause).await;
    }

    /// Closes the connection politely.
    pub async fn close(mut self) {
        if let Some(source) = self.source.take() {
            source.close().await;
        }
    }

    async fn look_once(&mut self) -> Result<Received, ReceiveError> {
        let mut source = match self.source.take() {
            Some(source) => source,
            None => {
                self.complete = None;
                self.context.heartbeat.waiting(Source::connect(&self.mailbox.source)).await?
            }
        };
        let result = self.look_at(&mut source).await;
        self.save_misses().await?;
        let received = result?;
        self.source = Some(source);
        Ok(received)
    }

    async fn look_at(&mut self, source: &mut Source) -> Result<Received, ReceiveError> {
        let is_due = self.misses.next().is_some_and(|at| at <= self.context.now());
        let full = is_due || self.complete.is_none_or(|at| at.elapsed() > FULL_LOOK);
        let looking = async {
            match self.highest.filter(|_| !full) {
                Some((validity, highest)) => {
                    source.look_from(validity, highest.saturating_sub(generation::COMPARED).max(1)).await
                }
                None => source.look(full).await,
            }
        };
        let Some(look) = self.context.heartbeat.waiting(looking).await? else {
            return Ok(Received::default());
        };
        self.complete = None;
        self.note_place(source, &look).await?;
        self.note_generation(source, &look).await?;
        let (mut wanted, mut older) = (Vec::new(), Vec::new());
        let looked_at = self.looked_at(look.validity).await?;
        for part in look.uids.chunks(COMPARED_AT_ONCE) {
            let (before, new) = self.part_older(source, look.validity, part, looked_at).await?;
            older.extend(before);
            wanted.extend(new);
        }
        let older = self.note_look(look.validity, looked_at, older).await?;
        let origin = MailboxFolder::read(&self.mailbox, look.validity);
        let (folder, FolderListing { validity, uids, .. }) = (origin.folder.clone(), look);
        self.highest = uids.iter().filter_map(Uid::number).max().map(|highest| (validity, highest)).or(self.highest);
        let listed = self
            .context
            .store
            .ask(move |view| Ok((view.misses(&folder, validity)?, view.to_file_silently(&folder, validity, &uids)?)));
        let (misses, silent) = listed.await?;
        wanted.extend(silent);
        self.misses = Misses::of(validity, misses, &wanted);
        let now = self.context.now();
        wanted.retain(|uid| self.misses.is_due(uid, now));
        let described = self.context.heartbeat.waiting(source.describe(&wanted)).await?;
        let came: HashSet<&Uid> = described.iter().map(|d| &d.uid).collect();
        wanted.iter().filter(|uid| !came.contains(uid)).for_each(|uid| self.misses.note_absent(uid, now));
        let accepted = accept_all(&self.context, &origin, source, &described, &mut self.misses).await?;
        self.mark(source, validity).await?;
        self.complete = Some(Instant::now());
        Ok(Received { accepted, older })
    }

    async fn looked_at(&self, validity: u32) -> Result<Option<(Timestamp, u32)>, StoreError> {
        let folder = MailboxFolder::read(&self.mailbox, validity).folder;
        self.context.store.ask(move |view| view.looked_at(&folder)).await
    }

    /// Records the messages from before the start mark and, in the same transaction, a look that is the first one or brings a new
    /// UIDVALIDITY. Returns how many messages are older.
    async fn note_look(
        &self,
        validity: u32,
        looked_at: Option<(Timestamp, u32)>,
        older: Vec<Described>,
    ) -> Result<u64, StoreError> {
        let (count, is_known) = (older.len() as u64, looked_at.is_some_and(|(_, known)| known == validity));
        if count == 0 && is_known {
            return Ok(0);
        }
        let older: Vec<_> = older.into_iter().map(|d| Unfetched::of(d.uid, Some(d.size), d.received_at)).collect();
        let (now, file) = (self.context.now(), self.mailbox.older == OlderMail::File);
        let folder = MailboxFolder::read(&self.mailbox, validity).folder;
        self.context.store.write(move |tx| tx.begin_look(&folder, validity, &older, file, now)).await?;
        if count > 0 {
            info!(
                mailbox = self.mailbox.name,
                messages = count,
                "messages from before the start mark are recorded, and never acknowledged"
            );
        }
        Ok(count)
    }

    /// Divides what the ledger lacks of these messages into older and new mail.
    async fn part_older(
        &self,
        source: &mut Source,
        validity: u32,
        uids: &[Uid],
        looked_at: Option<(Timestamp, u32)>,
    ) -> Result<(Vec<Described>, Vec<Uid>), ReceiveError> {
        let (folder, listed) = (MailboxFolder::read(&self.mailbox, validity).folder, uids.to_vec());
        let unknown = self.context.store.ask(move |view| view.unknown(&folder, validity, &listed)).await?;
        let mark = older_mail(self.mailbox.start, looked_at, validity);
        if mark == OlderThan::Nothing || unknown.is_empty() {
            return Ok((Vec::new(), unknown));
        }
        let described = self.context.heartbeat.waiting(source.describe(&unknown)).await?;
        let is_renumbered = looked_at.is_some_and(|(_, known)| known != validity);
        let written = if is_renumbered { self.written(source, &unknown).await? } else { HashMap::new() };
        let is_older = |d: &Described| match mark {
            OlderThan::Before(mark) => {
                [d.received_at, written.get(&d.uid).copied()].into_iter().flatten().any(|at| at < mark)
            }
            OlderThan::Everything => true,
            OlderThan::Nothing => false,
        };
        let (older, new): (Vec<_>, Vec<_>) = described.into_iter().partition(is_older);
        Ok((older, new.into_iter().map(|d| d.uid).collect()))
    }

    /// Records which messages were asked for in vain, and those that their server never delivers, so that they hold up nothing
    /// and `status` shows them.
    async fn save_misses(&mut self) -> Result<(), StoreError> {
        let lost = self.misses.take_lost();
        if lost.is_empty() && self.misses.are_stored() {
            return Ok(());
        }
        let (validity, misses) = self.misses.to_store();
        for uid in &lost {
            let (mailbox, desk) = (&self.mailbox.name, self.mailbox.desk.as_str());
            warn!(mailbox, desk, %uid, disposition = %"unfetchable", "the server lists a message but does not deliver it");
        }
        let (folder, now) = (MailboxFolder::read(&self.mailbox, validity).folder, self.context.now());
        let why = "the server lists it but does not deliver it";
        let saved = self.context.store.write(move |tx| {
            tx.give_up_fetching(&folder, validity, &lost, why, now)?;
            tx.set_misses(&folder, validity, &misses)
        });
        saved.await?;
        self.misses.note_stored();
        Ok(())
    }

    /// Moves or flags accepted messages on the server. A server that refuses stops nothing: the ledger knows what was accepted,
    /// and `status` tells of it.
    async fn mark(&mut self, source: &mut Source, validity: u32) -> Result<(), ReceiveError> {
        // A message in the folder that mail is moved to was handled by whoever moved it; until a restore is accepted, that must
        // not be us.
        let store = &self.context.store;
        if self.mailbox.after == After::Leave || store.ask(|view| view.pending_epoch()).await?.is_some() {
            return Ok(());
        }
        let folder = MailboxFolder::read(&self.mailbox, validity).folder;
        let asked = folder.clone();
        let unmarked = store.ask(move |view| view.unmarked(&asked, validity)).await?;
        for batch in unmarked.chunks(BATCH_MARKS) {
            let uids: Vec<Uid> = batch.iter().map(|(uid, _)| uid.clone()).collect();
            let before = batch.iter().filter(|(_, copied)| *copied).map(|(uid, _)| uid.clone()).collect();
            let mut copied = Vec::new();
            let marking = source.mark(&uids, &self.mailbox.after, &before, |uids| copied.extend_from_slice(uids));
            let marked = self.context.heartbeat.waiting(marking).await;
            let is_marked = marked.is_ok();
            if is_marked {
                failpoint::reached("receive.marked");
            }
            let folder = folder.clone();
            let noting = move |tx: &Tx<'_>| {
                if is_marked { tx.marked(&folder, validity, &uids) } else { tx.copied(&folder, validity, &copied) }
            };
            self.context.store.write(noting).await?;
            match marked {
                Ok(()) => self.marks.works().await,
                Err(error) if error.leaves_connection_usable() => {
                    warn!(mailbox = self.mailbox.name, error = error.to_string(), "cannot mark accepted messages");
                    self.marks.fails(FailureCause::Server, error.to_string(), None).await;
                    return Ok(());
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// Which of the messages that the ledger lacks are from before the start mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OlderThan {
    Everything,
    Nothing,
    /// Messages that arrived before this time.
    Before(Timestamp),
}

/// With `start = "now"`, mail that is there at the first look is older. Later looks go by arrival only where the server has
/// given all messages new UIDs: a message that somebody drags back into the folder keeps its old date, and is new to us.
fn older_mail(start: Start, looked_at: Option<(Timestamp, u32)>, validity: u32) -> OlderThan {
    match (start, looked_at) {
        (Start::All, _) => OlderThan::Nothing,
        (Start::At(mark), _) => OlderThan::Before(mark),
        (Start::Now, None) => OlderThan::Everything,
        (Start::Now, Some((first_look, known))) if known != validity => OlderThan::Before(first_look),
        (Start::Now, Some(_)) => OlderThan::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older() {
        let (mark, first) = (Timestamp::from_unix(50), Timestamp::from_unix(100));
        for (start, looked_at, older) in [
            (Start::All, None, OlderThan::Nothing),
            (Start::All, Some((first, 7)), OlderThan::Nothing),
            (Start::At(mark), None, OlderThan::Before(mark)),
            (Start::At(mark), Some((first, 8)), OlderThan::Before(mark)),
            (Start::Now, None, OlderThan::Everything),
            (Start::Now, Some((first, 8)), OlderThan::Nothing),
            (Start::Now, Some((first, 7)), OlderThan::Before(first)),
        ] {
            assert_eq!(older_mail(start, looked_at, 8), older, "{start:?} {looked_at:?}");
        }
    }
}
