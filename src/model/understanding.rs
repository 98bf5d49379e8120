//! A message as understood, before anything is decided about it.

use super::{
    Answer, Attachment, AutomaticSign, BodyTags, Bracket, Copied, DeskKey, EmailAddress, MessageId, Reading,
    ReceivedId, RequestNumber, ShortName, Signed, Words,
};

/// What a message says and brings: who says to have written it and to whom, what it answers, what shows that, and what its writer
/// typed. All of it is a claim of its sender, except `proofs` and the signed ids among its `references`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Understanding {
    /// Who says to have written it.
    pub sender: Sender,
    /// Whom it went to.
    pub recipients: Recipients,
    /// It is a letter of this installation that came back.
    pub is_own_letter: bool,
    /// It is a probe of `maildesk check`.
    pub is_probe: bool,
    /// Why the operator wants none of it; none where nothing is held against it.
    pub spam: Option<Spam>,
    /// The signs of automatic mail that count at this desk, strongest first.
    pub automatic: Vec<AutomaticSign>,
    /// The messages and requests that it names.
    pub references: References,
    /// What shows who wrote it, beside the signed ids among its references.
    pub proofs: Proofs,
    /// Its subject without our references, fit to be quoted.
    pub subject: String,
    /// The subject, where its writer has put another one in the place of the answered one; of a message that answers none that is
    /// known, whatever its subject says. `None` where it says nothing of its own.
    pub own_subject: Option<String>,
    /// What its writer typed.
    pub typed: Typed,
    /// Its text without the lines of ours that it quotes, for readers who have the request that it belongs to.
    pub reading: Reading,
    /// Whether the words are nothing but a signature, which is never set apart from nothing.
    pub is_signature: bool,
    /// The earlier message of the same engineer that the answered letter asks about: a yes sends it after all.
    pub kept: Option<Box<KeptMessage>>,
}

/// An engineer's message that was given back to them, or kept for colleagues.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptMessage {
    /// The message.
    pub id: ReceivedId,
    /// Its subject as it came.
    pub subject: String,
    /// What its writer typed; the brackets of its words are text.
    pub typed: Typed,
    /// Its text.
    pub reading: Reading,
    /// Its files.
    pub attachments: Vec<Attachment>,
}

/// Who says to have written a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sender {
    /// The address, if it is one that we could write to: of `From`, or of the customer whom a web form or a group of ours names in
    /// another field.
    pub address: Option<EmailAddress>,
    /// The display name; empty where there is none.
    pub name: String,
    /// A web form sent the message: the sender is whoever was typed into the form.
    pub is_form: bool,
    /// A group of ours has sent the message in the desk's own name: the sender is whom its other header fields name.
    pub is_rewritten: bool,
    /// The address is one of our desks'.
    pub is_desk: bool,
    /// The engineer whose address it is.
    pub engineer: Option<ShortName>,
    /// The desks at which it is an engineer's.
    pub works_at: Vec<DeskKey>,
}

impl Sender {
    /// Whether a program of ours has sent the message for somebody: what shows that it is that program's shows nothing about them.
    pub fn is_named_by_program(&self) -> bool {
        self.is_form || self.is_rewritten
    }
}

/// Whom a message went to, by To and Cc.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipients {
    /// Whether one of the desk's addresses is among them, so that an answer is no surprise (RFC 3834 section 2).
    pub include_desk: bool,
    /// Everybody who is neither desk nor engineer: they have seen what the message carries.
    pub outsiders: Vec<EmailAddress>,
    /// The people among them who may get copies of answers: neither desk nor engineer, nor an address that nobody reads.
    pub people: Vec<Copied>,
    /// Whether somebody is named by an address that we cannot compare.
    pub include_unreadable: bool,
}

/// The messages and requests that a message names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// What our signed ids in its thread and our reply addresses among its recipients say, nearest first.
    pub signed: Vec<Signed>,
    /// The ids that it answers, nearest first.
    pub answered: Vec<MessageId>,
    /// The requests that its subject quotes, in their order.
    pub quoted: Vec<RequestNumber>,
    /// The request that its subject or first line calls by a word for requests, «заявка №5»; `None` where there is none, or more
    /// than one could be meant.
    pub named: Option<RequestNumber>,
    /// The requests whose numbers merely stand in its subject or words, «Счёт №115», “see OTK-12”: written in full, or as a number
    /// sign and a number, which only means a request of the sender's own.
    pub mentioned: Vec<Mentioned>,
    /// The letter of ours that it reports on; none where it is no delivery report, or about somebody else's.
    pub reported: Option<ReportedId>,
}

/// A number that stands in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mentioned {
    /// The request that it may mean.
    pub number: RequestNumber,
    /// Whether the desk's key stands before it, so that it means nothing else.
    pub is_in_full: bool,
}

/// A letter of ours as a delivery report names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedId {
    /// Its signed id.
    pub letter: MessageId,
    /// The request that the id names, and the recipient whom the report names; only of letters to correspondents. By these the
    /// letter of a lost installation is found.
    pub returned: Option<(RequestNumber, EmailAddress)>,
}

/// What shows who wrote a message, as far as our keys and the operator's settings confirm it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proofs {
    /// The serial numbers of the personal addresses among its recipients.
    pub personal: Vec<u32>,
    /// The words by which the operator's own server vouches for the sender's domain.
    pub vouched: Option<String>,
    /// Whether it came to a mailbox that the operator declared internal.
    pub is_internal: bool,
    /// The keys of buttons in its subject. An expired one is among them, too.
    pub buttons: Vec<Signed>,
}

/// What the writer of a message typed: brackets, and own words without them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The brackets of the subject that the answered subject does not have.
    pub subject: Vec<Bracket>,
    /// The brackets of the own words; of anybody who is no engineer those that stand alone on the first line.
    pub body: BodyTags,
    /// Whether the subject came from an answered or forwarded message that never came here, so that nobody knows who typed
    /// its brackets.
    pub is_foreign: bool,
    /// The words without the brackets that count; an engineer's without all that they quote.
    pub words: Words,
    /// An engineer's own words with all of their brackets.
    pub with_brackets: String,
    /// What an engineer typed into lines of an answer to a digest, `[OTK-7 take]`; none in other messages.
    pub listed: Vec<ListedLine>,
    /// What ended an engineer's own words and is known for their signature; empty where nothing is.
    pub signature: String,
    /// What an engineer typed by the other version of their message, where the two say different things; else empty.
    pub in_other_version: String,
}

/// A line of an answer to a digest that says what is to become of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedLine {
    /// The request.
    pub request: RequestNumber,
    /// What is asked.
    pub answer: Answer,
}

impl Typed {
    /// Whether a bracket asks something, in whatever spelling; a button's key does not.
    pub fn asks_anything(&self) -> bool {
        let brackets = self.subject.iter().chain(self.body.counted.iter().map(|tag| &tag.bracket));
        brackets.into_iter().any(|bracket| matches!(bracket.answer, Answer::Asks(_) | Answer::SyntaxError { .. }))
    }
}

/// Why the operator wants none of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spam {
    /// Its sender is blocked.
    Blocked(String),
    /// The operator's filter has marked it.
    Marked(String),
}
