//! `run` and `once`: the daemon, and one pass of it.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::config::Loaded;
use crate::daemon::{Daemon, Pass};
use crate::flow::{Clock, Received};

use super::{Globals, print, runtime};

/// Runs until SIGTERM or Ctrl-C.
pub fn run(globals: &Globals) -> anyhow::Result<ExitCode> {
    let loaded = globals.load()?;
    runtime()?.block_on(async {
        let stop = CancellationToken::new();
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let daemon = open(loaded).await?;
        let stopping = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            stopping.cancel();
        });
        daemon.run(stop).await?;
        daemon.close().await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Does one pass. Fails if a mailbox could not be looked at, after all others were.
pub fn once(globals: &Globals) -> anyhow::Result<ExitCode> {
    let loaded = globals.load()?;
    let pass = runtime()?.block_on(async {
        let daemon = open(loaded).await?;
        let pass = daemon.pass().await?;
        daemon.close().await?;
        anyhow::Ok(pass)
    })?;
    if globals.json {
        print::json(&as_json(&pass))?;
    } else {
        report(&pass)?;
    }
    let all_looked_at = pass.mailboxes.iter().all(|(_, result)| result.is_ok());
    Ok(if all_looked_at { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Opens the configured installation for work.
async fn open(loaded: Loaded) -> anyhow::Result<Daemon> {
    for warning in &loaded.warnings {
        warn!("{warning}");
    }
    let program = std::env::current_exe().context("cannot tell where this program is")?;
    Ok(Daemon::open(loaded.settings, system_clock(), &program).await?)
}

/// The machine's own time.
pub fn system_clock() -> Clock {
    Arc::new(|| jiff::Timestamp::now().into())
}

fn as_json(pass: &Pass) -> Value {
    let mailbox = |(name, result): &(String, Result<Received, String>)| match result {
        Ok(received) => json!({ "name": name, "accepted": received.accepted, "older": received.older }),
        Err(error) => json!({ "name": name, "error": error }),
    };
    json!({ "mailboxes": pass.mailboxes.iter().map(mailbox).collect::<Vec<_>>(), "handled": pass.handled })
}

/// Says what a pass did.
fn report(pass: &Pass) -> anyhow::Result<()> {
    for (name, result) in &pass.mailboxes {
        match result {
            Ok(received) => {
                let older = match received.older {
                    0 => String::new(),
                    count => format!(", {count} from before the start mark"),
                };
                print::text(&format!("mailbox {name}: {} new{older}", received.accepted))?;
            }
            Err(error) => print::text(&format!("mailbox {name}: FAILED: {}", print::clean(error)))?,
        }
    }
    let handled = print::count(pass.handled, "message");
    print::text(&format!("{handled} handled (see `maildesk list` and `maildesk received`)"))
}
