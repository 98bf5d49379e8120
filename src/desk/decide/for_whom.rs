//! For whom an engineer's words are: by the people whom the message names, by what it answers, and by its tags. What is not
//! clearly for the requester is kept for colleagues, or its author is asked once.

use crate::desk::calendar::local;
use crate::desk::execute::{Execution, is_internal};
use crate::desk::news::{Kept, News};
use crate::desk::readers::{Purpose, purpose};
use crate::desk::wording::{self, Brought};
use crate::model::policy::{Desk, Engineer};
use crate::model::{
    Ask, Change, Decision, Disposition, Draft, EmailAddress, Event, Inside, LetterKind, NamedAddress, Place, Request,
    RequestNumber,
};

use super::case::kept;
use super::engineer_message::EngineerMessage;

/// Where more engineers were told of a request, nobody is written to about who has taken it; it stands in their digests.
pub const MOST_TOLD: usize = 5;

/// For whom the words of an engineer's message are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ForWhom {
    /// For the requester, to whom they are sent.
    Requester,
    /// For the requester, who has got them from the engineer.
    RequesterHasThem,
    /// For engineers only.
    Inside(Kept),
    /// Perhaps for the requester: the engineer is asked.
    Asked,
}

impl ForWhom {
    /// Why the words are kept for engineers; `None` where they are not.
    pub(super) fn kept(&self) -> Option<&Kept> {
        if let Self::Inside(kept) = self { Some(kept) } else { None }
    }
}

impl EngineerMessage<'_> {
    /// For whom the words of the message are, if it has words. A yes to our question says that they are for the requester.
    pub(super) fn for_whom(&self, request: &Request, asks: &[Ask]) -> ForWhom {
        let is_sent = asks.contains(&Ask::Send);
        let is_confirmed = self.basis.facts.sender.confirmed_by.is_some();
        let speaks = asks.iter().any(|ask| speaks_to_requester(self.basis.desk, ask));
        let named = purpose(self.case.incoming, self.engineer, self.basis.desks, self.basis.desk, request);
        let inside = self.basis.facts.answered.inside;
        let answers_note = inside == Some(Inside::Colleagues);
        // Plain words may be for those whom they answer.
        let answers_outsiders = inside == Some(Inside::Outsiders) && !speaks && !is_internal(self.basis.desk, asks);
        let kept = match named {
            Purpose::WithThirdParties => Some(Kept::WithThirdParties(self.third_parties())),
            _ if asks.contains(&Ask::Note) => Some(Kept::Tagged(self.case.understanding.typed.body.note_at)),
            Purpose::Note => Some(Kept::ToColleagues),
            Purpose::Answer | Purpose::Unclear if answers_note => Some(Kept::AnswersNote),
            Purpose::Answer | Purpose::Answered | Purpose::Unclear => None,
        };
        match (named, kept) {
            (_, Some(kept)) if asks.contains(&Ask::Note) => ForWhom::Inside(kept),
            (_, Some(Kept::AnswersNote)) if is_sent || speaks => asked_unless(is_confirmed),
            (_, Some(_)) if is_sent => ForWhom::Requester,
            (_, Some(_)) if speaks => asked_unless(is_confirmed),
            (_, Some(kept)) => ForWhom::Inside(kept),
            (Purpose::Answered, None) => ForWhom::RequesterHasThem,
            (Purpose::Unclear, None) if !is_sent => asked_unless(is_confirmed),
            (_, None) if answers_outsiders && !is_sent => asked_unless(is_confirmed),
            (_, None) => ForWhom::Requester,
        }
    }

    /// Everybody whom the message names beside the desk and colleagues.
    fn third_parties(&self) -> Vec<EmailAddress> {
        let outsiders = self.case.understanding.recipients.outsiders.iter();
        outsiders.filter(|address| !self.basis.desk.is_in_house(address)).cloned().collect()
    }

    /// The people whom the message names beside the desks and its author, as their colleagues know them.
    pub(super) fn named_readers(&self) -> Vec<String> {
        let incoming = self.case.incoming;
        let mut names: Vec<String> = Vec::new();
        for named in incoming.to.iter().chain(&incoming.cc) {
            let Some(address) = named.email() else { continue };
            let is_own = self.basis.desks.iter().any(|desk| desk.is_own(&address));
            if !is_own && !self.engineer.writes_from(&address) {
                names.push(self.name_of(&address, named));
            }
        }
        names.dedup();
        names
    }

    /// The name of the engineer to whom a letter goes.
    pub(super) fn full_name(&self, letter: &Draft) -> Option<String> {
        let engineer = letter.engineer.as_ref().and_then(|name| self.basis.desk.engineer(name));
        engineer.map(|engineer| engineer.full_name.clone())
    }

    fn name_of(&self, address: &EmailAddress, named: &NamedAddress) -> String {
        let engineer = self.basis.desks.iter().find_map(|desk| desk.engineer_at(address));
        match (engineer, named.name.trim()) {
            (Some(engineer), _) => engineer.full_name.clone(),
            (None, "") => address.to_string(),
            (None, name) => format!("{name} <{address}>"),
        }
    }

    /// Holds the message, and asks its author whether the words are for the requester.
    pub(super) fn ask_for_whom(&self, request: &Request, words: &str) -> Decision {
        let reader = self.writer(Some(request)).reader(self.engineer);
        let question = wording::for_requester_question(&reader, request, words);
        let reason = "it is not clear whether its words are for the requester: held, until its author says so";
        self.hold_and_ask(request, question, reason)
    }

    /// Holds words for the requester whom a colleague has answered since, or that would go to the requesters of other requests
    /// too, and asks their author once; `None` where neither is so.
    pub(super) fn ask_first(
        &self,
        request: &Request,
        for_whom: &ForWhom,
        words: &str,
        decision: &Decision,
    ) -> Option<Decision> {
        if self.basis.facts.sender.confirmed_by.is_some() {
            return None;
        }
        let since = self.basis.facts.answered.since.answered.as_ref();
        let since = since.filter(|_| *for_whom == ForWhom::Requester);
        let others = elsewhere(request, decision);
        let answered = since.map(|(name, ..)| format!("{name} has answered since the e-mail that it answers"));
        let also =
            (!others.is_empty()).then(|| format!("it would go to requesters of {} other requests, too", others.len()));
        let reasons: Vec<String> = answered.into_iter().chain(also).collect();
        if reasons.is_empty() {
            return None;
        }
        let reader = self.writer(Some(request)).reader(self.engineer);
        let calendar = &self.basis.desk.calendar;
        let since = since.map(|(name, at, answer)| (name, local(calendar, *at), answer.as_str()));
        let question = wording::send_anyway_question(&reader, request, since, &others, words);
        let reason = format!("{}: held, until its author says so", reasons.join("; "));
        Some(self.hold_and_ask(request, question, &reason))
    }

    fn hold_and_ask(&self, request: &Request, (subject, text): (String, String), reason: &str) -> Decision {
        let writer = self.writer(None);
        let letter = writer.for_author(LetterKind::Question, self.engineer, subject, text);
        let letter = writer.not_sent(self.engineer, letter, Some(&request.number));
        let mut decision = Decision { request: Some(request.number.clone()), ..kept(Disposition::Held, reason) };
        decision.write([Draft { asks_about: Some(self.case.received), ..letter }]);
        decision
    }

    /// That the words were sent though a colleague has taken the request since; `None` where nobody has.
    pub(super) fn taken_meanwhile(&self) -> Option<String> {
        let (name, at) = self.basis.facts.answered.since.taken.as_ref()?;
        let reader = self.writer(self.about).reader(self.engineer);
        Some(wording::taken_meanwhile(&reader, name, local(&self.basis.desk.calendar, *at)))
    }

    /// The letters to others who were told of the request that somebody has answered or taken it now, where they hear of it by
    /// nothing else. Where many were told, it stands in their digest.
    pub(super) fn tell_others(&self, execution: &Execution, letters: &[EmailAddress]) -> Vec<Draft> {
        let told = &self.basis.facts.request.told;
        let is_own = |event: &&Event| event.who == *self.basis.actor;
        let news = execution.revision.events().iter().filter(is_own).find_map(|event| match &event.change {
            Change::Answered => Some(News::Answered(self.engineer.name.clone())),
            Change::Assigned { to: Some(to), .. } => Some(News::Taken(to.clone())),
            _ => None,
        });
        let Some(news) = news.filter(|_| told.len() <= MOST_TOLD) else { return Vec::new() };
        let is_other =
            |engineer: &&Engineer| engineer.name != self.engineer.name && !letters.contains(&engineer.address);
        let others = told.iter().filter_map(|name| self.basis.desk.engineer(name)).filter(is_other);
        let others: Vec<_> = others.map(|engineer| (engineer, news.clone())).collect();
        self.writer(Some(execution.revision.request())).notifications(&others, Brought::default())
    }

    /// The change that adds words for engineers only.
    pub(super) fn noted(&self, kept: Option<&Kept>) -> Change {
        match kept {
            Some(Kept::WithThirdParties(people)) => Change::WithThirdParties { people: people.clone() },
            _ => Change::Noted,
        }
    }

    /// The letters, without copies for people who have got the engineer's words directly.
    pub(super) fn not_named(&self, letters: Vec<Draft>) -> impl Iterator<Item = Draft> {
        let named = &self.case.understanding.recipients.outsiders;
        letters.into_iter().filter(|letter| !named.contains(&letter.to))
    }
}

/// The other requests whose requesters would get the words, too, with these requesters.
pub(super) fn elsewhere<'d>(request: &Request, decision: &'d Decision) -> Vec<(&'d RequestNumber, &'d EmailAddress)> {
    let is_elsewhere = |letter: &&Draft| {
        letter.kind == LetterKind::Answer && letter.request.as_ref().is_some_and(|number| *number != request.number)
    };
    let letters = decision.letters().filter(is_elsewhere);
    letters.filter_map(|letter| Some((letter.request.as_ref()?, &letter.to))).collect()
}

fn asked_unless(is_confirmed: bool) -> ForWhom {
    if is_confirmed { ForWhom::Requester } else { ForWhom::Asked }
}

/// Whether the requester gets a letter by this ask, in which words would stand.
fn speaks_to_requester(desk: &Desk, ask: &Ask) -> bool {
    match ask {
        Ask::Status(status) => desk.tells(status),
        Ask::OnlyRequester
        | Ask::Close
        | Ask::Reopen
        | Ask::Plan
        | Ask::Decline
        | Ask::Release(_)
        | Ask::Released(_)
        | Ask::Duplicate(_) => true,
        Ask::PassOn(Place::Line(_) | Place::Team(_) | Place::Desk(_))
        | Ask::Assign(_)
        | Ask::Take
        | Ask::History
        | Ask::Kind(_)
        | Ask::Priority(_)
        | Ask::Note
        | Ask::Send
        | Ask::OnBehalfOf(_)
        | Ask::OnBehalfOfCaller(_)
        | Ask::Watch(_)
        | Ask::Unwatch(_)
        | Ask::Spam
        | Ask::Link(_)
        | Ask::Split
        | Ask::Undo
        | Ask::Away(_)
        | Ask::Back
        | Ask::Requester(_) => false,
    }
}
