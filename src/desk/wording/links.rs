//! The links in e-mails to requesters: confirm, disagree, withdraw.

use crate::model::policy::AfterClose;
use crate::model::{Language, Link, Phase, RequesterAsk, Status};

use super::customer::ToCustomer;
use super::text::pick;

/// The links that fit the request's status; `url` makes the address of each, which opens a mail with this
/// text.
///
/// On a closed request the only link is to disagree, and only where the desk reopens closed requests; none where it was
/// closed as withdrawn, spam, duplicate or transferred.
pub fn links(to: &ToCustomer<'_>, url: &dyn Fn(RequesterAsk, &str) -> String) -> Vec<Link> {
    let standing = &to.request.standing;
    let asks: &[RequesterAsk] = match (standing.phase, &standing.status) {
        (Phase::Completed, _) => &[RequesterAsk::Confirm, RequesterAsk::Disagree],
        // Whoever is asked something shall answer.
        (Phase::Waiting, Status::NeedInfo) => &[],
        (Phase::New | Phase::Open | Phase::Waiting | Phase::Planned, _) => &[RequesterAsk::Withdraw],
        (Phase::Closed, Status::Withdrawn | Status::Spam | Status::Duplicate | Status::Transferred) => &[],
        (Phase::Closed, _) => match to.desk.after_close {
            AfterClose::Reopen => &[RequesterAsk::Disagree],
            AfterClose::OpenNew => &[],
        },
    };
    asks.iter()
        .map(|ask| Link { label: label(to, *ask).to_owned(), url: url(*ask, body(to.language, *ask, is_declined(to))) })
        .collect()
}

/// The text of a letter with a line above its links that says what they do.
pub fn with_hint_at_links(to: &ToCustomer<'_>, text: String, links: &[Link]) -> String {
    let hint = match links.len() {
        0 => return text,
        1 => pick(
            to.language,
            "Кнопка ниже открывает готовое письмо. Отправьте его: без этого ничего не произойдёт.",
            "The button below opens a ready-made e-mail. Please send it: nothing happens before that.",
        ),
        _ => pick(
            to.language,
            "Каждая кнопка ниже открывает готовое письмо. Отправьте его: без этого ничего не произойдёт.",
            "Each button below opens a ready-made e-mail. Please send it: nothing happens before that.",
        ),
    };
    format!("{text}\n\n{hint}")
}

fn is_declined(to: &ToCustomer<'_>) -> bool {
    to.request.standing.status == Status::Declined
}

/// What the mail that a link opens says.
fn body(language: Language, ask: RequesterAsk, declined: bool) -> &'static str {
    let (ru, en) = match ask {
        RequesterAsk::Confirm if declined => {
            ("Принимаю ответ, запрос можно закрыть.", "I accept the answer; the request can be closed.")
        }
        RequesterAsk::Disagree if declined => ("Ответ меня не устраивает.", "I disagree with the answer."),
        RequesterAsk::Confirm => ("Подтверждаю: вопрос решён.", "I confirm: the issue is resolved."),
        RequesterAsk::Disagree => ("Вопрос не решён.", "The issue is not resolved."),
        RequesterAsk::Withdraw => ("Отзываю запрос.", "I withdraw the request."),
    };
    pick(language, ru, en)
}

/// The words of a mail that a link with this ask has opened, without those that it began with: they are ours.
pub fn without_link_body(ask: RequesterAsk, words: &str) -> &str {
    let languages = [Language::Ru, Language::En];
    let mut bodies = languages.iter().flat_map(|language| [true, false].map(|declined| body(*language, ask, declined)));
    let words = words.trim();
    bodies.find_map(|body| words.strip_prefix(body).or_else(|| words.strip_suffix(body))).unwrap_or(words).trim()
}

fn label(to: &ToCustomer<'_>, ask: RequesterAsk) -> &'static str {
    let declined = is_declined(to);
    let (ru, en) = match ask {
        RequesterAsk::Confirm if declined => {
            ("Принять ответ и закрыть запрос", "Accept the answer and close the request")
        }
        RequesterAsk::Disagree if declined => ("Не согласиться с ответом", "Disagree with the answer"),
        RequesterAsk::Confirm => ("Подтвердить, что вопрос решён", "Confirm that the issue is resolved"),
        RequesterAsk::Disagree => ("Вопрос не решён", "The issue is not resolved"),
        RequesterAsk::Withdraw => ("Отозвать запрос", "Withdraw the request"),
    };
    pick(to.language, ru, en)
}
