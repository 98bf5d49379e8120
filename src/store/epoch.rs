//! Copies of the database: made while it is in use, and brought into use after the loss of the original. A new epoch begins
//! then. What happened between the two is known from the mail servers only.

use std::fs::File;
use std::path::Path;

use serde::Serialize;

use crate::model::{DeskKey, ReceivedId, RequestNumber, Timestamp};

use super::engine::Connection;
use super::sql::Row;
use super::{Reader, StoreError, Tx, View, schema};

/// How far ids and places of letters jump in a new epoch: further than the original can have come after the copy, so that no
/// id that it gave ever means something else.
const LEAP: i64 = 1_000_000;

/// How far the places of a request's letters jump.
const LETTERS_LEAP: i64 = 1_000;

/// Seconds of 2026-01-01. A copy may be brought into use a second time, and nothing in it tells of the first: what is counted goes
/// on behind a mark that moves with the clock, faster than anything is counted.
const MARK: i64 = 1_767_225_600;

/// How many ids a second moves the mark by, and how many seconds move it by one place of a letter or personal address.
const IDS_A_SECOND: i64 = 1_000;
const SECONDS_A_PLACE: i64 = 10;

/// A copy that was brought into use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Epoch {
    /// From 1.
    pub serial: u32,
    /// When the copy was made; where it is one of a restore that was not accepted, when that one's copy was.
    pub copied_at: Timestamp,
    /// When it was brought into use.
    pub restored_at: Timestamp,
    /// Until when the original is taken to have answered everything; none until that is accepted.
    pub lost_at: Option<Timestamp>,
}

impl Epoch {
    /// Whether nothing is filed or sent yet.
    pub fn is_pending(&self) -> bool {
        self.lost_at.is_none()
    }
}

/// Numbers that a lost installation may have given: from the first to the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The desk.
    pub desk: DeskKey,
    /// The first of them.
    pub first: u32,
    /// The last of them.
    pub last: u32,
}

/// What the operator accepts of an epoch.
#[derive(Clone, Debug, Default)]
pub struct Accepting {
    /// Messages, and the numbers that the original gave them.
    pub numbers: Vec<(ReceivedId, u32)>,
    /// Messages that belong to another mailbox, and have no effect in theirs.
    pub elsewhere: Vec<ReceivedId>,
    /// Numbers that are left out.
    pub gaps: Vec<Gap>,
    /// Until when the original is taken to have answered everything.
    pub lost_at: Timestamp,
}

impl Reader {
    /// Makes a copy of the database while it is in use, without what is free in it; `path` must not exist, or be empty. The copy
    /// is marked as one, so that it is not taken for the original, is sound, and has reached the disk. One of an older version
    /// stays as it is, so that this can use it.
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

/// Makes the original out of a copy, in place: a new epoch, whose ids are none that were ever given. The file must be nobody's
/// else. A file that was copied in another way will do; it was copied when the last thing happened in it.
pub fn begin_epoch(path: &Path, now: Timestamp) -> Result<Epoch, StoreError> {
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
    /// The epoch; none where no copy was ever brought into use.
    pub fn epoch(&self) -> Result<Option<Epoch>, StoreError> {
        let sql =
            "SELECT serial, copied_at, restored_at, CASE WHEN accepted_at IS NULL THEN NULL ELSE lost_at END FROM epoch
          WHERE restored_at IS NOT NULL ORDER BY serial DESC LIMIT 1";
        let row = |r: &Row<'_>| {
            Ok(Epoch { serial: r.get(0)?, copied_at: r.get(1)?, restored_at: r.get(2)?, lost_at: r.get(3)? })
        };
        self.optional("reading the epoch", sql, &[], row)
    }

    /// The restore that nobody has accepted yet: nothing is filed or sent.
    pub fn pending_epoch(&self) -> Result<Option<Epoch>, StoreError> {
        Ok(self.epoch()?.filter(Epoch::is_pending))
    }

    /// All numbers that lost installations may have given, by desk, ascending.
    pub fn gaps(&self) -> Result<Vec<Gap>, StoreError> {
        let row = |r: &Row<'_>| Ok(Gap { desk: r.get(0)?, first: r.get(1)?, last: r.get(2)? });
        self.all("reading gaps", "SELECT desk, first, last FROM gap ORDER BY desk, first", &[], row)
    }

    /// Whether a number stands behind every gap of its desk, so that nobody knows it from a lost installation.
    pub fn is_new_number(&self, number: &RequestNumber) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM gap WHERE desk = ?1 AND last >= ?2";
        self.exists("reading gaps", sql, &[&number.desk, &number.number]).map(|is_known| !is_known)
    }

    /// Whether what the clock is to do for a request now was done by a lost installation already.
    pub fn was_looked_at(&self, number: &RequestNumber) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM request JOIN epoch ON look_at <= lost_at WHERE desk = ?1 AND number = ?2";
        self.exists("reading the epoch", sql, &[&number.desk, &number.number])
    }

    /// When the last of a mailbox's messages arrived that were accepted until then.
    pub fn last_arrival(&self, mailbox: &str, until: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT max(arrived_at) FROM received WHERE mailbox = ?1 AND accepted_at <= ?2";
        self.one("reading the ledger", sql, &[&mailbox, &until], |r| r.get(0))
    }

    /// Whether a lost installation has handled what arrived then in a mailbox which could not be read when that was accepted, and
    /// has not been read since.
    pub(super) fn was_left_out(&self, mailbox: &str, arrived_at: Option<Timestamp>) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM epoch JOIN mailbox ON name = ?1
          WHERE ?2 <= lost_at AND first_look <= copied_at AND serial = (SELECT max(serial) FROM epoch)
            AND NOT EXISTS (SELECT 1 FROM health WHERE part = 'mailbox' AND name = ?1 AND worked_at IS NOT NULL)";
        self.exists("reading the epoch", sql, &[&mailbox, &arrived_at])
    }

    /// How many letters wait that the original has sent, if it answered everything until this time.
    pub fn repeated_letters(&self, lost_at: Timestamp) -> Result<u32, StoreError> {
        let sql = format!("SELECT count(*) FROM letter WHERE {REPEATED}");
        self.one("counting letters", &sql, &[&lost_at], |r| r.get(0))
    }
}

/// Letters that were waiting when the copy was made and whose time came before the original was lost.
const REPEATED: &str = "state IN ('due', 'inflight') AND due_at <= ?1
  AND created_at <= (SELECT copied_at FROM epoch WHERE restored_at IS NOT NULL ORDER BY serial DESC LIMIT 1)";

impl Tx<'_> {
    /// Behind which place the letters of a new request begin: it may have had another life in an installation that was lost.
    pub(super) fn first_letter(&self) -> Result<i64, StoreError> {
        let sql = "SELECT count(*), coalesce(max(restored_at), 0) FROM epoch";
        let (epochs, last): (i64, i64) = self.one("reading the epoch", sql, &[], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok((LETTERS_LEAP * epochs).max((last - MARK) / SECONDS_A_PLACE).max(0))
    }

    /// Counts a number as given: the next one, or one that an installation gave which was lost.
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

    /// Goes on after a restore: numbers that the original gave are recovered or left out, and what it has handled and sent has no
    /// effect on people again. Does nothing where that was accepted before.
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
        // What was moved was accepted by whoever moved it, whatever the clock of its server says.
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

    /// Messages that wait are handled in the order in which they arrived: folders were read one after another, and what stood in
    /// line already may answer what was found in another one. Nothing names them by their ids yet.
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
        let epoch = begin_epoch(&copy, now).unwrap();
        assert_eq!((epoch.serial, epoch.restored_at, epoch.is_pending()), (1, now, true));
        let looked_at = Reader::open(&copy).unwrap().view().looked_at("support").unwrap();
        assert_eq!(looked_at, Some((Timestamp::from_unix(5), 7)));
        let copy = Connection::open(&copy).unwrap();
        let leapt = copy.last_id("received").unwrap().min(copy.last_id("letter").unwrap());
        assert!(leapt >= LEAP, "no id of the lost time is given again, though none was known");
    }
}
