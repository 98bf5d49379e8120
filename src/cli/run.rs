//! `run` and `once`: the daemon, and a single pass of its work.

use std::future;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use futures_util::FutureExt as _;
use serde_json::{Value, json};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::config::Loaded;
use crate::daemon::{self, Daemon, Pass, Watch};
use crate::flow::{Clock, Received};
use crate::model::Timestamp;
use crate::notify::Notifier;
use crate::store::LetterCounts;

use super::{Globals, print, runtime};

/// How often the clock is asked whether a day has come.
const CLOCK_CHECK: Duration = Duration::from_secs(60);

/// Arguments of `run` and `once`.
#[derive(clap::Args)]
pub struct Args {
    /// Once, after the keys are lost: take the keys that are in the state folder, or make new ones. Answers to e-mails already
    /// sent are then not recognised as answers, and tokens, personal addresses and links in them prove nothing
    #[arg(long)]
    new_keys: bool,
}

/// Runs until SIGTERM or Ctrl-C. At SIGHUP the configuration is read again.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let loaded = globals.load()?;
    let notifier = Arc::new(Notifier::of_process().context("NOTIFY_SOCKET")?);
    runtime()?.block_on(async {
        let end = CancellationToken::new();
        end_at_signals(end.clone(), Arc::clone(&notifier))?;
        let mut hangup = signal(SignalKind::hangup())?;
        let mut unusable = unusable(&loaded);
        let mut daemon = open(loaded, args).await?;
        while let Some(loaded) = run_until_reload(globals, &daemon, &mut hangup, &notifier, &end, &unusable).await? {
            unusable = self::unusable(&loaded);
            log_problems(&loaded);
            daemon.reconfigure(loaded.settings).await?;
            info!("configuration reloaded");
        }
        daemon.close().await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Runs the daemon until it ends (None) or until SIGHUP and a valid configuration, which is returned.
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
    let mut changed = pin!(until(daemon.changes_at()).fuse());
    loop {
        tokio::select! {
            ended = &mut running => return Ok(ended.map(|()| None)?),
            _ = hangup.recv() => {}
            () = &mut changed => info!("the configuration means other settings from today on"),
        }
        notifier.reloading();
        match reload(globals, daemon).await {
            Ok(loaded) => {
                notifier.note("");
                watch.stop.cancel();
                running.await?;
                return Ok(Some(loaded).filter(|_| !end.is_cancelled()));
            }
            Err(problem) => {
                let problem = format!("{problem:#}");
                for line in problem.lines() {
                    error!("the configuration was not reloaded, the old one stays in use: {line}");
                }
                notifier.note(&format!("the configuration was not reloaded, the old one stays in use: {problem}"));
                notifier.ready();
            }
        }
    }
}

/// Waits until this time, by the machine's clock, also where that is set; `None`: for ever.
async fn until(time: Option<Timestamp>) {
    let Some(time) = time else { return future::pending().await };
    while system_clock()() < time {
        tokio::time::sleep(CLOCK_CHECK).await;
    }
}

/// Reads the configuration again; an error if it cannot be used without a restart, or would leave mail
/// or requests behind.
async fn reload(globals: &Globals, daemon: &Daemon) -> anyhow::Result<Loaded> {
    let loaded = globals.load()?;
    let (old, new) = (daemon.state_dir(), &loaded.settings.state_dir);
    if old != new {
        bail!("state_dir: {} cannot become {} in a running maildesk; restart it", old.display(), new.display());
    }
    daemon.judge(&loaded.settings).await?;
    Ok(loaded)
}

/// Cancels `end` at SIGTERM or Ctrl-C.
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

/// Does one pass over all mailboxes and e-mails. The exit code is 1 if a mailbox could not be read; the others are read all the
/// same.
pub fn once(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let loaded = globals.load()?;
    let unusable = loaded.unusable.clone();
    let (mut pass, letters, held) = runtime()?.block_on(async {
        let daemon = open(loaded, args).await?;
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
        eprintln!(
            "maildesk: a copy of the database was restored: nothing is filed or sent until `maildesk resync --accept`"
        );
    }
    let all_looked_at = pass.mailboxes.iter().all(|(_, result)| result.is_ok());
    Ok(if all_looked_at { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Opens the configured installation for work.
async fn open(loaded: Loaded, args: &Args) -> anyhow::Result<Daemon> {
    log_problems(&loaded);
    if args.new_keys {
        daemon::take_new_keys(&loaded.settings.state_dir).await?;
    }
    let program = std::env::current_exe().context("cannot find the path of this program")?;
    Ok(Daemon::open(loaded.settings, system_clock(), &program).await?)
}

/// Logs a configuration's warnings and the mailboxes that cannot be read.
fn log_problems(loaded: &Loaded) {
    for warning in &loaded.warnings {
        warn!("{warning}");
    }
    for unusable in &loaded.unusable {
        error!(
            mailbox = unusable.mailbox,
            "the mailbox is not read; correct this and reload the configuration (SIGHUP): {}", unusable.problem
        );
    }
}

/// The clock of this machine.
pub fn system_clock() -> Clock {
    Arc::new(|| jiff::Timestamp::now().into())
}

fn as_json(pass: &Pass, letters: LetterCounts) -> Value {
    let mailbox = |(name, result): &(String, Result<Received, String>)| match result {
        Ok(received) => json!({ "name": name, "accepted": received.accepted, "older": received.older }),
        Err(error) => json!({ "name": name, "error": error }),
    };
    let mailboxes: Vec<Value> = pass.mailboxes.iter().map(mailbox).collect();
    let emails = json!({ "sent": letters.sent, "failed": letters.failed, "waiting": letters.waiting });
    json!({ "mailboxes": mailboxes, "handled": pass.handled, "emails": emails })
}

/// Prints what a pass did: messages by mailbox, the e-mails sent and failed meanwhile, and those that wait now.
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
    let sent = print::count(sent.into(), "e-mail");
    print::text(&format!("{sent} sent, {failed} failed, {waiting} waiting (see `maildesk outbox`)"))
}
