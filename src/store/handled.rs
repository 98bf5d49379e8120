//! What becomes of accepted messages: handled, charged, replayed.

use rusqlite::{Row, params};

use crate::model::{Disposition, FileFacts, Incoming, MessageId, ReceivedId, RequestNumber, Timestamp};

use super::column::Json;
use super::error::During;
use super::{StoreError, Tx, View};

/// An accepted message that waits to be handled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Which one.
    pub id: ReceivedId,
    /// Its mailbox.
    pub mailbox: String,
    /// Whether it is from before the start mark.
    pub is_older: bool,
    /// How many bytes of it are stored.
    pub stored: u64,
    /// Its size on the server; more than `stored` where it was too large to fetch whole.
    pub size: u64,
    /// When it arrived there.
    pub arrived_at: Option<Timestamp>,
    /// Whether it was moved or flagged on its server.
    pub is_moved: bool,
    /// Whether an installation that was lost has handled it: nobody hears of it again.
    pub is_repeated: bool,
    /// The number that the lost installation gave it.
    pub number: Option<u32>,
}

/// What is written about a message when it is handled.
#[derive(Clone, Copy, Debug)]
pub struct Handled<'a> {
    /// Which one.
    pub id: ReceivedId,
    /// The desk it came to.
    pub desk: &'a str,
    /// What it says.
    pub incoming: &'a Incoming,
    /// Its sender, as far as we could write back.
    pub sender: &'a str,
    /// What became of it.
    pub disposition: Disposition,
    /// The request concerned.
    pub request: Option<&'a RequestNumber>,
    /// Why.
    pub reasons: &'a [String],
    /// When.
    pub at: Timestamp,
}

impl Tx<'_> {
    /// Writes down what became of a message, with its attachments.
    pub fn finish(&self, handled: &Handled<'_>) -> Result<(), StoreError> {
        let incoming = handled.incoming;
        let request = handled.request.map(|number| self.request_id(number)).transpose()?;
        let mut update = self
            .connection
            .prepare_cached(
                "UPDATE received SET state = 'handled', handled_at = ?2, desk = ?3, message_id = ?4, digest = ?5, sender = ?6,
                   subject = ?7, disposition = ?8, request = ?9, reasons = ?10, defects = ?11, trouble = ''
                 WHERE id = ?1 AND state = 'accepted'",
            )
            .during("finishing a message")?;
        let changed = update
            .execute(params![
                handled.id.0,
                handled.at.unix(),
                handled.desk,
                incoming.message_id.as_ref().map(MessageId::as_str),
                incoming.content_digest.as_bytes(),
                handled.sender,
                incoming.subject,
                handled.disposition.as_str(),
                request.map(|id| id.0),
                Json(handled.reasons),
                Json(&incoming.defects),
            ])
            .during("finishing a message")?;
        if changed != 1 {
            return Err(StoreError::Unexpected(format!("message {} was not waiting to be handled", handled.id)));
        }
        let mut insert = self
            .connection
            .prepare_cached(
                "INSERT INTO attachment (received, position, part, filename, content_type, size, sha256, inline, content_id,
                   facts, verdict, pixels)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )
            .during("storing attachments")?;
        for (position, file) in (1_u32..).zip(&incoming.attachments) {
            insert
                .execute(params![
                    handled.id.0,
                    position,
                    file.part,
                    file.filename,
                    file.content_type,
                    file.size as i64,
                    file.sha256.as_bytes(),
                    file.inline,
                    file.content_id,
                    file.facts.as_ref().map(Json),
                    file.verdict,
                    file.facts.as_ref().map_or(0, FileFacts::pixels) as i64
                ])
                .during("storing attachments")?;
        }
        Ok(())
    }

    /// Charges a message with having broken us; at the third charge it is quarantined. Answers whether it is.
    pub fn charge(&self, id: ReceivedId, trouble: &str) -> Result<bool, StoreError> {
        self.connection
            .query_row(
                "UPDATE received SET charges = charges + 1, trouble = ?2,
                   state = CASE WHEN charges >= 2 THEN 'quarantined' ELSE state END
                 WHERE id = ?1 AND state = 'accepted' RETURNING state = 'quarantined'",
                params![id.0, trouble],
                |r| r.get(0),
            )
            .during("charging a message")
    }

    /// Puts a quarantined message back in line, without charges, and lets one that could not be fetched be fetched again.
    /// Answers whether there was one.
    pub fn replay(&self, id: ReceivedId) -> Result<bool, StoreError> {
        let forgotten = self
            .connection
            .execute("DELETE FROM received WHERE id = ?1 AND state = 'unfetchable'", [id.0])
            .during("replaying a message")?;
        if forgotten == 1 {
            return Ok(true);
        }
        self.connection
            .execute(
                "UPDATE received SET state = 'accepted', charges = 0 WHERE id = ?1 AND state = 'quarantined'",
                [id.0],
            )
            .map(|changed| changed == 1)
            .during("replaying a message")
    }

    /// Notes that the process has begun; answers whether the last one ended cleanly.
    pub fn process_begins(&self) -> Result<bool, StoreError> {
        let clean = self.connection.query_row("SELECT clean FROM process", [], |r| r.get(0)).during("starting")?;
        self.connection.execute("UPDATE process SET clean = 0", []).during("starting")?;
        Ok(clean)
    }

    /// Notes that the process ends by itself.
    pub fn process_ends(&self) -> Result<(), StoreError> {
        self.connection.execute("UPDATE process SET clean = 1", []).during("stopping").map(|_| ())
    }
}

impl View<'_> {
    /// Accepted messages that wait to be handled, in their order, from behind `after` on.
    pub fn waiting(&self, after: ReceivedId, limit: u32) -> Result<Vec<Waiting>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT r.id, r.mailbox, r.older, raw.size, r.size, r.arrived_at, r.marked, r.repeated, r.number FROM received r JOIN raw ON raw.id = r.raw
                 WHERE r.state = 'accepted' AND r.id > ?1 ORDER BY r.id LIMIT ?2",
            )
            .during("reading waiting messages")?;
        let row = |r: &Row<'_>| {
            Ok(Waiting {
                id: ReceivedId(r.get(0)?),
                mailbox: r.get(1)?,
                is_older: r.get(2)?,
                stored: r.get::<_, i64>(3)?.unsigned_abs(),
                size: r.get::<_, i64>(4)?.unsigned_abs(),
                arrived_at: r.get::<_, Option<i64>>(5)?.map(Timestamp::from_unix),
                is_moved: r.get(6)?,
                is_repeated: r.get(7)?,
                number: r.get(8)?,
            })
        };
        query.query_map(params![after.0, limit], row).and_then(Iterator::collect).during("reading waiting messages")
    }

    /// The mailboxes that accepted messages wait from.
    pub fn waiting_mailboxes(&self) -> Result<Vec<String>, StoreError> {
        let mut query = self
            .connection
            .prepare("SELECT DISTINCT mailbox FROM received WHERE state = 'accepted' ORDER BY mailbox")
            .during("reading waiting messages")?;
        query.query_map([], |r| r.get(0)).and_then(Iterator::collect).during("reading waiting messages")
    }
}
