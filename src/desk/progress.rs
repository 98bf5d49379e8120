//! How a request's course in time follows from its events.

use crate::model::{Change, Event, Phase, Progress, Reminder, Timestamp, Wait};

/// It stands in this phase since then.
pub(super) fn moved(progress: &mut Progress, phase: Phase, at: Timestamp) {
    let waits = matches!(phase, Phase::Waiting | Phase::Planned | Phase::Completed | Phase::Closed);
    match progress.waits.last_mut().filter(|wait| wait.until.is_none()) {
        Some(wait) if !waits => wait.until = Some(at),
        None if waits => progress.waits.push(Wait { from: at, until: None }),
        _ => {}
    }
    if phase != Phase::Completed {
        progress.answered_at = None;
    }
    progress.reminded.retain(|reminded| is_told_once(reminded.of));
}

/// Somebody of the desk did something: whoever waited for that need not be reminded of it any more.
pub(super) fn acted(progress: &mut Progress, event: &Event) {
    let reacts = matches!(
        event.change,
        Change::Answered
            | Change::Moved { .. }
            | Change::Assigned { .. }
            | Change::PassedOn { .. }
            | Change::HandedOver { .. }
    );
    if reacts {
        progress.reacted_at.get_or_insert(event.at);
    }
    progress.acted_at = Some(event.at);
    progress.reminded.retain(|reminded| reminded.of != Reminder::Silent);
}

/// Whether nobody is reminded of it again, whatever happens to the request.
fn is_told_once(of: Reminder) -> bool {
    match of {
        Reminder::ClosingSoon | Reminder::Silent => false,
        Reminder::ReactionNear | Reminder::ReactionMissed | Reminder::SolutionNear | Reminder::SolutionMissed => true,
    }
}
