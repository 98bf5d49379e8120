//! Requests that lead to others: moved to another desk, closed as duplicates, answered along with another, or waiting for one
//! release.

use std::collections::HashSet;

use rusqlite::{Row, params};
use serde::Serialize;

use crate::model::{
    DeskKey, ReceivedId, Release, Request, RequestId, RequestNumber, Said, Status, Trail, Version, Visibility,
};

use super::column::{Json, Word};
use super::entries::entry;
use super::error::During;
use super::{EntryRow, StoreError, View};

/// How far an old number leads.
const MOST_HOPS: usize = 20;
/// How many requests are answered along with one.
const MOST_FOLLOWERS: usize = 500;

/// A version that requests wait for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReleaseRow {
    /// The desk whose requests they are.
    pub desk: DeskKey,
    /// The version, and the day that requesters were told.
    pub release: Release,
    /// How many requests wait.
    pub waiting: u32,
}

impl View<'_> {
    /// The request with this number, and those to which it leads; none where it does not exist.
    pub(super) fn trail(&self, number: &RequestNumber) -> Result<Option<Trail>, StoreError> {
        let Some(request) = self.request(number)? else { return Ok(None) };
        let mut trail = Trail { request, next: Vec::new() };
        while trail.next.len() < MOST_HOPS {
            let last = trail.next.last().unwrap_or(&trail.request);
            let Some(next) = last.progress.moved_to.as_ref().or_else(|| survivor(last)) else { break };
            let Some(next) = self.request(next)? else { break };
            trail.next.push(next);
        }
        Ok(Some(trail))
    }

    /// The request as whose duplicate this one was closed, wherever it is now.
    pub(super) fn survivor(&self, request: &Request) -> Result<Option<Request>, StoreError> {
        let Some(number) = survivor(request) else { return Ok(None) };
        let mut found = self.where_it_is(number)?;
        for _ in 0..MOST_HOPS {
            let Some(next) = found.as_ref().and_then(survivor) else { break };
            found = self.where_it_is(next)?;
        }
        Ok(found.filter(|found| found.number != request.number))
    }

    /// The request with this number, at whichever desk it is now.
    pub(super) fn where_it_is(&self, number: &RequestNumber) -> Result<Option<Request>, StoreError> {
        let mut found = self.request(number)?;
        for _ in 0..MOST_HOPS {
            let Some(next) = found.as_ref().and_then(|request| request.progress.moved_to.as_ref()) else { break };
            found = self.request(next)?;
        }
        Ok(found)
    }

    /// The rows of a request and of those that it was before other desks passed it on.
    pub(super) fn with_former(&self, number: &RequestNumber) -> Result<Vec<i64>, StoreError> {
        let mut ids = vec![self.request_id(number)?.0];
        for former in self.former(number)? {
            ids.push(self.request_id(&former)?.0);
        }
        Ok(ids)
    }

    /// The numbers that a request had at desks that passed it on, the last first.
    fn former(&self, number: &RequestNumber) -> Result<Vec<RequestNumber>, StoreError> {
        let mut former: Vec<RequestNumber> = Vec::new();
        while former.len() < MOST_HOPS {
            let id = self.request_id(former.last().unwrap_or(number))?;
            let mut found = self.numbers(
                "SELECT other FROM event WHERE request = ?1 AND kind = 'moved_from' ORDER BY id LIMIT 1",
                [id.0],
            )?;
            match found.pop() {
                Some(next) => former.push(next),
                None => break,
            }
        }
        Ok(former)
    }

    fn numbers(&self, sql: &str, values: impl rusqlite::Params) -> Result<Vec<RequestNumber>, StoreError> {
        let mut query = self.connection.prepare_cached(sql).during("looking for requests")?;
        let row = |r: &Row<'_>| r.get::<_, Word<RequestNumber>>(0).map(|number| number.0);
        query.query_map(values, row).and_then(Iterator::collect).during("looking for requests")
    }

    /// Requests that are answered along with this one, the oldest first: its duplicates, and, if it is a problem, the incidents
    /// that an engineer has linked with it; with their duplicates in turn.
    pub fn followers(&self, request: &Request) -> Result<Vec<Request>, StoreError> {
        let mut seen: HashSet<RequestNumber> = HashSet::from([request.number.clone()]);
        let mut followers: Vec<Request> = Vec::new();
        let mut waiting = vec![(request.number.clone(), request.kind)];
        while let Some((number, kind)) = waiting.pop() {
            let mut names = self.former(&number)?;
            names.push(number);
            for name in names {
                let mut found = self.numbers(
                    "SELECT desk || '-' || number FROM request WHERE duplicate_of = ?1 AND status = 'duplicate' ORDER BY id LIMIT ?2",
                    params![Word(&name), MOST_FOLLOWERS as i64],
                )?;
                if kind == Some(crate::model::Kind::Problem) {
                    found.extend(self.incidents(self.request_id(&name)?)?);
                }
                for number in found {
                    if followers.len() < MOST_FOLLOWERS && seen.insert(number.clone()) {
                        let Some(follower) = self.where_it_is(&number)? else { continue };
                        waiting.push((number, follower.kind));
                        followers.push(follower);
                    }
                }
            }
        }
        followers.sort_by_key(|follower| (follower.opened_at, follower.number.clone()));
        Ok(followers)
    }

    /// Only links that engineers made count: whoever quotes a number is linked with its request too.
    fn incidents(&self, problem: RequestId) -> Result<Vec<RequestNumber>, StoreError> {
        self.numbers(
            "SELECT DISTINCT q.desk || '-' || q.number FROM event e
               JOIN link l ON l.request = e.request JOIN request q ON q.id = l.other
             WHERE e.request = ?1 AND e.kind = 'linked' AND e.other = q.desk || '-' || q.number
               AND e.actor IN ('engineer', 'operator') AND coalesce(q.kind, 'incident') = 'incident'
               AND (q.phase NOT IN ('completed', 'closed') OR q.status = 'transferred')
             ORDER BY q.id LIMIT ?2",
            params![problem.0, MOST_FOLLOWERS as i64],
        )
    }

    /// The requests that wait for a version: of one desk where given.
    pub fn awaiting(&self, desk: Option<&DeskKey>, version: &Version) -> Result<Vec<Request>, StoreError> {
        let numbers = self.numbers(
            "SELECT desk || '-' || number FROM request
             WHERE release = ?1 AND phase = 'planned' AND (?2 IS NULL OR desk = ?2)
             ORDER BY id",
            params![Word(version), desk.map(DeskKey::as_str)],
        )?;
        let requests = numbers.iter().map(|number| self.request(number)).collect::<Result<Vec<_>, _>>()?;
        Ok(requests.into_iter().flatten().collect())
    }

    /// The versions that requests wait for.
    pub fn releases(&self, desk: Option<&DeskKey>) -> Result<Vec<ReleaseRow>, StoreError> {
        let mut query = self
            .connection
            .prepare(
                "SELECT desk, release, release_date, count(*) FROM request
                 WHERE release IS NOT NULL AND phase = 'planned' AND (?1 IS NULL OR desk = ?1)
                 GROUP BY desk, release, release_date ORDER BY desk, release_date, min(id)",
            )
            .during("listing releases")?;
        let row = |r: &Row<'_>| {
            Ok(ReleaseRow {
                desk: r.get::<_, Word<DeskKey>>(0)?.0,
                release: Release {
                    version: r.get::<_, Word<Version>>(1)?.0,
                    date: r.get::<_, Option<Word<_>>>(2)?.map(|word| word.0),
                },
                waiting: r.get(3)?,
            })
        };
        let rows = query.query_map([desk.map(DeskKey::as_str)], row);
        rows.and_then(Iterator::collect).during("listing releases")
    }

    /// The messages of a request, the oldest first: those of its time at other desks too, and answers that were given to other
    /// requests and to this one along with them.
    pub fn history(&self, number: &RequestNumber) -> Result<Vec<EntryRow>, StoreError> {
        let (ids, answers) = (Json(self.with_former(number)?), Json(self.answers(number)?));
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT received, at, author, text, coalesce(reply_text, text), visibility FROM entry
                 WHERE request IN (SELECT value FROM json_each(?1))
                   OR visibility = 'correspondence' AND received IN (SELECT value FROM json_each(?2)) ORDER BY id",
            )
            .during("reading the history of a request")?;
        let rows = query.query_map(params![ids, answers], entry);
        rows.and_then(Iterator::collect).during("reading the history of a request")
    }

    /// The messages by which engineers have answered the requester.
    pub fn answers(&self, number: &RequestNumber) -> Result<Vec<ReceivedId>, StoreError> {
        let ids = Json(self.with_former(number)?);
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT DISTINCT received FROM event WHERE request IN (SELECT value FROM json_each(?1))
                   AND kind = 'answered' AND received IS NOT NULL ORDER BY received",
            )
            .during("reading the answers to a requester")?;
        let rows = query.query_map([ids], |r| r.get(0).map(ReceivedId));
        rows.and_then(Iterator::collect).during("reading the answers to a requester")
    }

    /// What a requester has written and read, the oldest first: no notes, and nothing of anybody else's.
    pub fn correspondence(&self, number: &RequestNumber) -> Result<Vec<Said>, StoreError> {
        let answers = self.answers(number)?;
        let shown = self.history(number)?.into_iter().filter(|entry| entry.visibility == Visibility::Correspondence);
        let said = shown.map(|entry| Said {
            at: entry.at,
            by_engineer: answers.contains(&entry.received),
            words: entry.reply_text,
        });
        Ok(said.collect())
    }
}

fn survivor(request: &Request) -> Option<&RequestNumber> {
    request.duplicate_of.as_ref().filter(|_| request.standing.status == Status::Duplicate)
}
