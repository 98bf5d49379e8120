//! The daily digest for an engineer: requests that are due, silent, their own, waiting, and not taken yet.

use crate::desk::basis::Basis;
use crate::desk::calendar::{day_of, local};
use crate::desk::deadlines::deadlines;
use crate::desk::roster::Roster;
use crate::desk::wording::{self, DigestSection, Hint, Listed};
use crate::model::policy::Engineer;
use crate::model::{
    Decision, Disposition, Draft, LetterKind, Phase, Reminder, Request, TakenRequest, Timestamp, UnsentMessage,
};

use super::drafts::Drafter;

/// Decides about an engineer's digest of these requests of the desk, of their own messages that were not sent, and of what colleagues
/// have taken: one letter, or no effect where there is nothing to be listed.
pub fn digest(
    basis: &Basis<'_>,
    engineer: &Engineer,
    requests: &[Request],
    unsent: &[UnsentMessage],
    taken: &[TakenRequest],
) -> Decision {
    let (desk, now) = (basis.desk, basis.now);
    let roster = basis.roster(desk);
    let mut decision = Decision::of(Disposition::Done);
    let listed: Vec<Listed<'_>> =
        requests.iter().filter_map(|request| listed(&roster, engineer, request, now)).collect();
    if !listed.is_empty() || !unsent.is_empty() || !taken.is_empty() {
        let writer = Drafter::of_desk(basis);
        let today = day_of(&desk.calendar, now);
        let buttons = |request: &Request| Drafter::about(basis, request).buttons(engineer, request);
        let (subject, text, blocks) =
            wording::digest(&writer.reader(engineer), today, &listed, unsent, taken, &buttons);
        let letter = writer.for_author(LetterKind::Digest, engineer, subject, text);
        decision.write([Draft { blocks, ..letter }]);
    }
    decision
}

/// A request's line in the engineer's digest, in the first section that fits; `None` where none does.
fn listed<'a>(roster: &Roster<'_>, engineer: &Engineer, request: &'a Request, now: Timestamp) -> Option<Listed<'a>> {
    if request.progress.is_filed {
        return None;
    }
    let desk = roster.desk();
    let is_reader = |other: &&Engineer| other.name == engineer.name;
    let is_responsible = roster.responsible(request).iter().any(is_reader);
    let today = day_of(&desk.calendar, now);
    let due = deadlines(desk, request).next().filter(|by| day_of(&desk.calendar, *by) <= today);
    if let (Some(by), true) = (due, is_responsible) {
        let at = local(&desk.calendar, by);
        let hint = if by <= now { Hint::Overdue(at) } else { Hint::Due(at) };
        return Some(Listed { request, section: DigestSection::Due, hint });
    }
    let is_silent = request.progress.reminded_of(Reminder::Silent).is_some();
    let is_own = request.assignee.as_ref() == Some(&engineer.name);
    let section = match request.standing.phase {
        Phase::New | Phase::Open if is_silent && desk.members(None).iter().any(is_reader) => DigestSection::Silent,
        Phase::New | Phase::Open if is_own => DigestSection::Mine,
        Phase::New | Phase::Open if is_responsible => DigestSection::Untaken,
        Phase::Waiting if is_own => DigestSection::Waiting,
        Phase::New | Phase::Open | Phase::Waiting | Phase::Planned | Phase::Completed | Phase::Closed => return None,
    };
    let days = (today - day_of(&desk.calendar, request.opened_at)).get_days();
    Some(Listed { request, section, hint: Hint::Age(u32::try_from(days).unwrap_or(0)) })
}
