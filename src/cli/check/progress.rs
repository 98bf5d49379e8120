//! Shows which servers are being waited for, on one line of the terminal that is cleared afterwards.

use std::io::IsTerminal as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::cli::print;
use crate::cli::progress::put;

/// The names of what is being waited for. Nothing is shown where standard error is not a terminal.
pub struct WaitingProgress {
    awaited: Arc<Mutex<Vec<String>>>,
    showing: Option<JoinHandle<()>>,
}

impl WaitingProgress {
    /// Starts showing.
    pub fn start() -> Self {
        let awaited = Arc::new(Mutex::new(Vec::new()));
        let showing = std::io::stderr().is_terminal().then(|| tokio::spawn(show(Arc::clone(&awaited))));
        Self { awaited, showing }
    }

    /// Shows `what` while the future runs.
    pub async fn during<T>(&self, what: &str, waiting: impl Future<Output = T>) -> T {
        lock(&self.awaited).push(what.to_owned());
        let result = waiting.await;
        let mut awaited = lock(&self.awaited);
        if let Some(index) = awaited.iter().position(|one| one == what) {
            awaited.remove(index);
        }
        result
    }

    /// Stops showing, and clears the line.
    pub fn end(self) {
        if let Some(showing) = self.showing {
            showing.abort();
            put("");
        }
    }
}

async fn show(awaited: Arc<Mutex<Vec<String>>>) {
    let began = Instant::now();
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let what = lock(&awaited).join(", ");
        if !what.is_empty() {
            let line = format!("{} s: waiting for {what}", began.elapsed().as_secs());
            put(&print::clean(&line));
        }
    }
}

fn lock(awaited: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    awaited.lock().unwrap_or_else(PoisonError::into_inner)
}
