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
        let output = desk.output(&["verify"]);
        let found = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.code() == Some(1) && found.contains(part), "{harm}: {found}");
        let faults: Value = serde_json::from_slice(&desk.output(&["verify", "--json"]).stdout).unwrap();
        assert!(faults["faults"].to_string().contains(&part.replace('"', "\\\"")), "{faults}");
        database.execute_batch(mend).unwrap();
    }
    assert!(desk.output(&["verify"]).status.success(), "all is mended");
}
