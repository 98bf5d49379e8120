//! A booking platform with contracts, stands and releases (seed 002).

use super::support::{Scene, SentLetter, bounce_of, recipients, to};

const AGENT: &str = "agent@agency.example";

/// What brings all that the desk expects.
const COMPLETE: &str = "Стенд: тестовый\nПериод: с 12:00 до 12:30\n\nПри выписке билета ошибка 500.";

/// A desk with one request; the acknowledgement, and the notification.
fn opened() -> (Scene, SentLetter, SentLetter) {
    let mut scene = Scene::of("mixvel");
    let message = scene.message(AGENT, "Не выписывается билет", COMPLETE).file(
        "error.log",
        "text/plain",
        b"2026-11-23 12:10:01 ERROR 500 ticket\n",
    );
    let letters = scene.send(&message);
    let acknowledgement = to(&letters, AGENT);
    let notification = letters.iter().find(|letter| letter.rcpt != AGENT).unwrap().clone();
    (scene, acknowledgement, notification)
}

/// The same, answered; the answer.
fn answered() -> (Scene, SentLetter) {
    let (mut scene, _, notification) = opened();
    let engineer = who(&notification);
    let letters = scene.answers(&engineer, &notification, "[обработано]", "Обновите страницу и выпишите снова.");
    assert_eq!(scene.status("MIX-1"), "done");
    let answer = to(&letters, AGENT);
    (scene, answer)
}

/// The engineer whom a letter went to.
fn who(letter: &SentLetter) -> String {
    letter.rcpt.split_once('@').unwrap().0.to_owned()
}

#[test]
fn mixvel_confirms_the_receipt_at_once() {
    let (_, acknowledgement, _) = opened();
    let read = acknowledgement.read();
    assert!(read.text.contains("получен и зарегистрирован под номером MIX-1"), "{}", read.text);
    assert_eq!(read.header("Auto-Submitted").next(), Some("auto-replied"));
}

#[test]
fn mixvel_asks_for_more_and_goes_on_with_the_answer() {
    let (mut scene, _, notification) = opened();
    let engineer = who(&notification);
    let letters = scene.answers(&engineer, &notification, "[уточнение]", "Какой перевозчик?");
    assert_eq!(scene.status("MIX-1"), "need_info");
    let question = to(&letters, AGENT);
    let more = scene.reply(AGENT, &question, "", "Перевозчик SU.");
    let letters = scene.send(&more);
    assert_eq!(recipients(&letters), [scene.engineer(&engineer)]);
    assert_eq!(scene.status("MIX-1"), "in_work");
}

#[test]
fn mixvel_explains_what_the_user_should_do() {
    let (_, answer) = answered();
    let text = answer.read().text;
    assert!(text.starts_with("Обновите страницу и выпишите снова."), "{text}");
}

#[test]
fn mixvel_passes_a_fault_on_to_a_service_that_offers_solutions() {
    let (mut scene, _, notification) = opened();
    let letters = scene.answers(&who(&notification), &notification, "[to modules]", "");
    let passed = to(&letters, "titov@booking.example.net");
    assert!(passed.read().text.contains("При выписке билета ошибка 500."), "{}", passed.read().text);
    assert_eq!(passed.read().attachments[0].filename, "error.log");
    let options = "Ошибка в модуле выписки. Варианты: выписать через старый интерфейс или дождаться исправления.";
    let letters = scene.answers("titov", &passed, "", options);
    assert!(to(&letters, AGENT).read().text.starts_with(options));
    assert_eq!(scene.executor("MIX-1"), "titov");
}

#[test]
fn mixvel_announces_the_version_with_its_date() {
    let (mut scene, _, notification) = opened();
    let letters = scene.answers(&who(&notification), &notification, "[релиз 2.4.17 2026-12-01]", "Исправим.");
    let text = to(&letters, AGENT).read().text;
    assert!(text.contains("Изменение войдёт в версию 2.4.17, её выход намечен на 01.12.2026."), "{text}");
    assert_eq!(scene.status("MIX-1"), "planned");
}

#[test]
fn mixvel_an_answered_request_is_completed_and_waits() {
    let (mut scene, _) = answered();
    assert_eq!(scene.request("MIX-1").standing.phase.to_string(), "completed");
    assert_eq!(recipients(&scene.hours(24)), Vec::<&str>::new());
    assert_eq!(scene.status("MIX-1"), "done");
}

#[test]
fn mixvel_a_reasoned_disagreement_continues_the_request() {
    let (mut scene, answer) = answered();
    let no = scene.reply(AGENT, &answer, "", "Не помогло: страницу обновили, ошибка та же.");
    let letters = scene.send(&no);
    assert_eq!(recipients(&letters).len(), 1);
    assert_eq!(scene.status("MIX-1"), "in_work");
}

#[test]
fn mixvel_a_confirmation_closes_the_request() {
    for words in ["Всё работает, спасибо!", "Бронирование прошло", "Билет выписан, спасибо"]
    {
        let (mut scene, answer) = answered();
        let yes = scene.reply(AGENT, &answer, "", words);
        scene.send(&yes);
        assert_eq!(scene.status("MIX-1"), "confirmed", "{words}");
    }
}

#[test]
fn mixvel_the_customer_may_withdraw_at_any_time() {
    let (mut scene, acknowledgement, _) = opened();
    let withdrawn = scene.reply(AGENT, &acknowledgement, "", "Уже не нужно, спасибо.");
    scene.send(&withdrawn);
    assert_eq!(scene.status("MIX-1"), "withdrawn");
    let (mut scene, answer) = answered();
    let withdrawn = scene.reply(AGENT, &answer, "", "Уже неактуально.");
    scene.send(&withdrawn);
    assert_eq!(scene.status("MIX-1"), "withdrawn");
}

#[test]
fn mixvel_a_bounced_answer_stops_the_timer() {
    let (mut scene, answer) = answered();
    let letters = scene.deliver(&bounce_of("bounce@mx.example.com", &answer.id(), AGENT));
    assert!(!letters.is_empty() && letters.iter().all(|letter| letter.rcpt != AGENT), "{:?}", recipients(&letters));
    assert_ne!(scene.request("MIX-1").standing.phase.to_string(), "completed");
    scene.hours(24 * 5);
    assert_ne!(scene.request("MIX-1").standing.phase.to_string(), "closed");
}
