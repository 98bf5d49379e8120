//! Finds earlier requests that resemble a new one. The work is bounded: of each step only so many rows are read.

use crate::model::{DeskKey, ReceivedId, RequestId, RequestNumber, SimilarRequest};

use super::engine::{COUNTED_BY_STEM, NEWEST_BY_STEM, quoted};
use super::search::{Gist, Rarity};
use super::sql::Row;
use super::{StoreError, Tx, View};

/// How many of the desk's last requests show what is rare, and are compared themselves; and how many further messages are, which
/// the index finds.
const MOST_COMPARED: u32 = 200;
/// How many of a request's rarest stems the index is asked for; and how many it is asked about, to know these.
const RAREST: usize = 6;
const MOST_COUNTED: usize = 16;
/// How many requests are found at most.
const MOST_FOUND: usize = 12;

impl Tx<'_> {
    /// Keeps what a request is about that was just opened.
    pub fn add_gist(&self, number: &RequestNumber, gist: &Gist) -> Result<(), StoreError> {
        let request = self.request_id(number)?;
        let sql = "INSERT INTO gist (request, desk, stems) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        self.run("keeping what a request is about", sql, &[&request, &number.desk, gist]).map(|_| ())
    }
}

impl View<'_> {
    /// The request that was opened last; zero before the first.
    pub fn newest_request(&self) -> Result<RequestId, StoreError> {
        self.one("reading the newest request", "SELECT coalesce(max(id), 0) FROM request", &[], |r| r.get(0))
    }

    /// The requests of a desk, up to `newest`, that resemble what a message says, the most alike first: sought among its last ones,
    /// and among those that the index finds by the rarest stems.
    pub fn similar(&self, desk: &DeskKey, gist: &Gist, newest: RequestId) -> Result<Vec<RequestId>, StoreError> {
        let doing = "looking for similar requests";
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?));
        let sql = "SELECT request, stems FROM gist WHERE desk = ?1 AND request <= ?3 ORDER BY request DESC LIMIT ?2";
        let mut compared: Vec<(RequestId, Vec<u8>)> = self.all(doing, sql, &[desk, &MOST_COMPARED, &newest], row)?;
        let rarity = Rarity::among(compared.iter().map(|(_, stems)| stems.as_slice()));
        if compared.len() == MOST_COMPARED as usize
            && let Some(expression) = self.rarest(gist, &rarity)?
        {
            compared.extend(self.all(doing, NEWEST_BY_STEM, &[&expression, desk, &MOST_COMPARED], row)?);
            compared.retain(|(request, _)| *request <= newest);
        }
        let likeness = |(request, stems): &(RequestId, Vec<u8>)| Some((*request, rarity.likeness(gist, stems)?));
        let mut found: Vec<(RequestId, f64)> = compared.iter().filter_map(likeness).collect();
        found.sort_by(|(a, like_a), (b, like_b)| like_b.total_cmp(like_a).then(b.cmp(a)));
        found.dedup_by_key(|(request, _)| *request);
        Ok(found.into_iter().take(MOST_FOUND).map(|(request, _)| request).collect())
    }

    /// The full-text expression for the rarest stems that the index holds; `None` where it holds none.
    fn rarest(&self, gist: &Gist, rarity: &Rarity) -> Result<Option<String>, StoreError> {
        let mut stems: Vec<(i64, String)> = Vec::new();
        for stem in gist.rarest(rarity).take(MOST_COUNTED) {
            let quoted = quoted(stem);
            let count = self.one("counting words", COUNTED_BY_STEM, &[&quoted], |r| r.get(0))?;
            stems.push((count, quoted));
        }
        stems.retain(|(count, _)| *count > 0);
        stems.sort();
        let rarest: Vec<String> = stems.into_iter().take(RAREST).map(|(_, quoted)| quoted).collect();
        Ok((!rarest.is_empty()).then(|| rarest.join(" OR ")))
    }

    /// Of these requests those that are neither erased, moved, nor the duplicate of another one, in their order.
    pub fn similar_requests(&self, found: &[RequestId]) -> Result<Vec<SimilarRequest>, StoreError> {
        let doing = "reading similar requests";
        let sql = "SELECT desk || '-' || number, opened_at, phase FROM request
          WHERE id = ?1 AND erased_at IS NULL AND moved_to IS NULL AND duplicate_of IS NULL";
        let mut requests = Vec::new();
        for id in found {
            let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?, r.get(2)?));
            let Some((number, opened_at, phase)) = self.optional(doing, sql, &[id], row)? else { continue };
            let answer = self.answer_of(*id)?;
            let sql = "SELECT name FROM participant WHERE request = ?1 AND name <> '' LIMIT 20";
            let names = self.all(doing, sql, &[id], |r| r.get(0))?;
            requests.push(SimilarRequest { number, opened_at, phase, answer, names });
        }
        Ok(requests)
    }

    /// The words of the answer that completed a request, or else of the last one; `None` where it has none.
    fn answer_of(&self, request: RequestId) -> Result<Option<String>, StoreError> {
        let sql =
            "SELECT a.received FROM event a WHERE a.request = ?1 AND a.kind = 'answered' AND a.received IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM event u WHERE u.request = a.request AND u.undoes = a.received)
          ORDER BY EXISTS (SELECT 1 FROM event m WHERE m.received = a.received AND m.request = a.request
            AND m.to_phase IN ('completed', 'closed')) DESC, a.id DESC LIMIT 1";
        let answer: Option<ReceivedId> = self.optional("reading an answer", sql, &[&request], |r| r.get(0))?;
        let entry = answer.map_or(Ok(None), |answer| self.entry_of(answer))?;
        Ok(entry.map(|entry| entry.reply_text))
    }
}
