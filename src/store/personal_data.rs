//! Finding what is stored about a person, and what a desk has kept for longer than it should.

use serde::Serialize;

use crate::model::{DeskKey, Disposition, EmailAddress, LetterId, ReceivedId, Redaction, RequestNumber, Timestamp};

use super::column::List;
use super::redacted::register;
use super::sql::{Row, ToColumn};
use super::{Erased, ReceivedState, StoreError, View};

/// A request that a person takes or took part in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestOfPerson {
    /// Its number.
    pub request: RequestNumber,
    /// Whether they are the requester: then everything in it is about them.
    pub is_requester: bool,
    /// Whether the request is not closed.
    pub is_open: bool,
}

/// Everything that is stored about a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PersonalData {
    /// Requests that they take part in.
    pub requests: Vec<RequestOfPerson>,
    /// Messages that they wrote, or that belong to a request of theirs.
    pub messages: Vec<ReceivedId>,
    /// Letters to them, letters about their requests, and letters that tell of their messages.
    pub letters: Vec<LetterId>,
    /// The letters among these that are not sent yet.
    pub unsent: Vec<LetterId>,
    /// Messages that name them and are not handled yet.
    pub waiting: Vec<ReceivedId>,
    /// Other messages whose header or body names them.
    pub named_in: Vec<ReceivedId>,
    /// How many other stored texts (of messages, letters, reasons) name them.
    pub texts: u32,
    /// Messages whose stored text names them.
    pub read_in: Vec<ReceivedId>,
    /// How much content was erased.
    pub erased: Erased,
}

impl PersonalData {
    /// Whether nothing is stored about them.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl View<'_> {
    /// Searches everything that is stored for a person's addresses. `progress` is called after each message, with how many are
    /// read and how many there are.
    pub fn personal_data(
        &self,
        address: &EmailAddress,
        redaction: &Redaction,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<PersonalData, StoreError> {
        register(self.connection, redaction)?;
        let mut personal_data = PersonalData { requests: self.touched(address)?, ..PersonalData::default() };
        let own: Vec<&RequestNumber> =
            personal_data.requests.iter().filter(|t| t.is_requester).map(|t| &t.request).collect();
        let sql = "SELECT id FROM received
          WHERE erased_at IS NULL AND state NOT IN ('skipped', 'unfetchable', 'listed') AND (sender = ?1
            OR id IN (SELECT r.id FROM received r JOIN request q ON q.id = r.request
                      WHERE q.desk || '-' || q.number IN (LIST ?2))
            OR id IN (SELECT e.received FROM entry e JOIN request q ON q.id = e.request
                      WHERE q.desk || '-' || q.number IN (LIST ?2))) ORDER BY id";
        let mut messages = self.all(LOOKING, sql, &[address, &List(&own)], |r| r.get(0))?;
        let own = own.into_iter().cloned().collect::<Vec<_>>();
        self.search_raw(&mut personal_data, &mut messages, redaction, progress)?;
        personal_data.messages = messages;
        personal_data.letters = self.letters_of_person(address, &own, &personal_data.messages)?;
        let unsent = "SELECT id FROM letter WHERE id IN (LIST ?1) AND state IN ('due', 'inflight') ORDER BY id";
        personal_data.unsent = self.all(LOOKING, unsent, &[&List(&personal_data.letters)], |r| r.get(0))?;
        let read = "SELECT received FROM entry
          WHERE (named(text) = 1 OR named(reply_text) = 1) AND received NOT IN (LIST ?1)";
        personal_data.read_in = self.all(LOOKING, read, &[&List(&personal_data.messages)], |r| r.get(0))?;
        personal_data.texts = self.texts_naming(&personal_data.messages, &personal_data.letters)?;
        personal_data.erased = self.measured(&personal_data)?;
        Ok(personal_data)
    }

    fn touched(&self, address: &EmailAddress) -> Result<Vec<RequestOfPerson>, StoreError> {
        let sql = "SELECT q.desk || '-' || q.number, CASE q.phase WHEN 'closed' THEN 0 ELSE 1 END,
            (SELECT count(*) FROM participant p WHERE p.request = q.id AND p.position = 0 AND p.email = ?1)
          FROM request q WHERE q.id IN (
            SELECT request FROM participant WHERE email = ?1 OR named(name) = 1
            UNION SELECT request FROM received WHERE sender = ?1 UNION SELECT request FROM entry WHERE author = ?1
            UNION SELECT request FROM letter WHERE recipient = ?1
            UNION SELECT request FROM event WHERE named(who) = 1 OR named(proof) = 1 OR named(change) = 1
            UNION SELECT id FROM request WHERE named(subject) = 1 OR named(watchers) = 1 OR named(progress) = 1) ORDER BY q.id";
        let row = |r: &Row<'_>| Ok(RequestOfPerson { request: r.get(0)?, is_open: r.get(1)?, is_requester: r.get(2)? });
        self.all("looking for requests", sql, &[address], row)
    }

    /// Searches the raw bytes of every kept message. Reports on letters to the person, and messages of theirs that belong to no
    /// request, count as theirs.
    fn search_raw(
        &self,
        personal_data: &mut PersonalData,
        messages: &mut Vec<ReceivedId>,
        redaction: &Redaction,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<(), StoreError> {
        let sql = "SELECT id, state, disposition FROM received WHERE raw IS NOT NULL AND erased_at IS NULL ORDER BY id";
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?, r.get(2)?));
        let kept: Vec<(ReceivedId, ReceivedState, Option<Disposition>)> =
            self.all("reading messages", sql, &[], row)?;
        let mut more = Vec::new();
        for (index, (id, state, disposition)) in kept.iter().enumerate() {
            progress(index + 1, kept.len());
            if messages.binary_search(id).is_ok() {
                continue;
            }
            let raw = self.raw(*id)?;
            if !redaction.is_named_in(&raw) {
                continue;
            }
            match (state, disposition) {
                // Quarantined, so nobody has read it: where it only names them, it may be somebody else's.
                (ReceivedState::Quarantined, _) if !redaction.is_author_of(&raw) => personal_data.waiting.push(*id),
                (ReceivedState::Accepted, _) => personal_data.waiting.push(*id),
                (ReceivedState::Quarantined, _) | (_, Some(Disposition::Report)) => more.push(*id),
                _ => personal_data.named_in.push(*id),
            }
        }
        messages.extend(more);
        messages.sort_unstable();
        Ok(())
    }

    /// Adds the digests of engineers: each names requests with their subjects.
    fn letters_of_person(
        &self,
        address: &EmailAddress,
        own: &[RequestNumber],
        messages: &[ReceivedId],
    ) -> Result<Vec<LetterId>, StoreError> {
        let sql = "SELECT l.id FROM letter l LEFT JOIN request q ON q.id = l.request WHERE l.erased_at IS NULL AND (l.recipient = ?1
            OR q.desk || '-' || q.number IN (LIST ?2)
            OR l.cause IN (SELECT id FROM received WHERE sender = ?1)
            OR l.request IS NULL AND l.cause IN (LIST ?3)) ORDER BY l.id";
        let values: [&dyn ToColumn; 3] = [address, &List(own), &List(messages)];
        let mut letters: Vec<LetterId> = self.all(LOOKING, sql, &values, |r| r.get(0))?;
        let digests = "SELECT id FROM letter
          WHERE erased_at IS NULL AND kind = 'digest' AND state <> 'due' AND instr(manifest, ?1) > 0";
        for number in own {
            letters.extend(self.all::<LetterId>(LOOKING, digests, &[number], |r| r.get(0))?);
        }
        letters.sort_unstable();
        letters.dedup();
        Ok(letters)
    }

    fn measured(&self, personal_data: &PersonalData) -> Result<Erased, StoreError> {
        let sql = "SELECT coalesce(sum(raw.size), 0), (SELECT count(*) FROM attachment WHERE received IN (LIST ?1))
          FROM received r JOIN raw ON raw.id = r.raw WHERE r.id IN (LIST ?1)";
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?));
        let (bytes, files) = self.one("measuring what is to be erased", sql, &[&List(&personal_data.messages)], row)?;
        let counted = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Ok(Erased {
            messages: counted(personal_data.messages.len()),
            files,
            letters: counted(personal_data.letters.len()),
            bytes,
        })
    }

    /// Closed requests of a desk that have not changed since before a time and still have content, the oldest first; without
    /// those that have unsent letters.
    pub fn requests_kept_long(
        &self,
        desk: &DeskKey,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<RequestNumber>, StoreError> {
        let sql = "SELECT desk || '-' || number FROM request
          WHERE desk = ?1 AND changed_at < ?2 AND phase = 'closed' AND erased_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM letter l WHERE l.request = request.id AND l.state IN ('due', 'inflight'))
          ORDER BY changed_at, id LIMIT ?3";
        self.all("looking for what is kept long", sql, &[desk, &before, &limit], |r| r.get(0))
    }

    /// Messages of a desk from before a time that belong to no request and still have content.
    pub fn messages_kept_long(
        &self,
        desk: &DeskKey,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<ReceivedId>, StoreError> {
        let sql =
            "SELECT id FROM received WHERE desk = ?1 AND accepted_at < ?2 AND request IS NULL AND erased_at IS NULL
            AND state = 'handled' AND raw IS NOT NULL ORDER BY accepted_at, id LIMIT ?3";
        self.all("looking for what is kept long", sql, &[desk, &before, &limit], |r| r.get(0))
    }

    /// Letters of a desk from before a time that are about no request and still have content.
    pub fn letters_kept_long(
        &self,
        desk: &DeskKey,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<LetterId>, StoreError> {
        let sql = "SELECT id FROM letter WHERE desk = ?1 AND created_at < ?2 AND request IS NULL AND erased_at IS NULL
            AND state NOT IN ('due', 'inflight') ORDER BY created_at, id LIMIT ?3";
        self.all("looking for what is kept long", sql, &[desk, &before, &limit], |r| r.get(0))
    }

    /// The addresses of everybody who wrote these messages or got these letters.
    pub fn people_of(&self, messages: &[ReceivedId], letters: &[LetterId]) -> Result<Vec<EmailAddress>, StoreError> {
        let sql = "SELECT sender FROM received WHERE id IN (LIST ?1)
          UNION SELECT author FROM entry WHERE received IN (LIST ?1)
          UNION SELECT recipient FROM letter WHERE id IN (LIST ?2) ORDER BY 1";
        let found: Vec<String> =
            self.all("looking for people", sql, &[&List(messages), &List(letters)], |r| r.get(0))?;
        Ok(found.iter().filter_map(|text| EmailAddress::parse(text).ok()).collect())
    }
}

const LOOKING: &str = "looking for what is to be erased";
