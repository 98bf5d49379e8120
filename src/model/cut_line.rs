//! The lines at the beginning of letters to engineers by which their own words are told from ours.

use super::Language;

/// The line between a letter's text and what is known of the request, in letters to engineers.
pub const RULE: &str = "────────────────────";

/// Before the preheader of a letter, by which it is told from words where nothing else tells it.
pub const PREHEADER_MARK: &str = "▸ ";

const RU: &str = "— ответ пишите выше этой строки —";
const EN: &str = "— reply above this line —";

/// The cut line of letters of earlier versions, in both languages.
const BOTH: &str = "— ответ пишите выше этой строки / reply above this line —";

/// The line in a letter to an engineer above which they write: in a reply that quotes it, only the text above is passed on where
/// nothing else of the letter is recognised.
pub fn cut_line(language: Language) -> &'static str {
    match language {
        Language::Ru => RU,
        Language::En => EN,
    }
}

/// The words of the cut line in Russian and in English.
pub fn words_of_cut_lines() -> [&'static str; 2] {
    [RU, EN].map(|line| line.trim_matches(['—', ' ']))
}

/// The cut line that a text begins with, and what follows it; `None` where it begins with none.
pub fn split_cut_line(text: &str) -> Option<(&'static str, &str)> {
    [BOTH, RU, EN].into_iter().find_map(|line| text.strip_prefix(line).map(|rest| (line, rest)))
}
