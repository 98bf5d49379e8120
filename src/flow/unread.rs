//! The mailboxes that are not read at the moment, in which answers may lie that we do not know of.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Mailboxes that were not looked at yet, or whose last look failed. Empty beside a daemon.
#[derive(Clone, Default)]
pub struct Unread(Arc<Mutex<BTreeSet<String>>>);

impl Unread {
    /// Notes that a mailbox is not read.
    pub fn add(&self, mailbox: &str) {
        self.with(|unread| unread.insert(mailbox.to_owned()));
    }

    /// Notes that all of a mailbox was looked at.
    pub fn remove(&self, mailbox: &str) {
        self.with(|unread| unread.remove(mailbox));
    }

    /// Whether a mailbox is not read.
    pub fn has(&self, mailbox: &str) -> bool {
        self.with(|unread| unread.contains(mailbox))
    }

    fn with<T>(&self, what: impl FnOnce(&mut BTreeSet<String>) -> T) -> T {
        what(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
