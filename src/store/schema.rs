//! The tables, as numbered migrations (`schema/`), and how connections are set up.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension};

use crate::model::Timestamp;

use super::StoreError;
use super::error::During;
use super::search;

/// `mdk1`: tells our files from other SQLite databases.
const APPLICATION_ID: i64 = 0x6d64_6b31;

/// `mdsk`: files from before the schema began anew. None of them is migrated.
const BEFORE_SCHEMA_1: i64 = 0x6d64_736b;

/// Before 3.51.3, SQLite could corrupt a WAL database that two connections have open.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Schema version N is reached by running the first N of these. None is edited once it was released.
const MIGRATIONS: &[&str] = &[include_str!("schema/1_desk.sql")];

/// Opens, makes or migrates the database, and reads back what durability rests on.
pub(super) fn open_for_writing(path: &Path) -> Result<Connection, StoreError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(StoreError::Library(format!("version {} is too old", rusqlite::version())));
    }
    let connection = Connection::open(path).during("opening the database")?;
    check_version(&connection)?;
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

/// Refuses a database that this program does not know: of a newer version, or from before the schema began anew.
pub(super) fn check_version(connection: &Connection) -> Result<(), StoreError> {
    refuse_newer(connection, MIGRATIONS)
}

fn refuse_newer(connection: &Connection, migrations: &[&str]) -> Result<(), StoreError> {
    if application_id(connection)? == BEFORE_SCHEMA_1 {
        return Err(StoreError::BeforeSchema1);
    }
    let (found, known) = (version(connection)?, migrations.len() as i64);
    if found > known { Err(StoreError::TooNew { found, known }) } else { Ok(()) }
}

/// Refuses a database whose tables are still those of an older version.
pub(super) fn check_current(connection: &Connection) -> Result<(), StoreError> {
    refuse_older(connection, MIGRATIONS)
}

fn refuse_older(connection: &Connection, migrations: &[&str]) -> Result<(), StoreError> {
    let (found, known) = (version(connection)?, migrations.len() as i64);
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
    Ok([APPLICATION_ID, BEFORE_SCHEMA_1].contains(&application_id(connection)?))
}

fn application_id(connection: &Connection) -> Result<i64, StoreError> {
    connection.query_row("PRAGMA application_id", [], |r| r.get(0)).during("reading the file's kind")
}

/// A copy that is used as it is would answer everything again that came after it was made.
fn refuse_copy(connection: &Connection) -> Result<(), StoreError> {
    let sql = "SELECT copied_at FROM epoch WHERE restored_at IS NULL LIMIT 1";
    let copied: Option<i64> = connection.query_row(sql, [], |r| r.get(0)).optional().during("reading the epoch")?;
    copied.map_or(Ok(()), |at| Err(StoreError::IsCopy(Timestamp::from_unix(at))))
}

/// Brings the tables to the newest version.
pub(super) fn migrate(connection: &Connection) -> Result<(), StoreError> {
    migrate_by(connection, MIGRATIONS)
}

fn migrate_by(connection: &Connection, migrations: &[&str]) -> Result<(), StoreError> {
    refuse_newer(connection, migrations)?;
    // Whoever comes second waits here, and finds it done.
    while refuse_older(connection, migrations).is_err() {
        connection.execute_batch("BEGIN IMMEDIATE").during("migrating the database")?;
        let migrated = migrate_once(connection, migrations);
        let end = if migrated.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = connection.execute_batch(end).during("migrating the database");
        migrated.and(ended)?;
    }
    Ok(())
}

/// One step, in a transaction that nobody shares.
fn migrate_once(connection: &Connection, migrations: &[&str]) -> Result<(), StoreError> {
    let done = version(connection)?;
    let Some(migration) = usize::try_from(done).ok().and_then(|done| migrations.get(done)) else { return Ok(()) };
    connection
        .execute_batch(&format!(
            "{migration}; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {}",
            done + 1
        ))
        .during("migrating the database")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// A second version, for these tests only.
    const WITH_A_SECOND: &[&str] = &[MIGRATIONS[0], "ALTER TABLE desk ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'"];

    fn database() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("maildesk.db");
        drop(open_for_writing(&path).unwrap());
        (folder, path)
    }

    #[test]
    fn several_who_open_an_old_database_at_once_migrate_it_once_and_its_rows_stay() {
        let (_folder, path) = database();
        let old = Connection::open(&path).unwrap();
        old.execute_batch("INSERT INTO desk (key, last_number) VALUES ('OTK', 7)").unwrap();
        assert!(matches!(refuse_older(&old, WITH_A_SECOND), Err(StoreError::TooOld { found: 1, known: 2 })));
        drop(old);
        std::thread::scope(|scope| {
            let migrate = || migrate_by(&Connection::open(&path).unwrap(), WITH_A_SECOND);
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(migrate)).collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap().unwrap());
        });
        let new = Connection::open(&path).unwrap();
        let row = |r: &rusqlite::Row<'_>| Ok((r.get::<_, u32>(0)?, r.get::<_, String>(1)?));
        assert_eq!(new.query_row("SELECT last_number, colour FROM desk", [], row).unwrap(), (7, "blue".to_owned()));
        assert!(refuse_older(&new, WITH_A_SECOND).is_ok());
        assert!(matches!(open_for_writing(&path), Err(StoreError::TooNew { found: 2, known: 1 })));
    }

    #[test]
    fn a_migration_that_fails_leaves_nothing_behind() {
        let (_folder, path) = database();
        let connection = Connection::open(&path).unwrap();
        let broken = [MIGRATIONS[0], "CREATE TABLE half (n INTEGER) STRICT; CREATE TABLE half (n INTEGER) STRICT"];
        assert!(migrate_by(&connection, &broken).is_err());
        assert_eq!(version(&connection).unwrap(), 1);
        assert!(connection.prepare("SELECT n FROM half").is_err());
    }

    #[test]
    fn files_from_before_schema_1_are_refused_and_left_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("maildesk.db");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(&format!("PRAGMA application_id = {BEFORE_SCHEMA_1}; PRAGMA user_version = 6")).unwrap();
        drop(old);
        for refused in [open_for_writing(&path).map(drop), super::super::Reader::open(&path).map(drop)] {
            let said = refused.unwrap_err().to_string();
            assert!(said.contains("nothing is migrated") && said.contains("state folder"), "{said}");
        }
        assert_eq!(version(&Connection::open(&path).unwrap()).unwrap(), 6);
    }
}
