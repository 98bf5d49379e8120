//! Keeps track of the mailboxes that cannot be read at the moment, in which answers may lie.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// The mailboxes that were not looked at yet, or whose last look failed. Empty in a process other than the daemon.
#[derive(Clone, Default)]
pub struct Unread(Arc<Mutex<BTreeSet<String>>>);

impl Unread {
    /// Records that a mailbox cannot be read.
    pub fn add(&self, mailbox: &str) {
        self.with(|unread| unread.insert(mailbox.to_owned()));
    }

    /// Records that a mailbox was read completely.
    pub fn remove(&self, mailbox: &str) {
        self.with(|unread| unread.remove(mailbox));
    }

    /// Whether a mailbox cannot be read.
    pub fn has(&self, mailbox: &str) -> bool {
        self.with(|unread| unread.contains(mailbox))
    }

    fn with<T>(&self, what: impl FnOnce(&mut BTreeSet<String>) -> T) -> T {
        what(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
