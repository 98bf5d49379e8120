//! The day's list of an engineer: what is due, silent, his, waiting, and not taken yet.

use crate::desk::calendar::day_of;
use crate::desk::deadlines::deadlines;
use crate::desk::wording::{self, Hint, Listed, DigestSection};
use crate::model::policy::{Desk, Engineer};
use crate::model::{Draft, LetterKind, Phase, Reminder, Request, Timestamp};

use super::Keys;
use super::drafts::Writer;

/// An engineer's digest of a desk's requests; none where there is nothing to say.
pub fn digest(desk: &Desk, engineer: &Engineer, requests: &[Request], keys: Keys<'_>, now: Timestamp) -> Option<Draft> {
    let listed: Vec<Listed<'_>> = requests.iter().filter_map(|request| listed(desk, engineer, request, now)).collect();
    if listed.is_empty() {
        return None;
    }
    let writer = Writer { desk, request: None, keys };
    let today = day_of(&desk.calendar, now);
    let (subject, text) = wording::digest(&writer.reader(engineer), today, &listed);
    Some(writer.for_author(LetterKind::Digest, engineer, subject, text))
}

/// Where a request stands in an engineer's list: in the first section that it belongs to.
fn listed<'a>(desk: &Desk, engineer: &Engineer, request: &'a Request, now: Timestamp) -> Option<Listed<'a>> {
    if request.progress.is_filed {
        return None;
    }
    let is_he = |other: &&Engineer| other.name == engineer.name;
    let is_responsible = desk.responsible(request).iter().any(is_he);
    let today = day_of(&desk.calendar, now);
    let due = deadlines(desk, request).next().filter(|by| day_of(&desk.calendar, *by) <= today);
    if let (Some(by), true) = (due, is_responsible) {
        let local = desk.calendar.zone.to_datetime(by.to_jiff());
        let hint = if by <= now { Hint::Overdue(local) } else { Hint::Due(local) };
        return Some(Listed { request, section: DigestSection::Due, hint });
    }
    let is_silent = request.progress.reminded_of(Reminder::Silent).is_some();
    let is_his = request.assignee.as_ref() == Some(&engineer.name);
    let section = match request.standing.phase {
        Phase::New | Phase::Open if is_silent && desk.members(None).iter().any(is_he) => DigestSection::Silent,
        Phase::New | Phase::Open if is_his => DigestSection::Mine,
        Phase::New | Phase::Open if is_responsible => DigestSection::Untaken,
        Phase::Waiting if is_his => DigestSection::Waiting,
        Phase::New | Phase::Open | Phase::Waiting | Phase::Planned | Phase::Completed | Phase::Closed => return None,
    };
    let days = (today - day_of(&desk.calendar, request.opened_at)).get_days();
    Some(Listed { request, section, hint: Hint::Age(u32::try_from(days).unwrap_or(0)) })
}
