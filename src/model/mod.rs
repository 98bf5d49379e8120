//! Floor 0: the types that all rooms share, and the vocabulary of the whole code.
//!
//! Values only: nothing here reads a clock, a file or a network, and no rule of a desk stands here. Where to begin: a
//! [`Request`] and the [`Event`]s that make it, an [`Incoming`] message, an [`Ask`] (what a tag wants), a [`Decision`] with its
//! [`Effect`]s, a [`Letter`] (every e-mail that we send), and the [`policy::Desk`] by whose settings all is decided.

/// Gives a text that is checked when it is read what such texts have in common: `as_str`, `Display`, and for serde the way from
/// and to a `String`.
macro_rules! checked_text {
    ($type:ty, $error:ty, $(#[$doc:meta])*) => {
        impl $type {
            $(#[$doc])*
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $type {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, $error> {
                Self::parse(&text)
            }
        }

        impl From<$type> for String {
            fn from(checked: $type) -> String {
                checked.0
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

mod actor;
mod address;
mod ask;
mod backoff;
mod block;
mod compared;
mod credential;
mod cut_line;
mod decision;
mod digest;
mod facts;
mod failure;
mod file;
mod fold;
mod form;
mod ids;
mod incoming;
mod letter;
mod other_requests;
pub mod policy;
mod progress;
mod reading;
mod redaction;
mod request;
#[cfg(test)]
pub(crate) mod samples;
mod secret;
pub mod settings;
mod signed;
mod size;
mod status;
mod tag;
mod tally;
mod time;
mod understanding;
mod words;

pub use actor::{Actor, Proof};
pub use address::{EmailAddress, InvalidAddress, NamedAddress};
pub use ask::{Ask, Kind, Place, Priority, Release, RequesterAsk, ShortName, Version};
pub use backoff::backoff;
pub use block::{Block, Fact};
pub use compared::compared;
pub use credential::{Credential, Grant, JwtAlgorithm, LoginPages, TokenEndpoint, TokenSource};
pub use cut_line::{PREHEADER_MARK, RULE, cut_line, split_cut_line, words_of_cut_lines};
pub use decision::{Change, Decision, Disposition, Effect, Entry, Event, Visibility};
pub use digest::Digest;
pub use facts::{
    Alerts, AnsweredFacts, Candidates, DeskFacts, EarlierCopy, EntryHead, Facts, HeldMessage, IdentityFacts, Inside,
    NamedFacts, PassedOn, ReportedLetter, RequestFacts, Said, SenderFacts, Shortfall, Since, SplitFacts, ThreadFacts,
    Trail, Undoable, UnsentMessage,
};
pub use failure::FailureReason;
pub use file::FileFacts;
pub use fold::{FoldedChar, fold, is_invisible, skeleton, skip_blanks, small_letter};
pub use form::{
    BlockKind, Emphasis, Form, FormBlock, FormLine, FormLink, FormSpan, LeftOut, MessageForm, PictureSource,
};
pub use ids::{DeskKey, InvalidId, LetterId, MessageId, ReceivedId, RequestId, RequestNumber, Uid};
pub use incoming::{
    Action, Attachment, AutomaticSign, Complaint, Defect, DeliveryReport, ForwardedMail, Header, Incoming,
    MessageProtection, ReportedRecipient, Returned,
};
pub use letter::{
    AnsweredLetter, Draft, LOOP_MARK, Letter, LetterKind, LetterState, Link, PROBE_FIELD, PROBE_MARK, PictureHad,
    SentFile, ShownEntry, ShownHistory, Thread,
};
pub use other_requests::{SimilarRequest, TakenRequest};
pub use progress::{Progress, Reminded, Reminder, Wait};
pub use reading::{ASIDE_LINE, Reading};
pub use redaction::Redaction;
pub use request::{Copied, Language, Participant, Request};
pub use secret::Secret;
pub use signed::{Anchor, Audience, ButtonAction, Signed};
pub use size::readable_size;
pub use status::{Phase, Standing, Status};
pub use tag::{Answer, BodyTags, Bracket, Clash, KeyedAsk, Named, PlacedTag, SyntaxError, SyntaxErrorKind, Vocabulary};
pub use tally::{Alert, Alike, MINUTE, Minutes, Tallied, Tally, TallyKeys, TallyKind, sender_key, tally_key};
pub use time::Timestamp;
pub use understanding::{
    KeptMessage, ListedLine, Mentioned, Proofs, Recipients, References, ReportedId, Sender, Spam, Typed, Understanding,
};
pub use words::{Unclear, Words};
