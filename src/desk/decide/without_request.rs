//! Asks of an engineer that are about several requests or about none: versions that are out, and undoing.

use crate::desk::news::Rejection;
use crate::desk::undo::{Undoing, undo};
use crate::desk::wording;
use crate::model::{Ask, Decision, Disposition, Effect, LetterKind, Request, Visibility};

use super::case::kept;
use super::drafts::Drafter;
use super::engineer_message::EngineerMessage;
use super::follow_ups::released;

impl EngineerMessage<'_> {
    /// Answers all requests that wait for a version, where the message belongs to no request.
    pub(super) fn release(&self, asks: &[Ask]) -> Decision {
        let [ask @ Ask::Released(version)] = asks else {
            return self.rejection(asks.iter().cloned().map(Rejection::NoRequest).collect(), asks);
        };
        let follow_ups = released(&self.basis, version);
        if follow_ups.answered == 0 {
            return self.rejection(vec![Rejection::NobodyWaits(ask.clone())], asks);
        }
        let writer = self.writer(None);
        let reader = writer.reader(self.engineer);
        let further = [wording::also_answered(reader.language, follow_ups.answered)];
        let grace = Some(self.basis.desk.grace).filter(|grace| *grace > 0);
        let text = wording::receipt_with_details(&reader, asks, grace, &further);
        let subject = wording::released_subject(reader.language, version);
        let reason = format!("version {} is out: requests answered: {}", version.as_str(), follow_ups.answered);
        let mut decision = kept(Disposition::Ignored, &reason);
        decision.write([writer.for_author(LetterKind::Receipt, self.engineer, subject, text)]);
        decision.effects.extend(follow_ups.effects);
        decision
    }

    /// Undoes what an earlier message of the engineer has changed.
    pub(super) fn undo(&self, about: Option<&Request>, asks: &[Ask]) -> Decision {
        if let Some(number) = about.and_then(|request| request.progress.moved_to.clone()) {
            return self.rejection(vec![Rejection::MovedForGood(number)], asks);
        }
        match undo(&self.basis, about) {
            Ok(undoing) => self.undone(about, undoing),
            Err(rejection) => self.rejection(vec![rejection], asks),
        }
    }

    fn undone(&self, about: Option<&Request>, undoing: Undoing) -> Decision {
        let mut letters = Vec::new();
        for restored in &undoing.requests {
            let writer = Drafter::about(&self.case.basis, restored.revision.request());
            letters.extend(writer.notice(&restored.told, 0));
        }
        let corrects = !letters.is_empty();
        let own = undoing.requests.first().map(|restored| restored.revision.request()).filter(|_| about.is_some());
        let writer = self.writer(own);
        let reader = writer.reader(self.engineer);
        let text = wording::undone(&reader, corrects);
        let subject = own.map_or_else(|| wording::undone_subject(reader.language), wording::notification_subject);
        letters.push(writer.for_author(LetterKind::Receipt, self.engineer, subject, text));
        let disposition = if about.is_some() { Disposition::Appended } else { Disposition::Ignored };
        let mut decision = kept(disposition, "takes back what its author's earlier message had changed");
        decision.request = about.map(|request| request.number.clone());
        decision.change(undoing.requests.into_iter().flat_map(|restored| restored.revision.into_events()));
        decision.effects.extend(about.map(|_| self.entry(Visibility::Internal)));
        decision.effects.extend(undoing.cancelled.into_iter().map(Effect::Cancel));
        decision.write(letters);
        decision
    }
}
