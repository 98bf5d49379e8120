//! How many letters there are in each state.

use super::{StoreError, View};

/// The letters of all desks, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LetterCounts {
    /// Those that were taken by a server.
    pub sent: u32,
    /// Those that failed for good.
    pub failed: u32,
    /// Those that are to be tried, now or later.
    pub waiting: u32,
}

impl View<'_> {
    /// Counts the letters.
    pub fn letter_counts(&self) -> Result<LetterCounts, StoreError> {
        let sql = "SELECT count(*) FILTER (WHERE state = 'sent'), count(*) FILTER (WHERE state = 'failed'),
            count(*) FILTER (WHERE state IN ('due', 'inflight')) FROM letter";
        self.one("counting letters", sql, &[], |r| {
            Ok(LetterCounts { sent: r.get(0)?, failed: r.get(1)?, waiting: r.get(2)? })
        })
    }
}
