//! Decides about messages of proven engineers: all of their tags are executed or none, and their words are passed on.

use crate::desk::conflicts::conflicts;
use crate::desk::execute::{Execution, execute, is_internal};
use crate::desk::likeness::explained_key;
use crate::desk::news::{Kept, News, Rejection};
use crate::desk::own_signature::{ending, is_bare_signature, signature_digest};
use crate::desk::plain_words::Confirmation;
use crate::desk::revision::Revision;
use crate::desk::wording::{self, Brought};
use crate::model::{
    Answer, Ask, Change, Decision, Disposition, Draft, Effect, EmailAddress, Entry, LetterKind, Request, RequestNumber,
    SentFile, Tally, TallyKind, Unclear, Visibility, Words,
};

use super::absence;
use super::case::{Case, kept};
use super::control;
use super::drafts::{Drafter, with_correspondence};
use super::engineer_message::EngineerMessage;
use super::follow_ups::follow_ups;
use super::for_whom::ForWhom;
use super::held;
use super::new_request::new_request;
use super::reading::{TagReading, UNKNOWN_BRACKET, unknown};

/// How many explanations an engineer gets in 24 hours; of what is not sent beyond them they get a list an hour.
const MOST_EXPLANATIONS: u32 = 30;

/// How often the same words are explained within ten minutes: a robot that answers each explanation falls silent.
const MOST_ALIKE: u32 = 3;

/// Files what an engineer's mail program sent automatically, without effect, whatever its subject says.
pub(super) fn automatic(case: &Case<'_>, about: Option<&Request>) -> Decision {
    let sign = case.understanding.automatic.first().map(ToString::to_string).unwrap_or_default();
    let reason = format!("automatic ({sign}): kept, without effect");
    let Some(request) = about else { return kept(Disposition::Ignored, &reason) };
    let sender = case.sender();
    let event = case.basis.by(&sender, "none").event(&request.number, Change::AppendedAutomatic);
    let effects = vec![Effect::Change(event), Effect::AddEntry(Entry::internal())];
    Decision { request: Some(request.number.clone()), effects, ..kept(Disposition::Appended, &reason) }
}

impl EngineerMessage<'_> {
    /// Decides about the engineer's message.
    pub(super) fn decide(&self) -> Decision {
        let mut decision = self.decided();
        let is_explanation =
            |effect: &Effect| matches!(effect, Effect::Write(letter) if letter.kind == LetterKind::Explanation);
        let is_explained = decision.effects.iter().any(is_explanation);
        let sender = &self.basis.facts.sender;
        let (is_robot, is_listed) =
            (sender.explained_lately >= MOST_ALIKE, sender.explanations_day >= MOST_EXPLANATIONS);
        if !is_explained {
            return decision;
        }
        if is_robot || is_listed {
            decision.effects.retain(|effect| !is_explanation(effect));
        }
        let tally = |kind, key| Tally { kind, key, at: self.basis.now };
        match (is_robot, is_listed) {
            (true, _) => {
                let reason = format!("not explained: the same words were, {MOST_ALIKE} times within ten minutes");
                decision.reasons.push(reason);
            }
            (false, true) => {
                let reason =
                    format!("not sent, and listed within the hour: {MOST_EXPLANATIONS} were explained within a day");
                decision.reasons.push(reason);
                decision.effects.push(Effect::ListLater(self.engineer.name.clone()));
                decision.count([tally(TallyKind::Unexplained, String::new())]);
            }
            (false, false) => {
                let key = explained_key(self.case.understanding);
                decision.count(key.map(|key| tally(TallyKind::Explanation, key)));
            }
        }
        decision
    }

    fn decided(&self) -> Decision {
        let is_confirmed = self.basis.facts.sender.confirmed_by.is_some();
        if let Some(request) = self.about.filter(|_| !is_confirmed && self.is_absence_note()) {
            return self.hold_absence_note(request);
        }
        if self.answers_digest() {
            let mut decision = self.digest_answer();
            decision.reasons.insert(0, format!("from engineer {}: {}", self.engineer.name, self.basis.proof));
            return decision;
        }
        let mut reading = TagReading::of(&self.case.understanding.typed);
        self.add_buttons(&mut reading);
        reading.rejections.extend(self.other_request().map(Rejection::OtherRequest));
        let mut set_apart = Vec::new();
        if self.about.is_some() && !reading.asks.contains(&Ask::Note) {
            let (typed, subject) = (&self.case.understanding.typed, &self.case.incoming.subject_raw);
            set_apart = unknown(typed, subject, &self.basis.desk.ignored_brackets);
            reading.errors.extend(set_apart.iter().cloned());
        }
        let answered = self.basis.facts.thread.letter.as_ref();
        let answers_question = answered.is_some_and(|letter| letter.kind == LetterKind::Question);
        let is_wrong = !reading.errors.is_empty() || !reading.rejections.is_empty();
        if answers_question && !is_wrong {
            return self.confirm(&reading.asks);
        }
        let to_us = self.about.and_then(|request| self.reply_to_ours(request, &reading));
        let mut decision = if let Some(decision) = to_us {
            decision
        } else if is_wrong {
            self.explain(&reading)
        } else if let Some(request) = self.about {
            self.execute(request, &reading.asks)
        } else {
            self.open(&reading.asks)
        };
        decision.reasons.extend(set_apart.iter().map(|unknown| format!("{UNKNOWN_BRACKET}{}", unknown.text)));
        decision.reasons.insert(0, format!("from engineer {}: {}", self.engineer.name, self.basis.proof));
        decision
    }

    /// A request number that the engineer typed, if it is not that of the request at hand: then neither words nor tags must go
    /// to the wrong one. A single number may lead to this request from one that was moved or merged.
    pub(super) fn other_request(&self) -> Option<RequestNumber> {
        let request = self.about?;
        let named = self.case.understanding.typed.subject.iter().filter_map(|bracket| match &bracket.answer {
            Answer::Reference(number, _) => Some(number),
            Answer::NotMine | Answer::Asks(_) | Answer::SyntaxError { .. } => None,
        });
        let mut named: Vec<&RequestNumber> = named.collect();
        named.dedup();
        match named.as_slice() {
            [_] if self.basis.facts.thread.is_by_number() => None,
            named => named.iter().find(|number| ***number != request.number).map(|number| (*number).clone()),
        }
    }

    /// Decides about the answer to a question about a message in this engineer's name.
    fn confirm(&self, asks: &[Ask]) -> Decision {
        let said = match asks {
            [] => self.confirmation(),
            [Ask::Undo] => Confirmation::No,
            _ => Confirmation::Other,
        };
        held::answered(self.case, &self.writer(None), self.engineer, self.asked_about(), said)
    }

    /// What was given back before is replaced by the message that answers it.
    pub(super) fn replaced(&self) -> Option<Effect> {
        self.asked_about().map(|held| Effect::Settle(held.id))
    }

    /// Decides about a message that belongs to no request.
    fn open(&self, asks: &[Ask]) -> Decision {
        let client = asks.iter().find(|ask| matches!(ask, Ask::OnBehalfOf(_) | Ask::OnBehalfOfCaller(_)));
        let conflicts = conflicts(asks);
        match client {
            Some(_) if !conflicts.is_empty() => self.rejection(conflicts, asks),
            Some(client) => self.open_for(Some(client), &[], asks),
            None if let Some(possible) = self.possible_requesters().filter(|_| opens(asks)) => match &possible[..] {
                [client] => self.open_for(Some(&Ask::OnBehalfOf(client.clone())), &[], asks),
                several => self.open_for(None, several, asks),
            },
            None if asks.is_empty() => new_request(self.case),
            None if absence::is_all(asks) => self.absence(asks),
            None if asks == [Ask::Undo] && self.basis.facts.answered.undoable.is_some() => self.undo(None, asks),
            None if asks.iter().all(|ask| matches!(ask, Ask::Released(_))) => self.release(asks),
            None => self.rejection(asks.iter().cloned().map(Rejection::NoRequest).collect(), asks),
        }
    }

    /// Whether the message forwards another one within its text.
    fn forwards(&self) -> bool {
        let answers = self.basis.facts.thread.letter.is_some();
        !answers && self.case.incoming.forwarded.iter().any(|mail| !mail.is_attached)
    }

    /// Decides about a message that belongs to a request.
    fn execute(&self, request: &Request, asks: &[Ask]) -> Decision {
        if *asks == [Ask::Undo] {
            return self.undo(Some(request), asks);
        }
        let for_whom = self.for_whom(request, asks);
        let is_inside = matches!(for_whom, ForWhom::Inside(_));
        let words = match &self.case.understanding.typed.words {
            // Its file would reach the requester instead of words.
            _ if self.case.incoming.is_encrypted() && !is_inside => {
                return self.give_back(request, Unclear::Encrypted);
            }
            // The words above a forwarded mail are about it, and were hardly meant for the requester.
            Words::Own(_) if self.forwards() && !asks.contains(&Ask::Note) => {
                return self.give_back(request, Unclear::NoCutLine);
            }
            Words::Own(_) if self.forwards() => self.case.understanding.reading.words.as_str(),
            Words::Own(words) => words.as_str(),
            Words::Unclear(Unclear::VersionsDiffer) => return self.give_back(request, Unclear::VersionsDiffer),
            // In a note, engineers may read everything that the message quotes.
            Words::Unclear(_) if is_inside => self.case.understanding.reading.words.as_str(),
            Words::Unclear(unclear) => return self.give_back(request, *unclear),
        };
        let mut files = self.case.files();
        let is_bare = is_bare_signature(self.engineer, words);
        let (words, left_out) = if is_bare { ("", words) } else { (words, "") };
        if words.is_empty() && (is_bare || !self.case.understanding.reading.signature.is_empty()) {
            // The logo of a signature.
            files.retain(|file| !file.inline);
        }
        if let (true, false, Some(requester)) = (words.is_empty(), is_inside, request.requester()) {
            files = self.writer(Some(request)).new_for(&requester.email, &files);
        }
        let has_words = !words.is_empty() || !files.is_empty();
        if !has_words && absence::is_all(asks) {
            return self.absence(asks);
        }
        if let Some(rejection) = self.past_day(asks) {
            return self.rejection(vec![rejection], asks);
        }
        if is_bare && files.is_empty() && asks.is_empty() {
            return self.give_back(request, Unclear::OnlySignature);
        }
        if !has_words && asks.is_empty() {
            // An answer written below a letter that the mail program quotes without marks and in another form looks like this.
            let is_below = self.case.understanding.reading.quoted.is_empty() && !self.case.incoming.text.is_empty();
            return self.give_back(request, if is_below { Unclear::BelowCutLine } else { Unclear::NothingTyped });
        }
        if has_words && for_whom == ForWhom::Asked {
            return self.ask_for_whom(request, words);
        }
        if *asks == [Ask::Split] {
            return self.split(request, words, &files);
        }
        let answers = has_words && !is_inside && !is_internal(self.basis.desk, asks);
        // A mail program that repeats itself types no tags.
        let may_be_robot = has_words && asks.is_empty();
        if may_be_robot && self.repeats() {
            return self.hold_repeated(request);
        }
        let reply = Reply { words, left_out, files: &files, answers, for_whom: &for_whom };
        match self.carried_out(request, asks, &reply) {
            Ok(decision) if answers && let Some(question) = self.ask_first(request, &for_whom, words, &decision) => {
                question
            }
            Ok(mut decision) => {
                decision.effects.extend(self.repeat_tally(request).filter(|_| may_be_robot));
                decision
            }
            Err(rejections) => self.rejection(rejections, asks),
        }
    }

    /// Executes asks, and passes on what the message says beside them. The error says why the asks cannot be executed.
    pub(super) fn carried_out(
        &self,
        request: &Request,
        asks: &[Ask],
        reply: &Reply<'_>,
    ) -> Result<Decision, Vec<Rejection>> {
        let has_words = !reply.words.is_empty() || !reply.files.is_empty();
        let mut revision = Revision::of(request);
        let kept = reply.for_whom.kept();
        if has_words {
            revision.change(&self.basis, if reply.answers { Change::Answered } else { self.noted(kept) });
        }
        let mut executed = asks.to_vec();
        if has_words && kept.is_some() && !asks.contains(&Ask::Note) {
            executed.push(Ask::Note);
        }
        let execution = execute(&self.basis, revision, &executed, has_words)?;
        Ok(self.executed(request, &execution, asks, reply))
    }

    /// Decides what follows from executed asks: the events, and all letters that tell of them.
    fn executed(&self, before: &Request, execution: &Execution, asks: &[Ask], reply: &Reply<'_>) -> Decision {
        let Reply { words, left_out, files, answers, for_whom } = *reply;
        let visibility = if answers { Visibility::Correspondence } else { Visibility::Internal };
        let follow_ups = follow_ups(&self.basis, before, execution, self.brings(words, files), answers);
        let mut decision = Decision::about(before.number.clone(), Vec::new());
        decision.change(execution.revision.events().iter().cloned());
        decision.change(execution.other_ends.iter().cloned());
        decision.effects.push(Effect::AddEntry(Entry { visibility, words: Some(words.to_owned()), aside: None }));
        decision.effects.extend(execution.turn.clone().map(Effect::TakeTurn));
        decision.effects.extend(self.absence_effects(asks));
        if follow_ups.answered > 0 {
            decision.reasons.push(format!("answered along with it: {}", follow_ups.answered));
        }
        if !left_out.is_empty() {
            decision.reasons.push("all its words were taken for the signature of its author".to_owned());
        }
        decision.reasons.extend(self.taken_for_signature());
        if let Some((_, ending)) = ending(words, self.engineer) {
            decision.effects.push(Effect::Ended(self.engineer.name.clone(), signature_digest(ending)));
        }
        if !asks.is_empty() {
            let done: Vec<String> = asks.iter().map(ToString::to_string).collect();
            decision.reasons.push(format!("carried out: {}", done.join("; ")));
        }
        let writer = self.writer(Some(execution.revision.request()));
        let grace = if execution.ends { self.basis.desk.grace } else { 0 };
        self.tell_requester(&mut decision, execution, &writer, reply);
        if answers && !asks.contains(&Ask::OnlyRequester) {
            decision.write(self.not_named(writer.copies_of_answer(self.engineer, words, files, grace)));
        }
        let has_words = !words.is_empty() || !files.is_empty();
        let kept = for_whom.kept().filter(|_| has_words && !answers);
        let name = self.engineer.name.clone();
        let news = match kept {
            Some(Kept::WithThirdParties(people)) => News::WithThirdParties(name, people.clone()),
            _ if answers => News::Answered(name),
            _ => News::Noted(name),
        };
        let brought = Brought { words, executed: asks, ..self.brought(files) };
        let notifications = self.told_engineers(execution, before, news, brought);
        let told: Vec<String> = notifications.iter().filter_map(|letter| self.full_name(letter)).collect();
        decision.write(notifications);
        let is_far_reaching = execution.moved_to.is_some() || execution.handover.is_some() || follow_ups.answered > 0;
        let is_far_reaching = is_far_reaching || asks.contains(&Ask::History);
        let taken = self.taken_meanwhile().filter(|_| answers);
        if kept.is_some() || taken.is_some() || !asks.is_empty() && (!has_words || execution.ends || is_far_reaching) {
            let language = writer.reader(self.engineer).language;
            let mut further = follow_ups.for_receipt(language, execution);
            further.extend(taken);
            further.extend(kept.map(|kept| wording::kept(language, before, kept, &self.named_readers(), &told)));
            further
                .extend(Some(left_out).filter(|text| !text.is_empty()).map(|text| wording::left_out(language, text)));
            let receipt = self.receipt(&writer, asks, execution, &further);
            let asks_about = self.sendable(before).filter(|_| kept.is_some() || !left_out.is_empty());
            decision.write([Draft { asks_about, ..receipt }]);
        }
        if answers {
            let given_back = self.basis.facts.answered.given_back.iter();
            decision.effects.extend(given_back.map(|message| Effect::Settle(*message)));
        }
        decision.effects.extend(follow_ups.effects);
        let written: Vec<EmailAddress> = decision.letters().map(|letter| letter.to.clone()).collect();
        decision.write(self.tell_others(execution, &written));
        control::tell(&self.basis, before, &execution.revision, &mut decision);
        decision
    }

    /// Writes to the requester. If they have got the message already, the letter tells only what it has changed.
    fn tell_requester(&self, decision: &mut Decision, execution: &Execution, writer: &Drafter<'_>, reply: &Reply<'_>) {
        let is_addressed = *reply.for_whom == ForWhom::RequesterHasThem;
        if reply.answers && is_addressed {
            decision.reasons.push("its author has written to the requester directly: not sent again".to_owned());
        }
        let is_relayed = reply.answers && !is_addressed;
        let (words, files) = if is_relayed { (reply.words, reply.files) } else { ("", &[][..]) };
        let grace = if execution.ends { self.basis.desk.grace } else { 0 };
        let is_new = execution.revision.events().iter().any(|e| matches!(e.change, Change::RequesterSet { .. }));
        match writer.for_requester(Some(self.engineer), words, files, &execution.told, grace) {
            Some(letter) => decision.write([letter]),
            None if is_new => decision.write(writer.acknowledgement()),
            None if is_relayed => decision.reasons.push("nobody is known to whom the answer could go".to_owned()),
            None => {}
        }
    }

    fn receipt(&self, writer: &Drafter<'_>, asks: &[Ask], execution: &Execution, further: &[String]) -> Draft {
        let subject = wording::notification_subject(execution.revision.request());
        let has_grace = execution.ends && self.basis.desk.grace > 0 && !execution.told.is_empty();
        let grace = has_grace.then_some(self.basis.desk.grace);
        let reader = writer.reader(self.engineer);
        let text = match &execution.moved_to {
            Some(_) => wording::moved(&reader, further),
            None => wording::receipt_with_details(&reader, asks, grace, further),
        };
        let receipt = writer.for_author(LetterKind::Receipt, self.engineer, subject, text);
        match asks.contains(&Ask::History) {
            true => with_correspondence(&reader, self.engineer, receipt, self.basis.facts),
            false => receipt,
        }
    }
}

/// Whether a message with these asks may open a request: they are about none other, nor about the engineer.
fn opens(asks: &[Ask]) -> bool {
    !asks.iter().any(|ask| matches!(ask, Ask::Undo | Ask::Released(_) | Ask::Away(_) | Ask::Back | Ask::History))
}

/// What an engineer's message says beside its tags.
#[derive(Clone, Copy)]
pub(super) struct Reply<'a> {
    pub words: &'a str,
    /// What was taken for a signature without words, and is not sent.
    pub left_out: &'a str,
    pub files: &'a [SentFile],
    /// Whether the words are for the requester.
    pub answers: bool,
    /// For whom they are, where there are any.
    pub for_whom: &'a ForWhom,
}
