//! What is asked of the store about a message, and what it answers.

use super::policy::Workload;
use super::{
    Digest, EmailAddress, Event, LetterId, LetterKind, MessageId, ReceivedId, Request, RequestNumber, SentFile,
    ShortName, Signed, Timestamp,
};

/// What a message makes us ask the store.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// The desk that the message came to.
    pub desk: super::DeskKey,
    /// The message itself.
    pub received: ReceivedId,
    /// Its Message-ID and content digest: the identity of a message within a desk.
    pub identity: Option<(MessageId, Digest)>,
    /// What our signed ids in its thread and our reply addresses among its recipients say, nearest first.
    pub signed: Vec<Signed>,
    /// All ids that it answers.
    pub answered: Vec<MessageId>,
    /// The requests that its subject quotes, in their order.
    pub quoted: Vec<RequestNumber>,
    /// Who wrote it, as far as we could write back.
    pub sender: Option<EmailAddress>,
    /// Its subject without references, for the brake on repeated acknowledgements.
    pub subject: String,
    /// The signed id of the letter that a delivery report is about.
    pub reported: Option<MessageId>,
    /// What that id says it is about, and the recipient whom the report names: the letter may be one of an installation that was lost.
    pub returned: Option<(RequestNumber, EmailAddress)>,
    /// The engineer whose address it names as its sender's.
    pub engineer: Option<ShortName>,
    /// The desks at which that engineer works.
    pub works_at: Vec<super::DeskKey>,
    /// The serial numbers of the personal addresses among its recipients.
    pub personal: Vec<u32>,
    /// The engineers whose open requests are to be counted.
    pub counted: Vec<ShortName>,
    /// Now.
    pub now: Timestamp,
}

/// What the store knew when the message was handled.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The number that a new request of this desk gets.
    pub next_number: RequestNumber,
    /// An earlier message of the desk with the same Message-ID and content; for one without an id, the same bytes
    /// under an earlier UIDVALIDITY.
    pub duplicate_of: Option<ReceivedId>,
    /// The request that the same message opened at another desk.
    pub elsewhere: Option<Request>,
    /// An earlier message of the desk with the same Message-ID but other content.
    pub same_id_as: Option<ReceivedId>,
    /// The request of the signed thread.
    pub signed: Option<Request>,
    /// The request that holds an earlier message which this one answers.
    pub answered: Option<Request>,
    /// The first quoted request that exists.
    pub quoted: Option<Request>,
    /// The letter that a delivery report is about.
    pub reported: Option<ReportedLetter>,
    /// Whether the sender has answered in a signed thread of any request before.
    pub sender_proven: bool,
    /// Whether a request of the sender was closed as spam, and not taken up again.
    pub sender_spammed: bool,
    /// Acknowledgements already written.
    pub acknowledged: Acknowledged,
    /// The nearest letter of ours among those that it answers.
    pub answered_letter: Option<AnsweredLetter>,
    /// The subject of the nearest message among those it answers that we sent or received.
    pub answered_subject: Option<String>,
    /// Which of its signed ids are burnt.
    pub burnt: Vec<Signed>,
    /// The engineers to whom the personal addresses among its recipients belong; revoked ones name nobody.
    pub personal: Vec<(u32, ShortName)>,
    /// The message that confirmed this one, which was held before.
    pub confirmed_by: Option<ReceivedId>,
    /// The held message that the answered letter asks about, while it is still held.
    pub held: Option<HeldMessage>,
    /// Questions about held messages written to this engineer in the last 24 hours.
    pub questions_day: u32,
    /// Explanations written to this engineer in the last 24 hours.
    pub explanations_day: u32,
    /// The engineer's last changes to the request that are not taken back yet.
    pub undoable: Option<Undoable>,
    /// The text of the message that opened the request, and how many messages it holds.
    pub summary: Option<(String, u32)>,
    /// The files that the request holds already, as far as they come along when it is given to somebody.
    pub files: Vec<SentFile>,
    /// What all files of the request hold.
    pub contents: Vec<Digest>,
    /// The requests that tags name, as far as they exist.
    pub mentioned: Vec<Request>,
    /// What has been given to whom.
    pub workload: Workload,
    /// Old numbers that the message used, each with the number to which it leads now.
    pub redirected: Vec<(RequestNumber, RequestNumber)>,
    /// The request as whose duplicate the one that it speaks of was closed.
    pub survivor: Option<Request>,
    /// The numbers that new requests of the desks named in tags get.
    pub next_numbers: Vec<RequestNumber>,
    /// Requests that are answered along with the one that it speaks of: its duplicates, and the incidents of a problem.
    pub followers: Vec<Request>,
    /// The requests that wait for the version which tags say is out.
    pub awaiting: Vec<Request>,
    /// What may be shown of the request to external people who are to solve it, the oldest first.
    pub correspondence: Vec<Said>,
    /// The files that belong to it.
    pub correspondence_files: Vec<SentFile>,
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

/// A letter of ours that a message answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnsweredLetter {
    /// The letter.
    pub id: LetterId,
    /// What it was for.
    pub kind: LetterKind,
    /// To whom it went.
    pub to: EmailAddress,
    /// The message that had caused it.
    pub cause: Option<ReceivedId>,
}

/// A message that waits for its engineer to confirm it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldMessage {
    /// Which one.
    pub id: ReceivedId,
    /// Whom it names as its sender.
    pub sender: EmailAddress,
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

impl Facts {
    /// The engineer to whom a personal address among the recipients belongs, unless it was revoked.
    pub fn owner(&self, serial: u32) -> Option<&ShortName> {
        self.personal.iter().find(|(known, _)| *known == serial).map(|(_, owner)| owner)
    }

    /// The request that the message speaks of, whoever wrote it: by thread, or else by number. An answer to our question about
    /// another message speaks of that message only.
    pub fn about(&self) -> Option<&Request> {
        if self.answered_letter.as_ref().is_some_and(|letter| letter.kind == LetterKind::Question) {
            return None;
        }
        self.signed.as_ref().or(self.answered.as_ref()).or(self.quoted.as_ref())
    }

    /// Whether a number is a request's own, or leads to it.
    pub fn leads_to(&self, number: &RequestNumber, request: &Request) -> bool {
        let leads = |(old, new): &(RequestNumber, RequestNumber)| old == number && *new == request.number;
        *number == request.number || self.redirected.iter().any(leads)
    }

    /// Nothing is known, except the number that a new request gets.
    pub fn none(next_number: RequestNumber) -> Self {
        Self {
            next_number,
            duplicate_of: None,
            elsewhere: None,
            same_id_as: None,
            signed: None,
            answered: None,
            quoted: None,
            reported: None,
            sender_proven: false,
            sender_spammed: false,
            acknowledged: Acknowledged::default(),
            answered_letter: None,
            answered_subject: None,
            burnt: Vec::new(),
            personal: Vec::new(),
            confirmed_by: None,
            held: None,
            questions_day: 0,
            explanations_day: 0,
            undoable: None,
            summary: None,
            files: Vec::new(),
            contents: Vec::new(),
            mentioned: Vec::new(),
            workload: Workload::default(),
            redirected: Vec::new(),
            survivor: None,
            next_numbers: Vec::new(),
            followers: Vec::new(),
            awaiting: Vec::new(),
            correspondence: Vec::new(),
            correspondence_files: Vec::new(),
        }
    }
}

/// How many acknowledgements were written lately: what the caps are held against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Acknowledged {
    /// To the sender, in the last ten minutes.
    pub sender_ten_minutes: u32,
    /// To the sender, in the last hour.
    pub sender_hour: u32,
    /// To the sender, in the last 24 hours.
    pub sender_day: u32,
    /// To the sender, in the last 24 hours, for requests of the same subject.
    pub sender_subject_day: u32,
    /// To the sender's domain, in the last hour.
    pub domain_hour: u32,
    /// To anybody, in the last hour.
    pub all_hour: u32,
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
}
