//! The daemon's loops: one for each mailbox and transport, one for handling, one for the clock, one for the search index.

use std::future::pending;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::flow::{self, Context, Heartbeat, Outbox, ReceiveError, Receiver};
use crate::model::{Timestamp, backoff};
use crate::store::StoreError;

use super::health::{Health, MailboxHealth};

/// Loops look for work at least this often, in case a wakeup was missed.
const RESCAN: Duration = Duration::from_secs(30);
/// How long filed messages wait for others to be added to the search index with them.
const INDEX_LAG: Duration = Duration::from_secs(2);
/// Seconds between two runs of the retention rules.
const RETENTION_INTERVAL: i64 = 3_600;
/// The first and the longest pause after a mailbox could not be read.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// Reads a mailbox until stopped. A failure is logged, and tried again after a growing pause.
pub(super) async fn receive_loop(
    mut receiver: Receiver,
    health: Health,
    heartbeat: Heartbeat,
    stop: CancellationToken,
) -> Result<(), StoreError> {
    let mut failures = 0;
    while !stop.is_cancelled() {
        let looked = tokio::select! {
            () = stop.cancelled() => break,
            looked = look_and_wait(&mut receiver, &health, &heartbeat, &mut failures) => looked,
        };
        let error = match looked {
            Ok(()) => continue,
            Err(ReceiveError::Store(error)) if !error.is_passing() => return Err(error),
            Err(error) => error,
        };
        health.record(receiver.name(), MailboxHealth::Failed(error.to_string()));
        let wait = pause_after(&error, failures, random());
        failures += 1;
        warn!(mailbox = receiver.name(), error = error.to_string(), next = ?wait, "cannot read the mailbox");
        receiver.note_failure(&error, Some(wait)).await;
        pause(wait, pending(), &heartbeat, &stop).await;
    }
    heartbeat.waiting(receiver.close()).await;
    Ok(())
}

/// Reads the mailbox once, and waits for the next time. Success resets the number of failures.
async fn look_and_wait(
    receiver: &mut Receiver,
    health: &Health,
    heartbeat: &Heartbeat,
    failures: &mut u32,
) -> Result<(), ReceiveError> {
    heartbeat.progress();
    let received = receiver.look().await?;
    *failures = 0;
    health.record(receiver.name(), MailboxHealth::Read);
    if received.accepted > 0 {
        info!(mailbox = receiver.name(), messages = received.accepted, "messages accepted");
    }
    receiver.wait().await
}

/// How long to wait after a failure: doubled with every failure, with jitter, at least as long as the server asks, and at
/// least five minutes after a refused login, so that the account is not locked.
fn pause_after(error: &ReceiveError, failures: u32, random: u32) -> Duration {
    let ReceiveError::Source(error) = error else { return RESCAN };
    let doubled = backoff(FIRST_PAUSE, failures, LONGEST_PAUSE);
    let jittered = doubled.mul_f64(0.75 + 0.5 * f64::from(random) / f64::from(u32::MAX));
    let least = if error.is_login_refused() { LONGEST_PAUSE } else { Duration::ZERO };
    jittered.max(least).max(error.suggested_backoff().unwrap_or_default())
}

fn random() -> u32 {
    // Without randomness the jitter is lost, nothing else.
    getrandom::u32().unwrap_or(0)
}

/// Handles accepted messages until stopped.
pub(super) async fn handle_loop(
    context: Context,
    mut examiner: Option<PathBuf>,
    stop: CancellationToken,
) -> Result<(), StoreError> {
    let mut accepted = context.accepted.listen();
    while !stop.is_cancelled() {
        context.heartbeat.progress();
        match recover_and_handle(&context, examiner.as_deref(), &stop).await {
            Ok(_) => examiner = None,
            Err(error) if error.is_passing() => warn!(error = error.to_string(), "cannot handle messages now"),
            Err(error) => return Err(error),
        }
        pause(RESCAN, accepted.woken(), &context.heartbeat, &stop).await;
    }
    Ok(())
}

/// Handles waiting messages. After an unclean stop those that it left are examined first, one at a time.
pub(super) async fn recover_and_handle(
    context: &Context,
    examiner: Option<&Path>,
    stop: &CancellationToken,
) -> Result<u64, StoreError> {
    let examined = match examiner {
        Some(program) => flow::recover_from_crash(context, program, stop).await?,
        None => 0,
    };
    Ok(examined + flow::handle_waiting(context, stop).await?)
}

/// Sends due e-mails until stopped.
pub(super) async fn outbox_loop(
    mut outbox: Outbox,
    context: Context,
    stop: CancellationToken,
) -> Result<(), StoreError> {
    let mut written = context.written.listen();
    while !stop.is_cancelled() {
        context.heartbeat.progress();
        let next = match outbox.send_due(&stop).await {
            Ok(next) => next,
            Err(error) if error.is_passing() => {
                warn!(transport = outbox.name(), error = error.to_string(), "cannot send now");
                None
            }
            Err(error) => return Err(error),
        };
        pause(until(&context, next), written.woken(), &context.heartbeat, &stop).await;
    }
    Ok(())
}

/// Does what is due by time, until stopped: deadlines, reminders, digests, closing, retention.
pub(super) async fn clock_loop(context: Context, stop: CancellationToken) -> Result<(), StoreError> {
    let mut retention_at: Option<Timestamp> = None;
    while !stop.is_cancelled() {
        context.heartbeat.progress();
        if retention_at.is_none_or(|at| context.now().seconds_since(at).abs() >= RETENTION_INTERVAL) {
            retention_at = Some(context.now());
            match flow::keep_no_longer(&context, &stop).await {
                Ok(_) => {}
                Err(error) if error.is_fatal() => return Err(error),
                Err(error) => {
                    warn!(
                        error = error.to_string(),
                        "cannot erase content whose retention has ended; tried again in an hour"
                    )
                }
            }
        }
        let next = match flow::tick_due(&context, &stop).await {
            Ok(next) => next,
            Err(error) if error.is_passing() => {
                warn!(error = error.to_string(), "cannot process requests that are due");
                None
            }
            Err(error) => return Err(error),
        };
        pause(until(&context, next), pending(), &context.heartbeat, &stop).await;
    }
    Ok(())
}

/// Adds messages to the search index that are not in it: what was filed, older ones, and those of which something was erased.
pub(super) async fn index_loop(context: Context, stop: CancellationToken) -> Result<(), StoreError> {
    let mut came = context.fresh_words.came().listen();
    while !stop.is_cancelled() {
        context.heartbeat.progress();
        match flow::index_missing(&context, u64::MAX, &stop).await {
            Err(error) if error.is_fatal() => return Err(error),
            Err(error) => warn!(error = error.to_string(), "cannot add messages to the search index"),
            Ok(()) => {}
        }
        pause(RESCAN, came.woken(), &context.heartbeat, &stop).await;
        if !context.fresh_words.are_many() {
            pause(INDEX_LAG, came.woken(), &context.heartbeat, &stop).await;
        }
    }
    Ok(())
}

/// Waits for this time, or until woken or stopped.
async fn pause(longest: Duration, woken: impl Future<Output = ()>, heartbeat: &Heartbeat, stop: &CancellationToken) {
    let waited = async {
        tokio::select! {
            () = stop.cancelled() => {}
            () = woken => {}
            () = sleep(longest) => {}
        }
    };
    heartbeat.waiting(waited).await;
}

/// How long to sleep until something is due, at most [`RESCAN`].
fn until(context: &Context, next: Option<Timestamp>) -> Duration {
    let due = next.map(|at| Duration::from_secs(at.seconds_since(context.now()).max(1).unsigned_abs()));
    due.unwrap_or(RESCAN).min(RESCAN)
}
