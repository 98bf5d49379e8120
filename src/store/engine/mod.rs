//! The database engine behind the vocabulary. Another one takes its place by the same functions.

mod sqlite;

pub(super) use sqlite::{BY_FRAGMENT, BY_STEM, Connection, quoted};
