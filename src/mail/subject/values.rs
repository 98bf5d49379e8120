//! Parses the values of directives: people, places, kinds, versions, dates, request numbers.

use jiff::civil::Date;

use super::caller::caller;
use super::phrases::{
    DATE_PREPOSITIONS, KINDS, LINE_NOUNS, LINES, ORDINAL_ENDINGS, PRIORITIES, PRIORITIES_ALONE, TEAM_NOUNS, ValueKind,
};
use super::references::spelled;
use crate::model::{
    Ask, DeskKey, EmailAddress, Named, Place, Release, RequestNumber, ShortName, Status, SyntaxErrorKind, Version,
    Vocabulary, fold, skeleton,
};

/// Why a value is invalid, and which value was probably meant.
pub(super) struct ValueError {
    pub(super) problem: SyntaxErrorKind,
    pub(super) nearest: Option<String>,
}

impl From<SyntaxErrorKind> for ValueError {
    fn from(problem: SyntaxErrorKind) -> Self {
        Self { problem, nearest: None }
    }
}

/// Parses the value of a phrase and returns the complete ask.
pub(super) fn read(value: ValueKind, text: &str, vocabulary: &Vocabulary) -> Result<Ask, ValueError> {
    let may_be_missing = matches!(value, ValueKind::Watch | ValueKind::Unwatch | ValueKind::Away);
    if text.is_empty() && !may_be_missing {
        return Err(SyntaxErrorKind::ValueMissing.into());
    }
    match value {
        ValueKind::Status => own_status(text, vocabulary),
        ValueKind::Engineer => engineer(text, vocabulary).map(Ask::Assign),
        ValueKind::Anyone => assignee_or_place(text, vocabulary),
        ValueKind::Line => line(text, vocabulary).map(|line| Ask::PassOn(Place::Line(line))),
        ValueKind::Team => team(text, vocabulary).map(|team| Ask::PassOn(Place::Team(team))),
        ValueKind::Desk => desk(text, vocabulary).map(|desk| Ask::PassOn(Place::Desk(desk))),
        ValueKind::Kind => lookup(text, KINDS, SyntaxErrorKind::NoKind).map(Ask::Kind),
        ValueKind::Priority => lookup(text, PRIORITIES, SyntaxErrorKind::NoPriority).map(Ask::Priority),
        ValueKind::Release => release(text),
        ValueKind::Released => Ok(Ask::Released(version(text)?)),
        ValueKind::OnBehalfOf => match caller(text) {
            Some(caller) => Ok(Ask::OnBehalfOfCaller(caller)),
            None => Ok(Ask::OnBehalfOf(address(text)?)),
        },
        ValueKind::Watch => optional(text, address).map(Ask::Watch),
        ValueKind::Unwatch => optional(text, address).map(Ask::Unwatch),
        ValueKind::Duplicate => Ok(Ask::Duplicate(number(text, vocabulary)?)),
        ValueKind::Link => Ok(Ask::Link(number(text, vocabulary)?)),
        ValueKind::Away => optional(text, date).map(Ask::Away),
    }
}

/// The ask of a value that says by itself what it is: a line (`2 линия`, `line2`), a priority that is not the usual one, or an
/// engineer whom the desk names.
pub(super) fn without_phrase(text: &str, vocabulary: &Vocabulary) -> Option<Ask> {
    let text = text.trim_end_matches(['.', '!']);
    let bare = ["на ", "to "].iter().find_map(|to| text.strip_prefix(to)).unwrap_or(text);
    let has_noun =
        bare.split(' ').any(|word| is_one_of(word.trim_end_matches(|c: char| c.is_ascii_digit()), LINE_NOUNS));
    if has_noun && bare.contains(' ') {
        return line(bare, vocabulary).ok().map(|line| Ask::PassOn(Place::Line(line)));
    }
    if has_noun {
        let number = bare.trim_start_matches(|c: char| !c.is_ascii_digit());
        return line(number, vocabulary).ok().map(|line| Ask::PassOn(Place::Line(line)));
    }
    match lookup(text, PRIORITIES_ALONE, SyntaxErrorKind::NoPriority) {
        Ok(priority) => Some(Ask::Priority(priority)),
        _ if vocabulary.engineers.is_empty() => None,
        _ => engineer(text, vocabulary).ok().map(Ask::Assign),
    }
}

/// Whether an invalid text after an everyday phrase is probably meant as a value, so that it is a syntax error and not text.
pub(super) fn is_meant(value: ValueKind, text: &str) -> bool {
    let has_digit = || text.contains(|c: char| c.is_ascii_digit());
    match value {
        ValueKind::Status
        | ValueKind::Engineer
        | ValueKind::Team
        | ValueKind::Desk
        | ValueKind::Kind
        | ValueKind::Priority => is_one_word(text),
        ValueKind::Line | ValueKind::Anyone => is_one_word(text) || text.starts_with(|c: char| c.is_ascii_digit()),
        ValueKind::Release | ValueKind::Released => {
            text.trim_start_matches(['v', 'V']).starts_with(|c: char| c.is_ascii_digit())
        }
        ValueKind::OnBehalfOf | ValueKind::Watch | ValueKind::Unwatch => {
            text.contains('@') || is_one_word(text) && text.contains('.')
        }
        ValueKind::Duplicate | ValueKind::Link | ValueKind::Away => has_digit(),
    }
}

fn is_one_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(' ')
}

/// Whether two words of at least four letters differ by one typing error: a letter added, left out, replaced, or two
/// neighbours exchanged (Damerau-Levenshtein distance 1).
pub(super) fn is_near(typed: &str, meant: &str) -> bool {
    let (long, other) = (typed.chars().count(), meant.chars().count());
    long.min(other) >= 4
        && long.abs_diff(other) <= 1
        && typed.chars().all(|c| c.is_alphabetic() || c == ' ')
        && strsim::damerau_levenshtein(typed, meant) == 1
}

fn optional<T>(text: &str, read: impl Fn(&str) -> Result<T, ValueError>) -> Result<Option<T>, ValueError> {
    if text.is_empty() { Ok(None) } else { read(text).map(Some) }
}

/// The entry of a table that the text names.
fn lookup<T: Copy>(text: &str, table: &[(T, &[&str])], problem: SyntaxErrorKind) -> Result<T, ValueError> {
    let words = || table.iter().flat_map(|(thing, words)| words.iter().map(move |word| (*thing, *word)));
    let typed = skeleton(text);
    match words().find(|(_, word)| skeleton(word) == typed) {
        Some((thing, _)) => Ok(thing),
        None => Err(ValueError { problem, nearest: nearest(&typed, words().map(|(_, word)| word)) }),
    }
}

/// The configured item that the text names; any well-formed name if `is_open` and none is configured.
fn lookup_name(
    text: &str,
    things: &[Named<ShortName>],
    is_open: bool,
    problem: SyntaxErrorKind,
) -> Result<ShortName, ValueError> {
    if things.is_empty() && is_open {
        return ShortName::parse(text).map_err(|_| problem.into());
    }
    let words = || {
        things.iter().flat_map(|named| {
            let names = std::iter::once(named.thing.as_str()).chain(named.words.iter().map(String::as_str));
            names.map(move |name| (&named.thing, name))
        })
    };
    let typed = skeleton(text);
    match words().find(|(_, word)| skeleton(word) == typed) {
        Some((thing, _)) => Ok(thing.clone()),
        None => Err(ValueError { problem, nearest: nearest(&typed, words().map(|(_, word)| word)) }),
    }
}

fn nearest<'a>(typed: &str, words: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut near = words.filter(|word| is_near(typed, &skeleton(word)));
    near.next().filter(|_| near.next().is_none()).map(str::to_owned)
}

fn own_status(text: &str, vocabulary: &Vocabulary) -> Result<Ask, ValueError> {
    let typed = skeleton(text);
    let own = vocabulary
        .statuses
        .iter()
        .map(|status| &status.thing)
        .find(|status| matches!(status, Status::Own(name) if skeleton(name.as_str()) == typed));
    own.cloned().map(Ask::Status).ok_or_else(|| SyntaxErrorKind::NoStatus.into())
}

fn engineer(text: &str, vocabulary: &Vocabulary) -> Result<ShortName, ValueError> {
    lookup_name(
        text.trim_start_matches('@'),
        &vocabulary.engineers,
        !vocabulary.is_complete,
        SyntaxErrorKind::NoEngineer,
    )
}

fn team(text: &str, vocabulary: &Vocabulary) -> Result<ShortName, ValueError> {
    let name = match text.split_once(' ') {
        Some((noun, name)) if is_one_of(noun, TEAM_NOUNS) => name,
        _ => text,
    };
    lookup_name(name, &vocabulary.teams, !vocabulary.is_complete, SyntaxErrorKind::NoTeam)
}

/// Parses a line: `2`, `2-я`, `вторая`, each also beside the word «line».
fn line(text: &str, vocabulary: &Vocabulary) -> Result<u8, ValueError> {
    let mut words: Vec<&str> = text.split(' ').collect();
    if words.len() == 2 {
        words.retain(|word| !is_one_of(word, LINE_NOUNS));
    }
    let &[word] = words.as_slice() else { return Err(SyntaxErrorKind::NoLine.into()) };
    let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    let ending = word[digits.len()..].trim_start_matches('-');
    let by_number = || digits.parse().ok().filter(|_| ending.is_empty() || is_one_of(ending, ORDINAL_ENDINGS));
    let line = lookup(word, LINES, SyntaxErrorKind::NoLine).ok().or_else(by_number);
    let known = |line: &u8| match vocabulary.lines.as_slice() {
        [] if !vocabulary.is_complete => (1..=9).contains(line),
        lines => lines.contains(line),
    };
    line.filter(known).ok_or_else(|| SyntaxErrorKind::NoLine.into())
}

fn desk(text: &str, vocabulary: &Vocabulary) -> Result<DeskKey, ValueError> {
    let typed = skeleton(text);
    vocabulary.desks.iter().find(|key| key.as_str() == typed).cloned().ok_or_else(|| SyntaxErrorKind::NoDesk.into())
}

fn assignee_or_place(text: &str, vocabulary: &Vocabulary) -> Result<Ask, ValueError> {
    let says_line = text.split(' ').any(|word| is_one_of(word, LINE_NOUNS));
    if says_line || text.starts_with(|c: char| c.is_ascii_digit()) {
        return line(text, vocabulary).map(|line| Ask::PassOn(Place::Line(line)));
    }
    if let Ok(desk) = desk(text, vocabulary) {
        return Ok(Ask::PassOn(Place::Desk(desk)));
    }
    if text.starts_with('@') || !vocabulary.engineers.is_empty() {
        let engineer = engineer(text, vocabulary);
        if text.starts_with('@') || engineer.is_ok() {
            return engineer.map(Ask::Assign);
        }
    }
    team(text, vocabulary).map(|team| Ask::PassOn(Place::Team(team)))
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    let typed = skeleton(word);
    words.iter().any(|word| skeleton(word) == typed)
}

fn version(text: &str) -> Result<Version, ValueError> {
    Version::parse(text).map_err(|_| SyntaxErrorKind::NoVersion.into())
}

fn release(text: &str) -> Result<Ask, ValueError> {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    Ok(Ask::Release(Release { version: version(first)?, date: optional(rest, date)? }))
}

/// Parses `2026-12-01` or `01.12.2026`, optionally after a preposition. Dates with slashes are ambiguous (day or month
/// first), so they are invalid.
fn date(text: &str) -> Result<Date, ValueError> {
    let bare = match text.split_once(' ') {
        Some((preposition, date)) if is_one_of(preposition, DATE_PREPOSITIONS) => date,
        _ => text,
    };
    let typed = skeleton(bare);
    let parts: Vec<&str> = typed.split(['-', '.']).collect();
    let all = |separator: char| typed.matches(separator).count() == 2;
    let day = match parts.as_slice() {
        [year, month, day] if all('-') => civil(year, month, day),
        [day, month, year] if all('.') => civil(year, month, day),
        _ => None,
    };
    day.ok_or_else(|| SyntaxErrorKind::NoDate.into())
}

fn civil(year: &str, month: &str, day: &str) -> Option<Date> {
    let digits = |s: &str, most: usize| (1..=most).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    if year.len() != 4 || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Parses an address, also in angle brackets or after `mailto:`. It is never corrected: a similar address may be someone
/// else's.
fn address(text: &str) -> Result<EmailAddress, ValueError> {
    let bare = text.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')).unwrap_or(text);
    EmailAddress::parse(bare.strip_prefix("mailto:").unwrap_or(bare)).map_err(|_| SyntaxErrorKind::NoAddress.into())
}

fn number(text: &str, vocabulary: &Vocabulary) -> Result<RequestNumber, ValueError> {
    let folded = fold(text);
    let found = vocabulary.desks.iter().find_map(|key| spelled(&folded, 0, key));
    let whole = found.filter(|spelled| spelled.end == folded.len());
    whole.map(|spelled| spelled.number).ok_or_else(|| SyntaxErrorKind::NoRequestNumber.into())
}
