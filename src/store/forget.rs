//! Erasing content: rows stay, with what can be counted; bytes, words, names and addresses go. `secure_delete` is on, so that
//! what is erased does not stand in free pages either.

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use crate::model::{
    EmailAddress, Event, Letter, LetterId, MessageId, ReceivedId, Redaction, Request, RequestNumber, Timestamp,
};

use super::column::{Json, Word};
use super::error::During;
use super::raw::RawId;
use super::{CHUNK, Packed, StoreError, Tx, View};

/// How much was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// Messages that lost their content.
    pub messages: u32,
    /// Files that were in them.
    pub files: u32,
    /// Letters that lost theirs.
    pub letters: u32,
    /// The size of the messages.
    pub bytes: u64,
}

impl Erased {
    /// This and that together.
    pub fn and(self, other: Self) -> Self {
        Self {
            messages: self.messages + other.messages,
            files: self.files + other.files,
            letters: self.letters + other.letters,
            bytes: self.bytes + other.bytes,
        }
    }
}

/// Texts in which somebody may be named who has no part in what they belong to. Those of requests follow from their events.
const TEXTS: [(&str, &[&str]); 3] = [
    ("received", &["sender", "subject", "reasons", "defects", "trouble"]),
    ("entry", &["author", "text", "reply_text"]),
    ("letter", &["recipient", "manifest", "answer"]),
];
/// The same in tables that are small, or have no number for their rows.
const SMALL_TEXTS: [(&str, &[&str]); 3] = [
    ("attachment", &["filename", "content_id", "facts", "verdict"]),
    ("condition", &["words"]),
    ("personal_address", &["why"]),
];

impl Tx<'_> {
    /// What will stand in the place of an address that is forgotten: never given again.
    pub fn next_pseudonym(&self, now: Timestamp) -> Result<EmailAddress, StoreError> {
        self.connection
            .query_row("INSERT INTO pseudonym (made_at) VALUES (?1) RETURNING number", [now.unix()], |r| r.get(0))
            .map(EmailAddress::forgotten)
            .during("choosing a pseudonym")
    }

    /// Erases the content of messages: raw bytes, files, words and subject. What tells the same message again stays, as digests.
    /// One that was not handled yet, or held, is ignored from now on.
    pub fn erase_messages(
        &self,
        ids: &[ReceivedId],
        redaction: &Redaction,
        now: Timestamp,
    ) -> Result<Erased, StoreError> {
        let mut gone = Erased::default();
        for id in ids {
            let row = self
                .connection
                .prepare_cached(
                    "SELECT r.sender, r.message_id, coalesce(raw.size, 0) FROM received r LEFT JOIN raw ON raw.id = r.raw
                     WHERE r.id = ?1 AND r.erased_at IS NULL",
                )
                .and_then(|mut query| {
                    let row = |r: &rusqlite::Row<'_>| {
                        let message_id = r.get::<_, Option<Word<MessageId>>>(1)?.map(|word| word.0);
                        Ok((r.get::<_, String>(0)?, message_id, r.get::<_, i64>(2)?.unsigned_abs()))
                    };
                    query.query_row([id.0], row).optional()
                })
                .during("erasing a message")?;
            let Some((sender, message_id, bytes)) = row else { continue };
            let sender = redaction.word(&sender);
            let files = self.erase_parts(*id, &sender)?;
            self.connection
                .prepare_cached(
                    "UPDATE received SET erased_at = ?2, sender = ?3, message_id = ?4, subject = '', defects = '[]', trouble = '',
                       reasons = iif(disposition = 'duplicate', reasons, '[]'), handled_at = coalesce(handled_at, ?2),
                       disposition = iif(state IN ('accepted', 'quarantined') OR disposition = 'held', 'ignored', disposition),
                       state = iif(state IN ('accepted', 'quarantined'), 'handled', state)
                     WHERE id = ?1",
                )
                .and_then(|mut update| {
                    update.execute(params![id.0, now.unix(), sender, message_id.map(|id| String::from(id.erased()))])
                })
                .during("erasing a message")?;
            gone = gone.and(Erased { messages: 1, files, letters: 0, bytes });
        }
        Ok(gone)
    }

    /// Answers how many files there were.
    fn erase_parts(&self, id: ReceivedId, author: &str) -> Result<u32, StoreError> {
        let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
            self.connection
                .prepare_cached(sql)
                .and_then(|mut statement| statement.execute(values))
                .during("erasing a message")
        };
        run("DELETE FROM raw_chunk WHERE raw = (SELECT raw FROM received WHERE id = ?1)", &[&id.0])?;
        run("UPDATE entry SET text = '', reply_text = NULL, author = ?2 WHERE received = ?1", &[&id.0, &author])?;
        let files = run("DELETE FROM attachment WHERE received = ?1", &[&id.0])?;
        Ok(u32::try_from(files).unwrap_or(u32::MAX))
    }

    /// Erases the content of letters. Those that have not gone yet do not go any more, and `why` says so. Answers how many.
    pub fn erase_letters(
        &self,
        ids: &[LetterId],
        redaction: &Redaction,
        why: &str,
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        let mut erased = 0;
        for id in ids {
            // What another version has written has no form that could be kept.
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
        let recipient = self
            .connection
            .prepare_cached("SELECT recipient FROM letter WHERE id = ?1 AND erased_at IS NULL")
            .and_then(|mut query| query.query_row([id.0], |r| r.get::<_, String>(0)).optional())
            .during("erasing a letter")?;
        let Some(recipient) = recipient.map(|recipient| redaction.word(&recipient)) else { return Ok(0) };
        let domain = recipient.split_once('@').map_or("", |(_, domain)| domain);
        let manifest = serde_json::to_string(&manifest).map_err(|e| StoreError::Unexpected(e.to_string()))?;
        self.connection
            .prepare_cached(
                "UPDATE letter SET erased_at = ?2, recipient = ?3, domain = ?4, manifest = ?5, digest = NULL,
                   answer = iif(state IN ('due', 'inflight'), ?6, ''), ended_at = coalesce(ended_at, ?2),
                   state = iif(state IN ('due', 'inflight'), 'cancelled', state)
                 WHERE id = ?1",
            )
            .and_then(|mut update| update.execute(params![id.0, now.unix(), recipient, domain, manifest, why]))
            .during("erasing a letter")?;
        Ok(1)
    }

    /// Writes a request and its events as they are without what was erased; the last event is new.
    pub fn save_forgotten(&self, request: &Request, events: &[Event]) -> Result<(), StoreError> {
        let id = self.request_id(&request.number)?;
        let mut query = self
            .connection
            .prepare_cached("SELECT id FROM event WHERE request = ?1 ORDER BY id")
            .during("rewriting events")?;
        let ids: Vec<i64> =
            query.query_map([id.0], |r| r.get(0)).and_then(Iterator::collect).during("rewriting events")?;
        let mut update = self
            .connection
            .prepare_cached("UPDATE event SET who = ?2, proof = ?3, change = ?4 WHERE id = ?1")
            .during("rewriting events")?;
        for (id, event) in ids.iter().zip(events) {
            let values = params![id, Word(&event.who), event.proof, Json(&event.change)];
            update.execute(values).during("rewriting events")?;
        }
        events.iter().skip(ids.len()).try_for_each(|event| self.add_event(event))?;
        let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
            self.connection.execute(sql, values).during("rewriting a request").map(|_| ())
        };
        run("DELETE FROM participant WHERE request = ?1", &[&id.0])?;
        run("UPDATE request SET subject = ?2 WHERE id = ?1", &[&id.0, &request.subject])?;
        self.save_request(request)
    }

    /// Replaces addresses in the texts of these rows.
    pub fn redact_texts(&self, table: &str, ids: &[i64], redaction: &Redaction) -> Result<(), StoreError> {
        let Some((table, columns)) = TEXTS.iter().find(|(name, _)| *name == table) else { return Ok(()) };
        register(self.connection, redaction)?;
        // A letter that waits goes out as it is now.
        let digest = if *table == "letter" { ", digest = iif(state = 'due', NULL, digest)" } else { "" };
        let sql =
            format!("UPDATE {table} SET {}{digest} WHERE id IN (SELECT value FROM json_each(?1))", replaced(columns));
        self.connection.execute(&sql, [Json(ids)]).during("replacing an address")?;
        let messages = match *table {
            "received" => ids.to_vec(),
            "entry" => {
                self.ids("SELECT received FROM entry WHERE id IN (SELECT value FROM json_each(?1))", [Json(ids)])?
            }
            _ => Vec::new(),
        };
        messages.into_iter().try_for_each(|id| self.index_message_anew(ReceivedId(id)))
    }

    /// The same in the small tables.
    pub fn redact_small_texts(&self, redaction: &Redaction) -> Result<(), StoreError> {
        register(self.connection, redaction)?;
        let named_files = format!("SELECT DISTINCT received FROM attachment WHERE {}", named(SMALL_TEXTS[0].1));
        for id in self.ids(&named_files, [])? {
            self.index_message_anew(ReceivedId(id))?;
        }
        for (table, columns) in SMALL_TEXTS {
            let sql = format!("UPDATE {table} SET {} WHERE {}", replaced(columns), named(columns));
            self.connection.execute(&sql, []).during("replacing an address")?;
        }
        Ok(())
    }

    /// Replaces addresses in the raw bytes of a message, which keep their size.
    pub fn redact_raw(&self, id: ReceivedId, redaction: &Redaction) -> Result<(), StoreError> {
        let Some(bytes) = redaction.bytes(&self.raw(id)?) else { return Ok(()) };
        let raw: i64 = self
            .connection
            .query_row("SELECT raw FROM received WHERE id = ?1", [id.0], |r| r.get(0))
            .during("replacing an address")?;
        let run = |sql: &str| self.connection.execute(sql, [raw]).during("replacing an address");
        run("DELETE FROM raw_chunk WHERE raw = ?1")?;
        run("UPDATE raw SET size = 0 WHERE id = ?1")?;
        for (sequence, chunk) in (0..).zip(bytes.chunks(CHUNK)) {
            self.add_chunk(RawId(raw), sequence, &Packed::new(chunk.to_vec()))?;
        }
        self.index_message_anew(id)
    }

    /// Gives so many free pages back to the file system, and answers how many are left.
    pub fn give_back(&self, pages: u32) -> Result<u64, StoreError> {
        let mut step =
            self.connection.prepare(&format!("PRAGMA incremental_vacuum({pages})")).during("giving space back")?;
        let mut rows = step.query([]).during("giving space back")?;
        while rows.next().during("giving space back")?.is_some() {}
        self.free_pages()
    }
}

impl View<'_> {
    /// Pages of the file that hold nothing.
    pub fn free_pages(&self) -> Result<u64, StoreError> {
        self.connection
            .query_row("PRAGMA freelist_count", [], |r| r.get::<_, i64>(0))
            .map(i64::unsigned_abs)
            .during("measuring the database")
    }

    /// Whether a message has lost its content.
    pub fn is_erased(&self, id: ReceivedId) -> Result<bool, StoreError> {
        self.connection
            .prepare_cached("SELECT erased_at IS NOT NULL FROM received WHERE id = ?1")
            .and_then(|mut query| query.query_row([id.0], |r| r.get(0)).optional())
            .during("looking for a message")
            .map(|row| row.unwrap_or(false))
    }

    /// The messages of a request that still have their content; those of one sender where given.
    pub fn messages_to_erase(
        &self,
        request: &RequestNumber,
        sender: Option<&EmailAddress>,
    ) -> Result<Vec<ReceivedId>, StoreError> {
        let id = self.request_id(request)?;
        self.ids(
            "SELECT id FROM received WHERE (request = ?1 OR id IN (SELECT received FROM entry WHERE request = ?1))
               AND erased_at IS NULL AND (?2 IS NULL OR sender = ?2) ORDER BY id",
            params![id.0, sender.map(EmailAddress::as_str)],
        )
        .map(|ids| ids.into_iter().map(ReceivedId).collect())
    }

    /// The letters about a request; where a reader is given, only those to him, and what went out of the company with all that was
    /// written. And those that tell of these messages.
    pub fn letters_to_erase(
        &self,
        request: &RequestNumber,
        recipient: Option<&EmailAddress>,
        causes: &[ReceivedId],
    ) -> Result<Vec<LetterId>, StoreError> {
        let id = self.request_id(request)?;
        self.ids(
            "SELECT id FROM letter WHERE erased_at IS NULL AND (request = ?1 AND (?2 IS NULL OR recipient = ?2)
               OR request = ?1 AND kind = 'handover' AND state NOT IN ('due', 'inflight') AND json_array_length(?3) > 0
               OR cause IN (SELECT value FROM json_each(?3)) AND (?2 IS NOT NULL OR request IS NULL)) ORDER BY id",
            params![id.0, recipient.map(EmailAddress::as_str), Json(causes)],
        )
        .map(|ids| ids.into_iter().map(LetterId).collect())
    }

    /// The rows of a table, behind this one, whose texts name one of these addresses.
    pub fn rows_naming(&self, table: &str, redaction: &Redaction) -> Result<Vec<i64>, StoreError> {
        let Some((table, columns)) = TEXTS.iter().find(|(name, _)| *name == table) else { return Ok(Vec::new()) };
        register(self.connection, redaction)?;
        self.ids(&format!("SELECT id FROM {table} WHERE {} ORDER BY id", named(columns)), [])
    }

    /// How many rows name one of the addresses that were registered last, but for these messages and letters.
    pub(super) fn texts_naming(&self, messages: &[ReceivedId], letters: &[LetterId]) -> Result<u32, StoreError> {
        let mut count = 0;
        for (table, columns) in TEXTS.iter().chain(&SMALL_TEXTS) {
            let but_for = match *table {
                "received" => "id NOT IN (SELECT value FROM json_each(?1))",
                "entry" | "attachment" => "received NOT IN (SELECT value FROM json_each(?1))",
                "letter" => "id NOT IN (SELECT value FROM json_each(?2))",
                _ => "1",
            };
            let sql = format!(
                "SELECT count(*) FROM {table} WHERE ({}) AND {but_for} AND ?1 IS NOT NULL AND ?2 IS NOT NULL",
                named(columns)
            );
            let rows: u32 = self
                .connection
                .query_row(&sql, params![Json(messages), Json(letters)], |r| r.get(0))
                .during("looking for an address")?;
            count += rows;
        }
        Ok(count)
    }

    pub(super) fn ids(&self, sql: &str, values: impl rusqlite::Params) -> Result<Vec<i64>, StoreError> {
        let mut query = self.connection.prepare_cached(sql).during("looking for what is to be erased")?;
        query.query_map(values, |r| r.get(0)).and_then(Iterator::collect).during("looking for what is to be erased")
    }
}

/// The tables with texts that `rows_naming` and `redact_texts` know.
pub(super) fn tables() -> impl Iterator<Item = &'static str> {
    TEXTS.iter().map(|(table, _)| *table)
}

/// Makes `named(text)` and `redacted(text)` known to a connection, for these addresses.
pub(super) fn register(connection: &Connection, redaction: &Redaction) -> Result<(), StoreError> {
    let flags = FunctionFlags::SQLITE_UTF8;
    let (finding, replacing) = (redaction.clone(), redaction.clone());
    connection
        .create_scalar_function("named", 1, flags, move |context| {
            let text = context.get::<Option<String>>(0)?;
            Ok(text.is_some_and(|text| finding.is_named_in(text.as_bytes())))
        })
        .and_then(|()| {
            connection.create_scalar_function("redacted", 1, flags, move |context| {
                let text = context.get::<Option<String>>(0)?;
                Ok(text.map(|text| replacing.text(&text)))
            })
        })
        .during("preparing to forget")
}

fn replaced(columns: &[&str]) -> String {
    columns.iter().map(|column| format!("{column} = redacted({column})")).collect::<Vec<_>>().join(", ")
}

fn named(columns: &[&str]) -> String {
    columns.iter().map(|column| format!("named({column})")).collect::<Vec<_>>().join(" OR ")
}
