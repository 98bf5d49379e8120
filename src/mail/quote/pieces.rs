//! Splits the text of a message into words, quotations and forwarded mail.

use super::align::Role;
use super::attribution::{self, Attribution};
use super::heading::{self, Heading};
use super::{begins_attributed, is_quoted, next_is_quoted, quoted_lines, unquoted};

/// How Outlook's header block is read: it looks the same above quoted history and above a forwarded message.
#[derive(Clone, Copy, PartialEq)]
pub enum HeaderBlock {
    Reply,
    Forward,
}

/// A part of a message's text.
pub enum QuotePiece<'a> {
    /// Text of the author.
    Words(Vec<&'a str>),
    /// Quoted lines below the attribution that introduces them. If they are attributed, by that or inside, the mail client
    /// inserted them, not the author.
    Quote { introduction: Vec<&'a str>, lines: Vec<&'a str>, attributed: bool },
    /// Quoted lines of a letter of ours.
    Ours(Vec<&'a str>),
    /// A forwarded message, which is content.
    Forwarded(Vec<&'a str>),
    /// Quoted history without marks, with its heading.
    History(Vec<&'a str>),
}

impl QuotePiece<'_> {
    /// Whether it is a quotation that an answer may follow.
    pub fn is_quotation(&self) -> bool {
        matches!(self, QuotePiece::Quote { .. } | QuotePiece::Ours(_))
    }
}

/// Splits a text whose lines have these roles.
pub fn aligned<'a>(lines: &[&'a str], roles: &[Role], block: HeaderBlock) -> Vec<QuotePiece<'a>> {
    let mut split = Vec::new();
    let mut at = 0;
    for group in roles.chunk_by(|one, next| one == next) {
        let part = &lines[at..at + group.len()];
        at += group.len();
        match group[0] {
            Role::Ours => split.push(QuotePiece::Ours(part.to_vec())),
            Role::Typed if split.iter().any(|piece| matches!(piece, QuotePiece::Ours(_))) => {
                // Marked lines inside our letter that are not ours were changed by the writer.
                let begins_history = |at: &usize| begins_history(&part[*at..]);
                let end = (0..part.len()).find(begins_history).unwrap_or(part.len());
                split.push(QuotePiece::Words(part[..end].to_vec()));
                split.extend(pieces(&part[end..], block));
            }
            Role::Typed => split.extend(pieces(part, block)),
        }
    }
    split
}

fn begins_history(lines: &[&str]) -> bool {
    let is_cut_line = lines.first().is_some_and(|line| heading::is_cut_line(line));
    !is_cut_line && heading::heading(lines).is_some() || begins_attributed(lines)
}

/// Splits a text by the marks and headings of quotations.
pub fn pieces<'a>(lines: &[&'a str], block: HeaderBlock) -> Vec<QuotePiece<'a>> {
    let mut pieces = Vec::new();
    let mut words = Vec::new();
    let mut introduction = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let rest = &lines[at..];
        match heading::heading(rest) {
            Some(Heading::Forwarded) => return ended(pieces, words, Some(QuotePiece::Forwarded(rest.to_vec()))),
            Some(Heading::Original) if block == HeaderBlock::Forward => {
                return ended(pieces, words, Some(QuotePiece::Forwarded(rest.to_vec())));
            }
            Some(Heading::Original) if is_below_title(&words) && !heading::has_time(rest) => {}
            Some(Heading::Original) => return ended(pieces, words, Some(QuotePiece::History(rest.to_vec()))),
            None => {}
        }
        if is_quoted(rest[0]) {
            let taken = quoted_lines(rest);
            let quote = rest[..taken].to_vec();
            if introduction.is_empty() && is_console(&quote) {
                words.extend(quote);
            } else {
                pieces.push(QuotePiece::Words(std::mem::take(&mut words)));
                let attributed = !introduction.is_empty() || begins_with_attribution(&quote);
                let introduction = std::mem::take(&mut introduction);
                pieces.push(QuotePiece::Quote { introduction, lines: quote, attributed });
            }
            at += taken;
            continue;
        }
        match attribution::attribution(rest) {
            Some(Attribution { lines, .. }) if next_is_quoted(&rest[lines..]) => {
                introduction = rest[..lines].to_vec();
                at += lines;
            }
            Some(Attribution { sure: true, .. }) => {
                let above = fields_above(&words);
                words.truncate(words.len() - above);
                return ended(pieces, words, Some(QuotePiece::History(lines[at - above..].to_vec())));
            }
            _ => {
                words.push(rest[0]);
                at += 1;
            }
        }
    }
    ended(pieces, words, None)
}

/// Whether the last of these words is the title of a document.
fn is_below_title(words: &[&str]) -> bool {
    words.iter().rev().find(|line| !line.trim().is_empty()).is_some_and(|line| heading::is_title(line))
}

/// How many lines of fields below a rule, the rule included, stand last: Yandex puts them above an attribution.
fn fields_above(words: &[&str]) -> usize {
    let fields = words.iter().rev().take_while(|line| heading::field(line).is_some()).count();
    let is_below_rule = fields > 0 && words.iter().rev().nth(fields).is_some_and(|line| heading::is_rule(line));
    if is_below_rule { fields + 1 } else { 0 }
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
