//! Checks whether the words of desks can be used in tags. The grammar of tags belongs to `mail` and comes as an argument.

use super::engineer::EngineerDirectory;
use super::report::Spot;
use super::section::FileReading;
use crate::model::policy::{Desk, PlainWords};
use crate::model::{Ask, Clash, DeskKey, Named, Vocabulary};

/// Checks of a desk's words, made by other rooms.
#[derive(Clone, Copy)]
pub struct Grammar {
    /// Why a word cannot be used in a tag for this ask, given the desk's other words; None: it can. `mail::subject::clash`.
    pub clash: fn(&str, &Ask, &Vocabulary) -> Option<Clash>,
    /// Why a customers' phrase cannot have this meaning; None: it can. `desk::phrase_fault`.
    pub unfit: fn(&str, PlainWords) -> Option<&'static str>,
}

/// A word that a desk adds to tags.
pub(super) struct DeskWord {
    desk: DeskKey,
    text: String,
    /// What a tag with this word asks.
    ask: Ask,
    /// Where it stands.
    spot: Spot,
}

impl DeskWord {
    /// A name and its further words; empty where the desk's key has a mistake, which has been reported.
    pub fn all_of(
        desk: Option<&DeskKey>,
        ask: &Ask,
        name: (String, Spot),
        further: &[(String, Spot)],
    ) -> Vec<DeskWord> {
        let Some(desk) = desk else { return Vec::new() };
        let word = |(text, spot): &(String, Spot)| DeskWord {
            desk: desk.clone(),
            text: text.clone(),
            ask: ask.clone(),
            spot: spot.clone(),
        };
        std::iter::once(&name).chain(further).map(word).collect()
    }
}

/// Reports words that mean something else in a tag or cannot be used there, and engineers with similar names, even at
/// different desks.
pub(super) fn check(
    reading: &mut FileReading<'_>,
    desks: &[Desk],
    mut words: Vec<DeskWord>,
    directory: &EngineerDirectory<'_>,
    grammar: Grammar,
) {
    let mut found: Vec<(Spot, String)> = Vec::new();
    let mut note = |spot: &Spot, text: &str, clash: Option<Clash>| {
        let told = clash.map(|clash| (spot.clone(), problem(text, &clash)));
        // The same mistake at several desks is reported once.
        found.extend(told.filter(|told| !found.contains(told)));
    };
    let names = directory.present().map(|p| Named { thing: p.engineer.name.clone(), words: Vec::new() }).collect();
    let everybody = Vocabulary { engineers: names, ..Vocabulary::default() };
    for person in directory.present() {
        let name = &person.engineer.name;
        note(&person.spot, name.as_str(), (grammar.clash)(name.as_str(), &Ask::Assign(name.clone()), &everybody));
        for desk in desks.iter().filter(|desk| person.works_at(&desk.key)) {
            let named = (name.to_string(), person.spot.clone());
            words.extend(DeskWord::all_of(Some(&desk.key), &Ask::Assign(name.clone()), named, &person.words));
        }
    }
    let keys: Vec<DeskKey> = desks.iter().map(|desk| desk.key.clone()).collect();
    for desk in desks {
        let vocabulary = desk.vocabulary(keys.clone());
        for word in words.iter().filter(|word| word.desk == desk.key) {
            note(&word.spot, &word.text, (grammar.clash)(&word.text, &word.ask, &vocabulary));
        }
    }
    for (spot, problem) in found {
        reading.report.error(&spot, problem);
    }
}

fn problem(word: &str, clash: &Clash) -> String {
    match clash {
        Clash::Asks(tag, ask) => format!("{word:?} is taken: the tag [{tag}] asks \"{ask}\"; choose another"),
        Clash::Begins => format!("{word:?} is taken: built-in tags begin with it; choose another"),
        Clash::NotUnderstood(tag) => {
            format!("{word:?} does not work: the tag [{tag}] would not be understood; use one to four plain words")
        }
    }
}
