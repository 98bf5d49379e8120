//! An engineer's reply to a letter that gave their words back, or said that they were kept for colleagues: a yes sends them, a no
//! drops them, and what is neither is sent to nobody unless it is clearly meant for the requester.

use std::collections::HashSet;

use crate::desk::plain_words::{Confirmation, confirmation};
use crate::desk::wording;
use crate::model::{
    Ask, BodyTags, Decision, Disposition, Effect, HeldMessage, Incoming, KeptMessage, LetterKind, ReceivedId, Request,
    Typed, Understanding, Words,
};

use super::case::{Case, kept};
use super::engineer::Reply;
use super::engineer_message::EngineerMessage;
use super::for_whom::{ForWhom, elsewhere};
use super::reading::TagReading;

impl EngineerMessage<'_> {
    /// What the message says to a question of ours.
    pub(super) fn confirmation(&self) -> Confirmation {
        let names: Vec<&str> = self.basis.desk.engineers.iter().map(|e| e.full_name.as_str()).collect();
        confirmation(self.words(), &names)
    }

    /// The message that the answered letter asks about, if this engineer wrote it, or the desk itself would have, and it still
    /// waits for an answer.
    pub(super) fn asked_about(&self) -> Option<&HeldMessage> {
        let is_own = |held: &&HeldMessage| {
            if self.basis.desk.is_own(&held.sender) {
                return true;
            }
            let named = self.basis.desks.iter().find_map(|desk| desk.engineer_at(&held.sender));
            named.is_some_and(|named| named.name == self.engineer.name)
        };
        self.basis.facts.answered.held.as_ref().filter(is_own)
    }

    /// Decides about a reply to a receipt or explanation that is no message for the requester; `None` where it is one.
    pub(super) fn reply_to_ours(&self, request: &Request, reading: &TagReading) -> Option<Decision> {
        let letter = self.basis.facts.thread.letter.as_ref()?;
        let gave_back = letter.kind == LetterKind::Explanation;
        if !gave_back && letter.kind != LetterKind::Receipt {
            return None;
        }
        let asked = self.asked_about();
        if gave_back && reading.asks == [Ask::Undo] {
            return asked.map(|held| self.drop(request, held));
        }
        let has_tags = !reading.asks.is_empty() || !reading.errors.is_empty();
        let said = self.confirmation();
        let is_answer = matches!(said, Confirmation::Yes | Confirmation::No);
        if has_tags && !is_answer || matches!(self.case.understanding.typed.words, Words::Unclear(_)) {
            return None;
        }
        match (said, asked) {
            _ if has_tags => Some(self.is_it_for_the_requester(request, asked)),
            (Confirmation::Yes, Some(_)) => Some(match &self.case.understanding.kept {
                Some(kept) => self.send_kept(request, kept, gave_back),
                None => self.is_it_for_the_requester(request, asked),
            }),
            (Confirmation::No, Some(held)) => Some(self.drop(request, held)),
            (Confirmation::Empty, Some(_)) if gave_back => Some(self.is_it_for_the_requester(request, asked)),
            (Confirmation::Empty, _) => None,
            (Confirmation::Other, Some(_)) if gave_back && !self.resembles_kept() => {
                Some(self.is_it_for_the_requester(request, asked))
            }
            (Confirmation::Other, _) => None,
            (Confirmation::Yes | Confirmation::No | Confirmation::Doubtful, _) => {
                Some(self.is_it_for_the_requester(request, asked))
            }
        }
    }

    /// Whether the words are those that were given back, corrected: half of them stand there.
    fn resembles_kept(&self) -> bool {
        let words = |text: &str| -> HashSet<String> {
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
        };
        let kept = self.case.understanding.kept.as_ref().map(|kept| words(&kept.typed.with_brackets));
        let own = words(self.words());
        kept.is_some_and(|kept| own.intersection(&kept).count() * 2 >= own.len())
    }

    /// Leaves the words unsent that the answered letter asks about, for good.
    fn drop(&self, request: &Request, held: &HeldMessage) -> Decision {
        let reason = format!("{} drops message {}: nothing of it is sent", self.engineer.name, held.id);
        Decision {
            request: Some(request.number.clone()),
            effects: vec![Effect::Settle(held.id)],
            ..kept(Disposition::Ignored, &reason)
        }
    }

    /// Sends nothing, and asks what is to become of the reply; of the words that the answered letter asks about, too.
    fn is_it_for_the_requester(&self, request: &Request, asked: Option<&HeldMessage>) -> Decision {
        let writer = self.writer(Some(request));
        let reader = writer.reader(self.engineer);
        let waiting = asked.and(self.case.understanding.kept.as_ref()).map(|kept| kept.typed.with_brackets.as_str());
        let about = if waiting.is_some() { asked.map(|held| held.id) } else { self.sendable(request) };
        let text = wording::no_clear_answer(&reader, self.words(), waiting);
        let subject = wording::explanation_subject(&reader);
        let mut letter = writer.for_author(LetterKind::Explanation, self.engineer, subject, text);
        letter.asks_about = about;
        let reason = "replies to a letter of ours with neither a clear yes nor words that are clearly for the requester: \
            nothing is sent";
        let mut decision = Decision { request: Some(request.number.clone()), ..kept(Disposition::Ignored, reason) };
        decision.write([letter]);
        decision
    }

    /// This message, if a yes could send it: it has words or files, and there is somebody to send them to.
    pub(super) fn sendable(&self, request: &Request) -> Option<ReceivedId> {
        let has_words = !self.words().trim().is_empty() || !self.case.incoming.attachments.is_empty();
        (has_words && request.requester().is_some()).then_some(self.case.received)
    }

    /// Sends what was given back or kept for colleagues. Of what was given back the tags of the subject are carried out, unless one
    /// of them was the reason; those of a note were carried out with it.
    fn send_kept(&self, request: &Request, kept: &KeptMessage, gave_back: bool) -> Decision {
        let (typed, reading) = (kept.typed.clone(), kept.reading.clone());
        let understanding = Understanding { typed, reading, ..self.case.understanding.clone() };
        let (subject_raw, attachments) = (kept.subject.clone(), kept.attachments.clone());
        let incoming = Incoming { subject_raw, attachments, ..self.case.incoming.clone() };
        let case = Case { received: kept.id, understanding: &understanding, incoming: &incoming, ..*self.case };
        let message = EngineerMessage { case: &case, ..*self };
        let asks = if gave_back { message.asks_of_yes() } else { Vec::new() };
        let files = case.files();
        let for_whom = ForWhom::Requester;
        let reply = Reply { words: message.words(), left_out: "", files: &files, answers: true, for_whom: &for_whom };
        let carried_out =
            message.carried_out(request, &asks, &reply).or_else(|_| message.carried_out(request, &[], &reply));
        match carried_out {
            Ok(mut decision) => {
                decision.reasons.push(format!("{} says yes: message {} is sent", self.engineer.name, kept.id));
                decision.effects.push(Effect::Settle(kept.id));
                decision
            }
            Err(rejections) => self.rejection(rejections, &asks),
        }
    }

    /// That a yes would send these words to the requesters of other requests, too, if these asks are carried out with them; empty where
    /// it would not.
    pub(super) fn goes_elsewhere(&self, request: &Request, asks: &[Ask]) -> String {
        let files = self.case.files();
        let for_whom = ForWhom::Requester;
        let reply = Reply { words: self.words(), left_out: "", files: &files, answers: true, for_whom: &for_whom };
        let Ok(decision) = self.carried_out(request, asks, &reply) else { return String::new() };
        let reader = self.writer(Some(request)).reader(self.engineer);
        wording::goes_to_others(&reader, request, &elsewhere(request, &decision))
    }

    /// The tags of the subject that a yes carries out: all of them, or none where one of them is wrong.
    pub(super) fn asks_of_yes(&self) -> Vec<Ask> {
        let typed = &self.case.understanding.typed;
        let subject = Typed { body: BodyTags::default(), ..typed.clone() };
        let reading = TagReading::of(&subject);
        let is_wrong = !reading.errors.is_empty() || !reading.rejections.is_empty() || self.other_request().is_some();
        let is_carried_out = |ask: &Ask| !matches!(ask, Ask::Note | Ask::Send | Ask::Undo);
        if is_wrong { Vec::new() } else { reading.asks.into_iter().filter(is_carried_out).collect() }
    }
}
