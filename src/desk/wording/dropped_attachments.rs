//! What a letter says in place of files that could not go with it.

use crate::model::{Draft, Language, ReceivedId, SentFile};

/// Why files did not go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DropReason {
    /// The mail server does not take a letter with them.
    Refused,
    /// The message that brought them can no longer be read.
    Unreadable,
}

/// The draft without these files; its text names them and says how to get them.
pub fn without_files(draft: &Draft, files: &[SentFile], why: DropReason) -> Draft {
    let mut draft = draft.clone();
    let (out, kept) = draft.files.into_iter().partition(|file| files.contains(file));
    draft.files = kept;
    draft.text = format!("{}\n\n{}", draft.text.trim_end(), left_out(&draft, &out, why));
    draft
}

fn left_out(draft: &Draft, files: &[SentFile], why: DropReason) -> String {
    let language = draft.language;
    let list: Vec<String> =
        files.iter().map(|file| format!("— {}, {}", file.filename, size(language, file.size))).collect();
    let what = what_happened(language, why, files.len() == 1);
    let how = match (&draft.engineer, why) {
        (Some(_), DropReason::Refused) => for_engineers(draft, files),
        (Some(_), DropReason::Unreadable) => where_they_came_from(language, files),
        (None, DropReason::Refused) => ask_us(language, files.len() == 1).to_owned(),
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
        (Language::Ru, DropReason::Unreadable, true) => "К этому письму прилагался файл, который больше не удаётся прочитать:",
        (Language::Ru, DropReason::Unreadable, false) => {
            "К этому письму прилагались файлы, которые больше не удаётся прочитать:"
        }
        (Language::En, DropReason::Refused, true) => {
            "A file belongs to this letter, but the mail server did not accept it, most likely because of its size:"
        }
        (Language::En, DropReason::Refused, false) => {
            "Some files belong to this letter, but the mail server did not accept them, most likely because of their size:"
        }
        (Language::En, DropReason::Unreadable, true) => "A file belongs to this letter, but it can no longer be read:",
        (Language::En, DropReason::Unreadable, false) => "Some files belong to this letter, but they can no longer be read:",
    }
}

fn ask_us(language: Language, is_one: bool) -> &'static str {
    match (language, is_one) {
        (Language::Ru, true) => {
            "Если он вам нужен, пожалуйста, ответьте на это письмо: мы передадим его другим способом."
        }
        (Language::Ru, false) => {
            "Если они вам нужны, пожалуйста, ответьте на это письмо: мы передадим их другим способом."
        }
        (Language::En, true) => {
            "If you need it, please reply to this letter, and we will get it to you in another way."
        }
        (Language::En, false) => {
            "If you need them, please reply to this letter, and we will get them to you in another way."
        }
    }
}

fn send_again(language: Language) -> &'static str {
    match language {
        Language::Ru => "Приносим извинения. Если без этого не обойтись, пожалуйста, ответьте на это письмо.",
        Language::En => "We are sorry about that. If you cannot do without, please reply to this letter.",
    }
}

fn where_they_came_from(language: Language, files: &[SentFile]) -> String {
    let commands: Vec<String> = messages(files).iter().map(|m| format!("`maildesk received show {m}`")).collect();
    let commands = commands.join(", ");
    match language {
        Language::Ru => format!("Что известно об исходном письме, оператору системы покажет {commands}."),
        Language::En => format!("What is known of the message that brought them, {commands} shows the operator."),
    }
}

fn messages(files: &[SentFile]) -> Vec<ReceivedId> {
    let mut messages: Vec<_> = files.iter().map(|file| file.received).collect();
    messages.dedup();
    messages
}

/// The commands that give the files out, for those who have them.
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
            "Попросите оператора системы выдать их; на сервере это делает команда\n\n    {commands}\n\n\
             где N — номер файла, который показывает `{overview}`."
        ),
        Language::En => format!(
            "Ask the operator for them; on the server the command is\n\n    {commands}\n\n\
             where N is the number of the file that `{overview}` shows."
        ),
    }
}

/// A size as people say it.
fn size(language: Language, bytes: u64) -> String {
    let [byte, kilo, mega] = match language {
        Language::Ru => ["Б", "КБ", "МБ"],
        Language::En => ["bytes", "KB", "MB"],
    };
    match bytes {
        0..1_024 => format!("{bytes} {byte}"),
        1_024..1_048_576 => format!("{} {kilo}", bytes.div_ceil(1_024)),
        _ => {
            let tenths = format!("{:.1} {mega}", bytes as f64 / 1_048_576.0);
            if language == Language::Ru { tenths.replace('.', ",") } else { tenths }
        }
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
            text: "Текст.\n".into(),
            links: Vec::new(),
            signature: String::new(),
            language,
            files: vec![file("снимок.png", 700), file("дамп.bin", 57_000_000)],
            grace: 0,
            automatic: false,
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
             — снимок.png, 700 Б\n— дамп.bin, 54,4 МБ\n\n\
             Если они вам нужны, пожалуйста, ответьте на это письмо: мы передадим их другим способом."
        );
        let gone = without_files(&draft(Language::En, None), &before.files[1..], DropReason::Unreadable);
        assert_eq!(gone.files, before.files[..1]);
        assert!(gone.text.contains("it can no longer be read:\n\n— дамп.bin, 54.4 MB"), "{}", gone.text);
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
