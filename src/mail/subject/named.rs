//! Finds the number of a request that is called by a word instead of the desk's key: «заявка №5», “ticket #5”.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::mail::pattern;

/// A word for a request, a number sign, and the number. «Счёт №115» and a bare «№5» name something else.
const NAMED: &str = r"(?i)(?:заявк(?:а|и|е|у|ой)|запрос(?:а|у|е|ом)?|обращени(?:е|я|ю|и|ем)|тикет(?:а|у|е|ом)?|ticket|request)\s*(?:№|#|no\.?|номер|number)\s*(\d{1,9})";

static IN_SUBJECT: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?:^|[^\p{{L}}\p{{N}}]){NAMED}")));

static ON_A_LINE: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"^(?:(?i:по|к|re:?)\s+)?{NAMED}[.:,!]*$")));

/// Any number with a number sign.
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| pattern(r"[№#]\s*(\d{1,9})"));

/// The number of the request that a subject, or the first line of a text all by itself, calls by a word for requests; `None`
/// where there is none, or more than one number could be meant.
pub fn named_number(subject: &str, text: &str) -> Option<u32> {
    let first_line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let of_line = ON_A_LINE.captures(first_line).and_then(|found| found.get(1));
    let of_subject = IN_SUBJECT.captures_iter(subject).filter_map(|found| found.get(1));
    let named: BTreeSet<u32> = of_subject
        .filter(|number| ends_number(&subject[number.end()..]))
        .chain(of_line)
        .filter_map(|number| number.as_str().parse().ok())
        .collect();
    let numbered = NUMBERED.captures_iter(subject).filter_map(|found| found[1].parse().ok());
    let mut all = named.iter().copied().chain(numbered).collect::<BTreeSet<u32>>().into_iter();
    let only = all.next().filter(|only| named.contains(only) && *only > 0)?;
    all.next().is_none().then_some(only)
}

/// The numbers behind a number sign in a text, each once, in their order: «по №12», «Счёт №115».
pub fn bare_numbers(text: &str) -> Vec<u32> {
    let mut numbers = Vec::new();
    for found in NUMBERED.captures_iter(text).filter_map(|found| found.get(1)) {
        let number = found.as_str().parse().ok().filter(|number| *number > 0 && ends_number(&text[found.end()..]));
        numbers.extend(number.filter(|number| !numbers.contains(number)));
    }
    numbers
}

/// Whether a number ends before this text: «№5-А», «№5/2» and «№5.1» are other numbers.
fn ends_number(rest: &str) -> bool {
    let mut next = rest.chars();
    match next.next() {
        Some('-' | '/' | '.' | ',' | ':' | '_') => !next.next().is_some_and(char::is_alphanumeric),
        Some(c) => !c.is_alphanumeric(),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{bare_numbers, named_number};

    #[test]
    fn numbers_behind_a_sign_are_found() {
        for (text, numbers) in [
            ("#1", &[1][..]),
            ("Счёт №115, как в № 7.", &[115, 7]),
            ("№5 и ещё раз №5", &[5]),
            ("№5/2, №6-А, #0 и №7.1", &[]),
            ("115", &[]),
            ("№9999999999", &[]),
        ] {
            assert_eq!(bare_numbers(text), numbers, "{text}");
        }
    }

    #[test]
    fn numbers_are_called_by_a_word_for_requests() {
        for (subject, text, number) in [
            ("заявка №1", "", Some(1)),
            ("По заявке № 12: дополнение", "", Some(12)),
            ("Запрос №7", "Заявка №7", Some(7)),
            ("Re: обращение №3.", "", Some(3)),
            ("Ticket #5", "", Some(5)),
            ("about ticket No. 5, more", "", Some(5)),
            ("Дополнение", "Заявка №4\nНе печатает.", Some(4)),
            ("Дополнение", "\n по обращению №4:\nНе печатает.", Some(4)),
            // Something else, or more than one.
            ("№1", "", None),
            ("#1", "", None),
            ("Счёт №115", "", None),
            ("Счёт №115 по заявке №4", "", None),
            ("Заявки №4 и №5", "", None),
            ("Заявка №4", "Заявка №5", None),
            ("Заявка 4", "", None),
            ("Подзаявка №4", "", None),
            ("Заявка №4-А", "", None),
            ("Заявка №4/2026", "", None),
            ("Заявка №0", "", None),
            ("Заявка №99999999999", "", None),
            ("Дополнение", "Прошу посмотреть заявку №4, она старая.", None),
            ("Дополнение", "Не печатает.\nЗаявка №4", None),
            ("Дополнение", "Заявка №4 не решена", None),
        ] {
            assert_eq!(named_number(subject, text), number, "{subject} / {text}");
        }
    }
}
