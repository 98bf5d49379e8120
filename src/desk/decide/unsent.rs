//! Tells engineers again of messages of theirs of which nothing was sent, and which wait for their yes or no.

use crate::desk::basis::Basis;
use crate::desk::calendar::local;
use crate::desk::wording;
use crate::model::policy::Engineer;
use crate::model::{Decision, Disposition, Draft, LetterKind, UnsentMessage};

use super::drafts::Drafter;

/// So many questions are asked again one by one; more of them are listed in one letter.
const MOST_ASKED: usize = 3;

/// Decides about what an engineer is told again: each question that they have not answered, with the letter that asked it, and in
/// one letter all that was not explained one by one. Many questions stand in that letter too.
pub fn tell_again(basis: &Basis<'_>, engineer: &Engineer, waiting: &[(UnsentMessage, Option<Draft>)]) -> Decision {
    let writer = Drafter::of_desk(basis);
    let mut decision = Decision::of(Disposition::Done);
    let asked = waiting.iter().filter_map(|(message, letter)| letter.as_ref().map(|letter| (message, letter)));
    let asked: Vec<(&UnsentMessage, &Draft)> = asked.filter(|(_, letter)| !letter.text.is_empty()).collect();
    let are_few = asked.len() <= MOST_ASKED;
    if are_few {
        decision.write(asked.into_iter().map(|(message, letter)| {
            let text = wording::asked_again(letter.language, &letter.text, local(&basis.desk.calendar, message.at));
            Draft { text, grace: 0, ..letter.clone() }
        }));
    }
    let listed = waiting.iter().map(|(message, _)| message).filter(|message| message.letter.is_none() || !are_few);
    let listed: Vec<&UnsentMessage> = listed.collect();
    if !listed.is_empty() {
        let (subject, text) = wording::not_sent_list(&writer.reader(engineer), &listed);
        let letter = writer.for_author(LetterKind::Digest, engineer, subject, text);
        decision.write([writer.not_sent(engineer, letter, None)]);
    }
    decision
}
