//! Reads the tags that a message's writer typed.

use crate::desk::news::Rejection;
use crate::model::{Answer, Ask, Bracket, Kind, SyntaxError, Typed};

/// The asks of an engineer's tags, and the errors in them.
#[derive(Default)]
pub(super) struct TagReading {
    pub asks: Vec<Ask>,
    pub errors: Vec<SyntaxError>,
    pub rejections: Vec<Rejection>,
}

impl TagReading {
    /// The asks of subject and first line, each once. If somebody else may have written the subject, only the first line
    /// counts; a first line in HTML never does. Where nothing that counts says what is meant, the engineer is told.
    pub(super) fn of(typed: &Typed) -> Self {
        let mut reading = Self::default();
        let subject: &[Bracket] = if typed.is_foreign { &[] } else { &typed.subject };
        let first_line: &[Bracket] = if typed.is_html { &[] } else { &typed.first_line };
        for bracket in subject.iter().chain(first_line) {
            match &bracket.answer {
                Answer::Asks(asks) => reading.add(asks),
                Answer::SyntaxError { asks, errors } => {
                    reading.add(asks);
                    reading.errors.extend(errors.iter().cloned());
                }
                Answer::NotMine | Answer::Reference(..) => {}
            }
        }
        if typed.is_html {
            reading.rejections.extend(asked(&typed.first_line).map(Rejection::InHtml));
        }
        if typed.is_foreign && typed.first_line.is_empty() {
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

fn asked(brackets: &[Bracket]) -> impl Iterator<Item = Ask> + '_ {
    brackets.iter().flat_map(|bracket| bracket.answer.asks()).cloned()
}

/// The asks of a message's tags that a requester may make.
pub(super) fn requester_asks(typed: &Typed) -> Vec<Ask> {
    let first_line = typed.first_line.iter().filter(|_| !typed.is_html);
    let brackets = typed.subject.iter().chain(first_line);
    brackets.flat_map(|bracket| bracket.answer.clone().from_requester().asks().to_vec()).collect()
}

/// The kind that a message's tag names; `None` without such a tag.
pub(super) fn requester_kind(typed: &Typed) -> Option<Kind> {
    requester_asks(typed).into_iter().find_map(|ask| if let Ask::Kind(kind) = ask { Some(kind) } else { None })
}
