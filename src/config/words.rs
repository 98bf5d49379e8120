//! Whether the words of the desks can stand in tags. The grammar of tags is another room's: it comes as an argument.

use super::engineer::EngineerDirectory;
use super::report::Spot;
use super::section::FileReading;
use crate::model::policy::{Desk, PlainWords};
use crate::model::{Ask, Clash, DeskKey, Named, Vocabulary};

/// What other rooms say about words of a desk.
#[derive(Clone, Copy)]
pub struct Grammar {
    /// What speaks against a word for what an ask names, among the words of its desk: `mail::subject::clash`.
    pub clash: fn(&str, &Ask, &Vocabulary) -> Option<Clash>,
    /// What speaks against a phrase for what customers should say with it: `desk::unfit`.
    pub unfit: fn(&str, PlainWords) -> Option<&'static str>,
}

/// A word of a desk.
pub(super) struct DeskWord {
    desk: DeskKey,
    text: String,
    /// What a tag with it asks.
    ask: Ask,
    /// Where it stands.
    spot: Spot,
}

impl DeskWord {
    /// The name of a thing and its further words; none where the desk has no good key, which is reported already.
    pub fn all_of(desk: Option<&DeskKey>, ask: &Ask, name: (String, Spot), further: &[(String, Spot)]) -> Vec<DeskWord> {
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

/// Refuses words that ask something else in a tag, or cannot stand there; and engineers whose names look alike, even at
/// different desks.
pub(super) fn check(
    reading: &mut FileReading<'_>,
    desks: &[Desk],
    mut words: Vec<DeskWord>,
    staff: &EngineerDirectory<'_>,
    grammar: Grammar,
) {
    let mut found: Vec<(Spot, String)> = Vec::new();
    let mut note = |spot: &Spot, text: &str, clash: Option<Clash>| {
        let told = clash.map(|clash| (spot.clone(), problem(text, &clash)));
        // A word that does not do at one desk does not at the next.
        found.extend(told.filter(|told| !found.contains(told)));
    };
    let names = staff.people.iter().map(|p| Named { thing: p.engineer.name.clone(), words: Vec::new() }).collect();
    let everybody = Vocabulary { engineers: names, ..Vocabulary::default() };
    for person in &staff.people {
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
