//! What stands in the brackets that an engineer typed.

use crate::desk::terms::Misfit;
use crate::desk::understand::Typed;
use crate::model::{Answer, Ask, Bracket, Mistake};

/// What stands in its brackets.
#[derive(Default)]
pub(super) struct Reading {
    pub asks: Vec<Ask>,
    pub mistakes: Vec<Mistake>,
    pub misfits: Vec<Misfit>,
}

impl Reading {
    /// The asks of subject and first line, each once. Of a subject that somebody else may have written only the first line's
    /// count, and of a first line that was HTML none; where nothing else says what is meant, the engineer is told.
    pub(super) fn of(typed: &Typed) -> Self {
        let mut reading = Self::default();
        let subject: &[Bracket] = if typed.is_foreign { &[] } else { &typed.subject };
        let first_line: &[Bracket] = if typed.is_html { &[] } else { &typed.first_line };
        for bracket in subject.iter().chain(first_line) {
            match &bracket.answer {
                Answer::Asks(asks) => reading.add(asks),
                Answer::Wrong { asks, mistakes } => {
                    reading.add(asks);
                    reading.mistakes.extend(mistakes.iter().cloned());
                }
                Answer::NotMine | Answer::Reference(..) => {}
            }
        }
        if typed.is_html {
            reading.misfits.extend(asked(&typed.first_line).map(Misfit::InHtml));
        }
        if typed.is_foreign && typed.first_line.is_empty() {
            reading.misfits.extend(asked(&typed.subject).map(Misfit::ForeignSubject));
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
