//! The folder that a message stands in and its UID there, as columns.

use crate::model::{Timestamp, Uid};

use super::sql::{ColumnError, Row, ToColumn};
use super::{StoreError, Tx, View};

/// A folder from which messages are taken. The ledger knows it by its place: a mailbox that is renamed has seen what it has seen,
/// and a name that comes to mean another folder has seen nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The mailbox, as configured.
    pub mailbox: String,
    /// The folder's name where it is the one that accepted messages are moved to; `None` for the folder that is read.
    pub moved_to: Option<String>,
    /// Its place: `imap://user@host:port/folder`, a path, or `pipe:`.
    pub location: String,
}

impl Folder {
    fn moved_to(&self) -> &str {
        self.moved_to.as_deref().unwrap_or_default()
    }

    /// Whose folder it is where several may use the same place: pipes have none of their own, and several mailboxes may move
    /// their messages to one folder.
    fn owner(&self) -> &str {
        let is_shared = self.moved_to.is_some() || self.location == "pipe:";
        if is_shared { &self.mailbox } else { "" }
    }
}

/// A message of the ledger, as its server described it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownUid {
    /// Its UID.
    pub uid: u32,
    /// INTERNALDATE; `None` where the server did not say.
    pub arrived_at: Option<Timestamp>,
}

impl Tx<'_> {
    /// The row of a folder, created where there is none; records the current name of its mailbox.
    pub fn record_folder(&self, folder: &Folder) -> Result<i64, StoreError> {
        if let Some((id, mailbox)) = self.folder_row(folder)?
            && mailbox == folder.mailbox
        {
            return Ok(id);
        }
        let sql = "INSERT INTO folder (location, owner, mailbox, moved_to) VALUES (?1, ?2, ?3, ?4)
          ON CONFLICT (location, owner, earlier) DO UPDATE SET mailbox = excluded.mailbox RETURNING id";
        let values: [&dyn ToColumn; 4] = [&folder.location, &folder.owner(), &folder.mailbox, &folder.moved_to()];
        self.one("recording a folder", sql, &values, |r| r.get(0))
    }

    /// Sets apart the messages from this UID on: their server has given these UIDs again, to other messages.
    pub fn begin_generation(&self, folder: &Folder, validity: u32, from: u32) -> Result<(), StoreError> {
        let (doing, id) = ("setting earlier messages apart", self.record_folder(folder)?);
        let sql = "INSERT INTO folder (location, owner, earlier, mailbox, moved_to, validity)
          SELECT location, owner, 1 + (SELECT max(earlier) FROM folder other WHERE other.location = f.location AND other.owner = f.owner),
            mailbox, moved_to, validity FROM folder f WHERE id = ?1 RETURNING id";
        let earlier: i64 = self.one(doing, sql, &[&id], |r| r.get(0))?;
        self.run(
            doing,
            "DELETE FROM suspect WHERE folder = ?1 AND validity = ?2 AND uid >= ?3",
            &[&id, &validity, &from],
        )?;
        let sql = "UPDATE received SET folder = ?4 WHERE folder = ?1 AND validity = ?2 AND uid >= ?3";
        self.run(doing, sql, &[&id, &validity, &from, &earlier]).map(|_| ())
    }

    /// Records that a folder is the one that its mailbox read at another place until now: its server has another name.
    pub fn move_folder(&self, folder: &Folder, former: i64) -> Result<(), StoreError> {
        self.run("moving a folder", "UPDATE folder SET location = ?2 WHERE id = ?1", &[&former, &folder.location])
            .map(|_| ())
    }
}

impl View<'_> {
    /// The folder that a mailbox of this name read until now, at another place; `None` where the place is known already, or the
    /// mailbox is new.
    pub fn former_folder(&self, folder: &Folder) -> Result<Option<(i64, Folder)>, StoreError> {
        if self.folder_row(folder)?.is_some() {
            return Ok(None);
        }
        let sql = "SELECT id, location FROM folder
          WHERE mailbox = ?1 AND owner = '' AND earlier = 0 AND first_look IS NOT NULL ORDER BY id DESC LIMIT 1";
        let row = |r: &Row<'_>| Ok((r.get(0)?, Folder { location: r.get(1)?, ..folder.clone() }));
        self.optional("looking for a folder", sql, &[&folder.mailbox], row)
    }

    /// The messages of a folder with the highest UIDs, at most `limit`, the highest first; none of a folder without numbers.
    pub fn highest_uids(&self, folder: &Folder, validity: u32, limit: u32) -> Result<Vec<KnownUid>, StoreError> {
        let sql = "SELECT uid, arrived_at FROM received WHERE folder = ?1 AND validity = ?2 AND uid > 0
          ORDER BY uid DESC LIMIT ?3";
        let row = |r: &Row<'_>| Ok(KnownUid { uid: r.get(0)?, arrived_at: r.get(1)? });
        self.all("reading the ledger", sql, &[&self.folder_id(folder)?, &validity, &limit], row)
    }

    /// The row of a folder; 0, which no row has, where there is none.
    pub(super) fn folder_id(&self, folder: &Folder) -> Result<i64, StoreError> {
        Ok(self.folder_row(folder)?.map_or(0, |(id, _)| id))
    }

    fn folder_row(&self, folder: &Folder) -> Result<Option<(i64, String)>, StoreError> {
        let sql = "SELECT id, mailbox FROM folder WHERE location = ?1 AND owner = ?2 AND earlier = 0";
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?));
        self.optional("looking for a folder", sql, &[&folder.location, &folder.owner()], row)
    }
}

/// The values of the columns `uid` and `name`.
pub(super) fn columns(uid: &Uid) -> (u32, &str) {
    match uid {
        Uid::Number(number) => (*number, ""),
        Uid::Name(name) => (0, name),
    }
}

/// Reads a UID from the columns `uid` and `name`, which stand at `at` and behind it.
pub(super) fn uid(row: &Row<'_>, at: usize) -> Result<Uid, ColumnError> {
    Ok(match row.get(at)? {
        0_u32 => Uid::Name(row.get(at + 1)?),
        number => Uid::Number(number),
    })
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::*;

    #[tokio::test]
    async fn a_folder_is_known_by_its_place() {
        let place = tempfile::tempdir().unwrap();
        let store = Store::open(&place.path().join("maildesk.db")).unwrap();
        let at = |mailbox: &str, location: &str| Folder {
            mailbox: mailbox.to_owned(),
            moved_to: None,
            location: format!("imap://support@{location}:993/INBOX"),
        };
        let row = async |folder: Folder| store.write(move |tx| tx.record_folder(&folder)).await.unwrap();
        let id = row(at("support", "mail.example.com")).await;
        assert_eq!(row(at("renamed", "mail.example.com")).await, id);
        assert_ne!(row(at("renamed", "other.example.com")).await, id);
        let filed = |mailbox: &str| Folder { moved_to: Some("Filed".to_owned()), ..at(mailbox, "mail.example.com") };
        assert_ne!(row(filed("support")).await, id, "its UIDs are others");
        assert_ne!(row(filed("support")).await, row(filed("billing")).await, "each has moved its own");
    }
}
