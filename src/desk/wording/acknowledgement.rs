//! The first answer to a requester, and who signs.

use crate::model::policy::Desk;
use crate::model::{Attachment, Language, RequestNumber};

use super::text::readable_size;

/// The subject of an acknowledgement. `quoted` is the customer's own subject, only when it may be quoted.
pub fn acknowledgement_subject(language: Language, number: &RequestNumber, quoted: Option<&str>) -> String {
    match (language, quoted) {
        (_, Some(subject)) => format!("[{number}] {subject}"),
        (Language::Ru, None) => format!("[{number}] Ваш запрос зарегистрирован"),
        (Language::En, None) => format!("[{number}] Your request is registered"),
    }
}

/// The text of an acknowledgement. It names what arrived by count and size only: nothing in it is of the sender's choosing.
pub fn acknowledgement(language: Language, number: &RequestNumber, attachments: &[Attachment]) -> String {
    let size = attachments.iter().map(|a| a.size).sum();
    match language {
        Language::Ru => format!(
            "Здравствуйте!\n\n\
             Ваш запрос получен и зарегистрирован под номером {number}.\n\n\
             {}\n\n\
             Чтобы что-то добавить, ответьте на это письмо. Если пишете новое, укажите в теме номер [{number}].",
            match attachments.len() {
                0 => "Вложений в письме не было.".to_owned(),
                count => format!("Вместе с текстом получено вложений: {count} ({}).", readable_size(language, size)),
            }
        ),
        Language::En => format!(
            "Hello,\n\n\
             we have received your request and registered it as {number}.\n\n\
             {}\n\n\
             To add anything, reply to this message. If you write a new one, put [{number}] in its subject.",
            match attachments.len() {
                0 => "Your message had no attachments.".to_owned(),
                1 => format!("We also received 1 attachment ({}).", readable_size(language, size)),
                count => format!("We also received {count} attachments ({}).", readable_size(language, size)),
            }
        ),
    }
}

/// Who writes, below letters to customers.
pub fn signature(desk: &Desk) -> String {
    format!("{}\n{}", desk.name, desk.address)
}
