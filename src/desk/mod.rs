//! The rulebook, pure: who wrote, which request it is about, and what follows. Facts and `now` are arguments.

mod decide;
mod language;
mod plain_words;
mod replay;
mod terms;
mod understand;
pub mod wording;

pub use decide::{Case, decide};
pub use plain_words::{PlainWords, plain_words};
pub use replay::apply;
pub use terms::{Misfit, News, Told, Unproven};
pub use understand::{Belonging, Claims, Spam, belonging, claims};
