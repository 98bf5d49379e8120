//! Messages of proven engineers: their tags are carried out all or none, their words passed on.

use crate::desk::execute::{Asking, Execution, execute};
use crate::desk::conflicts::conflicts;
use crate::desk::news::{Rejection, News};
use crate::desk::wording::{self, Brought, ToEngineer, TagErrors};
use crate::model::policy::{Desk, Engineer};
use crate::model::{
    Actor, Answer, Ask, Change, Decision, Disposition, Draft, Event, HeldMessage, Language, LetterKind, Proof, Request,
    RequestNumber, SentFile, Unclear, Visibility, Words,
};

use super::follow_ups::{Act, Brings};
use super::drafts::{Writer, summary};
use super::held;
use super::new_request::new_request;
use super::absence;
use super::reading::TagReading;
use super::{Case, kept};

/// What an engineer's program sends by itself: kept, without effect, whatever its subject says.
pub(super) fn automatic(case: &Case<'_>, about: Option<&Request>) -> Decision {
    let sign = case.claims.automatic.first().map(ToString::to_string).unwrap_or_default();
    let reason = format!("automatic ({sign}): kept, without effect");
    let Some(request) = about else { return kept(Disposition::Ignored, &reason) };
    let number = &request.number;
    Decision {
        request: Some(number.clone()),
        events: vec![case.event(number, case.sender(), "none", Change::AppendedAutomatic)],
        visibility: Visibility::Internal,
        ..kept(Disposition::Appended, &reason)
    }
}

/// Explanations to one engineer in 24 hours: a robot that answers each of them falls silent here.
const MOST_EXPLANATIONS: u32 = 30;

/// A proven engineer's message.
#[derive(Clone, Copy)]
pub(super) struct Steering<'a> {
    pub case: &'a Case<'a>,
    pub desk: &'a Desk,
    pub engineer: &'a Engineer,
    pub proof: &'a Proof,
    /// The request that it is about.
    pub about: Option<&'a Request>,
}

impl Steering<'_> {
    pub(super) fn decide(&self) -> Decision {
        let mut decision = self.decided();
        let is_explained = decision.letters.iter().any(|letter| letter.kind == LetterKind::Explanation);
        if is_explained && self.case.facts.explanations_day >= MOST_EXPLANATIONS {
            decision.letters.retain(|letter| letter.kind != LetterKind::Explanation);
            decision.reasons.push(format!("not explained: that was done {MOST_EXPLANATIONS} times within a day"));
        }
        decision
    }

    fn decided(&self) -> Decision {
        let mut reading = TagReading::of(self.case.typed);
        reading.rejections.extend(self.other_request().map(Rejection::OtherRequest));
        let answers_question = matches!(&self.case.facts.answered_letter, Some(l) if l.kind == LetterKind::Question);
        let is_wrong = !reading.errors.is_empty() || !reading.rejections.is_empty();
        if answers_question && !is_wrong {
            return self.confirm(&reading.asks);
        }
        let mut decision = if is_wrong {
            self.explain(&reading)
        } else if let Some(request) = self.about {
            self.steer(request, &reading)
        } else {
            self.open(&reading)
        };
        decision.reasons.insert(0, format!("from engineer {}: {}", self.engineer.name, self.proof));
        decision
    }

    /// A number that the engineer typed and that is not the one of the request at hand: neither words nor tags may go astray. A
    /// single number may lead here from a request that was moved or merged.
    fn other_request(&self) -> Option<RequestNumber> {
        let request = self.about?;
        let named = self.case.typed.subject.iter().filter_map(|bracket| match &bracket.answer {
            Answer::Reference(number, _) => Some(number),
            Answer::NotMine | Answer::Asks(_) | Answer::SyntaxError { .. } => None,
        });
        let mut named: Vec<&RequestNumber> = named.collect();
        named.dedup();
        let is_found_by_number = self.case.facts.signed.is_none() && self.case.facts.answered.is_none();
        match named.as_slice() {
            [_] if is_found_by_number => None,
            named => named.iter().find(|number| ***number != request.number).map(|number| (*number).clone()),
        }
    }

    /// The answer to a question about a message that names this engineer as its sender.
    fn confirm(&self, asks: &[Ask]) -> Decision {
        let is_his = |held: &&HeldMessage| {
            let named = self.case.desks.iter().find_map(|desk| desk.engineer_at(&held.sender));
            named.is_some_and(|named| named.name == self.engineer.name)
        };
        let held = self.case.facts.held.as_ref().filter(is_his);
        held::answered(self.case, &self.writer(None), self.engineer, held, asks, self.words())
    }

    pub(super) fn actor(&self) -> Actor {
        Actor::Engineer(self.engineer.name.clone())
    }

    pub(super) fn event(&self, request: &Request, change: Change) -> Event {
        self.case.event(&request.number, self.actor(), &self.proof.to_string(), change)
    }

    pub(super) fn writer<'w>(&'w self, request: Option<&'w Request>) -> Writer<'w> {
        Writer { desk: self.desk, request, keys: self.case.keys }
    }

    /// The author's own words; where they cannot be told apart, all that a reader would take for them.
    pub(super) fn words(&self) -> &str {
        match self.case.words {
            Words::Own(words) => words,
            Words::Unclear(_) => &self.case.incoming.reply_text,
        }
    }

    /// Nothing is done, and one letter says why; the message is kept for engineers' eyes.
    fn explain(&self, reading: &TagReading) -> Decision {
        let writer = self.writer(self.about);
        let wrong = TagErrors {
            subject: &self.case.incoming.subject_raw,
            understood: &reading.asks,
            errors: &reading.errors,
            rejections: &reading.rejections,
            words: self.words(),
        };
        let reader = writer.reader(self.engineer);
        let text = wording::explanation(&reader, &wrong);
        let subject = wording::explanation_subject(&reader);
        let letter = writer.for_author(LetterKind::Explanation, self.engineer, subject, text);
        let count = reading.errors.len() + reading.rejections.len();
        let mut decision = kept(Disposition::Ignored, &format!("nothing carried out, {count} of its tags explained"));
        let operator = ToEngineer { language: Language::En, ..reader };
        decision.reasons.extend(reading.errors.iter().map(|syntax_error| wording::syntax_error(&operator, syntax_error)));
        decision.reasons.extend(reading.rejections.iter().map(|rejection| wording::rejection(Language::En, self.desk, rejection)));
        if let Some(request) = self.about {
            decision.disposition = Disposition::Appended;
            decision.request = Some(request.number.clone());
            decision.events.push(self.event(request, Change::Noted));
            decision.visibility = Visibility::Internal;
            decision.words = Some(self.words().to_owned());
        }
        decision.letters.push(letter);
        decision
    }

    pub(super) fn rejection(&self, rejections: Vec<Rejection>, asks: &[Ask]) -> Decision {
        self.explain(&TagReading { asks: asks.to_vec(), rejections, ..TagReading::default() })
    }

    /// Nothing says where the engineer's own words end: they are given back.
    fn give_back(&self, request: Option<&Request>, unclear: Unclear) -> Decision {
        let writer = self.writer(request);
        let reader = writer.reader(self.engineer);
        let text = wording::given_back(&reader, unclear, &self.case.incoming.reply_text);
        let subject = wording::explanation_subject(&reader);
        let why = match unclear {
            Unclear::NoCutLine => "it quotes something, and our line is gone",
            Unclear::BelowCutLine => "words stand among quoted ones, below our line",
            Unclear::OurLetterAttached => "and a letter of ours to an engineer is attached",
        };
        let reason = format!("its own words cannot be told from quoted ones ({why}): held and given back");
        Decision {
            request: request.map(|request| request.number.clone()),
            letters: vec![writer.for_author(LetterKind::Explanation, self.engineer, subject, text)],
            ..kept(Disposition::Held, &reason)
        }
    }

    /// A message that is about no request.
    fn open(&self, reading: &TagReading) -> Decision {
        let client =
            reading.asks.iter().find_map(|ask| if let Ask::OnBehalfOf(client) = ask { Some(client) } else { None });
        let conflicts = conflicts(&reading.asks);
        match client {
            Some(_) if !conflicts.is_empty() => self.rejection(conflicts, &reading.asks),
            Some(client) => self.open_for(client, &reading.asks),
            None if reading.asks.is_empty() => new_request(self.case),
            None if absence::is_all(&reading.asks) => self.absence(&reading.asks),
            None if reading.asks == [Ask::Undo] && self.case.facts.undoable.is_some() => self.undo(None, &reading.asks),
            None if reading.asks.iter().all(|ask| matches!(ask, Ask::Released(_))) => self.release(&reading.asks),
            None => self.rejection(reading.asks.iter().cloned().map(Rejection::NoRequest).collect(), &reading.asks),
        }
    }

    pub(super) fn asking(&self, has_words: bool) -> Asking<'_> {
        Asking {
            engineer: Some(&self.engineer.name),
            address: Some(&self.engineer.address),
            has_words,
            facts: self.case.facts,
        }
    }

    /// A message about a request.
    fn steer(&self, request: &Request, reading: &TagReading) -> Decision {
        let asks = &reading.asks;
        if asks.contains(&Ask::Undo) && asks.len() == 1 {
            return self.undo(Some(request), asks);
        }
        let words = match self.case.words {
            Words::Own(words) => words.as_str(),
            // Engineers may read a note with all that it quotes.
            Words::Unclear(_) if asks.contains(&Ask::Note) => self.case.incoming.reply_text.as_str(),
            Words::Unclear(unclear) => return self.give_back(Some(request), *unclear),
        };
        let (files, _) = self.case.files();
        let has_words = !words.is_empty() || !files.is_empty();
        if !has_words && absence::is_all(asks) {
            return self.absence(asks);
        }
        if let Some(rejection) = self.past_day(asks) {
            return self.rejection(vec![rejection], asks);
        }
        if !has_words && asks.is_empty() {
            // An answer below a letter that its program quotes without marks looks like this.
            return self.give_back(Some(request), Unclear::BelowCutLine);
        }
        match execute(self.desk, request, asks, self.asking(has_words)) {
            Ok(execution) => self.execution(request, &execution, asks, words, &files),
            Err(rejections) => self.rejection(rejections, asks),
        }
    }

    fn execution(&self, request: &Request, execution: &Execution, asks: &[Ask], words: &str, files: &[SentFile]) -> Decision {
        let has_words = !words.is_empty() || !files.is_empty();
        let answers = has_words && !execution.is_note;
        let is_addressed = self.has_addressed_requester(request);
        let mut decision = Decision {
            request: Some(request.number.clone()),
            visibility: if answers { Visibility::Correspondence } else { Visibility::Internal },
            words: Some(words.to_owned()),
            ..Decision::of(Disposition::Appended)
        };
        if has_words {
            let change = if answers { Change::Answered } else { Change::Noted };
            decision.events.push(self.event(request, change));
        }
        let proof = self.proof.to_string();
        let act = self.act(&proof);
        let follow_ups = act.follow_ups(request, execution, Brings { words, files }, answers);
        decision.events.extend(act.changes(&request.number, execution));
        decision.turns.extend(execution.added.turn.clone());
        decision.turns.extend(follow_ups.turns.iter().cloned());
        self.note_presence(&mut decision, asks);
        if follow_ups.answered > 0 {
            decision.reasons.push(format!("answered along with it: {}", follow_ups.answered));
        }
        if !asks.is_empty() {
            let done: Vec<String> = asks.iter().map(ToString::to_string).collect();
            decision.reasons.push(format!("carried out: {}", done.join("; ")));
        }
        let writer = self.writer(Some(&execution.request));
        let grace = if execution.ends { self.desk.grace } else { 0 };
        let relayed = answers && !is_addressed;
        let (relayed_words, relayed_files) = if relayed { (words, files) } else { ("", &[][..]) };
        if answers && is_addressed {
            decision.reasons.push("its author has written to the requester directly: not sent again".to_owned());
        }
        match writer.for_requester(relayed_words, relayed_files, &execution.told, grace) {
            Some(letter) => decision.letters.push(letter),
            None if relayed => decision.reasons.push("nobody is known to whom the answer could go".to_owned()),
            None => {}
        }
        if answers {
            decision.letters.extend(writer.copies_of_answer(self.engineer, words, files, grace));
        }
        let name = self.engineer.name.clone();
        let news = if answers { News::Answered(name) } else { News::Noted(name) };
        let brought = Brought { words, execution: asks, ..self.brought(files) };
        decision.letters.extend(self.told_engineers(execution, request, news, brought));
        let is_far_reaching = execution.moved_to.is_some() || execution.handover.is_some() || follow_ups.answered > 0;
        if !asks.is_empty() && (!has_words || execution.ends || is_far_reaching) {
            let further = act.for_receipt(writer.reader(self.engineer).language, execution, &follow_ups);
            decision.letters.push(self.receipt(&writer, asks, execution, grace, &further));
        }
        decision.events.extend(follow_ups.events);
        decision.letters.extend(follow_ups.letters);
        decision
    }

    /// What this engineer does, for what follows beyond the request.
    pub(super) fn act<'b>(&'b self, proof: &'b str) -> Act<'b> {
        Act {
            desks: self.case.desks,
            desk: self.desk,
            engineer: Some(self.engineer),
            proof,
            received: Some(self.case.received),
            addressed: &self.case.claims.outsiders,
            facts: self.case.facts,
            keys: self.case.keys,
            now: self.case.now,
        }
    }

    /// Whether the requester has got the message already.
    fn has_addressed_requester(&self, request: &Request) -> bool {
        request.requester().is_some_and(|requester| self.case.claims.outsiders.contains(&requester.email))
    }

    fn receipt(&self, writer: &Writer<'_>, asks: &[Ask], execution: &Execution, grace: u32, further: &[String]) -> Draft {
        let subject = wording::notification_subject(&execution.request);
        let grace = Some(grace).filter(|grace| *grace > 0 && !execution.told.is_empty());
        let reader = writer.reader(self.engineer);
        let text = match &execution.moved_to {
            Some(_) => wording::moved(&reader, further),
            None => wording::receipt_of_more(&reader, asks, grace, further),
        };
        writer.for_author(LetterKind::Receipt, self.engineer, subject, text)
    }

    pub(super) fn brought<'b>(&'b self, files: &'b [SentFile]) -> Brought<'b> {
        Brought {
            author: &self.engineer.full_name,
            words: self.words(),
            files,
            left_out: 0,
            summary: summary(self.case.facts),
            execution: &[],
        }
    }

    /// The other engineers: who got the request now learns that with all its files; who had it, what was said.
    pub(super) fn told_engineers(
        &self,
        execution: &Execution,
        before: &Request,
        news: News,
        brought: Brought<'_>,
    ) -> Vec<Draft> {
        let writer = self.writer(Some(&execution.request));
        let after = &execution.request;
        let by = Some(self.engineer.name.clone());
        let is_named = brought.execution.iter().any(|ask| matches!(ask, Ask::Assign(_) | Ask::Take));
        let is_new_assignee = after.assignee.is_some() && after.assignee != before.assignee;
        let assigned = is_new_assignee.then(|| News::Assigned(by.clone().filter(|_| is_named)));
        let passed_on = (after.place != before.place && !(is_new_assignee && is_named)).then_some(News::PassedOn(by));
        let opened = Some(news.clone()).filter(|news| *news == News::Opened && !is_named);
        let is_given = assigned.is_some() || passed_on.is_some();
        let says_something = !brought.words.is_empty() || !brought.files.is_empty();
        let responsible = self.desk.responsible(&execution.request);
        let told: Vec<(&Engineer, News)> = writer
            .audience(Some(&self.engineer.name))
            .into_iter()
            .flat_map(|engineer| {
                let is_responsible = responsible.iter().any(|r| r.name == engineer.name);
                let is_assignee = after.assignee.as_ref() == Some(&engineer.name);
                let given = [opened.clone(), passed_on.clone(), assigned.clone().filter(|_| is_assignee)];
                let given: Vec<News> = given.into_iter().flatten().filter(|_| is_given && is_responsible).collect();
                let said = Some(news.clone()).filter(|_| given.is_empty() && says_something);
                given.into_iter().chain(said).map(move |news| (engineer, news))
            })
            .collect();
        if !is_given {
            return writer.notifications(&told, brought);
        }
        let files: Vec<SentFile> = self.case.facts.files.iter().chain(brought.files).cloned().collect();
        writer.notifications(&told, Brought { files: &files, ..brought })
    }
}
