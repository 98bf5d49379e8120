//! Reads who has called: a name and a telephone number, «Иванова, тел. +7 900 123-45-67».

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::pattern;

/// The fewest and the most digits of a telephone number: those of an office, and those of ITU-T E.164 with an extension.
const DIGITS: std::ops::RangeInclusive<usize> = 3..=20;

/// A name, and a number behind a word for telephones or behind `+`: any other number may be a date or a version.
static CALLER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:\p{L}[\p{L} .'’«»-]{0,80}?[ ,;:]+)?(?:(?:телефон|тел|telephone|phone|tel)\.?[ :]*\+?|\+)\(?[0-9][0-9 ()‐–-]*(?:,? *(?:доб|вн|ext)\.? *[0-9]{1,6})?$",
    )
});

/// The caller whom a value names, on one line; `None` where it names none.
pub(super) fn caller(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (DIGITS.contains(&digits) && CALLER.is_match(&text)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::caller;

    #[test]
    fn callers_have_a_telephone() {
        for text in [
            "Ivanova, tel +7 900 123-45-67",
            "Иванова, тел. +7 (900) 123-45-67",
            "Иванова А.П. тел: 89001234567",
            "+7 900 123 45 67",
            "Petrov-Vodkin, phone 123-45",
            "О'Нил, тел. 123-45, доб. 12",
            "тел. 12-34-56",
        ] {
            assert_eq!(caller(text).as_deref(), Some(text));
        }
        for text in [
            "Ivanova",
            "2026-12-01",
            "review",
            "tel",
            "Иванова, 12345",
            "ivanova@example.com",
            "v2.4.17",
            "тел. 1",
            "+7 900 x",
        ] {
            assert_eq!(caller(text), None, "{text}");
        }
    }
}
