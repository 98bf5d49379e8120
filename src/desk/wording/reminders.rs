//! The sentences that are sent because time has passed: to requesters who have not answered, and to engineers whose requests
//! are due.

use jiff::civil::{Date, DateTime};

use crate::model::{Language, RequestNumber};

use super::super::news::Promise;
use super::text::{pick, readable_date, readable_time};

/// That a request was closed because nobody has replied to our answer of this day.
pub(super) fn closed_by_silence(language: Language, number: &RequestNumber, day: Date) -> String {
    let day = readable_date(language, day);
    match language {
        Language::Ru => {
            format!("Мы не получили отклика на наш ответ от {day}, поэтому запрос {number} закрыт.")
        }
        Language::En => {
            format!("We have not received a reply to our answer of {day}, so request {number} has been closed.")
        }
    }
}

/// That nothing has been done about a request since it was passed to a line or team, since this day.
pub(super) fn silent(of: &str, place: (&str, &str), day: Date) -> (String, String) {
    let [day_ru, day_en] = [Language::Ru, Language::En].map(|language| readable_date(language, day));
    let (place_ru, place_en) = place;
    (
        format!(
            "Запрос{of} передан {place_ru}, и с {day_ru} по нему ничего не сделано. Он остаётся под Вашим контролем."
        ),
        format!(
            "Request{of} was passed {place_en}, and nothing has been done since {day_en}. You are still responsible for it."
        ),
    )
}

/// That the first response or the resolution is due at this time.
pub(super) fn due(of: &str, promise: Promise, by: DateTime) -> (String, String) {
    let [by_ru, by_en] = [Language::Ru, Language::En].map(|language| readable_time(language, by));
    match promise {
        Promise::FirstResponse => (
            format!("Срок первого ответа по запросу{of} истекает {by_ru}."),
            format!("The first response to request{of} is due on {by_en}."),
        ),
        Promise::Resolution => (
            format!("Срок решения запроса{of} истекает {by_ru}."),
            format!("The resolution of request{of} is due on {by_en}."),
        ),
    }
}

/// That the first response or the resolution was due at this time and is overdue.
pub(super) fn overdue(of: &str, promise: Promise, by: DateTime) -> (String, String) {
    let [by_ru, by_en] = [Language::Ru, Language::En].map(|language| readable_time(language, by));
    match promise {
        Promise::FirstResponse => (
            format!("Срок первого ответа по запросу{of} истёк {by_ru}, а ответа ещё не было."),
            format!("The first response to request{of} was due on {by_en} and is overdue."),
        ),
        Promise::Resolution => (
            format!("Срок решения запроса{of} истёк {by_ru}, а он ещё не решён."),
            format!("The resolution of request{of} was due on {by_en} and is overdue."),
        ),
    }
}

/// What a requester is told and asked whose link somebody has used from another address.
pub(super) fn link_used(language: Language, number: &RequestNumber) -> String {
    pick(
        language,
        format!(
            "По Вашему запросу {number} пришло письмо по ссылке из нашего письма, но с другого адреса, поэтому оно ничего не \
             изменило. Если это были Вы, ответьте, пожалуйста, на это письмо с этого адреса или воспользуйтесь ссылкой ещё раз. \
             Если нет, ничего делать не нужно."
        ),
        format!(
            "A message came about your request {number}, by a link of our e-mail, but from another address, so it has changed \
             nothing. If it was you, please reply to this e-mail from this address, or use the link again. If it was not, you do \
             not need to do anything."
        ),
    )
}
