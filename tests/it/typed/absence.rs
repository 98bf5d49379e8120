//! Absence notes of engineers that bear no sign in their header.

use crate::support::{IVANOV, SentLetter, TestDesk, recipients, to};

const OLGA: &str = "olga@client.example";

/// The engineer's mail program answers a notification under this subject.
fn answered(desk: &mut TestDesk, letter: &SentLetter, subject: &str, words: &str) -> Vec<SentLetter> {
    let raw = String::from_utf8(desk.reply(IVANOV, letter, "", words).raw()).unwrap();
    let (before, behind) = raw.split_once("Subject: ").unwrap();
    let rest = behind.split_once("\r\n").unwrap().1;
    desk.send_raw(format!("{before}Subject: {subject}\r\n{rest}").as_bytes())
}

#[test]
fn an_absence_note_is_held_and_a_yes_sends_it() {
    for (seconds, subject, words, is_held) in [
        (5, "Автоответ: Printer", "Буду в понедельник.", true),
        (7_200, "Автоответ: Printer", "Я в отпуске до 5 декабря.", true),
        (7_200, "Out of office: Printer", "I am out of the office until 5 December.", true),
        (7_200, "Автоответ: Printer", "Заменили барабан.", false),
        (5, "Re: [OTK-1] Printer", "Я в отпуске с 5 декабря, барабан заменит Пётр.", false),
    ] {
        let mut desk = TestDesk::two_desks("0s");
        let (_, notification) = desk.ask("support", OLGA, "Printer", "It does not print.");
        desk.skip(seconds);
        let letters = answered(&mut desk, &notification, subject, words);
        let expected = if is_held { IVANOV } else { OLGA };
        assert_eq!(recipients(&letters), [expected], "{subject} {words}: {:?}", desk.last_disposition());
        if !is_held {
            continue;
        }
        let receipt = to(&letters, IVANOV);
        assert!(receipt.read().text.contains("принято за уведомление об отсутствии"), "{}", receipt.read().text);
        let again = answered(&mut desk, &receipt, subject, words);
        assert_eq!(recipients(&again), Vec::<&str>::new(), "told once a day: {:?}", desk.last_disposition());
        let sent = desk.answers("ivanov", &receipt, "", "да");
        assert!(to(&sent, OLGA).read().text.starts_with(words), "{:?}", desk.last_disposition());
    }
}

#[test]
fn words_of_the_requests_own_subject_are_no_sign() {
    let mut desk = TestDesk::two_desks("0s");
    for subject in ["Отпуск: неверно считает дни", "Автоответ не уходит", "Out of office"]
    {
        let (_, notification) = desk.ask("support", OLGA, subject, "Помогите, пожалуйста.");
        let letters = desk.answers("ivanov", &notification, "", "Исправили расчёт.");
        assert_eq!(recipients(&letters), [OLGA], "{subject}: {:?}", desk.last_disposition());
    }
}
