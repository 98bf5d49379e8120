//! `away`: records and lists absences of engineers, for those who did not report theirs by mail.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use jiff::civil::Date;

use crate::flow;
use crate::model::ShortName;
use crate::model::policy::Absence;

use super::{Globals, print, runtime};

/// Arguments of `away`.
#[derive(clap::Args)]
#[command(
    after_help = "Engineers say it themselves: [away until 2026-12-01] or [back] in a message to their personal address.\n\
                        While engineers are away, no requests are assigned to them, and they get no e-mails sent to their line."
)]
pub struct Args {
    /// The engineer's name in the configuration; without it, list who is away
    engineer: Option<String>,
    /// The first day back: 2026-12-01
    #[arg(long, requires = "engineer", conflicts_with = "back")]
    until: Option<String>,
    /// The engineer is back
    #[arg(long, requires = "engineer")]
    back: bool,
}

/// Records that an engineer is away or back, or lists who is away.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let Some(engineer) = &args.engineer else { return list(globals) };
    let engineer = ShortName::parse(engineer)?;
    let until = args.until.as_deref().map(day).transpose()?;
    let context = globals.context()?;
    if flow::desks_of(&context, &engineer).is_empty() {
        bail!("there is no engineer {engineer} in the configuration");
    }
    let absence = (!args.back).then(|| Absence { engineer: engineer.clone(), until });
    runtime()?.block_on(flow::note_absence(&context, &engineer, absence))?;
    print::text(&match (args.back, until) {
        (true, _) => format!("{engineer} is back"),
        (false, Some(day)) => format!("{engineer} is away, and back on {day}"),
        (false, None) => format!("{engineer} is away until `maildesk away {engineer} --back`"),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn day(text: &str) -> anyhow::Result<Date> {
    text.parse().with_context(|| format!("{text} is not a day; write it as 2026-12-01"))
}

fn list(globals: &Globals) -> anyhow::Result<ExitCode> {
    let absences = globals.reader()?.view().absences()?;
    let until = |absence: &Absence| absence.until.map_or_else(|| "not known".to_owned(), |day| day.to_string());
    globals.list(&absences, &["ENGINEER", "BACK ON"], |absence| vec![absence.engineer.to_string(), until(absence)])?;
    Ok(ExitCode::SUCCESS)
}
