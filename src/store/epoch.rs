//! Copies of the database (`backup`), and what happens when one replaces a lost original (`restore`): a new *epoch* begins.
//! What happened between the copy and the loss is known from the mail servers only.

use std::fs::File;
use std::path::Path;

use serde::Serialize;

use crate::model::{DeskKey, ReceivedId, RequestNumber, Timestamp};

use super::engine::Connection;
use super::sql::Row;
use super::{Reader, StoreError, Tx, View, schema};

/// How far ids of rows jump in a new epoch: further than the original can have come after the copy, so that no id which it gave
/// gets a second meaning.
const LEAP: i64 = 1_000_000;

/// How far the sequence numbers of a request's letters jump, for the same reason.
const LETTERS_LEAP: i64 = 1_000;

/// 2026-01-01 in Unix seconds, from which counters of a new epoch are derived. The same copy may be brought into use twice, and
/// nothing in it tells of the first time: so counters continue behind a mark that moves with the clock, faster than anything is
/// counted.
const MARK: i64 = 1_767_225_600;

/// How many ids the mark moves by in a second; and how many seconds it takes to move by one sequence number of a letter or one
/// personal address.
const IDS_A_SECOND: i64 = 1_000;
const SECONDS_A_PLACE: i64 = 10;

/// A period of the installation that began when a copy was brought into use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Epoch {
    /// Its serial number, from 1.
    pub serial: u32,
    /// When the copy was made. Where that copy held a restore that was never accepted: when the copy of that one was made.
    pub copied_at: Timestamp,
    /// When it was brought into use.
    pub restored_at: Timestamp,
    /// The end of the original: it is taken to have answered everything until then. `None` until the operator accepts the
    /// restore.
    pub lost_at: Option<Timestamp>,
}

impl Epoch {
    /// Whether the restore waits to be accepted by the operator; until then nothing is filed or sent.
    pub fn is_pending(&self) -> bool {
        self.lost_at.is_none()
    }
}

/// A range of request numbers that a lost installation may have given. They are not given again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The desk that the numbers are of.
    pub desk: DeskKey,
    /// The first number.
    pub first: u32,
    /// The last number, which belongs to the range.
    pub last: u32,
}

/// What the operator accepts when work goes on after a restore.
#[derive(Clone, Debug, Default)]
pub struct Accepting {
    /// Messages whose request gets the number that the original gave it.
    pub numbers: Vec<(ReceivedId, u32)>,
    /// Messages that another mailbox has moved to the same folder; they have no effect in the mailbox where they were found.
    pub elsewhere: Vec<ReceivedId>,
    /// Number ranges that are left out.
    pub gaps: Vec<Gap>,
    /// The end of the original: it is taken to have answered everything until then.
    pub lost_at: Timestamp,
}

impl Reader {
    /// Makes a copy of the database while it is in use, without its free pages; at `path` there must be no file, or an empty
    /// one. The copy is checked, synced to the disk, and marked as a copy, so that it is not used as the original by mistake. A
    /// database of an older version is copied without being migrated, so that the older program can use it.
    pub fn copy_to(&self, path: &Path, now: Timestamp) -> Result<(), StoreError> {
        let name = path.to_str().ok_or_else(|| StoreError::Library("the copy's name is not UTF-8".to_owned()))?;
        self.connection.copy_to(name)?;
        let copy = Connection::open(path)?;
        copy.drop_journal()?;
        if schema::check_current(&copy).is_ok() {
            copy.run("marking the copy", "INSERT INTO epoch (copied_at) VALUES (?1)", &[&now])?;
        }
        refuse_damaged(&copy)?;
        copy.close()?;
        File::open(path)
            .and_then(|file| file.sync_all())
            .map_err(|error| StoreError::Library(format!("the copy does not reach the disk: {error}")))
    }
}

/// Turns a copy into the database in use, in place: begins a new epoch, whose ids were never given before. No other process may
/// have the file open. A file that was copied by other means will do; the time of its last event then counts as the time of the
/// copy.
pub fn begin_epoch(path: &Path, new_keys: bool, now: Timestamp) -> Result<Epoch, StoreError> {
    let doing = "beginning an epoch";
    let connection = Connection::open(path)?;
    if !schema::is_made(&connection)? {
        return Err(StoreError::Foreign);
    }
    schema::check_version(&connection)?;
    refuse_damaged(&connection)?;
    schema::migrate(&connection)?;
    connection.begin(doing)?;
    let last = "SELECT max(at) FROM (SELECT max(at) AS at FROM event UNION ALL SELECT max(accepted_at) FROM received)";
    let last: Option<Timestamp> = connection.one(doing, last, &[], |r| r.get(0))?;
    let is_marked = connection.exists(doing, "SELECT 1 FROM epoch WHERE restored_at IS NULL", &[])?;
    if !is_marked {
        let copied_at = last.unwrap_or(Timestamp::from_unix(0));
        connection.run(doing, "INSERT INTO epoch (copied_at) VALUES (?1)", &[&copied_at])?;
    }
    let sql =
        "UPDATE epoch SET restored_at = ?1, copied_at = (SELECT min(copied_at) FROM epoch WHERE accepted_at IS NULL)
      WHERE restored_at IS NULL";
    connection.run(doing, sql, &[&now])?;
    connection.run(doing, "UPDATE process SET clean = 1", &[])?;
    if new_keys {
        connection.run(doing, "UPDATE process SET instance = NULL, fingerprints = NULL", &[])?;
    }
    connection.run(doing, "DELETE FROM health", &[])?;
    let place = (now.unix() - MARK) / SECONDS_A_PLACE;
    let sql = "UPDATE request SET letters = CASE WHEN letters + ?1 > ?2 THEN letters + ?1 ELSE ?2 END";
    connection.run(doing, sql, &[&LETTERS_LEAP, &place])?;
    let ids = (now.unix() - MARK) * IDS_A_SECOND;
    for (table, mark) in [("received", ids), ("letter", ids), ("personal_address", place)] {
        let leapt = (connection.last_id(table)? / LEAP + 1) * LEAP;
        connection.raise_ids(table, leapt.max(mark))?;
    }
    let epoch = View { connection: &connection }.epoch()?;
    let epoch = epoch.ok_or_else(|| StoreError::Unexpected("the epoch has not begun".to_owned()))?;
    connection.commit(doing)?;
    connection.close()?;
    Ok(epoch)
}

fn refuse_damaged(copy: &Connection) -> Result<(), StoreError> {
    let damage = copy.damage()?;
    if damage.is_empty() {
        return Ok(());
    }
    Err(StoreError::Unexpected(format!("the copy is damaged: {}", damage.join("; "))))
}

impl View<'_> {
    /// The current epoch; `None` where no copy was ever brought into use.
    pub fn epoch(&self) -> Result<Option<Epoch>, StoreError> {
        let sql =
            "SELECT serial, copied_at, restored_at, CASE WHEN accepted_at IS NULL THEN NULL ELSE lost_at END FROM epoch
          WHERE restored_at IS NOT NULL ORDER BY serial DESC LIMIT 1";
        let row = |r: &Row<'_>| {
            Ok(Epoch { serial: r.get(0)?, copied_at: r.get(1)?, restored_at: r.get(2)?, lost_at: r.get(3)? })
        };
        self.optional("reading the epoch", sql, &[], row)
    }

    /// The epoch of a restore that the operator has not accepted yet, during which nothing is filed or sent; `None` where none
    /// waits.
    pub fn pending_epoch(&self) -> Result<Option<Epoch>, StoreError> {
        Ok(self.epoch()?.filter(Epoch::is_pending))
    }

    /// All numbers that lost installations may have given, by desk, ascending.
    pub fn gaps(&self) -> Result<Vec<Gap>, StoreError> {
        let row = |r: &Row<'_>| Ok(Gap { desk: r.get(0)?, first: r.get(1)?, last: r.get(2)? });
        self.all("reading gaps", "SELECT desk, first, last FROM gap ORDER BY desk, first", &[], row)
    }

    /// Whether a number lies above every gap of its desk, so that no lost installation can have told anybody of it.
    pub fn is_new_number(&self, number: &RequestNumber) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM gap WHERE desk = ?1 AND last >= ?2";
        self.exists("reading gaps", sql, &[&number.desk, &number.number]).map(|is_known| !is_known)
    }

    /// Whether a lost installation has already done what was due at this time.
    pub fn was_done(&self, due: Timestamp) -> Result<bool, StoreError> {
        self.exists("reading the epoch", "SELECT 1 FROM epoch WHERE lost_at >= ?1", &[&due])
    }

    /// The latest arrival time among a mailbox's messages that were accepted until `until`; `None` where there is none.
    pub fn last_arrival(&self, mailbox: &str, until: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT max(arrived_at) FROM received WHERE mailbox = ?1 AND accepted_at <= ?2";
        self.one("reading the ledger", sql, &[&mailbox, &until], |r| r.get(0))
    }

    /// Whether a lost installation has handled what arrived at this time in a mailbox that could not be read when the restore
    /// was accepted and has not been read since.
    pub(super) fn was_left_out(&self, mailbox: &str, arrived_at: Option<Timestamp>) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM epoch JOIN mailbox ON name = ?1
          WHERE ?2 <= lost_at AND first_look <= copied_at AND serial = (SELECT max(serial) FROM epoch)
            AND NOT EXISTS (SELECT 1 FROM health WHERE part = 'mailbox' AND name = ?1 AND worked_at IS NOT NULL)";
        self.exists("reading the epoch", sql, &[&mailbox, &arrived_at])
    }

    /// How many waiting letters the original has sent already, if it sent everything that was due until `lost_at`.
    pub fn repeated_letters(&self, lost_at: Timestamp) -> Result<u32, StoreError> {
        let sql = format!("SELECT count(*) FROM letter WHERE {REPEATED}");
        self.one("counting letters", &sql, &[&lost_at], |r| r.get(0))
    }
}

/// The condition for letters that were waiting when the copy was made and became due before the original was lost.
const REPEATED: &str = "state IN ('due', 'inflight') AND due_at <= ?1
  AND created_at <= (SELECT copied_at FROM epoch WHERE restored_at IS NOT NULL ORDER BY serial DESC LIMIT 1)";

impl Tx<'_> {
    /// The sequence number behind which the letters of a new request begin: a lost installation may have had a request of the
    /// same number.
    pub(super) fn first_letter(&self) -> Result<i64, StoreError> {
        let sql = "SELECT count(*), coalesce(max(restored_at), 0) FROM epoch";
        let (epochs, last): (i64, i64) = self.one("reading the epoch", sql, &[], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok((LETTERS_LEAP * epochs).max((last - MARK) / SECONDS_A_PLACE).max(0))
    }

    /// Records that a number is used: the desk's next one, or one that a lost installation gave.
    pub(super) fn take_number(&self, number: &RequestNumber) -> Result<(), StoreError> {
        let next = self.next_number(&number.desk)?;
        if number.number < next.number && !self.is_new_number(number)? {
            return Ok(());
        }
        if next != *number {
            return Err(StoreError::Unexpected(format!("{number} is not the next number, {next} is")));
        }
        self.count_up_to(&number.desk, number.number)
    }

    fn count_up_to(&self, desk: &DeskKey, last: u32) -> Result<(), StoreError> {
        let sql = "INSERT INTO desk (key, last_number) VALUES (?1, ?2)
          ON CONFLICT (key) DO UPDATE SET last_number = excluded.last_number";
        self.run("counting requests", sql, &[desk, &last]).map(|_| ())
    }

    /// Ends the pause after a restore: recovers or leaves out the numbers that the original gave, and marks what it has handled
    /// and sent, so that nobody hears of it again. Does nothing where the restore was accepted before.
    pub fn accept_epoch(&self, accepting: &Accepting, now: Timestamp) -> Result<(), StoreError> {
        let Some(epoch) = self.pending_epoch()? else { return Ok(()) };
        let doing = "accepting an epoch";
        for (id, number) in &accepting.numbers {
            self.run(doing, "UPDATE received SET number = ?2 WHERE id = ?1", &[id, number])?;
        }
        let elsewhere = "UPDATE received SET state = 'handled', disposition = 'ignored', handled_at = ?2,
            reasons = '[\"stood where several mailboxes move their mail to, and is not of this one\"]'
          WHERE id = ?1 AND state = 'accepted'";
        for id in &accepting.elsewhere {
            self.run(doing, elsewhere, &[id, &now])?;
        }
        self.order_by_arrival()?;
        let lost_at = accepting.lost_at;
        // A moved message was accepted by whoever moved it, whatever the clock of its server says.
        let repeated = "UPDATE received SET repeated = 1
          WHERE state = 'accepted' AND (coalesce(arrived_at, 0) <= ?1 OR marked = 1)";
        self.run(doing, repeated, &[&lost_at])?;
        self.run(doing, &format!("UPDATE letter SET repeated = 1 WHERE {REPEATED}"), &[&lost_at])?;
        for Gap { desk, first, last } in &accepting.gaps {
            let sql = "INSERT INTO gap (desk, first, last, epoch) VALUES (?1, ?2, ?3, ?4)";
            self.run(doing, sql, &[desk, first, last, &epoch.serial])?;
            self.count_up_to(desk, *last)?;
        }
        let sql = "UPDATE epoch SET lost_at = ?2, accepted_at = ?3 WHERE serial = ?1";
        self.run(doing, sql, &[&epoch.serial, &lost_at, &now]).map(|_| ())
    }

    /// Puts waiting messages into the order in which they arrived: folders were read one after another, and a message that
    /// waits already may answer one from another folder. Changing their ids is safe, as nothing refers to them yet.
    fn order_by_arrival(&self) -> Result<(), StoreError> {
        let doing = "accepting an epoch";
        let sql = "UPDATE received SET id = line.id FROM (
            SELECT id AS old, ?1 + row_number() OVER (ORDER BY coalesce(arrived_at, accepted_at), marked DESC, id) AS id
            FROM received WHERE state = 'accepted' AND handled_at IS NULL AND raw IS NOT NULL) line
          WHERE received.id = line.old";
        self.run(doing, sql, &[&self.connection.last_id("received")?])?;
        let last: Option<i64> = self.one(doing, "SELECT max(id) FROM received", &[], |r| r.get(0))?;
        self.connection.raise_ids("received", last.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_comes_into_use_gives_no_id_of_the_lost_time_again() {
        let folder = tempfile::tempdir().unwrap();
        let [original, copy] = ["maildesk.db", "copy.db"].map(|name| folder.path().join(name));
        let old = schema::open_for_writing(&original).unwrap();
        old.run("x", "INSERT INTO mailbox (name, first_look, validity) VALUES ('support', 5, 7)", &[]).unwrap();
        let now = Timestamp::from_unix(1_800_000_000);
        Reader::open_older(&original).unwrap().copy_to(&copy, now).unwrap();
        assert!(matches!(schema::open_for_writing(&copy), Err(StoreError::IsCopy(at)) if at == now));
        let epoch = begin_epoch(&copy, false, now).unwrap();
        assert_eq!((epoch.serial, epoch.restored_at, epoch.is_pending()), (1, now, true));
        let inbox = super::super::Folder {
            mailbox: "support".to_owned(),
            moved_to: None,
            location: "imap://support@mail.example.com:993/INBOX".to_owned(),
        };
        let looked_at = Reader::open(&copy).unwrap().view().looked_at(&inbox).unwrap();
        assert_eq!(looked_at, Some((Timestamp::from_unix(5), 0)));
        let copy = Connection::open(&copy).unwrap();
        let leapt = copy.last_id("received").unwrap().min(copy.last_id("letter").unwrap());
        assert!(leapt >= LEAP, "no id of the lost time is given again, though none was known");
    }
}
