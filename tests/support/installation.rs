//! The real binary, with a configuration and a state folder of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use maildesk::daemon::DATABASE;
use maildesk::model::settings::Tls;
use maildesk::store::Reader;
use serde_json::Value;

use super::{Guarded, PASSWORD, Servers, WRONG_PASSWORD, temporary_folder, wait_until};

/// One desk, one mailbox, one transport.
pub const ONE_DESK: &str = r#"
[desk.OTK]
name = "Example support"
address = "support@example.org"
aliases = ["help@example.org"]

[mailbox.support]
IMAP
user = "support"
start = "all"

[transport.main]
SUBMISSION
"#;

/// A configuration and what its maildesk keeps; gone with the test.
pub struct Installation {
    folder: tempfile::TempDir,
}

impl Installation {
    /// Writes the configuration. In it a line `IMAP` stands for the keys that reach the IMAP server with the right password
    /// (`IMAP, WRONG PASSWORD` with a wrong one), `SUBMISSION` and `SINK` for those that reach the two mail servers.
    pub fn new(servers: &Servers, configuration: &str) -> Self {
        let installation = Self::empty();
        let folder = &installation.folder;
        for (name, password) in [("password", PASSWORD), ("wrong-password", WRONG_PASSWORD)] {
            fs::write(folder.path().join(name), password).unwrap();
            fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o600)).unwrap();
        }
        installation.configure(servers, configuration);
        installation
    }

    /// The same for a configuration that names no server of the tests.
    pub fn without_servers(configuration: &str) -> Self {
        let installation = Self::empty();
        fs::write(installation.config(), format!("state_dir = \"state\"\n{configuration}")).unwrap();
        installation
    }

    fn empty() -> Self {
        Self { folder: temporary_folder() }
    }

    /// Writes another configuration for the same state folder.
    pub fn configure(&self, servers: &Servers, configuration: &str) {
        let imap = servers.imap("", Tls::Implicit).server.port;
        let (smtp, sink) = (servers.smtp(Tls::StartTls).server.port, servers.sink().server.port);
        let ca = servers.ca_file();
        let ca = ca.display();
        let (password, wrong) = (r#"password_file = "password""#, r#"password_file = "wrong-password""#);
        let reach = |line: &str| match line {
            "IMAP" => format!("host = \"localhost\"\nport = {imap}\nca_file = \"{ca}\"\n{password}"),
            "IMAP, WRONG PASSWORD" => format!("host = \"localhost\"\nport = {imap}\nca_file = \"{ca}\"\n{wrong}"),
            "SUBMISSION" => format!(
                "host = \"localhost\"\nport = {smtp}\ntls = \"starttls\"\nca_file = \"{ca}\"\nuser = \"support\"\n{password}"
            ),
            "SINK" => format!("host = \"localhost\"\nport = {sink}\ntls = \"none\""),
            other => other.to_owned(),
        };
        let lines: Vec<String> = configuration.lines().map(reach).collect();
        fs::write(self.config(), format!("state_dir = \"state\"\n{}\n", lines.join("\n"))).unwrap();
    }

    /// A command of the binary.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_maildesk"));
        command.arg("--config").arg(self.config()).args(arguments).stdin(Stdio::null());
        command
    }

    /// Runs a command to its end, however it ends.
    pub fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must work, and gives what it wrote.
    pub fn bytes(&self, arguments: &[&str]) -> Vec<u8> {
        let output = self.output(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// The same, as text.
    pub fn text(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.bytes(arguments)).unwrap()
    }

    /// The same, read as JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_slice(&self.bytes(&[arguments, &["--json"]].concat())).unwrap()
    }

    /// One pass that must work.
    pub fn once(&self) {
        self.bytes(&["once"]);
    }

    /// Starts the daemon; its log goes to a file.
    pub fn run(&self) -> Running {
        self.run_with(&[])
    }

    /// The same, with variables such as `MAILDESK_FAILPOINT`.
    pub fn run_with(&self, variables: &[(&str, &str)]) -> Running {
        let log = fs::File::options().append(true).create(true).open(self.log_file()).unwrap();
        let mut command = self.command(&["run"]);
        command.envs(variables.iter().copied()).stdout(Stdio::null()).stderr(log);
        Running::start(&mut command)
    }

    /// What daemons have logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// The requests with their numbers, as `list --json` gives them, the oldest first.
    pub fn requests(&self) -> Vec<Value> {
        let mut requests = array(self.json(&["list", "--limit", "10000"]));
        requests.sort_by_key(|r| {
            let (desk, number) = r["number"].as_str().unwrap().split_once('-').unwrap();
            (desk.to_owned(), number.parse::<u32>().unwrap())
        });
        requests
    }

    /// The letters, as `outbox --json` gives them, the oldest first.
    pub fn letters(&self) -> Vec<Value> {
        let mut letters = array(self.json(&["outbox", "--limit", "10000"]));
        letters.reverse();
        letters
    }

    /// The ledger, as `received --json` gives it, the oldest first.
    pub fn received(&self) -> Vec<Value> {
        let mut received = array(self.json(&["received", "--limit", "10000"]));
        received.reverse();
        received
    }

    /// The row of the last message with this Message-ID.
    pub fn disposition(&self, message_id: &str) -> Value {
        let rows = self.received();
        let row = rows.into_iter().rev().find(|row| row["message_id"] == message_id);
        row.unwrap_or_else(|| panic!("no message {message_id} in the ledger"))
    }

    /// Everything about a request.
    pub fn show(&self, number: &str) -> Value {
        self.json(&["show", number])
    }

    /// The database, for questions that no command answers.
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("state").join(DATABASE)
    }

    /// The folder of its configuration.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// A connection to the database, for reading as the program does.
    pub fn reader(&self) -> Reader {
        Reader::open(&self.database()).unwrap()
    }

    /// What a query answers that gives one number.
    pub fn number(&self, query: &str) -> i64 {
        let connection = rusqlite::Connection::open(self.database()).unwrap();
        connection.busy_timeout(Duration::from_secs(10)).unwrap();
        connection.query_row(query, [], |row| row.get(0)).unwrap()
    }

    /// Lets the wait end of letters whose last try ended unknown, so that no test waits a minute.
    pub fn end_the_wait_of_unsure_letters(&self) {
        let connection = rusqlite::Connection::open(self.database()).unwrap();
        connection.busy_timeout(Duration::from_secs(10)).unwrap();
        connection.execute("UPDATE letter SET due_at = created_at WHERE state = 'inflight'", []).unwrap();
    }

    /// The configuration file.
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("maildesk.toml")
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            eprintln!("the end of the log:\n{}", lines[lines.len().saturating_sub(40)..].join("\n"));
        }
    }
}

/// A running daemon; killed if the test does not end it.
pub struct Running {
    child: Child,
    _guarded: Guarded,
}

impl Running {
    /// Runs this command.
    pub fn start(command: &mut Command) -> Self {
        let child = command.spawn().unwrap();
        let guarded = Guarded::process(child.id());
        Self { child, _guarded: guarded }
    }

    /// Asks it to end, as systemd does, and waits for its end.
    pub fn stop(mut self) -> ExitStatus {
        self.signal("-TERM");
        self.wait()
    }

    /// Has it read its configuration anew, as systemd does.
    pub fn reload(&self) {
        self.signal("-HUP");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").arg(signal).arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
    }

    /// Kills it, as a power failure would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end by itself, within a generous time.
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "the daemon does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until it has died by this signal.
    pub fn dies_by(mut self, signal: i32) {
        let status = self.wait();
        assert_eq!(status.signal(), Some(signal), "{status}");
    }

    /// Whether it is still running.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits until a condition holds, as long as the daemon lives.
    pub fn until(&mut self, what: &str, mut condition: impl FnMut() -> bool) {
        wait_until(what, || {
            assert!(self.is_alive(), "the daemon died before {what}");
            condition()
        });
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn array(value: Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values,
        other => panic!("no array: {other}"),
    }
}
