//! How long to wait before something that failed is tried again.

use std::time::Duration;

/// The pause after so many earlier failures: `first`, doubled with each failure, never longer than `longest`.
pub fn backoff(first: Duration, failures: u32, longest: Duration) -> Duration {
    first.saturating_mul(2_u32.saturating_pow(failures)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let pause = |failures| backoff(Duration::from_secs(60), failures, Duration::from_secs(4_000)).as_secs();
        assert_eq!([0, 1, 2, 6, 7, 40, u32::MAX].map(pause), [60, 120, 240, 3_840, 4_000, 4_000, 4_000]);
        assert_eq!(backoff(Duration::ZERO, 9, Duration::MAX), Duration::ZERO);
    }
}
