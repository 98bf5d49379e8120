//! `maildesk ingest`: what a mail server learns from its exit code, and that 0 is said only of what is safe.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Output;

use crate::support::{Message, TestDesk};

const SIGKILL: i32 = 9;

/// One desk whose mail comes by a pipe, and whose letters go into a folder. Beside it a mailbox that is read, whose password
/// only the daemon can have.
const PIPED: &str = r#"
[desk.OTK]
name = "Example support"
address = "support@example.org"

[mailbox.pipe]
desk = "OTK"
pipe = true
max_message = "300KB"

[mailbox.other]
desk = "OTK"
host = "imap.example.org"
user = "other"
password_env = "ONLY_THE_DAEMON_HAS_IT"

[transport.folder]
folder = "letters"
"#;

/// An installation whose database is made.
fn piped() -> TestDesk {
    let desk = TestDesk::program(PIPED);
    // The mailbox without its password is told of; the pass is done all the same.
    assert_eq!(desk.output(&["once"]).status.code(), Some(1));
    desk
}

fn ingest(desk: &TestDesk, mailbox: &str, raw: &[u8], variables: &[(&str, &str)]) -> Output {
    desk.fed(&["ingest", "--mailbox", mailbox], raw, variables)
}

fn code(output: &Output) -> Option<i32> {
    assert!(output.stdout.is_empty());
    output.status.code()
}

fn request(id: &str) -> Vec<u8> {
    Message::to_support(id, "ivan@example.com", &format!("About {id}")).raw()
}

/// Every row of the ledger: its state, and what became of it.
fn dispositions(desk: &TestDesk) -> Vec<String> {
    let disposition = |row: &serde_json::Value| {
        format!("{} {}", row["state"].as_str().unwrap(), row["disposition"].as_str().unwrap_or("none"))
    };
    desk.received().iter().map(disposition).collect()
}

#[test]
fn zero_is_said_of_a_message_that_is_safe_and_then_filed() {
    let desk = piped();
    assert_eq!(code(&ingest(&desk, "pipe", &request("a@example.com"), &[])), Some(0));
    assert_eq!(dispositions(&desk), ["accepted none"]);
    desk.output(&["once"]);
    assert_eq!(dispositions(&desk), ["handled opened"]);
    assert_eq!(desk.disposition("a@example.com")["mailbox"], "pipe");
    assert_eq!(desk.outbox().len(), 1);
}

#[test]
fn a_second_try_with_the_same_bytes_is_nothing_new_and_the_same_message_otherwise_a_duplicate() {
    let desk = piped();
    let raw = request("twice@example.com");
    let nameless = Message::new("", "nina@example.com", "Without an id").header("To: support@example.org").raw();
    for _ in 0..2 {
        assert_eq!(code(&ingest(&desk, "pipe", &raw, &[])), Some(0));
        assert_eq!(code(&ingest(&desk, "pipe", &nameless, &[])), Some(0));
    }
    // As local(8) of Postfix hands it over at each try: the first line is no header.
    let with_envelope = [b"From ivan@example.com Sat Nov 21 10:00:00 2026\n", raw.as_slice()].concat();
    assert_eq!(code(&ingest(&desk, "pipe", &with_envelope, &[])), Some(0));
    assert_eq!(desk.received().len(), 2);
    let again = [b"Received: from two.example; Sat, 21 Nov 2026 10:00:00 +0000\r\n", raw.as_slice()].concat();
    assert_eq!(code(&ingest(&desk, "pipe", &again, &[])), Some(0));
    desk.output(&["once"]);
    assert_eq!(dispositions(&desk), ["handled opened", "handled opened", "handled duplicate"]);
    assert_eq!(desk.requests().len(), 2);
}

#[test]
fn what_is_no_message_or_too_large_is_bad_input() {
    let desk = piped();
    let large = |size: usize| [request("large@example.com"), vec![b'x'; size]].concat();
    for bad in [&b""[..], b"\r\n \n", b"From nobody at all\n", &large(2_000_000)] {
        let output = ingest(&desk, "pipe", bad, &[]);
        assert_eq!(code(&output), Some(65), "{} bytes: {output:?}", bad.len());
        assert!(!output.stderr.is_empty());
    }
    assert_eq!(dispositions(&desk), [""; 0]);
    // Bytes of any kind are a message, and one of several chunks is whole.
    for (good, id) in [(&b"\xff\0\x01 no header at all"[..], 1), (&large(299_000), 2)] {
        assert_eq!(code(&ingest(&desk, "pipe", good, &[])), Some(0));
        assert_eq!(desk.bytes(&["received", "export", &id.to_string()]), good);
    }
}

#[test]
fn a_mailbox_that_is_no_pipe_and_a_broken_configuration_are_for_the_operator() {
    let desk = piped();
    for mailbox in ["other", "unknown", ""] {
        let output = ingest(&desk, mailbox, &request("c@example.com"), &[]);
        assert_eq!(code(&output), Some(78), "{mailbox}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("pipe = true"), "{output:?}");
    }
    fs::write(desk.path("maildesk.toml"), PIPED.replace("pipe = true", "pipe = true\nfolder = \"INBOX\"")).unwrap();
    let output = ingest(&desk, "pipe", &request("c@example.com"), &[]);
    assert_eq!(code(&output), Some(78));
    assert!(String::from_utf8_lossy(&output.stderr).contains("mailbox.pipe.folder"), "{output:?}");
    fs::remove_file(desk.path("maildesk.toml")).unwrap();
    assert_eq!(code(&ingest(&desk, "pipe", &request("c@example.com"), &[])), Some(78));
}

#[test]
fn without_a_database_or_while_somebody_locks_it_the_mail_server_tries_again() {
    let desk = TestDesk::program(PIPED);
    let raw = request("later@example.com");
    assert_eq!(code(&ingest(&desk, "pipe", &raw, &[])), Some(75), "nothing was ever started");
    assert!(!desk.database().exists(), "the database is the daemon's to make");
    desk.output(&["once"]);
    let other = rusqlite::Connection::open(desk.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let output = ingest(&desk, "pipe", &raw, &[]);
    assert_eq!(code(&output), Some(75), "{output:?}");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(desk.received().len(), 0);
    assert_eq!(code(&ingest(&desk, "pipe", &raw, &[])), Some(0));
}

#[test]
fn killed_before_it_is_safe_nothing_is_there_and_killed_after_the_second_try_is_nothing_new() {
    for (point, safe) in [("ingest.before", 0), ("ingest.after", 1)] {
        let desk = piped();
        let raw = request("killed@example.com");
        let output = ingest(&desk, "pipe", &raw, &[("MAILDESK_FAILPOINT", point)]);
        assert_eq!(output.status.signal(), Some(SIGKILL), "{point}: a mail server takes that for no success");
        assert_eq!(desk.received().len(), safe, "{point}");
        assert_eq!(
            desk.number("SELECT count(*) FROM raw"),
            i64::try_from(safe).unwrap(),
            "{point}: nothing half-stored"
        );
        assert_eq!(code(&ingest(&desk, "pipe", &raw, &[])), Some(0));
        desk.output(&["once"]);
        assert_eq!(dispositions(&desk), ["handled opened"], "{point}");
        assert_eq!(desk.outbox().len(), 1, "{point}");
    }
}

#[test]
fn beside_a_running_daemon_many_at_once_are_all_taken_and_answered() {
    let desk = TestDesk::on_servers(
        &PIPED.replace("[transport.folder]\nfolder = \"letters\"", "[transport.main]\nSUBMISSION"),
    );
    let mut daemon = desk.run();
    daemon.until("it runs", || desk.log().contains("ready"));
    std::thread::scope(|scope| {
        for n in 0..12 {
            let (desk, raw) = (
                &desk,
                Message::to_support(&format!("p{n}@example.com"), &format!("from-{n}@example.com"), "Hello").raw(),
            );
            scope.spawn(move || assert_eq!(code(&ingest(desk, "pipe", &raw, &[])), Some(0)));
        }
    });
    assert_eq!(desk.received().len(), 12);
    daemon.until("all are answered", || desk.servers().sent().len() == 12);
    assert!(daemon.stop().success());
    assert_eq!(desk.requests().len(), 12);
}

#[test]
fn the_help_and_the_document_say_how_a_mail_server_calls_it() {
    let document = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/mail-servers.md"));
    for text in [document, &TestDesk::program(PIPED).text(&["ingest", "--help"])] {
        assert!(text.contains("maildesk ingest --mailbox support"), "{text}");
        assert!(text.contains("75"), "{text}");
    }
}
