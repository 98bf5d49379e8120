//! What ends, links and joins requests: links from other addresses, numbers in texts.

use crate::support::{IVANOV, OLGA, PETROVA, SentLetter, TestDesk, link, recipients, text_to, to};

const MALLORY: &str = "mallory@example.net";

/// An answered request of Olga's, and the letter with the answer.
fn answered() -> (TestDesk, SentLetter) {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Отчёт", "Отчёт не печатается.");
    let letters = desk.answers("ivanov", &notification, "[готово]", "Печатается.");
    let answer = to(&letters, OLGA);
    (desk, answer)
}

#[test]
fn a_right_key_from_another_address_changes_nothing_and_its_requester_is_asked_once() {
    let (mut desk, answer) = answered();
    let subject = link(&answer, "confirm");
    let used = desk.message(MALLORY, &subject, "");
    let letters = desk.send_to("support", &used);
    assert_eq!(recipients(&letters), [IVANOV, OLGA]);
    assert_eq!(desk.status("OTK-1"), "done");
    let asked = to(&letters, OLGA);
    assert!(asked.read().text.contains("с другого адреса"), "{}", asked.read().text);
    assert!(!asked.read().text.contains("mallory"), "{}", asked.read().text);
    let again = desk.message("olga@home.example", &subject, "");
    assert_eq!(recipients(&desk.send_to("support", &again)), [IVANOV], "asked once");
    let in_thread = desk.reply(MALLORY, &answer, "", "").header("X-Subject: x");
    assert_eq!(recipients(&desk.send_to("support", &in_thread)), [IVANOV]);
    assert_eq!(desk.status("OTK-1"), "done");
    // The link in that letter works.
    let confirmed = desk.message(OLGA, &link(&asked, "confirm"), "");
    desk.send_to("support", &confirmed);
    assert_eq!(desk.status("OTK-1"), "confirmed");
}

#[test]
fn words_beside_a_link_end_nothing() {
    for words in [
        "Нет, так не пойдёт",
        "Почти, но итоги не те",
        "Спасибо, а когда обновление?",
        "Ок, но проверьте ещё раз",
        "Спасибо, всё работает!",
    ] {
        let (mut desk, answer) = answered();
        let beside = desk.message(OLGA, &link(&answer, "confirm"), words);
        let letters = desk.send_to("support", &beside);
        assert!(text_to(&letters, IVANOV).contains(words), "{words}");
        let status = if words.ends_with("работает!") { "done" } else { "in_work" };
        assert_eq!(desk.status("OTK-1"), status, "{words}");
    }
}

#[test]
fn numbers_that_merely_stand_in_a_message_link_it() {
    for (from, subject, text, linked) in [
        (OLGA, "#1", "Дополнение.", true),
        (OLGA, "№1", "Дополнение.", true),
        (OLGA, "Счёт №1", "Когда оплатите?", true),
        (OLGA, "Касса", "Так же было в OTK-1, посмотрите.", true),
        (OLGA, "Касса", "Не печатает. См. заявку №1.", true),
        (OLGA, "Заявки №1 и №7", "Как дела?", true),
        (MALLORY, "Касса", "Так же было в OTK-1.", true),
        // A bare number may mean anything, and so it says nothing to who has no such request.
        (MALLORY, "Счёт №1", "Когда оплатите?", false),
        (OLGA, "Счёт №115", "Когда оплатите?", false),
        (OLGA, "Касса", "Ошибка 1.", false),
    ] {
        let (mut desk, _) = answered();
        let message = desk.message(from, subject, text);
        let letters = desk.send_to("support", &message);
        assert_eq!(desk.last_disposition().0, "opened", "{from} {subject}");
        let told = text_to(&letters, IVANOV);
        assert_eq!(told.contains("связанный с OTK-1"), linked, "{from} {subject}: {told}");
        let own: Vec<String> = desk.request("OTK-2").linked.iter().map(ToString::to_string).collect();
        assert_eq!(own == ["OTK-1"], linked, "{from} {subject}: {own:?}");
        assert!(!text_to(&letters, from).contains("OTK-1"), "its requester learns nothing of that");
        assert_eq!(desk.status("OTK-1"), "done");
    }
}

#[test]
fn a_number_that_is_called_a_request_joins_only_while_that_is_recent() {
    let (mut desk, _) = answered();
    let joins = desk.message(OLGA, "Заявка №1", "Итоги не те.");
    assert_eq!(recipients(&desk.send_to("support", &joins)), [IVANOV]);
    assert_eq!(desk.last_disposition().0, "appended");
    let (mut desk, _) = answered();
    desk.skip(15 * 86_400);
    let late = desk.message(OLGA, "Заявка №1", "Итоги не те.");
    let letters = desk.send_to("support", &late);
    assert_eq!(desk.last_disposition().0, "opened");
    assert!(text_to(&letters, IVANOV).contains("связанный с OTK-1"));
}

#[test]
fn a_caller_without_an_address_is_registered_and_who_took_the_call_gets_the_answers() {
    for (tag, caller) in [
        ("[for Ivanova, tel +7 900 123-45-67]", "Ivanova, tel +7 900 123-45-67"),
        ("[от имени Иванова А.П., тел. 123-45]", "Иванова А.П., тел. 123-45"),
    ] {
        let mut desk = TestDesk::two_desks("0s");
        let call = desk.message(IVANOV, &format!("{tag} Касса"), "Звонила: касса не печатает.");
        let letters = desk.send_to("internal", &call);
        assert!(recipients(&letters).iter().all(|to| *to == IVANOV), "{:?}", recipients(&letters));
        assert!(letters.iter().any(|letter| letter.read().text.contains("OTK-1")));
        let requester = desk.request("OTK-1").requester().cloned().unwrap();
        assert_eq!((requester.email.as_str(), requester.name.as_str()), (IVANOV, caller));
        assert_eq!(desk.request("OTK-1").subject, "Касса");
        let receipt = letters.iter().find(|letter| desk.kind_of(letter) == "receipt").unwrap().clone();
        assert!(receipt.read().text.contains(caller), "{}", receipt.read().text);
        // What a colleague answers goes to who can call back.
        let passed = desk.answers("ivanov", &receipt, "[линия 2]", "");
        let notification = to(&passed, PETROVA);
        assert!(notification.read().text.contains(caller), "{}", notification.read().text);
        let answered = desk.answers("petrova", &notification, "[done]", "Replaced the drum.");
        let mut texts = answered.iter().filter(|letter| letter.rcpt == IVANOV).map(|letter| letter.read().text);
        assert!(texts.any(|text| text.contains("Replaced the drum.")));
        // The caller turns out to have an address.
        let changed = desk.answers("ivanov", &receipt, &format!("[for {OLGA}]"), "");
        assert!(recipients(&changed).contains(&OLGA), "{:?}", recipients(&changed));
    }
}

#[test]
fn a_request_can_be_given_to_a_caller() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Касса", "Не печатает.");
    desk.answers("ivanov", &notification, "[for Ivanova, tel +7 900 123-45-67]", "");
    let requester = desk.request("OTK-1").requester().cloned().unwrap();
    assert_eq!((requester.email.as_str(), requester.name.as_str()), (IVANOV, "Ivanova, tel +7 900 123-45-67"));
    desk.answers("ivanov", &notification, "[undo]", "");
    assert_eq!(desk.request("OTK-1").requester().unwrap().email.as_str(), OLGA);
}
