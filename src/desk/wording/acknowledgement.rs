//! The acknowledgement, which is the first e-mail to a requester, and the signature below all e-mails to customers.

use jiff::civil::DateTime;

use crate::model::policy::{Desk, Field, TextName};
use crate::model::{Attachment, Language, MessageProtection, RequestNumber, readable_size};

use super::text::{and_more, one_line, pick, readable_time, with_round_brackets};

/// How many files are listed by name at most.
const MOST_LISTED: usize = 20;

/// The subject of an acknowledgement. `quoted` is the customer's own subject; `None` where it must not be quoted.
pub fn acknowledgement_subject(language: Language, number: &RequestNumber, quoted: Option<&str>) -> String {
    match (language, quoted) {
        (_, Some(subject)) => format!("Re: {subject} [{number}]"),
        (Language::Ru, None) => format!("[{number}] Ваш запрос зарегистрирован"),
        (Language::En, None) => format!("[{number}] Your request is registered"),
    }
}

/// A new request, as its requester is told of it.
#[derive(Clone, Copy, Debug)]
pub struct Registered<'a> {
    /// Its number.
    pub number: &'a RequestNumber,
    /// The files that came with it.
    pub attachments: &'a [Attachment],
    /// The customer's own subject; `None` where it must not be quoted.
    pub quoted: Option<&'a str>,
    /// Whether the requester is a known customer, to whom their files are listed.
    pub is_known: bool,
    /// Until when the first answer is promised, on the desk's clock; `None` where nothing is promised.
    pub promise: Option<DateTime>,
}

impl<'a> Registered<'a> {
    /// A request of which only the number is told.
    pub fn new(number: &'a RequestNumber) -> Self {
        Self { number, attachments: &[], quoted: None, is_known: false, promise: None }
    }
}

/// The text of an acknowledgement. To strangers it names the attachments by count and size only: the sender chooses nothing in it.
/// So nobody can use it to send words to others.
pub fn acknowledgement(desk: &Desk, language: Language, new: &Registered<'_>) -> String {
    let number = new.number.to_string();
    let arrived = arrived(language, new.attachments);
    let listed = if new.is_known { listed(language, new.attachments, &arrived) } else { arrived.clone() };
    let promise = new.promise.map(|by| promise(language, by)).unwrap_or_default();
    let Some(own) = desk.texts.get(TextName::Acknowledgement, language) else {
        return default_text(language, &number, &listed, &promise);
    };
    let filled = own.fill(|field| match field {
        Field::Number => number.clone(),
        Field::Attachments => arrived.clone(),
        Field::Files => listed.clone(),
        Field::Deadline => promise.clone(),
        Field::Subject => match new.quoted {
            Some(subject) => with_round_brackets(&one_line(subject, 200)),
            None => pick(language, "Ваш запрос", "Your request").to_owned(),
        },
        field => of_desk(desk, language, field),
    });
    without_empty_paragraphs(&filled)
}

/// The text with one blank line at most between paragraphs, where a field was empty.
fn without_empty_paragraphs(text: &str) -> String {
    let paragraphs: Vec<&str> = text.split("\n\n").map(|part| part.trim_matches('\n')).collect();
    paragraphs.into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// Until when the first answer is promised.
fn promise(language: Language, by: DateTime) -> String {
    let by = readable_time(language, by);
    pick(
        language,
        format!("Ответим не позднее {by} (по нашему времени)."),
        format!("We will reply by {by} (our time)."),
    )
}

/// The files by name and size, one a line, where there are any.
fn listed(language: Language, attachments: &[Attachment], arrived: &str) -> String {
    let name = |file: &Attachment| {
        let name = with_round_brackets(&one_line(&file.filename, 80));
        format!("- {name} ({})", readable_size(language, file.size))
    };
    let mut lines: Vec<String> = attachments.iter().take(MOST_LISTED).map(name).collect();
    lines.extend(and_more(language, attachments.len(), MOST_LISTED).map(|more| format!("- {more}")));
    if lines.is_empty() { arrived.to_owned() } else { format!("{arrived}\n{}", lines.join("\n")) }
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
pub(super) fn default_text(language: Language, number: &str, arrived: &str, promise: &str) -> String {
    let promise = if promise.is_empty() { String::new() } else { format!("{promise}\n\n") };
    match language {
        Language::Ru => format!(
            "Здравствуйте!\n\n\
             Спасибо за обращение! Мы получили Ваш запрос, его номер {number}.\n\n\
             {promise}{arrived}\n\n\
             Чтобы что-то добавить, просто ответьте на это письмо. Если пишете новое, укажите в его теме номер [{number}]."
        ),
        Language::En => format!(
            "Hello,\n\n\
             Thank you for writing to us. We have received your request; its number is {number}.\n\n\
             {promise}{arrived}\n\n\
             To add anything, just reply to this e-mail. If you write a new message, put [{number}] in its subject."
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
        Some(own) => own.fill(|field| of_desk(desk, language, field)),
        None => format!("{}\n{}", desk.name_in(language), desk.address),
    }
}

/// The value of a field that depends on the desk only; empty for every other field.
pub(super) fn of_desk(desk: &Desk, language: Language, field: Field) -> String {
    match field {
        Field::Desk => desk.name_in(language).to_owned(),
        Field::Address => desk.address.to_string(),
        _ => String::new(),
    }
}
