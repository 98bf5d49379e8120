//! The rulebook, pure: who wrote, which request it is about, and what follows. Facts and `now` are arguments.

mod decide;
mod language;
mod left_out;
mod replay;
mod terms;
mod understand;
mod wording;

pub use decide::{Case, decide};
pub use left_out::{LeftOut, without_files};
pub use replay::apply;
pub use understand::{Belonging, Claims, Spam, belonging, claims};
