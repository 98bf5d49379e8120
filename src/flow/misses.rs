//! How often messages were asked for in vain: kept in the ledger, so that a restart, or one pass of `maildesk once`, goes on
//! counting where the last one ended.

use std::collections::{HashMap, HashSet};

use crate::model::{Timestamp, Uid};
use crate::store::Miss;

/// How often a server may list a message and leave it out of a successful answer before it is recorded as unfetchable.
const ABSENCES: u32 = 3;

/// How often fetching a message alone may end in an error before it is recorded as unfetchable. With its pauses this takes
/// most of a day.
const BREAKS: u32 = 40;

/// The pause before a message is asked for again, in seconds; doubled with each failure up to the longest.
const FIRST_PAUSE: i64 = 60;
const LONGEST_PAUSE: i64 = 30 * 60;

/// The failed tries of a mailbox's messages.
#[derive(Debug, Default)]
pub(super) struct Misses {
    validity: u32,
    counts: HashMap<Uid, Miss>,
    /// What the ledger holds.
    stored: HashMap<Uid, Miss>,
}

impl Misses {
    /// What was counted at earlier looks, as the ledger holds it; messages that are no longer wanted are forgotten.
    pub(super) fn of(validity: u32, stored: Vec<(Uid, Miss)>, wanted: &[Uid]) -> Self {
        let stored: HashMap<Uid, Miss> = stored.into_iter().collect();
        let wanted: HashSet<&Uid> = wanted.iter().collect();
        let mut counts = stored.clone();
        counts.retain(|uid, _| wanted.contains(uid));
        Self { validity, counts, stored }
    }

    /// Whether a message has failed before.
    pub(super) fn is_suspect(&self, uid: &Uid) -> bool {
        self.counts.contains_key(uid)
    }

    /// Whether a message is to be asked for now: its pause, if it has failed, is over.
    pub(super) fn is_due(&self, uid: &Uid, now: Timestamp) -> bool {
        self.counts.get(uid).is_none_or(|miss| miss.next_at.is_none_or(|at| at <= now))
    }

    /// When the next message that has failed is to be asked for again; None where none has.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.counts.values().map(|miss| miss.next_at.unwrap_or(Timestamp::from_unix(0))).min()
    }

    /// Counts a fetch of this message alone that ended in an error.
    pub(super) fn note_error(&mut self, uid: &Uid, now: Timestamp) {
        self.count(uid, now, |miss| miss.broke += 1);
    }

    /// Counts a good answer that lacked this message.
    pub(super) fn note_absent(&mut self, uid: &Uid, now: Timestamp) {
        self.count(uid, now, |miss| miss.absent += 1);
    }

    fn count(&mut self, uid: &Uid, now: Timestamp, add: impl FnOnce(&mut Miss)) {
        let miss = self.counts.entry(uid.clone()).or_default();
        let before = miss.absent + miss.broke;
        add(miss);
        let pause = FIRST_PAUSE.saturating_mul(1 << before.min(20)).min(LONGEST_PAUSE);
        miss.next_at = Some(now.plus_seconds(pause));
    }

    /// Forgets the failures of a message that has come.
    pub(super) fn note_came(&mut self, uid: &Uid) {
        self.counts.remove(uid);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The messages that failed too often. They are forgotten here.
    pub(super) fn take_lost(&mut self) -> Vec<Uid> {
        let is_lost = |miss: &Miss| miss.absent >= ABSENCES || miss.broke >= BREAKS;
        self.counts.extract_if(|_, miss| is_lost(miss)).map(|(uid, _)| uid).collect()
    }

    /// The ledger holds what is counted now.
    pub(super) fn note_stored(&mut self) {
        self.stored.clone_from(&self.counts);
    }

    /// Whether the ledger holds what is counted.
    pub(super) fn are_stored(&self) -> bool {
        self.counts == self.stored
    }

    /// UIDVALIDITY and the counts, for the ledger.
    pub(super) fn to_store(&self) -> (u32, Vec<(Uid, Miss)>) {
        (self.validity, self.counts.iter().map(|(uid, miss)| (uid.clone(), *miss)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_fails_is_asked_for_after_growing_pauses_and_at_last_no_more() {
        let (one, now) = (Uid::Number(1), Timestamp::from_unix(1_000));
        let mut misses = Misses::default();
        assert!(misses.is_due(&one, now) && !misses.is_suspect(&one));
        for pause in [60, 120, 240] {
            misses.note_error(&one, now);
            assert!(!misses.is_due(&one, now.plus_seconds(pause - 1)) && misses.is_due(&one, now.plus_seconds(pause)));
            assert_eq!(misses.next(), Some(now.plus_seconds(pause)));
        }
        misses.note_came(&one);
        assert!(misses.is_empty(), "what has come is forgotten");
        for _ in 0..BREAKS {
            assert_eq!(misses.take_lost(), []);
            misses.note_error(&one, now);
        }
        assert_eq!(misses.next(), Some(now.plus_seconds(LONGEST_PAUSE)));
        assert_eq!(misses.take_lost(), [one]);
    }

    #[test]
    fn a_message_that_never_comes_is_lost_at_the_third_miss() {
        let (one, now) = (Uid::Number(1), Timestamp::from_unix(1_000));
        let mut misses = Misses::default();
        for _ in 0..ABSENCES {
            assert_eq!(misses.take_lost(), []);
            misses.note_absent(&one, now);
        }
        assert_eq!(misses.take_lost(), [one]);
        assert!(misses.is_empty());
    }
}
