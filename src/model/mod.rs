//! Floor 0: the words that all rooms share. Values only: nothing here reads a clock, a file or a network.

mod address;
mod ask;
mod decision;
mod digest;
mod file;
mod ids;
mod incoming;
mod letter;
pub mod policy;
mod request;
mod secret;
pub mod settings;
mod tag;
mod time;

pub use address::{EmailAddress, InvalidAddress, NamedAddress};
pub use ask::{Ask, Kind, Place, Priority, RequesterAsk, ShortName, Status, Version};
pub use decision::{Acknowledged, Change, Decision, Disposition, Event, Facts, Lookup, ReportedLetter};
pub use digest::Digest;
pub use file::FileFacts;
pub use ids::{DeskKey, InvalidId, LetterId, MessageId, ReceivedId, RequestId, RequestNumber, Uid};
pub use incoming::{Action, Attachment, AutomaticSign, Defect, DeliveryReport, Header, Incoming, ReportedRecipient};
pub use letter::{Draft, LOOP_MARK, Letter, LetterKind, LetterState};
pub use request::{Language, Participant, Phase, Request};
pub use secret::Secret;
pub use tag::{Answer, Bracket, KeyedAsk, Mistake, Named, Problem, Vocabulary};
pub use time::Timestamp;
