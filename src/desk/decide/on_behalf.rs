//! Requests that a customer made by phone or chat, registered by an engineer.

use crate::desk::execute::execute;
use crate::desk::news::News;
use crate::desk::wording::{self, Brought};
use crate::model::{
    Answer, Ask, Decision, Disposition, Effect, EmailAddress, LetterKind, Participant, Place, Visibility,
};

use super::engineer_message::EngineerMessage;
use super::follow_ups::follow_ups;
use super::intake::Opening;
use super::new_request::{Opened, open};

impl EngineerMessage<'_> {
    /// Opens a request of the client, who is told its number. The engineer's tags have precedence over the desk's rules.
    pub(super) fn open_for(&self, client: &EmailAddress, asks: &[Ask]) -> Decision {
        let requester = Participant { email: client.clone(), name: String::new(), proven: false };
        let subject = self.subject_without_tags();
        let opening = Opening {
            basis: self.basis,
            requester: Some(requester),
            subject: &subject,
            words: self.words(),
            kind: asks.iter().find_map(|ask| if let Ask::Kind(kind) = ask { Some(*kind) } else { None }),
            is_on_behalf: true,
        };
        let Opened { revision, acknowledgement, intake } = open(self.case, &opening);
        let request = revision.request().clone();
        let rest: Vec<Ask> = asks.iter().filter(|ask| !matches!(ask, Ask::OnBehalfOf(_))).cloned().collect();
        let (files, left_out) = self.case.files();
        // What was told by phone is passed on to those who are to solve it, and to nobody else.
        let is_for_team = rest
            .iter()
            .any(|ask| matches!(ask, Ask::PassOn(Place::Team(team)) if self.basis.desk.outside(team).is_some()));
        let has_words = is_for_team && !self.words().is_empty();
        let mut execution = match execute(&self.basis, revision, &rest, has_words) {
            Ok(execution) => execution,
            Err(rejections) => return self.rejection(rejections, asks),
        };
        let follow_ups = follow_ups(&self.basis, &request, &execution, self.brings(self.words(), &files), false);
        let turn = intake.assign(self.case, &mut execution.revision);
        let reasons = acknowledgement.reason.into_iter().chain([format!("registered for {client}")]).collect();
        let mut decision =
            Decision { request: Some(request.number.clone()), reasons, ..Decision::of(Disposition::Opened) };
        decision.change(execution.revision.events().iter().cloned());
        decision.change(execution.other_ends.iter().cloned());
        decision.effects.push(self.entry(Visibility::Internal));
        decision.effects.extend(turn.into_iter().chain(execution.turn.clone()).map(Effect::TakeTurn));
        decision.effects.extend(self.absence_effects(asks));
        decision.write(acknowledgement.letter);
        decision.effects.extend(follow_ups.effects);
        let brought = Brought { left_out, executed: asks, ..self.brought(&files) };
        decision.write(self.told_engineers(&execution, &request, News::Opened, brought));
        let writer = self.writer(Some(execution.revision.request()));
        let grace = if execution.ends { self.basis.desk.grace } else { 0 };
        decision.write(writer.for_requester("", &[], &execution.told, grace));
        let text = wording::receipt(&writer.reader(self.engineer), asks, None);
        let subject = wording::notification_subject(execution.revision.request());
        decision.write([writer.for_author(LetterKind::Receipt, self.engineer, subject, text)]);
        decision
    }

    /// The subject as the client may read it: without tags, as in everything that we send.
    fn subject_without_tags(&self) -> String {
        let tags =
            self.case.understanding.typed.subject.iter().filter(|bracket| matches!(bracket.answer, Answer::Asks(_)));
        let bare =
            tags.fold(self.case.understanding.subject.clone(), |subject, tag| subject.replacen(&tag.text, " ", 1));
        bare.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
