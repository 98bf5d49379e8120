//! Engineers steer by mail, customers answer: the real binary between a real IMAP server and a real submission server.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use support::{CLIENT, IVANOV, PETROVA, SIDOROV, STEERED_DESK, Story, recipients, to};

#[test]
fn done_with_an_answer_and_the_customer_confirms_by_link() {
    let mut story = Story::start(STEERED_DESK);
    let (acknowledgement, notification) = story.opened("Не печатается отчёт", "Добрый день! Отчёт не печатается.");
    println!("{}\n=====\n{}", acknowledgement.read().text, notification.read().text);
    let reply = story.reply(IVANOV, &notification, "[done]", "Отчёт исправлен, обновите страницу.");
    let letters = story.send(&reply);
    for letter in &letters {
        println!("===== {}\n{}\n{}", letter.rcpt, letter.read().subject, letter.read().text);
    }
    println!("{:?}", story.last_fate());
    assert_eq!(recipients(&letters), [IVANOV, CLIENT]);
    assert_eq!(story.stands("OTK-1"), ("done".to_owned(), "ivanov".to_owned()));
    let answer = to(&letters, CLIENT).read();
    println!("{}", String::from_utf8_lossy(&to(&letters, CLIENT).raw));
    let _ = (answer, PETROVA, SIDOROV);
}
