//! `run` and `once`: the daemon, and one pass of it.

use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::config::Loaded;
use crate::daemon::{Daemon, Pass, Watch};
use crate::flow::{Clock, Received};
use crate::notify::Notifier;
use crate::store::LetterCounts;

use super::{Globals, print, runtime};

/// Runs until SIGTERM or Ctrl-C. SIGHUP has the configuration read anew.
pub fn run(globals: &Globals) -> anyhow::Result<ExitCode> {
    let loaded = globals.load()?;
    let notifier = Arc::new(Notifier::of_process().context("NOTIFY_SOCKET")?);
    runtime()?.block_on(async {
        let end = CancellationToken::new();
        end_at_signals(end.clone(), Arc::clone(&notifier))?;
        let mut hangup = signal(SignalKind::hangup())?;
        let mut unusable = unusable(&loaded);
        let mut daemon = open(loaded).await?;
        while let Some(loaded) = run_until_reload(globals, &daemon, &mut hangup, &notifier, &end, &unusable).await? {
            unusable = self::unusable(&loaded);
            tell_of(&loaded);
            daemon.reconfigure(loaded.settings).await?;
            info!("the configuration was read anew");
        }
        daemon.close().await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Works until the end, or until a configuration is read that is to hold from now on.
async fn run_until_reload(
    globals: &Globals,
    daemon: &Daemon,
    hangup: &mut Signal,
    notifier: &Notifier,
    end: &CancellationToken,
    unusable: &[(String, String)],
) -> anyhow::Result<Option<Loaded>> {
    let watch = Watch { stop: end.child_token(), end: end.clone(), notifier, unusable };
    let mut running = pin!(daemon.run(&watch));
    loop {
        tokio::select! {
            ended = &mut running => return Ok(ended.map(|()| None)?),
            _ = hangup.recv() => {}
        }
        notifier.reloading();
        match reload(globals, daemon) {
            Ok(loaded) => {
                notifier.note("");
                watch.stop.cancel();
                running.await?;
                return Ok(Some(loaded).filter(|_| !end.is_cancelled()));
            }
            Err(problem) => {
                let problem = format!("{problem:#}");
                for line in problem.lines() {
                    error!("the configuration is not taken up, the old one still holds: {line}");
                }
                notifier.note(&format!("the configuration is not taken up, the old one still holds: {problem}"));
                notifier.ready();
            }
        }
    }
}

/// The configuration as it is now, if it can be taken up without a new start.
fn reload(globals: &Globals, daemon: &Daemon) -> anyhow::Result<Loaded> {
    let loaded = globals.load()?;
    let (old, new) = (daemon.state_dir(), &loaded.settings.state_dir);
    if old != new {
        bail!("state_dir: {} cannot become {} in a running maildesk; restart it", old.display(), new.display());
    }
    Ok(loaded)
}

/// Cancels at SIGTERM or Ctrl-C.
fn end_at_signals(end: CancellationToken, notifier: Arc<Notifier>) -> anyhow::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        notifier.stopping();
        end.cancel();
    });
    Ok(())
}

fn unusable(loaded: &Loaded) -> Vec<(String, String)> {
    loaded.unusable.iter().map(|unusable| (unusable.mailbox.clone(), unusable.problem.to_string())).collect()
}

/// Does one pass. Fails if a mailbox could not be looked at, after all others were.
pub fn once(globals: &Globals) -> anyhow::Result<ExitCode> {
    let loaded = globals.load()?;
    let unusable = loaded.unusable.clone();
    let (mut pass, letters, held) = runtime()?.block_on(async {
        let daemon = open(loaded).await?;
        let before = globals.reader()?.view().letter_counts()?;
        let pass = daemon.pass().await?;
        let held = daemon.held().is_some();
        let after = globals.reader()?.view().letter_counts()?;
        daemon.close().await?;
        let (sent, failed) = (after.sent.saturating_sub(before.sent), after.failed.saturating_sub(before.failed));
        anyhow::Ok((pass, LetterCounts { sent, failed, ..after }, held))
    })?;
    pass.mailboxes.extend(unusable.into_iter().map(|it| (it.mailbox, Err(it.problem.to_string()))));
    if globals.json {
        print::json(&as_json(&pass, letters))?;
    } else {
        report(&pass, letters)?;
    }
    if held {
        eprintln!("maildesk: a copy was restored: nothing is filed or sent before `maildesk resync --accept`");
    }
    let all_looked_at = pass.mailboxes.iter().all(|(_, result)| result.is_ok());
    Ok(if all_looked_at { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Opens the configured installation for work.
async fn open(loaded: Loaded) -> anyhow::Result<Daemon> {
    tell_of(&loaded);
    let program = std::env::current_exe().context("cannot tell where this program is")?;
    Ok(Daemon::open(loaded.settings, system_clock(), &program).await?)
}

/// Logs what the operator should know of a configuration.
fn tell_of(loaded: &Loaded) {
    for warning in &loaded.warnings {
        warn!("{warning}");
    }
    for unusable in &loaded.unusable {
        error!(
            mailbox = unusable.mailbox,
            "is not read until this is put right and the configuration reloaded (SIGHUP): {}", unusable.problem
        );
    }
}

/// The machine's own time.
pub fn system_clock() -> Clock {
    Arc::new(|| jiff::Timestamp::now().into())
}

fn as_json(pass: &Pass, letters: LetterCounts) -> Value {
    let mailbox = |(name, result): &(String, Result<Received, String>)| match result {
        Ok(received) => json!({ "name": name, "accepted": received.accepted, "older": received.older }),
        Err(error) => json!({ "name": name, "error": error }),
    };
    let mailboxes: Vec<Value> = pass.mailboxes.iter().map(mailbox).collect();
    let letters = json!({ "sent": letters.sent, "failed": letters.failed, "waiting": letters.waiting });
    json!({ "mailboxes": mailboxes, "handled": pass.handled, "letters": letters })
}

/// Says what a pass did: the letters that were sent or failed meanwhile, and those that wait now.
fn report(pass: &Pass, letters: LetterCounts) -> anyhow::Result<()> {
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
    let LetterCounts { sent, failed, waiting } = letters;
    let sent = print::count(sent.into(), "letter");
    print::text(&format!("{sent} sent, {failed} failed, {waiting} waiting (see `maildesk outbox`)"))
}
