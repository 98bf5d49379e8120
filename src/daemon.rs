//! Builds the rooms, starts the loops, stops on a signal. A failing mailbox or transport never stops the others.

mod copies;
mod loops;
mod host_status;
mod health;

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::task::{self, JoinSet};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::flow::{self, Heartbeat, Wakeup, Clock, Context, Outbox, ReceiveError, Received, Receiver, Resync, Unread};
use crate::mail::proof::{InvalidKeyRing, KeyRing};
use crate::metrics;
use crate::model::settings::Settings;
use crate::model::{RequestNumber, Timestamp};
use crate::notify::Notifier;
use crate::store::{Epoch, Store, StoreError};

use self::loops::{clock_loop, recover_and_handle, handle_loop, index_loop, outbox_loop, receive_loop};
use self::health::{MailboxHealth, Health};

pub use copies::{RestoreOutcome, restore};
pub use host_status::{is_running, host_status};

/// The database's name in the state folder.
pub const DATABASE: &str = "maildesk.db";
/// The key file's name in the state folder.
pub const KEYS: &str = "maildesk.keys";
/// The file that a running maildesk holds locked.
const LOCK: &str = "maildesk.lock";

/// How long loops get to finish what they are at.
const GRACE: Duration = Duration::from_secs(10);

/// Why the daemon cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// The state folder or a file in it.
    #[error("{path}: {error}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it.
        error: io::Error,
    },
    /// Another maildesk runs on the same state folder.
    #[error("{0}: another maildesk is running on this state folder")]
    Locked(PathBuf),
    /// There is a database that nobody said may be replaced.
    #[error("{0}: a database is in use here; `maildesk restore --replace` moves it aside, and keeps it")]
    InUse(PathBuf),
    /// A copy of the database is to be used without the keys that belong to it.
    #[error(
        "{0}: the keys are not here. Put the copy of them here that belongs to the backup: without it no answer to a letter \
         already sent is known as one. If there is none any more: `maildesk restore --new-keys`"
    )]
    NoKeys(PathBuf),
    /// A restore has not come to its end.
    #[error("{0}: a restore was interrupted here; `maildesk restore` once more")]
    Interrupted(PathBuf),
    /// The copy would be removed before it is read.
    #[error("{0}: an interrupted restore has left it, and it is not whole; restore the copy that it was made from")]
    Leftover(PathBuf),
    /// There are keys, and the database that belongs to them is gone.
    #[error(
        "{0}: the database is not here, and its keys are. Bring a copy into use (`maildesk restore`): an empty one would give \
         numbers anew. If this is no older installation, remove the keys"
    )]
    NoDatabase(PathBuf),
    /// The key file is broken.
    #[error("{path}: {error} (restore it from a backup: a new one would not know the letters already sent)")]
    Keys {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        error: InvalidKeyRing,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An installation that is open for work: nobody else works on it until this is dropped.
pub struct Daemon {
    context: Context,
    /// This executable, if the last stop was unclean: what waits is examined in children of it before it is handled.
    examiner: Option<PathBuf>,
    /// A restore that nobody has accepted yet: mail is received, and nothing is filed or sent.
    held: Option<Epoch>,
    _lock: File,
}

/// Older messages that one pass makes searchable, at most.
const INDEXED_IN_PASS: u64 = 2_000;

/// How a run ends, and who hears how it goes.
pub struct Watch<'w> {
    /// Stops the loops, each at its next step, however long a letter on its way takes: for a run with other settings.
    pub stop: CancellationToken,
    /// Ends the process: the loops get a few seconds. Its cancellation is that of `stop` too.
    pub end: CancellationToken,
    /// The service manager.
    pub notifier: &'w Notifier,
    /// Mailboxes that are configured and cannot be read, and why.
    pub unusable: &'w [(String, String)],
}

type Loop = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// What one pass over everything did.
#[derive(Debug)]
pub struct Pass {
    /// What each mailbox brought, or why it could not be looked at.
    pub mailboxes: Vec<(String, Result<Received, String>)>,
    /// How many messages got a disposition.
    pub handled: u64,
}

impl Daemon {
    /// Opens an installation: locks the state folder, reads or makes the keys, opens the database, and puts right what an
    /// unclean stop left. `program` is this executable, for examining suspect messages in a child process.
    pub async fn open(settings: Settings, clock: Clock, program: &Path) -> Result<Self, DaemonError> {
        let folder = &settings.state_dir;
        let in_folder = |error| DaemonError::File { path: folder.clone(), error };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(in_folder)?;
        let lock = lock(&folder.join(LOCK))?;
        let database = folder.join(DATABASE);
        may_be_made(folder, &database)?;
        // SQLite gives its other files the mode of this one.
        let mut options = fs::OpenOptions::new();
        let made = options.create(true).truncate(false).write(true).mode(0o600).open(&database);
        made.map_err(|error| DaemonError::File { path: database.clone(), error })?;
        let store = Store::open(&database)?;
        // After the database: keys without one belong to one that is gone.
        let ring = Arc::new(keys(&folder.join(KEYS))?);
        let context = Context {
            store,
            settings: Arc::new(settings),
            ring,
            clock,
            accepted: Wakeup::default(),
            written: Wakeup::default(),
            unread: Unread::default(),
            heartbeat: Heartbeat::default(),
        };
        let was_clean = context
            .store
            .write(|tx| {
                tx.drop_half_fetched()?;
                tx.process_begins()
            })
            .await?;
        settle(&context).await?;
        let examiner = (!was_clean).then(|| program.to_owned());
        let held = context.store.ask(|view| view.pending_epoch()).await?;
        Ok(Self { context, examiner, held, _lock: lock })
    }

    /// Takes up other settings between two runs: the same lock, keys and database, everything else anew.
    pub async fn reconfigure(&mut self, settings: Settings) -> Result<(), DaemonError> {
        self.context.settings = Arc::new(settings);
        self.context.store.write(|tx| tx.drop_half_fetched()).await?;
        settle(&self.context).await
    }

    /// The folder that is locked for this installation.
    pub fn state_dir(&self) -> &Path {
        &self.context.settings.state_dir
    }

    /// One pass: looks at every mailbox once, handles everything, does what has come by now, tries every letter that is due.
    pub async fn pass(&self) -> Result<Pass, DaemonError> {
        let receivers = self.context.settings.looked_at().map(|m| Receiver::new(self.context.clone(), m.clone()));
        let looks = receivers.map(|mut receiver| async {
            let result = receiver.look().await;
            if let Err(error) = &result {
                receiver.note_failure(error, None).await;
            }
            let name = receiver.name().to_owned();
            receiver.close().await;
            match result {
                Err(ReceiveError::Store(error)) => Err(error),
                Err(ReceiveError::Source(error)) => Ok((name, Err(error.to_string()))),
                Ok(received) => Ok((name, Ok(received))),
            }
        });
        let never = CancellationToken::new();
        let mailboxes = join_all(looks).await.into_iter().collect::<Result<_, StoreError>>()?;
        if self.held.is_some() {
            return Ok(Pass { mailboxes, handled: 0 });
        }
        let handled = self.catch_up(&never).await?;
        flow::keep_no_longer(&self.context, &never).await?;
        for transport in &self.context.settings.transports {
            Outbox::new(self.context.clone(), transport.clone()).send_due(&never).await?;
        }
        flow::index_missing(&self.context, INDEXED_IN_PASS, &never).await?;
        Ok(Pass { mailboxes, handled })
    }

    /// Handles everything that waits, and does what has come by now. Answers how many messages got a disposition.
    async fn catch_up(&self, stop: &CancellationToken) -> Result<u64, StoreError> {
        let handled = recover_and_handle(&self.context, self.examiner.as_deref(), stop).await?;
        flow::tick_due(&self.context, stop).await?;
        Ok(handled)
    }

    /// The restore that nobody has accepted yet.
    pub fn held(&self) -> Option<Epoch> {
        self.held
    }

    /// What the corridor works with, for looking at what a restore has left open.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// What is known of the time since the copy; `told` are numbers that the operator knows of. None where no restore waits to be
    /// accepted.
    pub async fn assess(&self, told: &[RequestNumber], progress: impl FnMut()) -> Result<Option<Resync>, StoreError> {
        let folder = self.state_dir().to_owned();
        let before = task::spawn_blocking(move || copies::given_before(&folder)).await;
        let before = before.map_err(|panic| StoreError::Panicked(panic.to_string()))?;
        let given: Vec<RequestNumber> = told.iter().cloned().chain(before).collect();
        flow::assess(&self.context, &given, progress).await
    }

    /// Accepts a restore, and brings everything up to the present before anything goes out. Answers how many messages got a
    /// disposition.
    pub async fn accept(&mut self, resync: &Resync, lost_at: Timestamp) -> Result<u64, DaemonError> {
        flow::accept_resync(&self.context, resync, lost_at).await?;
        self.held = None;
        Ok(self.catch_up(&CancellationToken::new()).await?)
    }

    /// Works until stopped: every mailbox, the handler, the clock and every transport in a loop of its own.
    pub async fn run(&self, watch: &Watch<'_>) -> Result<(), DaemonError> {
        let health = Health::default();
        if let Some(epoch) = &self.held {
            let problem =
                format!("a copy of {} is in use: nothing is filed or sent before `maildesk resync`", epoch.copied_at);
            warn!("{problem}");
            watch.notifier.note(&problem);
        }
        for (mailbox, problem) in watch.unusable {
            health.looked(mailbox, MailboxHealth::Failed(problem.clone()));
        }
        let mut loops = self.start(&health, &watch.stop);
        info!(mailboxes = self.context.settings.mailboxes.len(), desks = self.context.settings.desks.len(), "running");
        let mut result = Ok(());
        let all_end = async {
            while let Some(ended) = loops.join_next().await {
                let ended = ended.unwrap_or_else(|panic| Err(StoreError::Panicked(panic.to_string())));
                if let Err(error) = ended {
                    error!(%error, "stopping: one of the loops cannot go on");
                    result = Err(error.into());
                    watch.end.cancel();
                }
            }
        };
        let grace_ends = async {
            watch.end.cancelled().await;
            sleep(GRACE).await;
        };
        tokio::select! {
            () = all_end => {}
            () = grace_ends => warn!("some work did not end in time; the next start takes it up"),
            never = health.tell(watch.notifier, &watch.stop) => match never {},
        }
        info!("stopped");
        result
    }

    fn start(&self, health: &Health, stop: &CancellationToken) -> JoinSet<Result<(), StoreError>> {
        let mut loops = JoinSet::new();
        // What every loop works with, its own sign of life, and its end, after which none is expected.
        let mut begin = |name: String, begin: &dyn Fn(Context) -> Loop| {
            let context = Context { heartbeat: health.heartbeat(name), ..self.context.clone() };
            let (heartbeat, work) = (context.heartbeat.clone(), begin(context));
            loops.spawn(async move {
                let ended = work.await;
                heartbeat.rest();
                ended
            });
        };
        for mailbox in self.context.settings.looked_at() {
            health.looked(&mailbox.name, MailboxHealth::First);
            begin(format!("mailbox {}", mailbox.name), &|context| {
                let heartbeat = context.heartbeat.clone();
                Box::pin(receive_loop(Receiver::new(context, mailbox.clone()), health.clone(), heartbeat, stop.clone()))
            });
        }
        if self.held.is_none() {
            begin("handler".to_owned(), &|context| Box::pin(handle_loop(context, self.examiner.clone(), stop.clone())));
            begin("clock".to_owned(), &|context| Box::pin(clock_loop(context, stop.clone())));
            begin("index".to_owned(), &|context| Box::pin(index_loop(context, stop.clone())));
            for transport in &self.context.settings.transports {
                begin(format!("transport {}", transport.name), &|context| {
                    Box::pin(outbox_loop(Outbox::new(context.clone(), transport.clone()), context, stop.clone()))
                });
            }
        }
        // Its sign of life is that it answers; no mail waits for it.
        if let Some(listen) = self.context.settings.metrics.clone() {
            let serving = metrics::serve(listen, host_status::status_of(self.context.clone()), stop.clone());
            loops.spawn(async {
                serving.await;
                Ok(())
            });
        }
        loops
    }

    /// Ends the process's work cleanly: what waits needs no examination at the next start.
    pub async fn close(self) -> Result<(), DaemonError> {
        self.context.store.write(|tx| tx.process_ends()).await?;
        Ok(self.context.store.checkpoint()?)
    }
}

/// What is stored meets the settings: says what waits for a mailbox or desk that is not there, and when requests are looked at.
async fn settle(context: &Context) -> Result<(), DaemonError> {
    for mailbox in context.store.ask(|view| view.waiting_mailboxes()).await? {
        if !context.settings.mailboxes.iter().any(|known| known.name == mailbox) {
            warn!(mailbox, "has accepted messages that wait: configure it again to have them handled");
        }
    }
    let desks = context.settings.desk_keys();
    for (desk, letters) in context.store.write(move |tx| tx.strand_letters(&desks)).await? {
        warn!(desk, letters, "has letters that wait: configure the desk again to have them sent");
    }
    context.settings.looked_at().for_each(|mailbox| context.unread.add(&mailbox.name));
    Ok(flow::look_anew(context).await?)
}

/// A database that is missing is made only where there never was one: with an empty one everybody would be answered anew.
fn may_be_made(folder: &Path, database: &Path) -> Result<(), DaemonError> {
    if database.exists() {
        return Ok(());
    }
    if copies::coming(folder).exists() {
        return Err(DaemonError::Interrupted(database.to_owned()));
    }
    if folder.join(KEYS).exists() {
        return Err(DaemonError::NoDatabase(database.to_owned()));
    }
    Ok(())
}

fn lock(path: &Path) -> Result<File, DaemonError> {
    let at = |error| DaemonError::File { path: path.to_owned(), error };
    let file = fs::OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path).map_err(at)?;
    match host_status::lock_patiently(&file) {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(DaemonError::Locked(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(at(error)),
    }
}

/// Reads the keys, or makes them for a new installation.
pub fn keys(path: &Path) -> Result<KeyRing, DaemonError> {
    let at = |error| DaemonError::File { path: path.to_owned(), error };
    match fs::read_to_string(path) {
        Ok(text) => KeyRing::parse(&text).map_err(|error| DaemonError::Keys { path: path.to_owned(), error }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut random = [0; 40];
            getrandom::fill(&mut random).map_err(|error| at(io::Error::other(error)))?;
            let ring = KeyRing::generate(&random);
            let unfinished = path.with_extension("new");
            let mut options = fs::OpenOptions::new();
            let mut file = options.create(true).truncate(true).write(true).mode(0o600).open(&unfinished).map_err(at)?;
            file.write_all(ring.to_text().expose().as_bytes()).and_then(|()| file.sync_all()).map_err(at)?;
            fs::rename(&unfinished, path).map_err(at)?;
            Ok(ring)
        }
        Err(error) => Err(at(error)),
    }
}
