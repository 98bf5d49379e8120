//! Letters: written in the transaction that caused them, and kept with their state until and after a server has taken them.

use serde::Serialize;

use crate::model::{
    Anchor, DeskKey, EmailAddress, Letter, LetterId, LetterKind, LetterState, MessageId, ReceivedId, RequestNumber,
    Thread, Timestamp,
};

use super::column::List;
use super::sql::{Row, ToColumn, columns};
use super::{StoreError, Tx, View};

/// How many ids of a thread a letter's References field has: the first one and the last ones.
const MOST_REFERENCES: u32 = 20;

/// One letter of the outbox, for people.
#[derive(Clone, Debug, Serialize)]
pub struct LetterRow {
    /// Its id.
    pub id: LetterId,
    /// Its request; `None` where it is about none.
    pub request: Option<RequestNumber>,
    /// What it is for.
    pub kind: LetterKind,
    /// Its recipient's address.
    pub recipient: String,
    /// Whether it waits, was sent or failed.
    pub state: LetterState,
    /// How often it was tried.
    pub attempts: u32,
    /// How often it was tried again after a try whose outcome was unknown.
    pub resent: u32,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it is tried next; of no meaning once it is sent, failed or cancelled.
    pub due_at: Timestamp,
    /// When it was sent or failed; `None` before that.
    pub ended_at: Option<Timestamp>,
    /// The server's last reply, or our reason where no server replied.
    pub answer: String,
    /// Its Message-ID.
    pub message_id: String,
    /// When its content was erased; `None` while it is kept.
    pub erased_at: Option<Timestamp>,
}

impl Tx<'_> {
    /// Takes the next sequence number for a letter: from 1 among those about a request; among those about a message or a day
    /// the next free one.
    pub fn next_letter(&self, anchor: &Anchor) -> Result<u32, StoreError> {
        let doing = "counting letters";
        match anchor {
            Anchor::Request(RequestNumber { desk, number }) => {
                let sql = "UPDATE request SET letters = letters + 1 WHERE desk = ?1 AND number = ?2 RETURNING letters";
                self.one(doing, sql, &[desk, number], |r| r.get(0))
            }
            Anchor::Message(received) => {
                let sql = "SELECT count(*) + 1 FROM letter WHERE (cause = ?1 OR cause IS NULL AND asks_about = ?1) AND request IS NULL";
                self.one(doing, sql, &[received], |r| r.get(0))
            }
            Anchor::Digest(_) | Anchor::Button(_) => {
                let next = self.connection.last_id("letter")? + 1;
                u32::try_from(next).map_err(|_| StoreError::Unexpected(format!("{next} letters are too many")))
            }
        }
    }

    /// Writes a letter of a desk to the outbox, due when its grace is over. One that a lost installation has sent already is
    /// stored as sent.
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
            due_at, repeated, engineer, subject, asks_about)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'due', ?9, ?10, ?11, ?12, ?13, ?14)";
        let due_at = date.plus_seconds(draft.grace.into());
        let (kind, to, domain, engineer, subject) =
            (&draft.kind, &draft.to, draft.to.domain(), &draft.engineer, &draft.subject);
        let id = &letter.message_id;
        let values: [&dyn ToColumn; 14] = [
            &request,
            desk,
            &cause,
            kind,
            to,
            &domain,
            id,
            letter,
            date,
            &due_at,
            &is_repeated,
            engineer,
            subject,
            &draft.asks_about,
        ];
        self.insert("writing a letter", sql, &values).map(LetterId)
    }

    /// Records that a letter which a server had taken was returned: it becomes failed.
    pub fn returned(&self, id: LetterId, why: &str, now: Timestamp) -> Result<(), StoreError> {
        let sql =
            "UPDATE letter SET state = 'failed', ended_at = ?3, answer = ?2 WHERE id = ?1 AND state <> 'cancelled'";
        self.run("noting that a letter came back", sql, &[&id, &why, &now]).map(|_| ())
    }

    /// Cancels a letter that was never tried. Returns whether it could still be cancelled.
    pub fn cancel_letter(&self, id: LetterId) -> Result<bool, StoreError> {
        let sql = "UPDATE letter SET state = 'cancelled' WHERE id = ?1 AND state = 'due' AND attempts = 0";
        self.run("cancelling a letter", sql, &[&id]).map(|changed| changed == 1)
    }

    /// Cancels a letter that an operator does not want sent: one that waits and was never tried, or that failed. Returns whether it
    /// could be cancelled.
    pub fn cancel_for_operator(&self, id: LetterId) -> Result<bool, StoreError> {
        let sql = "UPDATE letter SET state = 'cancelled', answer = 'cancelled by the operator'
          WHERE id = ?1 AND (state = 'due' AND attempts = 0 OR state = 'failed')";
        self.run("cancelling a letter", sql, &[&id]).map(|changed| changed == 1)
    }

    /// Cancels the acknowledgement of a request that a cap lets wait, for this reason; where a reader is given, only one to them.
    /// One that only the mail server keeps waiting stays.
    pub fn cancel_acknowledgement(
        &self,
        request: &RequestNumber,
        to: Option<&EmailAddress>,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE letter SET state = 'cancelled', answer = ?4
          WHERE request = ?1 AND recipient = coalesce(?2, recipient) AND kind = 'acknowledgement' AND state = 'due'
            AND attempts = 0 AND answer = '' AND due_at > ?3";
        self.run("cancelling an acknowledgement", sql, &[&self.request_id(request)?, &to, &now, &why]).map(|_| ())
    }

    /// Makes a failed or waiting letter due at once, to be rendered anew. Returns whether there was such a letter.
    pub fn retry_letter(&self, id: LetterId, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE letter SET state = 'due', due_at = ?2, ended_at = NULL, digest = NULL
          WHERE id = ?1 AND state IN ('failed', 'due') AND erased_at IS NULL";
        self.run("retrying a letter", sql, &[&id, &now]).map(|changed| changed == 1)
    }

    /// Makes all failed letters of these desks due now, as new tries of new letters. Returns how many.
    pub fn retry_failed(&self, desks: &[DeskKey], now: Timestamp) -> Result<usize, StoreError> {
        let sql = "UPDATE letter SET state = 'due', due_at = ?2, ended_at = NULL, digest = NULL
          WHERE state = 'failed' AND erased_at IS NULL AND desk IN (LIST ?1)";
        self.run("retrying letters", sql, &[&List(desks), &now])
    }
}

impl View<'_> {
    /// A letter as it is sent; `None` where there is no such id.
    pub fn letter(&self, id: LetterId) -> Result<Option<Letter>, StoreError> {
        self.optional("reading a letter", "SELECT manifest FROM letter WHERE id = ?1", &[&id], |r| r.get(0))
    }

    /// The last letters about a request to somebody, up to `most`, the newest first, without this one.
    pub fn last_letters(
        &self,
        request: &RequestNumber,
        to: &EmailAddress,
        without: Option<LetterId>,
        most: u32,
    ) -> Result<Vec<Letter>, StoreError> {
        let Some(request) = self.optional_request_id(request)? else { return Ok(Vec::new()) };
        let sql = "SELECT manifest FROM letter
          WHERE request = ?1 AND recipient = ?2 AND state <> 'cancelled' AND erased_at IS NULL AND id IS NOT ?3
          ORDER BY id DESC LIMIT ?4";
        self.all("reading the last letters", sql, &[&request, to, &without, &most], |r| r.get(0))
    }

    /// The thread between a request and one correspondent: only what that side has seen or written. Of the same second, a
    /// letter stands behind the message that caused it, and before the next message.
    pub fn thread(&self, request: &RequestNumber, to: &EmailAddress) -> Result<Thread, StoreError> {
        let doing = "reading a thread";
        let Some(request) = self.optional_request_id(request)? else { return Ok(Thread::default()) };
        let sql = "SELECT subject, kind = 'answer' FROM letter
          WHERE request = ?1 AND recipient = ?2 AND state <> 'cancelled' AND erased_at IS NULL
          ORDER BY kind = 'answer' DESC, id LIMIT 1";
        let first: Option<(String, bool)> =
            self.optional(doing, sql, &[&request, to], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let (subject, is_answered) = first.map_or((None, false), |(subject, is_answer)| (Some(subject), is_answer));
        let sql = "WITH side AS (
            SELECT message_id, created_at AS at, coalesce(cause, 9223372036854775807) AS message, 1 AS ours, id FROM letter
            WHERE request = ?1 AND recipient = ?2 AND state <> 'cancelled'
            UNION ALL
            SELECT message_id, accepted_at, id, 0, id FROM received
            WHERE request = ?1 AND sender = ?2
              AND disposition IN ('opened', 'appended') AND message_id IS NOT NULL AND erased_at IS NULL),
          numbered AS (
            SELECT message_id, ours, row_number() OVER (ORDER BY at, message, ours, id) AS place, count(*) OVER () AS places FROM side)
          SELECT message_id, ours = 0 FROM numbered WHERE place = 1 OR place > places - ?3 ORDER BY place";
        let ids: Vec<(MessageId, bool)> =
            self.all(doing, sql, &[&request, to, &(MOST_REFERENCES - 1)], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let theirs = ids.iter().rposition(|(_, is_theirs)| *is_theirs).map_or(0, |last| last + 1);
        Ok(Thread { subject, is_answered, ids: ids.into_iter().map(|(id, _)| id).collect(), theirs })
    }

    /// The letters of a request, in the order of writing.
    pub fn letters_of(&self, number: &RequestNumber) -> Result<Vec<LetterRow>, StoreError> {
        self.letters_where("WHERE q.desk = ?1 AND q.number = ?2 ORDER BY l.id", &[&number.desk, &number.number])
    }

    /// One letter of the outbox; `None` where there is no such id.
    pub fn letter_row(&self, id: LetterId) -> Result<Option<LetterRow>, StoreError> {
        self.letters_where("WHERE l.id = ?1", &[&id]).map(|rows| rows.into_iter().next())
    }

    pub(super) fn letters_where(
        &self,
        condition: &str,
        values: &[&dyn ToColumn],
    ) -> Result<Vec<LetterRow>, StoreError> {
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
