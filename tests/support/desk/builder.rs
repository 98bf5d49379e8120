//! How a desk of a test is made: from a configuration, with servers or without, in this process or as the real program.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize};

use maildesk::config::{self, ConfigErrors, ProcessContext};
use maildesk::model::settings::{Settings, SourceSettings, Start, Tls, TransportKind};

use super::TestDesk;
use crate::support::{PASSWORD, Servers, WRONG_PASSWORD, temporary_folder};

/// 21 November 2026, 9:30 UTC: when a desk begins that says nothing else.
const BEGIN: i64 = 1_795_253_400;

/// Longer than the grace of every desk of `fixtures/desks`: what waits for it has left.
const GRACE: i64 = 121;

/// What a pass is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passes {
    /// A daemon in this process, opened and closed again.
    NewDaemons,
    /// A look of one daemon in this process.
    OneDaemon,
    /// `maildesk once`, at the time of the machine.
    Program,
}

/// A desk in the making.
pub struct Builder {
    configuration: String,
    begin: i64,
    settles: i64,
    is_fixture: bool,
    is_never_late: bool,
    passes: Passes,
    servers: Option<Arc<Servers>>,
    insiders: Vec<String>,
}

impl TestDesk {
    /// By a whole configuration, in this process. Its mailboxes become Maildirs of their names, its transports a folder.
    pub fn with(configuration: &str) -> Builder {
        Builder {
            configuration: configuration.to_owned(),
            begin: BEGIN,
            settles: 0,
            is_fixture: false,
            is_never_late: false,
            passes: Passes::NewDaemons,
            servers: None,
            insiders: Vec::new(),
        }
    }

    /// One of `fixtures/desks`, on Monday 23 November 2026 at ten in Moscow. Its daemon stays open, and what follows from a
    /// message within the grace goes out with it.
    pub fn of(name: &str) -> Builder {
        let configuration = fs::read_to_string(format!("fixtures/desks/{name}.toml")).unwrap();
        let fixture = Builder { is_fixture: true, ..Self::with(&configuration) };
        fixture.staying_open().at("2026-11-23T10:00:00+03:00").settling(GRACE)
    }

    /// The real program by this configuration as it stands.
    pub fn program(configuration: &str) -> Self {
        Builder { passes: Passes::Program, ..Self::with(configuration) }.open()
    }

    /// The real program between real servers of its own.
    pub fn on_servers(configuration: &str) -> Self {
        Self::with(configuration).between(Servers::start()).open()
    }

    /// Goes on by another configuration, with the same state. The real program may be given one that it refuses.
    pub fn configure(&mut self, configuration: &str) {
        match load(configuration, self.folder.path(), self.passes, self.servers.as_deref()) {
            Ok(settings) => self.settings = settings,
            Err(errors) => assert!(self.is_program(), "{errors}"),
        }
    }
}

impl Builder {
    /// Puts other words into the configuration.
    pub fn replacing(mut self, words: &str, others: &str) -> Self {
        self.configuration = self.configuration.replace(words, others);
        self
    }

    /// Lets so many seconds pass after each message, so that what waits for its grace goes out with the rest.
    pub fn settling(mut self, seconds: i64) -> Self {
        self.settles = seconds;
        self
    }

    /// Holds at the end of the test that no request is due any more.
    pub fn never_late(mut self) -> Self {
        self.is_never_late = true;
        self
    }

    /// Holds at the end of the test that no letter told its reader what is not theirs to know; these are the engineers.
    pub fn leaking_nothing(mut self, engineers: &[&str]) -> Self {
        self.insiders = engineers.iter().map(|&engineer| engineer.to_owned()).collect();
        self
    }

    /// Begins then, in RFC 3339.
    pub fn at(mut self, time: &str) -> Self {
        self.begin = time.parse::<jiff::Timestamp>().unwrap().as_second();
        self
    }

    /// Keeps its daemon open from pass to pass; otherwise every pass is a start and a stop.
    pub fn staying_open(mut self) -> Self {
        self.passes = Passes::OneDaemon;
        self
    }

    /// The real program between these servers. In the configuration a line `IMAP` stands for the keys that reach the IMAP
    /// server with the right password (`IMAP, WRONG PASSWORD` with a wrong one), `SUBMISSION` and `SINK` for those that reach
    /// the two mail servers.
    pub fn between(mut self, servers: impl Into<Arc<Servers>>) -> Self {
        self.passes = Passes::Program;
        self.servers = Some(servers.into());
        self
    }

    /// Makes its folders and reads its configuration.
    pub fn open(self) -> TestDesk {
        let folder = temporary_folder();
        if self.is_fixture {
            copy_texts(&folder.path().join("texts"));
        }
        if self.passes == Passes::Program {
            for (name, password) in [("password", PASSWORD), ("wrong-password", WRONG_PASSWORD)] {
                fs::write(folder.path().join(name), password).unwrap();
                fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o600)).unwrap();
            }
        }
        let settings = load(&self.configuration, folder.path(), self.passes, self.servers.as_deref());
        let mut desk = TestDesk {
            folder,
            settings: settings.unwrap_or_else(|errors| panic!("{errors}")),
            servers: self.servers,
            passes: self.passes,
            now: Arc::new(AtomicI64::new(self.begin)),
            settles: self.settles,
            is_never_late: self.is_never_late,
            insiders: self.insiders,
            daemon: None,
            delivered: AtomicUsize::new(0),
            written: 0,
            seen: BTreeSet::new(),
        };
        desk.daemon = (desk.passes == Passes::OneDaemon).then(|| desk.opened());
        desk
    }
}

/// Writes a configuration to its file and reads it; its Maildirs are made.
fn load(
    configuration: &str,
    folder: &Path,
    passes: Passes,
    servers: Option<&Servers>,
) -> Result<Settings, ConfigErrors> {
    let configuration = configuration.replace("state_dir = \"/var/lib/maildesk\"", "state_dir = \"state\"");
    let head = if configuration.contains("state_dir =") { "" } else { "state_dir = \"state\"\n" };
    let line = |line: &str| servers.map_or_else(|| line.to_owned(), |servers| reached(line, servers)) + "\n";
    let file = folder.join("maildesk.toml");
    fs::write(&file, head.to_owned() + &configuration.lines().map(line).collect::<String>()).unwrap();
    let mut settings = config::load(&file, &ProcessContext::of_process(), maildesk::cli::GRAMMAR)?.settings;
    if passes != Passes::Program {
        into_folders(&mut settings, folder);
    }
    for mailbox in &settings.mailboxes {
        if let SourceSettings::Maildir(maildir) = &mailbox.source {
            ["new", "cur", "tmp"].iter().for_each(|part| fs::create_dir_all(maildir.join(part)).unwrap());
        }
    }
    Ok(settings)
}

/// A line of a configuration, with the keys for which it stands.
fn reached(line: &str, servers: &Servers) -> String {
    let imap = servers.imap("", Tls::Implicit).server.port;
    let (smtp, sink) = (servers.smtp(Tls::StartTls).server.port, servers.sink().server.port);
    let ca = servers.ca_file();
    let ca = ca.display();
    let (password, wrong) = (r#"password_file = "password""#, r#"password_file = "wrong-password""#);
    match line {
        "IMAP" => format!("host = \"localhost\"\nport = {imap}\nca_file = \"{ca}\"\n{password}"),
        "IMAP, WRONG PASSWORD" => format!("host = \"localhost\"\nport = {imap}\nca_file = \"{ca}\"\n{wrong}"),
        "SUBMISSION" => format!(
            "host = \"localhost\"\nport = {smtp}\ntls = \"starttls\"\nca_file = \"{ca}\"\nuser = \"support\"\n{password}"
        ),
        "SINK" => format!("host = \"localhost\"\nport = {sink}\ntls = \"none\""),
        other => other.to_owned(),
    }
}

fn copy_texts(folder: &Path) {
    fs::create_dir(folder).unwrap();
    for text in fs::read_dir("fixtures/desks/texts").unwrap().map(|entry| entry.unwrap()) {
        fs::copy(text.path(), folder.join(text.file_name())).unwrap();
    }
}

/// Every mailbox becomes a Maildir of its name, every transport the folder `letters`.
fn into_folders(settings: &mut Settings, folder: &Path) {
    for mailbox in &mut settings.mailboxes {
        mailbox.source = SourceSettings::Maildir(folder.join(&mailbox.name));
        mailbox.start = Start::All;
    }
    for transport in &mut settings.transports {
        transport.kind = TransportKind::Folder(folder.join("letters"));
    }
}
