//! Requests that lead to other requests: moved to another desk, closed as duplicates, answered along with another one, or
//! waiting for the same version.

use std::collections::HashSet;

use serde::Serialize;

use crate::model::{
    DeskKey, EntryHead, PassedOn, Phase, ReceivedId, Release, Request, RequestId, RequestNumber, Said, ShortName,
    Status, Trail, Version, Visibility,
};

use super::column::List;
use super::entries::{ENTRY, HEAD, entry, head};
use super::sql::{Filter, Row, ToColumn};
use super::{EntryRow, StoreError, View};

/// How many moves are followed from an old number, so that a circle ends.
const MOST_HOPS: usize = 20;
/// How many requests are answered along with one.
const MOST_FOLLOWERS: usize = 500;

/// Selects all messages of a request, by its rows and the messages that have answered it.
const OF_REQUEST: &str = "WHERE request IN (LIST ?1) OR visibility = 'correspondence' AND received IN (LIST ?2)";

/// A version that requests wait for, at one desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReleaseRow {
    /// The desk of these requests.
    pub desk: DeskKey,
    /// The version, and the day that the requesters were told.
    pub release: Release,
    /// How many requests wait for it.
    pub waiting: u32,
}

impl View<'_> {
    /// The request with this number, and those that it was moved to in turn; `None` where there is none.
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

    /// The request that this one was closed as a duplicate of, followed to where it is now; `None` where this one is no
    /// duplicate.
    pub(super) fn survivor(&self, request: &Request) -> Result<Option<Request>, StoreError> {
        let Some(number) = survivor(request) else { return Ok(None) };
        let mut found = self.where_it_is(number)?;
        for _ in 0..MOST_HOPS {
            let Some(next) = found.as_ref().and_then(survivor) else { break };
            found = self.where_it_is(next)?;
        }
        Ok(found.filter(|found| found.number != request.number))
    }

    /// The request with this number, followed to the desk where it is now; `None` where there is none.
    pub(super) fn where_it_is(&self, number: &RequestNumber) -> Result<Option<Request>, StoreError> {
        let mut found = self.request(number)?;
        for _ in 0..MOST_HOPS {
            let Some(next) = found.as_ref().and_then(|request| request.progress.moved_to.as_ref()) else { break };
            found = self.request(next)?;
        }
        Ok(found)
    }

    /// The rows of a request and of those that it was moved from.
    pub(super) fn with_former(&self, number: &RequestNumber) -> Result<Vec<RequestId>, StoreError> {
        let mut ids = vec![self.request_id(number)?];
        for former in self.former(number)? {
            ids.push(self.request_id(&former)?);
        }
        Ok(ids)
    }

    /// The numbers that a request had before it was moved, the latest first.
    fn former(&self, number: &RequestNumber) -> Result<Vec<RequestNumber>, StoreError> {
        let mut former: Vec<RequestNumber> = Vec::new();
        while former.len() < MOST_HOPS {
            let id = self.request_id(former.last().unwrap_or(number))?;
            let sql = "SELECT other FROM event WHERE request = ?1 AND kind = 'moved_from' ORDER BY id LIMIT 1";
            match self.optional("looking for requests", sql, &[&id], |r| r.get(0))? {
                Some(next) => former.push(next),
                None => break,
            }
        }
        Ok(former)
    }

    fn numbers(&self, sql: &str, values: &[&dyn ToColumn]) -> Result<Vec<RequestNumber>, StoreError> {
        self.all("looking for requests", sql, values, |r| r.get(0))
    }

    /// Requests that are answered along with this one, the oldest first: its duplicates and, if it is a problem, the incidents
    /// that an engineer has linked with it; and their duplicates in turn.
    pub fn followers(&self, request: &Request) -> Result<Vec<Request>, StoreError> {
        let mut seen: HashSet<RequestNumber> = HashSet::from([request.number.clone()]);
        let mut followers: Vec<Request> = Vec::new();
        let mut waiting = vec![(request.number.clone(), request.kind)];
        while let Some((number, kind)) = waiting.pop() {
            let mut names = self.former(&number)?;
            names.push(number);
            for name in names {
                let sql = "SELECT desk || '-' || number FROM request WHERE duplicate_of = ?1 AND status = 'duplicate'
                  ORDER BY id LIMIT ?2";
                let mut found = self.numbers(sql, &[&name, &MOST_FOLLOWERS])?;
                if kind == Some(crate::model::Kind::Problem) {
                    found.extend(self.incidents(self.request_id(&name)?)?);
                }
                for number in found {
                    if followers.len() < MOST_FOLLOWERS && seen.insert(number.clone()) {
                        let Some(follower) = self.where_it_is(&number)? else { continue };
                        // It may be linked by its old number too.
                        if follower.number != number && !seen.insert(follower.number.clone()) {
                            continue;
                        }
                        waiting.push((number, follower.kind));
                        followers.push(follower);
                    }
                }
            }
        }
        followers.sort_by_key(|follower| (follower.opened_at, follower.number.clone()));
        Ok(followers)
    }

    /// The incidents that engineers have linked with a problem. Other links do not count: whoever quotes a number is linked
    /// with that request too.
    fn incidents(&self, problem: RequestId) -> Result<Vec<RequestNumber>, StoreError> {
        let sql = "SELECT q.desk || '-' || q.number FROM request q
          WHERE q.id IN (SELECT l.other FROM link l WHERE l.request = ?1)
            AND EXISTS (SELECT 1 FROM event e WHERE e.request = ?1 AND e.kind = 'linked'
                        AND e.other = q.desk || '-' || q.number AND e.actor IN ('engineer', 'operator'))
            AND coalesce(q.kind, 'incident') = 'incident'
            AND (q.phase NOT IN ('completed', 'closed') OR q.status = 'transferred')
          ORDER BY q.id LIMIT ?2";
        self.numbers(sql, &[&problem, &MOST_FOLLOWERS])
    }

    /// The requests that wait for a version; only those of `desk` where given.
    pub fn awaiting(&self, desk: Option<&DeskKey>, version: &Version) -> Result<Vec<Request>, StoreError> {
        let filter = Filter::default().and("release = ?", version).and_if("desk = ?", desk);
        let sql =
            format!("SELECT desk || '-' || number FROM request {} AND phase = 'planned' ORDER BY id", filter.sql());
        let numbers = self.numbers(&sql, filter.values())?;
        let requests = numbers.iter().map(|number| self.request(number)).collect::<Result<Vec<_>, _>>()?;
        Ok(requests.into_iter().flatten().collect())
    }

    /// The versions that requests wait for; only those of `desk` where given.
    pub fn releases(&self, desk: Option<&DeskKey>) -> Result<Vec<ReleaseRow>, StoreError> {
        let filter = Filter::default().and("phase = ?", &Phase::Planned).and_if("desk = ?", desk);
        let sql = format!(
            "SELECT desk, release, release_date, count(*) FROM request {} AND release IS NOT NULL
             GROUP BY desk, release, release_date ORDER BY desk, release_date, min(id)",
            filter.sql()
        );
        let row = |r: &Row<'_>| {
            let release = Release { version: r.get(1)?, date: r.get(2)? };
            Ok(ReleaseRow { desk: r.get(0)?, release, waiting: r.get(3)? })
        };
        self.all("listing releases", &sql, filter.values(), row)
    }

    /// Who passed a request on to the line or team that has it; `None` where no engineer did.
    pub fn passed_on(&self, request: &Request) -> Result<Option<PassedOn>, StoreError> {
        if request.place.is_none() {
            return Ok(None);
        }
        let sql = "SELECT p.engineer, EXISTS (SELECT 1 FROM event a
            WHERE a.request = p.request AND a.kind = 'answered' AND a.id > p.id)
          FROM event p WHERE p.request = ?1 AND p.kind = 'passed_on' ORDER BY p.id DESC LIMIT 1";
        let id = self.request_id(&request.number)?;
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?));
        let last: Option<(Option<ShortName>, bool)> =
            self.optional("looking for who passed it on", sql, &[&id], row)?;
        Ok(last.and_then(|(by, is_answered)| by.map(|by| PassedOn { by, is_answered })))
    }

    /// All messages of a request, the oldest first: also those from before it was moved, and answers to other requests that
    /// answered this one along with them.
    pub fn history(&self, number: &RequestNumber) -> Result<Vec<EntryRow>, StoreError> {
        let (ids, answers) = (self.with_former(number)?, self.answers(number)?);
        let sql = format!("{ENTRY} {OF_REQUEST} ORDER BY id");
        self.all("reading the history of a request", &sql, &[&List(&ids), &List(&answers)], entry)
    }

    /// The same messages without their texts, the newest first, up to `most`.
    pub fn history_heads(&self, number: &RequestNumber, most: u32) -> Result<Vec<EntryHead>, StoreError> {
        let (ids, answers) = (self.with_former(number)?, self.answers(number)?);
        let sql = format!("{HEAD} {OF_REQUEST} ORDER BY id DESC LIMIT ?3");
        self.all("reading the history of a request", &sql, &[&List(&ids), &List(&answers), &most], head)
    }

    /// The messages with which engineers have answered the requester.
    pub fn answers(&self, number: &RequestNumber) -> Result<Vec<ReceivedId>, StoreError> {
        let sql = "SELECT DISTINCT received FROM event
          WHERE request IN (LIST ?1) AND kind = 'answered' AND received IS NOT NULL ORDER BY received";
        self.all("reading the answers to a requester", sql, &[&List(&self.with_former(number)?)], |r| r.get(0))
    }

    /// The correspondence with the requester, the oldest first: what they have written and received, without notes and without
    /// messages of others.
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
