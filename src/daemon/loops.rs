//! The loops: one for each mailbox and transport, one that handles, one that watches the clock.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::flow::{self, Heartbeat, Context, Outbox, ReceiveError, Receiver};
use crate::model::Timestamp;
use crate::store::StoreError;

use super::health::{MailboxHealth, Health};

/// Loops look for work at least this often, should a wakeup have been missed.
const RESCAN: Duration = Duration::from_secs(30);
/// Seconds between two looks for what is kept long enough.
const TIDY: i64 = 3_600;
/// The first and the longest pause after a failed look at a mailbox.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// Reads a mailbox until stopped; a failed look is told, and tried again after a growing pause.
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
        health.looked(receiver.name(), MailboxHealth::Failed(error.to_string()));
        let pause = pause_after(&error, failures, random());
        failures += 1;
        warn!(mailbox = receiver.name(), error = error.to_string(), next = ?pause, "cannot read the mailbox");
        receiver.note_failure(&error, Some(pause)).await;
        pause_for(pause, &heartbeat, &stop).await;
    }
    heartbeat.waiting(receiver.close()).await;
    Ok(())
}

/// One look, and the wait for the next. A look that works ends a row of failures.
async fn look_and_wait(
    receiver: &mut Receiver,
    health: &Health,
    heartbeat: &Heartbeat,
    failures: &mut u32,
) -> Result<(), ReceiveError> {
    heartbeat.progress();
    let received = receiver.look().await?;
    *failures = 0;
    health.looked(receiver.name(), MailboxHealth::Read);
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

/// Handles what is accepted, woken by the wakeup.
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
        let wait = async {
            tokio::select! {
                () = stop.cancelled() => {}
                () = accepted.woken() => {}
                () = sleep(RESCAN) => {}
            }
        };
        context.heartbeat.waiting(wait).await;
    }
    Ok(())
}

/// Handles what waits; after an unclean stop, what it left waiting first and one at a time.
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

/// Sends what is due, woken by the wakeup.
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
        let wait = async {
            tokio::select! {
                () = stop.cancelled() => {}
                () = written.woken() => {}
                () = sleep(until(&context, next)) => {}
            }
        };
        context.heartbeat.waiting(wait).await;
    }
    Ok(())
}

/// Does what has come by time.
pub(super) async fn clock_loop(context: Context, stop: CancellationToken) -> Result<(), StoreError> {
    let mut tidied: Option<Timestamp> = None;
    while !stop.is_cancelled() {
        context.heartbeat.progress();
        if tidied.is_none_or(|at| context.now().seconds_since(at).abs() >= TIDY) {
            tidied = Some(context.now());
            match flow::keep_no_longer(&context, &stop).await {
                Ok(_) => {}
                Err(error) if error.is_fatal() => return Err(error),
                Err(error) => {
                    warn!(error = error.to_string(), "cannot erase what is kept long enough, tried again in an hour")
                }
            }
        }
        let next = match flow::tick_due(&context, &stop).await {
            Ok(next) => next,
            Err(error) if error.is_passing() => {
                warn!(error = error.to_string(), "cannot look at what is due now");
                None
            }
            Err(error) => return Err(error),
        };
        let wait = async {
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(until(&context, next)) => {}
            }
        };
        context.heartbeat.waiting(wait).await;
    }
    Ok(())
}

/// Makes messages searchable that are not: they are older than the index, or something was erased of them.
pub(super) async fn index_loop(context: Context, stop: CancellationToken) -> Result<(), StoreError> {
    while !stop.is_cancelled() {
        context.heartbeat.progress();
        match flow::index_missing(&context, u64::MAX, &stop).await {
            Err(error) if error.is_fatal() => return Err(error),
            Err(error) => warn!(error = error.to_string(), "cannot make older messages searchable now"),
            Ok(_) => {}
        }
        pause_for(RESCAN, &context.heartbeat, &stop).await;
    }
    Ok(())
}

/// Waits, unless stopped.
async fn pause_for(pause: Duration, heartbeat: &Heartbeat, stop: &CancellationToken) {
    let waited = async {
        tokio::select! {
            () = stop.cancelled() => {}
            () = sleep(pause) => {}
        }
    };
    heartbeat.waiting(waited).await;
}

/// How long to sleep before something is due, not longer than to the next rescan.
fn until(context: &Context, next: Option<Timestamp>) -> Duration {
    let due = next.map(|at| Duration::from_secs(at.seconds_since(context.now()).max(1).unsigned_abs()));
    due.unwrap_or(RESCAN).min(RESCAN)
}
