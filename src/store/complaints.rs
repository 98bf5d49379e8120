//! Readers who have complained about a letter to their mail provider, and get no automatic letters until they or the operator want
//! them again.

use serde::Serialize;

use crate::model::{EmailAddress, LetterId, RequestNumber, Timestamp};

use super::sql::Row;
use super::{StoreError, Tx, View};

/// Why letters that waited are not sent.
const WHY: &str = "its reader has complained about automatic e-mails";

/// A reader who has complained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ComplaintRow {
    /// Their address.
    pub address: EmailAddress,
    /// When they complained first.
    pub at: Timestamp,
    /// The request that the letter was about.
    pub request: RequestNumber,
}

impl Tx<'_> {
    /// Records that a reader has complained; automatic letters to them that wait are cancelled.
    pub fn silence(&self, address: &EmailAddress, about: &RequestNumber, now: Timestamp) -> Result<(), StoreError> {
        let doing = "noting a complaint";
        let sql = "INSERT INTO complaint (address, at, request) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        self.run(doing, sql, &[address, &now, &self.request_id(about)?])?;
        let sql = "UPDATE letter SET state = 'cancelled', answer = ?2 WHERE recipient = ?1 AND engineer IS NULL
          AND kind IN ('acknowledgement', 'notice') AND state = 'due' AND attempts = 0";
        self.run(doing, sql, &[address, &WHY]).map(|_| ())
    }

    /// Records that a reader gets automatic letters again. Returns whether they had complained.
    pub fn end_silence(&self, address: &EmailAddress) -> Result<bool, StoreError> {
        let sql = "DELETE FROM complaint WHERE address = ?1";
        self.run("ending a complaint", sql, &[address]).map(|changed| changed == 1)
    }

    /// Cancels a letter that was just written, because its reader wants none of its sort.
    pub fn withhold(&self, letter: LetterId) -> Result<(), StoreError> {
        let sql = "UPDATE letter SET state = 'cancelled', answer = ?2 WHERE id = ?1";
        self.run("withholding a letter", sql, &[&letter, &WHY]).map(|_| ())
    }
}

impl View<'_> {
    /// Whether somebody has complained and gets no automatic letters.
    pub fn is_silenced(&self, address: &EmailAddress) -> Result<bool, StoreError> {
        self.exists("looking for a complaint", "SELECT 1 FROM complaint WHERE address = ?1", &[address])
    }

    /// How many readers have complained.
    pub fn complaint_count(&self) -> Result<u64, StoreError> {
        self.one("counting complaints", "SELECT count(*) FROM complaint", &[], |r| r.get(0))
    }

    /// Everybody who has complained, the latest first.
    pub fn complaints(&self) -> Result<Vec<ComplaintRow>, StoreError> {
        let sql =
            "SELECT c.address, c.at, q.desk || '-' || q.number FROM complaint c JOIN request q ON q.id = c.request
          ORDER BY c.at DESC, c.address";
        let row = |r: &Row<'_>| Ok(ComplaintRow { address: r.get(0)?, at: r.get(1)?, request: r.get(2)? });
        self.all("reading complaints", sql, &[], row)
    }
}
