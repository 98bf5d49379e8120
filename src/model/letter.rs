//! Messages that we send.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    Digest, EmailAddress, Language, MessageId, NamedAddress, ReceivedId, Redaction, RequestNumber, ShortName, Timestamp,
};

/// The header field that marks our own letters with the installation that wrote them.
pub const LOOP_MARK: &str = "X-Maildesk-Instance";

/// What stands in [`LOOP_MARK`] of the probes of `check --connect --probe`, for whichever installation reads the mailbox. That
/// everybody can write it opens nothing: a message with it is only never answered.
pub const PROBE_MARK: &str = "probe";

/// The header field with the random id of a probe.
pub const PROBE_FIELD: &str = "X-Maildesk-Probe";

/// Above this line stand an engineer's own words; only they are passed on. Letters to engineers begin with it.
pub const CUT_LINE: &str = "— ответ пишите выше этой строки / reply above this line —";

/// What a decision wants written, to one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What it is for; a message causes at most one letter of a kind to a recipient.
    pub kind: LetterKind,
    /// The request it speaks of; none where it speaks of a message that belongs to none.
    pub request: Option<RequestNumber>,
    /// The desk, as `From` and envelope sender.
    pub from: NamedAddress,
    /// The one recipient.
    pub to: EmailAddress,
    /// The engineer who reads it, and whose token it carries; none for everybody else.
    pub engineer: Option<ShortName>,
    /// The subject, one line. The first letter about a request to somebody decides the subject of all that follow.
    pub subject: String,
    /// The plain text without signature; the HTML part is made from it.
    pub text: String,
    /// What its reader may do with one touch, below the text.
    pub links: Vec<Link>,
    /// Who writes, below all else; empty in letters to engineers.
    pub signature: String,
    /// The language of the text.
    pub language: Language,
    /// Files that are sent along.
    pub files: Vec<SentFile>,
    /// Seconds to wait before it goes out, in which the change that it tells of can still be taken back.
    pub grace: u32,
    /// Whether a program decided on it and no human wrote a word of it (RFC 3834).
    pub automatic: bool,
}

/// A link that does something: a `mailto:` URL with a ready subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it does, in the language of the letter.
    pub label: String,
    /// Where it leads.
    pub url: String,
}

/// A file of a received message that is sent along: it stays where it is, and is read when the letter goes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentFile {
    /// The message that brought it.
    pub received: ReceivedId,
    /// Which part of that message.
    pub part: u32,
    /// Its name.
    pub filename: String,
    /// Its media type.
    pub content_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// Digest of its bytes.
    pub sha256: Digest,
    /// Whether the text of the message showed it.
    pub inline: bool,
}

/// A letter's manifest: all that its bytes are made from, so that every rendering gives the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// What was decided.
    #[serde(flatten)]
    pub draft: Draft,
    /// Our signed id: thread proof, token, bounce proof and duplicate guard in one.
    pub message_id: MessageId,
    /// Where answers go, if not to the desk's plain address: an address that carries the token.
    pub reply_to: Option<EmailAddress>,
    /// The message that it answers.
    pub in_reply_to: Option<MessageId>,
    /// The thread, oldest first, ending with the answered message.
    pub references: Vec<MessageId>,
    /// `Date`.
    pub date: Timestamp,
    /// Which installation wrote it: our own loop mark.
    pub instance: String,
}

impl Letter {
    /// What is kept of a letter when its content is erased: what it was for, and to whom.
    pub fn erased(self, redaction: &Redaction) -> Self {
        let draft = Draft {
            to: redaction.address(&self.draft.to),
            subject: String::new(),
            text: String::new(),
            links: Vec::new(),
            signature: String::new(),
            files: Vec::new(),
            ..self.draft
        };
        let (in_reply_to, references) = (None, Vec::new());
        Self { draft, reply_to: None, in_reply_to, references, ..self }
    }
}

/// What goes on between a request and one of its correspondents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// The subject of the first letter, which all that follow keep; none before it.
    pub subject: Option<String>,
    /// Our letters to that correspondent and what he wrote himself, the oldest first: what `References` may name.
    pub ids: Vec<MessageId>,
}

/// What a letter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// To the requester: the first answer, with the number.
    Acknowledgement,
    /// To the requester and outside watchers: an engineer's words, and what they change.
    Answer,
    /// To the requester: what has changed, or was told wrongly, in our own words only.
    Notice,
    /// To an engineer: a customer's or a colleague's words, or a request that is now his.
    Notification,
    /// To an engineer: what his tags have done, and how to take it back.
    Receipt,
    /// To an engineer: what is wrong with his tags, or why his words were not passed on.
    Explanation,
    /// To an engineer: whether he wrote a message that names him.
    Question,
    /// To an engineer: what is due, overdue or silent.
    Reminder,
    /// To an engineer: the day's list of his requests.
    Digest,
    /// To an external person who is to solve it: the request with its history.
    Handover,
}

impl LetterKind {
    /// The word in the store and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            LetterKind::Acknowledgement => "acknowledgement",
            LetterKind::Answer => "answer",
            LetterKind::Notice => "notice",
            LetterKind::Notification => "notification",
            LetterKind::Receipt => "receipt",
            LetterKind::Explanation => "explanation",
            LetterKind::Question => "question",
            LetterKind::Reminder => "reminder",
            LetterKind::Digest => "digest",
            LetterKind::Handover => "handover",
        }
    }

    /// Whether engineers get it; everything else may be read by customers.
    pub fn is_for_engineers(self) -> bool {
        match self {
            LetterKind::Notification
            | LetterKind::Receipt
            | LetterKind::Explanation
            | LetterKind::Question
            | LetterKind::Reminder
            | LetterKind::Digest => true,
            LetterKind::Acknowledgement | LetterKind::Answer | LetterKind::Notice | LetterKind::Handover => false,
        }
    }
}

impl fmt::Display for LetterKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a letter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    /// To be sent when its time has come; the first time or again.
    Due,
    /// Its body may be on the way: committed before the first byte of it goes out.
    Inflight,
    /// A server took it: 250 after the final dot.
    Sent,
    /// It will not be sent again by itself.
    Failed,
    /// It was not sent: what it told of was taken back in time.
    Cancelled,
}

impl LetterState {
    /// The word in the store and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            LetterState::Due => "due",
            LetterState::Inflight => "inflight",
            LetterState::Sent => "sent",
            LetterState::Failed => "failed",
            LetterState::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for LetterState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
