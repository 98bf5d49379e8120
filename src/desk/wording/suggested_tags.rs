//! Suggested tags: those that are possible in a request's status, ready to be copied.

use crate::model::policy::Desk;
use crate::model::{Ask, Language, Phase, Place, Priority, Request, Standing, Status};

use super::super::language::language_of;
use super::tags::tag;

/// How many of a desk's own statuses are suggested at most.
const MAX_OWN_STATUSES: usize = 5;

/// The tags that are suggested for a request, in one line.
pub fn of_request(desk: &Desk, request: &Request, language: Language) -> String {
    let mut asks = Vec::new();
    if request.assignee.is_none() && !request.standing.phase.is_ended() {
        asks.push(Ask::Take);
    }
    asks.extend(status_asks(desk, &request.standing));
    if request.standing.phase == Phase::New {
        asks.extend([Ask::Priority(Priority::High), Ask::Spam]);
    }
    if !request.standing.phase.is_ended() {
        asks.extend(next_place(desk, request).map(Ask::PassOn));
    }
    asks.push(Ask::Note);
    in_one_line(desk, &asks, language)
}

/// The tags that change a status, in one line.
pub fn status_changes(desk: &Desk, status: &Status, language: Language) -> String {
    in_one_line(desk, &status_asks(desk, &desk.standing(status)), language)
}

/// The asks that change the status of a request, in the order in which they are suggested.
fn status_asks(desk: &Desk, standing: &Standing) -> Vec<Ask> {
    let built_in: &[Status] = match standing.phase {
        Phase::New | Phase::Open => {
            &[Status::InWork, Status::NeedInfo, Status::Done, Status::Planned, Status::Declined]
        }
        Phase::Waiting => &[Status::InWork, Status::Done, Status::Declined],
        Phase::Planned => &[Status::InWork, Status::Done, Status::Declined],
        Phase::Completed | Phase::Closed => &[],
    };
    let own = desk.statuses.iter().filter(|own| !own.status.is_built_in() && !standing.phase.is_ended());
    let statuses = built_in.iter().chain(own.map(|own| &own.status).take(MAX_OWN_STATUSES));
    let mut asks: Vec<Ask> =
        statuses.filter(|status| **status != standing.status).map(|status| Ask::Status(status.clone())).collect();
    match standing.phase {
        Phase::Completed => asks.extend([Ask::Reopen, Ask::Close]),
        Phase::Closed => asks.push(Ask::Reopen),
        Phase::New | Phase::Open | Phase::Waiting | Phase::Planned => {}
    }
    asks
}

/// The line after the one that the request is with; `None` after the last line, and at teams and other desks.
pub(super) fn next_place(desk: &Desk, request: &Request) -> Option<Place> {
    let here = match &request.place {
        Some(Place::Line(number)) => *number,
        None => desk.lines.iter().map(|line| line.number).min()?,
        Some(Place::Team(_) | Place::Desk(_)) => return None,
    };
    desk.lines.iter().map(|line| line.number).filter(|number| *number > here).min().map(Place::Line)
}

fn in_one_line(desk: &Desk, asks: &[Ask], language: Language) -> String {
    asks.iter().map(|ask| by_own_word(desk, ask, language)).collect::<Vec<_>>().join(" ")
}

/// The tag for an ask, in the desk's own word for its status where it has one in the language: a desk may use the built-in
/// word for something else.
pub fn by_own_word(desk: &Desk, ask: &Ask, language: Language) -> String {
    let Ask::Status(status) = ask else { return tag(language, ask) };
    let own = desk.statuses.iter().find(|own| own.status == *status);
    let word = own.and_then(|own| own.words.iter().find(|word| language_of(word) == Some(language)));
    word.map_or_else(|| tag(language, ask), |word| format!("[{word}]"))
}
