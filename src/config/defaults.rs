//! What holds where a file says nothing. `config.example.toml` gives the reasons; a test compares the two.
//!
//! The defaults of `[retry]` and `[limits]` are those of their types in [`model`](crate::model).

use std::ops::RangeInclusive;
use std::time::Duration;

/// The folder of the database where systemd does not name one.
pub(super) const STATE_DIR: &str = "/var/lib/maildesk";

/// The folder that every IMAP account has.
pub(super) const FOLDER: &str = "INBOX";

/// Whether to wait with IDLE.
pub(super) const IDLE: bool = true;

/// Between two looks.
pub(super) const POLL: Duration = Duration::from_secs(60);

/// Seconds between two looks: servers lock accounts that look more often.
pub(super) const POLL_RANGE: RangeInclusive<u64> = 5..=86_400;

/// Above the 50 MB that large providers carry, so that only the exceptional is cut.
pub(super) const MAX_MESSAGE_BYTES: u64 = 60_000_000;

/// The bytes that a message's limit may be.
pub(super) const MAX_MESSAGE_RANGE: RangeInclusive<u64> = (64 << 10)..=(1 << 30);

/// What we greet with where the machine has no usable name.
pub(super) const HELLO: &str = "localhost";

/// Seconds in which an ending change can be taken back.
pub(super) const GRACE_RANGE: RangeInclusive<u64> = 0..=3_600;

/// The gap after a failed try, in seconds.
pub(super) const RETRY_GAP_RANGE: RangeInclusive<u64> = 1..=86_400;

/// The age at which letters fail, in seconds: at most a month.
pub(super) const RETRY_AGE_RANGE: RangeInclusive<u64> = 60..=(30 * 86_400);

/// The most that a cap on acknowledgements may be.
pub(super) const LIMIT_MAX: u32 = 1_000_000;
