//! `attachment`: saves or prints a file of a message, decoded from the raw message each time.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use crate::mail::parse;
use crate::model::{Digest, ReceivedId};

use super::atomic_file::create_private_file;
use super::{Globals, print};

/// Arguments of `attachment`.
#[derive(clap::Args)]
pub struct Args {
    /// The message's number, as `show` prints it
    message: i64,
    /// Which of its files, counted from 1
    #[arg(default_value_t = 1)]
    position: u32,
    /// Write to this file instead of standard output; an existing file is never overwritten
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Writes the decoded bytes, after checking that their SHA-256 is the recorded one.
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
    let bytes = parse::attachment(&raw, file.attachment.part)
        .with_context(|| format!("file {} can no longer be decoded from message {id}", args.position))?;
    if Digest::of(&bytes) != file.attachment.sha256 {
        bail!("file {} of message {id} does not have the recorded SHA-256 {}", args.position, file.attachment.sha256);
    }
    match &args.output {
        Some(path) => {
            create_private_file(path)?.write_all(&bytes)?;
            let name = print::clean(&file.attachment.filename);
            print::text(&format!("{name}: {} written to {}", print::size(bytes.len() as u64), path.display()))?;
        }
        None if std::io::stdout().is_terminal() && !file.attachment.content_type.starts_with("text/") => {
            bail!("{} is not text; write it to a file with --output FILE", print::clean(&file.attachment.filename));
        }
        None => print::bytes(&bytes)?,
    }
    Ok(ExitCode::SUCCESS)
}
