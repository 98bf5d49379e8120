//! What can go wrong with the database.

use std::path::PathBuf;

use rusqlite::ErrorCode;

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
    /// The SQLite library does not fit.
    #[error("SQLite: {0}")]
    Library(String),
    /// SQLite refused a statement.
    #[error("{context}: {message}")]
    Sqlite {
        /// What was being done.
        context: &'static str,
        /// What SQLite said.
        message: String,
        /// Whether the disk or the file is at fault, so that nothing more can be trusted to this process.
        fatal: bool,
    },
    /// What stands in the database is not what this program writes.
    #[error("the database holds something unexpected: {0}")]
    Unexpected(String),
    /// The job panicked.
    #[error("a fault in the program: {0}")]
    Panicked(String),
    /// The writer has stopped, at the end or after a fatal error.
    #[error("the database writer has stopped")]
    Stopped,
}

impl StoreError {
    pub(super) fn sqlite(context: &'static str, error: rusqlite::Error) -> Self {
        let fatal = matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
        );
        StoreError::Sqlite { context, message: error.to_string(), fatal }
    }

    /// Whether the process must end: after a failed fsync nothing is known about what reached the disk.
    pub fn is_fatal(&self) -> bool {
        matches!(self, StoreError::Stopped | StoreError::Sqlite { fatal: true, .. })
    }
}

/// Says what was being done when SQLite refused.
pub(super) trait During<T> {
    fn during(self, context: &'static str) -> Result<T, StoreError>;
}

impl<T> During<T> for rusqlite::Result<T> {
    fn during(self, context: &'static str) -> Result<T, StoreError> {
        self.map_err(|error| StoreError::sqlite(context, error))
    }
}
