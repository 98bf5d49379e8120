//! Requests and their participants.

use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;

use crate::model::{
    EmailAddress, Kind, Language, Participant, Phase, Place, Priority, Progress, Release, Request, RequestId,
    RequestNumber, ShortName, Standing, Status, Timestamp, Version,
};

use super::column::{Json, Word};
use super::error::During;
use super::ledger::IS_LOGO;
use super::{StoreError, Tx, View};

/// A request in a list.
#[derive(Clone, Debug, Serialize)]
pub struct RequestRow {
    /// Its number.
    pub number: RequestNumber,
    /// Its subject.
    pub subject: String,
    /// Its phase.
    pub phase: String,
    /// Its status.
    pub status: String,
    /// The engineer who works on it.
    pub assignee: Option<String>,
    /// The requester's address; empty when nobody is known.
    pub requester: String,
    /// How many messages it holds.
    pub messages: u32,
    /// How many files they brought.
    pub attachments: u32,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

impl Tx<'_> {
    /// Writes a request as it is after its events. A new one takes the desk's next number, which must be its own.
    pub fn save_request(&self, request: &Request) -> Result<(), StoreError> {
        let number = &request.number;
        let known = self
            .connection
            .prepare_cached(
                "UPDATE request SET phase = ?3, status = ?4, kind = ?5, priority = ?6, assignee = ?7, place = ?8,
                   release = ?9, duplicate_of = ?10, watchers = ?11, changed_at = ?12, progress = ?13, release_date = ?14,
                   first_response_at = ?15, answered_at = ?16, moved_to = ?17, erased_at = ?18
                 WHERE desk = ?1 AND number = ?2 RETURNING id",
            )
            .and_then(|mut update| {
                update
                    .query_row(
                        params![
                            number.desk.as_str(),
                            number.number,
                            Word(request.standing.phase),
                            Word(&request.standing.status),
                            request.kind.map(Word),
                            Word(request.priority),
                            request.assignee.as_ref().map(Word),
                            request.place.as_ref().map(Json),
                            request.release.as_ref().map(|release| Word(&release.version)),
                            request.duplicate_of.as_ref().map(Word),
                            Json(&request.watchers),
                            request.changed_at.unix(),
                            Json(&request.progress),
                            request.release.as_ref().and_then(|release| release.date).map(Word),
                            request.progress.first_response_at.map(Timestamp::unix),
                            request.progress.answered_at.map(Timestamp::unix),
                            request.progress.moved_to.as_ref().map(Word),
                            request.progress.erased_at.map(Timestamp::unix)
                        ],
                        |r| r.get(0),
                    )
                    .optional()
            })
            .during("saving a request")?;
        let id = match known {
            Some(id) => RequestId(id),
            None => self.insert_request(request)?,
        };
        for (position, participant) in request.participants.iter().enumerate() {
            self.connection
                .prepare_cached(
                    "INSERT INTO participant (request, position, email, name, proven) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (request, email) DO UPDATE SET proven = excluded.proven",
                )
                .and_then(|mut insert| {
                    insert.execute(params![
                        id.0,
                        position as i64,
                        participant.email.as_str(),
                        participant.name,
                        participant.proven
                    ])
                })
                .during("saving participants")?;
        }
        Ok(())
    }

    fn insert_request(&self, request: &Request) -> Result<RequestId, StoreError> {
        let number = &request.number;
        self.take_number(number)?;
        let letters = self.first_letter()?;
        self.connection
            .prepare_cached(
                "INSERT INTO request (desk, number, subject, phase, status, priority, language, opened_at, changed_at, progress,
                   letters, kind, assignee, place, release, duplicate_of, watchers, release_date, first_response_at,
                   answered_at, moved_to, erased_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)
                 RETURNING id",
            )
            .and_then(|mut insert| {
                insert.query_row(
                    params![
                        number.desk.as_str(),
                        number.number,
                        request.subject,
                        Word(request.standing.phase),
                        Word(&request.standing.status),
                        Word(request.priority),
                        Word(request.language),
                        request.opened_at.unix(),
                        request.changed_at.unix(),
                        Json(&request.progress),
                        letters,
                        request.kind.map(Word),
                        request.assignee.as_ref().map(Word),
                        request.place.as_ref().map(Json),
                        request.release.as_ref().map(|release| Word(&release.version)),
                        request.duplicate_of.as_ref().map(Word),
                        Json(&request.watchers),
                        request.release.as_ref().and_then(|release| release.date).map(Word),
                        request.progress.first_response_at.map(Timestamp::unix),
                        request.progress.answered_at.map(Timestamp::unix),
                        request.progress.moved_to.as_ref().map(Word),
                        request.progress.erased_at.map(Timestamp::unix)
                    ],
                    |r| r.get(0).map(RequestId),
                )
            })
            .during("opening a request")
    }

    /// Ties a request to another; both must be saved.
    pub fn save_link(&self, request: &RequestNumber, other: &RequestNumber) -> Result<(), StoreError> {
        let (own, other) = (self.request_id(request)?, self.request_id(other)?);
        self.connection
            .execute("INSERT INTO link (request, other) VALUES (?1, ?2) ON CONFLICT DO NOTHING", [own.0, other.0])
            .during("linking requests")
            .map(|_| ())
    }
}

impl View<'_> {
    /// The row of a request that must exist.
    pub(super) fn request_id(&self, number: &RequestNumber) -> Result<RequestId, StoreError> {
        self.connection
            .prepare_cached("SELECT id FROM request WHERE desk = ?1 AND number = ?2")
            .and_then(|mut query| {
                query.query_row(params![number.desk.as_str(), number.number], |r| r.get(0).map(RequestId)).optional()
            })
            .during("finding a request")?
            .ok_or_else(|| StoreError::Unexpected(format!("there is no request {number}")))
    }

    /// A request as it is.
    pub fn request(&self, number: &RequestNumber) -> Result<Option<Request>, StoreError> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT id, subject, phase, language, opened_at, changed_at, status, kind, priority, assignee, place, release,
                   duplicate_of, watchers, progress, release_date
                 FROM request WHERE desk = ?1 AND number = ?2",
            )
            .and_then(|mut query| {
                let row = |r: &Row<'_>| {
                    let request = Request {
                        number: number.clone(),
                        subject: r.get(1)?,
                        standing: Standing {
                            phase: r.get::<_, Word<Phase>>(2)?.0,
                            status: r.get::<_, Word<Status>>(6)?.0,
                        },
                        kind: r.get::<_, Option<Word<Kind>>>(7)?.map(|word| word.0),
                        priority: r.get::<_, Word<Priority>>(8)?.0,
                        assignee: r.get::<_, Option<Word<ShortName>>>(9)?.map(|word| word.0),
                        place: r.get::<_, Option<Json<Place>>>(10)?.map(|json| json.0),
                        release: match r.get::<_, Option<Word<Version>>>(11)? {
                            None => None,
                            Some(Word(version)) => {
                                Some(Release { version, date: r.get::<_, Option<Word<_>>>(15)?.map(|word| word.0) })
                            }
                        },
                        duplicate_of: r.get::<_, Option<Word<RequestNumber>>>(12)?.map(|word| word.0),
                        watchers: r.get::<_, Json<Vec<EmailAddress>>>(13)?.0,
                        progress: r.get::<_, Json<Progress>>(14)?.0,
                        language: r.get::<_, Word<Language>>(3)?.0,
                        participants: Vec::new(),
                        linked: Vec::new(),
                        opened_at: Timestamp::from_unix(r.get(4)?),
                        changed_at: Timestamp::from_unix(r.get(5)?),
                    };
                    Ok((RequestId(r.get(0)?), request))
                };
                query.query_row(params![number.desk.as_str(), number.number], row).optional()
            })
            .during("reading a request")?;
        let Some((id, mut request)) = found else { return Ok(None) };
        request.participants = self.participants(id)?;
        request.linked = self.linked(id)?;
        Ok(Some(request))
    }

    fn participants(&self, request: RequestId) -> Result<Vec<Participant>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT email, name, proven FROM participant WHERE request = ?1 ORDER BY position")
            .during("reading participants")?;
        let row = |r: &Row<'_>| {
            Ok(Participant { email: r.get::<_, Word<EmailAddress>>(0)?.0, name: r.get(1)?, proven: r.get(2)? })
        };
        query.query_map([request.0], row).and_then(Iterator::collect).during("reading participants")
    }

    fn linked(&self, request: RequestId) -> Result<Vec<RequestNumber>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT q.desk || '-' || q.number FROM link l JOIN request q ON q.id = l.other WHERE l.request = ?1
                 ORDER BY q.desk, q.number",
            )
            .during("reading links")?;
        query
            .query_map([request.0], |r| r.get::<_, Word<RequestNumber>>(0).map(|number| number.0))
            .and_then(Iterator::collect)
            .during("reading links")
    }

    /// Requests, the last changed first: those of one desk where given, those whose number, subject or requester holds
    /// `words` where given, in any case.
    pub fn requests(&self, desk: Option<&str>, words: Option<&str>, limit: u32) -> Result<Vec<RequestRow>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(&format!(
                "SELECT q.desk || '-' || q.number, q.subject, q.phase, coalesce(p.email, ''), q.opened_at, q.changed_at,
                   q.status, q.assignee,
                   (SELECT count(*) FROM entry e WHERE e.request = q.id),
                   (SELECT count(*) FROM entry e JOIN attachment a ON a.received = e.received WHERE e.request = q.id
                      AND NOT ({IS_LOGO}))
                 FROM request q LEFT JOIN participant p ON p.request = q.id AND p.position = 0
                 WHERE (?1 IS NULL OR q.desk = ?1)
                   AND (?2 IS NULL OR instr(folded(q.desk || '-' || q.number || ' ' || q.subject || ' ' || coalesce(p.email, '')),
                                            folded(?2)) > 0)
                 ORDER BY q.changed_at DESC, q.id DESC LIMIT ?3"
            ))
            .during("listing requests")?;
        let row = |r: &Row<'_>| {
            Ok(RequestRow {
                number: r.get::<_, Word<RequestNumber>>(0)?.0,
                subject: r.get(1)?,
                phase: r.get(2)?,
                requester: r.get(3)?,
                opened_at: Timestamp::from_unix(r.get(4)?),
                changed_at: Timestamp::from_unix(r.get(5)?),
                status: r.get(6)?,
                assignee: r.get(7)?,
                messages: r.get(8)?,
                attachments: r.get(9)?,
            })
        };
        query.query_map(params![desk, words, limit], row).and_then(Iterator::collect).during("listing requests")
    }
}
