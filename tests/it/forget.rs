//! `maildesk forget` and retention: what was stored of a person is nowhere any more, in no byte of the database; numbers, events
//! and what `verify` checks stay.

mod retention;
mod traces;

use std::fs;

use crate::support::{Message, NO_CAPS, OLGA, SentLetter, TestDesk, bounce_of, wait_until};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maildesk::model::{Ask, LetterKind, Status};
use serde_json::Value;

const IVAN: &str = "ivan.canary@factory.example";
const NAMED: &str = "Ivan Canaryname <ivan.canary@factory.example>";

/// All that nobody may find afterwards.
const MARKERS: [&str; 7] =
    [IVAN, "Canaryname", "canary-subject", "canary-words", "canary-file", "canary-id", "forgotten-0@"];

const DESK: &str = r#"
[desk.OTK]
name = "Support"
address = "support@example.org"
grace = "0s"
language = "en"
customers = ["ivan.canary@factory.example"]
%

[engineer.anna]
name = "Anna"
address = "anna@example.org"

[mailbox.support]
desk = "OTK"
maildir = "support"
start = "all"
poll = "10s"

[mailbox.second]
desk = "OTK"
maildir = "second"
start = "all"

[transport.folder]
folder = "letters"
"#;

/// A desk on a day of which the commands, which have the time of this machine, know that it is over.
fn long_ago(desk: &str) -> TestDesk {
    let desk = TestDesk::with(&format!("{}{NO_CAPS}", DESK.replace('%', desk))).open();
    desk.set_clock(1_600_000_000);
    desk
}

/// Which of these stand in a file of the state folder, byte for byte.
fn stored_markers<'a>(desk: &TestDesk, markers: &[&'a str]) -> Vec<&'a str> {
    let files = fs::read_dir(&desk.settings.state_dir).unwrap().map(|entry| entry.unwrap().path());
    // The last connection that closes takes files of its own away.
    let texts: Vec<String> = files
        .filter_map(|path| fs::read(path).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).to_ascii_lowercase())
        .collect();
    let stands = |marker: &str| texts.iter().any(|text| text.contains(&marker.to_ascii_lowercase()));
    markers.iter().copied().filter(|marker| stands(marker)).collect()
}

/// A file that no compression makes smaller, and a line of it as it stands in the message.
fn file() -> (Vec<u8>, String) {
    let mut state = 7_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let bytes: Vec<u8> = (0..400_000).map(|_| next()).collect();
    let line = STANDARD.encode(&bytes[..54]);
    (bytes, line)
}

/// Ivan has asked (OTK-1), written into a request of Olga's (OTK-2) and watched another (OTK-3); one message of his became
/// nothing, and a letter to him came back.
fn life(desk: &str) -> TestDesk {
    let mut life = long_ago(desk);
    let message = Message::to_support("canary-id-1@factory.example", NAMED, "canary-subject one")
        .text("The canary-words stop the press.\nПериод: вчера")
        .file("canary-file.bin", "application/octet-stream", &file().0);
    life.receive(&message);
    life.receive(&Message::to_support("o1@client.example", OLGA, "Olga's printer").text("It is mine."));
    let joined =
        Message::reply("canary-id-2@factory.example", NAMED, &life.letter_to(OLGA), "", "My canary-words too.");
    life.receive(&joined);
    let copied = Message::new("o2@client.example", OLGA, "[OTK-2] more")
        .header(&format!("To: support@example.org, {NAMED}").replace("Ivan Canaryname ", ""))
        .text(&format!("Ask {IVAN}, he knows."));
    life.receive(&copied);
    life.receive(&Message::to_support("o3@client.example", OLGA, "Third").text("And this."));
    let ivan = maildesk::model::EmailAddress::parse(IVAN).unwrap();
    life.set("OTK-3", Ask::Watch(Some(ivan)));
    life.receive(
        &Message::new("o4@client.example", OLGA, "[OTK-3] and").header("To: support@example.org").text("More."),
    );
    let copy = life.letter_to(IVAN).id();
    life.deliver("support", &bounce_of("b1@mx.example", &copy, IVAN));
    let away = Message::to_support("canary-id-3@factory.example", NAMED, "canary-subject away")
        .header("Auto-Submitted: auto-replied")
        .text("canary-words: I am away.");
    life.receive(&away);
    life
}

#[test]
fn a_person_is_forgotten_everywhere_and_numbers_events_and_promises_stay() {
    let mut life = life("");
    let line = file().1;
    let before = life.dump();
    let (events, letters) = (life.json(&["show", "OTK-1"])["events"].as_array().unwrap().len(), life.json(&["outbox"]));

    // What would be done is said, and nothing is done.
    let preview = life.text(&["forget", IVAN]);
    for part in [
        "1 request that they opened, with all content: OTK-1",
        "2 requests of others, with their part of the content: OTK-2, OTK-3",
        "4 messages with 3 files (",
        "the address, replaced in 1 other message: 4",
        "stored texts of others",
        "still open: OTK-1",
        "let them end first (maildesk set NUMBER close), or add --even-open",
        "nothing was erased yet",
        "the configuration: desk.OTK.customers",
        "the messages on the mail server",
    ] {
        assert!(preview.contains(part), "{part}: {preview}");
    }
    let found = life.json(&["forget", IVAN]);
    assert_eq!((&found["erased"], &found["files"]), (&Value::from(false), &Value::from(3)), "{found}");
    let refused = life.refused(&["forget", IVAN, "--yes"]);
    assert!(refused.contains("nothing was erased: there are open requests"), "{refused}");
    assert_eq!(life.dump(), before, "nothing has changed");

    life.set("OTK-1", Ask::Close);
    let markers: Vec<&str> = MARKERS[..6].iter().copied().chain([line.as_str()]).collect();
    assert_eq!(stored_markers(&life, &markers), markers, "all of it is there to be found");
    let ready = life.text(&["forget", IVAN]);
    assert!(
        ready.contains("nothing was erased yet; to erase: maildesk forget ivan.canary@factory.example --yes"),
        "{ready}"
    );
    let connected = life.reader();
    let said = life.text(&["forget", &IVAN.to_uppercase(), "--yes"]);
    assert!(
        said.contains("erased of ivan.canary@factory.example") && said.contains("forgotten-1@forgotten.invalid"),
        "{said}"
    );
    assert_eq!(stored_markers(&life, &MARKERS), [""; 0]);
    assert_eq!(stored_markers(&life, &[line.as_str()]), [""; 0]);
    drop(connected);
    life.verify();
    let other = String::from_utf8(life.output(&["received", "export", "4"]).stdout).unwrap();
    assert!(other.contains("To: support@example.org, <xxxx.xxxxxx@xxxxxxx.xxxxxxx>"), "{other}");
    assert!(life.text(&["show", "OTK-2", "--full"]).contains("Ask forgotten-1@forgotten.invalid, he knows."));

    let shown = life.json(&["show", "OTK-1"]);
    assert_eq!(shown["request"]["subject"], "(forgotten)");
    assert_eq!(shown["request"]["participants"], Value::Array(Vec::new()));
    let now = shown["events"].as_array().unwrap();
    assert!(now.len() > events, "no event is lost");
    let last = &now[now.len() - 1];
    assert_eq!((&last["change"]["change"], &last["who"]), (&"forgotten".into(), &"operator".into()), "{last}");
    assert_eq!((&last["change"]["messages"], &last["change"]["files"]), (&1.into(), &1.into()));
    let watched = life.json(&["show", "OTK-3"]);
    assert_eq!(watched["request"]["watchers"], Value::Array(Vec::new()));
    assert_eq!(watched["request"]["participants"][0]["email"], OLGA, "she is not forgotten");
    assert!(life.json(&["outbox"]).as_array().unwrap().len() >= letters.as_array().unwrap().len(), "no row is lost");
    assert!(life.text(&["forget", IVAN]).contains("nothing is stored about"));

    // The same message again is known, and leaves nothing of itself; the next request has the next number.
    let message = Message::to_support("canary-id-1@factory.example", NAMED, "canary-subject one")
        .text("The canary-words stop the press.\nПериод: вчера")
        .file("canary-file.bin", "application/octet-stream", &file().0);
    life.deliver("second", &message.raw());
    life.passes();
    let newest = life.json(&["received"])[0].clone();
    assert_eq!(newest["disposition"], "duplicate");
    assert_eq!(newest["sender"], format!("person-{}@forgotten.invalid", newest["id"]));
    assert!(newest["reasons"].to_string().contains("the same Message-ID and content as message 1"), "{newest}");
    life.receive(&Message::to_support("o9@client.example", OLGA, "Fourth"));
    assert_eq!(life.numbers().last().unwrap().to_string(), "OTK-4");
    life.verify();
}

#[test]
fn what_is_erased_is_met_with_words_and_not_with_errors() {
    let mut life = life("");
    life.set("OTK-1", Ask::Close);
    let letter =
        life.json(&["outbox"]).as_array().unwrap().iter().find(|row| row["recipient"] == IVAN).unwrap()["id"].clone();
    life.text(&["forget", IVAN, "--yes"]);
    let shown = life.text(&["show", "OTK-1", "--full"]);
    for part in [
        "OTK-1  (forgotten)",
        "requester forgotten",
        "content erased on 20",
        "opened for forgotten-1@forgotten.invalid",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(shown.contains("forgotten: content of 1 message, 1 file, "), "{shown}");
    assert!(life.text(&["show", "OTK-2"]).contains("a person in it was forgotten: content of 1 message, 0 files"));
    assert!(life.text(&["list"]).contains("(forgotten)"));
    assert!(life.text(&["list", "forgotten"]).contains("OTK-1"));
    assert!(life.text(&["received"]).contains("forgotten-1@forgotten.invalid"));
    assert!(life.text(&["received", "show", "1"]).contains("content erased on 20"));
    assert!(life.text(&["outbox"]).contains(", content erased"));
    assert!(life.text(&["outbox", "show", &letter.to_string()]).contains("content erased on 20"));
    assert!(!life.json(&["outbox", "show", &letter.to_string()])["erased_at"].is_null());
    assert!(life.text(&["export", "OTK-1", "--format", "text"]).contains("content erased on 20"));
    assert!(!life.json(&["export", "OTK-1", "--with-notes"])["request"]["progress"]["erased_at"].is_null());
    let mbox = life.output(&["export", "OTK-1", "--format", "mbox"]);
    assert!(mbox.status.success() && String::from_utf8_lossy(&mbox.stderr).contains("OTK-1: content erased on 20"));
    assert!(life.output(&["export", "OTK-2", "--format", "mbox"]).status.success());
    let folder = life.settings.state_dir.with_file_name("otk-1");
    life.text(&["export", "OTK-1", "--output", folder.to_str().unwrap()]);
    assert!(life.text(&["stats"]).contains("OTK"));
    // What cannot be had is refused in the same words.
    assert!(life.refused(&["attachment", "1", "1"]).contains("message 1: content erased on 20"));
    assert!(life.refused(&["received", "export", "1"]).contains("the content of message 1 was erased on 20"));
    assert!(life.refused(&["received", "replay", "1"]).contains("no quarantined message"));
    assert!(
        life.refused(&["outbox", "retry", &letter.to_string()]).contains("cannot be sent again: content erased on 20")
    );
    life.verify();
}

#[test]
fn whoever_answers_an_erased_request_has_a_new_one_and_engineers_write_to_nobody() {
    let mut life = life("");
    let letter = life.letter_to(IVAN);
    let own = life.reader().view().letters(None, u32::MAX).unwrap();
    let acknowledgement =
        own.iter().find(|row| row.recipient == IVAN && row.kind == LetterKind::Acknowledgement).unwrap();
    let raw = life.sent(&acknowledgement.message_id).unwrap();
    life.set("OTK-1", Ask::Close);
    life.text(&["forget", IVAN, "--yes"]);
    let answer = SentLetter { envelope_from: String::new(), rcpt: letter.rcpt, raw };
    life.receive(&Message::reply("new-1@factory.example", NAMED, &answer, "", "It is back."));
    assert_eq!(life.numbers().last().unwrap().to_string(), "OTK-4");
    let shown = life.json(&["show", "OTK-4"]);
    assert_eq!(shown["request"]["linked"][0], "OTK-1", "{shown}");
    assert!(shown["messages"][0]["reasons"].to_string().contains("whose content is erased"), "{shown}");
    let letters = life.json(&["outbox", "--limit", "1000"]).as_array().unwrap().len();
    life.set("OTK-1", Ask::Reopen);
    life.set("OTK-1", Ask::Status(Status::Done));
    let rows = life.json(&["outbox", "--limit", "1000"]);
    let written = &rows.as_array().unwrap()[..rows.as_array().unwrap().len() - letters];
    assert!(written.iter().all(|row| !row["recipient"].to_string().contains("forgotten.invalid")), "{written:?}");
    life.verify();
}

#[test]
fn letters_that_wait_are_cancelled_only_where_the_operator_says_so() {
    let mut life = life("");
    life.settings.transports[0].kind = maildesk::model::settings::TransportKind::Folder("/dev/null/nowhere".into());
    life.receive(&Message::to_support("canary-id-5@factory.example", NAMED, "canary-subject five"));
    let preview = life.json(&["forget", IVAN]);
    let unsent = preview["unsent_emails"].as_array().unwrap().clone();
    assert_eq!(unsent.len(), 2, "to Ivan and to Anna: {preview}");
    assert!(life.text(&["forget", IVAN]).contains("e-mails not sent yet: "));
    life.refused(&["forget", IVAN, "--yes"]);
    let said = life.text(&["forget", IVAN, "--yes", "--even-open"]);
    assert!(said.contains("still open: OTK-1, OTK-4") && said.contains("cancelled e-mails: "), "{said}");
    for row in life.json(&["outbox"]).as_array().unwrap().iter().filter(|row| unsent.contains(&row["id"])) {
        assert_eq!((&row["state"], &row["answer"]), (&"cancelled".into(), &"not sent: its content was erased".into()));
    }
    life.verify();
    assert_eq!(stored_markers(&life, &MARKERS), [""; 0]);
}

#[test]
fn what_waits_is_left_alone_and_what_broke_us_is_erased() {
    let mut life = life("");
    life.set("OTK-1", Ask::Close);
    let connection = rusqlite::Connection::open(life.database()).unwrap();
    let was = |state: &str| {
        let sql = "UPDATE received SET state = ?1, disposition = NULL, sender = '', handled_at = NULL WHERE id = 8";
        assert_eq!(connection.execute(sql, [state]).unwrap(), 1);
    };
    was("accepted");
    assert!(
        life.text(&["forget", IVAN]).contains("messages that wait to be handled, or are in quarantine, and stay: 8")
    );
    life.refused(&["forget", IVAN, "--yes"]);
    was("quarantined");
    life.text(&["forget", IVAN, "--yes"]);
    assert!(life.refused(&["received", "replay", "8"]).contains("no quarantined message"));
    let row = life.json(&["received", "show", "8"])["message"].clone();
    assert_eq!((&row["state"], &row["disposition"]), (&"handled".into(), &"ignored".into()), "{row}");
    assert_eq!(stored_markers(&life, &MARKERS), [""; 0]);
    life.passes();
    life.verify();
}

#[test]
fn an_address_that_others_have_written_is_replaced_and_said_where_it_cannot_be() {
    let mut life = long_ago("");
    let body = STANDARD.encode(format!("Write to {IVAN}.\n"));
    let raw = format!(
        "From: {OLGA}\r\nTo: support@example.org\r\nMessage-ID: <e1@client.example>\r\nSubject: for {IVAN}\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n"
    );
    life.deliver("support", raw.as_bytes());
    life.passes();
    let said = life.text(&["forget", IVAN, "--yes"]);
    assert!(said.contains("the address in encoded parts of messages of others: 1"), "{said}");
    let shown = life.text(&["show", "OTK-1"]);
    assert!(shown.contains("OTK-1  for forgotten-1@forgotten.invalid"), "{shown}");
    assert!(shown.contains("Write to forgotten-1@forgotten.invalid."), "{shown}");
    assert!(shown.contains(&format!("requester {OLGA}")), "{shown}");
    assert_eq!(stored_markers(&life, &[IVAN]), [""; 0], "not in readable form");
    assert!(life.text(&["forget", IVAN]).contains("nothing is stored about"));
    life.verify();
}

#[test]
fn nobody_who_works_here_is_forgotten_and_no_address_is_guessed() {
    let life = life("");
    let before = life.dump();
    for (address, why) in [
        ("anna@example.org", "is the engineer anna: remove [engineer.anna]"),
        ("Anna+x@example.org", "is the engineer anna"),
        ("support+otk@example.org", "belongs to the desk OTK"),
        ("ivan", "is not an e-mail address"),
    ] {
        let refused = life.refused(&["forget", address, "--yes"]);
        assert!(refused.contains(why), "{refused}");
    }
    assert!(life.text(&["forget", "ivan.canary@factory.exampl", "--yes"]).contains("nothing is stored about"));
    let left: Vec<String> = life.dump().into_iter().filter(|row| !row.contains("pseudonym")).collect();
    let before: Vec<String> = before.into_iter().filter(|row| !row.contains("pseudonym")).collect();
    assert_eq!(left, before);
}

#[test]
fn killed_in_the_middle_nothing_is_half_erased_and_a_second_run_ends_it() {
    for (point, is_begun) in [("forget.before:2", false), ("forget.after", true)] {
        let mut life = life("");
        life.set("OTK-1", Ask::Close);
        let before = life.json(&["show", "OTK-1"]);
        life.dies(&["forget", IVAN, "--yes"], point);
        life.verify();
        assert_eq!(life.json(&["show", "OTK-1"]) != before, is_begun, "{point}");
        assert!(life.json(&["forget", IVAN])["messages"].as_u64().unwrap() > 0, "{point}: something is left");
        life.text(&["forget", IVAN, "--yes"]);
        life.verify();
        assert_eq!(stored_markers(&life, &MARKERS), [""; 0], "{point}");
    }
}

#[test]
fn a_running_daemon_goes_on_while_somebody_is_forgotten() {
    let mut life = life("");
    life.set("OTK-1", Ask::Close);
    let daemon = life.run();
    life.deliver("support", &Message::to_support("o7@client.example", OLGA, "While it runs").raw());
    wait_until("the daemon has filed it", || life.numbers().len() == 4);
    wait_until("its letters have gone", || life.json(&["outbox", "--state", "due"]).as_array().unwrap().is_empty());
    life.text(&["forget", IVAN, "--yes"]);
    assert_eq!(stored_markers(&life, &MARKERS), [""; 0], "nor in the log of the database");
    life.deliver("support", &Message::to_support("o8@client.example", OLGA, "And on").raw());
    wait_until("the daemon has filed the next one", || life.numbers().len() == 5);
    assert!(daemon.stop().success());
    life.verify();
    assert_eq!(stored_markers(&life, &MARKERS), [""; 0]);
}
