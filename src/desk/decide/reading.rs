//! Reads the tags that a message's writer typed.

use crate::desk::news::Rejection;
use crate::model::{Answer, Ask, Bracket, Kind, SyntaxError, SyntaxErrorKind, Typed};

/// The asks of an engineer's tags, and the errors in them.
#[derive(Default)]
pub(super) struct TagReading {
    pub asks: Vec<Ask>,
    pub errors: Vec<SyntaxError>,
    pub rejections: Vec<Rejection>,
}

impl TagReading {
    /// The asks of subject and own words, each once. If somebody else may have written the subject, only the words count.
    /// Where nothing that counts says what is meant, the engineer is told.
    pub(super) fn of(typed: &Typed) -> Self {
        let mut reading = Self::default();
        let subject: &[Bracket] = if typed.is_foreign { &[] } else { &typed.subject };
        for bracket in subject.iter().chain(counted(typed)) {
            match &bracket.answer {
                Answer::Asks(asks) => reading.add(asks),
                Answer::SyntaxError { asks, errors } => {
                    reading.add(asks);
                    reading.errors.extend(errors.iter().cloned());
                }
                Answer::NotMine | Answer::Reference(..) => {}
            }
        }
        // A note may say anything: nobody outside reads it.
        if typed.body.note_at.is_none() {
            let astray = typed.body.astray.iter().map(|tag| Rejection::Astray(tag.bracket.text.clone(), tag.line));
            reading.rejections.extend(astray);
        }
        if typed.is_foreign && typed.body.counted.is_empty() {
            reading.rejections.extend(asked(&typed.subject).map(Rejection::ForeignSubject));
        }
        reading
    }

    fn add(&mut self, asks: &[Ask]) {
        for ask in asks {
            if !self.asks.contains(ask) {
                self.asks.push(ask.clone());
            }
        }
    }
}

/// The brackets of own words that count.
fn counted(typed: &Typed) -> impl Iterator<Item = &Bracket> {
    typed.body.counted.iter().map(|tag| &tag.bracket)
}

/// The reason that tells of a bracket that is no tag begins so; the bracket follows.
pub const UNKNOWN_BRACKET: &str = "no tag: ";

/// Brackets that an engineer has set apart like tags, and that are none: alone on the first or last line of the words, or at the
/// end of the subject. `ignored` are those that the desk leaves alone.
pub(super) fn unknown(typed: &Typed, subject: &str, ignored: &[String]) -> Vec<SyntaxError> {
    if typed.body.note_at.is_some() || typed.body.is_sent_as_it_is {
        return Vec::new();
    }
    let last = typed.subject.last().filter(|bracket| !typed.is_foreign && subject.trim_end().ends_with(&bracket.text));
    let in_subject = last.filter(|bracket| bracket.answer == Answer::NotMine).into_iter();
    let in_words = typed.body.unknown.iter().map(|tag| &tag.bracket);
    let text = |bracket: &Bracket| bracket.text.trim_matches(['[', ']', ' ']).to_owned();
    let is_ignored = |text: &String| ignored.iter().any(|ignored| ignored.to_lowercase() == text.to_lowercase());
    in_subject
        .chain(in_words)
        .map(text)
        .filter(|text| !is_ignored(text))
        .map(|text| SyntaxError { text, problem: SyntaxErrorKind::UnknownPhrase, nearest: None })
        .collect()
}

fn asked(brackets: &[Bracket]) -> impl Iterator<Item = Ask> + '_ {
    brackets.iter().flat_map(|bracket| bracket.answer.asks()).cloned()
}

/// The asks of a message's tags that a requester may make.
pub(super) fn requester_asks(typed: &Typed) -> Vec<Ask> {
    let brackets = typed.subject.iter().chain(counted(typed));
    brackets.flat_map(|bracket| bracket.answer.clone().from_requester().asks().to_vec()).collect()
}

/// The kind that a message's tag names; `None` without such a tag.
pub(super) fn requester_kind(typed: &Typed) -> Option<Kind> {
    requester_asks(typed).into_iter().find_map(|ask| if let Ask::Kind(kind) = ask { Some(kind) } else { None })
}
