//! What becomes of a message: the real binary between a real IMAP server and a real submission server.

use crate::support::{IVAN, Message, ONE_DESK, SentLetter, TestDesk, bounce_of, outcome, wait_until};
use maildesk::model::Digest;
use serde_json::Value;

/// A desk with every rule about senders, in whose mailbox all mail is new.
const STRICT_DESK: &str = r#"
[desk.OTK]
name = "Example support"
address = "support@example.org"
aliases = ["help@example.org"]
form_senders = ["noreply@www.example.org"]
own_lists = ["team.example.org"]
customers = ["known.example"]
blocked = ["bulk.example"]
spam_headers = ["X-Spam-Flag: YES"]

[mailbox.support]
IMAP
user = "support"
start = "all"

[transport.main]
SUBMISSION
"#;

/// Has messages handled.
fn receive(desk: &TestDesk, messages: &[Message]) {
    messages.iter().for_each(|message| drop(desk.deliver("support", &message.raw())));
    desk.once();
}

/// The letters that arrived, once there are as many as expected, and no more were written.
fn letters(desk: &TestDesk, count: usize) -> Vec<SentLetter> {
    assert_eq!(desk.outbox().len(), count);
    desk.arrived_in_all(count)
}

/// A desk with a request that Ivan opened, and the letter that he got.
fn opened() -> (TestDesk, SentLetter) {
    let desk = TestDesk::on_servers(ONE_DESK);
    receive(&desk, &[Message::to_support("first@example.com", IVAN, "The report does not print")]);
    let letter = letters(&desk, 1).remove(0);
    (desk, letter)
}

fn reasons(row: &Value) -> String {
    row["reasons"].as_array().unwrap().iter().map(|r| r.as_str().unwrap()).collect::<Vec<_>>().join("; ")
}

fn changes(story: &Value) -> Vec<&str> {
    story["events"].as_array().unwrap().iter().map(|e| e["change"]["change"].as_str().unwrap()).collect()
}

#[test]
fn a_request_with_screenshot_and_log_is_filed_whole_and_answered_with_its_number_in_its_thread() {
    let desk = TestDesk::on_servers(ONE_DESK);
    let screenshot: Vec<u8> = (0..90_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let log = b"12:00:01 ERROR cannot print\n".repeat(40);
    let text = "Здравствуйте!\nОтчёт не печатается, снимок и журнал приложены.";
    let message = Message::to_support("a1@example.com", "Ivan <Ivan@Example.com>", "Не печатается отчёт")
        .text(text)
        .file("снимок.png", "image/png", &screenshot)
        .file("server.log", "text/plain", &log);
    receive(&desk, std::slice::from_ref(&message));

    let row = desk.disposition("a1@example.com");
    assert_eq!(outcome(&row), ("opened", "OTK-1"));
    let id = row["id"].to_string();
    assert_eq!(desk.bytes(&["received", "export", &id]), message.raw());
    let story = desk.show("otk-1");
    assert_eq!(story["request"]["subject"], "Не печатается отчёт");
    assert_eq!(story["request"]["participants"][0]["email"], IVAN);
    assert_eq!(story["entries"][0]["text"].as_str().unwrap().trim(), text);
    for (index, (name, bytes)) in [("снимок.png", &screenshot), ("server.log", &log)].into_iter().enumerate() {
        let file = &story["attachments"][index];
        assert_eq!(file["filename"], name);
        assert_eq!(file["size"], bytes.len());
        assert_eq!(file["sha256"], serde_json::to_value(Digest::of(bytes)).unwrap());
        assert_eq!(desk.bytes(&["attachment", &id, &(index + 1).to_string()]), **bytes, "{name}");
    }

    let letter = letters(&desk, 1).remove(0);
    assert_eq!((letter.envelope_from.as_str(), letter.rcpt.as_str()), ("support@example.org", IVAN));
    let read = letter.read();
    assert_eq!(read.subject_raw, "[OTK-1] Ваш запрос зарегистрирован");
    assert!(read.text.contains("Мы получили Ваш запрос, его номер OTK-1"), "{}", read.text);
    assert_eq!(read.in_reply_to.iter().map(ToString::to_string).collect::<Vec<_>>(), ["a1@example.com"]);
    assert_eq!(read.references.iter().map(ToString::to_string).collect::<Vec<_>>(), ["a1@example.com"]);
    assert_eq!(read.header("Auto-Submitted").collect::<Vec<_>>(), ["auto-replied"]);
    assert_eq!(read.from[0].address, "support@example.org");
    assert_eq!(read.to[0].address, IVAN);
    assert_eq!(letter.raw, desk.bytes(&["outbox", "show", "1"]));
    assert_eq!(desk.outbox()[0]["state"], "sent");
}

#[test]
fn an_english_request_is_answered_in_english_and_known_customers_see_their_subject() {
    let desk = TestDesk::on_servers(STRICT_DESK);
    receive(
        &desk,
        &[
            Message::to_support("e1@example.com", IVAN, "The report does not print").text("Nothing comes out."),
            Message::to_support("e2@known.example", "anna@known.example", "Price list").text("Please send it."),
        ],
    );
    let letters = letters(&desk, 2);
    let subject = |to: &str| letters.iter().find(|l| l.rcpt == to).unwrap().read().subject_raw;
    assert_eq!(subject(IVAN), "[OTK-1] Your request is registered");
    assert_eq!(subject("anna@known.example"), "Re: Price list [OTK-2]");
}

#[test]
fn replies_in_the_thread_or_with_the_number_are_appended_and_cause_no_second_letter() {
    let (desk, letter) = opened();
    receive(
        &desk,
        &[
            Message::to_support("r1@example.com", IVAN, "Re: whatever").answering(&letter.id()).text("It is model 7."),
            Message::to_support("r2@example.com", IVAN, "about [otk-1], once more").text("And the tray is full."),
            Message::to_support("r3@example.com", IVAN, "Re: The report")
                .answering("first@example.com")
                .text("Own thread."),
        ],
    );
    for id in ["r1@example.com", "r2@example.com", "r3@example.com"] {
        assert_eq!(outcome(&desk.disposition(id)), ("appended", "OTK-1"), "{id}");
    }
    let story = desk.show("OTK-1");
    assert_eq!(story["request"]["participants"][0]["proven"], true);
    assert_eq!(changes(&story), ["opened", "appended", "proven", "appended", "appended"]);
    assert_eq!(story["entries"].as_array().unwrap().len(), 4);
    assert_eq!(desk.requests().len(), 1);
    letters(&desk, 1);
}

#[test]
fn a_strangers_number_opens_a_linked_request_of_their_own_and_shows_them_nothing() {
    let (desk, _) = opened();
    let before = desk.show("OTK-1");
    receive(&desk, &[Message::to_support("s1@evil.example", "mallory@evil.example", "Re: [OTK-1] what is new?")]);
    assert_eq!(outcome(&desk.disposition("s1@evil.example")), ("opened", "OTK-2"));
    let after = desk.show("OTK-1");
    for what in ["messages", "entries", "emails", "attachments"] {
        assert_eq!(before[what], after[what], "{what}");
    }
    for what in ["subject", "phase", "participants"] {
        assert_eq!(before["request"][what], after["request"][what], "{what}");
    }
    assert_eq!(after["request"]["linked"], serde_json::json!(["OTK-2"]));
    assert_eq!(desk.show("OTK-2")["request"]["linked"], serde_json::json!(["OTK-1"]));
    let letters = letters(&desk, 2);
    let to_stranger = letters.iter().find(|l| l.rcpt == "mallory@evil.example").unwrap().read();
    let seen = format!("{} {}", to_stranger.subject_raw, to_stranger.text);
    assert!(seen.contains("OTK-2"), "{seen}");
    for hidden in ["OTK-1", "report", "ivan"] {
        assert!(!seen.contains(hidden), "{hidden} in {seen}");
    }
}

#[test]
fn a_stranger_in_a_signed_thread_is_from_outside_and_unanswered() {
    let (desk, letter) = opened();
    receive(
        &desk,
        &[Message::to_support("s2@elsewhere.example", "olga@elsewhere.example", "Re: [OTK-1]").answering(&letter.id())],
    );
    let row = desk.disposition("s2@elsewhere.example");
    assert_eq!(outcome(&row), ("appended", "OTK-1"));
    assert!(reasons(&row).contains("from outside, not answered"), "{}", reasons(&row));
    let story = desk.show("OTK-1");
    assert_eq!(changes(&story), ["opened", "appended_from_outside"]);
    assert_eq!(story["request"]["participants"].as_array().unwrap().len(), 1);
    letters(&desk, 1);
}

#[test]
fn a_forged_thread_is_no_thread() {
    let (desk, letter) = opened();
    let id = letter.id();
    let forged = id.replacen("otk-1.1.", "otk-1.2.", 1);
    assert_ne!(id, forged);
    receive(&desk, &[Message::to_support("f1@evil.example", "mallory@evil.example", "Re: hello").answering(&forged)]);
    assert_eq!(outcome(&desk.disposition("f1@evil.example")), ("opened", "OTK-2"));
    assert_eq!(changes(&desk.show("OTK-1")), ["opened"]);
}

#[test]
fn automatic_mail_is_kept_and_never_answered() {
    let (desk, letter) = opened();
    let own = letter.raw.clone();
    desk.deliver("support", &own);
    desk.deliver("support", &bounce_of("dsn-0@mx.example.com", "unknown@example.org", IVAN));
    receive(
        &desk,
        &[
            Message::to_support("v1@example.com", IVAN, "Automatic reply")
                .header("Auto-Submitted: auto-replied")
                .answering(&letter.id()),
            Message::to_support("v2@example.com", IVAN, "Out of office").header("Auto-Submitted: auto-replied"),
            Message::to_support("n1@example.net", "news@example.net", "Our news")
                .header("List-Id: <news.example.net>")
                .header("Precedence: bulk"),
            Message::to_support("m1@example.net", "monitor@example.net", "Disk full")
                .header("Auto-Submitted: auto-generated"),
            Message::to_support("z1@example.net", "Daemon <noreply@example.net>", "Your receipt"),
        ],
    );
    assert_eq!(outcome(&desk.disposition("v1@example.com")), ("appended", "OTK-1"));
    assert_eq!(changes(&desk.show("OTK-1")), ["opened", "appended_automatic"]);
    let row = desk.disposition(&letter.id());
    assert_eq!((outcome(&row), reasons(&row).as_str()), (("ignored", "none"), "our own letter came back"));
    assert_eq!(outcome(&desk.disposition("dsn-0@mx.example.com")), ("report", "none"));
    assert_eq!(outcome(&desk.disposition("v2@example.com")), ("ignored", "none"));
    for (id, number) in [("n1@example.net", "OTK-2"), ("m1@example.net", "OTK-3"), ("z1@example.net", "OTK-4")] {
        let row = desk.disposition(id);
        assert_eq!(outcome(&row), ("opened", number), "{id}");
        assert!(reasons(&row).contains("automatic mail is never answered"), "{}", reasons(&row));
    }
    letters(&desk, 1);
}

#[test]
fn a_bounce_is_tied_to_its_letter() {
    let (desk, letter) = opened();
    desk.deliver("support", &bounce_of("dsn-1@mx.example.com", &letter.id(), IVAN));
    desk.once();
    assert_eq!(outcome(&desk.disposition("dsn-1@mx.example.com")), ("report", "OTK-1"));
    let row = &desk.outbox()[0];
    assert_eq!(row["state"], "failed");
    assert!(row["answer"].as_str().unwrap().contains("mailbox full"), "{row}");
    assert_eq!(changes(&desk.show("OTK-1")), ["opened", "letter_failed"]);
    letters(&desk, 1);
}

#[test]
fn the_desks_rules_say_who_is_answered() {
    let desk = TestDesk::on_servers(STRICT_DESK);
    let to_nobody = |id: &str, from: &str| Message::new(id, from, id).header("To: undisclosed-recipients:;");
    receive(
        &desk,
        &[
            Message::to_support("form@example.org", "noreply@www.example.org", "Contact form")
                .header("Reply-To: Maria <maria@example.com>")
                .header("Auto-Submitted: auto-generated"),
            Message::new("list@example.com", "petr@example.com", "Through our list")
                .header("To: team@example.org")
                .header("List-Id: The team <team.example.org>")
                .header("Precedence: list"),
            Message::new("alias@example.com", "anna@example.com", "To an alias").header("To: Help@Example.org"),
            to_nobody("delivered@example.com", "boris@example.com").header("Delivered-To: support+web@example.org"),
            to_nobody("unnamed@example.com", "gleb@example.com"),
            Message::to_support("spam@example.com", "dina@example.com", "Win").header("X-Spam-Flag: yes, score 12"),
            Message::to_support("blocked@a.bulk.example", "offers@a.bulk.example", "Offers"),
            Message::to_support("own@example.org", "help@example.org", "A note to ourselves"),
        ],
    );
    for (id, expected, reason) in [
        ("form@example.org", ("opened", "OTK-1"), ""),
        ("list@example.com", ("opened", "OTK-2"), ""),
        ("alias@example.com", ("opened", "OTK-3"), ""),
        ("delivered@example.com", ("opened", "OTK-4"), ""),
        ("unnamed@example.com", ("opened", "OTK-5"), "add it to desk.OTK.aliases"),
        ("spam@example.com", ("ignored", "none"), "marked as spam: X-Spam-Flag: yes"),
        ("blocked@a.bulk.example", ("ignored", "none"), "offers@a.bulk.example is blocked"),
        ("own@example.org", ("held", "none"), "our own address"),
    ] {
        let row = desk.disposition(id);
        assert_eq!(outcome(&row), expected, "{id}");
        assert!(reasons(&row).contains(reason), "{id}: {}", reasons(&row));
    }
    let mut answered: Vec<String> = letters(&desk, 4).into_iter().map(|letter| letter.rcpt).collect();
    answered.sort();
    assert_eq!(answered, ["anna@example.com", "boris@example.com", "maria@example.com", "petr@example.com"]);
}

#[test]
fn the_sixth_message_within_ten_minutes_is_filed_and_not_acknowledged() {
    let desk = TestDesk::on_servers(ONE_DESK);
    let message = |n: u32| Message::to_support(&format!("c{n}@example.com"), IVAN, &format!("Question {n}"));
    receive(&desk, &(1..=6).map(message).collect::<Vec<_>>());
    assert_eq!(desk.requests().len(), 6);
    letters(&desk, 5);
    let row = desk.disposition("c6@example.com");
    assert_eq!(outcome(&row), ("opened", "OTK-6"));
    let text = reasons(&row);
    assert!(text.contains("cap reached: 5 acknowledgements to this sender within ten minutes"), "{text}");
}

#[test]
fn two_robots_fall_silent_on_the_same_subject() {
    let desk = TestDesk::on_servers(ONE_DESK);
    // A robot without any sign that answers every letter of ours with a new message.
    let mut answered = 0;
    for round in 1..=6 {
        receive(
            &desk,
            &[Message::to_support(&format!("robot{round}@example.net"), "bot@example.net", "Ticket received")],
        );
        assert_eq!(desk.requests().len(), round);
        let letters = desk.outbox().len();
        if letters == answered {
            break;
        }
        answered = letters;
        // By the second, so that its answer is seen to come after our letter.
        let second = desk.now();
        wait_until("the robot answers", || desk.now() > second);
    }
    assert_eq!(answered, 2);
    let cap = "2 alike messages of this sender, each within a minute of our e-mail";
    assert!(reasons(&desk.disposition("robot3@example.net")).contains(cap));
    letters(&desk, 2);
}

#[test]
fn bytes_that_are_hardly_a_message_are_filed_without_a_letter() {
    let desk = TestDesk::on_servers(ONE_DESK);
    for raw in [&b""[..], b"\r\n", b"\xff\xfe\x00garbage without any header", b"From: \r\n\r\n"] {
        desk.deliver("support", raw);
    }
    desk.once();
    let rows = desk.received();
    assert_eq!(rows.len(), 4);
    assert!(rows.iter().all(|row| row["state"] == "handled"), "{rows:?}");
    assert_eq!(desk.outbox().len(), 0);
}

#[test]
fn the_logo_of_a_signature_is_told_from_a_file() {
    let desk = TestDesk::on_servers(ONE_DESK);
    let logo = b"GIF89a\x10\x00\x10\x00\x00\x00\x00logo".to_vec();
    let with_logo =
        |id: &str, subject: &str| Message::to_support(id, IVAN, subject).file("logo.gif", "image/gif", &logo);
    receive(
        &desk,
        &[
            with_logo("l1@example.com", "First"),
            with_logo("l2@example.com", "Second").file("a.txt", "text/plain", b"x"),
        ],
    );
    let files = |number: &str| desk.requests().iter().find(|r| r["number"] == number).map(|r| r["attachments"].clone());
    assert_eq!((files("OTK-1"), files("OTK-2")), (Some(0.into()), Some(1.into())));
    let story = desk.show("OTK-2");
    let logos: Vec<_> = story["attachments"].as_array().unwrap().iter().map(|file| file["is_logo"] == true).collect();
    assert_eq!(logos, [true, false]);
    assert_eq!(story["attachments"][0]["facts"]["width"], 16);
}

#[test]
fn a_screenshot_that_comes_again_stays_a_file() {
    let desk = TestDesk::on_servers(ONE_DESK);
    let mut screenshot = b"GIF89a".to_vec();
    screenshot.extend([1280_u16.to_le_bytes(), 720_u16.to_le_bytes(), [0; 2], [0; 2]].concat());
    let with = |id: &str, from: &str| Message::to_support(id, from, id).file("screen.gif", "image/gif", &screenshot);
    receive(&desk, &[with("s1@example.com", IVAN), with("s2@example.com", IVAN)]);
    assert!(desk.requests().iter().all(|request| request["attachments"] == 1));

    // Nobody is not a sender whose messages could be compared.
    let small = b"GIF89a\x10\x00\x10\x00\x00\x00\x00small".to_vec();
    let with = |id: &str| Message::to_support(id, "nobody", id).file("small.gif", "image/gif", &small);
    receive(&desk, &[with("n1@example.com"), with("n2@example.com")]);
    assert_eq!(desk.requests().len(), 4);
    assert!(desk.requests().iter().all(|request| request["attachments"] == 1));
    assert!(desk.text(&["show", "OTK-1"]).contains("1280x720"));
}
