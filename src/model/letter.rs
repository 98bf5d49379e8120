//! Letters: the e-mails that we send, from the draft of a decision to the delivery.

use serde::{Deserialize, Serialize};
use strum::{AsRefStr, Display, EnumString, VariantNames};

use super::{
    Block, Digest, EmailAddress, Language, LetterId, MessageId, NamedAddress, ReceivedId, Redaction, RequestNumber,
    ShortName, Timestamp,
};

/// The header field with the id of the installation that sent a letter. Mail that carries our own is a loop and not answered.
pub const LOOP_MARK: &str = "X-Maildesk-Instance";

/// The value of [`LOOP_MARK`] in probes, the test messages of `check --connect --probe`. Everybody can write it, which does no
/// harm: a message with it is merely never answered.
pub const PROBE_MARK: &str = "probe";

/// The header field with the random id of a probe, by which it is found again.
pub const PROBE_FIELD: &str = "X-Maildesk-Probe";

/// The contents of a letter to one recipient, as decided; a [`Letter`] adds its ids and headers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Its purpose; a message causes at most one letter of a kind to a recipient.
    pub kind: LetterKind,
    /// The request that it is about; `None` if it is about a message that belongs to no request.
    pub request: Option<RequestNumber>,
    /// The desk, as `From` and envelope sender.
    pub from: NamedAddress,
    /// The one recipient.
    pub to: EmailAddress,
    /// The engineer to whom it goes and whose token it carries; `None` if it goes to anybody else.
    pub engineer: Option<ShortName>,
    /// The subject, one line. The first letter of a thread decides the subject of all that follow.
    pub subject: String,
    /// The first words that lists of mail show, in letters to engineers: they stand above the text. Empty in all others.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub preheader: String,
    /// The plain text without signature; the HTML part is made from it.
    pub text: String,
    /// What stands below the text, in letters to engineers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Block>,
    /// Earlier messages of the request below the blocks; `None` where none are shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<ShownHistory>,
    /// Messages whose words stand in the text, and have a form of their own in the HTML part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formed: Vec<ReceivedId>,
    /// The links below the text.
    pub links: Vec<Link>,
    /// The signature below all else; empty in letters to engineers.
    pub signature: String,
    /// The language of the text.
    pub language: Language,
    /// The attachments.
    pub files: Vec<SentFile>,
    /// Seconds to wait before it is sent: the change that it announces can still be undone, or a cap on acknowledgements is
    /// reached.
    pub grace: u32,
    /// Whether it is automatic (RFC 3834): no person has written any of its text.
    pub automatic: bool,
    /// The engineer's message that a yes to this letter confirms, or sends after all; `None` where there is nothing to say yes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks_about: Option<ReceivedId>,
}

impl Draft {
    /// The requests whose facts it shows: an answer to a digest may change these and no others.
    pub fn lists(&self, number: &RequestNumber) -> bool {
        self.blocks.iter().any(|block| matches!(block, Block::Facts(listed, _) if listed == number))
    }
}

/// Earlier messages of a request as a letter shows them. Their texts stay where they are: they are read whenever the letter is
/// rendered, and change only by being erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownHistory {
    /// The line above them.
    pub title: String,
    /// The messages, in the order in which they are shown.
    pub entries: Vec<ShownEntry>,
    /// The sentence below them; empty where nothing is left to be said.
    pub end: String,
}

/// A message of a request as a letter shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownEntry {
    /// The message.
    pub received: ReceivedId,
    /// The line above its text: who wrote it, and when.
    pub heading: String,
    /// How much of its text is shown, in characters.
    pub most: u32,
}

/// A link below a letter with which its reader asks for something: a `mailto:` URL with a ready subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its text, in the language of the letter.
    pub label: String,
    /// The `mailto:` URL.
    pub url: String,
}

/// An attachment of a letter: a reference to an attachment of a received message, whose bytes are read when the letter is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentFile {
    /// The message that it came with.
    pub received: ReceivedId,
    /// The index of the part of that message that holds it.
    pub part: u32,
    /// Its file name.
    pub filename: String,
    /// Its media type.
    pub content_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// Whether it was shown within the text of that message.
    pub inline: bool,
}

/// A letter: an e-mail that we send, as all the values that its bytes are made from, so that every try sends the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Its recipient and contents.
    #[serde(flatten)]
    pub draft: Draft,
    /// Its signed Message-ID. By it we recognise replies, bounces and duplicates; in a letter to an engineer it is the token too.
    pub message_id: MessageId,
    /// The address for replies that carries the token; `None`: the desk's plain address.
    pub reply_to: Option<EmailAddress>,
    /// The message that it replies to; `None` if it begins a thread.
    pub in_reply_to: Option<MessageId>,
    /// The ids of the thread, oldest first, ending with the message that it replies to.
    pub references: Vec<MessageId>,
    /// `Date`.
    pub date: Timestamp,
    /// The id of the installation that sends it, for [`LOOP_MARK`].
    pub instance: String,
}

impl Letter {
    /// The letter without its content: its kind, its request, its dates and its recipient's pseudonym are kept.
    pub fn erased(self, redaction: &Redaction) -> Self {
        let draft = Draft {
            to: redaction.address(&self.draft.to),
            // In a letter to an engineer it names who wrote.
            from: NamedAddress { name: String::new(), ..self.draft.from },
            subject: String::new(),
            preheader: String::new(),
            text: String::new(),
            blocks: Vec::new(),
            history: None,
            formed: Vec::new(),
            links: Vec::new(),
            signature: String::new(),
            files: Vec::new(),
            ..self.draft
        };
        let (in_reply_to, references) = (None, Vec::new());
        Self { draft, reply_to: None, in_reply_to, references, ..self }
    }
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
    /// The message that a yes to it confirms or sends.
    pub asks_about: Option<ReceivedId>,
}

/// The e-mail thread between a request and one correspondent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// The subject that all further letters keep: of the first answer in a human's words, or of the first letter before there is
    /// one; `None` before any letter.
    pub subject: Option<String>,
    /// Whether that is the subject of an answer.
    pub is_answered: bool,
    /// The ids of our letters to that correspondent and of their own messages, oldest first: `References` names only these.
    pub ids: Vec<MessageId>,
    /// How many of the ids lead to their latest message, it included; 0 where they have written none.
    pub theirs: usize,
}

impl Thread {
    /// The subject of a letter that would have this one in a thread of its own. From the first answer on it is the
    /// correspondent's own subject, as an answer only where they have written.
    pub fn subject_for(&self, draft: &Draft) -> String {
        let is_first_answer = draft.kind == LetterKind::Answer && !self.is_answered;
        match &self.subject {
            Some(subject) if !is_first_answer => subject.clone(),
            _ if draft.engineer.is_none() && self.theirs == 0 => {
                draft.subject.strip_prefix("Re: ").unwrap_or(&draft.subject).to_owned()
            }
            _ => draft.subject.clone(),
        }
    }

    /// The ids that a letter names, oldest first, the last as the one that it replies to: a customer's letters reply to their own
    /// message where they have written any, since a mail program need not know ours.
    pub fn references_of(self, draft: &Draft) -> Vec<MessageId> {
        let mut ids = self.ids;
        if draft.engineer.is_none() && self.theirs > 0 {
            ids.truncate(self.theirs);
        }
        ids
    }
}

/// The purpose of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display, AsRefStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LetterKind {
    /// To the requester: the request is registered, with its number.
    Acknowledgement,
    /// To the requester and to watchers who are no engineers: an engineer's words, and the changes with them.
    Answer,
    /// To the requester: a change or a correction, in our own words only.
    Notice,
    /// To an engineer: a message of a customer or colleague, or a request that is now assigned to them.
    Notification,
    /// To an engineer: a colleague's note. An answer to it is a note too.
    Note,
    /// To an engineer: what their tags have done, and how to undo it.
    Receipt,
    /// To an engineer: what is wrong with their tags, or why their text was not passed on.
    Explanation,
    /// To an engineer: the question whether they wrote a message in their name.
    Question,
    /// To an engineer: a request is due, overdue or without progress.
    Reminder,
    /// To an engineer: the list of their requests of the day.
    Digest,
    /// To an external team that is to solve it: the request with its history.
    Handover,
}

impl LetterKind {
    /// Whether it goes to engineers; all other kinds go to customers and other outsiders.
    pub fn is_for_engineers(self) -> bool {
        use LetterKind::{Acknowledgement, Answer, Handover, Notice};
        !matches!(self, Acknowledgement | Answer | Notice | Handover)
    }
}

/// The delivery state of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display, AsRefStr, EnumString, VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LetterState {
    /// Waiting to be sent, for the first time or again.
    Due,
    /// Being sent: committed before the first byte of its body goes out, so after a crash it is unknown whether it arrived.
    Inflight,
    /// Accepted by a server, with 250 after the final dot.
    Sent,
    /// Given up; only the operator can have it sent again.
    Failed,
    /// Never sent: the change that it announces was undone in time, or it waited because of a cap and is not needed any more.
    Cancelled,
}

/// That somebody has had a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureHad {
    /// Who.
    pub who: EmailAddress,
    /// The picture.
    pub sha256: Digest,
    /// Whether it came to them by an e-mail of ours; else they sent it themselves.
    pub is_from_us: bool,
}
