//! The requests that statistics are computed from.

use crate::model::{DeskKey, RequestNumber, Timestamp};

use super::sql::Filter;
use super::{StoreError, View};

impl View<'_> {
    /// Requests that are open or have changed since a time, each with the time at which it last became answered or closed
    /// (`None` where it never did); only those of `desk` where given.
    pub fn measurable(
        &self,
        desk: Option<&DeskKey>,
        since: Timestamp,
    ) -> Result<Vec<(RequestNumber, Option<Timestamp>)>, StoreError> {
        let is_of_interest = "(phase NOT IN ('completed', 'closed') OR changed_at >= ?)";
        let filter = Filter::default().and(is_of_interest, &since).and_if("desk = ?", desk);
        let sql = format!(
            "SELECT desk || '-' || number,
               (SELECT max(at) FROM event e WHERE e.request = q.id AND e.from_phase NOT IN ('completed', 'closed')
                  AND e.to_phase IN ('completed', 'closed'))
             FROM request q {} ORDER BY id",
            filter.sql()
        );
        self.all("reading requests", &sql, filter.values(), |r| Ok((r.get(0)?, r.get(1)?)))
    }
}
