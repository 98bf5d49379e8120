//! Splits a customer's message off its request: it becomes a request of its own, with the words of the engineer who splits it.

use crate::desk::execute::execute;
use crate::desk::news::{Linking, News, Rejection, Told};
use crate::desk::revision::Revision;
use crate::desk::wording::{self, Brought};
use crate::model::{
    Ask, Change, Decision, Disposition, Draft, Effect, Entry, LetterKind, Request, RequestNumber, SentFile, SplitFacts,
    Visibility,
};

use super::drafts::Drafter;
use super::engineer_message::EngineerMessage;

impl EngineerMessage<'_> {
    /// Makes the message that the answered letter tells of a request of its own, linked with the one that it came to. That one
    /// gets back the status and the timers that it would have without the message.
    pub(super) fn split(&self, request: &Request, words: &str, files: &[SentFile]) -> Decision {
        let asks = [Ask::Split];
        let refused = || self.rejection(vec![Rejection::NothingToSplit], &asks);
        let Some(split) = &self.basis.facts.request.split else { return refused() };
        let is_own = |number: &&RequestNumber| number.desk == request.number.desk;
        let number = self.basis.facts.named.next_numbers.iter().find(is_own);
        let author = request.participant(&split.author);
        let without = split.events.iter().filter(|event| event.received != Some(split.received));
        let (Some(number), Some(author), Some(restored)) = (number, author, Request::replay(without)) else {
            return refused();
        };
        let has_words = !words.is_empty() || !files.is_empty();
        let (subject, language) = (request.subject.clone(), request.language);
        let mut revision = Revision::opened(&self.basis, number, subject, language, Some(author.clone()));
        revision.change(&self.basis, Change::Linked { to: request.number.clone() });
        if has_words {
            revision.change(&self.basis, Change::Answered);
        } else if request.assignee.is_some() {
            revision.change(&self.basis, Change::Assigned { from: None, to: request.assignee.clone() });
        }
        let execution = match execute(&self.basis, revision, &[], has_words) {
            Ok(execution) => execution,
            Err(rejections) => return self.rejection(rejections, &asks),
        };
        let mut old = Revision::of(request);
        old.change(&self.basis, Change::Linked { to: number.clone() });
        let (standing, progress) = (restored.standing, Box::new(restored.progress));
        old.change(&self.basis, Change::SplitOff { received: split.received, to: number.clone(), standing, progress });
        let new = execution.revision.request();
        let writer = Drafter::about(&self.basis, new);
        let reason = format!("message {} of {} becomes {number}", split.received, request.number);
        let mut decision =
            Decision { request: Some(number.clone()), reasons: vec![reason], ..Decision::of(Disposition::Appended) };
        decision.change(execution.revision.events().iter().cloned());
        decision.change(old.events().iter().cloned());
        decision.effects.push(Effect::MoveEntry(split.received));
        let visibility = if has_words { Visibility::Correspondence } else { Visibility::Internal };
        decision.effects.push(Effect::AddEntry(Entry { visibility, words: Some(words.to_owned()), aside: None }));
        decision.write(writer.for_requester(None, words, files, &[Told::SplitFrom(request.number.clone())], 0));
        decision.write(self.told_of_split(&writer, request, split));
        let reader = writer.reader(self.engineer);
        let further = [wording::split_off(&reader, request, old.request())];
        let text = wording::receipt_with_details(&reader, &asks, None, &further);
        let subject = wording::notification_subject(new);
        decision.write([writer.for_author(LetterKind::Receipt, self.engineer, subject, text)]);
        decision
    }

    /// The letters that bring the message to the engineers of the new request.
    fn told_of_split(&self, writer: &Drafter<'_>, from: &Request, split: &SplitFacts) -> Vec<Draft> {
        let news = [News::Opened, News::LinkedWith(from.number.clone(), Linking::Split)];
        let audience = writer.audience(Some(&self.engineer.name));
        let told: Vec<_> =
            audience.into_iter().flat_map(|engineer| news.iter().map(move |news| (engineer, news.clone()))).collect();
        let brought =
            Brought { author: split.author.as_str(), words: &split.words, files: &split.files, ..Brought::default() };
        writer.notifications(&told, brought)
    }
}
