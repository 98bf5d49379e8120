//! Extracts the new text of a reply, without quoted history and signature.
//!
//! Works line by line without backtracking, so that time is linear in the length of the text. [`attribution`] («… wrote:»)
//! and [`heading`] (Outlook's header block, «Original Message») recognise where history begins, [`signature`] where the
//! author's text ends.

pub(super) mod attribution;
pub(super) mod heading;
pub(super) mod signature;

use attribution::Attribution;
use heading::Heading;

/// The new text of a reply; the whole text if nothing would be left.
///
/// Forwarded messages are content. If the author answers between quoted questions, the questions are kept.
pub fn reply_text(text: &str) -> String {
    new_words(text, HeaderBlock::Reply)
}

/// Like [`reply_text`], for a message whose subject says that it is a forward: Outlook's header block, which looks the same
/// above quoted and above forwarded mail, then begins content.
pub fn forward_text(text: &str) -> String {
    new_words(text, HeaderBlock::Forward)
}

/// How Outlook's header block is read: it looks the same above quoted history and above a forwarded message.
#[derive(Clone, Copy, PartialEq)]
enum HeaderBlock {
    Reply,
    Forward,
}

/// From this length on, in characters, the mail client may have folded a quoted line, so that its rest has no `>`.
const FOLDED_AT: usize = 55;

/// A quoted question of more lines is cut to its last paragraph.
const LONGEST_QUESTION: usize = 20;

fn new_words(text: &str, block: HeaderBlock) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut pieces = pieces(&lines, block);
    for piece in &mut pieces {
        if let QuotePiece::Words(words) = piece {
            *words = signature::without_signature(words);
        }
    }
    let answer = join_pieces(&select(pieces));
    if answer.is_empty() { text.trim().to_owned() } else { answer }
}

/// A part of a message's text.
enum QuotePiece<'a> {
    /// Text of the author.
    Words(Vec<&'a str>),
    /// Quoted lines. With an attribution («… wrote:») the mail client inserted them, not the author.
    Quote { lines: Vec<&'a str>, attributed: bool },
    /// A forwarded message.
    Forwarded(Vec<&'a str>),
}

/// Splits the text into words, quotes and a forwarded message; history without `>` is dropped.
fn pieces<'a>(lines: &[&'a str], block: HeaderBlock) -> Vec<QuotePiece<'a>> {
    let mut pieces = Vec::new();
    let mut words = Vec::new();
    let mut attributed = false;
    let mut at = 0;
    while at < lines.len() {
        let rest = &lines[at..];
        match heading::heading(rest) {
            Some(Heading::Forwarded) => return ended(pieces, words, Some(QuotePiece::Forwarded(rest.to_vec()))),
            Some(Heading::Original) if block == HeaderBlock::Forward => {
                return ended(pieces, words, Some(QuotePiece::Forwarded(rest.to_vec())));
            }
            Some(Heading::Original) => return ended(pieces, words, None),
            None => {}
        }
        if is_quoted(rest[0]) {
            let taken = quoted_lines(rest);
            let quote = rest[..taken].to_vec();
            if !attributed && is_console(&quote) {
                words.extend(quote);
            } else {
                pieces.push(QuotePiece::Words(std::mem::take(&mut words)));
                let attributed = std::mem::take(&mut attributed) || begins_with_attribution(&quote);
                pieces.push(QuotePiece::Quote { lines: quote, attributed });
            }
            at += taken;
            continue;
        }
        match attribution::attribution(rest) {
            Some(Attribution { lines, .. }) if next_is_quoted(&rest[lines..]) => {
                attributed = true;
                at += lines;
            }
            Some(Attribution { sure: true, .. }) => return ended(pieces, words, None),
            _ => {
                attributed &= rest[0].trim().is_empty();
                words.push(rest[0]);
                at += 1;
            }
        }
    }
    ended(pieces, words, None)
}

fn ended<'a>(
    mut pieces: Vec<QuotePiece<'a>>,
    words: Vec<&'a str>,
    last: Option<QuotePiece<'a>>,
) -> Vec<QuotePiece<'a>> {
    pieces.push(QuotePiece::Words(words));
    pieces.extend(last);
    pieces
}

/// Drops quotes at the end that nothing answers, and a single quote above the answer.
fn select(mut pieces: Vec<QuotePiece<'_>>) -> Vec<QuotePiece<'_>> {
    pieces.retain(|piece| !matches!(piece, QuotePiece::Words(lines) if is_blank(lines)));
    while let Some(QuotePiece::Quote { .. }) = pieces.last() {
        if is_introduced_by_author(&pieces) {
            break;
        }
        pieces.pop();
    }
    let is_quote = |piece: &QuotePiece<'_>| matches!(piece, QuotePiece::Quote { .. });
    if pieces.iter().filter(|piece| is_quote(piece)).count() == 1 {
        let first = pieces.first().is_some_and(is_quote);
        pieces.retain(|p| !matches!(p, QuotePiece::Quote { attributed, lines } if *attributed || first && lines.len() > LONGEST_QUESTION));
    }
    pieces
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

/// Joins the pieces, with a blank line around quotes and at most one between paragraphs.
fn join_pieces(pieces: &[QuotePiece<'_>]) -> String {
    let mut text: Vec<&str> = Vec::new();
    for piece in pieces {
        match piece {
            QuotePiece::Words(lines) => text.extend(lines),
            QuotePiece::Forwarded(lines) => {
                text.push("");
                text.extend(lines);
            }
            QuotePiece::Quote { lines, .. } => {
                text.push("");
                text.extend(question(lines));
            }
        }
    }
    let mut joined = String::new();
    let mut blanks = 0;
    for line in text {
        if line.trim().is_empty() {
            blanks += 1;
            continue;
        }
        if !joined.is_empty() {
            joined.push_str(if blanks > 0 { "\n\n" } else { "\n" });
        }
        blanks = 0;
        joined.push_str(line.trim_end());
    }
    joined
}

/// The part of a quote that is kept above its answer: all of it, or the last paragraph of a long one.
fn question<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let blank = |line: &&&str| unquoted(line).trim().is_empty();
    let end = lines.len() - lines.iter().rev().take_while(blank).count();
    let lines = &lines[..end];
    if lines.len() <= LONGEST_QUESTION {
        return lines.to_vec();
    }
    let mut last: Vec<&str> =
        lines.iter().rev().take_while(|line| !blank(line)).take(LONGEST_QUESTION).copied().collect();
    last.reverse();
    last
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

pub(super) fn next_is_quoted(lines: &[&str]) -> bool {
    lines.iter().find(|line| !line.trim().is_empty()).is_some_and(|line| is_quoted(line))
}

/// Whether this is a pasted Python session: its prompt `>>>` looks like a quote.
fn is_console(quote: &[&str]) -> bool {
    quote.iter().all(|line| line.starts_with(">>> ") || !is_quoted(line))
}

/// Whether the attribution is inside the quote, as Mail.ru writes it.
fn begins_with_attribution(quote: &[&str]) -> bool {
    let inner: Vec<&str> =
        quote.iter().take(6).map(|line| unquoted(line)).skip_while(|line| line.trim().is_empty()).collect();
    attribution::attribution(&inner).is_some() || heading::heading(&inner).is_some()
}

#[cfg(test)]
mod tests;
