//! `restore`: makes a copy of the database the one in use.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use crate::config::{self, ProcessContext};
use crate::daemon;

use super::run::system_clock;
use super::{Globals, print};

/// Arguments of `restore`.
#[derive(clap::Args)]
#[command(
    after_help = "Stop the daemon first. After a restore mail is received, but nothing is filed or sent until you have\n\
                        read what `maildesk resync` reports and run `maildesk resync --accept`: so nobody is answered\n\
                        twice, and no number is given twice."
)]
pub struct Args {
    /// The copy, made by `maildesk backup`; it is not changed
    file: PathBuf,
    /// Replace the database in use; that one is renamed and kept
    #[arg(long)]
    replace: bool,
    /// Make new keys if the old ones are lost: answers to e-mails already sent are then not recognised as answers
    #[arg(long)]
    new_keys: bool,
}

/// Restores, and says what is to be done next.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let folder = config::state_dir(globals.config_path(), &ProcessContext::of_process())?;
    let now = system_clock()();
    let restored = daemon::restore(&folder, &args.file, args.replace, args.new_keys, now)?;
    if globals.json {
        print::json(&json!({ "epoch": restored.epoch, "replaced": restored.replaced }))?;
        return Ok(ExitCode::SUCCESS);
    }
    print::text(&format!("The copy made {} is the database in use now.", print::local(restored.epoch.copied_at)))?;
    if let Some(path) = restored.replaced {
        print::text(&format!("The database used before is kept as {}.", path.display()))?;
    }
    print::text("Nothing is filed or sent yet. Next: maildesk resync")?;
    Ok(ExitCode::SUCCESS)
}
