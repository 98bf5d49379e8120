//! Phone calls and chats: an engineer registers them, the request is the client's.

use crate::desk::execute::execute;
use crate::desk::replay::apply;
use crate::desk::news::News;
use crate::desk::wording::{self, Brought};
use crate::model::{Answer, Ask, Decision, EmailAddress, LetterKind, Participant, Place, Visibility};

use super::follow_ups::Brings;
use super::engineer::Steering;
use super::new_request::{Opening, open};

impl Steering<'_> {
    /// Opens the client's request, who is told its number. What the engineer's tags say goes before the desk's own rules.
    pub(super) fn open_for(&self, client: &EmailAddress, asks: &[Ask]) -> Decision {
        let requester = Participant { email: client.clone(), name: String::new(), proven: false };
        let proof = self.proof.to_string();
        let subject = self.subject_without_tags();
        let opening = Opening {
            who: self.actor(),
            proof: &proof,
            requester: Some(requester),
            subject: &subject,
            words: self.words(),
            kind: asks.iter().find_map(|ask| if let Ask::Kind(kind) = ask { Some(*kind) } else { None }),
            is_on_behalf: true,
        };
        let (mut decision, intake) = open(self.case, &opening);
        let Some(request) = decision.events.iter().fold(None, apply) else { return decision };
        let rest: Vec<Ask> = asks.iter().filter(|ask| !matches!(ask, Ask::OnBehalfOf(_))).cloned().collect();
        let (files, left_out) = self.case.files();
        let brings = Brings { words: self.words(), files: &files };
        // What was told by phone goes on to whoever is to solve it, and to nobody else.
        let is_for_team =
            rest.iter().any(|ask| matches!(ask, Ask::PassOn(Place::Team(t)) if self.desk.outside(t).is_some()));
        let asking = self.asking(is_for_team && !brings.words.is_empty());
        let mut execution = match execute(self.desk, &request, &rest, asking) {
            Ok(execution) => execution,
            Err(rejections) => return self.rejection(rejections, asks),
        };
        decision.reasons.push(format!("registered for {client}"));
        decision.words = Some(self.words().to_owned());
        decision.visibility = Visibility::Internal;
        let act = self.act(&proof);
        let follow_ups = act.follow_ups(&request, &execution, brings, false);
        decision.events.extend(act.changes(&request.number, &execution));
        let (assigned, turn) = intake.assign(self.case, self.desk, &execution.request);
        if let Some(after) = assigned.iter().fold(Some(execution.request.clone()), apply) {
            execution.request = after;
        }
        decision.events.extend(assigned);
        decision.turns.extend(turn.into_iter().chain(execution.added.turn.clone()).chain(follow_ups.turns));
        self.note_presence(&mut decision, asks);
        decision.events.extend(follow_ups.events);
        decision.letters.extend(follow_ups.letters);
        let brought = Brought { left_out, execution: asks, ..self.brought(&files) };
        decision.letters.extend(self.told_engineers(&execution, &request, News::Opened, brought));
        let writer = self.writer(Some(&execution.request));
        let grace = if execution.ends { self.desk.grace } else { 0 };
        decision.letters.extend(writer.for_requester("", &[], &execution.told, grace));
        let text = wording::receipt(&writer.reader(self.engineer), asks, None);
        let subject = wording::notification_subject(&execution.request);
        decision.letters.push(writer.for_author(LetterKind::Receipt, self.engineer, subject, text));
        decision
    }

    /// The subject as the client may read it: tags are cut from all that we send.
    fn subject_without_tags(&self) -> String {
        let tags = self.case.typed.subject.iter().filter(|bracket| matches!(bracket.answer, Answer::Asks(_)));
        let bare = tags.fold(self.case.subject.to_owned(), |subject, tag| subject.replacen(&tag.text, " ", 1));
        bare.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
