//! What is stored of somebody, and what a desk has kept long enough.

use rusqlite::{Row, params};
use serde::Serialize;

use crate::model::{DeskKey, EmailAddress, LetterId, ReceivedId, Redaction, RequestNumber, Timestamp};

use super::column::{Json, Word};
use super::error::During;
use super::forget::{register, tables};
use super::{Gone, StoreError, View};

/// A request that somebody has to do with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Touched {
    /// Its number.
    pub request: RequestNumber,
    /// Whether they asked: then all that it holds is theirs.
    pub is_requester: bool,
    /// Whether it is not closed.
    pub is_open: bool,
}

/// Everything that is stored of somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Traces {
    /// The requests.
    pub requests: Vec<Touched>,
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
    pub gone: Gone,
}

impl Traces {
    /// Whether nothing is stored of them.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl View<'_> {
    /// Looks everywhere for an address. `progress` hears after each message how many of how many are read.
    pub fn traces(
        &self,
        address: &EmailAddress,
        redaction: &Redaction,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Traces, StoreError> {
        register(self.connection, redaction)?;
        let mut traces = Traces { requests: self.touched(address)?, ..Traces::default() };
        let own: Vec<String> =
            traces.requests.iter().filter(|t| t.is_requester).map(|t| t.request.to_string()).collect();
        let messages = self.ids(
            "SELECT id FROM received WHERE erased_at IS NULL AND state NOT IN ('skipped', 'unfetchable', 'listed') AND (sender = ?1
               OR id IN (SELECT r.id FROM received r JOIN request q ON q.id = r.request
                         WHERE q.desk || '-' || q.number IN (SELECT value FROM json_each(?2)))
               OR id IN (SELECT e.received FROM entry e JOIN request q ON q.id = e.request
                         WHERE q.desk || '-' || q.number IN (SELECT value FROM json_each(?2)))) ORDER BY id",
            params![address.as_str(), Json(&own)],
        )?;
        traces.messages = messages.into_iter().map(ReceivedId).collect();
        self.search_raw(&mut traces, redaction, progress)?;
        traces.letters = self.letters_of_traces(address, &own, &traces.messages)?;
        traces.unsent = self.unsent(&traces.letters)?;
        let of_entries = self.ids(
            "SELECT received FROM entry WHERE (named(text) OR named(reply_text)) AND received NOT IN (SELECT value FROM json_each(?1))",
            [Json(&traces.messages)],
        )?;
        traces.read_in = of_entries.into_iter().map(ReceivedId).collect();
        traces.texts = self.texts_naming(&traces.messages, &traces.letters)?;
        traces.gone = self.measured(&traces)?;
        Ok(traces)
    }

    fn touched(&self, address: &EmailAddress) -> Result<Vec<Touched>, StoreError> {
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
            Ok(Touched { request, is_open: r.get(1)?, is_requester: r.get(2)? })
        };
        query.query_map([address.as_str()], row).and_then(Iterator::collect).during("looking for requests")
    }

    /// Reads every message that is kept. What reports on a letter to somebody is theirs, and what they wrote that never became
    /// anything.
    fn search_raw(
        &self,
        traces: &mut Traces,
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
            if traces.messages.binary_search(id).is_ok() {
                continue;
            }
            let raw = self.raw(*id)?;
            if !redaction.is_named_in(&raw) {
                continue;
            }
            match (state.as_str(), disposition.as_str()) {
                // What only names somebody may be somebody else's, and nobody has read it yet.
                ("quarantined", _) if !redaction.is_author_of(&raw) => traces.waiting.push(*id),
                ("accepted", _) => traces.waiting.push(*id),
                ("quarantined", _) | (_, "report") => more.push(*id),
                _ => traces.named_in.push(*id),
            }
        }
        traces.messages.extend(more);
        traces.messages.sort_unstable();
        Ok(())
    }

    /// A digest names the requests of its reader with their subjects.
    fn letters_of_traces(
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

    fn measured(&self, traces: &Traces) -> Result<Gone, StoreError> {
        let row = |r: &Row<'_>| Ok((r.get::<_, i64>(0)?.unsigned_abs(), r.get(1)?));
        let (bytes, files) = self
            .connection
            .query_row(
                "SELECT coalesce(sum(raw.size), 0), (SELECT count(*) FROM attachment WHERE received IN (SELECT value FROM json_each(?1)))
                 FROM received r JOIN raw ON raw.id = r.raw WHERE r.id IN (SELECT value FROM json_each(?1))",
                [Json(&traces.messages)],
                row,
            )
            .during("measuring what is to be erased")?;
        let counted = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Ok(Gone { messages: counted(traces.messages.len()), files, letters: counted(traces.letters.len()), bytes })
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
                 WHERE desk = ?1 AND changed_at < ?2 AND phase = 'closed' AND erased_at IS NULL
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
