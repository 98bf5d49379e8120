//! Any text may answer any letter: each of its lines that says something else than the letter is shown, wherever it stands.

#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use maildesk::mail::quote::{Ours, read};

fuzz_target!(|bytes: &[u8]| {
    let input = String::from_utf8_lossy(bytes);
    let middle = (0..=input.len() / 2).rev().find(|at| input.is_char_boundary(*at)).unwrap_or(0);
    let (letter, text) = input.split_at(middle);
    nothing_is_lost(letter, text);
    // The same where it surely quotes the letter, and stands above, between and below.
    let lines: Vec<&str> = letter.lines().collect();
    let (first, second) = lines.split_at(lines.len() / 2);
    let quoted = |lines: &[&str]| lines.iter().map(|line| format!("> {line}\n")).collect::<String>();
    let answer = format!("{text}\n\nOn Friday Anna wrote:\n{}{text}\n{}{text}", quoted(first), quoted(second));
    nothing_is_lost(letter, &answer);
});

fn nothing_is_lost(letter: &str, text: &str) {
    let reading = read(text, false, &[Ours::new(letter)]);
    let parts = [&reading.words, &reading.signature, &reading.earlier];
    let shown: HashSet<&str> = parts.into_iter().flat_map(|part| part.lines()).map(unmarked).collect();
    let known = [compared(letter, true), compared(letter, false)];
    for line in text.lines().map(unmarked).filter(|line| !is_heading(line)) {
        let words = compared(line, false);
        let is_ours = words.is_empty() || known.iter().any(|known| known.contains(&words));
        assert!(is_ours || shown.contains(line), "{line:?} is not shown: {reading:?}");
    }
}

/// Letters and digits in lower case, all that mail clients leave as it is; links, which they rewrite, only if asked for.
fn compared(text: &str, with_links: bool) -> String {
    let parts = text.split(|c: char| c.is_whitespace() || "<>[]()".contains(c));
    let words = parts.filter(|part| with_links || !part.contains(['/', '@', '%']) && !part.contains("www."));
    words.flat_map(str::chars).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A line without blanks around it and quote marks, which lines of ours get where they are shown.
fn unmarked(line: &str) -> &str {
    line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '>' | '|')).trim_end()
}

/// What mail clients put above a quotation has a colon or begins with a rule: `… wrote:`, `From: …`, `-----Original Message-----`.
fn is_heading(line: &str) -> bool {
    line.contains([':', '：']) || line.starts_with("--") || line.starts_with("__")
}
