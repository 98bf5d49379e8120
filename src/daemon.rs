//! The daemon: opens an installation, runs a loop for each mailbox, transport and kind of work, and stops on a signal. A
//! failing mailbox or transport never stops the others.

mod copies;
mod error;
mod health;
mod host_status;
mod loops;
mod state_dir;

use std::fs;
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

use crate::flow::{self, Clock, Context, Outbox, ReceiveError, Received, Receiver, Resync};
use crate::metrics;
use crate::model::settings::Settings;
use crate::model::{RequestNumber, Timestamp};
use crate::notify::Notifier;
use crate::store::{Epoch, Store, StoreError};

use self::health::{Health, MailboxHealth};
use self::loops::{clock_loop, handle_loop, index_loop, outbox_loop, receive_loop, recover_and_handle};
use self::state_dir::{StateLock, lock};

pub use copies::{RestoreOutcome, restore};
pub use error::DaemonError;
pub use host_status::{exposed, host_status, is_running};
pub use state_dir::{keys, keys_of, take_new_keys};

/// The database's name in the state folder.
pub const DATABASE: &str = "maildesk.db";
/// The key file's name in the state folder.
pub const KEYS: &str = "maildesk.keys";
/// The file that a running maildesk holds locked.
const LOCK: &str = "maildesk.lock";

/// How long loops may take to finish their present step after SIGTERM.
const GRACE: Duration = Duration::from_secs(10);

/// An open installation. Its state folder is locked until this is dropped.
pub struct Daemon {
    context: Context,
    /// This executable, if the last stop was unclean: waiting messages are then parsed in child processes of it first.
    examiner: Option<PathBuf>,
    /// A restore that is not accepted yet: mail is received, but nothing is filed or sent.
    held: Option<Epoch>,
    _lock: StateLock,
}

/// How many older messages one pass adds to the search index at most.
const INDEXED_PER_PASS: u64 = 2_000;

/// What a run needs besides the installation: tokens that end it, and whom to notify.
pub struct Watch<'w> {
    /// Stops the loops, each after its present step, however long that takes: for a reload of the configuration.
    pub stop: CancellationToken,
    /// Ends the process: the loops get [`GRACE`]. Cancels `stop` as well.
    pub end: CancellationToken,
    /// The service manager.
    pub notifier: &'w Notifier,
    /// Mailboxes that cannot be used because of their configuration, with the reason.
    pub unusable: &'w [(String, String)],
}

type Loop = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// The result of one pass over all mailboxes and e-mails.
#[derive(Debug)]
pub struct Pass {
    /// What each mailbox brought, or why it could not be read.
    pub mailboxes: Vec<(String, Result<Received, String>)>,
    /// How many messages were handled.
    pub handled: u64,
}

impl Daemon {
    /// Opens an installation: locks the state folder, reads or makes the keys, opens the database, and cleans up after an
    /// unclean stop. `program` is this executable, for parsing suspect messages in a child process.
    pub async fn open(settings: Settings, clock: Clock, program: &Path) -> Result<Self, DaemonError> {
        let folder = &settings.state_dir;
        let in_folder = |error| DaemonError::File { path: folder.clone(), error };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(in_folder)?;
        let lock = lock(&folder.join(LOCK))?;
        let database = folder.join(DATABASE);
        check_may_be_created(folder, &database)?;
        // SQLite gives its companion files the mode of this one.
        let mut options = fs::OpenOptions::new();
        let made = options.create(true).truncate(false).write(true).mode(0o600).open(&database);
        made.map_err(|error| DaemonError::File { path: database.clone(), error })?;
        let store = Store::open(&database)?;
        // After the database: keys without a database mean that it was lost.
        let ring = Arc::new(keys_of(&store, &folder.join(KEYS)).await?);
        let context = Context::new(store, Arc::new(settings), ring, clock);
        refuse_orphans(&context, &context.settings).await?;
        let was_clean = context
            .store
            .write(|tx| {
                tx.drop_half_fetched()?;
                tx.process_begins()
            })
            .await?;
        adapt_to_settings(&context).await?;
        let examiner = (!was_clean).then(|| program.to_owned());
        let held = context.store.ask(|view| view.pending_epoch()).await?;
        Ok(Self { context, examiner, held, _lock: lock })
    }

    /// Takes over other settings between two runs. Lock, keys and database stay open.
    pub async fn reconfigure(&mut self, settings: Settings) -> Result<(), DaemonError> {
        self.context.settings = Arc::new(settings);
        self.context.store.write(|tx| tx.drop_half_fetched()).await?;
        adapt_to_settings(&self.context).await
    }

    /// Whether these settings would leave mail or requests behind.
    ///
    /// # Errors
    /// They would, and do not accept it; or the database failed.
    pub async fn judge(&self, settings: &Settings) -> Result<(), DaemonError> {
        refuse_orphans(&self.context, settings).await
    }

    /// When the configuration means other settings, without a change of its file; `None`: never.
    pub fn changes_at(&self) -> Option<Timestamp> {
        self.context.settings.changes_at
    }

    /// The locked state folder.
    pub fn state_dir(&self) -> &Path {
        &self.context.settings.state_dir
    }

    /// One pass: reads every mailbox, handles all messages, does what is due by time, and tries to send every due e-mail.
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
        flow::index_missing(&self.context, INDEXED_PER_PASS, &never).await?;
        Ok(Pass { mailboxes, handled })
    }

    /// Handles all waiting messages, and does what is due by time. Answers how many messages were handled.
    async fn catch_up(&self, stop: &CancellationToken) -> Result<u64, StoreError> {
        let handled = recover_and_handle(&self.context, self.examiner.as_deref(), stop).await?;
        flow::tick_due(&self.context, stop).await?;
        Ok(handled)
    }

    /// The restore that is not accepted yet, if there is one.
    pub fn held(&self) -> Option<Epoch> {
        self.held
    }

    /// The context of `flow`, for commands that look at the state after a restore.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// What is known of the time since the copy was made; `told` are numbers given since that the operator knows. None where
    /// no restore waits to be accepted.
    pub async fn assess(&self, told: &[RequestNumber], progress: impl FnMut()) -> Result<Option<Resync>, StoreError> {
        let folder = self.state_dir().to_owned();
        let before = task::spawn_blocking(move || copies::numbers_given_before(&folder)).await;
        let before = before.map_err(|panic| StoreError::Panicked(panic.to_string()))?;
        let given: Vec<RequestNumber> = told.iter().cloned().chain(before).collect();
        flow::assess(&self.context, &given, progress).await
    }

    /// Accepts a restore, then handles all waiting messages before anything is sent. Answers how many messages were handled.
    pub async fn accept(&mut self, resync: &Resync, lost_at: Timestamp) -> Result<u64, DaemonError> {
        flow::accept_resync(&self.context, resync, lost_at).await?;
        self.held = None;
        Ok(self.catch_up(&CancellationToken::new()).await?)
    }

    /// Runs until stopped: a loop for each mailbox and transport, and one each for handling, the clock and the search index.
    pub async fn run(&self, watch: &Watch<'_>) -> Result<(), DaemonError> {
        let health = Health::default();
        if let Some(epoch) = &self.held {
            let problem = format!(
                "a copy made {} was restored: nothing is filed or sent until `maildesk resync --accept`",
                epoch.copied_at
            );
            warn!("{problem}");
            watch.notifier.note(&problem);
        }
        for (mailbox, problem) in watch.unusable {
            health.record(mailbox, MailboxHealth::Failed(problem.clone()));
        }
        let mut loops = self.start(&health, &watch.stop);
        info!(mailboxes = self.context.settings.mailboxes.len(), desks = self.context.settings.desks.len(), "running");
        let mut result = Ok(());
        let all_end = async {
            while let Some(ended) = loops.join_next().await {
                let ended = ended.unwrap_or_else(|panic| Err(StoreError::Panicked(panic.to_string())));
                if let Err(error) = ended {
                    error!(%error, "stopping: a loop cannot continue");
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
            () = grace_ends => warn!("some work did not end in time; it continues at the next start"),
            never = health.notify(watch.notifier, &watch.stop) => match never {},
        }
        info!("stopped");
        result
    }

    fn start(&self, health: &Health, stop: &CancellationToken) -> JoinSet<Result<(), StoreError>> {
        let mut loops = JoinSet::new();
        // Each loop gets a heartbeat of its own; once the loop has ended, none is expected.
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
            health.record(&mailbox.name, MailboxHealth::First);
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
        // It needs no heartbeat: no mail waits for it.
        if let Some(listen) = self.context.settings.metrics.clone() {
            let serving = metrics::serve(listen, host_status::status_of(self.context.clone()), stop.clone());
            loops.spawn(async {
                serving.await;
                Ok(())
            });
        }
        loops
    }

    /// Records a clean stop: the next start need not examine waiting messages.
    pub async fn close(self) -> Result<(), DaemonError> {
        self.context.store.write(|tx| tx.process_ends()).await?;
        Ok(self.context.store.checkpoint()?)
    }
}

async fn refuse_orphans(context: &Context, settings: &Settings) -> Result<(), DaemonError> {
    let refused = flow::refused_for_orphans(context, settings).await?;
    if refused.is_empty() { Ok(()) } else { Err(DaemonError::Stranded(refused)) }
}

/// Adapts what is stored to the settings: warns of what waits for a mailbox or desk that is not configured, and plans anew when
/// requests are due.
async fn adapt_to_settings(context: &Context) -> Result<(), DaemonError> {
    flow::rename_mailboxes(context).await?;
    // Until a restore is accepted, nothing is decided.
    if context.store.ask(|view| view.pending_epoch()).await?.is_none() {
        flow::hand_over(context).await?;
    }
    for mailbox in context.store.ask(|view| view.waiting_mailboxes()).await? {
        if !context.settings.mailboxes.iter().any(|known| known.name == mailbox) {
            warn!(
                mailbox,
                "accepted messages wait for a mailbox that is not configured: configure it again to have them handled"
            );
        }
    }
    let desks = context.settings.desk_keys();
    for (desk, letters) in context.store.write(move |tx| tx.strand_letters(&desks)).await? {
        warn!(
            desk,
            emails = letters,
            "e-mails wait for a desk that is not configured: configure it again to have them sent"
        );
    }
    context.settings.looked_at().for_each(|mailbox| context.unread.add(&mailbox.name));
    Ok(flow::look_anew(context).await?)
}

/// Permits a new database only where there never was one: with an empty one everybody would be answered again.
fn check_may_be_created(folder: &Path, database: &Path) -> Result<(), DaemonError> {
    if database.exists() {
        return Ok(());
    }
    if copies::unfinished(folder).exists() {
        return Err(DaemonError::Interrupted(database.to_owned()));
    }
    if folder.join(KEYS).exists() {
        return Err(DaemonError::NoDatabase(database.to_owned()));
    }
    match desk_nearby(folder) {
        Some(other) => warn!(
            database = %database.display(), other = %other.display(),
            "a new database is made, and numbers begin with 1, though there is one nearby: if that one is meant, correct state_dir"
        ),
        None => info!(database = %database.display(), "a new database is made: numbers begin with 1"),
    }
    Ok(())
}

/// The database of another state folder, of which this one, without a database, may be a misspelling: above or beside it.
/// `None` where there is none.
pub fn desk_nearby(folder: &Path) -> Option<PathBuf> {
    if folder.join(DATABASE).exists() {
        return None;
    }
    let above = folder.parent()?;
    let beside = fs::read_dir(above).into_iter().flatten().flatten().map(|entry| entry.path().join(DATABASE));
    std::iter::once(above.join(DATABASE)).chain(beside).find(|database| database.is_file())
}
