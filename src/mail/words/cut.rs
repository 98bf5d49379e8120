//! Finds the cut line of a letter ([`crate::model::cut_line`]) in a reply, however the mail client folded or changed it.

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::pattern;
use crate::mail::quote::unquoted;
use crate::model::words_of_cut_lines;

/// The most lines into which mail clients fold the cut line, blank ones between its halves counted.
const MOST_LINES: usize = 4;

/// Longer lines are paragraphs, in bytes.
const LONGEST: usize = 1_000;

/// The position of a cut line, in lines.
pub struct Cut {
    /// Its first line.
    pub at: usize,
    /// The first line below it.
    pub end: usize,
}

/// The cut line of each language, normalised.
static LINES: LazyLock<Vec<String>> = LazyLock::new(|| words_of_cut_lines().map(normalised).to_vec());

/// A cut line between its dashes, before whatever a mail client put on the same line.
static BETWEEN_DASHES: LazyLock<Regex> = LazyLock::new(|| {
    let words = words_of_cut_lines().map(|words| words.split(' ').collect::<Vec<_>>().join(r"\s+"));
    pattern(&format!(
        r"(?i)^[\s*_|\u{{feff}}]*[-\u{{2010}}-\u{{2015}}]+\s*(?:{})\s*[-\u{{2010}}-\u{{2015}}]",
        words.join("|")
    ))
});

/// The cut line of letters of earlier versions, in both languages, normalised.
static BOTH: LazyLock<String> = LazyLock::new(|| LINES.join(" "));

/// Finds the first cut line. Nothing else may be on its line or lines; one half is enough if it still has a dash.
pub fn find(lines: &[&str]) -> Option<Cut> {
    (0..lines.len()).find_map(|at| lines_of_cut(&lines[at..]).map(|taken| Cut { at, end: at + taken }))
}

fn lines_of_cut(lines: &[&str]) -> Option<usize> {
    let first = normalised(lines.first().filter(|line| line.len() <= LONGEST)?);
    if first.is_empty() || !may_begin(&first) {
        return None;
    }
    let mut joined = String::new();
    let mut half = None;
    for (at, line) in lines.iter().take(MOST_LINES).filter(|line| line.len() <= LONGEST).enumerate() {
        joined.push(' ');
        joined.push_str(unquoted(line));
        let so_far = normalised(&joined);
        let is_whole = so_far.strip_prefix(BOTH.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        if is_whole || BETWEEN_DASHES.is_match(&joined) {
            return Some(at + 1);
        }
        if half.is_none() && LINES.contains(&so_far) && has_dash(&joined) {
            half = Some(at + 1);
        }
        if !may_begin(&so_far) {
            break;
        }
    }
    half
}

/// Whether a normalised text is a prefix of a cut line or begins with one.
fn may_begin(text: &str) -> bool {
    let begins = |whole: &str| whole.starts_with(text) || text.starts_with(whole);
    begins(&BOTH) || LINES.iter().any(|half| begins(half))
}

/// Whether the line begins or ends with a dash, or with a character that mail clients turn it into.
pub fn has_dash(line: &str) -> bool {
    let bare = unquoted(line).trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '|'));
    let dash = |c: char| {
        matches!(c, '-' | '=' | '~' | '/' | '?' | '\u{fffd}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2500}')
    };
    bare.starts_with(dash) || bare.ends_with(dash)
}

/// Normalises a text: letters and digits in lower case, runs of anything else as one space.
fn normalised(text: &str) -> String {
    let visible = text.chars().filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}'));
    let letters: String = visible.map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    letters.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}
