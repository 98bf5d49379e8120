//! A loop's sign of life: it works and has just come a step further, or waits for something that ends by itself.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// One loop's sign of life; its clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Heartbeat(Arc<Mutex<HeartbeatState>>);

#[derive(Clone, Copy, Debug, Default)]
enum HeartbeatState {
    /// Nothing is expected of it.
    #[default]
    Waiting,
    /// It works, and was heard of last at this time.
    Working(Instant),
}

/// Ends a declared wait, also where the waiting is broken off.
struct WaitEnds<'b>(&'b Heartbeat);

impl Heartbeat {
    /// The loop has come a step further.
    pub fn progress(&self) {
        self.set(HeartbeatState::Working(Instant::now()));
    }

    /// Nothing is expected of the loop until it says that it works.
    pub fn rest(&self) {
        self.set(HeartbeatState::Waiting);
    }

    /// Waits for a wakeup, the clock or a server, whose answers have limits of their own.
    pub async fn waiting<T>(&self, future: impl Future<Output = T>) -> T {
        self.rest();
        let _ends = WaitEnds(self);
        future.await
    }

    /// How long the loop has worked without a sign.
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
