//! A message from outside, as understood: a value with defects, never a failure.

use std::fmt;

use serde::Serialize;

use super::{Digest, FileFacts, MessageId, NamedAddress, Timestamp};

/// What one raw message says. Everything in it is a claim of its sender.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Incoming {
    /// `From` (RFC 5322 3.6.2), every mailbox of every such field; more than one field is also a defect.
    pub from: Vec<NamedAddress>,
    /// `Sender`, if there is one.
    pub sender: Option<NamedAddress>,
    /// `Reply-To`.
    pub reply_to: Vec<NamedAddress>,
    /// `To`.
    pub to: Vec<NamedAddress>,
    /// `Cc`.
    pub cc: Vec<NamedAddress>,
    /// The subject without reply and forward prefixes, on one line.
    pub subject: String,
    /// The subject, only decoded and put on one line.
    pub subject_raw: String,
    /// `Message-ID`, if it is well-formed.
    pub message_id: Option<MessageId>,
    /// `In-Reply-To`: the well-formed ids in it.
    pub in_reply_to: Vec<MessageId>,
    /// `References`: the well-formed ids in it, oldest first.
    pub references: Vec<MessageId>,
    /// `Date`, as an instant.
    pub date: Option<Timestamp>,
    /// The body as a person would read it.
    pub text: String,
    /// Whether `text` was made from HTML, since there is no plain text.
    pub is_html: bool,
    /// The new words only: without quoted history and signature. Equal to `text` when nothing else would be left.
    pub reply_text: String,
    /// Files, in the order of the message.
    pub attachments: Vec<Attachment>,
    /// Every sign that no human wrote this, strongest first; which of them count is the desk's matter.
    pub automatic: Vec<AutomaticSign>,
    /// What a delivery report reports (RFC 3464).
    pub report: Option<DeliveryReport>,
    /// All header fields of the message itself in their order, decoded, within the limits of the parser.
    pub headers: Vec<Header>,
    /// Digest of what the author wrote: body and author's header fields, not what transport added. The same message
    /// delivered twice has the same digest.
    pub content_digest: Digest,
    /// What was wrong with it, in words for the operator.
    pub defects: Vec<Defect>,
}

impl Incoming {
    /// The decoded values of all header fields of this name, in their order.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }

    /// Every message that this one says it answers: In-Reply-To first, then References from the newest back, each once.
    pub fn answered(&self) -> Vec<&MessageId> {
        let mut seen = Vec::new();
        for id in self.in_reply_to.iter().chain(self.references.iter().rev()) {
            if !seen.contains(&id) {
                seen.push(id);
            }
        }
        seen
    }
}

/// One header field, unfolded and decoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Header {
    /// The field name as written.
    pub name: String,
    /// The field body, decoded (RFC 2047), without line breaks and control characters.
    pub value: String,
}

/// A file of a message: a pointer into its raw bytes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attachment {
    /// Which part of the message holds it, so that it can be decoded again when asked for.
    pub part: u32,
    /// A safe, non-empty file name, unique within the message.
    pub filename: String,
    /// The media type, by declaration and content, lower case, without parameters.
    pub content_type: String,
    /// Decoded size in bytes.
    pub size: u64,
    /// SHA-256 of the decoded bytes.
    pub sha256: Digest,
    /// Whether the body shows it in place (a picture in the text) rather than beside it.
    pub inline: bool,
    /// `Content-ID` (RFC 2392) without angle brackets.
    pub content_id: Option<String>,
    /// What was read in it.
    pub facts: Option<FileFacts>,
    /// What its reader should know before opening it, in a few words.
    pub verdict: Option<String>,
}

/// A sign that a message was not written by a human for us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AutomaticSign {
    /// A delivery report, read receipt or feedback report (RFC 3464, 8098, 5965), or a bounce in free form.
    Report(String),
    /// `Return-Path: <>` (RFC 3834 section 2).
    NullReturnPath,
    /// `Auto-Submitted` other than `no` (RFC 3834 section 5): its value.
    AutoSubmitted(String),
    /// `X-Auto-Response-Suppress` with All, OOF or AutoReply: its value.
    ResponseSuppressed(String),
    /// Another header field that only robots set: its name and value.
    RobotHeader(String, String),
    /// `Precedence: bulk | list | junk | auto_reply`.
    Precedence(String),
    /// A list header (RFC 2369, RFC 2919): its name and value. No sign on a list of one's own.
    List(String, String),
    /// A sender that reads no answers: noreply@, mailer-daemon@, postmaster@.
    UnattendedSender(String),
    /// A subject that only vacation notices and receipts have.
    Subject(String),
    /// A calendar invitation or answer (RFC 5546): its method.
    Calendar(String),
}

impl AutomaticSign {
    /// Whether it says that this answers another message, like a vacation notice, rather than being sent on its own.
    pub fn is_reply(&self) -> bool {
        match self {
            AutomaticSign::AutoSubmitted(value) => value.to_ascii_lowercase().starts_with("auto-replied"),
            AutomaticSign::Precedence(value) => value.eq_ignore_ascii_case("auto_reply"),
            AutomaticSign::RobotHeader(name, _) => !name.eq_ignore_ascii_case("X-Loop"),
            AutomaticSign::Subject(_) | AutomaticSign::Report(_) => true,
            AutomaticSign::NullReturnPath
            | AutomaticSign::ResponseSuppressed(_)
            | AutomaticSign::List(..)
            | AutomaticSign::UnattendedSender(_)
            | AutomaticSign::Calendar(_) => false,
        }
    }
}

impl fmt::Display for AutomaticSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AutomaticSign::Report(kind) => write!(f, "it is a {kind}"),
            AutomaticSign::NullReturnPath => f.write_str("Return-Path: <>"),
            AutomaticSign::AutoSubmitted(value) => write!(f, "Auto-Submitted: {value}"),
            AutomaticSign::ResponseSuppressed(value) => write!(f, "X-Auto-Response-Suppress: {value}"),
            AutomaticSign::RobotHeader(name, value) | AutomaticSign::List(name, value) => write!(f, "{name}: {value}"),
            AutomaticSign::Precedence(value) => write!(f, "Precedence: {value}"),
            AutomaticSign::UnattendedSender(address) => write!(f, "sent by {address}"),
            AutomaticSign::Subject(subject) => write!(f, "Subject: {subject}"),
            AutomaticSign::Calendar(method) => write!(f, "calendar {method}"),
        }
    }
}

/// What became of letters, as a mail server reports it (RFC 3464), or as a free-form bounce tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DeliveryReport {
    /// One entry a recipient; empty when the report does not say.
    pub recipients: Vec<ReportedRecipient>,
    /// The Message-ID of the letter that the report is about, from the returned message or its header.
    pub original_message_id: Option<MessageId>,
}

/// One recipient's delivery (RFC 3464 section 2.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportedRecipient {
    /// `Final-Recipient`, or `Original-Recipient`, the address alone.
    pub address: String,
    /// `Action`.
    pub action: Action,
    /// `Status`: an enhanced status code such as `5.1.1` (RFC 3463); empty when there is none.
    pub status: String,
    /// `Diagnostic-Code`, or the words around the address in a free-form bounce.
    pub diagnostic: String,
}

/// `Action` of a delivery report (RFC 3464 section 2.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The letter did not arrive and will not.
    Failed,
    /// It did not arrive yet; the server still tries.
    Delayed,
    /// It arrived.
    Delivered,
    /// It was passed on to a system that reports no further.
    Relayed,
    /// It arrived and was distributed further.
    Expanded,
}

/// Something wrong with a message, in words for the operator: `"From: two fields, the first counts"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Defect(pub String);

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
