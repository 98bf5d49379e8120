//! Finds request numbers in subjects: `[OTK-1042]`, in all spellings that people use.

use std::ops::Range;

use crate::model::{DeskKey, FoldedChar, RequestNumber, fold, is_invisible, skip_blanks};

/// The longest quoted subject, in characters.
const LONGEST_QUOTED: usize = 200;

/// How much of a subject is read for quoting, in characters.
const LONGEST_READ: usize = 1_000;

/// The request numbers of these desks in a subject, in order of appearance, each once.
///
/// In brackets the key may be joined to the number by any dash, `#`, `№`, a colon, a space or nothing. Outside of brackets only
/// `OTK-1042` and, in capitals, `OTK 1042`, `OTK: 1042` and `OTK1042` count, as whole words. Case, width, leading zeros, kinds of dashes and
/// Cyrillic or Greek letters that look like the key's do not matter.
pub fn references(subject: &str, keys: &[DeskKey]) -> Vec<RequestNumber> {
    let mut numbers = Vec::new();
    for found in find(&fold(subject), keys) {
        if !numbers.contains(&found.number) {
            numbers.push(found.number);
        }
    }
    numbers
}

/// The subject as quoted to a customer: without request numbers and invisible characters, on one line, at most 200
/// characters.
pub fn without_references(subject: &str, keys: &[DeskKey]) -> String {
    let mut text: String =
        subject.chars().take(LONGEST_READ).map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    text = without_all(text, keys);
    text.retain(|c| !is_invisible(c));
    // Shortening inside of a word may leave a reference at the end.
    without_all(shortened(&words(&text)), keys)
}

/// Removes references until none is left: removing one may join its neighbours to another.
fn without_all(mut text: String, keys: &[DeskKey]) -> String {
    while let Some(rest) = remove_references(&text, keys) {
        text = rest;
    }
    text
}

/// Removes the references of a text, with the punctuation that joined them to the words. None: there are none.
fn remove_references(text: &str, keys: &[DeskKey]) -> Option<String> {
    let found = find(&fold(text), keys);
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for range in found.iter().map(|found| &found.range) {
        kept.push_str(text.get(from..range.start).unwrap_or_default());
        kept.push(' ');
        from = from.max(range.end);
    }
    kept.push_str(text.get(from..).unwrap_or_default());
    (!found.is_empty()).then(|| words(kept.trim_matches(is_joint)))
}

/// Joins the words with single spaces.
fn words(text: &str) -> String {
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether this character may separate a reference from the words beside it.
fn is_joint(c: char) -> bool {
    matches!(c, ' ' | ':' | ';' | ',' | '|' | '-' | '–' | '—')
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST_QUOTED {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(LONGEST_QUOTED - 1).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

struct FoundReference {
    number: RequestNumber,
    /// The bytes of the reference in the subject, with its brackets.
    range: Range<usize>,
}

fn find(subject: &[FoldedChar], keys: &[DeskKey]) -> Vec<FoundReference> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < subject.len() {
        match keys.iter().find_map(|key| reference_at(subject, at, key)) {
            Some((number, folded)) => {
                at = folded.end;
                let range = subject[folded.start].at.start..subject[folded.end - 1].at.end;
                found.push(FoundReference { number, range });
            }
            None => at += 1,
        }
    }
    found
}

/// The reference that begins at this character: its number and its range of folded characters.
fn reference_at(subject: &[FoldedChar], start: usize, key: &DeskKey) -> Option<(RequestNumber, Range<usize>)> {
    let char_at = |at: usize| subject.get(at).map_or('\0', |f| f.folded);
    let bracketed = char_at(start) == '[';
    if !bracketed && start > 0 && (char_at(start - 1).is_alphanumeric() || "-_.@".contains(char_at(start - 1))) {
        return None;
    }
    let first = if bracketed { skip_blanks(subject, start + 1) } else { start };
    let Spelled { number, end: at, marked, joined } = spelled(subject, first, key)?;
    if bracketed {
        let close = (at..subject.len()).take_while(|i| char_at(*i) != '[').find(|i| char_at(*i) == ']');
        return Some((number, start..close.map_or(at, |close| close + 1)));
    }
    // The last digit of the key could as well be the first one of the number.
    let ends_with_digit = key.as_str().ends_with(|c: char| c.is_ascii_digit());
    let in_capitals = subject[first..first + key.as_str().len()].iter().all(|f| f.capital);
    let part_of_a_number = ".,:-/".contains(char_at(at)) && char_at(at + 1).is_ascii_digit() || char_at(at) == '%';
    if part_of_a_number || !marked && (!in_capitals || joined && ends_with_digit) {
        return None;
    }
    let in_parentheses = start > 0 && char_at(start - 1) == '(' && char_at(at) == ')';
    Some((number, if in_parentheses { start - 1..at + 1 } else { start..at }))
}

/// A request number found in a text.
pub(super) struct Spelled {
    pub(super) number: RequestNumber,
    /// The index of the folded character after its last digit.
    pub(super) end: usize,
    /// Whether a dash, `#`, `№` or the like separates key and digits.
    marked: bool,
    /// Whether nothing separates them.
    joined: bool,
}

/// Parses a request number of this desk that begins at this folded character, as leniently as in brackets.
pub(super) fn spelled(subject: &[FoldedChar], first: usize, key: &DeskKey) -> Option<Spelled> {
    let char_at = |at: usize| subject.get(at).map_or('\0', |f| f.folded);
    let mut at = first;
    for letter in key.as_str().chars() {
        if char_at(at) != letter {
            return None;
        }
        at += 1;
    }
    let joint = at;
    at = skip_blanks(subject, at);
    let marked = "-_#№".contains(char_at(at)) && char_at(at) != '\0' || char_at(at) == 'N' && char_at(at + 1) == 'O';
    if marked {
        at = skip_blanks(subject, at + if char_at(at) == 'N' { 2 } else { 1 });
    }
    if char_at(at) == ':' {
        at = skip_blanks(subject, at + 1);
    }
    let digits = at;
    while char_at(at).is_ascii_digit() {
        at += 1;
    }
    let number = subject[digits..at].iter().map(|f| f.folded).collect::<String>().parse().ok().filter(|n| *n > 0)?;
    if char_at(at).is_alphanumeric() {
        return None;
    }
    Some(Spelled { number: RequestNumber { desk: key.clone(), number }, end: at, marked, joined: joint == digits })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::{references, without_references};
    use crate::model::DeskKey;

    fn keys() -> Vec<DeskKey> {
        ["OTK", "IT2"].map(|key| DeskKey::parse(key).expect("a test key")).to_vec()
    }

    fn found(subject: &str) -> String {
        references(subject, &keys()).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn references_however_they_are_typed() {
        for subject in [
            "[OTK-1042]",
            "Re: [OTK-1042] Принтер",
            "[otk-1042]",
            "[ОТК-1042]",
            "[ОTК-1042]",
            "[отк-1042]",
            "[OTK–1042]",
            "[OTK—1042]",
            "[OTK‑1042]",
            "[OTK−1042]",
            "［ＯＴＫ－１０４２］",
            "[OTK-001042]",
            "[ OTK - 1042 ]",
            "[OTK 1042]",
            "[OTK1042]",
            "[OTK#1042]",
            "[OTK №1042]",
            "[OTK-1042 confirm x1]",
            "[OTK\u{200b}-1042\u{202c}]",
            "OTK-1042",
            "otk-1042: ещё",
            "Принтер (OTK-1042)",
            "по ОТК-1042, срочно",
            "OTK 1042",
            "OTK1042",
            "OTK: 1042",
            "[OTK: 1042]",
            "Дополнение к OTK: 1042.",
            "ОТК 1042 не решено",
            "ОТК №1042",
            "OTK #1042",
            "OTK–1042.",
            "[OTK-1042] [OTK-1042] OTK-1042",
            "【OTK-1042】",
            "[ext][OTK-1042]",
            "ΟΤΚ-1042",
            "https://x.example/OTK-1042",
        ] {
            assert_eq!(found(subject), "OTK-1042", "{subject}");
        }
        assert_eq!(found("[OTK-2] и it2-7, см. [OTK-1]"), "OTK-2 IT2-7 OTK-1");
    }

    #[test]
    fn what_only_resembles_a_reference() {
        for subject in [
            "",
            "OTK",
            "[OTK]",
            "[OTK-]",
            "[OTK-0]",
            "[OTK-99999999999]",
            "[XOTK-1]",
            "XOTK-1",
            "OTK-1a",
            "OTKA-1",
            "otk1042",
            "otk: 1042",
            "OTK: 10:30",
            "IT21042",
            "OTK1042a",
            "otk 2 people",
            "OTK 2.4",
            "OTK 10:30",
            "OTK-10-2024",
            "NEW-OTK-1",
            "a.otk-1",
            "[OTK-1x]",
            "IT-2",
            "OTK 50%",
            "[QTK-1042]",
            "0TK-1",
        ] {
            assert_eq!(found(subject), "", "{subject}");
        }
    }

    #[test]
    fn quoted_subjects_are_clean() {
        for (subject, quoted) in [
            ("[OTK-1042] Принтер", "Принтер"),
            ("Принтер [ОТК-1042]  не\r\n печатает", "Принтер не печатает"),
            ("OTK-1042: Принтер", "Принтер"),
            ("Принтер (OTK-1042) встал", "Принтер встал"),
            ("[OTK-1042 confirm SeCrEt] Принтер", "Принтер"),
            ("[срочно] Принтер", "[срочно] Принтер"),
            ("a\u{202e}b\u{0}c\u{1b}[31m", "abc[31m"),
            ("- список -", "- список -"),
            ("[OTK-1]", ""),
        ] {
            assert_eq!(without_references(subject, &keys()), quoted, "{subject:?}");
        }
        assert_eq!(without_references(&"ж ".repeat(300), &keys()).chars().count(), 200);
        assert_eq!(without_references("[OTK-[OTK-1]5] Принтер", &keys()), "Принтер");
        let words = "ж".repeat(190);
        let cut_inside = format!("{words} ж [OTK-1ж и так далее");
        assert_eq!(without_references(&cut_inside, &keys()), format!("{words} ж …"));
    }

    proptest! {
        #[test]
        fn no_reference_is_left_in_a_quoted_subject(subject in "([ОO][ТT][КK]|[\\[\\](#№ \u{200b}-]|[0-9⑴⒈]|\\PC){0,60}") {
            let quoted = without_references(&subject, &keys());
            prop_assert_eq!(found(&quoted), "");
            prop_assert!(quoted.chars().count() <= 200);
        }
    }
}
