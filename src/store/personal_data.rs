//! What is stored of somebody, and what a desk has kept long enough.

use rusqlite::{Row, params};
use serde::Serialize;

use crate::model::{DeskKey, EmailAddress, LetterId, ReceivedId, Redaction, RequestNumber, Timestamp};

use super::column::{Json, Word};
use super::error::During;
use super::forget::{register, tables};
use super::{Erased, StoreError, View};

/// A request that somebody has to do with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestOfPerson {
    /// Its number.
    pub request: RequestNumber,
    /// Whether they asked: then all that it holds is theirs.
    pub is_requester: bool,
    /// Whether it is not closed.
    pub is_open: bool,
}

/// Everything that is stored of somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PersonalData {
    /// The requests.
    pub requests: Vec<RequestOfPerson>,
    /// The messages that are theirs, or belong to a request of theirs.
    pub messages: Vec<ReceivedId>,
    /// The letters to them, about their requests, and those that tell of their messages.
    pub letters: Vec<LetterId>,
    /// Those of the letters that have not gone yet.
    pub unsent: Vec<LetterId>,
    /// Messages that name them and wait to be handled.
    pub waiting: Vec<ReceivedId>,
    /// Other messages that name them.
    pub named_in: Vec<ReceivedId>,
    /// How many other stored texts name them: of messages, letters, reasons.
    pub texts: u32,
    /// Messages whose text names them.
    pub read_in: Vec<ReceivedId>,
    /// How much is erased.
    pub erased: Erased,
}

impl PersonalData {
    /// Whether nothing is stored of them.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl View<'_> {
    /// Looks everywhere for an address. `progress` hears after each message how many of how many are read.
    pub fn personal_data(
        &self,
        address: &EmailAddress,
        redaction: &Redaction,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<PersonalData, StoreError> {
        register(self.connection, redaction)?;
        let mut personal_data = PersonalData { requests: self.touched(address)?, ..PersonalData::default() };
        let own: Vec<String> =
            personal_data.requests.iter().filter(|t| t.is_requester).map(|t| t.request.to_string()).collect();
        let messages = self.ids(
            "SELECT id FROM received WHERE erased_at IS NULL AND state NOT IN ('skipped', 'unfetchable', 'listed') AND (sender = ?1
               OR id IN (SELECT r.id FROM received r JOIN request q ON q.id = r.request
                         WHERE q.desk || '-' || q.number IN (SELECT value FROM json_each(?2)))
               OR id IN (SELECT e.received FROM entry e JOIN request q ON q.id = e.request
                         WHERE q.desk || '-' || q.number IN (SELECT value FROM json_each(?2)))) ORDER BY id",
            params![address.as_str(), Json(&own)],
        )?;
        personal_data.messages = messages.into_iter().map(ReceivedId).collect();
        self.search_raw(&mut personal_data, redaction, progress)?;
        personal_data.letters = self.letters_of_person(address, &own, &personal_data.messages)?;
        personal_data.unsent = self.unsent(&personal_data.letters)?;
        let of_entries = self.ids(
            "SELECT received FROM entry WHERE (named(text) OR named(reply_text)) AND received NOT IN (SELECT value FROM json_each(?1))",
            [Json(&personal_data.messages)],
        )?;
        personal_data.read_in = of_entries.into_iter().map(ReceivedId).collect();
        personal_data.texts = self.texts_naming(&personal_data.messages, &personal_data.letters)?;
        personal_data.erased = self.measured(&personal_data)?;
        Ok(personal_data)
    }

    fn touched(&self, address: &EmailAddress) -> Result<Vec<RequestOfPerson>, StoreError> {
        let mut query = self
            .connection
            .prepare(
                "SELECT q.desk || '-' || q.number, q.phase <> 'closed',
                   EXISTS (SELECT 1 FROM participant p WHERE p.request = q.id AND p.position = 0 AND p.email = ?1)
                 FROM request q WHERE q.id IN (
                   SELECT request FROM participant WHERE email = ?1 OR named(name)
                   UNION SELECT request FROM received WHERE sender = ?1 UNION SELECT request FROM entry WHERE author = ?1
                   UNION SELECT request FROM letter WHERE recipient = ?1
                   UNION SELECT request FROM event WHERE named(who) OR named(proof) OR named(change)
                   UNION SELECT id FROM request WHERE named(subject) OR named(watchers) OR named(progress)) ORDER BY q.id",
            )
            .during("looking for requests")?;
        let row = |r: &Row<'_>| {
            let request = r.get::<_, Word<RequestNumber>>(0)?.0;
            Ok(RequestOfPerson { request, is_open: r.get(1)?, is_requester: r.get(2)? })
        };
        query.query_map([address.as_str()], row).and_then(Iterator::collect).during("looking for requests")
    }

    /// Reads every message that is kept. What reports on a letter to somebody is theirs, and what they wrote that never became
    /// anything.
    fn search_raw(
        &self,
        personal_data: &mut PersonalData,
        redaction: &Redaction,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<(), StoreError> {
        let mut query = self
            .connection
            .prepare(
                "SELECT id, state, coalesce(disposition, '') FROM received
                 WHERE raw IS NOT NULL AND erased_at IS NULL ORDER BY id",
            )
            .during("reading messages")?;
        let row = |r: &Row<'_>| Ok((ReceivedId(r.get(0)?), r.get::<_, String>(1)?, r.get::<_, String>(2)?));
        let kept: Vec<_> = query.query_map([], row).and_then(Iterator::collect).during("reading messages")?;
        let mut more = Vec::new();
        for (index, (id, state, disposition)) in kept.iter().enumerate() {
            progress(index + 1, kept.len());
            if personal_data.messages.binary_search(id).is_ok() {
                continue;
            }
            let raw = self.raw(*id)?;
            if !redaction.is_named_in(&raw) {
                continue;
            }
            match (state.as_str(), disposition.as_str()) {
                // What only names somebody may be somebody else's, and nobody has read it yet.
                ("quarantined", _) if !redaction.is_author_of(&raw) => personal_data.waiting.push(*id),
                ("accepted", _) => personal_data.waiting.push(*id),
                ("quarantined", _) | (_, "report") => more.push(*id),
                _ => personal_data.named_in.push(*id),
            }
        }
        personal_data.messages.extend(more);
        personal_data.messages.sort_unstable();
        Ok(())
    }

    /// A digest names the requests of its reader with their subjects.
    fn letters_of_person(
        &self,
        address: &EmailAddress,
        own: &[String],
        messages: &[ReceivedId],
    ) -> Result<Vec<LetterId>, StoreError> {
        let ids = self.ids(
            "SELECT l.id FROM letter l LEFT JOIN request q ON q.id = l.request WHERE l.erased_at IS NULL AND (l.recipient = ?1
               OR q.desk || '-' || q.number IN (SELECT value FROM json_each(?2))
               OR l.cause IN (SELECT id FROM received WHERE sender = ?1)
               OR l.request IS NULL AND l.cause IN (SELECT value FROM json_each(?3))
               OR l.kind = 'digest' AND l.state <> 'due'
                 AND EXISTS (SELECT 1 FROM json_each(?2) own WHERE instr(l.manifest, own.value) > 0)) ORDER BY l.id",
            params![address.as_str(), Json(own), Json(messages)],
        )?;
        Ok(ids.into_iter().map(LetterId).collect())
    }

    fn unsent(&self, letters: &[LetterId]) -> Result<Vec<LetterId>, StoreError> {
        let ids = self.ids(
            "SELECT id FROM letter WHERE id IN (SELECT value FROM json_each(?1)) AND state IN ('due', 'inflight') ORDER BY id",
            [Json(letters)],
        )?;
        Ok(ids.into_iter().map(LetterId).collect())
    }

    fn measured(&self, personal_data: &PersonalData) -> Result<Erased, StoreError> {
        let row = |r: &Row<'_>| Ok((r.get::<_, i64>(0)?.unsigned_abs(), r.get(1)?));
        let (bytes, files) = self
            .connection
            .query_row(
                "SELECT coalesce(sum(raw.size), 0), (SELECT count(*) FROM attachment WHERE received IN (SELECT value FROM json_each(?1)))
                 FROM received r JOIN raw ON raw.id = r.raw WHERE r.id IN (SELECT value FROM json_each(?1))",
                [Json(&personal_data.messages)],
                row,
            )
            .during("measuring what is to be erased")?;
        let counted = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Ok(Erased { messages: counted(personal_data.messages.len()), files, letters: counted(personal_data.letters.len()), bytes })
    }

    /// The tables in whose texts somebody may be named.
    pub fn text_tables(&self) -> Vec<&'static str> {
        tables().collect()
    }

    /// Closed requests of a desk that have not changed since before a time and still hold something, the oldest first. One with
    /// letters that have not gone yet is not among them.
    pub fn requests_kept_long(
        &self,
        desk: &DeskKey,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<RequestNumber>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT desk || '-' || number FROM request
                 WHERE desk = ?1 AND changed_at < ?2 AND phase = 'closed' AND progress ->> '$.erased_at' IS NULL
                   AND NOT EXISTS (SELECT 1 FROM letter l WHERE l.request = request.id AND l.state IN ('due', 'inflight'))
                 ORDER BY changed_at, id LIMIT ?3",
            )
            .during("looking for what is kept long")?;
        query
            .query_map(params![desk.as_str(), before.unix(), limit], |r| r.get::<_, Word<RequestNumber>>(0))
            .and_then(|rows| rows.map(|row| row.map(|word| word.0)).collect())
            .during("looking for what is kept long")
    }

    /// Messages of a desk that belong to no request, from before a time.
    pub fn messages_kept_long(
        &self,
        desk: &DeskKey,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<ReceivedId>, StoreError> {
        let ids = self.ids(
            "SELECT id FROM received WHERE desk = ?1 AND accepted_at < ?2 AND request IS NULL AND erased_at IS NULL
               AND state = 'handled' AND raw IS NOT NULL ORDER BY accepted_at, id LIMIT ?3",
            params![desk.as_str(), before.unix(), limit],
        )?;
        Ok(ids.into_iter().map(ReceivedId).collect())
    }

    /// Letters of a desk that are about no request, from before a time.
    pub fn letters_kept_long(
        &self,
        desk: &DeskKey,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<LetterId>, StoreError> {
        let ids = self.ids(
            "SELECT id FROM letter WHERE desk = ?1 AND created_at < ?2 AND request IS NULL AND erased_at IS NULL
               AND state NOT IN ('due', 'inflight') ORDER BY created_at, id LIMIT ?3",
            params![desk.as_str(), before.unix(), limit],
        )?;
        Ok(ids.into_iter().map(LetterId).collect())
    }

    /// Everybody whose address stands beside these messages and letters.
    pub fn people_of(&self, messages: &[ReceivedId], letters: &[LetterId]) -> Result<Vec<EmailAddress>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT sender FROM received WHERE id IN (SELECT value FROM json_each(?1))
                 UNION SELECT author FROM entry WHERE received IN (SELECT value FROM json_each(?1))
                 UNION SELECT recipient FROM letter WHERE id IN (SELECT value FROM json_each(?2)) ORDER BY 1",
            )
            .during("looking for people")?;
        let found: Vec<String> = query
            .query_map(params![Json(messages), Json(letters)], |r| r.get(0))
            .and_then(Iterator::collect)
            .during("looking for people")?;
        Ok(found.iter().filter_map(|text| EmailAddress::parse(text).ok()).collect())
    }
}
