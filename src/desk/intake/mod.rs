//! What is read in a new request before anybody has: its kind, what the desk's key words tell, and what it brings of what a
//! request should bring.

mod files;
mod kinds;
mod period;
mod required;
mod environment;
#[cfg(test)]
mod tests;
mod text;

use crate::model::policy::{Desk, Rule};
use crate::model::{Kind, Place, Priority, ShortName};
use text::{Phrase, Text, beginning};

pub use required::{Supplied, brought, required};

/// Key words are looked for in the subject and in so many characters of the message.
const FIRST_WORDS: usize = 2_000;

/// Something that words tell, and what shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evident<T> {
    /// What they tell.
    pub what: T,
    /// The words, as an event's proof.
    pub proof: String,
}

/// What words tell of a new request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstLook {
    /// Its kind.
    pub kind: Option<Evident<Kind>>,
    /// Its urgency.
    pub priority: Option<Evident<Priority>>,
    /// The line or team that gets it.
    pub place: Option<Evident<Place>>,
    /// The engineer who gets it.
    pub assignee: Option<Evident<ShortName>>,
}

/// Reads a new message by the desk's key words. `tagged` is the kind that a tag names already; the writer's own words for a
/// kind go before key words.
pub fn first_look(desk: &Desk, tagged: Option<Kind>, subject: &str, words: &str) -> FirstLook {
    let mut look = by_rules(desk, subject, words);
    if let Some((kind, said)) = kinds::named(subject, words) {
        look.kind = Some(Evident { what: kind, proof: format!("its writer's words «{said}»") });
    }
    if tagged.is_some() {
        look.kind = None;
    }
    let kind = tagged.or(look.kind.as_ref().map(|seen| seen.what));
    if desk.urgent_problems && kind == Some(Kind::Problem) {
        look.priority = Some(Evident { what: Priority::Critical, proof: PROBLEM.to_owned() });
    }
    look
}

/// Why a problem is urgent.
pub const PROBLEM: &str = "a problem is urgent at once";

/// The first rule that fits decides each of its points.
fn by_rules(desk: &Desk, subject: &str, words: &str) -> FirstLook {
    let mut look = FirstLook::default();
    if desk.rules.is_empty() {
        return look;
    }
    let text = Text::of(&format!("{subject}\n\n{}", beginning(words, FIRST_WORDS)));
    for rule in &desk.rules {
        let Some(word) = rule.words.iter().find(|word| text.has(&Phrase::of(word))) else { continue };
        look.add(rule, &format!("key word «{word}»"));
    }
    look
}

impl FirstLook {
    fn add(&mut self, rule: &Rule, proof: &str) {
        fn first<T: Clone>(slot: &mut Option<Evident<T>>, what: Option<&T>, proof: &str) {
            if slot.is_none() {
                *slot = what.map(|what| Evident { what: what.clone(), proof: proof.to_owned() });
            }
        }
        first(&mut self.kind, rule.kind.as_ref(), proof);
        first(&mut self.priority, rule.priority.as_ref(), proof);
        first(&mut self.place, rule.place.as_ref(), proof);
        first(&mut self.assignee, rule.assignee.as_ref(), proof);
    }
}
