//! How texts are compared where people search: SQLite's own `lower` knows ASCII only.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use unicode_normalization::UnicodeNormalization;

use super::StoreError;
use super::error::During;

/// Makes `folded(text)` known to a connection.
pub(super) fn register(connection: &Connection) -> Result<(), StoreError> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection
        .create_scalar_function("folded", 1, flags, |context| context.get::<String>(0).map(|text| folded(&text)))
        .during("preparing to search")
}

/// A text without case, with composed letters, and with е for ё.
fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).map(|c| if c == 'ё' { 'е' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn people_find_what_they_mean() {
        for (typed, stored) in
            [("ЁЛКА", "елка"), ("отчёт", "ОТЧЕТ"), ("Каи\u{306}", "кай"), ("ｆｕｌｌ", "FULL"), ("Straße", "STRAßE")]
        {
            assert_eq!(folded(typed), folded(stored));
        }
        assert_ne!(folded("и"), folded("й"));
    }
}
