//! Letters: rows from the transaction that caused them until a server has taken them.

use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;

use crate::model::{
    Anchor, DeskKey, EmailAddress, Letter, LetterId, MessageId, ReceivedId, RequestNumber, Thread, Timestamp,
};

use super::column::{Json, Word};
use super::error::During;
use super::facts::{DAY, since};
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
        let request = match anchor {
            Anchor::Request(number) => number,
            Anchor::Message(received) => {
                return self
                    .connection
                    .prepare_cached("SELECT count(*) + 1 FROM letter WHERE cause = ?1 AND request IS NULL")
                    .and_then(|mut query| query.query_row([received.0], |r| r.get(0)))
                    .during("counting letters");
            }
            Anchor::Digest(_) => {
                return self
                    .connection
                    .prepare_cached("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'letter'), 0) + 1")
                    .and_then(|mut query| query.query_row([], |r| r.get(0)))
                    .during("counting letters");
            }
        };
        self.connection
            .prepare_cached(
                "UPDATE request SET letters = letters + 1 WHERE desk = ?1 AND number = ?2 RETURNING letters",
            )
            .and_then(|mut update| update.query_row(params![request.desk.as_str(), request.number], |r| r.get(0)))
            .during("counting letters")
    }

    /// How many letters about a request were written to somebody in the last 24 hours.
    pub fn written_lately(
        &self,
        request: &RequestNumber,
        to: &EmailAddress,
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        let request = self.request_id(request)?;
        self.connection
            .prepare_cached("SELECT count(*) FROM letter WHERE request = ?1 AND recipient = ?2 AND created_at > ?3 AND repeated = 0")
            .and_then(|mut query| query.query_row(params![request.0, to.as_str(), since(now, DAY)], |r| r.get(0)))
            .during("counting letters to somebody")
    }

    /// Writes a letter of a desk, due when its grace is over; a repeated one counts as sent then.
    pub fn add_letter(
        &self,
        letter: &Letter,
        desk: &DeskKey,
        cause: Option<ReceivedId>,
        is_repeated: bool,
    ) -> Result<LetterId, StoreError> {
        let draft = &letter.draft;
        let request = draft.request.as_ref().map(|number| self.request_id(number)).transpose()?;
        self.connection
            .prepare_cached(
                "INSERT INTO letter (request, desk, cause, kind, recipient, domain, message_id, manifest, state, created_at, due_at,
                   repeated)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'due', ?9, ?10, ?11) RETURNING id",
            )
            .and_then(|mut insert| {
                insert.query_row(
                    params![
                        request.map(|id| id.0),
                        desk.as_str(),
                        cause.map(|id| id.0),
                        draft.kind.as_str(),
                        draft.to.as_str(),
                        draft.to.domain(),
                        letter.message_id.as_str(),
                        Json(letter),
                        letter.date.unix(),
                        letter.date.plus_seconds(draft.grace.into()).unix(),
                        is_repeated
                    ],
                    |r| r.get(0).map(LetterId),
                )
            })
            .during("writing a letter")
    }

    /// Notes that a letter that a server had taken came back.
    pub fn returned(&self, id: LetterId, why: &str, now: Timestamp) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "UPDATE letter SET state = 'failed', ended_at = ?3, answer = ?2 WHERE id = ?1 AND state <> 'cancelled'",
            )
            .and_then(|mut update| update.execute(params![id.0, why, now.unix()]))
            .during("noting that a letter came back")
            .map(|_| ())
    }

    /// Takes a letter back that was never tried. Answers whether it was still there to be taken.
    pub fn cancel_letter(&self, id: LetterId) -> Result<bool, StoreError> {
        self.connection
            .execute("UPDATE letter SET state = 'cancelled' WHERE id = ?1 AND state = 'due' AND attempts = 0", [id.0])
            .map(|changed| changed == 1)
            .during("cancelling a letter")
    }

    /// Makes a letter due at once that failed or waits, with fresh bytes. Answers whether there was one.
    pub fn retry_letter(&self, id: LetterId, now: Timestamp) -> Result<bool, StoreError> {
        self.connection
            .execute(
                "UPDATE letter SET state = 'due', due_at = ?2, ended_at = NULL, digest = NULL
                 WHERE id = ?1 AND state IN ('failed', 'due') AND erased_at IS NULL",
                params![id.0, now.unix()],
            )
            .map(|changed| changed == 1)
            .during("retrying a letter")
    }
}

impl View<'_> {
    /// The letter itself.
    pub fn letter(&self, id: LetterId) -> Result<Option<Letter>, StoreError> {
        let mut query =
            self.connection.prepare_cached("SELECT manifest FROM letter WHERE id = ?1").during("reading a letter")?;
        let mut rows = query.query([id.0]).during("reading a letter")?;
        let row = rows.next().during("reading a letter")?;
        row.map(|r| r.get::<_, Json<Letter>>(0).map(|json| json.0)).transpose().during("reading a letter")
    }

    /// What goes on between a request and one of its correspondents: only what that side has seen or written. Within a second a
    /// letter stands behind the message that caused it, and before the next one.
    pub fn thread(&self, request: &RequestNumber, to: &EmailAddress) -> Result<Thread, StoreError> {
        let side = params![request.desk.as_str(), request.number, to.as_str()];
        let subject = self
            .connection
            .prepare_cached(
                "SELECT iif(json_valid(manifest), manifest ->> 'subject', NULL) FROM letter
                 WHERE request = (SELECT id FROM request WHERE desk = ?1 AND number = ?2) AND recipient = ?3 AND state <> 'cancelled'
                   AND erased_at IS NULL ORDER BY id LIMIT 1",
            )
            .and_then(|mut query| query.query_row(side, |r| r.get::<_, Option<String>>(0)).optional())
            .during("reading a thread")?;
        let mut query = self
            .connection
            .prepare_cached(
                "WITH side AS (
                   SELECT message_id, created_at AS at, coalesce(cause, 9223372036854775807) AS message, 1 AS ours, id FROM letter
                   WHERE request = (SELECT id FROM request WHERE desk = ?1 AND number = ?2) AND recipient = ?3 AND state <> 'cancelled'
                   UNION ALL
                   SELECT message_id, accepted_at, id, 0, id FROM received
                   WHERE request = (SELECT id FROM request WHERE desk = ?1 AND number = ?2) AND sender = ?3
                     AND disposition IN ('opened', 'appended') AND message_id IS NOT NULL AND erased_at IS NULL),
                 numbered AS (
                   SELECT message_id, row_number() OVER (ORDER BY at, message, ours, id) AS place, count(*) OVER () AS places FROM side)
                 SELECT message_id FROM numbered WHERE place = 1 OR place > places - ?4 ORDER BY place",
            )
            .during("reading a thread")?;
        let values = params![request.desk.as_str(), request.number, to.as_str(), MOST_REFERENCES - 1];
        let ids = query
            .query_map(values, |r| r.get::<_, Word<MessageId>>(0).map(|word| word.0))
            .and_then(Iterator::collect)
            .during("reading a thread")?;
        Ok(Thread { subject: subject.flatten(), ids })
    }

    /// The outbox, newest first: all letters, or those in one state.
    pub fn letters(&self, state: Option<&str>, limit: u32) -> Result<Vec<LetterRow>, StoreError> {
        self.letters_where("WHERE ?1 IS NULL OR l.state = ?1 ORDER BY l.id DESC LIMIT ?2", params![state, limit])
    }

    /// The letters of a request, in their order.
    pub fn letters_of(&self, number: &RequestNumber) -> Result<Vec<LetterRow>, StoreError> {
        let health_record = "WHERE q.desk = ?1 AND q.number = ?2 ORDER BY l.id";
        self.letters_where(health_record, params![number.desk.as_str(), number.number])
    }

    /// One letter of the outbox.
    pub fn letter_row(&self, id: LetterId) -> Result<Option<LetterRow>, StoreError> {
        self.letters_where("WHERE l.id = ?1", [id.0]).map(|rows| rows.into_iter().next())
    }

    fn letters_where(&self, health_record: &str, values: impl rusqlite::Params) -> Result<Vec<LetterRow>, StoreError> {
        let sql = format!(
            "SELECT l.id, q.desk || '-' || q.number, l.kind, l.recipient, l.state, l.attempts, l.resent, l.created_at, l.due_at,
               l.ended_at, l.answer, l.message_id, l.erased_at
             FROM letter l LEFT JOIN request q ON q.id = l.request {health_record}"
        );
        let mut query = self.connection.prepare(&sql).during("reading the outbox")?;
        let row = |r: &Row<'_>| {
            Ok(LetterRow {
                id: LetterId(r.get(0)?),
                request: r.get::<_, Option<Word<RequestNumber>>>(1)?.map(|word| word.0),
                kind: r.get(2)?,
                recipient: r.get(3)?,
                state: r.get(4)?,
                attempts: r.get(5)?,
                resent: r.get(6)?,
                created_at: Timestamp::from_unix(r.get(7)?),
                due_at: Timestamp::from_unix(r.get(8)?),
                ended_at: r.get::<_, Option<i64>>(9)?.map(Timestamp::from_unix),
                answer: r.get(10)?,
                message_id: r.get(11)?,
                erased_at: r.get::<_, Option<i64>>(12)?.map(Timestamp::from_unix),
            })
        };
        query.query_map(values, row).and_then(Iterator::collect).during("reading the outbox")
    }
}
