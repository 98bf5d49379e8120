//! Mail servers of the machine itself, as docs/mail-servers.md says: a real Postfix hands messages to `maildesk ingest`, by an
//! alias and by pipe(8), and Dovecot's LDA delivers into a Maildir. Postfix starts for root alone: its test says so to anybody
//! else.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::support::{Guarded, Message, ONE_DESK, PIPED, Servers, TestDesk, Turn, temporary_folder, turn, wait_until};

/// A Postfix of this test alone, with its own queue; it ends with the test.
struct Postfix {
    folder: tempfile::TempDir,
    port: u16,
    _guarded: Guarded,
    _turn: Arc<Turn>,
}

impl Postfix {
    /// `support@` goes by an alias, `piped@` by a transport.
    fn start(command: &str) -> Self {
        Self::start_with(command, "")
    }

    /// The same with further lines in main.cf, which hold where they say otherwise.
    fn start_with(command: &str, further: &str) -> Self {
        let turn = turn();
        let folder = temporary_folder();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let at = folder.path().display();
        for part in ["etc", "spool", "data"] {
            fs::create_dir(folder.path().join(part)).unwrap();
        }
        run(Command::new("chown").arg("postfix").arg(folder.path().join("data")));
        let main = format!(
            "compatibility_level = 3.6\nqueue_directory = {at}/spool\ndata_directory = {at}/data\n\
             command_directory = /usr/sbin\ndaemon_directory = /usr/lib/postfix/sbin\nmail_owner = postfix\n\
             setgid_group = postdrop\ninet_interfaces = 127.0.0.1\ninet_protocols = ipv4\n\
             myhostname = mail.example.org\nmydestination = example.org\nlocal_recipient_maps =\n\
             alias_maps = hash:{at}/etc/aliases\nalias_database = hash:{at}/etc/aliases\n\
             transport_maps = inline:{{ {{ piped@example.org = maildesk: }} }}\ndefault_privs = nobody\n\
             maillog_file = {at}/log\nmaillog_file_prefixes = {at}\n\
             minimal_backoff_time = 1s\nmaximal_backoff_time = 2s\nqueue_run_delay = 1s\n{further}\n"
        );
        let services = [
            "pickup unix n - n 60 1 pickup",
            "cleanup unix n - n - 0 cleanup",
            "qmgr unix n - n 1 1 qmgr",
            "rewrite unix - - n - - trivial-rewrite",
            "bounce unix - - n - 0 bounce",
            "defer unix - - n - 0 bounce",
            "trace unix - - n - 0 bounce",
            "proxymap unix - - n - - proxymap",
            "error unix - - n - - error",
            "retry unix - - n - - error",
            "local unix - n n - - local",
            "virtual unix - n n - - virtual",
            "anvil unix - - n - 1 anvil",
            "postlog unix-dgram n - n - 1 postlogd",
        ];
        let master = format!(
            "127.0.0.1:{port} inet n - n - - smtpd\n{}\n\
             maildesk  unix  -  n  n  -  4  pipe\n  flags=Rq user=nobody argv={command}\n",
            services.join("\n")
        );
        let aliases = format!("support: \"|{command}\"\n");
        for (name, text) in [("main.cf", main), ("master.cf", master), ("aliases", aliases)] {
            fs::write(folder.path().join("etc").join(name), text).unwrap();
        }
        let guarded = Guarded::at_end(&format!("postfix -c {at}/etc stop 2>/dev/null"));
        let postfix = Self { folder, port, _guarded: guarded, _turn: turn };
        run(Command::new("postalias").arg("-c").arg(postfix.etc()).arg(postfix.etc().join("aliases")));
        run(Command::new("postfix").arg("-c").arg(postfix.etc()).arg("start"));
        wait_until("Postfix listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        postfix
    }

    fn etc(&self) -> PathBuf {
        self.folder.path().join("etc")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Sends a message as a client would; Postfix has it in its queue afterwards.
    fn send(&self, to: &str, raw: &[u8]) {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let mut answers = BufReader::new(stream.try_clone().unwrap()).lines();
        let mut expect = |code: &str| {
            let answer = answers.next().unwrap().unwrap();
            assert!(answer.starts_with(code), "{answer}");
        };
        expect("220");
        let to = format!("RCPT TO:<{to}>\r\n");
        let lines = ["HELO client.example\r\n", "MAIL FROM:<ivan@example.com>\r\n", &to];
        for line in lines {
            (&stream).write_all(line.as_bytes()).unwrap();
            expect("250");
        }
        (&stream).write_all(b"DATA\r\n").unwrap();
        expect("354");
        (&stream).write_all(&[raw, b"\r\n.\r\n"].concat()).unwrap();
        expect("250");
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // It may have ended already.
        drop(Command::new("postfix").arg("-c").arg(self.etc()).arg("stop").output());
        if std::thread::panicking() {
            eprintln!("Postfix said:\n{}", self.log());
        }
    }
}

/// Runs a command that must work.
fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; apt-get install postfix"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Lets `nobody`, as whom Postfix runs commands here, work with the installation and the program.
fn for_nobody(desk: &TestDesk) -> PathBuf {
    let folder = desk.path("");
    let program = folder.join("maildesk");
    fs::copy(env!("CARGO_BIN_EXE_maildesk"), &program).unwrap();
    run(Command::new("chown").args(["-R", "nobody:"]).arg(&folder));
    program
}

/// Whether the test runs as root, so that its files are root's.
fn is_root(desk: &TestDesk) -> bool {
    fs::metadata(desk.path("maildesk.toml")).unwrap().uid() == 0
}

#[test]
fn by_an_alias_and_by_a_pipe_each_message_is_taken_once_and_one_that_must_wait_is_tried_again() {
    let desk = TestDesk::program(PIPED);
    if !is_root(&desk) {
        eprintln!("not tested: Postfix starts for root alone");
        return;
    }
    desk.once();
    let program = for_nobody(&desk);
    let config = desk.path("maildesk.toml");
    let postfix =
        Postfix::start(&format!("{} --config {} ingest --mailbox support", program.display(), config.display()));
    let message =
        |id: &str| Message::to_support(id, &format!("from-{id}"), "Не работает").text("From here\r\n..dots").raw();
    postfix.send("support@example.org", &message("alias@example.com"));
    postfix.send("piped@example.org", &message("pipe@example.com"));
    wait_until("both are taken", || desk.received().len() == 2);

    // Without its database maildesk asks for another try: nothing bounces, nothing is lost.
    let (database, away) = (desk.database(), Path::new(&desk.database()).with_extension("away"));
    fs::rename(&database, &away).unwrap();
    postfix.send("support@example.org", &message("waits1@example.com"));
    postfix.send("piped@example.org", &message("waits2@example.com"));
    wait_until("both are put off", || postfix.log().matches("status=deferred").count() >= 2);
    fs::rename(&away, &database).unwrap();
    wait_until("both are taken at another try", || desk.received().len() == 4);
    wait_until("Postfix knows", || postfix.log().matches("status=sent").count() == 4);
    assert!(!postfix.log().contains("status=bounced"), "{}", postfix.log());

    desk.once();
    let dispositions: Vec<String> = desk.received().iter().map(|row| row["disposition"].to_string()).collect();
    assert_eq!(dispositions, [r#""opened""#; 4]);
    for id in ["alias@example.com", "pipe@example.com", "waits1@example.com", "waits2@example.com"] {
        let row = desk.disposition(id);
        assert_eq!(row["sender"], format!("from-{id}"));
        assert_eq!(row["subject"], "Не работает");
    }
    assert_eq!(desk.outbox().len(), 4);
}

/// The lines of main.cf by which Postfix delivers mail to support@ into that Maildir of this folder.
fn into_maildirs(mail: &Path, delimiter: &str) -> String {
    let owner = fs::metadata(mail).unwrap();
    format!(
        "mydestination =\nvirtual_mailbox_domains = example.org\nvirtual_mailbox_base = {}\n\
         virtual_mailbox_maps = inline:{{ {{ support@example.org = support/ }} }}\nvirtual_minimum_uid = 1\n\
         virtual_uid_maps = static:{}\nvirtual_gid_maps = static:{}\nrecipient_delimiter = {delimiter}",
        mail.display(),
        owner.uid(),
        owner.gid()
    )
}

/// Postfix delivers into the Maildirs of a Dovecot, as many an operator has it, and does not remove forged fields by itself.
#[test]
fn a_probe_goes_through_postfix_and_back_by_dovecot() {
    let servers = Arc::new(Servers::start());
    let mail = servers.mail_folder();
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        eprintln!("not tested: Postfix starts for root alone");
        return;
    }
    for (delimiter, mailbox, said) in [
        ("+", "", "mail to support+probe@example.org arrives as well"),
        ("", "", "mail to support+probe@example.org is refused: RCPT refused: 550 5.1.1"),
        ("+", "authserv_id = \"mail.example.org\"", "remove authserv_id at once"),
    ] {
        let postfix = Postfix::start_with("/bin/false", &into_maildirs(&mail, delimiter));
        let transport = format!("host = \"localhost\"\ntls = \"none\"\nport = {}", postfix.port);
        let configuration = ONE_DESK.replace("SUBMISSION", &transport).replace("start = \"all\"", mailbox);
        let desk = TestDesk::with(&configuration).between(Arc::clone(&servers)).open();
        let output = desk.output(&["check", "--connect", "--probe"]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(said), "{said:?} is not in:\n{text}");
        assert!(text.contains("the Message-ID is kept") && text.contains("removed again"), "{text}");
        assert!(text.contains("the clocks of the servers and of this machine agree"), "{text}");
        assert_eq!(text.contains("plus_addresses = true\n"), delimiter == "+", "{text}");
        assert_eq!(output.status.success(), mailbox.is_empty(), "{text}");
        assert!(desk.servers().messages("support", "INBOX").is_empty());
    }
}

/// A real server takes an international address where it offers SMTPUTF8; else only the engineer hears of the message.
#[test]
fn postfix_takes_an_international_address_with_smtputf8_and_is_not_asked_without() {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        eprintln!("not tested: Postfix starts for root alone");
        return;
    }
    for (offered, expected) in [("yes", vec!["jörg@client.example"]), ("no", vec![])] {
        let boxes = temporary_folder();
        run(Command::new("chown").arg("nobody:").arg(boxes.path()));
        let owner = fs::metadata(boxes.path()).unwrap();
        let postfix = Postfix::start_with(
            "/bin/false",
            &format!(
                "smtputf8_enable = {offered}\nmydestination =\nvirtual_mailbox_domains = client.example house.example\n\
                 virtual_mailbox_base = {}\nvirtual_mailbox_maps = static:box/\nvirtual_minimum_uid = 1\n\
                 virtual_uid_maps = static:{}\nvirtual_gid_maps = static:{}\n",
                boxes.path().display(),
                owner.uid(),
                owner.gid()
            ),
        );
        let desk = super::international::desk(postfix.port);
        super::international::ask(&desk, "Jörg@client.example");
        let arrived = || {
            let files = fs::read_dir(boxes.path().join("box/new")).into_iter().flatten().flatten();
            files.map(|file| fs::read(file.path()).unwrap()).collect::<Vec<_>>()
        };
        // With SMTPUTF8 the acknowledgement and the notification, else the notification and what is said of the failure.
        wait_until("both letters are delivered", || arrived().len() == 2);
        let to =
            arrived().iter().map(|raw| maildesk::mail::parse::parse(raw).to[0].address.clone()).collect::<Vec<_>>();
        let international: Vec<&str> = to.iter().map(String::as_str).filter(|to| !to.is_ascii()).collect();
        assert_eq!(international, expected, "{to:?}");
    }
}

/// Delivers a message by Dovecot's LDA into the Maildir of this folder, as its owner or another user.
fn deliver_by_lda(folder: &Path, user: &str, raw: &[u8]) {
    let at = folder.display();
    let configuration = format!(
        "mail_location = maildir:{at}/Maildir\npostmaster_address = postmaster@example.org\n\
         hostname = mail.example.org\nlog_path = {at}/lda.log\nbase_dir = {at}/run\nstate_dir = {at}/run\nssl = no\n\
         default_internal_user = {user}\ndefault_login_user = {user}\nfirst_valid_uid = 1\n"
    );
    fs::write(folder.join("dovecot.conf"), configuration).unwrap();
    let mut lda = Command::new("/usr/lib/dovecot/dovecot-lda");
    lda.arg("-c").arg(folder.join("dovecot.conf")).args(["-f", "ivan@example.com"]);
    lda.env("HOME", folder).env("USER", user).stdin(Stdio::piped());
    if user == "nobody" {
        let owner = fs::metadata(folder).unwrap();
        lda.uid(owner.uid()).gid(owner.gid());
    }
    let mut child = lda.spawn().expect("dovecot-lda is missing: apt-get install dovecot-imapd");
    child.stdin.take().unwrap().write_all(raw).unwrap();
    let log = || fs::read_to_string(folder.join("lda.log")).unwrap_or_default();
    assert!(child.wait().unwrap().success(), "{}", log());
}

#[test]
fn what_dovecots_lda_delivers_into_a_maildir_is_filed() {
    let mailbox = "maildir = \"Maildir\"\nstart = \"all\"\nafter = { flag = '\\Seen' }";
    let desk = TestDesk::program(&PIPED.replace("pipe = true", mailbox));
    let folder = desk.path("");
    // Dovecot delivers nothing as root.
    let is_root = is_root(&desk);
    let user = if is_root { "nobody".to_owned() } else { owner_of(&folder) };
    if is_root {
        run(Command::new("chown").args(["-R", "nobody:"]).arg(&folder));
    }
    for id in ["lda1@example.com", "lda2@example.com"] {
        deliver_by_lda(&folder, &user, &Message::to_support(id, &format!("from-{id}"), "Delivered").raw());
    }
    for _ in 0..2 {
        desk.once();
        assert_eq!(desk.received().len(), 2);
    }
    assert_eq!(desk.disposition("lda1@example.com")["disposition"], "opened");
    assert_eq!(desk.disposition("lda2@example.com")["disposition"], "opened");
    assert_eq!(fs::read_dir(folder.join("Maildir/new")).unwrap().count(), 0, "they are marked as seen");
}

fn owner_of(folder: &Path) -> String {
    let output = Command::new("stat").args(["-c", "%U"]).arg(folder).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
