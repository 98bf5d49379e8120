//! What an export shows of a request, and what it keeps back: notes, tokens, and everything from other users of the machine.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::support::{IVANOV, OLGA, PETROVA, SentLetter, TestDesk, recipients, temporary_folder, to};
use maildesk::mail::parse;
use serde_json::Value;

#[test]
fn a_request_is_exported_with_its_files_and_without_notes_and_tokens() {
    let mut desk = TestDesk::two_desks("0s");
    let opening =
        desk.message(OLGA, "Till", "The till prints nothing.\n\nFrom Olga").file("till.log", "text/plain", b"ERROR\n");
    let letters = desk.send_to("support", &opening);
    let note = desk.reply(IVANOV, &to(&letters, IVANOV), "[note]", "Secret: she never pays.").file(
        "bill.txt",
        "text/plain",
        b"unpaid",
    );
    desk.send_to("support", &note);
    let moved = desk.reply(IVANOV, &to(&letters, IVANOV), "[desk trv]", "My colleagues will help you.");
    desk.send_to("support", &moved);
    let folder = temporary_folder();
    let path = |name: &str| folder.path().join(name).display().to_string();

    // Its time at the first desk belongs to it.
    let export: Value = serde_json::from_str(&desk.text(&["export", "TRV-1"])).unwrap();
    assert_eq!(export["entries"].as_array().unwrap().len(), 2, "{export}");
    let printed = export.to_string();
    assert!(
        printed.contains("prints nothing") && printed.contains("My colleagues") && !printed.contains("Secret"),
        "{printed}"
    );
    assert!(!printed.contains(".e1") && !printed.contains("bill.txt"), "{printed}");
    assert!(desk.text(&["export", "TRV-1", "--with-notes"]).contains("Secret: she never pays."));

    desk.text(&["export", "TRV-1", "--output", &path("trv-1")]);
    assert_eq!(fs::read(folder.path().join("trv-1/001 till.log")).unwrap(), b"ERROR\n");
    let beside: Value = serde_json::from_slice(&fs::read(folder.path().join("trv-1/request.json")).unwrap()).unwrap();
    assert_eq!(beside["files"][0]["path"], "001 till.log");
    assert!(!desk.output(&["export", "TRV-1", "--output", &path("trv-1")]).status.success(), "never overwritten");

    let readable = desk.text(&["export", "OTK-1", "--format", "text"]);
    assert!(readable.contains("prints nothing") && !readable.contains("Secret"), "{readable}");
    desk.text(&["export", "OTK-1", "--format", "mbox", "--output", &path("mbox")]);
    let mbox = fs::read_to_string(path("mbox")).unwrap();
    assert_eq!(mbox.lines().filter(|line| line.starts_with("From ")).count(), 3, "hers, and our two to her:\n{mbox}");
    assert!(mbox.contains(">From Olga") && !mbox.contains("Secret") && !mbox.contains(".e1"), "{mbox}");
    assert!(!desk.output(&["export", "OTK-1", "--format", "mbox", "--with-notes"]).status.success());
}

#[test]
fn a_note_quoted_below_an_answer_stays_a_note() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Till", "It prints nothing.");
    let note = desk.reply(IVANOV, &notification, "[note] [line 2]", "Secret: she never pays.");
    let letters = desk.send_to("support", &note);
    let told = letters.iter().find(|letter| letter.rcpt == PETROVA).unwrap().clone();
    assert!(told.read().text.contains("Secret"));
    let answer = desk.reply(PETROVA, &told, "[done]", "It prints again.");
    desk.send_to("support", &answer);
    for arguments in [
        &["export", "OTK-1"][..],
        &["export", "--desk", "OTK"],
        &["export", "OTK-1", "--format", "text"],
        &["export", "OTK-1", "--format", "mbox"],
    ] {
        let exported = desk.text(arguments);
        assert!(exported.contains("It prints again."), "{arguments:?}: {exported}");
        assert!(!exported.contains("Secret"), "{arguments:?}: {exported}");
    }
    assert!(desk.text(&["export", "OTK-1", "--with-notes"]).contains("Secret"));
}

#[test]
fn mail_that_begins_with_a_line_of_mbox_keeps_its_header_in_an_mbox() {
    let mut desk = TestDesk::two_desks("0s");
    let message = desk.message(OLGA, "Till", "It prints nothing.").header("To: support@example.org");
    let raw = [b"From olga@client.example  Sat Nov 21 09:30:00 2026\n", message.raw().as_slice()].concat();
    desk.deliver("support", &raw);
    desk.pass();
    let mbox = desk.text(&["export", "OTK-1", "--format", "mbox"]);
    let first = mbox.split("\n\nFrom ").next().unwrap();
    let (separator, message) = first.split_once('\n').unwrap();
    assert!(separator.starts_with("From olga@client.example "), "{mbox}");
    assert!(!message.starts_with('>'), "{message}");
    assert_eq!(parse::parse(message.as_bytes()).subject_raw, "Till");
}

#[test]
fn nobody_else_on_the_machine_reads_what_was_exported() {
    let mut desk = TestDesk::two_desks("0s");
    let message = desk.message(OLGA, "Till", "It prints nothing.").file("a.txt", "text/plain", b"Private.");
    desk.send_to("support", &message);
    let (table, folder, file) = (desk.path("all.csv"), desk.path("otk-1"), desk.path("a.txt"));
    let name = |path: &PathBuf| path.display().to_string();
    desk.text(&["export", "--format", "csv", "--output", &name(&table)]);
    desk.text(&["export", "OTK-1", "--output", &name(&folder)]);
    desk.text(&["attachment", "1", "--output", &name(&file)]);
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
    let mut desk = TestDesk::two_desks("0s");
    let asked = desk.message(IVANOV, "My own till", "It prints nothing.");
    let letters = desk.send_to("internal", &asked);
    let (_, opened, _) = desk.last_disposition();
    assert_eq!(opened, "OTK-1", "{:?}", recipients(&letters));
    let letter = letters.iter().find(|letter| letter.rcpt == IVANOV && is_to_engineer(letter)).cloned();
    let letter = letter.unwrap_or_else(|| panic!("{:?}", letters.iter().map(|l| l.id()).collect::<Vec<_>>()));
    let more = desk.reply(IVANOV, &letter, "", "Nothing at all.");
    desk.send_to("internal", &more);
    let exported = desk.text(&["export", "OTK-1", "--format", "mbox"]);
    assert!(exported.contains("It prints nothing.") && !exported.contains(&letter.id()), "{exported}");
}
