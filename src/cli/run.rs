//! `run` and `once`: the daemon, and one pass of it.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::config::Loaded;
use crate::daemon::{Daemon, Pass};
use crate::flow::{Clock, Received};
use crate::store::Tally;

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
    let unusable = loaded.unusable.clone();
    let (mut pass, letters) = runtime()?.block_on(async {
        let daemon = open(loaded).await?;
        let before = globals.reader()?.view().tally()?;
        let pass = daemon.pass().await?;
        let after = globals.reader()?.view().tally()?;
        daemon.close().await?;
        let (sent, failed) = (after.sent.saturating_sub(before.sent), after.failed.saturating_sub(before.failed));
        anyhow::Ok((pass, Tally { sent, failed, ..after }))
    })?;
    pass.mailboxes.extend(unusable.into_iter().map(|it| (it.mailbox, Err(it.problem.to_string()))));
    if globals.json {
        print::json(&as_json(&pass, letters))?;
    } else {
        report(&pass, letters)?;
    }
    let all_looked_at = pass.mailboxes.iter().all(|(_, result)| result.is_ok());
    Ok(if all_looked_at { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Opens the configured installation for work.
async fn open(loaded: Loaded) -> anyhow::Result<Daemon> {
    for warning in &loaded.warnings {
        warn!("{warning}");
    }
    for unusable in &loaded.unusable {
        error!(
            mailbox = unusable.mailbox,
            "is not read until this is put right and maildesk started again: {}", unusable.problem
        );
    }
    let program = std::env::current_exe().context("cannot tell where this program is")?;
    Ok(Daemon::open(loaded.settings, system_clock(), &program).await?)
}

/// The machine's own time.
pub fn system_clock() -> Clock {
    Arc::new(|| jiff::Timestamp::now().into())
}

fn as_json(pass: &Pass, letters: Tally) -> Value {
    let mailbox = |(name, result): &(String, Result<Received, String>)| match result {
        Ok(received) => json!({ "name": name, "accepted": received.accepted, "older": received.older }),
        Err(error) => json!({ "name": name, "error": error }),
    };
    let mailboxes: Vec<Value> = pass.mailboxes.iter().map(mailbox).collect();
    let letters = json!({ "sent": letters.sent, "failed": letters.failed, "waiting": letters.waiting });
    json!({ "mailboxes": mailboxes, "handled": pass.handled, "letters": letters })
}

/// Says what a pass did: the letters that were sent or failed meanwhile, and those that wait now.
fn report(pass: &Pass, letters: Tally) -> anyhow::Result<()> {
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
    print::text(&format!("{handled} handled (see `maildesk list` and `maildesk received`)"))?;
    let Tally { sent, failed, waiting } = letters;
    let sent = print::count(sent.into(), "letter");
    print::text(&format!("{sent} sent, {failed} failed, {waiting} waiting (see `maildesk outbox`)"))
}
