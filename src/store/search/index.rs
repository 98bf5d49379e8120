//! Writing both indexes, and catching up with what was there before them.
//!
//! A savepoint makes FTS5 write out what it has gathered, and every job of the writer has one. So the words of a transaction are
//! gathered beside it and written together at its end: measured on FTS5 alone, half the time.

use std::cell::RefCell;

use rusqlite::{OptionalExtension, Row, params};

use crate::model::{ReceivedId, RequestId, RequestNumber};

use super::super::error::During;
use super::super::{StoreError, Tx, View};
use super::findable::{Findable, Words};

/// How far the index is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Messages that are not in it yet: the oldest ones.
    pub left: u64,
    /// All messages that belong to requests.
    pub all: u64,
}

/// A message that belongs to a request and is not in the index yet.
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

/// Bytes of words that are gathered at most.
const MOST_GATHERED: usize = 4 * 1024 * 1024;

/// Words that are still to be written into the index.
#[derive(Default)]
pub struct Pending(RefCell<Vec<Gathered>>);

/// A row of both indexes.
struct Gathered {
    id: i64,
    request: RequestId,
    words: Words,
}

impl Pending {
    /// How many rows wait: to come back to with [`Pending::forget_from`].
    pub fn mark(&self) -> usize {
        self.0.borrow().len()
    }

    /// Forgets what came after a mark: its job is taken back.
    pub fn forget_from(&self, mark: usize) {
        self.0.borrow_mut().truncate(mark);
    }

    /// Whether it is time to write.
    pub fn is_much(&self) -> bool {
        self.0.borrow().iter().map(|row| row.words.size()).sum::<usize>() > MOST_GATHERED
    }
}

impl Tx<'_> {
    /// Writes the gathered words into both indexes: outside of the savepoint of a job, and before the commit.
    pub(in super::super) fn write_index(&self) -> Result<(), StoreError> {
        for Gathered { id, words, .. } in self.words.0.take() {
            self.connection
                .prepare_cached(
                    "INSERT INTO findable_stem (rowid, subject, text, names, file) VALUES (?1, ?2, ?3, ?4, ?5)",
                )
                .and_then(|mut insert| insert.execute(params![id, words.subject, words.text, words.names, words.file]))
                .during("indexing messages")?;
            self.connection
                .prepare_cached("INSERT INTO findable_fragment (rowid, words) VALUES (?1, ?2)")
                .and_then(|mut insert| insert.execute(params![id, words.fragments]))
                .during("indexing messages")?;
        }
        Ok(())
    }

    /// Lets a message of a request be found, from the commit on.
    pub fn index(&self, request: &RequestNumber, received: ReceivedId, findable: &Findable) -> Result<(), StoreError> {
        self.index_row(self.request_id(request)?, received, findable)
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
        words: &Words,
    ) -> Result<(), StoreError> {
        let id: i64 = self
            .connection
            .prepare_cached("INSERT INTO findable (request, received, file) VALUES (?1, ?2, ?3) RETURNING id")
            .and_then(|mut insert| insert.query_row(params![request.0, received.0, file], |r| r.get(0)))
            .during("indexing a message")?;
        self.words.0.borrow_mut().push(Gathered { id, request, words: words.clone() });
        Ok(())
    }

    /// Indexes messages that [`View::unindexed`] gave, the first of which is the last in its order. What was erased or changed
    /// since they were read is left alone.
    pub fn catch_up(&self, messages: &[(Unindexed, Findable)]) -> Result<(), StoreError> {
        for (message, findable) in messages {
            let request = self
                .connection
                .prepare_cached(
                    "SELECT e.request FROM entry e JOIN received r ON r.id = e.received
                     WHERE e.id = ?1 AND e.text = ?2 AND r.subject = ?3 AND e.id <= (SELECT upto FROM unindexed)",
                )
                .and_then(|mut query| {
                    let values = params![message.entry, message.text, message.subject];
                    query.query_row(values, |r| r.get(0).map(RequestId)).optional()
                })
                .during("catching up with the index")?;
            if let Some(request) = request {
                self.index_row(request, message.received, findable)?;
            }
        }
        let Some(last) = messages.iter().map(|(message, _)| message.entry).min() else { return Ok(()) };
        self.connection
            .execute("UPDATE unindexed SET upto = min(upto, ?1)", [last - 1])
            .during("catching up with the index")
            .map(|_| ())
    }

    /// Takes all words of a request out of both indexes. They are out of reach at once, and out of the file after
    /// [`Tx::compact_index`].
    pub fn unindex_request(&self, request: &RequestNumber) -> Result<(), StoreError> {
        let request = self.request_id(request)?;
        self.words.0.borrow_mut().retain(|row| row.request != request);
        for delete in [
            "DELETE FROM findable_stem WHERE rowid IN (SELECT id FROM findable WHERE request = ?1)",
            "DELETE FROM findable_fragment WHERE rowid IN (SELECT id FROM findable WHERE request = ?1)",
            "DELETE FROM findable WHERE request = ?1",
        ] {
            self.connection.execute(delete, [request.0]).during("taking a request out of the index")?;
        }
        Ok(())
    }

    /// Writes both indexes anew without what was taken out of them; takes its time where much is stored.
    pub fn compact_index(&self) -> Result<(), StoreError> {
        self.connection
            .execute_batch(
                "INSERT INTO findable_stem (findable_stem) VALUES ('optimize');
                 INSERT INTO findable_fragment (findable_fragment) VALUES ('optimize')",
            )
            .during("compacting the index")
    }
}

impl View<'_> {
    /// How far the index is behind: there is one since the database was made or first opened by a version that has it.
    pub fn backlog(&self) -> Result<Backlog, StoreError> {
        let row = |r: &Row<'_>| {
            Ok(Backlog { left: r.get::<_, i64>(0)?.unsigned_abs(), all: r.get::<_, i64>(1)?.unsigned_abs() })
        };
        self.connection
            .query_row(
                "SELECT (SELECT count(*) FROM entry WHERE id <= (SELECT upto FROM unindexed)), (SELECT count(*) FROM entry)",
                [],
                row,
            )
            .during("reading how far the index is")
    }

    /// Messages that are not in the index yet, the newest first.
    pub fn unindexed(&self, limit: u32) -> Result<Vec<Unindexed>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT e.id, e.received, r.subject, e.text FROM entry e JOIN received r ON r.id = e.received
                 WHERE e.id <= (SELECT upto FROM unindexed) ORDER BY e.id DESC LIMIT ?1",
            )
            .during("reading what is not indexed")?;
        let row = |r: &Row<'_>| {
            Ok(Unindexed { entry: r.get(0)?, received: ReceivedId(r.get(1)?), subject: r.get(2)?, text: r.get(3)? })
        };
        query.query_map([limit], row).and_then(Iterator::collect).during("reading what is not indexed")
    }
}
