//! The cut line of our letters, as it comes back from mail programs.

use std::sync::LazyLock;

use crate::mail::quote::unquoted;
use crate::model::CUT_LINE;

/// Into how many lines programs fold the cut line, blank ones between its halves counted.
const MOST_LINES: usize = 4;

/// A longer line is a paragraph, in bytes.
const LONGEST: usize = 1_000;

/// A cut line in a text.
pub struct Cut {
    /// Its first line.
    pub at: usize,
    /// The first line below it.
    pub end: usize,
}

/// The halves of the cut line, one a language, folded.
static HALVES: LazyLock<Vec<String>> = LazyLock::new(|| CUT_LINE.split('/').map(folded).collect());

/// The whole cut line, folded.
static WHOLE: LazyLock<String> = LazyLock::new(|| folded(CUT_LINE));

/// The first cut line. It stands alone on its line or lines; half of it will do if it still has a dash.
pub fn find(lines: &[&str]) -> Option<Cut> {
    (0..lines.len()).find_map(|at| lines_of_cut(&lines[at..]).map(|taken| Cut { at, end: at + taken }))
}

fn lines_of_cut(lines: &[&str]) -> Option<usize> {
    let first = folded(lines.first().filter(|line| line.len() <= LONGEST)?);
    if first.is_empty() || !may_begin(&first) {
        return None;
    }
    let mut joined = String::new();
    let mut half = None;
    for (at, line) in lines.iter().take(MOST_LINES).filter(|line| line.len() <= LONGEST).enumerate() {
        joined.push(' ');
        joined.push_str(unquoted(line));
        let so_far = folded(&joined);
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

/// Whether a cut line may begin so, or is this with something behind it.
fn may_begin(text: &str) -> bool {
    let begins = |whole: &str| whole.starts_with(text) || text.starts_with(whole);
    begins(&WHOLE) || HALVES.iter().any(|half| begins(half))
}

/// Whether something that programs make of a dash stands at the start or the end.
pub fn has_dash(line: &str) -> bool {
    let bare = unquoted(line).trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '|'));
    let dash = |c: char| {
        matches!(c, '-' | '=' | '~' | '/' | '?' | '\u{fffd}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2500}')
    };
    bare.starts_with(dash) || bare.ends_with(dash)
}

/// Letters and digits in lower case, with one blank for everything else.
fn folded(text: &str) -> String {
    let visible = text.chars().filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}'));
    let letters: String = visible.map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    letters.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}
