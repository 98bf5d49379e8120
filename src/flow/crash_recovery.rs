//! After an unclean stop: finds out which of the waiting messages made the process crash.

use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use tokio::task;
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::model::ReceivedId;
use crate::store::{StoreError, Waiting};

use super::Context;
use super::handle::{charge, handle_alone};

/// Bytes of memory that a child process may use: 1 GiB.
const CHILD_MEMORY: &str = "1073741824";

/// Seconds of processor time that a child process may use; real messages take less than one.
const CHILD_SECONDS: &str = "60";

/// Handles the messages that an unclean stop left waiting one at a time, each first in a child process (`program parse`, under
/// limits of memory and time). A message whose child dies is charged; a crash for other reasons charges no message. Returns how many
/// messages got a disposition.
pub async fn recover_from_crash(
    context: &Context,
    program: &Path,
    stop: &CancellationToken,
) -> Result<u64, StoreError> {
    // Messages that are accepted from now on cannot have caused the crash.
    let unhandled = context.store.ask(|view| view.waiting(ReceivedId(0), u32::MAX)).await?;
    if !unhandled.is_empty() {
        info!(messages = unhandled.len(), "the last stop was unclean: examining waiting messages one at a time");
    }
    let mut handled = 0;
    for message in unhandled {
        if stop.is_cancelled() {
            break;
        }
        context.heartbeat.progress();
        if survives(context, program, &message).await? && handle_alone(context, message).await? {
            handled += 1;
        }
    }
    Ok(handled)
}

/// Tries a message in child processes until one survives, or the message is quarantined. Returns whether one survived.
async fn survives(context: &Context, program: &Path, message: &Waiting) -> Result<bool, StoreError> {
    let id = message.id;
    loop {
        let (raw, program) = (context.store.ask(move |view| view.raw(id)).await?, program.to_owned());
        let trying = task::spawn_blocking(move || parse_in_child(&program, &raw));
        let tried = context.heartbeat.waiting(trying).await;
        match tried.map_err(|panic| StoreError::Panicked(panic.to_string()))? {
            Ok(status) if status.success() => return Ok(true),
            Ok(status) => {
                if charge(context, message, &format!("parsing it ended a child process: {status}")).await? {
                    return Ok(false);
                }
            }
            // Where no child could be started, nothing is learned about the message, so it is not charged.
            Err(error) => {
                tracing::warn!(received = %id, error = error.to_string(), "cannot start a child process to examine a message");
                return Ok(true);
            }
        }
    }
}

fn parse_in_child(program: &Path, raw: &[u8]) -> std::io::Result<ExitStatus> {
    let mut child = Command::new(program)
        .args(["parse", "--memory-limit", CHILD_MEMORY, "--time-limit", CHILD_SECONDS])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A child that dies while reading shows that by its exit status.
        let _ = stdin.write_all(raw);
    }
    child.wait()
}
