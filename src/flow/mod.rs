//! The corridor: a message's way. `receive`, `handle`, `clock` and `outbox` meet in the store and wake each other by bells.

mod accept;
mod announce;
mod basis;
mod beat;
mod bell;
mod clock;
mod commit;
mod condition;
mod examine;
mod filing;
mod forget;
mod handle;
mod ingest;
mod origin;
mod outbox;
mod receive;
mod resync;
mod retention;
mod search;
mod sign;
mod staff;
mod status;
mod steer;
mod surroundings;
mod unread;
mod verify;

use std::sync::Arc;

use crate::mail::proof::KeyRing;
use crate::model::Timestamp;
use crate::model::settings::Settings;
use crate::store::Store;

pub use accept::ReceiveError;
pub use announce::{Announced, Announcement, announce};
pub use beat::Beat;
pub use bell::{Bell, Listener};
pub use clock::{look_anew, tick_due};
pub use examine::examine_suspects;
pub use forget::{Step, forget, give_back, search, whose};
pub use handle::handle_waiting;
pub use ingest::{ingest, without_envelope};
pub use outbox::{Outbox, RenderError, next_gap, render};
pub use receive::{Received, Receiver};
pub use resync::{Gathered, Resync, accept, assess, gather};
pub use retention::keep_no_longer;
pub use search::{Passage, Place, catch_up, passage};
pub use staff::note_absence;
pub use status::{DatabaseStatus, Machine, MailboxStatus, OutboxStatus, RequestCounts, Status, Warning, status};
pub use steer::{SetError, desks_of, personal_address, set};
pub use unread::Unread;
pub use verify::verify;

/// What tells the time: an argument, so that days pass in milliseconds where a test wants them to.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What every part of the corridor works with.
#[derive(Clone)]
pub struct Context {
    /// The database.
    pub store: Store,
    /// What the operator decided.
    pub settings: Arc<Settings>,
    /// The keys of our Message-IDs.
    pub ring: Arc<KeyRing>,
    /// The time.
    pub clock: Clock,
    /// Rings when there are messages to handle.
    pub accepted: Bell,
    /// Rings when there are letters to send.
    pub written: Bell,
    /// The mailboxes that are not read at the moment.
    pub unread: Unread,
    /// The sign of life of the loop that works with this.
    pub beat: Beat,
}

impl Context {
    /// Now.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }
}
