//! Requests that an engineer registers for somebody: a call or chat, a mail that they forward, a mail that they wrote to a
//! customer with the desk in copy.

use crate::desk::execute::execute;
use crate::desk::news::News;
use crate::desk::wording::{self, Brought};
use crate::model::{
    Answer, Ask, Change, Decision, Disposition, Effect, EmailAddress, Entry, ForwardedMail, Incoming, LetterKind,
    NamedAddress, Participant, Place, Visibility,
};

use super::engineer_message::EngineerMessage;
use super::follow_ups::follow_ups;
use super::intake::Opening;
use super::new_request::{Opened, open};

impl EngineerMessage<'_> {
    /// Those whose request the message may be, where no tag says so: whom it went to beside the desk, and who wrote what it
    /// forwards. `None` where it is the engineer's own.
    pub(super) fn possible_requesters(&self) -> Option<Vec<EmailAddress>> {
        let Incoming { forwarded, to, .. } = self.case.incoming;
        let outsiders = &self.case.understanding.recipients.outsiders;
        let in_to = to.iter().filter_map(NamedAddress::email).filter(|address| outsiders.contains(address));
        let is_outside = |address: &EmailAddress| {
            !self.basis.desks.iter().any(|desk| desk.is_own(address) || desk.engineer_at(address).is_some())
        };
        let authors = forwarded.iter().filter_map(|mail| mail.from.as_ref()?.email()).filter(is_outside);
        let mut possible: Vec<EmailAddress> = Vec::new();
        for address in in_to.chain(authors) {
            if !possible.contains(&address) {
                possible.push(address);
            }
        }
        (!forwarded.is_empty() || !possible.is_empty()).then_some(possible)
    }

    /// Opens a request of the client, who is told its number. The engineer's tags have precedence over the desk's rules. Where
    /// nobody is the client, the engineer is asked who of the `possible` ones it is.
    pub(super) fn open_for(&self, client: Option<&Ask>, possible: &[EmailAddress], asks: &[Ask]) -> Decision {
        let forwarded = self.case.incoming.forwarded.first();
        let subject = self.subject_for_client(forwarded);
        let words = forwarded.map_or_else(|| self.words(), |mail| &mail.words);
        let opening = Opening {
            basis: self.basis,
            requester: client.and_then(|client| self.requester(client)),
            subject: &subject,
            words,
            kind: asks.iter().find_map(|ask| if let Ask::Kind(kind) = ask { Some(*kind) } else { None }),
            is_on_behalf: true,
        };
        let Opened { mut revision, acknowledgement, intake } = open(self.case, &opening);
        let request = revision.request().clone();
        let rest: Vec<Ask> = asks.iter().filter(|ask| Some(*ask) != client).cloned().collect();
        let files = self.case.files();
        // What was told by phone is passed on to those who are to solve it, and to nobody else.
        let is_for_team = rest
            .iter()
            .any(|ask| matches!(ask, Ask::PassOn(Place::Team(team)) if self.basis.desk.outside(team).is_some()));
        let outsiders = &self.case.understanding.recipients.outsiders;
        let is_answer = matches!(client, Some(Ask::OnBehalfOf(client)) if outsiders.contains(client));
        if is_answer {
            revision.change(&self.basis, Change::Answered);
        }
        let has_words = (is_for_team || is_answer) && !words.is_empty();
        let mut execution = match execute(&self.basis, revision, &rest, has_words) {
            Ok(execution) => execution,
            Err(rejections) => return self.rejection(rejections, asks),
        };
        let follow_ups = follow_ups(&self.basis, &request, &execution, self.brings(words, &files), false);
        let turn = intake.assign(self.case, &mut execution.revision);
        let registered = client.map(|client| format!("registered {client}"));
        let registered = registered.unwrap_or_else(|| "whose request it is, its engineer is asked".to_owned());
        let reasons = acknowledgement.reason.into_iter().chain([registered]).collect();
        let mut decision =
            Decision { request: Some(request.number.clone()), reasons, ..Decision::of(Disposition::Opened) };
        decision.change(execution.revision.events().iter().cloned());
        decision.change(execution.other_ends.iter().cloned());
        decision.effects.push(self.entry_for_client(forwarded, is_answer));
        decision.effects.extend(turn.into_iter().chain(execution.turn.clone()).map(Effect::TakeTurn));
        decision.effects.extend(self.absence_effects(asks));
        decision.write(acknowledgement.letter);
        decision.effects.extend(follow_ups.effects);
        let similar = &self.basis.facts.similar;
        let brought = Brought { executed: asks, forwarded, similar, ..self.brought(&files) };
        decision.write(self.told_engineers(&execution, &request, News::Opened, brought));
        let writer = self.writer(Some(execution.revision.request()));
        let grace = if execution.ends { self.basis.desk.grace } else { 0 };
        decision.write(writer.notice(&execution.told, grace));
        let reader = writer.reader(self.engineer);
        let done: Vec<Ask> = client.into_iter().chain(&rest).cloned().collect();
        let text = match client {
            Some(_) => wording::receipt(&reader, &done, None),
            None => wording::whose_request(&reader, &done, possible),
        };
        let subject = wording::notification_subject(execution.revision.request());
        decision.write([writer.for_author(LetterKind::Receipt, self.engineer, subject, text)]);
        decision
    }

    /// The client, with the name that what they wrote states. For a caller it is the engineer who gets the answers, under the
    /// caller's name.
    fn requester(&self, client: &Ask) -> Option<Participant> {
        let client = match client {
            Ask::OnBehalfOf(client) => client,
            Ask::OnBehalfOfCaller(caller) => {
                return Some(Participant { email: self.engineer.address.clone(), name: caller.clone(), proven: false });
            }
            _ => return None,
        };
        let Incoming { forwarded, to, .. } = self.case.incoming;
        let authors = forwarded.iter().filter_map(|mail| mail.from.as_ref());
        let mut named = authors.chain(to).filter(|named| named.email().as_ref() == Some(client));
        let name = named.next().map(|named| named.name.clone()).unwrap_or_default();
        Some(Participant { email: client.clone(), name, proven: false })
    }

    /// How the message is added to the request: what the client wrote or has got is correspondence; a note above a forwarded
    /// mail, and what was told by phone, is for engineers.
    fn entry_for_client(&self, forwarded: Option<&ForwardedMail>, is_answer: bool) -> Effect {
        let note = || self.words().to_owned();
        match forwarded {
            Some(mail) => Effect::AddEntry(Entry {
                visibility: Visibility::Correspondence,
                words: Some(mail.words.clone()),
                aside: Some(note()),
            }),
            None if is_answer => self.entry(Visibility::Correspondence),
            None => self.entry(Visibility::Internal),
        }
    }

    /// The subject as the client may read it: that of the forwarded mail, or without tags, as in everything that we send.
    fn subject_for_client(&self, forwarded: Option<&ForwardedMail>) -> String {
        let own = self.subject_without_tags();
        forwarded.filter(|_| own.is_empty()).map_or(own, |mail| mail.subject.clone())
    }

    fn subject_without_tags(&self) -> String {
        let tags =
            self.case.understanding.typed.subject.iter().filter(|bracket| matches!(bracket.answer, Answer::Asks(_)));
        let bare =
            tags.fold(self.case.understanding.subject.clone(), |subject, tag| subject.replacen(&tag.text, " ", 1));
        bare.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
