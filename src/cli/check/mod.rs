//! `check`: what the configuration says, and with `--connect` what the servers say to it.

use std::process::ExitCode;

use futures_util::future::join_all;
use serde::Serialize;

use crate::desk::wording::usual_text;
use crate::model::policy::{Assignment, Desk, Required, Rule, Team, Template, TextName};
use crate::model::settings::{After, MailboxSettings, Settings, SourceSettings, Tls, TransportKind, TransportSettings};
use crate::model::{Language, ShortName};
use crate::smtp;
use crate::source::Source;

use super::{Globals, describe, history, print, runtime};

/// What `check` takes.
#[derive(clap::Args)]
pub struct Args {
    /// Also log in to every mailbox and mail server, and say what they can do
    #[arg(long)]
    connect: bool,
    /// Instead, print what each desk writes to customers, as texts that [desk.KEY.texts] may replace
    #[arg(long, conflicts_with = "connect")]
    texts: bool,
}

/// What was found out about one thing.
#[derive(Serialize)]
struct Finding {
    what: String,
    ok: bool,
    details: Vec<String>,
}

/// One text that customers read.
#[derive(Serialize)]
struct OneText {
    key: String,
    is_own: bool,
    fields: Vec<String>,
    text: String,
}

/// Checks. Fails if the configuration has a mistake or a server cannot be used.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let loaded = globals.load()?;
    let settings = &loaded.settings;
    if args.texts {
        return print_texts(globals, settings);
    }
    let mut findings: Vec<Finding> = settings.desks.iter().map(|desk| describe_desk(desk, settings)).collect();
    findings.extend(loaded.unusable.iter().map(|unusable| Finding {
        what: format!("mailbox {}", unusable.mailbox),
        ok: false,
        details: vec![unusable.problem.to_string()],
    }));
    if args.connect {
        runtime()?.block_on(async {
            findings.extend(join_all(settings.mailboxes.iter().map(try_mailbox)).await);
            findings.extend(join_all(settings.transports.iter().map(try_transport)).await);
        });
    } else {
        findings.extend(settings.mailboxes.iter().map(|m| finding(mailbox_title(m), Vec::new())));
        findings.extend(settings.transports.iter().map(|t| finding(transport_title(t), Vec::new())));
    }
    let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    let ok = findings.iter().all(|finding| finding.ok);
    if globals.json {
        print::json(&serde_json::json!({ "ok": ok, "findings": findings, "warnings": warnings }))?;
    } else {
        for finding in &findings {
            let verdict = if finding.ok { "ok     " } else { "FAILED " };
            print::text(&print::clean(&format!("{verdict} {}", finding.what)))?;
            for detail in &finding.details {
                print::text(&print::clean(&format!("        {detail}")))?;
            }
        }
        for warning in &warnings {
            print::text(&print::clean(&format!("warning {warning}")))?;
        }
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The texts of every desk as they hold now: its own words, or else ours.
fn print_texts(globals: &Globals, settings: &Settings) -> anyhow::Result<ExitCode> {
    let mut texts = Vec::new();
    for (desk, name) in settings.desks.iter().flat_map(|desk| TextName::ALL.map(|name| (desk, name))) {
        for (language, ending) in [(Language::Ru, "ru"), (Language::En, "en")] {
            let own = desk.texts.get(name, language).map(Template::source);
            let fields: Vec<String> = name.fields().iter().map(|field| format!("{{{}}}", field.as_str())).collect();
            texts.push(OneText {
                key: format!("desk.{}.texts.{}_{ending}", desk.key, name.as_str()),
                is_own: own.is_some(),
                fields,
                text: own.unwrap_or_else(|| usual_text(desk, name, language)),
            });
        }
    }
    if globals.json {
        print::json(&texts)?;
        return Ok(ExitCode::SUCCESS);
    }
    for text in &texts {
        let whose = if text.is_own { "the desk's own" } else { "built in" };
        print::text(&print::clean(&format!("# {}: {whose}; fields {}", text.key, text.fields.join(" "))))?;
        for line in text.text.lines() {
            print::text(&print::clean(line))?;
        }
        print::text("")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn finding(what: String, details: Vec<String>) -> Finding {
    Finding { what, ok: true, details }
}

fn describe_desk(desk: &Desk, settings: &Settings) -> Finding {
    let feeding = settings.mailboxes.iter().filter(|m| m.desk == desk.key).map(|m| m.name.as_str());
    let feeding: Vec<&str> = feeding.collect();
    let mut details = vec![format!("mailboxes: {}; letters by transport {}", feeding.join(", "), desk.transport)];
    details.extend(describe_people(desk));
    details.extend(describe::time(desk));
    finding(format!("desk {} \"{}\" <{}>", desk.key, desk.name, desk.address), details)
}

/// Key words and what follows from them.
fn rule(rule: &Rule) -> String {
    let follows = [
        rule.kind.map(|kind| kind.to_string()),
        rule.priority.map(|priority| format!("priority {priority}")),
        rule.place.as_ref().map(ToString::to_string),
        rule.executor.as_ref().map(|name| format!("assigned to {name}")),
    ];
    format!("{} ({})", rule.words.join(" / "), follows.into_iter().flatten().collect::<Vec<_>>().join("; "))
}

/// What is required, and of which requests.
fn requirement(required: &Required) -> String {
    let kinds: Vec<String> = required.kinds.iter().map(ToString::to_string).collect();
    let of = if kinds.is_empty() { "all".to_owned() } else { kinds.join("; ") };
    format!("{} ({of})", history::word(&required.what))
}

/// How requests find their executors.
fn assigned(assignment: Assignment) -> &'static str {
    match assignment {
        Assignment::Nobody => "nobody, until somebody takes it",
        Assignment::InTurn => "in turn",
        Assignment::LeastLoaded => "whoever has the fewest",
    }
}

/// Who works at a desk and what it says, one line for each kind of thing.
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
    let stands = desk.stands.iter().map(|stand| stand.thing.to_string()).collect();
    let kinds: [(&str, Vec<String>); 8] = [
        ("engineers", engineers),
        ("lines", lines),
        ("teams", teams),
        ("statuses", statuses),
        ("assigned", vec![assigned(desk.assignment).to_owned()]),
        ("key words", rules),
        ("required", required),
        ("stands", stands),
    ];
    let kinds = kinds.into_iter().filter(|(_, things)| !things.is_empty());
    kinds.map(|(kind, things)| format!("{kind}: {}", things.join(", "))).collect()
}

fn mailbox_title(mailbox: &MailboxSettings) -> String {
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
    let believed = match (mailbox.internal, &mailbox.authserv_id) {
        (true, _) => "; every sender is believed".to_owned(),
        (false, Some(server)) => format!("; senders that {server} vouches for are believed"),
        (false, None) => String::new(),
    };
    format!("mailbox {}: {place}; accepted messages are {after}{believed}", mailbox.name)
}

fn transport_title(transport: &TransportSettings) -> String {
    let way = match &transport.kind {
        TransportKind::Smtp(smtp) => {
            let server = &smtp.server;
            let user = smtp.login.as_ref().map_or("without login".to_owned(), |(user, _)| format!("as {user}"));
            format!("{}:{} ({}) {user}", server.host, server.port, tls(server.tls))
        }
        TransportKind::Folder(path) => format!("letters are written to {} and not sent", path.display()),
    };
    format!("transport {}: {way}", transport.name)
}

fn tls(tls: Tls) -> &'static str {
    match tls {
        Tls::Implicit => "TLS",
        Tls::StartTls => "STARTTLS",
        Tls::None => "unprotected",
    }
}

/// Logs in and looks, without touching a message.
async fn try_mailbox(mailbox: &MailboxSettings) -> Finding {
    let what = mailbox_title(mailbox);
    if matches!(mailbox.source, SourceSettings::Pipe) {
        return finding(what, Vec::new());
    }
    let mut source = match Source::connect(&mailbox.source).await {
        Ok(source) => source,
        Err(error) => return Finding { what, ok: false, details: vec![error.to_string()] },
    };
    let summary = source.describe_server(&mailbox.after).await;
    source.close().await;
    match summary {
        Ok(summary) => {
            let waiting = if summary.idle { "told of new mail by IDLE" } else { "looked at by polling" };
            let mut details = vec![format!("{}; {waiting}", print::count(summary.messages, "message"))];
            if !summary.capabilities.is_empty() {
                details.push(format!("the server offers {}", summary.capabilities.join(" ")));
            }
            let ok = summary.after_impossible.is_none();
            details.extend(summary.after_impossible);
            Finding { what, ok, details }
        }
        Err(error) => Finding { what, ok: false, details: vec![error.to_string()] },
    }
}

/// Logs in, without sending anything.
async fn try_transport(transport: &TransportSettings) -> Finding {
    let what = transport_title(transport);
    let TransportKind::Smtp(settings) = &transport.kind else { return finding(what, Vec::new()) };
    match smtp::connect(settings).await {
        Ok(connection) => {
            let size =
                connection.max_size().map_or("without a stated limit".to_owned(), |max| format!("up to {max} bytes"));
            connection.quit().await;
            finding(what, vec![format!("takes letters {size}")])
        }
        Err(error) => Finding { what, ok: false, details: vec![error.to_string()] },
    }
}
