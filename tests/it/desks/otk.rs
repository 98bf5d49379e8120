//! A CRM with one support department (seed 001).

use crate::support::{Message, SentLetter, TestDesk, recipients, to};

const OLGA: &str = "olga@shop.example";
const SOKOLOVA: &str = "sokolova@crm.example.org";
const BELOV: &str = "belov@crm.example.org";

/// A desk with one request, and the notification about it.
fn opened(subject: &str, text: &str) -> (TestDesk, SentLetter) {
    let mut desk = TestDesk::of("otk").open();
    let letters = desk.asks(OLGA, subject, text);
    (desk, to(&letters, SOKOLOVA))
}

/// The same with a proposal, which the developers consider.
fn proposed(text: &str) -> (TestDesk, SentLetter) {
    let mut desk = TestDesk::of("otk").open();
    let letters = desk.asks(OLGA, "Предложение", text);
    (desk, to(&letters, BELOV))
}

#[test]
fn otk_registers_every_request_under_a_number_of_its_own() {
    let mut desk = TestDesk::of("otk").open();
    for (client, number) in [(OLGA, "OTK-1"), ("ivan@shop.example", "OTK-2"), (OLGA, "OTK-3")] {
        let letters = desk.asks(client, "Вопрос по складу", "Добрый день! Подскажите, где остатки?");
        let acknowledgement = to(&letters, client).read();
        assert!(acknowledgement.subject_raw.starts_with(&format!("[{number}]")), "{}", acknowledgement.subject_raw);
        assert!(acknowledgement.text.contains(number), "{}", acknowledgement.text);
        assert_eq!(desk.status(number), "new");
    }
}

#[test]
fn otk_names_the_number_in_every_later_letter() {
    let (mut desk, notification) = opened("Не сходятся остатки", "Остатки по складу не сходятся.");
    let mut letters = desk.answers("sokolova", &notification, "[уточнение]", "Какой склад?");
    let question = to(&letters, OLGA);
    letters.extend(desk.asks(OLGA, "[OTK-1] Не сходятся остатки", "Склад 7."));
    letters.extend(desk.answers("sokolova", &notification, "[обработано]", "Пересчитали."));
    let confirmation = desk.reply(OLGA, &question, "", "Всё работает, спасибо!");
    letters.extend(desk.send(&confirmation));
    assert_eq!(desk.status("OTK-1"), "confirmed");
    assert!(letters.len() >= 5, "{:?}", recipients(&letters));
    for letter in letters {
        let read = letter.read();
        assert!(read.subject_raw.contains("[OTK-1]"), "{}", read.subject_raw);
        assert!(read.text.contains("OTK-1"), "{}", read.text);
    }
}

#[test]
fn otk_says_processed_with_the_engineers_comment() {
    let (mut desk, notification) = opened("Не сходятся остатки", "Остатки по складу не сходятся.");
    let letters = desk.answers("sokolova", &notification, "[обработано]", "Пересчитали остатки за ноябрь.");
    let answer = to(&letters, OLGA).read().text;
    assert!(answer.starts_with("Пересчитали остатки за ноябрь."), "{answer}");
    assert!(answer.contains("Запрос OTK-1: «Обработано»."), "{answer}");
    assert_eq!((desk.status("OTK-1").as_str(), desk.assignee("OTK-1").as_str()), ("done", "sokolova"));
}

#[test]
fn otk_asks_for_clarification_and_gets_the_journal_and_the_html() {
    let (mut desk, notification) = opened("Пустая страница", "Страница склада пустая.");
    let letters = desk.answers("sokolova", &notification, "[уточнение]", "Пришлите журнал и страницу целиком.");
    let question = to(&letters, OLGA);
    assert!(question.read().text.starts_with("Пришлите журнал и страницу целиком."));
    assert_eq!(desk.status("OTK-1"), "need_info");
    let supplied = desk
        .reply(OLGA, &question, "", "Прилагаю.")
        .file("events.log", "text/plain", b"12:00:01 ERROR empty page\n")
        .file("page.html", "text/html", b"<html><body></body></html>");
    let letters = desk.send(&supplied);
    let names: Vec<String> =
        to(&letters, SOKOLOVA).read().attachments.iter().map(|file| file.filename.clone()).collect();
    assert_eq!(names, ["events.log", "page.html"]);
    assert_eq!(desk.status("OTK-1"), "in_work");
}

#[test]
fn otk_takes_a_good_proposal_into_the_plan() {
    let (mut desk, notification) = proposed("Хорошо бы печатать этикетки пачкой.");
    let letters = desk.answers("belov", &notification, "[в план]", "Хорошая мысль, сделаем.");
    let answer = to(&letters, OLGA).read().text;
    assert!(answer.starts_with("Хорошая мысль, сделаем.") && answer.contains("план разработки"), "{answer}");
    assert_eq!(desk.status("OTK-1"), "planned");
}

#[test]
fn otk_declines_a_proposal_with_a_reason() {
    let (mut desk, notification) = proposed("Сделайте фон розовым.");
    let letters = desk.answers("belov", &notification, "[отклонено]", "Цвета заданы фирменным стилем.");
    let answer = to(&letters, OLGA).read().text;
    assert!(answer.starts_with("Цвета заданы фирменным стилем.") && answer.contains("«Отклонено»"), "{answer}");
    assert_eq!(desk.status("OTK-1"), "declined");
}

#[test]
fn otk_engineers_name_the_kind_by_a_tag() {
    let (mut desk, notification) = opened("Склад", "Здравствуйте! Вопрос по складу.");
    desk.answers("sokolova", &notification, "[вид обслуживание]", "");
    assert_eq!(desk.request("OTK-1").kind.unwrap().to_string(), "service request");
}

#[test]
fn otk_takes_the_kind_that_the_requester_names() {
    let (desk, _) = opened("Склад [вид инцидент]", "Здравствуйте! Вопрос по складу.");
    assert_eq!(desk.request("OTK-1").kind.unwrap().to_string(), "incident");
}

#[test]
fn otk_registers_a_phone_call_under_the_same_numbers() {
    let (mut desk, _) = opened("Склад", "Здравствуйте! Вопрос по складу.");
    let personal = desk.personal_address("sokolova");
    let call: Message =
        desk.message_to(&personal, SOKOLOVA, "[for maria@shop.example] Касса 3", "Звонила Мария, касса 3 молчит.");
    let letters = desk.send(&call);
    let told = to(&letters, "maria@shop.example").read();
    assert_eq!(told.subject_raw, "Касса 3 [OTK-2]");
    assert_eq!(desk.request("OTK-2").requester().unwrap().email.to_string(), "maria@shop.example");
}

#[test]
fn otk_tells_who_waits_when_the_update_is_out() {
    let (mut desk, notification) = opened("Не сходятся остатки", "Остатки по складу не сходятся.");
    desk.answers("sokolova", &notification, "[релиз 3.2.0 2026-12-10]", "Исправим в обновлении.");
    let letters = desk.answers("sokolova", &notification, "[выпущено 3.2.0]", "");
    let told = to(&letters, OLGA).read().text;
    assert!(told.contains("Вышла версия 3.2.0"), "{told}");
    assert_eq!(desk.status("OTK-1"), "done");
}

#[test]
fn otk_asks_for_a_screenshot_where_there_is_a_failure() {
    const ASKED: &str = "снимок экрана со сбоем";
    let mut desk = TestDesk::of("otk").open();
    let failure = desk.asks(OLGA, "Ошибка при печати", "Добрый день! При печати накладной ошибка.");
    assert!(to(&failure, OLGA).read().text.contains(ASKED));
    let question = desk.asks(OLGA, "Склад", "Добрый день! Подскажите, где настроить склад?");
    assert!(!to(&question, OLGA).read().text.contains(ASKED), "nothing has failed");
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\0\0\0\x03\0\x08\x06\0\0\0 and a picture of a screen";
    let shown = desk.message(OLGA, "Ошибка при входе", "Добрый день! Ошибка при входе, снимок приложен.").file(
        "screen.png",
        "image/png",
        picture,
    );
    let letters = desk.send(&shown);
    assert!(!to(&letters, OLGA).read().text.contains(ASKED), "it is there");
}

#[test]
fn otk_tells_the_kind_by_key_words() {
    let mut desk = TestDesk::of("otk").open();
    for (number, subject, kind) in [
        ("OTK-1", "Не печатается накладная", "incident"),
        ("OTK-2", "Приложение недоступно", "problem"),
        ("OTK-3", "Подскажите, где отчёт", "service request"),
        ("OTK-4", "Доработка карточки клиента", "change request"),
    ] {
        desk.asks(OLGA, subject, "Добрый день!");
        assert_eq!(desk.request(number).kind.unwrap().to_string(), kind, "{subject}");
    }
}

#[test]
fn otk_a_problem_is_urgent_at_once() {
    let mut desk = TestDesk::of("otk").open();
    let letters = desk.asks(OLGA, "Всё встало", "Добрый день! Приложение не открывается ни у кого.");
    assert!(to(&letters, SOKOLOVA).read().text.contains("критический"), "the engineer reads it at once");
    desk.asks(OLGA, "Вид запроса: проблема", "Вид запроса: проблема\n\nДобрый день! Склад стоит.");
    desk.asks(OLGA, "Ошибка в отчёте", "Добрый день! Ошибка в отчёте.");
    let priorities = ["OTK-1", "OTK-2", "OTK-3"].map(|number| desk.request(number).priority.to_string());
    assert_eq!(priorities, ["critical", "critical", "normal"]);
}
