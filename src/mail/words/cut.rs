//! Finds the cut line of a letter ([`CUT_LINE`]) in a reply, however the mail client folded or changed it.

use std::sync::LazyLock;

use crate::mail::quote::unquoted;
use crate::model::CUT_LINE;

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

/// The two halves of the cut line, one for each language, normalised.
static HALVES: LazyLock<Vec<String>> = LazyLock::new(|| CUT_LINE.split('/').map(normalised).collect());

/// The whole cut line, normalised.
static WHOLE: LazyLock<String> = LazyLock::new(|| normalised(CUT_LINE));

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
        if so_far.strip_prefix(WHOLE.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')) {
            return Some(at + 1);
        }
        if half.is_none() && HALVES.contains(&so_far) && has_dash(&joined) {
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
    begins(&WHOLE) || HALVES.iter().any(|half| begins(half))
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
