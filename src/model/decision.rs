//! What is known about a message, what is decided about it, and what changes.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    Digest, Draft, EmailAddress, Language, LetterId, MessageId, Participant, ReceivedId, Request, RequestNumber,
    Timestamp,
};

/// What became of one received message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// It opened a request.
    Opened,
    /// It was added to a request.
    Appended,
    /// It is a delivery report and was tied to its letter, or to nothing of ours.
    Report,
    /// The same message was handled before; no effect.
    Duplicate,
    /// It is kept and has no effect; the reasons say why.
    Ignored,
}

impl Disposition {
    /// The word in the store and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Disposition::Opened => "opened",
            Disposition::Appended => "appended",
            Disposition::Report => "report",
            Disposition::Duplicate => "duplicate",
            Disposition::Ignored => "ignored",
        }
    }
}

impl fmt::Display for Disposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a message makes us ask the store.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// The desk that the message came to.
    pub desk: super::DeskKey,
    /// The message itself.
    pub received: ReceivedId,
    /// Its Message-ID and content digest: the identity of a message within a desk.
    pub identity: Option<(MessageId, Digest)>,
    /// The requests that our signed ids in its thread name, nearest first.
    pub signed: Vec<RequestNumber>,
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
    /// Acknowledgements already written.
    pub acknowledged: Acknowledged,
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
    /// Its recipient.
    pub to: EmailAddress,
    /// Its request.
    pub request: Request,
}

/// What follows from a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What became of it.
    pub disposition: Disposition,
    /// The request it opened, was added to, or reports on.
    pub request: Option<RequestNumber>,
    /// Why, in words for the operator, in the order of deciding.
    pub reasons: Vec<String>,
    /// What changes.
    pub events: Vec<Event>,
    /// What is written.
    pub letters: Vec<Draft>,
}

/// One change of one request: who, when, by what proof, because of which message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Whose change it is.
    pub request: RequestNumber,
    /// When.
    pub at: Timestamp,
    /// Who: an address, or `maildesk`.
    pub who: String,
    /// What showed that they may: `signed thread`, `participant's address and number`, …
    pub proof: String,
    /// The message that caused it.
    pub received: Option<ReceivedId>,
    /// What changed.
    pub change: Change,
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// The request was opened.
    Opened {
        /// The cleaned subject.
        subject: String,
        /// The language for letters to the requester.
        language: Language,
        /// Who asked; nobody, when the message named no sender that can be written to.
        requester: Option<Participant>,
    },
    /// Correspondence of a participant was added.
    Appended,
    /// A message of somebody who is no participant was added: shown as such, never answered.
    AppendedFromOutside,
    /// An automatic message was added; it has no effect.
    AppendedAutomatic,
    /// A participant's answer in a signed thread showed that the address reads our letters.
    Proven {
        /// The participant.
        participant: EmailAddress,
    },
    /// Another request has to do with this one.
    Linked {
        /// The other one.
        to: RequestNumber,
    },
    /// A letter of the request did not reach its recipient.
    LetterFailed {
        /// The letter.
        letter: LetterId,
        /// Whom it did not reach.
        to: EmailAddress,
        /// What the server said.
        why: String,
    },
}
