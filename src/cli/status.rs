//! `status`: reports the state of mailboxes, transports and database, with a remedy for each warning.

use std::process::ExitCode;

use crate::config::Loaded;
use crate::daemon;
use crate::flow::{self, InstallationStatus, MailboxStatus, OutboxStatus};
use crate::model::Timestamp;

use super::run::system_clock;
use super::{Globals, print};

/// Arguments of `status`.
#[derive(clap::Args)]
pub struct Args {
    /// Also check the database for damage; reads all of it
    #[arg(long)]
    check: bool,
}

/// The exit code if there are warnings.
const WARNINGS: u8 = 1;

/// Prints the report. Exit code 0: no warnings; 1: there are warnings, or the command failed.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let Loaded { settings, secret_files, .. } = globals.load_without_passwords()?;
    let reader = globals.reader()?;
    let damage = if args.check { Some(reader.view().file_damage()?) } else { None };
    let host = daemon::host_status(&settings.state_dir, daemon::is_running(&settings.state_dir));
    let host = flow::HostStatus { damage, exposed: daemon::exposed(&settings.state_dir, &secret_files), ..host };
    let status = reader.at_one_moment(|view| flow::status(view, &settings, host, system_clock()()))?;
    if globals.json {
        print::json(&status)?;
    } else {
        report(&status)?;
    }
    Ok(if status.warnings.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(WARNINGS) })
}

fn report(status: &InstallationStatus) -> anyhow::Result<()> {
    let running = if status.is_running { "is running" } else { "is not running" };
    print::text(&format!("maildesk {running} ({})\n", print::local(status.at)))?;
    let headings = ["MAILBOX", "LAST READ", "WAITING", "HELD", "QUARANTINE", "UNFETCHABLE", "STATE"];
    print::table(&headings, status.mailboxes.iter().map(mailbox))?;
    print::text("")?;
    let headings = ["TRANSPORT", "LAST USED", "DUE", "IN FLIGHT", "FAILED", "STATE"];
    print::table(&headings, status.transports.iter().map(transport))?;
    print::text("")?;
    let desks = status.desks.iter().map(|desk| {
        let counts = [desk.open, desk.unassigned, desk.overdue, desk.silent, desk.answered];
        std::iter::once(desk.desk.to_string()).chain(counts.map(|count| count.to_string())).collect()
    });
    print::table(&["DESK", "OPEN", "UNASSIGNED", "OVERDUE", "SILENT", "ANSWERED"], desks)?;
    print::report(&format!("\n{}", database(status)))?;
    if status.unsent.waiting > 0 {
        let waiting = since(status.unsent.waiting, status.unsent.waiting_since);
        print::text(&format!("Not sent, waiting for an engineer's yes or no: {waiting}"))?;
    }
    if status.complaints > 0 {
        let readers = print::count(status.complaints, "reader");
        print::text(&format!("{readers} complained, and get no automatic e-mails (`maildesk complaints`)"))?;
    }
    for warning in &status.warnings {
        let text = format!("\nWARNING {}: {}\n    {}", warning.about, warning.problem, warning.remedy);
        print::report(&print::clean_lines(&text))?;
    }
    if status.warnings.is_empty() {
        print::text("\nNo warnings.")?;
    }
    Ok(())
}

fn mailbox(mailbox: &MailboxStatus) -> Vec<String> {
    let depth = &mailbox.depth;
    let state = match (&mailbox.failure, mailbox.is_configured, mailbox.is_ready) {
        (_, false, _) => "not configured",
        (Some(_), ..) => "failing",
        (None, _, true) => "ok",
        (None, _, false) => "not read in time",
    };
    vec![
        depth.mailbox.clone(),
        time(mailbox.looked_at),
        since(depth.waiting, depth.waiting_since),
        since(depth.held, depth.held_since),
        depth.quarantined.to_string(),
        depth.unfetchable.to_string(),
        state.to_owned(),
    ]
}

fn transport(transport: &OutboxStatus) -> Vec<String> {
    let depth = &transport.depth;
    let state = match (transport.paused_until, &transport.failure) {
        (Some(until), _) => format!("paused until {}", print::brief(until)),
        (None, Some(_)) => "failing".to_owned(),
        (None, None) => "ok".to_owned(),
    };
    vec![
        transport.transport.clone(),
        time(transport.worked_at),
        since(depth.due, depth.waiting_since),
        depth.inflight.to_string(),
        depth.failed.to_string(),
        state,
    ]
}

fn database(status: &InstallationStatus) -> String {
    let database = &status.database;
    let free = database.disk_free.map_or_else(String::new, |free| format!(", {} free on its disk", print::size(free)));
    let checked = match &database.damage {
        None => "",
        Some(damage) if damage.is_empty() => ", checked: no damage",
        Some(_) => ", checked: DAMAGED",
    };
    let (size, wal) = (print::size(database.size.bytes), print::size(database.wal_bytes));
    let look = status.next_look.map_or_else(|| "-".to_owned(), print::local);
    format!("Database {size}, write-ahead log {wal}{free}{checked}\nNext deadline or reminder at {look}")
}

fn time(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "-".to_owned(), print::brief)
}

/// A count and the time of the oldest: `3, 11-21 09:30`.
fn since(count: u64, since: Option<Timestamp>) -> String {
    match since {
        Some(at) if count > 0 => format!("{count}, {}", print::brief(at)),
        _ => count.to_string(),
    }
}
