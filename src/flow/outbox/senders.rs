//! Sender addresses that the server refuses: it is about the account, not about the letters, which wait.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::settings::RetrySettings;
use crate::model::{LetterId, Timestamp};

use super::pause::{Closed, Pause};

/// How many different letters of a sender are refused, with none accepted between, before the others wait untried.
const MOST_REFUSED: usize = 3;

/// The senders of a transport that are refused.
#[derive(Debug, Default)]
pub struct Senders {
    refused: BTreeMap<String, RefusedSender>,
}

#[derive(Debug, Default)]
struct RefusedSender {
    letters: BTreeSet<LetterId>,
    pause: Pause,
    words: String,
}

impl Senders {
    /// Counts a refused letter.
    pub fn note_refused(&mut self, sender: &str, letter: LetterId, words: &str, retry: RetrySettings, now: Timestamp) {
        let refused = self.refused.entry(sender.to_owned()).or_default();
        refused.letters.insert(letter);
        words.clone_into(&mut refused.words);
        if refused.letters.len() >= MOST_REFUSED {
            refused.pause.begin(retry, Closed::Away, now);
        }
    }

    /// Forgets the refusals of a sender: a letter was accepted.
    pub fn note_accepted(&mut self, sender: &str) {
        self.refused.remove(sender);
    }

    /// Until when letters of this sender wait, and why; None: they are sent.
    pub fn pause_of(&self, sender: &str, now: Timestamp) -> Option<(Timestamp, &str)> {
        let refused = self.refused.get(sender)?;
        Some((refused.pause.lasts_until(now)?, &refused.words))
    }

    /// What is wrong, for `status`, and when the next try is; None: no sender is refused again and again.
    pub fn trouble(&self, now: Timestamp) -> Option<(String, Timestamp)> {
        let mut paused = self
            .refused
            .iter()
            .filter_map(|(sender, refused)| Some((sender, refused, refused.pause.lasts_until(now)?)));
        let (sender, refused, until) = paused.next()?;
        Some((format!("the server refuses the sender {sender}: {}", refused.words), until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_pauses_when_three_letters_are_refused_and_none_accepted() {
        let (now, retry) = (Timestamp::from_unix(1_000), RetrySettings::default());
        let mut senders = Senders::default();
        let refuse =
            |senders: &mut Senders, letter| senders.note_refused("desk@x", LetterId(letter), "553 no", retry, now);
        for letter in [1, 1, 1, 2] {
            refuse(&mut senders, letter);
        }
        assert_eq!((senders.pause_of("desk@x", now), senders.trouble(now)), (None, None));
        senders.note_accepted("desk@x");
        for letter in [2, 3, 4] {
            refuse(&mut senders, letter);
        }
        assert!(senders.pause_of("desk@x", now).is_some_and(|(until, words)| until > now && words == "553 no"));
        assert!(senders.trouble(now).is_some_and(|(words, _)| words.contains("refuses the sender desk@x: 553 no")));
        assert_eq!(senders.pause_of("other@x", now), None);
    }
}
