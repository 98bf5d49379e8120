//! What engineers have done about a request since a colleague of theirs was written to.

use crate::model::{
    DeskKey, EmailAddress, LetterId, ReceivedId, RequestNumber, ShortName, Since, TakenRequest, Timestamp,
};

use super::sql::{Row, ToColumn, columns};
use super::{StoreError, View};

/// The condition that event `e` is another engineer's, in the request, since the letter, and not taken back. Of the same second,
/// what a later message than the letter's cause has done is later.
const IS_SINCE: &str = "e.request = ?1 AND e.engineer IS NOT NULL AND e.engineer <> ?2
  AND EXISTS (SELECT 1 FROM letter l WHERE l.id = ?3
    AND (e.at > l.created_at OR e.at = l.created_at AND e.received > coalesce(l.cause, 0)))
  AND NOT EXISTS (SELECT 1 FROM event u WHERE u.request = e.request AND u.undoes = e.received)";

impl View<'_> {
    /// The engineers who were told of a request, while no engineer has taken, given or answered it; nobody after that.
    pub fn told_engineers(&self, number: &RequestNumber) -> Result<Vec<ShortName>, StoreError> {
        let request = self.request_id(number)?;
        let sql =
            "SELECT 1 FROM event WHERE request = ?1 AND engineer IS NOT NULL AND kind IN ('answered', 'assigned')";
        let doing = "looking for who was told";
        if self.exists(doing, sql, &[&request])? {
            return Ok(Vec::new());
        }
        let sql = "SELECT DISTINCT engineer FROM letter
          WHERE request = ?1 AND kind = 'notification' AND engineer IS NOT NULL AND state <> 'cancelled' ORDER BY engineer";
        self.all(doing, sql, &[&request], |r| r.get(0))
    }

    /// The requests of a desk of which an engineer was told at `told_since` or later, as one of more than `most` engineers, and which a
    /// colleague was the first to take or answer at `since` or later, where no letter told them of that.
    pub fn taken_by_colleagues(
        &self,
        desk: &DeskKey,
        (engineer, address): (&ShortName, &EmailAddress),
        (told_since, since): (Timestamp, Timestamp),
        most: usize,
    ) -> Result<Vec<TakenRequest>, StoreError> {
        let sql = "SELECT q.desk || '-' || q.number, q.subject, e.engineer, e.kind = 'answered', e.at FROM
            (SELECT DISTINCT request FROM letter
              WHERE recipient = ?1 AND created_at >= ?2 AND kind = 'notification' AND request IS NOT NULL) told
            CROSS JOIN request q ON q.id = told.request AND q.desk = ?3
            CROSS JOIN event e ON e.id = (SELECT min(id) FROM event
              WHERE request = q.id AND engineer IS NOT NULL AND kind IN ('answered', 'assigned'))
          WHERE e.engineer <> ?4 AND e.at >= ?5
            AND (SELECT count(DISTINCT engineer) FROM letter
              WHERE request = q.id AND kind = 'notification' AND engineer IS NOT NULL AND created_at <= e.at) > ?6
            AND NOT EXISTS (SELECT 1 FROM letter l WHERE l.request = q.id AND l.recipient = ?1 AND l.cause = e.received)
          ORDER BY e.id";
        let row = |r: &Row<'_>| columns!(r => TakenRequest { number, subject, by, is_answered, at });
        let values: [&dyn ToColumn; 6] = [address, &told_since, desk, engineer, &since, &most];
        self.all("looking for what colleagues have taken", sql, &values, row)
    }

    /// What colleagues of an engineer have done about a request since a letter to them. Of an answer they are asked once.
    pub fn since(&self, number: &RequestNumber, engineer: &ShortName, letter: LetterId) -> Result<Since, StoreError> {
        let request = self.request_id(number)?;
        let values: [&dyn ToColumn; 3] = [&request, engineer, &letter];
        let doing = "looking for what colleagues have done";
        let sql = format!(
            "SELECT e.engineer, e.at, e.received FROM event e WHERE e.kind = 'answered' AND {IS_SINCE}
               AND NOT EXISTS (SELECT 1 FROM letter q JOIN received held ON held.id = q.cause
                 WHERE q.kind = 'question' AND q.engineer = ?2 AND held.request = ?1 AND q.created_at >= e.at)
             ORDER BY e.id DESC LIMIT 1"
        );
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?, r.get(2)?));
        let answered: Option<(ShortName, Timestamp, Option<ReceivedId>)> = self.optional(doing, &sql, &values, row)?;
        let sql = format!(
            "SELECT e.engineer, e.at FROM event e JOIN request q ON q.id = e.request AND q.assignee = e.engineer
             WHERE e.kind = 'assigned' AND {IS_SINCE} ORDER BY e.id DESC LIMIT 1"
        );
        let taken = self.optional(doing, &sql, &values, |r| Ok((r.get(0)?, r.get(1)?)))?;
        let answered = match answered {
            Some((name, at, received)) => {
                let entry = received.map_or(Ok(None), |received| self.entry_of(received))?;
                Some((name, at, entry.map(|entry| entry.reply_text).unwrap_or_default()))
            }
            None => None,
        };
        Ok(Since { answered, taken })
    }
}
