//! An installation in this process: Maildirs, letters in a folder, and a clock that the test sets.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use maildesk::config::{self, Environment};
use maildesk::daemon::{DATABASE, Daemon, DaemonError};
use maildesk::flow::{Bell, Clock, Context};
use maildesk::mail::proof::KeyRing;
use maildesk::model::settings::Settings;
use maildesk::model::{RequestNumber, Timestamp};
use maildesk::store::{Reader, Store};

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

/// Limits that are out of the way of long histories.
pub const NO_CAPS: &str = "[limits]\nsender_ten_minutes = 10000\nsender_hour = 10000\nsender_day = 10000\n\
                       sender_subject_day = 10000\ndomain_hour = 10000\nall_hour = 10000\n";

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
        let folder = tempfile::tempdir().unwrap();
        for path in ["support", "booking"].iter().flat_map(|m| ["new", "cur", "tmp"].map(|part| format!("{m}/{part}")))
        {
            fs::create_dir_all(folder.path().join(path)).unwrap();
        }
        let file = folder.path().join("maildesk.toml");
        fs::write(&file, format!("{CONFIGURATION}{more}")).unwrap();
        let settings = config::load(&file, &Environment::of_process(), maildesk::flow::GRAMMAR).unwrap().settings;
        Self { folder, settings, now: Arc::new(AtomicI64::new(1_795_253_400)), delivered: 0 }
    }

    /// Puts a message into a mailbox.
    pub fn deliver(&mut self, mailbox: &str, raw: &[u8]) {
        self.delivered += 1;
        let name = format!("{:06}.test", self.delivered);
        fs::write(self.folder.path().join(mailbox).join("new").join(name), raw).unwrap();
    }

    /// One pass of the daemon, a second later than the last.
    pub async fn pass(&self) -> Result<(), DaemonError> {
        self.now.fetch_add(1, Ordering::SeqCst);
        let daemon = Daemon::open(self.settings.clone(), self.clock(), Path::new("/bin/false")).await?;
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
            accepted: Bell::default(),
            written: Bell::default(),
        }
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
