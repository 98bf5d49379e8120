//! People in copy of a customer's mail: who gets engineers' answers, and what their own words do.

use crate::support::{
    IVANOV, Message, NO_CAPS, OLGA, PETROVA, SentLetter, TWO_STAFFED_DESKS, TestDesk, VENDOR, recipients, text_to, to,
};

const BOSS: &str = "boss@client.example";
const OTHER: &str = "partner@other.example";
const COLLEAGUE: &str = "chief@house.example";

/// Desk OTK of Ivanov and, on line 2, Petrova; people at house.example are colleagues.
fn desk(more: &str) -> TestDesk {
    TestDesk::with(&format!("{TWO_STAFFED_DESKS}{NO_CAPS}"))
        .replacing("\n[desk.OTK.line.1]", &format!("house = [\"house.example\"]\n{more}\n\n[desk.OTK.line.1]"))
        .leaking_nothing(&[IVANOV, PETROVA])
        .open()
}

/// Olga's request with people in copy; gives her message and Ivanov's notification.
fn asked(desk: &mut TestDesk, cc: &str) -> (Message, SentLetter) {
    let message = desk
        .message(&format!("Ольга <{OLGA}>"), "Не печатается отчёт", "Добрый день! Отчёт пустой, ни одной строки.")
        .header("To: support@example.org")
        .header(&format!("Cc: {cc}"));
    let notification = to(&desk.send(&message), IVANOV);
    (message, notification)
}

fn answered(desk: &mut TestDesk, notification: &SentLetter, add: &str) -> Vec<String> {
    let answer = desk.reply(IVANOV, notification, add, "Мы уже смотрим, что с отчётом.");
    recipients(&desk.send(&answer)).into_iter().map(str::to_owned).collect()
}

const LISTED: &str = "customers = [\"client.example\"]";

#[test]
fn colleagues_in_copy_of_a_listed_customer_get_answers_without_links() {
    let mut desk = desk(LISTED);
    let (_, notification) = asked(&mut desk, &format!("Босс <{BOSS}>, {OTHER}, noreply@client.example, {PETROVA}"));
    let told = notification.read().text;
    for part in [
        "В копии: | Босс <boss@client.example>, partner@other.example",
        "и в копии boss@client.example (без них: [без копий])",
    ] {
        assert!(told.contains(part), "{part} in\n{told}");
    }
    let done = desk.reply(IVANOV, &notification, "[done]", "Отчёт исправлен, проверьте, пожалуйста.");
    let letters = desk.send(&done);
    assert_eq!(recipients(&letters), [BOSS, IVANOV, OLGA]);
    let copy = text_to(&letters, BOSS);
    assert!(copy.contains("Отчёт исправлен") && !copy.contains("mailto:"), "{copy}");
    assert!(desk.text(&["show", "OTK-1"]).contains("in copy Босс <boss@client.example>, partner@other.example"));
}

#[test]
fn a_stranger_has_nobody_written_to_until_they_have_answered() {
    let mut desk = desk("");
    let (message, notification) = asked(&mut desk, BOSS);
    assert!(!notification.read().text.contains("и в копии"));
    assert_eq!(answered(&mut desk, &notification, ""), [OLGA]);
    // Nor may the people in copy join before that.
    let reply = desk.message(BOSS, "Re: Не печатается отчёт", "И у меня пусто.").answering(&desk.written_id(&message));
    let letters = desk.send(&reply);
    assert_eq!(recipients(&letters), [IVANOV]);
    assert!(text_to(&letters, IVANOV).contains("с постороннего адреса"));
    assert_eq!(desk.numbers().len(), 1);
    let answer = desk.letter_to(OLGA);
    let more = desk.reply(OLGA, &answer, "", "Да, пустой.").header(&format!("Cc: {BOSS}"));
    desk.send(&more);
    assert_eq!(answered(&mut desk, &notification, ""), [BOSS, OLGA]);
}

#[test]
fn copies_can_be_left_out_and_are_not_sent_to_whom_the_engineer_has_written() {
    let mut desk = desk(LISTED);
    let (message, notification) = asked(&mut desk, BOSS);
    assert_eq!(answered(&mut desk, &notification, "[без копий]"), [OLGA]);
    assert_eq!(answered(&mut desk, &notification, "[note]"), [IVANOV]);
    assert_eq!(answered(&mut desk, &notification, ""), [BOSS, OLGA]);
    // The customer's next message names nobody.
    let answer = desk.letter_to(OLGA);
    let more = desk.reply(OLGA, &answer, "", "Спасибо, жду.");
    desk.send(&more);
    assert_eq!(answered(&mut desk, &notification, ""), [OLGA]);
    let _ = message;
}

#[test]
fn words_of_people_in_copy_count_and_only_the_requester_ends_a_request() {
    let mut desk = desk(LISTED);
    let (message, notification) = asked(&mut desk, BOSS);
    let asks = desk.reply(IVANOV, &notification, "[need info]", "Какая у Вас версия программы?");
    let question = to(&desk.send(&asks), BOSS);
    assert_eq!(desk.status("OTK-1"), "need_info");
    // By our signed thread.
    let version = desk.reply(BOSS, &question, "", "Версия 3.1.4, сборка семь.");
    assert_eq!(recipients(&desk.send(&version)), [IVANOV]);
    assert_eq!(desk.status("OTK-1"), "in_work");
    let done = desk.reply(IVANOV, &notification, "[done]", "Отчёт исправлен, проверьте, пожалуйста.");
    let copy = to(&desk.send(&done), BOSS);
    let confirmed = desk.reply(BOSS, &copy, "", "Подтверждаю, всё работает.");
    assert_eq!(recipients(&desk.send(&confirmed)), [IVANOV]);
    assert_eq!(desk.status("OTK-1"), "done", "only told");
    // By the id of the customer's mail.
    let id = desk.written_id(&message);
    let more = desk.message(BOSS, "Re: Не печатается отчёт", "Нет, всё ещё пусто.").answering(&id);
    assert_eq!(recipients(&desk.send(&more)), [IVANOV]);
    assert_eq!(desk.status("OTK-1"), "in_work", "reopened");
    // Not by the number alone.
    let alone = desk.message(BOSS, "[OTK-1]", "А у нас ещё вопрос про печать.");
    desk.send(&alone);
    assert_eq!(desk.numbers().len(), 2);
}

#[test]
fn whoever_answers_automatically_gets_no_more_copies() {
    let mut desk = desk(LISTED);
    let (_, notification) = asked(&mut desk, BOSS);
    let answer = desk.reply(IVANOV, &notification, "", "Мы уже смотрим, что с отчётом.");
    let copy = to(&desk.send(&answer), BOSS);
    let away = desk.reply(BOSS, &copy, "", "Я в отпуске до понедельника.").header("Auto-Submitted: auto-replied");
    desk.send(&away);
    assert_eq!(answered(&mut desk, &notification, ""), [OLGA]);
}

#[test]
fn a_colleague_who_watches_writes_notes() {
    let mut desk = desk(LISTED);
    let (_, notification) = asked(&mut desk, BOSS);
    let watch = desk.reply(IVANOV, &notification, &format!("[watch {COLLEAGUE}]"), "");
    desk.send(&watch);
    let answer = desk.reply(IVANOV, &notification, "", "Мы уже смотрим, что с отчётом.");
    let letters = desk.send(&answer);
    assert_eq!(recipients(&letters), [BOSS, COLLEAGUE, OLGA]);
    let thought = desk.reply(COLLEAGUE, &to(&letters, COLLEAGUE), "", "Этот клиент платит плохо, не спешите.");
    let letters = desk.send(&thought);
    assert_eq!(recipients(&letters), [IVANOV]);
    assert!(text_to(&letters, IVANOV).contains("коллега, не инженер"));
    // The answer to that is a note, and none of it reaches a team.
    let agreed = desk.reply(IVANOV, &letters[0], "", "Согласен, подождём с этим до среды.");
    assert_eq!(recipients(&desk.send(&agreed)), [IVANOV]);
    let handed = desk.reply(IVANOV, &notification, "[to vendor]", "Посмотрите, пожалуйста, отчёт.");
    let handover = text_to(&desk.send(&handed), VENDOR);
    for hidden in ["платит плохо", "подождём с этим", BOSS, COLLEAGUE] {
        assert!(!handover.contains(hidden), "{hidden} in\n{handover}");
    }
}

#[test]
fn everybody_gets_copies_where_the_desk_says_so_and_nobody_where_it_says_that() {
    let mut all = desk(&format!("{LISTED}\ncopies = \"all\""));
    let (_, notification) = asked(&mut all, &format!("{BOSS}, {OTHER}"));
    assert_eq!(answered(&mut all, &notification, ""), [BOSS, OLGA, OTHER]);
    let mut nobody = desk(&format!("{LISTED}\ncopies = \"nobody\""));
    let (_, notification) = asked(&mut nobody, BOSS);
    assert!(notification.read().text.contains("В копии: | boss@client.example"));
    assert_eq!(answered(&mut nobody, &notification, ""), [OLGA]);
}
