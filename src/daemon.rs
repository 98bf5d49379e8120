//! Builds the rooms, starts the loops, stops on a signal. A failing mailbox or transport never stops the others.

mod machine;

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::flow::{self, Bell, Clock, Context, Outbox, ReceiveError, Received, Receiver};
use crate::mail::proof::{InvalidKeyRing, KeyRing};
use crate::metrics;
use crate::model::Timestamp;
use crate::model::settings::Settings;
use crate::store::{Store, StoreError};

pub use machine::{is_running, machine};

/// The database's name in the state folder.
pub const DATABASE: &str = "maildesk.db";
/// The key file's name in the state folder.
pub const KEYS: &str = "maildesk.keys";
/// The file that a running maildesk holds locked.
const LOCK: &str = "maildesk.lock";

/// Loops look for work at least this often, should a bell have been missed.
const RESCAN: Duration = Duration::from_secs(30);
/// The first and the longest pause after a failed look at a mailbox.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
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
    _lock: File,
}

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
        let ring = Arc::new(keys(&folder.join(KEYS))?);
        let database = folder.join(DATABASE);
        // SQLite gives its other files the mode of this one.
        let mut options = fs::OpenOptions::new();
        let made = options.create(true).truncate(false).write(true).mode(0o600).open(&database);
        made.map_err(|error| DaemonError::File { path: database.clone(), error })?;
        let store = Store::open(&database)?;
        let context = Context {
            store,
            settings: Arc::new(settings),
            ring,
            clock,
            accepted: Bell::default(),
            written: Bell::default(),
        };
        let was_clean = context
            .store
            .write(|tx| {
                tx.drop_half_fetched()?;
                tx.process_begins()
            })
            .await?;
        for mailbox in context.store.read(|view| view.waiting_mailboxes())? {
            if !context.settings.mailboxes.iter().any(|known| known.name == mailbox) {
                warn!(mailbox, "has accepted messages that wait: configure it again to have them handled");
            }
        }
        let desks: Vec<_> = context.settings.desks.iter().map(|desk| desk.key.clone()).collect();
        for (desk, letters) in context.store.write(move |tx| tx.strand_letters(&desks)).await? {
            warn!(desk, letters, "has letters that wait: configure the desk again to have them sent");
        }
        flow::look_anew(&context).await?;
        let examiner = (!was_clean).then(|| program.to_owned());
        Ok(Self { context, examiner, _lock: lock })
    }

    /// One pass: looks at every mailbox once, handles everything, does what has come by now, tries every letter that is due.
    pub async fn pass(&self) -> Result<Pass, DaemonError> {
        let receivers = self.context.settings.mailboxes.iter().map(|m| Receiver::new(self.context.clone(), m.clone()));
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
        let handled = examine_and_handle(&self.context, self.examiner.as_deref(), &never).await?;
        flow::tick_due(&self.context, &never).await?;
        for transport in &self.context.settings.transports {
            Outbox::new(self.context.clone(), transport.clone()).send_due(&never).await?;
        }
        Ok(Pass { mailboxes, handled })
    }

    /// Works until `stop`: every mailbox, the handler, the clock and every transport in a loop of its own.
    pub async fn run(&self, stop: CancellationToken) -> Result<(), DaemonError> {
        let context = &self.context;
        let mut loops = JoinSet::new();
        for mailbox in &context.settings.mailboxes {
            loops.spawn(receive_loop(Receiver::new(context.clone(), mailbox.clone()), stop.clone()));
        }
        loops.spawn(handle_loop(context.clone(), self.examiner.clone(), stop.clone()));
        loops.spawn(clock_loop(context.clone(), stop.clone()));
        if let Some(listen) = context.settings.metrics.clone() {
            let serving = metrics::serve(listen, machine::status_of(context.clone()), stop.clone());
            loops.spawn(async {
                serving.await;
                Ok(())
            });
        }
        for transport in &context.settings.transports {
            loops.spawn(outbox_loop(Outbox::new(context.clone(), transport.clone()), context.clone(), stop.clone()));
        }
        info!(mailboxes = context.settings.mailboxes.len(), desks = context.settings.desks.len(), "running");
        let mut result = Ok(());
        let all_end = async {
            while let Some(ended) = loops.join_next().await {
                let ended = ended.unwrap_or_else(|panic| Err(StoreError::Panicked(panic.to_string())));
                if let Err(error) = ended {
                    error!(%error, "stopping: one of the loops cannot go on");
                    result = Err(error.into());
                    stop.cancel();
                }
            }
        };
        let grace_ends = async {
            stop.cancelled().await;
            sleep(GRACE).await;
        };
        tokio::select! {
            () = all_end => {}
            () = grace_ends => warn!("some work did not end in time; the next start takes it up"),
        }
        info!("stopped");
        result
    }

    /// Ends the process's work cleanly: what waits needs no examination at the next start.
    pub async fn close(self) -> Result<(), DaemonError> {
        self.context.store.write(|tx| tx.process_ends()).await?;
        Ok(self.context.store.checkpoint()?)
    }
}

async fn receive_loop(mut receiver: Receiver, stop: CancellationToken) -> Result<(), StoreError> {
    let mut failures = 0;
    while !stop.is_cancelled() {
        let looked = tokio::select! {
            () = stop.cancelled() => break,
            looked = look_and_wait(&mut receiver, &mut failures) => looked,
        };
        let error = match looked {
            Ok(()) => continue,
            Err(ReceiveError::Store(error)) if !error.is_passing() => return Err(error),
            Err(error) => error,
        };
        let pause = pause_after(&error, failures, random());
        failures += 1;
        warn!(mailbox = receiver.name(), %error, next = ?pause, "cannot read the mailbox");
        receiver.note_failure(&error, Some(pause)).await;
        tokio::select! {
            () = stop.cancelled() => {}
            () = sleep(pause) => {}
        }
    }
    receiver.close().await;
    Ok(())
}

/// One look, and the wait for the next. A look that works ends a row of failures.
async fn look_and_wait(receiver: &mut Receiver, failures: &mut u32) -> Result<(), ReceiveError> {
    let received = receiver.look().await?;
    *failures = 0;
    if received.accepted > 0 {
        info!(mailbox = receiver.name(), messages = received.accepted, "accepted");
    }
    receiver.wait().await
}

/// How long to wait after a failed look: doubling with every failure, with jitter, as long as the server asks, and five
/// minutes at least after a refused login, so that nobody is locked out by us.
fn pause_after(error: &ReceiveError, failures: u32, random: u32) -> Duration {
    let ReceiveError::Source(error) = error else { return RESCAN };
    let doubled = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(failures.min(16))).min(LONGEST_PAUSE);
    let jittered = doubled.mul_f64(0.75 + 0.5 * f64::from(random) / f64::from(u32::MAX));
    let least = if error.is_login_refused() { LONGEST_PAUSE } else { Duration::ZERO };
    jittered.max(least).max(error.suggested_backoff().unwrap_or_default())
}

fn random() -> u32 {
    // Without randomness the jitter is lost, nothing else.
    getrandom::u32().unwrap_or(0)
}

async fn handle_loop(
    context: Context,
    mut examiner: Option<PathBuf>,
    stop: CancellationToken,
) -> Result<(), StoreError> {
    let mut accepted = context.accepted.listen();
    while !stop.is_cancelled() {
        match examine_and_handle(&context, examiner.as_deref(), &stop).await {
            Ok(_) => examiner = None,
            Err(error) if error.is_passing() => warn!(%error, "cannot handle messages now"),
            Err(error) => return Err(error),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = accepted.rung() => {}
            () = sleep(RESCAN) => {}
        }
    }
    Ok(())
}

async fn examine_and_handle(
    context: &Context,
    examiner: Option<&Path>,
    stop: &CancellationToken,
) -> Result<u64, StoreError> {
    let examined = match examiner {
        Some(program) => flow::examine_suspects(context, program, stop).await?,
        None => 0,
    };
    Ok(examined + flow::handle_waiting(context, stop).await?)
}

async fn outbox_loop(mut outbox: Outbox, context: Context, stop: CancellationToken) -> Result<(), StoreError> {
    let mut written = context.written.listen();
    while !stop.is_cancelled() {
        let next = match outbox.send_due(&stop).await {
            Ok(next) => next,
            Err(error) if error.is_passing() => {
                warn!(transport = outbox.name(), %error, "cannot send now");
                None
            }
            Err(error) => return Err(error),
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = written.rung() => {}
            () = sleep(until(&context, next)) => {}
        }
    }
    Ok(())
}

async fn clock_loop(context: Context, stop: CancellationToken) -> Result<(), StoreError> {
    while !stop.is_cancelled() {
        let next = match flow::tick_due(&context, &stop).await {
            Ok(next) => next,
            Err(error) if error.is_passing() => {
                warn!(%error, "cannot look at what is due now");
                None
            }
            Err(error) => return Err(error),
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = sleep(until(&context, next)) => {}
        }
    }
    Ok(())
}

/// How long to sleep before something is due, not longer than to the next rescan.
fn until(context: &Context, next: Option<Timestamp>) -> Duration {
    let due = next.map(|at| Duration::from_secs(at.seconds_since(context.now()).max(1).unsigned_abs()));
    due.unwrap_or(RESCAN).min(RESCAN)
}

fn lock(path: &Path) -> Result<File, DaemonError> {
    let at = |error| DaemonError::File { path: path.to_owned(), error };
    let file = fs::OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path).map_err(at)?;
    match machine::lock_patiently(&file) {
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
