//! The database engine behind `store/sql.rs`. Another engine would offer the same functions as [`sqlite`].

mod sqlite;
pub mod work;

pub(super) use sqlite::{BY_FRAGMENT, BY_STEM, COUNTED_BY_STEM, Connection, NEWEST_BY_STEM, quoted};
