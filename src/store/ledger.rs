//! The ledger as people read it: every message that was ever seen, its disposition and its files.

use rusqlite::{Row, params};
use serde::Serialize;

use crate::model::{Attachment, Digest, ReceivedId, RequestNumber, Timestamp, Uid};

use super::column::{Json, Word};
use super::error::During;
use super::{StoreError, View};

/// One row of the ledger, for people.
#[derive(Clone, Debug, Serialize)]
pub struct ReceivedRow {
    /// Its id; ascending in order of acceptance.
    pub id: ReceivedId,
    /// Its mailbox.
    pub mailbox: String,
    /// Its UIDVALIDITY.
    pub validity: u32,
    /// Its UID.
    pub uid: Uid,
    /// accepted, handled, quarantined, skipped or unfetchable.
    pub state: String,
    /// Size in bytes.
    pub size: u64,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// Its sender.
    pub sender: String,
    /// Its subject, without prefixes.
    pub subject: String,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// opened, appended, held, report, duplicate or ignored; none before it is handled.
    pub disposition: Option<String>,
    /// The request concerned.
    pub request: Option<RequestNumber>,
    /// Why.
    pub reasons: Vec<String>,
    /// What was wrong with it.
    pub defects: Vec<String>,
    /// What it broke, if it did.
    pub trouble: String,
    /// When its content was erased, if it was.
    pub erased_at: Option<Timestamp>,
}

/// One attachment of a received message.
#[derive(Clone, Debug, Serialize)]
pub struct AttachmentRow {
    /// The message.
    pub received: ReceivedId,
    /// Its place among the message's attachments, from 1.
    pub position: u32,
    /// Whether it is a small picture that the same sender's other messages bring too: the logo of a signature.
    pub is_logo: bool,
    /// The file.
    #[serde(flatten)]
    pub attachment: Attachment,
}

/// Whether the attachment `a` is a logo, as a condition. A picture of more pixels than a signature has room for is a
/// screenshot, however often it comes back in the quoted history of answers.
pub(super) const IS_LOGO: &str = "a.content_type LIKE 'image/%' AND (a.inline = 1 OR a.size < 50000)
  AND coalesce(json_extract(a.facts, '$.width') * json_extract(a.facts, '$.height'), 0) <= 200000 AND EXISTS (
    SELECT 1 FROM attachment other JOIN received theirs ON theirs.id = other.received JOIN received this ON this.id = a.received
    WHERE other.sha256 = a.sha256 AND other.received <> a.received AND theirs.sender = this.sender AND this.sender <> ''
      AND theirs.disposition <> 'duplicate')";

impl View<'_> {
    /// The ledger, newest first: `state` and `disposition` narrow it where given.
    pub fn received(&self, filter: Option<&str>, limit: u32) -> Result<Vec<ReceivedRow>, StoreError> {
        let condition = "WHERE ?1 IS NULL OR r.state = ?1 OR r.disposition = ?1 ORDER BY r.id DESC LIMIT ?2";
        self.received_where(condition, params![filter, limit])
    }

    /// One message of the ledger.
    pub fn received_one(&self, id: ReceivedId) -> Result<Option<ReceivedRow>, StoreError> {
        self.received_where("WHERE r.id = ?1", [id.0]).map(|rows| rows.into_iter().next())
    }

    /// The messages of a request, in their order.
    pub fn received_of(&self, number: &RequestNumber) -> Result<Vec<ReceivedRow>, StoreError> {
        let condition = "WHERE q.desk = ?1 AND q.number = ?2 ORDER BY r.id";
        self.received_where(condition, params![number.desk.as_str(), number.number])
    }

    fn received_where(&self, condition: &str, values: impl rusqlite::Params) -> Result<Vec<ReceivedRow>, StoreError> {
        let sql = format!(
            "SELECT r.id, r.mailbox, r.validity, r.uid, r.state, r.size, r.accepted_at, r.sender, r.subject, r.message_id,
               r.disposition, q.desk || '-' || q.number, r.reasons, r.defects, r.trouble, r.erased_at
             FROM received r LEFT JOIN request q ON q.id = r.request {condition}"
        );
        let mut query = self.connection.prepare(&sql).during("reading the ledger")?;
        let mut rows = query.query(values).during("reading the ledger")?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().during("reading the ledger")? {
            found.push(received_row(row).during("reading the ledger")?);
        }
        Ok(found)
    }

    /// The attachments of a message, in their order.
    pub fn attachments(&self, received: ReceivedId) -> Result<Vec<AttachmentRow>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(&format!(
                "SELECT position, part, filename, content_type, size, sha256, inline, content_id, facts, verdict, {IS_LOGO}
                 FROM attachment a WHERE received = ?1 ORDER BY position"
            ))
            .during("reading attachments")?;
        let row = |r: &Row<'_>| {
            let attachment = Attachment {
                part: r.get(1)?,
                filename: r.get(2)?,
                content_type: r.get(3)?,
                size: r.get::<_, i64>(4)?.unsigned_abs(),
                sha256: Digest::from_bytes(r.get(5)?),
                inline: r.get(6)?,
                content_id: r.get(7)?,
                facts: r.get::<_, Option<Json<_>>>(8)?.map(|facts| facts.0),
                verdict: r.get(9)?,
            };
            Ok(AttachmentRow { received, position: r.get(0)?, is_logo: r.get(10)?, attachment })
        };
        query.query_map([received.0], row).and_then(Iterator::collect).during("reading attachments")
    }

    /// How many messages are in each state.
    pub fn received_counts(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let mut query = self
            .connection
            .prepare("SELECT state, count(*) FROM received GROUP BY state ORDER BY state")
            .during("counting messages")?;
        query
            .query_map([], |r| Ok((r.get(0)?, r.get::<_, i64>(1)?.unsigned_abs())))
            .and_then(Iterator::collect)
            .during("counting messages")
    }
}

fn received_row(row: &Row<'_>) -> rusqlite::Result<ReceivedRow> {
    Ok(ReceivedRow {
        id: ReceivedId(row.get(0)?),
        mailbox: row.get(1)?,
        validity: row.get(2)?,
        uid: Uid(row.get(3)?),
        state: row.get(4)?,
        size: row.get::<_, i64>(5)?.unsigned_abs(),
        accepted_at: Timestamp::from_unix(row.get(6)?),
        sender: row.get(7)?,
        subject: row.get(8)?,
        message_id: row.get(9)?,
        disposition: row.get(10)?,
        request: row.get::<_, Option<Word<RequestNumber>>>(11)?.map(|word| word.0),
        reasons: row.get::<_, Json<Vec<String>>>(12)?.0,
        defects: row.get::<_, Json<Vec<String>>>(13)?.0,
        trouble: row.get(14)?,
        erased_at: row.get::<_, Option<i64>>(15)?.map(Timestamp::from_unix),
    })
}
