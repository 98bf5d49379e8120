//! Drafts the letters that follow from changes: to the requester, to watchers, to engineers, to external teams.

use jiff::civil::Date;

use crate::desk::basis::{Basis, Keys};
use crate::desk::calendar::{after, day_of};
use crate::desk::copies;
use crate::desk::execute::Handover;
use crate::desk::language::language_of_desk;
use crate::desk::news::{News, Told};
use crate::desk::roster::Roster;
use crate::desk::wording::{self, Brought, Extent, Registered, ToCustomer, ToEngineer, ToTeam};
use crate::model::policy::{Desk, Engineer};
use crate::model::{
    Ask, Draft, EmailAddress, Facts, Language, LetterKind, Link, NamedAddress, Phase, PictureHad, Request,
    RequestFacts, RequestNumber, Said, SentFile, ShortName, Timestamp,
};

/// Drafts the letters of one desk about a request, which is as it is after the change that they tell of; or about no request.
#[derive(Clone, Copy)]
pub(super) struct Drafter<'a> {
    pub desk: &'a Desk,
    /// All desks of the installation.
    pub desks: &'a [Desk],
    pub roster: Roster<'a>,
    pub request: Option<&'a Request>,
    pub keys: Keys<'a>,
    /// Who has had which of the pictures of the message that is decided about, as far as the request's readers go.
    pub pictures: &'a [PictureHad],
    /// The time of the decision.
    pub now: Timestamp,
}

impl<'a> Drafter<'a> {
    /// The writer for a request's desk.
    pub(super) fn about(basis: &Basis<'a>, request: &'a Request) -> Self {
        let is_about = basis.facts.thread.about().is_some_and(|about| about.number == request.number);
        let pictures = if is_about { basis.facts.request.pictures.as_slice() } else { &[] };
        Self { request: Some(request), pictures, ..Self::of(basis, basis.desk_of(&request.number)) }
    }

    /// The writer of the desk that decides, for letters about no request.
    pub(super) fn of_desk(basis: &Basis<'a>) -> Self {
        Self::of(basis, basis.desk)
    }

    fn of(basis: &Basis<'a>, desk: &'a Desk) -> Self {
        let (desks, roster) = (basis.desks, basis.roster(desk));
        Self { desk, desks, roster, request: None, keys: basis.keys, pictures: &[], now: basis.now }
    }

    /// The files that a reader gets of these: all but embedded pictures that they have had already.
    pub(super) fn new_for(&self, reader: &EmailAddress, files: &[SentFile]) -> Vec<SentFile> {
        let has_had = |file: &SentFile| self.pictures.iter().any(|had| had.who == *reader && had.sha256 == file.sha256);
        files.iter().filter(|file| !(file.inline && has_had(file))).cloned().collect()
    }

    /// A draft with neither subject nor text.
    pub(super) fn draft(&self, kind: LetterKind, to: &EmailAddress, language: Language) -> Draft {
        Draft {
            kind,
            request: self.request.map(|request| request.number.clone()),
            from: NamedAddress { name: self.desk.name_in(language).to_owned(), address: self.desk.address.to_string() },
            to: to.clone(),
            engineer: None,
            subject: String::new(),
            preheader: String::new(),
            text: String::new(),
            blocks: Vec::new(),
            history: None,
            formed: Vec::new(),
            links: Vec::new(),
            signature: String::new(),
            language,
            files: Vec::new(),
            grace: 0,
            automatic: true,
            asks_about: None,
        }
    }

    /// The letter that tells the requester of changes; `None` where nobody can be written to, or there is nothing to say.
    pub(super) fn notice(&self, told: &[Told], grace: u32) -> Option<Draft> {
        self.for_requester(None, "", &[], told, grace)
    }

    /// The letter that brings an engineer's words to the requester, and tells what they change; without words only the change.
    /// `None` where nobody can be written to, or there is nothing to say. `by` is the engineer, where it is one who wrote.
    pub(super) fn for_requester(
        &self,
        by: Option<&Engineer>,
        words: &str,
        files: &[SentFile],
        told: &[Told],
        grace: u32,
    ) -> Option<Draft> {
        let request = self.request?;
        let to = &request.requester()?.email;
        let customer =
            ToCustomer { by, closes_on: self.closes_on(request, grace), ..ToCustomer::about(self.desk, request) };
        let files = self.new_for(to, files);
        let is_answer = !words.is_empty() || !files.is_empty();
        if !is_answer && told.is_empty() {
            return None;
        }
        let kind = if is_answer { LetterKind::Answer } else { LetterKind::Notice };
        let text = if is_answer { wording::answer(&customer, words, told) } else { wording::notice(&customer, told) };
        let links = wording::links(&customer, &|ask, body| (self.keys.url)(&request.number, to, ask, body));
        Some(Draft {
            subject: wording::letter_subject(request.language, &request.number, Some(&request.subject)),
            text: wording::with_hint_at_links(&customer, text, &links),
            links,
            signature: wording::signature(self.desk, request.language),
            files,
            grace,
            automatic: !is_answer,
            ..self.draft_by(by.filter(|_| is_answer), kind, to, request.language)
        })
    }

    /// A draft with neither subject nor text, from an engineer.
    fn draft_by(&self, by: Option<&Engineer>, kind: LetterKind, to: &EmailAddress, language: Language) -> Draft {
        let letter = self.draft(kind, to, language);
        let name = wording::customers_sender(self.desk, language, by);
        Draft { from: NamedAddress { name, ..letter.from }, ..letter }
    }

    /// The day on which silence closes the request, if it is answered by a letter that waits so many seconds.
    fn closes_on(&self, request: &Request, grace: u32) -> Option<Date> {
        let is_answered = request.standing.phase == Phase::Completed;
        let span = self.desk.close_after.filter(|_| is_answered)?;
        let calendar = &self.desk.calendar;
        Some(day_of(calendar, after(calendar, self.now.plus_seconds(grace.into()), span)))
    }

    /// The letter that asks a participant for the words of their encrypted message.
    pub(super) fn for_encrypted(&self, to: &EmailAddress) -> Option<Draft> {
        let request = self.request?;
        let language = request.language;
        Some(Draft {
            subject: wording::letter_subject(language, &request.number, Some(&request.subject)),
            text: wording::encrypted(language, &request.number),
            signature: wording::signature(self.desk, language),
            ..self.draft(LetterKind::Notice, to, language)
        })
    }

    /// Copies for watchers who are no engineers; the author of the words gets none.
    pub(super) fn copies(
        &self,
        author: Option<&EmailAddress>,
        name: &str,
        words: &str,
        files: &[SentFile],
    ) -> Vec<Draft> {
        let Some(request) = self.request else { return Vec::new() };
        self.watching(request, author)
            .into_iter()
            .map(|to| self.copy(request, to, (name, None), words, files))
            .collect()
    }

    /// The watchers who are no engineers, without the author of the words and the requester.
    fn watching<'r>(&self, request: &'r Request, author: Option<&EmailAddress>) -> Vec<&'r EmailAddress> {
        let is_outside = |watcher: &&EmailAddress| {
            self.desk.engineer_at(watcher).is_none()
                && Some(*watcher) != author
                && request.requester().is_none_or(|requester| requester.email != **watcher)
        };
        request.watchers.iter().filter(is_outside).collect()
    }

    fn copy(
        &self,
        request: &Request,
        to: &EmailAddress,
        (name, by): (&str, Option<&Engineer>),
        words: &str,
        files: &[SentFile],
    ) -> Draft {
        let customer = ToCustomer { by, ..ToCustomer::about(self.desk, request) };
        Draft {
            subject: wording::letter_subject(request.language, &request.number, Some(&request.subject)),
            text: wording::copy(&customer, name, words),
            signature: wording::signature(self.desk, request.language),
            files: self.new_for(to, files),
            automatic: false,
            ..self.draft_by(by, LetterKind::Answer, to, request.language)
        }
    }

    /// The letter that tells its number to somebody who has become the requester.
    pub(super) fn acknowledgement(&self) -> Option<Draft> {
        let request = self.request?;
        let to = &request.requester()?.email;
        let (language, subject) =
            (request.language, Some(request.subject.as_str()).filter(|subject| !subject.is_empty()));
        Some(Draft {
            subject: wording::acknowledgement_subject(language, &request.number, subject),
            text: wording::acknowledgement(
                self.desk,
                language,
                &Registered { quoted: subject, ..Registered::new(&request.number) },
            ),
            signature: wording::signature(self.desk, language),
            ..self.draft(LetterKind::Acknowledgement, to, language)
        })
    }

    /// Copies of an engineer's words to the requester, for watchers and for people in copy. As in the letter to the requester, an
    /// engineer is named only if they wrote their name or have one for customers; the copies wait as long as that letter.
    pub(super) fn copies_of_answer(
        &self,
        engineer: &Engineer,
        words: &str,
        files: &[SentFile],
        grace: u32,
    ) -> Vec<Draft> {
        let Some(request) = self.request else { return Vec::new() };
        let mut readers = self.watching(request, Some(&engineer.address));
        readers.extend(copies::of_request(self.desk, request).into_iter().map(|person| &person.email));
        let name = wording::customers_sender(self.desk, request.language, Some(engineer));
        let copy = |to| Draft { grace, ..self.copy(request, to, (&name, Some(engineer)), words, files) };
        readers.into_iter().map(copy).collect()
    }

    /// The letter that passes a request on to an external team.
    pub(super) fn for_team(&self, handover: &Handover, said: &[Said], words: &str, files: &[SentFile]) -> Draft {
        let desk = self.desk;
        let language = language_of_desk(desk);
        let files = self.new_for(&handover.address, files);
        let to_team = ToTeam {
            language,
            request: self.request,
            tells_requester: desk.teams.iter().any(|team| team.name == handover.team && team.tell_requester),
        };
        Draft {
            subject: self.request.map_or_else(String::new, wording::notification_subject),
            text: wording::handover(&to_team, said, words, &files),
            signature: wording::signature(desk, language),
            files,
            automatic: false,
            ..self.draft(LetterKind::Handover, &handover.address, language)
        }
    }

    /// A notification for each of these engineers, with the news for them; each engineer gets one at most.
    pub(super) fn notifications(&self, told: &[(&Engineer, News)], brought: Brought<'_>) -> Vec<Draft> {
        let mut readers: Vec<(&Engineer, Vec<News>)> = Vec::new();
        for (engineer, news) in told {
            match readers.iter_mut().find(|(known, _)| known.name == engineer.name) {
                Some((_, all)) if all.contains(news) => {}
                Some((_, all)) => all.push(news.clone()),
                None => readers.push((engineer, vec![news.clone()])),
            }
        }
        readers.into_iter().map(|(engineer, news)| self.notification(engineer, &news, brought)).collect()
    }

    /// A notification for each of these engineers that nothing has happened for too long, or that a deadline comes near.
    pub(super) fn reminders(&self, told: &[(&Engineer, News)]) -> Vec<Draft> {
        let letters = self.notifications(told, Brought::default()).into_iter();
        letters.map(|letter| Draft { kind: LetterKind::Reminder, ..letter }).collect()
    }

    fn notification(&self, engineer: &Engineer, news: &[News], brought: Brought<'_>) -> Draft {
        let kind = if news.iter().all(News::is_note) { LetterKind::Note } else { LetterKind::Notification };
        let assignee = self.request.and_then(|request| request.assignee.as_ref());
        let new = self.new_for(&engineer.address, brought.files);
        let left_out = u32::try_from(brought.files.len() - new.len()).unwrap_or(u32::MAX);
        let files = new_to(engineer, Brought { files: &new, ..brought });
        let away = assignee.and_then(|name| self.roster.absence(name));
        let brought = Brought { away, files: &files, left_out, ..brought };
        let reader = self.reader(engineer);
        let buttons = self.request.map(|request| self.buttons(engineer, request)).unwrap_or_default();
        let (text, blocks) = wording::notification(&reader, news, &brought, &buttons);
        let letter = self.for_engineer(kind, engineer);
        let from = NamedAddress { name: wording::sender_name(&reader, self.desks, news, &brought), ..letter.from };
        Draft {
            from,
            preheader: wording::preheader(&reader, news, &brought, &text),
            text,
            blocks,
            history: wording::history(&reader, brought.history, brought.extent),
            files: files.clone(),
            automatic: [brought.words, brought.signature, brought.earlier, brought.subject.unwrap_or_default()]
                .iter()
                .all(|text| text.is_empty()),
            ..letter
        }
    }

    /// The buttons with which an engineer acts on a request without an answer.
    pub(super) fn buttons(&self, engineer: &Engineer, request: &Request) -> Vec<Link> {
        let (desk, number) = (self.desk, &request.number);
        let language = language_of_engineer(desk, engineer);
        let present = self.roster.present(request.place.as_ref());
        let url = |ask: &Ask, body: &str| (self.keys.button)(number, &engineer.name, ask, body);
        let asks = wording::buttons(desk, request, &engineer.name, &present);
        asks.iter().map(|ask| wording::button(desk, language, number, ask, &url)).collect()
    }

    /// A receipt, explanation or question with this text, for the engineer who wrote the message.
    pub(super) fn for_author(&self, kind: LetterKind, engineer: &Engineer, subject: String, text: String) -> Draft {
        let letter = Draft { subject, text, ..self.for_engineer(kind, engineer) };
        match kind {
            LetterKind::Explanation | LetterKind::Question => self.not_sent(engineer, letter, None),
            _ => Draft { preheader: wording::first_words(&letter.text), ..letter },
        }
    }

    /// The letter as one that gives its reader's message back, about this request if it is about none itself.
    pub(super) fn not_sent(&self, engineer: &Engineer, letter: Draft, about: Option<&RequestNumber>) -> Draft {
        let name = wording::unsent_name(&self.reader(engineer), about.or(letter.request.as_ref()));
        let preheader = wording::unsent_preheader(letter.language, &letter.text);
        Draft { from: NamedAddress { name, ..letter.from }, preheader, ..letter }
    }

    /// A letter about the request to an engineer, without text.
    fn for_engineer(&self, kind: LetterKind, engineer: &Engineer) -> Draft {
        let subject = self.request.map_or_else(String::new, wording::notification_subject);
        let draft = self.draft(kind, &engineer.address, language_of_engineer(self.desk, engineer));
        let from = NamedAddress { name: wording::desk_name(&self.reader(engineer)), ..draft.from };
        Draft { engineer: Some(engineer.name.clone()), from, subject, ..draft }
    }

    /// Whom a letter to this engineer addresses, and about which request.
    pub(super) fn reader(&self, engineer: &Engineer) -> ToEngineer<'a> {
        ToEngineer { desk: self.desk, request: self.request, language: language_of_engineer(self.desk, engineer) }
    }

    /// The engineers who are told what happens in the request: the responsible ones and the watchers, except the author.
    pub(super) fn audience(&self, author: Option<&ShortName>) -> Vec<&'a Engineer> {
        let Some(request) = self.request else { return Vec::new() };
        let watching = request.watchers.iter().filter_map(|watcher| self.desk.engineer_at(watcher));
        let mut audience: Vec<&Engineer> = Vec::new();
        for engineer in self.roster.responsible(request).into_iter().chain(watching) {
            let is_known = audience.iter().any(|known| known.name == engineer.name);
            if !is_known && author != Some(&engineer.name) {
                audience.push(engineer);
            }
        }
        audience
    }
}

/// The files of a message, and those of the request before it that the reader has not had.
fn new_to(engineer: &Engineer, brought: Brought<'_>) -> Vec<SentFile> {
    let has_had = |file: &&SentFile| {
        brought.had.iter().any(|(name, digest)| *name == engineer.name && *digest == file.sha256)
            || brought.files.iter().any(|new| new.sha256 == file.sha256)
    };
    brought.earlier_files.iter().filter(|file| !has_had(file)).chain(brought.files).cloned().collect()
}

/// What a letter brings to somebody who is given the request: all of it.
pub(super) fn with_all<'a>(brought: Brought<'a>, facts: &'a Facts) -> Brought<'a> {
    let RequestFacts { history, files, had, .. } = &facts.request;
    Brought { history, extent: Extent::Whole, earlier_files: files, had, ..brought }
}

/// What a letter brings with new words: what they answer.
pub(super) fn with_last_exchange<'a>(brought: Brought<'a>, facts: &'a Facts) -> Brought<'a> {
    Brought { history: &facts.request.history, extent: Extent::LastExchange, ..brought }
}

/// A letter to an engineer with the whole correspondence, and the files that they have not had.
pub(super) fn with_correspondence(to: &ToEngineer<'_>, engineer: &Engineer, letter: Draft, facts: &Facts) -> Draft {
    let brought = Brought { extent: Extent::Asked, ..with_all(Brought::default(), facts) };
    let history = wording::history(to, brought.history, brought.extent);
    Draft { history, files: new_to(engineer, brought), automatic: false, ..letter }
}

fn language_of_engineer(desk: &Desk, engineer: &Engineer) -> Language {
    engineer.language.unwrap_or_else(|| language_of_desk(desk))
}

/// The opening words of the request, and the number of its messages including the one that is told of; `None` for a new
/// request.
pub(super) fn summary(facts: &Facts) -> Option<(&str, u32)> {
    facts.request.summary.as_ref().map(|(words, count)| (words.as_str(), count.saturating_add(1)))
}
