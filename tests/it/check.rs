//! `check --connect` against real servers, and `--probe` with providers of every kind.

use std::net::TcpListener;
use std::sync::{Arc, Mutex, Weak};

use crate::support::{ONE_DESK, PASSWORD, Provider, Servers, TestDesk, WRONG_PASSWORD, relay};
use jiff::{ToSpan, Zoned};
use serde_json::Value;

/// What a provider does with letters on their way into the mailbox.
struct Habits {
    /// Erased when the test ends; the relay that asks may live longer.
    servers: Weak<Servers>,
    /// What it says to a recipient with a plus.
    refuses_plus: Option<&'static str>,
    /// The folder for a recipient with a plus; none where such letters vanish.
    plus_folder: Option<&'static str>,
    /// What it writes on top.
    adds: &'static str,
    /// Whether it takes away `Authentication-Results` that others wrote.
    cleans: bool,
    /// Whether it writes a Message-ID of its own.
    rewrites_id: bool,
    /// Everything that it took.
    taken: Arc<Mutex<Vec<Vec<u8>>>>,
}

const OWN: &str = "Authentication-Results: mx.example.org; dmarc=pass header.from=example.org; spf=pass\r\n";

impl Habits {
    /// Those of a good provider.
    fn good(servers: &Arc<Servers>) -> Self {
        Self {
            servers: Arc::downgrade(servers),
            refuses_plus: None,
            plus_folder: Some("INBOX"),
            adds: OWN,
            cleans: true,
            rewrites_id: false,
            taken: Arc::default(),
        }
    }
}

impl Provider for Habits {
    fn refuses(&self, recipient: &str) -> Option<String> {
        self.refuses_plus.filter(|_| recipient.contains('+')).map(str::to_owned)
    }

    fn deliver(&self, recipient: &str, raw: &[u8]) {
        self.taken.lock().unwrap().push(raw.to_vec());
        let mut text = String::from_utf8(raw.to_vec()).unwrap();
        if self.cleans && text.starts_with("Authentication-Results:") {
            text = text[text.find("From:").unwrap()..].to_owned();
        }
        if self.rewrites_id {
            text = text.replace("Message-ID: <probe.", "Message-ID: <rewritten.");
        }
        let folder = if recipient.contains('+') { self.plus_folder } else { Some("INBOX") };
        if let (Some(folder), Some(servers)) = (folder, self.servers.upgrade()) {
            servers.deliver("support", folder, format!("{}{text}", self.adds).as_bytes(), None);
        }
    }
}

/// A desk whose letters go to this provider; lines such as `automatic = "open"` for its mailbox.
fn desk_of(servers: &Arc<Servers>, habits: Habits, mailbox: &str) -> TestDesk {
    let transport = format!("host = \"localhost\"\ntls = \"none\"\nport = {}", relay(habits));
    let configuration = ONE_DESK.replace("SUBMISSION", &transport).replace("start = \"all\"", mailbox);
    TestDesk::with(&configuration).between(Arc::clone(servers)).open()
}

/// What `check --connect --probe` says: whether all is well, the finding about the desk, and the lines for the configuration.
fn probe(desk: &TestDesk, wait: &str) -> (bool, Value, Vec<String>) {
    let output = desk.output(&["check", "--connect", "--probe", "--probe-wait", wait, "--json"]);
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!(output.status.success(), said["ok"] == true, "{said}");
    let lines = said["config"].as_array().unwrap().iter();
    let lines = lines.map(|line| format!("[{}] {}", line["table"].as_str().unwrap(), line["line"].as_str().unwrap()));
    let finding = said["findings"].as_array().unwrap().last().unwrap().clone();
    (said["ok"] == true, finding, lines.collect())
}

fn is_empty(servers: &Servers) -> bool {
    ["INBOX", "Filed", "probe"].iter().all(|folder| servers.messages("support", folder).is_empty())
}

#[test]
fn a_good_provider_is_told_by_a_letter_that_is_gone_afterwards() {
    let servers = Arc::new(Servers::start());
    let desk = desk_of(&servers, Habits::good(&servers), "");
    desk.deliver("support", b"From: ann@example.com\r\nSubject: stays\r\n\r\nx\r\n");
    let (ok, finding, lines) = probe(&desk, "30");
    assert!(ok, "{finding}");
    assert_eq!(lines, ["[mailbox.support] authserv_id = \"mx.example.org\"", "[desk.OTK] plus_addresses = true"]);
    let details = finding["details"].to_string();
    for said in ["the Message-ID is kept", "adds Authentication-Results: dmarc=pass spf=pass", "was removed; mail from"]
    {
        assert!(details.contains(said), "{details}");
    }
    assert_eq!(finding["facts"]["forged"][0], "mx.example.org");
    let left = desk.servers().messages("support", "INBOX");
    assert_eq!(left.len(), 1, "only the probes are removed");
    assert!(left[0].flags.is_empty(), "{}", left[0].flags);
    assert!(!desk.database().exists(), "nothing of it is kept here");
}

#[test]
fn what_others_write_in_the_servers_name_is_noticed() {
    let servers = Arc::new(Servers::start());
    let habits = Habits { cleans: false, ..Habits::good(&servers) };
    let desk = desk_of(&servers, habits, "authserv_id = \"mx.example.org\"");
    let (ok, finding, lines) = probe(&desk, "30");
    assert!(!ok);
    assert!(finding["details"].to_string().contains("remove authserv_id at once"), "{finding}");
    assert!(lines.contains(&"[mailbox.support] #authserv_id = \"mx.example.org\"".to_owned()), "{lines:?}");
    let habits = Habits { cleans: false, ..Habits::good(&servers) };
    let desk = desk_of(&servers, habits, "");
    let (ok, finding, lines) = probe(&desk, "30");
    assert!(ok && finding["warnings"].to_string().contains("do NOT set authserv_id"), "{finding}");
    assert_eq!(lines, ["[desk.OTK] plus_addresses = true"]);
    assert!(is_empty(&servers));
}

#[test]
fn what_becomes_of_plus_addresses_and_of_message_ids_is_told() {
    let servers = Arc::new(Servers::start());
    let good = || Habits { adds: "", ..Habits::good(&servers) };
    let cases = [
        (
            Habits { refuses_plus: Some("550 5.1.1 no such user"), ..good() },
            "is refused: RCPT refused: 550 5.1.1 no such user",
        ),
        (Habits { plus_folder: Some("probe"), ..good() }, "goes to folder probe, which maildesk does not read"),
        (Habits { plus_folder: None, ..good() }, "did not arrive within 2 s"),
    ];
    for (habits, said) in cases {
        // The folder is there before, as it would be where a server sorts so.
        servers.deliver("support", "probe", b"From: ann@example.com\r\n\r\nx\r\n", None);
        let (ok, finding, lines) = probe(&desk_of(&servers, habits, ""), "2");
        assert!(ok && finding["details"].to_string().contains(said), "{said}: {finding}");
        assert_eq!(lines, [""; 0]);
    }
    assert!(servers.messages("support", "INBOX").is_empty());
    let (_, finding, _) = probe(&desk_of(&servers, Habits { rewrites_id: true, ..good() }, ""), "30");
    assert!(finding["warnings"].to_string().contains("has rewritten the Message-ID"), "{finding}");
}

#[test]
fn clocks_that_differ_are_noticed() {
    let servers = Arc::new(Servers::start());
    let adds = "Received: from us by mx.example.org; Thu, 1 Jan 2026 00:00:00 +0000\r\n";
    let (_, finding, _) = probe(&desk_of(&servers, Habits { adds, ..Habits::good(&servers) }, ""), "30");
    assert!(finding["warnings"].to_string().contains("behind this machine's"), "{finding}");
}

/// Neither while the daemon runs nor when it finds one later.
#[test]
fn the_daemon_makes_nothing_of_a_probe() {
    let servers = Arc::new(Servers::start());
    let habits = Habits { cleans: false, ..Habits::good(&servers) };
    let taken = Arc::clone(&habits.taken);
    let mailbox =
        "start = \"all\"\nautomatic = \"open\"\nafter = { move = \"Filed\" }\nauthserv_id = \"mx.example.org\"";
    let desk = desk_of(&servers, habits, mailbox);
    // The folder that messages are moved to is there, so that the probes are followed into it.
    desk.servers().deliver("support", "Filed", b"From: ann@example.com\r\n\r\nx\r\n", None);
    let mut daemon = desk.run();
    daemon.until("it is running", || desk.log().contains("running"));
    let (_, finding, _) = probe(&desk, "30");
    assert!(finding["facts"]["plain"]["arrived"]["is_read"] == true, "{finding}");
    assert!(daemon.stop().success());
    assert!(desk.servers().messages("support", "INBOX").is_empty());
    assert_eq!(desk.servers().messages("support", "Filed").len(), 1, "probes are removed there, too");

    let letters = taken.lock().unwrap().clone();
    assert_eq!(letters.len(), 2);
    for raw in &letters {
        desk.deliver("support", raw);
    }
    desk.once();
    let received = desk.received();
    assert!(received.len() >= 2);
    for row in &received {
        assert_eq!(row["disposition"], "ignored", "{row}");
        assert!(row["reasons"].to_string().contains("a probe of `maildesk check`"), "{row}");
    }
    assert!(desk.requests().is_empty() && desk.outbox().is_empty());
}

#[test]
fn without_uidplus_the_probes_stay_and_that_is_said() {
    let mut servers = Servers::start();
    servers.restart_with("imap_capability = IMAP4rev1 SASL-IR");
    let servers = Arc::new(servers);
    let desk = desk_of(&servers, Habits::good(&servers), "poll = \"1h\"");
    let output = desk.output(&["check", "--connect", "--probe", "--probe-wait", "30"]);
    let text = String::from_utf8(output.stdout).unwrap();
    for said in [
        "polled every 1h, since the server has no IDLE",
        "lacks IDLE, MOVE, UIDPLUS",
        "warning probes stay in mailbox support: the server cannot remove single messages",
        "[mailbox.support]\n# without IDLE mail waits until the next poll\npoll = \"1m\"\n",
    ] {
        assert!(text.contains(said), "{said:?} is not in:\n{text}");
    }
    assert_eq!(desk.servers().messages("support", "INBOX").len(), 3);
}

#[test]
fn folders_are_named_and_the_nearest_is_proposed() {
    let mut desk = TestDesk::on_servers(&ONE_DESK.replace("start = \"all\"", "folder = \"Filde\""));
    for folder in ["Filed", "&BB4EMQRABDAEMQQ+BEIEMAQ9BD0ESwQ1-"] {
        desk.servers().deliver("support", folder, b"From: ann@example.com\r\n\r\nx\r\n", None);
    }
    let output = desk.output(&["check", "--connect"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    for said in [
        "logged in as support; the server offers PLAIN, LOGIN\n",
        "3 folders: Filed, INBOX, Обработанные\n",
        "there is no folder Filde, but there is Filed\n",
        "[mailbox.support]\n# the folder that exists\nfolder = \"Filed\"\n",
    ] {
        assert!(text.contains(said), "{said:?} is not in:\n{text}");
    }
    let mailbox = "after = { move = \"Обработанные\" }";
    desk.configure(&ONE_DESK.replace("start = \"all\"", mailbox));
    assert!(desk.text(&["check", "--connect"]).contains("accepted messages are moved to Обработанные, which exists"));
}

#[test]
fn a_certificate_is_described_and_its_end_is_told_in_time() {
    let mut desk = TestDesk::on_servers(ONE_DESK);
    let text = desk.text(&["check", "--connect"]);
    let described = text.matches("trusted by ca_file alone, valid for").count();
    assert_eq!(described, 2, "by TLS and by STARTTLS: {text}");
    let today = Zoned::now().date();
    desk.servers_mut().restart_certified_until(today.saturating_add(12.days()));
    let text = desk.text(&["check", "--connect"]);
    assert_eq!(text.matches("warning the certificate expires in 11 days").count(), 2, "{text}");
    desk.servers_mut().restart_certified_until(today.saturating_sub(3.days()));
    let output = desk.output(&["check", "--connect"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text.matches("its certificate has expired: it was valid until").count(), 2, "{text}");
}

#[test]
fn a_server_that_hangs_ends_with_a_clear_failure_and_others_go_on() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let other = format!(
        "[mailbox.other]\nhost = \"localhost\"\ntls = \"none\"\nport = {port}\nuser = \"other\"\npassword_file = \"password\"\n\
         [transport.other]\nhost = \"localhost\"\ntls = \"none\"\nport = {port}\n"
    );
    let one = ONE_DESK.replace("address =", "transport = \"main\"\naddress =");
    let desk = TestDesk::on_servers(&format!("{one}{other}"));
    let output = desk.output(&["check", "--connect", "--timeout", "10"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text.matches("no answer within 10 seconds").count(), 2, "{text}");
    assert!(text.contains("FAILED  mailbox other") && text.contains("FAILED  transport other"), "{text}");
    assert!(text.contains("ok      mailbox support") && text.contains("ok      transport main"), "{text}");
}

#[test]
fn a_refused_login_says_who_and_how_one_could_log_in() {
    let desk = TestDesk::on_servers(&ONE_DESK.replace("IMAP", "IMAP, WRONG PASSWORD"));
    let output = desk.output(&["check", "--connect", "--probe"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("offers to log in by PLAIN") && text.contains("refused the login of support: "), "{text}");
    assert!(text.contains("FAILED  probe of desk OTK") && text.contains("not probed: mailbox support"), "{text}");
    assert!(desk.servers().sent().is_empty(), "nothing is sent that nobody could remove");
    let all = format!("{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(!all.contains(PASSWORD) && !all.contains(WRONG_PASSWORD));
}

#[test]
fn a_probe_is_sent_only_where_it_was_asked_for() {
    let mut desk = TestDesk::on_servers(ONE_DESK);
    assert!(desk.text(&["check", "--connect"]).contains("--probe"));
    assert!(desk.servers().sent().is_empty());
    assert_eq!(desk.output(&["check", "--probe"]).status.code(), Some(2));
    let unknown = desk.output(&["check", "--connect", "--probe", "--desk", "NOPE"]);
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("there is no desk \"NOPE\"; there are: OTK"));
    let folder = ONE_DESK.replace("SUBMISSION", "folder = \"letters\"");
    desk.configure(&folder);
    let text = desk.text(&["check", "--connect", "--probe", "--desk", "otk"]);
    assert!(text.contains("not probed: its e-mails are written to files and not sent"), "{text}");
}
