//! Parses tags, the brackets of a subject. Each is ordinary text, asks something, has a syntax error, or is a request number.
//!
//! ```text
//! tag        = "[" ( reference [ SP action SP key ] / directive *( ";" directive ) ) "]"
//! reference  = KEY "-" digits
//! directive  = phrase [ ("=" / ":" / SP) value ]        the longest phrase of the table counts
//! ```
//!
//! Brackets do not nest: an opening one within an open one begins a new tag. Every bracket is read as if an engineer wrote
//! it; [`Answer::from_requester`] then restricts it to what requesters may ask.

use std::collections::HashMap;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::directives::{DirectiveReading, directive, other_layout};
use super::phrases::Phrases;
use super::references::{Spelled, spelled};
use super::without_prefixes;
use crate::mail::proof::is_button_key;
use crate::model::{
    Answer, Bracket, FoldedChar, KeyedAsk, ListedLine, PlacedTag, RequestNumber, Secret, SyntaxError, SyntaxErrorKind,
    Vocabulary, fold, is_invisible, skip_blanks,
};

/// Longer brackets are text, in folded characters.
const LONGEST_BRACKET: usize = 250;

/// All further brackets of a subject are text.
const MOST_BRACKETS: usize = 50;

/// Longer first lines are paragraphs, in bytes.
const LONGEST_LINE: usize = 1_000;

/// Parses all brackets of a subject, in order, in time linear in its length.
pub fn read(subject: &str, vocabulary: &Vocabulary) -> Vec<Bracket> {
    let folded = fold(subject);
    let found = brackets(&folded);
    // Most subjects have none: no table of phrases is built for them.
    if found.is_empty() {
        return Vec::new();
    }
    let phrases = Phrases::of(vocabulary);
    let read_one = |(index, found): (usize, FoundTag)| {
        let at = folded[found.open].at.start..folded.get(found.close).map_or(subject.len(), |f| f.at.end);
        let inside = &folded[found.open + 1..found.close];
        let answer = match found.close < folded.len() {
            _ if index >= MOST_BRACKETS || inside.len() > LONGEST_BRACKET => Answer::NotMine,
            _ if is_spam_filter_mark(subject, &at) => Answer::NotMine,
            true => parse_bracket(subject, inside, &phrases),
            false => parse_unclosed(subject, inside, &phrases),
        };
        Bracket { text: subject.get(at.clone()).unwrap_or_default().to_owned(), at, answer }
    };
    found.into_iter().enumerate().map(read_one).collect()
}

/// The brackets that the writer of a reply typed: those of its subject minus those of the subject that it answers. Each
/// bracket there cancels one with the same skeleton.
pub fn asks_typed(incoming_subject: &str, answered_subject: &str, vocabulary: &Vocabulary) -> Vec<Bracket> {
    let mut answered: HashMap<String, usize> = HashMap::new();
    let folded = fold(answered_subject);
    for found in brackets(&folded) {
        *answered.entry(skeleton_of(&folded[found.open + 1..found.close])).or_default() += 1;
    }
    let mut typed = read(incoming_subject, vocabulary);
    typed.retain(|bracket| {
        let folded = fold(&bracket.text);
        let end = folded.len() - usize::from(folded.last().is_some_and(|f| f.folded == ']'));
        match answered.get_mut(&skeleton_of(folded.get(1..end).unwrap_or_default())) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            _ => true,
        }
    });
    typed
}

/// Replaces all brackets of a foreign subject by parentheses, so that a reply to a letter with this subject asks nothing that
/// the engineer did not type.
pub fn neutralise(subject: &str) -> String {
    let round = |c: char| match fold(c.encode_utf8(&mut [0; 4])).as_slice() {
        [FoldedChar { folded: '[', .. }] => '(',
        [FoldedChar { folded: ']', .. }] => ')',
        _ => c,
    };
    subject.chars().map(round).collect()
}

/// The brackets of the first line of a reply, if the line holds nothing else. `text` must be the new text only, without
/// quotes.
pub fn first_line_tags(text: &str, vocabulary: &Vocabulary) -> Vec<PlacedTag> {
    let is_blank = |text: &str| text.chars().all(|c| c.is_whitespace() || is_invisible(c));
    let first = text.lines().find(|line| !is_blank(line));
    let Some(line) = first.filter(|line| line.len() <= LONGEST_LINE) else { return Vec::new() };
    let brackets = read(line, vocabulary);
    if !gaps(line, &brackets).all(|gap| is_blank(&line[gap])) {
        return Vec::new();
    }
    let start = text.find(line).unwrap_or(0);
    let placed = |bracket: Bracket| {
        let at = start + bracket.at.start..start + bracket.at.end;
        PlacedTag { bracket: Bracket { at, ..bracket }, line: 1, is_set_apart: true }
    };
    brackets.into_iter().map(placed).collect()
}

/// The lines of an answer to a digest that hold one bracket and nothing else: a request's number and what is asked of it. `text` must
/// be the new text only.
pub fn listed_lines(text: &str, vocabulary: &Vocabulary) -> Vec<ListedLine> {
    let phrases = Phrases::of(vocabulary);
    let listed = |line: &str| {
        let line = line.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
        let folded = fold(line);
        let [FoundTag { open: 0, close }] = brackets(&folded)[..] else { return None };
        let inside = folded.get(1..close).filter(|_| close + 1 == folded.len())?;
        let first = skip_blanks(inside, 0);
        let Spelled { number, end, .. } = vocabulary.desks.iter().find_map(|key| spelled(inside, first, key))?;
        let asked = visible(line, &inside[end..]);
        let asked = asked.trim_start_matches([';', ':', ',', ' ']);
        Some(ListedLine { request: number, answer: parse_asks(asked, &phrases) })
    };
    text.lines().filter(|line| line.len() <= LONGEST_LINE).filter_map(listed).take(MOST_BRACKETS).collect()
}

/// The parts of a line before, between and behind its brackets.
pub(super) fn gaps(line: &str, brackets: &[Bracket]) -> impl Iterator<Item = Range<usize>> {
    let starts = std::iter::once(0).chain(brackets.iter().map(|bracket| bracket.at.end));
    let ends = brackets.iter().map(|bracket| bracket.at.start).chain([line.len()]);
    starts.zip(ends).map(|(start, end)| start..end.max(start))
}

/// Whether this is a spam filter's mark, not an engineer's tag: `[SPAM]` in capitals, at the very beginning, before a reply
/// prefix. A request must not be closed because a filter misjudged an engineer's reply.
fn is_spam_filter_mark(subject: &str, at: &Range<usize>) -> bool {
    let behind = subject.get(at.end..).unwrap_or_default().trim();
    at.start == 0 && subject.starts_with("[SPAM]") && without_prefixes(behind).len() < behind.len()
}

/// The indices of a pair of brackets in a folded subject; `close` is the subject's length if the closing one is missing.
struct FoundTag {
    open: usize,
    close: usize,
}

fn brackets(folded: &[FoldedChar]) -> Vec<FoundTag> {
    let mut found = Vec::new();
    let mut opened = None;
    for (index, f) in folded.iter().enumerate() {
        match f.folded {
            '[' => opened = Some(index),
            ']' => found.extend(opened.take().map(|open| FoundTag { open, close: index })),
            _ => {}
        }
    }
    found.extend(opened.map(|open| FoundTag { open, close: folded.len() }));
    found
}

/// The skeleton of a bracket's content.
fn skeleton_of(inside: &[FoldedChar]) -> String {
    let text: String = inside.iter().map(|f| f.folded).collect();
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The visible text of a part of the subject, in compatibility form (NFKC), with one space between words.
fn visible(subject: &str, part: &[FoldedChar]) -> String {
    let (Some(first), Some(last)) = (part.first(), part.last()) else { return String::new() };
    let source = subject.get(first.at.start..last.at.end).unwrap_or_default();
    let blank = |c: char| if c.is_whitespace() { ' ' } else { c };
    let text: String = source.nfkc().map(blank).filter(|c| !is_invisible(*c)).collect();
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn parse_bracket(subject: &str, inside: &[FoldedChar], phrases: &Phrases<'_>) -> Answer {
    let desks = &phrases.vocabulary.desks;
    let first = skip_blanks(inside, 0);
    match desks.iter().find_map(|key| spelled(inside, first, key)) {
        Some(Spelled { number, end, .. }) => {
            let behind = visible(subject, &inside[end..]);
            parse_reference(number, &visible(subject, inside), &behind, phrases)
        }
        None => parse_asks(&visible(subject, inside), phrases),
    }
}

/// Reads a bracket without a closing one: an ask becomes a syntax error (not closed); what would be a syntax error is text.
fn parse_unclosed(subject: &str, inside: &[FoldedChar], phrases: &Phrases<'_>) -> Answer {
    match parse_bracket(subject, inside, phrases) {
        Answer::Asks(_) => {
            let text = visible(subject, inside);
            let nearest = format!("[{text}]");
            error_answer(text, SyntaxErrorKind::NotClosed, nearest)
        }
        Answer::Reference(number, ask) => Answer::Reference(number, ask),
        Answer::NotMine | Answer::SyntaxError { .. } => Answer::NotMine,
    }
}

fn error_answer(text: String, problem: SyntaxErrorKind, nearest: String) -> Answer {
    Answer::SyntaxError { asks: Vec::new(), errors: vec![SyntaxError { text, problem, nearest: Some(nearest) }] }
}

/// Reads a bracket that begins with a request number: what follows may be a keyed ask of a link; a directive there is a
/// syntax error; anything else is ignored.
fn parse_reference(number: RequestNumber, text: &str, behind: &str, phrases: &Phrases<'_>) -> Answer {
    let directives = behind.trim_start_matches([';', ':', ',', ' ']);
    match (keyed_ask(behind, phrases), parse_asks(directives, phrases)) {
        (None, Answer::Asks(_)) => {
            let nearest = format!("[{number}] [{directives}]");
            error_answer(text.to_owned(), SyntaxErrorKind::BehindReference, nearest)
        }
        (keyed, _) => Answer::Reference(number, keyed),
    }
}

/// Parses `confirm KEY`: an ask of a requester and one word of letters, digits, dashes and underscores; or `take KEY`: any ask and
/// the key of a button.
fn keyed_ask(text: &str, phrases: &Phrases<'_>) -> Option<KeyedAsk> {
    let (action, key) = text.rsplit_once(' ')?;
    let good = key.len() <= 100 && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    match directive(action, phrases) {
        DirectiveReading::Ask(ask) if good && (ask.is_of_links() || is_button_key(key)) => {
            Some(KeyedAsk { ask, key: Secret::new(key) })
        }
        _ => None,
    }
}

fn parse_asks(text: &str, phrases: &Phrases<'_>) -> Answer {
    let parts: Vec<&str> = text.split(';').map(str::trim).filter(|part| !part.is_empty()).collect();
    let readings: Vec<DirectiveReading> = parts.iter().map(|part| directive(part, phrases)).collect();
    if readings.iter().all(|reading| matches!(reading, DirectiveReading::Text)) {
        return suggestion(text, phrases).unwrap_or(Answer::NotMine);
    }
    let mut asks = Vec::new();
    let mut errors = Vec::new();
    for (part, reading) in parts.into_iter().zip(readings) {
        match reading {
            DirectiveReading::Ask(ask) => asks.push(ask),
            DirectiveReading::SyntaxError(syntax_error) => errors.push(syntax_error),
            DirectiveReading::Text => {
                errors.push(SyntaxError {
                    text: part.to_owned(),
                    problem: SyntaxErrorKind::UnknownPhrase,
                    nearest: None,
                });
            }
        }
    }
    if errors.is_empty() { Answer::Asks(asks) } else { Answer::SyntaxError { asks, errors } }
}

/// Suggests what the whole bracket was meant to be: directives separated by commas instead of semicolons, or the other
/// keyboard layout (where ж and ; share a key).
fn suggestion(text: &str, phrases: &Phrases<'_>) -> Option<Answer> {
    let commas = text.replace(',', ";");
    let switched = other_layout(text);
    for (problem, meant) in [(SyntaxErrorKind::Commas, commas), (SyntaxErrorKind::OtherLayout, switched)] {
        let parts: Vec<&str> = meant.split(';').map(str::trim).collect();
        let is_ask = |part: &&str| matches!(directive(part, phrases), DirectiveReading::Ask(_));
        if meant != text && parts.iter().all(is_ask) {
            return Some(error_answer(text.to_owned(), problem, meant));
        }
    }
    None
}
