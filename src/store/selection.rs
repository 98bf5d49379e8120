//! Requests by the thousand: which of them somebody wants, page by page, and what their events say in brief.

use crate::model::{DeskKey, Phase, RequestId, RequestNumber, Timestamp};

use super::column::List;
use super::sql::{Filter, Row};
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

impl Selection {
    /// Its conditions; `phases` are its own, as a list.
    fn filter<'s>(&'s self, phases: &'s List<'s, Phase>) -> Filter<'s> {
        let filter = Filter::default().and_if("desk = ?", self.desk.as_ref());
        let filter = filter.and_if("opened_at >= ?", self.since.as_ref()).and_if("opened_at < ?", self.until.as_ref());
        if self.phases.is_empty() { filter } else { filter.and("phase IN (LIST ?)", phases) }
    }
}

impl View<'_> {
    /// How many requests a selection has.
    pub fn selected_count(&self, selection: &Selection) -> Result<u64, StoreError> {
        let phases = List(&selection.phases);
        let filter = selection.filter(&phases);
        let sql = format!("SELECT count(*) FROM request {}", filter.sql());
        self.one("counting requests", &sql, filter.values(), |r| r.get(0))
    }

    /// The next requests of a selection, in the order in which they were opened.
    pub fn selected(
        &self,
        selection: &Selection,
        after: RequestId,
        limit: u32,
    ) -> Result<Vec<(RequestId, RequestNumber)>, StoreError> {
        let phases = List(&selection.phases);
        let filter = selection.filter(&phases).and("id > ?", &after);
        let sql = format!("SELECT id, desk || '-' || number FROM request {} ORDER BY id LIMIT {limit}", filter.sql());
        self.all("selecting requests", &sql, filter.values(), |r| Ok((r.get(0)?, r.get(1)?)))
    }

    /// When a request was answered and closed, and how much was written in it.
    pub fn milestones(&self, number: &RequestNumber) -> Result<Milestones, StoreError> {
        let sql = "SELECT max(at) FILTER (WHERE from_phase NOT IN ('completed', 'closed') AND to_phase IN ('completed', 'closed')),
            max(at) FILTER (WHERE to_phase = 'completed'), max(at) FILTER (WHERE to_phase = 'closed'),
            (SELECT count(*) FROM entry WHERE request = ?1)
          FROM event WHERE request = ?1 AND to_phase IS NOT NULL";
        let row = |r: &Row<'_>| {
            let (ended_at, completed_at, closed_at) = (r.get(0)?, r.get(1)?, r.get(2)?);
            Ok(Milestones { ended_at, completed_at, closed_at, messages: r.get(3)? })
        };
        self.one("reading the course of a request", sql, &[&self.request_id(number)?], row)
    }
}
