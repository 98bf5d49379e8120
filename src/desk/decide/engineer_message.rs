//! A proven engineer's message, and the letters that reply to it.

use crate::desk::basis::Basis;
use crate::desk::execute::Execution;
use crate::desk::news::{News, Rejection};
use crate::desk::own_signature::is_bare_signature;
use crate::desk::permission::button_asks;
use crate::desk::wording::{self, Brought, TagErrors, ToEngineer};
use crate::model::policy::Engineer;
use crate::model::{
    Ask, Bracket, Change, Decision, Disposition, Draft, Effect, Entry, Language, LetterKind, Request, SentFile,
    Unclear, Visibility, Words,
};

use super::case::{Case, kept};
use super::drafts::{Drafter, summary, with_all, with_last_exchange};
use super::follow_ups::Brings;
use super::reading::TagReading;

/// So many characters of a signature are shown in a reason.
const MOST_SHOWN: usize = 150;

/// A proven engineer's message.
#[derive(Clone, Copy)]
pub(super) struct EngineerMessage<'a> {
    /// The message and what is known of it.
    pub case: &'a Case<'a>,
    /// The basis, with the engineer and their proof, at the desk of the request that the message is about.
    pub basis: Basis<'a>,
    /// The engineer who wrote it.
    pub engineer: &'a Engineer,
    /// The request that it is about; `None` where it is about none.
    pub about: Option<&'a Request>,
}

impl EngineerMessage<'_> {
    /// The writer of letters about a request, or about none.
    pub(super) fn writer<'w>(&'w self, request: Option<&'w Request>) -> Drafter<'w> {
        match request {
            Some(request) => Drafter::about(&self.basis, request),
            None => Drafter::of_desk(&self.basis),
        }
    }

    /// The author's own words; where they cannot be told from quotes, everything that a reader would take for them.
    pub(super) fn words(&self) -> &str {
        match &self.case.understanding.typed.words {
            Words::Own(words) => words,
            Words::Unclear(_) => &self.case.understanding.reading.words,
        }
    }

    /// The author's own words with all of their brackets.
    fn as_typed(&self) -> &str {
        match self.case.understanding.typed.with_brackets.as_str() {
            "" => self.words(),
            words => words,
        }
    }

    /// What of the message was taken for a signature, as a reason; `None` where nothing was.
    pub(super) fn taken_for_signature(&self) -> Option<String> {
        let (learned, told) = (&self.case.understanding.typed.signature, &self.case.understanding.reading.signature);
        let signature = if learned.is_empty() { told } else { learned };
        let line = signature.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown: String = line.chars().take(MOST_SHOWN).collect();
        (!shown.is_empty()).then(|| format!("taken for a signature: {shown}"))
    }

    /// The words and files that come with the asks.
    pub(super) fn brings<'b>(&'b self, words: &'b str, files: &'b [SentFile]) -> Brings<'b> {
        let asks = |bracket: &Bracket| bracket.answer.asks().contains(&Ask::OnlyRequester);
        let typed = &self.case.understanding.typed;
        let only_requester = typed.subject.iter().chain(typed.body.counted.iter().map(|tag| &tag.bracket)).any(asks);
        Brings { words, files, addressed: &self.case.understanding.recipients.outsiders, only_requester }
    }

    /// Adds what buttons ask. What their mail says beside that is a note: a button speaks to nobody outside.
    pub(super) fn add_buttons(&self, reading: &mut TagReading) {
        let asks = button_asks(self.case.understanding, &self.basis, self.engineer, self.about);
        let is_pressed = !asks.is_empty();
        for (ask, is_good) in asks {
            match is_good {
                true => reading.asks.extend(Some(ask).filter(|ask| !reading.asks.contains(ask))),
                false => reading.rejections.push(Rejection::OldButton(ask)),
            }
        }
        let has_words = !self.words().trim().is_empty() && !is_bare_signature(self.engineer, self.words());
        if is_pressed && has_words && !reading.asks.contains(&Ask::Note) {
            reading.asks.push(Ask::Note);
        }
    }

    /// The effect that adds the message to a request.
    pub(super) fn entry(&self, visibility: Visibility) -> Effect {
        Effect::AddEntry(Entry { visibility, words: Some(self.words().to_owned()), aside: None })
    }

    /// How a yes sends the message after all, and to whom.
    fn yes_sends(&self, request: &Request) -> Option<String> {
        let (reader, asks) = (self.writer(Some(request)).reader(self.engineer), self.asks_of_yes());
        let yes = wording::yes_sends(&reader, &asks)?;
        let elsewhere = self.goes_elsewhere(request, &asks);
        Some(if elsewhere.is_empty() { yes } else { format!("{yes}\n\n{elsewhere}") })
    }

    /// Executes nothing, and explains in one letter what is wrong with the tags. The message is filed for engineers.
    pub(super) fn explain(&self, reading: &TagReading) -> Decision {
        let writer = self.writer(self.about);
        let wrong = TagErrors {
            subject: &self.case.incoming.subject_raw,
            understood: &reading.asks,
            errors: &reading.errors,
            rejections: &reading.rejections,
            words: self.as_typed(),
        };
        let reader = writer.reader(self.engineer);
        let asks_about = self.about.and_then(|request| self.sendable(request));
        let yes = self.about.filter(|_| asks_about.is_some()).and_then(|request| self.yes_sends(request));
        let text = wording::explanation(&reader, &wrong, yes);
        let subject = wording::explanation_subject(&reader);
        let letter = writer.for_author(LetterKind::Explanation, self.engineer, subject, text);
        let count = reading.errors.len() + reading.rejections.len();
        let mut decision = kept(Disposition::Ignored, &format!("nothing carried out, {count} of its tags explained"));
        let operator = ToEngineer { language: Language::En, ..reader };
        decision
            .reasons
            .extend(reading.errors.iter().map(|syntax_error| wording::syntax_error(&operator, syntax_error)));
        let desk = self.basis.desk;
        decision
            .reasons
            .extend(reading.rejections.iter().map(|rejection| wording::rejection(Language::En, desk, rejection)));
        if let Some(request) = self.about {
            decision.disposition = Disposition::Appended;
            decision.request = Some(request.number.clone());
            decision.change([self.basis.event(&request.number, Change::Noted)]);
            decision.effects.push(self.entry(Visibility::Internal));
        }
        decision.write([Draft { asks_about, ..letter }]);
        decision.effects.extend(self.replaced());
        decision
    }

    /// Returns the message to the engineer, because it cannot be seen where their own words end.
    pub(super) fn give_back(&self, request: &Request, unclear: Unclear) -> Decision {
        let writer = self.writer(Some(request));
        let reader = writer.reader(self.engineer);
        let asks_about =
            self.sendable(request).filter(|_| !matches!(unclear, Unclear::OurLetterAttached | Unclear::Encrypted));
        let yes = asks_about.and_then(|_| self.yes_sends(request));
        let understanding = self.case.understanding;
        let text = wording::not_sent(&reader, unclear, yes, &understanding.reading.words);
        let text = text + &wording::in_other_version(&reader, &understanding.typed.in_other_version);
        let subject = wording::explanation_subject(&reader);
        let why = match unclear {
            Unclear::NoCutLine => "it quotes something, and our line is gone",
            Unclear::BelowCutLine => "words stand among quoted ones, below our line",
            Unclear::NothingTyped => "it has neither words nor tags",
            Unclear::OnlySignature => "only a signature was left of it",
            Unclear::VersionsDiffer => "its plain text and its HTML say different things",
            Unclear::Encrypted => "it is encrypted",
            Unclear::OurLetterAttached => "and a letter of ours to an engineer is attached",
        };
        let reason = format!("its own words cannot be told from quoted ones ({why}): held and given back");
        let letter = writer.for_author(LetterKind::Explanation, self.engineer, subject, text);
        let mut decision = Decision { request: Some(request.number.clone()), ..kept(Disposition::Held, &reason) };
        decision.write([Draft { asks_about, ..letter }]);
        decision.effects.extend(self.replaced());
        decision
    }

    /// Executes nothing, and explains why these asks cannot be done.
    pub(super) fn rejection(&self, rejections: Vec<Rejection>, asks: &[Ask]) -> Decision {
        self.explain(&TagReading { asks: asks.to_vec(), rejections, ..TagReading::default() })
    }

    /// What letters to other engineers show of the message.
    pub(super) fn brought<'b>(&'b self, files: &'b [SentFile]) -> Brought<'b> {
        Brought {
            author: &self.engineer.full_name,
            is_by_engineer: true,
            words: self.words(),
            files,
            summary: summary(self.basis.facts),
            ..Brought::default()
        }
    }

    /// Notifications for the other engineers: an engineer who is given the request gets all of its files; the one who had it
    /// gets what was said.
    pub(super) fn told_engineers(
        &self,
        execution: &Execution,
        before: &Request,
        news: News,
        brought: Brought<'_>,
    ) -> Vec<Draft> {
        let after = execution.revision.request();
        let writer = self.writer(Some(after));
        let by = Some(self.engineer.name.clone());
        let is_named = brought.executed.iter().any(|ask| matches!(ask, Ask::Assign(_) | Ask::Take));
        let is_new_assignee = after.assignee.is_some() && after.assignee != before.assignee;
        let assigned = is_new_assignee.then(|| News::Assigned(by.clone().filter(|_| is_named)));
        let passed_on = (after.place != before.place && !(is_new_assignee && is_named)).then_some(News::PassedOn(by));
        let opened = Some(news.clone()).filter(|news| *news == News::Opened && !is_named);
        let is_given = assigned.is_some() || passed_on.is_some();
        let says_something = !brought.words.is_empty() || !brought.files.is_empty();
        let responsible = self.basis.roster(self.basis.desk).responsible(after);
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
        let facts = self.basis.facts;
        if is_given {
            return writer.notifications(&told, with_all(brought, facts));
        }
        writer.notifications(&told, with_last_exchange(brought, facts))
    }
}
