//! The ledger as people read it: every message that was ever seen, its disposition and its files.

use serde::Serialize;

use crate::model::{Attachment, DeskKey, Disposition, ReceivedId, RequestNumber, Timestamp, Uid};

use super::sql::{ColumnError, Row, ToColumn};
use super::{ReceivedState, StoreError, View, uid};

/// One row of the ledger, for people.
#[derive(Clone, Debug, Serialize)]
pub struct ReceivedRow {
    /// Its id; ids ascend in the order of acceptance.
    pub id: ReceivedId,
    /// Its mailbox.
    pub mailbox: String,
    /// The folder that it was moved to before it was accepted; empty where it was found in the folder that is read.
    pub folder: String,
    /// UIDVALIDITY of its folder (RFC 9051, section 2.3.1.1).
    pub validity: u32,
    /// Its UID in that folder.
    pub uid: Uid,
    /// How far it has come.
    pub state: ReceivedState,
    /// Its size in bytes.
    pub size: u64,
    /// The size that its server stated, in bytes, which may be wrong; `None` where nobody asked.
    pub server_size: Option<u64>,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// Its sender's address.
    pub sender: String,
    /// Its subject, without prefixes such as `Re:`.
    pub subject: String,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// What became of it; `None` before it is handled.
    pub disposition: Option<Disposition>,
    /// The request that it belongs to.
    pub request: Option<RequestNumber>,
    /// Why it was decided so.
    pub reasons: Vec<String>,
    /// What was malformed in it.
    pub defects: Vec<String>,
    /// The error that handling it last ended in; empty where there was none.
    pub trouble: String,
    /// When its content was erased; `None` while it is kept.
    pub erased_at: Option<Timestamp>,
}

impl ReceivedRow {
    /// What became of it, or how far it has come.
    pub fn outcome(&self) -> String {
        self.disposition.map_or_else(|| self.state.to_string(), |disposition| disposition.to_string())
    }
}

/// Which messages of the ledger are listed.
#[derive(Clone, Copy, Debug)]
pub enum ReceivedFilter {
    /// Those in this state.
    State(ReceivedState),
    /// Those of this disposition.
    Disposition(Disposition),
}

/// One attachment of a received message.
#[derive(Clone, Debug, Serialize)]
pub struct AttachmentRow {
    /// The message that brought it.
    pub received: ReceivedId,
    /// Its position among the message's attachments, from 1.
    pub position: u32,
    /// Whether it is taken for the logo of a signature: a small picture that other messages of the same sender bring too.
    pub is_logo: bool,
    /// Name, type and size of the file.
    #[serde(flatten)]
    pub attachment: Attachment,
}

/// The SQL condition that attachment `a` is a logo. A picture with more pixels than a signature has room for is a screenshot,
/// however often quoted history brings it again.
pub(super) const IS_LOGO: &str = "a.content_type LIKE 'image/%' AND (a.inline = 1 OR a.size < 50000)
  AND a.pixels <= 200000 AND EXISTS (
    SELECT 1 FROM attachment other JOIN received theirs ON theirs.id = other.received JOIN received this ON this.id = a.received
    WHERE other.sha256 = a.sha256 AND other.received <> a.received AND theirs.sender = this.sender AND this.sender <> ''
      AND theirs.disposition <> 'duplicate')";

impl View<'_> {
    /// One message of the ledger; `None` where there is no such id.
    pub fn received_one(&self, id: ReceivedId) -> Result<Option<ReceivedRow>, StoreError> {
        self.received_where("WHERE r.id = ?1", &[&id]).map(|rows| rows.into_iter().next())
    }

    /// The messages of a request, in the order of acceptance.
    pub fn received_of(&self, number: &RequestNumber) -> Result<Vec<ReceivedRow>, StoreError> {
        self.received_where("WHERE q.desk = ?1 AND q.number = ?2 ORDER BY r.id", &[&number.desk, &number.number])
    }

    pub(super) fn received_where(
        &self,
        condition: &str,
        values: &[&dyn ToColumn],
    ) -> Result<Vec<ReceivedRow>, StoreError> {
        let sql = format!(
            "SELECT r.id, r.mailbox, f.moved_to, r.validity, r.uid, r.name, r.state, r.size, r.accepted_at, r.sender, r.subject,
               r.message_id, r.disposition, q.desk || '-' || q.number, r.reasons, r.defects, r.trouble, r.erased_at, r.server_size
             FROM received r JOIN folder f ON f.id = r.folder LEFT JOIN request q ON q.id = r.request {condition}"
        );
        self.all("reading the ledger", &sql, values, received_row)
    }

    /// The reasons of a desk's latest messages that tell so of something, the newest first; of so many messages at most.
    pub fn reasons_telling(&self, desk: &DeskKey, of: &str, most: u32) -> Result<Vec<Vec<String>>, StoreError> {
        let sql = "SELECT reasons FROM received WHERE desk = ?1 AND instr(reasons, ?2) > 0 ORDER BY id DESC LIMIT ?3";
        self.all("reading reasons", sql, &[desk, &of, &most], |r| r.get(0))
    }

    /// The attachments of a message, by position.
    pub fn attachments(&self, received: ReceivedId) -> Result<Vec<AttachmentRow>, StoreError> {
        let sql = format!(
            "SELECT position, part, filename, content_type, size, sha256, inline, content_id, facts, verdict,
               CASE WHEN {IS_LOGO} THEN 1 ELSE 0 END
             FROM attachment a WHERE received = ?1 ORDER BY position"
        );
        let row = |r: &Row<'_>| {
            let attachment = Attachment {
                part: r.get(1)?,
                filename: r.get(2)?,
                content_type: r.get(3)?,
                size: r.get(4)?,
                sha256: r.get(5)?,
                inline: r.get(6)?,
                is_torn: false,
                is_typed: None,
                content_id: r.get(7)?,
                facts: r.get(8)?,
                verdict: r.get(9)?,
            };
            Ok(AttachmentRow { received, position: r.get(0)?, is_logo: r.get(10)?, attachment })
        };
        self.all("reading attachments", &sql, &[&received], row)
    }

    /// How many messages are in each state.
    pub fn received_counts(&self) -> Result<Vec<(ReceivedState, u64)>, StoreError> {
        let sql = "SELECT state, count(*) FROM received GROUP BY state ORDER BY state";
        self.all("counting messages", sql, &[], |r| Ok((r.get(0)?, r.get(1)?)))
    }
}

fn received_row(r: &Row<'_>) -> Result<ReceivedRow, ColumnError> {
    Ok(ReceivedRow {
        id: r.get(0)?,
        mailbox: r.get(1)?,
        folder: r.get(2)?,
        validity: r.get(3)?,
        uid: uid::uid(r, 4)?,
        state: r.get(6)?,
        size: r.get(7)?,
        accepted_at: r.get(8)?,
        sender: r.get(9)?,
        subject: r.get(10)?,
        message_id: r.get(11)?,
        disposition: r.get(12)?,
        request: r.get(13)?,
        reasons: r.get(14)?,
        defects: r.get(15)?,
        trouble: r.get(16)?,
        erased_at: r.get(17)?,
        server_size: r.get(18)?,
    })
}
