//! An installation in this process: Maildirs, letters in a folder, and a clock that the test sets.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use maildesk::config::{self, ProcessContext};
use maildesk::daemon::{DATABASE, Daemon, DaemonError, KEYS};
use maildesk::flow::{Clock, Context, Heartbeat, Unread, Wakeup};
use maildesk::mail::proof::KeyRing;
use maildesk::model::settings::Settings;
use maildesk::model::{RequestNumber, Timestamp};
use maildesk::store::{Reader, Store};

use super::temporary_folder;

/// Maildirs for IMAP, a folder for SMTP.
const CONFIGURATION: &str = r#"
state_dir = "state"

[desk.OTK]
name = "Example support"
address = "support@example.org"

[desk.TRV]
name = "Booking"
address = "booking@example.org"

[mailbox.support]
desk = "OTK"
maildir = "support"
start = "all"

[mailbox.booking]
desk = "TRV"
maildir = "booking"
start = "all"

[transport.folder]
folder = "letters"
"#;

/// Two desks: one with lines, a team and a status of its own, which sends at once; one whose letters wait their grace, with
/// reply addresses, where closed requests stay closed.
pub const STEERED_OFFICE: &str = r#"
state_dir = "state"

[desk.OTK]
name = "Поддержка ОТК"
address = "support@example.org"
grace = "0s"

[desk.OTK.line.1]
members = ["ivanov"]

[desk.OTK.line.2]
members = ["petrova", "sidorov"]

[desk.OTK.team.backend]
words = ["бэкенд"]
members = ["sidorov"]

[desk.OTK.status.vendor]
phase = "waiting"
label = { ru = "У поставщика", en = "With the vendor" }
words = ["у поставщика", "at vendor"]

[desk.OTK.status.shipped]
phase = "completed"
label = { ru = "Отгружено", en = "Shipped" }
words = ["отгружено"]
tells = true

[desk.TRV]
name = "Booking"
address = "booking@example.org"
plus_addresses = true
after_close = "open new"

[desk.TRV.line.1]
members = ["ivanov", "petrova"]

[engineer.ivanov]
name = "Иван Иванов"
address = "ivanov@example.org"
aliases = ["ivanov@home.example"]
words = ["иванов", "иванову"]

[engineer.petrova]
name = "Анна Петрова"
address = "petrova@example.org"
words = ["петрова"]
language = "en"

[engineer.sidorov]
name = "Олег Сидоров"
address = "sidorov@example.org"

[mailbox.support]
desk = "OTK"
maildir = "support"
start = "all"

[mailbox.internal]
desk = "OTK"
maildir = "internal"
start = "all"
internal = true

[mailbox.vouched]
desk = "OTK"
maildir = "vouched"
start = "all"
authserv_id = "mx.example.org"

[mailbox.booking]
desk = "TRV"
maildir = "booking"
start = "all"

[transport.folder]
folder = "letters"
"#;

/// Two desks, `support` and `booking`, each with a mailbox of its name.
pub struct Office {
    folder: tempfile::TempDir,
    /// What its configuration says.
    pub settings: Settings,
    /// Seconds since the epoch.
    pub now: Arc<AtomicI64>,
    delivered: usize,
}

impl Office {
    /// With more tables of the configuration.
    pub fn new(more: &str) -> Self {
        Self::with(&format!("{CONFIGURATION}{more}"))
    }

    /// With a whole configuration; every Maildir that it names is made.
    pub fn with(configuration: &str) -> Self {
        let folder = temporary_folder();
        let mailboxes = configuration.lines().filter_map(|line| line.strip_prefix("maildir = \"")?.strip_suffix('"'));
        for path in mailboxes.flat_map(|m| ["new", "cur", "tmp"].map(|part| format!("{m}/{part}"))) {
            fs::create_dir_all(folder.path().join(path)).unwrap();
        }
        let file = folder.path().join("maildesk.toml");
        fs::write(&file, configuration).unwrap();
        let settings = config::load(&file, &ProcessContext::of_process(), maildesk::cli::GRAMMAR).unwrap().settings;
        Self { folder, settings, now: Arc::new(AtomicI64::new(1_795_253_400)), delivered: 0 }
    }

    /// Puts a message into a mailbox.
    pub fn deliver(&mut self, mailbox: &str, raw: &[u8]) {
        self.delivered += 1;
        let name = format!("{:06}.test", self.delivered);
        fs::write(self.folder.path().join(mailbox).join("new").join(name), raw).unwrap();
    }

    /// The daemon, open for work.
    pub async fn daemon(&self) -> Result<Daemon, DaemonError> {
        Daemon::open(self.settings.clone(), self.clock(), Path::new("/bin/false")).await
    }

    /// One pass of the daemon, a second later than the last.
    pub async fn pass(&self) -> Result<(), DaemonError> {
        self.now.fetch_add(1, Ordering::SeqCst);
        let daemon = self.daemon().await?;
        let pass = daemon.pass().await;
        daemon.close().await?;
        pass.map(|pass| assert!(pass.mailboxes.iter().all(|(_, looked)| looked.is_ok()), "{pass:?}"))
    }

    /// What the parts of the daemon work with, for calling them one by one.
    pub fn context(&self) -> Context {
        fs::create_dir_all(&self.settings.state_dir).unwrap();
        Context {
            store: Store::open(&self.database()).unwrap(),
            settings: Arc::new(self.settings.clone()),
            ring: Arc::new(KeyRing::generate(&[7; 40])),
            clock: self.clock(),
            accepted: Wakeup::default(),
            written: Wakeup::default(),
            unread: Unread::default(),
            heartbeat: Heartbeat::default(),
        }
    }

    /// The same with the keys of the daemon, after its first pass: what it signs the daemon knows, and the other way round.
    pub fn own_context(&self) -> Context {
        let keys = fs::read_to_string(self.settings.state_dir.join(KEYS)).unwrap();
        Context { ring: Arc::new(KeyRing::parse(&keys).unwrap()), ..self.context() }
    }

    /// The bytes of a letter, once it has gone.
    pub fn sent(&self, message_id: &str) -> Option<Vec<u8>> {
        fs::read(self.folder.path().join("letters").join(format!("{message_id}.eml"))).ok()
    }

    fn clock(&self) -> Clock {
        let now = Arc::clone(&self.now);
        Arc::new(move || Timestamp::from_unix(now.load(Ordering::SeqCst)))
    }

    /// Where its database is.
    pub fn database(&self) -> PathBuf {
        self.settings.state_dir.join(DATABASE)
    }

    /// A connection for reading.
    pub fn reader(&self) -> Reader {
        Reader::open(&self.database()).unwrap()
    }

    /// All numbers given, in order of acceptance.
    pub fn numbers(&self) -> Vec<RequestNumber> {
        let mut rows = self.reader().view().received(Some("opened"), u32::MAX).unwrap();
        rows.reverse();
        rows.into_iter().map(|row| row.request.unwrap()).collect()
    }
}
