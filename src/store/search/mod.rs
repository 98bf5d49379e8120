//! Finding requests by words. Two FTS5 indexes (<https://sqlite.org/fts5.html>): one of stems, since people ask in other forms
//! of a word than others wrote, and one of trigrams, for parts of words and serials that no stem has.
//!
//! **What is found**: messages that belong to a request, notes among them, by subject, text with all that it quotes, and names
//! of files, also those in archives; and the text of files that are text, such as logs. Of each text [`MOST_TEXT`] bytes are
//! read, of a longer file its beginning and its end. **What is not**: held, ignored and quarantined messages, our own letters,
//! documents, pictures, the inside of archives; code for machines such as base64; words of more than 64 characters; the times on
//! the lines of a file; parts of words beyond the first 64 KiB of different words of a text. People and numbers are what `list`
//! looks for.
//!
//! Nothing is stored twice: the indexes hold no text, what is shown is read where it is kept. Measured with 1,500 messages of
//! `benches/intake.rs`, 123 MB: 11 MB of index, and a millisecond of CPU a message, for stemming and writing together.

mod ask;
mod excerpt;
mod findable;
mod gist;
mod index;
mod stem;
#[cfg(test)]
mod tests;

use unicode_normalization::UnicodeNormalization;

use super::StoreError;
use super::engine::Connection;
use super::sql::Value;

pub use ask::{Found, FoundRow, Narrow, Query};
pub use excerpt::Excerpt;
pub use findable::{Findable, MOST_TEXT};
pub use gist::{Gist, Rarity};
pub use index::{Backlog, Unindexed};

/// Registers `folded(text)` for use in SQL.
pub(super) fn register(connection: &Connection) -> Result<(), StoreError> {
    connection.add_function("folded", true, |text| text.map_or(Value::Null, |text| Value::text(folded(text))))
}

/// Folds a text for comparison: lower case, composed letters, е for ё. SQLite's own `lower` knows ASCII only.
fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).map(|c| if c == 'ё' { 'е' } else { c }).collect()
}
