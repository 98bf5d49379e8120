//! Which numbers are given after a restore, on real servers and where a pipe feeds the desk.

use super::*;

/// What a pipe has brought stands in no mailbox, and shows no numbers.
#[test]
fn numbers_of_a_desk_that_a_pipe_feeds_are_given_by_the_operator() {
    let desk = TestDesk::program(PIPED);
    desk.once();
    let ingest = |id: &str| {
        let message = Message::to_support(id, ANN, id).raw();
        let output = desk.fed(&["ingest", "--mailbox", "support"], &message, &[]);
        assert!(output.status.success(), "{output:?}");
        desk.once();
    };
    ingest("one@client.example");
    let copy = desk.backup("copy.db");
    ingest("two@client.example");
    desk.lose();
    desk.text(&["restore", copy.to_str().unwrap()]);
    let refused = desk.output(&["resync", "--accept"]);
    assert!(!refused.status.success(), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--number OTK-"), "{refused:?}");
    let refused = desk.output(&["resync", "--accept", "--number", "OTK-4294967295"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("far beyond"), "no number would be left: {refused:?}");
    desk.text(&["resync", "--accept", "--number", "OTK-512"]);
    ingest("three@client.example");
    assert_eq!(desk.disposition("three@client.example")["request"], "OTK-701");
    desk.text(&["verify"]);
}

/// One account, a folder for each desk, and one archive.
const SHARED: &str = r#"
[desk.OTK]
name = "Support"
address = "support@example.org"
grace = "0s"

[desk.TRV]
name = "Booking"
address = "booking@example.org"
grace = "0s"

[mailbox.support]
desk = "OTK"
IMAP
user = "support"
start = "all"
after = { move = "Archive" }

[mailbox.booking]
desk = "TRV"
IMAP
user = "support"
folder = "Booking"
start = "all"
after = { move = "Archive" }

[transport.main]
SUBMISSION
"#;

/// The desk of each request, and its subject.
fn requests(desk: &TestDesk) -> Vec<String> {
    let line = |request: &serde_json::Value| {
        let (number, subject) = (request["number"].as_str().unwrap(), request["subject"].as_str().unwrap());
        format!("{} {subject}", &number[..3])
    };
    desk.requests().iter().map(line).collect()
}

/// What one desk has moved away is no mail of the other one's.
#[test]
fn an_archive_that_two_desks_share_brings_each_its_own() {
    let desk = TestDesk::on_servers(SHARED);
    let booking = |id: &str, who: &str, subject: &str| {
        let message = Message::new(id, who, subject).header("To: booking@example.org");
        desk.deliver("booking", &message.raw());
    };
    booking("b@client.example", EVE, "Trip");
    desk.once();
    let copy = desk.backup("copy.db");
    desk.deliver("support", &Message::to_support("a@client.example", ANN, "Salaries").raw());
    booking("c@client.example", CAROL, "Hotel");
    desk.once();
    assert_eq!(requests(&desk), ["OTK Salaries", "TRV Trip", "TRV Hotel"]);
    desk.lose();
    desk.text(&["restore", copy.to_str().unwrap()]);
    desk.text(&["resync", "--accept"]);
    desk.once();
    assert_eq!(requests(&desk), ["OTK Salaries", "TRV Trip", "TRV Hotel"]);
    desk.text(&["verify"]);
}

/// The mail servers moved, too: every message has another UID.
#[test]
fn what_the_copy_knows_counts_for_no_number_after_it() {
    let no_flood = format!("{ONE_DESK}\n[limits]\nflood_hour = 1000\n");
    let mut desk = TestDesk::on_servers(&no_flood);
    for number in 0..110 {
        let id = format!("m{number}@client.example");
        desk.deliver("support", &Message::to_support(&id, ANN, &id).raw());
    }
    desk.once();
    assert_eq!(desk.requests().len(), 110);
    let copy = desk.backup("copy.db");
    desk.lose();
    desk.servers_mut().reset_uidvalidity("support");
    desk.configure(&no_flood);
    desk.text(&["restore", copy.to_str().unwrap()]);
    desk.text(&["resync", "--accept"]);
    assert_eq!(desk.requests().len(), 110);
    desk.deliver("support", &Message::to_support("new@client.example", ANN, "New").raw());
    desk.once();
    assert_eq!(desk.disposition("new@client.example")["request"], "OTK-301");
    desk.text(&["verify"]);
}
