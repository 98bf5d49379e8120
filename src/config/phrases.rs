//! Reads `[desk.KEY.plain_words]`: phrases of the desk's customers that confirm, disagree, withdraw or thank.

use super::report::Spot;
use super::section::Section;
use super::{Grammar, values};
use crate::model::policy::{OwnPhrases, PlainWords};

/// Reads the phrases of a desk; each may have one meaning only.
pub(super) fn read(desk: &mut Section<'_, '_>, grammar: Grammar) -> OwnPhrases {
    let mut section = desk.table("plain_words");
    let mut earlier: Vec<(String, Spot)> = Vec::new();
    let mut phrases = |key, says| {
        let found = section.list(key, |text| fitting(text, says, grammar));
        for (phrase, spot) in &found {
            let folded = phrase.to_lowercase().replace('ё', "е");
            if let Some((_, first)) = earlier.iter().find(|(other, _)| *other == folded) {
                let problem = format!("{phrase:?} is already used at {}; keep one of the two", first.key);
                section.reading().report.error(spot, problem);
            }
            earlier.push((folded, spot.clone()));
        }
        found.into_iter().map(|(phrase, _)| phrase).collect()
    };
    OwnPhrases {
        confirm: phrases("confirm", PlainWords::Confirm),
        disagree: phrases("disagree", PlainWords::Disagree),
        withdraw: phrases("withdraw", PlainWords::Withdraw),
        thanks: phrases("thanks", PlainWords::Thanks),
    }
}

fn fitting(text: &str, says: PlainWords, grammar: Grammar) -> Result<String, String> {
    let phrase = values::line(text)?;
    match (grammar.unfit)(&phrase, says) {
        Some(reason) => Err(format!("{phrase:?} {reason}")),
        None => Ok(phrase),
    }
}
