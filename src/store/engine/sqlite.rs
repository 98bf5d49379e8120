//! SQLite, and the only file that knows it: connections, statements, transactions, copies, functions of ours in SQL.
//!
//! Statements reach it as text of the vocabulary (`store/sql.rs`). What the text has beyond common SQL is translated here:
//! `(LIST ?1)` stands for the members of the list that is the first value.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, ErrorCode, OpenFlags, ToSql};

use super::super::error::Fault;
use super::super::sql::{ColumnError, Columns, Row, Value};
use super::super::{Size, StoreError};

/// Before 3.51.3, SQLite could corrupt a WAL database that two connections have open.
const OLDEST_SQLITE: i32 = 3_051_003;
/// Statements that a connection keeps prepared: all that there are.
const PREPARED: usize = 256;

/// Finds the rows of an expression of stems: their requests, themselves, when the request changed, their ranks, where the request
/// went, and its desk. A word counts more in a subject and in a file's name than in a text; in the text of a file it counts least.
pub const BY_STEM: &str =
    "SELECT f.request, f.id, q.changed_at, bm25(findable_stem, 10.0, 2.0, 4.0, 1.0), q.moved_to, q.desk
  FROM findable_stem i JOIN findable f ON f.id = i.rowid JOIN request q ON q.id = f.request WHERE findable_stem MATCH ?1";
/// The same for a part of a word, which counts less than any word.
pub const BY_FRAGMENT: &str = "SELECT f.request, f.id, q.changed_at, 0.1 * bm25(findable_fragment), q.moved_to, q.desk
  FROM findable_fragment i JOIN findable f ON f.id = i.rowid JOIN request q ON q.id = f.request
  WHERE findable_fragment MATCH ?1";

/// An open database.
pub struct Connection(rusqlite::Connection);

impl Connection {
    /// Opens the database as it is, making an empty one where there is none.
    pub(in crate::store) fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = rusqlite::Connection::open(path).map_err(|error| failure("opening the database", &error))?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        Ok(Self(connection))
    }

    /// Opens an existing database for reading only.
    pub(in crate::store) fn open_for_reading(path: &Path) -> Result<Self, StoreError> {
        let opened = rusqlite::Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY);
        let connection = opened.map_err(|error| failure("opening the database", &error))?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        Ok(Self(connection))
    }

    /// A database in memory.
    #[cfg(test)]
    pub(in crate::store) fn in_memory() -> Self {
        Self(rusqlite::Connection::open_in_memory().expect("a database in memory"))
    }

    /// Sets up what durability rests on, and reads it back.
    pub(in crate::store) fn make_durable(&self) -> Result<(), StoreError> {
        if rusqlite::version_number() < OLDEST_SQLITE {
            return Err(StoreError::Library(format!("version {} is too old", rusqlite::version())));
        }
        // These two only take effect while the file is empty.
        self.batch("setting up", "PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL")?;
        self.batch(
            "setting up",
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000;
             PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864",
        )?;
        let journal: String = self.one("reading the journal mode", "PRAGMA journal_mode", &[], |r| r.get(0))?;
        let synchronous = self.pragma("synchronous")?;
        if journal != "wal" || synchronous != 2 {
            return Err(StoreError::Library(format!("journal_mode is {journal}, synchronous is {synchronous}")));
        }
        Ok(())
    }

    /// Runs several statements that have no values.
    pub(in crate::store) fn batch(&self, doing: &'static str, sql: &str) -> Result<(), StoreError> {
        self.0.execute_batch(sql).map_err(|error| failure(doing, &error))
    }

    /// Runs a statement that answers no rows, and counts the rows that it changed.
    pub(in crate::store) fn execute(
        &self,
        doing: &'static str,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<usize, StoreError> {
        let mut statement = self.prepare(doing, sql)?;
        statement.execute(rusqlite::params_from_iter(values)).map_err(|error| failure(doing, &error))
    }

    /// Hands each row that a statement answers to `each`, until it breaks.
    pub(in crate::store) fn rows(
        &self,
        doing: &'static str,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<ControlFlow<()>, ColumnError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.prepare(doing, sql)?;
        let asked = statement.query(rusqlite::params_from_iter(values));
        let mut rows = asked.map_err(|error| failure(doing, &error))?;
        while let Some(row) = rows.next().map_err(|error| failure(doing, &error))? {
            let step = each(&Row::new(row)).map_err(|error| StoreError::Unexpected(format!("{doing}: {error}")))?;
            if step.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn prepare(&self, doing: &'static str, sql: &str) -> Result<CachedStatement<'_>, StoreError> {
        let sql = if sql.contains("(LIST ") { Cow::Owned(lists(sql)) } else { Cow::Borrowed(sql) };
        self.0.prepare_cached(&sql).map_err(|error| failure(doing, &error))
    }

    /// Begins a transaction that writes; nobody else does until its end.
    pub(in crate::store) fn begin(&self, doing: &'static str) -> Result<(), StoreError> {
        self.batch(doing, "BEGIN IMMEDIATE")
    }

    /// Begins to read of one moment, whatever is written meanwhile.
    pub(in crate::store) fn begin_reading(&self) -> Result<(), StoreError> {
        self.batch("beginning to read", "BEGIN")
    }

    /// Ends a transaction, and keeps what it wrote.
    pub(in crate::store) fn commit(&self, doing: &'static str) -> Result<(), StoreError> {
        self.batch(doing, "COMMIT")
    }

    /// Takes a transaction back. SQLite may have done so by itself already.
    pub(in crate::store) fn roll_back(&self) {
        let _ = self.0.execute_batch("ROLLBACK");
    }

    /// Begins a part of a transaction that can be taken back by itself.
    pub(in crate::store) fn begin_part(&self) -> Result<(), StoreError> {
        self.batch("setting a savepoint", "SAVEPOINT job")
    }

    /// Ends such a part: what it wrote is kept, or taken back.
    pub(in crate::store) fn end_part(&self, keep: bool) -> Result<(), StoreError> {
        self.batch("ending a savepoint", if keep { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" })
    }

    /// Whether a transaction is running: a full disk makes SQLite take it back by itself.
    pub(in crate::store) fn is_in_transaction(&self) -> bool {
        !self.0.is_autocommit()
    }

    /// Makes a function of ours known in SQL: of one text, or of NULL. One that is `fixed` answers the same for ever.
    pub(in crate::store) fn add_function<F>(&self, name: &str, fixed: bool, function: F) -> Result<(), StoreError>
    where
        F: Fn(Option<&str>) -> Value<'static> + Send + 'static,
    {
        let fixed = if fixed { FunctionFlags::SQLITE_DETERMINISTIC } else { FunctionFlags::empty() };
        let call = move |context: &Context<'_>| Ok(Owned(function(context.get_raw(0).as_str().ok())));
        let added = self.0.create_scalar_function(name, 1, FunctionFlags::SQLITE_UTF8 | fixed, call);
        added.map_err(|error| failure("preparing the database", &error))
    }

    /// The last id that a table has given, also one that was taken out since; 0 where it has given none.
    pub(in crate::store) fn last_id(&self, table: &str) -> Result<i64, StoreError> {
        let sql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?1";
        self.one("reading the last id", sql, &[&table], |r| r.get(0))
    }

    /// Lets a table give no id up to this one any more.
    pub(in crate::store) fn raise_ids(&self, table: &str, last: i64) -> Result<(), StoreError> {
        let doing = "raising ids";
        let raised = "UPDATE sqlite_sequence SET seq = ?2 WHERE name = ?1 AND seq < ?2";
        let insert = "INSERT INTO sqlite_sequence (name, seq)
          SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)";
        self.run(doing, raised, &[&table, &last])?;
        self.run(doing, insert, &[&table, &last]).map(|_| ())
    }

    /// A number that the file keeps for its program.
    pub(in crate::store) fn pragma(&self, name: &str) -> Result<i64, StoreError> {
        self.one("reading what kind of file it is", &format!("PRAGMA {name}"), &[], |r| r.get(0))
    }

    /// How large the database is.
    pub(in crate::store) fn size(&self) -> Result<Size, StoreError> {
        let number = |name: &str| self.pragma(name).map(i64::unsigned_abs);
        let page = number("page_size")?;
        Ok(Size { bytes: page * number("page_count")?, free: page * number("freelist_count")? })
    }

    /// What is wrong with the file; nothing where it is sound. Reads all of it.
    pub(in crate::store) fn damage(&self) -> Result<Vec<String>, StoreError> {
        let found: Vec<String> = self.all("checking the database", "PRAGMA quick_check(20)", &[], |r| r.get(0))?;
        Ok(found.into_iter().filter(|line| line != "ok").collect())
    }

    /// Rows that name rows of other tables which are not there: table, id, and the other table.
    pub(in crate::store) fn dangling(&self) -> Result<Vec<(String, Option<i64>, String)>, StoreError> {
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?, r.get(2)?));
        self.all("checking references", "PRAGMA foreign_key_check", &[], row)
    }

    /// Writes a copy of the database, without what is free in it, to a file that does not exist or is empty.
    pub(in crate::store) fn copy_to(&self, path: &str) -> Result<(), StoreError> {
        self.run("copying the database", "VACUUM INTO ?1", &[&path]).map(|_| ())
    }

    /// Lets the file go without a journal: whoever is interrupted begins anew.
    pub(in crate::store) fn drop_journal(&self) -> Result<(), StoreError> {
        self.batch("marking the copy", "PRAGMA journal_mode = OFF")
    }

    /// Brings everything into the one file.
    pub(in crate::store) fn checkpoint(&self) -> Result<(), StoreError> {
        self.rows("bringing the database together", "PRAGMA wal_checkpoint(TRUNCATE)", &[], &mut |_| {
            Ok(ControlFlow::Continue(()))
        })
    }

    /// Gives so many free pages back to the file system.
    pub(in crate::store) fn give_back(&self, pages: u32) -> Result<(), StoreError> {
        let sql = format!("PRAGMA incremental_vacuum({pages})");
        self.rows("giving space back", &sql, &[], &mut |_| Ok(ControlFlow::Continue(())))
    }

    /// Writes so many pages of a full-text index anew, without what was taken out of it. Answers whether there is more to do.
    pub(in crate::store) fn compact_index(&self, index: &str, pages: u32) -> Result<bool, StoreError> {
        let before = self.0.total_changes();
        let merge = format!("INSERT INTO {index} ({index}, rank) VALUES ('merge', -{pages})");
        self.run("compacting the index", &merge, &[])?;
        // FTS5 counts one change where nothing was left to be merged.
        Ok(self.0.total_changes() - before > 1)
    }

    /// Closes it, and says what goes wrong with that.
    pub(in crate::store) fn close(self) -> Result<(), StoreError> {
        self.0.close().map_err(|(_, error)| failure("closing the database", &error))
    }
}

/// A string of a full-text question: nothing in it is an operator.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// `(LIST ?1)` as SQLite says it: a list comes as a JSON array.
fn lists(sql: &str) -> String {
    let mut said = String::with_capacity(sql.len() + 64);
    let mut rest = sql;
    while let Some((before, behind)) = rest.split_once("(LIST ") {
        let (value, after) = behind.split_once(')').unwrap_or((behind, ""));
        said.extend([before, "(SELECT value FROM json_each(", value, "))"]);
        rest = after;
    }
    said + rest
}

fn failure(doing: &'static str, error: &rusqlite::Error) -> StoreError {
    let fault = match error.sqlite_error_code() {
        Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Fault::Storage,
        Some(
            ErrorCode::DiskFull
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::OutOfMemory
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::FileLockingProtocolFailed,
        ) => Fault::Passing,
        _ => Fault::Statement,
    };
    StoreError::Database { doing, message: error.to_string(), fault }
}

impl Columns for rusqlite::Row<'_> {
    fn column(&self, index: usize) -> Option<Value<'_>> {
        let text = |bytes| String::from_utf8_lossy(bytes);
        Some(match self.get_ref(index).ok()? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => Value::Integer(number),
            ValueRef::Real(number) => Value::Real(number),
            ValueRef::Text(bytes) => Value::Text(text(bytes)),
            ValueRef::Blob(bytes) => Value::Bytes(Cow::Borrowed(bytes)),
        })
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Real(number) => ValueRef::Real(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// What a function of ours answers.
struct Owned(Value<'static>);

impl ToSql for Owned {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}
