//! Warehouse software with two lines and a competence centre (seed 000).

use super::support::{Scene, SentLetter, recipients, to};

const CLIENT: &str = "store@warehouse.example";
const FIRST_LINE: [&str; 3] =
    ["alekseev@marking.example.org", "borisova@marking.example.org", "vasin@marking.example.org"];
const SECOND_LINE: [&str; 2] = ["denisova@marking.example.org", "grishin@marking.example.org"];

/// A desk with one request, and Borisova's notification.
fn opened() -> (Scene, SentLetter) {
    let mut scene = Scene::of("trekmark");
    let letters = scene.asks(CLIENT, "Не печатаются коды", "Добрый день! Не печатаются коды маркировки.");
    assert_eq!(recipients(&letters), [FIRST_LINE[0], FIRST_LINE[1], CLIENT, FIRST_LINE[2]]);
    (scene, to(&letters, FIRST_LINE[1]))
}

/// The same, with the second line; Grishin's notification.
fn escalated() -> (Scene, SentLetter) {
    let (mut scene, notification) = opened();
    let letters = scene.answers("borisova", &notification, "[линия 2]", "");
    let grishin = to(&letters, SECOND_LINE[1]);
    (scene, grishin)
}

#[test]
fn trekmark_first_line_registers_and_helps_by_itself() {
    let (mut scene, notification) = opened();
    let letters = scene.answers("borisova", &notification, "[обработано]", "Перезапустите службу печати.");
    assert!(to(&letters, CLIENT).read().text.starts_with("Перезапустите службу печати."));
    assert_eq!((scene.status("TREK-1").as_str(), scene.assignee("TREK-1").as_str()), ("done", "borisova"));
}

#[test]
fn trekmark_first_line_passes_on_to_the_second() {
    let (mut scene, notification) = opened();
    let letters = scene.answers("borisova", &notification, "[линия 2]", "");
    let told: Vec<&str> = recipients(&letters).into_iter().filter(|to| SECOND_LINE.contains(to)).collect();
    assert_eq!(told, SECOND_LINE);
    assert!(to(&letters, SECOND_LINE[0]).read().text.contains("Не печатаются коды маркировки."));
    assert_eq!(scene.request("TREK-1").place.unwrap().to_string(), "line 2");
}

#[test]
fn trekmark_second_line_draws_in_the_competence_centre() {
    let (mut scene, grishin) = escalated();
    let letters = scene.answers("grishin", &grishin, "[передать центр]", "");
    let told = recipients(&letters).into_iter().filter(|to| !to.starts_with("grishin")).count();
    assert!(told >= 4, "{:?}", recipients(&letters));
    let answered =
        scene.answers("zimin", &to(&letters, "zimin@marking.example.org"), "[обработано]", "Исправлен драйвер.");
    assert!(to(&answered, CLIENT).read().text.starts_with("Исправлен драйвер."));
    assert_eq!(scene.assignee("TREK-1"), "zimin");
}

#[test]
fn trekmark_second_line_asks_a_neighbouring_department() {
    let (mut scene, grishin) = escalated();
    let note = "[наблюдать sales@marking.example.org]";
    scene.answers("grishin", &grishin, note, "");
    let letters = scene.asks(CLIENT, "[TREK-1] Не печатаются коды", "Принтер другой модели.");
    assert!(recipients(&letters).contains(&"sales@marking.example.org"), "{:?}", recipients(&letters));
}

#[test]
fn trekmark_registers_phone_calls_under_the_same_numbers() {
    let (mut scene, _) = opened();
    let personal = scene.personal_address("vasin");
    let call =
        scene.message_to(&personal, FIRST_LINE[2], "[for boss@warehouse.example] Склад 2", "Звонили со склада 2.");
    let letters = scene.send(&call);
    assert_eq!(to(&letters, "boss@warehouse.example").read().subject_raw, "[TREK-2] Склад 2");
}

#[test]
fn trekmark_has_five_in_the_department_and_four_in_the_centre() {
    let scene = Scene::of("trekmark");
    let desk = scene.desk();
    assert_eq!(desk.lines.iter().map(|line| line.members.len()).sum::<usize>(), 5);
    assert_eq!(desk.teams[0].members.len(), 4);
}

#[test]
fn trekmark_plans_what_a_customer_asks_for() {
    let (mut scene, notification) = opened();
    let letters = scene.answers("borisova", &notification, "[в план]", "Добавим печать пачкой.");
    assert!(to(&letters, CLIENT).read().text.contains("план разработки"));
    assert_eq!(scene.status("TREK-1"), "planned");
}

#[test]
fn trekmark_reminds_the_first_line_when_the_second_is_silent() {
    let (mut scene, grishin) = escalated();
    assert_eq!(recipients(&scene.hours(3)), Vec::<&str>::new());
    let letters = scene.hours(2);
    assert!(!letters.is_empty() && letters.iter().all(|letter| FIRST_LINE.contains(&letter.rcpt.as_str())));
    let text = letters[0].read().text;
    assert!(text.contains("передан на линию 2") && text.contains("под Вашим контролем"), "{text}");
    // In the evening and at night nobody works, so nobody is late.
    assert_eq!(recipients(&scene.hours(16)), Vec::<&str>::new());
    scene.answers("grishin", &grishin, "[беру]", "");
    scene.answers("grishin", &grishin, "[обработано]", "Исправлено.");
    assert_eq!(recipients(&scene.hours(48)), Vec::<&str>::new());
}

#[test]
fn trekmark_tells_who_waits_when_the_update_is_out() {
    let (mut scene, notification) = opened();
    let letters = scene.asks("other@warehouse.example", "Коды", "Добрый день! Коды не печатаются.");
    let other = to(&letters, FIRST_LINE[1]);
    for letter in [&notification, &other] {
        scene.answers("borisova", letter, "[релиз 3.1]", "Войдёт в обновление.");
    }
    let letters = scene.answers("borisova", &notification, "[выпущено 3.1]", "");
    for client in [CLIENT, "other@warehouse.example"] {
        let told = to(&letters, client).read().text;
        assert!(told.contains("Вышла версия 3.1"), "{told}");
    }
    let again = scene.answers("borisova", &other, "[выпущено 3.1]", "");
    assert!(!recipients(&again).contains(&CLIENT), "nobody is told twice: {:?}", recipients(&again));
}

#[test]
fn trekmark_counts_silence_in_working_hours() {
    let mut scene = Scene::of("trekmark");
    scene.hours(4 * 24 + 5);
    // Friday at three: two hours are left of the week.
    let letters = scene.asks(CLIENT, "Не печатаются коды", "Добрый день! Не печатаются коды маркировки.");
    scene.answers("vasin", &to(&letters, FIRST_LINE[2]), "[линия 2]", "");
    assert_eq!(recipients(&scene.hours(2 * 24 + 19)), Vec::<&str>::new(), "until Monday at ten");
    assert!(!scene.hours(1).is_empty(), "Monday at eleven");
}

#[test]
fn trekmark_names_its_telephone_number_in_every_letter() {
    let mut scene = Scene::of("trekmark");
    let mut letters = scene.asks(CLIENT, "Не печатаются коды", "Добрый день! Не печатаются коды маркировки.");
    letters.extend(scene.answers("vasin", &to(&letters, FIRST_LINE[2]), "[обработано]", "Исправлено."));
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
