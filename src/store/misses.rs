//! Messages that their server lists and has not delivered so far.

use crate::model::{Timestamp, Uid};

use super::sql::ToColumn;
use super::{Folder, StoreError, Tx, View, uid};

/// The failed tries to fetch a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Miss {
    /// How often a successful answer lacked it.
    pub absent: u32,
    /// How often fetching it alone ended in an error.
    pub broke: u32,
    /// When it is asked for again; `None`: at the next look.
    pub next_at: Option<Timestamp>,
}

impl Tx<'_> {
    /// Records the failed tries of a folder's messages, in place of what was recorded before.
    pub fn set_misses(&self, folder: &Folder, validity: u32, misses: &[(Uid, Miss)]) -> Result<(), StoreError> {
        let (doing, folder) = ("recording failed fetches", self.record_folder(folder)?);
        self.run(doing, "DELETE FROM suspect WHERE folder = ?1", &[&folder])?;
        let sql = "INSERT INTO suspect (folder, validity, uid, name, absent, broke, next_at)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        for (uid, Miss { absent, broke, next_at }) in misses {
            let (uid, name) = uid::columns(uid);
            let values: [&dyn ToColumn; 7] = [&folder, &validity, &uid, &name, absent, broke, next_at];
            self.run(doing, sql, &values)?;
        }
        Ok(())
    }
}

impl View<'_> {
    /// The failed tries of a folder's messages.
    pub fn misses(&self, folder: &Folder, validity: u32) -> Result<Vec<(Uid, Miss)>, StoreError> {
        let sql = "SELECT uid, name, absent, broke, next_at FROM suspect WHERE folder = ?1 AND validity = ?2";
        self.all("reading failed fetches", sql, &[&self.folder_id(folder)?, &validity], |r| {
            Ok((uid::uid(r, 0)?, Miss { absent: r.get(2)?, broke: r.get(3)?, next_at: r.get(4)? }))
        })
    }

    /// How many messages of a mailbox have failed to come so far, and are asked for again.
    pub fn undelivered(&self, mailbox: &str) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM suspect s JOIN folder f ON f.id = s.folder WHERE f.mailbox = ?1";
        self.one("counting failed fetches", sql, &[&mailbox], |r| r.get(0))
    }
}
