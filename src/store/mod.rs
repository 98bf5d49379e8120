//! The database, and the only room that knows SQL. One writer thread does all queued jobs in one transaction; readers have
//! connections of their own.

mod clock;
mod colleagues;
mod column;
mod complaints;
mod counts;
mod endings;
mod engine;
mod entries;
mod epoch;
mod error;
mod event_columns;
mod events;
mod facts;
mod files;
mod flood;
mod forget;
mod handled;
mod health_record;
mod identity;
mod in_use;
mod key_record;
mod ledger;
mod letter_counts;
mod letters;
mod listing;
mod misses;
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
mod similar;
mod sql;
mod states;
mod stats;
mod steering;
mod steering_facts;
mod tally;
mod uid;
mod unsent;
mod verification;
mod workload;
mod writer;

use std::io::ErrorKind;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use engine::Connection;

pub use complaints::ComplaintRow;
pub use counts::RequestCount;
pub use engine::work;
pub use entries::{EntryRow, NewEntry};
pub use epoch::{Accepting, Epoch, Gap, begin_epoch};
pub use error::StoreError;
pub use forget::Erased;
pub use handled::{Handled, Waiting};
pub use health_record::{
    Ever, Failure, FailureCause, HealthRecord, KeptBack, MailboxDepth, Monitored, OutboxDepth, Size, UnsentDepth,
};
pub use identity::SameMessage;
pub use in_use::{KnownMailbox, OpenRequests, OpenStanding};
pub use key_record::KeyRecord;
pub use ledger::{AttachmentRow, ReceivedFilter, ReceivedRow};
pub use letter_counts::LetterCounts;
pub use letters::LetterRow;
pub use listing::{LetterFilter, MessageFilter, RequestFilter, RequestOrder, RequestRow};
pub use misses::Miss;
pub use moves::ReleaseRow;
pub use outbox::{Attempt, DueLetter, DueLetters, Outcome, UnreadableLetter};
pub use personal_data::{PersonalData, RequestOfPerson};
pub use raw::{CHUNK, Packed, RawId};
pub use received::{Accepted, NewMessage, Unfetched};
pub use search::{Backlog, Excerpt, Findable, Found, FoundRow, Gist, MOST_TEXT, Narrow, Query, Unindexed};
pub use selection::{Milestones, Selection};
pub use states::ReceivedState;
pub use steering::PersonalAddressRow;
pub use steering_facts::NoteSource;
pub use uid::{Folder, KnownUid};

/// The database of an installation, with its writer thread and its readers.
#[derive(Clone)]
pub struct Store {
    path: PathBuf,
    writer: writer::Writer,
    /// Readers that are free to be used.
    idle: Arc<Mutex<Vec<Reader>>>,
}

impl Store {
    /// Opens the database, creates or migrates it where needed, and starts the writer thread.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = schema::open_for_writing(path)?;
        Ok(Self { path: path.to_owned(), writer: writer::Writer::start(connection)?, idle: Arc::default() })
    }

    /// Queues a job for the writer thread; jobs are done in the order of the calls, and the future resolves after the commit. A
    /// job that fails or panics is rolled back alone; the jobs that share its transaction are done again, so a job changes nothing
    /// but the database.
    pub fn write<T, F>(&self, job: F) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: Fn(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.writer.run(job)
    }

    /// Moves everything from the write-ahead log into the database file, so that a copy of that file is complete.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        Connection::open(&self.path)?.checkpoint()
    }

    /// Reads on a connection beside the writer and on a thread that may block, so that no other task is kept waiting.
    pub async fn ask<T, F>(&self, ask: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(View<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let store = self.clone();
        let asked = tokio::task::spawn_blocking(move || store.read(ask)).await;
        asked.unwrap_or_else(|panic| Err(StoreError::Panicked(panic.to_string())))
    }

    /// Reads at once, which blocks its thread; everybody else asks by [`Store::ask`].
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

/// A read-only connection to the database.
pub struct Reader {
    connection: Connection,
}

impl Reader {
    /// Opens an existing database for reading; a daemon may be running on it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let reader = Self::open_older(path)?;
        schema::check_current(&reader.connection)?;
        Ok(reader)
    }

    /// Opens a database of this or an older version for copying only: an older version's tables cannot be queried.
    pub fn open_older(path: &Path) -> Result<Self, StoreError> {
        match path.try_exists() {
            Ok(true) => {}
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                return Err(StoreError::Forbidden(path.to_owned()));
            }
            Ok(false) | Err(_) => return Err(StoreError::Missing(path.to_owned())),
        }
        let connection = Connection::open_for_reading(path)?;
        if !schema::is_made(&connection)? {
            return Err(StoreError::Missing(path.to_owned()));
        }
        schema::check_version(&connection)?;
        search::register(&connection)?;
        Ok(Self { connection })
    }

    /// A view of the database as it is now.
    pub fn view(&self) -> View<'_> {
        View { connection: &self.connection }
    }
}

/// All queries of the store; in a transaction or outside.
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

/// A running transaction: all queries, and everything that writes.
pub struct Tx<'c> {
    view: View<'c>,
}

impl<'c> Deref for Tx<'c> {
    type Target = View<'c>;

    fn deref(&self) -> &View<'c> {
        &self.view
    }
}
