//! Earlier messages that may be the same as a message.

use crate::model::{DeskKey, Digest, Disposition, MessageId, ReceivedId, RequestNumber};

use super::column::List;
use super::sql::{ColumnError, Row, ToColumn, columns};
use super::{StoreError, View};

/// How many copies of a message are looked at.
const MOST_COPIES: u32 = 10;

/// A handled message with the Message-ID and content of another.
#[derive(Clone, Debug)]
pub struct SameMessage {
    /// Its id in the ledger.
    pub id: ReceivedId,
    /// What it became.
    pub disposition: Option<Disposition>,
    /// The request that it belongs to; `None` where it belongs to none.
    pub request: Option<RequestNumber>,
    /// Whether its content was erased.
    pub is_erased: bool,
}

const SAME: &str = "SELECT r.id, r.disposition, q.desk || '-' || q.number, r.erased_at IS NOT NULL
  FROM received r LEFT JOIN request q ON q.id = r.request";

fn same(r: &Row<'_>) -> Result<SameMessage, ColumnError> {
    columns!(r => SameMessage { id, disposition, request, is_erased })
}

impl View<'_> {
    /// Earlier messages of the desk, under any of its keys, with the same Message-ID and content, the first ones; without those
    /// that were duplicates themselves.
    pub fn same_messages(
        &self,
        desks: &[DeskKey],
        received: ReceivedId,
        id: &MessageId,
        digest: &Digest,
    ) -> Result<Vec<SameMessage>, StoreError> {
        let sql = format!(
            "{SAME} WHERE r.message_id IN (?1, ?5) AND r.desk IN (LIST ?2) AND r.digest = ?3 AND r.disposition <> 'duplicate'
               AND r.id <> ?4 ORDER BY r.id LIMIT ?6"
        );
        let values: [&dyn ToColumn; 6] = [id, &List(desks), digest, &received, &id.erased(), &MOST_COPIES];
        self.all("looking for the same message", &sql, &values, same)
    }

    /// The first message of the desk with the same Message-ID, but other content; `None` where there is none.
    pub fn other_message_with_id(
        &self,
        desks: &[DeskKey],
        received: ReceivedId,
        id: &MessageId,
        digest: &Digest,
    ) -> Result<Option<ReceivedId>, StoreError> {
        let sql = "SELECT id FROM received WHERE message_id IN (?1, ?5) AND desk IN (LIST ?2) AND digest <> ?3
          AND disposition <> 'duplicate' AND id <> ?4 ORDER BY id LIMIT 1";
        let values: [&dyn ToColumn; 5] = [id, &List(desks), digest, &received, &id.erased()];
        self.optional("looking for the same message", sql, &values, |r| r.get(0))
    }

    /// The same message, as another desk has filed it in a request; `None` where no other has.
    pub fn same_message_elsewhere(
        &self,
        desks: &[DeskKey],
        id: &MessageId,
        digest: &Digest,
    ) -> Result<Option<SameMessage>, StoreError> {
        let sql = format!(
            "{SAME} WHERE r.message_id IN (?1, ?4) AND r.desk NOT IN (LIST ?2) AND r.digest = ?3
               AND r.disposition IN ('opened', 'appended') ORDER BY r.id LIMIT 1"
        );
        let values: [&dyn ToColumn; 4] = [id, &List(desks), digest, &id.erased()];
        self.optional("looking for the same message elsewhere", &sql, &values, same)
    }

    /// An earlier message of the same mailbox with exactly the same bytes, under another UIDVALIDITY: its server has renumbered
    /// the folder. Two equal messages under one UIDVALIDITY are two messages, and give `None`.
    pub fn same_bytes(&self, received: ReceivedId) -> Result<Option<ReceivedId>, StoreError> {
        self.same_bytes_where(received, "other.validity <> this.validity AND other.disposition <> 'duplicate'")
    }

    /// Whether a mailbox has brought the bytes of a message before, which was handled.
    pub fn is_known_already(&self, received: ReceivedId) -> Result<bool, StoreError> {
        self.same_bytes_where(received, "other.state = 'handled'").map(|other| other.is_some())
    }

    /// The first message of the same mailbox with the same bytes that meets a condition.
    fn same_bytes_where(&self, received: ReceivedId, condition: &str) -> Result<Option<ReceivedId>, StoreError> {
        let sql = format!(
            "SELECT other.id FROM received this JOIN raw ON raw.id = this.raw
               JOIN raw same ON same.sha256 = raw.sha256 JOIN received other ON other.raw = same.id
             WHERE this.id = ?1 AND other.mailbox = this.mailbox AND {condition} ORDER BY other.id LIMIT 1"
        );
        self.optional("looking for the same bytes", &sql, &[&received], |r| r.get(0))
    }
}
