//! Converts UIDs to numbers and to the sequence sets of commands (RFC 3501 section 9, sequence-set).

use crate::model::Uid;
use crate::net::one_line;
use crate::source::SourceError;

/// The longest set of one command, in bytes: servers limit the length of a command line.
const LONGEST_SET: usize = 1_000;

/// The numbers of these UIDs, ascending, each once. A name or 0 is [`SourceError::Impossible`].
pub(super) fn numbers(uids: &[Uid]) -> Result<Vec<u32>, SourceError> {
    let number = |uid: &Uid| {
        let refuse = || SourceError::Impossible(format!("{:?} is not an IMAP UID", one_line(&uid.to_string())));
        match uid {
            Uid::Number(number) if *number > 0 => Ok(*number),
            _ => Err(refuse()),
        }
    };
    let mut numbers: Vec<u32> = uids.iter().map(number).collect::<Result<_, _>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

/// Writes ascending numbers as sets such as `1:3,7`, each at most [`LONGEST_SET`] bytes. A set names no other number.
pub(super) fn sets(numbers: &[u32]) -> Vec<String> {
    let mut sets: Vec<String> = Vec::new();
    for run in numbers.chunk_by(|a, b| a.checked_add(1) == Some(*b)) {
        let range = match run {
            [first, .., last] => format!("{first}:{last}"),
            [only] => only.to_string(),
            [] => continue,
        };
        match sets.last_mut() {
            Some(set) if set.len() + 1 + range.len() <= LONGEST_SET => {
                set.push(',');
                set.push_str(&range);
            }
            _ => sets.push(range),
        }
    }
    sets
}

/// Whether a set that [`sets`] has written names this UID.
pub(super) fn holds(set: &str, uid: &Uid) -> bool {
    let Uid::Number(number) = uid else { return false };
    set.split(',').any(|range| {
        let (first, last) = range.split_once(':').unwrap_or((range, range));
        first.parse().is_ok_and(|first: u32| first <= *number) && last.parse().is_ok_and(|last: u32| *number <= last)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::{LONGEST_SET, holds, numbers, sets};
    use crate::model::Uid;

    #[test]
    fn sets_are_compact() {
        assert_eq!(sets(&[1, 2, 3, 7, 9, 10, u32::MAX]), ["1:3,7,9:10,4294967295"]);
        assert!(sets(&[]).is_empty());
        let held: Vec<u32> = (0..12).filter(|&number| holds("1:3,7,9:10", &Uid::Number(number))).collect();
        assert_eq!(held, [1, 2, 3, 7, 9, 10]);
    }

    #[test]
    fn only_numbers_reach_a_command() {
        for text in ["", "0", "*", "1:*", "-1", "1 (FLAGS)", "4294967296"] {
            assert!(numbers(&[Uid::Name(text.to_owned())]).is_err(), "{text:?}");
        }
        assert!(numbers(&[Uid::Number(0)]).is_err());
    }

    proptest! {
        #[test]
        fn sets_name_every_number_once_and_stay_short(wanted in prop::collection::btree_set(1_u32..5_000, 0..1_500)) {
            let ascending: Vec<u32> = wanted.iter().copied().collect();
            let mut named = Vec::new();
            for set in sets(&ascending) {
                prop_assert!(set.len() <= LONGEST_SET);
                for range in set.split(',') {
                    let (first, last) = range.split_once(':').unwrap_or((range, range));
                    named.extend(first.parse::<u32>().unwrap()..=last.parse().unwrap());
                }
            }
            prop_assert_eq!(named.len(), wanted.len());
            prop_assert_eq!(named.into_iter().collect::<BTreeSet<_>>(), wanted);
        }
    }
}
