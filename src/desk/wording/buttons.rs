//! The buttons in letters to engineers: what they are called, and what the mails that they open say.

use crate::model::policy::{Desk, Engineer};
use crate::model::{Ask, Block, Bracket, Language, Link, Phase, Place, Request, RequestNumber, ShortName, Status};

use super::super::permission::may_be_button;
use super::labels::{engineer_name, status_label};
use super::suggested_tags::next_place;
use super::text::pick;

/// Up to so many colleagues have a button each to be given the request.
const MOST_COLLEAGUES: usize = 3;

/// What an engineer may do with a request at the press of a button, in the order of the buttons. `present` are those who may be
/// given it.
pub fn buttons(desk: &Desk, request: &Request, reader: &ShortName, present: &[&Engineer]) -> Vec<Ask> {
    if request.standing.phase.is_ended() {
        return vec![Ask::Note];
    }
    let mut asks = Vec::new();
    if request.assignee.as_ref() != Some(reader) {
        asks.push(Ask::Take);
    }
    if request.standing.status != Status::InWork && request.standing.phase != Phase::Completed {
        asks.push(Ask::Status(Status::InWork));
    }
    let is_other = |name: &&ShortName| *name != reader && request.assignee.as_ref() != Some(*name);
    let others: Vec<&ShortName> = present.iter().map(|engineer| &engineer.name).filter(is_other).collect();
    if others.len() <= MOST_COLLEAGUES {
        asks.extend(others.into_iter().cloned().map(Ask::Assign));
    }
    asks.extend(next_place(desk, request).map(Ask::PassOn));
    asks.push(Ask::Note);
    asks.retain(|ask| may_be_button(desk, ask));
    asks
}

/// The button for an ask; `url` makes the address that opens a mail with this text.
pub fn button(
    desk: &Desk,
    language: Language,
    number: &RequestNumber,
    ask: &Ask,
    url: &dyn Fn(&Ask, &str) -> String,
) -> Link {
    Link { label: label(desk, language, ask), url: url(ask, &body(desk, language, number, ask)) }
}

/// Buttons as a block of a letter; `hint` says what they do.
pub(super) fn block(hint: &str, buttons: &[Link]) -> Option<Block> {
    (!buttons.is_empty()).then(|| Block::Buttons(hint.to_owned(), buttons.to_vec()))
}

/// What buttons do, for engineers.
pub(super) fn hint(language: Language) -> &'static str {
    pick(
        language,
        "Кнопка открывает готовое письмо; отправьте его, заявитель о нём не узнает:",
        "A button opens a ready-made e-mail; send it, and the requester will not hear of it:",
    )
}

fn label(desk: &Desk, language: Language, ask: &Ask) -> String {
    match ask {
        Ask::Take => pick(language, "Беру", "Take it").to_owned(),
        Ask::Status(status) => status_label(desk, status, language),
        Ask::Assign(name) => format!("→ {}", engineer_name(desk, name)),
        Ask::PassOn(Place::Line(line)) => pick(language, format!("→ линия {line}"), format!("→ line {line}")),
        Ask::Note => pick(language, "Заметка", "Note").to_owned(),
        other => other.to_string(),
    }
}

/// What the mail that a button opens says.
fn body(desk: &Desk, language: Language, number: &RequestNumber, ask: &Ask) -> String {
    let (ru, en) = match ask {
        Ask::Take => (format!("Беру запрос {number}."), format!("I am taking request {number}.")),
        Ask::Assign(name) => {
            let name = engineer_name(desk, name);
            (format!("Исполнитель запроса {number}: {name}."), format!("Please assign request {number} to {name}."))
        }
        Ask::PassOn(Place::Line(line)) => (
            format!("Передаю запрос {number} на линию {line}."),
            format!("Please pass request {number} to line {line}."),
        ),
        Ask::Note => (
            format!("Заметка к запросу {number}, её увидят только инженеры:"),
            format!("A note for request {number}, for engineers only:"),
        ),
        Ask::Status(status) => {
            let (ru, en) = (status_label(desk, status, Language::Ru), status_label(desk, status, Language::En));
            (format!("Запрос {number}: {ru}."), format!("Request {number}: {en}."))
        }
        other => (format!("{number}: {other}"), format!("{number}: {other}")),
    };
    pick(language, ru, en)
}

/// The words of a mail that one of these brackets, a button's, has opened, without those that it began with: they are ours.
pub fn without_button_body<'w>(desk: &Desk, brackets: &[Bracket], words: &'w str) -> &'w str {
    let Some((number, keyed)) = brackets.iter().find_map(|bracket| bracket.answer.button()) else { return words };
    let words = words.trim();
    let bodies = [Language::Ru, Language::En].map(|language| body(desk, language, number, &keyed.ask));
    let mut rest =
        bodies.iter().map(|body| words.strip_prefix(body.as_str()).or_else(|| words.strip_suffix(body.as_str())));
    rest.find_map(|rest| rest).unwrap_or(words).trim()
}
