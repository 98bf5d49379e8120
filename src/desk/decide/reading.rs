//! What stands in the brackets that an engineer typed.

use crate::desk::news::Rejection;
use crate::desk::understand::Typed;
use crate::model::{Answer, Ask, Bracket, SyntaxError};

/// What stands in its brackets.
#[derive(Default)]
pub(super) struct TagReading {
    pub asks: Vec<Ask>,
    pub errors: Vec<SyntaxError>,
    pub rejections: Vec<Rejection>,
}

impl TagReading {
    /// The asks of subject and first line, each once. Of a subject that somebody else may have written only the first line's
    /// count, and of a first line that was HTML none; where nothing else says what is meant, the engineer is told.
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
