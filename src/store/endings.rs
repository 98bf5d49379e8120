//! What messages of engineers end with: which of it is known for a signature.

use crate::model::{Digest, RequestNumber, ShortName, Timestamp};

use super::{StoreError, Tx, View};

/// An ending is a signature once it has stood below other words in messages about so many requests.
const KNOWN_AFTER: u32 = 3;

/// So many endings of an engineer are kept, counted once for each request.
const MOST_KEPT: u32 = 60;

impl View<'_> {
    /// Whether an engineer's messages have ended so often enough.
    pub fn is_signature(&self, engineer: &ShortName, ending: &Digest) -> Result<bool, StoreError> {
        Ok(self.ended_so(engineer, ending)? >= KNOWN_AFTER)
    }

    /// About how many requests an engineer's messages were that ended so, as far as that is counted.
    fn ended_so(&self, engineer: &ShortName, ending: &Digest) -> Result<u32, StoreError> {
        let sql = "SELECT count(*) FROM ending WHERE engineer = ?1 AND digest = ?2";
        self.one("looking for a signature", sql, &[engineer, ending], |r| r.get(0))
    }
}

impl Tx<'_> {
    /// Notes how an engineer's message about a request ended.
    pub fn note_ending(
        &self,
        engineer: &ShortName,
        ending: &Digest,
        request: &RequestNumber,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if self.ended_so(engineer, ending)? >= KNOWN_AFTER {
            return Ok(());
        }
        let (doing, id) = ("noting how a message ended", self.request_id(request)?);
        let sql = "INSERT INTO ending (engineer, digest, request, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
        self.run(doing, sql, &[engineer, ending, &id, &at])?;
        let sql = "DELETE FROM ending WHERE engineer = ?1 AND (digest, request) IN (
          SELECT digest, request FROM ending WHERE engineer = ?1 ORDER BY at DESC, request DESC LIMIT -1 OFFSET ?2)";
        self.run(doing, sql, &[engineer, &MOST_KEPT]).map(|_| ())
    }
}
