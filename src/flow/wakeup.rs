//! A wakeup that wakes whoever waits for work, and that nobody misses who was busy when it rang.

use std::sync::Arc;

use tokio::sync::watch;

/// Rings for all its listeners.
#[derive(Clone)]
pub struct Wakeup(Arc<watch::Sender<()>>);

/// One who waits for a wakeup.
pub struct WakeupListener(watch::Receiver<()>);

impl Wakeup {
    /// Wakes every listener, now or as soon as it waits again.
    pub fn wake(&self) {
        self.0.send_replace(());
    }

    /// A listener that hears the wakeup from now on.
    pub fn listen(&self) -> WakeupListener {
        WakeupListener(self.0.subscribe())
    }
}

impl Default for Wakeup {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(())))
    }
}

impl WakeupListener {
    /// Waits until the wakeup has woken since the last wait. Without a wakeup that could ring, it waits for ever.
    pub async fn woken(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Wakeup;

    #[tokio::test]
    async fn every_listener_hears_a_ring_that_came_while_it_was_busy() {
        let wakeup = Wakeup::default();
        let (mut one, mut other) = (wakeup.listen(), wakeup.listen());
        wakeup.wake();
        wakeup.wake();
        tokio::join!(one.woken(), other.woken());
        let again = tokio::time::timeout(std::time::Duration::from_millis(10), one.woken()).await;
        assert!(again.is_err(), "two rings while busy are one reason to look");
    }
}
