//! A wakeup for loops that wait for work; one who was busy when it came gets it at the next wait.

use std::sync::Arc;

use tokio::sync::watch;

/// Wakes all its listeners.
#[derive(Clone)]
pub struct Wakeup(Arc<watch::Sender<()>>);

/// Waits for a wakeup.
pub struct WakeupListener(watch::Receiver<()>);

impl Wakeup {
    /// Wakes every listener, now or as soon as it waits again.
    pub fn wake(&self) {
        self.0.send_replace(());
    }

    /// A listener for wakeups from now on.
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
    /// Waits until there was a wakeup since the last wait. Waits for ever where the [`Wakeup`] is dropped.
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
