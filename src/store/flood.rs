//! Floods: alike messages of one sender that are added to one request, until the operator makes each a request of its own.

use crate::model::{ReceivedId, RequestNumber, Timestamp};

use super::{StoreError, Tx, View};

impl Tx<'_> {
    /// Records that alike messages under this key are added to a request from now on.
    pub fn begin_flood(&self, key: &str, request: &RequestNumber, now: Timestamp) -> Result<(), StoreError> {
        let request = self.request_id(request)?;
        let sql = "INSERT INTO flood (key, request, began_at) VALUES (?1, ?2, ?3)
          ON CONFLICT (key) DO UPDATE SET request = excluded.request, began_at = excluded.began_at";
        self.run("noting a flood", sql, &[&key, &request, &now]).map(|_| ())
    }

    /// Records that a message was added to the request of a flood.
    pub fn join_flood(&self, received: ReceivedId) -> Result<(), StoreError> {
        let sql = "UPDATE received SET flood = 'joined' WHERE id = ?1";
        self.run("adding to a flood", sql, &[&received]).map(|_| ())
    }

    /// Takes the messages of a flood out of a request, to be handled anew, each as a request of its own; returns how many. That
    /// they were in it stays in its events.
    pub fn split_flood(&self, request: &RequestNumber) -> Result<usize, StoreError> {
        let doing = "splitting a flood";
        let sql = "SELECT r.id FROM received r JOIN request q ON q.id = r.request
          WHERE q.desk = ?1 AND q.number = ?2 AND r.flood = 'joined' AND r.state = 'handled' AND r.erased_at IS NULL ORDER BY r.id";
        let messages: Vec<ReceivedId> = self.all(doing, sql, &[&request.desk, &request.number], |r| r.get(0))?;
        for message in &messages {
            self.index_message_anew(*message)?;
            self.run(
                doing,
                "DELETE FROM unindexed WHERE entry IN (SELECT id FROM entry WHERE received = ?1)",
                &[message],
            )?;
            self.run(doing, "DELETE FROM entry WHERE received = ?1", &[message])?;
            self.run(doing, "DELETE FROM attachment WHERE received = ?1", &[message])?;
            let sql = "UPDATE received SET state = 'accepted', flood = 'split', disposition = NULL, request = NULL WHERE id = ?1";
            self.run(doing, sql, &[message])?;
        }
        Ok(messages.len())
    }
}

impl View<'_> {
    /// The request of a flood that began after this time, while it is not answered or closed.
    pub(super) fn flood(&self, key: &str, after: Timestamp) -> Result<Option<RequestNumber>, StoreError> {
        let sql = "SELECT q.desk || '-' || q.number FROM flood f JOIN request q ON q.id = f.request
          WHERE f.key = ?1 AND f.began_at > ?2 AND q.phase NOT IN ('completed', 'closed') AND q.moved_to IS NULL AND q.erased_at IS NULL";
        self.optional("looking for a flood", sql, &[&key, &after], |r| r.get(0))
    }
}
