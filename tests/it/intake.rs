//! What is done with a new request before anybody has read it: kinds, key words, what is asked for, and who gets it.

use crate::support::{ENGINEERS, MAILBOXES, NO_CAPS, SentLetter, TestDesk, to};
use maildesk::model::policy::Needed;
use maildesk::model::{Actor, Ask, Change, Kind, Place, Priority, ShortName};

const OLGA: &str = "Ольга <olga@client.example>";

/// A desk with two lines; what it does with new requests stands behind it.
const DESK: &str = r#"
[desk.OTK]
name = "Поддержка ОТК"
address = "support@example.org"
grace = "0s"
"#;

const LINES: &str = r#"
[desk.OTK.line.1]
members = ["ivanov", "petrova", "sidorov"]

[desk.OTK.line.2]
members = ["petrova", "sidorov"]
"#;

const REQUIREMENTS: &str = r#"
[[desk.OTK.require]]
what = ["environment", "description", "period", "logs"]

[[desk.OTK.require]]
what = ["screenshot"]
kinds = ["incident", "problem"]
"#;

const RULES: &str = r#"
[[desk.OTK.rule]]
words = ["никто не может работать"]
kind = "problem"

[[desk.OTK.rule]]
words = ["postgresql"]
line = 2
assignee = "sidorov"

[[desk.OTK.rule]]
words = ["не печата*"]
kind = "incident"
priority = "high"
"#;

/// This desk, with more behind it; all of its engineers read Russian.
fn desk(more: &str) -> TestDesk {
    let desk = TestDesk::with(&format!("{NO_CAPS}{ENGINEERS}{MAILBOXES}{DESK}{more}"));
    desk.replacing("language = \"en\"\n", "").open()
}

impl TestDesk {
    /// What an engineer says to the internal mailbox.
    fn says(&mut self, engineer: &str, subject: &str) -> Vec<SentLetter> {
        let message = self.message(&format!("{engineer}@example.org"), subject, "");
        self.send_to("internal", &message)
    }

    /// What the program itself has changed in a request, with the proofs.
    fn own_changes(&self, number: &str) -> Vec<(Change, String)> {
        let own = self.events(number).into_iter().filter(|event| event.who == Actor::Maildesk);
        own.map(|event| (event.change, event.proof)).collect()
    }

    /// The one letter of a kind to somebody.
    fn letter<'l>(&self, letters: &'l [SentLetter], kind: &str, to: &str) -> &'l SentLetter {
        let is_it = |letter: &&SentLetter| self.kind_of(letter) == kind && letter.rcpt == to;
        let found: Vec<&SentLetter> = letters.iter().filter(is_it).collect();
        assert_eq!(found.len(), 1, "{kind} to {to} among {:?}", self.kinds(letters));
        found[0]
    }

    /// Kinds and recipients.
    fn kinds(&self, letters: &[SentLetter]) -> Vec<String> {
        letters.iter().map(|letter| format!("{} to {}", self.kind_of(letter), letter.rcpt)).collect()
    }

    fn acknowledgement(&self, letters: &[SentLetter]) -> String {
        self.letter(letters, "acknowledgement", "olga@client.example").read().text
    }
}

const LOG: &[u8] =
    b"2026-11-20 12:00:01 INFO start\n2026-11-20 12:00:02 ERROR no route\n2026-11-20 12:00:03 INFO end\n";

#[test]
fn the_acknowledgement_asks_exactly_for_what_is_missing() {
    let mut desk = desk(&format!("{REQUIREMENTS}{LINES}"));
    let bare =
        desk.message(OLGA, "Не выписываются билеты", "Здравствуйте! При выписке билета система возвращает ошибку.");
    let letters = desk.send(&bare);
    let text = desk.acknowledgement(&letters);
    for asked in ["название стенда", "период", "логи"] {
        assert!(text.contains(asked), "{asked}: {text}");
    }
    for there in ["описание", "снимок экрана"] {
        assert!(!text.contains(there), "{there}: {text}");
    }
    assert_eq!(desk.request("OTK-1").progress.missing, [Needed::Environment, Needed::Period, Needed::Logs]);
    let told = &desk.letter(&letters, "notification", "ivanov@example.org").read().text;
    assert!(told.contains("Не хватает: | стенд, период, логи"), "{told}");

    let full = "Стенд: тестовый\nПериод: с 12:00 до 12:30 20.11\nПри выписке билета система возвращает ошибку.";
    let full = desk.message(OLGA, "Не выписываются билеты", full).file("app.log", "text/plain", LOG);
    let letters = desk.send(&full);
    let text = desk.acknowledgement(&letters);
    assert!(!text.contains("пришлите"), "{text}");
    let progress = desk.request("OTK-2").progress;
    assert_eq!((progress.environment.as_deref(), progress.missing.as_slice()), (Some("test"), &[][..]));
    assert_eq!(progress.period.as_deref(), Some("с 12:00 до 12:30 20.11"));
    let told = &desk.letter(&letters, "notification", "ivanov@example.org").read().text;
    assert!(told.contains("Стенд: | test\n") && told.contains("Период: | с 12:00 до 12:30 20.11"), "{told}");

    let english = desk.message(OLGA, "Tickets", "Issuing tickets fails on production since this morning.");
    let letters = desk.send(&english);
    let text = desk.acknowledgement(&letters);
    assert!(
        text.contains("please reply to this e-mail with:\n- log files from the time") && !text.contains("environment"),
        "{text}"
    );
}

#[test]
fn a_screenshot_is_asked_for_where_there_is_a_failure_only() {
    let mut desk = desk(REQUIREMENTS);
    let incident =
        desk.message(OLGA, "Инцидент: отчёт", "На проде с утра пустой отчёт.").file("app.log", "text/plain", LOG);
    let letters = desk.send(&incident);
    assert!(desk.acknowledgement(&letters).contains("- снимок экрана со сбоем."), "{}", desk.acknowledgement(&letters));
    let question = desk.message(OLGA, "Запрос на обслуживание", "На проде с утра пустой отчёт.").file(
        "app.log",
        "text/plain",
        LOG,
    );
    let letters = desk.send(&question);
    assert!(!desk.acknowledgement(&letters).contains("снимок"), "{}", desk.acknowledgement(&letters));
}

#[test]
fn a_later_message_supplies_what_was_missing() {
    let mut desk = desk(&format!("{REQUIREMENTS}{LINES}"));
    let opening = desk.message(OLGA, "Билеты", "При выписке билета система возвращает ошибку.");
    let letters = desk.send(&opening);
    let id = desk.letter(&letters, "acknowledgement", "olga@client.example").id();
    let stand =
        desk.message(OLGA, "Re: [OTK-1] Билеты", "Прод\n\n> название стенда: тестовый или продуктовый").answering(&id);
    let letters = desk.send(&stand);
    let progress = desk.request("OTK-1").progress;
    assert_eq!(
        (progress.environment.as_deref(), progress.missing.as_slice()),
        (Some("production"), &[Needed::Period, Needed::Logs][..])
    );
    let told = &desk.letter(&letters, "notification", "ivanov@example.org").read().text;
    assert!(told.contains("Не хватает: | период, логи"), "{told}");
    let rest =
        desk.message(OLGA, "Re: [OTK-1] Билеты", "Вчера с 10 до 11, лог приложен.").file("app.log", "text/plain", LOG);
    desk.send(&rest.answering(&id));
    let progress = desk.request("OTK-1").progress;
    assert_eq!((progress.period.as_deref(), progress.missing.len()), (Some("Вчера с 10 до 11"), 0));
    assert_eq!(progress.environment.as_deref(), Some("production"));
    let more = desk.message(OLGA, "Re: [OTK-1] Билеты", "На тестовом стенде то же самое.").answering(&id);
    desk.send(&more);
    assert_eq!(
        desk.request("OTK-1").progress.environment.as_deref(),
        Some("production"),
        "what was not asked for is words"
    );
}

#[test]
fn kinds_come_by_words_by_key_words_and_by_tags() {
    let mut desk = desk(&format!("urgent_problems = true\n{RULES}{LINES}"));
    for (subject, text, kind, priority) in [
        (
            "Отчёт",
            "Вид запроса: запрос на развитие\nОтчёт не печатает итоги.",
            Some(Kind::ChangeRequest),
            Priority::High,
        ),
        ("Отчёт", "Принтер не печатает.", Some(Kind::Incident), Priority::High),
        ("[вид проблема] Отчёт", "Принтер не печатает.", Some(Kind::Problem), Priority::Critical),
        ("CRM", "Никто не может работать, ничего не печатается.", Some(Kind::Problem), Priority::Critical),
        ("Вопрос", "Как распечатать отчёт?", None, Priority::Normal),
    ] {
        let message = desk.message(OLGA, subject, text);
        desk.send(&message);
        let number = desk.numbers().pop().unwrap().to_string();
        let request = desk.request(&number);
        assert_eq!((request.kind, request.priority), (kind, priority), "{subject}: {text}");
    }
    let proofs: Vec<String> = desk.own_changes("OTK-2").into_iter().map(|(_, proof)| proof).collect();
    assert_eq!(proofs, ["key word «не печата*»", "key word «не печата*»"]);
    let robot = desk.message("noreply@client.example", "Мониторинг: никто не может работать", "Сервер не отвечает.");
    desk.send(&robot.header("Auto-Submitted: auto-generated"));
    let request = desk.request("OTK-6");
    assert_eq!((request.kind, request.assignee, request.progress.missing.len()), (Some(Kind::Problem), None, 0));
}

#[test]
fn a_problem_that_turns_out_later_is_urgent_too() {
    let mut desk = desk(&format!("urgent_problems = true\n{LINES}"));
    let opening = desk.message(OLGA, "Отчёт", "Не открывается отчёт.");
    desk.send(&opening);
    desk.set_all("OTK-1", vec![Ask::Kind(Kind::Problem)]);
    assert_eq!(desk.request("OTK-1").priority, Priority::Critical);
    let other = desk.message(OLGA, "Отчёт 2", "Не открывается отчёт.");
    desk.send(&other);
    desk.set_all("OTK-2", vec![Ask::Kind(Kind::Problem), Ask::Priority(Priority::Low)]);
    assert_eq!(desk.request("OTK-2").priority, Priority::Low, "the urgency was asked for");
}

#[test]
fn key_words_choose_line_and_assignee() {
    let mut desk = desk(&format!("assignment = \"in turn\"\n{RULES}{LINES}"));
    let message = desk.message(OLGA, "База", "PostgreSQL отвечает ошибкой.");
    let letters = desk.send(&message);
    let request = desk.request("OTK-1");
    assert_eq!((request.place, desk.assignee("OTK-1").as_str()), (Some(Place::Line(2)), "sidorov"));
    assert_eq!(desk.kinds(&letters), ["acknowledgement to olga@client.example", "notification to sidorov@example.org"]);
    desk.says("sidorov", "[away]");
    let message = desk.message(OLGA, "База", "PostgreSQL снова отвечает ошибкой.");
    desk.send(&message);
    assert_eq!(desk.assignee("OTK-2"), "petrova", "they are away: the other one of the line");
}

#[test]
fn requests_go_in_turn_and_past_those_who_are_away() {
    let mut desk = desk(&format!("assignment = \"in turn\"\n{LINES}"));
    let receipt = desk.says("petrova", "[away until 2026-12-01]");
    let text = &desk.letter(&receipt, "receipt", "petrova@example.org").read().text;
    assert!(text.contains("01.12.2026") && text.contains("[вернулся]"), "{text}");
    let mut got = Vec::new();
    for index in 0..3 {
        desk.skip(90);
        let message = desk.message(OLGA, &format!("Вопрос {index}"), "Как распечатать отчёт?");
        let letters = desk.send(&message);
        got.push(desk.assignee(&format!("OTK-{}", index + 1)));
        let told = desk.letter(&letters, "notification", &format!("{}@example.org", got[index]));
        assert!(told.read().text.contains("назначен Вам"), "{}", told.read().text);
        assert_eq!(letters.len(), 2, "{:?}", desk.kinds(&letters));
    }
    assert_eq!(got, ["ivanov", "sidorov", "ivanov"]);
    assert_eq!(desk.own_changes("OTK-1").pop().unwrap().1, "in turn");
    // On the day named Petrova is back, without a word.
    desk.skip(11 * 24 * 3_600);
    let message = desk.message(OLGA, "Вопрос 4", "Как распечатать отчёт?");
    desk.send(&message);
    assert_eq!(desk.assignee("OTK-4"), "petrova");
}

#[test]
fn a_redelivered_message_assigns_nobody_again() {
    let mut desk = desk(&format!("assignment = \"in turn\"\n{LINES}"));
    let message = desk.message(OLGA, "Вопрос", "Как распечатать отчёт?");
    desk.send(&message);
    assert!(desk.send(&message).is_empty());
    let next = desk.message(OLGA, "Ещё вопрос", "Как сохранить отчёт?");
    desk.send(&next);
    assert_eq!((desk.assignee("OTK-1").as_str(), desk.assignee("OTK-2").as_str()), ("ivanov", "petrova"));
    assert_eq!(desk.numbers().len(), 2);
}

#[test]
fn the_least_loaded_gets_the_next_request() {
    let mut desk = desk(&format!("assignment = \"least loaded\"\n{LINES}"));
    for index in 1..=3 {
        let message = desk.message(OLGA, &format!("Вопрос {index}"), "Как распечатать отчёт?");
        desk.send(&message);
    }
    let all = ["OTK-1", "OTK-2", "OTK-3"].map(|number| desk.assignee(number));
    assert_eq!(all, ["ivanov", "petrova", "sidorov"], "equals take turns");
    desk.set_all("OTK-2", vec![Ask::Close]);
    for (index, expected) in [(4, "petrova"), (5, "sidorov")] {
        let message = desk.message(OLGA, &format!("Вопрос {index}"), "Как распечатать отчёт?");
        desk.send(&message);
        assert_eq!(desk.assignee(&format!("OTK-{index}")), expected);
    }
}

#[test]
fn passing_on_assigns_in_the_other_line() {
    let mut desk = desk(&format!("assignment = \"in turn\"\n{LINES}"));
    let message = desk.message(OLGA, "Вопрос", "Как распечатать отчёт?");
    desk.send(&message);
    let letters = desk.says("ivanov", "[OTK-1] [линия 2]");
    assert_eq!(desk.assignee("OTK-1"), "petrova");
    let told = &desk.letter(&letters, "notification", "petrova@example.org").read().text;
    assert!(told.contains("передаёт запрос OTK-1 на линию 2") && told.contains("Запрос OTK-1 назначен Вам"), "{told}");
    let by = desk.own_changes("OTK-1").pop().unwrap();
    assert_eq!(
        by,
        (Change::Assigned { from: None, to: Some(ShortName::parse("petrova").unwrap()) }, "in turn".to_owned())
    );
    desk.says("ivanov", "[OTK-1] [линия 2] [исполнитель petrova]");
    assert_eq!(desk.assignee("OTK-1"), "petrova", "who is named goes first");
    let second = desk.message(OLGA, "Вопрос 2", "Как сохранить отчёт?");
    desk.send(&second);
    let letters = desk.set_all("OTK-2", vec![Ask::PassOn(Place::Line(2))]);
    assert_eq!(desk.assignee("OTK-2"), "sidorov");
    desk.letter(&letters, "notification", "sidorov@example.org");
}

#[test]
fn a_call_is_looked_at_as_a_message_is() {
    let mut desk = desk(&format!("assignment = \"in turn\"\n{RULES}{REQUIREMENTS}{LINES}"));
    let call =
        desk.message("ivanov@example.org", "[for olga@client.example] Звонок", "Принтер не печатает второй день.");
    let letters = desk.send_to("internal", &call);
    let request = desk.request("OTK-1");
    assert_eq!((request.kind, request.priority), (Some(Kind::Incident), Priority::High));
    assert_eq!(desk.assignee("OTK-1"), "ivanov");
    assert!(desk.acknowledgement(&letters).contains("- снимок экрана"), "{}", desk.acknowledgement(&letters));
    let call = desk.message("ivanov@example.org", "[for olga@client.example; беру] Звонок", "Принтер не печатает.");
    desk.send_to("internal", &call);
    assert_eq!(desk.assignee("OTK-2"), "ivanov", "they have taken it themselves");
    assert_eq!(
        desk.own_changes("OTK-2").iter().filter(|(change, _)| matches!(change, Change::Assigned { .. })).count(),
        0
    );
}

#[test]
fn while_the_assignee_is_away_their_line_hears_too() {
    let mut desk = desk(LINES);
    let message = desk.message(OLGA, "Вопрос", "Как распечатать отчёт?");
    let letters = desk.send(&message);
    assert_eq!(letters.iter().filter(|letter| desk.kind_of(letter) == "notification").count(), 3);
    desk.set_all("OTK-1", vec![Ask::Assign(ShortName::parse("ivanov").unwrap())]);
    desk.says("ivanov", "[отсутствую]");
    let more = desk.message(OLGA, "[OTK-1] Вопрос", "Пока не разобралась.");
    let letters = desk.send(&more);
    let told = &desk.letter(&letters, "notification", "petrova@example.org").read().text;
    assert!(told.contains("Иван Иванов (отсутствует)"), "{told}");
    desk.letter(&letters, "notification", "ivanov@example.org");
    let new = desk.message(OLGA, "Другое", "Как сохранить отчёт?");
    let letters = desk.send(&new);
    assert!(
        !desk.kinds(&letters).contains(&"notification to ivanov@example.org".to_owned()),
        "{:?}",
        desk.kinds(&letters)
    );
    desk.says("ivanov", "[вернулся]");
    let more = desk.message(OLGA, "[OTK-1] Вопрос", "Всё ещё не разобралась.");
    let letters = desk.send(&more);
    assert_eq!(desk.kinds(&letters), ["notification to ivanov@example.org"]);
}

#[test]
fn customers_without_a_contract_are_told() {
    let contract = "[desk.OTK.contract.gold]\ncustomers = [\"client.example\"]\n\
                    [[desk.OTK.contract.gold.sla]]\nfirst_response = \"4h\"\n";
    let mut desk = desk(&format!("without_contract = \"tell\"\n{contract}{LINES}"));
    let covered = desk.message(OLGA, "Вопрос", "Как распечатать отчёт?");
    let letters = desk.send(&covered);
    assert!(!desk.acknowledgement(&letters).contains("оговор"), "{}", desk.acknowledgement(&letters));
    let stranger = desk.message("ivan@notclient.example", "Вопрос", "Как распечатать отчёт?");
    let letters = desk.send(&stranger);
    let text = &desk.letter(&letters, "acknowledgement", "ivan@notclient.example").read().text;
    assert!(text.contains("Договора на поддержку для Вашего адреса мы не нашли"), "{text}");
}

#[test]
fn an_empty_message_is_asked_for_subject_and_description() {
    let mut desk = desk(LINES);
    let empty = desk.message(OLGA, "", "");
    let asked = to(&desk.send(&empty), "olga@client.example").read().text;
    assert!(asked.contains("neither a subject nor any text") || asked.contains("нет ни темы, ни текста"), "{asked}");
    let signed = desk.message(OLGA, "", "-- \nOlga\n+7 000 000-00-00");
    let asked = to(&desk.send(&signed), "olga@client.example").read().text;
    assert!(asked.contains("neither a subject nor any text") || asked.contains("нет ни темы, ни текста"), "{asked}");
    for (subject, text) in [("Printer", ""), ("", "It does not print.")] {
        let message = desk.message(OLGA, subject, text);
        let asked = to(&desk.send(&message), "olga@client.example").read().text;
        assert!(!asked.contains("neither") && !asked.contains("нет ни темы"), "{asked}");
    }
}

#[test]
fn a_bare_word_at_the_head_of_a_subject_makes_nothing_critical() {
    let mut desk = desk(&format!("urgent_problems = true\n{LINES}"));
    for (subject, kind, priority) in [
        ("Проблема: забыла пароль", None, Priority::Normal),
        ("PROBLEM: CPU load", None, Priority::Normal),
        ("Инцидент: не открывается", Some(Kind::Incident), Priority::Normal),
        ("Запрос на предоставление информации", Some(Kind::ServiceRequest), Priority::Normal),
    ] {
        let message = desk.message(OLGA, subject, "Подробности в письме.");
        desk.send(&message);
        let request = desk.request(&desk.numbers().pop().unwrap().to_string());
        assert_eq!((request.kind, request.priority), (kind, priority), "{subject}");
    }
}
