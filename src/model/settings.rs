//! How the shell reaches servers and folders: checked settings, passwords already read.

use core::net::SocketAddr;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::policy::{AckLimits, AutomaticMail, Desk, Engineer};
use super::{DeskKey, EmailAddress, Secret, ShortName, Timestamp};

/// Everything that a configuration file says, valid by construction.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder of the database, the keys and the lock.
    pub state_dir: PathBuf,
    /// Where mail comes from; names are unique.
    pub mailboxes: Vec<MailboxSettings>,
    /// The desks; keys are unique and do not look alike.
    pub desks: Vec<Desk>,
    /// How letters go out; names are unique.
    pub transports: Vec<TransportSettings>,
    /// When letters are tried again.
    pub retry: RetrySettings,
    /// Caps on acknowledgements.
    pub limits: AckLimits,
    /// Where metrics are told; nowhere by default.
    pub metrics: Option<Listen>,
}

impl Settings {
    /// The desk with this key.
    pub fn desk(&self, key: &DeskKey) -> Option<&Desk> {
        self.desks.iter().find(|d| d.key == *key)
    }

    /// The keys of all desks.
    pub fn desk_keys(&self) -> Vec<DeskKey> {
        self.desks.iter().map(|desk| desk.key.clone()).collect()
    }

    /// The engineer of any desk who writes from this address.
    pub fn engineer_at(&self, address: &EmailAddress) -> Option<&Engineer> {
        self.desks.iter().find_map(|desk| desk.engineer_at(address))
    }

    /// The names of all engineers, each once.
    pub fn engineers(&self) -> Vec<ShortName> {
        let mut names: Vec<ShortName> = Vec::new();
        for engineer in self.desks.iter().flat_map(|desk| &desk.engineers) {
            if !names.contains(&engineer.name) {
                names.push(engineer.name.clone());
            }
        }
        names
    }

    /// The mailboxes that have to be looked at for their mail.
    pub fn looked_at(&self) -> impl Iterator<Item = &MailboxSettings> {
        self.mailboxes.iter().filter(|mailbox| !matches!(mailbox.source, SourceSettings::Pipe))
    }
}

/// One mailbox.
#[derive(Clone, Debug)]
pub struct MailboxSettings {
    /// Its name here: in logs, in the store, on the command line.
    pub name: String,
    /// The desk it feeds.
    pub desk: DeskKey,
    /// Where it is.
    pub source: SourceSettings,
    /// What is done with an accepted message on the server.
    pub after: After,
    /// Which mail is too old to be a request.
    pub start: Start,
    /// What is done with that older mail.
    pub older: OlderMail,
    /// What is done with automatic mail that belongs to no request.
    pub automatic: AutomaticMail,
    /// How long to wait between two looks where the server cannot tell of new mail.
    pub poll: Duration,
    /// Whether only people of the company can write to it, so that `From` is believed.
    pub internal: bool,
    /// The name by which the operator's own server signs its `Authentication-Results` (RFC 8601); none is believed without.
    pub authserv_id: Option<String>,
    /// Messages larger than this are filed by their header and first part; the whole stays on the server.
    pub max_message_bytes: u64,
}

/// Where a mailbox is.
#[derive(Clone, Debug)]
pub enum SourceSettings {
    /// On an IMAP server (RFC 3501, RFC 9051).
    Imap(ImapSettings),
    /// A Maildir folder.
    Maildir(PathBuf),
    /// Nowhere: a mail server hands each message to `maildesk ingest`.
    Pipe,
}

impl SourceSettings {
    /// Where the folder is that is read: `imap://user@host:port/folder`, a path, or `pipe:`. Nothing in it is a secret.
    pub fn location(&self) -> String {
        match self {
            SourceSettings::Imap(imap) => imap.location_of(&imap.folder),
            SourceSettings::Maildir(root) => root.display().to_string(),
            SourceSettings::Pipe => "pipe:".to_owned(),
        }
    }

    /// Where another folder of the same account is.
    pub fn location_of_folder(&self, folder: &str) -> String {
        match self {
            SourceSettings::Imap(imap) => imap.location_of(folder),
            SourceSettings::Maildir(_) | SourceSettings::Pipe => format!("{}:{folder}", self.location()),
        }
    }
}

impl ImapSettings {
    fn location_of(&self, folder: &str) -> String {
        format!("imap://{}@{}:{}/{folder}", self.user, self.server.host, self.server.port)
    }
}

/// An IMAP mailbox.
#[derive(Clone, Debug)]
pub struct ImapSettings {
    /// The server and how to log in.
    pub server: Server,
    /// The user.
    pub user: String,
    /// The user's password.
    pub password: Secret,
    /// The folder that is read, as people write it (UTF-8): `INBOX`.
    pub folder: String,
    /// Whether to wait with IDLE (RFC 2177) where the server offers it.
    pub idle: bool,
}

/// A server to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Name or address, also what its certificate must name.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// Certificates (PEM) that are trusted beside the system's own.
    pub ca_file: Option<PathBuf>,
}

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the first byte (RFC 8314).
    Implicit,
    /// STARTTLS, required: without it there is no connection.
    StartTls,
    /// Not at all; only to a loopback address.
    None,
}

/// What is done with an accepted message on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// Nothing.
    Leave,
    /// This flag or keyword is set, `\Seen` for instance.
    Flag(String),
    /// It is moved to this folder, which is made where it is missing.
    Move(String),
}

/// Which mail is old: recorded or filed silently, never acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Everything that is there at the first look.
    Now,
    /// Everything that arrived before this time.
    At(Timestamp),
    /// Nothing.
    All,
}

/// What is done with mail from before the start mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OlderMail {
    /// It is recorded as seen, not fetched.
    #[default]
    Skip,
    /// It is fetched and filed as requests that nobody is written to about.
    File,
}

/// How letters leave.
#[derive(Clone, Debug)]
pub struct TransportSettings {
    /// Its name, which desks refer to.
    pub name: String,
    /// What it is.
    pub kind: TransportKind,
}

/// The kinds of transport.
#[derive(Clone, Debug)]
pub enum TransportKind {
    /// An SMTP server (RFC 5321, RFC 6409).
    Smtp(SmtpSettings),
    /// A folder: each letter becomes a file in it and is not sent. For trying things out.
    Folder(PathBuf),
}

/// An SMTP server.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// The server.
    pub server: Server,
    /// User and password for AUTH PLAIN or LOGIN (RFC 4954); none for a relay that trusts us.
    pub login: Option<(String, Secret)>,
    /// The name we greet with in EHLO.
    pub hello: String,
}

/// Where programs of this machine may ask how all fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// At a loopback address.
    Tcp(SocketAddr),
    /// At a socket in the file system.
    Unix(PathBuf),
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Listen::Tcp(address) => write!(f, "{address}"),
            Listen::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

/// When letters are tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetrySettings {
    /// The gap after the first failed try; it doubles from try to try.
    pub first: Duration,
    /// The longest gap.
    pub longest: Duration,
    /// The age at which a letter fails for good.
    pub give_up: Duration,
    /// How long a letter whose delivery is unknown waits before it is sent again.
    pub unsure: Duration,
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(60),
            longest: Duration::from_secs(4_000),
            give_up: Duration::from_secs(5 * 24 * 3_600),
            unsure: Duration::from_secs(600),
        }
    }
}
