//! `backup`: a copy of the database, made while the daemon works.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use crate::config::{self, Environment};
use crate::daemon;

use super::run::system_clock;
use super::{Globals, print};

/// What `backup` takes.
#[derive(clap::Args)]
#[command(
    after_help = "The daemon may go on working. The copy is checked before it gets its name; nothing is overwritten:\n\n  \
                        maildesk backup /srv/backup/maildesk-$(date +%F).db\n\n\
                        The keys (maildesk.keys in the state folder) are not in it. They never change: keep one copy of them\n\
                        in a safe place. `maildesk restore` brings a copy into use."
)]
pub struct Args {
    /// The new file
    file: PathBuf,
}

/// Copies the database.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let keys = config::state_dir(globals.config_path(), &Environment::of_process())?.join(daemon::KEYS);
    let bytes = daemon::backup(&globals.reader()?, &args.file, system_clock()())?;
    if globals.json {
        print::json(&json!({ "file": args.file, "bytes": bytes, "keys": keys }))?;
        return Ok(ExitCode::SUCCESS);
    }
    print::text(&format!("{}: {}, checked", args.file.display(), print::size(bytes)))?;
    print::text(&format!("The keys are not in it: keep a copy of {} too (it does not change)", keys.display()))?;
    Ok(ExitCode::SUCCESS)
}
