//! `parse`: a raw message on standard input → one JSON object. Any bytes give an object and exit code 0.

use std::io::Read;
use std::process::ExitCode;

use serde_json::Value;

use crate::mail::{self, parse, subject};
use crate::model::{DeskKey, Vocabulary};

use super::{Globals, print};

/// What `parse` takes.
#[derive(clap::Args)]
pub struct Args {
    /// Bytes of memory that the process may use
    #[arg(long, value_name = "BYTES")]
    memory_limit: Option<u64>,
}

/// Parses a message. With --config, the desks' references are cut from its subject, and its tags are read.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    if let Some(limit) = args.memory_limit {
        rlimit::Resource::AS.set(limit, limit)?;
    }
    let mut raw = Vec::new();
    std::io::stdin().lock().read_to_end(&mut raw)?;
    crate::failpoint::poisoned_by(&raw);
    let incoming = parse::parse(&raw);
    let mut object = mail::json(&incoming);
    if globals.config.is_some() {
        let keys: Vec<DeskKey> = globals.load()?.settings.desks.into_iter().map(|desk| desk.key).collect();
        if let Some(subject) = object.get_mut("subject") {
            *subject = Value::String(subject::without_references(&incoming.subject, &keys));
        }
        let vocabulary = Vocabulary { desks: keys, ..Vocabulary::default() };
        object["tags"] = serde_json::to_value(subject::tags::read(&incoming.subject_raw, &vocabulary))?;
    }
    print::json(&object)?;
    Ok(ExitCode::SUCCESS)
}
