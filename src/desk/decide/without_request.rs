//! What a proven engineer asks of more than one request, or of none: versions that are out, and taking back.

use crate::desk::news::Rejection;
use crate::desk::wording;
use crate::model::{Ask, Decision, Disposition, Draft, Event, LetterKind, Request, Visibility};

use super::drafts::Writer;
use super::engineer::Steering;
use super::kept;
use super::undo::{TakenBack, take_back};

impl Steering<'_> {
    /// A version is out, says a message that is about no request.
    pub(super) fn release(&self, asks: &[Ask]) -> Decision {
        let [ask @ Ask::Released(version)] = asks else {
            return self.rejection(asks.iter().cloned().map(Rejection::NoRequest).collect(), asks);
        };
        let proof = self.proof.to_string();
        let follow_ups = self.act(&proof).released(version, None);
        if follow_ups.answered == 0 {
            return self.rejection(vec![Rejection::NobodyWaits(ask.clone())], asks);
        }
        let writer = self.writer(None);
        let reader = writer.reader(self.engineer);
        let further = [wording::answered_along(reader.language, follow_ups.answered)];
        let grace = Some(self.desk.grace).filter(|grace| *grace > 0);
        let text = wording::receipt_of_more(&reader, asks, grace, &further);
        let subject = wording::released_subject(reader.language, version);
        let receipt = writer.for_author(LetterKind::Receipt, self.engineer, subject, text);
        let reason = format!("version {} is out: requests answered: {}", version.as_str(), follow_ups.answered);
        let mut letters = vec![receipt];
        letters.extend(follow_ups.letters);
        Decision { events: follow_ups.events, letters, ..kept(Disposition::Ignored, &reason) }
    }

    /// Takes back what the engineer's earlier message had changed.
    pub(super) fn undo(&self, about: Option<&Request>, asks: &[Ask]) -> Decision {
        if let Some(number) = about.and_then(|request| request.progress.moved_to.clone()) {
            return self.rejection(vec![Rejection::MovedForGood(number)], asks);
        }
        match take_back(about, self.case.facts.undoable.as_ref()) {
            Ok(taken) => self.undone(about, &taken),
            Err(rejection) => self.rejection(vec![rejection], asks),
        }
    }

    fn undone(&self, about: Option<&Request>, taken: &TakenBack) -> Decision {
        let mut events: Vec<Event> = Vec::new();
        let mut letters: Vec<Draft> = Vec::new();
        for restored in &taken.requests {
            events.extend(restored.changes.iter().map(|change| self.event(&restored.request, change.clone())));
            let desk = self.case.desk_of(&restored.request);
            let writer = Writer { desk, request: Some(&restored.request), keys: self.case.keys };
            letters.extend(writer.for_requester("", &[], &restored.told, 0));
        }
        let corrects = !letters.is_empty();
        let own = taken.requests.first().map(|restored| &restored.request).filter(|_| about.is_some());
        let writer = self.writer(own);
        let reader = writer.reader(self.engineer);
        let text = wording::undone(&reader, corrects);
        let subject = own.map_or_else(|| wording::undone_subject(reader.language), wording::notification_subject);
        letters.push(writer.for_author(LetterKind::Receipt, self.engineer, subject, text));
        let disposition = if about.is_some() { Disposition::Appended } else { Disposition::Ignored };
        Decision {
            request: about.map(|request| request.number.clone()),
            events,
            letters,
            cancelled: taken.cancelled.clone(),
            visibility: Visibility::Internal,
            words: Some(self.words().to_owned()),
            ..kept(disposition, "takes back what its author's earlier message had changed")
        }
    }
}
