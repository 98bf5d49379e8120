//! The ledger of received messages: what a server lists, and what of it was accepted.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, params};

use crate::model::{Digest, ReceivedId, Timestamp, Uid};

use super::error::During;
use super::{Folder, RawId, StoreError, Tx, View, uid};

/// A message whose raw bytes are complete.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// The folder it stands in.
    pub folder: Folder,
    /// The folder's UIDVALIDITY.
    pub validity: u32,
    /// Its UID.
    pub uid: Uid,
    /// The size of the whole message, in bytes; more than was fetched where it is too large to be fetched.
    pub size: u64,
    /// Its size as the server said.
    pub server_size: Option<u64>,
    /// When it arrived there.
    pub arrived_at: Option<Timestamp>,
    /// SHA-256 of the raw bytes.
    pub sha256: Digest,
}

/// What became of an attempt to accept a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// It is in the ledger now.
    New(ReceivedId),
    /// It was there already; nothing changed.
    Known,
}

impl Tx<'_> {
    /// Notes a look at a mailbox and, in the same commit, which of its messages are from before the start mark: they are
    /// skipped, or listed to be fetched and filed silently.
    pub fn begin_look(
        &self,
        folder: &Folder,
        validity: u32,
        older: &[Uid],
        file_older: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.connection
            .execute(
                "INSERT INTO mailbox (name, first_look, validity) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET validity = excluded.validity",
                params![folder.mailbox, now.unix(), validity],
            )
            .during("noting a look")?;
        let state = if file_older { "listed" } else { "skipped" };
        self.record_fate(folder, validity, older, state, "from before the mailbox's start mark", now)
    }

    /// Records messages that their server lists but never delivers.
    pub fn give_up_fetching(
        &self,
        folder: &Folder,
        validity: u32,
        uids: &[Uid],
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.record_fate(folder, validity, uids, "unfetchable", why, now)
    }

    fn record_fate(
        &self,
        folder: &Folder,
        validity: u32,
        uids: &[Uid],
        state: &str,
        trouble: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let folder_id = self.record_folder(folder)?;
        let is_older = state != "unfetchable";
        let mut new = 0;
        let mut insert = self
            .connection
            .prepare_cached(
                "INSERT INTO received (mailbox, folder, validity, uid, name, state, size, accepted_at, older, trouble)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9)
                 ON CONFLICT DO UPDATE SET state = excluded.state, trouble = excluded.trouble WHERE state = 'listed'
                 RETURNING older",
            )
            .during("recording a message's disposition")?;
        for uid in uids {
            let (uid, name) = uid::columns(uid);
            let older: Option<bool> = insert
                .query_row(
                    params![folder.mailbox, folder_id, validity, uid, name, state, now.unix(), is_older, trouble],
                    |r| r.get(0),
                )
                .optional()
                .during("recording a message's disposition")?;
            // One that was listed is counted already, and is older.
            new += usize::from(older == Some(is_older));
        }
        self.count("received", new)
    }

    /// Takes a message into the ledger: from here on it will be handled, whatever happens.
    pub fn accept(&self, message: &NewMessage, raw: RawId, now: Timestamp) -> Result<Accepted, StoreError> {
        let is_moved = message.folder.moved_to.is_some();
        let mailbox = &message.folder.mailbox;
        if is_moved && self.has_bytes(mailbox, &message.sha256)? {
            return self.drop_raw(raw);
        }
        self.seal_raw(raw, &message.sha256)?;
        let (uid, name) = uid::columns(&message.uid);
        let mut insert = self
            .connection
            .prepare_cached(
                "INSERT INTO received (mailbox, folder, validity, uid, name, state, raw, size, server_size, arrived_at, accepted_at,
                   marked, repeated)
                 VALUES (?1, ?2, ?3, ?4, ?5, 'accepted', ?6, ?7, ?8, ?9, ?10, ?11, ?12)
                 ON CONFLICT DO UPDATE SET state = excluded.state, raw = excluded.raw, size = excluded.size,
                   server_size = excluded.server_size, arrived_at = excluded.arrived_at, accepted_at = excluded.accepted_at, trouble = ''
                 WHERE state = 'listed' RETURNING id, older",
            )
            .during("accepting a message")?;
        let row: Option<(i64, bool)> = insert
            .query_row(
                params![
                    mailbox,
                    self.record_folder(&message.folder)?,
                    message.validity,
                    uid,
                    name,
                    raw.0,
                    message.size as i64,
                    message.server_size.map(|size| size as i64),
                    message.arrived_at.map(Timestamp::unix),
                    now.unix(),
                    is_moved,
                    self.was_left_out(mailbox, message.arrived_at)?,
                ],
                |r| Ok((r.get(0)?, r.get(1)?)),
            )
            .optional()
            .during("accepting a message")?;
        match row {
            Some((id, was_listed)) => {
                self.count("received", usize::from(!was_listed))?;
                Ok(Accepted::New(ReceivedId(id)))
            }
            None => self.drop_raw(raw),
        }
    }

    fn drop_raw(&self, raw: RawId) -> Result<Accepted, StoreError> {
        self.connection.execute("DELETE FROM raw WHERE id = ?1", [raw.0]).during("accepting a message")?;
        Ok(Accepted::Known)
    }

    /// Whether a mailbox has brought these bytes before: what was moved was there before it was.
    fn has_bytes(&self, mailbox: &str, sha256: &Digest) -> Result<bool, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM raw JOIN received r ON r.raw = raw.id WHERE raw.sha256 = ?1 AND r.mailbox = ?2)",
            )
            .and_then(|mut query| query.query_row(params![sha256.as_bytes(), mailbox], |r| r.get(0)))
            .during("looking for the same bytes")
    }

    /// Notes that messages were moved or flagged on their server.
    pub fn marked(&self, folder: &Folder, validity: u32, uids: &[Uid]) -> Result<(), StoreError> {
        let folder = self.folder_id(folder)?;
        let mut update = self
            .connection
            .prepare_cached(
                "UPDATE received SET marked = 1 WHERE folder = ?1 AND validity = ?2 AND uid = ?3 AND name = ?4",
            )
            .during("noting marks")?;
        for uid in uids {
            let (uid, name) = uid::columns(uid);
            update.execute(params![folder, validity, uid, name]).during("noting marks")?;
        }
        Ok(())
    }
}

impl View<'_> {
    /// When a mailbox was looked at first, and its UIDVALIDITY at the last look; none before the first look.
    pub fn looked_at(&self, mailbox: &str) -> Result<Option<(Timestamp, u32)>, StoreError> {
        self.connection
            .query_row("SELECT first_look, validity FROM mailbox WHERE name = ?1", [mailbox], |r| {
                Ok((Timestamp::from_unix(r.get(0)?), r.get(1)?))
            })
            .optional()
            .during("reading a mailbox")
    }

    /// Those of a mailbox's messages that the ledger lacks, in the order of the list.
    pub fn unknown(&self, folder: &Folder, validity: u32, listed: &[Uid]) -> Result<Vec<Uid>, StoreError> {
        let known = self.uids("", folder, validity)?;
        Ok(listed.iter().filter(|uid| !known.contains(*uid)).cloned().collect())
    }

    /// Those of a mailbox's messages that are from before the start mark and still to be fetched, in the order of the list.
    pub fn to_file_silently(&self, folder: &Folder, validity: u32, listed: &[Uid]) -> Result<Vec<Uid>, StoreError> {
        let older = self.uids("AND state = 'listed'", folder, validity)?;
        Ok(listed.iter().filter(|uid| older.contains(*uid)).cloned().collect())
    }

    fn uids(&self, condition: &str, folder: &Folder, validity: u32) -> Result<HashSet<Uid>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(&format!("SELECT uid, name FROM received WHERE folder = ?1 AND validity = ?2 {condition}"))
            .during("reading the ledger")?;
        query
            .query_map(params![self.folder_id(folder)?, validity], |r| uid::uid(r, 0))
            .and_then(Iterator::collect)
            .during("reading the ledger")
    }

    /// Messages that are stored whole but not yet moved or flagged on their server.
    pub fn unmarked(&self, folder: &Folder, validity: u32) -> Result<Vec<Uid>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT r.uid, r.name FROM received r JOIN raw ON raw.id = r.raw
                 WHERE r.folder = ?1 AND r.validity = ?2 AND r.marked = 0 AND raw.size >= r.size ORDER BY r.id",
            )
            .during("reading unmarked messages")?;
        query
            .query_map(params![self.folder_id(folder)?, validity], |r| uid::uid(r, 0))
            .and_then(Iterator::collect)
            .during("reading unmarked messages")
    }
}
