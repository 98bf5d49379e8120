//! Every command of the documents for operators, run by a shell as it is written there.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::{FROM_A_MAILDIR, Message, TestDesk, temporary_folder};
use regex::Regex;

const DOCUMENTS: &str = concat!(
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operation.md")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/backup.md")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/mail-servers.md")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/tags.md")),
);

/// What stands in the documents for something of the reader's own, and what it is in the test. Paths outside the folder in which
/// commands run are mapped into it.
const SAMPLES: [(&str, &str); 5] = [
    ("WORDS", "печать"),
    ("FILE", "new-file"),
    ("ADDRESS", "ivan@example.com"),
    ("MESSAGE", "7"),
    ("/srv/backup/", "copies/"),
];

/// Commands that end with another exit code than 0 here, and why.
const EXITS: [(&str, i32, &str); 3] = [
    ("maildesk status", 1, "no daemon runs, which is a warning"),
    ("maildesk status --check", 1, "no daemon runs, which is a warning"),
    ("maildesk resync", 1, "nothing is accepted yet"),
];

/// What happens before a command, and why.
const BEFORE: [(&str, &str, &str); 1] =
    [("maildesk restore ", "rm state/maildesk.db", "it is needed on the day on which the database is lost")];

/// Commands that are not run here, and why.
const NOT_RUN: [(&str, &str); 0] = [];

/// An installation in which what the documents name is there: request OTK-42 waits for version 2.4.17, message 7 is in quarantine,
/// letter 3 has failed.
fn installation() -> TestDesk {
    let desk = TestDesk::program(&format!("{FROM_A_MAILDIR}\n[limits]\nall_hour = 10000\n"));
    for number in 1..=43 {
        let id = format!("m{number:02}@example.com");
        let subject = format!("Не идёт печать, случай {number}");
        let from = if number == 1 { "ivan@example.com".to_owned() } else { format!("customer{number}@example.com") };
        let message = Message::to_support(&id, &from, &subject);
        let message = message.file("screen.txt", "text/plain", b"ERROR 17\n");
        desk.deliver("support", &message.raw());
    }
    desk.once();
    assert_eq!(desk.requests().len(), 43);
    desk.text(&["set", "OTK-42", "release 2.4.17 2026-12-01"]);
    desk.once();
    desk.alter("UPDATE received SET state = 'quarantined' WHERE id = 7");
    desk.alter("UPDATE letter SET state = 'failed', answer = '550 no' WHERE id = 3");
    desk.alter("INSERT INTO complaint (address, at, request) VALUES ('olga@customer.example', 0, 1)");
    desk.text(&["invite", "ivanov"]);
    let raw = Message::to_support("new@example.com", "ivan@example.com", "Печать");
    fs::write(desk.path("message.eml"), raw.raw()).unwrap();
    fs::create_dir(desk.path("copies")).unwrap();
    desk.text(&["backup", &desk.path("maildesk-2026-11-21.db").display().to_string()]);
    desk
}

/// The documents' spans of code, each with whether it stands in a table, and their blocks of shell commands.
fn operation() -> (Vec<(String, bool)>, Vec<Vec<String>>) {
    let fence = Regex::new(r"(?s)\n```(\w*)\n(.*?)\n```").unwrap();
    let blocks = fence.captures_iter(DOCUMENTS).filter(|block| &block[1] == "sh");
    let bare = |line: &str| line.split(" #").next().unwrap_or_default().trim_end().to_owned();
    let ours = |line: &String| line.starts_with("maildesk ");
    let blocks = blocks.map(|block| block[2].lines().map(bare).filter(ours).collect()).collect();
    let text = fence.replace_all(DOCUMENTS, "");
    let span = Regex::new(r"`([^`]+)`").unwrap();
    let in_table = |at: usize| text[..at].rsplit('\n').next().is_some_and(|line| line.starts_with('|'));
    let spans = span.captures_iter(&text).map(|found| {
        let whole = found.get(0).unwrap();
        (found[1].split_whitespace().collect::<Vec<_>>().join(" "), in_table(whole.start()))
    });
    (spans.collect(), blocks)
}

/// The names of all commands, as `maildesk help` lists them.
fn subcommands() -> Vec<String> {
    let help = Command::new(env!("CARGO_BIN_EXE_maildesk")).arg("help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let line = Regex::new(r"(?m)^  ([a-z]+)  ").unwrap();
    line.captures_iter(&help).map(|found| found[1].to_owned()).collect()
}

/// A span as the command that it is: `maildesk …`, or in a table what follows that word. A name alone in a sentence speaks of
/// the command and is none.
fn command(span: &str, in_table: bool, subcommands: &[String]) -> Option<String> {
    let span = span.strip_prefix("sudo -u maildesk ").unwrap_or(span);
    let (named, rest) = match span.strip_prefix("maildesk ") {
        Some(rest) => (true, rest),
        None => (false, span),
    };
    let mut words = rest.split(' ');
    let first = words.next().unwrap_or_default();
    let is_subcommand = subcommands.iter().any(|name| name == first);
    assert!(is_subcommand || !named || first == "…", "`{span}`: there is no such command");
    let is_whole = in_table && named || words.next().is_some();
    (is_subcommand && is_whole && (named || in_table)).then(|| format!("maildesk {rest}"))
}

/// A command without what stands in brackets, and with all of it.
fn variants(command: &str) -> Vec<String> {
    let optional = Regex::new(r" ?\[([^\]]*)\]").unwrap();
    let mut variants =
        vec![optional.replace_all(command, "").into_owned(), optional.replace_all(command, " $1").into_owned()];
    variants.dedup();
    variants
}

/// With samples for what the reader is to fill in.
fn filled(command: &str) -> String {
    let placeholder = Regex::new(r"(?:^| )([A-Z][A-Z_]+)(?: |$)").unwrap();
    for found in placeholder.captures_iter(command) {
        let is_known = &found[1] == "OTK" || SAMPLES.iter().any(|(name, _)| *name == &found[1]);
        assert!(
            is_known,
            "`{command}`: what is {}? Give a value for it in SAMPLES of tests/it/document_commands.rs",
            &found[1]
        );
    }
    let mut filled = command.to_owned();
    for (name, sample) in SAMPLES {
        let is_word = name.chars().all(|c| c.is_ascii_uppercase());
        let pattern = if is_word { format!(r"\b{name}\b") } else { regex::escape(name) };
        filled = Regex::new(&pattern).unwrap().replace_all(&filled, sample).into_owned();
    }
    filled
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Runs a command as somebody who stands in this folder and has maildesk in their path.
fn in_shell(command: &str, folder: &Path) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_maildesk")).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(program.to_path_buf()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let mut shell = Command::new("sh");
    shell.args(["-euc", command]).current_dir(folder).env("PATH", path.unwrap());
    shell.env("MAILDESK_CONFIG", folder.join("maildesk.toml")).output().unwrap()
}

/// Runs a command, and says how it failed, if it did.
fn fault(command: &str, folder: &Path) -> Option<String> {
    let expected = EXITS.iter().find(|(known, ..)| *known == command).map_or(0, |(_, code, _)| *code);
    for (known, script, _) in BEFORE {
        if command.starts_with(known) {
            assert!(in_shell(script, folder).status.success(), "{script}");
        }
    }
    let output = in_shell(command, folder);
    let is_right = output.status.code() == Some(expected);
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    let (stdout, stderr) = (said(&output.stdout), said(&output.stderr));
    (!is_right).then(|| format!("`{command}`: {}, expected {expected}\n{stdout}\n{stderr}", output.status))
}

#[test]
fn each_command_of_the_documents_works_as_it_is_written() {
    let (spans, blocks) = operation();
    let subcommands = subcommands();
    let commands: Vec<String> = spans
        .iter()
        .filter_map(|(span, in_table)| command(span, *in_table, &subcommands))
        .filter(|command| !NOT_RUN.iter().any(|(known, _)| known == command))
        .flat_map(|command| variants(&command))
        .collect();
    assert!(commands.len() >= 25, "they are found: {commands:?}");
    let desk = installation();
    let folder = temporary_folder();
    let mut faults = Vec::new();
    let copies = (0..).map(|count: u32| folder.path().join(count.to_string()));
    let scripts = commands.iter().map(|command| vec![command.clone()]).chain(blocks);
    for (script, copied) in scripts.zip(copies) {
        // Each begins with the same state.
        copy(&desk.path(""), &copied);
        faults.extend(script.iter().filter_map(|command| fault(&filled(command), &copied)));
    }
    assert!(
        faults.is_empty(),
        "{}\n\nWhere the document is right, the command needs something that installation() lacks, another exit code (EXITS), a \
         sample value (SAMPLES), or cannot be run here (NOT_RUN): see the head of tests/it/document_commands.rs",
        faults.join("\n\n")
    );
}

#[test]
fn what_is_known_of_commands_is_still_in_the_documents() {
    let (spans, blocks) = operation();
    let all: Vec<String> = spans.iter().flat_map(|(span, _)| variants(span)).chain(blocks.concat()).collect();
    for known in EXITS.iter().map(|(command, ..)| command).chain(NOT_RUN.iter().map(|(command, _)| command)) {
        assert!(all.iter().any(|span| span == known), "`{known}` is not in the documents any more");
    }
}

#[test]
fn spans_are_told_apart() {
    let names = ["show", "outbox", "set"].map(str::to_owned);
    for (span, in_table, expected) in [
        ("maildesk show OTK-42 [--full]", true, Some("maildesk show OTK-42 [--full]")),
        ("outbox show 3", true, Some("maildesk outbox show 3")),
        ("maildesk outbox", true, Some("maildesk outbox")),
        ("maildesk outbox", false, None),
        ("maildesk outbox show 3", false, Some("maildesk outbox show 3")),
        ("outbox show 3", false, None),
        ("sudo -u maildesk maildesk outbox show 3", false, Some("maildesk outbox show 3")),
        ("set", true, None),
        ("--json", false, None),
        ("maildesk.db", false, None),
    ] {
        assert_eq!(command(span, in_table, &names).as_deref(), expected, "{span}");
    }
    assert_eq!(variants("list [WORDS] [--desk OTK] x"), ["list x", "list WORDS --desk OTK x"]);
    assert_eq!(filled("backup /srv/backup/a.db FILE"), "backup copies/a.db new-file");
    assert!(std::panic::catch_unwind(|| filled("forget SOMEBODY")).is_err());
}
