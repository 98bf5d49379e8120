//! How many requests and letters there are of each sort: rows that are kept in the transactions that change them, so that asking
//! costs the same however many there are.

use crate::model::{DeskKey, Phase, Timestamp};

use super::sql::{Row, columns};
use super::{StoreError, View};

/// How many requests of a desk are of one sort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestCount {
    /// The desk.
    pub desk: DeskKey,
    /// Whether an engineer works on them.
    pub is_assigned: bool,
    /// Their phase.
    pub phase: Phase,
    /// Whether the first line was last reminded of the silence of whoever has them.
    pub is_silent: bool,
    /// How many they are.
    pub count: u64,
}

/// What is counted: the rows that are kept, and the same counted anew; each row a text.
const KEPT: &[(&str, &str, &str)] = &[
    (
        "requests",
        "SELECT assignee || ' ' || desk || ' ' || phase || ' ' || silent || ': ' || n FROM request_count WHERE n <> 0 ORDER BY 1",
        "SELECT coalesce(assignee, '') || ' ' || desk || ' ' || phase || ' ' || silent || ': ' || count(*) FROM request
          GROUP BY coalesce(assignee, ''), desk, phase, silent ORDER BY 1",
    ),
    (
        "letters",
        "SELECT desk || ' ' || state || ': ' || n FROM letter_count WHERE n <> 0 ORDER BY 1",
        "SELECT desk || ' ' || state || ': ' || count(*) FROM letter GROUP BY desk, state ORDER BY 1",
    ),
];

impl View<'_> {
    /// How many requests there are of each sort, at all desks.
    pub fn request_counts(&self) -> Result<Vec<RequestCount>, StoreError> {
        let sql = "SELECT desk, assignee <> '', phase, silent, n FROM request_count";
        let row = |r: &Row<'_>| columns!(r => RequestCount { desk, is_assigned, phase, is_silent, count });
        self.all("counting requests", sql, &[], row)
    }

    /// How many requests of a desk are overdue.
    pub fn overdue(&self, desk: &DeskKey, now: Timestamp) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM request WHERE desk = ?1 AND overdue_at <= ?2";
        self.one("counting overdue requests", sql, &[desk, &now], |r| r.get(0))
    }

    /// What is counted otherwise than it is, a line each; empty where all counts are right. Reads all requests and letters.
    pub fn miscounted(&self) -> Result<Vec<String>, StoreError> {
        let mut found = Vec::new();
        for (what, kept, counted) in KEPT {
            let rows =
                |sql: &str| -> Result<Vec<String>, StoreError> { self.all("checking counts", sql, &[], |r| r.get(0)) };
            let (kept, counted) = (rows(kept)?, rows(counted)?);
            found.extend((kept != counted).then(|| format!("{what} are counted as {kept:?}, and are {counted:?}")));
        }
        Ok(found)
    }
}
