//! A loop's sign of life: it works and has just come a step further, or waits for something that ends by itself.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// One loop's sign of life; its clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Beat(Arc<Mutex<State>>);

#[derive(Clone, Copy, Debug, Default)]
enum State {
    /// Nothing is expected of it.
    #[default]
    Waiting,
    /// It works, and was heard of last at this time.
    Working(Instant),
}

/// Ends a declared wait, also where the waiting is broken off.
struct WaitEnds<'b>(&'b Beat);

impl Beat {
    /// The loop has come a step further.
    pub fn progress(&self) {
        self.set(State::Working(Instant::now()));
    }

    /// Nothing is expected of the loop until it says that it works.
    pub fn rest(&self) {
        self.set(State::Waiting);
    }

    /// Waits for a bell, the clock or a server, whose answers have limits of their own.
    pub async fn waiting<T>(&self, future: impl Future<Output = T>) -> T {
        self.rest();
        let _ends = WaitEnds(self);
        future.await
    }

    /// How long the loop has worked without a sign.
    pub fn silence(&self) -> Duration {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Waiting => Duration::ZERO,
            State::Working(since) => since.elapsed(),
        }
    }

    fn set(&self, state: State) {
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
        let beat = Beat::default();
        assert_eq!(beat.silence(), Duration::ZERO, "nothing has begun");
        let inside = beat.clone();
        beat.waiting(async move { assert_eq!(inside.silence(), Duration::ZERO) }).await;
        let long_ago = Instant::now().checked_sub(Duration::from_secs(100)).unwrap();
        beat.set(State::Working(long_ago));
        assert!(beat.silence() >= Duration::from_secs(100));
        beat.progress();
        assert!(beat.silence() < Duration::from_secs(100));
    }
}
