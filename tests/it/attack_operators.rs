//! What somebody means ill, or a program does oddly, on the way to those who operate a desk: searches, exports.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};

use crate::support::{BOOKER, FIRST, SentLetter, TestDesk};
use maildesk::mail::parse;
use serde_json::Value;

const OLGA: &str = "olga@client.example";

fn maildesk(desk: &TestDesk, arguments: &[&str]) -> Output {
    let config = desk.path("maildesk.toml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_maildesk"));
    command.env("TZ", "UTC").arg("--config").arg(config).args(arguments).output().unwrap()
}

fn said(desk: &TestDesk, arguments: &[&str]) -> String {
    let output = maildesk(desk, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(desk: &TestDesk, arguments: &[&str]) -> Value {
    serde_json::from_str(&said(desk, &[arguments, &["--json"]].concat())).unwrap()
}

fn beside(desk: &TestDesk, name: &str) -> PathBuf {
    desk.path(name)
}

/// The numbers that a search finds.
fn found(desk: &TestDesk, arguments: &[&str]) -> Vec<String> {
    let answer = json(desk, &[&["search"], arguments].concat());
    answer["found"].as_array().unwrap().iter().map(|row| row["number"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_note_quoted_below_an_answer_stays_a_note() {
    let mut desk = TestDesk::two("0s");
    let (_, notification) = desk.ask("support", OLGA, "Till", "It prints nothing.");
    let note = desk.reply(FIRST, &notification, "[note] [line 2]", "Secret: she never pays.");
    let letters = desk.send_to("support", &note);
    let told = letters.iter().find(|letter| letter.rcpt == crate::support::SECOND).unwrap().clone();
    assert!(told.read().text.contains("Secret"));
    let answer = desk.reply(crate::support::SECOND, &told, "[done]", "It prints again.");
    desk.send_to("support", &answer);
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

#[test]
fn mail_that_begins_with_a_line_of_mbox_keeps_its_header_in_an_mbox() {
    let mut desk = TestDesk::two("0s");
    let message = desk.message(OLGA, "Till", "It prints nothing.").header("To: support@example.org");
    let raw = [b"From olga@client.example  Sat Nov 21 09:30:00 2026\n", message.raw().as_slice()].concat();
    desk.deliver("support", &raw);
    desk.pass();
    let mbox = said(&desk, &["export", "OTK-1", "--format", "mbox"]);
    let first = mbox.split("\n\nFrom ").next().unwrap();
    let (separator, message) = first.split_once('\n').unwrap();
    assert!(separator.starts_with("From olga@client.example "), "{mbox}");
    assert!(!message.starts_with('>'), "{message}");
    assert_eq!(parse::parse(message.as_bytes()).subject_raw, "Till");
}

#[test]
fn nobody_else_on_the_machine_reads_what_was_exported() {
    let mut desk = TestDesk::two("0s");
    let message = desk.message(OLGA, "Till", "It prints nothing.").file("a.txt", "text/plain", b"Private.");
    desk.send_to("support", &message);
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

/// Whether its Message-ID names an engineer: `otk-1.2.etov5mo.k1.…`; a customer's goes on with the key, `otk-1.2.k1.…`.
fn is_to_engineer(letter: &SentLetter) -> bool {
    letter.id().split('.').nth(2).is_some_and(|part| part.starts_with('e'))
}

#[test]
fn an_engineer_who_asks_himself_leaves_no_token_in_an_export() {
    let mut desk = TestDesk::two("0s");
    let asked = desk.message(FIRST, "My own till", "It prints nothing.");
    let letters = desk.send_to("internal", &asked);
    let (_, opened, _) = desk.last_disposition();
    assert_eq!(opened, "OTK-1", "{:?}", crate::support::recipients(&letters));
    let letter = letters.iter().find(|letter| letter.rcpt == FIRST && is_to_engineer(letter)).cloned();
    let letter = letter.unwrap_or_else(|| panic!("{:?}", letters.iter().map(|l| l.id()).collect::<Vec<_>>()));
    let more = desk.reply(FIRST, &letter, "", "Nothing at all.");
    desk.send_to("internal", &more);
    let exported = said(&desk, &["export", "OTK-1", "--format", "mbox"]);
    assert!(exported.contains("It prints nothing.") && !exported.contains(&letter.id()), "{exported}");
}

#[test]
fn what_was_written_before_a_move_is_found_under_the_number_of_now() {
    let mut desk = TestDesk::two("0s");
    let (_, notification) = desk.ask("support", OLGA, "Ticket", "The turbine is silent.");
    let moved = desk.reply(FIRST, &notification, "[desk trv]", "");
    let letters = desk.send_to("support", &moved);
    let booker = letters.iter().find(|letter| letter.rcpt == BOOKER).unwrap().clone();
    let note = desk.reply(BOOKER, &booker, "[note]", "Look at the gearbox.");
    desk.send_to("booking", &note);
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

#[test]
fn a_text_without_a_blank_is_shown_in_brief() {
    let mut desk = TestDesk::two("0s");
    let endless = "turbine,gear;".repeat(20_000);
    desk.ask("support", OLGA, "Ticket", &endless);
    let answer = json(&desk, &["search", "turbine", "gear"]);
    let words = answer["found"][0]["found"]["words"].as_str().unwrap();
    assert!(words.contains("turbine,gear") && words.len() < 400, "{} bytes", words.len());
}
