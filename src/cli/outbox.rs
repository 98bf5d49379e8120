//! `outbox`: our letters, what became of them, and another try.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Subcommand;

use crate::config::{self, Environment};
use crate::daemon::DATABASE;
use crate::flow;
use crate::model::LetterId;
use crate::store::Store;

use super::run::system_clock;
use super::{Globals, print, runtime};

/// What `outbox` takes.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Only letters in this state
    #[arg(long, value_parser = ["due", "inflight", "sent", "failed", "cancelled"])]
    state: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: u32,
}

#[derive(Subcommand)]
enum Action {
    /// Print a letter as it is sent
    Show {
        /// The letter, as `outbox` numbers it
        letter: i64,
    },
    /// Send a letter again that failed, or now one that waits
    Retry {
        /// The letter, as `outbox` numbers it
        letter: i64,
    },
}

/// Lists letters, or acts on one.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    match &args.action {
        None => list(globals, args)?,
        Some(Action::Show { letter }) => {
            let id = LetterId(*letter);
            let reader = globals.reader()?;
            let letter = reader.view().letter(id)?.with_context(|| format!("there is no letter {id}"))?;
            std::io::stdout().lock().write_all(&flow::render(reader.view(), &letter)?)?;
        }
        Some(Action::Retry { letter }) => retry(globals, LetterId(*letter))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(globals: &Globals, args: &Args) -> anyhow::Result<()> {
    let letters = globals.reader()?.view().letters(args.state.as_deref(), args.limit)?;
    if globals.json {
        return print::json(&letters);
    }
    let rows: Vec<Vec<String>> = letters
        .iter()
        .map(|l| {
            let waits = matches!(l.state.as_str(), "due" | "inflight");
            let next = if waits { print::brief(l.due_at) } else { String::new() };
            vec![
                l.id.to_string(),
                print::number(l.request.as_ref()),
                l.kind.clone(),
                l.recipient.clone(),
                l.state.clone(),
                l.attempts.to_string(),
                next,
                l.answer.clone(),
            ]
        })
        .collect();
    print::table(&["LETTER", "REQUEST", "KIND", "TO", "STATE", "TRIES", "NEXT TRY", "LAST ANSWER"], &rows)
}

/// Works beside a running daemon, which takes the letter up at its next rescan.
fn retry(globals: &Globals, id: LetterId) -> anyhow::Result<()> {
    let folder = config::state_dir(globals.config_path(), &Environment::of_process())?;
    let store = Store::open(&folder.join(DATABASE))?;
    let now = system_clock()();
    if !runtime()?.block_on(store.write(move |tx| tx.retry_letter(id, now)))? {
        bail!("there is no letter {id} that waits or has failed (see `maildesk outbox`)");
    }
    print::text(&format!(
        "letter {id} is due now; a running daemon takes it up within half a minute, else `maildesk once`"
    ))
}
