//! The warnings of a status, each with its remedy. Pure.

use serde::Serialize;

use crate::model::{Language, Timestamp, readable_size};
use crate::store::{Epoch, Failure, FailureCause, KeptBack, UnsentDepth};

use super::{DatabaseStatus, InstallationStatus, MailboxStatus, OutboxStatus};

/// Accepted messages and due requests that wait for more seconds get a warning; even many are processed sooner.
const LATE_SECONDS: i64 = 300;
/// A due e-mail that waits for more seconds gets a warning.
const LATE_EMAIL_SECONDS: i64 = 3_600;
/// A larger write-ahead log (bytes) is not being emptied any more: its usual limit is 64 MB.
const LARGE_WAL: u64 = 256_000_000;
/// Less free disk space (bytes) gets a warning.
const LITTLE_SPACE: u64 = 500_000_000;

/// What to do about a refused login.
const WRONG_LOGIN: &str = "correct user and password, restart maildesk, and run `maildesk check --connect`";
/// What to do about an access token that is refused, or that there is none.
const WRONG_TOKEN: &str = "correct `oauth2`, or what the provider allows this application and user (docs/providers.md), restart \
                           maildesk, and run `maildesk check --connect`";

/// A problem that the operator should solve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// The affected part: `mailbox support`.
    pub about: String,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

/// All warnings, the most serious first.
pub(super) fn of(status: &InstallationStatus) -> Vec<Warning> {
    let mut found = Vec::new();
    if !status.is_running {
        let remedy = "start it: `systemctl start maildesk` (or `maildesk run`)";
        found.push(warning("maildesk", "is not running: nothing is received or sent", remedy));
    }
    if status.epoch.as_ref().is_some_and(Epoch::is_pending) {
        let remedy = "stop maildesk, read what `maildesk resync` reports, then run `maildesk resync --accept`";
        found.push(warning("maildesk", "a copy was restored: nothing is filed or sent until that is accepted", remedy));
    }
    found.extend(database(&status.database));
    found.extend(status.exposed.iter().map(|file| {
        let problem = format!("every user of this machine can read {}", file.display());
        warning("secrets", problem, "run chmod o= on it; if somebody may have read it, change what it holds")
    }));
    found.extend(status.mailboxes.iter().flat_map(|mailbox| of_mailbox(mailbox, status)));
    found.extend(status.transports.iter().flat_map(|transport| of_transport(transport, status.at)));
    found.extend(acknowledgements(status.acknowledgements));
    found.extend(unsent(status.unsent));
    let late = status.next_look.filter(|look| status.is_running && status.at.seconds_since(*look) > LATE_SECONDS);
    if let Some(look) = late {
        let problem = format!("requests have been due since {look} and are not processed");
        found.push(warning("clock", problem, "look for \"cannot process\" in the log"));
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
        let problem =
            format!("only {} free on its disk; without space no mail is accepted", readable_size(Language::En, free));
        found.push(warning("database", problem, "free space on the disk of the state folder"));
    }
    if database.wal_bytes > LARGE_WAL {
        let problem = format!("its write-ahead log has grown to {}", readable_size(Language::En, database.wal_bytes));
        let remedy = "end other programs that keep the database open, such as sqlite3, then restart maildesk";
        found.push(warning("database", problem, remedy));
    }
    found
}

fn of_mailbox(mailbox: &MailboxStatus, status: &InstallationStatus) -> Vec<Warning> {
    let depth = &mailbox.depth;
    let about = format!("mailbox {}", depth.mailbox);
    let mut found: Vec<Warning> = Vec::new();
    let mut warn = |problem: String, remedy: &str| found.push(warning(&about, problem, remedy));
    match (&mailbox.failure, mailbox.looked_at) {
        (Some(failure), looked_at) => {
            warn(failed("cannot be read", failure, looked_at, status.at), look_after(failure, mailbox));
        }
        // Another warning already says that maildesk is not running.
        _ if !status.is_running || mailbox.is_ready || !mailbox.is_configured => {}
        (None, None) => warn(
            "was not read yet".into(),
            "wait a minute; if that does not help, read the log, and run `maildesk check --connect`",
        ),
        (None, Some(at)) => warn(
            format!("was last read {at}, longer ago than its interval"),
            "read the log; if it says nothing about this mailbox, restart maildesk",
        ),
    }
    if let Some(since) = depth.waiting_since.filter(|since| status.at.seconds_since(*since) > LATE_SECONDS) {
        let remedy = match (mailbox.is_configured, status.is_running) {
            (false, _) => "configure the mailbox again to have them handled",
            (true, false) => "start maildesk",
            (true, true) => "look for \"cannot handle\" in the log",
        };
        warn(format!("{} accepted but not handled, the oldest {since}", messages(depth.waiting)), remedy);
    }
    if depth.quarantined > 0 {
        warn(
            format!("{} in quarantine", messages(depth.quarantined)),
            "`maildesk received --disposition quarantined` lists them; after an update, `maildesk received replay NUMBER`",
        );
    }
    if let Some(failure) = &mailbox.marks_failure {
        warn(
            format!("accepted messages cannot be moved or flagged: {}", failure.words),
            "make it possible on the server (rights, quota, the folder's name), or change `after`; each message is filed \
             once in any case, and `maildesk check --connect` says what the server can do",
        );
    }
    if mailbox.undelivered > 0 {
        warn(
            format!("{} that the server lists and has not delivered so far", messages(mailbox.undelivered)),
            "they are asked for again, with growing pauses; see whether the mail server's log names an unreadable file",
        );
    }
    if depth.unfetchable_lately > 0 {
        warn(
            format!("{} that the server lists but does not deliver", messages(depth.unfetchable_lately)),
            "list them with `maildesk received --disposition unfetchable`, and forward them to the desk with a mail program",
        );
    }
    found
}

fn of_transport(transport: &OutboxStatus, now: Timestamp) -> Vec<Warning> {
    let depth = &transport.depth;
    let about = format!("transport {}", transport.transport);
    let mut found = Vec::new();
    if let Some(failure) = &transport.failure {
        let remedy = match failure.cause {
            FailureCause::Login => WRONG_LOGIN,
            FailureCause::Token => WRONG_TOKEN,
            FailureCause::Sender => {
                "let the account send as this address (or raise its quota); e-mails wait meanwhile, and \
                 `maildesk outbox retry --failed` sends those again that had failed before"
            }
            _ => "run `maildesk check --connect`; e-mails wait and are tried again automatically",
        };
        found.push(warning(&about, failed("cannot send", failure, transport.worked_at, now), remedy));
    } else if let Some(since) = depth.waiting_since.filter(|since| now.seconds_since(*since) > LATE_EMAIL_SECONDS) {
        let problem = format!("due e-mails are not sent, the oldest since {since}");
        found.push(warning(&about, problem, "`maildesk outbox --state due` shows the server's answers"));
    }
    if depth.failed_lately > 0 {
        let emails = if depth.failed_lately == 1 { "e-mail" } else { "e-mails" };
        let problem = format!("{} {emails} failed in the last seven days", depth.failed_lately);
        let remedy = "`maildesk outbox --state failed` shows why; `maildesk outbox retry NUMBER` sends one again";
        found.push(warning(&about, problem, remedy));
    }
    found
}

fn acknowledgements(KeptBack { waiting, withheld_day }: KeptBack) -> Option<Warning> {
    let problem = match (waiting, withheld_day) {
        (0, 0) => return None,
        (waiting, 0) => format!("{waiting} wait, because a cap is reached"),
        (0, withheld) => format!("{withheld} were withheld in the last 24 hours, because a cap was reached"),
        (waiting, withheld) => {
            format!("{waiting} wait and {withheld} were withheld in the last 24 hours, because caps are reached")
        }
    };
    let remedy = "`maildesk received` shows who writes so much; list your customers in desk.KEY.customers, \
                  or raise the caps in [limits]";
    Some(warning("acknowledgements", problem, remedy))
}

/// What engineers wrote and was not sent, without a letter about each. What waits for their answer is no trouble by itself.
fn unsent(depth: UnsentDepth) -> Vec<Warning> {
    let mut found = Vec::new();
    if depth.unexplained_day > 0 {
        let problem = format!(
            "{} of engineers in the last 24 hours were not sent, and not explained one by one",
            messages(depth.unexplained_day)
        );
        let remedy = "they got lists of them; look for \"listed within the hour\" in `maildesk received`, and ask what they tried";
        found.push(warning("engineers", problem, remedy));
    }
    if depth.unasked_day > 0 {
        let problem = format!(
            "{} in engineers' names or a desk's own in the last 24 hours are held, and nobody was asked about them",
            messages(depth.unasked_day)
        );
        let remedy = "`maildesk received --disposition held` lists them: somebody forges an engineer's address, or an engineer \
                      needs a way to prove theirs (docs/trust.md)";
        found.push(warning("engineers", problem, remedy));
    }
    found
}

/// The problem in words: `cannot be read since …: why; tried again …`.
fn failed(what: &str, failure: &Failure, worked_at: Option<Timestamp>, now: Timestamp) -> String {
    let since = worked_at.map_or_else(String::new, |at| format!(" since {at}"));
    let next = match failure.next {
        Some(next) if next > now => format!("; tried again {next}"),
        _ => String::new(),
    };
    format!("{what}{since}: {}{next}", failure.words)
}

fn look_after(failure: &Failure, mailbox: &MailboxStatus) -> &'static str {
    match failure.cause {
        FailureCause::Login => WRONG_LOGIN,
        FailureCause::Token => WRONG_TOKEN,
        FailureCause::Folder => "create the folder with cur, new and tmp, and let maildesk's user read and write it",
        FailureCause::Database => "read what the log says about the database, and check whether its disk is full",
        FailureCause::Server if mailbox.is_folder => "check that the folder exists and its disk is mounted",
        FailureCause::Server | FailureCause::Sender => {
            "run `maildesk check --connect`; mail stays on the server until it can be read"
        }
    }
}

fn messages(count: u64) -> String {
    if count == 1 { "1 message".to_owned() } else { format!("{count} messages") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Ever, MailboxDepth, OutboxDepth, Size};

    const NOW: i64 = 1_800_000_000;

    fn ago(seconds: i64) -> Option<Timestamp> {
        Some(Timestamp::from_unix(NOW - seconds))
    }

    fn well() -> InstallationStatus {
        InstallationStatus {
            at: Timestamp::from_unix(NOW),
            is_running: true,
            is_ready: true,
            mailboxes: vec![MailboxStatus {
                is_configured: true,
                looked_at: ago(60),
                is_ready: true,
                failure: None,
                marks_failure: None,
                undelivered: 0,
                depth: MailboxDepth { mailbox: "support".into(), ..MailboxDepth::default() },
                is_folder: false,
            }],
            transports: vec![OutboxStatus {
                transport: "main".into(),
                worked_at: ago(60),
                paused_until: None,
                failure: None,
                depth: OutboxDepth::default(),
            }],
            acknowledgements: KeptBack::default(),
            unsent: UnsentDepth::default(),
            complaints: 0,
            desks: Vec::new(),
            next_look: ago(0),
            ever: Ever::default(),
            database: DatabaseStatus { size: Size::default(), wal_bytes: 0, disk_free: None, damage: None },
            epoch: None,
            exposed: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn failure(cause: FailureCause, next: Option<Timestamp>) -> Option<Failure> {
        Some(Failure { at: Timestamp::from_unix(NOW), cause, words: "no".into(), next })
    }

    /// A change of a healthy status, and parts of the problems and remedies that it must give.
    type Case = (fn(&mut InstallationStatus), &'static [(&'static str, &'static str)]);

    #[test]
    fn each_trouble_has_its_warning_and_remedy() {
        let cases: &[Case] = &[
            (|_| {}, &[]),
            (|s| s.is_running = false, &[("not running", "systemctl start")]),
            (|s| s.database.damage = Some(vec![]), &[]),
            (|s| s.database.damage = Some(vec!["page 7".into()]), &[("damaged: page 7", "backup")]),
            (|s| s.database.disk_free = Some(LITTLE_SPACE), &[]),
            (|s| s.database.disk_free = Some(12_345_678), &[("only 12.3 MB free", "free space")]),
            (|s| s.exposed = vec!["/srv/maildesk.keys".into()], &[("read /srv/maildesk.keys", "chmod o=")]),
            (|s| s.database.wal_bytes = LARGE_WAL + 1, &[("grown to 256.0 MB", "sqlite3")]),
            (|s| s.mailboxes[0].is_ready = false, &[("longer ago than its interval", "log")]),
            (
                |s| (s.mailboxes[0].is_ready, s.mailboxes[0].looked_at) = (false, None),
                &[("was not read yet", "check --connect")],
            ),
            (|s| (s.mailboxes[0].is_ready, s.is_running) = (false, false), &[("not running", "start")]),
            (
                |s| s.mailboxes[0].failure = failure(FailureCause::Login, ago(-300)),
                &[("since 2027-01-15T07:59:00Z: no; tried again 2027-01-15T08:05:00Z", "user and password")],
            ),
            (|s| s.mailboxes[0].failure = failure(FailureCause::Server, ago(1)), &[(": no", "stays on the server")]),
            (
                |s| s.mailboxes[0].failure = failure(FailureCause::Folder, None),
                &[("cannot be read", "cur, new and tmp")],
            ),
            (|s| s.mailboxes[0].failure = failure(FailureCause::Database, None), &[("cannot be read", "disk is full")]),
            (|s| s.mailboxes[0].depth.waiting_since = ago(LATE_SECONDS), &[]),
            (|s| s.mailboxes[0].depth.waiting_since = ago(LATE_SECONDS + 1), &[("not handled", "log")]),
            (
                |s| (s.mailboxes[0].depth.waiting_since, s.mailboxes[0].is_configured) = (ago(999), false),
                &[("not handled", "configure the mailbox again")],
            ),
            (|s| s.mailboxes[0].depth.held = 3, &[]),
            (|s| s.mailboxes[0].depth.quarantined = 1, &[("1 message in quarantine", "replay")]),
            (
                |s| s.mailboxes[0].marks_failure = failure(FailureCause::Server, None),
                &[("cannot be moved or flagged: no", "quota")],
            ),
            (|s| s.mailboxes[0].undelivered = 1, &[("1 message that the server lists and has not", "asked for again")]),
            (|s| s.mailboxes[0].depth.unfetchable = 1, &[]),
            (|s| s.mailboxes[0].depth.unfetchable_lately = 2, &[("2 messages", "forward")]),
            (|s| s.transports[0].failure = failure(FailureCause::Login, None), &[("cannot send", "user and password")]),
            (|s| s.transports[0].failure = failure(FailureCause::Token, None), &[("cannot send", "correct `oauth2`")]),
            (|s| s.mailboxes[0].failure = failure(FailureCause::Token, None), &[("cannot be read", "providers.md")]),
            (
                |s| s.transports[0].failure = failure(FailureCause::Sender, ago(-60)),
                &[("cannot send", "let the account send as this address")],
            ),
            (|s| s.transports[0].failure = failure(FailureCause::Server, ago(-60)), &[("tried again", "e-mails wait")]),
            (|s| s.transports[0].depth.waiting_since = ago(LATE_EMAIL_SECONDS), &[]),
            (|s| s.transports[0].depth.waiting_since = ago(9_999), &[("e-mails are not sent", "outbox --state due")]),
            (|s| s.transports[0].depth.failed = 1, &[]),
            (|s| s.transports[0].depth.failed_lately = 1, &[("1 e-mail failed", "outbox retry")]),
            (|s| s.acknowledgements.waiting = 3, &[("3 wait, because", "customers")]),
            (|s| s.acknowledgements.withheld_day = 4, &[("4 were withheld", "[limits]")]),
            (
                |s| s.acknowledgements = KeptBack { waiting: 3, withheld_day: 4 },
                &[("3 wait and 4 were withheld", "[limits]")],
            ),
            (|s| s.unsent.waiting = 3, &[]),
            (|s| s.unsent.unexplained_day = 1, &[("1 message of engineers", "lists")]),
            (|s| s.unsent.unasked_day = 2, &[("2 messages in engineers' names", "--disposition held")]),
            (|s| s.next_look = ago(LATE_SECONDS + 1), &[("have been due since", "log")]),
            (|s| s.next_look = None, &[]),
        ];
        for (index, (trouble, expected)) in cases.iter().enumerate() {
            let mut status = well();
            trouble(&mut status);
            let found = of(&status);
            assert_eq!(found.len(), expected.len(), "case {index}: {found:?}");
            for (warning, (problem, remedy)) in found.iter().zip(*expected) {
                assert!(warning.problem.contains(problem), "case {index}: {warning:?}");
                assert!(warning.remedy.contains(remedy), "case {index}: {warning:?}");
            }
        }
    }
}
