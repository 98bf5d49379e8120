//! Which mailbox and desk a message came to.

use crate::model::policy::Desk;
use crate::model::settings::{MailboxSettings, Settings};

/// The mailbox that a message came to, and the desk that the mailbox feeds.
#[derive(Clone, Copy)]
pub(super) struct Destination<'a> {
    pub mailbox: &'a MailboxSettings,
    pub desk: &'a Desk,
}

impl<'a> Destination<'a> {
    /// The mailbox of this name, with its desk; `None` where it is not configured, or not any more.
    pub(super) fn of(settings: &'a Settings, mailbox: &str) -> Option<Self> {
        let mailbox = settings.mailboxes.iter().find(|known| known.name == mailbox)?;
        Some(Self { mailbox, desk: settings.desk(&mailbox.desk)? })
    }
}
