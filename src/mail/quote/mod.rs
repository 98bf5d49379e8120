//! Reads the text of a message: the words that its author wrote now, the signature, and earlier conversation.
//!
//! [`align`] knows what a message quotes of a letter of ours; of all other quotations [`attribution`] («… wrote:») and [`heading`]
//! (Outlook's header block, «Original Message») say where they begin, and [`signature`] where the author's text ends. These
//! guesses decide where a line is drawn and never drop anything. All work line by line without backtracking, in time linear in
//! the length of the text.

mod align;
pub(super) mod attribution;
pub(super) mod forward;
pub(super) mod heading;
mod marks;
mod pieces;
mod resemblance;
pub(super) mod signature;

use std::borrow::Cow;

use crate::model::Reading;
use pieces::{HeaderBlock, QuotePiece, pieces};

pub use align::{Ours, Role};
pub use resemblance::Resemblance;
pub use signature::is_signature;

/// From this length on, in characters, the mail client may have folded a quoted line, so that its rest has no `>`.
const FOLDED_AT: usize = 55;

/// A quoted question of more lines is cut to its last paragraph.
const LONGEST_QUESTION: usize = 20;

/// A quotation of our letter above the whole answer is shown up to so many lines: its author chose them.
const CHOSEN_LINES: usize = 3;

/// Reads a text. `ours` are the texts of the message of ours that it answers, as its readers may have seen them; empty where
/// that is not known, so that only guesses tell what is quoted. `is_forward` says that the subject is a forward's: Outlook's
/// header block, which looks the same above quoted and above forwarded mail, then begins content.
pub fn read(text: &str, is_forward: bool, ours: &[Ours]) -> Reading {
    let lines = marks::plain(text.lines().collect());
    let block = if is_forward { HeaderBlock::Forward } else { HeaderBlock::Reply };
    match align::align(&lines, ours) {
        Some(aligned) => put_together(pieces::aligned(&lines, &aligned.roles, block), aligned.ends),
        None => {
            let reading = put_together(pieces(&lines, block), false);
            if reading.words.is_empty() {
                return Reading { words: text.trim().to_owned(), ..Reading::default() };
            }
            reading
        }
    }
}

/// Whose each line of a text is, as it is compared with the texts that it may quote.
pub fn whose<'t>(text: &'t str, ours: &[Ours]) -> Vec<(Role, &'t str)> {
    let lines = marks::plain(text.lines().collect());
    let roles = align::align(&lines, ours).map_or_else(|| vec![Role::Typed; lines.len()], |aligned| aligned.roles);
    roles.into_iter().zip(lines).collect()
}

/// Whether all these quoted lines stand in a text.
pub fn holds_lines(text: &str, lines: &[&str]) -> bool {
    let ours = Ours::new(text);
    lines.iter().all(|line| ours.holds(unquoted(line)))
}

/// Sets the pieces apart: quotations that nothing answers, a single quotation above the answer, and signatures. `ends` says that
/// the last quotation of our letter is its end.
fn put_together(mut pieces: Vec<QuotePiece<'_>>, ends: bool) -> Reading {
    let mut signature = Vec::new();
    for piece in &mut pieces {
        if let QuotePiece::Words(words) = piece {
            let (kept, aside) = signature::split(words);
            *words = kept;
            signature.push(aside);
        }
    }
    pieces.retain(|piece| !matches!(piece, QuotePiece::Words(lines) if is_blank(lines)));
    let is_kept = kept(&pieces, ends);
    let (mut words, mut earlier, mut quoted) = (Vec::new(), Vec::new(), Vec::new());
    for (piece, is_kept) in pieces.iter().zip(is_kept) {
        match piece {
            QuotePiece::Words(lines) => words.extend(lines.iter().copied().map(Cow::Borrowed)),
            QuotePiece::Forwarded(lines) => {
                words.push(Cow::Borrowed(""));
                words.extend(lines.iter().copied().map(Cow::Borrowed));
            }
            QuotePiece::Quote { introduction, lines, .. } => {
                let shown = if is_kept { question(lines) } else { Vec::new() };
                if shown.len() < without_blank_end(lines).len() {
                    earlier.extend(introduction.iter().chain(lines).copied().map(Cow::Borrowed));
                }
                words.push(Cow::Borrowed(""));
                words.extend(shown.into_iter().map(Cow::Borrowed));
            }
            QuotePiece::Ours(lines) => {
                quoted.extend(lines.iter().copied().map(Cow::Borrowed));
                words.push(Cow::Borrowed(""));
                if is_kept {
                    words.extend(last_paragraph(without_heading(lines)).into_iter().map(with_mark));
                    words.push(Cow::Borrowed(""));
                }
            }
            QuotePiece::History(lines) => earlier.extend(lines.iter().copied().map(Cow::Borrowed)),
        }
    }
    let signature: Vec<Cow<'_, str>> = signature.into_iter().flatten().map(Cow::Borrowed).collect();
    Reading { words: joined(&words), signature: joined(&signature), earlier: joined(&earlier), quoted: joined(&quoted) }
}

/// Which pieces stand among the words. A quotation at the end answers nothing, a single one above the answer is what mail
/// clients put there, and words below the end of our letter answer all of it, not its last lines.
fn kept(pieces: &[QuotePiece<'_>], ends: bool) -> Vec<bool> {
    let mut kept: Vec<bool> = pieces.iter().map(|piece| !matches!(piece, QuotePiece::History(_))).collect();
    for at in (0..pieces.len()).rev().filter(|at| !matches!(pieces[*at], QuotePiece::History(_))) {
        if !pieces[at].is_quotation() || is_introduced_by_author(&pieces[..=at]) {
            break;
        }
        kept[at] = false;
    }
    let mut quotations = (0..pieces.len()).filter(|at| kept[*at] && pieces[*at].is_quotation());
    if let (Some(only), None) = (quotations.next(), quotations.next()) {
        kept[only] = match &pieces[only] {
            QuotePiece::Quote { attributed, lines, .. } => {
                let is_first = kept.iter().position(|kept| *kept) == Some(only);
                !(*attributed || is_first && lines.len() > LONGEST_QUESTION)
            }
            QuotePiece::Ours(lines) => {
                let goes_on = pieces[only + 1..].iter().any(|piece| matches!(piece, QuotePiece::Ours(_)));
                goes_on || lines.iter().filter(|line| !line.trim().is_empty()).count() <= CHOSEN_LINES
            }
            _ => true,
        };
    } else if ends && let Some(last) = (0..pieces.len()).rfind(|at| matches!(pieces[*at], QuotePiece::Ours(_))) {
        kept[last] = false;
    }
    kept
}

/// Whether the last piece is a quote that the author introduced («the log says:»), not the mail client.
fn is_introduced_by_author(pieces: &[QuotePiece<'_>]) -> bool {
    match pieces {
        [.., QuotePiece::Words(words), QuotePiece::Quote { attributed: false, .. }] => words
            .iter()
            .rev()
            .find(|line| !line.trim().is_empty())
            .is_some_and(|line| line.trim_end().ends_with([':', '：'])),
        _ => false,
    }
}

/// A quoted line with its mark.
fn with_mark(line: &str) -> Cow<'_, str> {
    if is_quoted(line) { Cow::Borrowed(line) } else { Cow::Owned(format!("> {line}")) }
}

/// Joins lines, with at most one blank line between paragraphs.
fn joined(lines: &[Cow<'_, str>]) -> String {
    let mut joined = String::new();
    let mut is_paragraph = false;
    for line in lines {
        if line.trim().is_empty() {
            is_paragraph = true;
            continue;
        }
        if !joined.is_empty() {
            joined.push_str(if is_paragraph { "\n\n" } else { "\n" });
        }
        is_paragraph = false;
        joined.push_str(line.trim_end());
    }
    joined
}

/// The part of a quote that is kept above its answer: all of it, or the last paragraph of a long one.
fn question<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let lines = without_blank_end(lines);
    if lines.len() <= LONGEST_QUESTION {
        return lines.to_vec();
    }
    last_paragraph(lines)
}

/// The last lines of a quote down to a blank one, up to [`LONGEST_QUESTION`].
fn last_paragraph<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let lines = without_blank_end(lines);
    let above = lines.iter().rposition(|line| is_blank_quote(line)).map_or(0, |blank| blank + 1);
    lines[above.max(lines.len().saturating_sub(LONGEST_QUESTION))..].to_vec()
}

/// Quoted lines without what the mail client has put above them.
fn without_heading<'l, 'a>(lines: &'l [&'a str]) -> &'l [&'a str] {
    let start = lines.iter().position(|line| !is_blank_quote(line)).unwrap_or(0);
    let bare: Vec<&str> = lines[start..].iter().take(align::BLOCK_LINES).map(|line| unquoted(line)).collect();
    &lines[start + align::heading_lines(&bare).unwrap_or(0)..]
}

fn without_blank_end<'l, 'a>(lines: &'l [&'a str]) -> &'l [&'a str] {
    let end = lines.iter().rposition(|line| !is_blank_quote(line)).map_or(0, |last| last + 1);
    &lines[..end]
}

fn is_blank_quote(line: &str) -> bool {
    unquoted(line).trim().is_empty()
}

pub(super) fn is_blank(lines: &[&str]) -> bool {
    lines.iter().all(|line| line.chars().all(|c| c.is_whitespace() || matches!(c, '_' | '\u{200b}' | '\u{feff}')))
}

pub(super) fn is_quoted(line: &str) -> bool {
    line.trim_start_matches([' ', '\u{feff}', '\u{a0}']).starts_with('>')
}

/// A line without its quote marks (`>`) and leading spaces.
pub(super) fn unquoted(line: &str) -> &str {
    line.trim_start_matches([' ', '>', '\u{feff}', '\u{a0}'])
}

/// The length of the quote that begins at the first line, in lines, with blank lines and the unmarked rests of folded lines
/// within it.
pub(super) fn quoted_lines(lines: &[&str]) -> usize {
    let mut end = 1;
    let mut at = 1;
    while at < lines.len() {
        let blank = lines[at].trim().is_empty();
        let rest_of_folded = !blank
            && at == end
            && lines[at - 1].chars().count() >= FOLDED_AT
            && lines[at].chars().count() < FOLDED_AT
            && lines.get(at + 1).is_some_and(|next| is_quoted(next))
            && is_quoted(lines[at - 1]);
        if is_quoted(lines[at]) || rest_of_folded {
            end = at + 1;
        } else if !blank {
            break;
        }
        at += 1;
    }
    end
}

/// Whether an attribution begins here: one that is certain, or with a quote below it.
pub(super) fn begins_attributed(lines: &[&str]) -> bool {
    attribution::attribution(lines).is_some_and(|found| found.sure || next_is_quoted(&lines[found.lines..]))
}

pub(super) fn next_is_quoted(lines: &[&str]) -> bool {
    lines.iter().find(|line| !line.trim().is_empty()).is_some_and(|line| is_quoted(line))
}

#[cfg(test)]
mod tests;
