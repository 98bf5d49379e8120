//! Messages in an engineer's name without proof: held, asked about once, and released by a proven answer.

use crate::desk::execute::is_internal;
use crate::desk::news::Unproven;
use crate::desk::plain_words::Confirmation;
use crate::desk::wording;
use crate::model::policy::{Desk, Engineer};
use crate::model::{
    Actor, Answer, Ask, Decision, Disposition, Draft, Effect, HeldMessage, LetterKind, Request, Spam, Tally, TallyKind,
};

use super::case::{Case, kept};
use super::drafts::Drafter;
use super::engineer_message::EngineerMessage;

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
        effects.push(Effect::Write(question(case, desk, engineer, why, about)));
    } else {
        reasons.push(format!("held, and not asked about: {name} was asked {MOST_QUESTIONS} times within a day"));
        effects.push(Effect::Count(Tally { kind: TallyKind::Unasked, key: String::new(), at: case.basis.now }));
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
        Unproven::NotYours(anchor) => format!("with a token for somebody else or about {anchor}"),
        Unproven::Burnt => "with a token or personal address that is no longer good".to_owned(),
        Unproven::Exposed(to) => format!("with a token or personal address that {to} has seen"),
    }
}

/// The letter that asks whether the engineer wrote the message. It names no request: it is anchored in the message, and begins
/// a thread of its own.
fn question(case: &Case<'_>, desk: &Desk, engineer: &Engineer, why: &Unproven, about: Option<&Request>) -> Draft {
    let writer = Drafter::of_desk(&case.basis.at(desk));
    let typed = &case.understanding.typed;
    let brackets = typed.subject.iter().chain(typed.body.counted.iter().map(|tag| &tag.bracket));
    let asks = brackets.flat_map(|bracket| match &bracket.answer {
        Answer::Asks(asks) | Answer::SyntaxError { asks, .. } => asks.clone(),
        answer => answer.button().map(|(_, keyed)| keyed.ask.clone()).into_iter().collect(),
    });
    let asks: Vec<Ask> = asks.collect();
    let words = &case.understanding.reading.words;
    let message = wording::UnprovenMessage { why, subject: &case.incoming.subject_raw, asks: &asks, words };
    let mut goes = wording::where_it_goes(&writer.reader(engineer), about, is_internal(desk, &asks));
    if let Some(request) = about.filter(|_| !is_internal(desk, &asks)) {
        let (actor, proof) = (Actor::Engineer(engineer.name.clone()), "none");
        let message = EngineerMessage { case, basis: case.basis.at(desk).by(&actor, proof), engineer, about };
        goes = [goes, message.goes_elsewhere(request, &asks)].join("\n\n").trim_end().to_owned();
    }
    let is_last = case.basis.facts.sender.questions_day + 1 == MOST_QUESTIONS;
    let (subject, text) = wording::question(&writer.reader(engineer), &message, &goes, is_last);
    let letter = writer.for_author(LetterKind::Question, engineer, subject, text);
    let letter = writer.not_sent(engineer, letter, about.map(|request| &request.number));
    Draft { asks_about: Some(case.received), ..letter }
}

/// Decides about the engineer's answer to the question, which the question's token proves. Only a yes releases the message; a no
/// drops it, and all else leaves it held.
pub(super) fn answered(
    case: &Case<'_>,
    writer: &Drafter<'_>,
    engineer: &Engineer,
    held: Option<&HeldMessage>,
    said: Confirmation,
) -> Decision {
    let name = &engineer.name;
    let Some(held) = held else {
        return kept(
            Disposition::Ignored,
            "answers a question about a message that is held no longer, or is not its author's",
        );
    };
    match said {
        Confirmation::Yes => {
            let reason = format!("{name} confirms message {}, which is handled now", held.id);
            Decision { effects: vec![Effect::Release(held.id)], ..kept(Disposition::Ignored, &reason) }
        }
        Confirmation::No => {
            let reason = format!("{name} did not write message {}, which is dropped", held.id);
            let burnt = case.understanding.references.signed.iter().cloned().map(Effect::Burn);
            let effects = burnt.chain([Effect::Settle(held.id)]).collect();
            Decision { effects, ..kept(Disposition::Ignored, &reason) }
        }
        Confirmation::Empty | Confirmation::Doubtful | Confirmation::Other => {
            let reason =
                format!("{name} answers the question about message {}, but not with yes: it stays held", held.id);
            let mut decision = kept(Disposition::Ignored, &reason);
            // A robot that answers each question falls silent.
            if case.basis.facts.sender.questions_day < MOST_QUESTIONS {
                let (subject, text) = wording::still_held(&writer.reader(engineer));
                let letter = writer.for_author(LetterKind::Question, engineer, subject, text);
                decision.write([Draft { asks_about: Some(held.id), ..letter }]);
            }
            decision
        }
    }
}
