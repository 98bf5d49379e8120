//! `verify`: replays the events of every request and compares; a look at all that the promises say about what is stored.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::flow;

use super::{Globals, print};

/// How often the progress is shown.
const TICK: Duration = Duration::from_millis(200);

/// Verifies; exit code 1 where anything differs.
pub fn run(globals: &Globals) -> anyhow::Result<ExitCode> {
    let reader = globals.reader()?;
    let is_watched = print::is_terminal(&std::io::stderr());
    let (mut shown, mut checked) = (None::<Instant>, 0);
    let begun = Instant::now();
    let faults = reader.at_one_moment(|view| {
        flow::verify(view, &mut |done, all| {
            checked = all;
            let is_time = shown.map_or(begun.elapsed() > TICK, |last| last.elapsed() > TICK);
            if is_watched && is_time {
                shown = Some(Instant::now());
                let _ = write!(std::io::stderr(), "\rverified {done} of {all} requests");
            }
        })
    })?;
    if shown.is_some() {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
    let code = if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    if globals.json {
        print::json(&json!({ "requests": checked, "faults": faults }))?;
        return Ok(code);
    }
    let requests = print::count(checked as u64, "request");
    match faults.len() {
        0 => print::text(&format!("{requests} verified: events, numbers and references agree"))?,
        count => {
            let lines: Vec<String> = faults.iter().map(|fault| format!("  {}", print::clean(fault))).collect();
            let faults = print::count(count as u64, "fault");
            print::text(&format!("{requests} verified, {faults}:\n{}", lines.join("\n")))?;
        }
    }
    Ok(code)
}
