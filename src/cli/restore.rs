//! `restore`: brings a copy of the database into use.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use crate::config::{self, ProcessContext};
use crate::daemon;

use super::run::system_clock;
use super::{Globals, print};

/// What `restore` takes.
#[derive(clap::Args)]
#[command(
    after_help = "Stop the daemon first. After a restore mail is received, but nothing is filed or sent before\n\
                        `maildesk resync` has looked at what came since the copy and `maildesk resync --accept` has said\n\
                        that this is right: nobody is answered twice, and no number is given twice."
)]
pub struct Args {
    /// The copy, made by `maildesk backup`; it is left as it is
    file: PathBuf,
    /// Replace the database that is in use, which is moved aside and kept
    #[arg(long)]
    replace: bool,
    /// Make new keys, where the old ones are lost: answers to letters already sent are then not known as such
    #[arg(long)]
    new_keys: bool,
}

/// Restores.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let folder = config::state_dir(globals.config_path(), &ProcessContext::of_process())?;
    let now = system_clock()();
    let restored = daemon::restore(&folder, &args.file, args.replace, args.new_keys, now)?;
    if globals.json {
        print::json(&json!({ "epoch": restored.epoch, "replaced": restored.replaced }))?;
        return Ok(ExitCode::SUCCESS);
    }
    print::text(&format!("The copy of {} is in use now.", print::local(restored.epoch.copied_at)))?;
    if let Some(path) = restored.replaced {
        print::text(&format!("The database that was there is {}.", path.display()))?;
    }
    print::text("Nothing is filed or sent yet. Next: maildesk resync")?;
    Ok(ExitCode::SUCCESS)
}
