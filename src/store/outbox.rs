//! The outbox: letters whose time has come, and what became of each try.

use crate::model::{DeskKey, Digest, Letter, LetterId, LetterState, RequestNumber, Timestamp};

use super::column::List;
use super::sql::{ColumnError, Row};
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
        let Attempt { id, digest, unsure_until } = attempt;
        let sql =
            "UPDATE letter SET resent = resent + CASE state WHEN 'inflight' THEN 1 ELSE 0 END, attempts = attempts + 1,
            state = 'inflight', digest = ?2, due_at = ?3
          WHERE id = ?1 AND state IN ('due', 'inflight')";
        self.run("beginning a try", sql, &[id, digest, unsure_until]).map(|changed| changed == 1)
    }

    /// Notes how a try ended, unless the letter was taken back or came back meanwhile. `began` says whether the body had begun, which counted the try already.
    pub fn end_attempt(&self, id: LetterId, outcome: &Outcome, began: bool, now: Timestamp) -> Result<(), StoreError> {
        let (state, due_at, ended_at, answer) = match outcome {
            Outcome::Sent(words) => (LetterState::Sent, None, Some(now), words),
            Outcome::Unsure(why) => (LetterState::Inflight, None, None, why),
            Outcome::Later(at, why) => (LetterState::Due, Some(*at), None, why),
            Outcome::Failed(why) => (LetterState::Failed, None, Some(now), why),
        };
        let sql = "UPDATE letter SET state = ?2, due_at = coalesce(?3, due_at), ended_at = ?4, answer = ?5,
            attempts = attempts + ?6
          WHERE id = ?1 AND state IN ('due', 'inflight')";
        self.run("ending a try", sql, &[&id, &state, &due_at, &ended_at, answer, &u32::from(!began)]).map(|_| ())
    }

    /// Lets letters wait until a time, without a try: nothing about them was asked or answered.
    pub fn put_off(&self, ids: &[LetterId], until: Timestamp, why: &str) -> Result<(), StoreError> {
        let sql = "UPDATE letter SET due_at = ?2, answer = CASE state WHEN 'due' THEN ?3 ELSE answer END
          WHERE id IN (LIST ?1) AND state IN ('due', 'inflight')";
        self.run("putting letters off", sql, &[&List(ids), &until, &why]).map(|_| ())
    }

    /// Gives a letter that no server has taken other words or files than it was written with; it is due at once.
    pub fn rewrite_letter(&self, id: LetterId, letter: &Letter, why: &str, now: Timestamp) -> Result<(), StoreError> {
        let sql =
            "UPDATE letter SET manifest = ?2, subject = ?3, digest = NULL, state = 'due', due_at = ?5, answer = ?4
          WHERE id = ?1 AND state IN ('due', 'inflight')";
        self.run("rewriting a letter", sql, &[&id, letter, &letter.draft.subject, &why, &now]).map(|_| ())
    }

    /// Notes on the letters of desks that are not among these why they do not go, and counts them.
    pub fn strand_letters(&self, desks: &[DeskKey]) -> Result<Vec<(String, u32)>, StoreError> {
        let doing = "looking for letters of unknown desks";
        let sql = "UPDATE letter SET answer = 'waits: no desk.' || desk || ' is configured'
          WHERE state IN ('due', 'inflight') AND desk NOT IN (LIST ?1)";
        self.run(doing, sql, &[&List(desks)])?;
        let sql = "SELECT desk, count(*) FROM letter
          WHERE state IN ('due', 'inflight') AND desk NOT IN (LIST ?1) GROUP BY desk ORDER BY desk";
        self.all(doing, sql, &[&List(desks)], |r| Ok((r.get(0)?, r.get(1)?)))
    }
}

impl View<'_> {
    /// Letters of these desks whose time has come, the longest waiting first.
    pub fn due_letters(&self, desks: &[DeskKey], now: Timestamp, limit: u32) -> Result<DueLetters, StoreError> {
        let sql = "SELECT l.id, l.manifest, l.attempts, l.resent, l.created_at, l.state, l.digest, l.repeated,
            q.desk || '-' || q.number, l.recipient
          FROM letter l LEFT JOIN request q ON q.id = l.request
          WHERE l.state IN ('due', 'inflight') AND l.due_at <= ?1 AND l.desk IN (LIST ?2)
          ORDER BY l.due_at, l.id LIMIT ?3";
        let mut due = DueLetters::default();
        for read in self.all("reading due letters", sql, &[&now, &List(desks), &limit], due_letter)? {
            match read {
                Ok(letter) => due.letters.push(letter),
                Err(unreadable) => due.unreadable.push(unreadable),
            }
        }
        Ok(due)
    }

    /// When the next letter of these desks is due.
    pub fn next_due(&self, desks: &[DeskKey]) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT min(due_at) FROM letter WHERE state IN ('due', 'inflight') AND desk IN (LIST ?1)";
        self.one("reading the outbox", sql, &[&List(desks)], |r| r.get(0))
    }
}

fn due_letter(r: &Row<'_>) -> Result<Result<DueLetter, UnreadableLetter>, ColumnError> {
    let id = r.get(0)?;
    let letter = match r.get(1) {
        Ok(letter) => letter,
        Err(error) => {
            return Ok(Err(UnreadableLetter { id, request: r.get(8)?, to: r.get(9)?, why: error.to_string() }));
        }
    };
    Ok(Ok(DueLetter {
        id,
        letter,
        attempts: r.get(2)?,
        resent: r.get(3)?,
        created_at: r.get(4)?,
        is_unsure: r.get::<LetterState>(5)? == LetterState::Inflight,
        digest: r.get(6)?,
        is_repeated: r.get(7)?,
    }))
}
