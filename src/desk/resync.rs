//! After a restore: works out which request numbers the lost installation gave, as far as mail on the servers shows it. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{DeskKey, EmailAddress, MessageId, ReceivedId, RequestNumber};

/// How many numbers are left out beyond the highest known one, as mail with higher ones may have been deleted.
const MARGIN: u32 = 100;

/// A message that arrived after the copy was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenMessage {
    /// The message's id in the ledger.
    pub received: ReceivedId,
    /// The desk that it came to.
    pub desk: DeskKey,
    /// Its Message-ID; `None` where it has none.
    pub message_id: Option<MessageId>,
    /// Its sender's address; `None` where it names none.
    pub sender: Option<EmailAddress>,
    /// The messages that it answers, by In-Reply-To and References (RFC 5322, section 3.6.4).
    pub answered: Vec<MessageId>,
    /// The requests that signed ids of ours among these name.
    pub numbers: Vec<RequestNumber>,
}

/// A desk's numbers in the copy, those that mail shows were given since, and those that are left out.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Numbers {
    /// The desk that the numbers are of.
    pub desk: DeskKey,
    /// The last number that the copy has.
    pub last: u32,
    /// The highest number that mail shows or the operator knows of; `None` where it is not higher than `last`.
    pub highest: Option<u32>,
    /// The last number that is left out; the next request gets the one behind it.
    pub left_out: u32,
}

/// The recovered numbers, and the ranges to be left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Messages, with the numbers that their requests had.
    pub recovered: Vec<(ReceivedId, RequestNumber)>,
    /// The numbers of each desk.
    pub desks: Vec<Numbers>,
}

/// Works out numbers from the messages that arrived since the copy. `last` is each desk's last number in the copy, `told` are
/// numbers that the operator knows of.
///
/// A message got a number if its sender later answered a letter of ours that is signed for that number and stands in the thread
/// which the message began. Whoever forges a thread can only claim a number that was their own, and loses it by that: two
/// claims to one number, or one message with two numbers, prove nothing.
pub fn plan(seen: &[SeenMessage], last: &[(DeskKey, u32)], told: &[RequestNumber]) -> Plan {
    let is_unknown =
        |number: &RequestNumber| last.iter().any(|(desk, last)| *desk == number.desk && number.number > *last);
    let mut claims: BTreeSet<(ReceivedId, &RequestNumber)> = BTreeSet::new();
    for answer in seen {
        let [number] = answer.numbers.as_slice() else { continue };
        let begins = |first: &&SeenMessage| {
            first.numbers.is_empty()
                && first.desk == number.desk
                && first.sender.is_some()
                && first.sender == answer.sender
                && first.message_id.as_ref().is_some_and(|id| answer.answered.contains(id))
        };
        claims.extend(seen.iter().filter(begins).filter(|_| is_unknown(number)).map(|first| (first.received, number)));
    }
    let alone = |(received, number): &(ReceivedId, &RequestNumber)| {
        claims.iter().filter(|(other, claimed)| other == received || claimed == number).count() == 1
    };
    let recovered = claims.iter().filter(|claim| alone(claim)).map(|(received, number)| (*received, (*number).clone()));
    let mut highest: BTreeMap<&DeskKey, u32> = BTreeMap::new();
    for number in seen.iter().flat_map(|seen| &seen.numbers).chain(told).filter(|number| is_unknown(number)) {
        let known = highest.entry(&number.desk).or_default();
        *known = number.number.max(*known);
    }
    // Every message may have opened a request, and a request may have been moved to any desk.
    let came = u32::try_from(seen.len()).unwrap_or(u32::MAX);
    let desks = last.iter().map(|(desk, last)| {
        let highest = highest.get(desk).copied();
        let reached = last.saturating_add(came).max(highest.unwrap_or_default()).saturating_add(MARGIN);
        Numbers { desk: desk.clone(), last: *last, highest, left_out: reached.div_ceil(MARGIN).saturating_mul(MARGIN) }
    });
    Plan { recovered: recovered.collect(), desks: desks.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::number;

    fn desk(key: &str) -> DeskKey {
        DeskKey::parse(key).unwrap()
    }

    /// A message of somebody, which answers these, signed for these numbers.
    fn seen(id: i64, sender: &str, answered: &[&str], numbers: &[&str]) -> SeenMessage {
        let message_id = |text: &str| MessageId::parse(&format!("{text}@example.com")).unwrap();
        SeenMessage {
            received: ReceivedId(id),
            desk: desk("OTK"),
            message_id: Some(message_id(&format!("m{id}"))),
            sender: EmailAddress::parse(sender).ok(),
            answered: answered.iter().map(|text| message_id(text)).collect(),
            numbers: numbers.iter().map(|text| number(text)).collect(),
        }
    }

    fn recovered(seen: &[SeenMessage]) -> Vec<(i64, String)> {
        let plan = plan(seen, &[(desk("OTK"), 10), (desk("TRV"), 0)], &[]);
        plan.recovered.into_iter().map(|(id, number)| (id.0, number.to_string())).collect()
    }

    #[test]
    fn the_sender_who_answers_our_letter_shows_the_number_of_the_message_that_began_the_thread() {
        let (ann, bob) = ("ann@example.com", "bob@example.com");
        let begun = seen(1, ann, &[], &[]);
        for (what, rest, expected) in [
            ("nobody answered", vec![], vec![]),
            ("answered", vec![seen(2, ann, &["m1", "ours"], &["OTK-11"])], vec![(1, "OTK-11".to_owned())]),
            (
                "answered twice",
                vec![seen(2, ann, &["m1", "ours"], &["OTK-11"]), seen(3, ann, &["m1", "ours", "m2"], &["OTK-11"])],
                vec![(1, "OTK-11".to_owned())],
            ),
            ("without the thread's beginning", vec![seen(2, ann, &["ours"], &["OTK-11"])], vec![]),
            ("by somebody else", vec![seen(2, bob, &["m1", "ours"], &["OTK-11"])], vec![]),
            ("a number that the copy knows", vec![seen(2, ann, &["m1", "ours"], &["OTK-10"])], vec![]),
            ("a number of another desk", vec![seen(2, ann, &["m1", "ours"], &["TRV-1"])], vec![]),
            ("signed for two", vec![seen(2, ann, &["m1", "ours"], &["OTK-11", "OTK-12"])], vec![]),
            (
                "two numbers for one message",
                vec![seen(2, ann, &["m1", "ours"], &["OTK-11"]), seen(3, ann, &["m1", "ours"], &["OTK-12"])],
                vec![],
            ),
            (
                "two messages for one number",
                vec![seen(2, ann, &[], &[]), seen(3, ann, &["m1", "m2", "ours"], &["OTK-11"])],
                vec![],
            ),
        ] {
            let all: Vec<SeenMessage> = std::iter::once(begun.clone()).chain(rest).collect();
            assert_eq!(recovered(&all), expected, "{what}");
        }
    }

    #[test]
    fn more_numbers_are_left_out_than_can_have_been_given() {
        let messages = |count: i64| (0..count).map(|id| seen(id, "ann@example.com", &[], &[])).collect::<Vec<_>>();
        let left_out = |seen: &[SeenMessage], last, told: &[RequestNumber]| {
            plan(seen, &[(desk("OTK"), last)], told).desks[0].clone()
        };
        for (count, last, told, expected) in [
            (0, 0, None, 100),
            (0, 1, None, 200),
            (0, 100, None, 200),
            (5, 1_000, None, 1_200),
            (250, 1_000, None, 1_400),
            (0, 1_000, Some("OTK-1234"), 1_400),
            (0, 1_000, Some("OTK-999"), 1_100),
            (0, 1_000, Some("TRV-9999"), 1_100),
        ] {
            let told: Vec<RequestNumber> = told.into_iter().map(number).collect();
            assert_eq!(left_out(&messages(count), last, &told).left_out, expected, "{count} {last} {told:?}");
        }
        let shown = [seen(1, "ann@example.com", &["ours"], &["OTK-1180"])];
        assert_eq!(left_out(&shown, 1_000, &[]).highest, Some(1_180));
        assert_eq!(left_out(&shown, 1_000, &[]).left_out, 1_300);
        assert_eq!(left_out(&[], u32::MAX, &[]).left_out, u32::MAX);
    }
}
