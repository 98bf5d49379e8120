//! `attachment`: writes out a file that somebody sent, decoded anew from the raw message.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use crate::mail::parse;
use crate::model::{Digest, ReceivedId};

use super::atomic_file::create_private_file;
use super::{Globals, print};

/// What `attachment` takes.
#[derive(clap::Args)]
pub struct Args {
    /// The message, as `show` numbers it
    message: i64,
    /// Which of its files, from 1
    #[arg(default_value_t = 1)]
    position: u32,
    /// Write to this file instead of standard output; an existing file is never overwritten
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Writes the decoded bytes, once their digest is the recorded one.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let reader = globals.reader()?;
    let id = ReceivedId(args.message);
    if let Some(at) = reader.view().received_one(id)?.and_then(|message| message.erased_at) {
        bail!("message {id}: {}", print::erased(at));
    }
    let files = reader.view().attachments(id)?;
    let Some(file) = files.iter().find(|file| file.position == args.position) else {
        bail!("message {id} has {} (see `maildesk received show {id}`)", print::count(files.len() as u64, "file"));
    };
    let raw = reader.view().raw(id)?;
    let bytes = parse::attachment(&raw, file.attachment.part).context("the raw message no longer holds it")?;
    if Digest::of(&bytes) != file.attachment.sha256 {
        bail!("it does not have the recorded SHA-256: {}", file.attachment.sha256);
    }
    match &args.output {
        Some(path) => {
            create_private_file(path)?.write_all(&bytes)?;
            let name = print::clean(&file.attachment.filename);
            print::text(&format!("{name}: {} written to {}", print::size(bytes.len() as u64), path.display()))?;
        }
        None if std::io::stdout().is_terminal() && !file.attachment.content_type.starts_with("text/") => {
            bail!("{} is no text: say where to write it with --output FILE", print::clean(&file.attachment.filename));
        }
        None => print::bytes(&bytes)?,
    }
    Ok(ExitCode::SUCCESS)
}
