//! An engineer's answer to a digest: each line is carried out for its request by itself, with one receipt.

use crate::desk::basis::Basis;
use crate::desk::news::Rejection;
use crate::desk::wording::{self, Carried};
use crate::model::{
    Answer, Ask, Decision, Disposition, Effect, Facts, LetterKind, ListedLine, Place, Request, RequestNumber,
    SyntaxError,
};

use super::case::kept;
use super::engineer::Reply;
use super::engineer_message::EngineerMessage;
use super::for_whom::ForWhom;

/// What the lines about one request ask.
struct Asked {
    request: RequestNumber,
    asks: Vec<Ask>,
    errors: Vec<SyntaxError>,
}

impl EngineerMessage<'_> {
    /// Whether the message answers a digest.
    pub(super) fn answers_digest(&self) -> bool {
        let answered = self.basis.facts.thread.letter.as_ref();
        self.about.is_none() && answered.is_some_and(|letter| letter.kind == LetterKind::Digest)
    }

    /// Carries out the lines of an answer to a digest: those about one request all or none, whatever becomes of the others.
    pub(super) fn digest_answer(&self) -> Decision {
        let typed = &self.case.understanding.typed;
        let brackets = typed.subject.iter().chain(typed.body.counted.iter().map(|tag| &tag.bracket));
        let about_none: Vec<Ask> = brackets.flat_map(|bracket| bracket.answer.asks()).cloned().collect();
        if !about_none.is_empty() {
            return self.rejection(about_none.iter().cloned().map(Rejection::NoRequest).collect(), &about_none);
        }
        let asked = by_request(&typed.listed);
        if asked.is_empty() {
            return self.rejection(vec![Rejection::NoLines], &[]);
        }
        let mut decision = kept(Disposition::Ignored, "answers a digest, line by line");
        let mut carried = Vec::new();
        for asked in asked {
            carried.push(match self.line(&asked, &decision) {
                Ok((after, done)) => {
                    let named = |reason| format!("{}: {reason}", after.number);
                    decision.reasons.extend(done.reasons.into_iter().map(named));
                    decision.effects.extend(done.effects.into_iter().filter(|effect| !self.is_of_one_message(effect)));
                    Carried::Done(Box::new(after), asked.asks)
                }
                Err(why) => {
                    decision.reasons.push(format!("{}: nothing carried out", asked.request));
                    Carried::Refused(asked.request, why)
                }
            });
        }
        let grace = decision.letters().filter(|letter| letter.engineer.is_none()).map(|letter| letter.grace).max();
        let writer = self.writer(None);
        let (reader, grace) = (writer.reader(self.engineer), grace.filter(|grace| *grace > 0));
        let (subject, text) = wording::digest_receipt(&reader, &carried, grace, self.says_more());
        decision.write([writer.for_author(LetterKind::Receipt, self.engineer, subject, text)]);
        decision
    }

    /// Carries out what is asked of one request, and returns it as it is then; the error says why nothing was done. What
    /// lines above have changed was decided without this one, so it is left alone.
    fn line(&self, asked: &Asked, before: &Decision) -> Result<(Request, Decision), Vec<String>> {
        let reader = self.writer(None).reader(self.engineer);
        let in_words = |rejection: &Rejection| wording::rejection(reader.language, self.basis.desk, rejection);
        let refused = |rejections: &[Rejection]| rejections.iter().map(in_words).collect::<Vec<_>>();
        let listed = self.basis.facts.named.listed.iter().find(|(request, _)| request.number == asked.request);
        let Some((request, facts)) = listed else {
            return Err(refused(&[Rejection::NotListed(asked.request.clone())]));
        };
        if !asked.errors.is_empty() {
            return Err(asked.errors.iter().map(|error| wording::syntax_error(&reader, error)).collect());
        }
        if before.events().any(|event| event.request == request.number) {
            return Err(refused(&[Rejection::ChangedAbove]));
        }
        let mut own = asked.asks.iter().filter(|ask| !is_for_lists(ask)).cloned().map(Rejection::NotInList).peekable();
        if asked.asks.is_empty() || own.peek().is_some() {
            let own: Vec<Rejection> = own.collect();
            return Err(refused(if own.is_empty() { &[Rejection::NoLines] } else { &own }));
        }
        let done = self.about_listed(request, facts, &asked.asks).map_err(|why| refused(&why))?;
        let mut after = request.clone();
        done.events().for_each(|event| after.apply(event));
        Ok((after, done))
    }

    fn about_listed(&self, request: &Request, facts: &Facts, asks: &[Ask]) -> Result<Decision, Vec<Rejection>> {
        let basis = Basis { facts, desk: self.basis.desk_of(&request.number), ..self.basis };
        let message = EngineerMessage { basis, about: Some(request), ..*self };
        let for_whom = ForWhom::Requester;
        let reply = Reply { words: "", left_out: "", files: &[], answers: false, for_whom: &for_whom };
        message.carried_out(request, asks, &reply)
    }

    /// Whether an effect belongs to a message about one request: its entry, and its own receipt.
    fn is_of_one_message(&self, effect: &Effect) -> bool {
        match effect {
            Effect::AddEntry(_) => true,
            Effect::Write(letter) => {
                letter.kind == LetterKind::Receipt && letter.engineer.as_ref() == Some(&self.engineer.name)
            }
            _ => false,
        }
    }

    /// Whether the message has other words beside its lines.
    fn says_more(&self) -> bool {
        let is_line = |line: &str| line.trim().starts_with('[') && line.trim().ends_with(']');
        self.case.understanding.typed.with_brackets.lines().any(|line| !line.trim().is_empty() && !is_line(line))
    }
}

/// What is asked of each request, in the order of the lines.
fn by_request(lines: &[ListedLine]) -> Vec<Asked> {
    let mut all: Vec<Asked> = Vec::new();
    for ListedLine { request, answer } in lines {
        let (asks, errors) = match answer {
            Answer::Asks(asks) => (asks.clone(), Vec::new()),
            Answer::SyntaxError { asks, errors } => (asks.clone(), errors.clone()),
            Answer::NotMine | Answer::Reference(..) => (Vec::new(), Vec::new()),
        };
        match all.iter_mut().find(|known| known.request == *request) {
            Some(known) => {
                known.asks.extend(asks);
                known.errors.extend(errors);
            }
            None => all.push(Asked { request: request.clone(), asks, errors }),
        }
    }
    all
}

/// Whether an ask needs neither words nor the letter about its request.
fn is_for_lists(ask: &Ask) -> bool {
    match ask {
        Ask::PassOn(place) => !matches!(place, Place::Desk(_)),
        Ask::Status(_)
        | Ask::Close
        | Ask::Reopen
        | Ask::Assign(_)
        | Ask::Take
        | Ask::Kind(_)
        | Ask::Priority(_)
        | Ask::Plan
        | Ask::Release(_)
        | Ask::Decline
        | Ask::Watch(_)
        | Ask::Unwatch(_)
        | Ask::Spam
        | Ask::Duplicate(_)
        | Ask::Link(_)
        | Ask::Requester(_) => true,
        Ask::Released(_)
        | Ask::Note
        | Ask::Send
        | Ask::OnlyRequester
        | Ask::OnBehalfOf(_)
        | Ask::OnBehalfOfCaller(_)
        | Ask::History
        | Ask::Split
        | Ask::Undo
        | Ask::Away(_)
        | Ask::Back => false,
    }
}
