//! Reads `[mailbox.NAME]`.

use std::path::Path;

use toml::de::DeValue;

use super::provider::Provider;
use super::section::{FileReading, NamedTable, Section, alternatives, bare};
use super::{credential, defaults, server, values};
use crate::model::DeskKey;
use crate::model::policy::AutomaticMail;
use crate::model::settings::{After, ImapSettings, MailboxSettings, OlderMail, SourceSettings, Start};

/// Reads all mailboxes; two must not read the same folder.
pub(super) fn read_all<'t>(
    reading: &mut FileReading<'t>,
    tables: &[NamedTable<'t>],
    desks: &[DeskKey],
) -> Vec<MailboxSettings> {
    let mut mailboxes: Vec<MailboxSettings> = Vec::new();
    for table in tables {
        if let Err(problem) = values::name(table.name) {
            reading.report.error(&table.spot, problem);
        }
        let mut section = Section::named(reading, table);
        let Some(mailbox) = read(&mut section, table.name, desks) else { continue };
        let own = place(&mailbox.source);
        if let Some(other) = mailboxes.iter().find(|other| own.is_some() && place(&other.source) == own) {
            let problem = format!("reads the same messages as mailbox.{}; remove one of them", other.name);
            reading.report.error(&table.spot, problem);
        }
        mailboxes.push(mailbox);
    }
    check_earlier_names(reading, tables, &mailboxes);
    mailboxes
}

/// Refuses earlier names that another mailbox has, now or earlier.
fn check_earlier_names<'t>(reading: &mut FileReading<'t>, tables: &[NamedTable<'t>], mailboxes: &[MailboxSettings]) {
    for mailbox in mailboxes {
        let Some(table) = tables.iter().find(|table| table.name == mailbox.name) else { continue };
        let spot = Section::named(reading, table).spot_of("was");
        for name in &mailbox.was {
            if tables.iter().any(|other| other.name == name) {
                let problem = format!(
                    "there is a [mailbox.{name}] too; a mailbox that was renamed has one table, remove the other"
                );
                reading.report.error(&spot, problem);
            } else if mailboxes.iter().any(|other| other.name != mailbox.name && other.was.contains(name)) {
                let problem = format!("{name:?} was another mailbox too, by its key was; remove it from one of them");
                reading.report.error(&spot, problem);
            }
        }
    }
}

/// What identifies a mailbox's messages: host, user and folder, or a path; None for a pipe, which never clashes.
fn place(source: &SourceSettings) -> Option<(String, String, String)> {
    let place = match source {
        SourceSettings::Imap(imap) => {
            (imap.server.host.to_ascii_lowercase(), imap.user.clone(), one_spelling(&imap.folder).to_owned())
        }
        SourceSettings::Maildir(path) => {
            let real = path.canonicalize().unwrap_or_else(|_| path.clone());
            (String::new(), String::new(), real.to_string_lossy().into_owned())
        }
        SourceSettings::Pipe => return None,
    };
    Some(place)
}

/// The folder's name in one spelling: case does not matter for INBOX only (RFC 3501 5.1).
fn one_spelling(folder: &str) -> &str {
    if folder.eq_ignore_ascii_case("INBOX") { "INBOX" } else { folder }
}

fn read(section: &mut Section<'_, '_>, name: &str, desks: &[DeskKey]) -> Option<MailboxSettings> {
    let was = bare(section.one_or_more("was", values::name));
    let source = read_source(section, name);
    let desk = read_desk(section, desks);
    let poll = section.quantity("poll", |text| values::duration(text, defaults::POLL_RANGE));
    let after = read_after(section, source.as_ref());
    let start = read_start(section);
    let older =
        section.choice("older", "a way to treat older mail", &[("skip", OlderMail::Skip), ("file", OlderMail::File)]);
    let automatic = [
        ("file", AutomaticMail::File),
        ("open", AutomaticMail::Open),
        ("group", AutomaticMail::Group),
        ("ignore", AutomaticMail::Ignore),
    ];
    let automatic = section.choice("automatic", "a way to treat automatic mail", &automatic);
    let max_message = section.quantity("max_message", |text| values::size(text, defaults::MAX_MESSAGE_RANGE));
    let internal = section.switch("internal").unwrap_or(false);
    if internal {
        section.warning(
            "internal",
            "whoever writes here with an engineer's address can change requests; safe only where no external sender can write",
        );
    }
    let authserv_id = section.parsed("authserv_id", values::authserv_id);
    if start == Start::All {
        section.warning(
            "start",
            "with \"all\" the messages already in the mailbox are acknowledged too; \"now\" begins with new ones",
        );
        if older.is_some() {
            section.warning("older", "has no effect with start = \"all\", since no mail is older; remove it");
        }
    }
    Some(MailboxSettings {
        internal,
        authserv_id,
        name: name.to_owned(),
        was,
        desk: desk?,
        source: source?,
        after,
        start,
        older: older.unwrap_or_default(),
        automatic: automatic.unwrap_or_default(),
        poll: poll.unwrap_or(defaults::POLL),
        max_message_bytes: max_message.unwrap_or(defaults::MAX_MESSAGE_BYTES),
    })
}

fn read_source(section: &mut Section<'_, '_>, name: &str) -> Option<SourceSettings> {
    if section.switch("pipe").unwrap_or(false) {
        section.exclude(
            server::KEYS.into_iter().chain(["maildir", "folder", "idle", "poll", "after", "start", "older"]),
            "pipe = true",
        );
        return Some(SourceSettings::Pipe);
    }
    if section.has("maildir") {
        section.exclude(server::KEYS.into_iter().chain(["folder", "idle"]), "maildir");
        let path = section.path("maildir")?;
        check_maildir(section, &path);
        return Some(SourceSettings::Maildir(path));
    }
    let preset = Provider::of(section).map(Provider::imap);
    let server = server::read(
        section,
        &server::IMAP,
        preset,
        "name the IMAP server: host = \"imap.example.org\" (or a folder: maildir = \"/path\")",
    );
    let user = section.required("user", values::line, "write the name to log in with, most often the address");
    // The other mailboxes are read even if one password cannot be.
    let credential = credential::require(section).and_then(|credential| match credential {
        Ok(credential) => Some(credential),
        Err((spot, problem)) => {
            section.reading().report.unusable(name, &spot, problem);
            None
        }
    });
    let folder = section.parsed("folder", values::folder).unwrap_or_else(|| defaults::FOLDER.to_owned());
    let idle = section.switch("idle").unwrap_or(defaults::IDLE);
    Some(SourceSettings::Imap(ImapSettings { server: server?, user: user?, credential: credential?, folder, idle }))
}

/// Warns of a missing Maildir. That is not a mistake: it may be on a disk that is mounted later.
fn check_maildir(section: &mut Section<'_, '_>, path: &Path) {
    if !path.join("new").is_dir() || !path.join("cur").is_dir() {
        section.warning(
            "maildir",
            format!("{} has no folders new and cur, so no mail can be read from it", path.display()),
        );
    }
}

/// The mailbox's desk; need not be named where there is only one.
fn read_desk(section: &mut Section<'_, '_>, desks: &[DeskKey]) -> Option<DeskKey> {
    let names: Vec<&str> = desks.iter().map(DeskKey::as_str).collect();
    match section.text("desk") {
        Some(_) => section.parsed("desk", |text| {
            let key = values::desk_key(text)?;
            let is_known = desks.is_empty() || desks.contains(&key);
            if is_known { Ok(key) } else { Err(format!("there is no [desk.{key}]; use {}", alternatives(&names))) }
        }),
        None if section.has("desk") => None,
        None => {
            if desks.len() > 1 {
                section
                    .error("desk", format!("is missing; name the desk that gets this mail: {}", alternatives(&names)));
            }
            desks.first().cloned()
        }
    }
}

/// Reads what is done with accepted messages: `"leave"`, `{ flag = '\Seen' }` or `{ move = "Filed" }`.
fn read_after(section: &mut Section<'_, '_>, source: Option<&SourceSettings>) -> After {
    let remedy = r#"use "leave", { flag = '\Seen' } or { move = "Filed" }"#;
    let table = match section.value("after") {
        None => return After::Leave,
        Some(DeValue::String(text)) if text == "leave" => return After::Leave,
        Some(DeValue::Table(table)) if table.len() == 1 => table,
        Some(_) => {
            section.error("after", format!("is not known; {remedy}"));
            return After::Leave;
        }
    };
    let entry = table.iter().next().map(|(key, value)| (key.get_ref().as_ref(), value.get_ref()));
    let after = match entry {
        Some(("flag", DeValue::String(text))) => values::flag(text).map(After::Flag),
        Some(("move", DeValue::String(text))) => values::folder(text).map(After::Move),
        _ => Err(format!("is not known; {remedy}")),
    };
    let after = after.and_then(|after| fits(after, source));
    after.unwrap_or_else(|problem| {
        section.error("after", problem);
        After::Leave
    })
}

/// Refuses moving to the folder that is read, and flags that a Maildir cannot store.
fn fits(after: After, source: Option<&SourceSettings>) -> Result<After, String> {
    match (&after, source) {
        (After::Move(to), Some(SourceSettings::Imap(imap))) if one_spelling(to) == one_spelling(&imap.folder) => {
            Err(format!("{to:?} is the folder that is read; move to another one"))
        }
        (After::Flag(flag), Some(SourceSettings::Maildir(_))) if !flag.starts_with('\\') => {
            Err(format!("a Maildir cannot keep the keyword {flag:?}; use '\\Seen', '\\Answered' or '\\Flagged'"))
        }
        _ => Ok(after),
    }
}

/// Reads the start mark, a string or a TOML date or time.
fn read_start(section: &mut Section<'_, '_>) -> Start {
    let process = section.reading().process;
    let start = section.quantity("start", |text| values::start(text, process.now, &process.time_zone));
    start.unwrap_or(Start::Now)
}
