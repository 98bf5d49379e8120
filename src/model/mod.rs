//! Floor 0: the words that all rooms share. Values only: nothing here reads a clock, a file or a network.

mod actor;
mod address;
mod ask;
mod decision;
mod digest;
mod facts;
mod file;
mod ids;
mod incoming;
mod letter;
pub mod policy;
mod progress;
mod redaction;
mod request;
mod secret;
pub mod settings;
mod signed;
mod status;
mod tag;
mod time;
mod words;

pub use actor::{Actor, Proof};
pub use address::{EmailAddress, InvalidAddress, NamedAddress};
pub use ask::{Ask, Kind, Place, Priority, Release, RequesterAsk, ShortName, Version};
pub use decision::{Change, Decision, Disposition, Event, Visibility};
pub use digest::Digest;
pub use facts::{Acknowledged, AnsweredLetter, Facts, HeldMessage, Lookup, ReportedLetter, Said, Undoable};
pub use file::FileFacts;
pub use ids::{DeskKey, InvalidId, LetterId, MessageId, ReceivedId, RequestId, RequestNumber, Uid};
pub use incoming::{Action, Attachment, AutomaticSign, Defect, DeliveryReport, Header, Incoming, ReportedRecipient};
pub use letter::{
    CUT_LINE, Draft, LOOP_MARK, Letter, LetterKind, LetterState, Link, PROBE_FIELD, PROBE_MARK, SentFile, Thread,
};
pub use progress::{Progress, Reminded, Reminder, Wait};
pub use redaction::Redaction;
pub use request::{Language, Participant, Request};
pub use secret::Secret;
pub use signed::{Anchor, Audience, Signed};
pub use status::{Phase, Standing, Status};
pub use tag::{Answer, Bracket, Clash, KeyedAsk, Named, SyntaxError, SyntaxErrorKind, Vocabulary};
pub use time::Timestamp;
pub use words::{Unclear, Words};
