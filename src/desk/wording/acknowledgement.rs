//! The first answer to a requester, and who signs.

use crate::model::policy::{Desk, Field, TextName};
use crate::model::{Attachment, Language, RequestNumber};

use super::text::{neutral, one_line, readable_size, say};

/// The subject of an acknowledgement. `quoted` is the customer's own subject, only when it may be quoted.
pub fn acknowledgement_subject(language: Language, number: &RequestNumber, quoted: Option<&str>) -> String {
    match (language, quoted) {
        (_, Some(subject)) => format!("[{number}] {subject}"),
        (Language::Ru, None) => format!("[{number}] Ваш запрос зарегистрирован"),
        (Language::En, None) => format!("[{number}] Your request is registered"),
    }
}

/// The text of an acknowledgement. It names what arrived by count and size only: nothing in it is of the sender's choosing
/// but the subject, where it may be quoted and the desk's own words name it.
pub fn acknowledgement(
    desk: &Desk,
    language: Language,
    number: &RequestNumber,
    attachments: &[Attachment],
    quoted: Option<&str>,
) -> String {
    let arrived = arrived(language, attachments);
    let Some(own) = desk.texts.get(TextName::Acknowledgement, language) else {
        return default_words(language, number.to_string().as_str(), &arrived);
    };
    own.fill(|field| match field {
        Field::Number => number.to_string(),
        Field::Attachments => arrived.clone(),
        Field::Subject => match quoted {
            Some(subject) => neutral(&one_line(subject, 200)),
            None => say(language, "Ваш запрос", "Your request").to_owned(),
        },
        field => of_desk(desk, field),
    })
}

/// What is said where the desk has no words of its own.
pub(super) fn default_words(language: Language, number: &str, arrived: &str) -> String {
    match language {
        Language::Ru => format!(
            "Здравствуйте!\n\n\
             Ваш запрос получен и зарегистрирован под номером {number}.\n\n\
             {arrived}\n\n\
             Чтобы что-то добавить, ответьте на это письмо. Если пишете новое, укажите в теме номер [{number}]."
        ),
        Language::En => format!(
            "Hello,\n\n\
             we have received your request and registered it as {number}.\n\n\
             {arrived}\n\n\
             To add anything, reply to this message. If you write a new one, put [{number}] in its subject."
        ),
    }
}

fn arrived(language: Language, attachments: &[Attachment]) -> String {
    let size = readable_size(language, attachments.iter().map(|a| a.size).sum());
    match (language, attachments.len()) {
        (Language::Ru, 0) => "Вложений в письме не было.".to_owned(),
        (Language::Ru, count) => format!("Вместе с текстом получено вложений: {count} ({size})."),
        (Language::En, 0) => "Your message had no attachments.".to_owned(),
        (Language::En, 1) => format!("We also received 1 attachment ({size})."),
        (Language::En, count) => format!("We also received {count} attachments ({size})."),
    }
}

/// Who writes, below letters to customers.
pub fn signature(desk: &Desk, language: Language) -> String {
    match desk.texts.get(TextName::Signature, language) {
        Some(own) => own.fill(|field| of_desk(desk, field)),
        None => format!("{}\n{}", desk.name, desk.address),
    }
}

/// What fields that every text has say; other fields say nothing here.
pub(super) fn of_desk(desk: &Desk, field: Field) -> String {
    match field {
        Field::Desk => desk.name.clone(),
        Field::Address => desk.address.to_string(),
        _ => String::new(),
    }
}
