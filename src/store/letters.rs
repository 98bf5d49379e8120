//! Letters: rows from the transaction that caused them until a server has taken them.

use rusqlite::{Row, params};
use serde::Serialize;

use crate::model::{Anchor, DeskKey, Digest, Letter, LetterId, ReceivedId, RequestNumber, Timestamp};

use super::column::{Json, Word};
use super::error::During;
use super::{StoreError, Tx, View};

/// A letter whose time has come.
#[derive(Clone, Debug)]
pub struct DueLetter {
    /// Which one.
    pub id: LetterId,
    /// What its bytes are made from.
    pub letter: Letter,
    /// Tries so far.
    pub attempts: u32,
    /// Tries after one whose end was unknown.
    pub resent: u32,
    /// When it was written.
    pub created_at: Timestamp,
    /// Whether an earlier try ended without our knowing how.
    pub is_unsure: bool,
    /// The digest of the bytes of its first try.
    pub digest: Option<Digest>,
}

/// What is committed before the first byte of a body goes out.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The letter.
    pub id: LetterId,
    /// The digest of the bytes.
    pub digest: Digest,
    /// When it may be tried again, should we die before its end is known.
    pub unsure_until: Timestamp,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it; its words.
    Sent(String),
    /// It may have been taken; it is tried again when the wait set before the try is over. Why.
    Unsure(String),
    /// It is tried again at this time; why.
    Later(Timestamp, String),
    /// It is not tried again; why.
    Failed(String),
}

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
}

impl Tx<'_> {
    /// Takes the next place among the letters about a request, from 1; among those about a message, the next free one.
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
        };
        self.connection
            .prepare_cached(
                "UPDATE request SET letters = letters + 1 WHERE desk = ?1 AND number = ?2 RETURNING letters",
            )
            .and_then(|mut update| update.query_row(params![request.desk.as_str(), request.number], |r| r.get(0)))
            .during("counting letters")
    }

    /// Writes a letter of a desk, due when its grace is over.
    pub fn add_letter(
        &self,
        letter: &Letter,
        desk: &DeskKey,
        cause: Option<ReceivedId>,
    ) -> Result<LetterId, StoreError> {
        let draft = &letter.draft;
        let request = draft.request.as_ref().map(|number| self.request_id(number)).transpose()?;
        self.connection
            .prepare_cached(
                "INSERT INTO letter (request, desk, cause, kind, recipient, domain, message_id, manifest, state, created_at, due_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'due', ?9, ?10) RETURNING id",
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
                        letter.date.plus_seconds(draft.grace.into()).unix()
                    ],
                    |r| r.get(0).map(LetterId),
                )
            })
            .during("writing a letter")
    }

    /// Notes that a letter's body is about to go out. Answers false where it is no longer due: it came back meanwhile.
    pub fn inflight(&self, attempt: &Attempt) -> Result<bool, StoreError> {
        let changed = self
            .connection
            .prepare_cached(
                "UPDATE letter SET resent = resent + (state = 'inflight'), attempts = attempts + 1, state = 'inflight',
                   digest = ?2, due_at = ?3
                 WHERE id = ?1 AND state IN ('due', 'inflight')",
            )
            .and_then(|mut update| {
                update.execute(params![attempt.id.0, attempt.digest.as_bytes(), attempt.unsure_until.unix()])
            })
            .during("beginning a try")?;
        Ok(changed == 1)
    }

    /// Notes how a try ended. `began` says whether the body had begun, which counted the try already.
    pub fn end_attempt(&self, id: LetterId, outcome: &Outcome, began: bool, now: Timestamp) -> Result<(), StoreError> {
        let (state, due_at, ended_at, answer) = match outcome {
            Outcome::Sent(words) => ("sent", None, Some(now.unix()), words),
            Outcome::Unsure(why) => ("inflight", None, None, why),
            Outcome::Later(at, why) => ("due", Some(at.unix()), None, why),
            Outcome::Failed(why) => ("failed", None, Some(now.unix()), why),
        };
        self.connection
            .prepare_cached(
                "UPDATE letter SET state = ?2, due_at = coalesce(?3, due_at), ended_at = ?4, answer = ?5, attempts = attempts + ?6
                 WHERE id = ?1",
            )
            .and_then(|mut update| update.execute(params![id.0, state, due_at, ended_at, answer, !began]))
            .during("ending a try")
            .map(|_| ())
    }

    /// Notes that a letter that a server had taken came back.
    pub fn returned(&self, id: LetterId, why: &str, now: Timestamp) -> Result<(), StoreError> {
        self.end_attempt(id, &Outcome::Failed(why.to_owned()), true, now)
    }

    /// Makes a letter due at once that failed or waits, with fresh bytes. Answers whether there was one.
    pub fn retry_letter(&self, id: LetterId, now: Timestamp) -> Result<bool, StoreError> {
        self.connection
            .execute(
                "UPDATE letter SET state = 'due', due_at = ?2, ended_at = NULL, digest = NULL WHERE id = ?1 AND state IN ('failed', 'due')",
                params![id.0, now.unix()],
            )
            .map(|changed| changed == 1)
            .during("retrying a letter")
    }
}

impl View<'_> {
    /// Letters of these desks whose time has come, the longest waiting first.
    pub fn due_letters(&self, desks: &[DeskKey], now: Timestamp, limit: u32) -> Result<Vec<DueLetter>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT id, manifest, attempts, created_at, state = 'inflight', digest, resent FROM letter
                 WHERE state IN ('due', 'inflight') AND due_at <= ?1 AND desk IN (SELECT value FROM json_each(?2))
                 ORDER BY due_at, id LIMIT ?3",
            )
            .during("reading due letters")?;
        let row = |r: &Row<'_>| {
            Ok(DueLetter {
                id: LetterId(r.get(0)?),
                letter: r.get::<_, Json<Letter>>(1)?.0,
                attempts: r.get(2)?,
                resent: r.get(6)?,
                created_at: Timestamp::from_unix(r.get(3)?),
                is_unsure: r.get(4)?,
                digest: r.get::<_, Option<[u8; 32]>>(5)?.map(Digest::from_bytes),
            })
        };
        query
            .query_map(params![now.unix(), Json(desks), limit], row)
            .and_then(Iterator::collect)
            .during("reading due letters")
    }

    /// When the next letter of these desks is due.
    pub fn next_due(&self, desks: &[DeskKey]) -> Result<Option<Timestamp>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT min(due_at) FROM letter
                 WHERE state IN ('due', 'inflight') AND desk IN (SELECT value FROM json_each(?1))",
            )
            .and_then(|mut query| query.query_row([Json(desks)], |r| r.get::<_, Option<i64>>(0)))
            .during("reading the outbox")
            .map(|at| at.map(Timestamp::from_unix))
    }

    /// The letter itself.
    pub fn letter(&self, id: LetterId) -> Result<Option<Letter>, StoreError> {
        let mut query =
            self.connection.prepare_cached("SELECT manifest FROM letter WHERE id = ?1").during("reading a letter")?;
        let mut rows = query.query([id.0]).during("reading a letter")?;
        let row = rows.next().during("reading a letter")?;
        row.map(|r| r.get::<_, Json<Letter>>(0).map(|json| json.0)).transpose().during("reading a letter")
    }

    /// The outbox, newest first: all letters, or those in one state.
    pub fn letters(&self, state: Option<&str>, limit: u32) -> Result<Vec<LetterRow>, StoreError> {
        self.letters_where("WHERE ?1 IS NULL OR l.state = ?1 ORDER BY l.id DESC LIMIT ?2", params![state, limit])
    }

    /// The letters of a request, in their order.
    pub fn letters_of(&self, number: &RequestNumber) -> Result<Vec<LetterRow>, StoreError> {
        let condition = "WHERE q.desk = ?1 AND q.number = ?2 ORDER BY l.id";
        self.letters_where(condition, params![number.desk.as_str(), number.number])
    }

    fn letters_where(&self, condition: &str, values: impl rusqlite::Params) -> Result<Vec<LetterRow>, StoreError> {
        let sql = format!(
            "SELECT l.id, q.desk || '-' || q.number, l.kind, l.recipient, l.state, l.attempts, l.resent, l.created_at, l.due_at,
               l.ended_at, l.answer, l.message_id
             FROM letter l LEFT JOIN request q ON q.id = l.request {condition}"
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
            })
        };
        query.query_map(values, row).and_then(Iterator::collect).during("reading the outbox")
    }
}
