//! Russian or English?

use crate::model::Language;

/// The language of a text by its letters; none when it has neither kind. A quarter of Cyrillic letters is Russian: logs and
/// product names stand in Latin in Russian mail, hardly ever the other way round.
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
