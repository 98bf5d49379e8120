//! Requests by the thousand: which of them somebody wants, page by page, and what their events say in brief.

use rusqlite::{Row, params};

use crate::model::{DeskKey, Phase, RequestId, RequestNumber, Timestamp};

use super::column::{Json, Word};
use super::error::During;
use super::{StoreError, View};

/// Which requests are wanted; those that nothing speaks against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Of this desk.
    pub desk: Option<DeskKey>,
    /// Opened at this time or later.
    pub since: Option<Timestamp>,
    /// Opened before this time.
    pub until: Option<Timestamp>,
    /// In one of these phases; in any, where there is none.
    pub phases: Vec<Phase>,
}

/// What a request's events and messages say in brief.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Milestones {
    /// When it last came to be answered or closed, from neither.
    pub ended_at: Option<Timestamp>,
    /// When it was last answered.
    pub completed_at: Option<Timestamp>,
    /// When it was last closed.
    pub closed_at: Option<Timestamp>,
    /// How many messages it holds.
    pub messages: u64,
}

/// The condition of a selection; its values are the first four.
const SELECTED: &str =
    "(?1 IS NULL OR desk = ?1) AND (?2 IS NULL OR opened_at >= ?2) AND (?3 IS NULL OR opened_at < ?3)
  AND (?4 = '[]' OR phase IN (SELECT value FROM json_each(?4)))";

impl View<'_> {
    /// How many requests a selection has.
    pub fn selected_count(&self, selection: &Selection) -> Result<u64, StoreError> {
        let Selection { desk, since, until, phases } = selection;
        let values = params![desk.as_ref().map(DeskKey::as_str), unix(since), unix(until), Json(phases)];
        let sql = format!("SELECT count(*) FROM request WHERE {SELECTED}");
        let count = self.connection.query_row(&sql, values, |r| r.get::<_, i64>(0));
        count.during("counting requests").map(i64::unsigned_abs)
    }

    /// The next requests of a selection, in the order in which they were opened.
    pub fn selected(
        &self,
        selection: &Selection,
        after: RequestId,
        limit: u32,
    ) -> Result<Vec<(RequestId, RequestNumber)>, StoreError> {
        let Selection { desk, since, until, phases } = selection;
        let mut query = self
            .connection
            .prepare_cached(&format!(
                "SELECT id, desk || '-' || number FROM request WHERE {SELECTED} AND id > ?5 ORDER BY id LIMIT ?6"
            ))
            .during("selecting requests")?;
        let values =
            params![desk.as_ref().map(DeskKey::as_str), unix(since), unix(until), Json(phases), after.0, limit];
        let row = |r: &Row<'_>| Ok((RequestId(r.get(0)?), r.get::<_, Word<RequestNumber>>(1)?.0));
        query.query_map(values, row).and_then(Iterator::collect).during("selecting requests")
    }

    /// When a request was answered and closed, and how much was written in it.
    pub fn milestones(&self, number: &RequestNumber) -> Result<Milestones, StoreError> {
        let id = self.request_id(number)?;
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT
                   max(CASE WHEN from_phase NOT IN ('completed', 'closed') AND to_phase IN ('completed', 'closed') THEN at END),
                   max(CASE WHEN to_phase = 'completed' THEN at END), max(CASE WHEN to_phase = 'closed' THEN at END),
                   (SELECT count(*) FROM entry WHERE request = ?1)
                 FROM event WHERE request = ?1 AND to_phase IS NOT NULL",
            )
            .during("reading the course of a request")?;
        let time = |r: &Row<'_>, index| r.get::<_, Option<i64>>(index).map(|at| at.map(Timestamp::from_unix));
        let row = |r: &Row<'_>| {
            Ok(Milestones {
                ended_at: time(r, 0)?,
                completed_at: time(r, 1)?,
                closed_at: time(r, 2)?,
                messages: r.get::<_, i64>(3)?.unsigned_abs(),
            })
        };
        query.query_row([id.0], row).during("reading the course of a request")
    }
}

fn unix(at: &Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::unix)
}
