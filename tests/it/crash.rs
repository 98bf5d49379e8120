//! What a crash leaves: a test for each line of the crash table in the crate doc, on the real binary.

mod oracle;

use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

use crate::support::{Message, ONE_DESK, Random, THREE_MAILBOXES, TestDesk, wait_until};
use maildesk::model::ReceivedId;
use oracle::CrashTest;
use serde_json::{Value, json};

const SIGABRT: i32 = 6;
const SIGXCPU: i32 = 24;

/// A dozen messages have come, and the daemon has killed itself at a point of their way.
fn crashed_at(point: &str) -> CrashTest {
    let mut test = CrashTest::start();
    test.deliver_new(12);
    test.die_at(point);
    test
}

/// The same, after it has recovered.
fn crash_and_recover(point: &str) -> CrashTest {
    let test = crashed_at(point);
    test.recover();
    test.check();
    test
}

#[test]
fn killed_before_a_the_message_is_fetched_again() {
    crash_and_recover("receive.before");
}

#[test]
fn killed_between_two_slices_the_half_fetched_message_is_dropped_and_fetched_again() {
    let test = crashed_at("receive.slice:2");
    let half_fetched = "SELECT count(*) FROM raw WHERE id NOT IN (SELECT raw FROM received WHERE raw IS NOT NULL)";
    assert!(test.desk.number(half_fetched) > 0, "the crash left something half-fetched");
    test.recover();
    test.check();
}

#[test]
fn killed_after_a_accepted_messages_are_handled_at_the_next_start() {
    let test = crashed_at("receive.after");
    assert!(test.desk.number("SELECT count(*) FROM received") > 0);
    test.recover();
    test.check();
}

#[test]
fn killed_before_the_mark_is_noted_a_second_accept_is_nothing_and_the_mark_is_set_again() {
    let test = crashed_at("receive.marked");
    let unnoted = "SELECT count(*) FROM received WHERE marked = 0 AND mailbox <> 'booking'";
    assert!(test.desk.number(unnoted) > 0, "the crash left marks that are not noted");
    test.recover();
    test.check();
}

#[test]
fn killed_before_b_nothing_of_it_is_there_and_the_number_is_the_same() {
    for point in ["handle.before", "handle.before:5"] {
        let test = crashed_at(point);
        assert_eq!(
            test.desk.number("SELECT count(*) FROM letter"),
            test.desk.number("SELECT count(*) FROM request"),
            "a request and its letter are committed together"
        );
        test.recover();
        test.check();
    }
}

#[test]
fn killed_after_b_due_letters_go_out_at_the_next_start() {
    let test = crashed_at("handle.after");
    assert!(test.desk.number("SELECT count(*) FROM letter") > 0);
    test.recover();
    test.check();
}

#[test]
fn killed_inflight_the_letter_waits_and_goes_again_with_the_same_bytes() {
    // Before its first byte it goes once; after the server's answer it goes twice.
    for (point, copies) in [("outbox.inflight:2", 1), ("outbox.carried:2", 2)] {
        let test = crashed_at(point);
        let unsure = "SELECT id FROM letter WHERE state = 'inflight'";
        let id = test.desk.number(unsure);
        test.recover();
        assert_eq!(test.desk.number(unsure), id, "{point}: it is not sent again before the wait is over");
        test.check();
        let letters = test.desk.outbox();
        let letter = letters.iter().find(|letter| letter["id"] == id).unwrap();
        assert_eq!((&letter["resent"], &letter["attempts"]), (&1.into(), &2.into()), "{point}: {letter}");
        let message_id = letter["message_id"].as_str().unwrap();
        wait_until("all its copies are there", || test.copies()[message_id].len() >= copies);
        assert_eq!(test.copies()[message_id].len(), copies, "{point}");
    }
}

#[test]
fn killed_after_the_letters_end_is_noted_it_is_not_sent_again() {
    let test = crashed_at("outbox.ended:2");
    let noted: Vec<Value> = test.desk.outbox().into_iter().filter(|letter| letter["state"] == "sent").collect();
    assert!(noted.len() >= 2, "{noted:?}");
    // The next letters are on their way while an end is noted: only those that the server has answered meanwhile go twice.
    let begun = usize::try_from(test.desk.number("SELECT count(*) FROM letter WHERE state = 'inflight'")).unwrap();
    test.recover();
    test.check();
    let copies = test.copies();
    for letter in &noted {
        assert_eq!(copies[letter["message_id"].as_str().unwrap()].len(), 1, "{letter}");
    }
    let sent = test.desk.servers().sent().len();
    assert!((test.delivered.len()..=test.delivered.len() + begun).contains(&sent), "{sent} sent, {begun} begun");
}

#[test]
fn random_kills_lose_double_and_renumber_nothing() {
    let mut random = Random::new(u64::from(std::process::id()));
    let mut test = CrashTest::start();
    test.desk.once();
    for _ in 0..30 {
        test.deliver_new(10);
        // Everything that a kill may interrupt moves this number: rows, dispositions, marks, tries.
        let progress = || {
            test.desk.number(
                "SELECT CAST((SELECT count(*) + total(marked) + total(state = 'handled') FROM received)
                 + (SELECT total(attempts) + total(state = 'sent') FROM letter) AS INTEGER)",
            )
        };
        let (before, steps) = (progress(), i64::try_from(random.below(40)).unwrap());
        let mut daemon = test.desk.run();
        daemon.until("some of the work is done", || progress() > before + steps);
        std::thread::sleep(Duration::from_millis(random.below(20) as u64));
        daemon.kill();
        test.check_untouched();
        test.end_the_wait_of_unsure_letters();
    }
    test.recover();
    test.check();
}

#[test]
fn a_new_uidvalidity_doubles_nothing() {
    let mut test = CrashTest::start();
    test.deliver_new(9);
    // Two messages without an id that are alike are two, before and after.
    let nameless = Message::new("", "nina@example.com", "Without an id").header("To: booking@example.org").raw();
    for _ in 0..2 {
        test.desk.deliver("booking", &nameless);
    }
    test.desk.once();
    assert_eq!(test.desk.requests().len(), 11);
    let (requests, letters) = (test.desk.requests(), test.desk.outbox());
    test.desk.servers_mut().reset_uidvalidity("booking");
    test.desk.once();
    assert_eq!(test.desk.requests(), requests);
    assert_eq!(test.desk.outbox(), letters);
    let again: Vec<_> = test.desk.received().into_iter().filter(|row| row["disposition"] == "duplicate").collect();
    assert_eq!(again.len(), 5);
    assert!(again[0]["reasons"].to_string().contains("the same Message-ID and content as message"), "{again:?}");
}

#[test]
fn the_same_message_has_one_effect_in_a_desk_and_one_in_each_desk() {
    let desk = TestDesk::on_servers(THREE_MAILBOXES);
    let message = Message::new("same@example.com", "ivan@example.com", "Twice")
        .header("To: support@example.org, booking@example.org");
    let transported = |by: &str| {
        [format!("Received: from {by}; Sat, 21 Nov 2026 10:00:00 +0000\r\n").as_bytes(), &message.raw()].concat()
    };
    desk.deliver("first", &transported("one.example"));
    desk.once();
    desk.deliver("first", &transported("two.example"));
    desk.deliver("second", &transported("three.example"));
    desk.deliver("booking", &transported("four.example"));
    desk.once();
    let dispositions: Vec<String> =
        desk.received().iter().map(|r| format!("{} {}", r["mailbox"], r["disposition"])).collect();
    let count = |disposition: &str| dispositions.iter().filter(|f| *f == disposition).count();
    assert_eq!(count(r#""first" "opened""#), 1, "{dispositions:?}");
    assert_eq!(count(r#""first" "duplicate""#), 1, "{dispositions:?}");
    assert_eq!(count(r#""second" "duplicate""#), 1, "{dispositions:?}");
    assert_eq!(count(r#""booking" "opened""#), 1, "{dispositions:?}");
    assert_eq!(desk.outbox().len(), 2, "one from each desk");
    assert_eq!(desk.show("TRV-1")["request"]["linked"], json!(["OTK-1"]));
}

#[test]
fn an_id_that_is_used_again_or_missing_makes_no_message_a_duplicate() {
    let desk = TestDesk::on_servers(ONE_DESK);
    let senders = ["a@example.com", "b@example.com", "c@example.com", "d@example.com"];
    for (id, from) in ["reused@example.com", "reused@example.com", "", ""].into_iter().zip(senders) {
        desk.deliver("support", &Message::to_support(id, from, "Hello").raw());
    }
    // Without an id, even the same bytes side by side are another message.
    desk.deliver("support", &Message::to_support("", senders[3], "Hello").raw());
    desk.once();
    assert_eq!(desk.requests().len(), 5);
    let reasons = desk.disposition("reused@example.com")["reasons"].to_string();
    assert!(reasons.contains("warning: message 1 has the same Message-ID but other content"), "{reasons}");
}

#[test]
fn a_message_that_kills_us_is_quarantined_while_its_neighbours_are_handled() {
    let desk = TestDesk::on_servers(ONE_DESK);
    let poison = [("MAILDESK_POISON", "poison-canary")];
    for (id, text) in
        [("n1@example.com", "Good day"), ("bad@example.com", "poison-canary"), ("n2@example.com", "Hello")]
    {
        let from = format!("from-{id}");
        desk.deliver("support", &Message::to_support(id, &from, id).text(text).raw());
    }
    desk.run_with(&poison).dies_by(SIGABRT);
    let mut daemon = desk.run_with(&poison);
    daemon.until("the neighbours are answered", || desk.servers().sent().len() == 2);
    assert!(daemon.stop().success());
    let bad = desk.json(&["received", "--disposition", "quarantined"])[0].clone();
    let id = bad["id"].as_i64().unwrap();
    assert_eq!(desk.number(&format!("SELECT charges FROM received WHERE id = {id}")), 3);
    assert_eq!(desk.number(&format!("SELECT sum(charges) FROM received WHERE id <> {id}")), 0);
    assert!(bad["trouble"].as_str().unwrap().contains("signal: 6"), "{bad}");
    assert!(String::from_utf8_lossy(&desk.bytes(&["received", "export", &id.to_string()])).contains("poison-canary"));

    desk.text(&["received", "replay", &id.to_string()]);
    desk.once();
    assert_eq!(desk.disposition("bad@example.com")["disposition"], "opened");
    let numbers: Vec<String> = desk.requests().iter().map(|r| r["number"].to_string()).collect();
    assert_eq!(numbers, [r#""OTK-1""#, r#""OTK-2""#, r#""OTK-3""#]);
    assert_eq!(desk.outbox().len(), 3);
    assert!(desk.reader().view().received_one(ReceivedId(id)).unwrap().unwrap().trouble.is_empty());
}

#[test]
fn a_message_that_is_read_without_end_ends_its_child() {
    let desk = TestDesk::on_servers(ONE_DESK);
    let raw = b"From: a@example.com\r\n\r\nspin-canary\r\n";
    let ended = desk.fed(&["parse", "--time-limit", "1"], raw, &[("MAILDESK_SPIN", "spin-canary")]).status;
    assert_eq!(ended.signal(), Some(SIGXCPU), "{ended}");
    assert!(desk.fed(&["parse", "--time-limit", "1"], raw, &[]).status.success());
}
