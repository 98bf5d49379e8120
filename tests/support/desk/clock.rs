//! Time, which a test sets, and the passes of the daemon in it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use maildesk::daemon::{Daemon, DaemonError};
use maildesk::flow::Clock;
use maildesk::model::Timestamp;

use super::builder::Passes;
use super::{TestDesk, Wait as _};
use crate::support::SentLetter;

impl TestDesk {
    /// Seconds since the epoch.
    pub fn unix(&self) -> i64 {
        self.now().unix()
    }

    /// The time by which it works.
    pub fn now(&self) -> Timestamp {
        self.clock()()
    }

    /// Sets the clock, in seconds since the epoch.
    pub fn set_clock(&self, now: i64) {
        self.now.store(now, Ordering::SeqCst);
    }

    /// Moves the clock on without a pass.
    pub fn skip(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    /// One pass a second later (of the real program: now), and the letters that went out in it.
    pub fn pass(&mut self) -> Vec<SentLetter> {
        self.later(1)
    }

    /// The same after so many seconds.
    pub fn later(&mut self, seconds: i64) -> Vec<SentLetter> {
        self.look(seconds);
        self.letters()
    }

    /// The same, where the letters are not read.
    pub fn look(&mut self, seconds: i64) {
        if self.is_program() {
            self.once();
            return;
        }
        self.skip(seconds);
        let daemon = self.daemon.take().unwrap_or_else(|| self.opened());
        let pass = daemon.pass().wait().unwrap();
        assert!(pass.mailboxes.iter().all(|(_, looked)| looked.is_ok()), "{pass:?}");
        if self.passes == Passes::OneDaemon {
            self.daemon = Some(daemon);
        } else {
            daemon.close().wait().unwrap();
        }
    }

    /// Two passes: what the first one writes goes out in the second.
    pub fn passes(&mut self) {
        self.pass();
        self.pass();
    }

    /// Lets days pass without a look, and then has two.
    pub fn days(&mut self, days: i64) {
        self.skip(days * 86_400);
        self.passes();
    }

    /// Lets hours pass, with a look every hour, and gives the letters that were sent in them.
    pub fn hours(&mut self, hours: u32) -> Vec<SentLetter> {
        (0..hours).flat_map(|_| self.later(3_600)).collect()
    }

    /// The daemon, open for work.
    pub fn opened(&self) -> Daemon {
        self.try_open().unwrap()
    }

    /// The same, where it may refuse to start.
    pub fn try_open(&self) -> Result<Daemon, DaemonError> {
        Daemon::open(self.settings.clone(), self.clock(), Path::new("/bin/false")).wait()
    }

    /// The clock that its parts go by.
    pub fn clock(&self) -> Clock {
        if self.is_program() {
            return Arc::new(|| Timestamp::from_unix(jiff::Timestamp::now().as_second()));
        }
        let now = Arc::clone(&self.now);
        Arc::new(move || Timestamp::from_unix(now.load(Ordering::SeqCst)))
    }
}
