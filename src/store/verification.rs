//! What a look at everything that is stored needs.

use rusqlite::Row;

use crate::model::{DeskKey, Digest, ReceivedId, RequestNumber};

use super::column::Word;
use super::error::During;
use super::{Reader, StoreError, View};

impl Reader {
    /// Asks several things of one moment, whatever is written meanwhile.
    pub fn at_one_moment<T>(&self, ask: impl FnOnce(View<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.connection.execute_batch("BEGIN").during("beginning to read")?;
        let answer = ask(self.view());
        self.connection.execute_batch("COMMIT").during("ending to read")?;
        answer
    }
}

impl View<'_> {
    /// The numbers of all requests, by desk, ascending.
    pub fn request_numbers(&self) -> Result<Vec<RequestNumber>, StoreError> {
        let mut query = self
            .connection
            .prepare("SELECT desk || '-' || number FROM request ORDER BY desk, number")
            .during("reading all numbers")?;
        let row = |r: &Row<'_>| r.get::<_, Word<RequestNumber>>(0).map(|word| word.0);
        query.query_map([], row).and_then(Iterator::collect).during("reading all numbers")
    }

    /// The last number that each desk has given.
    pub fn last_numbers(&self) -> Result<Vec<(DeskKey, u32)>, StoreError> {
        let mut query =
            self.connection.prepare("SELECT key, last_number FROM desk ORDER BY key").during("reading last numbers")?;
        let row = |r: &Row<'_>| Ok((r.get::<_, Word<DeskKey>>(0)?.0, r.get(1)?));
        query.query_map([], row).and_then(Iterator::collect).during("reading last numbers")
    }

    /// The messages whose raw bytes are kept, in their order.
    pub fn kept_messages(&self) -> Result<Vec<ReceivedId>, StoreError> {
        let ids = self.ids("SELECT id FROM received WHERE raw IS NOT NULL AND erased_at IS NULL ORDER BY id", [])?;
        Ok(ids.into_iter().map(ReceivedId).collect())
    }

    /// What is wrong with the raw bytes of a message: they cannot be read, or are not those that were stored. None: nothing is.
    pub fn raw_damage(&self, received: ReceivedId) -> Result<Option<String>, StoreError> {
        let bytes = match self.raw(received) {
            Ok(bytes) => bytes,
            Err(error) if error.is_fatal() || error.is_passing() => return Err(error),
            Err(error) => return Ok(Some(format!("message {received}: its raw bytes cannot be read: {error}"))),
        };
        let stored: Option<[u8; 32]> = self
            .connection
            .prepare_cached(
                "SELECT coalesce(raw.changed_sha256, raw.sha256) FROM received r JOIN raw ON raw.id = r.raw WHERE r.id = ?1",
            )
            .and_then(|mut query| query.query_row([received.0], |r| r.get(0)))
            .during("checking raw messages")?;
        let is_sound = stored.is_some_and(|stored| Digest::of(&bytes) == Digest::from_bytes(stored));
        Ok((!is_sound).then(|| format!("message {received}: its raw bytes are not those that were received")))
    }

    /// Rows that name others which are not there: the cause of a letter, the message of an event.
    pub fn dangling(&self) -> Result<Vec<String>, StoreError> {
        let mut query = self.connection.prepare("PRAGMA foreign_key_check").during("checking references")?;
        let row = |r: &Row<'_>| {
            let (table, id, parent) = (r.get::<_, String>(0)?, r.get::<_, Option<i64>>(1)?, r.get::<_, String>(2)?);
            let id = id.map(|id| format!(" {id}")).unwrap_or_default();
            Ok(format!("{table}{id}: names a row of {parent} that is not there"))
        };
        let mut found: Vec<String> =
            query.query_map([], row).and_then(Iterator::collect).during("checking references")?;
        let mut query = self
            .connection
            .prepare("SELECT id FROM letter WHERE request IS NULL AND cause IS NULL AND kind <> 'digest' ORDER BY id")
            .during("checking letters")?;
        let row = |r: &Row<'_>| r.get::<_, i64>(0).map(|id| format!("letter {id}: is about nothing"));
        let letters: Vec<String> = query.query_map([], row).and_then(Iterator::collect).during("checking letters")?;
        found.extend(letters);
        Ok(found)
    }
}
