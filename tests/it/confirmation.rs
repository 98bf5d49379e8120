//! Engineers answer questions of ours: about messages in their name, words that were given back, and notes. Words go to a requester
//! only where the whole answer is a yes.

use crate::support::{IVANOV, SentLetter, TestDesk, recipients, to};

const ANNA: &str = "anna@client.example";

fn desk() -> (TestDesk, SentLetter) {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", ANNA, "Printer", "It does not print.");
    (desk, notification)
}

/// How many messages `status` counts as held.
fn held(desk: &TestDesk) -> u64 {
    let status: serde_json::Value = serde_json::from_slice(&desk.output(&["status", "--json"]).stdout).unwrap();
    status["mailboxes"].as_array().unwrap().iter().map(|mailbox| mailbox["held"].as_u64().unwrap()).sum()
}

/// What `status` says.
fn status(desk: &TestDesk) -> String {
    String::from_utf8(desk.output(&["status"]).stdout).unwrap()
}

/// Answers that are neither yes nor no.
const UNCLEAR: [&str; 6] = [
    "",
    "Да нет, не надо",
    "Ок, Петров уже ответил",
    "Yes, but change line 2",
    "Нет, так не пойдёт",
    "Пусть Петров ответит",
];

#[test]
fn a_message_in_an_engineers_name_waits_for_a_whole_yes() {
    let (mut desk, _) = desk();
    let claimed = desk.message(IVANOV, "[OTK-1] Printer", "Заменили барабан.");
    let question = to(&desk.send(&claimed), IVANOV);
    let read = question.read().text;
    assert!(
        read.contains("> Заменили барабан.") && read.contains("anna(at)client(.)example"),
        "what goes, and to whom: {read}"
    );
    for words in UNCLEAR {
        let letters = desk.answers("ivanov", &question, "", words);
        assert_eq!(recipients(&letters), [IVANOV], "{words:?}: {:?}", desk.last_disposition());
    }
    assert_eq!(held(&desk), 1);
    let letters = desk.answers("ivanov", &question, "", "Да, это я.");
    assert!(to(&letters, ANNA).read().text.starts_with("Заменили барабан."));
    assert_eq!(held(&desk), 0);
}

#[test]
fn what_was_denied_is_held_no_longer() {
    for no in ["Нет", "No, not me.", "[отмена]"] {
        let (mut desk, _) = desk();
        let claimed = desk.message(IVANOV, "[OTK-1] Printer", "Заменили барабан.");
        let question = to(&desk.send(&claimed), IVANOV);
        assert_eq!(recipients(&desk.answers("ivanov", &question, "", no)), Vec::<&str>::new());
        assert_eq!(held(&desk), 0, "{no}");
    }
}

#[test]
fn a_yes_sends_what_was_given_back_as_it_stands() {
    let (mut desk, notification) = desk();
    let back = desk.answers("ivanov", &notification, "", "Перезапустите и нажмите [Готово].\nЗатем подождите.");
    let explanation = to(&back, IVANOV);
    let read = explanation.read().text;
    assert!(read.contains("> Перезапустите и нажмите [Готово]."), "{read}");
    assert!(read.contains("«да»") || read.contains("“yes”"), "{read}");
    for words in UNCLEAR {
        let letters = desk.answers("ivanov", &explanation, "", words);
        assert_eq!(recipients(&letters), [IVANOV], "{words:?}: {:?}", desk.last_disposition());
        assert!(letters[0].read().text.contains("> Перезапустите и нажмите [Готово]."), "{words:?}");
    }
    let letters = desk.answers("ivanov", &explanation, "", "Да");
    let answer = to(&letters, ANNA).read().text;
    assert!(answer.starts_with("Перезапустите и нажмите [Готово].\nЗатем подождите."), "{answer}");
    assert_eq!(desk.status("OTK-1"), "in_work");
    let again = desk.answers("ivanov", &explanation, "", "Да");
    assert_eq!(recipients(&again), [IVANOV], "sent once");
    desk.verify();
}

#[test]
fn a_yes_to_the_letter_about_an_unclear_answer_sends_the_words_and_not_the_answer() {
    let (mut desk, notification) = desk();
    let explanation = to(&desk.answers("ivanov", &notification, "", "Нажмите [Готово] и ждите."), IVANOV);
    let asked = to(&desk.answers("ivanov", &explanation, "", "Ок, Петров уже ответил"), IVANOV);
    let letters = desk.answers("ivanov", &asked, "", "да");
    let answer = to(&letters, ANNA).read().text;
    assert!(answer.starts_with("Нажмите [Готово] и ждите.") && !answer.contains("Петров"), "{answer}");
}

#[test]
fn a_yes_carries_out_the_tags_of_the_subject_unless_one_of_them_was_wrong() {
    let (mut desk, notification) = desk();
    let explanation = to(&desk.answers("ivanov", &notification, "[done]", "Нажмите [Готово] и ждите."), IVANOV);
    let letters = desk.answers("ivanov", &explanation, "", "да");
    assert!(to(&letters, ANNA).read().text.contains("[Готово]"));
    assert_eq!(desk.status("OTK-1"), "done");

    let (_, notification) = desk.ask("support", ANNA, "Scales", "They do not weigh.");
    let explanation = to(&desk.answers("ivanov", &notification, "[doen]", "Заменили барабан."), IVANOV);
    let letters = desk.answers("ivanov", &explanation, "", "да");
    assert!(to(&letters, ANNA).read().text.starts_with("Заменили барабан."));
    assert_eq!(desk.status("OTK-2"), "in_work");
}

#[test]
fn a_no_drops_what_was_given_back() {
    for no in ["нет", "No.", "[отмена]"] {
        let (mut desk, notification) = desk();
        let explanation = to(&desk.answers("ivanov", &notification, "", "Нажмите [Готово]."), IVANOV);
        assert_eq!(recipients(&desk.answers("ivanov", &explanation, "", no)), Vec::<&str>::new());
        let letters = desk.answers("ivanov", &explanation, "", "да");
        assert_eq!(recipients(&letters), [IVANOV], "{no}: nothing is left to be sent");
    }
}

#[test]
fn a_corrected_text_replaces_what_was_given_back() {
    let (mut desk, notification) = desk();
    let explanation = to(&desk.answers("ivanov", &notification, "", "Нажмите [Готово] и ждите."), IVANOV);
    let letters = desk.answers("ivanov", &explanation, "", "Нажмите «Готово» и ждите.");
    assert!(to(&letters, ANNA).read().text.starts_with("Нажмите «Готово» и ждите."));
    let letters = desk.answers("ivanov", &explanation, "", "да");
    assert_eq!(recipients(&letters), [IVANOV], "the corrected text was sent instead");
}

#[test]
fn a_yes_to_the_receipt_of_a_note_sends_it() {
    for (added, words, sent) in [
        ("", "[note]\nЗаменили барабан.", "Заменили барабан."),
        ("[заметка]", "Заменили барабан.", "Заменили барабан."),
        ("", "Нажмите [заметка] и ждите.", "Нажмите [заметка] и ждите."),
    ] {
        let (mut desk, notification) = desk();
        let receipt = to(&desk.answers("ivanov", &notification, added, words), IVANOV);
        let read = receipt.read().text;
        assert!(read.contains("«да»") || read.contains("“yes”"), "{read}");
        let letters = desk.answers("ivanov", &receipt, "", "Ок, Петров уже ответил");
        assert_eq!(recipients(&letters), [IVANOV], "{words}");
        let letters = desk.answers("ivanov", &receipt, "", "Yes.");
        let answer = to(&letters, ANNA).read().text;
        assert!(answer.starts_with(sent), "{answer}");
        desk.verify();
    }
}

#[test]
fn what_cannot_be_told_from_quotes_is_sent_by_a_yes_with_its_files() {
    let (mut desk, notification) = desk();
    let read = notification.read();
    let quoted: Vec<String> = read.text.lines().skip(3).map(|line| format!("> {line} changed")).collect();
    let text = format!("Заменили барабан.\n\n{}\n", quoted.join("\n"));
    let inline =
        desk.reply(IVANOV, &notification, "", "").text(&text).file("act.pdf", "application/pdf", b"%PDF-1.4 act");
    let letters = desk.send(&inline);
    assert_eq!(recipients(&letters), [IVANOV], "{:?}", desk.last_disposition());
    assert_eq!(desk.last_disposition().0, "held");
    let letters = desk.answers("ivanov", &to(&letters, IVANOV), "", "да");
    let answer = to(&letters, ANNA).read();
    assert!(answer.text.starts_with("Заменили барабан."), "{}", answer.text);
    assert_eq!(answer.attachments.iter().map(|file| file.filename.as_str()).collect::<Vec<_>>(), ["act.pdf"]);
    assert_eq!(held(&desk), 0);
}

#[test]
fn a_yes_to_a_receipt_that_asks_nothing_is_no_answer_to_the_requester() {
    let (mut desk, notification) = desk();
    let receipt = to(&desk.answers("ivanov", &notification, "[беру]", ""), IVANOV);
    for words in ["Ок", "Да, спасибо", "нет"] {
        let asked = desk.answers("ivanov", &receipt, "", words);
        assert_eq!(recipients(&asked), [IVANOV], "{words}");
    }
    let asked = to(&desk.answers("ivanov", &receipt, "", "Ок."), IVANOV);
    let letters = desk.answers("ivanov", &asked, "", "да");
    assert!(to(&letters, ANNA).read().text.starts_with("Ок."));
}

#[test]
fn a_question_without_an_answer_is_asked_again_after_a_working_hour_and_stands_in_the_status() {
    let (mut desk, notification) = desk();
    desk.answers("ivanov", &notification, "", "Нажмите [Готово] и ждите.");
    let claimed = desk.message(IVANOV, "[OTK-1] Printer", "Заменили барабан.");
    desk.send(&claimed);
    assert!(status(&desk).contains("waiting for an engineer's yes or no: 2"), "{}", status(&desk));
    assert!(desk.later(1_800).is_empty());
    let again = desk.hours(3);
    assert_eq!(recipients(&again), [IVANOV, IVANOV]);
    assert!(again.iter().all(|letter| letter.read().text.contains("ответа ещё не было")));
    assert!(desk.hours(30).iter().all(|letter| desk.kind_of(letter) != "question"), "asked again once");
    let [explanation, question] = &again[..] else { panic!("two letters") };
    let letters = desk.answers("ivanov", explanation, "", "да");
    assert!(to(&letters, ANNA).read().text.starts_with("Нажмите [Готово] и ждите."));
    let letters = desk.answers("ivanov", question, "", "да");
    assert!(to(&letters, ANNA).read().text.starts_with("Заменили барабан."), "{:?}", desk.last_disposition());
    assert!(!status(&desk).contains("waiting for an engineer's"), "{}", status(&desk));
}

#[test]
fn beyond_the_cap_on_explanations_one_letter_an_hour_lists_all_that_was_not_sent() {
    let mut desk = TestDesk::two_desks("0s");
    let mut explained = 0;
    for index in 0..34 {
        let (_, notification) =
            desk.ask("support", &format!("anna@client{index}.example"), &format!("Printer {index}"), "Help");
        let letters =
            desk.answers("ivanov", &notification, "", &format!("Нажмите [Готово] {}", "и ждите ".repeat(index)));
        explained += letters.iter().filter(|letter| desk.kind_of(letter) == "explanation").count();
    }
    assert_eq!(explained, 30);
    let listed = desk.later(3_601);
    let list = to(&listed, IVANOV).read();
    assert!(list.subject.contains("НЕ отправлены") && list.text.contains("OTK-34"), "{}", list.text);
    assert!(list.text.contains("34"), "{}", list.text);
    assert_eq!(desk.number("SELECT sum(n) FROM tally WHERE kind = 'unexplained'"), 4);
    assert!(desk.hours(20).iter().all(|letter| desk.kind_of(letter) != "explanation"), "told again once");
}

#[test]
fn a_robot_that_answers_each_explanation_falls_silent() {
    let (mut desk, notification) = desk();
    let mut last = notification;
    for round in 0..5 {
        let letters = desk.answers("ivanov", &last, "", "Нажмите [Готово], чтобы подтвердить приём.");
        desk.skip(20);
        match letters.into_iter().find(|letter| letter.rcpt == IVANOV) {
            Some(letter) => last = letter,
            None => return assert_eq!(round, 3, "three explanations"),
        }
    }
    panic!("it goes on: {:?}", desk.last_disposition());
}

#[test]
fn the_last_question_of_a_day_says_so_and_the_status_warns() {
    let (mut desk, _) = desk();
    let mut questions = Vec::new();
    for index in 0..12 {
        let forged = desk.message(IVANOV, "[OTK-1] Printer", &format!("Text {index}"));
        questions.extend(desk.send(&forged));
    }
    assert_eq!(questions.len(), 10);
    assert!(questions[9].read().text.contains("последний такой вопрос"), "{}", questions[9].read().text);
    assert!(!questions[8].read().text.contains("последний такой вопрос"));
    assert_eq!(desk.number("SELECT sum(n) FROM tally WHERE kind = 'unasked'"), 2);
}
