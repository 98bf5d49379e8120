//! Retail software with requests by mail, telephone and chat, day and night (seed 004).

use crate::support::{TestDesk, recipients, to};

const SHOP: &str = "cash@shop.example";
const VENDOR: &str = "helpdesk@vendor.example";
const PAVLOVA: &str = "pavlova@retail.example.com";

#[test]
fn retributor_takes_requests_by_mail_day_and_night() {
    let mut desk = TestDesk::of("retributor").open();
    for hour in 0..24 {
        let letters = desk.asks(&format!("cash{hour}@shop.example"), "Касса", "Добрый день! Касса не включается.");
        assert!(recipients(&letters).iter().any(|to| to.starts_with("cash")), "{hour}");
        assert!(letters.len() >= 2, "and an engineer is told: {:?}", recipients(&letters));
        desk.hours(1);
    }
    assert_eq!(desk.status("RET-24"), "new");
}

#[test]
fn retributor_registers_phone_and_chat_by_mail() {
    let mut desk = TestDesk::of("retributor").open();
    let personal = desk.personal_address("pavlova");
    let call = desk.message_to(&personal, PAVLOVA, &format!("[for {SHOP}] Звонок: касса 3"), "Касса 3 не включается.");
    let letters = desk.send(&call);
    assert_eq!(to(&letters, SHOP).read().subject_raw, "Звонок: касса 3 [RET-1]");
    let chat = "10:02 Мария: не проходит оплата\n10:03 Елена: какая касса?\n10:03 Мария: пятая";
    let chat = desk.message_to(&personal, PAVLOVA, "[от имени maria@shop.example] Чат: оплата", chat);
    let letters = desk.send(&chat);
    assert_eq!(to(&letters, "maria@shop.example").read().subject_raw, "Чат: оплата [RET-2]");
    // Their answers come into the requests as any other's do.
    let answer =
        desk.reply("maria@shop.example", &to(&letters, "maria@shop.example"), "", "Касса пятая, смена вечерняя.");
    desk.send(&answer);
    assert_eq!(desk.entries("RET-2"), 2);
}

#[test]
fn retributor_hands_over_to_an_outside_helpdesk_and_takes_its_answer() {
    let mut desk = TestDesk::of("retributor").open();
    let asked = desk.message(SHOP, "Фискальный модуль", "Касса 3 не печатает чек.").file(
        "kkt.log",
        "text/plain",
        b"2026-11-23 10:00:01 ERROR fiscal\n",
    );
    let letters = desk.send(&asked);
    let notification = letters.iter().find(|letter| letter.rcpt.ends_with("@retail.example.com")).unwrap().clone();
    let engineer = notification.rcpt.split_once('@').unwrap().0.to_owned();
    desk.answers(&engineer, &notification, "[заметка]", "Похоже на брак модуля.");
    let letters = desk.answers(&engineer, &notification, "[передать вендор]", "Посмотрите, пожалуйста.");
    let handed = to(&letters, VENDOR);
    let read = handed.read();
    for part in ["Посмотрите, пожалуйста.", "Касса 3 не печатает чек."] {
        assert!(read.text.contains(part), "{}", read.text);
    }
    assert!(!read.text.contains("брак"), "a note stays in the house: {}", read.text);
    assert_eq!(read.attachments[0].filename, "kkt.log");
    let answer = desk.reply(VENDOR, &handed, "", "Заявка у нас 5512, замените модуль.");
    let letters = desk.send(&answer);
    assert!(recipients(&letters).iter().all(|to| to.ends_with("@retail.example.com")), "{:?}", recipients(&letters));
    assert!(letters[0].read().text.contains("замените модуль"));
    assert!(desk.request("RET-1").place.unwrap().to_string().contains("vendor"));
}

#[test]
fn retributor_takes_a_proposal_into_the_plan_and_tells_of_its_release() {
    let mut desk = TestDesk::of("retributor").open();
    let letters = desk.asks(SHOP, "Предложение", "Добрый день! Покажите сумму скидки на чеке.");
    let notification = letters.iter().find(|letter| letter.rcpt.ends_with("@retail.example.com")).unwrap().clone();
    let engineer = notification.rcpt.split_once('@').unwrap().0.to_owned();
    let letters = desk.answers(&engineer, &notification, "[в план]", "");
    assert!(to(&letters, SHOP).read().text.contains("план разработки"));
    desk.answers(&engineer, &notification, "[релиз 5.0]", "");
    let letters = desk.answers(&engineer, &notification, "[выпущено 5.0]", "");
    assert!(to(&letters, SHOP).read().text.contains("Вышла версия 5.0"));
}

#[test]
fn retributor_gives_the_second_lines_requests_out_in_turn() {
    let mut desk = TestDesk::of("retributor").open();
    let mut assignees = Vec::new();
    for number in ["RET-1", "RET-2", "RET-3", "RET-4"] {
        let letters = desk.asks(SHOP, "Касса", "Добрый день! Касса не включается.");
        let assignee = desk.assignee(number);
        assert!(recipients(&letters).contains(&desk.engineer(&assignee).as_str()), "{:?}", recipients(&letters));
        assignees.push(assignee);
    }
    assert_ne!(assignees[0], assignees[1]);
    assert_eq!(assignees[..2], assignees[2..]);
    assert!(assignees.iter().all(|name| ["pavlova", "romanov"].contains(&name.as_str())), "{assignees:?}");
}

#[test]
fn retributor_gives_by_key_words_to_the_third_line() {
    let mut desk = TestDesk::of("retributor").open();
    let letters = desk.asks(SHOP, "Отчёт", "Добрый день! Ошибка базы данных: PostgreSQL не отвечает.");
    assert_eq!(desk.request("RET-1").place.unwrap().to_string(), "line 3");
    assert_eq!(desk.assignee("RET-1"), "semenov");
    assert!(recipients(&letters).contains(&"semenov@retail.example.com"));
    // What the second line passes on by itself is given out there, too.
    let letters = desk.asks(SHOP, "Касса", "Добрый день! Касса не включается.");
    let assignee = desk.assignee("RET-2");
    let notification = to(&letters, &desk.engineer(&assignee));
    desk.answers(&assignee, &notification, "[линия 3]", "");
    assert_eq!(desk.assignee("RET-2"), "semenov");
}

#[test]
fn retributor_exports_a_request_for_another_tracker() {
    let mut desk = TestDesk::of("retributor").open();
    let letters = desk.asks(SHOP, "Касса 3", "Добрый день! Касса 3 не включается.");
    let assignee = desk.assignee("RET-1");
    let notification = to(&letters, &desk.engineer(&assignee));
    desk.answers(&assignee, &notification, "[заметка]", "Похоже на блок питания.");
    desk.answers(&assignee, &notification, "[в работе]", "Выезжаем.");
    let exported: serde_json::Value = serde_json::from_str(&desk.text(&["export", "RET-1"])).unwrap();
    let text = exported.to_string();
    for part in ["RET-1", "Касса 3 не включается.", "Выезжаем.", SHOP] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("блок питания"), "notes stay in the house: {text}");
    let read = desk.text(&["export", "RET-1", "--format", "text"]);
    assert!(read.contains("Выезжаем."), "{read}");
}
