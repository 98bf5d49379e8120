//! Erasing content. Rows stay, with what is only counted (times, sizes, states); bytes, words, names and addresses go.
//! `secure_delete` is on, so that erased content is overwritten in free pages too.

use serde::Serialize;

use crate::model::{
    Digest, EmailAddress, Event, Letter, LetterId, MessageId, ReceivedId, Redaction, Request, RequestNumber, Timestamp,
};

use super::column::{Json, List};
use super::raw::RawId;
use super::redacted::{self, SMALL_TEXTS, TEXTS};
use super::sql::{Row, ToColumn};
use super::{CHUNK, Packed, StoreError, Tx, View, event_columns};

/// How much was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// Messages whose content was erased.
    pub messages: u32,
    /// Files in those messages.
    pub files: u32,
    /// Letters whose content was erased.
    pub letters: u32,
    /// Total size of the erased messages, in bytes.
    pub bytes: u64,
}

impl Erased {
    /// The sum of two counts.
    pub fn and(self, other: Self) -> Self {
        Self {
            messages: self.messages + other.messages,
            files: self.files + other.files,
            letters: self.letters + other.letters,
            bytes: self.bytes + other.bytes,
        }
    }
}

impl Tx<'_> {
    /// The pseudonym that is to replace the next forgotten address; each is given once.
    pub fn next_pseudonym(&self, now: Timestamp) -> Result<EmailAddress, StoreError> {
        let sql = "INSERT INTO pseudonym (made_at) VALUES (?1) RETURNING number";
        self.one("choosing a pseudonym", sql, &[&now], |r| r.get(0)).map(EmailAddress::forgotten)
    }

    /// Erases the content of messages: raw bytes, files, text and subject. Digests stay, by which the same message is
    /// recognised if it comes again. A message that was still waiting or held becomes ignored.
    pub fn erase_messages(
        &self,
        ids: &[ReceivedId],
        redaction: &Redaction,
        now: Timestamp,
    ) -> Result<Erased, StoreError> {
        let doing = "erasing a message";
        let kept =
            "SELECT r.sender, r.message_id, coalesce(raw.size, 0) FROM received r LEFT JOIN raw ON raw.id = r.raw
          WHERE r.id = ?1 AND r.erased_at IS NULL";
        let erase = "UPDATE received SET erased_at = ?2, sender = ?3, message_id = ?4, subject = '', defects = '[]', trouble = '',
            reasons = CASE disposition WHEN 'duplicate' THEN reasons ELSE '[]' END, handled_at = coalesce(handled_at, ?2),
            disposition = CASE WHEN state IN ('accepted', 'quarantined') OR disposition = 'held' THEN 'ignored' ELSE disposition END,
            state = CASE WHEN state IN ('accepted', 'quarantined') THEN 'handled' ELSE state END
          WHERE id = ?1";
        let mut gone = Erased::default();
        for id in ids {
            let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?, r.get(2)?));
            let row: Option<(String, Option<MessageId>, u64)> = self.optional(doing, kept, &[id], row)?;
            let Some((sender, message_id, bytes)) = row else { continue };
            let sender = redaction.word(&sender);
            let files = self.erase_parts(*id, &sender)?;
            self.run(doing, erase, &[id, &now, &sender, &message_id.map(|id| id.erased())])?;
            gone = gone.and(Erased { messages: 1, files, letters: 0, bytes });
        }
        Ok(gone)
    }

    /// Erases the attachments and texts of a message, and returns how many files there were.
    fn erase_parts(&self, id: ReceivedId, author: &str) -> Result<u32, StoreError> {
        let doing = "erasing a message";
        self.run(doing, "DELETE FROM raw_chunk WHERE raw = (SELECT raw FROM received WHERE id = ?1)", &[&id])?;
        let entry =
            "UPDATE entry SET text = '', reply_text = NULL, signature = '', earlier = '', form = NULL, author = ?2
          WHERE received = ?1";
        self.run(doing, entry, &[&id, &author])?;
        let files = self.run(doing, "DELETE FROM attachment WHERE received = ?1", &[&id])?;
        Ok(u32::try_from(files).unwrap_or(u32::MAX))
    }

    /// Erases the content of letters. Those that are not sent yet are cancelled, with `why` as their answer. Returns how many
    /// letters were erased.
    pub fn erase_letters(
        &self,
        ids: &[LetterId],
        redaction: &Redaction,
        why: &str,
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        let mut erased = 0;
        for id in ids {
            // A manifest that another version wrote cannot be read, so nothing of it is kept.
            let manifest = match self.letter(*id) {
                Ok(Some(letter)) => Some(letter.erased(redaction)),
                Ok(None) => continue,
                Err(error) if error.is_fatal() || error.is_passing() => return Err(error),
                Err(_) => None,
            };
            erased += self.erase_letter(*id, manifest.as_ref(), redaction, why, now)?;
        }
        Ok(erased)
    }

    fn erase_letter(
        &self,
        id: LetterId,
        manifest: Option<&Letter>,
        redaction: &Redaction,
        why: &str,
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        let doing = "erasing a letter";
        let kept = "SELECT recipient FROM letter WHERE id = ?1 AND erased_at IS NULL";
        let recipient: Option<String> = self.optional(doing, kept, &[&id], |r| r.get(0))?;
        let Some(recipient) = recipient.map(|recipient| redaction.word(&recipient)) else { return Ok(0) };
        let domain = recipient.split_once('@').map_or("", |(_, domain)| domain);
        let sql =
            "UPDATE letter SET erased_at = ?2, recipient = ?3, domain = ?4, subject = '', manifest = ?5, digest = NULL,
            answer = CASE WHEN state IN ('due', 'inflight') THEN ?6 ELSE '' END, ended_at = coalesce(ended_at, ?2),
            state = CASE WHEN state IN ('due', 'inflight') THEN 'cancelled' ELSE state END
          WHERE id = ?1";
        self.run(doing, sql, &[&id, &now, &recipient, &domain, &Json(manifest), &why])?;
        Ok(1)
    }

    /// Saves a request and its events after erasure; the last event is new, the others replace what is stored.
    pub fn save_forgotten(&self, request: &Request, events: &[Event]) -> Result<(), StoreError> {
        let id = self.request_id(&request.number)?;
        let doing = "rewriting events";
        let ids: Vec<i64> =
            self.all(doing, "SELECT id FROM event WHERE request = ?1 ORDER BY id", &[&id], |r| r.get(0))?;
        let sql = "UPDATE event SET who = ?2, proof = ?3, change = ?4, actor = ?5, engineer = ?6 WHERE id = ?1";
        for (id, Event { who, proof, change, .. }) in ids.iter().zip(events) {
            let (actor, engineer) = event_columns::of_actor(who);
            self.run(doing, sql, &[id, who, proof, change, &actor, &engineer])?;
        }
        events.iter().skip(ids.len()).try_for_each(|event| self.add_event(event))?;
        let doing = "rewriting a request";
        self.run(doing, "DELETE FROM participant WHERE request = ?1", &[&id])?;
        self.run(doing, "UPDATE request SET subject = ?2 WHERE id = ?1", &[&id, &request.subject])?;
        self.save_request(request)
    }

    /// Replaces addresses in the texts of these rows of a table; one of [`View::text_tables`].
    pub fn redact_texts(&self, table: &str, ids: &[i64], redaction: &Redaction) -> Result<(), StoreError> {
        let doing = "replacing an address";
        let Some((table, columns)) = TEXTS.iter().find(|(name, _)| *name == table) else { return Ok(()) };
        redacted::register(self.connection, redaction)?;
        // A letter that waits is sent as it is now, so the digest of its old bytes goes.
        let digest = match *table {
            "letter" => ", digest = CASE state WHEN 'due' THEN NULL ELSE digest END",
            _ => "",
        };
        let sql = format!("UPDATE {table} SET {}{digest} WHERE id IN (LIST ?1)", redacted::replaced(columns));
        self.run(doing, &sql, &[&List(ids)])?;
        let messages = match *table {
            "received" => ids.iter().copied().map(ReceivedId).collect(),
            "entry" => {
                let sql = "SELECT received FROM entry WHERE id IN (LIST ?1)";
                self.all(doing, sql, &[&List(ids)], |r| r.get(0))?
            }
            _ => Vec::new(),
        };
        messages.into_iter().try_for_each(|id| self.index_message_anew(id))
    }

    /// Replaces addresses in all texts of the small tables.
    pub fn redact_small_texts(&self, redaction: &Redaction) -> Result<(), StoreError> {
        let doing = "replacing an address";
        redacted::register(self.connection, redaction)?;
        let sql = format!("SELECT DISTINCT received FROM attachment WHERE {}", redacted::named(SMALL_TEXTS[0].1));
        for id in self.all(doing, &sql, &[], |r| r.get(0))? {
            self.index_message_anew(id)?;
        }
        for (table, columns) in SMALL_TEXTS {
            let sql = format!("UPDATE {table} SET {} WHERE {}", redacted::replaced(columns), redacted::named(columns));
            self.run(doing, &sql, &[])?;
        }
        Ok(())
    }

    /// Replaces addresses in the raw bytes of a message; the size stays.
    pub fn redact_raw(&self, id: ReceivedId, redaction: &Redaction) -> Result<(), StoreError> {
        let doing = "replacing an address";
        let Some(bytes) = redaction.bytes(&self.raw(id)?) else { return Ok(()) };
        let raw: RawId = self.one(doing, "SELECT raw FROM received WHERE id = ?1", &[&id], |r| r.get(0))?;
        self.run(doing, "DELETE FROM raw_chunk WHERE raw = ?1", &[&raw])?;
        let sql = "UPDATE raw SET size = 0, changed_sha256 = ?2 WHERE id = ?1";
        self.run(doing, sql, &[&raw, &Digest::of(&bytes)])?;
        for (sequence, chunk) in (0..).zip(bytes.chunks(CHUNK)) {
            self.add_chunk(raw, sequence, &Packed::new(chunk.to_vec()))?;
        }
        self.index_message_anew(id)
    }

    /// Gives up to this many free pages back to the file system, and returns how many are left.
    pub fn give_back(&self, pages: u32) -> Result<u64, StoreError> {
        self.connection.give_back(pages)?;
        self.free_pages()
    }
}

impl View<'_> {
    /// How many pages of the file are free.
    pub fn free_pages(&self) -> Result<u64, StoreError> {
        self.connection.pragma("freelist_count").map(i64::unsigned_abs)
    }

    /// Whether the content of a message was erased.
    pub fn is_erased(&self, id: ReceivedId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM received WHERE id = ?1 AND erased_at IS NOT NULL";
        self.exists("looking for a message", sql, &[&id])
    }

    /// The messages of a request whose content is still there; only those of `sender` where one is given.
    pub fn messages_to_erase(
        &self,
        request: &RequestNumber,
        sender: Option<&EmailAddress>,
    ) -> Result<Vec<ReceivedId>, StoreError> {
        let id = self.request_id(request)?;
        let (sql, values): (_, &[&dyn ToColumn]) = match &sender {
            None => ("", &[&id]),
            Some(sender) => ("AND sender = ?2", &[&id, sender]),
        };
        let sql = format!(
            "SELECT id FROM received WHERE (request = ?1 OR id IN (SELECT received FROM entry WHERE request = ?1))
               AND erased_at IS NULL {sql} ORDER BY id"
        );
        self.all("looking for what is to be erased", &sql, values, |r| r.get(0))
    }

    /// The letters about a request whose content is still there, and those that tell of these messages. Where a reader is
    /// given, only the letters to them, and those to external people that hold the whole correspondence.
    pub fn letters_to_erase(
        &self,
        request: &RequestNumber,
        recipient: Option<&EmailAddress>,
        causes: &[ReceivedId],
    ) -> Result<Vec<LetterId>, StoreError> {
        let doing = "looking for what is to be erased";
        let (id, causes) = (self.request_id(request)?, List(causes));
        let Some(recipient) = recipient else {
            let sql = "SELECT id FROM letter
              WHERE erased_at IS NULL AND (request = ?1 OR cause IN (LIST ?2) AND request IS NULL) ORDER BY id";
            return self.all(doing, sql, &[&id, &causes], |r| r.get(0));
        };
        let handed_over = match causes.0 {
            [] => "",
            _ => "OR request = ?1 AND kind = 'handover' AND state NOT IN ('due', 'inflight')",
        };
        let sql = format!(
            "SELECT id FROM letter WHERE erased_at IS NULL
               AND (request = ?1 AND recipient = ?3 {handed_over} OR cause IN (LIST ?2)) ORDER BY id"
        );
        self.all(doing, &sql, &[&id, &causes, recipient], |r| r.get(0))
    }
}
