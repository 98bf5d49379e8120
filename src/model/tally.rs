//! Counting: how often something happened, by minute, for caps to be held against.

use serde::{Deserialize, Serialize};
use strum::AsRefStr;

use super::{Digest, EmailAddress, RequestNumber, Timestamp};

/// What is counted. Counts are kept for 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, AsRefStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TallyKind {
    /// Acknowledgements to one address.
    Sender,
    /// Acknowledgements to strangers of one domain.
    Domain,
    /// Acknowledgements to the customers of one listed domain or address.
    Customers,
    /// Acknowledgements to strangers, of any domain.
    Strangers,
    /// Acknowledgements that wait, at the minute in which they go out.
    Waiting,
    /// Acknowledgements that a cap has cancelled.
    Withheld,
    /// Messages that are alike.
    Alike,
    /// Alerts of a request, of some severity and above.
    Alert,
    /// Acknowledgements of messages that are alike.
    Answered,
    /// Messages that came within a minute of our letter, in answer to one that is alike or with words that are.
    Round,
    /// Letters about one request to one reader.
    Letter,
    /// Questions to one engineer about messages in their name.
    Question,
    /// Explanations to one engineer; of one text to one engineer.
    Explanation,
    /// Engineers' messages that were not explained one by one, because a cap is reached.
    Unexplained,
    /// Messages in an engineer's name that were not asked about, because a cap is reached.
    Unasked,
}

/// One thing that is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// What it is.
    pub kind: TallyKind,
    /// Whose: a domain, or a digest where it would name a person; empty where it is everybody's.
    pub key: String,
    /// When it happened, or will happen.
    pub at: Timestamp,
}

/// Under which keys a message is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TallyKeys {
    /// Its sender's address, as a digest.
    pub sender: String,
    /// Its sender's domain.
    pub domain: String,
    /// The pattern by which the desk lists its sender as a customer; `None` where it does not.
    pub customers: Option<String>,
    /// Its sender, and its subject with all that changes from message to message masked, as a digest.
    pub alike: String,
    /// Its subject and words, masked, from any sender of its domain, masked, as a digest; `None` for a message without words,
    /// or from a public provider.
    pub alike_words: Option<String>,
}

/// A key that names nobody: two texts have the same one only where they are the same.
pub fn tally_key(parts: &[&str]) -> String {
    Digest::of(parts.join("\0").as_bytes()).to_string().split_at(32).0.to_owned()
}

/// The key of an address.
pub fn sender_key(sender: &EmailAddress) -> String {
    tally_key(&[sender.as_str()])
}

/// What was counted before a message came: what the caps are held against.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tallied {
    /// Acknowledgements to its sender, in the last ten minutes.
    pub sender_ten_minutes: u32,
    /// Acknowledgements to its sender, in the last hour.
    pub sender_hour: u32,
    /// Acknowledgements to its sender, in the last 24 hours.
    pub sender_day: u32,
    /// Acknowledgements to strangers of its sender's domain.
    pub domain: Minutes,
    /// Acknowledgements to the customers whom the desk lists together with its sender.
    pub customers: Minutes,
    /// Acknowledgements to strangers, of any domain.
    pub strangers: Minutes,
    /// Acknowledgements that wait.
    pub waiting: u32,
    /// Messages that are alike, of the same sender.
    pub alike: Alike,
    /// Messages with alike words, from anybody at the same domain.
    pub alike_words: Alike,
    /// The request of the flood that the message belongs to; `None` where there is none.
    pub flood: Option<RequestNumber>,
}

/// Messages that are alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alike {
    /// How many came in the last hour.
    pub hour: u32,
    /// How many came within a minute of our acknowledgement of the one before, in the last 24 hours.
    pub rounds: u32,
    /// When the last acknowledgement of one was written; `None` where none was in the last 24 hours.
    pub answered: Option<Timestamp>,
}

/// An automatic message as an alert of monitoring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The same for all alerts of one sender about one thing, however it stands with it.
    pub key: String,
    /// How bad it is, from 0 (not said) to 3.
    pub severity: u8,
    /// Whether it says that all is well again.
    pub is_resolved: bool,
}

impl Alert {
    /// The key under which the alerts of a request are counted that are this severe or more.
    pub fn counted(&self, request: &RequestNumber, severity: u8) -> String {
        tally_key(&["alert", &self.key, &request.to_string(), &severity.to_string()])
    }
}

/// How often something happened in each minute since 1970, in their order: of the last hour, and of the time to come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Minutes(pub Vec<(i64, u32)>);

impl Alike {
    /// Whether a message that was accepted then came within a minute of our last letter, but not in the same second: many that
    /// come at once do not answer each other's acknowledgements.
    pub fn is_round(&self, accepted_at: Timestamp) -> bool {
        self.answered.is_some_and(|at| (1..=MINUTE).contains(&accepted_at.seconds_since(at)))
    }
}

/// Seconds in a minute.
pub const MINUTE: i64 = 60;

impl Minutes {
    /// Whether one more in this minute keeps to the cap in every hour that it belongs to. An hour touches 61 minutes.
    pub fn has_room(&self, cap: u32, minute: i64) -> bool {
        let ends = self.0.iter().map(|(at, _)| *at).filter(|at| (minute..=minute + 60).contains(at));
        std::iter::once(minute).chain(ends).all(|end| self.in_hour(end) < cap)
    }

    /// How many there are in the hour that ends with this minute.
    pub fn in_hour(&self, end: i64) -> u32 {
        self.0.iter().filter(|(at, _)| (end - 60..=end).contains(at)).map(|(_, count)| count).sum()
    }
}
