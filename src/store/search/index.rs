//! Writes the two search indexes. The words of a message that is filed are indexed after it, together with those of others: each
//! transaction that writes into an FTS5 index adds a segment to it, whatever its size, and segments are merged.

use crate::model::{ReceivedId, RequestId, RequestNumber};

use super::super::sql::{Row, ToColumn};
use super::super::{StoreError, Tx, View};
use super::findable::{Findable, IndexedWords};

/// The text of a message by which it is found: what its readers are shown.
const SHOWN: &str = "concat_ws(char(10), coalesce(e.reply_text, e.text), e.signature, e.earlier)";

/// How many pages of an index are merged in one step.
const MERGED: u32 = 200;

/// How much is still to be indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Messages that are not indexed yet.
    pub left: u64,
    /// All messages that belong to requests.
    pub all: u64,
}

/// A message of a request that is not indexed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unindexed {
    entry: i64,
    /// The message.
    pub received: ReceivedId,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
}

impl Tx<'_> {
    fn write_words(&self, id: i64, words: &IndexedWords) -> Result<(), StoreError> {
        let IndexedWords { subject, text, names, file, fragments } = words;
        let sql = "INSERT INTO findable_stem (rowid, subject, text, names, file) VALUES (?1, ?2, ?3, ?4, ?5)";
        self.run("indexing messages", sql, &[&id, subject, text, names, file])?;
        let sql = "INSERT INTO findable_fragment (rowid, words) VALUES (?1, ?2)";
        self.run("indexing messages", sql, &[&id, fragments]).map(|_| ())
    }

    /// Notes that a message that is just filed is to be indexed, by [`Tx::index_fresh`] or [`Tx::catch_up`].
    pub fn index_later(&self, received: ReceivedId) -> Result<(), StoreError> {
        let sql = "INSERT INTO unindexed (entry, is_fresh) SELECT id, 1 FROM entry WHERE received = ?1";
        self.run("noting what is to be indexed", sql, &[&received]).map(|_| ())
    }

    /// Indexes messages by the words that they had when they were filed. Left out is what was indexed, erased or changed meanwhile.
    pub fn index_fresh(&self, messages: &[(ReceivedId, Findable)]) -> Result<(), StoreError> {
        let doing = "indexing messages";
        let sql = "SELECT e.id, e.request FROM entry e JOIN unindexed u ON u.entry = e.id WHERE e.received = ?1 AND u.is_fresh";
        for (received, findable) in messages {
            let found: Option<(i64, RequestId)> =
                self.optional(doing, sql, &[received], |r| Ok((r.get(0)?, r.get(1)?)))?;
            if let Some((entry, request)) = found {
                self.run(doing, "DELETE FROM unindexed WHERE entry = ?1", &[&entry])?;
                self.index_row(request, *received, findable)?;
            }
        }
        Ok(())
    }

    fn index_row(&self, request: RequestId, received: ReceivedId, findable: &Findable) -> Result<(), StoreError> {
        self.index_words(request, received, None, &findable.message)?;
        findable.files.iter().try_for_each(|(file, words)| self.index_words(request, received, Some(*file), words))
    }

    fn index_words(
        &self,
        request: RequestId,
        received: ReceivedId,
        file: Option<u32>,
        words: &IndexedWords,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO findable (request, received, file) VALUES (?1, ?2, ?3)";
        let id = self.insert("indexing a message", sql, &[&request, &received, &file])?;
        match self.write_words(id, words) {
            Err(error) if error.is_fatal() || error.is_passing() => Err(error),
            // Words that cannot be written must not keep the others out of the index: this message is not found by them.
            Err(_) => self.run("indexing messages", "DELETE FROM findable WHERE id = ?1", &[&id]).map(|_| ()),
            Ok(()) => Ok(()),
        }
    }

    /// Indexes messages that [`View::unindexed`] returned. Those that were erased or changed meanwhile are left for the next
    /// time.
    pub fn catch_up(&self, messages: &[(Unindexed, Findable)]) -> Result<(), StoreError> {
        let doing = "catching up with the index";
        let sql = format!(
            "SELECT e.request FROM unindexed u JOIN entry e ON e.id = u.entry JOIN received r ON r.id = e.received
          WHERE e.id = ?1 AND {SHOWN} = ?2 AND r.subject = ?3"
        );
        for (Unindexed { entry, received, subject, text }, findable) in messages {
            if let Some(request) = self.optional(doing, &sql, &[entry, text, subject], |r| r.get(0))? {
                self.index_row(request, *received, findable)?;
                self.run(doing, "DELETE FROM unindexed WHERE entry = ?1", &[entry])?;
            }
        }
        Ok(())
    }

    /// Deletes all words of a request from both indexes, to be indexed anew from what is left of it. They are not found any
    /// more at once, and are gone from the file after [`Tx::compact_index`].
    pub fn index_request_anew(&self, request: &RequestNumber) -> Result<(), StoreError> {
        self.index_anew("request = ?1", &self.request_id(request)?)
    }

    /// Does the same for one message, if it belongs to a request.
    pub fn index_message_anew(&self, received: ReceivedId) -> Result<(), StoreError> {
        self.index_anew("received = ?1", &received)
    }

    fn index_anew(&self, which: &str, id: &dyn ToColumn) -> Result<(), StoreError> {
        for change in [
            format!("DELETE FROM findable_stem WHERE rowid IN (SELECT id FROM findable WHERE {which})"),
            format!("DELETE FROM findable_fragment WHERE rowid IN (SELECT id FROM findable WHERE {which})"),
            format!("DELETE FROM findable WHERE {which}"),
            format!("DELETE FROM gist WHERE request IN (SELECT request FROM entry WHERE {which})"),
            format!(
                "INSERT INTO unindexed (entry) SELECT id FROM entry WHERE {which} ON CONFLICT DO UPDATE SET is_fresh = 0"
            ),
        ] {
            self.run("taking words out of the index", &change, &[id])?;
        }
        Ok(())
    }

    /// Merges some more pages of both indexes, which drops deleted words from the file. Returns whether there is more to do.
    pub fn compact_index(&self) -> Result<bool, StoreError> {
        let stems = self.connection.compact_index("findable_stem", MERGED)?;
        Ok(self.connection.compact_index("findable_fragment", MERGED)? || stems)
    }
}

impl View<'_> {
    /// How much is still to be indexed.
    pub fn backlog(&self) -> Result<Backlog, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM unindexed), (SELECT count(*) FROM entry)";
        let row = |r: &Row<'_>| Ok(Backlog { left: r.get(0)?, all: r.get(1)? });
        self.one("reading how far the index is", sql, &[], row)
    }

    /// Up to `limit` messages of requests that are not indexed yet, the newest first.
    pub fn unindexed(&self, limit: u32) -> Result<Vec<Unindexed>, StoreError> {
        let sql = format!(
            "SELECT e.id, e.received, r.subject, {SHOWN} FROM unindexed u JOIN entry e ON e.id = u.entry
               JOIN received r ON r.id = e.received
             ORDER BY u.entry DESC LIMIT ?1"
        );
        let row =
            |r: &Row<'_>| Ok(Unindexed { entry: r.get(0)?, received: r.get(1)?, subject: r.get(2)?, text: r.get(3)? });
        self.all("reading what is not indexed", &sql, &[&limit], row)
    }
}
