//! Records the last success and failure of a mailbox or transport, for `status`: at most once a minute while nothing changes.

use std::time::Duration;

use tracing::warn;

use crate::model::Timestamp;
use crate::store::{Failure, FailureCause, Monitored, StoreError};

use super::Context;

/// Seconds after which it is noted again that something works.
pub(super) const EVERY: i64 = 60;

/// What was last noted of one mailbox or transport.
pub(super) struct HealthRecorder {
    context: Context,
    part: Monitored,
    name: String,
    /// When it was noted that it works; none where something else was, or nothing yet.
    worked: Option<Timestamp>,
}

impl HealthRecorder {
    pub(super) fn new(context: Context, part: Monitored, name: String) -> Self {
        Self { context, part, name, worked: None }
    }

    /// Notes that it works, unless that is known.
    pub(super) async fn works(&mut self) {
        let now = self.context.now();
        if self.worked.is_some_and(|at| (0..EVERY).contains(&now.seconds_since(at))) {
            return;
        }
        let (part, name) = (self.part, self.name.clone());
        let noted = self.context.store.write(move |tx| tx.works(part, &name, now)).await;
        self.worked = self.said(noted).then_some(now);
    }

    /// Notes that it failed, and after which pause it is tried again.
    pub(super) async fn fails(&mut self, cause: FailureCause, words: String, pause: Option<Duration>) {
        let now = self.context.now();
        let next = pause.map(|pause| now.plus_seconds(i64::try_from(pause.as_secs()).unwrap_or(i64::MAX)));
        self.fails_until(cause, words, next).await;
    }

    /// Notes that it failed, and when it is tried again.
    pub(super) async fn fails_until(&mut self, cause: FailureCause, words: String, next: Option<Timestamp>) {
        let failure = Failure { at: self.context.now(), cause, words, next };
        let (part, name) = (self.part, self.name.clone());
        let noted = self.context.store.write(move |tx| tx.fails(part, &name, &failure)).await;
        self.said(noted);
        self.worked = None;
    }

    /// Logs a failure to save, which stops no mail: work that needs the database reports its own errors.
    fn said(&self, noted: Result<(), StoreError>) -> bool {
        if let Err(error) = &noted {
            warn!(name = self.name, error = error.to_string(), "cannot save the health record");
        }
        noted.is_ok()
    }
}
