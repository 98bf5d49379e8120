//! A bell that wakes whoever waits for work, and that nobody misses who was busy when it rang.

use std::sync::Arc;

use tokio::sync::watch;

/// Rings for all its listeners.
#[derive(Clone)]
pub struct Bell(Arc<watch::Sender<()>>);

/// One who waits for a bell.
pub struct Listener(watch::Receiver<()>);

impl Bell {
    /// Wakes every listener, now or as soon as it waits again.
    pub fn ring(&self) {
        self.0.send_replace(());
    }

    /// A listener that hears the bell from now on.
    pub fn listen(&self) -> Listener {
        Listener(self.0.subscribe())
    }
}

impl Default for Bell {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(())))
    }
}

impl Listener {
    /// Waits until the bell has rung since the last wait. Without a bell that could ring, it waits for ever.
    pub async fn rung(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Bell;

    #[tokio::test]
    async fn every_listener_hears_a_ring_that_came_while_it_was_busy() {
        let bell = Bell::default();
        let (mut one, mut other) = (bell.listen(), bell.listen());
        bell.ring();
        bell.ring();
        tokio::join!(one.rung(), other.rung());
        let again = tokio::time::timeout(std::time::Duration::from_millis(10), one.rung()).await;
        assert!(again.is_err(), "two rings while busy are one reason to look");
    }
}
