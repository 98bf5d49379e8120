//! The ledger of received messages: accepted, handled, quarantined, skipped, unfetchable.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, Row, params};

use crate::model::{Digest, Disposition, Incoming, MessageId, ReceivedId, RequestNumber, Timestamp, Uid};

use super::column::Json;
use super::error::During;
use super::{RawId, StoreError, Tx, View};

/// A message whose raw bytes are complete.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// The mailbox it stands in.
    pub mailbox: String,
    /// The mailbox's UIDVALIDITY.
    pub validity: u32,
    /// Its UID.
    pub uid: Uid,
    /// Its size on the server, in bytes.
    pub size: u64,
    /// When it arrived there.
    pub arrived_at: Option<Timestamp>,
    /// SHA-256 of the raw bytes.
    pub sha256: Digest,
    /// Whether it stands where accepted messages are moved to.
    pub is_moved: bool,
}

/// What became of an attempt to accept a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// It is in the ledger now.
    New(ReceivedId),
    /// It was there already; nothing changed.
    Known,
}

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
    /// Notes a look at a mailbox and, in the same commit, which of its messages are from before the start mark: they are
    /// skipped, or listed to be fetched and filed silently.
    pub fn begin_look(
        &self,
        mailbox: &str,
        validity: u32,
        older: &[Uid],
        file_older: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.connection
            .execute(
                "INSERT INTO mailbox (name, first_look, validity) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET validity = excluded.validity",
                params![mailbox, now.unix(), validity],
            )
            .during("noting a look")?;
        let state = if file_older { "listed" } else { "skipped" };
        self.record_fate(mailbox, validity, older, state, "from before the mailbox's start mark", now)
    }

    /// Records messages that their server lists but never delivers.
    pub fn give_up_fetching(
        &self,
        mailbox: &str,
        validity: u32,
        uids: &[Uid],
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.record_fate(mailbox, validity, uids, "unfetchable", why, now)
    }

    fn record_fate(
        &self,
        mailbox: &str,
        validity: u32,
        uids: &[Uid],
        state: &str,
        trouble: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut insert = self
            .connection
            .prepare_cached(
                "INSERT INTO received (mailbox, validity, uid, state, size, accepted_at, older, trouble)
                 VALUES (?1, ?2, ?3, ?4, 0, ?5, ?4 <> 'unfetchable', ?6)
                 ON CONFLICT DO UPDATE SET state = excluded.state, trouble = excluded.trouble WHERE state = 'listed'",
            )
            .during("recording a message's disposition")?;
        for uid in uids {
            insert
                .execute(params![mailbox, validity, uid.0, state, now.unix(), trouble])
                .during("recording a message's disposition")?;
        }
        Ok(())
    }

    /// Takes a message into the ledger: from here on it will be handled, whatever happens.
    pub fn accept(&self, message: &NewMessage, raw: RawId, now: Timestamp) -> Result<Accepted, StoreError> {
        if message.is_moved && self.has_bytes(&message.mailbox, &message.sha256)? {
            return self.drop_raw(raw);
        }
        self.seal_raw(raw, &message.sha256)?;
        let mut insert = self
            .connection
            .prepare_cached(
                "INSERT INTO received (mailbox, validity, uid, state, raw, size, arrived_at, accepted_at, marked, repeated)
                 VALUES (?1, ?2, ?3, 'accepted', ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT DO UPDATE SET state = excluded.state, raw = excluded.raw, size = excluded.size,
                   arrived_at = excluded.arrived_at, accepted_at = excluded.accepted_at, trouble = ''
                 WHERE state = 'listed' RETURNING id",
            )
            .during("accepting a message")?;
        let id = insert
            .query_row(
                params![
                    message.mailbox,
                    message.validity,
                    message.uid.0,
                    raw.0,
                    message.size as i64,
                    message.arrived_at.map(Timestamp::unix),
                    now.unix(),
                    message.is_moved,
                    self.was_left_out(&message.mailbox, message.arrived_at)?,
                ],
                |r| r.get(0),
            )
            .optional()
            .during("accepting a message")?;
        match id {
            Some(id) => Ok(Accepted::New(ReceivedId(id))),
            None => self.drop_raw(raw),
        }
    }

    fn drop_raw(&self, raw: RawId) -> Result<Accepted, StoreError> {
        self.connection.execute("DELETE FROM raw WHERE id = ?1", [raw.0]).during("accepting a message")?;
        Ok(Accepted::Known)
    }

    /// Whether a mailbox has brought these bytes before: what was moved was there before it was.
    fn has_bytes(&self, mailbox: &str, sha256: &Digest) -> Result<bool, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM raw JOIN received r ON r.raw = raw.id WHERE raw.sha256 = ?1 AND r.mailbox = ?2)",
            )
            .and_then(|mut query| query.query_row(params![sha256.as_bytes(), mailbox], |r| r.get(0)))
            .during("looking for the same bytes")
    }

    /// Notes that messages were moved or flagged on their server.
    pub fn marked(&self, mailbox: &str, validity: u32, uids: &[Uid]) -> Result<(), StoreError> {
        let mut update = self
            .connection
            .prepare_cached("UPDATE received SET marked = 1 WHERE mailbox = ?1 AND validity = ?2 AND uid = ?3")
            .during("noting marks")?;
        for uid in uids {
            update.execute(params![mailbox, validity, uid.0]).during("noting marks")?;
        }
        Ok(())
    }

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
                   facts, verdict)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
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
                    file.verdict
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
    /// When a mailbox was looked at first, and its UIDVALIDITY at the last look; none before the first look.
    pub fn looked_at(&self, mailbox: &str) -> Result<Option<(Timestamp, u32)>, StoreError> {
        self.connection
            .query_row("SELECT first_look, validity FROM mailbox WHERE name = ?1", [mailbox], |r| {
                Ok((Timestamp::from_unix(r.get(0)?), r.get(1)?))
            })
            .optional()
            .during("reading a mailbox")
    }

    /// Those of a mailbox's messages that the ledger lacks, in the order of the list.
    pub fn unknown(&self, mailbox: &str, validity: u32, listed: &[Uid]) -> Result<Vec<Uid>, StoreError> {
        let known = self.uids("", mailbox, validity)?;
        Ok(listed.iter().filter(|uid| !known.contains(*uid)).cloned().collect())
    }

    /// Those of a mailbox's messages that are from before the start mark and still to be fetched, in the order of the list.
    pub fn to_file_silently(&self, mailbox: &str, validity: u32, listed: &[Uid]) -> Result<Vec<Uid>, StoreError> {
        let older = self.uids("AND state = 'listed'", mailbox, validity)?;
        Ok(listed.iter().filter(|uid| older.contains(*uid)).cloned().collect())
    }

    fn uids(&self, condition: &str, mailbox: &str, validity: u32) -> Result<HashSet<Uid>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(&format!("SELECT uid FROM received WHERE mailbox = ?1 AND validity = ?2 {condition}"))
            .during("reading the ledger")?;
        query
            .query_map(params![mailbox, validity], |r| r.get(0).map(Uid))
            .and_then(Iterator::collect)
            .during("reading the ledger")
    }

    /// Messages that are stored whole but not yet moved or flagged on their server.
    pub fn unmarked(&self, mailbox: &str, validity: u32) -> Result<Vec<Uid>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT r.uid FROM received r JOIN raw ON raw.id = r.raw
                 WHERE r.mailbox = ?1 AND r.validity = ?2 AND r.marked = 0 AND raw.size >= r.size ORDER BY r.id",
            )
            .during("reading unmarked messages")?;
        query
            .query_map(params![mailbox, validity], |r| r.get(0).map(Uid))
            .and_then(Iterator::collect)
            .during("reading unmarked messages")
    }

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
