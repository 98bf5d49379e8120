//! `backup`: copies the database to a file; the daemon may be running meanwhile.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::config::{self, ProcessContext};
use crate::daemon;
use crate::store::Reader;

use super::atomic_file::{Unfinished, create_private_file};
use super::progress::CountedProgress;
use super::run::system_clock;
use super::{Globals, print};

const MEGABYTE: u64 = 1_000_000;

/// Arguments of `backup`.
#[derive(clap::Args)]
#[command(
    after_help = "The daemon may keep running. The copy is checked before it gets its name; nothing is overwritten:\n\n  \
                        maildesk backup /srv/backup/maildesk-$(date +%F).db\n\n\
                        The keys (maildesk.keys in the state folder) are not in it. They never change: keep one copy of them\n\
                        in a safe place. `maildesk restore` makes a copy the database in use."
)]
pub struct Args {
    /// The new file
    file: PathBuf,
}

/// Copies the database.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let keys = config::state_dir(globals.config_path(), &ProcessContext::of_process())?.join(daemon::KEYS);
    // A database of an older version is accepted, so that a backup can be made before an upgrade.
    let bytes = copy(Reader::open_older(&keys.with_file_name(daemon::DATABASE))?, &args.file)?;
    if globals.json {
        print::json(&json!({ "file": args.file, "bytes": bytes, "keys": keys }))?;
        return Ok(ExitCode::SUCCESS);
    }
    print::text(&format!("{}: {}, checked", args.file.display(), print::size(bytes)))?;
    print::text(&format!("The keys are not in it: keep a copy of {} too (that file does not change)", keys.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// Copies, with progress shown by the size of the growing file. Answers the size of the copy in bytes.
fn copy(reader: Reader, file: &Path) -> anyhow::Result<u64> {
    let size = reader.view().size()?;
    let mut progress = CountedProgress::of("megabyte", Some(size.bytes.saturating_sub(size.free) / MEGABYTE), false);
    let unfinished = Unfinished::of(file)?;
    // SQLite copies into an existing empty file and keeps its permissions.
    create_private_file(&unfinished.beside)?;
    let (growing, now) = (&unfinished.beside, system_clock()());
    thread::scope(|scope| {
        let copying = scope.spawn(move || reader.copy_to(growing, now));
        let mut told = 0;
        while !copying.is_finished() {
            thread::sleep(Duration::from_millis(50));
            let grown = fs::metadata(growing).map_or(told, |file| file.len() / MEGABYTE);
            progress.advance(grown.saturating_sub(told));
            told = grown.max(told);
        }
        Ok::<_, anyhow::Error>(
            copying.join().map_err(|_| anyhow::anyhow!("the copying thread panicked; please report this"))??,
        )
    })?;
    let bytes = fs::metadata(growing)?.len();
    unfinished.name_file()?;
    Ok(bytes)
}
