//! The five desks of `fixtures/desks`: every promise that a document makes about requests, shown through the whole daemon. Time
//! is an argument: days pass in milliseconds.

mod iqnix;
mod mixvel;
mod otk;
mod retributor;
mod trekmark;

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

/// Each desk with the tests of its promises.
const DESKS: [(&str, &str); 5] = [
    ("otk", include_str!("desks/otk.rs")),
    ("mixvel", include_str!("desks/mixvel.rs")),
    ("trekmark", include_str!("desks/trekmark.rs")),
    ("iqnix", include_str!("desks/iqnix.rs")),
    ("retributor", include_str!("desks/retributor.rs")),
];

/// Whether a command works, and all that it says.
fn maildesk(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_maildesk")).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[test]
fn every_desk_passes_check() {
    for (name, _) in DESKS {
        let file = format!("fixtures/desks/{name}.toml");
        let (good, said) = maildesk(&["--config", &file, "check"]);
        assert!(good, "{said}");
        // The Maildir and the relay are those of another machine.
        let warnings = said.lines().filter(|line| line.starts_with("warning"));
        let other: Vec<&str> = warnings.filter(|line| !line.contains("maildir") && !line.contains(".tls:")).collect();
        assert!(other.is_empty(), "{other:?}");
    }
}

#[test]
fn every_promise_in_a_table_has_its_test_and_every_test_its_promise() {
    for (name, tests) in DESKS {
        let table = fs::read_to_string(format!("fixtures/desks/{name}.toml")).unwrap();
        let rows = table.lines().take_while(|line| line.starts_with('#'));
        let last = rows.filter_map(|row| row.rsplit_once('|')).map(|(_, test)| test.trim());
        let promised: BTreeSet<&str> = last.filter(|test| test.starts_with(name)).collect();
        let shown: BTreeSet<&str> = tests
            .lines()
            .filter_map(|line| line.strip_prefix("fn ")?.split_once('('))
            .map(|(test, _)| test)
            .filter(|test| test.starts_with(name))
            .collect();
        assert_eq!(promised, shown, "{name}");
        assert!(shown.len() >= 5, "{name}");
    }
}

#[test]
fn the_texts_of_a_desk_are_printed_to_begin_from() {
    let (good, said) = maildesk(&["--config", "fixtures/desks/otk.toml", "check", "--texts"]);
    assert!(good, "{said}");
    for part in [
        "# desk.OTK.texts.acknowledgement_ru: built in; fields {number} {subject} {attachments} {files} {deadline} {desk} {address}\n",
        "Мы получили Ваш запрос, его номер {number}.\n",
        "# desk.OTK.texts.done_en: ",
        "Request {number}: {status}. Is the issue resolved?",
        "{desk}\n{address}\n",
    ] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
}
