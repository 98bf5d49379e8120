//! What an acknowledgement asks the requester for, and what it says about a missing contract.

use crate::model::Language;
use crate::model::policy::Needed;

use super::text::pick;

/// Asks the sender of an empty message what it is about, below an acknowledgement.
pub fn asking_for_content(language: Language, said: &str) -> String {
    let asked = pick(
        language,
        "В Вашем письме нет ни темы, ни текста. Напишите, пожалуйста, в ответ на это письмо тему запроса и его описание: что \
         произошло или что Вам нужно.",
        "Your message had neither a subject nor any text. Please reply to this e-mail with the subject of your request and its \
         description: what happened, or what you need.",
    );
    format!("{said}\n\n{asked}")
}

/// An acknowledgement followed by a note where no contract covers the sender, and by a list of the information that is
/// `missing`. The sender chooses nothing in it.
pub fn with_missing_information(
    language: Language,
    said: String,
    missing: &[Needed],
    is_without_contract: bool,
) -> String {
    let without_contract = is_without_contract.then(|| without_contract(language).to_owned());
    let asked = (!missing.is_empty()).then(|| asked(language, missing));
    [Some(said), without_contract, asked].into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

fn without_contract(language: Language) -> &'static str {
    pick(
        language,
        "Договора на поддержку для Вашего адреса мы не нашли. Запрос мы рассмотрим; если договор есть, пожалуйста, напишите в \
         ответе, с какой организацией он заключён.",
        "We could not find a support contract for your address. We will look into your request. If there is a contract, please \
         reply and tell us which organisation it is with.",
    )
}

fn asked(language: Language, missing: &[Needed]) -> String {
    let intro = pick(
        language,
        "Чтобы мы могли быстрее разобраться, пришлите, пожалуйста, в ответ на это письмо:",
        "To help us find the cause sooner, please reply to this e-mail with:",
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
            "the time when the problem occurred, such as “20 November, from 12:00 to 12:30”",
        ),
        Needed::Logs => (
            "файлы журналов (логи) за время, когда возникла проблема, с запросами и ошибками, которые вернула система",
            "log files from the time of the problem, with the requests and the errors that the system returned",
        ),
    };
    pick(language, ru, en)
}

/// The name of a required piece of information, within a list.
pub(super) fn needed_label(language: Language, needed: Needed) -> &'static str {
    let (ru, en) = match needed {
        Needed::Description => ("описание", "description"),
        Needed::Screenshot => ("снимок экрана", "screenshot"),
        Needed::Environment => ("стенд", "environment"),
        Needed::Period => ("период", "period"),
        Needed::Logs => ("логи", "logs"),
    };
    pick(language, ru, en)
}
