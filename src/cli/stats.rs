//! `stats`: counts requests and shows how long they took, by desk, kind, line and engineer.

use std::process::ExitCode;

use anyhow::bail;
use jiff::civil::Date;
use serde_json::json;

use crate::desk::stats::{By, Figures, Period, Times, measure, stats};

use super::list::configured_desk;
use super::run::system_clock;
use super::search::beginning_of;
use super::{Globals, print};

/// The default period in seconds: twelve weeks.
const DEFAULT_PERIOD: i64 = 12 * 7 * 24 * 3_600;

/// Arguments of `stats`.
#[derive(clap::Args)]
pub struct Args {
    /// Count from the beginning of this day [default: twelve weeks ago]
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<Date>,
    /// Only requests of this desk, by its key
    #[arg(long, value_name = "KEY")]
    desk: Option<String>,
}

/// Prints figures: one table each by desk, kind, line and engineer.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let desks = globals.settings()?.desks;
    let now = system_clock()();
    let since = match args.since {
        Some(day) => beginning_of(day)?,
        None => now.plus_seconds(-DEFAULT_PERIOD),
    };
    if since >= now {
        bail!("--since must be in the past");
    }
    let keys = desks.iter().map(|desk| &desk.key);
    let only = args.desk.as_ref().map(|text| configured_desk(keys, text)).transpose()?;
    let measured = globals.reader()?.at_one_moment(|view| {
        let mut measured = Vec::new();
        for (number, ended_at) in view.measurable(only.as_ref(), since)? {
            let desk = desks.iter().find(|desk| desk.key == number.desk);
            measured.extend(view.request(&number)?.map(|request| measure(desk, &request, ended_at, now)));
        }
        Ok(measured)
    })?;
    let period = Period { since, now };
    let [desk, kind, line, engineer] =
        [By::Desk, By::Kind, By::Line, By::Engineer].map(|by| stats(&measured, by, period));
    if globals.json {
        print::json(&json!({
            "since": since, "until": now, "desks": desk, "kinds": kind, "lines": line, "engineers": engineer,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    print::text(&format!("Since {}; times are median / 90th percentile", print::local(since)))?;
    for (heading, figures) in [("DESK", desk), ("KIND", kind), ("LINE", line), ("ENGINEER", engineer)] {
        print::text("")?;
        let headings = [heading, "NEW", "OPEN", "OVERDUE", "FIRST RESPONSE", "RESOLUTION", "NEW BY WEEK"];
        print::table(&headings, figures.iter().map(row))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn row(figures: &Figures) -> Vec<String> {
    vec![
        if figures.name.is_empty() { "-".to_owned() } else { figures.name.clone() },
        figures.new.to_string(),
        figures.open.to_string(),
        figures.overdue.to_string(),
        times(figures.first_response),
        times(figures.resolution),
        sparkline(&figures.weeks),
    ]
}

/// Median and 90th percentile: `2h 5m / 3d 1h`.
fn times(times: Option<Times>) -> String {
    times.map_or_else(|| "-".to_owned(), |times| format!("{} / {}", span(times.median), span(times.most)))
}

/// A span of seconds in its two largest units.
fn span(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{}s", seconds.max(0)),
        (0, 0, minutes) => format!("{minutes}m"),
        (0, hours, 0) => format!("{hours}h"),
        (0, hours, minutes) => format!("{hours}h {minutes}m"),
        (days, 0, _) => format!("{days}d"),
        (days, hours, _) => format!("{days}d {hours}h"),
    }
}

/// A bar for each number, scaled to the largest; zero is a low line.
fn sparkline(numbers: &[usize]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let largest = numbers.iter().copied().max().unwrap_or(0).max(1);
    let bar =
        |number: usize| if number == 0 { '_' } else { BARS[(number * BARS.len()).div_ceil(largest).clamp(1, 8) - 1] };
    numbers.iter().map(|number| bar(*number)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_at_a_glance() {
        for (seconds, text) in [
            (0, "0s"),
            (-5, "0s"),
            (59, "59s"),
            (60, "1m"),
            (3_600, "1h"),
            (7_500, "2h 5m"),
            (86_400, "1d"),
            (86_460, "1d"),
            (266_400, "3d 2h"),
        ] {
            assert_eq!(span(seconds), text);
        }
    }

    #[test]
    fn bars_grow_with_their_numbers() {
        assert_eq!(sparkline(&[0, 1, 4, 8]), "_▁▄█");
        assert_eq!(sparkline(&[0, 0]), "__");
        assert_eq!(sparkline(&[1]), "█");
        assert_eq!(sparkline(&[1, 1_000]), "▁█");
    }
}
