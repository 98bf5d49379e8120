//! The tables, as numbered migrations (`schema/`), and how connections are set up.

use std::path::Path;

use super::engine::Connection;
use super::{StoreError, search};

/// The application id of our files, `mdk1`, which tells them from other SQLite databases.
const APPLICATION_ID: i64 = 0x6d64_6b31;

/// The application id of files from before the schema began anew, `mdsk`. None of them is migrated.
const BEFORE_SCHEMA_1: i64 = 0x6d64_736b;

/// The migrations: running the first N gives schema version N. None is edited once it was released.
const MIGRATIONS: &[&str] = &[
    include_str!("schema/1_desk.sql"),
    include_str!("schema/2_growth.sql"),
    include_str!("schema/3_servers.sql"),
    include_str!("schema/4_complaints.sql"),
    include_str!("schema/5_fresh_words.sql"),
    include_str!("schema/6_keys.sql"),
    include_str!("schema/7_failures.sql"),
    include_str!("schema/8_signatures.sql"),
    include_str!("schema/9_gists.sql"),
];

/// Opens the database for writing; creates or migrates it where needed.
pub(super) fn open_for_writing(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    check_version(&connection)?;
    connection.make_durable()?;
    migrate(&connection)?;
    refuse_copy(&connection)?;
    search::register(&connection)?;
    Ok(connection)
}

/// Refuses a database that this program does not know: of a newer version, or from before the schema began anew.
pub(super) fn check_version(connection: &Connection) -> Result<(), StoreError> {
    refuse_newer(connection, MIGRATIONS)
}

fn refuse_newer(connection: &Connection, migrations: &[&str]) -> Result<(), StoreError> {
    let (found, known) = (version(connection)?, migrations.len() as i64);
    match connection.pragma("application_id")? {
        APPLICATION_ID => {}
        BEFORE_SCHEMA_1 => return Err(StoreError::BeforeSchema1),
        0 if found == 0 => {}
        _ => return Err(StoreError::Foreign),
    }
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

/// Whether the tables exist: for a moment the file is there without them.
pub(super) fn is_made(connection: &Connection) -> Result<bool, StoreError> {
    Ok(version(connection)? > 0)
}

fn version(connection: &Connection) -> Result<i64, StoreError> {
    connection.pragma("user_version")
}

/// Refuses a copy that was never brought into use: it would answer again everything that came after it was made.
fn refuse_copy(connection: &Connection) -> Result<(), StoreError> {
    let sql = "SELECT copied_at FROM epoch WHERE restored_at IS NULL LIMIT 1";
    let copied = connection.optional("reading the epoch", sql, &[], |r| r.get(0))?;
    copied.map_or(Ok(()), |at| Err(StoreError::IsCopy(at)))
}

/// Brings the tables to the newest version.
pub(super) fn migrate(connection: &Connection) -> Result<(), StoreError> {
    migrate_by(connection, MIGRATIONS)
}

fn migrate_by(connection: &Connection, migrations: &[&str]) -> Result<(), StoreError> {
    refuse_newer(connection, migrations)?;
    // Of two processes the second waits here, and finds the migration done.
    while refuse_older(connection, migrations).is_err() {
        connection.begin("migrating the database")?;
        if let Err(error) =
            migrate_once(connection, migrations).and_then(|()| connection.commit("migrating the database"))
        {
            connection.roll_back();
            return Err(error);
        }
    }
    Ok(())
}

/// Runs one migration, in a transaction of its own.
fn migrate_once(connection: &Connection, migrations: &[&str]) -> Result<(), StoreError> {
    let done = version(connection)?;
    let Some(migration) = usize::try_from(done).ok().and_then(|done| migrations.get(done)) else { return Ok(()) };
    let mark = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {}", done + 1);
    connection.batch("migrating the database", &format!("{migration}; {mark}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Versions that follow version 1, for these tests only.
    const WITH_A_SECOND: &[&str] = &[MIGRATIONS[0], "ALTER TABLE desk ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'"];

    /// A database of version 1.
    fn first(path: &Path) -> Connection {
        let connection = Connection::open(path).unwrap();
        connection.make_durable().unwrap();
        migrate_by(&connection, &MIGRATIONS[..1]).unwrap();
        connection
    }

    #[test]
    fn several_who_open_an_old_database_at_once_migrate_it_once_and_its_rows_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("maildesk.db");
        let old = first(&path);
        old.run("x", "INSERT INTO desk (key, last_number) VALUES ('OTK', 7)", &[]).unwrap();
        assert!(matches!(refuse_older(&old, WITH_A_SECOND), Err(StoreError::TooOld { found: 1, known: 2 })));
        drop(old);
        std::thread::scope(|scope| {
            let migrate = || migrate_by(&Connection::open(&path).unwrap(), WITH_A_SECOND);
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(migrate)).collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap().unwrap());
        });
        let new = Connection::open(&path).unwrap();
        let row: (u32, String) =
            new.one("x", "SELECT last_number, colour FROM desk", &[], |r| Ok((r.get(0)?, r.get(1)?))).unwrap();
        assert_eq!(row, (7, "blue".to_owned()));
        assert!(refuse_older(&new, WITH_A_SECOND).is_ok());
        assert!(matches!(refuse_newer(&new, &MIGRATIONS[..1]), Err(StoreError::TooNew { found: 2, known: 1 })));
    }

    #[test]
    fn version_2_counts_what_version_1_has() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("maildesk.db");
        let old = first(&path);
        let request = "INSERT INTO request (desk, number, subject, phase, status, assignee, priority, language, progress, opened_at,
            changed_at) VALUES ('OTK', ?1, '', ?2, ?3, ?4, 'normal', 'en', ?5, 0, 0)";
        let silent = r#"{"reminded":[{"of":"silent","at":1}]}"#;
        for (number, phase, status, assignee, progress) in [
            (1_u32, "open", "in work", Some("ivanov"), silent),
            (2, "open", "in work", Some("ivanov"), "{}"),
            (3, "closed", "spam", None, r#"{"reminded":[{"of":"closing_soon","at":1}]}"#),
        ] {
            old.run("x", request, &[&number, &phase, &status, &assignee, &progress]).unwrap();
            let participant = "INSERT INTO participant (request, position, email, name, proven)
              VALUES ((SELECT max(id) FROM request), ?1, 'olga@client.example' || ?1, '', 0)";
            old.run("x", participant, &[&0_u32]).unwrap();
            old.run("x", participant, &[&1_u32]).unwrap();
        }
        let letter = "INSERT INTO letter (desk, kind, recipient, domain, subject, message_id, manifest, state, created_at, due_at)
          VALUES ('OTK', 'receipt', '', '', '', ?1, '{}', ?2, 0, 0)";
        for (id, state) in [("1", "sent"), ("2", "sent"), ("3", "failed")] {
            old.run("x", letter, &[&id, &state]).unwrap();
        }
        drop(old);
        let new = open_for_writing(&path).unwrap();
        let view = super::super::View { connection: &new };
        assert_eq!(view.miscounted().unwrap(), [""; 0]);
        let row = |sql: &str| -> Vec<String> { new.all("x", sql, &[], |r| r.get(0)).unwrap() };
        let counted = "SELECT assignee || ' ' || phase || ' ' || silent || ' ' || n FROM request_count ORDER BY 1";
        assert_eq!(row(counted), [" closed 0 1", "ivanov open 0 1", "ivanov open 1 1"]);
        assert_eq!(row("SELECT request || ' ' || email FROM participant WHERE spam = 1"), ["3 olga@client.example0"]);
        new.batch("x", "UPDATE letter SET state = 'due' WHERE state = 'failed'; UPDATE request SET assignee = NULL")
            .unwrap();
        assert_eq!(view.miscounted().unwrap(), [""; 0]);
        new.batch("x", "UPDATE letter_count SET n = n + 1 WHERE state = 'sent'").unwrap();
        assert_eq!(view.miscounted().unwrap().len(), 1);
    }

    #[test]
    fn what_version_1_knew_of_servers_is_still_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("maildesk.db");
        let old = first(&path);
        let rows = "INSERT INTO health (part, name, worked_at) VALUES ('mailbox', 'support', 5);
             INSERT INTO mailbox (name, first_look, validity) VALUES ('support', 3, 7);
             INSERT INTO folder (mailbox, moved_to, location) VALUES ('support', '', 'imap://a'), ('support', 'Filed', 'imap://b'),
               ('other', 'Filed', 'imap://b'), ('former', '', 'imap://c'), ('renamed', '', 'imap://c');
             INSERT INTO received (mailbox, folder, validity, uid, state, size, accepted_at)
               VALUES ('support', 1, 7, 9, 'skipped', 0, 1), ('other', 3, 7, 9, 'skipped', 0, 1);";
        old.batch("x", rows).unwrap();
        drop(old);
        let new = open_for_writing(&path).unwrap();
        let row: (String, i64) =
            new.one("x", "SELECT part, worked_at FROM health", &[], |r| Ok((r.get(0)?, r.get(1)?))).unwrap();
        assert_eq!(row, ("mailbox".to_owned(), 5));
        let sql = "SELECT location, owner, earlier, first_look FROM folder ORDER BY id";
        let folders: Vec<(String, String, i64, Option<i64>)> =
            new.all("x", sql, &[], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))).unwrap();
        let found: Vec<_> =
            folders.iter().map(|(at, owner, earlier, look)| (&**at, &**owner, *earlier, *look)).collect();
        assert_eq!(
            found,
            [
                ("imap://a", "", 0, Some(3)),
                ("imap://b", "support", 0, None),
                ("imap://b", "other", 0, None),
                ("imap://c", "", 1, None),
                ("imap://c", "", 0, None),
            ]
        );
        let kept: i64 =
            new.one("x", "SELECT count(*) FROM received JOIN folder ON folder.id = folder", &[], |r| r.get(0)).unwrap();
        assert_eq!(kept, 2);
        assert!(!new.exists("x", "SELECT 1 FROM pragma_foreign_key_check", &[]).unwrap());
    }

    #[test]
    fn a_migration_that_fails_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let connection = first(&folder.path().join("maildesk.db"));
        let broken = [MIGRATIONS[0], "CREATE TABLE half (n INTEGER) STRICT; CREATE TABLE half (n INTEGER) STRICT"];
        assert!(migrate_by(&connection, &broken).is_err());
        assert_eq!(version(&connection).unwrap(), 1);
        assert!(connection.exists("x", "SELECT n FROM half", &[]).is_err());
    }

    #[test]
    fn files_from_before_schema_1_are_refused_and_left_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("maildesk.db");
        let old = Connection::open(&path).unwrap();
        old.batch("x", &format!("PRAGMA application_id = {BEFORE_SCHEMA_1}; PRAGMA user_version = 6")).unwrap();
        drop(old);
        for refused in [open_for_writing(&path).map(drop), super::super::Reader::open(&path).map(drop)] {
            let said = refused.unwrap_err().to_string();
            assert!(said.contains("nothing is migrated") && said.contains("state folder"), "{said}");
        }
        assert_eq!(version(&Connection::open(&path).unwrap()).unwrap(), 6);
    }

    #[test]
    fn the_database_of_another_program_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("maildesk.db");
        Connection::open(&path).unwrap().batch("x", "PRAGMA user_version = 3").unwrap();
        assert!(matches!(open_for_writing(&path), Err(StoreError::Foreign)));
    }
}
