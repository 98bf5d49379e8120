//! Default values and permitted ranges. `config.example.toml` gives the reasons; a test compares the two.
//!
//! The defaults of `[retry]` and `[limits]` are those of their types in [`model`](crate::model).

use std::ops::RangeInclusive;
use std::time::Duration;

/// The state folder where neither the file nor systemd names one.
pub(super) const STATE_DIR: &str = "/var/lib/maildesk";

/// The IMAP folder that is read: every account has it.
pub(super) const FOLDER: &str = "INBOX";

/// Whether to wait for mail with IDLE (RFC 2177).
pub(super) const IDLE: bool = true;

/// The time between two polls of a mailbox.
pub(super) const POLL: Duration = Duration::from_secs(60);

/// Seconds between two polls: servers lock accounts that poll more often.
pub(super) const POLL_RANGE: RangeInclusive<u64> = 5..=86_400;

/// The size of a message from which only the beginning is kept: above the 50 MB that large providers deliver.
pub(super) const MAX_MESSAGE_BYTES: u64 = 60_000_000;

/// The range of `max_message` in bytes.
pub(super) const MAX_MESSAGE_RANGE: RangeInclusive<u64> = (64 << 10)..=(1 << 30);

/// The name in EHLO where the machine has no usable name.
pub(super) const HELLO: &str = "localhost";

/// The range of `grace` in seconds: how long the end of a request can be undone before it is announced.
pub(super) const GRACE_RANGE: RangeInclusive<u64> = 0..=3_600;

/// The range of gaps between tries to send, in seconds.
pub(super) const RETRY_GAP_RANGE: RangeInclusive<u64> = 1..=86_400;

/// The range of the age at which e-mails fail, in seconds: at most 30 days.
pub(super) const RETRY_AGE_RANGE: RangeInclusive<u64> = 60..=(30 * 86_400);

/// The highest permitted limit on acknowledgements.
pub(super) const LIMIT_MAX: u32 = 1_000_000;
