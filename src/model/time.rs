//! Points in time, to the second.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A point in time, in whole seconds since 1970-01-01 UTC. Pure rooms get it as an argument and never read a clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// A time from seconds since the epoch, limited to the years that RFC 3339 can write.
    pub fn from_unix(seconds: i64) -> Self {
        Self(seconds.clamp(jiff::Timestamp::MIN.as_second(), jiff::Timestamp::MAX.as_second()))
    }

    /// The seconds since the epoch.
    pub fn unix(self) -> i64 {
        self.0
    }

    /// The time this many seconds later; earlier if negative.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_unix(self.0.saturating_add(seconds))
    }

    /// The seconds from `earlier` to this time; negative if `earlier` is later.
    pub fn seconds_since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The same time as a `jiff` value, for calendar arithmetic and formatting.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(self.0).unwrap_or_default()
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(instant: jiff::Timestamp) -> Self {
        Self(instant.as_second())
    }
}

/// RFC 3339 in UTC: `2026-11-21T09:30:00Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_jiff(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn prints_rfc_3339_and_never_leaves_its_years() {
        assert_eq!(Timestamp::from_unix(1_795_253_400).to_string(), "2026-11-21T09:30:00Z");
        assert_eq!(Timestamp::from_unix(i64::MAX).plus_seconds(1).to_string(), "9999-12-30T22:00:00Z");
    }
}
