//! The caps on acknowledgements: two robots that face each other fall silent, and forged senders make nobody a mail bomb.
//!
//! *Loop* caps cancel. *Rate* caps make an acknowledgement wait for the next minute in which its cap has room, by the counts of
//! the last hour and of what waits already.

use crate::desk::calendar::local;
use crate::desk::likeness::tally_keys;
use crate::desk::news::News;
use crate::model::policy::AckLimits;
use crate::model::{Alike, MINUTE, Minutes, Tally, TallyKeys, TallyKind, Timestamp};

use super::case::Case;

/// For how many minutes an acknowledgement waits: less than four hours.
const LONGEST_WAIT: i64 = 4 * 60;

/// What the caps let happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Clearance {
    /// It goes out at once.
    Now,
    /// A rate cap is reached: it goes out at this time. And which cap.
    Later(Timestamp, String),
    /// There is none, because this cap is reached.
    Withheld(String),
}

/// A message that may be acknowledged, as the caps see it.
pub(super) struct Capped<'a> {
    case: &'a Case<'a>,
    keys: TallyKeys,
}

/// A way in which a message is like earlier ones.
struct Likeness<'a> {
    key: &'a str,
    alike: Alike,
    /// Whether the message is one more of them.
    counts: bool,
    /// Whether it came within a minute of our acknowledgement of one of them.
    is_round: bool,
    /// The cap on messages that came so.
    most_rounds: u32,
    whose: &'static str,
}

/// A cap on how many acknowledgements go to a group of people in an hour.
struct RateCap<'a> {
    kind: TallyKind,
    key: &'a str,
    counts: &'a Minutes,
    cap: u32,
    whom: &'static str,
}

impl RateCap<'_> {
    fn has_room(&self, minute: i64) -> bool {
        self.counts.has_room(self.cap, minute)
    }
}

impl<'a> Capped<'a> {
    /// The message of a case; `None` where it names no sender that can be written to.
    pub(super) fn new(case: &'a Case<'a>) -> Option<Self> {
        Some(Self { case, keys: tally_keys(case.basis.desk, case.understanding)? })
    }

    /// Whether the sender's address has read letters of ours before.
    fn is_proven(&self) -> bool {
        self.case.basis.facts.sender.is_proven
    }

    /// Whether the rate caps do not count: the address has read letters of ours, or the operator's own server knows the sender.
    fn is_known(&self) -> bool {
        let proofs = &self.case.understanding.proofs;
        self.is_proven() || proofs.vouched.is_some() || proofs.is_internal
    }

    /// Whether the acknowledgement may quote the subject: to who has answered us, and to a listed customer; as long as it is only
    /// a claim that they are one, up to the cap of any domain.
    pub(super) fn may_quote(&self) -> bool {
        let tallied = &self.case.basis.facts.sender.tallied;
        let is_listed = self.keys.customers.is_some();
        let is_many = tallied.customers.in_hour(self.case.basis.now.unix() / MINUTE) >= self.case.limits.domain_hour;
        self.is_proven() || (is_listed && (self.is_known() || !is_many))
    }

    /// The key of the flood that the message is part of; `None` where it is part of none.
    pub(super) fn flood(&self) -> Option<&str> {
        let Case { limits, understanding, is_split, .. } = self.case;
        let sender = &understanding.sender;
        let is_trusted =
            self.is_proven() || self.keys.customers.is_some() || sender.is_form || sender.engineer.is_some();
        let is_many = self.case.basis.facts.sender.tallied.alike.hour >= limits.flood_hour;
        (is_many && !is_trusted && !is_split).then_some(self.keys.alike.as_str())
    }

    /// Judges an acknowledgement of the message.
    pub(super) fn clearance(&self) -> Clearance {
        if self.case.is_split {
            return Clearance::Now;
        }
        if let Some(cap) = self.loop_cap() {
            return Clearance::Withheld(format!("cap reached: {cap}"));
        }
        if self.is_known() {
            return Clearance::Now;
        }
        let Some(cap) = self.rate_cap() else { return Clearance::Now };
        let AckLimits { waiting: most, .. } = self.case.limits;
        let waiting = self.case.basis.facts.sender.tallied.waiting;
        match self.next_room().filter(|_| waiting < most) {
            Some(at) => Clearance::Later(at, format!("cap reached: {cap}")),
            None if waiting >= most => Clearance::Withheld(format!("cap reached: {cap}, and {waiting} wait already")),
            None => Clearance::Withheld(format!("cap reached: {cap}, and for the next four hours")),
        }
    }

    /// The loop cap that is reached, in words.
    fn loop_cap(&self) -> Option<String> {
        let (limits, tallied) = (self.case.limits, &self.case.basis.facts.sender.tallied);
        let of_sender = [
            (tallied.sender_ten_minutes, limits.sender_ten_minutes, "ten minutes"),
            (tallied.sender_hour, limits.sender_hour, "an hour"),
            (tallied.sender_day, limits.sender_day, "a day"),
        ];
        if let Some((count, _, time)) = of_sender.into_iter().find(|(count, cap, _)| count >= cap) {
            return Some(format!("{count} acknowledgements to this sender within {time}"));
        }
        if self.is_proven() {
            return None;
        }
        self.likenesses().into_iter().find_map(|Likeness { alike, counts, is_round, most_rounds, whose, .. }| {
            let (count, rounds) = (alike.hour + u32::from(counts), alike.rounds + u32::from(is_round));
            if rounds >= most_rounds {
                Some(format!("{rounds} alike messages {whose}, each within a minute of our e-mail"))
            } else if count >= limits.alike_hour {
                Some(format!("{count} alike messages {whose} within an hour"))
            } else {
                None
            }
        })
    }

    /// The ways in which the message is like earlier ones.
    fn likenesses(&self) -> Vec<Likeness<'_>> {
        let tallied = &self.case.basis.facts.sender.tallied;
        let likeness = |key, alike: Alike, most_rounds, whose| Likeness {
            key,
            alike,
            counts: true,
            is_round: alike.is_round(self.case.accepted_at),
            most_rounds,
            whose,
        };
        let rounds = self.case.limits.alike_rounds;
        let of_sender = likeness(self.keys.alike.as_str(), tallied.alike, rounds, "of this sender");
        let of_words = self.keys.alike_words.as_deref().map(|key| {
            // What people of one company write at once is no answer to each other's acknowledgements.
            let counts = tallied.alike_words.answered.is_none_or(|at| self.case.accepted_at > at);
            Likeness { counts, ..likeness(key, tallied.alike_words, rounds.saturating_add(1), "with the same words") }
        });
        std::iter::once(of_sender).chain(of_words).collect()
    }

    /// The rate caps that count for the sender.
    fn rate_caps(&self) -> Vec<RateCap<'_>> {
        let (limits, tallied, keys) = (self.case.limits, &self.case.basis.facts.sender.tallied, &self.keys);
        if let Some(listed) = &keys.customers {
            let counts = &tallied.customers;
            let whom = "to these customers within an hour";
            return vec![RateCap { kind: TallyKind::Customers, key: listed, counts, cap: limits.customers_hour, whom }];
        }
        let of_domain = RateCap {
            kind: TallyKind::Domain,
            key: &keys.domain,
            counts: &tallied.domain,
            cap: limits.domain_hour,
            whom: "to this domain within an hour",
        };
        let of_all = RateCap {
            kind: TallyKind::Strangers,
            key: "",
            counts: &tallied.strangers,
            cap: limits.all_hour,
            whom: "to strangers within an hour",
        };
        let is_public = self.case.basis.desk.is_public(&keys.domain);
        Some(of_domain).filter(|_| !is_public).into_iter().chain([of_all]).collect()
    }

    /// The rate cap that is reached, in words.
    fn rate_cap(&self) -> Option<String> {
        let minute = self.case.basis.now.unix() / MINUTE;
        let reached = self.rate_caps().into_iter().find(|cap| !cap.has_room(minute));
        reached.map(|RateCap { cap, whom, .. }| format!("{cap} acknowledgements {whom}"))
    }

    /// The next minute in which all rate caps have room; `None` where none comes soon enough.
    fn next_room(&self) -> Option<Timestamp> {
        let (caps, first) = (self.rate_caps(), self.case.basis.now.unix() / MINUTE + 1);
        let mut minutes = first..first + LONGEST_WAIT - 1;
        let minute = minutes.find(|minute| caps.iter().all(|cap| cap.has_room(*minute)))?;
        Some(Timestamp::from_unix(minute * MINUTE))
    }

    /// What is counted, whether or not the message is acknowledged. One that was taken out of a flood was counted in it.
    pub(super) fn message_tallies(&self) -> Vec<Tally> {
        let mut tallies = Vec::new();
        let likenesses = if self.case.is_split { Vec::new() } else { self.likenesses() };
        for Likeness { key, counts, is_round, .. } in likenesses {
            tallies.extend(counts.then(|| tally(TallyKind::Alike, key, self.case.basis.now)));
            tallies.extend(is_round.then(|| tally(TallyKind::Round, key, self.case.basis.now)));
        }
        tallies
    }

    /// What is counted with an acknowledgement that was judged so. What the operator has asked for uses up nobody's.
    pub(super) fn tallies(&self, clearance: &Clearance) -> Vec<Tally> {
        if self.case.is_split {
            return Vec::new();
        }
        let at = match clearance {
            Clearance::Now => self.case.basis.now,
            Clearance::Later(at, _) => *at,
            Clearance::Withheld(_) => return vec![tally(TallyKind::Withheld, "", self.case.basis.now)],
        };
        let mut tallies = vec![tally(TallyKind::Sender, &self.keys.sender, at)];
        let alike = std::iter::once(&self.keys.alike).chain(&self.keys.alike_words);
        tallies.extend(alike.map(|key| tally(TallyKind::Answered, key, at)));
        if !self.is_known() {
            tallies.extend(self.rate_caps().into_iter().map(|cap| tally(cap.kind, cap.key, at)));
        }
        tallies.extend(matches!(clearance, Clearance::Later(..)).then(|| tally(TallyKind::Waiting, "", at)));
        tallies
    }
}

/// What engineers are told of it; `None` where all is as usual.
pub(super) fn news(case: &Case<'_>, clearance: &Clearance) -> Option<News> {
    match clearance {
        Clearance::Now => None,
        Clearance::Later(at, _) => Some(News::AcknowledgementWaits(local(&case.basis.desk.calendar, *at))),
        Clearance::Withheld(_) => Some(News::NotAcknowledged),
    }
}

fn tally(kind: TallyKind, key: &str, at: Timestamp) -> Tally {
    Tally { kind, key: key.to_owned(), at }
}
