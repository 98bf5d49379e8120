//! Pauses of a transport, of growing length, while its server is away or refuses our login. Pure.

use std::time::Duration;

use crate::model::Timestamp;
use crate::model::settings::RetrySettings;

use super::next_gap;

/// The first pause after a refused login: servers count those, and lock accounts. Three logins in a quarter of an hour are
/// tolerated.
const AFTER_REFUSED_LOGIN: Duration = Duration::from_secs(300);
/// The longest pause while a server is away: tries cost nothing then, and mail waits.
const LONGEST: Duration = Duration::from_secs(300);

/// Why a transport cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// There is no connection to the server.
    Away,
    /// The server refuses our login.
    LoginRefused,
}

/// The current pause of a transport, if there is one, and how many came in a row.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pause {
    failures: u32,
    until: Option<Timestamp>,
}

impl Pause {
    /// When the pause ends; `None` where there is none at this time.
    pub fn lasts_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.until.filter(|until| *until > now)
    }

    /// Begins a pause after a failure, longer than the last one, and returns when it ends.
    pub fn begin(&mut self, retry: RetrySettings, closed: Closed, now: Timestamp) -> Timestamp {
        let gap = next_gap(retry, self.failures, Duration::ZERO).unwrap_or(retry.longest);
        let gap = match closed {
            Closed::Away => gap.min(LONGEST),
            Closed::LoginRefused => gap.max(AFTER_REFUSED_LOGIN),
        };
        self.failures = self.failures.saturating_add(1);
        let until = now.plus_seconds(i64::try_from(gap.as_secs()).unwrap_or(i64::MAX));
        self.until = Some(until);
        until
    }

    /// Ends the pause: the transport works again.
    pub fn end(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(closed: Closed) -> Vec<i64> {
        let (mut pause, mut now) = (Pause::default(), Timestamp::from_unix(1_000));
        let mut gap = || {
            let until = pause.begin(RetrySettings::default(), closed, now);
            assert_eq!(pause.lasts_until(now), Some(until));
            assert_eq!(pause.lasts_until(until), None);
            let gap = until.seconds_since(now);
            now = until;
            gap
        };
        (0..9).map(|_| gap()).collect()
    }

    #[test]
    fn pauses_grow_with_every_failure() {
        assert_eq!(gaps(Closed::Away), [60, 120, 240, 300, 300, 300, 300, 300, 300]);
        assert_eq!(gaps(Closed::LoginRefused), [300, 300, 300, 480, 960, 1_920, 3_840, 4_000, 4_000]);
    }

    #[test]
    fn there_are_at_most_three_logins_in_a_quarter_of_an_hour() {
        let mut times = vec![0];
        for gap in gaps(Closed::LoginRefused) {
            times.push(times.last().unwrap() + gap);
        }
        assert!(times.windows(4).all(|four| four[3] - four[0] >= 900), "{times:?}");
    }

    #[test]
    fn success_makes_the_next_pause_short_again() {
        let (mut pause, now) = (Pause::default(), Timestamp::from_unix(1_000));
        let retry = RetrySettings::default();
        pause.begin(retry, Closed::Away, now);
        pause.begin(retry, Closed::Away, now);
        pause.end();
        assert_eq!(pause.lasts_until(now), None);
        assert_eq!(pause.begin(retry, Closed::Away, now).seconds_since(now), 60);
    }
}
