//! Words that an engineer's mail program repeats by itself: an absence note that bears no sign of one. Two of them go to the
//! requester, whose own absence note may have called them up.

use crate::desk::likeness::repeat_key;
use crate::desk::plain_words::announces_absence;
use crate::desk::wording;
use crate::model::{AutomaticSign, Decision, Disposition, Draft, Effect, LetterKind, Request, Tally, TallyKind};

use super::case::kept;
use super::engineer_message::EngineerMessage;

/// How often the same words are passed on, where each time they came within a minute of our letter.
const MOST_REPEATS: u32 = 2;

impl EngineerMessage<'_> {
    /// Whether the message came within a minute of our letter to its author, as a mail program answers.
    fn is_prompt(&self) -> bool {
        self.basis.facts.request.repeats.is_round(self.case.accepted_at)
    }

    /// Whether these words are held, since a mail program seems to repeat them.
    pub(super) fn repeats(&self) -> bool {
        self.is_prompt() && self.basis.facts.request.repeats.rounds >= MOST_REPEATS
    }

    /// Whether the message is an absence note: its subject, as far as it is not that of the request, says so, and it came at once or
    /// its first lines say so too.
    pub(super) fn is_absence_note(&self) -> bool {
        let understanding = self.case.understanding;
        let is_sign = |sign: &AutomaticSign| matches!(sign, AutomaticSign::Subject(_));
        understanding.own_subject.is_some()
            && understanding.automatic.iter().any(is_sign)
            && (self.is_prompt() || announces_absence(&understanding.reading.words))
    }

    /// Holds an absence note, and tells its author once a day that a yes sends it.
    pub(super) fn hold_absence_note(&self, request: &Request) -> Decision {
        let reason = "taken for an absence note: held, a yes sends it";
        let mut decision = Decision { request: Some(request.number.clone()), ..kept(Disposition::Held, reason) };
        decision.effects.extend(self.tally(request));
        if self.basis.facts.request.repeats.rounds == 0 {
            let writer = self.writer(Some(request));
            let reader = writer.reader(self.engineer);
            let text = wording::taken_for_absence_note(&reader, self.words());
            let subject = wording::notification_subject(request);
            let letter = writer.for_author(LetterKind::Receipt, self.engineer, subject, text);
            decision.write([Draft { asks_about: self.sendable(request), ..letter }]);
        }
        decision
    }

    /// What is counted of a message whose words are passed on, or held as repeated.
    pub(super) fn repeat_tally(&self, request: &Request) -> Option<Effect> {
        self.tally(request).filter(|_| self.is_prompt())
    }

    fn tally(&self, request: &Request) -> Option<Effect> {
        let key = repeat_key(&request.number, self.case.understanding)?;
        Some(Effect::Count(Tally { kind: TallyKind::Round, key, at: self.basis.now }))
    }

    /// Holds repeated words, and tells their author of it once.
    pub(super) fn hold_repeated(&self, request: &Request) -> Decision {
        let rounds = self.basis.facts.request.repeats.rounds;
        let reason = format!("held: the same words as {rounds} times before, each within a minute of our e-mail");
        let mut decision = Decision { request: Some(request.number.clone()), ..kept(Disposition::Held, &reason) };
        decision.effects.extend(self.repeat_tally(request));
        if rounds == MOST_REPEATS {
            let writer = self.writer(Some(request));
            let reader = writer.reader(self.engineer);
            let text = wording::not_sent_again(&reader, self.words());
            let subject = wording::explanation_subject(&reader);
            let letter = writer.for_author(LetterKind::Explanation, self.engineer, subject, text);
            decision.write([Draft { asks_about: self.sendable(request), ..letter }]);
        }
        decision
    }
}
