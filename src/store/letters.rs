//! Letters: rows from the transaction that caused them until a server has taken them.

use serde::Serialize;

use crate::model::{
    Anchor, DeskKey, EmailAddress, Letter, LetterId, MessageId, ReceivedId, RequestNumber, Thread, Timestamp,
};

use super::facts::{DAY, before};
use super::sql::{Row, ToColumn, columns};
use super::{StoreError, Tx, View};

/// Ids of a thread that a letter refers to: the first and the last ones.
const MOST_REFERENCES: u32 = 20;

/// One row of the outbox, for people.
#[derive(Clone, Debug, Serialize)]
pub struct LetterRow {
    /// Which one.
    pub id: LetterId,
    /// Its request, if it is about one.
    pub request: Option<RequestNumber>,
    /// What it is for.
    pub kind: String,
    /// Its recipient.
    pub recipient: String,
    /// due, inflight, sent, failed or cancelled.
    pub state: String,
    /// Tries so far.
    pub attempts: u32,
    /// Tries after one whose end was unknown.
    pub resent: u32,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it is tried next, if it is.
    pub due_at: Timestamp,
    /// When it was sent or failed.
    pub ended_at: Option<Timestamp>,
    /// The server's last words, or ours.
    pub answer: String,
    /// Its Message-ID.
    pub message_id: String,
    /// When its content was erased, if it was.
    pub erased_at: Option<Timestamp>,
}

impl Tx<'_> {
    /// Takes the next place among the letters about a request, from 1; among those about a message or a day, the next free one.
    pub fn next_letter(&self, anchor: &Anchor) -> Result<u32, StoreError> {
        let doing = "counting letters";
        match anchor {
            Anchor::Request(RequestNumber { desk, number }) => {
                let sql = "UPDATE request SET letters = letters + 1 WHERE desk = ?1 AND number = ?2 RETURNING letters";
                self.one(doing, sql, &[desk, number], |r| r.get(0))
            }
            Anchor::Message(received) => {
                let sql = "SELECT count(*) + 1 FROM letter WHERE cause = ?1 AND request IS NULL";
                self.one(doing, sql, &[received], |r| r.get(0))
            }
            Anchor::Digest(_) => {
                let next = self.connection.last_id("letter")? + 1;
                u32::try_from(next).map_err(|_| StoreError::Unexpected(format!("{next} letters are too many")))
            }
        }
    }

    /// How many letters about a request were written to somebody in the last 24 hours.
    pub fn written_lately(
        &self,
        request: &RequestNumber,
        to: &EmailAddress,
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        let request = self.request_id(request)?;
        let sql =
            "SELECT count(*) FROM letter WHERE request = ?1 AND recipient = ?2 AND created_at > ?3 AND repeated = 0";
        self.one("counting letters to somebody", sql, &[&request, to, &before(now, DAY)], |r| r.get(0))
    }

    /// Writes a letter of a desk, due when its grace is over; a repeated one counts as sent then.
    pub fn add_letter(
        &self,
        letter: &Letter,
        desk: &DeskKey,
        cause: Option<ReceivedId>,
        is_repeated: bool,
    ) -> Result<LetterId, StoreError> {
        let (draft, date) = (&letter.draft, &letter.date);
        let request = draft.request.as_ref().map(|number| self.request_id(number)).transpose()?;
        self.count("letter", 1)?;
        let sql = "INSERT INTO letter (request, desk, cause, kind, recipient, domain, message_id, manifest, state, created_at,
            due_at, repeated, engineer, subject)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'due', ?9, ?10, ?11, ?12, ?13) RETURNING id";
        let due_at = date.plus_seconds(draft.grace.into());
        let (kind, to, domain, engineer, subject) =
            (&draft.kind, &draft.to, draft.to.domain(), &draft.engineer, &draft.subject);
        let id = &letter.message_id;
        let values: [&dyn ToColumn; 13] =
            [&request, desk, &cause, kind, to, &domain, id, letter, date, &due_at, &is_repeated, engineer, subject];
        self.one("writing a letter", sql, &values, |r| r.get(0))
    }

    /// Notes that a letter that a server had taken came back.
    pub fn returned(&self, id: LetterId, why: &str, now: Timestamp) -> Result<(), StoreError> {
        let sql =
            "UPDATE letter SET state = 'failed', ended_at = ?3, answer = ?2 WHERE id = ?1 AND state <> 'cancelled'";
        self.run("noting that a letter came back", sql, &[&id, &why, &now]).map(|_| ())
    }

    /// Takes a letter back that was never tried. Answers whether it was still there to be taken.
    pub fn cancel_letter(&self, id: LetterId) -> Result<bool, StoreError> {
        let sql = "UPDATE letter SET state = 'cancelled' WHERE id = ?1 AND state = 'due' AND attempts = 0";
        self.run("cancelling a letter", sql, &[&id]).map(|changed| changed == 1)
    }

    /// Makes a letter due at once that failed or waits, with fresh bytes. Answers whether there was one.
    pub fn retry_letter(&self, id: LetterId, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE letter SET state = 'due', due_at = ?2, ended_at = NULL, digest = NULL
          WHERE id = ?1 AND state IN ('failed', 'due') AND erased_at IS NULL";
        self.run("retrying a letter", sql, &[&id, &now]).map(|changed| changed == 1)
    }
}

impl View<'_> {
    /// The letter itself.
    pub fn letter(&self, id: LetterId) -> Result<Option<Letter>, StoreError> {
        self.optional("reading a letter", "SELECT manifest FROM letter WHERE id = ?1", &[&id], |r| r.get(0))
    }

    /// What goes on between a request and one of its correspondents: only what that side has seen or written. Within a second a
    /// letter stands behind the message that caused it, and before the next one.
    pub fn thread(&self, request: &RequestNumber, to: &EmailAddress) -> Result<Thread, StoreError> {
        let doing = "reading a thread";
        let Some(request) = self.optional_request_id(request)? else { return Ok(Thread::default()) };
        let sql = "SELECT subject FROM letter
          WHERE request = ?1 AND recipient = ?2 AND state <> 'cancelled' AND erased_at IS NULL ORDER BY id LIMIT 1";
        let subject = self.optional(doing, sql, &[&request, to], |r| r.get(0))?;
        let sql = "WITH side AS (
            SELECT message_id, created_at AS at, coalesce(cause, 9223372036854775807) AS message, 1 AS ours, id FROM letter
            WHERE request = ?1 AND recipient = ?2 AND state <> 'cancelled'
            UNION ALL
            SELECT message_id, accepted_at, id, 0, id FROM received
            WHERE request = ?1 AND sender = ?2
              AND disposition IN ('opened', 'appended') AND message_id IS NOT NULL AND erased_at IS NULL),
          numbered AS (
            SELECT message_id, row_number() OVER (ORDER BY at, message, ours, id) AS place, count(*) OVER () AS places FROM side)
          SELECT message_id FROM numbered WHERE place = 1 OR place > places - ?3 ORDER BY place";
        let ids: Vec<MessageId> = self.all(doing, sql, &[&request, to, &(MOST_REFERENCES - 1)], |r| r.get(0))?;
        Ok(Thread { subject, ids })
    }

    /// The outbox, newest first: all letters, or those in one state.
    pub fn letters(&self, state: Option<&str>, limit: u32) -> Result<Vec<LetterRow>, StoreError> {
        match state {
            None => self.letters_where("ORDER BY l.id DESC LIMIT ?1", &[&limit]),
            Some(state) => self.letters_where("WHERE l.state = ?1 ORDER BY l.id DESC LIMIT ?2", &[&state, &limit]),
        }
    }

    /// The letters of a request, in their order.
    pub fn letters_of(&self, number: &RequestNumber) -> Result<Vec<LetterRow>, StoreError> {
        self.letters_where("WHERE q.desk = ?1 AND q.number = ?2 ORDER BY l.id", &[&number.desk, &number.number])
    }

    /// One letter of the outbox.
    pub fn letter_row(&self, id: LetterId) -> Result<Option<LetterRow>, StoreError> {
        self.letters_where("WHERE l.id = ?1", &[&id]).map(|rows| rows.into_iter().next())
    }

    fn letters_where(&self, condition: &str, values: &[&dyn ToColumn]) -> Result<Vec<LetterRow>, StoreError> {
        let sql = format!(
            "SELECT l.id, q.desk || '-' || q.number, l.kind, l.recipient, l.state, l.attempts, l.resent, l.created_at, l.due_at,
               l.ended_at, l.answer, l.message_id, l.erased_at
             FROM letter l LEFT JOIN request q ON q.id = l.request {condition}"
        );
        let row = |r: &Row<'_>| {
            columns!(r => LetterRow {
                id, request, kind, recipient, state, attempts, resent, created_at, due_at, ended_at, answer,
                message_id, erased_at
            })
        };
        self.all("reading the outbox", &sql, values, row)
    }
}
