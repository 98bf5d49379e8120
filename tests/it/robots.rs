//! Automatic mail that passes for people: it falls silent, slows down, and brings nothing in.

use crate::support::{IVANOV, OLGA, PETROVA, SentLetter, TestDesk, recipients, to};

#[test]
fn a_robot_that_answers_explanations_falls_silent() {
    let mut desk = TestDesk::guarded();
    let (_, notification) = desk.olga_asks();
    let mut letter = notification;
    let mut answered = 0;
    for _ in 0..40 {
        let quoted = format!("Ваше обращение принято.\n> {}\nСпасибо.", "цитата");
        let robot = desk.message(IVANOV, "Re: [OTK-1] Не печатается отчёт", &quoted).answering(&letter.id());
        let letters = desk.send(&robot);
        let Some(next) = letters.into_iter().find(|letter| letter.rcpt == IVANOV) else { break };
        letter = next;
        answered += 1;
    }
    assert!(answered < 40, "{answered} letters to a robot");
}

#[test]
fn two_robots_between_whom_letters_are_carried_slow_down() {
    let mut desk = TestDesk::guarded();
    let (_, mut notification) = desk.olga_asks();
    let begun = desk.unix();
    for round in 0..50 {
        // The same words would not be carried so often.
        let words = format!("Ваше обращение принято{}", "!".repeat(round) + &" Спасибо".repeat(round));
        let robot = desk.message(IVANOV, "Re: [OTK-1]", &words).answering(&notification.id());
        let answer = to(&desk.arrived(&robot), OLGA);
        let robot = desk.message(OLGA, "Re: [OTK-1]", "Your request is registered.").answering(&answer.id());
        notification = to(&desk.arrived(&robot), IVANOV);
    }
    let hours = (desk.unix() - begun) / 3_600;
    assert!(hours >= 12, "100 letters within {hours} hours");
}

/// Nothing shows that they are absence notes; each comes a few seconds after a letter.
#[test]
fn absence_notes_of_both_sides_stop_after_two() {
    let mut desk = TestDesk::guarded();
    let (_, mut notification) = desk.olga_asks();
    for sent in 0..2 {
        let note = desk.message(IVANOV, "Re: [OTK-1]", &format!("Меня нет до 5{sent} декабря."));
        let letters = desk.arrived(&note.answering(&notification.id()));
        let note = desk.message(OLGA, "Re: [OTK-1]", "Я в отпуске.").answering(&to(&letters, OLGA).id());
        notification = to(&desk.arrived(&note), IVANOV);
    }
    let third = |desk: &mut TestDesk, letter: &SentLetter| {
        let note = desk.message(IVANOV, "Re: [OTK-1]", "Меня нет до 53 декабря.").answering(&letter.id());
        desk.arrived(&note)
    };
    let letters = third(&mut desk, &notification);
    assert_eq!(recipients(&letters), [IVANOV], "its author is told of it, once");
    assert!(letters[0].read().text.contains("это те же слова в третий раз"), "{}", letters[0].read().text);
    assert_eq!(desk.last_disposition().0, "held");
    assert_eq!(recipients(&third(&mut desk, &letters[0])), [""; 0]);
    // A person who says the same once more does not do so within seconds.
    desk.skip(90);
    assert_eq!(recipients(&third(&mut desk, &letters[0])), [OLGA]);
}

#[test]
fn what_names_an_engineer_without_proof_and_says_it_is_automatic_brings_no_file_into_a_request() {
    let mut desk = TestDesk::guarded();
    let (_, notification) = desk.olga_asks();
    let forged = desk
        .message(IVANOV, "[OTK-1] Не печатается отчёт", "Отсутствую.")
        .header("Auto-Submitted: auto-replied")
        .file("update.exe", "application/octet-stream", b"MZ evil");
    desk.send(&forged);
    let given = desk.reply(IVANOV, &notification, "[assign petrova]", "");
    let letters = desk.send(&given);
    let given = to(&letters, PETROVA).read();
    assert!(given.attachments.is_empty(), "{:?}", given.attachments);
}

/// A request that waits for Olga's answer; gives the question, and Ivanov's notification.
fn waiting() -> (TestDesk, SentLetter) {
    let mut desk = TestDesk::guarded();
    let (_, notification) = desk.olga_asks();
    let question = desk.reply(IVANOV, &notification, "[need info]", "Which printer is it?");
    let question = to(&desk.send(&question), OLGA);
    assert_eq!(desk.status("OTK-1"), "need_info");
    (desk, question)
}

/// Marks that help desks put on what their people answer.
const MARKS: [&str; 4] = [
    "Auto-Submitted: auto-generated",
    "Precedence: bulk",
    "X-Auto-Response-Suppress: All",
    "X-ServiceNow-Generated: true",
];

#[test]
fn a_late_answer_in_words_of_its_own_ends_waiting_in_spite_of_a_robots_marks() {
    for mark in MARKS {
        let (mut desk, question) = waiting();
        desk.skip(600);
        let answer = desk.reply(OLGA, &question, "", "The one on floor 2, model X100.").header(mark);
        let letters = desk.send(&answer);
        assert_eq!(desk.status("OTK-1"), "in_work", "{mark}");
        assert!(to(&letters, IVANOV).read().text.contains("model X100"), "{mark}");
        assert_eq!(recipients(&letters), [IVANOV], "no automatic letter: {mark}");
    }
}

#[test]
fn what_only_looks_automatic_is_shown_once_a_day_and_changes_nothing() {
    for (seconds, words) in [
        (5, "The one on floor 2."),
        (600, "Your ticket INC0012345 has been updated."),
        (600, "Я в отпуске, отвечу позже."),
        (600, ""),
    ] {
        let (mut desk, question) = waiting();
        desk.skip(seconds);
        let robot = desk.reply(OLGA, &question, "", words).header(MARKS[0]);
        let letters = desk.send(&robot);
        assert_eq!(desk.status("OTK-1"), "need_info", "{words}");
        assert_eq!(recipients(&letters), [IVANOV], "{words}");
        let told = to(&letters, IVANOV).read().text;
        assert!(told.contains("похоже на автоматическое") && told.contains(words), "{told}");
        desk.skip(600);
        let again = desk.reply(OLGA, &question, "", &words.replace("12345", "12399")).header(MARKS[0]);
        assert!(desk.send(&again).is_empty(), "told once: {words}");
        assert_eq!(desk.status("OTK-1"), "need_info", "{words}");
        desk.skip(90_000);
        let next_day = desk.reply(OLGA, &question, "", words).header(MARKS[0]);
        assert_eq!(recipients(&desk.send(&next_day)), [IVANOV], "{words}");
        assert_eq!(desk.status("OTK-1"), "need_info", "{words}");
    }
}

#[test]
fn an_automatic_reply_stays_without_effect_and_so_do_marks_on_what_only_quotes_a_number() {
    let (mut desk, question) = waiting();
    desk.skip(600);
    let away = desk.reply(OLGA, &question, "", "The one on floor 2.").header("Auto-Submitted: auto-replied");
    assert!(desk.send(&away).is_empty());
    let numbered = desk.message(OLGA, "[OTK-1] printer", "The one on floor 2.").header(MARKS[0]);
    assert!(desk.send(&numbered).is_empty());
    assert_eq!(desk.status("OTK-1"), "need_info");
}
