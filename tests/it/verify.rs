//! `maildesk verify` finds whatever does not follow from the events.

use crate::support::{IVANOV, OLGA, TestDesk};
use serde_json::Value;

const PAVEL: &str = "pavel@factory.example";

#[test]
fn verify_finds_whatever_does_not_follow_from_the_events() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Ticket", "TagErrors day.");
    let moved = desk.reply(IVANOV, &notification, "[desk trv; priority high]", "");
    desk.send_to("support", &moved);
    desk.ask("support", PAVEL, "Ticket", "Another.");
    assert_eq!(
        desk.text(&["verify"]),
        "3 requests and 3 messages verified: events, numbers, references and raw messages agree\n"
    );
    let database = rusqlite::Connection::open(desk.database()).unwrap();
    database.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    database.execute_batch("CREATE TEMP TABLE kept_raw AS SELECT sha256 FROM raw WHERE id = 2").unwrap();
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
        (
            "UPDATE letter SET recipient = 'pavel@factory.example' WHERE id = 1",
            "UPDATE letter SET recipient = 'olga@client.example' WHERE id = 1",
            "letter 1: its recipient",
        ),
        (
            "UPDATE letter SET subject = 'x' || subject WHERE id = 2",
            "UPDATE letter SET subject = substr(subject, 2) WHERE id = 2",
            "letter 2: its subject",
        ),
        (
            "CREATE TEMP TABLE kept AS SELECT * FROM entry WHERE id = 1; DELETE FROM entry WHERE id = 1",
            "INSERT INTO entry SELECT * FROM kept",
            "message 1: its entry",
        ),
        (
            "UPDATE raw SET sha256 = zeroblob(32) WHERE id = 2",
            "UPDATE raw SET sha256 = (SELECT sha256 FROM kept_raw) WHERE id = 2",
            "message 2: its raw bytes are not those that were received",
        ),
        ("DELETE FROM link", "INSERT INTO link (request, other) VALUES (2, 1)", "TRV-1: linked is []"),
    ] {
        database.execute_batch(harm).unwrap();
        let output = desk.output(&["verify"]);
        let found = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.code() == Some(1) && found.contains(part), "{harm}: {found}");
        let faults: Value = serde_json::from_slice(&desk.output(&["verify", "--json"]).stdout).unwrap();
        assert!(faults["faults"].to_string().contains(&part.replace('"', "\\\"")), "{faults}");
        database.execute_batch(mend).unwrap();
    }
    assert!(desk.output(&["verify"]).status.success(), "all is mended");
}

#[test]
fn a_flipped_bit_in_an_index_is_damage_wherever_it_is() {
    let mut desk = TestDesk::two_desks("0s");
    let message = desk.message(OLGA, "Ticket", "The till prints nothing.");
    let id = desk.written_id(&message);
    desk.send_to("support", &message);
    desk.pass();
    let path = desk.database();
    let database = rusqlite::Connection::open(&path).unwrap();
    database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let page: u32 = database.query_row("PRAGMA page_size", [], |row| row.get(0)).unwrap();
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'received_identity'";
    let root: u32 = database.query_row(sql, [], |row| row.get(0)).unwrap();
    drop(database);
    let sound = std::fs::read(&path).unwrap();
    let (root, page) = (root as usize, page as usize);
    let begin = (root - 1) * page;
    let at = sound[begin..begin + page]
        .windows(id.len())
        .position(|text| text == id.as_bytes())
        .expect("the id in the index");
    let mut damaged = sound.clone();
    damaged[begin + at] ^= 1;
    std::fs::write(&path, damaged).unwrap();
    for command in [&["status", "--check"][..], &["verify"]] {
        let told = String::from_utf8(desk.output(command).stdout).unwrap();
        assert!(told.contains("received_identity"), "{command:?}: {told}");
    }
    std::fs::write(&path, sound).unwrap();
    desk.text(&["verify"]);
}
