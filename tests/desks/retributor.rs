//! Retail software with requests by mail, telephone and chat, day and night (seed 004).

use super::support::{Scene, recipients, to};

const SHOP: &str = "cash@shop.example";
const PAVLOVA: &str = "pavlova@retail.example.com";

#[test]
fn retributor_takes_requests_by_mail_day_and_night() {
    let mut scene = Scene::of("retributor");
    for hour in 0..24 {
        let letters = scene.asks(&format!("cash{hour}@shop.example"), "Касса", "Добрый день! Касса не включается.");
        assert!(recipients(&letters).iter().any(|to| to.starts_with("cash")), "{hour}");
        assert!(letters.len() >= 2, "and an engineer is told: {:?}", recipients(&letters));
        scene.hours(1);
    }
    assert_eq!(scene.status("RET-24"), "new");
}

#[test]
fn retributor_registers_phone_and_chat_by_mail() {
    let mut scene = Scene::of("retributor");
    let personal = scene.personal_address("pavlova");
    let call = scene.message_to(&personal, PAVLOVA, &format!("[for {SHOP}] Звонок: касса 3"), "Касса 3 не включается.");
    let letters = scene.send(&call);
    assert_eq!(to(&letters, SHOP).read().subject_raw, "[RET-1] Звонок: касса 3");
    let chat = "10:02 Мария: не проходит оплата\n10:03 Елена: какая касса?\n10:03 Мария: пятая";
    let chat = scene.message_to(&personal, PAVLOVA, "[от имени maria@shop.example] Чат: оплата", chat);
    let letters = scene.send(&chat);
    assert_eq!(to(&letters, "maria@shop.example").read().subject_raw, "[RET-2] Чат: оплата");
    // Their answers come into the requests as any other's do.
    let answer =
        scene.reply("maria@shop.example", &to(&letters, "maria@shop.example"), "", "Касса пятая, смена вечерняя.");
    scene.send(&answer);
    assert_eq!(scene.entries("RET-2"), 2);
}
