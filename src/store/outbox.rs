//! The outbox: letters whose time has come, and what became of each try.

use rusqlite::{Row, params};

use crate::model::{DeskKey, Digest, Letter, LetterId, RequestNumber, Timestamp};

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
    /// Whether an installation that was lost has sent it.
    pub is_repeated: bool,
}

/// Letters whose time has come.
#[derive(Clone, Debug, Default)]
pub struct DueLetters {
    /// Those that can be sent.
    pub letters: Vec<DueLetter>,
    /// Those that cannot, because another version of maildesk wrote them or their rows were changed by hand.
    pub unreadable: Vec<UnreadableLetter>,
}

impl DueLetters {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.letters.is_empty() && self.unreadable.is_empty()
    }
}

/// A letter whose manifest cannot be read.
#[derive(Clone, Debug)]
pub struct UnreadableLetter {
    /// Which one.
    pub id: LetterId,
    /// Its request, if it is about one.
    pub request: Option<RequestNumber>,
    /// Its recipient.
    pub to: String,
    /// What is wrong with it.
    pub why: String,
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

impl Tx<'_> {
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

    /// Notes how a try ended, unless the letter was taken back or came back meanwhile. `began` says whether the body had begun, which counted the try already.
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
                 WHERE id = ?1 AND state IN ('due', 'inflight')",
            )
            .and_then(|mut update| update.execute(params![id.0, state, due_at, ended_at, answer, !began]))
            .during("ending a try")
            .map(|_| ())
    }

    /// Lets letters wait until a time, without a try: nothing about them was asked or answered.
    pub fn put_off(&self, ids: &[LetterId], until: Timestamp, why: &str) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "UPDATE letter SET due_at = ?2, answer = iif(state = 'due', ?3, answer)
                 WHERE id IN (SELECT value FROM json_each(?1)) AND state IN ('due', 'inflight')",
            )
            .and_then(|mut update| update.execute(params![Json(ids), until.unix(), why]))
            .during("putting letters off")
            .map(|_| ())
    }

    /// Gives a letter that no server has taken other words or files than it was written with; it is due at once.
    pub fn rewrite_letter(&self, id: LetterId, letter: &Letter, why: &str, now: Timestamp) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "UPDATE letter SET manifest = ?2, subject = ?5, digest = NULL, state = 'due', due_at = ?4, answer = ?3
                 WHERE id = ?1 AND state IN ('due', 'inflight')",
            )
            .and_then(|mut update| update.execute(params![id.0, Json(letter), why, now.unix(), letter.draft.subject]))
            .during("rewriting a letter")
            .map(|_| ())
    }

    /// Notes on the letters of desks that are not among these why they do not go, and counts them.
    pub fn strand_letters(&self, desks: &[DeskKey]) -> Result<Vec<(String, u32)>, StoreError> {
        let mut update = self
            .connection
            .prepare_cached(
                "UPDATE letter SET answer = 'waits: no desk.' || desk || ' is configured'
                 WHERE state IN ('due', 'inflight') AND desk NOT IN (SELECT value FROM json_each(?1))",
            )
            .during("looking for letters of unknown desks")?;
        update.execute([Json(desks)]).during("looking for letters of unknown desks")?;
        let mut count = self
            .connection
            .prepare_cached(
                "SELECT desk, count(*) FROM letter
                 WHERE state IN ('due', 'inflight') AND desk NOT IN (SELECT value FROM json_each(?1)) GROUP BY desk",
            )
            .during("counting letters of unknown desks")?;
        count
            .query_map([Json(desks)], |r| Ok((r.get(0)?, r.get(1)?)))
            .and_then(Iterator::collect)
            .during("counting letters of unknown desks")
    }
}

impl View<'_> {
    /// Letters of these desks whose time has come, the longest waiting first.
    pub fn due_letters(&self, desks: &[DeskKey], now: Timestamp, limit: u32) -> Result<DueLetters, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT l.id, l.manifest, l.attempts, l.created_at, l.state = 'inflight', l.digest, l.resent,
                   q.desk || '-' || q.number, l.recipient, l.repeated
                 FROM letter l LEFT JOIN request q ON q.id = l.request
                 WHERE l.state IN ('due', 'inflight') AND l.due_at <= ?1 AND l.desk IN (SELECT value FROM json_each(?2))
                 ORDER BY l.due_at, l.id LIMIT ?3",
            )
            .during("reading due letters")?;
        let mut rows = query.query(params![now.unix(), Json(desks), limit]).during("reading due letters")?;
        let mut due = DueLetters::default();
        while let Some(row) = rows.next().during("reading due letters")? {
            match due_letter(row).during("reading due letters")? {
                Ok(letter) => due.letters.push(letter),
                Err(unreadable) => due.unreadable.push(unreadable),
            }
        }
        Ok(due)
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
}

fn due_letter(r: &Row<'_>) -> rusqlite::Result<Result<DueLetter, UnreadableLetter>> {
    let id = LetterId(r.get(0)?);
    let letter = match r.get::<_, Json<Letter>>(1) {
        Ok(Json(letter)) => letter,
        Err(error) => {
            let request = r.get::<_, Option<Word<RequestNumber>>>(7)?.map(|word| word.0);
            return Ok(Err(UnreadableLetter { id, request, to: r.get(8)?, why: error.to_string() }));
        }
    };
    Ok(Ok(DueLetter {
        id,
        letter,
        attempts: r.get(2)?,
        resent: r.get(6)?,
        created_at: Timestamp::from_unix(r.get(3)?),
        is_unsure: r.get(4)?,
        digest: r.get::<_, Option<[u8; 32]>>(5)?.map(Digest::from_bytes),
        is_repeated: r.get(9)?,
    }))
}
