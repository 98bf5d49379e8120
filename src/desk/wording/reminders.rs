//! What is said because time has passed: to requesters who have not answered, to engineers whose requests are due.

use jiff::civil::{Date, DateTime};

use crate::model::{Language, RequestNumber};

use super::super::news::Promise;
use super::text::{readable_date, readable_time};

/// That a request has closed, since nobody has answered the letter of this day.
pub(super) fn closed_by_silence(language: Language, number: &RequestNumber, day: Date) -> String {
    let day = readable_date(language, day);
    match language {
        Language::Ru => {
            format!("Мы не получили отклика на наш ответ от {day}, поэтому запрос {number} закрыт.")
        }
        Language::En => {
            format!("We have had no reply to our answer of {day}, so request {number} is closed now.")
        }
    }
}

/// That nobody has moved a request which was passed on, since this day.
pub(super) fn silent(of: &str, place: (&str, &str), day: Date) -> (String, String) {
    let [day_ru, day_en] = [Language::Ru, Language::En].map(|language| readable_date(language, day));
    let (place_ru, place_en) = place;
    (
        format!(
            "Запрос{of} передан {place_ru}, и с {day_ru} по нему ничего не сделано. Он остаётся под Вашим контролем."
        ),
        format!(
            "Request{of} was passed on {place_en}, and nothing has been done since {day_en}. It is still under your control."
        ),
    )
}

/// That a term ends at this time.
pub(super) fn due(of: &str, promise: Promise, by: DateTime) -> (String, String) {
    let [by_ru, by_en] = [Language::Ru, Language::En].map(|language| readable_time(language, by));
    match promise {
        Promise::FirstResponse => (
            format!("Срок первого ответа по запросу{of} истекает {by_ru}."),
            format!("The first answer to request{of} is due on {by_en}."),
        ),
        Promise::Resolution => (
            format!("Срок решения запроса{of} истекает {by_ru}."),
            format!("The solution of request{of} is due on {by_en}."),
        ),
    }
}

/// That a term has ended at this time.
pub(super) fn overdue(of: &str, promise: Promise, by: DateTime) -> (String, String) {
    let [by_ru, by_en] = [Language::Ru, Language::En].map(|language| readable_time(language, by));
    match promise {
        Promise::FirstResponse => (
            format!("Срок первого ответа по запросу{of} истёк {by_ru}, а ответа ещё не было."),
            format!("The first answer to request{of} was due on {by_en} and is overdue."),
        ),
        Promise::Resolution => (
            format!("Срок решения запроса{of} истёк {by_ru}, а он ещё не решён."),
            format!("The solution of request{of} was due on {by_en} and is overdue."),
        ),
    }
}
