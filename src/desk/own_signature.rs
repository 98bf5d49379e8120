//! What engineers end their messages with, where their mail program marks it by nothing: a signature above the quoted e-mail.

use crate::desk::plain_words::in_latin;
use crate::model::Digest;
use crate::model::policy::Engineer;

/// The most lines of a signature.
const SIGNATURE_LINES: usize = 8;

/// Longer lines are sentences, in characters.
const SIGNATURE_LINE: usize = 70;

/// What lines above the name in a signature say: whose support it is.
const OFFICES: [&str; 12] = [
    "служба",
    "отдел",
    "поддержк",
    "ооо",
    "ао",
    "компания",
    "support",
    "team",
    "department",
    "helpdesk",
    "ltd",
    "gmbh",
];

/// Whether words are nothing but a signature of this engineer: short lines, none of them a sentence, the first with their name or
/// address, but for those that name their office. A mail program that puts the signature above the quoted e-mail marks it by nothing.
pub fn is_bare_signature(engineer: &Engineer, words: &str) -> bool {
    let lines: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let is_sentence = |line: &&str| line.ends_with(['.', '!', '?']) && line.split_whitespace().count() > 3;
    lines.iter().find(|line| !names_office(line)).is_some_and(|line| names(line, engineer))
        && lines.len() <= SIGNATURE_LINES
        && !lines.iter().any(|line| line.chars().count() > SIGNATURE_LINE || is_sentence(line))
}

/// The signature that ends words of this engineer below other words, and those words; `None` where nothing there looks like one. It
/// is taken for one only once it has ended several messages.
pub fn ending<'a>(words: &'a str, engineer: &Engineer) -> Option<(&'a str, &'a str)> {
    let starts = words.match_indices('\n').map(|(at, _)| at + 1);
    let mut splits = starts.map(|at| words.split_at(at));
    let is_one = |(above, below): &(&str, &str)| {
        above.contains(char::is_alphanumeric)
            && below.starts_with(|c: char| !c.is_whitespace())
            && is_bare_signature(engineer, below)
    };
    let (above, below) = splits.find(is_one)?;
    Some((above.trim_end(), below.trim_end()))
}

/// By what a signature is known again: the digest of its words, however they are wrapped.
pub fn signature_digest(signature: &str) -> Digest {
    Digest::of(signature.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase().as_bytes())
}

/// Whether a line above a name says where its owner works.
fn names_office(line: &str) -> bool {
    let line = line.to_lowercase();
    let mut words = line.split(|c: char| !c.is_alphanumeric());
    words.any(|word| OFFICES.iter().any(|office| word == *office || office.len() > 4 && word.starts_with(office)))
}

/// Whether a line names an engineer and says nothing else of them but what they are: by the words of their name in any order, by
/// surname and initial, or by their address.
fn names(line: &str, engineer: &Engineer) -> bool {
    if line.to_lowercase().contains(engineer.address.as_str()) {
        return true;
    }
    let words_of = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect()
    };
    let folded = |word: &String| in_latin(&word.to_lowercase());
    let name: Vec<String> = words_of(&engineer.full_name).iter().map(folded).collect();
    // «Иван Иванов перезвонит» is a sentence, «Иван Иванов, инженер» is none.
    let said = words_of(line.split([',', ';', '|', '(', '/', '–', '—']).next().unwrap_or_default());
    let is_of_name = |word: &String| name.contains(&folded(word));
    let is_name = said.iter().all(|word| !word.starts_with(char::is_lowercase) || is_of_name(word));
    let said: Vec<String> = said.iter().map(folded).collect();
    let is_said = |word: &String| said.contains(word);
    let has_initial = || {
        let initial = name.first().and_then(|first| first.chars().next()).map(String::from);
        name.len() > 1 && name.last().is_some_and(is_said) && initial.is_some_and(|initial| is_said(&initial))
    };
    is_name && (!name.is_empty() && name.iter().all(is_said) || has_initial())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::engineer;

    #[test]
    fn a_name_with_contacts_is_a_signature_and_words_are_none() {
        let ivanov = Engineer { full_name: "Иван Иванов".into(), ..engineer("ivanov") };
        for (words, is_bare) in [
            ("Иван Иванов\nИнженер поддержки\nтел. +7 900 000-00-00", true),
            ("Иван Иванов", true),
            ("Иван Иванов,\nООО «Пример»", true),
            ("Служба поддержки ООО «Пример»\nИванов Иван Петрович\n+7 900 000-00-00", true),
            ("И. Иванов\nинженер", true),
            ("Support team\nivanov@example.org", true),
            ("Иван Иванов\nЗаменили барабан, проверьте печать.", false),
            ("Позвоните Ивану Иванову", false),
            ("Иван Иванов перезвонит Вам", false),
            ("Иванов Иван — инженер", true),
            ("Ivan Ivanov\nSupport engineer\n+7 900 000-00-00", true),
            ("Служба поддержки\n+7 900 000-00-00", false),
            ("Заменили.\nИван Иванов", false),
            ("Готово\nИван Иванов", false),
            ("", false),
        ] {
            assert_eq!(is_bare_signature(&ivanov, words), is_bare, "{words:?}");
        }
    }

    #[test]
    fn the_signature_below_words_is_found() {
        let ivanov = Engineer { full_name: "Иван Иванов".into(), ..engineer("ivanov") };
        for (words, expected) in [
            ("Заменили.\n\nИван Иванов\nинженер", Some(("Заменили.", "Иван Иванов\nинженер"))),
            ("Заменили.\n\nСлужба поддержки\nИван Иванов\n", Some(("Заменили.", "Служба поддержки\nИван Иванов"))),
            ("Раз.\nДва.\nИ. Иванов", Some(("Раз.\nДва.", "И. Иванов"))),
            ("Иван Иванов\nинженер", None),
            ("Заменили.\n\nИван Иванов проверит это завтра утром.", None),
            ("Заменили.\nПроверьте.", None),
            ("", None),
        ] {
            assert_eq!(ending(words, &ivanov), expected, "{words:?}");
        }
    }
}
