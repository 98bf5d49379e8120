//! The new words of a reply, without quoted history and signature.
//!
//! Line by line and without looking back, so that time is linear in the length of the text. What begins history is
//! told by [`attribution`] («… wrote:») and [`heading`] (Outlook's header block, «Original Message»), what ends the
//! words by [`signature`]; here the pieces are put together.

pub(super) mod attribution;
pub(super) mod heading;
pub(super) mod signature;

use attribution::Attribution;
use heading::Heading;

/// The part of a body's text that its author wrote now; the whole text when nothing else would be left.
///
/// Forwarded messages count as content. An answer between quoted questions keeps the questions with it.
pub fn reply_text(text: &str) -> String {
    new_words(text, Outlook::Reply)
}

/// The same for a message whose subject says that it forwards another: Outlook's header block, which stands above both
/// quoted and forwarded mail, then begins content.
pub fn forward_text(text: &str) -> String {
    new_words(text, Outlook::Forward)
}

/// What Outlook's header block begins: programs of its family write the same one above history and above a forward.
#[derive(Clone, Copy, PartialEq)]
enum Outlook {
    Reply,
    Forward,
}

/// Lines in quotes that are longer than this were folded by the program, not by the author of an answer.
const FOLDED_AT: usize = 55;

/// A quoted question of more lines than this is cut down to its last paragraph.
const LONGEST_QUESTION: usize = 20;

fn new_words(text: &str, block: Outlook) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut pieces = pieces(&lines, block);
    for piece in &mut pieces {
        if let QuotePiece::Words(words) = piece {
            *words = signature::without_signature(words);
        }
    }
    let answer = together(&choose(pieces));
    if answer.is_empty() { text.trim().to_owned() } else { answer }
}

enum QuotePiece<'a> {
    /// What the author wrote.
    Words(Vec<&'a str>),
    /// What the author quoted. An attribution tells that a program put it there.
    Quote { lines: Vec<&'a str>, attributed: bool },
    /// A forwarded message.
    Forwarded(Vec<&'a str>),
}

/// Cuts the text into words, quotes and a forwarded message; unmarked history is left out.
fn pieces<'a>(lines: &[&'a str], block: Outlook) -> Vec<QuotePiece<'a>> {
    let mut pieces = Vec::new();
    let mut words = Vec::new();
    let mut attributed = false;
    let mut at = 0;
    while at < lines.len() {
        let rest = &lines[at..];
        match heading::heading(rest) {
            Some(Heading::Forwarded) => return ended(pieces, words, Some(QuotePiece::Forwarded(rest.to_vec()))),
            Some(Heading::Original) if block == Outlook::Forward => {
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

fn ended<'a>(mut pieces: Vec<QuotePiece<'a>>, words: Vec<&'a str>, last: Option<QuotePiece<'a>>) -> Vec<QuotePiece<'a>> {
    pieces.push(QuotePiece::Words(words));
    pieces.extend(last);
    pieces
}

/// Drops the quotes that nothing answers, and the one above an answer at the bottom.
fn choose(mut pieces: Vec<QuotePiece<'_>>) -> Vec<QuotePiece<'_>> {
    pieces.retain(|piece| !matches!(piece, QuotePiece::Words(lines) if is_blank(lines)));
    while let Some(QuotePiece::Quote { .. }) = pieces.last() {
        if introduced(&pieces) {
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

/// Whether the last piece is a quote that the author announced («the log says:») rather than the program.
fn introduced(pieces: &[QuotePiece<'_>]) -> bool {
    match pieces {
        [.., QuotePiece::Words(words), QuotePiece::Quote { attributed: false, .. }] => words
            .iter()
            .rev()
            .find(|line| !line.trim().is_empty())
            .is_some_and(|line| line.trim_end().ends_with([':', '：'])),
        _ => false,
    }
}

/// Puts the pieces into one text, with a blank line where something was left out.
fn together(pieces: &[QuotePiece<'_>]) -> String {
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

/// What an answer keeps of the quote above it: without the attribution in it, and of a long one the last paragraph.
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

/// A quoted line without its marks.
pub(super) fn unquoted(line: &str) -> &str {
    line.trim_start_matches([' ', '>', '\u{feff}', '\u{a0}'])
}

/// How many lines the quote at the start of these has: blank lines within it and the rests of lines that were folded
/// on the way belong to it.
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

/// A pasted Python session, whose prompt looks like the third level of a quote.
fn is_console(quote: &[&str]) -> bool {
    quote.iter().all(|line| line.starts_with(">>> ") || !is_quoted(line))
}

/// Mail.ru quotes the attribution along with the text.
fn begins_with_attribution(quote: &[&str]) -> bool {
    let inner: Vec<&str> =
        quote.iter().take(6).map(|line| unquoted(line)).skip_while(|line| line.trim().is_empty()).collect();
    attribution::attribution(&inner).is_some() || heading::heading(&inner).is_some()
}

#[cfg(test)]
mod tests;
