//! What the clock looks at: requests whose time has come, and who has got the day's digest.

use jiff::civil::Date;
use rusqlite::{OptionalExtension, params};

use crate::model::{DeskKey, RequestId, RequestNumber, ShortName, Timestamp};

use super::column::Word;
use super::error::During;
use super::{StoreError, Tx, View};

impl Tx<'_> {
    /// Sets when the clock looks at a request again.
    pub fn set_look(&self, request: &RequestNumber, at: Option<Timestamp>) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE request SET look_at = ?3 WHERE desk = ?1 AND number = ?2 AND look_at IS NOT ?3")
            .and_then(|mut update| {
                update.execute(params![request.desk.as_str(), request.number, at.map(Timestamp::unix)])
            })
            .during("setting a look")
            .map(|_| ())
    }

    /// Notes that an engineer has got a desk's digest of this day, or that there was nothing to say.
    pub fn note_digest(&self, desk: &DeskKey, engineer: &ShortName, day: Date) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO digest (desk, engineer, day) VALUES (?1, ?2, ?3)
                 ON CONFLICT (desk, engineer) DO UPDATE SET day = excluded.day",
            )
            .and_then(|mut insert| insert.execute(params![desk.as_str(), engineer.as_str(), day.to_string()]))
            .during("noting a digest")
            .map(|_| ())
    }
}

impl View<'_> {
    /// Requests that the clock is to look at by now, in the order of their rows, behind this one.
    pub fn looks(
        &self,
        now: Timestamp,
        after: RequestId,
        limit: u32,
    ) -> Result<Vec<(RequestId, RequestNumber)>, StoreError> {
        self.numbered("look_at <= ?1", Some(now), after, limit)
    }

    /// Requests that are not closed, in the order of their rows, behind this one.
    pub fn unclosed(&self, after: RequestId, limit: u32) -> Result<Vec<(RequestId, RequestNumber)>, StoreError> {
        self.numbered("phase <> 'closed' AND ?1 IS NULL", None, after, limit)
    }

    fn numbered(
        &self,
        health_record: &str,
        value: Option<Timestamp>,
        after: RequestId,
        limit: u32,
    ) -> Result<Vec<(RequestId, RequestNumber)>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(&format!(
                "SELECT id, desk || '-' || number FROM request WHERE {health_record} AND id > ?2 ORDER BY id LIMIT ?3"
            ))
            .during("looking at requests")?;
        query
            .query_map(params![value.map(Timestamp::unix), after.0, limit], |r| {
                Ok((RequestId(r.get(0)?), r.get::<_, Word<RequestNumber>>(1)?.0))
            })
            .and_then(Iterator::collect)
            .during("looking at requests")
    }

    /// When the clock is to look at a request next.
    pub fn next_look(&self) -> Result<Option<Timestamp>, StoreError> {
        self.connection
            .prepare_cached("SELECT min(look_at) FROM request WHERE look_at IS NOT NULL")
            .and_then(|mut query| query.query_row([], |r| r.get::<_, Option<i64>>(0)))
            .during("looking for the next look")
            .map(|at| at.map(Timestamp::from_unix))
    }

    /// The numbers of a desk's requests that are neither answered nor closed.
    pub fn unanswered(&self, desk: &DeskKey) -> Result<Vec<RequestNumber>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT desk || '-' || number FROM request
                 WHERE desk = ?1 AND phase NOT IN ('completed', 'closed') ORDER BY id",
            )
            .during("reading a desk's requests")?;
        query
            .query_map([desk.as_str()], |r| r.get::<_, Word<RequestNumber>>(0).map(|word| word.0))
            .and_then(Iterator::collect)
            .during("reading a desk's requests")
    }

    /// Whether an engineer has got a desk's digest of this day.
    pub fn has_digest(&self, desk: &DeskKey, engineer: &ShortName, day: Date) -> Result<bool, StoreError> {
        let last: Option<String> = self
            .connection
            .prepare_cached("SELECT day FROM digest WHERE desk = ?1 AND engineer = ?2")
            .and_then(|mut query| query.query_row(params![desk.as_str(), engineer.as_str()], |r| r.get(0)).optional())
            .during("looking for a digest")?;
        Ok(last.is_some_and(|last| last == day.to_string()))
    }
}
