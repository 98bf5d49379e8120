//! Extracts what the author of a reply wrote above the cut line, so that it can be passed on to others.
//!
//! Passing on quoted text is worse than asking the author, so anything ambiguous is [`Words::Unclear`].

mod cut;
mod scrub;
#[cfg(test)]
mod tests;

use super::quote::{self, attribution::attribution, heading, heading::heading, signature::without_signature};
use crate::model::{ForwardedMail, Incoming, PREHEADER_MARK, PlacedTag, Unclear, Words};

pub use scrub::{holds_token, scrub};

/// The most lines of a header block above the cut line.
const BLOCK_LINES: usize = 14;

/// The most lines of the rule or title above a header block, blank ones counted.
const TITLE_LINES: usize = 3;

/// Lines of a header block shorter than this were not folded, in characters.
const FOLDED_AT: usize = 55;

/// The most lines of an attribution above the cut line.
const ATTRIBUTION_LINES: usize = 4;

/// The most lines into which mail clients fold a preheader, with the blank ones below it.
const PREHEADER_LINES: usize = 6;

/// The author's own words: the text above the cut line, or the whole text of a message that quotes nothing.
///
/// If the mail client quotes without `>`, as Outlook does, all text below the cut line is taken for the quoted letter.
pub fn own_words(incoming: &Incoming) -> Words {
    own_words_in(&incoming.text)
}

/// The author's own words in a text.
pub fn own_words_in(text: &str) -> Words {
    let lines: Vec<&str> = text.lines().collect();
    let Some(cut) = cut::find(&lines) else { return unquoted_words(&lines) };
    if quote::is_quoted(lines[cut.at]) && has_words_between(&lines[cut.end..]) {
        return Words::Unclear(Unclear::BelowCutLine);
    }
    let above = &lines[..cut.at];
    let Some(preheader) = preheader(above) else { return unquoted_words(without_introduction(above)) };
    let said = without_blank_end(&above[..preheader]);
    let words = without_introduction(said);
    if words.len() == said.len() && !said.is_empty() && !quote::is_quoted(above[preheader]) {
        return Words::Unclear(Unclear::BelowCutLine);
    }
    unquoted_words(words)
}

/// The message that another one forwards within its text, unless that is a letter of ours.
pub fn forward(incoming: &Incoming) -> Option<&ForwardedMail> {
    let lines: Vec<&str> = incoming.text.lines().collect();
    incoming.forwarded.iter().find(|mail| !mail.is_attached).filter(|_| cut::find(&lines).is_none())
}

/// Own words without the signature below them.
pub fn without_signature_below(words: &str) -> String {
    join_paragraphs(&without_signature(&words.lines().collect::<Vec<_>>()))
}

/// The words without their tags, and without the lines on which nothing but marks would be left.
pub fn without_tags(words: &str, tags: &[PlacedTag]) -> String {
    let mut rest = String::new();
    let mut start = 0;
    for line in words.split_inclusive('\n') {
        let end = start + line.len();
        let mut kept = String::new();
        let mut at = start;
        for tag in tags.iter().filter(|tag| (start..end).contains(&tag.bracket.at.start)) {
            kept.push_str(words.get(at..tag.bracket.at.start).unwrap_or_default());
            at = tag.bracket.at.end;
        }
        kept.push_str(words.get(at..end).unwrap_or_default());
        let is_touched = at > start;
        let is_empty = kept.chars().all(|c| !c.is_alphanumeric());
        if !(is_touched && is_empty) {
            // What stood between a tag and the words, as in `[note]: …`.
            let kept =
                if is_touched { kept.trim_start_matches([' ', '\u{a0}', ':', ',', ';', '*', '_']) } else { &kept };
            rest.push_str(kept);
        } else if line.ends_with('\n') && !rest.is_empty() {
            rest.push('\n');
        }
        start = end;
    }
    join_paragraphs(&rest.lines().collect::<Vec<_>>())
}

/// The lines without their signature; [`Unclear::NoCutLine`] if any of them is quoted.
fn unquoted_words(lines: &[&str]) -> Words {
    if (0..lines.len()).any(|at| begins_quote(&lines[at..])) {
        return Words::Unclear(Unclear::NoCutLine);
    }
    Words::Own(join_paragraphs(&without_signature(lines)))
}

/// Whether the first line is quoted, or begins an attribution or heading of a quote.
fn begins_quote(lines: &[&str]) -> bool {
    quote::is_quoted(lines[0]) || begins_history(lines) || quote::begins_attributed(lines)
}

/// Whether there is text other than a signature between or below lines quoted with `>`.
fn has_words_between(lines: &[&str]) -> bool {
    let mut words = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if quote::is_quoted(lines[at]) {
            if !quote::is_blank(&without_signature(&words)) {
                return true;
            }
            words.clear();
            at += quote::quoted_lines(&lines[at..]);
        } else {
            words.push(lines[at]);
            at += 1;
        }
    }
    !quote::is_blank(&without_signature(&words))
}

/// Where the preheader of our letter begins in the lines above its cut line. Old character sets have a question mark for its mark.
fn preheader(above: &[&str]) -> Option<usize> {
    let is_one = |line: &&str| {
        let line =
            quote::unquoted(line).trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '|'));
        line.starts_with(PREHEADER_MARK.trim_end()) || line.starts_with("? ")
    };
    let first = above.len().saturating_sub(PREHEADER_LINES);
    above[first..].iter().rposition(is_one).map(|at| first + at)
}

/// The lines without the attribution («… wrote:») or header block that the mail client put directly above the quoted letter,
/// with or without `>`.
fn without_introduction<'l, 'a>(lines: &'l [&'a str]) -> &'l [&'a str] {
    let mut kept = without_blank_end(lines);
    loop {
        let above = kept.len().saturating_sub(BLOCK_LINES + TITLE_LINES);
        let end: Vec<&str> = kept[above..].iter().map(|line| quote::unquoted(line)).collect();
        match start_of_block(&end).or_else(|| start_of_attribution(&end)) {
            Some(start) => kept = without_blank_end(&kept[..above + start]),
            None => return kept,
        }
    }
}

fn start_of_attribution(lines: &[&str]) -> Option<usize> {
    let takes_all =
        |start: &usize| attribution(&lines[*start..]).is_some_and(|found| found.lines == lines.len() - start);
    (lines.len().saturating_sub(ATTRIBUTION_LINES)..lines.len()).find(takes_all)
}

/// The first line of the header block at the end of these lines, or of the rule or title above it. A block with other text
/// below was pasted by the author and does not count.
fn start_of_block(lines: &[&str]) -> Option<usize> {
    let ends_lines = |start: &usize| {
        let block = &lines[*start..];
        let fields = block.iter().rposition(|line| heading::field(line).is_some()).unwrap_or(0) + 1;
        let is_folded = |pair: &[&str]| pair[0].chars().count() >= FOLDED_AT && !pair[1].trim().is_empty();
        begins_history(block) && block[fields - 1..].windows(2).all(is_folded)
    };
    let start = (lines.len().saturating_sub(BLOCK_LINES)..lines.len()).rfind(ends_lines)?;
    let is_title = |above: &usize| begins_history(&lines[*above..]) && heading::field(lines[*above]).is_none();
    Some((start.saturating_sub(TITLE_LINES)..start).find(is_title).unwrap_or(start))
}

/// Whether a mail client's heading of a quoted letter begins here; a sentence about cut lines is none.
fn begins_history(lines: &[&str]) -> bool {
    heading(lines).is_some() && (!heading::is_cut_line(lines[0]) || cut::has_dash(lines[0]))
}

/// The lines without blank lines and underlines at their end.
fn without_blank_end<'l, 'a>(lines: &'l [&'a str]) -> &'l [&'a str] {
    let is_blank = |line: &&str| quote::is_blank(&[quote::unquoted(line)]);
    let end = lines.iter().rposition(|line| !is_blank(line)).map_or(0, |last| last + 1);
    &lines[..end]
}

/// Joins lines, trimmed, with at most one blank line between paragraphs.
fn join_paragraphs(lines: &[&str]) -> String {
    let mut text = String::new();
    let mut is_paragraph = false;
    for line in lines.iter().map(|line| line.trim_end()) {
        if quote::is_blank(&[line]) {
            is_paragraph = !text.is_empty();
            continue;
        }
        if !text.is_empty() {
            text.push_str(if is_paragraph { "\n\n" } else { "\n" });
        }
        text.push_str(line);
        is_paragraph = false;
    }
    text.trim().to_owned()
}
