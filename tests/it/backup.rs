//! A day is lost, and a copy is brought into use: nobody is answered twice, and no number is given twice. The real binary
//! between a real IMAP server and a real submission server.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use crate::support::{IVANOV, Message, SentLetter, TestDesk, recipients, wait_until};
use jiff::Zoned;
use serde_json::Value;

const ANN: &str = "ann@client.example";
const CAROL: &str = "carol@client.example";
const DAVE: &str = "dave@client.example";
const EVE: &str = "eve@client.example";

/// A desk whose mail is moved to a folder when it is accepted; `%` says whether it is.
const DESK: &str = r#"
[desk.OTK]
name = "Example support"
address = "support@example.org"
grace = "0s"
customers = ["client.example"]

[engineer.ivanov]
name = "Ivan Ivanov"
address = "ivanov@example.org"

[mailbox.support]
IMAP
user = "support"
start = "all"
%

[transport.main]
SUBMISSION
"#;

/// The desk, between servers.
fn desk(after: &str) -> TestDesk {
    TestDesk::on_servers(&DESK.replace('%', after))
}

/// Puts a message into the mailbox, with this as the time at which it came.
fn deliver_at(desk: &TestDesk, message: &Message, at: SystemTime) {
    desk.servers().deliver("support", "INBOX", &message.raw(), Some(at));
}

fn deliver(desk: &TestDesk, message: &Message) {
    desk.deliver("support", &message.raw());
}

/// Has these messages handled, and waits for so many letters in all.
fn receive(desk: &TestDesk, messages: &[Message], letters: usize) {
    messages.iter().for_each(|message| deliver(desk, message));
    desk.once();
    desk.arrived_in_all(letters);
}

/// The last letter to somebody.
fn letter_to(desk: &TestDesk, who: &str) -> SentLetter {
    let mut letters = desk.servers().sent();
    letters.retain(|letter| letter.rcpt == who);
    letters.pop().unwrap()
}

fn letters_to(desk: &TestDesk, who: &str) -> usize {
    desk.servers().sent().iter().filter(|letter| letter.rcpt == who).count()
}

fn restore(desk: &TestDesk, file: &Path) {
    desk.text(&["restore", file.to_str().unwrap()]);
}

/// What `resync` says without accepting.
fn resync(desk: &TestDesk) -> Value {
    let output = desk.output(&["resync", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn number_of(desk: &TestDesk, message_id: &str) -> String {
    desk.disposition(message_id)["request"].as_str().unwrap_or("none").to_owned()
}

/// One lost day: Ann's request is answered, Carol's comes and is clarified, Dave's comes.
fn live_through_the_day(desk: &TestDesk) {
    let notification = letter_to(desk, IVANOV);
    receive(desk, &[Message::to_support("carol@client.example", CAROL, "Cannot log in")], 4);
    assert_eq!(number_of(desk, "carol@client.example"), "OTK-2");
    let acknowledgement = letter_to(desk, CAROL);
    let clarified = Message::reply("carol2@client.example", CAROL, &acknowledgement, "", "It says E-42.");
    receive(desk, &[clarified], 5);
    let done = Message::reply("done@example.org", IVANOV, &notification, "[done]", "The driver is new now.");
    receive(desk, &[done, Message::to_support("dave@client.example", DAVE, "Where is the manual?")], 9);
    assert_eq!(number_of(desk, "dave@client.example"), "OTK-3");
    assert_eq!(desk.show("OTK-1")["request"]["standing"]["phase"], "completed");
}

#[test]
fn a_day_is_lost_and_nobody_is_answered_twice() {
    for after in ["after = { move = \"Archive\" }", "after = \"leave\""] {
        let desk = desk(after);
        receive(&desk, &[Message::to_support("ann@client.example", ANN, "The printer jams")], 2);
        let copy = desk.backup("copy.db");
        live_through_the_day(&desk);
        desk.lose();
        restore(&desk, &copy);

        // Nothing goes on before somebody has looked.
        let before = desk.servers().sent().len();
        deliver_at(
            &desk,
            &Message::to_support("eve@client.example", EVE, "Price list"),
            SystemTime::now() + Duration::from_secs(600),
        );
        let once = desk.output(&["once"]);
        assert!(String::from_utf8_lossy(&once.stderr).contains("nothing is filed or sent until"), "{once:?}");
        assert_eq!(desk.requests().len(), 1, "{after}");
        let refused = desk.output(&["set", "OTK-1", "done"]);
        assert!(String::from_utf8_lossy(&refused.stderr).contains("maildesk resync --accept"), "{refused:?}");
        let status = desk.output(&["status", "--json"]);
        assert!(String::from_utf8_lossy(&status.stdout).contains("a copy was restored"), "{status:?}");

        let found = resync(&desk);
        assert_eq!(found["resync"]["messages"], 5, "{found}");
        assert_eq!(found["resync"]["desks"][0]["highest"], 2, "{found}");
        assert_eq!(found["resync"]["recovered"][0][1], "OTK-2", "{found}");
        assert_eq!(found["resync"]["recovered"].as_array().unwrap().len(), 1, "{found}");
        assert_eq!(desk.servers().sent().len(), before, "to look is not to answer");

        desk.text(&["resync", "--accept"]);
        desk.once();
        // Eve is acknowledged; engineers hear of her request, and of Dave's under its new number.
        desk.arrived_in_all(before + 3);
        assert_eq!(letters_to(&desk, EVE), 1, "{after}");
        for known in [ANN, CAROL, DAVE] {
            assert_eq!(
                letters_to(&desk, known),
                if known == ANN { 2 } else { 1 },
                "{after}: {known}: {:?}",
                recipients(&desk.servers().sent())
            );
        }
        assert_eq!(number_of(&desk, "carol@client.example"), "OTK-2", "{after}");
        assert_eq!(number_of(&desk, "carol2@client.example"), "OTK-2", "{after}");
        let mut new = [number_of(&desk, "dave@client.example"), number_of(&desk, "eve@client.example")];
        new.sort();
        assert_eq!(new, ["OTK-201", "OTK-202"], "{after}: in the order in which they came here");
        let ann = desk.show("OTK-1");
        assert_eq!(
            ann["request"]["standing"]["phase"], "completed",
            "{after}: what the engineer had done is done: {ann}"
        );
        let letters = ann["emails"].as_array().unwrap();
        let is_repeated = |letter: &&Value| letter["answer"] == "sent before the restore, and not again";
        assert_eq!(letters.iter().filter(is_repeated).count(), 2, "{after}: the answer and its receipt: {ann}");
        desk.text(&["verify"]);
        let gone = desk.output(&["show", "OTK-3"]);
        assert!(String::from_utf8_lossy(&gone.stderr).contains("before a restore"), "{gone:?}");

        // An answer to what was sent before still finds its request.
        let before = desk.servers().sent().len();
        let acknowledgement = letter_to(&desk, CAROL);
        deliver(&desk, &Message::reply("carol3@client.example", CAROL, &acknowledgement, "", "And now E-43."));
        desk.once();
        desk.arrived_in_all(before + 1);
        assert_eq!(number_of(&desk, "carol3@client.example"), "OTK-2", "{after}");
        // Letters about a number that is lost: the customer's answer finds what they began, the engineer is asked.
        let mut about_dave = desk.servers().sent();
        about_dave.retain(|letter| letter.read().subject_raw.contains("[OTK-3]"));
        let answer = |id: &str, who: &str, add: &str| {
            let letter = about_dave.iter().find(|letter| letter.rcpt == who).unwrap();
            Message::reply(id, who, letter, add, "It is on the shelf.")
        };
        deliver(&desk, &answer("dave2@client.example", DAVE, ""));
        deliver(&desk, &answer("old@example.org", IVANOV, "[done]"));
        desk.once();
        assert_eq!(number_of(&desk, "dave2@client.example"), number_of(&desk, "dave@client.example"), "{after}");
        assert_eq!(desk.disposition("old@example.org")["disposition"], "held", "{after}");
        let ids: Vec<Value> = desk.outbox().iter().map(|letter| letter["message_id"].clone()).collect();
        let given: Vec<String> = desk.servers().sent().iter().map(SentLetter::id).collect();
        for id in &given {
            assert_eq!(given.iter().filter(|other| *other == id).count(), 1, "{after}: an id went out twice: {ids:?}");
        }
    }
}

#[test]
fn what_arrived_after_the_loss_is_acknowledged_if_the_operator_says_when_that_was() {
    let desk = desk("after = { move = \"Archive\" }");
    receive(&desk, &[Message::to_support("ann@client.example", ANN, "The printer jams")], 2);
    let copy = desk.backup("copy.db");
    receive(&desk, &[Message::to_support("carol@client.example", CAROL, "Cannot log in")], 4);
    desk.lose();
    sleep(Duration::from_secs(2));
    let lost_at = Zoned::now();
    sleep(Duration::from_secs(2));
    deliver(&desk, &Message::to_support("dave@client.example", DAVE, "Where is the manual?"));
    sleep(Duration::from_secs(1));
    restore(&desk, &copy);
    for (wrong, why) in
        [("2020-01-01 00:00", "between the copy"), ("2100-01-01 00:00", "between the copy"), ("noon", "'noon'")]
    {
        let output = desk.output(&["resync", "--accept", "--lost-at", wrong]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(why), "{wrong}: {output:?}");
    }
    let lost_at = lost_at.strftime("%F %T").to_string();
    desk.text(&["resync", "--accept", "--lost-at", &lost_at, "--number", "OTK-345"]);
    desk.once();
    desk.arrived_in_all(7);
    assert_eq!((letters_to(&desk, CAROL), letters_to(&desk, DAVE)), (1, 1), "{:?}", recipients(&desk.servers().sent()));
    assert_eq!(number_of(&desk, "dave@client.example"), "OTK-502");
    assert_eq!(desk.text(&["resync"]).lines().count(), 1, "there is nothing to do any more");
}

#[test]
fn a_copy_is_made_while_the_daemon_works_and_never_used_by_mistake() {
    let desk = desk("after = \"leave\"");
    receive(&desk, &[Message::to_support("ann@client.example", ANN, "The printer jams")], 2);
    let running = desk.run();
    wait_until("the daemon works", || desk.log().contains("ready"));
    let copy = desk.backup("copy.db");
    let again = desk.output(&["backup", copy.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("nothing is overwritten"), "{again:?}");
    let refused = desk.output(&["restore", copy.to_str().unwrap(), "--replace"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("another maildesk is running"), "{refused:?}");
    drop(running);

    let refused = desk.output(&["restore", copy.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--replace"), "{refused:?}");
    let text = desk.path("letter.txt");
    fs::write(&text, "no database").unwrap();
    let refused = desk.output(&["restore", text.to_str().unwrap(), "--replace"]);
    assert!(!refused.status.success(), "{refused:?}");
    assert_eq!(desk.requests().len(), 1, "what was in use still is");

    // Put in place by hand, it would answer everything again.
    desk.lose();
    fs::copy(&copy, desk.database()).unwrap();
    let refused = desk.output(&["once"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("maildesk restore"), "{refused:?}");

    let keys = desk.path("state/maildesk.keys");
    fs::rename(&keys, desk.path("kept.keys")).unwrap();
    let refused = desk.output(&["restore", copy.to_str().unwrap(), "--replace"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("the keys are missing"), "{refused:?}");
    fs::rename(desk.path("kept.keys"), &keys).unwrap();
    desk.text(&["restore", copy.to_str().unwrap(), "--replace"]);
    let aside = fs::read_dir(desk.path("state")).unwrap();
    let names: Vec<String> = aside.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.iter().any(|name| name.contains("replaced")), "{names:?}");
    assert!(!names.iter().any(|name| name.contains("restoring") || name.contains("part")), "{names:?}");
}
