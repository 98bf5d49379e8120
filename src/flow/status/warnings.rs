//! What of a status somebody should do something about, each with its remedy. Pure.

use serde::Serialize;

use crate::model::Timestamp;
use crate::store::{Failure, Suspect};

use super::{DatabaseStatus, MailboxStatus, OutboxStatus, Status};

/// Seconds in which accepted messages are handled, and requests looked at, though there be many.
const SOON: i64 = 300;
/// Seconds that a letter may wait before somebody should know.
const LONG_FOR_A_LETTER: i64 = 3_600;
/// A write-ahead log of this size is not emptied any more: its usual limit is 64 MB.
const LARGE_WAL: u64 = 256_000_000;
/// The free space below which mail may soon find no room.
const LITTLE_SPACE: u64 = 500_000_000;

/// Something to be done something about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// What it is about: `mailbox support`.
    pub about: String,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

/// All warnings, the gravest first.
pub(super) fn of(status: &Status) -> Vec<Warning> {
    let mut found = Vec::new();
    if !status.is_running {
        let remedy = "start it: systemctl start maildesk (or maildesk run)";
        found.push(warning("maildesk", "is not running: nothing is received or sent", remedy));
    }
    found.extend(database(&status.database));
    found.extend(status.mailboxes.iter().flat_map(|mailbox| of_mailbox(mailbox, status)));
    found.extend(status.transports.iter().flat_map(|transport| of_transport(transport, status.at)));
    let late = status.next_look.filter(|look| status.is_running && status.at.seconds_since(*look) > SOON);
    if let Some(look) = late {
        let problem = format!("requests were to be looked at by {look}, and are not");
        found.push(warning("clock", problem, "look for \"cannot look at what is due\" in the log"));
    }
    found
}

fn warning(about: impl Into<String>, problem: impl Into<String>, remedy: impl Into<String>) -> Warning {
    Warning { about: about.into(), problem: problem.into(), remedy: remedy.into() }
}

fn database(database: &DatabaseStatus) -> Vec<Warning> {
    let mut found = Vec::new();
    if let Some(damage) = database.damage.as_ref().filter(|damage| !damage.is_empty()) {
        let remedy = "stop maildesk, keep a copy of the file, and restore a backup";
        found.push(warning("database", format!("is damaged: {}", damage.join("; ")), remedy));
    }
    if let Some(free) = database.disk_free.filter(|free| *free < LITTLE_SPACE) {
        let problem = format!("only {} MB are free on its disk; without room no mail is accepted", free / 1_000_000);
        found.push(warning("database", problem, "make room on the disk of the state folder"));
    }
    if database.wal_bytes > LARGE_WAL {
        let problem = format!("its write-ahead log has grown to {} MB", database.wal_bytes / 1_000_000);
        let remedy =
            "end other programs that keep the database open, such as a forgotten sqlite3, then restart maildesk";
        found.push(warning("database", problem, remedy));
    }
    found
}

fn of_mailbox(mailbox: &MailboxStatus, status: &Status) -> Vec<Warning> {
    let depth = &mailbox.depth;
    let about = format!("mailbox {}", depth.mailbox);
    let mut found: Vec<Warning> = Vec::new();
    let mut warn = |problem: String, remedy: &str| found.push(warning(&about, problem, remedy));
    match (&mailbox.failure, mailbox.looked_at) {
        (Some(failure), looked_at) => {
            warn(failed("cannot be read", failure, looked_at, status.at), look_after(failure, mailbox));
        }
        // That nothing runs was said.
        _ if !status.is_running || mailbox.is_ready || !mailbox.is_configured => {}
        (None, None) => warn(
            "was not looked at yet".into(),
            "wait a minute; if it stays so, see what the log says of it, and maildesk check --connect",
        ),
        (None, Some(at)) => warn(
            format!("was last looked at {at}, longer ago than its interval"),
            "see what the log says of it; if nothing, restart maildesk",
        ),
    }
    if let Some(since) = depth.waiting_since.filter(|since| status.at.seconds_since(*since) > SOON) {
        let remedy = match (mailbox.is_configured, status.is_running) {
            (false, _) => "configure the mailbox again to have them handled",
            (true, false) => "start maildesk",
            (true, true) => "look for \"cannot handle\" in the log",
        };
        warn(format!("{} accepted and not handled, the oldest {since}", messages(depth.waiting)), remedy);
    }
    if depth.quarantined > 0 {
        warn(
            format!("{} in quarantine", messages(depth.quarantined)),
            "maildesk received --fate quarantined lists them; after an update, maildesk received replay NUMBER",
        );
    }
    if depth.unfetchable_lately > 0 {
        warn(
            format!("{} that the server lists and does not deliver", messages(depth.unfetchable_lately)),
            "open them with a mail program (maildesk received --fate unfetchable), and forward them to the desk",
        );
    }
    found
}

fn of_transport(transport: &OutboxStatus, now: Timestamp) -> Vec<Warning> {
    let depth = &transport.depth;
    let about = format!("transport {}", transport.transport);
    let mut found = Vec::new();
    if let Some(failure) = &transport.failure {
        let remedy = match failure.suspect {
            Suspect::Login => "put user and password right, restart maildesk, and see maildesk check --connect",
            _ => "see maildesk check --connect; letters wait, and are tried again by themselves",
        };
        found.push(warning(&about, failed("cannot send", failure, transport.worked_at, now), remedy));
    } else if let Some(since) = depth.waiting_since.filter(|since| now.seconds_since(*since) > LONG_FOR_A_LETTER) {
        let problem = format!("letters wait, the oldest since {since}");
        found.push(warning(&about, problem, "maildesk outbox --state due says what their servers answer"));
    }
    if depth.failed_lately > 0 {
        let letters = if depth.failed_lately == 1 { "letter" } else { "letters" };
        let problem = format!("{} {letters} failed in the last seven days", depth.failed_lately);
        let remedy = "maildesk outbox --state failed says why; maildesk outbox retry NUMBER sends one again";
        found.push(warning(&about, problem, remedy));
    }
    found
}

/// `cannot be read since …: why; tried again …`.
fn failed(what: &str, failure: &Failure, worked_at: Option<Timestamp>, now: Timestamp) -> String {
    let since = worked_at.map_or_else(String::new, |at| format!(" since {at}"));
    let next = match failure.next {
        Some(next) if next > now => format!("; tried again {next}"),
        _ => String::new(),
    };
    format!("{what}{since}: {}{next}", failure.words)
}

fn look_after(failure: &Failure, mailbox: &MailboxStatus) -> &'static str {
    match failure.suspect {
        Suspect::Login => "put user and password right, restart maildesk, and see maildesk check --connect",
        Suspect::Folder => "make the folder with cur, new and tmp, and let maildesk's user read and write it",
        Suspect::Database => "see what the log says of the database, and whether its disk is full",
        Suspect::Server if mailbox.is_folder => "see whether the folder is there, and its disk mounted",
        Suspect::Server => "see maildesk check --connect; mail stays on the server until it can be read",
    }
}

fn messages(count: u64) -> String {
    if count == 1 { "1 message".to_owned() } else { format!("{count} messages") }
}
