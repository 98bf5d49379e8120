//! For whom an engineer's words are: by the people whom the message names, by what it answers, and by its tags. What is not
//! clearly for the requester is kept for colleagues, or its author is asked once.

use crate::desk::calendar::local;
use crate::desk::news::Kept;
use crate::desk::readers::{Purpose, purpose};
use crate::desk::wording;
use crate::model::policy::Desk;
use crate::model::{Ask, Change, Decision, Disposition, Draft, EmailAddress, LetterKind, NamedAddress, Place, Request};

use super::case::kept;
use super::engineer_message::EngineerMessage;

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
        let named = purpose(self.case.incoming, &self.engineer.address, self.basis.desks, self.basis.desk, request);
        let answers_note = self.basis.facts.answered.is_note;
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

    /// Holds words for the requester whom a colleague has answered since, and asks their author once; `None` where nobody has.
    pub(super) fn ask_after_colleague(&self, request: &Request, words: &str) -> Option<Decision> {
        let (name, at, answer) = self.basis.facts.answered.since.answered.as_ref()?;
        if self.basis.facts.sender.confirmed_by.is_some() {
            return None;
        }
        let reader = self.writer(Some(request)).reader(self.engineer);
        let at = local(&self.basis.desk.calendar, *at);
        let question = wording::answered_meanwhile(&reader, request, (name, at, answer), words);
        let reason = format!("{name} has answered since the e-mail that it answers: held, until its author says so");
        Some(self.hold_and_ask(request, question, &reason))
    }

    fn hold_and_ask(&self, request: &Request, (subject, text): (String, String), reason: &str) -> Decision {
        let letter = self.writer(None).for_author(LetterKind::Question, self.engineer, subject, text);
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
