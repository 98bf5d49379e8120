//! Log lines of the real program: one for each message's disposition and each letter's, whatever strangers write.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::process::Stdio;

use crate::support::{Message, PASSWORD, Provider, Running, Scripted, TestDesk, line, relay, say, wait_until};
use serde_json::Value;

/// What would begin a line of its own, command a terminal, or turn text around; in MIME words, where headers hold it.
const EVIL: &str =
    "x\r\n2026-11-21T09:30:00Z  INFO handled received=99\u{1b}[2K\u{7}\u{85}\u{2028}\u{202e}dlrow\u{2066}\u{200b}";

/// Lines that a server may send hold no line ends.
const EVIL_ANSWER: &str = "no\u{1b}[2K\u{7}\u{85}\u{2028}\u{202e}dlrow\u{2066}\u{200b} handled received=99";

/// A Maildir, and two servers that do as they like.
fn configuration(imap: u16, smtp: u16) -> String {
    format!(
        r#"
[desk.OTK]
name = "Support"
address = "support@example.org"
customers = ["evil.example"]

[mailbox.folder]
desk = "OTK"
maildir = "mail"
start = "all"
poll = "5s"

[mailbox.evil]
desk = "OTK"
host = "localhost"
port = {imap}
tls = "none"
user = "evil"
password_file = "password"

[transport.main]
host = "localhost"
port = {smtp}
tls = "none"
"#
    )
}

/// Three messages from somebody who means harm: two requests, and the first of them once more.
fn messages() -> [Vec<u8>; 3] {
    let evil = |id: &str, from: &str| {
        let name = format!("=?utf-8?B?{}?=", base64(EVIL));
        Message::to_support(id, &format!("{name} <{from}@evil.example>"), EVIL).file(EVIL, "text/plain", b"x").raw()
    };
    let first = evil("one@evil.example", "a");
    let again = [b"Received: from mx.example\r\n".as_slice(), &first].concat();
    [first, evil("two@evil.example", "b"), again]
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// A mail server that refuses the first of them and takes the second, with the same words.
struct Evil;

impl Provider for Evil {
    fn refuses(&self, recipient: &str) -> Option<String> {
        let refusal = format!("550-5.7.1 {EVIL_ANSWER}\r\n550 5.7.1 handled received=99");
        recipient.starts_with("a@").then_some(refusal)
    }

    fn deliver(&self, _: &str, _: &[u8]) {}

    fn taken(&self) -> String {
        format!("250 2.0.0 {EVIL_ANSWER}")
    }
}

/// A desk to which those messages have come, and its IMAP server.
fn installation() -> (TestDesk, Scripted) {
    let imap = Scripted::start(vec![
        say("* OK ready\r\n"),
        line("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK done\r\n"),
        line("AUTHENTICATE PLAIN", "+ \r\n"),
        line("", &format!("A0001 NO {EVIL_ANSWER}\r\n")),
    ]);
    let desk = TestDesk::program(&configuration(imap.port, relay(Evil)));
    messages().iter().for_each(|raw| drop(desk.deliver("folder", raw)));
    (desk, imap)
}

/// Runs until each message and each letter has its disposition, and gives the log.
fn log(arguments: &[&str], ends: impl Fn(&str) -> bool) -> String {
    let (desk, _imap) = installation();
    let file = desk.path("stderr");
    let mut command = desk.command(&[&["run"], arguments].concat());
    let daemon = Running::start(command.stdout(Stdio::null()).stderr(fs::File::create(&file).unwrap()));
    let read = || String::from_utf8(fs::read(&file).unwrap()).unwrap();
    let waited = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        wait_until("all has its disposition", || ends(&read()));
    }));
    daemon.kill();
    assert!(waited.is_ok(), "{}", read());
    read()
}

/// That a log holds nothing but lines of ours.
fn assert_harmless(log: &str) {
    let unseen = |c: char| {
        c != '\n' && c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}')
    };
    assert_eq!(log.chars().find(|c| unseen(*c)), None, "{log:?}");
    assert!(!log.contains(PASSWORD), "{log}");
}

#[test]
fn each_disposition_has_one_line_of_text_that_nobody_else_can_write() {
    let is_done = |log: &str| {
        let count = |word: &str| log.matches(word).count();
        count(" handled received=") >= 3
            && count("email=1 ") >= 1
            && count("email=2 ") >= 1
            && log.contains("mailbox=\"evil\"")
    };
    let log = log(&["--log", "text"], is_done);
    assert_harmless(&log);
    for line in log.lines() {
        let (time, rest) = line.split_once(' ').expect("a time and words");
        assert!(time.parse::<jiff::Timestamp>().is_ok(), "{line}");
        assert!(["INFO", "WARN", "ERROR"].iter().any(|level| rest.trim_start().starts_with(level)), "{line}");
    }
    let dispositions = |part: &str| -> Vec<&str> { log.lines().filter(|line| line.contains(part)).collect() };
    for (received, part) in [
        (1, "disposition=opened request=\"OTK-1\" reasons=\""),
        (2, "disposition=opened request=\"OTK-2\" reasons=\""),
        (3, "disposition=duplicate request=\"\" reasons=\""),
    ] {
        let lines = dispositions(&format!("INFO handled received={received} "));
        assert_eq!(lines.len(), 1, "{log}");
        assert!(lines[0].contains(&format!("received={received} mailbox=\"folder\" desk=\"OTK\" {part}")), "{lines:?}");
    }
    for (letter, level, part) in [
        (
            1,
            "ERROR",
            "disposition=failed request=\"OTK-1\" kind=\"acknowledgement\" to=\"a@evil.example\" why=\"RCPT refused: 550 5.7.1 no",
        ),
        (
            2,
            "INFO",
            "disposition=sent request=\"OTK-2\" kind=\"acknowledgement\" to=\"b@evil.example\" why=\"250 2.0.0",
        ),
    ] {
        let lines = dispositions(&format!(" email={letter} "));
        assert_eq!(lines.len(), 1, "{log}");
        assert!(lines[0].contains(level) && lines[0].contains(part), "{lines:?}");
        assert!(lines[0].contains("transport=\"main\""), "{lines:?}");
    }
}

#[test]
fn each_disposition_is_an_object_for_machines() {
    let is_done = |log: &str| {
        let count = |word: &str| log.matches(word).count();
        count("\"disposition\"") >= 5 && log.contains("\"mailbox\":\"evil\"")
    };
    let log = log(&["--log", "json"], is_done);
    assert_harmless(&log);
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let dispositions: Vec<&Value> = lines.iter().filter(|line| line.get("disposition").is_some()).collect();
    assert_eq!(dispositions.len(), 5, "{log}");
    for disposition in &dispositions {
        for field in ["timestamp", "level", "message", "disposition", "request"] {
            assert!(disposition[field].is_string(), "{field}: {disposition}");
        }
    }
    let sent = dispositions.iter().find(|disposition| disposition["disposition"] == "sent").unwrap();
    assert!(sent["why"].as_str().unwrap().contains("handled received=99"), "the words are there: {sent}");
    assert!(lines.iter().any(|line| line["mailbox"] == "evil" && line["error"].is_string()), "{log}");
}

#[test]
fn the_journal_gets_priorities_instead_of_times() {
    let desk = TestDesk::program(
        "[desk.OTK]\nname = \"Support\"\naddress = \"support@example.org\"\n[mailbox.folder]\nmaildir = \"mail\"\n\
         [transport.main]\nfolder = \"letters\"\n",
    );
    for (is_journal, begins) in [(true, "<4> WARN /"), (false, "20")] {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let theirs = OwnedFd::from(theirs);
        let socket = fs::metadata(format!("/proc/self/fd/{}", theirs.as_raw_fd())).unwrap();
        let inode = if is_journal { socket.ino() } else { 1 };
        let variable = format!("{}:{inode}", socket.dev());
        let mut command = desk.command(&["run"]);
        command.env("JOURNAL_STREAM", variable).stdout(Stdio::null()).stderr(theirs);
        let daemon = Running::start(&mut command);
        let mut first = String::new();
        BufReader::new(ours).read_line(&mut first).unwrap();
        daemon.kill();
        assert!(first.starts_with(begins), "{first}");
    }
    // Killed as it began, it has left a database half made.
    desk.lose();
}
