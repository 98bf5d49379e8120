//! Which texts may name somebody, and the functions that find and replace addresses in them.

use crate::model::{LetterId, ReceivedId, Redaction};

use super::column::List;
use super::engine::Connection;
use super::sql::{ToColumn, Value};
use super::{StoreError, View};

/// Texts in which somebody may be named who has no part in what they belong to. Those of requests follow from their events.
pub(super) const TEXTS: [(&str, &[&str]); 3] = [
    ("received", &["sender", "subject", "reasons", "defects", "trouble"]),
    ("entry", &["author", "text", "reply_text"]),
    ("letter", &["recipient", "subject", "manifest", "answer"]),
];
/// The same in tables that are small, or have no number for their rows.
pub(super) const SMALL_TEXTS: [(&str, &[&str]); 3] = [
    ("attachment", &["filename", "content_id", "facts", "verdict"]),
    ("health", &["error"]),
    ("personal_address", &["why"]),
];

impl View<'_> {
    /// The tables in whose texts somebody may be named.
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

    /// How many rows name one of the addresses that were registered last, but for these messages and letters.
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

/// Makes `named(text)` and `redacted(text)` known to a connection, for these addresses.
pub(super) fn register(connection: &Connection, redaction: &Redaction) -> Result<(), StoreError> {
    let (finding, replacing) = (redaction.clone(), redaction.clone());
    connection.add_function("named", false, move |text| {
        Value::Integer(text.is_some_and(|text| finding.is_named_in(text.as_bytes())).into())
    })?;
    connection.add_function("redacted", false, move |text| {
        text.map_or(Value::Null, |text| Value::text(replacing.text(text).to_string()))
    })
}

/// What `SET` says to replace addresses in these columns.
pub(super) fn replaced(columns: &[&str]) -> String {
    columns.iter().map(|column| format!("{column} = redacted({column})")).collect::<Vec<_>>().join(", ")
}

/// The condition that one of these columns names somebody.
pub(super) fn named(columns: &[&str]) -> String {
    columns.iter().map(|column| format!("named({column}) = 1")).collect::<Vec<_>>().join(" OR ")
}
