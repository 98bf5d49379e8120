//! Which numbers are given after a restore, on real servers and where a pipe feeds the desk.

use super::*;

const PIPE: &str = r#"
[desk.OTK]
name = "Support"
address = "support@example.org"
grace = "0s"
customers = ["client.example"]

[mailbox.support]
desk = "OTK"
pipe = true

[transport.folder]
folder = "letters"
"#;

/// What a pipe has brought stands in no mailbox, and shows no numbers.
#[test]
fn numbers_of_a_desk_that_a_pipe_feeds_are_given_by_the_operator() {
    let desk = Installation::without_servers(PIPE);
    desk.once();
    let ingest = |id: &str| {
        let message = Message::to_support(id, ANN, id).raw();
        let mut command = desk.command(&["ingest", "--mailbox", "support"]);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(&message).unwrap();
        assert!(child.wait().unwrap().success());
        desk.once();
    };
    ingest("one@client.example");
    let copy = desk.folder().join("copy.db");
    let copy = copy.to_str().unwrap();
    desk.text(&["backup", copy]);
    ingest("two@client.example");
    fs::remove_file(desk.database()).unwrap();
    desk.text(&["restore", copy]);
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

/// What one desk has moved away is no mail of the other one's.
#[test]
fn an_archive_that_two_desks_share_brings_each_its_own() {
    let servers = Servers::start();
    let desk = Installation::new(&servers, SHARED);
    servers.deliver(
        "support",
        "Booking",
        &Message::new("b@client.example", EVE, "Trip").header("To: booking@example.org").raw(),
        None,
    );
    desk.once();
    let copy = desk.folder().join("copy.db");
    desk.text(&["backup", copy.to_str().unwrap()]);
    servers.deliver("support", "INBOX", &Message::to_support("a@client.example", ANN, "Salaries").raw(), None);
    servers.deliver(
        "support",
        "Booking",
        &Message::new("c@client.example", CAROL, "Hotel").header("To: booking@example.org").raw(),
        None,
    );
    desk.once();
    let requests = |desk: &Installation| {
        let line = |request: &serde_json::Value| {
            let (number, subject) = (request["number"].as_str().unwrap(), request["subject"].as_str().unwrap());
            format!("{} {subject}", &number[..3])
        };
        desk.requests().iter().map(line).collect::<Vec<String>>()
    };
    assert_eq!(requests(&desk), ["OTK Salaries", "TRV Trip", "TRV Hotel"]);
    fs::remove_file(desk.database()).unwrap();
    desk.text(&["restore", copy.to_str().unwrap()]);
    desk.text(&["resync", "--accept"]);
    desk.once();
    assert_eq!(requests(&desk), ["OTK Salaries", "TRV Trip", "TRV Hotel"]);
    desk.text(&["verify"]);
}

/// The mail servers moved, too: every message has another UID.
#[test]
fn what_the_copy_knows_counts_for_no_number_after_it() {
    let mut servers = Servers::start();
    let desk = Installation::new(&servers, ONE_DESK);
    for number in 0..110 {
        let id = format!("m{number}@client.example");
        servers.deliver("support", "INBOX", &Message::to_support(&id, ANN, &id).raw(), None);
    }
    desk.once();
    assert_eq!(desk.requests().len(), 110);
    let copy = desk.folder().join("copy.db");
    desk.text(&["backup", copy.to_str().unwrap()]);
    fs::remove_file(desk.database()).unwrap();
    servers.reset_uidvalidity("support");
    desk.configure(&servers, ONE_DESK);
    desk.text(&["restore", copy.to_str().unwrap()]);
    desk.text(&["resync", "--accept"]);
    assert_eq!(desk.requests().len(), 110);
    servers.deliver("support", "INBOX", &Message::to_support("new@client.example", ANN, "New").raw(), None);
    desk.once();
    assert_eq!(desk.disposition("new@client.example")["request"], "OTK-301");
    desk.text(&["verify"]);
}
