//! Tags: what brackets ask. Each gets one of three answers: not mine, an ask, or mine but wrong; and our references.
//!
//! ```text
//! tag        = "[" ( reference [ SP action SP key ] / directive *( ";" directive ) ) "]"
//! reference  = KEY "-" digits
//! directive  = phrase [ ("=" / ":" / SP) value ]        the longest phrase of the table counts
//! ```
//!
//! Brackets do not nest: an opening one inside an open one begins anew. Whoever wrote it, every bracket is read as an
//! engineer's; [`Answer::from_requester`] takes back what is not for requesters.

use std::collections::HashMap;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::directives::{DirectiveReading, directive, other_layout};
use super::fold::{Folded, fold, skip_blanks};
use super::phrases::Phrases;
use super::references::{Spelled, spelled};
use super::{is_invisible, without_prefixes};
use crate::model::{Answer, Ask, Bracket, KeyedAsk, SyntaxError, SyntaxErrorKind, RequestNumber, Secret, Vocabulary};

/// A longer bracket is text, in folded characters.
const LONGEST_BRACKET: usize = 250;

/// Of more brackets in one subject the rest are text.
const MOST_BRACKETS: usize = 50;

/// A longer first line is a paragraph, in bytes.
const LONGEST_LINE: usize = 1_000;

/// Every bracket of a subject, in its order, with its answer. Takes time linear in the subject.
pub fn read(subject: &str, vocabulary: &Vocabulary) -> Vec<Bracket> {
    let folded = fold(subject);
    let found = brackets(&folded);
    // Most subjects have none, and then no table of phrases is made.
    if found.is_empty() {
        return Vec::new();
    }
    let phrases = Phrases::of(vocabulary);
    let read_one = |(index, found): (usize, FoundTag)| {
        let at = folded[found.open].at.start..folded.get(found.close).map_or(subject.len(), |f| f.at.end);
        let inside = &folded[found.open + 1..found.close];
        let answer = match found.close < folded.len() {
            _ if index >= MOST_BRACKETS || inside.len() > LONGEST_BRACKET => Answer::NotMine,
            _ if is_filters_mark(subject, &at) => Answer::NotMine,
            true => answer(subject, inside, &phrases),
            false => unclosed(subject, inside, &phrases),
        };
        Bracket { text: subject.get(at.clone()).unwrap_or_default().to_owned(), at, answer }
    };
    found.into_iter().enumerate().map(read_one).collect()
}

/// The brackets that the writer of a message typed: those of its subject without those of the subject that it answers.
/// Each answered bracket takes away one that looks the same.
pub fn asks_typed(incoming_subject: &str, answered_subject: &str, vocabulary: &Vocabulary) -> Vec<Bracket> {
    let mut answered: HashMap<String, usize> = HashMap::new();
    let folded = fold(answered_subject);
    for found in brackets(&folded) {
        *answered.entry(look_of(&folded[found.open + 1..found.close])).or_default() += 1;
    }
    let mut typed = read(incoming_subject, vocabulary);
    typed.retain(|bracket| {
        let folded = fold(&bracket.text);
        let end = folded.len() - usize::from(folded.last().is_some_and(|f| f.looks == ']'));
        match answered.get_mut(&look_of(folded.get(1..end).unwrap_or_default())) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            _ => true,
        }
    });
    typed
}

/// A subject from outside as it may stand in a letter to engineers: every bracket round, so that an answer to the letter
/// asks nothing that its writer did not type.
pub fn neutralise(subject: &str) -> String {
    let round = |c: char| match fold(c.encode_utf8(&mut [0; 4])).as_slice() {
        [Folded { looks: '[', .. }] => '(',
        [Folded { looks: ']', .. }] => ')',
        _ => c,
    };
    subject.chars().map(round).collect()
}

/// The brackets of a reply's first line, if nothing else stands on it. Quoted lines begin with a mark, so they hold none;
/// the caller passes the new words only.
pub fn first_line_tags(text: &str, vocabulary: &Vocabulary) -> Vec<Bracket> {
    let is_blank = |text: &str| text.chars().all(|c| c.is_whitespace() || is_invisible(c));
    let first = text.lines().find(|line| !is_blank(line));
    let Some(line) = first.filter(|line| line.len() <= LONGEST_LINE) else { return Vec::new() };
    let brackets = read(line, vocabulary);
    let mut rest = 0;
    for bracket in &brackets {
        if !line.get(rest..bracket.at.start).is_some_and(is_blank) {
            return Vec::new();
        }
        rest = bracket.at.end;
    }
    if line.get(rest..).is_some_and(is_blank) { brackets } else { Vec::new() }
}

/// Whether a spam filter wrote this on somebody's reply: in capitals, before the prefix, at the very beginning. A request
/// must not be closed because a filter misjudged an engineer's answer.
fn is_filters_mark(subject: &str, at: &Range<usize>) -> bool {
    let behind = subject.get(at.end..).unwrap_or_default().trim();
    at.start == 0 && subject.starts_with("[SPAM]") && without_prefixes(behind).len() < behind.len()
}

/// A bracket in a folded subject; `close` is the subject's length where the closing one is missing.
struct FoundTag {
    open: usize,
    close: usize,
}

fn brackets(folded: &[Folded]) -> Vec<FoundTag> {
    let mut found = Vec::new();
    let mut opened = None;
    for (index, f) in folded.iter().enumerate() {
        match f.looks {
            '[' => opened = Some(index),
            ']' => found.extend(opened.take().map(|open| FoundTag { open, close: index })),
            _ => {}
        }
    }
    found.extend(opened.map(|open| FoundTag { open, close: folded.len() }));
    found
}

/// What the inside of a bracket looks like, with one blank between words.
fn look_of(inside: &[Folded]) -> String {
    let text: String = inside.iter().map(|f| f.looks).collect();
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What people see of a part of the subject: in compatibility form, with one blank between words.
fn visible(subject: &str, part: &[Folded]) -> String {
    let (Some(first), Some(last)) = (part.first(), part.last()) else { return String::new() };
    let source = subject.get(first.at.start..last.at.end).unwrap_or_default();
    let blank = |c: char| if c.is_whitespace() { ' ' } else { c };
    let text: String = source.nfkc().map(blank).filter(|c| !is_invisible(*c)).collect();
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn answer(subject: &str, inside: &[Folded], phrases: &Phrases<'_>) -> Answer {
    let desks = &phrases.vocabulary.desks;
    let first = skip_blanks(inside, 0);
    match desks.iter().find_map(|key| spelled(inside, first, key)) {
        Some(Spelled { number, end, .. }) => {
            let behind = visible(subject, &inside[end..]);
            reference(number, &visible(subject, inside), &behind, phrases)
        }
        None => asks(&visible(subject, inside), phrases),
    }
}

/// The answer to a bracket that runs to the end of the subject: what would be an ask, lacks its end; what would be a
/// mistake, is more likely a text.
fn unclosed(subject: &str, inside: &[Folded], phrases: &Phrases<'_>) -> Answer {
    match answer(subject, inside, phrases) {
        Answer::Asks(_) => {
            let text = visible(subject, inside);
            let nearest = format!("[{text}]");
            wrong(text, SyntaxErrorKind::NotClosed, nearest)
        }
        Answer::Reference(number, ask) => Answer::Reference(number, ask),
        Answer::NotMine | Answer::SyntaxError { .. } => Answer::NotMine,
    }
}

fn wrong(text: String, problem: SyntaxErrorKind, nearest: String) -> Answer {
    Answer::SyntaxError { asks: Vec::new(), errors: vec![SyntaxError { text, problem, nearest: Some(nearest) }] }
}

/// A reference of ours, whatever stands behind it; only what a link or a tag would ask there is looked at.
fn reference(number: RequestNumber, text: &str, behind: &str, phrases: &Phrases<'_>) -> Answer {
    let directives = behind.trim_start_matches([';', ':', ',', ' ']);
    match (keyed(behind, phrases), asks(directives, phrases)) {
        (None, Answer::Asks(_)) => {
            let nearest = format!("[{number}] [{directives}]");
            wrong(text.to_owned(), SyntaxErrorKind::BehindReference, nearest)
        }
        (keyed, _) => Answer::Reference(number, keyed),
    }
}

/// `confirm KEY`: what a requester asks, and one word of letters, digits, dashes and underscores.
fn keyed(text: &str, phrases: &Phrases<'_>) -> Option<KeyedAsk> {
    let (action, key) = text.rsplit_once(' ')?;
    let good = key.len() <= 100 && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    match directive(action, phrases) {
        DirectiveReading::Ask(Ask::Requester(ask)) if good => Some(KeyedAsk { ask, key: Secret::new(key) }),
        _ => None,
    }
}

fn asks(text: &str, phrases: &Phrases<'_>) -> Answer {
    let parts: Vec<&str> = text.split(';').map(str::trim).filter(|part| !part.is_empty()).collect();
    let readings: Vec<DirectiveReading> = parts.iter().map(|part| directive(part, phrases)).collect();
    if readings.iter().all(|reading| matches!(reading, DirectiveReading::Text)) {
        return meant(text, phrases).unwrap_or(Answer::NotMine);
    }
    let mut asks = Vec::new();
    let mut errors = Vec::new();
    for (part, reading) in parts.into_iter().zip(readings) {
        match reading {
            DirectiveReading::Ask(ask) => asks.push(ask),
            DirectiveReading::SyntaxError(syntax_error) => errors.push(syntax_error),
            DirectiveReading::Text => {
                errors.push(SyntaxError { text: part.to_owned(), problem: SyntaxErrorKind::UnknownPhrase, nearest: None });
            }
        }
    }
    if errors.is_empty() { Answer::Asks(asks) } else { Answer::SyntaxError { asks, errors } }
}

/// What the bracket as a whole was probably meant to be: directives parted by commas, or the other layout, whose letters
/// ж and ; share a key.
fn meant(text: &str, phrases: &Phrases<'_>) -> Option<Answer> {
    let commas = text.replace(',', ";");
    let switched = other_layout(text);
    for (problem, meant) in [(SyntaxErrorKind::Commas, commas), (SyntaxErrorKind::OtherLayout, switched)] {
        let parts: Vec<&str> = meant.split(';').map(str::trim).collect();
        let is_ask = |part: &&str| matches!(directive(part, phrases), DirectiveReading::Ask(_));
        if meant != text && parts.iter().all(is_ask) {
            return Some(wrong(text.to_owned(), problem, meant));
        }
    }
    None
}
