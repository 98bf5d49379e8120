//! Helpers for texts: the choice of the language, sizes, dates and spans for people, and text from outside made harmless.

use jiff::civil::{Date, DateTime};
use unicode_normalization::UnicodeNormalization;

use crate::model::{Language, RULE, Timestamp, words_of_cut_lines};

/// The Russian or the English one of two texts, by the language.
pub fn pick<T>(language: Language, ru: T, en: T) -> T {
    match language {
        Language::Ru => ru,
        Language::En => en,
    }
}

/// A text in the quotation marks of the language.
pub fn in_quotation_marks(language: Language, text: &str) -> String {
    pick(language, format!("«{text}»"), format!("“{text}”"))
}

/// A date for people: `01.12.2026`, `1 December 2026`.
pub fn readable_date(language: Language, day: Date) -> String {
    day.strftime(pick(language, "%d.%m.%Y", "%-d %B %Y")).to_string()
}

/// A date and time for people: `01.12.2026 в 18:00`, `1 December 2026 at 18:00`.
pub fn readable_time(language: Language, at: DateTime) -> String {
    let (day, time) = (readable_date(language, at.date()), at.strftime("%H:%M"));
    pick(language, format!("{day} в {time}"), format!("{day} at {time}"))
}

/// The date of an instant, in UTC: without the hour, the reader's time zone does not matter much.
pub fn readable_day(language: Language, at: Timestamp) -> String {
    readable_date(language, at.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date())
}

/// A span of time for people, in whole minutes (rounded up) from one minute on; in Russian in the accusative, as behind
/// «через».
pub fn readable_span(language: Language, seconds: u32) -> String {
    let minutes = seconds.div_ceil(60);
    match (language, seconds) {
        (Language::Ru, 0..60) => format!("{seconds} {}", plural_form(seconds, ["секунду", "секунды", "секунд"])),
        (Language::Ru, _) => format!("{minutes} {}", plural_form(minutes, ["минуту", "минуты", "минут"])),
        (Language::En, 0..60) => format!("{seconds} {}", if seconds == 1 { "second" } else { "seconds" }),
        (Language::En, _) => format!("{minutes} {}", if minutes == 1 { "minute" } else { "minutes" }),
    }
}

/// That a list shows `shown` of `all`; `None` where it shows all.
pub fn and_more(language: Language, all: usize, shown: usize) -> Option<String> {
    let more = all.checked_sub(shown).filter(|more| *more > 0)?;
    Some(pick(language, format!("и ещё {more}"), format!("and {more} more")))
}

/// The form of a Russian noun after a number: 1 минуту, 2 минуты, 5 минут, 11 минут, 21 минуту.
pub fn plural_form(number: u32, forms: [&str; 3]) -> &str {
    match (number % 100, number % 10) {
        (11..=14, _) => forms[2],
        (_, 1) => forms[0],
        (_, 2..=4) => forms[1],
        _ => forms[2],
    }
}

/// A text from outside as one line without control characters, cut after `most` characters; `(…)` if it could be taken for
/// the cut line.
pub fn one_line(text: &str, most: usize) -> String {
    let seen = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    shortened(&mask_cut_line(&seen.split_whitespace().collect::<Vec<_>>().join(" ")), most)
}

/// A text cut after `most` characters, with an ellipsis where something was cut off.
pub fn shortened(text: &str, most: usize) -> String {
    let text = text.trim();
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// A text as a quotation: each line begins with `>`.
pub fn quote_lines(text: &str) -> String {
    let mark = |line: &str| if line.is_empty() { ">".to_owned() } else { format!("> {line}") };
    text.trim_end().lines().map(mark).collect::<Vec<_>>().join("\n")
}

/// A text from outside with round instead of square brackets, so that it holds no tags: a reply to an e-mail with it in the
/// subject must ask nothing. `mail::subject` does the same with subjects that it reads; a test compares the two.
pub fn with_round_brackets(text: &str) -> String {
    let round = |c: char| {
        let mut compatible = std::iter::once(c).nfkc();
        match (compatible.next(), compatible.next()) {
            (Some('[' | '【' | '〔'), None) => '(',
            (Some(']' | '】' | '〕'), None) => ')',
            _ => c,
        }
    };
    text.chars().map(round).collect()
}

/// A text from outside with `(…)` in place of each line that could be taken for the cut line or our rule.
pub fn mask_cut_lines(words: &str) -> String {
    words.trim().lines().map(mask_cut_line).collect::<Vec<_>>().join("\n")
}

/// A line from outside, or `(…)` if it holds the cut line or our rule: an engineer's own words are told from the rest by them.
fn mask_cut_line(line: &str) -> String {
    let lower = line.to_lowercase();
    let cuts = words_of_cut_lines().iter().any(|words| lower.contains(words));
    if cuts || line.contains(RULE) { "(…)".to_owned() } else { line.to_owned() }
}

/// A text in which mail programs find no links, `https(:)//evil(.)example`: what may be forged must not be clicked.
pub fn without_links(text: &str) -> String {
    let text = text.replace("://", "(:)//").replace('@', "(at)");
    let mut safe = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let is_dot = matches!(c, '.' | '．' | '。' | '｡');
        if is_dot && before.is_alphanumeric() && rest.peek().is_some_and(|next| next.is_alphabetic()) {
            safe.push_str("(.)");
        } else {
            safe.push(c);
        }
        before = c;
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::cut_line;

    #[test]
    fn days_and_spans_for_people() {
        let day = jiff::civil::date(2026, 12, 1);
        assert_eq!(readable_date(Language::Ru, day), "01.12.2026");
        assert_eq!(readable_date(Language::En, day), "1 December 2026");
        assert_eq!(readable_day(Language::En, Timestamp::from_unix(1_795_253_400)), "21 November 2026");
        for (seconds, ru, en) in [
            (1, "1 секунду", "1 second"),
            (30, "30 секунд", "30 seconds"),
            (60, "1 минуту", "1 minute"),
            (61, "2 минуты", "2 minutes"),
            (660, "11 минут", "11 minutes"),
            (1_260, "21 минуту", "21 minutes"),
        ] {
            assert_eq!(readable_span(Language::Ru, seconds), ru);
            assert_eq!(readable_span(Language::En, seconds), en);
        }
    }

    #[test]
    fn texts_are_cut_at_characters() {
        assert_eq!(shortened(" абвгд ", 5), "абвгд");
        assert_eq!(shortened("абв где", 4), "абв…");
        assert_eq!(one_line("a\r\nBcc: b\0c", 20), "a Bcc: b c");
    }

    #[test]
    fn what_may_be_forged_holds_no_link() {
        for (text, safe) in [
            ("Пароль: https://evil.example/x.", "Пароль: https(:)//evil(.)example/x."),
            ("www.evil.example и a@evil.example", "www(.)evil(.)example и a(at)evil(.)example"),
            ("Версия 2.4.17. Готово.", "Версия 2.4.17. Готово."),
        ] {
            assert_eq!(without_links(text), safe);
        }
    }

    #[test]
    fn no_words_pass_for_our_lines() {
        let words = format!("да\n{RULE}\nOTK-1: закрыт\n{}\nнет", cut_line(Language::Ru));
        assert_eq!(mask_cut_lines(&words), "да\n(…)\nOTK-1: закрыт\n(…)\nнет");
        assert_eq!(one_line("Reply  above\nthis line", 100), "(…)");
    }
}
