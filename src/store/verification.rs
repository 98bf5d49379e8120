//! What `maildesk verify` reads.

use crate::model::{DeskKey, Digest, EmailAddress, LetterId, LetterKind, MessageId, ReceivedId, RequestNumber};

use super::sql::Row;
use super::{Reader, StoreError, View};

impl Reader {
    /// Answers several queries of the database as of one moment, whatever is written meanwhile.
    pub fn at_one_moment<T>(&self, ask: impl FnOnce(View<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.connection.begin_reading()?;
        let answer = ask(self.view());
        self.connection.commit("ending to read")?;
        answer
    }
}

impl View<'_> {
    /// The numbers of all requests, by desk, ascending.
    pub fn request_numbers(&self) -> Result<Vec<RequestNumber>, StoreError> {
        let sql = "SELECT desk || '-' || number FROM request ORDER BY desk, number";
        self.all("reading all numbers", sql, &[], |r| r.get(0))
    }

    /// The last number that each desk has given to a request.
    pub fn last_numbers(&self) -> Result<Vec<(DeskKey, u32)>, StoreError> {
        let sql = "SELECT key, last_number FROM desk ORDER BY key";
        self.all("reading last numbers", sql, &[], |r| Ok((r.get(0)?, r.get(1)?)))
    }

    /// The messages whose raw bytes are kept, by id.
    pub fn kept_messages(&self) -> Result<Vec<ReceivedId>, StoreError> {
        let sql = "SELECT id FROM received WHERE raw IS NOT NULL AND erased_at IS NULL ORDER BY id";
        self.all("looking for messages", sql, &[], |r| r.get(0))
    }

    /// What is wrong with the raw bytes of a message: unreadable, or other than their SHA-256 says. `None` where they are as
    /// stored.
    pub fn raw_damage(&self, received: ReceivedId) -> Result<Option<String>, StoreError> {
        let bytes = match self.raw(received) {
            Ok(bytes) => bytes,
            Err(error) if error.is_fatal() || error.is_passing() => return Err(error),
            Err(error) => return Ok(Some(format!("message {received}: its raw bytes cannot be read: {error}"))),
        };
        let sql = "SELECT coalesce(raw.changed_sha256, raw.sha256) FROM received r JOIN raw ON raw.id = r.raw WHERE r.id = ?1";
        let stored: Option<Digest> = self.one("checking raw messages", sql, &[&received], |r| r.get(0))?;
        let is_sound = stored == Some(Digest::of(&bytes));
        Ok((!is_sound).then(|| format!("message {received}: its raw bytes are not those that were received")))
    }

    /// Rows that name rows which are not there (the cause of a letter, the message of an event), and letters that are about
    /// nothing; a line each.
    pub fn dangling(&self) -> Result<Vec<String>, StoreError> {
        let line = |(table, id, parent): (String, Option<i64>, String)| {
            let id = id.map(|id| format!(" {id}")).unwrap_or_default();
            format!("{table}{id}: names a row of {parent} that is not there")
        };
        let mut found: Vec<String> = self.connection.dangling()?.into_iter().map(line).collect();
        let sql =
            "SELECT id FROM letter WHERE request IS NULL AND cause IS NULL AND asks_about IS NULL AND kind <> 'digest'
          ORDER BY id";
        let letters: Vec<i64> = self.all("checking letters", sql, &[], |r| r.get(0))?;
        found.extend(letters.into_iter().map(|id| format!("letter {id}: is about nothing")));
        Ok(found)
    }

    /// Rows that say different things of one matter, a line each: a letter and its columns; a message in a request without its
    /// words there.
    pub fn conflicts(&self) -> Result<Vec<String>, StoreError> {
        let doing = "comparing letters";
        let mut found = Vec::new();
        let ids: Vec<LetterId> = self.all(doing, "SELECT id FROM letter ORDER BY id", &[], |r| r.get(0))?;
        for id in ids {
            found.extend(
                self.letter_conflict(id)?.map(|what| format!("letter {id}: its {what} is not that of its content")),
            );
        }
        let sql = "SELECT r.id FROM received r WHERE r.disposition IN ('opened', 'appended')
          AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.received = r.id) ORDER BY r.id";
        let wordless: Vec<ReceivedId> = self.all("looking for lost entries", sql, &[], |r| r.get(0))?;
        found.extend(wordless.into_iter().map(|id| format!("message {id}: its entry in its request is not there")));
        Ok(found)
    }

    /// The letters whose content cannot be read, a line each.
    pub fn unreadable_letters(&self) -> Result<Vec<String>, StoreError> {
        let ids: Vec<LetterId> = self.all("reading letters", "SELECT id FROM letter ORDER BY id", &[], |r| r.get(0))?;
        let mut found = Vec::new();
        for id in ids {
            match self.letter(id) {
                Err(error) if error.is_fatal() || error.is_passing() => return Err(error),
                Err(error) => found.push(format!("letter {id}: it cannot be read: {error}")),
                Ok(_) => {}
            }
        }
        Ok(found)
    }

    /// The column of a letter that differs from what the letter is made from; `None` where all agree.
    fn letter_conflict(&self, id: LetterId) -> Result<Option<&'static str>, StoreError> {
        let sql = "SELECT l.recipient, l.domain, l.kind, l.message_id, l.subject, q.desk || '-' || q.number
          FROM letter l LEFT JOIN request q ON q.id = l.request WHERE l.id = ?1";
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?));
        let (to, domain, kind, message_id, subject, request): (
            EmailAddress,
            String,
            LetterKind,
            MessageId,
            String,
            Option<RequestNumber>,
        ) = self.one("comparing letters", sql, &[&id], row)?;
        // One that cannot be read is in `unreadable_letters`.
        let Ok(Some(letter)) = self.letter(id) else { return Ok(None) };
        let differs = [
            ("recipient", to != letter.draft.to || domain != letter.draft.to.domain()),
            ("kind", kind != letter.draft.kind),
            ("Message-ID", message_id != letter.message_id),
            ("subject", subject != letter.draft.subject),
            ("request", request != letter.draft.request),
        ];
        Ok(differs.into_iter().find(|(_, differs)| *differs).map(|(what, _)| what))
    }
}
