//! The rules of a desk, pure: who wrote a message, which request it is about, and what follows. Facts and the time are
//! arguments.

mod alerts;
mod assignment;
mod basis;
pub mod calendar;
mod conflicts;
mod copies;
mod deadlines;
mod decide;
mod execute;
mod forget;
mod intake;
mod language;
mod lifecycle;
mod likeness;
mod news;
mod own_signature;
mod permission;
mod plain_words;
mod progress;
mod readers;
mod request;
pub mod resync;
mod revision;
mod roster;
pub mod stats;
mod understand;
mod undo;
mod which_request;
pub mod wording;

use regex::Regex;

pub use alerts::alert;
pub use basis::{Basis, Keys};
pub use deadlines::{Deadline, Deadlines, contract, deadlines};
pub use decide::{
    Case, MOST_TOLD, UNKNOWN_BRACKET, USED_ELSEWHERE, decide, digest, hand_over, letter_delivered, letter_failed,
    next_look, released, rescheduled, set, tell_again, tick,
};
pub use forget::{erased, outsiders, redacted};
pub use lifecycle::{Transition, Trigger, transition};
pub use likeness::{explained_key, repeat_key, tally_keys};
pub use news::{AlertNews, Kept, Linking, News, Promise, Rejection, Told, Unproven};
pub use own_signature::{ending, signature_digest};
pub use plain_words::{Confirmation, PlainWords, confirmation, ends_with_question, phrase_fault, plain_words};
pub use roster::Roster;
pub use understand::{claims, delivered_to};
pub use which_request::{Belonging, belonging, follow};

/// Compiles a constant regular expression.
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is constant and compiles")
}
