//! The acknowledgement, which is the first e-mail to a requester, and the signature below all e-mails to customers.

use crate::model::policy::{Desk, Field, TextName};
use crate::model::{Attachment, Language, MessageProtection, RequestNumber, readable_size};

use super::text::{one_line, pick, with_round_brackets};

/// The subject of an acknowledgement. `quoted` is the customer's own subject; `None` where it must not be quoted.
pub fn acknowledgement_subject(language: Language, number: &RequestNumber, quoted: Option<&str>) -> String {
    match (language, quoted) {
        (_, Some(subject)) => format!("Re: {subject} [{number}]"),
        (Language::Ru, None) => format!("[{number}] Ваш запрос зарегистрирован"),
        (Language::En, None) => format!("[{number}] Your request is registered"),
    }
}

/// The text of an acknowledgement. It names the attachments by count and size only: the sender chooses nothing in it except
/// the subject, where that may be quoted and the desk's own text names it. So nobody can use it to send words to others.
pub fn acknowledgement(
    desk: &Desk,
    language: Language,
    number: &RequestNumber,
    attachments: &[Attachment],
    quoted: Option<&str>,
) -> String {
    let arrived = arrived(language, attachments);
    let Some(own) = desk.texts.get(TextName::Acknowledgement, language) else {
        return default_text(language, number.to_string().as_str(), &arrived);
    };
    own.fill(|field| match field {
        Field::Number => number.to_string(),
        Field::Attachments => arrived.clone(),
        Field::Subject => match quoted {
            Some(subject) => with_round_brackets(&one_line(subject, 200)),
            None => pick(language, "Ваш запрос", "Your request").to_owned(),
        },
        field => of_desk(desk, field),
    })
}

/// An acknowledgement that asks for the words of an encrypted message; the text as it is for any other.
pub fn with_encryption(language: Language, text: String, protection: Option<MessageProtection>) -> String {
    if !protection.is_some_and(MessageProtection::is_encrypted) {
        return text;
    }
    format!("{text}\n\n{}", encryption_notice(language))
}

/// The letter that asks for the words of an encrypted message about a request.
pub fn encrypted(language: Language, number: &RequestNumber) -> String {
    let number = match language {
        Language::Ru => format!("Здравствуйте!\n\nЭто письмо по запросу {number}."),
        Language::En => format!("Hello,\n\nThis e-mail is about request {number}."),
    };
    format!("{number} {}", encryption_notice(language))
}

fn encryption_notice(language: Language) -> &'static str {
    pick(
        language,
        "Ваше письмо зашифровано, и прочитать его мы не можем. Пришлите, пожалуйста, тот же текст без шифрования: ответьте на это \
         письмо.",
        "Your message is encrypted and we cannot read it. Please send us the same text without encryption: reply to this e-mail.",
    )
}

/// The built-in text, with these values for its fields.
pub(super) fn default_text(language: Language, number: &str, arrived: &str) -> String {
    match language {
        Language::Ru => format!(
            "Здравствуйте!\n\n\
             Ваш запрос получен и зарегистрирован под номером {number}.\n\n\
             {arrived}\n\n\
             Чтобы что-то добавить, ответьте на это письмо. Если пишете новое, укажите в его теме номер [{number}]."
        ),
        Language::En => format!(
            "Hello,\n\n\
             We have received your request and registered it as {number}.\n\n\
             {arrived}\n\n\
             To add anything, reply to this e-mail. If you write a new message, put [{number}] in its subject."
        ),
    }
}

/// What came with the text; that a file is not whole is said.
fn arrived(language: Language, attachments: &[Attachment]) -> String {
    let counted = counted(language, attachments);
    let torn = pick(
        language,
        "Письмо слишком велико: последнее вложение дошло не целиком. Пришлите его, пожалуйста, ещё раз частями или ссылкой.",
        "The message is too large: its last attachment did not arrive whole. Please send it again in parts or as a link.",
    );
    if attachments.iter().any(|file| file.is_torn) { format!("{counted} {torn}") } else { counted }
}

fn counted(language: Language, attachments: &[Attachment]) -> String {
    let size = readable_size(language, attachments.iter().map(|a| a.size).sum());
    match (language, attachments.len()) {
        (Language::Ru, 0) => "Вложений в письме не было.".to_owned(),
        (Language::Ru, count) => format!("Вместе с текстом получено вложений: {count} ({size})."),
        (Language::En, 0) => "Your message had no attachments.".to_owned(),
        (Language::En, 1) => format!("We also received 1 attachment ({size})."),
        (Language::En, count) => format!("We also received {count} attachments ({size})."),
    }
}

/// The signature below e-mails to customers.
pub fn signature(desk: &Desk, language: Language) -> String {
    match desk.texts.get(TextName::Signature, language) {
        Some(own) => own.fill(|field| of_desk(desk, field)),
        None => format!("{}\n{}", desk.name, desk.address),
    }
}

/// The value of a field that depends on the desk only; empty for every other field.
pub(super) fn of_desk(desk: &Desk, field: Field) -> String {
    match field {
        Field::Desk => desk.name.clone(),
        Field::Address => desk.address.to_string(),
        _ => String::new(),
    }
}
