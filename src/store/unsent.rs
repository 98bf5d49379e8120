//! Engineers' messages of which nothing was sent, while they wait for the engineer's yes or no.

use crate::model::{DeskKey, LetterId, ReceivedId, ShortName, Timestamp, UnsentMessage};

use super::sql::{Row, ToColumn, columns};
use super::{StoreError, Tx, View};

impl Tx<'_> {
    /// Records that a message waits for its engineer's answer to a letter; `None` where they get too many and none was written.
    /// `due_at` is when they are told again.
    pub fn wait_for_answer(
        &self,
        received: ReceivedId,
        (desk, engineer): (&DeskKey, &ShortName),
        letter: Option<LetterId>,
        now: Timestamp,
        due_at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO unsent (received, desk, engineer, at, letter, due_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
          ON CONFLICT (received) DO UPDATE SET letter = coalesce(excluded.letter, letter)";
        let values: [&dyn ToColumn; 6] = [&received, desk, engineer, &now, &letter, &due_at];
        self.run("noting what waits for an answer", sql, &values).map(|_| ())
    }

    /// Records that a message waits for no answer any more.
    pub(super) fn waits_no_more(&self, received: ReceivedId) -> Result<(), StoreError> {
        self.run("noting an answer", "DELETE FROM unsent WHERE received = ?1", &[&received]).map(|_| ())
    }

    /// Records that an engineer was told again of what was due by now, and drops what was erased meanwhile.
    pub fn told_again(&self, desk: &DeskKey, engineer: &ShortName, now: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE unsent SET due_at = NULL WHERE desk = ?1 AND engineer = ?2 AND due_at <= ?3";
        self.run("noting a reminder", sql, &[desk, engineer, &now])?;
        let sql = "DELETE FROM unsent WHERE (SELECT erased_at FROM received WHERE id = unsent.received) IS NOT NULL";
        self.run("dropping what was erased", sql, &[]).map(|_| ())
    }
}

impl View<'_> {
    /// The engineers who are to be told again by now, with their desks.
    pub fn to_tell_again(&self, now: Timestamp) -> Result<Vec<(DeskKey, ShortName)>, StoreError> {
        let sql = "SELECT DISTINCT desk, engineer FROM unsent WHERE due_at <= ?1 ORDER BY desk, engineer";
        self.all("looking for what waits for an answer", sql, &[&now], |r| Ok((r.get(0)?, r.get(1)?)))
    }

    /// When somebody is to be told again next; `None` where nobody is.
    pub fn next_to_tell(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT min(due_at) FROM unsent WHERE due_at IS NOT NULL";
        self.one("looking for what waits for an answer", sql, &[], |r| r.get(0))
    }

    /// The messages of an engineer at a desk that wait for their answer, the oldest first.
    pub fn unsent(&self, desk: &DeskKey, engineer: &ShortName) -> Result<Vec<UnsentMessage>, StoreError> {
        let sql = "SELECT u.received, u.at, u.letter, u.due_at, r.subject, q.desk || '-' || q.number
          FROM unsent u JOIN received r ON r.id = u.received LEFT JOIN request q ON q.id = r.request
          WHERE u.desk = ?1 AND u.engineer = ?2 AND r.erased_at IS NULL ORDER BY u.received";
        let row = |r: &Row<'_>| columns!(r => UnsentMessage { id, at, letter, due_at, subject, request });
        self.all("reading what waits for an answer", sql, &[desk, engineer], row)
    }
}
