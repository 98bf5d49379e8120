//! `parse`: reads a raw message from standard input and prints it as one JSON object. Any bytes give an object and exit code 0.

use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::Value;

use crate::mail::quote::{self, Ours, Role};
use crate::mail::{self, parse, subject};
use crate::model::DeskKey;
use crate::model::policy::Desk;

use super::{Globals, print};

/// Arguments of `parse`.
#[derive(clap::Args)]
pub struct Args {
    /// How many bytes of memory the process may use
    #[arg(long, value_name = "BYTES")]
    memory_limit: Option<u64>,
    /// How many seconds of processor time the process may use
    #[arg(long, value_name = "SECONDS")]
    time_limit: Option<u64>,
    /// With --config: read tags in the words of this desk [default: the one whose number the subject quotes, else the first]
    #[arg(long, value_name = "KEY")]
    desk: Option<String>,
    /// The e-mail that the message answers, then others that it may quote: what it quotes of them is told from what its writer
    /// typed, in "alignment" line by line
    #[arg(long, value_name = "FILE")]
    answers: Vec<PathBuf>,
}

/// Parses a message. With --config, the desks' references are cut from its subject, and its tags are read.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    if let Some(limit) = args.memory_limit {
        rlimit::Resource::AS.set(limit, limit)?;
    }
    if let Some(limit) = args.time_limit {
        rlimit::Resource::CPU.set(limit, limit.saturating_add(1))?;
    }
    let mut raw = Vec::new();
    std::io::stdin().lock().read_to_end(&mut raw)?;
    crate::failpoint::poisoned_by(&raw);
    crate::failpoint::spins_at(&raw);
    let mut incoming = parse::parse(&raw);
    let ours = quotable(&args.answers)?;
    if !ours.is_empty() {
        incoming.reading = quote::read(&incoming.text, subject::is_forward(&incoming.subject_raw), &ours);
    }
    let mut object = mail::json(&incoming);
    if !ours.is_empty() {
        object["alignment"] = quote::whose(&incoming.text, &ours).into_iter().map(aligned).collect();
    }
    if globals.config.is_some() {
        let desks = globals.load()?.settings.desks;
        let keys: Vec<DeskKey> = desks.iter().map(|desk| desk.key.clone()).collect();
        let desk = choose(&desks, &keys, args.desk.as_deref(), &incoming.subject_raw)?;
        if let Some(subject) = object.get_mut("subject") {
            *subject = Value::String(subject::without_references(&incoming.subject, &keys));
        }
        let vocabulary = desk.vocabulary(keys);
        object["tags"] = serde_json::to_value(subject::tags::read(&incoming.subject_raw, &vocabulary))?;
    }
    print::json(&object)?;
    Ok(ExitCode::SUCCESS)
}

/// The texts of the e-mails that a message may quote, that which it answers first.
fn quotable(files: &[PathBuf]) -> anyhow::Result<Vec<Ours>> {
    let mut ours = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let letter = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let text = parse::parse(&letter).text;
        ours.push(if number == 0 { Ours::new(&text) } else { Ours::other(number, &text) });
    }
    Ok(ours)
}

/// A line behind whose it is.
fn aligned((role, line): (Role, &str)) -> Value {
    let whose = match role {
        Role::Typed => "typed ",
        Role::Ours => "quoted",
    };
    Value::String(format!("{whose} | {line}").trim_end().to_owned())
}

/// The desk whose words are used to read tags: the one asked for, else that of a number in the subject, else the first.
fn choose<'d>(desks: &'d [Desk], keys: &[DeskKey], asked: Option<&str>, subject: &str) -> anyhow::Result<&'d Desk> {
    let known = || keys.iter().map(DeskKey::as_str).collect::<Vec<_>>().join(", ");
    if let Some(asked) = asked {
        let found = desks.iter().find(|desk| desk.key.as_str().eq_ignore_ascii_case(asked));
        return found.with_context(|| format!("there is no desk {asked:?}; there are: {}", known()));
    }
    let quoted = subject::references(subject, keys).into_iter().next();
    let quoted = quoted.and_then(|number| desks.iter().find(|desk| desk.key == number.desk));
    quoted.or(desks.first()).context("there is no desk")
}
