//! Tells whoever passed a request on, and so keeps control of it, that it is answered and that it has ended.

use crate::desk::basis::Basis;
use crate::desk::revision::Revision;
use crate::desk::wording;
use crate::model::{Change, Decision, Event, LetterKind, Request};

use super::drafts::Drafter;

/// Adds the letter to the engineer who passed the request on before; none where they did this themselves, or hear of it anyway.
/// Of the answers since then only the first is told.
pub(super) fn tell(basis: &Basis<'_>, before: &Request, after: &Revision, decision: &mut Decision) {
    let Some(passed) = basis.facts.request.passed_on.as_ref().filter(|_| before.place.is_some()) else { return };
    let Some(engineer) = basis.desk_of(&before.number).engineer(&passed.by) else { return };
    let hears = decision.letters().any(|letter| letter.engineer.as_ref() == Some(&engineer.name));
    let request = after.request();
    let is_answer = |event: &Event| event.change == Change::Answered && event.who == *basis.actor;
    let answers = !passed.is_answered && after.events().iter().any(is_answer);
    let by = basis.engineer().filter(|_| answers);
    let ends = request.standing.phase.is_ended() && request.standing != before.standing;
    if hears || basis.engineer().is_some_and(|author| author.name == engineer.name) || !(ends || by.is_some()) {
        return;
    }
    let writer = Drafter::about(basis, request);
    let text = wording::passed_on_before(&writer.reader(engineer), by.map(|author| author.full_name.as_str()), ends);
    let subject = wording::notification_subject(request);
    decision.write([writer.for_author(LetterKind::Notification, engineer, subject, text)]);
}
