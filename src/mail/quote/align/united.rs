//! Unites the comparisons of a message with several letters of ours.

use std::collections::HashSet;

use super::{Aligned, Aligner, Ours, Role};

/// Says of each line whose it is: by the text that accounts for most of them, and of the lines above and below what that one
/// accounts for, by the other letters in the same way. `None` where the message quotes none of the texts.
///
/// Between its first and its last line one letter alone counts: what was typed between its lines stays typed, even if it equals
/// a line of another letter.
pub fn align(lines: &[&str], texts: &[Ours]) -> Option<Aligned> {
    let mut letters = HashSet::new();
    united(lines, texts, &mut letters)
}

/// `taken` are the letters that other parts of the message quote.
fn united(lines: &[&str], texts: &[Ours], taken: &mut HashSet<usize>) -> Option<Aligned> {
    let free = texts.iter().filter(|ours| !taken.contains(&ours.letter));
    let found = free.filter_map(|ours| Some((ours.letter, Aligner::new(lines, ours).run()?)));
    let size = |aligned: &Aligned| aligned.roles.iter().filter(|role| **role == Role::Ours).count();
    let (letter, mut aligned) = found.max_by_key(|(_, aligned)| size(aligned))?;
    taken.insert(letter);
    let is_ours = |role: &Role| *role == Role::Ours;
    let first = aligned.roles.iter().position(is_ours)?;
    let end = aligned.roles.iter().rposition(is_ours)? + 1;
    if let Some(below) = united(&lines[end..], texts, taken) {
        aligned.roles[end..].copy_from_slice(&below.roles);
        aligned.ends = below.ends;
    }
    if let Some(above) = united(&lines[..first], texts, taken) {
        aligned.roles[..first].copy_from_slice(&above.roles);
    }
    Some(aligned)
}
