//! How mailboxes, transports, the outbox and the database fare: what an operator asks first.

use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};

use crate::model::{DeskKey, Timestamp};

use super::column::{Json, Word};
use super::error::During;
use super::{StoreError, Tx, View};

/// What has a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Monitored {
    /// A mailbox.
    Mailbox,
    /// A transport.
    Transport,
}

/// What an operator should look at after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCause {
    /// The name and the password.
    Login,
    /// The server, or the way there.
    Server,
    /// The folder on this machine.
    Folder,
    /// Our own database, or its disk.
    Database,
}

/// How something failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// When.
    pub at: Timestamp,
    /// What to look at.
    pub cause: FailureCause,
    /// The error, in one line.
    pub words: String,
    /// When it is tried again; none where nobody stays to try.
    pub next: Option<Timestamp>,
}

/// How a mailbox or transport fares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HealthRecord {
    /// When it last worked.
    pub worked_at: Option<Timestamp>,
    /// How it has failed since.
    pub failure: Option<Failure>,
}

/// What of a mailbox's mail is not filed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MailboxDepth {
    /// The mailbox.
    pub mailbox: String,
    /// Messages accepted and not handled.
    pub waiting: u64,
    /// When the oldest of these was accepted.
    pub waiting_since: Option<Timestamp>,
    /// Messages in an engineer's name that nobody has confirmed.
    pub held: u64,
    /// When the oldest of these was accepted.
    pub held_since: Option<Timestamp>,
    /// Messages that broke us and are put aside.
    pub quarantined: u64,
    /// Messages that their server lists and does not deliver.
    pub unfetchable: u64,
    /// Those of them that were given up lately.
    pub unfetchable_lately: u64,
}

/// What of some desks' letters is not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OutboxDepth {
    /// Letters that are to be tried, now or later.
    pub due: u64,
    /// Letters on their way, or whose delivery is unknown.
    pub inflight: u64,
    /// Letters that failed for good.
    pub failed: u64,
    /// Those of them that failed lately.
    pub failed_lately: u64,
    /// When the letter was written that has waited longest of those that could have gone by now.
    pub waiting_since: Option<Timestamp>,
}

/// How large the database is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Size {
    /// Bytes in all.
    pub bytes: u64,
    /// Bytes of these that are free for use again.
    pub free: u64,
}

/// How much there ever was; never less than before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ever {
    /// Messages that were seen in mailboxes, also those from before the start mark.
    pub received: u64,
    /// Letters that were written.
    pub letters: u64,
}

impl Tx<'_> {
    /// Notes that a mailbox or transport works.
    pub fn works(&self, part: Monitored, name: &str, now: Timestamp) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO condition (part, name, worked_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (part, name) DO UPDATE
                 SET worked_at = excluded.worked_at, failed_at = NULL, suspect = NULL, words = '', next_at = NULL",
            )
            .and_then(|mut update| update.execute(params![Word(part), name, now.unix()]))
            .during("noting that something works")
            .map(|_| ())
    }

    /// Notes that a mailbox or transport has failed.
    pub fn fails(&self, part: Monitored, name: &str, failure: &Failure) -> Result<(), StoreError> {
        let next = failure.next.map(Timestamp::unix);
        self.connection
            .prepare_cached(
                "INSERT INTO condition (part, name, failed_at, suspect, words, next_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (part, name) DO UPDATE
                 SET failed_at = excluded.failed_at, suspect = excluded.suspect, words = excluded.words,
                   next_at = excluded.next_at",
            )
            .and_then(|mut update| {
                update.execute(params![Word(part), name, failure.at.unix(), Word(failure.cause), failure.words, next])
            })
            .during("noting that something fails")
            .map(|_| ())
    }
}

impl View<'_> {
    /// How a mailbox or transport fares; nothing is known of it before its first use.
    pub fn health_record(&self, part: Monitored, name: &str) -> Result<HealthRecord, StoreError> {
        let row = |r: &Row<'_>| {
            let failed_at: Option<i64> = r.get(1)?;
            let cause: Option<Word<FailureCause>> = r.get(2)?;
            let (words, next): (String, Option<i64>) = (r.get(3)?, r.get(4)?);
            let failure = failed_at.zip(cause).map(|(at, cause)| Failure {
                at: Timestamp::from_unix(at),
                cause: cause.0,
                words,
                next: next.map(Timestamp::from_unix),
            });
            Ok(HealthRecord { worked_at: r.get::<_, Option<i64>>(0)?.map(Timestamp::from_unix), failure })
        };
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT worked_at, failed_at, suspect, words, next_at FROM condition WHERE part = ?1 AND name = ?2",
            )
            .during("reading a condition")?;
        let mut rows = query.query_map(params![Word(part), name], row).during("reading a condition")?;
        rows.next().transpose().during("reading a condition").map(Option::unwrap_or_default)
    }

    /// What of every mailbox's mail is not filed, also of mailboxes that are no longer configured; none where all of it is.
    /// Lately is since this time.
    pub fn mailbox_depths(&self, since: Timestamp) -> Result<Vec<MailboxDepth>, StoreError> {
        let held = "state = 'handled' AND disposition = 'held' AND confirmed IS NULL";
        let mut query = self
            .connection
            .prepare_cached(&format!(
                "SELECT mailbox, count(*) FILTER (WHERE state = 'accepted'), min(accepted_at) FILTER (WHERE state = 'accepted'),
                   count(*) FILTER (WHERE {held}), min(accepted_at) FILTER (WHERE {held}),
                   count(*) FILTER (WHERE state = 'quarantined'), count(*) FILTER (WHERE state = 'unfetchable'),
                   count(*) FILTER (WHERE state = 'unfetchable' AND accepted_at >= ?1)
                 FROM received WHERE state IN ('accepted', 'quarantined', 'unfetchable') OR disposition = 'held'
                 GROUP BY mailbox ORDER BY mailbox"
            ))
            .during("counting messages")?;
        let row = |r: &Row<'_>| {
            Ok(MailboxDepth {
                mailbox: r.get(0)?,
                waiting: number(r, 1)?,
                waiting_since: time(r, 2)?,
                held: number(r, 3)?,
                held_since: time(r, 4)?,
                quarantined: number(r, 5)?,
                unfetchable: number(r, 6)?,
                unfetchable_lately: number(r, 7)?,
            })
        };
        query.query_map([since.unix()], row).and_then(Iterator::collect).during("counting messages")
    }

    /// What of these desks' letters is not sent; lately is since this time.
    pub fn outbox_depth(&self, desks: &[DeskKey], now: Timestamp, since: Timestamp) -> Result<OutboxDepth, StoreError> {
        let waiting = self
            .connection
            .prepare_cached(
                "SELECT count(*) FILTER (WHERE state = 'due'), count(*) FILTER (WHERE state = 'inflight'),
                   min(created_at) FILTER (WHERE due_at <= ?2 OR attempts > 0 OR answer <> '')
                 FROM letter WHERE state IN ('due', 'inflight') AND desk IN (SELECT value FROM json_each(?1))",
            )
            .and_then(|mut query| {
                query.query_row(params![Json(desks), now.unix()], |r| Ok((number(r, 0)?, number(r, 1)?, time(r, 2)?)))
            });
        let (due, inflight, waiting_since) = waiting.during("counting letters")?;
        let failed = self
            .connection
            .prepare_cached(
                "SELECT count(*), count(*) FILTER (WHERE ended_at >= ?2)
                 FROM letter WHERE state = 'failed' AND desk IN (SELECT value FROM json_each(?1))",
            )
            .and_then(|mut query| {
                query.query_row(params![Json(desks), since.unix()], |r| Ok((number(r, 0)?, number(r, 1)?)))
            });
        let (failed, failed_lately) = failed.during("counting letters")?;
        Ok(OutboxDepth { due, inflight, failed, failed_lately, waiting_since })
    }

    /// How much there ever was: the ids of rows are counted up and never given again.
    pub fn ever(&self) -> Result<Ever, StoreError> {
        let last = |table: &str| {
            self.connection
                .query_row("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?1", [table], |r| {
                    number(r, 0)
                })
                .during("counting everything")
        };
        Ok(Ever { received: last("received")?, letters: last("letter")? })
    }

    /// How large the database is.
    pub fn size(&self) -> Result<Size, StoreError> {
        let pragma = |name: &str| {
            self.connection
                .query_row(&format!("PRAGMA {name}"), [], |r| r.get::<_, i64>(0))
                .during("measuring the database")
                .map(i64::unsigned_abs)
        };
        let page = pragma("page_size")?;
        Ok(Size { bytes: page * pragma("page_count")?, free: page * pragma("freelist_count")? })
    }

    /// What SQLite finds wrong with the file; nothing where it is sound. Reads all of it.
    pub fn quick_check(&self) -> Result<Vec<String>, StoreError> {
        let mut query = self.connection.prepare("PRAGMA quick_check(20)").during("checking the database")?;
        let found: Vec<String> =
            query.query_map([], |r| r.get(0)).and_then(Iterator::collect).during("checking the database")?;
        Ok(found.into_iter().filter(|line| line != "ok").collect())
    }
}

fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column).map(|at| at.map(Timestamp::from_unix))
}
