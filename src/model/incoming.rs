//! A received message as the parser reads it. Odd mail gives a value with defects, never an error.

use std::fmt;

use serde::Serialize;
use strum::Display;

use super::{Digest, FileFacts, Form, MessageId, NamedAddress, Reading, Timestamp};

/// A received message, parsed. Everything in it is a claim of its sender.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Incoming {
    /// The mailboxes of all `From` fields (RFC 5322 3.6.2); more than one field is also a defect.
    pub from: Vec<NamedAddress>,
    /// `Sender`; `None` if there is none.
    pub sender: Option<NamedAddress>,
    /// `Reply-To`.
    pub reply_to: Vec<NamedAddress>,
    /// The author, where a group has put its own address into `From`: `X-Original-From`, or else `X-Original-Sender`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub original_from: Vec<NamedAddress>,
    /// `To`.
    pub to: Vec<NamedAddress>,
    /// `Cc`.
    pub cc: Vec<NamedAddress>,
    /// The subject without reply and forward prefixes, on one line.
    pub subject: String,
    /// The subject, only decoded and put on one line.
    pub subject_raw: String,
    /// `Message-ID`; `None` if there is none or it is malformed.
    pub message_id: Option<MessageId>,
    /// `In-Reply-To`: the well-formed ids in it.
    pub in_reply_to: Vec<MessageId>,
    /// `References`: the well-formed ids in it, oldest first.
    pub references: Vec<MessageId>,
    /// `Date`; `None` if there is none or it cannot be read.
    pub date: Option<Timestamp>,
    /// The body as plain text, as its reader would see it.
    pub text: String,
    /// The form of the text, from its HTML; empty where it came without.
    #[serde(skip)]
    pub form: Form,
    /// The other version of a text that came as plain text and as HTML, where the two say different things; else empty.
    #[serde(skip)]
    pub other_text: String,
    /// Whether `text` was made from HTML, and no plain text in the message vouches that the HTML hides no tag.
    pub is_html: bool,
    /// Whether `text` is that of attached messages, because the author wrote none.
    pub is_attached: bool,
    /// The text, divided by guesses: words, signature, earlier conversation. Nothing of the text is in none of them.
    pub reading: Reading,
    /// The messages that it forwards, within its text or as attachments; at most one within its text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forwarded: Vec<ForwardedMail>,
    /// The attachments, in the order of the message.
    pub attachments: Vec<Attachment>,
    /// How it is protected; `None` if it is neither encrypted nor wrapped in a signature.
    pub protection: Option<MessageProtection>,
    /// Every sign that no human wrote this, strongest first; the desk decides which of them count.
    pub automatic: Vec<AutomaticSign>,
    /// The delivery report in it (RFC 3464); `None` if it is not one.
    pub report: Option<DeliveryReport>,
    /// The complaint about a letter in it (RFC 5965); `None` if it is not one.
    pub complaint: Option<Complaint>,
    /// What a report or complaint returns of the message that it is about.
    #[serde(skip)]
    pub returned: Returned,
    /// All header fields of the message itself in their order, decoded, within the limits of the parser.
    pub headers: Vec<Header>,
    /// The digest of what the author wrote: the body and the author's header fields, not what was added in transport. The same
    /// message delivered twice has the same digest.
    pub content_digest: Digest,
    /// What is wrong with it.
    pub defects: Vec<Defect>,
}

impl Incoming {
    /// The decoded values of all header fields of this name, in their order.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }

    /// The ids of all messages that this one replies to: In-Reply-To first, then References from the newest back, each once.
    pub fn answered(&self) -> Vec<&MessageId> {
        let mut seen = Vec::new();
        for id in self.in_reply_to.iter().chain(self.references.iter().rev()) {
            if !seen.contains(&id) {
                seen.push(id);
            }
        }
        seen
    }

    /// Whether its words cannot be read, since it is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.protection.is_some_and(MessageProtection::is_encrypted)
    }
}

/// A message that another one forwards, as far as that tells. All of it is a claim of who forwards it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ForwardedMail {
    /// Who wrote it; the address is empty where only a name is given, and none where not even that.
    pub from: Option<NamedAddress>,
    /// When, as written; empty where that is not said.
    pub date: String,
    /// Its subject; empty where that is not said.
    pub subject: String,
    /// Its text, with whatever it quotes.
    pub words: String,
    /// What its forwarder wrote above it; empty where nothing is, or it is attached.
    pub note: String,
    /// Whether it is attached, not a part of the text.
    pub is_attached: bool,
}

/// Cryptographic protection of a whole message that matters for its reading.
///
/// `Display` writes the defect that tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Display)]
#[serde(rename_all = "snake_case")]
pub enum MessageProtection {
    /// Wrapped in an opaque S/MIME signature (RFC 8551 section 3.5.2), which was opened and not checked.
    #[strum(to_string = "S/MIME: signed; the signature was not checked")]
    SignedUnchecked,
    /// Encrypted by S/MIME: nobody can read it here.
    #[strum(to_string = "S/MIME: encrypted; it cannot be read here")]
    EncryptedSmime,
    /// Encrypted by OpenPGP: nobody can read it here.
    #[strum(to_string = "OpenPGP: encrypted; it cannot be read here")]
    EncryptedPgp,
}

impl MessageProtection {
    /// What stands in the defects of every message whose words cannot be read.
    pub const UNREADABLE: &str = "encrypted; it cannot be read here";

    /// Whether the words cannot be read, so that both sides must be told.
    pub fn is_encrypted(self) -> bool {
        self != Self::SignedUnchecked
    }
}

/// A header field, unfolded and decoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Header {
    /// The field name as written.
    pub name: String,
    /// The field body, decoded (RFC 2047), without line breaks and control characters.
    pub value: String,
    /// Whether it is written in a way that programs read differently: with white space before the colon, control characters, or
    /// a line end unlike the header's other ones; of `From` also anything but one plain mailbox. No proof rests on such a field.
    #[serde(skip)]
    pub is_irregular: bool,
}

/// An attachment of a received message: its description, and the part of the raw bytes that holds it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attachment {
    /// The index of the part of the message that holds it, so that it can be decoded again when it is asked for.
    pub part: u32,
    /// A safe, non-empty file name, unique within the message.
    pub filename: String,
    /// The media type, by declaration and content, lower case, without parameters.
    pub content_type: String,
    /// Decoded size in bytes.
    pub size: u64,
    /// SHA-256 of the decoded bytes.
    pub sha256: Digest,
    /// Whether it is shown within the text, such as a picture, rather than as a separate file.
    pub inline: bool,
    /// Of an engineer's embedded picture, whether it stands in what they typed, not in what they quote or in their signature; `None`
    /// where that is not known.
    #[serde(skip)]
    pub is_typed: Option<bool>,
    /// Whether its end is missing, because only the beginning of the message was fetched.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_torn: bool,
    /// `Content-ID` (RFC 2392) without angle brackets; `None` if there is none.
    pub content_id: Option<String>,
    /// What was read in it; `None` if it is of no kind that is read.
    pub facts: Option<FileFacts>,
    /// A warning for whoever opens it, in a few words; `None` if there is nothing to warn of.
    pub verdict: Option<String>,
}

/// A sign that a message was sent by a program, not written to us by a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Display)]
#[serde(rename_all = "snake_case")]
pub enum AutomaticSign {
    /// A delivery report, read receipt or feedback report (RFC 3464, 8098, 5965), or a bounce in free form.
    #[strum(to_string = "it is a {0}")]
    Report(String),
    /// `Return-Path: <>` (RFC 3834 section 2).
    #[strum(to_string = "Return-Path: <>")]
    NullReturnPath,
    /// `Auto-Submitted` other than `no` (RFC 3834 section 5): its value, from the keyword on.
    #[strum(to_string = "Auto-Submitted: {0}")]
    AutoSubmitted(String),
    /// `X-Auto-Response-Suppress` with All, OOF or AutoReply: its value.
    #[strum(to_string = "X-Auto-Response-Suppress: {0}")]
    ResponseSuppressed(String),
    /// Another header field that only programs set: its name and value.
    #[strum(to_string = "{0}: {1}")]
    RobotHeader(String, String),
    /// `Precedence: bulk | list | junk | auto_reply`.
    #[strum(to_string = "Precedence: {0}")]
    Precedence(String),
    /// A header field of mailing lists (RFC 2369, RFC 2919): its name and value. It does not count for the desk's own lists.
    #[strum(to_string = "{0}: {1}")]
    List(String, String),
    /// A sender address that nobody reads: noreply@, mailer-daemon@, postmaster@.
    #[strum(to_string = "sent by {0}")]
    UnattendedSender(String),
    /// A subject that only vacation notices and receipts have: the subject.
    #[strum(to_string = "Subject: {0}")]
    Subject(String),
    /// A calendar invitation or answer (RFC 5546): its method.
    #[strum(to_string = "calendar {0}")]
    Calendar(String),
}

impl AutomaticSign {
    /// Whether it shows that the message replies to another one, like a vacation notice, rather than being sent on its own.
    pub fn is_reply(&self) -> bool {
        match self {
            AutomaticSign::AutoSubmitted(value) => value.to_ascii_lowercase().starts_with("auto-replied"),
            AutomaticSign::Precedence(value) => value.to_ascii_lowercase().contains("reply"),
            AutomaticSign::RobotHeader(name, _) => !OF_ITS_OWN.iter().any(|own| name.eq_ignore_ascii_case(own)),
            AutomaticSign::Subject(_) | AutomaticSign::Report(_) => true,
            _ => false,
        }
    }
}

/// Header fields of robots that do not say that they reply: loop guards of lists, and what monitoring and jobs send.
const OF_ITS_OWN: [&str; 10] = [
    "X-Loop",
    "X-Cron-Env",
    "X-Autogenerated",
    "X-Auto-Generated",
    "X-Mailer",
    "User-Agent",
    "X-Bugzilla-Reason",
    "X-Redmine-Host",
    "X-Jenkins-Job",
    "X-Nagios-Notification",
];

/// A delivery report: what a mail server reports about the delivery of a letter (RFC 3464), or a bounce in free form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DeliveryReport {
    /// One entry for each recipient; empty if the report names none.
    pub recipients: Vec<ReportedRecipient>,
    /// The Message-ID of the letter that the report is about, from the returned message or its header; `None` if neither names it.
    pub original_message_id: Option<MessageId>,
}

/// The delivery to one recipient (RFC 3464 section 2.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportedRecipient {
    /// `Final-Recipient`, or `Original-Recipient`, the address alone.
    pub address: String,
    /// `Action`.
    pub action: Action,
    /// `Status`: an enhanced status code such as `5.1.1` (RFC 3463); empty if there is none.
    pub status: String,
    /// `Diagnostic-Code`, or the text around the address in a bounce in free form.
    pub diagnostic: String,
}

/// The result of a delivery: `Action` of a delivery report (RFC 3464 section 2.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The letter was not delivered and will not be.
    Failed,
    /// It was not delivered yet; the server keeps trying.
    Delayed,
    /// It was delivered.
    Delivered,
    /// It was passed to a system that sends no delivery reports.
    Relayed,
    /// It was delivered and distributed to further recipients.
    Expanded,
}

/// A complaint of a letter's reader, as their mail provider passes it on (feedback report, RFC 5965).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Complaint {
    /// `Feedback-Type`, in lower case: `abuse`, `fraud`, `opt-out`, `other`, …
    pub kind: String,
    /// Whom it names as the letter's readers: `Original-Rcpt-To`. Empty where the provider does not tell.
    pub recipients: Vec<String>,
}

/// What a machine's report returns of the message that it is about, in whatever form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Returned {
    /// What stands as a Message-ID in it: that of the returned header first.
    pub ids: Vec<MessageId>,
    /// Whatever else looks like one, as in `References`.
    pub mentioned: Vec<MessageId>,
    /// The addresses in `To` of the returned header.
    pub recipients: Vec<String>,
    /// `Date` of the returned header; `None` where there is none.
    pub date: Option<Timestamp>,
    /// The text of the report and of the messages in it.
    pub text: String,
}

/// A fault of a message, in words for the operator: `"From: two fields, the first counts"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Defect(pub String);

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
