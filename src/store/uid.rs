//! The folder that a message stands in and its UID there, as columns.

use crate::model::Uid;

use super::sql::{ColumnError, Row};
use super::{StoreError, Tx, View};

/// A folder from which messages are taken. The ledger knows it by the configured name of its mailbox; its location is recorded,
/// to notice when that name comes to mean another folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The mailbox, as configured.
    pub mailbox: String,
    /// The folder's name where it is the one that accepted messages are moved to; `None` for the folder that is read.
    pub moved_to: Option<String>,
    /// Its location: `imap://user@host:port/folder`, a path, or `pipe:`.
    pub location: String,
}

impl Folder {
    fn moved_to(&self) -> &str {
        self.moved_to.as_deref().unwrap_or_default()
    }
}

impl Tx<'_> {
    /// The row of a folder, created where there is none; records the folder's current location.
    pub fn record_folder(&self, folder: &Folder) -> Result<i64, StoreError> {
        if let Some((id, location)) = self.folder_row(folder)?
            && location == folder.location
        {
            return Ok(id);
        }
        let sql = "INSERT INTO folder (mailbox, moved_to, location) VALUES (?1, ?2, ?3)
          ON CONFLICT (mailbox, moved_to) DO UPDATE SET location = excluded.location RETURNING id";
        self.one("recording a folder", sql, &[&folder.mailbox, &folder.moved_to(), &folder.location], |r| r.get(0))
    }
}

impl View<'_> {
    /// The location of a folder when it was last read; `None` where it is the same now, or was never recorded.
    pub fn former_location(&self, folder: &Folder) -> Result<Option<String>, StoreError> {
        Ok(self.folder_row(folder)?.map(|(_, location)| location).filter(|location| *location != folder.location))
    }

    /// The row of a folder; 0, which no row has, where there is none.
    pub(super) fn folder_id(&self, folder: &Folder) -> Result<i64, StoreError> {
        Ok(self.folder_row(folder)?.map_or(0, |(id, _)| id))
    }

    fn folder_row(&self, folder: &Folder) -> Result<Option<(i64, String)>, StoreError> {
        let sql = "SELECT id, location FROM folder WHERE mailbox = ?1 AND moved_to = ?2";
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?));
        self.optional("looking for a folder", sql, &[&folder.mailbox, &folder.moved_to()], row)
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
    async fn a_mailbox_that_moves_keeps_its_row_and_where_it_was_is_told_until_that_is_recorded() {
        let place = tempfile::tempdir().unwrap();
        let store = Store::open(&place.path().join("maildesk.db")).unwrap();
        let at = |location: &str| Folder {
            mailbox: "support".to_owned(),
            moved_to: None,
            location: format!("imap://support@{location}:993/INBOX"),
        };
        let (old, new) = (at("old.example.com"), at("new.example.com"));
        let (first, second) = (old.clone(), new.clone());
        let id = store.write(move |tx| tx.record_folder(&first)).await.unwrap();
        let asked = new.clone();
        assert_eq!(store.ask(move |view| view.former_location(&asked)).await.unwrap(), Some(old.location));
        assert_eq!(store.write(move |tx| tx.record_folder(&second)).await.unwrap(), id);
        assert_eq!(store.ask(move |view| view.former_location(&new)).await.unwrap(), None);
        let archive = Folder { moved_to: Some("Archive".to_owned()), ..at("new.example.com") };
        assert_ne!(store.write(move |tx| tx.record_folder(&archive)).await.unwrap(), id, "its UIDs are others");
    }
}
