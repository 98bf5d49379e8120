//! Which requests statistics look at, and when each was last answered or closed.

use rusqlite::{Row, params};

use crate::model::{DeskKey, RequestNumber, Timestamp};

use super::column::Word;
use super::error::During;
use super::{StoreError, View};

impl View<'_> {
    /// Requests that are open, or that something has happened to since a time, each with the time at which it last came to
    /// be answered or closed; those of one desk where given.
    pub fn measurable(
        &self,
        desk: Option<&DeskKey>,
        since: Timestamp,
    ) -> Result<Vec<(RequestNumber, Option<Timestamp>)>, StoreError> {
        let mut query = self
            .connection
            .prepare(
                "SELECT desk || '-' || number,
                   (SELECT max(at) FROM event e WHERE e.request = q.id AND e.from_phase NOT IN ('completed', 'closed')
                      AND e.to_phase IN ('completed', 'closed'))
                 FROM request q
                 WHERE (?1 IS NULL OR desk = ?1) AND (phase NOT IN ('completed', 'closed') OR changed_at >= ?2)
                 ORDER BY id",
            )
            .during("reading requests")?;
        let row = |r: &Row<'_>| {
            Ok((r.get::<_, Word<RequestNumber>>(0)?.0, r.get::<_, Option<i64>>(1)?.map(Timestamp::from_unix)))
        };
        query
            .query_map(params![desk.map(DeskKey::as_str), since.unix()], row)
            .and_then(Iterator::collect)
            .during("reading requests")
    }
}
