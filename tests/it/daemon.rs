//! The daemon and its commands in daily work: mailboxes, transports and everything that a server may refuse.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use crate::support::{
    Installation, Message, ONE_DESK, PASSWORD, Scripted, Servers, WRONG_PASSWORD, line, say, temporary_folder,
    wait_until,
};
use serde_json::{Value, json};

const IVAN: &str = "ivan@example.com";

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

fn outcome(row: &Value) -> (&str, &str) {
    (row["disposition"].as_str().unwrap_or("none"), row["request"].as_str().unwrap_or("none"))
}

#[test]
fn several_mailboxes_and_desks_work_while_one_login_is_refused() {
    let servers = Servers::start();
    let desk = Installation::new(
        &servers,
        r#"
[desk.OTK]
name = "Example support"
address = "support@example.org"

[desk.TRV]
name = "Booking"
address = "booking@example.org"

[mailbox.locked]
desk = "OTK"
IMAP, WRONG PASSWORD
user = "locked"

[mailbox.first]
desk = "OTK"
IMAP
user = "first"
start = "all"

[mailbox.second]
desk = "OTK"
IMAP
user = "second"
start = "all"

[mailbox.booking]
desk = "TRV"
IMAP
user = "booking"
start = "all"

[transport.main]
SUBMISSION
"#,
    );
    for (user, id, to) in [
        ("first", "m1@example.com", "support@example.org"),
        ("second", "m2@example.com", "support@example.org"),
        ("booking", "m3@example.com", "booking@example.org"),
    ] {
        let from = format!("{user}@example.com");
        servers.deliver(user, "INBOX", &Message::new(id, &from, id).header(&format!("To: {to}")).raw(), None);
    }
    let mut daemon = desk.run();
    daemon.until("all three are answered", || servers.sent().len() == 3);
    servers.deliver("first", "INBOX", &request("m4@example.com"), None);
    daemon.until("the fourth is answered", || servers.sent().len() == 4);
    assert!(daemon.stop().success());
    let mut numbers: Vec<String> =
        desk.requests().iter().map(|request| request["number"].as_str().unwrap().to_owned()).collect();
    numbers.sort();
    assert_eq!(numbers, ["OTK-1", "OTK-2", "OTK-3", "TRV-1"]);
    let booking = servers.sent().into_iter().find(|l| l.rcpt == "booking@example.com").unwrap();
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
    let servers = Servers::start();
    for (after, user) in [("\"leave\"", "leave"), ("{ flag = '\\Seen' }", "flag"), ("{ move = \"Filed\" }", "move")] {
        let configuration = one_desk(&format!("start = \"all\"\nafter = {after}"))
            .replace("user = \"support\"\nstart", &format!("user = \"{user}\"\nstart"));
        let desk = Installation::new(&servers, &configuration);
        let ids = ["1@example.com", "2@example.com", "3@example.com"];
        ids.iter().for_each(|id| servers.deliver(user, "INBOX", &request(id), None));
        desk.once();
        assert_eq!(desk.requests().len(), 3, "{after}");
        let inbox: Vec<String> = servers.messages(user, "INBOX").into_iter().map(|m| m.flags).collect();
        let filed: Vec<Vec<u8>> = servers.messages(user, "Filed").into_iter().map(|m| m.raw).collect();
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
    let servers = Servers::start();
    let desk = Installation::new(&servers, &one_desk("start = \"all\"\npoll = \"1d\""));
    let mut daemon = desk.run();
    for (count, id) in (1..).zip(["i1@example.com", "i2@example.com", "i3@example.com"]) {
        let message = Message::to_support(id, &format!("customer{count}@example.com"), id);
        servers.deliver("support", "INBOX", &message.raw(), None);
        daemon.until("the message is answered", || servers.sent().len() == count);
    }
    assert!(daemon.stop().success());
}

#[test]
fn without_idle_the_mailbox_is_polled() {
    let servers = Servers::start();
    let desk = Installation::new(&servers, &one_desk("start = \"all\"\nidle = false\npoll = \"5s\""));
    servers.deliver("support", "INBOX", &request("p1@example.com"), None);
    let mut daemon = desk.run();
    daemon.until("the first message is answered", || servers.sent().len() == 1);
    servers.deliver("support", "INBOX", &request("p2@example.com"), None);
    daemon.until("the second message is answered", || servers.sent().len() == 2);
    assert!(daemon.stop().success());
}

#[test]
fn servers_that_go_away_for_a_while_are_connected_again() {
    let mut servers = Servers::start();
    let desk = Installation::new(&servers, &impatient());
    servers.deliver("support", "INBOX", &request("before@example.com"), None);
    let mut daemon = desk.run();
    daemon.until("the first message is answered", || servers.sent().len() == 1);
    servers.stop();
    servers.deliver("support", "INBOX", &request("meanwhile@example.com"), None);
    daemon.until("the loss is noticed", || desk.log().contains("cannot read the mailbox"));
    servers.restart();
    daemon.until("the second message is answered", || servers.sent().len() == 2);
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
        let servers = Servers::start();
        let desk = Installation::new(&servers, &one_desk(start));
        servers.deliver("support", "INBOX", &request("s1@example.com"), Some(day(18_261)));
        servers.deliver("support", "INBOX", &request("s2@example.com"), Some(day(18_263)));
        desk.once();
        let states: Vec<String> = desk.received().iter().map(|r| r["state"].as_str().unwrap().to_owned()).collect();
        assert_eq!(states, old, "{start}");
        assert_eq!(desk.letters().len(), new, "{start}");
        if start.contains("file") {
            assert_eq!(desk.requests().len(), 2);
            let reasons = desk.disposition("s1@example.com")["reasons"].to_string();
            assert!(reasons.contains("from before the mailbox's start mark"), "{reasons}");
        }
        servers.deliver("support", "INBOX", &request("s3@example.com"), None);
        desk.once();
        assert_eq!(outcome(&desk.disposition("s3@example.com")).0, "opened", "{start}");
        assert_eq!(desk.letters().len(), new + 1, "{start}");
    }
}

#[test]
fn a_message_over_the_limit_is_filed_by_its_beginning_and_stays_on_the_server() {
    let servers = Servers::start();
    let desk = Installation::new(
        &servers,
        &one_desk("start = \"all\"\nmax_message = \"300KB\"\nafter = { move = \"Filed\" }"),
    );
    let large = Message::to_support("large@example.com", IVAN, "A large file")
        .text("See the file.")
        .file("film.bin", "application/octet-stream", &[7; 900_000])
        .raw();
    servers.deliver("support", "INBOX", &large, None);
    servers.deliver("support", "INBOX", &request("small@example.com"), None);
    desk.once();
    let row = desk.disposition("large@example.com");
    assert_eq!(outcome(&row), ("opened", "OTK-1"));
    assert_eq!(row["size"], large.len());
    assert!(row["defects"].to_string().contains("the whole is on the server"), "{row}");
    let stored = desk.bytes(&["received", "export", &row["id"].to_string()]);
    assert!(stored.len() < large.len() && large.starts_with(&stored));
    assert_eq!(desk.show("OTK-1")["entries"][0]["text"].as_str().unwrap().trim(), "See the file.");
    let inbox: Vec<Vec<u8>> = servers.messages("support", "INBOX").into_iter().map(|m| m.raw).collect();
    assert!(inbox == [large], "only the large message is left in its folder");
    assert_eq!(servers.messages("support", "Filed").len(), 1);
    assert_eq!(desk.letters().len(), 2);
}

#[test]
fn a_message_of_twenty_megabytes_comes_through_whole() {
    let servers = Servers::start();
    let desk = Installation::new(&servers, ONE_DESK);
    let dump: Vec<u8> = (0..14_600_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    let raw =
        Message::to_support("dump@example.com", IVAN, "A dump").file("dump.bin", "application/x-dump", &dump).raw();
    assert!(raw.len() > 19_900_000);
    servers.deliver("support", "INBOX", &raw, None);
    desk.once();
    assert!(desk.bytes(&["received", "export", "1"]) == raw, "the raw bytes are those on the server");
    assert!(desk.bytes(&["attachment", "1"]) == dump, "the file is the one that was sent");
    assert_eq!(desk.letters().len(), 1);
}

#[test]
fn a_letter_refused_for_now_is_tried_again_until_it_is_taken() {
    let mut servers = Servers::start_with_sink(&["-r", "RCPT"]);
    let desk = Installation::new(&servers, &impatient());
    servers.deliver("support", "INBOX", &request("t1@example.com"), None);
    let mut daemon = desk.run();
    daemon.until("the letter has been tried twice", || {
        desk.log().contains("handled") && desk.number("SELECT max(attempts) FROM letter") >= 2
    });
    let letter = desk.letters().remove(0);
    assert_eq!(letter["state"], "due");
    assert!(letter["answer"].as_str().unwrap().contains("450"), "{letter}");
    servers.restart_with_sink(&[]);
    daemon.until("the letter is sent", || servers.sent().len() == 1);
    daemon.until("its end is written down", || desk.letters()[0]["state"] == "sent");
    assert!(daemon.stop().success());
    assert_eq!(servers.sent().len(), 1);
}

#[test]
fn a_letter_refused_for_good_fails_visibly_and_can_be_retried() {
    let mut servers = Servers::start_with_sink(&["-f", "RCPT"]);
    let desk = Installation::new(&servers, ONE_DESK);
    servers.deliver("support", "INBOX", &request("t2@example.com"), None);
    desk.once();
    let letter = desk.letters().remove(0);
    assert_eq!(letter["state"], "failed");
    assert!(letter["answer"].as_str().unwrap().contains("500 5.3.0"), "{letter}");
    let story = desk.text(&["show", "OTK-1"]);
    assert!(story.contains("did not reach") && story.contains("500 5.3.0"), "{story}");
    assert!(desk.text(&["outbox", "--state", "failed"]).contains("OTK-1"));
    servers.restart_with_sink(&[]);
    desk.once();
    assert_eq!(servers.sent().len(), 0, "a failed letter is not tried by itself");
    desk.text(&["outbox", "retry", "1"]);
    desk.once();
    wait_until("the letter arrives", || servers.sent().len() == 1);
    assert_eq!(desk.letters()[0]["state"], "sent");
    let again = desk.output(&["outbox", "retry", "1"]);
    assert!(!again.status.success(), "a sent letter is not sent again");
}

#[test]
fn a_letter_larger_than_the_server_takes_is_not_even_offered() {
    let servers = Servers::start();
    let offer = "250-small.example\r\n250 SIZE 300\r\n";
    let small = Scripted::start(vec![
        say("220 small.example\r\n"),
        line("EHLO", offer),
        line("EHLO", offer),
        line("QUIT", "221 bye\r\n"),
    ]);
    let configuration =
        ONE_DESK.replace("SUBMISSION", &format!("host = \"localhost\"\ntls = \"none\"\nport = {}", small.port));
    let desk = Installation::new(&servers, &configuration);
    servers.deliver("support", "INBOX", &request("t3@example.com"), None);
    desk.once();
    let letter = desk.letters().remove(0);
    assert_eq!(letter["state"], "failed");
    assert!(letter["answer"].as_str().unwrap().contains("the server takes at most 300 (SIZE)"), "{letter}");
    assert!(!small.finish().iter().any(|said| said.starts_with("MAIL")));
}

#[test]
fn check_connect_tells_what_works_and_what_does_not() {
    let servers = Servers::start();
    let desk = Installation::new(&servers, ONE_DESK);
    let good = desk.json(&["check", "--connect"]);
    assert_eq!(good["ok"], true, "{good}");
    assert!(good["findings"].to_string().contains("new mail is announced by IDLE"), "{good}");
    desk.configure(&servers, &ONE_DESK.replace("IMAP", "IMAP, WRONG PASSWORD"));
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
    let servers = Servers::start();
    let desk = Installation::new(&servers, &one_desk("start = \"all\"\npoll = \"1d\""));
    servers.deliver("support", "INBOX", &request("e1@example.com"), None);
    let mut daemon = desk.run();
    daemon.until("the letter has left", || servers.sent().len() == 1);
    assert_eq!(desk.number("SELECT clean FROM process"), 0);
    assert!(daemon.stop().success());
    assert_eq!(desk.number("SELECT clean FROM process"), 1);
    assert_eq!(desk.letters()[0]["state"], "sent");
    assert!(desk.log().contains("stopped") && !desk.log().contains("did not end in time"), "{}", desk.log());
}

#[test]
fn a_second_daemon_on_the_same_state_is_refused() {
    let servers = Servers::start();
    let desk = Installation::new(&servers, ONE_DESK);
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

#[test]
fn commands_print_tables_json_and_clear_refusals() {
    let servers = Servers::start();
    let desk = Installation::new(&servers, ONE_DESK);
    let nothing_yet = || {
        let early = desk.output(&["list"]);
        assert_eq!(early.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&early.stderr).contains("no database here yet"));
    };
    nothing_yet();
    // The first start makes the file a moment before its tables.
    std::fs::create_dir(desk.database().parent().unwrap()).unwrap();
    std::fs::write(desk.database(), "").unwrap();
    nothing_yet();
    let message = Message::to_support("c1@example.com", IVAN, "A \u{1b}[31mred\u{202e} subject");
    servers.deliver("support", "INBOX", &message.raw(), None);
    let said = desk.text(&["once"]);
    assert!(said.contains("mailbox support: 1 new") && said.contains("1 e-mail sent, 0 failed, 0 waiting"), "{said}");
    for arguments in [&["list"][..], &["received"], &["outbox"], &["show", "OTK-1"], &["received", "show", "1"]] {
        assert!(!desk.json(arguments).is_null());
        let text = desk.text(arguments);
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{arguments:?}: {text}");
    }
    assert_eq!(desk.json(&["list", "red"]).as_array().unwrap().len(), 1);
    assert_eq!(desk.json(&["list", "--desk", "otk"]).as_array().unwrap().len(), 1);
    let letter = desk.json(&["outbox", "show", "1"]);
    assert_eq!(letter["raw"].as_str().unwrap().as_bytes(), desk.bytes(&["outbox", "show", "1"]));
    assert_eq!(letter["email"]["to"], IVAN);
    let again = desk.json(&["once"])["emails"].clone();
    assert_eq!(again, json!({"sent": 0, "failed": 0, "waiting": 0}));
    for (arguments, words) in [
        (&["show", "OTK-9"][..], "no request OTK-9"),
        (&["list", "--desk", "TRV"], "no desk \"TRV\"; there are: OTK"),
        (&["list", "--desk", "ОТК"], "no desk \"ОТК\"; there are: OTK"),
        (&["received", "show", "9"], "no message 9"),
        (&["received", "replay", "1"], "no quarantined message 1"),
        (&["attachment", "1"], "message 1 has 0 files"),
    ] {
        let output = desk.output(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
}

#[test]
fn parse_prints_an_object_for_any_bytes() {
    let servers = Servers::start();
    let desk = Installation::new(&servers, ONE_DESK);
    let reply = Message::to_support("x@example.com", IVAN, "Re: [OTK-1] hello").raw();
    for (raw, subject) in [(&reply[..], "hello"), (b"", ""), (b"\x00\xff\xfe", "")] {
        let mut child = desk.command(&["parse"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(raw).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        let object: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(object["subject"], subject);
        assert!(object["tags"].is_array());
    }
}

#[test]
fn parse_shows_tags_where_the_configuration_names_the_desks() {
    let servers = Servers::start();
    let desk = Installation::new(&servers, ONE_DESK);
    let subject = "[EXTERNAL] Re: [OTK-1 confirm KEY] hello [done; priority high] [dnoe]";
    let raw = Message::to_support("x@example.com", IVAN, subject).raw();
    let parse = |mut command: std::process::Command| -> Value {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(&raw).unwrap();
        serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap()
    };
    let syntax_error = json!({"text": "dnoe", "problem": "misspelt", "nearest": "done"});
    let tags = json!([
        {"text": "[EXTERNAL]", "answer": "not_mine"},
        {"text": "[OTK-1 confirm KEY]", "answer": "reference", "means": ["OTK-1", {"ask": "confirm"}]},
        {"text": "[done; priority high]", "answer": "asks", "means": [{"status": "done"}, {"priority": "high"}]},
        {"text": "[dnoe]", "answer": "syntax_error", "means": {"asks": [], "errors": [syntax_error]}},
    ]);
    assert_eq!(parse(desk.command(&["parse"]))["tags"], tags);
    let mut without = std::process::Command::new(env!("CARGO_BIN_EXE_maildesk"));
    without.arg("parse");
    assert_eq!(parse(without).get("tags"), None);
}

#[test]
fn the_demo_shows_both_sides_of_a_request_and_a_forger_who_gets_nowhere() {
    let parent = temporary_folder();
    let folder = parent.path().join("demo");
    let maildesk = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_maildesk")).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let said = maildesk(&["demo", "--folder", folder.to_str().unwrap()]);
    let mut rest = said.as_str();
    for expected in [
        "REQUESTS",
        "OTK-1   Не печатается акт сверки",
        "MESSAGES AND THEIR DISPOSITIONS",
        "duplicate ",
        "E-MAILS WRITTEN",
        "Subject: [OTK-1] Не печатается акт сверки",
        "reply above this line",
        "[обработано]",
        "Subject: Re: [OTK-1] Не печатается акт сверки [done]",
        "To: anna@shop.example",
        "шаблон акта искал старый принтер",
        "<mailto:support@crm.example?subject=%5BOTK-1%20confirm%20",
        "Subject: [OTK-1 confirm ",
        "status confirmed (closed), assignee ivanov",
        "by engineer ivanov, message ",
        "proof: token of the answered letter",
        "status new → done (completed)",
        "by anna@shop.example, message ",
        "proof: key of our link",
        "status done (completed) → confirmed (closed)",
        "SOMEBODY FORGES THE ENGINEER'S ADDRESS",
        "From: ivanov@crm.example",
        "is held",
        "because names engineer ivanov as its sender, without proof",
        "OTK-2 is unchanged: status new, assignee nobody",
        "FIVE SUPPORT PROCESSES",
        "kind problem, priority critical",
        "снимок экрана",
        "MIX-1",
        "status new, assignee orlova",
        "missing period, logs",
        "период, в который возникла проблема",
        "TREK-1",
        "told: alekseev@marking.example.org, borisova@marking.example.org",
        "IQX-1",
        "passed on to team admin",
        "RET-1",
        "passed on to line 3",
        "TRY NEXT",
    ] {
        let at = rest.find(expected).unwrap_or_else(|| panic!("no {expected:?} where it belongs in\n{said}"));
        rest = &rest[at + expected.len()..];
    }
    let paths = folder.to_str().unwrap();
    let too_long = said.lines().find(|line| line.chars().count() > 80 && !line.contains(paths));
    assert_eq!(too_long, None, "80 columns are enough");
    let config = folder.join("maildesk.toml");
    let shown = |arguments: &[&str]| -> Value {
        let text = maildesk(&[&["--config", config.to_str().unwrap(), "--json"], arguments].concat());
        serde_json::from_str(&text).unwrap()
    };
    assert_eq!(shown(&["received", "--disposition", "held"])[0]["request"], "OTK-2");
    let answers: Vec<Value> = shown(&["outbox"]).as_array().unwrap().clone();
    let answers: Vec<&Value> = answers.iter().filter(|letter| letter["kind"] == "answer").collect();
    assert_eq!(answers.len(), 1, "the engineer's words went out once");
    assert_eq!(answers[0]["recipient"], "anna@shop.example");
    let answer = shown(&["outbox", "show", &answers[0]["id"].to_string()]);
    assert_eq!(answer["email"]["in_reply_to"], "000201d9c7b5$77aa$90fe@shop.example", "it answers her last message");
    let text = maildesk(&["--config", config.to_str().unwrap(), "show", "OTK-2"]);
    assert!(text.contains(": held OTK-2\n  proof: none\n  because names engineer ivanov"), "{text}");
}
