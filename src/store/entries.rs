//! Correspondence: the text of each message of a request.

use serde::Serialize;

use crate::model::{ReceivedId, RequestNumber, Timestamp, Visibility};

use super::sql::{ColumnError, Row, ToColumn, columns};
use super::{StoreError, Tx, View};

/// One message of a request, readable without parsing.
#[derive(Clone, Debug, Serialize)]
pub struct EntryRow {
    /// The message.
    pub received: ReceivedId,
    /// When it was filed.
    pub at: Timestamp,
    /// Who wrote it.
    pub author: String,
    /// The whole text.
    pub text: String,
    /// The new words only.
    pub reply_text: String,
    /// Who may see it.
    pub visibility: Visibility,
}

/// A message's text, to be added to a request.
#[derive(Clone, Copy, Debug)]
pub struct NewEntry<'a> {
    /// The message.
    pub received: ReceivedId,
    /// The address of its author.
    pub author: &'a str,
    /// The whole text.
    pub text: &'a str,
    /// The new words.
    pub reply_text: &'a str,
    /// Who may see it.
    pub visibility: Visibility,
    /// When.
    pub at: Timestamp,
}

/// What an [`EntryRow`] is made of, by [`entry`].
pub(super) const ENTRY: &str = "SELECT received, at, author, text, coalesce(reply_text, text), visibility FROM entry";

impl Tx<'_> {
    /// Adds a message's text to a request.
    pub fn add_entry(&self, request: &RequestNumber, entry: &NewEntry<'_>) -> Result<(), StoreError> {
        let request = self.request_id(request)?;
        let NewEntry { received, author, text, reply_text, visibility, at } = entry;
        let reply = Some(reply_text).filter(|reply| *reply != text);
        let sql = "INSERT INTO entry (request, received, at, author, text, reply_text, visibility)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let values: [&dyn ToColumn; 7] = [&request, received, at, author, text, &reply, visibility];
        self.run("adding an entry", sql, &values).map(|_| ())
    }
}

impl View<'_> {
    /// The correspondence of a request, in its order.
    pub fn entries(&self, number: &RequestNumber) -> Result<Vec<EntryRow>, StoreError> {
        let sql = format!("{ENTRY} WHERE request = ?1 ORDER BY id");
        self.all("reading entries", &sql, &[&self.request_id(number)?], entry)
    }

    /// The entry of a message, if it belongs to a request.
    pub fn entry_of(&self, received: ReceivedId) -> Result<Option<EntryRow>, StoreError> {
        self.optional("reading an entry", &format!("{ENTRY} WHERE received = ?1"), &[&received], entry)
    }
}

pub(super) fn entry(r: &Row<'_>) -> Result<EntryRow, ColumnError> {
    columns!(r => EntryRow { received, at, author, text, reply_text, visibility })
}
