//! Describes desks, mailboxes and transports as configured, in lines for people.

use crate::cli::{describe, history};
use crate::model::policy::{Assignment, Desk, Required, Rule, Team};
use crate::model::settings::{After, MailboxSettings, Settings, SourceSettings, Tls, TransportKind, TransportSettings};
use crate::model::{DeskKey, ShortName};

use super::Finding;

pub(super) fn describe_desk(desk: &Desk, settings: &Settings) -> Finding {
    let feeding = settings.mailboxes.iter().filter(|m| m.desk == desk.key).map(|m| m.name.as_str());
    let feeding: Vec<&str> = feeding.collect();
    let mut details = vec![format!("mailboxes: {}; e-mails by transport {}", feeding.join(", "), desk.transport)];
    details.extend(describe_people(desk));
    details.extend(describe::time(desk));
    let was: Vec<&str> = desk.was.iter().map(DeskKey::as_str).collect();
    if !was.is_empty() {
        details.push(format!("renamed: requests from before keep their numbers of {}", was.join(", ")));
    }
    Finding::fine(format!("desk {} \"{}\" <{}>", desk.key, desk.name, desk.address), details)
}

/// The words of a rule, and what it sets.
fn rule(rule: &Rule) -> String {
    let follows = [
        rule.kind.map(|kind| kind.to_string()),
        rule.priority.map(|priority| format!("priority {priority}")),
        rule.place.as_ref().map(ToString::to_string),
        rule.assignee.as_ref().map(|name| format!("assigned to {name}")),
    ];
    format!("{} ({})", rule.words.join(" / "), follows.into_iter().flatten().collect::<Vec<_>>().join("; "))
}

/// A required detail, and of which kinds of request it is required.
fn requirement(required: &Required) -> String {
    let kinds: Vec<String> = required.kinds.iter().map(ToString::to_string).collect();
    let of = if kinds.is_empty() { "all".to_owned() } else { kinds.join("; ") };
    format!("{} ({of})", history::word(&required.what))
}

/// How new requests are assigned.
fn assigned(assignment: Assignment) -> &'static str {
    match assignment {
        Assignment::Nobody => "to nobody, until an engineer takes it",
        Assignment::InTurn => "in turn",
        Assignment::LeastLoaded => "to the engineer with the fewest requests",
    }
}

/// A desk's engineers, lines, teams, statuses, rules and requirements, one line for each kind; no line for an empty kind.
fn describe_people(desk: &Desk) -> Vec<String> {
    if desk.engineers.is_empty() {
        return vec!["no engineers: requests are filed and acknowledged only".to_owned()];
    }
    let names = |members: &[ShortName]| members.iter().map(ShortName::as_str).collect::<Vec<_>>().join(", ");
    let engineers = desk.engineers.iter().map(|e| format!("{} <{}>", e.name, e.address)).collect();
    let lines = desk.lines.iter().map(|line| format!("{} ({})", line.number, names(&line.members))).collect();
    let who = |team: &Team| team.address.as_ref().map_or_else(|| names(&team.members), ToString::to_string);
    let teams = desk.teams.iter().map(|team| format!("{} ({})", team.name, who(team))).collect();
    let told = |tells| if tells { ", told" } else { "" };
    let statuses = desk.statuses.iter().map(|s| format!("{} ({}{})", s.status, s.phase, told(s.tells))).collect();
    let rules = desk.rules.iter().map(rule).collect();
    let required = desk.required.iter().map(requirement).collect();
    let environments = desk.environments.iter().map(|environment| environment.thing.to_string()).collect();
    let kinds: [(&str, Vec<String>); 8] = [
        ("engineers", engineers),
        ("lines", lines),
        ("teams", teams),
        ("statuses", statuses),
        ("assigned", vec![assigned(desk.assignment).to_owned()]),
        ("key words", rules),
        ("required", required),
        ("environments", environments),
    ];
    let kinds = kinds.into_iter().filter(|(_, things)| !things.is_empty());
    kinds.map(|(kind, things)| format!("{kind}: {}", things.join(", "))).collect()
}

pub(super) fn mailbox_title(mailbox: &MailboxSettings) -> String {
    let place = match &mailbox.source {
        SourceSettings::Imap(imap) => {
            let server = &imap.server;
            format!("{} on {}:{} ({}), folder {}", imap.user, server.host, server.port, tls(server.tls), imap.folder)
        }
        SourceSettings::Maildir(path) => format!("Maildir {}", path.display()),
        SourceSettings::Pipe => format!("messages come by `maildesk ingest --mailbox {}`", mailbox.name),
    };
    let after = match &mailbox.after {
        _ if matches!(mailbox.source, SourceSettings::Pipe) => "kept here".to_owned(),
        After::Leave => "left where they are".to_owned(),
        After::Flag(flag) => format!("flagged {flag}"),
        After::Move(folder) => format!("moved to {folder}"),
    };
    let trusted = match (mailbox.internal, &mailbox.authserv_id) {
        (true, _) => "; every sender address is trusted".to_owned(),
        (false, Some(server)) => format!("; sender addresses are trusted if {server} confirms them"),
        (false, None) => String::new(),
    };
    format!("mailbox {}: {place}; accepted messages are {after}{trusted}", mailbox.name)
}

pub(super) fn transport_title(transport: &TransportSettings) -> String {
    let place = match &transport.kind {
        TransportKind::Smtp(smtp) => {
            let server = &smtp.server;
            let user = smtp.login.as_ref().map_or("without login".to_owned(), |(user, _)| format!("as {user}"));
            format!("{}:{} ({}) {user}", server.host, server.port, tls(server.tls))
        }
        TransportKind::Folder(path) => format!("e-mails are written to {} and not sent", path.display()),
    };
    format!("transport {}: {place}", transport.name)
}

fn tls(tls: Tls) -> &'static str {
    match tls {
        Tls::Implicit => "TLS",
        Tls::StartTls => "STARTTLS",
        Tls::None => "unprotected",
    }
}
