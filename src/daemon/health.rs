//! The health of the running loops: which mailboxes could be read, and whether every loop makes progress.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use crate::flow::{Heartbeat, Wakeup};
use crate::notify::Notifier;

/// After this time the service is ready even if a mailbox has not answered yet.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the loops are checked, unless the watchdog needs it more often.
const PERIOD: Duration = Duration::from_secs(10);

/// The health of all loops; clones share it.
#[derive(Clone, Default)]
pub(super) struct Health {
    state: Arc<Mutex<HealthState>>,
    changed: Wakeup,
}

#[derive(Default)]
struct HealthState {
    heartbeats: Vec<(String, Heartbeat)>,
    mailboxes: BTreeMap<String, MailboxHealth>,
}

/// How the last attempt to read a mailbox ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MailboxHealth {
    /// The first attempt has not ended yet.
    First,
    /// It could be read.
    Read,
    /// It could not be read, for this reason.
    Failed(String),
}

impl Health {
    /// Adds a loop, and returns its heartbeat.
    pub fn heartbeat(&self, name: String) -> Heartbeat {
        let heartbeat = Heartbeat::default();
        self.state().heartbeats.push((name, heartbeat.clone()));
        heartbeat
    }

    /// Records how reading a mailbox ended, or that it is to begin.
    pub fn record(&self, mailbox: &str, look: MailboxHealth) {
        let before = self.state().mailboxes.insert(mailbox.to_owned(), look.clone());
        if before != Some(look) {
            self.changed.wake();
        }
    }

    /// Whether every mailbox has been tried once, with or without success.
    fn is_settled(&self) -> bool {
        self.state().mailboxes.values().all(|look| *look != MailboxHealth::First)
    }

    /// One line for `systemctl status`.
    fn status(&self) -> String {
        status(&self.state().mailboxes)
    }

    /// The first loop whose heartbeat is older than this, by name; None where all make progress or wait.
    fn stuck(&self, longest: Duration) -> Option<String> {
        let state = self.state();
        state.heartbeats.iter().find(|(_, heartbeat)| heartbeat.silence() > longest).map(|(name, _)| name.clone())
    }

    /// Notifies the service manager: ready once every mailbox was tried, with or without success; alive as long as every loop
    /// makes progress or waits for something; the status whenever it changes.
    pub async fn notify(&self, notifier: &Notifier, stop: &CancellationToken) -> Infallible {
        let begun = Instant::now();
        let mut changed = self.changed.listen();
        let (mut is_ready, mut stuck) = (false, None);
        loop {
            notifier.status(&self.status());
            if !is_ready && !stop.is_cancelled() && (self.is_settled() || begun.elapsed() >= PATIENCE) {
                is_ready = true;
                info!(status = self.status(), "ready");
                notifier.ready();
            }
            if let Some(period) = notifier.watchdog() {
                let found = self.stuck(period);
                match &found {
                    None => notifier.alive(),
                    Some(name) if stuck.as_ref() != Some(name) => {
                        error!(name, "the loop makes no progress; the watchdog is not notified");
                    }
                    Some(_) => {}
                }
                stuck = found;
            }
            let pause = notifier.watchdog().map_or(PERIOD, |period| (period / 4).min(PERIOD));
            tokio::select! {
                () = changed.woken() => {}
                () = sleep(pause) => {}
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, HealthState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn status(mailboxes: &BTreeMap<String, MailboxHealth>) -> String {
    let named = |wanted: fn(&MailboxHealth) -> bool| mailboxes.iter().filter(move |(_, look)| wanted(look));
    let read = named(|look| *look == MailboxHealth::Read).count();
    let mut parts = vec![format!("{read} of {} mailboxes read", mailboxes.len())];
    parts.extend(named(|look| *look == MailboxHealth::First).map(|(name, _)| format!("{name}: not read yet")));
    let failed: Vec<String> = mailboxes
        .iter()
        .filter_map(|(name, look)| match look {
            MailboxHealth::Failed(why) => Some(format!("{name}: {why}")),
            MailboxHealth::First | MailboxHealth::Read => None,
        })
        .collect();
    let degraded = if failed.is_empty() { "" } else { "degraded: " };
    parts.extend(failed);
    format!("{degraded}{}", parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_names_what_cannot_be_read_and_what_was_not_read_yet() {
        for (looks, line) in [
            (vec![], "0 of 0 mailboxes read"),
            (vec![("a", MailboxHealth::Read), ("b", MailboxHealth::Read)], "2 of 2 mailboxes read"),
            (vec![("a", MailboxHealth::First), ("b", MailboxHealth::Read)], "1 of 2 mailboxes read; a: not read yet"),
            (
                vec![
                    ("a", MailboxHealth::Failed("login refused".into())),
                    ("b", MailboxHealth::Read),
                    ("c", MailboxHealth::First),
                ],
                "degraded: 1 of 3 mailboxes read; c: not read yet; a: login refused",
            ),
        ] {
            let looks = looks.into_iter().map(|(name, look)| (name.to_owned(), look)).collect();
            assert_eq!(status(&looks), line);
        }
    }

    #[test]
    fn a_loop_that_works_without_a_sign_is_stuck_and_one_that_waits_is_not() {
        let health = Health::default();
        let (working, waiting) = (health.heartbeat("clock".into()), health.heartbeat("outbox".into()));
        assert_eq!(health.stuck(Duration::ZERO), None);
        waiting.progress();
        waiting.rest();
        working.progress();
        std::thread::sleep(Duration::from_millis(1));
        assert_eq!(health.stuck(Duration::ZERO), Some("clock".into()));
        assert_eq!(health.stuck(Duration::from_secs(60)), None);
        working.rest();
        assert_eq!(health.stuck(Duration::ZERO), None);
    }
}
