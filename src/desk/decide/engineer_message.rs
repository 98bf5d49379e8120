//! A proven engineer's message, and the letters that reply to it.

use crate::desk::basis::Basis;
use crate::desk::execute::Execution;
use crate::desk::news::{News, Rejection};
use crate::desk::wording::{self, Brought, TagErrors, ToEngineer};
use crate::model::policy::Engineer;
use crate::model::{
    Ask, Bracket, Change, Decision, Disposition, Draft, Effect, Entry, Language, LetterKind, Request, SentFile,
    Visibility, Words,
};

use super::case::{Case, kept};
use super::drafts::{Drafter, summary, with_all, with_last_exchange};
use super::follow_ups::Brings;
use super::reading::TagReading;

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

    /// The words and files that come with the asks.
    pub(super) fn brings<'b>(&'b self, words: &'b str, files: &'b [SentFile]) -> Brings<'b> {
        let asks = |bracket: &Bracket| bracket.answer.asks().contains(&Ask::OnlyRequester);
        let typed = &self.case.understanding.typed;
        let only_requester = typed.subject.iter().chain(typed.body.counted.iter().map(|tag| &tag.bracket)).any(asks);
        Brings { words, files, addressed: &self.case.understanding.recipients.outsiders, only_requester }
    }

    /// The effect that adds the message to a request.
    pub(super) fn entry(&self, visibility: Visibility) -> Effect {
        Effect::AddEntry(Entry { visibility, words: Some(self.words().to_owned()), aside: None })
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
        let yes = asks_about.and_then(|_| wording::yes_sends(&reader, &self.asks_of_yes()));
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

/// The most lines of a signature.
const SIGNATURE_LINES: usize = 8;

/// Longer lines are sentences, in characters.
const SIGNATURE_LINE: usize = 70;

/// What lines above the name in a signature say: whose support it is.
const OFFICES: [&str; 12] = [
    "служба",
    "отдел",
    "поддержк",
    "ооо",
    "ао",
    "компания",
    "support",
    "team",
    "department",
    "helpdesk",
    "ltd",
    "gmbh",
];

/// Whether words are nothing but a signature of this engineer: short lines, none of them a sentence, the first with their name or
/// address, but for those that name their office. A mail program that puts the signature above the quoted e-mail marks it by nothing.
pub(super) fn is_bare_signature(engineer: &Engineer, words: &str) -> bool {
    let lines: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let is_sentence = |line: &&str| line.ends_with(['.', '!', '?']) && line.split_whitespace().count() > 3;
    lines.iter().find(|line| !names_office(line)).is_some_and(|line| names(line, engineer))
        && lines.len() <= SIGNATURE_LINES
        && !lines.iter().any(|line| line.chars().count() > SIGNATURE_LINE || is_sentence(line))
}

/// Whether a line above a name says where its owner works.
fn names_office(line: &str) -> bool {
    let line = line.to_lowercase();
    let mut words = line.split(|c: char| !c.is_alphanumeric());
    words.any(|word| OFFICES.iter().any(|office| word == *office || office.len() > 4 && word.starts_with(office)))
}

/// Whether a line names an engineer: by the words of their name in any order, by surname and initial, or by their address.
fn names(line: &str, engineer: &Engineer) -> bool {
    let words_of = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let (said, name) = (words_of(line), words_of(&engineer.full_name));
    let is_said = |word: &String| said.contains(word);
    let has_initial = || {
        let initial = name.first().and_then(|first| first.chars().next()).map(String::from);
        name.len() > 1 && name.last().is_some_and(is_said) && initial.is_some_and(|initial| is_said(&initial))
    };
    let by_name = !name.is_empty() && name.iter().all(is_said);
    by_name || has_initial() || line.to_lowercase().contains(engineer.address.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::engineer;

    #[test]
    fn a_name_with_contacts_is_a_signature_and_words_are_none() {
        let ivanov = Engineer { full_name: "Иван Иванов".into(), ..engineer("ivanov") };
        for (words, is_bare) in [
            ("Иван Иванов\nИнженер поддержки\nтел. +7 900 000-00-00", true),
            ("Иван Иванов", true),
            ("Иван Иванов,\nООО «Пример»", true),
            ("Служба поддержки ООО «Пример»\nИванов Иван Петрович\n+7 900 000-00-00", true),
            ("И. Иванов\nинженер", true),
            ("Support team\nivanov@example.org", true),
            ("Иван Иванов\nЗаменили барабан, проверьте печать.", false),
            ("Позвоните Ивану Иванову", false),
            ("Служба поддержки\n+7 900 000-00-00", false),
            ("Заменили.\nИван Иванов", false),
            ("Готово\nИван Иванов", false),
            ("", false),
        ] {
            assert_eq!(is_bare_signature(&ivanov, words), is_bare, "{words:?}");
        }
    }
}
