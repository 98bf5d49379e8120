//! The flow of messages through the program. `receive`, `handle`, `clock` and `outbox` meet in the store, and tell each other
//! of work by wakeups.

mod absence;
mod accept;
mod basis;
mod brackets;
mod clock;
mod command;
mod commit;
mod complaints;
mod crash_recovery;
mod destination;
mod facts;
mod filing;
mod forget;
mod formed;
mod generation;
mod handle;
mod handover;
mod health_record;
mod heartbeat;
mod identity;
mod index;
mod ingest;
mod kept;
mod look;
mod message;
mod misses;
mod origin;
mod orphans;
mod outbox;
mod receive;
mod references;
mod related_facts;
mod release;
mod reported;
mod resync;
mod retention;
mod search;
mod shown_history;
mod sign;
mod status;
mod tell_again;
mod text;
mod understand;
mod unread;
mod verify;
mod wakeup;

use std::sync::Arc;

use crate::mail::proof::KeyRing;
use crate::model::Timestamp;
use crate::model::settings::Settings;
use crate::store::Store;

pub use absence::note_absence;
pub use accept::ReceiveError;
pub use brackets::frequent_brackets;
pub use clock::{look_anew, tick_due};
pub use command::{SetError, desks_of, personal_address, set};
pub use complaints::lift_complaint;
pub use crash_recovery::recover_from_crash;
pub use forget::{ForgetStep, forget, give_back, personal_data, whose};
pub use handle::handle_waiting;
pub use handover::hand_over;
pub use heartbeat::Heartbeat;
pub use index::{FreshWords, index_missing};
pub use ingest::{ingest, strip_envelope};
pub use orphans::{Orphan, orphans, refused_for_orphans, rename_mailboxes};
pub use outbox::{Outbox, RenderError, next_gap, render};
pub use receive::{Received, Receiver};
pub use release::{ReleaseNews, ReleaseOutcome, release};
pub use resync::{Gathered, Resync, accept_resync, assess, gather};
pub use retention::keep_no_longer;
pub use search::{FoundIn, Passage, passage};
pub use status::{
    DatabaseStatus, HostStatus, InstallationStatus, MailboxStatus, OutboxStatus, RequestCounts, Warning, status,
};
pub use unread::Unread;
pub use verify::{verify, verify_file, verify_messages};
pub use wakeup::{Wakeup, WakeupListener};

/// A function that tells the time; passed in, so that a test can let days pass in milliseconds.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What every part of the flow is given: the database, the settings, the keys, the clock and the wakeups. Clones share them.
#[derive(Clone)]
pub struct Context {
    /// The database.
    pub store: Store,
    /// The configuration.
    pub settings: Arc<Settings>,
    /// The keys that sign our Message-IDs, tokens and links.
    pub ring: Arc<KeyRing>,
    /// Tells the time.
    pub clock: Clock,
    /// Wakes the handler: there are messages to handle.
    pub accepted: Wakeup,
    /// Wakes the outbox: there are letters to send.
    pub written: Wakeup,
    /// The words of filed messages that wait to be indexed.
    pub fresh_words: FreshWords,
    /// The mailboxes that cannot be read at the moment.
    pub unread: Unread,
    /// The heartbeat of the loop that uses this context.
    pub heartbeat: Heartbeat,
}

impl Context {
    /// A context whose loops have nothing to tell each other yet.
    pub fn new(store: Store, settings: Arc<Settings>, ring: Arc<KeyRing>, clock: Clock) -> Self {
        Self {
            store,
            settings,
            ring,
            clock,
            accepted: Wakeup::default(),
            written: Wakeup::default(),
            fresh_words: FreshWords::default(),
            unread: Unread::default(),
            heartbeat: Heartbeat::default(),
        }
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }
}
