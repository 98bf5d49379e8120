//! Checks promises P1, P3 and P7 against everything that is stored: raw bytes as received, requests as their events give them,
//! numbers without gaps, references that lead somewhere.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::{Request, RequestNumber};
use crate::store::{Gap, StoreError, View};

/// Checks events, numbers and references. Returns what is wrong, a line each; empty where all is well. `progress` is called
/// after each request, with how many are done and how many there are.
pub fn verify(view: View<'_>, progress: &mut dyn FnMut(usize, usize)) -> Result<Vec<String>, StoreError> {
    let numbers = view.request_numbers()?;
    let last = view.last_numbers()?.into_iter().map(|(key, last)| (key.to_string(), last)).collect();
    let mut faults = gaps(&numbers, &last, &view.gaps()?);
    faults.extend(view.dangling()?);
    faults.extend(view.miscounted()?);
    faults.extend(view.conflicts()?);
    for (index, number) in numbers.iter().enumerate() {
        faults.extend(replayed(view, number)?);
        progress(index + 1, numbers.len());
    }
    Ok(faults)
}

/// Checks the database file itself with its indexes, and whether its letters can be read. Returns what is wrong, a line each.
pub fn verify_file(view: View<'_>) -> Result<Vec<String>, StoreError> {
    let damage = view.file_damage()?;
    let mut faults: Vec<String> = damage.into_iter().map(|what| format!("database: {what}")).collect();
    faults.extend(view.unreadable_letters()?);
    Ok(faults)
}

/// Compares the raw bytes of every kept message with their SHA-256. Returns what differs, a line each. `progress` is called
/// after each message, with how many are done and how many there are.
pub fn verify_messages(view: View<'_>, progress: &mut dyn FnMut(usize, usize)) -> Result<Vec<String>, StoreError> {
    let kept = view.kept_messages()?;
    let mut faults = Vec::new();
    for (index, id) in kept.iter().enumerate() {
        faults.extend(view.raw_damage(*id)?);
        progress(index + 1, kept.len());
    }
    Ok(faults)
}

/// Numbers that are missing or too many: a desk's numbers must be 1, 2, 3, … up to the last one given, except those that a lost
/// installation may have given.
fn gaps(numbers: &[RequestNumber], last: &BTreeMap<String, u32>, lost: &[Gap]) -> Vec<String> {
    let is_lost = |desk: &str, number: u32| {
        lost.iter().any(|gap| gap.desk.as_str() == desk && (gap.first..=gap.last).contains(&number))
    };
    let follows = |desk: &str, before: u32, number: u32| (before + 1..number).all(|between| is_lost(desk, between));
    let mut faults = Vec::new();
    let mut reached: BTreeMap<String, u32> = BTreeMap::new();
    for number in numbers {
        let before = reached.entry(number.desk.to_string()).or_default();
        if !follows(number.desk.as_str(), *before, number.number) {
            faults.push(format!("{number}: does not follow {}-{before}", number.desk));
        }
        *before = number.number;
    }
    for (desk, last) in last {
        let reached = reached.get(desk).copied().unwrap_or_default();
        if reached > *last || !follows(desk, reached, last.saturating_add(1)) {
            faults.push(format!("{desk}: has given {last} numbers, and its last request is {desk}-{reached}"));
        }
    }
    faults
}

fn replayed(view: View<'_>, number: &RequestNumber) -> Result<Vec<String>, StoreError> {
    let (stored, events) = (view.request(number)?, view.events(number)?);
    let replayed = Request::replay(&events);
    let (Some(stored), Some(replayed)) = (stored, replayed) else {
        return Ok(vec![format!("{number}: its events do not begin with its opening")]);
    };
    Ok(differences(&stored, &replayed))
}

/// The fields in which a stored request differs from the replayed one, a line each.
fn differences(stored: &Request, replayed: &Request) -> Vec<String> {
    let fields = |request: &Request| serde_json::to_value(request).unwrap_or_default();
    let (is, was) = (fields(stored), fields(replayed));
    let none = Value::Null;
    let names = is.as_object().into_iter().flatten().map(|(name, _)| name);
    let differs = names.filter(|name| is.get(name) != was.get(name));
    let line = |name: &String| {
        let (is, was) = (is.get(name).unwrap_or(&none), was.get(name).unwrap_or(&none));
        format!("{}: {name} is {is}, by its events {was}", stored.number)
    };
    differs.map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::number;
    use crate::model::{Language, Priority, Timestamp};

    #[test]
    fn gaps_and_lost_numbers_are_found() {
        let last = |otk: u32| BTreeMap::from([("OTK".to_owned(), otk)]);
        let numbers = [number("OTK-1"), number("OTK-2"), number("OTK-4")];
        assert_eq!(gaps(&numbers[..2], &last(2), &[]), Vec::<String>::new());
        assert_eq!(gaps(&numbers, &last(4), &[]), ["OTK-4: does not follow OTK-2"]);
        assert_eq!(gaps(&numbers, &last(3), &[])[1], "OTK: has given 3 numbers, and its last request is OTK-4");
        assert_eq!(gaps(&numbers[..2], &last(3), &[]), ["OTK: has given 3 numbers, and its last request is OTK-2"]);
    }

    #[test]
    fn numbers_that_were_lost_are_no_gap() {
        let gap = |first, last| Gap { desk: number("OTK-1").desk, first, last };
        let numbers = [number("OTK-1"), number("OTK-4"), number("OTK-101")];
        let last = |otk: u32| BTreeMap::from([("OTK".to_owned(), otk)]);
        assert_eq!(gaps(&numbers, &last(101), &[gap(2, 100)]), Vec::<String>::new());
        assert_eq!(gaps(&numbers[..2], &last(100), &[gap(2, 100)]), Vec::<String>::new());
        assert_eq!(gaps(&numbers, &last(101), &[gap(3, 100)]), ["OTK-4: does not follow OTK-1"]);
        assert_eq!(gaps(&numbers, &last(101), &[gap(2, 99)]), ["OTK-101: does not follow OTK-4"]);
    }

    #[test]
    fn every_field_that_differs_is_named_the_order_of_links_too() {
        let at = Timestamp::from_unix(1);
        let mut one = Request::opened(number("OTK-1"), "Printer".to_owned(), Language::En, None, at);
        one.linked = vec![number("OTK-2"), number("OTK-3")];
        let mut other = one.clone();
        assert_eq!(differences(&one, &other), Vec::<String>::new());
        other.priority = Priority::High;
        assert_eq!(differences(&one, &other), ["OTK-1: priority is \"normal\", by its events \"high\""]);
        other.linked.reverse();
        assert_eq!(differences(&one, &other).len(), 2);
    }
}
