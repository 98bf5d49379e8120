//! The tables, as numbered migrations (`migrations/`), and how connections are set up.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension};

use crate::model::Timestamp;

use super::StoreError;
use super::error::During;
use super::search;

/// `mdsk`: tells our files from other SQLite databases.
const APPLICATION_ID: i64 = 0x6d64_736b;

/// Before 3.51.3, SQLite could corrupt a WAL database that two connections have open.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Schema version N is reached by running the first N of these. None is ever edited.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/1_desk.sql"),
    include_str!("migrations/2_condition.sql"),
    include_str!("migrations/3_epoch.sql"),
    include_str!("migrations/4_forget.sql"),
    include_str!("migrations/5_search.sql"),
    include_str!("migrations/6_requests.sql"),
];

/// Opens, makes or migrates the database, and reads back what durability rests on.
pub(super) fn open_for_writing(path: &Path) -> Result<Connection, StoreError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(StoreError::Library(format!("version {} is too old", rusqlite::version())));
    }
    let connection = Connection::open(path).during("opening the database")?;
    // These two only take effect while the file is empty.
    connection.execute_batch("PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL").during("setting up")?;
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000;
             PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864",
        )
        .during("setting up")?;
    let journal: String =
        connection.query_row("PRAGMA journal_mode", [], |r| r.get(0)).during("reading the journal mode")?;
    let synchronous: i64 =
        connection.query_row("PRAGMA synchronous", [], |r| r.get(0)).during("reading synchronous")?;
    if journal != "wal" || synchronous != 2 {
        return Err(StoreError::Library(format!("journal_mode is {journal}, synchronous is {synchronous}")));
    }
    migrate(&connection)?;
    refuse_copy(&connection)?;
    search::register(&connection)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// Refuses a database that this program does not know.
pub(super) fn check_version(connection: &Connection) -> Result<(), StoreError> {
    let found = version(connection)?;
    let known = MIGRATIONS.len() as i64;
    if found > known { Err(StoreError::TooNew { found, known }) } else { Ok(()) }
}

/// Refuses a database whose tables are still those of an older version.
pub(super) fn check_current(connection: &Connection) -> Result<(), StoreError> {
    let found = version(connection)?;
    let known = MIGRATIONS.len() as i64;
    if found < known { Err(StoreError::TooOld { found, known }) } else { Ok(()) }
}

/// Whether the tables are there: the file is, a moment before them.
pub(super) fn is_made(connection: &Connection) -> Result<bool, StoreError> {
    Ok(version(connection)? > 0)
}

fn version(connection: &Connection) -> Result<i64, StoreError> {
    connection.query_row("PRAGMA user_version", [], |r| r.get(0)).during("reading the schema version")
}

/// Whether the file is one of ours.
pub(super) fn is_ours(connection: &Connection) -> Result<bool, StoreError> {
    let id: i64 = connection.query_row("PRAGMA application_id", [], |r| r.get(0)).during("reading the file's kind")?;
    Ok(id == APPLICATION_ID)
}

/// A copy that is used as it is would answer everything again that came after it was made.
fn refuse_copy(connection: &Connection) -> Result<(), StoreError> {
    let sql = "SELECT copied_at FROM epoch WHERE restored_at IS NULL LIMIT 1";
    let copied: Option<i64> = connection.query_row(sql, [], |r| r.get(0)).optional().during("reading the epoch")?;
    copied.map_or(Ok(()), |at| Err(StoreError::IsCopy(Timestamp::from_unix(at))))
}

/// Brings the tables to the newest version.
pub(super) fn migrate(connection: &Connection) -> Result<(), StoreError> {
    check_version(connection)?;
    migrate_to(connection, MIGRATIONS.len())
}

fn migrate_to(connection: &Connection, wanted: usize) -> Result<(), StoreError> {
    // Whoever comes second waits here, and finds it done.
    while usize::try_from(version(connection)?).is_ok_and(|done| done < wanted) {
        connection.execute_batch("BEGIN IMMEDIATE").during("migrating the database")?;
        let migrated = migrate_once(connection, wanted);
        let end = if migrated.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = connection.execute_batch(end).during("migrating the database");
        migrated.and(ended)?;
    }
    Ok(())
}

/// One step, in a transaction that nobody shares.
fn migrate_once(connection: &Connection, wanted: usize) -> Result<(), StoreError> {
    let done = usize::try_from(version(connection)?).unwrap_or(0);
    let Some(migration) = MIGRATIONS.get(done).filter(|_| done < wanted) else { return Ok(()) };
    connection
        .execute_batch(&format!(
            "{migration}; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {}",
            done + 1
        ))
        .during("migrating the database")
}

/// A database as an older version left it.
#[cfg(test)]
pub(super) fn make_old(path: &Path, version: usize) -> Connection {
    let connection = Connection::open(path).unwrap();
    migrate_to(&connection, version).unwrap();
    connection
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_who_open_an_old_database_at_once_migrate_it_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("maildesk.db");
        make_old(&path, 2).query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
        let opened = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| open_for_writing(&path).map(drop))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Result<Vec<()>, _>>()
        });
        assert_eq!(opened.unwrap().len(), 4);
        assert!(check_current(&Connection::open(&path).unwrap()).is_ok());
    }
}
