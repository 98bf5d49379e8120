//! Messages in an engineer's name without proof: held, asked about once, and released by a proven answer.

use crate::desk::news::Unproven;
use crate::desk::wording;
use crate::model::policy::{Desk, Engineer};
use crate::model::{Answer, Ask, Decision, Disposition, Draft, Effect, HeldMessage, LetterKind, Request, Spam};

use super::case::{Case, kept};
use super::drafts::Drafter;

/// How many questions an engineer gets in 24 hours; of further forged mail in their name they are not told.
const MOST_QUESTIONS: u32 = 10;

/// Holds a message: nothing of it is executed or passed on until its engineer confirms it.
pub(super) fn unproven(
    case: &Case<'_>,
    desk: &Desk,
    engineer: &Engineer,
    why: &Unproven,
    about: Option<&Request>,
) -> Decision {
    if let Some(Spam::Marked(why) | Spam::Blocked(why)) = &case.understanding.spam {
        return kept(Disposition::Ignored, why);
    }
    let name = &engineer.name;
    let mut reasons = vec![format!("names engineer {name} as its sender, {}", in_words(why))];
    let mut effects = Vec::new();
    if case.basis.facts.sender.questions_day < MOST_QUESTIONS {
        reasons.push(format!("held, until {name} answers the question whether they wrote it"));
        effects.push(Effect::Write(question(case, desk, engineer, why)));
    } else {
        reasons.push(format!("held, and not asked about: {name} was asked {MOST_QUESTIONS} times within a day"));
    }
    Decision {
        request: about.map(|request| request.number.clone()),
        reasons,
        effects,
        ..Decision::of(Disposition::Held)
    }
}

fn in_words(why: &Unproven) -> String {
    match why {
        Unproven::NoProof => "without proof".to_owned(),
        Unproven::Expired(at) => format!("with a token that was good until {at}"),
        Unproven::NotYours(signed) => format!("with a token for somebody else or about {}", signed.anchor),
        Unproven::Burnt => "with a token or personal address that is no longer good".to_owned(),
        Unproven::Exposed(to) => format!("with a token or personal address that {to} has seen"),
    }
}

/// The letter that asks whether the engineer wrote the message. It names no request: it is anchored in the message, and begins
/// a thread of its own.
fn question(case: &Case<'_>, desk: &Desk, engineer: &Engineer, why: &Unproven) -> Draft {
    let writer = Drafter::of_desk(&case.basis.at(desk));
    let typed = &case.understanding.typed;
    let brackets = typed.subject.iter().chain(typed.body.counted.iter().map(|tag| &tag.bracket));
    let asks = brackets.filter_map(|bracket| match &bracket.answer {
        Answer::Asks(asks) | Answer::SyntaxError { asks, .. } => Some(asks.clone()),
        Answer::NotMine | Answer::Reference(..) => None,
    });
    let asks: Vec<Ask> = asks.flatten().collect();
    let words = &case.understanding.reading.words;
    let (subject, text) = wording::question(&writer.reader(engineer), why, &case.incoming.subject_raw, &asks, words);
    writer.for_author(LetterKind::Question, engineer, subject, text)
}

/// Decides about the engineer's answer to the question, which the question's token proves. It is a yes if it says yes or
/// nothing at all; anything else is more likely a no, or was written by a robot.
pub(super) fn answered(
    case: &Case<'_>,
    writer: &Drafter<'_>,
    engineer: &Engineer,
    held: Option<&HeldMessage>,
    asks: &[Ask],
    words: &str,
) -> Decision {
    let name = &engineer.name;
    let Some(held) = held else {
        return kept(
            Disposition::Ignored,
            "answers a question about a message that is held no longer, or is not its author's",
        );
    };
    if asks.contains(&Ask::Undo) {
        let reason = format!("{name} did not write message {}, which stays held", held.id);
        let effects = case.understanding.references.signed.iter().cloned().map(Effect::Burn).collect();
        return Decision { effects, ..kept(Disposition::Ignored, &reason) };
    }
    if !is_yes(words) {
        let reason = format!("{name} answers the question about message {}, but not with yes: it stays held", held.id);
        let (subject, text) = wording::still_held(&writer.reader(engineer));
        let letter = writer.for_author(LetterKind::Explanation, engineer, subject, text);
        return Decision { effects: vec![Effect::Write(letter)], ..kept(Disposition::Ignored, &reason) };
    }
    let reason = format!("{name} confirms message {}, which is handled now", held.id);
    Decision { effects: vec![Effect::Release(held.id)], ..kept(Disposition::Ignored, &reason) }
}

/// Words that a yes begins with.
const YES: [&str; 12] =
    ["да", "ага", "подтверждаю", "верно", "мое", "+", "yes", "yep", "ok", "confirm", "confirmed", "ок"];

/// Whether an answer says yes, or nothing at all.
fn is_yes(words: &str) -> bool {
    let words = words.trim().to_lowercase().replace('ё', "е");
    let first = words.split(|c: char| c.is_whitespace() || ",.!;:()".contains(c)).next().unwrap_or_default();
    first.is_empty() && words.is_empty() || YES.contains(&first)
}

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn only_a_yes_is_one() {
        for yes in ["", "  ", "Да", "да.", "Да, это я", "Yes, I wrote this.", "OK", "+", "Моё", "Подтверждаю!"]
        {
            assert!(is_yes(yes), "{yes:?}");
        }
        for other in ["Нет", "no", "Это не я", "Дарья в отпуске", "Ваше обращение принято.", "...", "not me", "?"]
        {
            assert!(!is_yes(other), "{other:?}");
        }
    }
}
