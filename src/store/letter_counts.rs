//! How many letters there are in each state.

use super::{StoreError, View};

/// The letters of all desks, counted by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LetterCounts {
    /// Letters that a server has taken.
    pub sent: u32,
    /// Letters that are not tried again.
    pub failed: u32,
    /// Letters that are still to be sent, now or later.
    pub waiting: u32,
}

impl View<'_> {
    /// Counts the letters of all desks.
    pub fn letter_counts(&self) -> Result<LetterCounts, StoreError> {
        let sql = "SELECT coalesce(sum(n) FILTER (WHERE state = 'sent'), 0), coalesce(sum(n) FILTER (WHERE state = 'failed'), 0),
            coalesce(sum(n) FILTER (WHERE state IN ('due', 'inflight')), 0) FROM letter_count";
        self.one("counting letters", sql, &[], |r| {
            Ok(LetterCounts { sent: r.get(0)?, failed: r.get(1)?, waiting: r.get(2)? })
        })
    }
}
