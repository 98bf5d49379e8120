//! What happens to accepted messages: handled, charged with a failure, or put back in line.

use crate::model::{Disposition, FileFacts, Incoming, ReceivedId, RequestNumber, Timestamp};

use super::column::Json;
use super::sql::{ColumnError, Row, ToColumn, columns};
use super::{ReceivedState, StoreError, Tx, View};

/// An accepted message that waits to be handled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its id in the ledger.
    pub id: ReceivedId,
    /// The mailbox that it came from.
    pub mailbox: String,
    /// Whether it is from before the start mark.
    pub is_older: bool,
    /// How many bytes of it are stored.
    pub stored: u64,
    /// Its size on the server, in bytes; more than `stored` where it was too large to be fetched whole.
    pub size: u64,
    /// The size that its server stated, in bytes; `None` where it stated none.
    pub server_size: Option<u64>,
    /// When it arrived on the server; `None` where the server did not say.
    pub arrived_at: Option<Timestamp>,
    /// When it was accepted here.
    pub accepted_at: Timestamp,
    /// Whether it was moved or flagged on its server.
    pub is_moved: bool,
    /// Whether a lost installation has handled it already, so that nobody is told of it again.
    pub is_repeated: bool,
    /// The request number that the lost installation gave it; `None` where that is not known, or there was none.
    pub number: Option<u32>,
    /// Whether it was taken out of a flood, to be a request of its own.
    pub is_split: bool,
}

/// The outcome of handling a message, to be stored.
#[derive(Clone, Copy, Debug)]
pub struct Handled<'a> {
    /// The message.
    pub id: ReceivedId,
    /// The desk that the message came to.
    pub desk: &'a str,
    /// The parsed message.
    pub incoming: &'a Incoming,
    /// The address of its sender; empty where nobody can be written back to.
    pub sender: &'a str,
    /// What the message became.
    pub disposition: Disposition,
    /// The request that it belongs to; `None` where it belongs to none.
    pub request: Option<&'a RequestNumber>,
    /// Why it was decided so, in words for people.
    pub reasons: &'a [String],
    /// When it was handled.
    pub at: Timestamp,
}

impl Tx<'_> {
    /// Stores the outcome of a message, with its attachments; from here on it is handled.
    pub fn finish(&self, handled: &Handled<'_>) -> Result<(), StoreError> {
        let Handled { id, desk, incoming, sender, disposition, request, reasons, at } = handled;
        let request = request.map(|number| self.request_id(number)).transpose()?;
        let sql = "UPDATE received SET state = 'handled', handled_at = ?2, desk = ?3, message_id = ?4, digest = ?5, sender = ?6,
            subject = ?7, disposition = ?8, request = ?9, reasons = ?10, defects = ?11, trouble = ''
          WHERE id = ?1 AND state = 'accepted'";
        let (identity, digest, subject) = (&incoming.message_id, &incoming.content_digest, &incoming.subject);
        let (reasons, defects) = (Json(reasons), Json(&incoming.defects));
        let values: [&dyn ToColumn; 11] =
            [id, at, desk, identity, digest, sender, subject, disposition, &request, &reasons, &defects];
        if self.run("finishing a message", sql, &values)? != 1 {
            return Err(StoreError::Unexpected(format!("message {id} was not waiting to be handled")));
        }
        let sql = "INSERT INTO attachment (received, position, part, filename, content_type, size, sha256, inline, content_id,
            facts, verdict, pixels)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
        for (position, f) in (1_u32..).zip(&incoming.attachments) {
            let pixels = f.facts.as_ref().map_or(0, FileFacts::pixels);
            let (name, kind, cid) = (&f.filename, &f.content_type, &f.content_id);
            let values: [&dyn ToColumn; 12] =
                [id, &position, &f.part, name, kind, &f.size, &f.sha256, &f.inline, cid, &f.facts, &f.verdict, &pixels];
            self.run("storing attachments", sql, &values)?;
        }
        Ok(())
    }

    /// Counts a failure of ours (an error or a crash) against a message. At the third it is quarantined, so that it cannot stop
    /// the others; returns whether it is.
    pub fn charge(&self, id: ReceivedId, trouble: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE received SET charges = charges + 1, trouble = ?2,
            state = CASE WHEN charges >= 2 THEN 'quarantined' ELSE state END
          WHERE id = ?1 AND state = 'accepted' RETURNING state";
        let state: ReceivedState = self.one("charging a message", sql, &[&id, &trouble], |r| r.get(0))?;
        Ok(state == ReceivedState::Quarantined)
    }

    /// Puts a quarantined message back in line with a count of zero, and lets an unfetchable one be fetched again. Returns
    /// whether there was such a message.
    pub fn replay(&self, id: ReceivedId) -> Result<bool, StoreError> {
        let doing = "replaying a message";
        let forgotten = self.run(doing, "DELETE FROM received WHERE id = ?1 AND state = 'unfetchable'", &[&id])?;
        let sql = "UPDATE received SET state = 'accepted', charges = 0 WHERE id = ?1 AND state = 'quarantined'";
        Ok(forgotten == 1 || self.run(doing, sql, &[&id])? == 1)
    }

    /// Records that the process starts; returns whether the last one ended cleanly.
    pub fn process_begins(&self) -> Result<bool, StoreError> {
        let clean = self.one("starting", "SELECT clean FROM process", &[], |r| r.get(0))?;
        self.run("starting", "UPDATE process SET clean = 0", &[])?;
        Ok(clean)
    }

    /// Records that the process ends cleanly.
    pub fn process_ends(&self) -> Result<(), StoreError> {
        self.run("stopping", "UPDATE process SET clean = 1", &[]).map(|_| ())
    }
}

impl View<'_> {
    /// Up to `limit` accepted messages that wait to be handled, in the order of acceptance, from behind `after` on.
    pub fn waiting(&self, after: ReceivedId, limit: u32) -> Result<Vec<Waiting>, StoreError> {
        let sql = format!("{WAITING} WHERE r.state = 'accepted' AND r.id > ?1 ORDER BY r.id LIMIT ?2");
        self.all("reading waiting messages", &sql, &[&after, &limit], waiting)
    }

    /// A handled message, as it was while it waited; `None` where its content was erased.
    pub fn handled(&self, id: ReceivedId) -> Result<Option<Waiting>, StoreError> {
        let sql = format!("{WAITING} WHERE r.id = ?1 AND r.state = 'handled' AND r.erased_at IS NULL");
        self.optional("reading a handled message", &sql, &[&id], waiting)
    }

    /// The mailboxes that have accepted messages waiting to be handled.
    pub fn waiting_mailboxes(&self) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT DISTINCT mailbox FROM received WHERE state = 'accepted' ORDER BY mailbox";
        self.all("reading waiting messages", sql, &[], |r| r.get(0))
    }
}

/// Selects the columns of which [`waiting`] makes a [`Waiting`].
const WAITING: &str =
    "SELECT r.id, r.mailbox, r.older, raw.size, r.size, r.server_size, r.arrived_at, r.accepted_at, r.marked,
    r.repeated, r.number, coalesce(r.flood = 'split', 0)
  FROM received r JOIN raw ON raw.id = r.raw";

fn waiting(r: &Row<'_>) -> Result<Waiting, ColumnError> {
    columns!(r => Waiting {
        id, mailbox, is_older, stored, size, server_size, arrived_at, accepted_at, is_moved, is_repeated, number, is_split
    })
}
