//! A booking platform with contracts, stands and releases (seed 002).

use crate::support::{SentLetter, TestDesk, bounce_of, link, recipients, to};

const AGENT: &str = "agent@agency.example";

/// What brings all that the desk expects.
const COMPLETE: &str = "Стенд: тестовый\nПериод: с 12:00 до 12:30\n\nПри выписке билета ошибка 500.";

/// What the system returned.
const LOG: &[u8] = b"2026-11-23 12:10:01 ERROR 500 ticket\n2026-11-23 12:10:02 WARN retry\n";

/// A desk with one request; the acknowledgement, and the notification.
fn opened() -> (TestDesk, SentLetter, SentLetter) {
    let mut desk = TestDesk::of("mixvel").open();
    let message = desk.message(AGENT, "Не выписывается билет", COMPLETE).file("error.log", "text/plain", LOG);
    let letters = desk.send(&message);
    let acknowledgement = to(&letters, AGENT);
    let notification = letters.iter().find(|letter| letter.rcpt != AGENT).unwrap().clone();
    (desk, acknowledgement, notification)
}

/// The same, answered; the answer.
fn answered() -> (TestDesk, SentLetter) {
    let (mut desk, _, notification) = opened();
    let engineer = who(&notification);
    let letters = desk.answers(&engineer, &notification, "[обработано]", "Обновите страницу и выпишите снова.");
    assert_eq!(desk.status("MIX-1"), "done");
    let answer = to(&letters, AGENT);
    (desk, answer)
}

/// The engineer whom a letter went to.
fn who(letter: &SentLetter) -> String {
    letter.rcpt.split_once('@').unwrap().0.to_owned()
}

#[test]
fn mixvel_confirms_the_receipt_at_once() {
    let (_, acknowledgement, _) = opened();
    let read = acknowledgement.read();
    assert!(read.text.contains("Мы получили Ваш запрос, его номер MIX-1"), "{}", read.text);
    assert_eq!(read.header("Auto-Submitted").next(), Some("auto-replied"));
}

#[test]
fn mixvel_asks_for_more_and_goes_on_with_the_answer() {
    let (mut desk, _, notification) = opened();
    let engineer = who(&notification);
    let letters = desk.answers(&engineer, &notification, "[уточнение]", "Какой перевозчик?");
    assert_eq!(desk.status("MIX-1"), "need_info");
    let question = to(&letters, AGENT);
    let more = desk.reply(AGENT, &question, "", "Перевозчик SU.");
    let letters = desk.send(&more);
    assert_eq!(recipients(&letters), [desk.engineer(&engineer)]);
    assert_eq!(desk.status("MIX-1"), "in_work");
}

#[test]
fn mixvel_explains_what_the_user_should_do() {
    let (_, answer) = answered();
    let text = answer.read().text;
    assert!(text.starts_with("Обновите страницу и выпишите снова."), "{text}");
}

#[test]
fn mixvel_passes_a_fault_on_to_a_service_that_offers_solutions() {
    let (mut desk, _, notification) = opened();
    let letters = desk.answers(&who(&notification), &notification, "[to modules]", "");
    let passed = to(&letters, "titov@booking.example.net");
    assert!(passed.read().text.contains("При выписке билета ошибка 500."), "{}", passed.read().text);
    assert_eq!(passed.read().attachments[0].filename, "error.log");
    let options = "Ошибка в модуле выписки. Варианты: выписать через старый интерфейс или дождаться исправления.";
    let letters = desk.answers("titov", &passed, "", options);
    assert!(to(&letters, AGENT).read().text.starts_with(options));
    assert_eq!(desk.assignee("MIX-1"), "titov");
}

#[test]
fn mixvel_announces_the_version_with_its_date() {
    let (mut desk, _, notification) = opened();
    let letters = desk.answers(&who(&notification), &notification, "[релиз 2.4.17 2026-12-01]", "Исправим.");
    let text = to(&letters, AGENT).read().text;
    assert!(text.contains("Изменение войдёт в версию 2.4.17, её выход намечен на 01.12.2026."), "{text}");
    assert_eq!(desk.status("MIX-1"), "planned");
}

#[test]
fn mixvel_an_answered_request_is_completed_and_waits() {
    let (mut desk, _) = answered();
    assert_eq!(desk.request("MIX-1").standing.phase.to_string(), "completed");
    assert_eq!(recipients(&desk.hours(24)), Vec::<&str>::new());
    assert_eq!(desk.status("MIX-1"), "done");
}

#[test]
fn mixvel_a_reasoned_disagreement_continues_the_request() {
    let (mut desk, answer) = answered();
    let no = desk.reply(AGENT, &answer, "", "Не помогло: страницу обновили, ошибка та же.");
    let letters = desk.send(&no);
    assert_eq!(recipients(&letters).len(), 1);
    assert_eq!(desk.status("MIX-1"), "in_work");
    let (mut desk, answer) = answered();
    let touched = desk.message(AGENT, &link(&answer, "disagree"), "");
    desk.send(&touched);
    assert_eq!(desk.status("MIX-1"), "in_work", "by the link in the answer");
}

#[test]
fn mixvel_a_confirmation_closes_the_request() {
    for words in ["Всё работает, спасибо!", "Бронирование прошло", "Билет выписан, спасибо"]
    {
        let (mut desk, answer) = answered();
        let yes = desk.reply(AGENT, &answer, "", words);
        desk.send(&yes);
        assert_eq!(desk.status("MIX-1"), "confirmed", "{words}");
    }
    let (mut desk, answer) = answered();
    let touched = desk.message(AGENT, &link(&answer, "confirm"), "");
    desk.send(&touched);
    assert_eq!(desk.status("MIX-1"), "confirmed", "by the link in the answer");
}

#[test]
fn mixvel_the_customer_may_withdraw_at_any_time() {
    let (mut desk, acknowledgement, _) = opened();
    let withdrawn = desk.reply(AGENT, &acknowledgement, "", "Уже не нужно, спасибо.");
    desk.send(&withdrawn);
    assert_eq!(desk.status("MIX-1"), "withdrawn");
    let (mut desk, answer) = answered();
    let withdrawn = desk.reply(AGENT, &answer, "", "Уже неактуально.");
    desk.send(&withdrawn);
    assert_eq!(desk.status("MIX-1"), "withdrawn");
}

#[test]
fn mixvel_a_bounced_answer_stops_the_timer() {
    let (mut desk, answer) = answered();
    let letters = desk.send_raw(&bounce_of("bounce@mx.example.com", &answer.id(), AGENT));
    assert!(!letters.is_empty() && letters.iter().all(|letter| letter.rcpt != AGENT), "{:?}", recipients(&letters));
    assert_ne!(desk.request("MIX-1").standing.phase.to_string(), "completed");
    desk.hours(24 * 5);
    assert_ne!(desk.request("MIX-1").standing.phase.to_string(), "closed");
}

/// The words of the letters that went to somebody.
fn texts(letters: &[SentLetter], recipient: &str) -> Vec<String> {
    letters.iter().filter(|letter| letter.rcpt == recipient).map(|letter| letter.read().text).collect()
}

#[test]
fn mixvel_tells_a_day_ahead_that_it_will_close() {
    let (mut desk, _) = answered();
    assert_eq!(recipients(&desk.hours(47)), Vec::<&str>::new());
    let told = texts(&desk.hours(2), AGENT);
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("MIX-1") && told[0].contains("26.11.2026"), "{}", told[0]);
    assert_eq!(desk.status("MIX-1"), "done");
}

#[test]
fn mixvel_closes_by_itself_three_days_after_the_answer_was_delivered() {
    let (mut desk, _) = answered();
    let letters = desk.hours(71);
    assert_eq!((desk.status("MIX-1").as_str(), recipients(&letters)), ("done", vec![AGENT]), "the notice only");
    let told = texts(&desk.hours(2), AGENT);
    assert_eq!(desk.request("MIX-1").standing.phase.to_string(), "closed");
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("запрос MIX-1 закрыт"), "{}", told[0]);
    assert_eq!(recipients(&desk.hours(24 * 7)), Vec::<&str>::new(), "nobody is told twice");
}

#[test]
fn mixvel_an_absence_note_does_not_keep_a_request_open() {
    let (mut desk, answer) = answered();
    desk.hours(24);
    let note = desk.reply(AGENT, &answer, "", "Я в отпуске до понедельника.").header("Auto-Submitted: auto-replied");
    assert_eq!(recipients(&desk.send(&note)), Vec::<&str>::new());
    desk.hours(49);
    assert_eq!(desk.request("MIX-1").standing.phase.to_string(), "closed");
}

#[test]
fn mixvel_an_answer_in_time_keeps_the_request_open() {
    let (mut desk, answer) = answered();
    desk.hours(70);
    let no = desk.reply(AGENT, &answer, "", "Проверили на другом заказе, ошибка повторилась, журнал пришлём позже.");
    desk.send(&no);
    desk.hours(24 * 5);
    assert_eq!(desk.status("MIX-1"), "in_work");
}

#[test]
fn mixvel_tells_that_the_version_is_out() {
    let (mut desk, _, notification) = opened();
    let engineer = who(&notification);
    desk.answers(&engineer, &notification, "[релиз 2.4.17 2026-12-01]", "Исправим.");
    let letters = desk.answers(&engineer, &notification, "[выпущено 2.4.17]", "");
    let told = texts(&letters, AGENT);
    assert_eq!(told.len(), 1, "{:?}", recipients(&letters));
    assert!(told[0].contains("Вышла версия 2.4.17"), "{}", told[0]);
    assert_eq!(desk.status("MIX-1"), "done");
}

#[test]
fn mixvel_gives_every_customer_the_terms_of_their_contract() {
    let mut desk = TestDesk::of("mixvel").open();
    for client in [AGENT, "buyer@partner.example"] {
        desk.asks(client, "Тариф", COMPLETE);
    }
    let overdue = |letters: &[SentLetter]| {
        let all = letters.iter().map(|letter| letter.read().text).filter(|text| text.contains("истёк"));
        let of = |number: &str, texts: &[String]| texts.iter().any(|text| text.contains(number));
        let all: Vec<String> = all.collect();
        (of("MIX-1", &all), of("MIX-2", &all))
    };
    assert_eq!(overdue(&desk.hours(3)), (false, false));
    assert_eq!(overdue(&desk.hours(2)), (true, false), "the agency's four hours");
    assert_eq!(overdue(&desk.hours(20)), (false, true), "the partner's day");
    let (mut desk, _, notification) = opened();
    desk.answers(&who(&notification), &notification, "[приоритет критический] [заметка]", "Касса стоит.");
    assert_eq!(overdue(&desk.hours(1)), (true, false), "half an hour for what is critical");
}

#[test]
fn mixvel_tells_who_has_no_contract() {
    let (mut desk, acknowledgement, _) = opened();
    assert!(!acknowledgement.read().text.contains("Договора на поддержку"));
    let letters = desk.asks("stranger@elsewhere.example", "Тариф", COMPLETE);
    let text = to(&letters, "stranger@elsewhere.example").read().text;
    assert!(text.contains("Договора на поддержку для Вашего адреса мы не нашли."), "{text}");
    // Not the name that another agency's domain ends in.
    let letters = desk.asks("agent@myagency.example", "Тариф", COMPLETE);
    assert!(to(&letters, "agent@myagency.example").read().text.contains("не нашли"));
    let letters = desk.asks("agent@south.agency.example", "Тариф", COMPLETE);
    assert!(!to(&letters, "agent@south.agency.example").read().text.contains("не нашли"));
}

#[test]
fn mixvel_asks_in_the_acknowledgement_for_what_is_missing() {
    let mut desk = TestDesk::of("mixvel").open();
    let text = to(&desk.asks(AGENT, "Билет", "Добрый день! Билет не выписывается, ошибка 500."), AGENT).read().text;
    for missing in ["название стенда", "период, в который", "файлы журналов"] {
        assert!(text.contains(missing), "{missing}: {text}");
    }
    assert!(!text.contains("- описание"), "{text}");
    let text = to(&desk.asks(AGENT, "Билет", "На тестовом стенде с 12:00 до 12:30 билет не выписывается."), AGENT);
    let text = text.read().text;
    assert!(!text.contains("название стенда") && !text.contains("период, в который"), "{text}");
    assert!(text.contains("файлы журналов"), "{text}");
}

#[test]
fn mixvel_asks_for_nothing_that_is_there() {
    let (_, acknowledgement, notification) = opened();
    let text = acknowledgement.read().text;
    assert!(!text.contains("пришлите, пожалуйста"), "{text}");
    assert!(notification.read().text.contains("Стенд: тестовый"));
    let mut desk = TestDesk::of("mixvel").open();
    for stand in ["В песочнице", "На витрине", "In production"] {
        let text = format!("{stand} from 12:00 to 12:30 билет не выписывается, ошибка 500.");
        let own = desk.message(AGENT, stand, &text).file("error.log", "text/plain", LOG);
        let letters = desk.send(&own);
        let text = to(&letters, AGENT).read().text;
        assert!(!text.contains("пришлите, пожалуйста"), "{stand}: {text}");
    }
}

#[test]
fn mixvel_assigns_the_engineer_with_the_fewest_requests() {
    let (mut desk, _, notification) = opened();
    let first = desk.assignee("MIX-1");
    assert_eq!(who(&notification), first, "he is told");
    desk.asks(AGENT, "Второй", COMPLETE);
    let second = desk.assignee("MIX-2");
    assert_ne!(first, second);
    desk.answers(&first, &notification, "[закрыть]", "Готово.");
    for number in ["MIX-3", "MIX-4"] {
        desk.asks(AGENT, "Ещё один", COMPLETE);
        assert_ne!(desk.assignee(number), "nobody");
    }
    assert_eq!(desk.assignee("MIX-3"), first, "he had none left");
}
