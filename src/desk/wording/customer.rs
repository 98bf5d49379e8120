//! The texts of e-mails to requesters and watchers: answers, notices of a change, and copies.

use jiff::civil::Date;

use crate::model::policy::{AfterClose, Desk, Engineer, Field, TextName};
use crate::model::{Language, Phase, Release, Request, RequestNumber, Status};

use super::super::news::Told;
use super::acknowledgement::of_desk;
use super::labels::status_label;
use super::reminders;
use super::signature::{customers_name, signed};
use super::text::{in_quotation_marks, one_line, pick, readable_date, with_round_brackets};

/// The line between an engineer's words and ours, in e-mails to customers.
const RULE: &str = "———";

/// What the requester of an answered request is asked to do, in Russian and English.
const DONE_NEXT: (&str, &str) = (
    "Всё получилось? Подтвердите это, пожалуйста, кнопкой ниже или ответом «подтверждаю». Если вопрос не решён, ответьте на это \
     письмо и напишите, что осталось сделать.",
    "Is the issue resolved? Then please confirm it with the button below, or reply “I confirm”. If it is not, just reply to this \
     e-mail and tell us what is still wrong.",
);

/// What a requester who is asked something is to do, in Russian and English.
const NEED_INFO_NEXT: (&str, &str) = (
    "Ждём Ваших сведений: просто ответьте на это письмо, и мы продолжим.",
    "We are waiting for your answer: just reply to this e-mail, and we will carry on.",
);

/// What the text of an e-mail to a requester or watcher is made from.
#[derive(Clone, Copy, Debug)]
pub struct ToCustomer<'a> {
    /// The desk that sends it.
    pub desk: &'a Desk,
    /// The request after the change.
    pub request: &'a Request,
    /// The language of the text.
    pub language: Language,
    /// The engineer whose words it brings; `None` where it brings none.
    pub by: Option<&'a Engineer>,
    /// The day on which silence closes the request once it is answered; `None` where nothing closes by itself.
    pub closes_on: Option<Date>,
}

impl<'a> ToCustomer<'a> {
    /// A letter about a request, in its language, that brings nobody's words.
    pub fn about(desk: &'a Desk, request: &'a Request) -> Self {
        Self { desk, request, language: request.language, by: None, closes_on: None }
    }
}

/// The text of an answer: the engineer's words unchanged and signed, below them the changes in `told`; a [`notice`] if `words` is
/// empty.
pub fn answer(to: &ToCustomer<'_>, words: &str, told: &[Told]) -> String {
    let words = signed(to.language, words, to.by);
    match changes_paragraph(to, told) {
        _ if words.is_empty() => notice(to, told),
        Some(paragraph) => format!("{words}\n\n{RULE}\n{paragraph}"),
        None => words,
    }
}

/// The text of a notice: the changes in `told`, in our own words only; without any, how to write to us.
pub fn notice(to: &ToCustomer<'_>, told: &[Told]) -> String {
    let number = &to.request.number;
    let paragraph = changes_paragraph(to, told).unwrap_or_else(|| match to.language {
        Language::Ru => format!("Это письмо по Вашему запросу {number}. {}", how_to_answer(to)),
        Language::En => format!("This e-mail is about your request {number}. {}", how_to_answer(to)),
    });
    format!("{}\n\n{paragraph}", pick(to.language, "Здравствуйте!", "Hello,"))
}

/// The text of a copy of correspondence, for a watcher who is no engineer of the desk.
pub fn copy(to: &ToCustomer<'_>, author: &str, words: &str) -> String {
    let number = &to.request.number;
    let words = signed(to.language, words, to.by);
    match to.language {
        Language::Ru => format!(
            "Копия переписки по запросу {number}. Пишет {author}:\n\n{words}\n\n{RULE}\n\
             Вы получаете копии, потому что Вас добавили в переписку. Если они Вам не нужны, сообщите об этом ответным \
             письмом."
        ),
        Language::En => format!(
            "This is a copy of the correspondence about request {number}. {author} writes:\n\n{words}\n\n{RULE}\n\
             You receive these copies because you were added to the correspondence. If you do not need them, please reply \
             to this e-mail and let us know."
        ),
    }
}

/// The subject of the first e-mail of a thread: an answer to the customer's own. `quoted` is the customer's own subject; `None`
/// where it must not be quoted.
pub fn letter_subject(language: Language, number: &RequestNumber, quoted: Option<&str>) -> String {
    match quoted.filter(|subject| !subject.trim().is_empty()) {
        Some(subject) => format!("Re: {subject} [{number}]"),
        None => format!("[{number}] {}", pick(language, "Ваш запрос", "Your request")),
    }
}

/// A sentence for each change, and for the last of them what the reader can do next; `None` if nothing is told.
fn changes_paragraph(to: &ToCustomer<'_>, told: &[Told]) -> Option<String> {
    let (last, before) = told.split_last()?;
    let own = desk_text(to, last);
    let stated = if own.is_some() { before } else { told };
    let mut sentences: Vec<String> = stated.first().map(|told| statement(to, told)).into_iter().collect();
    sentences.extend(stated.iter().skip(1).map(|told| further_statement(to, told)));
    sentences.push(own.unwrap_or_else(|| next_step(to, last)));
    sentences.retain(|sentence| !sentence.is_empty());
    Some(sentences.join(" "))
}

/// The desk's own text for a status or for the coming closing; `None` where the operator has configured none.
fn desk_text(to: &ToCustomer<'_>, told: &Told) -> Option<String> {
    let (name, status, day) = match told {
        Told::Stands(status) => (text_name(status)?, shown_label(to, status), String::new()),
        Told::ClosingSoon(day) => (TextName::ClosingSoon, String::new(), readable_date(to.language, *day)),
        _ => return None,
    };
    Some(to.desk.texts.get(name, to.language)?.fill(|field| match field {
        Field::Number => to.request.number.to_string(),
        Field::Subject => with_round_brackets(&one_line(&to.request.subject, 200)),
        Field::Status => status.clone(),
        Field::Day if day.is_empty() => to.closes_on.map(|day| readable_date(to.language, day)).unwrap_or_default(),
        Field::Day => day.clone(),
        Field::Engineer => customers_name(to.desk, to.language, to.by),
        field => of_desk(to.desk, to.language, field),
    }))
}

/// The configurable text that announces a status; `None` where there is none for it.
fn text_name(status: &Status) -> Option<TextName> {
    match status {
        Status::Done => Some(TextName::Done),
        Status::NeedInfo => Some(TextName::NeedInfo),
        Status::Closed => Some(TextName::Closed),
        _ => None,
    }
}

/// The sentence that says what has changed, naming the request.
fn statement(to: &ToCustomer<'_>, told: &Told) -> String {
    let number = &to.request.number;
    let ru = to.language == Language::Ru;
    match told {
        Told::Stands(Status::Duplicate) => statement(to, &Told::SameAs(None)),
        Told::Stands(Status::Confirmed) if ru => {
            format!("Спасибо за подтверждение! {}", status_sentence(to, &Status::Confirmed))
        }
        Told::Stands(Status::Confirmed) => {
            format!("Thank you for confirming. {}", status_sentence(to, &Status::Confirmed))
        }
        Told::Stands(status) => status_sentence(to, status),
        Told::SameAs(Some(other)) if ru => {
            format!("Запрос {number} закрыт: по этому вопросу у Вас уже есть запрос {other}, мы ответим Вам по нему.")
        }
        Told::SameAs(Some(other)) => {
            format!(
                "Request {number} is closed: you already have request {other} about the same issue, and we will answer you \
                 there."
            )
        }
        Told::SameAs(None) if ru => {
            format!("Запрос {number} закрыт: этот вопрос нам уже известен, мы занимаемся им отдельно.")
        }
        Told::SameAs(None) => {
            format!(
                "Request {number} is closed: we are already aware of this issue and are dealing with it separately."
            )
        }
        Told::Reopened if ru => format!("Запрос {number} снова открыт, мы продолжаем над ним работать."),
        Told::Reopened => format!("Request {number} is open again, and we are continuing to work on it."),
        Told::Corrected(status) if ru => {
            format!("В нашем предыдущем письме была ошибка, приносим извинения. {}", status_sentence(to, status))
        }
        Told::Corrected(status) => {
            format!(
                "There was a mistake in our previous e-mail, for which we apologise. {}",
                status_sentence(to, status)
            )
        }
        Told::ClosingSoon(day) => closing_soon(to.language, &number.to_string(), &readable_date(to.language, *day)),
        Told::ClosedBySilence(day) => reminders::closed_by_silence(to.language, number, *day),
        Told::MovedTo(other) if ru => {
            format!("Запрос {number} передан другой нашей службе. Его новый номер: {other}.")
        }
        Told::MovedTo(other) => {
            format!("Request {number} has been transferred to another of our service desks. Its new number is {other}.")
        }
        Told::SplitFrom(other) if ru => {
            format!(
                "Ваше сообщение по запросу {other} стало отдельным запросом {number}. Пишите о нём, пожалуйста, в ответ на это письмо."
            )
        }
        Told::SplitFrom(other) => {
            format!(
                "Your message about request {other} is now a request of its own, {number}. Please write about it in reply to this e-mail."
            )
        }
        Told::LinkUsed => reminders::link_used(to.language, number),
        Told::Released(version) if ru => {
            format!("Вышла версия {}, в неё вошло изменение по Вашему запросу {number}.", version.as_str())
        }
        Told::Released(version) => {
            format!("Version {} has been released. It includes the change for your request {number}.", version.as_str())
        }
        Told::Rescheduled(release) => rescheduled(to, release),
    }
}

/// The sentence for a further change, after another has named the request.
fn further_statement(to: &ToCustomer<'_>, told: &Told) -> String {
    match told {
        Told::Stands(status) if *status != Status::Duplicate => {
            let label = shown_label(to, status);
            pick(to.language, format!("Его статус: {label}."), format!("Its status is {label}."))
        }
        told => statement(to, told),
    }
}

fn status_sentence(to: &ToCustomer<'_>, status: &Status) -> String {
    status_sentence_of(to.language, &to.request.number.to_string(), &shown_label(to, status))
}

fn status_sentence_of(language: Language, number: &str, label: &str) -> String {
    pick(language, format!("Запрос {number}: {label}."), format!("Request {number}: {label}."))
}

/// That an answered request will be closed automatically on this day.
pub(super) fn closing_soon(language: Language, number: &str, day: &str) -> String {
    pick(
        language,
        format!(
            "Мы ответили на Ваш запрос {number} и ждём подтверждения. Если ответа не будет, {day} запрос закроется \
             автоматически. Если вопрос не решён, ответьте на это письмо и напишите, что осталось сделать."
        ),
        format!(
            "We have answered your request {number} and are waiting for your confirmation. If we do not hear from you, the \
             request will be closed automatically on {day}. If the issue is not resolved, reply to this e-mail and tell us \
             what is still wrong."
        ),
    )
}

/// The built-in text that announces a status, as a template with `{number}` and `{status}`; `None` where the status has no
/// configurable text.
pub(super) fn default_status_text(desk: &Desk, language: Language, status: &Status) -> Option<String> {
    let next = match text_name(status)? {
        TextName::Done => pick(language, DONE_NEXT.0, DONE_NEXT.1),
        TextName::NeedInfo => pick(language, NEED_INFO_NEXT.0, NEED_INFO_NEXT.1),
        _ => after_closing(desk, language),
    };
    Some(format!("{} {next}", status_sentence_of(language, "{number}", "{status}")))
}

/// A status's label in quotation marks. “Closed as spam” is shown as “Closed”: nobody is told that they were taken for a
/// spammer.
fn shown_label(to: &ToCustomer<'_>, status: &Status) -> String {
    let shown = if *status == Status::Spam { &Status::Closed } else { status };
    in_quotation_marks(to.language, &status_label(to.desk, shown, to.language))
}

/// What the reader can do after a change; empty where there is nothing to do.
fn next_step(to: &ToCustomer<'_>, told: &Told) -> String {
    match told {
        Told::SameAs(Some(_)) => String::new(),
        Told::Stands(Status::Duplicate) | Told::SameAs(None) => after_closing(to.desk, to.language).to_owned(),
        Told::Stands(status) | Told::Corrected(status) => next_step_for_status(to, status),
        Told::Reopened => we_will_write(to),
        Told::ClosingSoon(_) | Told::SplitFrom(_) | Told::LinkUsed => String::new(),
        Told::ClosedBySilence(_) => after_closing(to.desk, to.language).to_owned(),
        Told::MovedTo(_) => pick(
            to.language,
            "На письма с прежним номером тоже можно отвечать: ответы попадут в новую службу.",
            "You can still reply to e-mails with the old number: your replies will reach the new desk.",
        )
        .to_owned(),
        Told::Released(_) => next_step_for_status(to, &Status::Done),
        Told::Rescheduled(_) => String::new(),
    }
}

fn rescheduled(to: &ToCustomer<'_>, release: &Release) -> String {
    let (number, version) = (&to.request.number, release.version.as_str());
    match release.date.map(|day| readable_date(to.language, day)) {
        Some(day) => pick(
            to.language,
            format!("По запросу {number}: выход версии {version} теперь намечен на {day}."),
            format!("Request {number}: the release of version {version} is now planned for {day}."),
        ),
        None => pick(
            to.language,
            format!("По запросу {number}: дата выхода версии {version} пока не назначена."),
            format!("Request {number}: the release date of version {version} has not been set yet."),
        ),
    }
}

fn next_step_for_status(to: &ToCustomer<'_>, status: &Status) -> String {
    let (ru, en) = match (to.desk.standing(status).phase, status) {
        (Phase::New | Phase::Open, _) => return we_will_write(to),
        (Phase::Waiting, Status::NeedInfo) => NEED_INFO_NEXT,
        (Phase::Waiting, _) => {
            ("Мы напишем Вам, как только что-то изменится.", "We will let you know as soon as there is news.")
        }
        (Phase::Planned, _) => return planned(to),
        (Phase::Completed, Status::Declined) => (
            "Если Вы не согласны, ответьте на это письмо и напишите почему.",
            "If you disagree, please reply to this e-mail and tell us why.",
        ),
        (Phase::Completed, _) => return done_next(to),
        (Phase::Closed, _) => after_closing_both(to.desk),
    };
    pick(to.language, ru, en).to_owned()
}

/// What the requester of an answered request can do, and until when silence closes it.
fn done_next(to: &ToCustomer<'_>) -> String {
    let next = pick(to.language, DONE_NEXT.0, DONE_NEXT.1);
    let Some(day) = to.closes_on.map(|day| readable_date(to.language, day)) else { return next.to_owned() };
    let closes = pick(
        to.language,
        format!("Если до {day} ответа не будет, мы закроем запрос."),
        format!("If we hear nothing by {day}, we will close the request."),
    );
    format!("{next} {closes}")
}

fn planned(to: &ToCustomer<'_>) -> String {
    let language = to.language;
    let Some(release) = &to.request.release else {
        let (ru, en) = ("Мы включили его в план разработки.", "We have added it to our development plan.");
        return pick(language, ru, en).to_owned();
    };
    let version = release.version.as_str();
    match release.date.map(|day| readable_date(language, day)) {
        Some(day) => pick(
            language,
            format!("Изменение войдёт в версию {version}, её выход намечен на {day}."),
            format!("The change will be included in version {version}, which is planned for {day}."),
        ),
        None => pick(
            language,
            format!("Изменение войдёт в версию {version}."),
            format!("The change will be included in version {version}."),
        ),
    }
}

fn we_will_write(to: &ToCustomer<'_>) -> String {
    pick(to.language, "Мы сообщим Вам о результате.", "We will let you know the result.").to_owned()
}

fn after_closing(desk: &Desk, language: Language) -> &'static str {
    let (ru, en) = after_closing_both(desk);
    pick(language, ru, en)
}

fn after_closing_both(desk: &Desk) -> (&'static str, &'static str) {
    match desk.after_close {
        AfterClose::Reopen => (
            "Если понадобится вернуться к вопросу, ответьте на это письмо.",
            "If you need to come back to this, just reply to this e-mail.",
        ),
        AfterClose::OpenNew => (
            "Если появится новый вопрос, ответьте на это письмо: мы откроем новый запрос.",
            "If you have a further question, just reply to this e-mail and we will open a new request.",
        ),
    }
}

fn how_to_answer(to: &ToCustomer<'_>) -> &'static str {
    pick(to.language, "Чтобы написать нам, просто ответьте на него.", "To write to us, just reply to it.")
}
