//! Ten threads as Russian companies write them, and what the engineer gets to read: all that was written, the new on top.
//!
//! `UPDATE_GOLDEN=1 cargo test --test it -- threads::` writes the notifications anew; read them as the engineer would.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{IVANOV, SentLetter, TestDesk, text_to};

const ANNA: &str = "anna@client.example";

/// What each thread must show, in this order, whatever else a golden says.
const SHOWN: [(&str, &[&str]); 10] = [
    ("memo", &["СЛУЖЕБНАЯ ЗАПИСКА № 114", "Заменить кассу № 5", "переносной терминал", "Согласовано"]),
    ("outlook-colleagues-desk-added", &["очередь", "нет связи с ФН", "Чеки не выходят с 9:30"]),
    ("forward-of-a-forward", &["сами не разобрались", "romashka-77", "403-17", "Накладные отгрузить не можем"]),
    ("order-form", &["Картридж TK-1170;10", "Доставка до 14:00", "Ким Павел;+7 900 000-00-02"]),
    ("colleagues-answer-between-lines", &["смотрите п. 2", "240, как вчера", "База Склад_2", "версия 3.1.42"]),
    ("lotus-log-below-the-signature", &["второй день", "0x800B0101", "платежи на 1,2 млн висят"]),
    ("answer-outlook-form-filled-in", &["уточню у Павла завтра", "3.1.42, обновляли в среду", "пятая, у окна"]),
    ("answer-the-bat-between-lines", &["3.1.42, обновляли в среду ночью", "Звонить лучше до 17:00"]),
    ("answer-thunderbird-own-message-below", &["на седьмой кассе", "почтой или на диск?"]),
    ("answer-from-a-phone-with-a-vendors-letter", &["ответил поставщик кассы", "00104477", "прошивка 5.2"]),
];

/// Words of ours that the customer has only sent back.
const OURS: [&str; 3] = ["Уточните, пожалуйста", "Не обновляйте до версии 3.2", "Отозвать запрос"];

#[test]
fn engineers_read_all_of_a_thread_and_the_new_on_top() {
    let mut wrong = Vec::new();
    for (name, shown) in SHOWN {
        let told = notification(name);
        let golden = path(name, "expected");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, &told).unwrap();
        } else if fs::read_to_string(&golden).ok().as_deref() != Some(told.as_str()) {
            wrong.push(format!("{name} differs from its golden:\n{told}"));
        }
        let news = told.split("Перед этим").next().unwrap_or_default();
        let places: Vec<Option<usize>> = shown.iter().map(|words| news.find(words)).collect();
        if places.iter().any(Option::is_none) || !places.is_sorted() {
            wrong.push(format!("{name}: {shown:?} stand at {places:?} in:\n{news}"));
        }
        let typed = |line: &&str| !line.starts_with('>');
        let ours = OURS.iter().filter(|words| news.lines().filter(typed).any(|line| line.contains(*words)));
        let ours: Vec<&&str> = ours.collect();
        if name.starts_with("answer") && !ours.is_empty() {
            wrong.push(format!("{name}: {ours:?} are no words of the customer's:\n{news}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn path(name: &str, extension: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/threads").join(name).with_extension(extension)
}

/// The notification that a thread causes: of an answer, at a desk that has asked Anna back.
fn notification(name: &str) -> String {
    let mut desk = TestDesk::two_desks("0s");
    let mut raw = fs::read_to_string(path(name, "eml")).unwrap();
    if raw.contains("{letter-id}") {
        let (_, notification) = desk.ask("support", ANNA, "Принтер", "Принтер не печатает.");
        let words = "Уточните, пожалуйста:\nВерсия программы:\nНомер кассы:\nНе обновляйте до версии 3.2.";
        let letters = desk.answers("ivanov", &notification, "[уточнение]", words);
        let question = letters.into_iter().find(|letter| letter.rcpt == ANNA).unwrap();
        raw = quoting(&raw, &question);
    }
    let letters = desk.send_raw(raw.as_bytes());
    masked(&text_to(&letters, IVANOV))
}

/// The message with our letter in place of `{letter…}`. Behind the word stands the mark of each quoted line, and behind `|` or
/// `;` what the customer has made of some of them: `line=lines`.
fn quoting(raw: &str, letter: &SentLetter) -> String {
    let read = letter.read();
    let raw = raw.replace("{letter-id}", &letter.id()).replace("{subject}", &read.subject_raw);
    let (above, rest) = raw.split_once("{letter").unwrap();
    let (how, below) = rest.split_once('}').unwrap();
    let mut parts = how.split(['|', ';']);
    let mut mark = parts.next().unwrap();
    if how.starts_with(';') {
        mark = parts.next().unwrap();
    }
    let changes: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once('=')).collect();
    let quoted = read.text.lines().map(|line| match changes.iter().find(|(from, _)| *from == line) {
        Some((_, to)) => format!("{mark}{to}\n"),
        None => format!("{mark}{line}\n"),
    });
    format!("{above}{}{below}", quoted.collect::<String>())
}

/// Without what is new in each run: keys in links and tokens.
fn masked(text: &str) -> String {
    let pattern = regex::Regex::new(r"tq[a-z0-9]+-[a-z0-9-]+").unwrap();
    format!("{}\n", pattern.replace_all(text, "TOKEN").trim_end())
}
