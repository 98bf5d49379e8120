//! What is done with a new request before anybody has read it: kinds, key words, what is asked for, and who gets it.

use std::sync::atomic::Ordering;

use crate::support::{Message, Office};
use maildesk::flow::set;
use maildesk::mail::parse::parse;
use maildesk::model::policy::Needed;
use maildesk::model::{Actor, Ask, Change, Incoming, Kind, Place, Priority, Request, RequestNumber, ShortName};
use rusqlite::Connection;

/// A desk with two lines; what it does with new requests stands behind it.
const DESK: &str = r#"
state_dir = "state"

[engineer.ivanov]
name = "Иван Иванов"
address = "ivanov@example.org"

[engineer.petrova]
name = "Анна Петрова"
address = "petrova@example.org"

[engineer.sidorov]
name = "Олег Сидоров"
address = "sidorov@example.org"

[mailbox.support]
desk = "OTK"
maildir = "support"
start = "all"

[mailbox.internal]
desk = "OTK"
maildir = "internal"
start = "all"
internal = true

[transport.folder]
folder = "letters"

[limits]
sender_ten_minutes = 1000
sender_hour = 1000
sender_day = 1000
sender_subject_day = 1000

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

/// A letter that was written.
struct Written {
    kind: String,
    to: String,
    read: Incoming,
}

struct Desk {
    office: Office,
    written: usize,
    seen: i64,
}

impl Desk {
    fn new(more: &str) -> Self {
        Self { office: Office::with(&format!("{DESK}{more}")), written: 0, seen: 0 }
    }

    /// A customer's message to the desk.
    fn message(&mut self, subject: &str, text: &str) -> Message {
        self.from("Ольга <olga@client.example>", subject, text)
    }

    fn from(&mut self, from: &str, subject: &str, text: &str) -> Message {
        self.written += 1;
        Message::to_support(&format!("message{}@mail.example", self.written), from, subject).text(text)
    }

    /// Has a message handled, and gives the letters that follow.
    async fn send(&mut self, message: &Message) -> Vec<Written> {
        self.send_to("support", message).await
    }

    async fn send_to(&mut self, mailbox: &str, message: &Message) -> Vec<Written> {
        self.office.deliver(mailbox, &message.raw());
        self.office.pass().await.unwrap();
        self.new_letters()
    }

    /// What an engineer says to the internal mailbox.
    async fn says(&mut self, engineer: &str, subject: &str) -> Vec<Written> {
        let message = self.from(&format!("{engineer}@example.org"), subject, "");
        self.send_to("internal", &message).await
    }

    fn new_letters(&mut self) -> Vec<Written> {
        let connection = Connection::open(self.office.database()).unwrap();
        let mut query =
            connection.prepare("SELECT id, kind, recipient, message_id FROM letter WHERE id > ?1 ORDER BY id").unwrap();
        let rows: Vec<(i64, String, String, String)> = query
            .query_map([self.seen], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        self.seen = rows.last().map_or(self.seen, |row| row.0);
        rows.into_iter()
            .map(|(_, kind, to, id)| Written { kind, to, read: parse(&self.office.sent(&id).unwrap()) })
            .collect()
    }

    /// A request as it is stored; replaying its events gives the same.
    fn request(&self, number: &str) -> Request {
        let (reader, number) = (self.office.reader(), RequestNumber::parse(number).unwrap());
        let stored = reader.view().request(&number).unwrap().unwrap();
        let events = reader.view().events(&number).unwrap();
        assert_eq!(Request::replay(&events).unwrap(), stored, "{number}");
        stored
    }

    /// What the program itself has changed in a request, with the proofs.
    fn own_changes(&self, number: &str) -> Vec<(Change, String)> {
        let events = self.office.reader().view().events(&RequestNumber::parse(number).unwrap()).unwrap();
        let own = events.into_iter().filter(|event| event.who == Actor::Maildesk);
        own.map(|event| (event.change, event.proof)).collect()
    }

    fn assignee(&self, number: &str) -> String {
        self.request(number).assignee.map_or("nobody".to_owned(), |name| name.to_string())
    }

    async fn set(&mut self, number: &str, asks: Vec<Ask>) -> Vec<Written> {
        let context = self.office.own_context();
        set(&context, &RequestNumber::parse(number).unwrap(), asks).await.unwrap();
        drop(context);
        self.office.pass().await.unwrap();
        self.new_letters()
    }
}

/// The one letter of a kind to somebody.
fn letter<'w>(letters: &'w [Written], kind: &str, to: &str) -> &'w Written {
    let found: Vec<&Written> = letters.iter().filter(|letter| letter.kind == kind && letter.to == to).collect();
    assert_eq!(found.len(), 1, "{kind} to {to} among {:?}", recipients(letters));
    found[0]
}

fn recipients(letters: &[Written]) -> Vec<String> {
    letters.iter().map(|letter| format!("{} to {}", letter.kind, letter.to)).collect()
}

fn acknowledgement(letters: &[Written]) -> &str {
    &letter(letters, "acknowledgement", "olga@client.example").read.text
}

const LOG: &[u8] =
    b"2026-11-20 12:00:01 INFO start\n2026-11-20 12:00:02 ERROR no route\n2026-11-20 12:00:03 INFO end\n";

#[tokio::test]
async fn the_acknowledgement_asks_exactly_for_what_is_missing() {
    let mut desk = Desk::new(&format!("{REQUIREMENTS}{LINES}"));
    let bare = desk.message("Не выписываются билеты", "Здравствуйте! При выписке билета система возвращает ошибку.");
    let letters = desk.send(&bare).await;
    let text = acknowledgement(&letters);
    for asked in ["название стенда", "период", "логи"] {
        assert!(text.contains(asked), "{asked}: {text}");
    }
    for there in ["описание", "снимок экрана"] {
        assert!(!text.contains(there), "{there}: {text}");
    }
    assert_eq!(desk.request("OTK-1").progress.missing, [Needed::Environment, Needed::Period, Needed::Logs]);
    let told = &letter(&letters, "notification", "ivanov@example.org").read.text;
    assert!(told.contains("Не хватает: стенд, период, логи"), "{told}");

    let full = "Стенд: тестовый\nПериод: с 12:00 до 12:30 20.11\nПри выписке билета система возвращает ошибку.";
    let full = desk.message("Не выписываются билеты", full).file("app.log", "text/plain", LOG);
    let letters = desk.send(&full).await;
    let text = acknowledgement(&letters);
    assert!(!text.contains("пришлите"), "{text}");
    let progress = desk.request("OTK-2").progress;
    assert_eq!((progress.environment.as_deref(), progress.missing.as_slice()), (Some("test"), &[][..]));
    assert_eq!(progress.period.as_deref(), Some("с 12:00 до 12:30 20.11"));
    let told = &letter(&letters, "notification", "ivanov@example.org").read.text;
    assert!(told.contains("Стенд: test\n") && told.contains("Период: с 12:00 до 12:30 20.11"), "{told}");

    let english = desk.message("Tickets", "Issuing tickets fails on production since this morning.");
    let text = acknowledgement(&desk.send(&english).await).to_owned();
    assert!(
        text.contains("please reply to this e-mail with:\n- log files from the time") && !text.contains("environment"),
        "{text}"
    );
}

#[tokio::test]
async fn a_screenshot_is_asked_for_where_there_is_a_failure_only() {
    let mut desk = Desk::new(REQUIREMENTS);
    let incident = desk.message("Инцидент: отчёт", "На проде с утра пустой отчёт.").file("app.log", "text/plain", LOG);
    let letters = desk.send(&incident).await;
    assert!(acknowledgement(&letters).contains("- снимок экрана со сбоем."), "{}", acknowledgement(&letters));
    let question =
        desk.message("Запрос на обслуживание", "На проде с утра пустой отчёт.").file("app.log", "text/plain", LOG);
    let letters = desk.send(&question).await;
    assert!(!acknowledgement(&letters).contains("снимок"), "{}", acknowledgement(&letters));
}

#[tokio::test]
async fn a_later_message_supplies_what_was_missing() {
    let mut desk = Desk::new(&format!("{REQUIREMENTS}{LINES}"));
    let opening = desk.message("Билеты", "При выписке билета система возвращает ошибку.");
    let id =
        letter(&desk.send(&opening).await, "acknowledgement", "olga@client.example").read.message_id.clone().unwrap();
    let stand = desk
        .message("Re: [OTK-1] Билеты", "Прод\n\n> название стенда: тестовый или продуктовый")
        .answering(&id.to_string());
    let letters = desk.send(&stand).await;
    let progress = desk.request("OTK-1").progress;
    assert_eq!(
        (progress.environment.as_deref(), progress.missing.as_slice()),
        (Some("production"), &[Needed::Period, Needed::Logs][..])
    );
    let told = &letter(&letters, "notification", "ivanov@example.org").read.text;
    assert!(told.contains("Не хватает: период, логи"), "{told}");
    let rest = desk.message("Re: [OTK-1] Билеты", "Вчера с 10 до 11, лог приложен.").file("app.log", "text/plain", LOG);
    desk.send(&rest.answering(&id.to_string())).await;
    let progress = desk.request("OTK-1").progress;
    assert_eq!((progress.period.as_deref(), progress.missing.len()), (Some("Вчера с 10 до 11"), 0));
    assert_eq!(progress.environment.as_deref(), Some("production"));
    let more = desk.message("Re: [OTK-1] Билеты", "На тестовом стенде то же самое.").answering(&id.to_string());
    desk.send(&more).await;
    assert_eq!(
        desk.request("OTK-1").progress.environment.as_deref(),
        Some("production"),
        "what was not asked for is words"
    );
}

#[tokio::test]
async fn kinds_come_by_words_by_key_words_and_by_tags() {
    let mut desk = Desk::new(&format!("urgent_problems = true\n{RULES}{LINES}"));
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
        let message = desk.message(subject, text);
        desk.send(&message).await;
        let number = desk.office.numbers().pop().unwrap().to_string();
        let request = desk.request(&number);
        assert_eq!((request.kind, request.priority), (kind, priority), "{subject}: {text}");
    }
    let proofs: Vec<String> = desk.own_changes("OTK-2").into_iter().map(|(_, proof)| proof).collect();
    assert_eq!(proofs, ["key word «не печата*»", "key word «не печата*»"]);
    let robot = desk.from("noreply@client.example", "Мониторинг: никто не может работать", "Сервер не отвечает.");
    desk.send(&robot.header("Auto-Submitted: auto-generated")).await;
    let request = desk.request("OTK-6");
    assert_eq!((request.kind, request.assignee, request.progress.missing.len()), (Some(Kind::Problem), None, 0));
}

#[tokio::test]
async fn a_problem_that_turns_out_later_is_urgent_too() {
    let mut desk = Desk::new(&format!("urgent_problems = true\n{LINES}"));
    let opening = desk.message("Отчёт", "Не открывается отчёт.");
    desk.send(&opening).await;
    desk.set("OTK-1", vec![Ask::Kind(Kind::Problem)]).await;
    assert_eq!(desk.request("OTK-1").priority, Priority::Critical);
    let other = desk.message("Отчёт 2", "Не открывается отчёт.");
    desk.send(&other).await;
    desk.set("OTK-2", vec![Ask::Kind(Kind::Problem), Ask::Priority(Priority::Low)]).await;
    assert_eq!(desk.request("OTK-2").priority, Priority::Low, "the urgency was asked for");
}

#[tokio::test]
async fn key_words_choose_line_and_executor() {
    let mut desk = Desk::new(&format!("assignment = \"in turn\"\n{RULES}{LINES}"));
    let message = desk.message("База", "PostgreSQL отвечает ошибкой.");
    let letters = desk.send(&message).await;
    let request = desk.request("OTK-1");
    assert_eq!((request.place, desk.assignee("OTK-1").as_str()), (Some(Place::Line(2)), "sidorov"));
    assert_eq!(recipients(&letters), ["acknowledgement to olga@client.example", "notification to sidorov@example.org"]);
    desk.says("sidorov", "[away]").await;
    let message = desk.message("База", "PostgreSQL снова отвечает ошибкой.");
    desk.send(&message).await;
    assert_eq!(desk.assignee("OTK-2"), "petrova", "he is away: the other one of his line");
}

#[tokio::test]
async fn requests_go_in_turn_and_past_those_who_are_away() {
    let mut desk = Desk::new(&format!("assignment = \"in turn\"\n{LINES}"));
    let receipt = desk.says("petrova", "[away until 2026-12-01]").await;
    let text = &letter(&receipt, "receipt", "petrova@example.org").read.text;
    assert!(text.contains("01.12.2026") && text.contains("[вернулся]"), "{text}");
    let mut got = Vec::new();
    for index in 0..3 {
        let message = desk.message(&format!("Вопрос {index}"), "Как распечатать отчёт?");
        let letters = desk.send(&message).await;
        got.push(desk.assignee(&format!("OTK-{}", index + 1)));
        let told = letter(&letters, "notification", &format!("{}@example.org", got[index]));
        assert!(told.read.text.contains("назначен Вам"), "{}", told.read.text);
        assert_eq!(letters.len(), 2, "{:?}", recipients(&letters));
    }
    assert_eq!(got, ["ivanov", "sidorov", "ivanov"]);
    assert_eq!(desk.own_changes("OTK-1").pop().unwrap().1, "in turn");
    // On the day named she is back, without a word.
    desk.office.now.fetch_add(11 * 24 * 3_600, Ordering::SeqCst);
    let message = desk.message("Вопрос 4", "Как распечатать отчёт?");
    desk.send(&message).await;
    assert_eq!(desk.assignee("OTK-4"), "petrova");
}

#[tokio::test]
async fn a_redelivered_message_assigns_nobody_again() {
    let mut desk = Desk::new(&format!("assignment = \"in turn\"\n{LINES}"));
    let message = desk.message("Вопрос", "Как распечатать отчёт?");
    desk.send(&message).await;
    assert!(desk.send(&message).await.is_empty());
    let next = desk.message("Ещё вопрос", "Как сохранить отчёт?");
    desk.send(&next).await;
    assert_eq!((desk.assignee("OTK-1").as_str(), desk.assignee("OTK-2").as_str()), ("ivanov", "petrova"));
    assert_eq!(desk.office.numbers().len(), 2);
}

#[tokio::test]
async fn the_least_loaded_gets_the_next_request() {
    let mut desk = Desk::new(&format!("assignment = \"least loaded\"\n{LINES}"));
    for index in 1..=3 {
        let message = desk.message(&format!("Вопрос {index}"), "Как распечатать отчёт?");
        desk.send(&message).await;
    }
    let all = ["OTK-1", "OTK-2", "OTK-3"].map(|number| desk.assignee(number));
    assert_eq!(all, ["ivanov", "petrova", "sidorov"], "equals take turns");
    desk.set("OTK-2", vec![Ask::Close]).await;
    for (index, expected) in [(4, "petrova"), (5, "sidorov")] {
        let message = desk.message(&format!("Вопрос {index}"), "Как распечатать отчёт?");
        desk.send(&message).await;
        assert_eq!(desk.assignee(&format!("OTK-{index}")), expected);
    }
}

#[tokio::test]
async fn passing_on_assigns_in_the_other_line() {
    let mut desk = Desk::new(&format!("assignment = \"in turn\"\n{LINES}"));
    let message = desk.message("Вопрос", "Как распечатать отчёт?");
    desk.send(&message).await;
    let letters = desk.says("ivanov", "[OTK-1] [линия 2]").await;
    assert_eq!(desk.assignee("OTK-1"), "petrova");
    let told = &letter(&letters, "notification", "petrova@example.org").read.text;
    assert!(told.contains("передаёт запрос OTK-1 на линию 2") && told.contains("Запрос OTK-1 назначен Вам"), "{told}");
    let by = desk.own_changes("OTK-1").pop().unwrap();
    assert_eq!(
        by,
        (Change::Assigned { from: None, to: Some(ShortName::parse("petrova").unwrap()) }, "in turn".to_owned())
    );
    desk.says("ivanov", "[OTK-1] [линия 2] [исполнитель petrova]").await;
    assert_eq!(desk.assignee("OTK-1"), "petrova", "who is named goes first");
    let second = desk.message("Вопрос 2", "Как сохранить отчёт?");
    desk.send(&second).await;
    let letters = desk.set("OTK-2", vec![Ask::PassOn(Place::Line(2))]).await;
    assert_eq!(desk.assignee("OTK-2"), "sidorov");
    letter(&letters, "notification", "sidorov@example.org");
}

#[tokio::test]
async fn a_call_is_looked_at_as_a_message_is() {
    let mut desk = Desk::new(&format!("assignment = \"in turn\"\n{RULES}{REQUIREMENTS}{LINES}"));
    let call = desk.from("ivanov@example.org", "[for olga@client.example] Звонок", "Принтер не печатает второй день.");
    let letters = desk.send_to("internal", &call).await;
    let request = desk.request("OTK-1");
    assert_eq!((request.kind, request.priority), (Some(Kind::Incident), Priority::High));
    assert_eq!(desk.assignee("OTK-1"), "ivanov");
    assert!(acknowledgement(&letters).contains("- снимок экрана"), "{}", acknowledgement(&letters));
    let call = desk.from("ivanov@example.org", "[for olga@client.example; беру] Звонок", "Принтер не печатает.");
    desk.send_to("internal", &call).await;
    assert_eq!(desk.assignee("OTK-2"), "ivanov", "he has taken it himself");
    assert_eq!(
        desk.own_changes("OTK-2").iter().filter(|(change, _)| matches!(change, Change::Assigned { .. })).count(),
        0
    );
}

#[tokio::test]
async fn while_the_executor_is_away_his_line_hears_too() {
    let mut desk = Desk::new(LINES);
    let message = desk.message("Вопрос", "Как распечатать отчёт?");
    let letters = desk.send(&message).await;
    assert_eq!(letters.iter().filter(|letter| letter.kind == "notification").count(), 3);
    desk.set("OTK-1", vec![Ask::Assign(ShortName::parse("ivanov").unwrap())]).await;
    desk.says("ivanov", "[отсутствую]").await;
    let more = desk.message("[OTK-1] Вопрос", "Пока не разобралась.");
    let letters = desk.send(&more).await;
    let told = &letter(&letters, "notification", "petrova@example.org").read.text;
    assert!(told.contains("Иван Иванов (отсутствует)"), "{told}");
    letter(&letters, "notification", "ivanov@example.org");
    let new = desk.message("Другое", "Как сохранить отчёт?");
    let letters = desk.send(&new).await;
    assert!(
        !recipients(&letters).contains(&"notification to ivanov@example.org".to_owned()),
        "{:?}",
        recipients(&letters)
    );
    desk.says("ivanov", "[вернулся]").await;
    let more = desk.message("[OTK-1] Вопрос", "Всё ещё не разобралась.");
    let letters = desk.send(&more).await;
    assert_eq!(recipients(&letters), ["notification to ivanov@example.org"]);
}

#[tokio::test]
async fn customers_without_a_contract_are_told() {
    let contract = "[desk.OTK.contract.gold]\ncustomers = [\"client.example\"]\n\
                    [[desk.OTK.contract.gold.sla]]\nfirst_response = \"4h\"\n";
    let mut desk = Desk::new(&format!("without_contract = \"tell\"\n{contract}{LINES}"));
    let covered = desk.message("Вопрос", "Как распечатать отчёт?");
    let letters = desk.send(&covered).await;
    assert!(!acknowledgement(&letters).contains("оговор"), "{}", acknowledgement(&letters));
    let stranger = desk.from("ivan@notclient.example", "Вопрос", "Как распечатать отчёт?");
    let letters = desk.send(&stranger).await;
    let text = &letter(&letters, "acknowledgement", "ivan@notclient.example").read.text;
    assert!(text.contains("Договора на поддержку для Вашего адреса мы не нашли"), "{text}");
}
