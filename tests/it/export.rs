//! `export` of many requests: a table, JSON lines, mail. Each is read again by a reader that is not ours, or as it was sent.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use crate::support::{IVANOV, OLGA, TestDesk};
use maildesk::mail::parse;
use maildesk::model::LetterState;
use serde_json::Value;

const PAVEL: &str = "pavel@factory.example";

/// Subjects as people write them, and as somebody writes them who thinks of a spreadsheet.
const SUBJECTS: [&str; 8] = [
    "Не печатается «Акт сверки», а \"Отчёт\" — пустой",
    "=HYPERLINK(\"http://evil.example\";\"OTK\")",
    "+7 495 000-00-00",
    "-2+3",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "＝1+1",
    "Report; =cmd|' /C calc'!A0",
    "a, b; c",
];

/// What `export` of all requests prints.
fn exported(desk: &TestDesk, arguments: &[&str]) -> String {
    let output = desk.output(&[&["export"], arguments].concat());
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "no progress where nobody watches: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The rows of a table by their headings, as a reader of RFC 4180 sees them.
fn rows(table: &str, separator: u8) -> Vec<HashMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.delimiter(separator).from_reader(table.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

fn numbers(table: &str) -> Vec<String> {
    rows(table, b',').iter().map(|row| row["number"].clone()).collect()
}

/// A desk with a request for each subject, and two requests of the other desk, one of them answered.
fn busy() -> TestDesk {
    let mut desk = TestDesk::two_desks("0s");
    for subject in SUBJECTS {
        let from = format!("\"=Olga, \\\"the\\\" boss\" <{OLGA}>");
        desk.ask("support", &from, subject, "It is broken.\n\nFrom here on\n>From there");
    }
    desk.ask("booking", PAVEL, "A seat", "By the window.");
    let (_, notification) = desk.ask("booking", PAVEL, "Refund", "Please.");
    let done = desk.reply("smirnov@example.org", &notification, "[done]", "The money is on its way.");
    desk.send_to("booking", &done);
    desk
}

/// A path in the folder of the desk, also as an argument of a command.
fn in_folder(desk: &TestDesk, name: &str) -> (PathBuf, String) {
    let path = desk.path(name);
    (path.clone(), path.display().to_string())
}

#[test]
fn a_table_is_read_back_whole_and_holds_no_formula() {
    let desk = busy();
    for (separator, arguments) in [
        (b',', &["--format", "csv"][..]),
        (b';', &["--format", "csv", "--separator", "semicolon"]),
        (b'\t', &["--format", "csv", "--separator", "tab"]),
    ] {
        let table = exported(&desk, arguments);
        let rows = rows(&table, separator);
        assert_eq!(rows.len(), 10);
        for (row, subject) in rows.iter().zip(SUBJECTS) {
            let shown = desk.request(&row["number"]).subject;
            assert_eq!(shown, subject, "the subject stands as it came");
            let cell = &row["subject"];
            assert_eq!(cell.replace('\'', ""), shown.replace('\'', ""), "nothing is lost");
            assert_eq!(row["requester_name"], "'=Olga, \"the\" boss");
        }
        // A program that splits at other separators, or at all of them, finds no formula either.
        let cells = rows.iter().flat_map(HashMap::values).flat_map(|cell| cell.split(['\n', '\r']));
        for cell in cells.flat_map(|cell| cell.split(|c| [',', ';', '\t'].contains(&c) && c != char::from(separator))) {
            let bare = cell.trim_start_matches(|c: char| c.is_whitespace() || c == '"');
            assert!(!bare.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']), "{cell}");
        }
    }
    let table = exported(&desk, &["--format", "csv"]);
    assert!(table.starts_with("number,desk,subject,") && table.ends_with("\r\n"));
    let with_mark = exported(&desk, &["--format", "csv", "--bom"]);
    assert_eq!(with_mark, format!("\u{feff}{table}"));
    let (first, last) = (&rows(&table, b',')[0], &rows(&table, b',')[9]);
    for (column, expected) in [
        ("number", "OTK-1"),
        ("desk", "OTK"),
        ("requester", OLGA),
        ("phase", "new"),
        ("messages", "1"),
        ("opened", "2026-11-21T09:30:01Z"),
        ("first_response", ""),
        ("completed", ""),
    ] {
        assert_eq!(first[column], expected, "{column}");
    }
    assert_eq!((last["status"].as_str(), last["phase"].as_str(), last["closed"].as_str()), ("done", "completed", ""));
    assert!(last["completed"].starts_with("2026-11-21T09:30:1") && last["resolution_seconds"] == "1", "{last:?}");
    assert_eq!(last["messages"], "2");
}

#[test]
fn filters_leave_what_was_asked_for() {
    let desk = busy();
    let all = numbers(&exported(&desk, &["--format", "csv"]));
    assert_eq!(all.len(), 10);
    for (filters, expected) in [
        (&["--desk", "trv"][..], &["TRV-1", "TRV-2"][..]),
        (&["--desk", "TRV", "--open"], &["TRV-1"]),
        (&["--phase", "completed"], &["TRV-2"]),
        (&["--desk", "TRV", "--phase", "completed", "--phase", "new"], &["TRV-1", "TRV-2"]),
        (&["--since", "2026-11-22"], &[]),
        (&["--until", "2026-11-20"], &[]),
        (&["--desk", "TRV", "--since", "2026-11-21", "--until", "2026-11-21"], &["TRV-1", "TRV-2"]),
        (&["TRV-2", "otk-3"], &["TRV-2", "OTK-3"]),
    ] {
        assert_eq!(numbers(&exported(&desk, &[&["--format", "csv"], filters].concat())), expected, "{filters:?}");
    }
    for (arguments, part) in [
        (&["--desk", "NOPE"][..], "there are: OTK, TRV"),
        (&["OTK-99"], "there is no request OTK-99"),
        (&["--phase", "lost"], "new, open, waiting"),
        (&["OTK-1", "--open"], "cannot be used with"),
        (&["--format", "csv", "--with-notes"], "notes cannot be exported as csv"),
        (&["--format", "mbox", "--with-notes"], "notes cannot be exported as mbox"),
    ] {
        let output = desk.output(&[&["export"], arguments].concat());
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains(part), "{arguments:?}: {error}");
    }
}

#[test]
fn json_lines_hold_what_the_document_of_each_holds() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Till", "It prints nothing.");
    let note = desk.reply(IVANOV, &notification, "[note]", "Secret: she never pays.");
    desk.send_to("support", &note);
    desk.ask("support", PAVEL, "Door", "It is locked.");
    for notes in [&[][..], &["--with-notes"]] {
        let lines = exported(&desk, &[&["--desk", "OTK"], notes].concat());
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        for line in &lines {
            let number = line["request"]["number"].as_str().unwrap();
            let document: Value = serde_json::from_str(&exported(&desk, &[&[number], notes].concat())).unwrap();
            assert_eq!(*line, document);
        }
        assert_eq!(lines[0].to_string().contains("Secret"), !notes.is_empty());
        assert!(!lines[0].to_string().contains(".e1"), "no token");
    }
    let read = exported(&desk, &["--desk", "OTK", "--format", "text"]);
    assert!(read.contains("OTK-1: Till") && read.contains("OTK-2: Door") && !read.contains("Secret"), "{read}");
}

#[test]
fn mail_is_read_back_message_by_message() {
    let desk = busy();
    let mbox = exported(&desk, &["--format", "mbox"]);
    let mut messages: Vec<Vec<u8>> = Vec::new();
    for line in mbox.split_inclusive('\n') {
        if line.starts_with("From ") {
            assert!(messages.last().is_none_or(|last| last.ends_with(b"\n\n")), "an empty line ends a message");
            messages.push(Vec::new());
            continue;
        }
        let is_quoted = line.trim_start_matches('>').starts_with("From ");
        messages.last_mut().unwrap().extend(if is_quoted { &line.as_bytes()[1..] } else { line.as_bytes() });
    }
    let ids: Vec<String> =
        messages.iter().map(|raw| parse::parse(raw).message_id.expect("each is a message").to_string()).collect();
    let reader = desk.reader();
    let mut expected: Vec<String> = Vec::new();
    for row in
        reader.view().received(None, 100).unwrap().iter().filter(|row| [OLGA, PAVEL].contains(&row.sender.as_str()))
    {
        let id = row.message_id.clone().unwrap();
        let at = ids.iter().position(|found| *found == id).expect("every message of a requester is there");
        let raw = String::from_utf8(reader.view().raw(row.id).unwrap()).unwrap();
        assert_eq!(String::from_utf8_lossy(&messages[at]), raw.replace("\r\n", "\n") + "\n");
        expected.push(id);
    }
    let letters = reader.view().letters(Some(LetterState::Sent), 100).unwrap();
    expected.extend(
        letters.iter().filter(|row| [OLGA, PAVEL].contains(&row.recipient.as_str())).map(|row| row.message_id.clone()),
    );
    assert_eq!((ids.len(), expected.len()), (21, 21), "ten requests, ten acknowledgements, an answer");
    let (mut ids, mut expected) = (ids, expected);
    ids.sort();
    expected.sort();
    assert_eq!(ids, expected);
}

#[test]
fn a_file_is_whole_or_not_there() {
    let desk = busy();
    let (path, name) = in_folder(&desk, "requests.csv");
    let said = exported(&desk, &["--format", "csv", "--output", &name]);
    assert_eq!(said, format!("10 requests written to {name}\n"));
    let written = fs::read_to_string(&path).unwrap();
    assert_eq!(numbers(&written).len(), 10);
    let again = desk.output(&[&["export"][..], &["--format", "csv", "--output", &name]].concat());
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("nothing is overwritten"));
    assert_eq!(fs::read_to_string(&path).unwrap(), written);

    // The last message cannot be read any more: what was written before it is not left behind.
    desk.alter("UPDATE raw_chunk SET codec = 9 WHERE raw = 10");
    let (path, name) = in_folder(&desk, "all.mbox");
    let broken = desk.output(&[&["export"][..], &["--format", "mbox", "--output", &name]].concat());
    assert!(!broken.status.success(), "{broken:?}");
    assert!(!path.exists());
    let folder = path.parent().unwrap();
    let left: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!left.iter().any(|path| path.display().to_string().ends_with(".part")), "{left:?}");
}
