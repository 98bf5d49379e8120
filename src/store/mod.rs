//! The only room that knows SQL. One writer thread groups whatever is queued into one transaction; readers have their own
//! connections.

mod clock;
mod column;
mod engine;
mod entries;
mod epoch;
mod error;
mod event_columns;
mod events;
mod facts;
mod files;
mod forget;
mod handled;
mod health_record;
mod ledger;
mod letter_counts;
mod letters;
mod moves;
mod outbox;
mod personal_data;
mod raw;
mod received;
mod redacted;
mod requests;
mod schema;
mod search;
mod selection;
mod sql;
mod states;
mod stats;
mod steering;
mod steering_facts;
mod uid;
mod verification;
mod workload;
mod writer;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use engine::Connection;

pub use entries::{EntryRow, NewEntry};
pub use epoch::{Accepting, Epoch, Gap, begin_epoch};
pub use error::StoreError;
pub use forget::Erased;
pub use handled::{Handled, Waiting};
pub use health_record::{Ever, Failure, FailureCause, HealthRecord, MailboxDepth, Monitored, OutboxDepth, Size};
pub use ledger::{AttachmentRow, ReceivedRow};
pub use letter_counts::LetterCounts;
pub use letters::LetterRow;
pub use moves::ReleaseRow;
pub use outbox::{Attempt, DueLetter, DueLetters, Outcome, UnreadableLetter};
pub use personal_data::{PersonalData, RequestOfPerson};
pub use raw::{CHUNK, Packed, RawId};
pub use received::{Accepted, NewMessage};
pub use requests::RequestRow;
pub use search::{Backlog, Excerpt, Findable, Found, FoundRow, MOST_TEXT, Narrow, Query, Unindexed};
pub use selection::{Milestones, Selection};
pub use states::ReceivedState;
pub use steering::PersonalAddressRow;
pub use uid::Folder;

/// The database of one installation, with its writer.
#[derive(Clone)]
pub struct Store {
    path: PathBuf,
    writer: writer::Writer,
    /// Readers that nobody uses at the moment.
    idle: Arc<Mutex<Vec<Reader>>>,
}

impl Store {
    /// Opens the database, making or migrating it where needed, and starts its writer thread.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = schema::open_for_writing(path)?;
        Ok(Self { path: path.to_owned(), writer: writer::Writer::start(connection)?, idle: Arc::default() })
    }

    /// Queues a job for the writer thread, in the order of the calls; the future answers after its commit. A job that fails or
    /// panics leaves nothing behind, and does not touch the jobs that share its transaction.
    pub fn write<T, F>(&self, job: F) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.writer.run(job)
    }

    /// Brings everything into the one database file, so that a copy of it is whole.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        Connection::open(&self.path)?.checkpoint()
    }

    /// Asks on a connection of one's own, beside the writer, and on a thread that may block: whoever waits here keeps no other
    /// task waiting.
    pub async fn ask<T, F>(&self, ask: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(View<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let store = self.clone();
        let asked = tokio::task::spawn_blocking(move || store.read(ask)).await;
        asked.unwrap_or_else(|panic| Err(StoreError::Panicked(panic.to_string())))
    }

    /// The same at once, which blocks its thread.
    fn read<T>(&self, ask: impl FnOnce(View<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle().pop();
        let reader = match kept {
            Some(reader) => reader,
            None => Reader::open(&self.path)?,
        };
        let answer = ask(reader.view());
        idle().push(reader);
        answer
    }
}

/// A read-only connection. Everything that a [`View`] answers.
pub struct Reader {
    connection: Connection,
}

impl Reader {
    /// Opens an existing database for reading; the daemon may be running.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let reader = Self::open_older(path)?;
        schema::check_current(&reader.connection)?;
        Ok(reader)
    }

    /// The same for one that an older version may have written: for copying it, since its tables are not those of this version.
    pub fn open_older(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Missing(path.to_owned()));
        }
        let connection = Connection::open_for_reading(path)?;
        if !schema::is_made(&connection)? {
            return Err(StoreError::Missing(path.to_owned()));
        }
        schema::check_version(&connection)?;
        search::register(&connection)?;
        Ok(Self { connection })
    }

    /// The database as it is now.
    pub fn view(&self) -> View<'_> {
        View { connection: &self.connection }
    }
}

/// Everything that can be asked of the database, in a transaction or outside.
#[derive(Clone, Copy)]
pub struct View<'c> {
    connection: &'c Connection,
}

impl Deref for View<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

/// A running transaction: everything that can be asked, and everything that can be changed.
pub struct Tx<'c> {
    view: View<'c>,
    /// What is still to be written into the index before the commit.
    words: search::Pending,
}

impl<'c> Deref for Tx<'c> {
    type Target = View<'c>;

    fn deref(&self) -> &View<'c> {
        &self.view
    }
}
