//! What a participant wants of their request: by a link, by a tag, or in plain words.

use crate::desk::lifecycle::Trigger;
use crate::desk::plain_words::{PlainWords, notice, plain_words};
use crate::desk::wording::without_link_body;
use crate::model::{Answer, Ask, KeyedAsk, Phase, Request, RequesterAsk};

use super::case::Case;
use super::reading::requester_asks;

/// The effect that a participant's message has on the request.
pub(super) struct Wish {
    /// What happens to the request.
    pub trigger: Trigger,
    /// What shows that the participant may ask it.
    pub proof: String,
    /// Why, for the disposition; `None` where nothing is asked.
    pub reason: Option<String>,
}

/// What the key of a link asks, and whether it is still valid; `None` without a key that was made for this request and
/// requester.
pub(super) fn keyed(case: &Case<'_>, request: &Request) -> Option<(RequesterAsk, bool)> {
    let requester = &request.requester()?.email;
    let keys = case.understanding.typed.subject.iter().filter_map(|bracket| match &bracket.answer {
        Answer::Reference(number, Some(KeyedAsk { ask: Ask::Requester(ask), key }))
            if case.basis.facts.thread.leads_to(number, request) =>
        {
            Some((number, *ask, key))
        }
        _ => None,
    });
    keys.take(3).find_map(|(number, ask, key)| {
        let expiry = (case.basis.keys.expiry)(number, requester, ask, key)?;
        Some((ask, expiry > case.basis.now))
    })
}

/// What a participant wants. Asks that end a request need the key of a link or a signed thread; without these they are only
/// words. A link asks by itself: words beside it are words, which may disagree, and end nothing.
pub(super) fn wish(case: &Case<'_>, request: &Request, signed: bool, proof: &str) -> Wish {
    let plain = |trigger, reason| Wish { trigger, proof: proof.to_owned(), reason };
    // A new subject above no words is words, too.
    let words = match (case.understanding.reading.words.trim(), case.new_subject(request)) {
        ("", Some(subject)) if notice(case.incoming, "").is_none() => subject,
        (words, _) => words,
    };
    let key = keyed(case, request);
    let words = key.map_or(words, |(ask, _)| without_link_body(ask, words));
    // Attachments are more to read, and nobody can agree before there is an answer: then the message is words only.
    let has_files = case.incoming.attachments.iter().any(|file| !file.inline);
    let is_empty = (words.is_empty() || case.understanding.is_signature) && !has_files;
    let tag = requester_tag(case);
    match key {
        Some((ask, true)) if is_empty || ask == RequesterAsk::Disagree => {
            let reason = format!("the key of our link asks to {ask}");
            return Wish { trigger: trigger(ask), proof: "key of our link".to_owned(), reason: Some(reason) };
        }
        // Disagreeing needs no key, since it ends nothing.
        Some((ask @ RequesterAsk::Disagree, false)) => return plain(trigger(ask), Some(too_old(ask))),
        Some((ask, false)) if is_empty && tag.is_none() => return plain(Trigger::Thanked, Some(too_old(ask))),
        // A link that was cut off or copied wrongly must not reopen a request.
        None if is_empty && tag.is_none() => {
            return plain(Trigger::Thanked, Some("without words: changes nothing".to_owned()));
        }
        _ => {}
    }
    if let Some(what) = notice(case.incoming, words).filter(|_| tag.is_none()) {
        return plain(Trigger::Thanked, Some(format!("{what}: changes nothing")));
    }
    let said = if has_files { PlainWords::Other } else { said(case, words) };
    if let Some((ask, _)) = key.filter(|_| tag.is_none() && said != PlainWords::Disagree) {
        let reason = format!("words beside the link that asks to {ask}: it ends nothing, engineers are told");
        let trigger = if said == PlainWords::Other { Trigger::Wrote } else { Trigger::Thanked };
        return plain(trigger, Some(reason));
    }
    let is_answered = request.standing.phase == Phase::Completed;
    let (asked, by) = match (tag, said) {
        (Some(ask), _) => (ask, "a tag asks"),
        (None, PlainWords::Confirm) if is_answered => (RequesterAsk::Confirm, "plain words ask"),
        (None, PlainWords::Disagree) => (RequesterAsk::Disagree, "plain words ask"),
        (None, PlainWords::Withdraw) => (RequesterAsk::Withdraw, "plain words ask"),
        (None, PlainWords::Thanks) => {
            return plain(Trigger::Thanked, Some("thanks alone change nothing".to_owned()));
        }
        (None, PlainWords::Assent) if case.basis.facts.answered.is_question => {
            return plain(Trigger::Wrote, Some("the answer to a question".to_owned()));
        }
        (None, PlainWords::Assent) => {
            return plain(
                Trigger::Assented,
                Some("a yes alone answers a question, and changes nothing else".to_owned()),
            );
        }
        (None, PlainWords::Confirm | PlainWords::Other) => return plain(Trigger::Wrote, None),
    };
    let is_shown = signed || matches!(key, Some((_, true)));
    match is_shown || asked == RequesterAsk::Disagree {
        true => plain(trigger(asked), Some(format!("{by} to {asked}"))),
        false => {
            let reason = format!("{by} to {asked}, which needs the key of a link or an answer to our letter");
            plain(Trigger::Thanked, Some(reason))
        }
    }
}

fn too_old(ask: RequesterAsk) -> String {
    format!("the key of our link that asks to {ask} is too old")
}

/// What a requester's tag asks; `None` without such a tag.
fn requester_tag(case: &Case<'_>) -> Option<RequesterAsk> {
    let asks = requester_asks(&case.understanding.typed);
    asks.into_iter().find_map(|ask| if let Ask::Requester(ask) = ask { Some(ask) } else { None })
}

/// The meaning of a message's words, which may call the desk's engineers by name.
fn said(case: &Case<'_>, words: &str) -> PlainWords {
    let desk = case.basis.desk;
    let names: Vec<&str> = desk.engineers.iter().map(|engineer| engineer.full_name.as_str()).collect();
    plain_words(words, &desk.plain_words, &names)
}

fn trigger(ask: RequesterAsk) -> Trigger {
    match ask {
        RequesterAsk::Confirm => Trigger::Agreed,
        RequesterAsk::Disagree => Trigger::Disagreed,
        RequesterAsk::Withdraw => Trigger::Withdrew,
    }
}
