//! The ledger of received messages: what a server lists, and what of it was accepted.

use std::collections::HashSet;

use crate::model::{Digest, ReceivedId, Timestamp, Uid};

use super::column::List;
use super::sql::{Row, ToColumn};
use super::{Folder, RawId, ReceivedState, StoreError, Tx, View, uid};

/// A message whose raw bytes are stored completely, about to be accepted.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// The folder in which it was found.
    pub folder: Folder,
    /// UIDVALIDITY of that folder.
    pub validity: u32,
    /// Its UID in that folder.
    pub uid: Uid,
    /// Its size on the server, in bytes; more than was fetched where it is too large to be fetched whole.
    pub size: u64,
    /// The size that the server stated, in bytes; `None` where it stated none.
    pub server_size: Option<u64>,
    /// When it arrived on the server; `None` where the server did not say.
    pub arrived_at: Option<Timestamp>,
    /// SHA-256 of the raw bytes.
    pub sha256: Digest,
}

/// A message that is recorded without being fetched.
#[derive(Clone, Debug)]
pub struct Unfetched {
    /// Its UID.
    pub uid: Uid,
    /// The size that the server stated, in bytes; `None` where it was not asked.
    pub server_size: Option<u64>,
    /// When it arrived on the server; `None` where the server did not say.
    pub arrived_at: Option<Timestamp>,
}

impl Unfetched {
    /// A message as its server described it.
    pub fn of(uid: Uid, server_size: Option<u64>, arrived_at: Option<Timestamp>) -> Self {
        Self { uid, server_size, arrived_at }
    }
}

/// The outcome of accepting a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// It is in the ledger now, under this id.
    New(ReceivedId),
    /// It was in the ledger already; nothing changed.
    Known,
}

impl Tx<'_> {
    /// Records a look at a mailbox and, in the same transaction, which of its messages are from before the start mark: these
    /// are skipped, or listed to be fetched and filed silently.
    pub fn begin_look(
        &self,
        folder: &Folder,
        validity: u32,
        older: &[Unfetched],
        file_older: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let first_look = self.looked_at(folder)?.map_or(now, |(first_look, _)| first_look);
        let sql = "INSERT INTO mailbox (name, first_look, validity) VALUES (?1, ?2, ?3)
          ON CONFLICT (name) DO UPDATE SET validity = excluded.validity";
        self.run("noting a look", sql, &[&folder.mailbox, &first_look, &validity])?;
        let sql = "UPDATE folder SET first_look = ?2, validity = ?3 WHERE id = ?1";
        self.run("noting a look", sql, &[&self.record_folder(folder)?, &first_look, &validity])?;
        let state = if file_older { ReceivedState::Listed } else { ReceivedState::Skipped };
        self.record_unfetched(folder, validity, older, state, "from before the mailbox's start mark", now)
    }

    /// Records as unfetchable messages that their server lists but never delivers.
    pub fn give_up_fetching(
        &self,
        folder: &Folder,
        validity: u32,
        uids: &[Uid],
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let uids: Vec<Unfetched> = uids.iter().map(|uid| Unfetched::of(uid.clone(), None, None)).collect();
        self.record_unfetched(folder, validity, &uids, ReceivedState::Unfetchable, why, now)
    }

    fn record_unfetched(
        &self,
        folder: &Folder,
        validity: u32,
        messages: &[Unfetched],
        state: ReceivedState,
        trouble: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO received (mailbox, folder, validity, uid, name, state, size, accepted_at, older, trouble,
            server_size, arrived_at)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (folder, validity, uid, name) DO UPDATE
          SET state = excluded.state, trouble = excluded.trouble WHERE received.state = 'listed' RETURNING older";
        let folder_id = self.record_folder(folder)?;
        let is_older = state != ReceivedState::Unfetchable;
        let mut new = 0;
        for Unfetched { uid, server_size, arrived_at } in messages {
            let (uid, name) = uid::columns(uid);
            let values: [&dyn ToColumn; 11] = [
                &folder.mailbox,
                &folder_id,
                &validity,
                &uid,
                &name,
                &state,
                &now,
                &is_older,
                &trouble,
                server_size,
                arrived_at,
            ];
            let older: Option<bool> = self.optional("recording a message's state", sql, &values, |r| r.get(0))?;
            // A listed message was counted when it was listed, and is from before the start mark.
            new += usize::from(older == Some(is_older));
        }
        self.count("received", new)
    }

    /// Adds a message to the ledger. From the commit on it will be handled, whatever happens.
    pub fn accept(&self, message: &NewMessage, raw: RawId, now: Timestamp) -> Result<Accepted, StoreError> {
        let NewMessage { folder, validity, uid, size, server_size, arrived_at, sha256 } = message;
        let is_moved = folder.moved_to.is_some();
        if is_moved && self.has_bytes(&folder.mailbox, sha256)? {
            return self.drop_raw(raw);
        }
        self.seal_raw(raw, sha256)?;
        let sql =
            "INSERT INTO received (mailbox, folder, validity, uid, name, state, raw, size, server_size, arrived_at,
            accepted_at, marked, repeated)
          VALUES (?1, ?2, ?3, ?4, ?5, 'accepted', ?6, ?7, ?8, ?9, ?10, ?11, ?12)
          ON CONFLICT (folder, validity, uid, name) DO UPDATE
          SET state = excluded.state, raw = excluded.raw, size = excluded.size, server_size = excluded.server_size,
            arrived_at = excluded.arrived_at, accepted_at = excluded.accepted_at, trouble = ''
          WHERE received.state = 'listed' RETURNING id, older";
        let (folder_id, (uid, name)) = (self.record_folder(folder)?, uid::columns(uid));
        let repeated = self.was_left_out(&folder.mailbox, *arrived_at)?;
        let mailbox = &folder.mailbox;
        let values: [&dyn ToColumn; 12] = [
            mailbox,
            &folder_id,
            validity,
            &uid,
            &name,
            &raw,
            size,
            server_size,
            arrived_at,
            &now,
            &is_moved,
            &repeated,
        ];
        match self.optional("accepting a message", sql, &values, |r| Ok((r.get(0)?, r.get(1)?)))? {
            Some((id, was_listed)) => {
                let was_listed: bool = was_listed;
                self.count("received", usize::from(!was_listed))?;
                Ok(Accepted::New(id))
            }
            None => self.drop_raw(raw),
        }
    }

    /// Drops the slices of a message that did not come whole.
    pub fn drop_unfinished(&self, raw: RawId) -> Result<(), StoreError> {
        self.drop_raw(raw).map(drop)
    }

    fn drop_raw(&self, raw: RawId) -> Result<Accepted, StoreError> {
        self.run("accepting a message", "DELETE FROM raw WHERE id = ?1", &[&raw])?;
        Ok(Accepted::Known)
    }

    /// Whether a mailbox has brought these bytes before: a moved message was in the mailbox before it was moved.
    fn has_bytes(&self, mailbox: &str, sha256: &Digest) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM raw JOIN received r ON r.raw = raw.id WHERE raw.sha256 = ?1 AND r.mailbox = ?2";
        self.exists("looking for the same bytes", sql, &[sha256, &mailbox])
    }

    /// Records that messages were moved or flagged on their server.
    pub fn marked(&self, folder: &Folder, validity: u32, uids: &[Uid]) -> Result<(), StoreError> {
        self.note_marks("marked = 1", folder, validity, uids)
    }

    /// Records that messages were copied to the folder that they are moved to, and are still to be removed.
    pub fn copied(&self, folder: &Folder, validity: u32, uids: &[Uid]) -> Result<(), StoreError> {
        self.note_marks("copied = 1", folder, validity, uids)
    }

    fn note_marks(&self, change: &str, folder: &Folder, validity: u32, uids: &[Uid]) -> Result<(), StoreError> {
        let sql =
            format!("UPDATE received SET {change} WHERE folder = ?1 AND validity = ?2 AND uid = ?3 AND name = ?4");
        let folder = self.folder_id(folder)?;
        for uid in uids {
            let (uid, name) = uid::columns(uid);
            self.run("noting marks", &sql, &[&folder, &validity, &uid, &name])?;
        }
        Ok(())
    }
}

impl View<'_> {
    /// When a folder was first looked at, and its UIDVALIDITY at the last look; `None` before the first look. A mailbox of a known
    /// name keeps its first look at another place, of which no UIDVALIDITY is known: 0.
    pub fn looked_at(&self, folder: &Folder) -> Result<Option<(Timestamp, u32)>, StoreError> {
        let sql = "SELECT first_look, validity FROM folder WHERE id = ?1 AND first_look IS NOT NULL
          UNION ALL SELECT first_look, 0 FROM mailbox WHERE name = ?2 LIMIT 1";
        let values: [&dyn ToColumn; 2] = [&self.folder_id(folder)?, &folder.mailbox];
        self.optional("reading a mailbox", sql, &values, |r| Ok((r.get(0)?, r.get(1)?)))
    }

    /// The listed messages of a folder that the ledger lacks, in the order of the list.
    pub fn unknown(&self, folder: &Folder, validity: u32, listed: &[Uid]) -> Result<Vec<Uid>, StoreError> {
        // As many steps as messages are listed, however many the ledger has.
        let sql = "SELECT uid, name FROM received
          WHERE folder = ?1 AND validity = ?2 AND uid IN (LIST ?3) AND name IN (LIST ?4)";
        let (mut numbers, mut names): (Vec<u32>, Vec<&str>) = listed.iter().map(uid::columns).unzip();
        // A folder's messages have numbers or names: the other list is but one value.
        numbers.dedup();
        names.dedup();
        let values: [&dyn ToColumn; 4] = [&self.folder_id(folder)?, &validity, &List(&numbers), &List(&names)];
        let known = self.all("reading the ledger", sql, &values, |r| uid::uid(r, 0))?;
        let known: HashSet<Uid> = known.into_iter().collect();
        Ok(listed.iter().filter(|uid| !known.contains(*uid)).cloned().collect())
    }

    /// The listed messages of a folder that are from before the start mark and still to be fetched, in the order of the list.
    pub fn to_file_silently(&self, folder: &Folder, validity: u32, listed: &[Uid]) -> Result<Vec<Uid>, StoreError> {
        let sql = "SELECT uid, name FROM received WHERE folder = ?1 AND validity = ?2 AND state = 'listed'";
        let values: [&dyn ToColumn; 2] = [&self.folder_id(folder)?, &validity];
        let older = self.all("reading the ledger", sql, &values, |r| uid::uid(r, 0))?;
        let older: HashSet<Uid> = older.into_iter().collect();
        Ok(listed.iter().filter(|uid| older.contains(*uid)).cloned().collect())
    }

    /// Messages of a folder that are accepted but not yet moved or flagged on their server; and whether each was copied to the
    /// folder that it is to be moved to.
    pub fn unmarked(&self, folder: &Folder, validity: u32) -> Result<Vec<(Uid, bool)>, StoreError> {
        let sql = "SELECT r.uid, r.name, r.copied FROM received r JOIN raw ON raw.id = r.raw
          WHERE r.folder = ?1 AND r.validity = ?2 AND r.marked = 0 AND raw.size >= r.size ORDER BY r.id";
        let row = |r: &Row<'_>| Ok((uid::uid(r, 0)?, r.get(2)?));
        self.all("reading unmarked messages", sql, &[&self.folder_id(folder)?, &validity], row)
    }
}
