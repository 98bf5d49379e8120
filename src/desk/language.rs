//! Recognises whether a text is Russian or English.

use crate::model::Language;
use crate::model::policy::Desk;

/// How many characters of a message its language is judged by; logs and stack traces stand below them.
const FIRST_WORDS: usize = 400;

/// The language of a message: Russian if the subject is, else that of the first words, else that of the subject. `None` where
/// neither has Cyrillic or Latin letters.
pub fn language_of_message(subject: &str, text: &str) -> Option<Language> {
    let first_words: String = text.chars().take(FIRST_WORDS).collect();
    let by_subject = language_of(subject);
    by_subject.filter(|language| *language == Language::Ru).or_else(|| language_of(&first_words)).or(by_subject)
}

/// The language in which a desk writes of its own accord: the configured one, or else that of the desk's name.
pub fn language_of_desk(desk: &Desk) -> Language {
    desk.language.or_else(|| language_of(&desk.name)).unwrap_or(Language::En)
}

/// The language of a text by its letters; `None` where it has neither Cyrillic nor Latin ones. A quarter of Cyrillic letters
/// makes it Russian: logs and product names in Russian mail are Latin, and hardly ever the other way round.
pub fn language_of(text: &str) -> Option<Language> {
    let (mut cyrillic, mut latin) = (0_usize, 0_usize);
    for c in text.chars() {
        match c {
            'а'..='я' | 'А'..='Я' | 'ё' | 'Ё' => cyrillic += 1,
            'a'..='z' | 'A'..='Z' => latin += 1,
            _ => {}
        }
    }
    match (cyrillic, latin) {
        (0, 0) => None,
        _ if cyrillic * 3 >= latin => Some(Language::Ru),
        _ => Some(Language::En),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_does_not_outweigh_the_words_before_it() {
        let trace = "\tat com.example.report.Printer.print(Printer.java:114)\n".repeat(20);
        let text = format!("Добрый день! После обновления отчёт не печатается, трассировка ниже.\n\n{trace}");
        for (subject, text, language) in [
            ("Не печатается отчёт", trace.as_str(), Language::Ru),
            ("Report fails", "Отчёт не печатается", Language::Ru),
            ("Не печатается отчёт", text.as_str(), Language::Ru),
            ("Report fails", "The report does not print", Language::En),
            ("Report fails", "12345", Language::En),
        ] {
            assert_eq!(language_of_message(subject, text), Some(language), "{subject}");
        }
    }

    #[test]
    fn letters_tell_the_language() {
        for (text, language) in [
            ("Здравствуйте, не печатает отчёт", Some(Language::Ru)),
            ("Не открывается: java.lang.NullPointerException", Some(Language::Ru)),
            ("Hello, the report does not print", Some(Language::En)),
            ("The «Отчёт» button does nothing, please help me with it", Some(Language::En)),
            ("12345 !!!", None),
            ("", None),
        ] {
            assert_eq!(language_of(text), language, "{text}");
        }
    }
}
