//! Reads a new request before a person has: its kind, what the desk's keywords tell, and which of the required information it
//! brings.

mod environment;
mod files;
mod kinds;
mod period;
mod required;
#[cfg(test)]
mod tests;
mod text;

use crate::model::policy::{Desk, Rule};
use crate::model::{Kind, Place, Priority, ShortName};
use text::{Text, WordPattern, beginning};

pub use required::{Supplied, brought, required};

/// How many characters of a message are searched for keywords, beside its subject.
const FIRST_WORDS: usize = 2_000;

/// Something that a message tells, with the words that tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evident<T> {
    /// What they tell.
    pub what: T,
    /// The words, as the proof of an event.
    pub proof: String,
}

/// What a message tells about a new request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstLook {
    /// The kind of the request.
    pub kind: Option<Evident<Kind>>,
    /// The priority of the request.
    pub priority: Option<Evident<Priority>>,
    /// The line or team that is to have it.
    pub place: Option<Evident<Place>>,
    /// The engineer who is to have it.
    pub assignee: Option<Evident<ShortName>>,
}

/// Reads a new message by the desk's keywords. `tagged` is the kind that a tag names. The writer's own words for a kind have
/// precedence over keywords.
pub fn first_look(desk: &Desk, tagged: Option<Kind>, subject: &str, words: &str) -> FirstLook {
    let found = found_words(desk, subject, words);
    let of_rules = found.iter().find_map(|(rule, proof)| Some(Evident { what: rule.kind?, proof: proof.clone()? }));
    let named = kinds::named(subject, words, &desk.first_word_kinds)
        .map(|(what, said)| Evident { what, proof: format!("its writer's words «{said}»") });
    let told = named.or(of_rules).filter(|_| tagged.is_none());
    let kind = tagged.or(told.as_ref().map(|seen| seen.what));
    let mut look = by_rules(&found, kind);
    look.kind = told;
    if desk.urgent_problems && kind == Some(Kind::Problem) {
        look.priority = Some(Evident { what: Priority::Critical, proof: PROBLEM.to_owned() });
    }
    look
}

/// The rule by which a problem is critical, as the proof of the event.
pub const PROBLEM: &str = "a problem is urgent at once";

/// The desk's rules in their order, each with a key word of it that the message has, as the proof; `None` where it has none.
fn found_words<'a>(desk: &'a Desk, subject: &str, words: &str) -> Vec<(&'a Rule, Option<String>)> {
    if desk.rules.is_empty() {
        return Vec::new();
    }
    let text = Text::of(&format!("{subject}\n\n{}", beginning(words, FIRST_WORDS)));
    let found = |rule: &Rule| rule.words.iter().find(|word| text.has(&WordPattern::of(word))).cloned();
    desk.rules.iter().map(|rule| (rule, found(rule).map(|word| format!("key word «{word}»")))).collect()
}

/// What the desk's rules tell beside the kind, which is known: of several rules that match by key words or by the kind, the first
/// one that sets a field counts.
fn by_rules(found: &[(&Rule, Option<String>)], kind: Option<Kind>) -> FirstLook {
    let mut look = FirstLook::default();
    for (rule, of_words) in found {
        let of_kind = rule.kind.filter(|of| rule.words.is_empty() && kind == Some(*of)).map(|_| "a rule for its kind");
        if let Some(proof) = of_words.as_deref().or(of_kind) {
            look.add(rule, proof);
        }
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
        first(&mut self.priority, rule.priority.as_ref(), proof);
        first(&mut self.place, rule.place.as_ref(), proof);
        first(&mut self.assignee, rule.assignee.as_ref(), proof);
    }
}
