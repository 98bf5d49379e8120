//! How letters look: samples with the bytes that we send, to be opened in a mail reader.
//!
//! `UPDATE_GOLDEN=1 cargo test --test it rendering` writes them anew; then open `fixtures/letters/*.eml` and look at them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use maildesk::mail::compose::{ComposeError, compose};
use maildesk::mail::parse::parse;
use maildesk::mail::{form, html};
use maildesk::model::{
    Digest, Draft, EmailAddress, Language, Letter, LetterKind, Link, MessageForm, MessageId, NamedAddress, ReceivedId,
    RequestNumber, SentFile, ShortName, Timestamp,
};

const CUT_LINE: &str = "— ответ пишите выше этой строки —";

const RU_SIGNATURE: &str = "Служба поддержки «Пример»\nsupport@example.org";
const EN_SIGNATURE: &str = "Example support\nsupport@example.org";

fn acknowledgement() -> Letter {
    let text = "Здравствуйте!\n\nВаш запрос получен и зарегистрирован под номером OTK-1042.\n\
                К нему приложены 2 файла (1,3 МБ).\n\n\
                Чтобы что-то добавить, ответьте на это письмо. Если пишете новое, укажите в теме номер [OTK-1042].";
    letter(Draft {
        automatic: true,
        asks_about: None,
        ..draft(LetterKind::Acknowledgement, Language::Ru, "Не печатается отчёт за март", text)
    })
}

fn answer() -> Letter {
    let text = "Good day, Anna,\n\nplease open Settings > Printers, choose the tray by hand, and try again:\n\n\
                \x20   Settings\n      Printers\n        Tray:  2 (A4)\n\n\
                How it looks here is on the picture. The log says:\n\n\
                > 12:00:01 ERROR no paper in tray 1\n> 12:00:02 WARN  waiting\n\n\
                A long address: https://docs.example.org/printing/trays/how-to-choose-a-tray-by-hand-when-the-first-one-is-empty?version=2.4.17\n\n\
                Kind regards\nPyotr Petrov";
    let subject = "The report does not print";
    letter(Draft {
        links: vec![
            link("It works, close the request", "confirm"),
            link("It does not help", "disagree"),
            link("I do not need it any more", "withdraw"),
        ],
        files: vec![file("settings.png", "image/png", true)],
        ..draft(LetterKind::Answer, Language::En, subject, text)
    })
}

fn notification() -> Letter {
    let text = format!(
        "{CUT_LINE}\n\nАнна Смирнова пишет:\n\n\
         > Добрый день! Отчёт так и не печатается, снимок экрана приложила.\n>\n\
         > > Проверьте, пожалуйста, лоток.\n>\n> Лоток проверили, бумага есть.\n\n\
         Запрос OTK-1042: Не печатается отчёт за март\n\
         Заявитель: Анна Смирнова <anna@example.com>\n\
         Состояние: в работе, исполнитель Пётр Петров\n\
         Открыт 21.11.2026 в 12:30, срок ответа — сегодня до 18:00\n\n\
         Теги для темы ответа:\n[готово] — ответ решает вопрос\n[уточнение] — ждём заявителя\n[заметка] — видно только инженерам"
    );
    let mut letter = letter(Draft {
        to: EmailAddress::parse("petrov@example.org").unwrap(),
        engineer: ShortName::parse("petrov").ok(),
        signature: String::new(),
        files: vec![file("снимок экрана.png", "image/png", true), file("журнал сервера.log", "text/plain", false)],
        ..draft(LetterKind::Notification, Language::Ru, "Не печатается отчёт за март", &text)
    });
    letter.reply_to = EmailAddress::parse("support+otk-1042.7.x5k2@example.org").ok();
    letter
}

fn receipt() -> Letter {
    let text = format!(
        "{CUT_LINE}\n\nЗапрос OTK-1042: выполнено.\n\n— состояние: «Готово» (было «В работе»)\n— вид: инцидент\n\n\
         Заявитель узнает об этом через две минуты. Чтобы отменить, ответьте на это письмо словом «отмена»."
    );
    letter(Draft {
        to: EmailAddress::parse("petrov@example.org").unwrap(),
        engineer: ShortName::parse("petrov").ok(),
        signature: String::new(),
        automatic: true,
        asks_about: None,
        ..draft(LetterKind::Receipt, Language::Ru, "Не печатается отчёт за март", &text)
    })
}

fn draft(kind: LetterKind, language: Language, subject: &str, text: &str) -> Draft {
    let (name, signature) = match language {
        Language::Ru => ("Служба поддержки «Пример»", RU_SIGNATURE),
        Language::En => ("Example support", EN_SIGNATURE),
    };
    Draft {
        preheader: String::new(),
        blocks: Vec::new(),
        history: None,
        kind,
        request: RequestNumber::parse("OTK-1042").ok(),
        from: NamedAddress { name: name.into(), address: "support@example.org".into() },
        to: EmailAddress::parse("anna@example.com").unwrap(),
        engineer: None,
        subject: format!("[OTK-1042] {subject}"),
        text: text.to_owned(),
        formed: Vec::new(),
        links: Vec::new(),
        signature: signature.to_owned(),
        language,
        files: Vec::new(),
        grace: 0,
        automatic: false,
        asks_about: None,
    }
}

fn link(label: &str, action: &str) -> Link {
    let url = format!("mailto:support@example.org?subject=%5BOTK-1042%20{action}%20k7qm2x9a%5D");
    Link { label: label.to_owned(), url }
}

fn letter(draft: Draft) -> Letter {
    let id = |text: &str| MessageId::parse(text).unwrap();
    Letter {
        message_id: id(&format!("otk-1042.{}.k1.5f0c@example.org", draft.kind)),
        reply_to: None,
        in_reply_to: Some(id("second@example.com")),
        references: vec![id("first@example.com"), id("otk-1042.1.k1.77aa@example.org"), id("second@example.com")],
        date: Timestamp::from_unix(1_795_253_400),
        instance: "f00dfeed".to_owned(),
        draft,
    }
}

fn file(name: &str, content_type: &str, inline: bool) -> SentFile {
    let bytes = content(content_type);
    SentFile {
        received: ReceivedId(57),
        part: 2,
        filename: name.to_owned(),
        content_type: content_type.to_owned(),
        size: bytes.len() as u64,
        sha256: Digest::of(&bytes),
        inline,
    }
}

fn content(content_type: &str) -> Vec<u8> {
    match content_type {
        "image/png" => fs::read(folder().join("screen.png")).unwrap(),
        _ => "12:00:01 ERROR нет бумаги в лотке 1\n12:00:02 WARN  жду\n".into(),
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/letters")
}

/// Words as a mail program writes them: the plain text and its form.
fn relayed() -> (String, MessageForm) {
    let page = "<div>Good day,</div><p>the <b>monthly report</b> is empty since <i>Monday</i>. What I did:</p>\
                <ol><li>opened <b>Reports &gt; Month</b><li>pressed <code>Print</code><ul><li>tray 1<li>tray 2, too</ul></ol>\
                <p>It looks so:</p><p><img maildesk-picture='2' alt='[image: screen.png]'></p>\
                <table><tr><th>Tray<th>State<th>What the display says<tr><td>1<td>empty<td>E-17<tr><td>2<td>full<td></table>\
                <blockquote type=cite><p>Did you load paper?</p></blockquote><p>Yes, see <a href='https://wiki.example.com/trays'>our \
                page</a>, <a href='https://evil.example/login'>bank.example</a> and <a href='mailto:ann@example.com'>Ann</a>.</p>\
                <pre>12:00:01 ERROR  no paper\n12:00:02 WARN   waiting</pre>";
    let (words, mut form) = html::read(page);
    form.place_pictures(|id| id.parse().ok());
    let form = form::of_words(&form, &words, true, |_| false).form.expect("the form agrees");
    let received = ReceivedId(57);
    (words.clone(), MessageForm { received, words, form })
}

fn relayed_answer() -> (Letter, Vec<MessageForm>) {
    let (words, form) = relayed();
    let text = format!("{words}\n\n———\nRequest OTK-1042: “In work”. We will let you know the result.");
    let log = SentFile { part: 3, ..file("printer.log", "text/plain", false) };
    let files = vec![file("screen.png", "image/png", true), log];
    let subject = "The report is empty";
    let draft = draft(LetterKind::Answer, Language::En, subject, &text);
    let mut letter = letter(Draft { links: vec![link("I do not need it any more", "withdraw")], files, ..draft });
    letter.message_id = MessageId::parse("otk-1042.relayed.k1.5f0c@example.org").unwrap();
    (letter, vec![form])
}

fn relayed_notification() -> (Letter, Vec<MessageForm>) {
    let (words, form) = relayed();
    let text = format!(
        "{CUT_LINE}\n\nНовое сообщение в запросе OTK-1042.\n\nПишет Анна Смирнова <anna@example.com>:\n\n{words}\n\n\
         Вложения: screen.png (1 КБ)\n\n────────────────────\nOTK-1042: Отчёт пуст\nСтатус: В работе"
    );
    let draft = draft(LetterKind::Notification, Language::Ru, "Отчёт пуст", &text);
    let (to, engineer) = (EmailAddress::parse("petrov@example.org").unwrap(), ShortName::parse("petrov").ok());
    let files = vec![file("screen.png", "image/png", true)];
    let mut letter = letter(Draft { to, engineer, files, signature: String::new(), ..draft });
    letter.message_id = MessageId::parse("otk-1042.relayed-to-engineer.k1.5f0c@example.org").unwrap();
    (letter, vec![form])
}

/// One letter of each kind, with the name of its golden.
fn samples() -> [(&'static str, (Letter, Vec<MessageForm>)); 6] {
    [
        ("acknowledgement", (acknowledgement(), Vec::new())),
        ("answer", (answer(), Vec::new())),
        ("notification", (notification(), Vec::new())),
        ("receipt", (receipt(), Vec::new())),
        ("relayed_answer", relayed_answer()),
        ("relayed_notification", relayed_notification()),
    ]
}

fn bytes(letter: &Letter, forms: &[MessageForm]) -> Vec<u8> {
    let read = |files: &[SentFile], add: &mut dyn FnMut(&SentFile, &[u8])| {
        files.iter().for_each(|file| add(file, &content(&file.content_type)));
        Ok::<_, ComposeError>(())
    };
    compose(letter, forms, read).unwrap()
}

#[test]
fn letters_have_the_bytes_that_were_looked_at() {
    for (name, (letter, forms)) in samples() {
        let (path, bytes) = (folder().join(name).with_extension("eml"), bytes(&letter, &forms));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &bytes).unwrap();
        }
        let golden = fs::read(&path).unwrap();
        assert!(golden == bytes, "{name} is written differently now:\n{}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn our_own_reader_finds_in_them_what_was_put_in() {
    for (name, (letter, forms)) in samples() {
        let read = parse(&bytes(&letter, &forms));
        assert_eq!(read.defects, [], "{name}");
        assert_eq!(
            (read.subject_raw.as_str(), read.message_id.as_ref()),
            (letter.draft.subject.as_str(), Some(&letter.message_id))
        );
        assert_eq!(read.references, letter.references, "{name}");
        assert_eq!(read.from[0].name, letter.draft.from.name);
        assert!(read.text.starts_with(letter.draft.text.lines().next().unwrap()), "{name}: {}", read.text);
        let found: Vec<_> =
            read.attachments.iter().map(|a| (&a.filename, &a.content_type, a.inline, a.sha256)).collect();
        let sent = letter.draft.files.iter().map(|f| (&f.filename, &f.content_type, f.inline, f.sha256));
        assert_eq!(found, sent.collect::<Vec<_>>(), "{name}");
    }
}

/// Another reader's view: one line for every part of the message, and one for its subject.
const PYTHON: &str = "
import email, email.policy, sys
message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
print(message['subject'])
for part in message.walk():
    content = '' if part.is_multipart() else part.get_content()
    print(part.get_content_type(), part.get_content_disposition(), part.get_filename(), len(content), part.defects)
";

#[test]
fn python_reads_them_alike() {
    for (name, (letter, forms)) in samples() {
        let mut python = Command::new("python3");
        let python =
            python.args(["-c", PYTHON]).env("PYTHONIOENCODING", "utf-8").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut python = python.spawn().expect("python3 is installed");
        std::io::Write::write_all(&mut python.stdin.take().unwrap(), &bytes(&letter, &forms)).unwrap();
        let output = String::from_utf8(python.wait_with_output().unwrap().stdout).unwrap();
        let mut lines = output.lines();
        assert_eq!(lines.next(), Some(letter.draft.subject.as_str()), "{name}");
        for file in &letter.draft.files {
            let disposition = if file.inline { "inline" } else { "attachment" };
            let characters = match String::from_utf8(content(&file.content_type)) {
                Ok(text) => text.chars().count() as u64,
                Err(_) => file.size,
            };
            let expected = format!("{} {disposition} {} {characters} []", file.content_type, file.filename);
            assert!(output.lines().any(|line| line == expected), "{name}: {expected}\n{output}");
        }
        assert!(lines.all(|line| line.ends_with("[]")), "{name}: {output}");
    }
}
