//! `list`: requests, the last changed first.

use std::process::ExitCode;

use super::{Globals, print};

/// What `list` takes.
#[derive(clap::Args)]
pub struct Args {
    /// Only requests whose number, subject or requester holds these words
    words: Option<String>,
    /// Only requests of this desk, by its key
    #[arg(long, value_name = "KEY")]
    desk: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: u32,
}

/// Lists requests.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let reader = globals.reader()?;
    let desk = args.desk.as_ref().map(|key| key.to_uppercase());
    let requests = reader.view().requests(desk.as_deref(), args.words.as_deref(), args.limit)?;
    if globals.json {
        print::json(&requests)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Vec<String>> = requests
        .iter()
        .map(|r| {
            vec![
                r.number.to_string(),
                r.phase.clone(),
                print::brief(r.changed_at),
                r.requester.clone(),
                r.messages.to_string(),
                r.attachments.to_string(),
                r.subject.clone(),
            ]
        })
        .collect();
    print::table(&["REQUEST", "PHASE", "CHANGED", "REQUESTER", "MESSAGES", "FILES", "SUBJECT"], &rows)?;
    Ok(ExitCode::SUCCESS)
}
