//! Which columns hold texts that may name people, and the SQL functions that find and replace addresses in them.

use crate::model::{LetterId, ReceivedId, Redaction};

use super::column::List;
use super::engine::Connection;
use super::sql::{ToColumn, Value};
use super::{StoreError, View};

/// Tables, and their columns with texts that may name people who do not take part in the request or message. Texts of requests
/// are not among them: they are derived from events.
pub(super) const TEXTS: [(&str, &[&str]); 3] = [
    ("received", &["sender", "subject", "reasons", "defects", "trouble"]),
    ("entry", &["author", "text", "reply_text", "signature", "earlier", "form"]),
    ("letter", &["recipient", "subject", "manifest", "answer"]),
];
/// Tables of the same sort that are small or have no row numbers, and are searched as a whole.
pub(super) const SMALL_TEXTS: [(&str, &[&str]); 4] = [
    ("attachment", &["filename", "content_id", "facts", "verdict"]),
    ("complaint", &["address"]),
    ("health", &["error"]),
    ("personal_address", &["why"]),
];

impl View<'_> {
    /// The tables of [`TEXTS`], whose rows are redacted by number.
    pub fn text_tables(&self) -> Vec<&'static str> {
        TEXTS.iter().map(|(table, _)| *table).collect()
    }

    /// The rows of a table whose texts name one of these addresses.
    pub fn rows_naming(&self, table: &str, redaction: &Redaction) -> Result<Vec<i64>, StoreError> {
        let Some((table, columns)) = TEXTS.iter().find(|(name, _)| *name == table) else { return Ok(Vec::new()) };
        register(self.connection, redaction)?;
        let sql = format!("SELECT id FROM {table} WHERE {} ORDER BY id", named(columns));
        self.all("looking for an address", &sql, &[], |r| r.get(0))
    }

    /// How many rows name one of the addresses that were last registered, without these messages and letters.
    pub(super) fn texts_naming(&self, messages: &[ReceivedId], letters: &[LetterId]) -> Result<u32, StoreError> {
        let mut count = 0;
        for (table, columns) in TEXTS.iter().chain(&SMALL_TEXTS) {
            let (but_for, values): (_, &[&dyn ToColumn]) = match *table {
                "received" => ("AND id NOT IN (LIST ?1)", &[&List(messages)]),
                "entry" | "attachment" => ("AND received NOT IN (LIST ?1)", &[&List(messages)]),
                "letter" => ("AND id NOT IN (LIST ?1)", &[&List(letters)]),
                _ => ("", &[]),
            };
            let sql = format!("SELECT count(*) FROM {table} WHERE ({}) {but_for}", named(columns));
            let rows: u32 = self.one("looking for an address", &sql, values, |r| r.get(0))?;
            count += rows;
        }
        Ok(count)
    }
}

/// Registers `named(text)` (whether a text names one of these addresses) and `redacted(text)` (the text without them) for use
/// in SQL.
pub(super) fn register(connection: &Connection, redaction: &Redaction) -> Result<(), StoreError> {
    let (finding, replacing) = (redaction.clone(), redaction.clone());
    connection.add_function("named", false, move |text| {
        Value::Integer(text.is_some_and(|text| finding.is_named_in(text.as_bytes())).into())
    })?;
    connection.add_function("redacted", false, move |text| {
        text.map_or(Value::Null, |text| Value::text(replacing.text(text).to_string()))
    })
}

/// What stands behind `SET` to replace addresses in these columns.
pub(super) fn replaced(columns: &[&str]) -> String {
    columns.iter().map(|column| format!("{column} = redacted({column})")).collect::<Vec<_>>().join(", ")
}

/// The SQL condition that one of these columns names one of the addresses.
pub(super) fn named(columns: &[&str]) -> String {
    columns.iter().map(|column| format!("named({column}) = 1")).collect::<Vec<_>>().join(" OR ")
}
