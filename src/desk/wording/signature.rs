//! How customers read who writes: the sender's name, and an engineer's signature below their words.

use crate::model::Language;
use crate::model::policy::{Desk, Engineer};

/// A signature that somebody types stands within so many lines at the end of their words.
const LAST_LINES: usize = 6;

/// The sender's name of a letter to a customer: `Ivan Ivanov (Example support)` where it brings the words of an engineer who has a
/// name for customers, else the desk's.
pub fn customers_sender(desk: &Desk, language: Language, by: Option<&Engineer>) -> String {
    let name = desk.name_in(language);
    match public_name(by) {
        Some(public) => format!("{public} ({name})"),
        None => name.to_owned(),
    }
}

/// Who answers, as customers know them: the engineer's name for customers, else the desk's.
pub(super) fn customers_name(desk: &Desk, language: Language, by: Option<&Engineer>) -> String {
    public_name(by).unwrap_or_else(|| desk.name_in(language)).to_owned()
}

/// The engineer's name for customers; `None` where there is none.
fn public_name(by: Option<&Engineer>) -> Option<&str> {
    by.map(|engineer| engineer.public.name.as_str()).filter(|public| !public.is_empty())
}

/// An engineer's words with their signature below, unless they have typed one.
pub(super) fn signed(language: Language, words: &str, by: Option<&Engineer>) -> String {
    let words = words.trim();
    match by.map(|engineer| (engineer, engineer.public.signature(language))) {
        Some((engineer, signature)) if !words.is_empty() && !signature.is_empty() && !is_signed(engineer, words) => {
            format!("{words}\n\n{signature}")
        }
        _ => words.to_owned(),
    }
}

/// Whether the last lines are a signature: their own name, a line of their signature, or a closing formula.
fn is_signed(engineer: &Engineer, words: &str) -> bool {
    let lower = |text: &str| text.trim().trim_end_matches([',', '.', '!']).to_lowercase();
    let public = &engineer.public;
    let names = [engineer.full_name.as_str(), public.name.as_str()];
    let own: Vec<String> = names
        .iter()
        .flat_map(|name| std::iter::once(*name).chain(name.split_whitespace()))
        .chain(public.signature_ru.lines())
        .chain(public.signature_en.lines())
        .map(lower)
        .filter(|line| !line.is_empty())
        .collect();
    let formulas =
        ["с уважением", "с наилучшими", "best regards", "kind regards", "regards", "yours sincerely", "best wishes"];
    let mut last = words.lines().rev().filter(|line| !line.trim().is_empty()).take(LAST_LINES).map(lower);
    last.any(|line| own.contains(&line) || formulas.iter().any(|formula| line.starts_with(formula)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples;

    #[test]
    fn a_signature_is_added_where_none_was_typed() {
        let mut engineer = samples::engineer("ivanov");
        engineer.full_name = "Ivan Ivanov".to_owned();
        engineer.public.signature_en = "Ivan Ivanov\nExample support".to_owned();
        for (words, is_added) in [
            ("Replaced.", true),
            ("Ivan Ivanov told me that it is replaced.", true),
            ("Replaced.\n\nIvan", false),
            ("Replaced.\n\nBest regards,\nJohnny", false),
            ("Replaced.\nExample support", false),
            ("", false),
        ] {
            let said = signed(Language::En, words, Some(&engineer));
            assert_eq!(said.ends_with("\n\nIvan Ivanov\nExample support"), is_added, "{words:?}");
        }
        assert_eq!(
            signed(Language::Ru, "Заменили.", Some(&engineer)),
            "Заменили.",
            "only in the language of the letter"
        );
    }
}
