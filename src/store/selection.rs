//! Selecting requests by the thousand, page by page, for export and statistics.

use crate::model::{DeskKey, Phase, RequestId, RequestNumber, Timestamp};

use super::column::List;
use super::sql::{Filter, Row};
use super::{StoreError, View};

/// Conditions for requests; one that is not given lets all through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only requests of this desk.
    pub desk: Option<DeskKey>,
    /// Only requests opened at this time or later.
    pub since: Option<Timestamp>,
    /// Only requests opened before this time.
    pub until: Option<Timestamp>,
    /// Only requests in one of these phases; in any, where the list is empty.
    pub phases: Vec<Phase>,
}

/// Dates and counts of a request, derived from its events and messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Milestones {
    /// When it last became answered or closed, having been neither; `None` where it never did.
    pub ended_at: Option<Timestamp>,
    /// When it was last answered; `None` where it never was.
    pub completed_at: Option<Timestamp>,
    /// When it was last closed; `None` where it never was.
    pub closed_at: Option<Timestamp>,
    /// How many messages belong to it.
    pub messages: u64,
}

impl Selection {
    /// The conditions as SQL; `phases` is the selection's own list of phases.
    fn filter<'s>(&'s self, phases: &'s List<'s, Phase>) -> Filter<'s> {
        let filter = Filter::default().and_if("desk = ?", self.desk.as_ref());
        let filter = filter.and_if("opened_at >= ?", self.since.as_ref()).and_if("opened_at < ?", self.until.as_ref());
        if self.phases.is_empty() { filter } else { filter.and("phase IN (LIST ?)", phases) }
    }
}

impl View<'_> {
    /// How many requests match a selection.
    pub fn selected_count(&self, selection: &Selection) -> Result<u64, StoreError> {
        let phases = List(&selection.phases);
        let filter = selection.filter(&phases);
        let sql = format!("SELECT count(*) FROM request {}", filter.sql());
        self.one("counting requests", &sql, filter.values(), |r| r.get(0))
    }

    /// The next page of a selection, in the order in which the requests were opened.
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

    /// When a request was answered and closed, and how many messages it has.
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
