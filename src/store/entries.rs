//! Correspondence: the text of each message of a request.

use rusqlite::{Row, params};
use serde::Serialize;

use crate::model::{ReceivedId, RequestNumber, Timestamp, Visibility};

use super::column::Word;
use super::error::During;
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

impl Tx<'_> {
    /// Adds a message's text to a request.
    pub fn add_entry(&self, request: &RequestNumber, entry: &NewEntry<'_>) -> Result<(), StoreError> {
        let request = self.request_id(request)?;
        let reply = Some(entry.reply_text).filter(|reply| *reply != entry.text);
        self.connection
            .prepare_cached(
                "INSERT INTO entry (request, received, at, author, text, reply_text, visibility)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )
            .and_then(|mut insert| {
                insert.execute(params![
                    request.0,
                    entry.received.0,
                    entry.at.unix(),
                    entry.author,
                    entry.text,
                    reply,
                    Word(entry.visibility)
                ])
            })
            .during("adding an entry")
            .map(|_| ())
    }
}

impl View<'_> {
    /// The correspondence of a request, in its order.
    pub fn entries(&self, number: &RequestNumber) -> Result<Vec<EntryRow>, StoreError> {
        let request = self.request_id(number)?;
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT received, at, author, text, coalesce(reply_text, text), visibility FROM entry WHERE request = ?1 ORDER BY id",
            )
            .during("reading entries")?;
        query.query_map([request.0], entry).and_then(Iterator::collect).during("reading entries")
    }
}

pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<EntryRow> {
    let at = Timestamp::from_unix(row.get(1)?);
    let (author, text, reply_text) = (row.get(2)?, row.get(3)?, row.get(4)?);
    let visibility = row.get::<_, Word<Visibility>>(5)?.0;
    Ok(EntryRow { received: ReceivedId(row.get(0)?), at, author, text, reply_text, visibility })
}
