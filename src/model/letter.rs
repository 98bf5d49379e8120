//! Messages that we send.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{EmailAddress, Language, MessageId, NamedAddress, RequestNumber, Timestamp};

/// The header field that marks our own letters with the installation that wrote them.
pub const LOOP_MARK: &str = "X-Maildesk-Instance";

/// What a decision wants written, to one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What it is for; a message causes at most one letter of a kind to a recipient.
    pub kind: LetterKind,
    /// The request it speaks of.
    pub request: RequestNumber,
    /// The desk, as `From` and envelope sender.
    pub from: NamedAddress,
    /// The one recipient.
    pub to: EmailAddress,
    /// The subject, one line.
    pub subject: String,
    /// The plain text; the HTML part is made from it.
    pub text: String,
    /// The language of the text.
    pub language: Language,
    /// The message that it answers.
    pub in_reply_to: Option<MessageId>,
    /// The thread, oldest first, ending with the answered message.
    pub references: Vec<MessageId>,
}

/// A letter's manifest: all that its bytes are made from, so that every rendering gives the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// What was decided.
    #[serde(flatten)]
    pub draft: Draft,
    /// Our signed id: thread proof, bounce proof and duplicate guard in one.
    pub message_id: MessageId,
    /// `Date`.
    pub date: Timestamp,
    /// Which installation wrote it: our own loop mark.
    pub instance: String,
}

/// What a letter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// The first answer, with the number.
    Acknowledgement,
}

impl LetterKind {
    /// The word in the store and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            LetterKind::Acknowledgement => "acknowledgement",
        }
    }

    /// Whether a program decided to write it, so that it says `Auto-Submitted` (RFC 3834 section 5).
    pub fn is_automatic(self) -> bool {
        match self {
            LetterKind::Acknowledgement => true,
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
}

impl LetterState {
    /// The word in the store and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            LetterState::Due => "due",
            LetterState::Inflight => "inflight",
            LetterState::Sent => "sent",
            LetterState::Failed => "failed",
        }
    }
}

impl fmt::Display for LetterState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
