//! Errors of the store.

use std::path::PathBuf;

use crate::model::{ReceivedId, Timestamp};

/// Why the database did not do what it was asked to do.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// There is no database file.
    #[error("{0}: no database here yet (it is made by the first `maildesk run` or `maildesk once`)")]
    Missing(PathBuf),
    /// The database's folder cannot be looked into by this user.
    #[error(
        "{0}: this user may not look there (permission denied); run it as the service's user: sudo -u maildesk maildesk …"
    )]
    Forbidden(PathBuf),
    /// The database was written by a newer version of maildesk.
    #[error(
        "the database has schema version {found}, this maildesk knows up to {known}: install the newer maildesk again"
    )]
    TooNew {
        /// The schema version of the file.
        found: i64,
        /// The newest schema version that this program knows.
        known: i64,
    },
    /// The database is from before the schema began anew as version 1; none of those is migrated.
    #[error(
        "the database is of a maildesk from before schema 1, and nothing is migrated: start with a new state folder \
         (move this one away: its mail is still on the mail server, or in this file for the maildesk that wrote it)"
    )]
    BeforeSchema1,
    /// The database is a copy (a backup) that nobody has brought into use; made at this time.
    #[error(
        "the database is a copy, made at {0}: used as it is, it would answer again what came since. Move it elsewhere, and \
         bring it into use by `maildesk restore FILE`"
    )]
    IsCopy(Timestamp),
    /// The file is a database of another program.
    #[error("this is no database of maildesk")]
    Foreign,
    /// The database has the schema of an older version, and is opened for reading, which does not migrate it.
    #[error(
        "the database has schema version {found}, this maildesk works with {known}: the next start of `maildesk run` or \
         `maildesk once` brings it there (and an older maildesk cannot use it any more: `maildesk backup` copies it first)"
    )]
    TooOld {
        /// The schema version of the file.
        found: i64,
        /// The schema version that the next start migrates it to.
        known: i64,
    },
    /// The SQLite library is too old or lacks something that is needed.
    #[error("SQLite: {0}")]
    Library(String),
    /// The database reported an error.
    #[error("{doing}: {message}")]
    Database {
        /// What the store was doing, for the log.
        doing: &'static str,
        /// The database's message.
        message: String,
        /// What has to change for it to work.
        fault: Fault,
    },
    /// A column holds something that this program does not write.
    #[error("the database holds something unexpected: {0}")]
    Unexpected(String),
    /// The content of this message was erased, at this time.
    #[error("the content of message {0} was erased on {day}", day = .1.to_jiff().strftime("%Y-%m-%d"))]
    Erased(ReceivedId, Timestamp),
    /// The job panicked, with this message; nothing of it is kept.
    #[error("a fault in the program: {0}")]
    Panicked(String),
    /// The writer thread has ended: the program stops, or there was a fatal error.
    #[error("the database writer has stopped")]
    Stopped,
}

/// The cause of a database error, by what can be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The disk or the file: after a failed fsync nothing is known about what reached the disk, so the process must end.
    Storage,
    /// A condition that passes, such as a full disk or a lock: the same may work later.
    Passing,
    /// The statement or its values are wrong: a bug of ours.
    Statement,
}

impl StoreError {
    /// Whether the process must end, because it is not known what has reached the disk.
    pub fn is_fatal(&self) -> bool {
        matches!(self, StoreError::Stopped | StoreError::Database { fault: Fault::Storage, .. })
    }

    /// Whether the same may work later, without a change of the program or the file.
    pub fn is_passing(&self) -> bool {
        matches!(self, StoreError::Database { fault: Fault::Passing, .. })
    }
}
