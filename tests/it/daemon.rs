//! The daemon and its commands in daily work: mailboxes, transports and everything that a server may refuse.

mod commands;
mod outgoing;

use std::io::Write;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::support::{
    IVAN, Message, ONE_DESK, PASSWORD, Scripted, Servers, THREE_MAILBOXES, TestDesk, WRONG_PASSWORD, line, outcome,
    say, temporary_folder, wait_until,
};
use serde_json::{Value, json};

/// `ONE_DESK` with more keys for its mailbox.
fn one_desk(mailbox_keys: &str) -> String {
    ONE_DESK.replace("start = \"all\"", mailbox_keys)
}

/// `ONE_DESK` whose letters are tried again after a second.
fn impatient() -> String {
    format!("{ONE_DESK}\n[retry]\nfirst = \"1s\"\n")
}

fn request(id: &str) -> Vec<u8> {
    Message::to_support(id, IVAN, id).raw()
}

#[test]
fn several_mailboxes_and_desks_work_while_one_login_is_refused() {
    let locked = "[mailbox.locked]\ndesk = \"OTK\"\nIMAP, WRONG PASSWORD\nuser = \"locked\"\n";
    let desk = TestDesk::on_servers(&format!("{THREE_MAILBOXES}{locked}"));
    for (user, id, to) in [
        ("first", "m1@example.com", "support@example.org"),
        ("second", "m2@example.com", "support@example.org"),
        ("booking", "m3@example.com", "booking@example.org"),
    ] {
        let from = format!("{user}@example.com");
        desk.deliver(user, &Message::new(id, &from, id).header(&format!("To: {to}")).raw());
    }
    let mut daemon = desk.run();
    daemon.until("all three are answered", || desk.servers().sent().len() == 3);
    desk.deliver("first", &request("m4@example.com"));
    daemon.until("the fourth is answered", || desk.servers().sent().len() == 4);
    assert!(daemon.stop().success());
    let mut numbers: Vec<String> =
        desk.requests().iter().map(|request| request["number"].as_str().unwrap().to_owned()).collect();
    numbers.sort();
    assert_eq!(numbers, ["OTK-1", "OTK-2", "OTK-3", "TRV-1"]);
    let booking = desk.servers().sent().into_iter().find(|l| l.rcpt == "booking@example.com").unwrap();
    assert_eq!(booking.envelope_from, "booking@example.org");
    let log = desk.log();
    assert!(log.contains("Authentication failed") && log.contains("locked"), "{log}");
    assert!(!log.contains(PASSWORD) && !log.contains(WRONG_PASSWORD));
    let once = desk.output(&["once"]);
    assert!(!once.status.success());
    assert!(String::from_utf8_lossy(&once.stdout).contains("mailbox locked: FAILED"));
}

#[test]
fn accepted_mail_is_left_flagged_or_moved_as_configured() {
    let servers = Arc::new(Servers::start());
    for (after, user) in [("\"leave\"", "leave"), ("{ flag = '\\Seen' }", "flag"), ("{ move = \"Filed\" }", "move")] {
        let configuration = one_desk(&format!("start = \"all\"\nafter = {after}"))
            .replace("user = \"support\"\nstart", &format!("user = \"{user}\"\nstart"));
        let desk = TestDesk::with(&configuration).between(Arc::clone(&servers)).open();
        let ids = ["1@example.com", "2@example.com", "3@example.com"];
        ids.iter().for_each(|id| drop(desk.deliver("support", &request(id))));
        desk.once();
        assert_eq!(desk.requests().len(), 3, "{after}");
        let inbox: Vec<String> = desk.servers().messages(user, "INBOX").into_iter().map(|m| m.flags).collect();
        let filed: Vec<Vec<u8>> = desk.servers().messages(user, "Filed").into_iter().map(|m| m.raw).collect();
        match user {
            "leave" => assert_eq!(inbox, ["", "", ""]),
            "flag" => assert_eq!(inbox, ["S", "S", "S"]),
            _ => assert_eq!((inbox.len(), filed), (0, ids.map(request).to_vec())),
        }
        desk.once();
        assert_eq!(desk.received().len(), 3, "a second look brings nothing: {after}");
    }
}

#[test]
fn idle_tells_of_new_mail_without_waiting_for_the_poll() {
    let desk = TestDesk::on_servers(&one_desk("start = \"all\"\npoll = \"1d\""));
    let mut daemon = desk.run();
    for (count, id) in (1..).zip(["i1@example.com", "i2@example.com", "i3@example.com"]) {
        let message = Message::to_support(id, &format!("customer{count}@example.com"), id);
        desk.deliver("support", &message.raw());
        daemon.until("the message is answered", || desk.servers().sent().len() == count);
    }
    assert!(daemon.stop().success());
}

#[test]
fn without_idle_the_mailbox_is_polled() {
    let desk = TestDesk::on_servers(&one_desk("start = \"all\"\nidle = false\npoll = \"5s\""));
    desk.deliver("support", &request("p1@example.com"));
    let mut daemon = desk.run();
    daemon.until("the first message is answered", || desk.servers().sent().len() == 1);
    desk.deliver("support", &request("p2@example.com"));
    daemon.until("the second message is answered", || desk.servers().sent().len() == 2);
    assert!(daemon.stop().success());
}

#[test]
fn servers_that_go_away_for_a_while_are_connected_again() {
    let mut desk = TestDesk::on_servers(&impatient());
    desk.deliver("support", &request("before@example.com"));
    let mut daemon = desk.run();
    daemon.until("the first message is answered", || desk.servers().sent().len() == 1);
    desk.servers_mut().stop();
    desk.deliver("support", &request("meanwhile@example.com"));
    daemon.until("the loss is noticed", || desk.log().contains("cannot read the mailbox"));
    desk.servers_mut().restart();
    daemon.until("the second message is answered", || desk.servers().sent().len() == 2);
    assert!(daemon.stop().success());
    assert_eq!(desk.received().len(), 2);
}

#[test]
fn the_start_mark_decides_what_is_new() {
    let day = |n: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(n * 86_400);
    // The messages arrived on 2019-12-31 and 2020-01-02.
    for (start, old, new) in [
        ("start = \"now\"", ["skipped", "skipped"], 0),
        ("start = \"2020-01-01T00:00:00Z\"", ["skipped", "handled"], 1),
        ("start = \"all\"", ["handled", "handled"], 2),
        ("start = \"now\"\nolder = \"file\"", ["handled", "handled"], 0),
    ] {
        let desk = TestDesk::on_servers(&one_desk(start));
        for (id, at) in [("s1@example.com", 18_261), ("s2@example.com", 18_263)] {
            desk.servers().deliver("support", "INBOX", &request(id), Some(day(at)));
        }
        desk.once();
        let states: Vec<String> = desk.received().iter().map(|r| r["state"].as_str().unwrap().to_owned()).collect();
        assert_eq!(states, old, "{start}");
        assert_eq!(desk.outbox().len(), new, "{start}");
        if start.contains("file") {
            assert_eq!(desk.requests().len(), 2);
            let reasons = desk.disposition("s1@example.com")["reasons"].to_string();
            assert!(reasons.contains("from before the mailbox's start mark"), "{reasons}");
        }
        desk.deliver("support", &request("s3@example.com"));
        desk.once();
        assert_eq!(outcome(&desk.disposition("s3@example.com")).0, "opened", "{start}");
        assert_eq!(desk.outbox().len(), new + 1, "{start}");
    }
}

#[test]
fn a_message_over_the_limit_is_filed_by_its_beginning_and_stays_on_the_server() {
    let desk =
        TestDesk::on_servers(&one_desk("start = \"all\"\nmax_message = \"300KB\"\nafter = { move = \"Filed\" }"));
    let large = Message::to_support("large@example.com", IVAN, "A large file")
        .text("See the file.")
        .file("film.bin", "application/octet-stream", &[7; 900_000])
        .raw();
    desk.deliver("support", &large);
    desk.deliver("support", &request("small@example.com"));
    desk.once();
    let row = desk.disposition("large@example.com");
    assert_eq!(outcome(&row), ("opened", "OTK-1"));
    assert_eq!(row["size"], large.len());
    assert!(row["defects"].to_string().contains("the whole is on the server"), "{row}");
    let stored = desk.bytes(&["received", "export", &row["id"].to_string()]);
    assert!(stored.len() < large.len() && large.starts_with(&stored));
    assert_eq!(desk.show("OTK-1")["entries"][0]["text"].as_str().unwrap().trim(), "See the file.");
    let inbox: Vec<Vec<u8>> = desk.servers().messages("support", "INBOX").into_iter().map(|m| m.raw).collect();
    assert!(inbox == [large], "only the large message is left in its folder");
    assert_eq!(desk.servers().messages("support", "Filed").len(), 1);
    assert_eq!(desk.outbox().len(), 2);
}

#[test]
fn a_message_of_twenty_megabytes_comes_through_whole() {
    let desk = TestDesk::on_servers(ONE_DESK);
    let dump: Vec<u8> = (0..14_600_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    let raw =
        Message::to_support("dump@example.com", IVAN, "A dump").file("dump.bin", "application/x-dump", &dump).raw();
    assert!(raw.len() > 19_900_000);
    desk.deliver("support", &raw);
    desk.once();
    assert!(desk.bytes(&["received", "export", "1"]) == raw, "the raw bytes are those on the server");
    assert!(desk.bytes(&["attachment", "1"]) == dump, "the file is the one that was sent");
    assert_eq!(desk.outbox().len(), 1);
}

#[test]
fn check_connect_tells_what_works_and_what_does_not() {
    let mut desk = TestDesk::on_servers(ONE_DESK);
    let good = desk.json(&["check", "--connect"]);
    assert_eq!(good["ok"], true, "{good}");
    assert!(good["findings"].to_string().contains("new mail is announced by IDLE"), "{good}");
    desk.configure(&ONE_DESK.replace("IMAP", "IMAP, WRONG PASSWORD"));
    assert!(desk.output(&["check"]).status.success(), "without --connect nobody is asked");
    let output = desk.output(&["check", "--connect"]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("FAILED  mailbox support") && text.contains("Authentication failed"), "{text}");
    let all = format!("{text}{}{good}", String::from_utf8_lossy(&output.stderr));
    assert!(!all.contains(PASSWORD) && !all.contains(WRONG_PASSWORD));
}

#[test]
fn sigterm_ends_the_daemon_and_leaves_a_clean_state() {
    let desk = TestDesk::on_servers(&one_desk("start = \"all\"\npoll = \"1d\""));
    desk.deliver("support", &request("e1@example.com"));
    let mut daemon = desk.run();
    daemon.until("the letter has left", || desk.servers().sent().len() == 1);
    assert_eq!(desk.number("SELECT clean FROM process"), 0);
    assert!(daemon.stop().success());
    assert_eq!(desk.number("SELECT clean FROM process"), 1);
    assert_eq!(desk.outbox()[0]["state"], "sent");
    assert!(desk.log().contains("stopped") && !desk.log().contains("did not end in time"), "{}", desk.log());
}

#[test]
fn a_second_daemon_on_the_same_state_is_refused() {
    let desk = TestDesk::on_servers(ONE_DESK);
    let mut daemon = desk.run();
    daemon.until("it is running", || desk.log().contains("running"));
    for command in ["run", "once"] {
        let second = desk.output(&[command]);
        assert_eq!(second.status.code(), Some(1));
        let said = String::from_utf8_lossy(&second.stderr).into_owned();
        assert!(said.contains("another maildesk is running"), "{said}");
    }
    assert!(daemon.is_alive());
    assert!(daemon.stop().success());
}
