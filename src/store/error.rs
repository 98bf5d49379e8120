//! What can go wrong with the database.

use std::path::PathBuf;

use crate::model::{ReceivedId, Timestamp};

/// Why the database did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// There is no database yet.
    #[error("{0}: no database here yet (it is made by the first `maildesk run` or `maildesk once`)")]
    Missing(PathBuf),
    /// The database was written by another version of maildesk.
    #[error(
        "the database has schema version {found}, this maildesk knows up to {known}: install the newer maildesk again"
    )]
    TooNew {
        /// The version of the file.
        found: i64,
        /// The newest version known.
        known: i64,
    },
    /// The database was written before the schema began anew as version 1.
    #[error(
        "the database is of a maildesk from before schema 1, and nothing is migrated: start with a new state folder \
         (move this one away: its mail is still on the mail server, or in this file for the maildesk that wrote it)"
    )]
    BeforeSchema1,
    /// The database is a copy that nobody has brought into use.
    #[error(
        "the database is a copy, made at {0}: used as it is, it would answer again what came since. Move it elsewhere, and \
         bring it into use by `maildesk restore FILE`"
    )]
    IsCopy(Timestamp),
    /// The file is a database of another program.
    #[error("this is no database of maildesk")]
    Foreign,
    /// The database was last used by an older version of maildesk.
    #[error(
        "the database has schema version {found}, this maildesk works with {known}: the next start of `maildesk run` or \
         `maildesk once` brings it there (and an older maildesk cannot use it any more: `maildesk backup` copies it first)"
    )]
    TooOld {
        /// The version of the file.
        found: i64,
        /// The version that it will have.
        known: i64,
    },
    /// The SQLite library does not fit.
    #[error("SQLite: {0}")]
    Library(String),
    /// The database refused a statement.
    #[error("{doing}: {message}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// What the database said.
        message: String,
        /// What is at fault.
        fault: Fault,
    },
    /// What stands in the database is not what this program writes.
    #[error("the database holds something unexpected: {0}")]
    Unexpected(String),
    /// What was asked for is not kept any more.
    #[error("the content of message {0} was erased on {day}", day = .1.to_jiff().strftime("%Y-%m-%d"))]
    Erased(ReceivedId, Timestamp),
    /// The job panicked.
    #[error("a fault in the program: {0}")]
    Panicked(String),
    /// The writer has stopped, at the end or after a fatal error.
    #[error("the database writer has stopped")]
    Stopped,
}

/// What is at fault when the database refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The disk or the file: after a failed fsync nothing is known about what reached the disk, so the process must end.
    Storage,
    /// Something that passes: a full disk, a lock. The same may work later.
    Passing,
    /// The statement or its values.
    Statement,
}

impl StoreError {
    /// Whether the process must end.
    pub fn is_fatal(&self) -> bool {
        matches!(self, StoreError::Stopped | StoreError::Database { fault: Fault::Storage, .. })
    }

    /// Whether the same may work later, through nobody's doing here.
    pub fn is_passing(&self) -> bool {
        matches!(self, StoreError::Database { fault: Fault::Passing, .. })
    }
}
