//! The health of mailboxes, transports, the outbox and the database, as `status` and the metrics show it.

use serde::{Deserialize, Serialize};
use strum::AsRefStr;

use crate::model::{DeskKey, TallyKind, Timestamp};

use super::column::List;
use super::sql::{Row, ToColumn, columns};
use super::{StoreError, Tx, View};

/// The parts of an installation that have a health record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, AsRefStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Monitored {
    /// A mailbox.
    Mailbox,
    /// Flagging or moving the accepted messages of a mailbox.
    Marks,
    /// A transport.
    Transport,
}

/// Where an operator should look after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, AsRefStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FailureCause {
    /// The user name and the password.
    Login,
    /// The access token for the login (OAuth2), or the right to use the mailbox with it.
    Token,
    /// The mail server, or the network between.
    Server,
    /// The address that letters are sent from, or the account's quota.
    Sender,
    /// A folder on this machine.
    Folder,
    /// Our own database, or its disk.
    Database,
}

/// A failure of a mailbox or transport.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// When it failed.
    pub at: Timestamp,
    /// Where to look.
    pub cause: FailureCause,
    /// The error, in one line.
    pub words: String,
    /// When it is tried again; `None` where no process will try.
    pub next: Option<Timestamp>,
}

/// The last success of a mailbox or transport, and its last failure after that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HealthRecord {
    /// When it last worked; `None` where it never has.
    pub worked_at: Option<Timestamp>,
    /// Its last failure since then; `None` while it works.
    pub failure: Option<Failure>,
}

/// How many messages of a mailbox are not filed, by reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MailboxDepth {
    /// The mailbox.
    pub mailbox: String,
    /// Messages that were accepted and are not handled yet.
    pub waiting: u64,
    /// When the oldest waiting message was accepted.
    pub waiting_since: Option<Timestamp>,
    /// Messages in an engineer's name that wait for that engineer's confirmation.
    pub held: u64,
    /// When the oldest held message was accepted.
    pub held_since: Option<Timestamp>,
    /// Messages that were put aside because handling them failed three times.
    pub quarantined: u64,
    /// Messages that their server lists but does not deliver.
    pub unfetchable: u64,
    /// How many of these were given up lately, that is since the time asked for.
    pub unfetchable_lately: u64,
}

/// How many letters of some desks are not sent, by state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OutboxDepth {
    /// Letters that are to be tried, now or later.
    pub due: u64,
    /// Letters whose body is on its way, or of which it is not known whether the server took them.
    pub inflight: u64,
    /// Letters that are not tried again.
    pub failed: u64,
    /// How many of these failed lately, that is since the time asked for.
    pub failed_lately: u64,
    /// How often a letter has failed for good, ever: a letter that is sent again and fails again counts twice.
    pub failures_ever: u64,
    /// When the oldest of the letters that are due by now was written; `None` where none is due.
    pub waiting_since: Option<Timestamp>,
}

/// What the caps have kept back of acknowledgements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct KeptBack {
    /// Those that wait until their cap has room.
    pub waiting: u64,
    /// Those that were cancelled in the last 24 hours.
    pub withheld_day: u64,
}

/// Engineers' messages of which nothing was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UnsentDepth {
    /// Those that wait for their engineer's yes or no.
    pub waiting: u64,
    /// When the engineer of the oldest was told.
    pub waiting_since: Option<Timestamp>,
    /// Those of the last 24 hours that were only listed to their engineer, as a cap on explanations is reached.
    pub unexplained_day: u64,
    /// Those of the last 24 hours in an engineer's name that were not asked about, as a cap on questions is reached.
    pub unasked_day: u64,
}

/// The size of the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Size {
    /// Bytes of the whole file.
    pub bytes: u64,
    /// Bytes of its free pages, which are used again.
    pub free: u64,
}

/// Counters over the whole life of the installation; they never go down, as erasing does not change them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ever {
    /// Messages that were seen in mailboxes, also those from before the start mark.
    pub received: u64,
    /// Letters that were written.
    #[serde(rename = "emails")]
    pub letters: u64,
}

impl Tx<'_> {
    /// Raises a counter of [`View::ever`].
    pub(super) fn count(&self, what: &str, more: usize) -> Result<(), StoreError> {
        self.run("counting everything", "UPDATE counter SET value = value + ?2 WHERE name = ?1", &[&what, &more])
            .map(|_| ())
    }

    /// Records that a mailbox or transport works; its failure is cleared.
    pub fn works(&self, part: Monitored, name: &str, now: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO health (part, name, worked_at) VALUES (?1, ?2, ?3) ON CONFLICT (part, name) DO UPDATE
          SET worked_at = excluded.worked_at, failed_at = NULL, suspect = NULL, error = '', next_at = NULL";
        self.run("noting that something works", sql, &[&part, &name, &now]).map(|_| ())
    }

    /// Records that a mailbox or transport has failed.
    pub fn fails(&self, part: Monitored, name: &str, failure: &Failure) -> Result<(), StoreError> {
        let Failure { at, cause, words, next } = failure;
        let sql = "INSERT INTO health (part, name, failed_at, suspect, error, next_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
          ON CONFLICT (part, name) DO UPDATE SET failed_at = excluded.failed_at, suspect = excluded.suspect,
            error = excluded.error, next_at = excluded.next_at";
        let values: [&dyn ToColumn; 6] = [&part, &name, at, cause, words, next];
        self.run("noting that something fails", sql, &values).map(|_| ())
    }
}

impl View<'_> {
    /// The last success and failure of a mailbox or transport; both `None` before its first use.
    pub fn health_record(&self, part: Monitored, name: &str) -> Result<HealthRecord, StoreError> {
        let sql = "SELECT worked_at, failed_at, suspect, error, next_at FROM health WHERE part = ?1 AND name = ?2";
        let row = |r: &Row<'_>| {
            let (failed_at, cause): (Option<Timestamp>, Option<FailureCause>) = (r.get(1)?, r.get(2)?);
            let (words, next) = (r.get(3)?, r.get(4)?);
            let failure = failed_at.zip(cause).map(|(at, cause)| Failure { at, cause, words, next });
            Ok(HealthRecord { worked_at: r.get(0)?, failure })
        };
        self.optional("reading a condition", sql, &[&part, &name], row).map(Option::unwrap_or_default)
    }

    /// The messages that are not filed, by mailbox, also of mailboxes that are no longer configured; a mailbox with nothing
    /// unfiled is left out. `since` is the beginning of "lately".
    pub fn mailbox_depths(&self, since: Timestamp) -> Result<Vec<MailboxDepth>, StoreError> {
        let held = "state = 'handled' AND disposition = 'held' AND settled IS NULL";
        let sql = format!(
            "SELECT mailbox, count(*) FILTER (WHERE state = 'accepted'), min(accepted_at) FILTER (WHERE state = 'accepted'),
               count(*) FILTER (WHERE {held}), min(accepted_at) FILTER (WHERE {held}),
               count(*) FILTER (WHERE state = 'quarantined'), count(*) FILTER (WHERE state = 'unfetchable'),
               count(*) FILTER (WHERE state = 'unfetchable' AND accepted_at >= ?1)
             FROM received WHERE state IN ('accepted', 'quarantined', 'unfetchable') OR disposition = 'held'
             GROUP BY mailbox ORDER BY mailbox"
        );
        let row = |r: &Row<'_>| {
            columns!(r => MailboxDepth {
                mailbox, waiting, waiting_since, held, held_since, quarantined, unfetchable,
                unfetchable_lately
            })
        };
        self.all("counting messages", &sql, &[&since], row)
    }

    /// The unsent letters of these desks; `since` is the beginning of "lately".
    pub fn outbox_depth(&self, desks: &[DeskKey], now: Timestamp, since: Timestamp) -> Result<OutboxDepth, StoreError> {
        let sql = "SELECT coalesce(sum(n) FILTER (WHERE state = 'due'), 0), coalesce(sum(n) FILTER (WHERE state = 'inflight'), 0),
            coalesce(sum(n) FILTER (WHERE state = 'failed'), 0)
          FROM letter_count WHERE desk IN (LIST ?1)";
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?, r.get(2)?));
        let (due, inflight, failed) = self.one("counting letters", sql, &[&List(desks)], row)?;
        // Left to itself, the engine reads all letters in the order of writing.
        let sql = "SELECT min(created_at) FROM letter INDEXED BY letter_due
          WHERE state IN ('due', 'inflight') AND desk IN (LIST ?1) AND (due_at <= ?2 OR attempts > 0 OR answer <> '')";
        let waiting_since =
            self.one("looking for the oldest waiting letter", sql, &[&List(desks), &now], |r| r.get(0))?;
        let sql = "SELECT count(*) FROM letter WHERE state = 'failed' AND desk IN (LIST ?1) AND ended_at >= ?2";
        let failed_lately = self.one("counting letters", sql, &[&List(desks), &since], |r| r.get(0))?;
        let sql = "SELECT coalesce(sum(n), 0) FROM letter_failures WHERE desk IN (LIST ?1)";
        let failures_ever = self.one("counting failures", sql, &[&List(desks)], |r| r.get(0))?;
        Ok(OutboxDepth { due, inflight, failed, failures_ever, failed_lately, waiting_since })
    }

    /// What the caps have kept back of acknowledgements.
    pub fn kept_back(&self, now: Timestamp) -> Result<KeptBack, StoreError> {
        let sql = "SELECT count(*) FROM letter WHERE state IN ('due', 'inflight') AND state = 'due' AND kind = 'acknowledgement' AND attempts = 0
            AND answer = '' AND due_at > ?1";
        let waiting = self.one("counting acknowledgements that wait", sql, &[&now], |r| r.get(0))?;
        Ok(KeptBack { waiting, withheld_day: self.counted_day(TallyKind::Withheld, now)?.into() })
    }

    /// Engineers' messages of which nothing was sent.
    pub fn unsent_depth(&self, now: Timestamp) -> Result<UnsentDepth, StoreError> {
        let sql = "SELECT count(*), min(at) FROM unsent";
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?));
        let (waiting, waiting_since) = self.one("counting what waits for an answer", sql, &[], row)?;
        Ok(UnsentDepth {
            waiting,
            waiting_since,
            unexplained_day: self.counted_day(TallyKind::Unexplained, now)?.into(),
            unasked_day: self.counted_day(TallyKind::Unasked, now)?.into(),
        })
    }

    /// The counters over the whole life of the installation.
    pub fn ever(&self) -> Result<Ever, StoreError> {
        let sql = "SELECT value FROM counter WHERE name = ?1";
        let counted = |name: &str| self.one("counting everything", sql, &[&name], |r| r.get(0));
        Ok(Ever { received: counted("received")?, letters: counted("letter")? })
    }

    /// How large the database is.
    pub fn size(&self) -> Result<Size, StoreError> {
        self.connection.size()
    }

    /// Checks the file, and returns what is wrong with it; empty where it is sound. Reads all of it.
    pub fn file_damage(&self) -> Result<Vec<String>, StoreError> {
        self.connection.damage()
    }
}
