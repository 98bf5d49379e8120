//! Letters to requesters and watchers.

use crate::model::policy::{AfterClose, Desk, Field, TextName};
use crate::model::{Language, Phase, Release, Request, RequestNumber, Status};

use super::super::news::Told;
use super::acknowledgement::of_desk;
use super::labels::status_label;
use super::reminders;
use super::text::{in_quotes, neutral, one_line, readable_date, say};

/// What parts an engineer's words from ours in letters to customers.
const RULE: &str = "———";

/// What can be done about an answer.
const DONE_NEXT: (&str, &str) = (
    "Если всё в порядке, подтвердите это, пожалуйста: ссылкой ниже или ответом «подтверждаю». Если вопрос не решён, \
     ответьте на это письмо и напишите, что осталось.",
    "If all is well, please confirm it: by the link below, or by replying “I confirm”. If it is not solved, reply to this \
     message and tell us what is left.",
);

/// What a question is waiting for.
const NEED_INFO_NEXT: (&str, &str) = (
    "Чтобы мы могли продолжить, пожалуйста, ответьте на это письмо.",
    "To let us go on, please reply to this message.",
);

/// What a letter to a requester or watcher speaks of.
#[derive(Clone, Copy, Debug)]
pub struct ToCustomer<'a> {
    /// The desk that writes.
    pub desk: &'a Desk,
    /// The request as it stands after the change.
    pub request: &'a Request,
    /// The language of the letter.
    pub language: Language,
}

/// An engineer's words as they are, and below them what they change.
pub fn answer(to: &ToCustomer<'_>, words: &str, told: &[Told]) -> String {
    let words = words.trim();
    match paragraph(to, told) {
        _ if words.is_empty() => notice(to, told),
        Some(paragraph) => format!("{words}\n\n{RULE}\n{paragraph}"),
        None => words.to_owned(),
    }
}

/// What has changed, in our own words only.
pub fn notice(to: &ToCustomer<'_>, told: &[Told]) -> String {
    let number = &to.request.number;
    let paragraph = paragraph(to, told).unwrap_or_else(|| match to.language {
        Language::Ru => format!("Это письмо по Вашему запросу {number}. {}", how_to_answer(to)),
        Language::En => format!("This letter is about your request {number}. {}", how_to_answer(to)),
    });
    format!("{}\n\n{paragraph}", say(to.language, "Здравствуйте!", "Hello,"))
}

/// A copy of correspondence, for somebody outside who watches the request.
pub fn copy(to: &ToCustomer<'_>, author: &str, words: &str) -> String {
    let number = &to.request.number;
    let words = words.trim();
    match to.language {
        Language::Ru => format!(
            "Копия переписки по запросу {number}. Пишет {author}:\n\n{words}\n\n{RULE}\n\
             Вы получаете копии, потому что Вас добавили в переписку. Если они Вам не нужны, сообщите об этом ответным \
             письмом."
        ),
        Language::En => format!(
            "A copy of the correspondence about request {number}. {author} writes:\n\n{words}\n\n{RULE}\n\
             You receive these copies because you were added to the correspondence. If you do not need them, please tell us \
             in a reply."
        ),
    }
}

/// The subject of a letter whose thread has none yet. `quoted` is the customer's own subject, only when it may be quoted.
pub fn letter_subject(language: Language, number: &RequestNumber, quoted: Option<&str>) -> String {
    match quoted.filter(|subject| !subject.trim().is_empty()) {
        Some(subject) => format!("[{number}] {subject}"),
        None => format!("[{number}] {}", say(language, "Ваш запрос", "Your request")),
    }
}

/// All that is told, and what its reader may do about the last of it.
fn paragraph(to: &ToCustomer<'_>, told: &[Told]) -> Option<String> {
    let (last, before) = told.split_last()?;
    let own = own_words(to, last);
    let stated = if own.is_some() { before } else { told };
    let mut sentences: Vec<String> = stated.first().map(|told| statement(to, told)).into_iter().collect();
    sentences.extend(stated.iter().skip(1).map(|told| further(to, told)));
    sentences.push(own.unwrap_or_else(|| what_next(to, last)));
    sentences.retain(|sentence| !sentence.is_empty());
    Some(sentences.join(" "))
}

/// What the desk says in its own words where a request comes to stand so, or will close.
fn own_words(to: &ToCustomer<'_>, told: &Told) -> Option<String> {
    let (name, status, day) = match told {
        Told::Stands(status) => (text_name(status)?, shown_label(to, status), String::new()),
        Told::ClosingSoon(day) => (TextName::ClosingSoon, String::new(), readable_date(to.language, *day)),
        _ => return None,
    };
    Some(to.desk.texts.get(name, to.language)?.fill(|field| match field {
        Field::Number => to.request.number.to_string(),
        Field::Subject => neutral(&one_line(&to.request.subject, 200)),
        Field::Status => status.clone(),
        Field::Day => day.clone(),
        field => of_desk(to.desk, field),
    }))
}

/// The text with which a status is told.
fn text_name(status: &Status) -> Option<TextName> {
    match status {
        Status::Done => Some(TextName::Done),
        Status::NeedInfo => Some(TextName::NeedInfo),
        Status::Closed => Some(TextName::Closed),
        _ => None,
    }
}

fn statement(to: &ToCustomer<'_>, told: &Told) -> String {
    let number = &to.request.number;
    let ru = to.language == Language::Ru;
    match told {
        Told::Stands(Status::Duplicate) => statement(to, &Told::SameAs(None)),
        Told::Stands(Status::Confirmed) if ru => {
            format!("Спасибо за подтверждение! {}", stands(to, &Status::Confirmed))
        }
        Told::Stands(Status::Confirmed) => format!("Thank you for confirming. {}", stands(to, &Status::Confirmed)),
        Told::Stands(status) => stands(to, status),
        Told::SameAs(Some(other)) if ru => {
            format!("Запрос {number} закрыт: по этому вопросу у Вас уже есть запрос {other}, ответим Вам по нему.")
        }
        Told::SameAs(Some(other)) => {
            format!(
                "Request {number} is closed: you already have request {other} about the same matter, and we will answer there."
            )
        }
        Told::SameAs(None) if ru => {
            format!("Запрос {number} закрыт: этот вопрос нам уже известен, мы занимаемся им отдельно.")
        }
        Told::SameAs(None) => {
            format!("Request {number} is closed: we know about this matter already and deal with it separately.")
        }
        Told::Reopened if ru => format!("Запрос {number} снова открыт, мы продолжаем им заниматься."),
        Told::Reopened => format!("Request {number} is open again, and we go on with it."),
        Told::Corrected(status) if ru => {
            format!("В нашем предыдущем письме была ошибка, приносим извинения. {}", stands(to, status))
        }
        Told::Corrected(status) => {
            format!("There was a mistake in our last letter, please excuse us. {}", stands(to, status))
        }
        Told::ClosingSoon(day) => closing_soon(to.language, &number.to_string(), &readable_date(to.language, *day)),
        Told::ClosedBySilence(day) => reminders::closed_by_silence(to.language, number, *day),
        Told::MovedTo(other) if ru => {
            format!("Запрос {number} передан другой нашей службе. Его новый номер: {other}.")
        }
        Told::MovedTo(other) => {
            format!("Request {number} was passed on to another of our desks. Its new number is {other}.")
        }
        Told::Released(version) if ru => {
            format!("Вышла версия {}, в неё вошло изменение по Вашему запросу {number}.", version.as_str())
        }
        Told::Released(version) => {
            format!("Version {} is out, with the change for your request {number}.", version.as_str())
        }
        Told::Rescheduled(release) => rescheduled(to, release),
    }
}

/// What is told after the number was named.
fn further(to: &ToCustomer<'_>, told: &Told) -> String {
    match told {
        Told::Stands(status) if *status != Status::Duplicate => {
            let label = shown_label(to, status);
            say(to.language, format!("Его статус: {label}."), format!("Its status is {label}."))
        }
        told => statement(to, told),
    }
}

fn stands(to: &ToCustomer<'_>, status: &Status) -> String {
    stands_as(to.language, &to.request.number.to_string(), &shown_label(to, status))
}

fn stands_as(language: Language, number: &str, label: &str) -> String {
    say(language, format!("Запрос {number}: {label}."), format!("Request {number}: {label}."))
}

/// That an answered request will close by itself.
pub(super) fn closing_soon(language: Language, number: &str, day: &str) -> String {
    say(
        language,
        format!(
            "Мы ответили на Ваш запрос {number} и ждём подтверждения. Если ответа не будет, {day} запрос закроется сам. Если \
             вопрос не решён, ответьте на это письмо и напишите, что осталось."
        ),
        format!(
            "We have answered your request {number} and are waiting for you to confirm. Without a reply it will close by \
             itself on {day}. If it is not solved, reply to this message and tell us what is left."
        ),
    )
}

/// What is said where a request comes to stand so and the desk has no words of its own: a template for such words.
pub(super) fn default_words(desk: &Desk, language: Language, status: &Status) -> Option<String> {
    let next = match text_name(status)? {
        TextName::Done => say(language, DONE_NEXT.0, DONE_NEXT.1),
        TextName::NeedInfo => say(language, NEED_INFO_NEXT.0, NEED_INFO_NEXT.1),
        _ => after_closing(desk, language),
    };
    Some(format!("{} {next}", stands_as(language, "{number}", "{status}")))
}

/// A status's label in quotation marks. Nobody is told that he was taken for a spammer.
fn shown_label(to: &ToCustomer<'_>, status: &Status) -> String {
    let shown = if *status == Status::Spam { &Status::Closed } else { status };
    in_quotes(to.language, &status_label(to.desk, shown, to.language))
}

fn what_next(to: &ToCustomer<'_>, told: &Told) -> String {
    match told {
        Told::SameAs(Some(_)) => String::new(),
        Told::Stands(Status::Duplicate) | Told::SameAs(None) => after_closing(to.desk, to.language).to_owned(),
        Told::Stands(status) | Told::Corrected(status) => after_standing(to, status),
        Told::Reopened => we_will_write(to),
        Told::ClosingSoon(_) => String::new(),
        Told::ClosedBySilence(_) => after_closing(to.desk, to.language).to_owned(),
        Told::MovedTo(_) => say(
            to.language,
            "На письма с прежним номером отвечать тоже можно: они попадут туда же.",
            "You may go on replying to letters with the old number: they will arrive there too.",
        )
        .to_owned(),
        Told::Released(_) => after_standing(to, &Status::Done),
        Told::Rescheduled(_) => String::new(),
    }
}

fn rescheduled(to: &ToCustomer<'_>, release: &Release) -> String {
    let (number, version) = (&to.request.number, release.version.as_str());
    match release.date.map(|day| readable_date(to.language, day)) {
        Some(day) => say(
            to.language,
            format!("По запросу {number}: выход версии {version} теперь намечен на {day}."),
            format!("About request {number}: version {version} is now expected on {day}."),
        ),
        None => say(
            to.language,
            format!("По запросу {number}: день выхода версии {version} пока не назначен."),
            format!("About request {number}: the day of version {version} is not set yet."),
        ),
    }
}

fn after_standing(to: &ToCustomer<'_>, status: &Status) -> String {
    let (ru, en) = match (to.desk.standing(status).phase, status) {
        (Phase::New | Phase::Open, _) => return we_will_write(to),
        (Phase::Waiting, Status::NeedInfo) => NEED_INFO_NEXT,
        (Phase::Waiting, _) => {
            ("Мы напишем Вам, когда что-то изменится.", "We will write to you as soon as something changes.")
        }
        (Phase::Planned, _) => return planned(to),
        (Phase::Completed, Status::Declined) => {
            ("Если Вы не согласны, ответьте на это письмо.", "If you do not agree, please reply to this message.")
        }
        (Phase::Completed, _) => DONE_NEXT,
        (Phase::Closed, _) => after_closing_both(to.desk),
    };
    say(to.language, ru, en).to_owned()
}

fn planned(to: &ToCustomer<'_>) -> String {
    let language = to.language;
    let Some(release) = &to.request.release else {
        let (ru, en) = ("Мы приняли его в план разработки.", "We have accepted it into our development plan.");
        return say(language, ru, en).to_owned();
    };
    let version = release.version.as_str();
    match release.date.map(|day| readable_date(language, day)) {
        Some(day) => say(
            language,
            format!("Изменение войдёт в версию {version}, её выход намечен на {day}."),
            format!("It will come with version {version}, expected on {day}."),
        ),
        None => say(
            language,
            format!("Изменение войдёт в версию {version}."),
            format!("It will come with version {version}."),
        ),
    }
}

fn we_will_write(to: &ToCustomer<'_>) -> String {
    say(to.language, "О результате мы Вам напишем.", "We will write to you about the result.").to_owned()
}

fn after_closing(desk: &Desk, language: Language) -> &'static str {
    let (ru, en) = after_closing_both(desk);
    say(language, ru, en)
}

fn after_closing_both(desk: &Desk) -> (&'static str, &'static str) {
    match desk.after_close {
        AfterClose::Reopen => (
            "Если понадобится вернуться к вопросу, ответьте на это письмо.",
            "Should you need to come back to it, just reply to this message.",
        ),
        AfterClose::OpenNew => (
            "Если появится новый вопрос, ответьте на это письмо: мы откроем новый запрос.",
            "Should there be anything else, just reply to this message: we will open a new request.",
        ),
    }
}

fn how_to_answer(to: &ToCustomer<'_>) -> &'static str {
    say(to.language, "Чтобы написать нам, просто ответьте на него.", "To write to us, just reply to it.")
}
