//! What the store knows when something is decided.

use super::policy::{Absence, Workload};
use super::{
    Alike, AnsweredLetter, Audience, Digest, EmailAddress, Event, LetterId, LetterKind, PictureHad, ReceivedId,
    Request, RequestNumber, SentFile, ShortName, Signed, SimilarRequest, Tallied, Timestamp, Visibility,
};

/// What the store knows when something is decided: in the transaction that will hold the decision.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The message that is answered, and the requests that it may be about.
    pub thread: ThreadFacts,
    /// What follows from the letter that the message answers or reports on.
    pub answered: AnsweredFacts,
    /// The message's sender, and what their proofs are worth.
    pub sender: SenderFacts,
    /// Earlier messages that are the same.
    pub identity: IdentityFacts,
    /// The request that is decided about.
    pub request: RequestFacts,
    /// What the asks name beyond that request.
    pub named: NamedFacts,
    /// Earlier requests of the desk that resemble the message, the most alike first; none where it is about a request.
    pub similar: Vec<SimilarRequest>,
    /// The desk that decides, and who is there.
    pub desk: DeskFacts,
}

impl Facts {
    /// Nothing is known, except the number that a new request gets.
    pub fn none(next_number: RequestNumber) -> Self {
        Self {
            thread: ThreadFacts::default(),
            answered: AnsweredFacts::default(),
            sender: SenderFacts::default(),
            identity: IdentityFacts::default(),
            request: RequestFacts::default(),
            named: NamedFacts::default(),
            similar: Vec::new(),
            desk: DeskFacts { next_number, workload: Workload::default(), absences: Vec::new() },
        }
    }
}

/// The message that a message answers, and the requests that it may be about, each as far as it leads its sender.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ThreadFacts {
    /// The nearest letter of ours among those that it answers.
    pub letter: Option<AnsweredLetter>,
    /// The subject of the nearest message among those it answers that we sent or received; none where its content is erased.
    pub subject: Option<String>,
    /// The request of the signed thread.
    pub signed: Option<Request>,
    /// The request that holds an earlier message which this one answers.
    pub answered: Option<Request>,
    /// That earlier message.
    pub message: Option<ReceivedId>,
    /// The first quoted request in which the sender takes part, or else the first that exists; without any, the one that the
    /// message calls by a word for requests, if the sender takes part in it and it has not ended long ago.
    pub quoted: Option<Request>,
    /// The requests whose numbers merely stand in it, each once: it belongs to none of them. Those without the desk's key only
    /// where the sender takes part.
    pub mentioned: Vec<Request>,
    /// Old numbers among these, each with the number to which it leads now.
    pub redirected: Vec<(RequestNumber, RequestNumber)>,
}

/// What a message names, as the store finds it: which request it is about is not decided yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidates {
    /// The nearest letter of ours among those that it answers.
    pub letter: Option<AnsweredLetter>,
    /// The subject of the nearest message among those it answers that we sent or received; none where its content is erased.
    pub subject: Option<String>,
    /// The first request that a signed id names, and for whom that letter was.
    pub signed: Option<(Audience, Trail)>,
    /// The first message among those it answers that the desk has received and filed in a request, and that request.
    pub answered: Option<(ReceivedId, Trail)>,
    /// The requests that its subject quotes, as far as they exist, in their order.
    pub quoted: Vec<Trail>,
    /// The request that it calls by a word for requests.
    pub named: Option<Trail>,
    /// The requests whose numbers merely stand in it, and whether the desk's key stands before the number.
    pub mentioned: Vec<(Trail, bool)>,
}

/// A request, and those to which it leads.
#[derive(Clone, Debug, PartialEq)]
pub struct Trail {
    /// The request.
    pub request: Request,
    /// The one to which it was moved, or as whose duplicate it was closed; and so on from there.
    pub next: Vec<Request>,
}

/// What follows from the letter that a message answers or reports on.
#[derive(Clone, Debug, Default)]
pub struct AnsweredFacts {
    /// The message that the answered letter asks about, while it waits for its engineer's yes or no.
    pub held: Option<HeldMessage>,
    /// Messages about the request that were given back to the engineer and wait for their yes or no.
    pub given_back: Vec<ReceivedId>,
    /// The engineer's last changes to the request that are not taken back yet.
    pub undoable: Option<Undoable>,
    /// Whose words that the requester does not see the nearest of the messages is or brings that it answers; only for engineers'.
    pub inside: Option<Inside>,
    /// What colleagues have done about the request since the letter that an engineer answers.
    pub since: Since,
    /// When the answered letter could go out; only for automatic mail.
    pub letter_at: Option<Timestamp>,
    /// When the sender last wrote about the request in words like these; only for automatic mail.
    pub alike_at: Option<Timestamp>,
    /// Whether what people wrote in the answered letter ends with a question.
    pub is_question: bool,
    /// The letter that a delivery report is about.
    pub reported: Option<ReportedLetter>,
}

/// Whose words the requester does not see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inside {
    /// Colleagues'.
    Colleagues,
    /// Third parties', an external team's, or those of somebody who is not part of the request.
    Outsiders,
}

/// What is known of a message's sender, and of the proofs that the message brings.
#[derive(Clone, Debug, Default)]
pub struct SenderFacts {
    /// Whether they have answered in a signed thread of any request before.
    pub is_proven: bool,
    /// Whether a request of theirs was closed as spam, and not taken up again.
    pub has_spammed: bool,
    /// Whether they have complained about a letter of ours, and get no automatic ones.
    pub is_silenced: bool,
    /// What was counted before of this sender, and of others.
    pub tallied: Tallied,
    /// The alerts that are like the message; nothing where its mailbox does not group them.
    pub alerts: Alerts,
    /// Which of the message's signed ids are burnt.
    pub burnt: Vec<Signed>,
    /// The engineers to whom the personal addresses among its recipients belong; revoked ones name nobody.
    pub personal: Vec<(u32, ShortName)>,
    /// The message that confirmed this one, which was held before.
    pub confirmed_by: Option<ReceivedId>,
    /// Questions about held messages written to this engineer in the last 24 hours.
    pub questions_day: u32,
    /// Explanations written to this engineer in the last 24 hours.
    pub explanations_day: u32,
    /// Explanations of messages with the same words, written to this engineer in the last ten minutes.
    pub explained_lately: u32,
}

/// The alerts that are like a message.
#[derive(Clone, Debug, Default)]
pub struct Alerts {
    /// The open request of the last 24 hours to which they were added.
    pub request: Option<Request>,
    /// How many it holds.
    pub count: u32,
    /// When the last one came.
    pub last: Option<Timestamp>,
    /// Whether none of them was as severe as the message.
    pub is_worse: bool,
}

/// Earlier messages that are the same as a message.
#[derive(Clone, Debug, Default)]
pub struct IdentityFacts {
    /// One of the desk with the same Message-ID and content; for one without an id, the same bytes under an earlier UIDVALIDITY.
    pub duplicate_of: Option<EarlierCopy>,
    /// One of the desk with the same Message-ID but other content.
    pub same_id_as: Option<ReceivedId>,
    /// The request that the same message opened at another desk.
    pub elsewhere: Option<Request>,
}

/// An earlier message that is the same.
#[derive(Clone, Debug)]
pub struct EarlierCopy {
    /// Its id in the ledger.
    pub id: ReceivedId,
    /// What it left undone; `None` where it did all that the same message can do.
    pub shortfall: Option<Shortfall>,
}

/// Why an earlier copy of a message left something undone: mail comes by several ways, and anybody who knows a message can send
/// a copy of it first.
#[derive(Clone, Debug)]
pub enum Shortfall {
    /// It bore signs of automatic mail or spam that this one does not bear. With the request that it opened, if any.
    Marked(Option<Box<Request>>),
    /// It names an engineer without proof, and was held.
    Held,
}

/// What is known of the request that is decided about; nothing where there is none.
#[derive(Clone, Debug, Default)]
pub struct RequestFacts {
    /// The text of the message that opened it, and how many messages it holds.
    pub summary: Option<(String, u32)>,
    /// Who has had which of the embedded pictures of the message.
    pub pictures: Vec<PictureHad>,
    /// The sender's messages in it with the same words: each of them came within a minute of a letter of ours about it. And when
    /// the last such letter to them was written.
    pub repeats: Alike,
    /// Whether the sender of an encrypted message has sent one about it before.
    pub was_encrypted: bool,
    /// Whether its requester was asked before about a link of theirs that somebody has used from another address.
    pub was_link_used: bool,
    /// The request as whose duplicate it was closed.
    pub survivor: Option<Request>,
    /// Requests that are answered along with it: its duplicates, and the incidents of a problem. Only where something is asked.
    pub followers: Vec<Request>,
    /// The message that is to be split off; `None` where there is none. Only where that is asked.
    pub split: Option<SplitFacts>,
    /// The engineers who were told of it, while none of them has taken or answered it; then nobody. Only for engineers' messages.
    pub told: Vec<ShortName>,
    /// Who passed it on to the line or team that has it; `None` where no engineer did.
    pub passed_on: Option<PassedOn>,
    /// Its last messages, the newest first, without the one that is decided about; all of them, up to some hundreds, where it is
    /// given to somebody or its history is asked for.
    pub history: Vec<EntryHead>,
    /// The files that it holds already, as far as they come along when it is given to somebody. Only where something is asked.
    pub files: Vec<SentFile>,
    /// What each engineer has got as a file about it. Only where it is given to somebody or its history is asked for.
    pub had: Vec<(ShortName, Digest)>,
    /// What may be shown of it to external people who are to solve it, the oldest first. Only where it is passed on to them.
    pub correspondence: Vec<Said>,
    /// The files that belong to its correspondence.
    pub correspondence_files: Vec<SentFile>,
}

/// What the asks of a message or a command name, beyond the request that they are about.
#[derive(Clone, Debug, Default)]
pub struct NamedFacts {
    /// Other requests, as far as they exist and the engineer works at their desks.
    pub requests: Vec<Request>,
    /// The numbers that new requests of the named desks get.
    pub next_numbers: Vec<RequestNumber>,
    /// The requests that wait for the version which is said to be out.
    pub awaiting: Vec<Request>,
    /// The requests of the answered digest that the message names, each with the facts for deciding about it alone.
    pub listed: Vec<(Request, Facts)>,
}

/// What is known of the desk that decides.
#[derive(Clone, Debug)]
pub struct DeskFacts {
    /// The number that a new request gets.
    pub next_number: RequestNumber,
    /// What has been given to whom.
    pub workload: Workload,
    /// What engineers of all desks have said about being away, also those whose day of return has come.
    pub absences: Vec<Absence>,
}

/// A customer's message that is to become a request of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitFacts {
    /// The message.
    pub received: ReceivedId,
    /// Who wrote it.
    pub author: EmailAddress,
    /// What it says.
    pub words: String,
    /// Its files.
    pub files: Vec<SentFile>,
    /// All events of its request.
    pub events: Vec<Event>,
}

/// That a request was passed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOn {
    /// The engineer who passed it on last.
    pub by: ShortName,
    /// Whether its requester was answered since.
    pub is_answered: bool,
}

/// A message of a request, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryHead {
    /// The message.
    pub received: ReceivedId,
    /// When it was filed.
    pub at: Timestamp,
    /// Its author's address; empty where it names none.
    pub author: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// How long its text is, in characters.
    pub length: u32,
}

/// What colleagues of an engineer have done about a request since a letter to that engineer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Since {
    /// The last answer to the requester, of which this engineer was not asked yet: who wrote it, when, and its words.
    pub answered: Option<(ShortName, Timestamp, String)>,
    /// Who has taken the request, and when.
    pub taken: Option<(ShortName, Timestamp)>,
}

/// Words of a request's correspondence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// When.
    pub at: Timestamp,
    /// Whether by an engineer.
    pub by_engineer: bool,
    /// The words.
    pub words: String,
}

/// A message that waits for its engineer to confirm it, or whose words they may still send by a yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldMessage {
    /// Which one.
    pub id: ReceivedId,
    /// Whom it names as its sender.
    pub sender: EmailAddress,
}

/// An engineer's message of which nothing was sent, while it waits for their yes or no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsentMessage {
    /// Which one.
    pub id: ReceivedId,
    /// When they were first told of it.
    pub at: Timestamp,
    /// The last letter that asks about it; `None` where too many were written already.
    pub letter: Option<LetterId>,
    /// When they are told again; `None` where that was done.
    pub due_at: Option<Timestamp>,
    /// Its subject, without references.
    pub subject: String,
    /// Its request; `None` where it belongs to none.
    pub request: Option<RequestNumber>,
}

/// What an engineer may take back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undoable {
    /// The message that had caused it.
    pub cause: ReceivedId,
    /// What it had changed, in all requests.
    pub events: Vec<Event>,
    /// The other requests that it had changed, as they are now.
    pub others: Vec<Request>,
    /// Letters to others than engineers that it caused and that are not on their way yet.
    pub unsent: Vec<LetterId>,
    /// The requests whose requesters have got a letter that it caused, or may have got it.
    pub told: Vec<RequestNumber>,
}

/// A letter of ours that a delivery report names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedLetter {
    /// The letter.
    pub id: LetterId,
    /// What it was for.
    pub kind: LetterKind,
    /// Its recipient.
    pub to: EmailAddress,
    /// Its request.
    pub request: Request,
    /// Whether its recipient has complained before, and gets no automatic letters.
    pub is_silenced: bool,
}
