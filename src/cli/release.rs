//! `release`: lists the versions that requests wait for; announces that one is out, or its new date.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use jiff::civil::Date;

use crate::flow::{self, ReleaseNews};
use crate::model::{DeskKey, Release, Version};
use crate::store::ReleaseRow;

use super::{Globals, print, runtime};

/// Arguments of `release`.
#[derive(clap::Args)]
#[command(after_help = "Without a version: list the versions that requests wait for, with their dates.\n\n  \
                        maildesk release                            what is planned, and what is late\n  \
                        maildesk release 2.4.17                     it is out: answer all who wait for it\n  \
                        maildesk release 2.4.17 --date 2026-12-20   tell all who wait for it the new date\n\n\
                        Every requester is told once, even if the command is repeated.")]
pub struct Args {
    /// The version: 2.4.17
    version: Option<String>,
    /// The version's new date, such as 2026-12-20; everybody who waits for it is told
    #[arg(long, value_name = "DATE", requires = "version")]
    date: Option<String>,
    /// Only requests of this desk, by its key
    #[arg(long, value_name = "KEY")]
    desk: Option<String>,
}

/// Lists versions, or announces one.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let desk = args.desk.as_deref().map(DeskKey::parse).transpose()?;
    match &args.version {
        None => list(globals, desk.as_ref())?,
        Some(version) => release(globals, desk, version, args.date.as_deref())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(globals: &Globals, desk: Option<&DeskKey>) -> anyhow::Result<()> {
    let releases = globals.reader()?.view().releases(desk)?;
    let today = jiff::Zoned::now().date();
    globals.list(&releases, &["VERSION", "DESK", "DATE", "WAITING", ""], |row| cells(row, today))
}

fn cells(row: &ReleaseRow, today: Date) -> Vec<String> {
    let day = row.release.date;
    let slipped = day.filter(|day| *day < today).map(|_| "late: release it, or announce a new --date");
    vec![
        row.release.version.as_str().to_owned(),
        row.desk.to_string(),
        day.map_or_else(|| "-".to_owned(), |day| day.to_string()),
        row.waiting.to_string(),
        slipped.unwrap_or_default().to_owned(),
    ]
}

fn release(globals: &Globals, desk: Option<DeskKey>, version: &str, date: Option<&str>) -> anyhow::Result<()> {
    let version = Version::parse(version)?;
    let date = date
        .map(|text| text.parse::<Date>().with_context(|| format!("{text:?} is not a date; write it as 2026-12-20")));
    let date = date.transpose()?;
    let context = globals.context()?;
    if let Some(unknown) = desk.as_ref().filter(|desk| context.settings.desk(desk).is_none()) {
        bail!("there is no desk {unknown}");
    }
    let news = match date {
        None => ReleaseNews::Out(version.clone()),
        Some(date) => ReleaseNews::On(Release { version: version.clone(), date: Some(date) }),
    };
    let outcome = runtime()?.block_on(flow::release(&context, desk, news))?;
    if globals.json {
        return print::json(&outcome);
    }
    let requests = print::count(outcome.requests.len() as u64, "request");
    let emails = print::count(outcome.letters, "e-mail");
    let version = version.as_str();
    if outcome.requests.is_empty() {
        return print::text(&format!(
            "no request waits for {version}, or all were told already (see `maildesk release`)"
        ));
    }
    let what = if date.is_some() { "told of the new date" } else { "answered" };
    let numbers: Vec<String> = outcome.requests.iter().map(ToString::to_string).collect();
    print::text(&format!("{version}: {requests} {what}, {emails} written: {}", numbers.join(", ")))
}
