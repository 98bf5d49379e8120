//! `release`, `export` and `verify`, as the operator types them.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use std::fs;
use std::process::{Command, Output};
use std::sync::atomic::Ordering;

use serde_json::Value;
use support::{Counter, FIRST, recipients, to};

const OLGA: &str = "olga@client.example";
const PAVEL: &str = "pavel@factory.example";

fn maildesk(desk: &Counter, arguments: &[&str]) -> Output {
    let config = desk.office.settings.state_dir.with_file_name("maildesk.toml");
    Command::new(env!("CARGO_BIN_EXE_maildesk")).arg("--config").arg(config).args(arguments).output().unwrap()
}

fn text(desk: &Counter, arguments: &[&str]) -> String {
    let output = maildesk(desk, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn release_lists_marks_what_slipped_and_tells_everybody_once() {
    let mut desk = Counter::open("0s");
    // The commands have the time of this machine; the daemon here is a little ahead of it.
    desk.office.now.store(jiff::Timestamp::now().as_second() + 3_600, Ordering::SeqCst);
    for (from, tags) in [(OLGA, "[release 2.4.17 2026-01-02]"), (PAVEL, "[release 2.5.0]")] {
        let (_, notification) = desk.ask("support", from, "A wish", "Please add a button.").await;
        let planned = desk.reply(FIRST, &notification, tags, "");
        desk.send("support", &planned).await;
    }
    let listed = text(&desk, &["release"]);
    let lines: Vec<&str> = listed.lines().collect();
    assert!(lines.iter().any(|line| line.starts_with("2.4.17\tOTK\t2026-01-02\t1\tslipped")), "{listed}");
    assert!(lines.contains(&"2.5.0\tOTK\t-\t1\t"), "{listed}");
    assert!(!text(&desk, &["release", "--desk", "TRV"]).contains("2.4.17"));

    let said = text(&desk, &["release", "2.4.17", "--date", "2099-12-20"]);
    assert!(said.starts_with("2.4.17: 1 request told of the new day, 1 letter written: OTK-1"), "{said}");
    let letters = desk.pass().await;
    assert_eq!(recipients(&letters), [OLGA]);
    assert!(to(&letters, OLGA).read().text.contains("20 December 2099"));
    assert!(!text(&desk, &["release"]).contains("slipped"));
    assert!(text(&desk, &["release", "2.4.17"]).contains("1 request answered"));
    assert!(text(&desk, &["release", "2.4.17"]).contains("nobody waits for 2.4.17"));
    assert_eq!(recipients(&desk.pass().await), [OLGA]);
    assert_eq!(desk.status("OTK-1"), "done");
    for (arguments, part) in [
        (&["release", "soon"][..], "2.4.17"),
        (&["release", "2.4.17", "--date", "tomorrow"], "2026-12-20"),
        (&["release", "2.4.17", "--desk", "NOPE"], "no desk NOPE"),
    ] {
        let output = maildesk(&desk, arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains(part), "{arguments:?}: {error}");
    }
}

#[tokio::test]
async fn a_request_is_exported_with_its_files_and_without_notes_and_tokens() {
    let mut desk = Counter::open("0s");
    let opening =
        desk.message(OLGA, "Till", "The till prints nothing.\n\nFrom Olga").file("till.log", "text/plain", b"ERROR\n");
    let letters = desk.send("support", &opening).await;
    let note = desk.reply(FIRST, &to(&letters, FIRST), "[note]", "Secret: she never pays.").file(
        "bill.txt",
        "text/plain",
        b"unpaid",
    );
    desk.send("support", &note).await;
    let moved = desk.reply(FIRST, &to(&letters, FIRST), "[desk trv]", "My colleagues will help you.");
    desk.send("support", &moved).await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();

    // Its time at the first desk belongs to it.
    let export: Value = serde_json::from_str(&text(&desk, &["export", "TRV-1"])).unwrap();
    assert_eq!(export["entries"].as_array().unwrap().len(), 2, "{export}");
    let printed = export.to_string();
    assert!(
        printed.contains("prints nothing") && printed.contains("My colleagues") && !printed.contains("Secret"),
        "{printed}"
    );
    assert!(!printed.contains(".e1") && !printed.contains("bill.txt"), "{printed}");
    assert!(text(&desk, &["export", "TRV-1", "--with-notes"]).contains("Secret: she never pays."));

    text(&desk, &["export", "TRV-1", "--output", &path("trv-1")]);
    assert_eq!(fs::read(folder.path().join("trv-1/001 till.log")).unwrap(), b"ERROR\n");
    let beside: Value = serde_json::from_slice(&fs::read(folder.path().join("trv-1/request.json")).unwrap()).unwrap();
    assert_eq!(beside["files"][0]["path"], "001 till.log");
    assert!(!maildesk(&desk, &["export", "TRV-1", "--output", &path("trv-1")]).status.success(), "never overwritten");

    let readable = text(&desk, &["export", "OTK-1", "--format", "text"]);
    assert!(readable.contains("prints nothing") && !readable.contains("Secret"), "{readable}");
    text(&desk, &["export", "OTK-1", "--format", "mbox", "--output", &path("mbox")]);
    let mbox = fs::read_to_string(path("mbox")).unwrap();
    assert_eq!(mbox.lines().filter(|line| line.starts_with("From ")).count(), 3, "hers, and our two to her:\n{mbox}");
    assert!(mbox.contains(">From Olga") && !mbox.contains("Secret") && !mbox.contains(".e1"), "{mbox}");
    assert!(!maildesk(&desk, &["export", "OTK-1", "--format", "mbox", "--with-notes"]).status.success());
}

#[tokio::test]
async fn verify_finds_whatever_does_not_follow_from_the_events() {
    let mut desk = Counter::open("0s");
    let (_, notification) = desk.ask("support", OLGA, "Ticket", "TagErrors day.").await;
    let moved = desk.reply(FIRST, &notification, "[desk trv; priority high]", "");
    desk.send("support", &moved).await;
    desk.ask("support", PAVEL, "Ticket", "Another.").await;
    assert_eq!(
        text(&desk, &["verify"]),
        "3 requests and 3 messages verified: events, numbers, references and raw bytes agree\n"
    );
    let database = rusqlite::Connection::open(desk.office.database()).unwrap();
    database.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    for (harm, mend, part) in [
        (
            "UPDATE request SET priority = 'low' WHERE id = 1",
            "UPDATE request SET priority = 'high' WHERE id = 1",
            "OTK-1: priority is",
        ),
        (
            "UPDATE request SET progress = json_remove(progress, '$.moved_to') WHERE id = 1",
            "UPDATE request SET progress = json_set(progress, '$.moved_to', 'TRV-1') WHERE id = 1",
            "OTK-1: progress is",
        ),
        (
            "UPDATE desk SET last_number = 7 WHERE key = 'TRV'",
            "UPDATE desk SET last_number = 1 WHERE key = 'TRV'",
            "TRV: has given 7 numbers",
        ),
        (
            "UPDATE request SET number = 5 WHERE id = 3",
            "UPDATE request SET number = 2 WHERE id = 3",
            "OTK-5: does not follow OTK-1",
        ),
        (
            "UPDATE letter SET cause = 999 WHERE id = 1",
            "UPDATE letter SET cause = 1 WHERE id = 1",
            "letter 1: names a row of received",
        ),
        (
            "UPDATE raw_chunk SET bytes = CAST(bytes || x'58' AS BLOB) WHERE raw = 1",
            "UPDATE raw_chunk SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) AS BLOB) WHERE raw = 1",
            "message 1: its raw bytes",
        ),
        (
            "UPDATE raw SET changed_sha256 = zeroblob(32) WHERE id = 2",
            "UPDATE raw SET changed_sha256 = NULL WHERE id = 2",
            "message 2: its raw bytes are not those that were received",
        ),
        ("DELETE FROM link", "INSERT INTO link (request, other) VALUES (2, 1)", "TRV-1: linked is []"),
    ] {
        database.execute_batch(harm).unwrap();
        let output = maildesk(&desk, &["verify"]);
        let found = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.code() == Some(1) && found.contains(part), "{harm}: {found}");
        let faults: Value = serde_json::from_slice(&maildesk(&desk, &["verify", "--json"]).stdout).unwrap();
        assert!(faults["faults"].to_string().contains(&part.replace('"', "\\\"")), "{faults}");
        database.execute_batch(mend).unwrap();
    }
    assert!(maildesk(&desk, &["verify"]).status.success(), "all is mended");
}
