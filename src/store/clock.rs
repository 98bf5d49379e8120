//! When the clock is to look at each request next, and which engineers have got the day's digest.

use jiff::civil::Date;

use crate::model::{DeskKey, Digest, RequestId, RequestNumber, ShortName, Timestamp};

use super::{StoreError, Tx, View};

impl Tx<'_> {
    /// Sets when the clock looks at a request next, and when its next deadline passes; `None` where the passing of time changes
    /// nothing in it, and where it has no deadline.
    pub fn plan(
        &self,
        request: &RequestNumber,
        look_at: Option<Timestamp>,
        overdue_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE request SET look_at = ?3, overdue_at = ?4
          WHERE desk = ?1 AND number = ?2 AND (look_at IS DISTINCT FROM ?3 OR overdue_at IS DISTINCT FROM ?4)";
        self.run("planning a look", sql, &[&request.desk, &request.number, &look_at, &overdue_at]).map(|_| ())
    }

    /// Records that all requests are planned by these settings.
    pub fn planned_by(&self, settings: &Digest) -> Result<(), StoreError> {
        self.run("planning looks", "UPDATE process SET planned_by = ?1", &[settings]).map(|_| ())
    }

    /// Sets when the clock looks at a request next, whatever its settings say; `None` for never.
    pub fn set_look(&self, request: &RequestNumber, at: Option<Timestamp>) -> Result<(), StoreError> {
        let sql = "UPDATE request SET look_at = ?3 WHERE desk = ?1 AND number = ?2 AND look_at IS DISTINCT FROM ?3";
        self.run("setting a look", sql, &[&request.desk, &request.number, &at]).map(|_| ())
    }

    /// Records that an engineer's digest of this day is done with: it was written, or there was nothing to put into it.
    pub fn note_digest(&self, desk: &DeskKey, engineer: &ShortName, day: Date) -> Result<(), StoreError> {
        let sql = "INSERT INTO digest (desk, engineer, day) VALUES (?1, ?2, ?3)
          ON CONFLICT (desk, engineer) DO UPDATE SET day = excluded.day";
        self.run("noting a digest", sql, &[desk, engineer, &day]).map(|_| ())
    }
}

impl View<'_> {
    /// Whether all requests are planned by these settings.
    pub fn is_planned_by(&self, settings: &Digest) -> Result<bool, StoreError> {
        self.exists("looking at what looks are planned by", "SELECT 1 FROM process WHERE planned_by = ?1", &[settings])
    }

    /// Up to `limit` requests that are due for a look by now, in the order of their rows, from behind `after` on.
    pub fn looks(
        &self,
        now: Timestamp,
        after: RequestId,
        limit: u32,
    ) -> Result<Vec<(RequestId, RequestNumber)>, StoreError> {
        // Left to itself, the engine reads all requests in the order of their rows.
        let sql = "SELECT id, desk || '-' || number FROM request INDEXED BY request_look
          WHERE look_at <= ?1 AND id > ?2 ORDER BY id LIMIT ?3";
        self.all("looking at requests", sql, &[&now, &after, &limit], |r| Ok((r.get(0)?, r.get(1)?)))
    }

    /// Up to `limit` requests that are not closed, in the order of their rows, from behind `after` on.
    pub fn unclosed(&self, after: RequestId, limit: u32) -> Result<Vec<(RequestId, RequestNumber)>, StoreError> {
        let sql =
            "SELECT id, desk || '-' || number FROM request WHERE phase <> 'closed' AND id > ?1 ORDER BY id LIMIT ?2";
        self.all("looking at requests", sql, &[&after, &limit], |r| Ok((r.get(0)?, r.get(1)?)))
    }

    /// When the next look at any request is due; `None` where no request waits for one.
    pub fn next_look(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT min(look_at) FROM request WHERE look_at IS NOT NULL";
        self.one("looking for the next look", sql, &[], |r| r.get(0))
    }

    /// The numbers of a desk's requests that are neither answered nor closed.
    pub fn unanswered(&self, desk: &DeskKey) -> Result<Vec<RequestNumber>, StoreError> {
        let sql = "SELECT desk || '-' || number FROM request
          WHERE desk = ?1 AND phase NOT IN ('completed', 'closed') ORDER BY id";
        self.all("reading a desk's requests", sql, &[desk], |r| r.get(0))
    }

    /// The day of an engineer's last digest; `None` before the first.
    pub fn last_digest(&self, desk: &DeskKey, engineer: &ShortName) -> Result<Option<Date>, StoreError> {
        let sql = "SELECT day FROM digest WHERE desk = ?1 AND engineer = ?2";
        self.optional("looking for a digest", sql, &[desk, engineer], |r| r.get(0))
    }

    /// Whether an engineer's digest of this day is done with.
    pub fn has_digest(&self, desk: &DeskKey, engineer: &ShortName, day: Date) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM digest WHERE desk = ?1 AND engineer = ?2 AND day = ?3";
        self.exists("looking for a digest", sql, &[desk, engineer, &day])
    }
}
