//! The daemon and its service manager. There is no systemd as PID 1 where these tests run: its notification socket is theirs,
//! and the unit is judged by systemd-analyze without being started; `tests/package/service` starts it in a container.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::support::{Message, ONE_DESK, Running, TestDesk, temporary_folder};

/// A mailbox whose login is refused.
const LOCKED: &str = "[mailbox.locked]\ndesk = \"OTK\"\nIMAP, WRONG PASSWORD\nuser = \"locked\"\n";

/// The service manager's end of the notification socket.
struct Manager {
    socket: UnixDatagram,
    name: String,
    /// Everything that was said so far, in order.
    heard: Vec<String>,
    _folder: tempfile::TempDir,
}

impl Manager {
    fn listen() -> Self {
        let folder = temporary_folder();
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        Self::of(socket, path.to_str().unwrap().to_owned(), folder)
    }

    fn listen_in_the_abstract_namespace() -> Self {
        let folder = temporary_folder();
        let name = format!("{}/notify", folder.path().display());
        let socket = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        Self::of(socket, format!("@{name}"), folder)
    }

    fn of(socket: UnixDatagram, name: String, folder: tempfile::TempDir) -> Self {
        // Far more than anything here takes: a message that does not come fails the test.
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Self { socket, name, heard: Vec::new(), _folder: folder }
    }

    fn start(&self, desk: &TestDesk, more: &[(&str, &str)]) -> Running {
        desk.run_with(&[&[("NOTIFY_SOCKET", self.name.as_str())], more].concat())
    }

    /// The next message that begins so, as its variables; those before it are passed over.
    fn next(&mut self, beginning: &str) -> BTreeMap<String, String> {
        loop {
            let mut buffer = [0; 8_192];
            let length = self.socket.recv(&mut buffer).unwrap_or_else(|_| panic!("no {beginning}: {:?}", self.heard));
            let message = String::from_utf8(buffer[..length].to_vec()).unwrap();
            self.heard.push(message.clone());
            if message.starts_with(beginning) {
                let variables = message.lines().map(|line| line.split_once('=').unwrap());
                return variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            }
        }
    }

    fn has_heard(&self, beginning: &str) -> bool {
        self.heard.iter().any(|message| message.starts_with(beginning))
    }
}

fn deliver(desk: &TestDesk, id: &str) {
    let message = Message::to_support(id, &format!("from-{id}"), id);
    desk.deliver("support", &message.raw());
}

#[test]
fn ready_is_said_after_the_first_look_and_stopping_at_the_end() {
    let desk = TestDesk::on_servers(ONE_DESK);
    deliver(&desk, "n1@example.com");
    let mut manager = Manager::listen_in_the_abstract_namespace();
    let daemon = manager.start(&desk, &[]);
    manager.next("READY=1");
    assert_eq!(desk.received().len(), 1, "what lay in the mailbox is safe here by then");
    let last_two = &manager.heard[manager.heard.len() - 2..];
    assert_eq!(last_two, ["STATUS=1 of 1 mailboxes read", "READY=1"], "{:?}", manager.heard);
    assert!(daemon.stop().success());
    manager.next("STOPPING=1");
    assert!(!manager.has_heard("WATCHDOG=1"), "nobody asked for a watchdog: {:?}", manager.heard);
}

#[test]
fn a_mailbox_that_cannot_be_read_is_named_and_does_not_keep_the_others_from_being_ready() {
    let desk = TestDesk::on_servers(&format!("{ONE_DESK}\n{LOCKED}"));
    let mut manager = Manager::listen();
    let daemon = manager.start(&desk, &[]);
    manager.next("READY=1");
    let status = manager.heard.iter().rev().find(|message| message.starts_with("STATUS=")).unwrap();
    assert!(status.starts_with("STATUS=degraded: 1 of 2 mailboxes read; locked: "), "{status}");
    assert_eq!(status.lines().count(), 1);
    assert!(daemon.stop().success());
}

#[test]
fn the_watchdog_is_fed_while_all_loops_wait_and_not_while_one_hangs() {
    let desk = TestDesk::on_servers(ONE_DESK);
    let mut manager = Manager::listen();
    let watchdog = ("WATCHDOG_USEC", "400000");
    let daemon = manager.start(&desk, &[watchdog]);
    manager.next("READY=1");
    for _ in 0..8 {
        manager.next("WATCHDOG=1");
    }
    assert!(daemon.stop().success());

    // A watchdog that is meant for another process is none.
    let mut other = Manager::listen();
    let daemon = other.start(&desk, &[watchdog, ("WATCHDOG_PID", "1")]);
    other.next("READY=1");
    assert!(daemon.stop().success());
    other.next("STOPPING=1");
    assert!(!other.has_heard("WATCHDOG=1"));

    // The handler hangs.
    let mut daemon = manager.start(&desk, &[watchdog, ("MAILDESK_HANG", "handle")]);
    daemon.until("the silence is noticed", || desk.log().contains("the loop makes no progress"));
    assert!(desk.log().contains("handler"), "{}", desk.log());
    manager.socket.set_nonblocking(true).unwrap();
    let mut buffer = [0; 8_192];
    while manager.socket.recv(&mut buffer).is_ok() {}
    thread::sleep(Duration::from_secs(1));
    let mut later = Vec::new();
    while let Ok(length) = manager.socket.recv(&mut buffer) {
        later.push(String::from_utf8_lossy(&buffer[..length]).into_owned());
    }
    assert!(!later.iter().any(|message| message.starts_with("WATCHDOG=1")), "{later:?}");
    daemon.kill();
}

#[test]
fn a_reload_takes_up_a_good_configuration_and_keeps_the_old_one_before_a_bad_one() {
    let mut desk = TestDesk::on_servers(ONE_DESK);
    let mut manager = Manager::listen();
    let mut daemon = manager.start(&desk, &[]);
    manager.next("READY=1");
    deliver(&desk, "r1@example.com");
    daemon.until("the first message is answered", || desk.servers().sent().len() == 1);

    desk.configure(&ONE_DESK.replace("[transport.main]", "[transport.main]\ncolour = \"red\""));
    daemon.reload();
    let reloading = manager.next("RELOADING=1");
    assert!(reloading["MONOTONIC_USEC"].parse::<u64>().unwrap() > 0);
    let status = manager.next("STATUS=")["STATUS"].clone();
    assert!(status.contains("the old one stays in use") && status.contains("maildesk.toml:"), "{status}");
    assert!(status.contains("transport.main.colour"), "{status}");
    manager.next("READY=1");
    assert!(desk.log().contains("transport.main.colour"), "{}", desk.log());
    deliver(&desk, "r2@example.com");
    daemon.until("the second message is answered", || desk.servers().sent().len() == 2);

    let renamed =
        ONE_DESK.replace("Example support", "Renamed support").replace("[transport", &format!("{LOCKED}[transport"));
    desk.configure(&renamed);
    daemon.reload();
    manager.next("RELOADING=1");
    manager.next("READY=1");
    let status = manager.heard.iter().rev().find(|message| message.starts_with("STATUS=")).unwrap();
    assert!(status.starts_with("STATUS=degraded: 1 of 2 mailboxes read; locked: "), "the note is gone: {status}");
    deliver(&desk, "r3@example.com");
    daemon.until("the third message is answered", || desk.servers().sent().len() == 3);
    let third = desk.servers().sent().into_iter().find(|letter| letter.rcpt == "from-r3@example.com").unwrap();
    assert!(String::from_utf8_lossy(&third.raw).contains("Renamed support"));

    // Another state folder cannot be taken up without a new start.
    let file = desk.path("maildesk.toml");
    let text = fs::read_to_string(&file).unwrap().replace("state_dir = \"state\"", "state_dir = \"elsewhere\"");
    fs::write(&file, text).unwrap();
    daemon.reload();
    manager.next("RELOADING=1");
    let status = manager.next("STATUS=")["STATUS"].clone();
    assert!(status.contains("state_dir") && status.contains("restart it"), "{status}");
    manager.next("READY=1");
    assert!(daemon.stop().success());
    manager.next("STOPPING=1");
    let numbers: Vec<String> = desk_numbers(&desk, "state");
    assert_eq!(numbers, ["OTK-1", "OTK-2", "OTK-3"]);
}

/// The requests, read with the state folder that the daemon had.
fn desk_numbers(desk: &TestDesk, state_dir: &str) -> Vec<String> {
    let file = desk.path("maildesk.toml");
    let text = fs::read_to_string(&file).unwrap().replace("\"elsewhere\"", &format!("\"{state_dir}\""));
    fs::write(&file, text).unwrap();
    desk.requests().iter().map(|request| request["number"].as_str().unwrap().to_owned()).collect()
}

/// A server that takes one letter, and says so only when it is told to; answers whether the client waited for that.
fn slow_server() -> (u16, mpsc::Receiver<()>, mpsc::Sender<()>, thread::JoinHandle<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (has_it, letter_is_there) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let server = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let say = |text: &str| (&stream).write_all(text.as_bytes()).is_ok();
        say("220 slow.example\r\n");
        while let Some(Ok(line)) = lines.next() {
            match line.as_str() {
                "DATA" => {
                    say("354 go on\r\n");
                    lines.by_ref().find(|line| line.as_ref().is_ok_and(|line| line == "."));
                    has_it.send(()).unwrap();
                    may_go_on.recv().unwrap();
                    say("250 taken\r\n");
                }
                "QUIT" => return say("221 bye\r\n"),
                _ => drop(say("250 ok\r\n")),
            }
        }
        false
    });
    (port, letter_is_there, go_on, server)
}

#[test]
fn a_reload_waits_for_a_letter_on_its_way_longer_than_a_stop_would() {
    let (port, letter_is_there, go_on, server) = slow_server();
    let slow = ONE_DESK.replace("SUBMISSION", &format!("host = \"localhost\"\ntls = \"none\"\nport = {port}"));
    let desk = TestDesk::on_servers(&slow);
    deliver(&desk, "slow@example.com");
    let mut manager = Manager::listen();
    let mut daemon = manager.start(&desk, &[("WATCHDOG_USEC", "2000000")]);
    manager.next("READY=1");
    letter_is_there.recv().unwrap();
    daemon.reload();
    manager.next("RELOADING=1");
    // A stop gives up after ten seconds. The watchdog hears all the while that a server is waited for.
    let heard = manager.heard.len();
    thread::sleep(Duration::from_secs(12));
    for _ in 0..20 {
        manager.next("WATCHDOG=1");
    }
    assert!(!manager.heard[heard..].iter().any(|message| message == "READY=1"), "{:?}", &manager.heard[heard..]);
    go_on.send(()).unwrap();
    manager.next("READY=1");
    assert!(server.join().unwrap(), "the client waited for the answer and said goodbye");
    let letters = desk.outbox();
    assert_eq!((&letters[0]["state"], &letters[0]["attempts"]), (&"sent".into(), &1.into()), "{letters:?}");
    assert!(daemon.stop().success());
}

#[test]
fn reloads_one_after_another_lose_and_double_nothing() {
    let desk = TestDesk::on_servers(ONE_DESK);
    let mut manager = Manager::listen();
    let mut daemon = manager.start(&desk, &[]);
    manager.next("READY=1");
    let ids: Vec<String> = (1..=12).map(|n| format!("many{n}@example.com")).collect();
    for id in &ids {
        deliver(&desk, id);
        daemon.reload();
    }
    daemon.until("every message is answered", || desk.servers().sent().len() >= ids.len());
    assert!(daemon.stop().success());
    assert_eq!(desk.servers().sent().len(), ids.len());
    assert_eq!(desk.requests().len(), ids.len());
    assert!(desk.outbox().iter().all(|letter| letter["attempts"] == 1), "{:?}", desk.outbox());
}

/// Needs the package systemd, which tests/run installs. It fails where that is missing: nobody else judges the unit.
#[test]
fn the_unit_is_right_and_exposes_little() {
    let unit = concat!(env!("CARGO_MANIFEST_DIR"), "/systemd/maildesk.service");
    let analyze = |arguments: &[&str]| {
        let output = Command::new("systemd-analyze").args(arguments).output();
        output.expect("systemd-analyze is missing: apt-get install systemd")
    };
    let security = analyze(&["security", "--offline=true", "--threshold=12", "--no-pager", unit]);
    let report = String::from_utf8_lossy(&security.stdout).into_owned();
    assert!(security.status.success(), "more exposed than 1.2:\n{report}{}", String::from_utf8_lossy(&security.stderr));
    assert!(report.contains("Overall exposure level for maildesk.service: "), "{report}");
    // The program need not be installed for that: its place is taken by the one that was built.
    let folder = temporary_folder();
    let text = fs::read_to_string(unit).unwrap();
    assert!(text.contains("ExecStart=/usr/bin/maildesk "));
    let copy = folder.path().join("maildesk.service");
    fs::write(&copy, text.replace("/usr/bin/maildesk", env!("CARGO_BIN_EXE_maildesk"))).unwrap();
    let verify = analyze(&["verify", "--man=no", copy.to_str().unwrap()]);
    let said = [verify.stdout, verify.stderr].concat();
    assert!(verify.status.success() && said.is_empty(), "{}", String::from_utf8_lossy(&said));
    for option in
        ["Type=notify\n", "StateDirectory=maildesk\n", "WatchdogSec=60\n", "ExecReload=/bin/kill -HUP $MAINPID\n"]
    {
        assert!(text.contains(option), "{option}");
    }
}
