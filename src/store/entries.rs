//! Correspondence: the text of each message of a request.

use serde::Serialize;

use crate::model::{ASIDE_LINE, EntryHead, Form, MessageForm, ReceivedId, RequestNumber, Timestamp, Visibility};

use super::column::{Json, List};
use super::sql::{ColumnError, Row, ToColumn, columns};
use super::{StoreError, Tx, View};

/// One message of a request, readable without parsing.
#[derive(Clone, Debug, Serialize)]
pub struct EntryRow {
    /// The message that brought it.
    pub received: ReceivedId,
    /// When the message was filed.
    pub at: Timestamp,
    /// Its author's address.
    pub author: String,
    /// The whole text, with what it quotes.
    pub text: String,
    /// Only its author's new words; the whole text where they are not known.
    pub reply_text: String,
    /// The author's signature, set apart from the words.
    pub signature: String,
    /// Earlier conversation that came with the words; empty where it is known to be ours.
    pub earlier: String,
    /// Who may see it.
    pub visibility: Visibility,
}

impl EntryRow {
    /// The words, and what is set apart from them below lines.
    pub fn shown(&self) -> String {
        let parts = [&self.reply_text, &self.signature, &self.earlier].map(|part| part.trim());
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(&format!("\n\n{ASIDE_LINE}\n"))
    }
}

/// The text of a message that is about to be added to a request.
#[derive(Clone, Copy, Debug)]
pub struct NewEntry<'a> {
    /// The message that brings it.
    pub received: ReceivedId,
    /// The address of its author.
    pub author: &'a str,
    /// The whole text, with what it quotes.
    pub text: &'a str,
    /// Only its author's new words.
    pub reply_text: &'a str,
    /// The author's signature.
    pub signature: &'a str,
    /// Earlier conversation that came with the words.
    pub earlier: &'a str,
    /// The form of the words; `None` where it is that of plain text.
    pub form: Option<&'a Form>,
    /// Who may see it.
    pub visibility: Visibility,
    /// When the message is filed.
    pub at: Timestamp,
}

/// Selects the columns of which [`entry`] makes an [`EntryRow`].
pub(super) const ENTRY: &str =
    "SELECT received, at, author, text, coalesce(reply_text, text), signature, earlier, visibility FROM entry";

/// Selects the columns of which [`head`] makes an [`EntryHead`].
pub(super) const HEAD: &str = "SELECT received, at, author, visibility,
  length(coalesce(reply_text, text)) + length(signature) + length(earlier) FROM entry";

impl Tx<'_> {
    /// Adds a message's text to a request.
    pub fn add_entry(&self, request: &RequestNumber, entry: &NewEntry<'_>) -> Result<(), StoreError> {
        let request = self.request_id(request)?;
        let NewEntry { received, author, text, reply_text, signature, earlier, form, visibility, at } = entry;
        let reply = Some(reply_text).filter(|reply| *reply != text);
        let sql =
            "INSERT INTO entry (request, received, at, author, text, reply_text, signature, earlier, visibility, form)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        let form = form.map(Json);
        let values: [&dyn ToColumn; 10] =
            [&request, received, at, author, text, &reply, signature, earlier, visibility, &form];
        self.run("adding an entry", sql, &values).map(|_| ())
    }

    /// Moves a message to another request, with whatever it is found by.
    pub fn move_entry(&self, received: ReceivedId, to: &RequestNumber) -> Result<(), StoreError> {
        let request = self.request_id(to)?;
        for sql in [
            "UPDATE entry SET request = ?2 WHERE received = ?1",
            "UPDATE received SET request = ?2 WHERE id = ?1",
            "UPDATE findable SET request = ?2 WHERE received = ?1",
        ] {
            self.run("moving a message", sql, &[&received, &request])?;
        }
        Ok(())
    }
}

impl View<'_> {
    /// The correspondence of a request, in the order of filing.
    pub fn entries(&self, number: &RequestNumber) -> Result<Vec<EntryRow>, StoreError> {
        let sql = format!("{ENTRY} WHERE request = ?1 ORDER BY id");
        self.all("reading entries", &sql, &[&self.request_id(number)?], entry)
    }

    /// The last entries of a request, up to `most`, the newest first.
    pub fn last_entries(&self, number: &RequestNumber, most: u32) -> Result<Vec<EntryRow>, StoreError> {
        let sql = format!("{ENTRY} WHERE request = ?1 ORDER BY id DESC LIMIT ?2");
        self.all("reading the last entries", &sql, &[&self.request_id(number)?, &most], entry)
    }

    /// The last entries of a request without their texts, up to `most`, the newest first.
    pub fn last_heads(&self, number: &RequestNumber, most: u32) -> Result<Vec<EntryHead>, StoreError> {
        let sql = format!("{HEAD} WHERE request = ?1 ORDER BY id DESC LIMIT ?2");
        self.all("reading the last entries", &sql, &[&self.request_id(number)?, &most], head)
    }

    /// What the entries of these messages say, as people are shown it.
    pub fn texts_of(&self, received: &[ReceivedId]) -> Result<Vec<(ReceivedId, String)>, StoreError> {
        let sql = format!("{ENTRY} WHERE received IN (LIST ?1)");
        let entries = self.all("reading entries", &sql, &[&List(received)], entry)?;
        Ok(entries.into_iter().map(|entry| (entry.received, entry.shown())).collect())
    }

    /// The words of these messages that have a form, with it.
    pub fn forms(&self, messages: &[ReceivedId]) -> Result<Vec<MessageForm>, StoreError> {
        if messages.is_empty() {
            return Ok(Vec::new());
        }
        let sql = "SELECT received, coalesce(reply_text, text), form FROM entry
          WHERE received IN (LIST ?1) AND form IS NOT NULL ORDER BY id";
        let row = |r: &Row<'_>| {
            let Json(form) = r.get(2)?;
            Ok(MessageForm { received: r.get(0)?, words: r.get(1)?, form })
        };
        self.all("reading the form of words", sql, &[&List(messages)], row)
    }

    /// The entry of a message; `None` where the message belongs to no request.
    pub fn entry_of(&self, received: ReceivedId) -> Result<Option<EntryRow>, StoreError> {
        self.optional("reading an entry", &format!("{ENTRY} WHERE received = ?1"), &[&received], entry)
    }
}

pub(super) fn head(r: &Row<'_>) -> Result<EntryHead, ColumnError> {
    columns!(r => EntryHead { received, at, author, visibility, length })
}

pub(super) fn entry(r: &Row<'_>) -> Result<EntryRow, ColumnError> {
    columns!(r => EntryRow { received, at, author, text, reply_text, signature, earlier, visibility })
}
