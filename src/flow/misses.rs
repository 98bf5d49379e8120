//! How often messages were asked for in vain: kept in the ledger, so that a restart, or one pass of `maildesk once`, goes on
//! counting where the last one ended.

use std::collections::{HashMap, HashSet};

use crate::model::Uid;
use crate::store::Miss;

/// How often a server may list a message and leave it out of a successful answer before it is recorded as unfetchable.
const ABSENCES: u32 = 3;

/// How often fetching a message alone may end in an error before it is recorded as unfetchable. Pauses grow to minutes, so this
/// takes hours.
const BREAKS: u32 = 40;

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

    /// The messages that have failed before.
    pub(super) fn counts(&self) -> &HashMap<Uid, Miss> {
        &self.counts
    }

    /// Counts a fetch that ended in an error. That says something about the message only if it was fetched alone; from here on
    /// each of them is.
    pub(super) fn note_error(&mut self, asked: &[Uid]) {
        for uid in asked {
            self.counts.entry(uid.clone()).or_default().broke += u32::from(asked.len() == 1);
        }
    }

    /// Counts a successful answer: messages that came with it are forgotten here, the others were absent once more.
    pub(super) fn note<'a>(&mut self, asked: &[Uid], came: impl Iterator<Item = &'a Uid>) {
        let came: Vec<&Uid> = came.collect();
        for uid in &came {
            self.counts.remove(*uid);
        }
        self.note_absent(asked, &came);
    }

    /// Counts listed messages that the server does not describe as absent.
    pub(super) fn note_absent(&mut self, asked: &[Uid], came: &[&Uid]) {
        let came: HashSet<&Uid> = came.iter().copied().collect();
        for uid in asked.iter().filter(|uid| !came.contains(uid)) {
            self.counts.entry(uid.clone()).or_default().absent += 1;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The messages that failed too often. They are forgotten here.
    pub(super) fn take_lost(&mut self) -> Vec<Uid> {
        let is_lost = |miss: &Miss| miss.absent >= ABSENCES || miss.broke >= BREAKS;
        self.counts.extract_if(|_, miss| is_lost(miss)).map(|(uid, _)| uid).collect()
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
    fn a_server_in_trouble_loses_no_message() {
        let asked = [Uid::Number(1), Uid::Number(2)];
        let mut misses = Misses::default();
        for _ in 0..1_000 {
            misses.note_error(&asked);
        }
        misses.note_error(&asked[..1]);
        assert_eq!(misses.take_lost(), []);
        misses.note(&asked, asked.iter());
        assert!(misses.is_empty(), "what has come is forgotten");
        (0..BREAKS).for_each(|_| misses.note_error(&asked[..1]));
        assert_eq!(misses.take_lost(), [asked[0].clone()], "alone, again and again, it is the message");
    }

    #[test]
    fn a_message_that_never_comes_is_lost_at_the_third_miss() {
        let (one, two) = (Uid::Number(1), Uid::Number(2));
        let asked = [one.clone(), two.clone()];
        let mut misses = Misses::default();
        for _ in 0..2 {
            misses.note(&asked, [two.clone()].iter());
            assert_eq!(misses.take_lost(), []);
        }
        misses.note(&asked, [two].iter());
        assert_eq!(misses.take_lost(), [one]);
        assert!(misses.is_empty());
    }
}
