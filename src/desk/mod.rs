//! The rulebook, pure: who wrote, which request it is about, and what follows. Facts and `now` are arguments.

mod assignment;
pub mod calendar;
mod execute;
mod conflicts;
mod deadlines;
mod decide;
mod forget;
mod intake;
mod undo;
mod language;
mod dropped_attachments;
mod lifecycle;
mod permission;
mod plain_words;
mod progress;
mod replay;
pub mod resync;
pub mod stats;
mod news;
mod understand;
pub mod wording;

pub use deadlines::{Deadline, Deadlines, contract, deadlines};
pub use decide::{
    Case, Keys, decide, digest, letter_delivered, letter_failed, next_look, released, rescheduled, set, tick,
};
pub use forget::{erased, outsiders, redacted};
pub use dropped_attachments::{DropReason, without_files};
pub use lifecycle::{Transition, Trigger, transition};
pub use permission::Evidence;
pub use plain_words::{PlainWords, plain_words, unfit};
pub use replay::apply;
pub use news::{Rejection, News, Promise, Told, Unproven};
pub use understand::{Belonging, Claims, Typed, belonging, claims, delivered_to};
