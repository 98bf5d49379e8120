//! The checked settings of an installation: desks, mailboxes, transports and limits, with passwords already read.

use core::net::SocketAddr;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::policy::{AckLimits, AutomaticMail, Desk, Engineer};
use super::{Credential, DeskKey, EmailAddress, ShortName, Timestamp};

/// The settings of a configuration file, checked as a whole.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder with the database, the keys and the lock file.
    pub state_dir: PathBuf,
    /// The mailboxes that mail is received from; their names are unique.
    pub mailboxes: Vec<MailboxSettings>,
    /// The desks; their keys are unique and do not look alike.
    pub desks: Vec<Desk>,
    /// The transports that letters are sent by; their names are unique.
    pub transports: Vec<TransportSettings>,
    /// When the sending of a letter is tried again.
    pub retry: RetrySettings,
    /// The limits on acknowledgements.
    pub limits: AckLimits,
    /// Where metrics are served; `None`: nowhere.
    pub metrics: Option<Listen>,
    /// Whether mail and requests that belong to what is configured no longer may be left behind.
    pub accept_orphans: bool,
    /// When the same file means other settings, as somebody leaves; `None`: never.
    pub changes_at: Option<Timestamp>,
}

impl Settings {
    /// The desk with this key.
    pub fn desk(&self, key: &DeskKey) -> Option<&Desk> {
        self.desks.iter().find(|d| d.key == *key)
    }

    /// The keys of all desks, earlier keys too.
    pub fn desk_keys(&self) -> Vec<DeskKey> {
        self.desks.iter().map(|desk| desk.key.clone()).collect()
    }

    /// The first engineer, of any desk, who writes from this address.
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

    /// The mailboxes that maildesk fetches mail from: all but those that a mail server pipes into `maildesk ingest`.
    pub fn looked_at(&self) -> impl Iterator<Item = &MailboxSettings> {
        self.mailboxes.iter().filter(|mailbox| !matches!(mailbox.source, SourceSettings::Pipe))
    }
}

/// The settings of a mailbox.
#[derive(Clone, Debug)]
pub struct MailboxSettings {
    /// Its name in the configuration, in logs, in the store and on the command line.
    pub name: String,
    /// Its earlier names.
    pub was: Vec<String>,
    /// The desk that gets its mail.
    pub desk: DeskKey,
    /// Where it is.
    pub source: SourceSettings,
    /// What is done on the server with a message that was accepted.
    pub after: After,
    /// Which mail counts as older: it was there before maildesk.
    pub start: Start,
    /// What is done with that older mail.
    pub older: OlderMail,
    /// What is done with automatic mail that belongs to no request.
    pub automatic: AutomaticMail,
    /// The time between two looks for new mail where the server cannot announce it.
    pub poll: Duration,
    /// Whether only people of the operator's own organisation can write to it, so that `From` is believed.
    pub internal: bool,
    /// The name of the operator's own mail server in `Authentication-Results` (RFC 8601); `None`: none of these fields is believed.
    pub authserv_id: Option<String>,
    /// The largest message that is fetched as a whole, in bytes. Of a larger one only the header and the beginning are fetched; the
    /// whole stays on the server.
    pub max_message_bytes: u64,
}

/// The place that the mail of a mailbox comes from.
#[derive(Clone, Debug)]
pub enum SourceSettings {
    /// An IMAP server (RFC 3501, RFC 9051).
    Imap(ImapSettings),
    /// A Maildir folder.
    Maildir(PathBuf),
    /// No place: a mail server hands each message to `maildesk ingest`.
    Pipe,
}

impl SourceSettings {
    /// The location of the folder that is read: `imap://user@host:port/folder`, a path, or `pipe:`. It contains no secret.
    pub fn location(&self) -> String {
        match self {
            SourceSettings::Imap(imap) => imap.location_of(&imap.folder),
            SourceSettings::Maildir(root) => root.display().to_string(),
            SourceSettings::Pipe => "pipe:".to_owned(),
        }
    }

    /// Whether the user logs in with an access token.
    pub fn has_token(&self) -> bool {
        matches!(self, SourceSettings::Imap(ImapSettings { credential: Credential::OAuth2(_), .. }))
    }

    /// The location of another folder of the same account.
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

/// The settings of an IMAP mailbox.
#[derive(Clone, Debug)]
pub struct ImapSettings {
    /// The server.
    pub server: Server,
    /// The user name.
    pub user: String,
    /// The user's password, or where their access tokens come from.
    pub credential: Credential,
    /// The folder that is read, in UTF-8: `INBOX`.
    pub folder: String,
    /// Whether to wait with IDLE (RFC 2177) where the server offers it.
    pub idle: bool,
}

/// A server to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its host name or IP address, which its certificate must name.
    pub host: String,
    /// Its TCP port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// A file of certificates (PEM) that are trusted besides the system's own; `None`: only those.
    pub ca_file: Option<PathBuf>,
}

/// The protection of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the first byte (RFC 8314).
    Implicit,
    /// STARTTLS, required: without it there is no connection.
    StartTls,
    /// None; allowed only to a loopback address.
    None,
}

/// What is done on the server with a message that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// Nothing: it is left as it is.
    Leave,
    /// This flag or keyword is set, `\Seen` for instance.
    Flag(String),
    /// It is moved to this folder, which is created if it is missing.
    Move(String),
}

/// Which mail counts as older than maildesk's start: it is never acknowledged, and [`OlderMail`] says what is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// What is in the mailbox at the first look.
    Now,
    /// What arrived before this time.
    At(Timestamp),
    /// Nothing: all mail counts as new.
    All,
}

/// What is done with older mail, as [`Start`] defines it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OlderMail {
    /// It is recorded as seen, not fetched.
    #[default]
    Skip,
    /// It is fetched and filed as requests, without sending anything.
    File,
}

/// The settings of a transport: a way to send letters.
#[derive(Clone, Debug)]
pub struct TransportSettings {
    /// Its name, which desks refer to.
    pub name: String,
    /// Its kind.
    pub kind: TransportKind,
}

/// The kind of a transport.
#[derive(Clone, Debug)]
pub enum TransportKind {
    /// An SMTP server (RFC 5321, RFC 6409).
    Smtp(SmtpSettings),
    /// A folder: each letter is written as a file and not sent. For trying things out.
    Folder(PathBuf),
}

impl TransportKind {
    /// Whether the user logs in with an access token.
    pub fn has_token(&self) -> bool {
        matches!(self, TransportKind::Smtp(SmtpSettings { login: Some((_, Credential::OAuth2(_))), .. }))
    }
}

/// The settings of an SMTP transport.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// The server.
    pub server: Server,
    /// User and credential for AUTH (RFC 4954); `None` for a relay that needs no login.
    pub login: Option<(String, Credential)>,
    /// The host name that we state in EHLO.
    pub hello: String,
}

/// The address at which metrics and health checks are served, to programs of the same machine only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// A loopback address.
    Tcp(SocketAddr),
    /// The path of a Unix socket.
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

/// When the sending of a letter is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetrySettings {
    /// The delay after the first failed try; it doubles with every further one.
    pub first: Duration,
    /// The longest delay between two tries.
    pub longest: Duration,
    /// The age at which a letter is given up.
    pub give_up: Duration,
    /// The delay before a letter is sent again when it is unknown whether it was delivered.
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
