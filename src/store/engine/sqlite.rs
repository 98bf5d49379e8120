//! SQLite, and the only file that knows it: connections, statements, transactions, copies, functions of ours in SQL.
//!
//! Statements reach it as text of the vocabulary (`store/sql.rs`). What the text has beyond common SQL is translated here:
//! `(LIST ?1)` stands for the members of the list that is the first value.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, ErrorCode, OpenFlags, StatementStatus, ToSql};

use super::super::error::Fault;
use super::super::sql::{ColumnError, Columns, Row, Value};
use super::super::{Size, StoreError};
use super::work::Counter;

/// Before 3.51.3, SQLite could corrupt a WAL database that two connections have open.
const OLDEST_SQLITE: i32 = 3_051_003;
/// Prepared statements that a connection keeps: more than the store has, so that none is prepared twice.
const PREPARED: usize = 256;

/// Searches the index of stems for an FTS5 expression. Columns: request, row in `findable`, when the request last changed, rank
/// (lower is better), the number that the request was moved to, desk. A word weighs more in a subject or a file's name than in
/// a text, and least in the text of a file.
pub const BY_STEM: &str =
    "SELECT f.request, f.id, q.changed_at, bm25(findable_stem, 10.0, 2.0, 4.0, 1.0), q.moved_to, q.desk
  FROM findable_stem i JOIN findable f ON f.id = i.rowid JOIN request q ON q.id = f.request WHERE findable_stem MATCH ?1";
/// Searches the index of trigrams for a part of a word, with the same columns. Its rank is a tenth, so that any whole word
/// counts more.
pub const BY_FRAGMENT: &str = "SELECT f.request, f.id, q.changed_at, 0.1 * bm25(findable_fragment), q.moved_to, q.desk
  FROM findable_fragment i JOIN findable f ON f.id = i.rowid JOIN request q ON q.id = f.request
  WHERE findable_fragment MATCH ?1";

/// The requests of a desk that an FTS5 expression finds among the newest indexed rows, with their gists. An expression of single
/// words is followed from the newest row on, and no further than the limit; SQLite keeps the order of a CROSS JOIN.
pub const NEWEST_BY_STEM: &str = "SELECT g.request, g.stems FROM
    (SELECT DISTINCT f.request FROM
      (SELECT rowid FROM findable_stem WHERE findable_stem MATCH ?1 ORDER BY rowid DESC LIMIT ?3) i
      CROSS JOIN findable f ON f.id = i.rowid) found
    CROSS JOIN gist g ON g.request = found.request
  WHERE g.desk = ?2";
/// How many indexed rows hold a word, as far as they are few.
pub const COUNTED_BY_STEM: &str =
    "SELECT count(*) FROM (SELECT 1 FROM findable_stem WHERE findable_stem MATCH ?1 LIMIT 30)";

/// A connection to a SQLite database.
pub struct Connection(rusqlite::Connection, Counter);

impl Connection {
    /// Opens a database for writing, and makes an empty one where there is none.
    pub(in crate::store) fn open(path: &Path) -> Result<Self, StoreError> {
        Self::prepared(path, rusqlite::Connection::open(path))
    }

    /// Opens an existing database for reading only.
    pub(in crate::store) fn open_for_reading(path: &Path) -> Result<Self, StoreError> {
        Self::prepared(path, rusqlite::Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY))
    }

    fn prepared(path: &Path, opened: rusqlite::Result<rusqlite::Connection>) -> Result<Self, StoreError> {
        let connection = opened.map_err(|error| failure("opening the database", &error))?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        // Otherwise statements are compiled again whenever their values differ from those they were first compiled for.
        let stable = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true);
        stable.map_err(|error| failure("opening the database", &error))?;
        Ok(Self(connection, Counter::of(path)))
    }

    /// A database in memory.
    #[cfg(test)]
    pub(in crate::store) fn in_memory() -> Self {
        let path = Path::new(":memory:");
        Self::prepared(path, rusqlite::Connection::open_in_memory()).expect("a database in memory")
    }

    /// Sets what durability needs (write-ahead log, a sync at every commit), and reads it back: an error where SQLite did not
    /// take it.
    pub(in crate::store) fn make_durable(&self) -> Result<(), StoreError> {
        if rusqlite::version_number() < OLDEST_SQLITE {
            return Err(StoreError::Library(format!("version {} is too old", rusqlite::version())));
        }
        // These two only take effect while the file is empty.
        self.batch("setting up", "PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL")?;
        self.batch(
            "setting up",
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000;
             PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 8000; PRAGMA journal_size_limit = 67108864",
        )?;
        let journal: String = self.one("reading the journal mode", "PRAGMA journal_mode", &[], |r| r.get(0))?;
        let synchronous = self.pragma("synchronous")?;
        if journal != "wal" || synchronous != 2 {
            return Err(StoreError::Library(format!("journal_mode is {journal}, synchronous is {synchronous}")));
        }
        Ok(())
    }

    /// Runs several statements that have no parameters.
    pub(in crate::store) fn batch(&self, doing: &'static str, sql: &str) -> Result<(), StoreError> {
        self.0.execute_batch(sql).map_err(|error| failure(doing, &error))
    }

    /// Runs a statement that returns no rows, and returns how many rows it changed.
    pub(in crate::store) fn execute(
        &self,
        doing: &'static str,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<usize, StoreError> {
        let mut statement = self.prepare(doing, sql)?;
        let changed = statement.execute(rusqlite::params_from_iter(values)).map_err(|error| failure(doing, &error));
        self.count(sql, &statement);
        changed
    }

    /// The id of the row that was inserted last.
    pub(in crate::store) fn inserted(&self) -> i64 {
        self.0.last_insert_rowid()
    }

    /// Hands each row that a statement returns to `each`, until that breaks.
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
        drop(rows);
        self.count(sql, &statement);
        Ok(())
    }

    fn count(&self, sql: &str, statement: &CachedStatement<'_>) {
        let status = |what| statement.reset_status(what);
        self.1.add(sql, || (status(StatementStatus::VmStep), status(StatementStatus::RePrepare)));
    }

    fn prepare(&self, doing: &'static str, sql: &str) -> Result<CachedStatement<'_>, StoreError> {
        let sql = if sql.contains("(LIST ") { Cow::Owned(lists(sql)) } else { Cow::Borrowed(sql) };
        self.0.prepare_cached(&sql).map_err(|error| failure(doing, &error))
    }

    /// Begins a transaction that writes. Other connections cannot write until it ends.
    pub(in crate::store) fn begin(&self, doing: &'static str) -> Result<(), StoreError> {
        self.run(doing, "BEGIN IMMEDIATE", &[]).map(|_| ())
    }

    /// Begins a transaction that reads: it sees the database as of one moment, whatever others write meanwhile.
    pub(in crate::store) fn begin_reading(&self) -> Result<(), StoreError> {
        self.run("beginning to read", "BEGIN", &[]).map(|_| ())
    }

    /// Commits a transaction.
    pub(in crate::store) fn commit(&self, doing: &'static str) -> Result<(), StoreError> {
        self.run(doing, "COMMIT", &[]).map(|_| ())
    }

    /// Rolls a transaction back. No error where SQLite has already done so by itself.
    pub(in crate::store) fn roll_back(&self) {
        let _ = self.0.execute_batch("ROLLBACK");
    }

    /// Begins a savepoint: a part of a transaction that can be rolled back by itself.
    pub(in crate::store) fn begin_part(&self) -> Result<(), StoreError> {
        self.run("setting a savepoint", "SAVEPOINT job", &[]).map(|_| ())
    }

    /// Ends the savepoint: keeps what was written since, or rolls it back.
    pub(in crate::store) fn end_part(&self, keep: bool) -> Result<(), StoreError> {
        let doing = "ending a savepoint";
        if !keep {
            self.run(doing, "ROLLBACK TO job", &[])?;
        }
        self.run(doing, "RELEASE job", &[]).map(|_| ())
    }

    /// Whether a transaction is running. SQLite rolls one back by itself when the disk is full.
    pub(in crate::store) fn is_in_transaction(&self) -> bool {
        !self.0.is_autocommit()
    }

    /// Registers a function of ours for use in SQL; its argument is a text or NULL. `fixed` says that the same argument always
    /// gives the same result, so that SQLite may call it less often.
    pub(in crate::store) fn add_function<F>(&self, name: &str, fixed: bool, function: F) -> Result<(), StoreError>
    where
        F: Fn(Option<&str>) -> Value<'static> + Send + 'static,
    {
        let fixed = if fixed { FunctionFlags::SQLITE_DETERMINISTIC } else { FunctionFlags::empty() };
        let call = move |context: &Context<'_>| Ok(Owned(function(context.get_raw(0).as_str().ok())));
        let added = self.0.create_scalar_function(name, 1, FunctionFlags::SQLITE_UTF8 | fixed, call);
        added.map_err(|error| failure("preparing the database", &error))
    }

    /// The highest id that a table has ever given, also to a row that is deleted by now; 0 before the first.
    pub(in crate::store) fn last_id(&self, table: &str) -> Result<i64, StoreError> {
        let sql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?1";
        self.one("reading the last id", sql, &[&table], |r| r.get(0))
    }

    /// Raises a table's id counter: it gives no id up to `last` any more.
    pub(in crate::store) fn raise_ids(&self, table: &str, last: i64) -> Result<(), StoreError> {
        let doing = "raising ids";
        let raised = "UPDATE sqlite_sequence SET seq = ?2 WHERE name = ?1 AND seq < ?2";
        let insert = "INSERT INTO sqlite_sequence (name, seq)
          SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)";
        self.run(doing, raised, &[&table, &last])?;
        self.run(doing, insert, &[&table, &last]).map(|_| ())
    }

    /// Reads a PRAGMA whose value is a number.
    pub(in crate::store) fn pragma(&self, name: &str) -> Result<i64, StoreError> {
        self.one("reading what kind of file it is", &format!("PRAGMA {name}"), &[], |r| r.get(0))
    }

    /// The size of the database and its free part, in bytes.
    pub(in crate::store) fn size(&self) -> Result<Size, StoreError> {
        let number = |name: &str| self.pragma(name).map(i64::unsigned_abs);
        let page = number("page_size")?;
        Ok(Size { bytes: page * number("page_count")?, free: page * number("freelist_count")? })
    }

    /// Checks the whole file, indexes against their tables too, and returns what is wrong with it; empty where it is sound. Reads
    /// all of it.
    pub(in crate::store) fn damage(&self) -> Result<Vec<String>, StoreError> {
        let found: Vec<String> = self.all("checking the database", "PRAGMA integrity_check(20)", &[], |r| r.get(0))?;
        Ok(found.into_iter().filter(|line| line != "ok").collect())
    }

    /// Foreign keys that lead nowhere: table, id of the row, and the table that lacks the row it names.
    pub(in crate::store) fn dangling(&self) -> Result<Vec<(String, Option<i64>, String)>, StoreError> {
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?, r.get(2)?));
        self.all("checking references", "PRAGMA foreign_key_check", &[], row)
    }

    /// Writes a copy of the database, without its free pages, to a path where there is no file or an empty one.
    pub(in crate::store) fn copy_to(&self, path: &str) -> Result<(), StoreError> {
        self.run("copying the database", "VACUUM INTO ?1", &[&path]).map(|_| ())
    }

    /// Switches the journal off, for a file that is of no use unless it is finished: after an interruption the caller begins
    /// anew.
    pub(in crate::store) fn drop_journal(&self) -> Result<(), StoreError> {
        self.batch("marking the copy", "PRAGMA journal_mode = OFF")
    }

    /// Moves everything from the write-ahead log into the database file.
    pub(in crate::store) fn checkpoint(&self) -> Result<(), StoreError> {
        self.rows("bringing the database together", "PRAGMA wal_checkpoint(TRUNCATE)", &[], &mut |_| {
            Ok(ControlFlow::Continue(()))
        })
    }

    /// Gives up to this many free pages back to the file system.
    pub(in crate::store) fn give_back(&self, pages: u32) -> Result<(), StoreError> {
        let sql = format!("PRAGMA incremental_vacuum({pages})");
        self.rows("giving space back", &sql, &[], &mut |_| Ok(ControlFlow::Continue(())))
    }

    /// Merges up to this many pages of a full-text index, which drops what was deleted from it. Returns whether there is more
    /// to do.
    pub(in crate::store) fn compact_index(&self, index: &str, pages: u32) -> Result<bool, StoreError> {
        let before = self.0.total_changes();
        let merge = format!("INSERT INTO {index} ({index}, rank) VALUES ('merge', -{pages})");
        self.run("compacting the index", &merge, &[])?;
        // FTS5 counts one change even where there was nothing left to merge.
        Ok(self.0.total_changes() - before > 1)
    }

    /// Closes the connection, and returns the error that SQLite may have with that.
    pub(in crate::store) fn close(self) -> Result<(), StoreError> {
        self.0.close().map_err(|(_, error)| failure("closing the database", &error))
    }
}

/// Quotes a text for a full-text expression, so that nothing in it is taken for an operator.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Translates `(LIST ?1)` for SQLite, where a list is passed as a JSON array.
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

/// A value that a function of ours returns to SQLite.
struct Owned(Value<'static>);

impl ToSql for Owned {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}
