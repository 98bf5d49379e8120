//! Requests and their participants.

use crate::model::{EmailAddress, Participant, Release, Reminder, Request, RequestId, RequestNumber, Standing, Status};

use super::sql::{ColumnError, Row, ToColumn};
use super::{StoreError, Tx, View};

impl Tx<'_> {
    /// Saves a request as it is after its events. A new request must have the desk's next number, which is thereby used up.
    pub fn save_request(&self, request: &Request) -> Result<(), StoreError> {
        let id = match self.optional_request_id(&request.number)? {
            Some(id) => id,
            None => self.insert_request(request)?,
        };
        let Request { standing, kind, priority, assignee, place, release, duplicate_of, watchers, progress, .. } =
            request;
        let (version, date) = release.as_ref().map(|release| (&release.version, release.date)).unzip();
        let sql = "UPDATE request SET phase = ?2, status = ?3, kind = ?4, priority = ?5, assignee = ?6, place = ?7, release = ?8,
            release_date = ?9, duplicate_of = ?10, watchers = ?11, changed_at = ?12, progress = ?13,
            first_response_at = ?14, answered_at = ?15, moved_to = ?16, erased_at = ?17, silent = ?18
          WHERE id = ?1";
        let (changed_at, date) = (&request.changed_at, &date.flatten());
        let (first_response_at, answered_at) = (&progress.first_response_at, &progress.answered_at);
        let (moved_to, erased_at) = (&progress.moved_to, &progress.erased_at);
        let is_silent = progress.reminded_of(Reminder::Silent).is_some();
        let values: [&dyn ToColumn; 18] = [
            &id,
            &standing.phase,
            &standing.status,
            kind,
            priority,
            assignee,
            place,
            &version,
            date,
            duplicate_of,
            watchers,
            changed_at,
            progress,
            first_response_at,
            answered_at,
            moved_to,
            erased_at,
            &is_silent,
        ];
        self.run("saving a request", sql, &values)?;
        let sql =
            "INSERT INTO participant (request, position, email, name, proven, spam) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
          ON CONFLICT (request, email) DO UPDATE SET proven = excluded.proven, spam = excluded.spam, position = excluded.position
          WHERE proven <> excluded.proven OR spam <> excluded.spam OR position <> excluded.position";
        let is_spam = standing.status == Status::Spam;
        for (position, Participant { email, name, proven }) in request.participants.iter().enumerate() {
            let is_spammer = is_spam && position == 0;
            self.run("saving participants", sql, &[&id, &position, email, name, proven, &is_spammer])?;
        }
        Ok(())
    }

    /// Removes somebody who takes part in a request no longer.
    pub fn remove_participant(&self, request: &RequestNumber, email: &EmailAddress) -> Result<(), StoreError> {
        let sql = "DELETE FROM participant WHERE request = ?1 AND email = ?2";
        self.run("removing a participant", sql, &[&self.request_id(request)?, email]).map(|_| ())
    }

    fn insert_request(&self, request: &Request) -> Result<RequestId, StoreError> {
        let Request { number, subject, standing, priority, language, opened_at, changed_at, progress, .. } = request;
        self.take_number(number)?;
        let letters = self.first_letter()?;
        let sql = "INSERT INTO request (desk, number, subject, phase, status, priority, language, opened_at, changed_at, progress,
            letters)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
        let (desk, number, phase, status) = (&number.desk, &number.number, &standing.phase, &standing.status);
        let values: [&dyn ToColumn; 11] =
            [desk, number, subject, phase, status, priority, language, opened_at, changed_at, progress, &letters];
        self.insert("opening a request", sql, &values).map(RequestId)
    }

    /// Links a request with another one; both must be saved already.
    pub fn save_link(&self, request: &RequestNumber, other: &RequestNumber) -> Result<(), StoreError> {
        let sql = "INSERT INTO link (request, other) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        self.run("linking requests", sql, &[&self.request_id(request)?, &self.request_id(other)?]).map(|_| ())
    }
}

impl View<'_> {
    /// The row of a request; an error where it does not exist.
    pub(super) fn request_id(&self, number: &RequestNumber) -> Result<RequestId, StoreError> {
        let found = self.optional_request_id(number)?;
        found.ok_or_else(|| StoreError::Unexpected(format!("there is no request {number}")))
    }

    pub(super) fn optional_request_id(&self, number: &RequestNumber) -> Result<Option<RequestId>, StoreError> {
        let sql = "SELECT id FROM request WHERE desk = ?1 AND number = ?2";
        self.optional("finding a request", sql, &[&number.desk, &number.number], |r| r.get(0))
    }

    /// The current state of a request, as its events give it; `None` where there is none.
    pub fn request(&self, number: &RequestNumber) -> Result<Option<Request>, StoreError> {
        let sql =
            "SELECT id, subject, phase, status, kind, priority, assignee, place, release, release_date, duplicate_of,
            language, watchers, progress, opened_at, changed_at
          FROM request WHERE desk = ?1 AND number = ?2";
        let row = |r: &Row<'_>| Ok((r.get(0)?, request(number, r)?));
        let found = self.optional("reading a request", sql, &[&number.desk, &number.number], row)?;
        let Some((id, mut request)) = found else { return Ok(None) };
        request.participants = self.participants(id)?;
        request.linked = self.linked(id)?;
        Ok(Some(request))
    }

    fn participants(&self, request: RequestId) -> Result<Vec<Participant>, StoreError> {
        let sql = "SELECT email, name, proven FROM participant WHERE request = ?1 ORDER BY position";
        let row = |r: &Row<'_>| Ok(Participant { email: r.get(0)?, name: r.get(1)?, proven: r.get(2)? });
        self.all("reading participants", sql, &[&request], row)
    }

    fn linked(&self, request: RequestId) -> Result<Vec<RequestNumber>, StoreError> {
        let sql = "SELECT q.desk || '-' || q.number FROM link l JOIN request q ON q.id = l.other WHERE l.request = ?1
          ORDER BY q.desk, q.number";
        self.all("reading links", sql, &[&request], |r| r.get(0))
    }
}

/// Reads a request without its participants and links, from the columns behind its id.
fn request(number: &RequestNumber, r: &Row<'_>) -> Result<Request, ColumnError> {
    let release = match r.get(8)? {
        Some(version) => Some(Release { version, date: r.get(9)? }),
        None => None,
    };
    Ok(Request {
        number: number.clone(),
        subject: r.get(1)?,
        standing: Standing { phase: r.get(2)?, status: r.get(3)? },
        kind: r.get(4)?,
        priority: r.get(5)?,
        assignee: r.get(6)?,
        place: r.get(7)?,
        release,
        duplicate_of: r.get(10)?,
        language: r.get(11)?,
        watchers: r.get(12)?,
        progress: r.get(13)?,
        participants: Vec::new(),
        linked: Vec::new(),
        opened_at: r.get(14)?,
        changed_at: r.get(15)?,
    })
}
