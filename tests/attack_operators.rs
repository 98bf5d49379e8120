//! What somebody means ill, or a program does oddly, on the way to those who operate a desk: searches, exports.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};

use maildesk::mail::parse;
use serde_json::Value;
use support::{BOOKER, Counter, FIRST};

const OLGA: &str = "olga@client.example";

fn maildesk(desk: &Counter, arguments: &[&str]) -> Output {
    let config = desk.office.settings.state_dir.with_file_name("maildesk.toml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_maildesk"));
    command.env("TZ", "UTC").arg("--config").arg(config).args(arguments).output().unwrap()
}

fn said(desk: &Counter, arguments: &[&str]) -> String {
    let output = maildesk(desk, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(desk: &Counter, arguments: &[&str]) -> Value {
    serde_json::from_str(&said(desk, &[arguments, &["--json"]].concat())).unwrap()
}

fn beside(desk: &Counter, name: &str) -> PathBuf {
    desk.office.settings.state_dir.with_file_name(name)
}

/// The numbers that a search finds.
fn found(desk: &Counter, arguments: &[&str]) -> Vec<String> {
    let answer = json(desk, &[&["search"], arguments].concat());
    answer["found"].as_array().unwrap().iter().map(|row| row["number"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_note_quoted_below_an_answer_stays_a_note() {
    let mut desk = Counter::open("0s");
    let (_, notification) = desk.ask("support", OLGA, "Till", "It prints nothing.").await;
    let note = desk.reply(FIRST, &notification, "[note] [line 2]", "Secret: she never pays.");
    let letters = desk.send("support", &note).await;
    let told = letters.iter().find(|letter| letter.rcpt == support::SECOND).unwrap().clone();
    assert!(told.read().text.contains("Secret"));
    let answer = desk.reply(support::SECOND, &told, "[done]", "It prints again.");
    desk.send("support", &answer).await;
    for arguments in [
        &["export", "OTK-1"][..],
        &["export", "--desk", "OTK"],
        &["export", "OTK-1", "--format", "text"],
        &["export", "OTK-1", "--format", "mbox"],
    ] {
        let exported = said(&desk, arguments);
        assert!(exported.contains("It prints again."), "{arguments:?}: {exported}");
        assert!(!exported.contains("Secret"), "{arguments:?}: {exported}");
    }
    assert!(said(&desk, &["export", "OTK-1", "--with-notes"]).contains("Secret"));
}

#[tokio::test]
async fn mail_that_begins_with_a_line_of_mbox_keeps_its_header_in_an_mbox() {
    let mut desk = Counter::open("0s");
    let message = desk.message(OLGA, "Till", "It prints nothing.").header("To: support@example.org");
    let raw = [b"From olga@client.example  Sat Nov 21 09:30:00 2026\n", message.raw().as_slice()].concat();
    desk.office.deliver("support", &raw);
    desk.pass().await;
    let mbox = said(&desk, &["export", "OTK-1", "--format", "mbox"]);
    let first = mbox.split("\n\nFrom ").next().unwrap();
    let (separator, message) = first.split_once('\n').unwrap();
    assert!(separator.starts_with("From olga@client.example "), "{mbox}");
    assert!(!message.starts_with('>'), "{message}");
    assert_eq!(parse::parse(message.as_bytes()).subject_raw, "Till");
}

#[tokio::test]
async fn nobody_else_on_the_machine_reads_what_was_exported() {
    let mut desk = Counter::open("0s");
    let message = desk.message(OLGA, "Till", "It prints nothing.").file("a.txt", "text/plain", b"Private.");
    desk.send("support", &message).await;
    let (table, folder, file) = (beside(&desk, "all.csv"), beside(&desk, "otk-1"), beside(&desk, "a.txt"));
    let name = |path: &PathBuf| path.display().to_string();
    said(&desk, &["export", "--format", "csv", "--output", &name(&table)]);
    said(&desk, &["export", "OTK-1", "--output", &name(&folder)]);
    said(&desk, &["attachment", "1", "--output", &name(&file)]);
    let within = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let paths: Vec<PathBuf> = within.chain([table, folder.clone(), file]).collect();
    assert_eq!(paths.len(), 5);
    for path in paths {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}: {mode:o}", path.display());
    }
}

#[tokio::test]
async fn an_engineer_who_asks_himself_leaves_no_token_in_an_export() {
    let mut desk = Counter::open("0s");
    let asked = desk.message(FIRST, "My own till", "It prints nothing.");
    let letters = desk.send("internal", &asked).await;
    let (_, opened, _) = desk.last_disposition();
    assert_eq!(opened, "OTK-1", "{:?}", support::recipients(&letters));
    let letter = letters.iter().find(|letter| letter.rcpt == FIRST && letter.id().contains(".e")).cloned();
    let letter = letter.unwrap_or_else(|| panic!("{:?}", letters.iter().map(|l| l.id()).collect::<Vec<_>>()));
    let more = desk.reply(FIRST, &letter, "", "Nothing at all.");
    desk.send("internal", &more).await;
    let exported = said(&desk, &["export", "OTK-1", "--format", "mbox"]);
    assert!(exported.contains("It prints nothing.") && !exported.contains(&letter.id()), "{exported}");
}

#[tokio::test]
async fn what_was_written_before_a_move_is_found_under_the_number_of_now() {
    let mut desk = Counter::open("0s");
    let (_, notification) = desk.ask("support", OLGA, "Ticket", "The turbine is silent.").await;
    let moved = desk.reply(FIRST, &notification, "[desk trv]", "");
    let letters = desk.send("support", &moved).await;
    let booker = letters.iter().find(|letter| letter.rcpt == BOOKER).unwrap().clone();
    let note = desk.reply(BOOKER, &booker, "[note]", "Look at the gearbox.");
    desk.send("booking", &note).await;
    assert_eq!(desk.status("OTK-1"), "transferred");
    for (words, numbers) in [
        (&["turbine"][..], &["TRV-1"][..]),
        (&["urbin"], &["TRV-1"]),
        (&["turbine", "gearbox"], &["TRV-1"]),
        (&["turbine", "--desk", "TRV"], &["TRV-1"]),
        (&["turbine", "--desk", "OTK"], &[]),
        (&["turbine", "--since", "2026-11-21"], &["TRV-1"]),
        (&["turbine", "--since", "2030-01-01"], &[]),
    ] {
        assert_eq!(found(&desk, words), numbers, "{words:?}");
    }
    assert_eq!(json(&desk, &["search", "turbine"])["found"][0]["found"]["words"], "The turbine is silent.");
}

#[tokio::test]
async fn a_text_without_a_blank_is_shown_in_brief() {
    let mut desk = Counter::open("0s");
    let endless = "turbine,gear;".repeat(20_000);
    desk.ask("support", OLGA, "Ticket", &endless).await;
    let answer = json(&desk, &["search", "turbine", "gear"]);
    let words = answer["found"][0]["found"]["words"].as_str().unwrap();
    assert!(words.contains("turbine,gear") && words.len() < 400, "{} bytes", words.len());
}
