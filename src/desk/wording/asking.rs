//! What an acknowledgement asks for, and what it says of contracts.

use crate::model::Language;
use crate::model::policy::Needed;

use super::text::say;

/// An acknowledgement with what is asked for below it, a thing a line; and a word on contracts where none was found. Nothing
/// in it is of the sender's choosing.
pub fn with_requests(language: Language, said: String, missing: &[Needed], is_without_contract: bool) -> String {
    let without_contract = is_without_contract.then(|| without_contract(language).to_owned());
    let asked = (!missing.is_empty()).then(|| asked(language, missing));
    [Some(said), without_contract, asked].into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

fn without_contract(language: Language) -> &'static str {
    say(
        language,
        "Договора на поддержку для Вашего адреса мы не нашли. Запрос мы рассмотрим; если договор есть, пожалуйста, напишите в \
         ответе, с какой организацией он заключён.",
        "We have found no support contract for your address. We will look into your request; if there is a contract, please \
         reply and tell us with which organisation.",
    )
}

fn asked(language: Language, missing: &[Needed]) -> String {
    let intro = say(
        language,
        "Чтобы мы могли скорее разобраться, пришлите, пожалуйста, ответом на это письмо:",
        "To help us find the cause sooner, please reply to this message with:",
    );
    let last = missing.len() - 1;
    let line = |(at, needed): (usize, &Needed)| {
        let mark = if at == last { "." } else { ";" };
        format!("- {}{mark}", needed_in_words(language, *needed))
    };
    let lines: Vec<String> = missing.iter().enumerate().map(line).collect();
    format!("{intro}\n{}", lines.join("\n"))
}

fn needed_in_words(language: Language, needed: Needed) -> &'static str {
    let (ru, en) = match needed {
        Needed::Description => (
            "описание: что Вы делали, что ожидали увидеть и что произошло",
            "a description: what you did, what you expected, and what happened",
        ),
        Needed::Screenshot => ("снимок экрана со сбоем", "a screenshot that shows the failure"),
        Needed::Environment => {
            ("название стенда: тестовый или продуктовый", "the name of the environment: test or production")
        }
        Needed::Period => (
            "период, в который возникла проблема, например «20.11 с 12:00 до 12:30»",
            "when the problem occurred, such as “20 November, from 12:00 to 12:30”",
        ),
        Needed::Logs => (
            "файлы журналов (логи) за время, когда возникла проблема: запросы и ошибки, которые вернула система",
            "log files of the time when it occurred: the requests and the errors that the system returned",
        ),
    };
    say(language, ru, en)
}

/// What people read for a thing that is missing, within a list.
pub(super) fn needed_label(language: Language, needed: Needed) -> &'static str {
    let (ru, en) = match needed {
        Needed::Description => ("описание", "description"),
        Needed::Screenshot => ("снимок экрана", "screenshot"),
        Needed::Environment => ("стенд", "environment"),
        Needed::Period => ("период", "period"),
        Needed::Logs => ("логи", "logs"),
    };
    say(language, ru, en)
}
