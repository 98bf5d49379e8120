//! The outbox as the sender sees it: letters that are due, and the outcome of each try.

use crate::model::{DeskKey, Digest, FailureReason, Letter, LetterId, LetterState, RequestNumber, Timestamp};

use super::column::List;
use super::sql::{ColumnError, Row};
use super::{StoreError, Tx, View};

/// A letter that is due to be sent.
#[derive(Clone, Debug)]
pub struct DueLetter {
    /// Its id.
    pub id: LetterId,
    /// The letter, from which its bytes are rendered.
    pub letter: Letter,
    /// How often it was tried.
    pub attempts: u32,
    /// How often it was tried again after a try whose outcome was unknown.
    pub resent: u32,
    /// When it was written.
    pub created_at: Timestamp,
    /// Whether the outcome of an earlier try is unknown, so that the server may have it already.
    pub is_unsure: bool,
    /// SHA-256 of the bytes that the first try sent; `None` before that.
    pub digest: Option<Digest>,
    /// Whether a lost installation has sent it already.
    pub is_repeated: bool,
}

/// The letters that are due to be sent.
#[derive(Clone, Debug, Default)]
pub struct DueLetters {
    /// Letters that can be sent.
    pub letters: Vec<DueLetter>,
    /// Letters that cannot be read, because another version of maildesk wrote them or their rows were changed by hand.
    pub unreadable: Vec<UnreadableLetter>,
}

impl DueLetters {
    /// Whether no letter is due.
    pub fn is_empty(&self) -> bool {
        self.letters.is_empty() && self.unreadable.is_empty()
    }
}

/// A due letter whose manifest cannot be read.
#[derive(Clone, Debug)]
pub struct UnreadableLetter {
    /// Its id.
    pub id: LetterId,
    /// Its request; `None` where it is about none.
    pub request: Option<RequestNumber>,
    /// Its recipient's address.
    pub to: String,
    /// Why it cannot be read.
    pub why: String,
}

/// A try, recorded before the first byte of the body is sent.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The letter.
    pub id: LetterId,
    /// SHA-256 of the bytes that are sent.
    pub digest: Digest,
    /// When the letter may be tried again, should the process die before the outcome is known.
    pub unsure_until: Timestamp,
}

/// The outcome of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it; its reply.
    Sent(String),
    /// It is not known whether the server took it, and why; it is tried again once the wait that was set before the try is
    /// over.
    Unsure(String),
    /// It is tried again at this time, and why.
    Later(Timestamp, String),
    /// It is not tried again, and why.
    Failed(FailureReason),
}

impl Tx<'_> {
    /// Records that a letter's body is about to be sent. Returns false where the letter is no longer due, because it was
    /// returned meanwhile.
    pub fn inflight(&self, attempt: &Attempt) -> Result<bool, StoreError> {
        let Attempt { id, digest, unsure_until } = attempt;
        let sql =
            "UPDATE letter SET resent = resent + CASE state WHEN 'inflight' THEN 1 ELSE 0 END, attempts = attempts + 1,
            state = 'inflight', digest = ?2, due_at = ?3
          WHERE id = ?1 AND state IN ('due', 'inflight')";
        self.run("beginning a try", sql, &[id, digest, unsure_until]).map(|changed| changed == 1)
    }

    /// Takes back [`Tx::inflight`] of letters whose body has not begun: they are due at once. Of the letters `unsure`, an earlier
    /// try has an unknown outcome.
    pub fn not_begun(&self, due: &[LetterId], unsure: &[LetterId], now: Timestamp) -> Result<(), StoreError> {
        let doing = "taking tries back";
        let sql = "UPDATE letter SET state = 'due', attempts = attempts - 1, due_at = ?2
          WHERE id IN (LIST ?1) AND state = 'inflight'";
        self.run(doing, sql, &[&List(due), &now])?;
        let sql = "UPDATE letter SET attempts = attempts - 1, resent = resent - 1, due_at = ?2
          WHERE id IN (LIST ?1) AND state = 'inflight'";
        self.run(doing, sql, &[&List(unsure), &now]).map(|_| ())
    }

    /// Records the outcome of a try, unless the letter was cancelled or returned meanwhile. `began` says whether the body had
    /// begun: then [`Tx::inflight`] has counted the try already.
    pub fn end_attempt(&self, id: LetterId, outcome: &Outcome, began: bool, now: Timestamp) -> Result<(), StoreError> {
        let (state, due_at, ended_at, answer) = match outcome {
            Outcome::Sent(words) => (LetterState::Sent, None, Some(now), words.clone()),
            Outcome::Unsure(why) => (LetterState::Inflight, None, None, why.clone()),
            Outcome::Later(at, why) => (LetterState::Due, Some(*at), None, why.clone()),
            Outcome::Failed(reason) => (LetterState::Failed, None, Some(now), reason.to_string()),
        };
        let sql = "UPDATE letter SET state = ?2, due_at = coalesce(?3, due_at), ended_at = ?4, answer = ?5,
            attempts = attempts + ?6
          WHERE id = ?1 AND state IN ('due', 'inflight')";
        self.run("ending a try", sql, &[&id, &state, &due_at, &ended_at, &answer, &u32::from(!began)]).map(|_| ())
    }

    /// Puts letters off until a time without counting a try, as no server has seen them.
    pub fn put_off(&self, ids: &[LetterId], until: Timestamp, why: &str) -> Result<(), StoreError> {
        let sql = "UPDATE letter SET due_at = ?2, answer = CASE state WHEN 'due' THEN ?3 ELSE answer END
          WHERE id IN (LIST ?1) AND state IN ('due', 'inflight')";
        self.run("putting letters off", sql, &[&List(ids), &until, &why]).map(|_| ())
    }

    /// Replaces the text or files of a letter that no server has taken; it is due at once.
    pub fn rewrite_letter(&self, id: LetterId, letter: &Letter, why: &str, now: Timestamp) -> Result<(), StoreError> {
        let sql =
            "UPDATE letter SET manifest = ?2, subject = ?3, digest = NULL, state = 'due', due_at = ?5, answer = ?4
          WHERE id = ?1 AND state IN ('due', 'inflight')";
        self.run("rewriting a letter", sql, &[&id, letter, &letter.draft.subject, &why, &now]).map(|_| ())
    }

    /// Records on the unsent letters of all other desks why they are not sent, and returns how many each of those desks has.
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
    /// Up to `limit` due letters of these desks, the longest waiting first.
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

    /// When the next letter of these desks is due; `None` where none waits.
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
