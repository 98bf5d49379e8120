//! Warehouse software with two lines and a competence centre (seed 000).

use crate::support::{SentLetter, TestDesk, recipients, to};

const CLIENT: &str = "store@warehouse.example";
const FIRST_LINE: [&str; 3] =
    ["alekseev@marking.example.org", "borisova@marking.example.org", "vasin@marking.example.org"];
const SECOND_LINE: [&str; 2] = ["denisova@marking.example.org", "grishin@marking.example.org"];

/// A desk with one request, and Borisova's notification.
fn opened() -> (TestDesk, SentLetter) {
    let mut desk = TestDesk::of("trekmark").open();
    let letters = desk.asks(CLIENT, "Не печатаются коды", "Добрый день! Не печатаются коды маркировки.");
    assert_eq!(recipients(&letters), [FIRST_LINE[0], FIRST_LINE[1], CLIENT, FIRST_LINE[2]]);
    (desk, to(&letters, FIRST_LINE[1]))
}

/// The same, with the second line; Grishin's notification.
fn escalated() -> (TestDesk, SentLetter) {
    let (mut desk, notification) = opened();
    let letters = desk.answers("borisova", &notification, "[линия 2]", "");
    let grishin = to(&letters, SECOND_LINE[1]);
    (desk, grishin)
}

#[test]
fn trekmark_first_line_registers_and_helps_by_itself() {
    let (mut desk, notification) = opened();
    let letters = desk.answers("borisova", &notification, "[обработано]", "Перезапустите службу печати.");
    assert!(to(&letters, CLIENT).read().text.starts_with("Перезапустите службу печати."));
    assert_eq!((desk.status("TREK-1").as_str(), desk.assignee("TREK-1").as_str()), ("done", "borisova"));
}

#[test]
fn trekmark_first_line_passes_on_to_the_second() {
    let (mut desk, notification) = opened();
    let letters = desk.answers("borisova", &notification, "[линия 2]", "");
    let told: Vec<&str> = recipients(&letters).into_iter().filter(|to| SECOND_LINE.contains(to)).collect();
    assert_eq!(told, SECOND_LINE);
    assert!(to(&letters, SECOND_LINE[0]).read().text.contains("Не печатаются коды маркировки."));
    assert_eq!(desk.request("TREK-1").place.unwrap().to_string(), "line 2");
}

#[test]
fn trekmark_second_line_draws_in_the_competence_centre() {
    let (mut desk, grishin) = escalated();
    let letters = desk.answers("grishin", &grishin, "[передать центр]", "");
    let told = recipients(&letters).into_iter().filter(|to| !to.starts_with("grishin")).count();
    assert!(told >= 4, "{:?}", recipients(&letters));
    let answered =
        desk.answers("zimin", &to(&letters, "zimin@marking.example.org"), "[обработано]", "Исправлен драйвер.");
    assert!(to(&answered, CLIENT).read().text.starts_with("Исправлен драйвер."));
    assert_eq!(desk.assignee("TREK-1"), "zimin");
}

#[test]
fn trekmark_second_line_asks_a_neighbouring_department() {
    let (mut desk, grishin) = escalated();
    let note = "[наблюдать sales@marking.example.org]";
    desk.answers("grishin", &grishin, note, "");
    let letters = desk.asks(CLIENT, "[TREK-1] Не печатаются коды", "Принтер другой модели.");
    assert!(recipients(&letters).contains(&"sales@marking.example.org"), "{:?}", recipients(&letters));
}

#[test]
fn trekmark_registers_phone_calls_under_the_same_numbers() {
    let (mut desk, _) = opened();
    let personal = desk.personal_address("vasin");
    let call =
        desk.message_to(&personal, FIRST_LINE[2], "[for boss@warehouse.example] Склад 2", "Звонили со склада 2.");
    let letters = desk.send(&call);
    assert_eq!(to(&letters, "boss@warehouse.example").read().subject_raw, "Склад 2 [TREK-2]");
}

#[test]
fn trekmark_has_five_in_the_department_and_four_in_the_centre() {
    let desk = TestDesk::of("trekmark").open();
    let desk = desk.desk();
    assert_eq!(desk.lines.iter().map(|line| line.members.len()).sum::<usize>(), 5);
    assert_eq!(desk.teams[0].members.len(), 4);
}

#[test]
fn trekmark_plans_what_a_customer_asks_for() {
    let (mut desk, notification) = opened();
    let letters = desk.answers("borisova", &notification, "[в план]", "Добавим печать пачкой.");
    assert!(to(&letters, CLIENT).read().text.contains("план разработки"));
    assert_eq!(desk.status("TREK-1"), "planned");
}

#[test]
fn trekmark_reminds_the_first_line_when_the_second_is_silent() {
    let (mut desk, grishin) = escalated();
    assert_eq!(recipients(&desk.hours(3)), Vec::<&str>::new());
    let letters = desk.hours(2);
    assert!(!letters.is_empty() && letters.iter().all(|letter| FIRST_LINE.contains(&letter.rcpt.as_str())));
    let text = letters[0].read().text;
    assert!(text.contains("передан на линию 2") && text.contains("под Вашим контролем"), "{text}");
    // In the evening and at night nobody works, so nobody is late.
    assert_eq!(recipients(&desk.hours(16)), Vec::<&str>::new());
    desk.answers("grishin", &grishin, "[беру]", "");
    desk.answers("grishin", &grishin, "[обработано]", "Исправлено.");
    assert_eq!(recipients(&desk.hours(48)), Vec::<&str>::new());
}

#[test]
fn trekmark_tells_who_waits_when_the_update_is_out() {
    let (mut desk, notification) = opened();
    let letters = desk.asks("other@warehouse.example", "Коды", "Добрый день! Коды не печатаются.");
    let other = to(&letters, FIRST_LINE[1]);
    for letter in [&notification, &other] {
        desk.answers("borisova", letter, "[релиз 3.1]", "Войдёт в обновление.");
    }
    let letters = desk.answers("borisova", &notification, "[выпущено 3.1]", "");
    for client in [CLIENT, "other@warehouse.example"] {
        let told = to(&letters, client).read().text;
        assert!(told.contains("Вышла версия 3.1"), "{told}");
    }
    let again = desk.answers("borisova", &other, "[выпущено 3.1]", "");
    assert!(!recipients(&again).contains(&CLIENT), "nobody is told twice: {:?}", recipients(&again));
}

#[test]
fn trekmark_counts_silence_in_working_hours() {
    let mut desk = TestDesk::of("trekmark").open();
    desk.hours(4 * 24 + 5);
    // Friday at three: two hours are left of the week.
    let letters = desk.asks(CLIENT, "Не печатаются коды", "Добрый день! Не печатаются коды маркировки.");
    desk.answers("vasin", &to(&letters, FIRST_LINE[2]), "[линия 2]", "");
    assert_eq!(recipients(&desk.hours(2 * 24 + 19)), Vec::<&str>::new(), "until Monday at ten");
    assert!(!desk.hours(1).is_empty(), "Monday at eleven");
}

#[test]
fn trekmark_names_its_telephone_number_in_every_letter() {
    let mut desk = TestDesk::of("trekmark").open();
    let mut letters = desk.asks(CLIENT, "Не печатаются коды", "Добрый день! Не печатаются коды маркировки.");
    letters.extend(desk.answers("vasin", &to(&letters, FIRST_LINE[2]), "[обработано]", "Исправлено."));
    let told: Vec<&SentLetter> = letters.iter().filter(|letter| letter.rcpt == CLIENT).collect();
    assert_eq!(told.len(), 2);
    for letter in told {
        let text = letter.read().text;
        assert!(
            text.contains("С уважением,\nПоддержка маркировки\nsupport@marking.example.org, телефон 8 800"),
            "{text}"
        );
    }
}
