//! What an e-mail says in place of attachments that could not be sent with it.

use crate::model::{Draft, Language, ReceivedId, SentFile, readable_size};

/// Why attachments were dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DropReason {
    /// The mail server refuses the e-mail with them.
    Refused,
    /// The message that they came with can no longer be read.
    Unreadable,
}

/// A copy of the draft without these files; below its text a note names them and says how to get them.
pub fn without_files(draft: &Draft, files: &[SentFile], why: DropReason) -> Draft {
    let mut draft = draft.clone();
    let (out, kept) = draft.files.into_iter().partition(|file| files.contains(file));
    draft.files = kept;
    draft.text = format!("{}\n\n{}", draft.text.trim_end(), note(&draft, &out, why));
    draft
}

/// The note that names the dropped files.
fn note(draft: &Draft, files: &[SentFile], why: DropReason) -> String {
    let language = draft.language;
    let list: Vec<String> =
        files.iter().map(|file| format!("— {}, {}", file.filename, readable_size(language, file.size))).collect();
    let what = what_happened(language, why, files.len() == 1);
    let how = match (&draft.engineer, why) {
        (Some(_), DropReason::Refused) => for_engineers(draft, files),
        (Some(_), DropReason::Unreadable) => how_to_find_message(language, files),
        (None, DropReason::Refused) => how_to_ask(language, files.len() == 1).to_owned(),
        (None, DropReason::Unreadable) => send_again(language).to_owned(),
    };
    format!("{what}\n\n{}\n\n{how}", list.join("\n"))
}

fn what_happened(language: Language, why: DropReason, is_one: bool) -> &'static str {
    match (language, why, is_one) {
        (Language::Ru, DropReason::Refused, true) => {
            "К этому письму прилагался файл, но почтовый сервер его не принял, скорее всего из-за размера:"
        }
        (Language::Ru, DropReason::Refused, false) => {
            "К этому письму прилагались файлы, но почтовый сервер их не принял, скорее всего из-за размера:"
        }
        (Language::Ru, DropReason::Unreadable, true) => {
            "К этому письму прилагался файл, который больше не удаётся прочитать:"
        }
        (Language::Ru, DropReason::Unreadable, false) => {
            "К этому письму прилагались файлы, которые больше не удаётся прочитать:"
        }
        (Language::En, DropReason::Refused, true) => {
            "A file was attached to this e-mail, but the mail server did not accept it, most likely because of its size:"
        }
        (Language::En, DropReason::Refused, false) => {
            "Files were attached to this e-mail, but the mail server did not accept them, most likely because of their size:"
        }
        (Language::En, DropReason::Unreadable, true) => {
            "A file was attached to this e-mail, but it can no longer be read:"
        }
        (Language::En, DropReason::Unreadable, false) => {
            "Files were attached to this e-mail, but they can no longer be read:"
        }
    }
}

fn how_to_ask(language: Language, is_one: bool) -> &'static str {
    match (language, is_one) {
        (Language::Ru, true) => {
            "Если он Вам нужен, пожалуйста, ответьте на это письмо: мы передадим его другим способом."
        }
        (Language::Ru, false) => {
            "Если они Вам нужны, пожалуйста, ответьте на это письмо: мы передадим их другим способом."
        }
        (Language::En, true) => {
            "If you need it, please reply to this e-mail, and we will send it to you in another way."
        }
        (Language::En, false) => {
            "If you need them, please reply to this e-mail, and we will send them to you in another way."
        }
    }
}

fn send_again(language: Language) -> &'static str {
    match language {
        Language::Ru => "Приносим извинения. Если Вам это необходимо, пожалуйста, ответьте на это письмо.",
        Language::En => "We apologise for this. If you need what is missing, please reply to this e-mail.",
    }
}

fn how_to_find_message(language: Language, files: &[SentFile]) -> String {
    let commands: Vec<String> = messages(files).iter().map(|m| format!("`maildesk received show {m}`")).collect();
    let commands = commands.join(", ");
    match language {
        Language::Ru => format!("Сведения об исходном письме оператору системы покажет {commands}."),
        Language::En => format!("The operator can look up the original message: {commands}."),
    }
}

fn messages(files: &[SentFile]) -> Vec<ReceivedId> {
    let mut messages: Vec<_> = files.iter().map(|file| file.received).collect();
    messages.dedup();
    messages
}

/// The commands with which the operator can export the files.
fn for_engineers(draft: &Draft, files: &[SentFile]) -> String {
    let messages = messages(files);
    let commands: Vec<String> = messages.iter().map(|message| format!("maildesk attachment {message} N")).collect();
    let overview = match (&draft.request, messages.first()) {
        (Some(number), _) => format!("maildesk show {number}"),
        (None, Some(message)) => format!("maildesk received show {message}"),
        (None, None) => "maildesk received".to_owned(),
    };
    let commands = commands.join("\n    ");
    match draft.language {
        Language::Ru => format!(
            "Попросите оператора системы выгрузить их; на сервере это делает команда\n\n    {commands}\n\n\
             где N — номер файла, который показывает `{overview}`."
        ),
        Language::En => format!(
            "Ask the operator to export them; on the server, the command is\n\n    {commands}\n\n\
             where N is the number of the file that `{overview}` shows."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Digest, EmailAddress, LetterKind, NamedAddress, RequestNumber, ShortName};

    fn file(name: &str, size: u64) -> SentFile {
        SentFile {
            received: ReceivedId(57),
            part: 2,
            filename: name.into(),
            content_type: "image/png".into(),
            size,
            sha256: Digest::of(b""),
            inline: false,
        }
    }

    fn draft(language: Language, engineer: Option<&str>) -> Draft {
        Draft {
            kind: LetterKind::Answer,
            request: RequestNumber::parse("OTK-7").ok(),
            from: NamedAddress { name: String::new(), address: "support@example.org".into() },
            to: EmailAddress::parse("ivan@example.com").unwrap(),
            engineer: engineer.map(|name| ShortName::parse(name).unwrap()),
            subject: "[OTK-7]".into(),
            preheader: String::new(),
            blocks: Vec::new(),
            history: None,
            text: "Текст.\n".into(),
            formed: Vec::new(),
            links: Vec::new(),
            signature: String::new(),
            language,
            files: vec![file("снимок.png", 700), file("дамп.bin", 57_000_000)],
            grace: 0,
            automatic: false,
            asks_about: None,
        }
    }

    #[test]
    fn a_customer_is_told_which_files_are_missing_and_what_to_do() {
        let before = draft(Language::Ru, None);
        let after = without_files(&before, &before.files, DropReason::Refused);
        assert_eq!(after.files, []);
        assert_eq!(
            after.text,
            "Текст.\n\nК этому письму прилагались файлы, но почтовый сервер их не принял, скорее всего из-за размера:\n\n\
             — снимок.png, 700 Б\n— дамп.bin, 57,0 МБ\n\n\
             Если они Вам нужны, пожалуйста, ответьте на это письмо: мы передадим их другим способом."
        );
        let gone = without_files(&draft(Language::En, None), &before.files[1..], DropReason::Unreadable);
        assert_eq!(gone.files, before.files[..1]);
        assert!(gone.text.contains("it can no longer be read:\n\n— дамп.bin, 57.0 MB"), "{}", gone.text);
    }

    #[test]
    fn an_engineer_is_told_the_commands() {
        let before = draft(Language::En, Some("petrov"));
        let after = without_files(&before, &before.files, DropReason::Refused);
        for words in ["    maildesk attachment 57 N\n", "`maildesk show OTK-7`"] {
            assert!(after.text.contains(words), "{}", after.text);
        }
    }
}
