//! `verify`: replays the events of every request, compares them with what is stored, and checks numbers, references and raw
//! messages.

use std::process::ExitCode;

use serde_json::json;

use crate::flow;

use super::progress::CountedProgress;
use super::{Globals, print};

/// Verifies; the exit code is 1 if anything differs.
pub fn run(globals: &Globals) -> anyhow::Result<ExitCode> {
    let reader = globals.reader()?;
    let (mut checked, mut read) = (0, 0);
    let faults = reader.at_one_moment(|view| {
        let mut faults = flow::verify_file(view)?;
        let mut progress = None;
        faults.extend(flow::verify(view, &mut |_, all| {
            checked = all;
            progress.get_or_insert_with(|| CountedProgress::of("request", Some(all as u64), false)).advance(1);
        })?);
        progress = None;
        faults.extend(flow::verify_messages(view, &mut |_, all| {
            read = all;
            progress.get_or_insert_with(|| CountedProgress::of("message", Some(all as u64), false)).advance(1);
        })?);
        Ok(faults)
    })?;
    let code = if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    if globals.json {
        print::json(&json!({ "requests": checked, "messages": read, "faults": faults }))?;
        return Ok(code);
    }
    let requests = format!("{} and {}", print::count(checked as u64, "request"), print::count(read as u64, "message"));
    match faults.len() {
        0 => print::text(&format!("{requests} verified: events, numbers, references and raw messages agree"))?,
        count => {
            let lines: Vec<String> = faults.iter().map(|fault| format!("  {}", print::clean(fault))).collect();
            let faults = print::count(count as u64, "fault");
            print::text(&format!("{requests} verified, {faults}:\n{}", lines.join("\n")))?;
        }
    }
    Ok(code)
}
