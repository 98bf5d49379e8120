//! The letters that bring what somebody has written to engineers and watchers.

use crate::desk::news::News;
use crate::desk::wording::Brought;
use crate::model::policy::{Desk, Engineer};
use crate::model::{Draft, Reading, Request};

use super::case::Case;
use super::drafts::{Drafter, summary, with_last_exchange};

/// The letters that bring a message to engineers and watchers; `request` is as it is after the message.
pub(super) fn brought(case: &Case<'_>, request: &Request, news: News) -> Vec<Draft> {
    let writer = Drafter::about(&case.basis, request);
    let files = case.files();
    let author = case.author_name();
    let Reading { words, signature, earlier, .. } = &case.understanding.reading;
    let subject = case.new_subject(request);
    let summary = summary(case.basis.facts);
    let beside = Brought { files: &files, summary, ..case.as_it_came(&author) };
    let brought = with_last_exchange(Brought { subject, words, signature, earlier, ..beside }, case.basis.facts);
    let sender = case.understanding.sender.address.as_ref();
    let own = sender.and_then(|sender| writer.desk.engineer_at(sender)).map(|engineer| &engineer.name);
    let is_internal = news.is_from_outside() || news.is_note();
    // No letter to people outside follows from a robot's message.
    let is_seen_by_watchers = !is_internal && case.understanding.automatic.is_empty();
    let mut audience = writer.audience(own);
    audience
        .extend(dealing_with_the_same(case, writer.desk).into_iter().filter(|engineer| Some(&engineer.name) != own));
    let told: Vec<_> = audience.into_iter().map(|engineer| (engineer, news.clone())).collect();
    let mut letters = writer.notifications(&told, brought);
    if is_seen_by_watchers {
        letters.extend(writer.copies(sender, &author, words, &files));
    }
    letters
}

/// The engineers of the original of a duplicate who work at this desk too. They are told of the duplicate itself, so that their
/// answer goes to its requester and to nobody else.
fn dealing_with_the_same<'a>(case: &Case<'a>, desk: &'a Desk) -> Vec<&'a Engineer> {
    let Some(survivor) = &case.basis.facts.request.survivor else { return Vec::new() };
    let responsible = case.basis.roster(case.basis.desk_of(&survivor.number)).responsible(survivor);
    responsible.into_iter().filter_map(|engineer| desk.engineer(&engineer.name)).collect()
}
