//! Judges what a server supports: details, warnings, failures and suggested configuration. Pure, so that a table can test every
//! case.

use std::time::Duration;

use crate::model::Timestamp;
use crate::model::settings::{After, ImapSettings, MailboxSettings, SmtpSettings};
use crate::net::{Handshake, Roots};
use crate::source::{MoveTarget, ServerInfo, ServerSummary};

use super::toml_lines::{ConfigLine, text};
use super::{Finding, folders, print};

/// A certificate that expires within so many days gets a warning: it should have been renewed by now.
const EXPIRY_WARNING_DAYS: i64 = 30;

/// A lower size limit (bytes) gets a warning: e-mails would often have to be sent without their files.
const SMALL_SIZE_LIMIT: u64 = 10_000_000;

/// The shortest safe poll interval: large providers lock accounts that poll more often.
const SHORTEST_POLL: Duration = Duration::from_secs(15);

/// The longest useful poll interval without IDLE: mail should not wait longer.
const LONGEST_POLL: Duration = Duration::from_secs(300);

/// The result of judging a server.
#[derive(Debug, Default)]
pub struct Advice {
    /// What was found.
    pub details: Vec<String>,
    /// What works now but will cause trouble.
    pub warnings: Vec<String>,
    /// What does not work.
    pub failures: Vec<String>,
    /// Suggested lines for the configuration.
    pub config: Vec<ConfigLine>,
}

impl Advice {
    /// The whole advice in the order in which it is printed.
    #[cfg(test)]
    pub fn said(&self) -> String {
        let mut lines = self.details.clone();
        lines.extend(self.warnings.iter().map(|warning| format!("warning {warning}")));
        lines.extend(self.failures.iter().map(|failure| format!("FAILED {failure}")));
        lines.push(super::toml_lines::written(&self.config));
        lines.join("\n")
    }

    /// As a finding; failures come last, where they are noticed.
    pub fn finding(self, what: String) -> Finding {
        let ok = self.failures.is_empty();
        let details = [self.details, self.failures].concat();
        Finding { what, ok, details, warnings: self.warnings, config: self.config, facts: None }
    }
}

/// What was learnt from an SMTP server.
#[derive(Clone, Copy)]
pub struct Offered<'a> {
    /// The connection up to the login.
    pub seen: &'a Handshake,
    /// The largest message that it accepts in bytes (SIZE, RFC 1870); None where it does not say.
    pub max_size: Option<u64>,
}

/// Judges an IMAP mailbox.
pub fn mailbox(
    mailbox: &MailboxSettings,
    imap: &ImapSettings,
    server_info: &ServerInfo,
    failure: Option<String>,
    now: Timestamp,
) -> Advice {
    let mut advice = Advice::default();
    let seen = &server_info.handshake;
    connection(&mut advice, seen, now);
    let ways = seen.offered.iter().filter_map(|offered| offered.strip_prefix("AUTH="));
    login(&mut advice, seen, &imap.user, ways);
    if !server_info.folders.is_empty() {
        let count = print::count(server_info.folder_count, "folder");
        advice.details.push(format!("{count}: {}", folders::names(&server_info.folders)));
    }
    if let Some(summary) = &server_info.summary {
        opened(&mut advice, mailbox, imap, server_info, summary);
    }
    match failure {
        Some(_)
            if seen.logged_in
                && !server_info.folders.is_empty()
                && !folders::has(&server_info.folders, &imap.folder) =>
        {
            no_folder(&mut advice, mailbox, imap, server_info);
        }
        other => advice.failures.extend(other),
    }
    advice
}

/// Judges an SMTP server.
pub fn transport(smtp: &SmtpSettings, offered: Offered<'_>, failure: Option<String>, now: Timestamp) -> Advice {
    let mut advice = Advice::default();
    let seen = offered.seen;
    connection(&mut advice, seen, now);
    let ways = seen.offered.iter().filter_map(|offered| offered.strip_prefix("AUTH ")).flat_map(|ways| ways.split(' '));
    match &smtp.login {
        Some((user, _)) => login(&mut advice, seen, user, ways),
        None if seen.logged_in => advice.details.push("accepts us without a login".to_owned()),
        None => {}
    }
    if seen.logged_in {
        advice.details.push(match offered.max_size {
            Some(size) => format!("accepts e-mails up to {} (SIZE)", print::size(size)),
            None => "accepts e-mails without a stated size limit (no SIZE)".to_owned(),
        });
        if let Some(size) = offered.max_size.filter(|size| *size < SMALL_SIZE_LIMIT) {
            let size = print::size(size);
            advice.warnings.push(format!(
                "e-mails larger than {size} will be sent without their files, whose names they then list"
            ));
        }
    }
    advice.failures.extend(failure);
    advice
}

fn login<'a>(advice: &mut Advice, seen: &Handshake, user: &str, ways: impl Iterator<Item = &'a str>) {
    let ways = list(ways);
    match (seen.logged_in, ways.is_empty()) {
        (true, true) => advice.details.push(format!("logged in as {user}")),
        (true, false) => advice.details.push(format!("logged in as {user}; the server offers {ways}")),
        (false, false) => advice.details.push(format!("offers to log in by {ways}")),
        (false, true) => {}
    }
}

fn connection(advice: &mut Advice, seen: &Handshake, now: Timestamp) {
    let Some(protection) = &seen.protection else {
        if seen.logged_in {
            let better = if seen.offers("STARTTLS") { "; the server offers it (tls = \"starttls\")" } else { "" };
            advice.details.push(format!("not protected by TLS{better}"));
        }
        return;
    };
    let Some(certificate) = &protection.certificate else {
        advice.details.push(format!("{}; its certificate cannot be read", protection.version));
        return;
    };
    let trusted = match protection.roots {
        Roots::System => "trusted by this machine",
        Roots::Own => "trusted by ca_file alone",
    };
    let days = certificate.not_after.seconds_since(now) / 86_400;
    let until = day(certificate.not_after);
    advice.details.push(format!(
        "{}, certificate of {} by {}, {trusted}, valid for {} until {until}",
        protection.version,
        certificate.subject,
        certificate.issuer,
        print::count(u64::try_from(days).unwrap_or(0), "more day"),
    ));
    if days < EXPIRY_WARNING_DAYS {
        let left = print::count(u64::try_from(days).unwrap_or(0), "day");
        advice.warnings.push(format!(
            "the certificate expires in {left}, on {until}; renew it, or this server cannot be used from then on"
        ));
    }
}

/// Judges an opened folder: how new mail is noticed, and what the server can do with messages.
fn opened(
    advice: &mut Advice,
    mailbox: &MailboxSettings,
    imap: &ImapSettings,
    server_info: &ServerInfo,
    summary: &ServerSummary,
) {
    let can = |capability: &str| summary.capabilities.iter().any(|offered| offered == capability);
    let poll = duration(mailbox.poll);
    let waiting = match (summary.idle, can("IDLE")) {
        (true, _) => "new mail is announced by IDLE".to_owned(),
        (false, true) => format!("polled every {poll}, since idle = false"),
        (false, false) => format!("polled every {poll}, since the server has no IDLE"),
    };
    advice.details.push(format!("folder {}: {}; {waiting}", imap.folder, print::count(summary.messages, "message")));
    let keeps_any = server_info.flags.as_ref().is_none_or(|flags| flags.iter().any(|flag| flag == r"\*"));
    let matters = ["IDLE", "MOVE", "UIDPLUS"].map(|name| (can(name), name));
    let matters = matters.into_iter().chain([(keeps_any, "keywords")]);
    let (has, lacks): (Vec<_>, Vec<_>) = matters.partition(|(has, _)| *has);
    let named = |these: Vec<(bool, &'static str)>| list(these.into_iter().map(|(_, name)| name));
    let words = [("has", named(has)), ("lacks", named(lacks))];
    let words = words.into_iter().filter(|(_, named)| !named.is_empty());
    let words: Vec<String> = words.map(|(verb, named)| format!("{verb} {named}")).collect();
    advice.details.push(format!("the server {}", words.join("; ")));
    let follows = match (can("MOVE"), can("UIDPLUS")) {
        (true, _) => None,
        (false, true) => Some("without MOVE messages are moved by copying them"),
        (false, false) => Some("without MOVE and UIDPLUS no message can be moved (after = { move = … })"),
    };
    advice.details.extend(follows.map(str::to_owned));
    if !keeps_any {
        let follows =
            r"without keywords messages can be marked with \Seen and the like only (after = { flag = '\Seen' })";
        advice.details.push(follows.to_owned());
    }
    if !summary.idle && !(SHORTEST_POLL..=LONGEST_POLL).contains(&mailbox.poll) {
        let why = if mailbox.poll < SHORTEST_POLL {
            "without IDLE: large providers lock accounts that poll more often"
        } else {
            "without IDLE mail waits until the next poll"
        };
        advice.config.push(ConfigLine::new("mailbox", &mailbox.name, "poll = \"1m\"".to_owned(), why));
    }
    after(advice, mailbox, server_info, summary);
}

/// Judges whether accepted messages can be flagged or moved as configured.
fn after(advice: &mut Advice, mailbox: &MailboxSettings, server_info: &ServerInfo, summary: &ServerSummary) {
    if let Some(why) = &summary.after_impossible {
        advice.failures.push(format!("{why}; so accepted messages cannot be marked as configured"));
        let moves = ["MOVE", "UIDPLUS"].iter().any(|way| summary.capabilities.iter().any(|offered| offered == way));
        let (line, why) = if moves && !server_info.read_only {
            ("after = { move = \"Filed\" }", "the server can move messages, but not set this flag")
        } else {
            ("after = \"leave\"", "the server supports nothing else; no message is read twice in any case")
        };
        advice.config.push(ConfigLine::new("mailbox", &mailbox.name, line.to_owned(), why));
        return;
    }
    let After::Move(target) = &mailbox.after else { return };
    match &server_info.target {
        None => {}
        Some(MoveTarget::There(name)) => {
            advice.details.push(format!("accepted messages are moved to {name}, which exists"));
            return;
        }
        Some(MoveTarget::Created(name)) => {
            advice.details.push(format!("accepted messages are moved to {name}, which was created just now"));
        }
        Some(MoveTarget::Refused(words)) => {
            let problem = format!("there is no folder {target}, and the server refuses to create it: {words}");
            advice.failures.push(format!("{problem}; so accepted messages cannot be moved"));
        }
    }
    if let Some(nearest) = folders::nearest(&server_info.folders, target) {
        advice.warnings.push(format!(
            "there was no folder {target} yet, but there is {nearest}: if you mean that one, use its name"
        ));
        let line = format!("after = {{ move = {} }}", text(nearest));
        advice.config.push(ConfigLine::new("mailbox", &mailbox.name, line, "the folder that exists"));
    }
}

fn no_folder(advice: &mut Advice, mailbox: &MailboxSettings, imap: &ImapSettings, server_info: &ServerInfo) {
    let Some(nearest) = folders::nearest(&server_info.folders, &imap.folder) else {
        advice.failures.push(format!("there is no folder {}; name one of those above", imap.folder));
        return;
    };
    advice.failures.push(format!("there is no folder {}, but there is {nearest}", imap.folder));
    let line = format!("folder = {}", text(nearest));
    advice.config.push(ConfigLine::new("mailbox", &mailbox.name, line, "the folder that exists"));
}

/// A span of time as in the configuration: `90s`, `1m`, `2h`.
pub fn duration(span: Duration) -> String {
    match span.as_secs() {
        seconds if seconds.is_multiple_of(3_600) => format!("{}h", seconds / 3_600),
        seconds if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        seconds => format!("{seconds}s"),
    }
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

fn day(at: Timestamp) -> String {
    at.to_jiff().strftime("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests;
