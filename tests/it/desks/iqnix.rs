//! A portal with two support people, an administrator and two developers (seed 003).

use crate::support::{SentLetter, TestDesk, recipients, to};

const PLANT: &str = "engineer@cable.example";
const KUZMIN: &str = "kuzmin@portal.example.com";
const LEBEDEVA: &str = "lebedeva@portal.example.com";

/// A desk with one request, and Kuzmin's notification.
fn opened(subject: &str, text: &str) -> (TestDesk, SentLetter) {
    let mut desk = TestDesk::of("iqnix").open();
    let letters = desk.asks(PLANT, subject, text);
    (desk, to(&letters, KUZMIN))
}

#[test]
fn iqnix_tells_both_support_people_of_every_question() {
    let mut desk = TestDesk::of("iqnix").open();
    let letters = desk.asks(PLANT, "Вопрос", "Добрый день! Как добавить марку кабеля?");
    assert_eq!(recipients(&letters), [PLANT, KUZMIN, LEBEDEVA]);
    let letters = desk.answers("lebedeva", &to(&letters, LEBEDEVA), "[беру]", "");
    assert_eq!(recipients(&letters), [KUZMIN, LEBEDEVA], "the receipt, and the colleague hears who has it");
    let more = desk.asks(PLANT, "[IQX-1] Вопрос", "Марка ВВГ.");
    assert_eq!(recipients(&more), [LEBEDEVA], "from now on it is hers");
}

#[test]
fn iqnix_sends_documentation_with_the_answer() {
    let (mut desk, notification) = opened("Вопрос", "Добрый день! Пришлите, пожалуйста, руководство.");
    let answer = desk.reply(KUZMIN, &notification, "[обработано]", "Руководство приложено.").file(
        "руководство.pdf",
        "application/pdf",
        b"%PDF-1.4 manual",
    );
    let letters = desk.send(&answer);
    assert_eq!(to(&letters, PLANT).read().attachments[0].filename, "руководство.pdf");
}

#[test]
fn iqnix_passes_on_to_administrator_front_end_and_back_end() {
    let (mut desk, notification) = opened("Портал", "Добрый день! Страница марок открывается медленно.");
    let mut letter = notification;
    let mut from = "kuzmin";
    for (tag, member) in [("[администратор]", "morozov"), ("[фронтенд]", "novikova"), ("[бэкенд]", "osipov")]
    {
        let tag = tag.replace('[', "[передать ");
        let letters = desk.answers(from, &letter, &tag, "");
        letter = to(&letters, &desk.engineer(member));
        assert!(letter.read().text.contains("Страница марок открывается медленно."), "{tag}");
        from = member;
    }
    let letters = desk.answers("osipov", &letter, "[обработано]", "Добавлен индекс.");
    assert!(to(&letters, PLANT).read().text.starts_with("Добавлен индекс."));
    assert_eq!(desk.assignee("IQX-1"), "osipov");
}

#[test]
fn iqnix_takes_a_proposal_into_the_plan() {
    let (mut desk, notification) = opened("Предложение", "Добрый день! Добавьте поиск по марке.");
    let letters = desk.answers("kuzmin", &notification, "[в план]", "");
    let told = to(&letters, PLANT).read().text;
    assert!(told.contains("Мы включили его в план разработки."), "{told}");
    let letters = desk.answers("kuzmin", &notification, "[релиз 1.8 2026-12-15]", "");
    let told = to(&letters, PLANT).read().text;
    assert!(told.contains("1.8") && told.contains("15.12.2026"), "{told}");
    assert_eq!(desk.status("IQX-1"), "planned");
}

#[test]
fn iqnix_tells_authors_when_their_proposal_is_out() {
    let (mut desk, notification) = opened("Предложение", "Добрый день! Добавьте поиск по марке.");
    desk.answers("kuzmin", &notification, "[релиз 1.8 2026-12-15]", "");
    let letters = desk.answers("kuzmin", &notification, "[выпущено 1.8]", "");
    let told = to(&letters, PLANT).read().text;
    assert!(told.contains("Вышла версия 1.8"), "{told}");
}

#[test]
fn iqnix_a_dead_server_goes_to_the_administrator_at_once() {
    let mut desk = TestDesk::of("iqnix").open();
    let letters = desk.asks(PLANT, "Портал не открывается", "Добрый день! Портал не открывается с утра.");
    assert_eq!(recipients(&letters), [PLANT, "morozov@portal.example.com"]);
    let request = desk.request("IQX-1");
    assert_eq!(request.priority.to_string(), "critical");
    assert_eq!(request.kind.unwrap().to_string(), "problem");
}
