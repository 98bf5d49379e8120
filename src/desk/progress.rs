//! How the dates, waits and reminders of a request follow from its events. Only `request.rs` calls this.

use crate::model::{Change, Event, Phase, Progress, Reminder, Timestamp, Wait};

/// The request got a status of this phase.
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

/// The request was filed silently: nothing is expected of the desk.
pub(super) fn filed(progress: &mut Progress, at: Timestamp) {
    progress.is_filed = true;
    progress.waits.push(Wait { from: at, until: None });
}

/// The requester wrote or the desk acted: a request that was filed silently is from now on one as any other.
pub(super) fn heard(progress: &mut Progress, at: Timestamp) {
    if std::mem::take(&mut progress.is_filed)
        && let Some(wait) = progress.waits.last_mut()
    {
        wait.until = Some(at);
    }
}

/// An engineer or the operator did something: nobody need be reminded of the desk's silence any more.
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
        progress.first_response_at.get_or_insert(event.at);
    }
    progress.acted_at = Some(event.at);
    progress.reminded.retain(|reminded| reminded.of != Reminder::Silent);
}

/// Whether nobody is reminded of it a second time, whatever happens to the request.
fn is_told_once(of: Reminder) -> bool {
    !matches!(of, Reminder::ClosingSoon | Reminder::Silent)
}
