//! The heartbeat of a loop, for the watchdog: the loop works and has lately made progress, or waits for something that ends by
//! itself.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The heartbeat of one loop; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Heartbeat(Arc<Mutex<HeartbeatState>>);

#[derive(Clone, Copy, Debug, Default)]
enum HeartbeatState {
    /// The loop waits, and need give no sign.
    #[default]
    Waiting,
    /// The loop works, and made progress last at this time.
    Working(Instant),
}

/// Ends a wait when it is dropped, so also where the waiting future is.
struct WaitEnds<'b>(&'b Heartbeat);

impl Heartbeat {
    /// Records that the loop has made progress.
    pub fn progress(&self) {
        self.set(HeartbeatState::Working(Instant::now()));
    }

    /// Records that the loop waits until it next makes progress.
    pub fn rest(&self) {
        self.set(HeartbeatState::Waiting);
    }

    /// Waits for a wakeup, a time or a server, whose answers have time limits of their own; meanwhile no progress is expected.
    pub async fn waiting<T>(&self, future: impl Future<Output = T>) -> T {
        self.rest();
        let _ends = WaitEnds(self);
        future.await
    }

    /// How long ago the loop, if it works, last made progress; zero while it waits.
    pub fn silence(&self) -> Duration {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            HeartbeatState::Waiting => Duration::ZERO,
            HeartbeatState::Working(since) => since.elapsed(),
        }
    }

    fn set(&self, state: HeartbeatState) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

impl Drop for WaitEnds<'_> {
    fn drop(&mut self) {
        self.0.progress();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn silence_counts_while_working_and_never_in_a_declared_wait() {
        let heartbeat = Heartbeat::default();
        assert_eq!(heartbeat.silence(), Duration::ZERO, "nothing has begun");
        let inside = heartbeat.clone();
        heartbeat.waiting(async move { assert_eq!(inside.silence(), Duration::ZERO) }).await;
        let long_ago = Instant::now().checked_sub(Duration::from_secs(100)).unwrap();
        heartbeat.set(HeartbeatState::Working(long_ago));
        assert!(heartbeat.silence() >= Duration::from_secs(100));
        heartbeat.progress();
        assert!(heartbeat.silence() < Duration::from_secs(100));
    }
}
