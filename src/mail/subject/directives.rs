//! Parses one directive of a tag: its phrase and its value; suggests corrections for mistyped ones.

use super::phrases::{MOST_WORDS, Phrase, PhraseMeaning, Phrases, ValueKind};
use super::values::{self, ValueError, is_near};
use crate::model::{Ask, SyntaxError, SyntaxErrorKind, skeleton};

/// The result of parsing a directive.
pub(super) enum DirectiveReading {
    /// Not a directive but ordinary text.
    Text,
    Ask(Ask),
    SyntaxError(SyntaxError),
}

/// Parses a directive from visible text without surrounding spaces.
pub(super) fn directive(text: &str, phrases: &Phrases<'_>) -> DirectiveReading {
    match exact(text, phrases) {
        Some(reading) => reading,
        None => misspelt(text, phrases)
            .or_else(|| in_other_layout(text, phrases))
            .map_or(DirectiveReading::Text, DirectiveReading::SyntaxError),
    }
}

/// A directive split into the words of a possible phrase (as skeletons) and a value.
struct SplitDirective<'t> {
    words: Vec<String>,
    value: &'t str,
    /// Whether `=` or `:` separates them: then the rest is certainly meant as a value.
    has_separator: bool,
}

/// All splits of a directive, the longest phrase first. Dashes may join the words of a phrase, but never separate a value.
fn splits(text: &str) -> Vec<SplitDirective<'_>> {
    let text = text.trim_end_matches(['.', '!']);
    let mut ways = Vec::new();
    let mut words = Vec::new();
    let mut rest = text;
    while words.len() < MOST_WORDS && !rest.is_empty() {
        let end = rest.find([' ', '=', ':', '-', '_', '\u{2010}']).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        if word.is_empty() {
            break;
        }
        words.push(skeleton(word));
        let value = behind.trim_start();
        if let Some(value) = value.strip_prefix(['=', ':']) {
            ways.push(SplitDirective { words: words.clone(), value: value.trim_start(), has_separator: true });
            break;
        }
        if behind.is_empty() || behind.starts_with(' ') {
            ways.push(SplitDirective { words: words.clone(), value, has_separator: false });
            rest = value;
        } else {
            rest = behind.trim_start_matches(['-', '_', '\u{2010}']);
        }
    }
    ways.reverse();
    ways
}

/// Parses by the longest known phrase at the start of the directive. None: it begins with no known phrase.
fn exact(text: &str, phrases: &Phrases<'_>) -> Option<DirectiveReading> {
    if let Some(name) = text.strip_prefix('@').filter(|name| !name.is_empty()) {
        return Some(match values::read(ValueKind::Engineer, name, phrases.vocabulary) {
            Ok(ask) => DirectiveReading::Ask(ask),
            Err(fault) => syntax_error(text, fault, "@"),
        });
    }
    let found = splits(text).into_iter().find_map(|way| phrases.find(&way.words).map(|p| (way, p)));
    let Some((way, phrase)) = found else {
        return values::without_phrase(text, phrases.vocabulary).map(DirectiveReading::Ask);
    };
    Some(match complete(phrase, &way, phrases) {
        Some(Ok(ask)) => DirectiveReading::Ask(ask),
        Some(Err(fault)) if way.has_separator || !phrase.everyday || is_meant(phrase, way.value) => {
            syntax_error(text, fault, &format!("{} ", phrase.written))
        }
        None | Some(Err(_)) => DirectiveReading::Text,
    })
}

/// The ask of a phrase with its value; None: the phrase is ordinary text.
fn complete(phrase: &Phrase<'_>, way: &SplitDirective<'_>, phrases: &Phrases<'_>) -> Option<Result<Ask, ValueError>> {
    match &phrase.means {
        PhraseMeaning::Text => None,
        PhraseMeaning::Whole(ask) if way.value.is_empty() && !way.has_separator => Some(Ok(ask.clone())),
        PhraseMeaning::Whole(_) => Some(Err(SyntaxErrorKind::ValueUnexpected.into())),
        PhraseMeaning::With(ValueKind::Status) => Some(status(way.value, phrases)),
        PhraseMeaning::With(value) => Some(values::read(*value, way.value, phrases.vocabulary)),
    }
}

/// Parses the value of `status`: the phrase of a status, or a name that the desk configures.
fn status(text: &str, phrases: &Phrases<'_>) -> Result<Ask, ValueError> {
    let whole = splits(text).into_iter().find(|way| way.value.is_empty() && !way.has_separator);
    match whole.and_then(|way| phrases.find(&way.words)).map(|phrase| &phrase.means) {
        Some(PhraseMeaning::Whole(ask @ (Ask::Status(_) | Ask::Close | Ask::Reopen | Ask::Plan | Ask::Decline))) => {
            Ok(ask.clone())
        }
        _ => values::read(ValueKind::Status, text, phrases.vocabulary),
    }
}

fn is_meant(phrase: &Phrase<'_>, value: &str) -> bool {
    matches!(phrase.means, PhraseMeaning::With(kind) if values::is_meant(kind, value))
}

fn syntax_error(text: &str, fault: ValueError, phrase: &str) -> DirectiveReading {
    let nearest = fault.nearest.map(|value| format!("{phrase}{value}"));
    DirectiveReading::SyntaxError(SyntaxError { text: text.to_owned(), problem: fault.problem, nearest })
}

/// Recognises a phrase with one typing error in one of its longer words, if everything else is right and only one ask is
/// near.
fn misspelt(text: &str, phrases: &Phrases<'_>) -> Option<SyntaxError> {
    for way in splits(text) {
        let near = phrases.all().filter(|phrase| is_near_phrase(&way.words, &phrase.words));
        let mut meant: Vec<(Ask, String)> = near
            .filter_map(|phrase| {
                let ask = complete(phrase, &way, phrases)?.ok()?;
                Some((ask, format!("{} {}", phrase.written, way.value).trim_end().to_owned()))
            })
            .collect();
        // Of several spellings of one ask, the alphabetically first is suggested, so that the result is deterministic.
        meant.sort_by(|(_, a), (_, b)| a.cmp(b));
        if let Some((ask, nearest)) = meant.first().cloned() {
            let unambiguous = meant.iter().all(|(other, _)| *other == ask);
            let problem = SyntaxErrorKind::Misspelt;
            return unambiguous.then(|| SyntaxError { text: text.to_owned(), problem, nearest: Some(nearest) });
        }
    }
    None
}

fn is_near_phrase(typed: &[String], phrase: &[String]) -> bool {
    let mut different = typed.iter().zip(phrase).filter(|(typed, meant)| typed != meant);
    typed.len() == phrase.len()
        && matches!((different.next(), different.next()), (Some((typed, meant)), None) if is_near(typed, meant))
}

/// Recognises a directive typed in the wrong keyboard layout.
fn in_other_layout(text: &str, phrases: &Phrases<'_>) -> Option<SyntaxError> {
    let switched = other_layout(text);
    match exact(&switched, phrases) {
        Some(DirectiveReading::Ask(_)) if switched != text => {
            let problem = SyntaxErrorKind::OtherLayout;
            Some(SyntaxError { text: text.to_owned(), problem, nearest: Some(switched) })
        }
        _ => None,
    }
}

/// The keys of the English keyboard layout, and in the same order what they type in the Russian one.
const ENGLISH_KEYS: &str = "qwertyuiop[]asdfghjkl;'zxcvbnm,./`";
const RUSSIAN_KEYS: &str = "йцукенгшщзхъфывапролджэячсмитьбю.ё";

/// Converts a text to the other keyboard layout, in lower case. Words with digits or `@` stay: they are values.
pub(super) fn other_layout(text: &str) -> String {
    let is_russian =
        text.chars().any(|c| RUSSIAN_KEYS.contains(c.to_lowercase().next().unwrap_or(c)) && c.is_alphabetic());
    let (from, to) = if is_russian { (RUSSIAN_KEYS, ENGLISH_KEYS) } else { (ENGLISH_KEYS, RUSSIAN_KEYS) };
    let switched = |c: char| from.chars().position(|key| key == c).and_then(|at| to.chars().nth(at)).unwrap_or(c);
    let word = |word: &str| -> String {
        if word.contains(|c: char| c.is_ascii_digit() || c == '@') {
            return word.to_owned();
        }
        word.to_lowercase().chars().map(switched).collect()
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}
