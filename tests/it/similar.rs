//! Requests that resemble a new one: what engineers are shown of them, and how often that is right.

use maildesk::model::Ask;

use crate::support::{
    IVAN, IVANOV, NO_CAPS, OLGA, SMIRNOV, SentLetter, TWO_STAFFED_DESKS, TestDesk, VENDOR, recipients, text_to,
};

/// The last block of a notification, if it tells of similar requests.
fn block(letter: &SentLetter) -> String {
    let text = letter.read().text;
    text.rsplit("\n\n").find(|part| part.contains("Похожие") || part.contains("Похожих")).unwrap_or_default().to_owned()
}

const LAMP: (&str, &str) = ("Касса не печатает", "Фискальный регистратор не печатает чек, мигает красная лампа.");
const LAMP_AGAIN: &str = "Красная лампа фискального регистратора мигает, чек не выходит.";

/// A desk to which others have written before, so that something is rare.
fn used_desk() -> TestDesk {
    let mut desk = TestDesk::two_desks("0s");
    for subject in ["Отчёт по складу", "Доступ к папке", "Замена картриджа", "Пароль от портала", "Новый сотрудник"]
    {
        desk.ask("support", IVAN, subject, "Просим помочь с этим сегодня.");
    }
    desk
}

#[test]
fn a_new_request_shows_how_one_like_it_was_solved_and_which_ones_are_open() {
    let mut desk = used_desk();
    let anna = format!("\"Ольга Синицына\" <{OLGA}>");
    let (_, first) = desk.ask("support", &anna, LAMP.0, LAMP.1);
    assert_eq!(block(&first), "");
    let words = "Здравствуйте, Ольга!\nОльга Синицына, включите питание датчика бумаги [кнопка], см. https://kb.example/12345678.";
    desk.answers("ivanov", &first, "[done]", words);
    let (_, second) = desk.ask("support", "kassa@other.example", "Нет чека", LAMP_AGAIN);
    let solved = "Похожие решённые запросы:\nOTK-6, сегодня: включите питание датчика бумаги (кнопка), см. …";
    assert_eq!(block(&second), solved);
    desk.days(5);
    let (_, third) = desk.ask("support", "kassa@third.example", "Лампа", LAMP_AGAIN);
    assert_eq!(block(&third), solved.replace("сегодня", "5 дней назад"), "what is open for long is not shown");
    let (acknowledgement, fourth) = desk.ask("support", "kassa@fourth.example", "Лампа", LAMP_AGAIN);
    assert!(
        block(&fourth).ends_with("Похожих открытых сегодня: 1 (OTK-8). Связать: [связать OTK-8]"),
        "{}",
        block(&fourth)
    );
    assert!(fourth.read().text.trim_end().ends_with("[связать OTK-8]"), "it is the last block");
    assert!(!acknowledgement.read().text.contains("OTK-8"), "no customer learns of others");
    // The tag does what it says.
    desk.answers("ivanov", &fourth, "[связать OTK-8]", "");
    assert_eq!(desk.request("OTK-9").linked.iter().map(ToString::to_string).collect::<Vec<_>>(), ["OTK-8"]);
    // Nothing that is quoted from the block is a tag or goes to the customer.
    let answer = desk.answers("ivanov", &fourth, "", "Проверьте датчик.");
    let text = text_to(&answer, "kassa@fourth.example");
    assert!(!text.contains("OTK-8") && !text.contains("датчика бумаги"), "{text}");
}

#[test]
fn nothing_is_shown_of_what_is_only_of_the_same_kind_of_another_desk_or_erased() {
    let mut desk = used_desk();
    let (_, first) = desk.ask("support", OLGA, LAMP.0, LAMP.1);
    desk.answers("ivanov", &first, "[done]", "Включите питание датчика бумаги.");
    let (_, other) = desk.ask("support", IVAN, "Принтер", "Принтер в бухгалтерии не печатает отчёты.");
    assert_eq!(block(&other), "");
    let asked = desk.message("kassa@other.example", "Нет чека", LAMP_AGAIN);
    let letters = desk.send_to("booking", &asked);
    let told = text_to(&letters, SMIRNOV);
    assert!(!told.contains("OTK-6") && !told.contains("like it"), "{told}");
    desk.set("OTK-6", Ask::Close);
    let forgotten = desk.text(&["forget", OLGA, "--yes"]);
    assert!(forgotten.contains("OTK-6"), "{forgotten}");
    let (_, again) = desk.ask("support", "kassa@third.example", "Лампа", LAMP_AGAIN);
    assert_eq!(block(&again), "");
}

#[test]
fn a_team_with_an_address_is_told_of_none() {
    let mut desk = used_desk();
    let (_, first) = desk.ask("support", OLGA, LAMP.0, LAMP.1);
    desk.answers("ivanov", &first, "[done]", "Включите питание датчика бумаги.");
    let (_, second) = desk.ask("support", IVAN, "Нет чека", LAMP_AGAIN);
    assert!(!block(&second).is_empty());
    let letters = desk.answers("ivanov", &second, "[to vendor]", "Посмотрите, пожалуйста.");
    let text = text_to(&letters, VENDOR);
    assert!(!text.contains("OTK-6") && !text.contains("датчика"), "{text}");
}

/// A request of a fixture.
struct Row {
    half: usize,
    /// What it is like, if it is like any.
    pair: Option<u32>,
    subject: String,
    words: String,
}

impl Row {
    fn is_like(&self, other: &Row) -> bool {
        self.pair.is_some() && (self.half, self.pair) == (other.half, other.pair)
    }
}

fn rows(half: usize, fixture: &str) -> Vec<Row> {
    let lines = fixture.lines().filter(|line| !line.starts_with('#'));
    let row = |line: &str| {
        let [pair, subject, words] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        Row { half, pair: pair.parse().ok(), subject: subject.to_owned(), words: words.to_owned() }
    };
    lines.map(row).collect()
}

/// How many shown pairs are right, of all that are shown and of all that are known, where the requests of both halves come to one
/// desk, 20 at a time: those that are like an earlier one last.
#[test]
fn most_of_what_is_shown_is_like_it_and_most_of_what_is_like_it_is_shown() {
    let mut rows: Vec<Row> = Vec::new();
    let mut later: Vec<Row> = Vec::new();
    let halves = [include_str!("../../fixtures/similar/first.tsv"), include_str!("../../fixtures/similar/second.tsv")];
    for (half, fixture) in halves.iter().enumerate() {
        for row in self::rows(half, fixture) {
            let is_second = row.pair.is_some() && rows.iter().any(|known| known.is_like(&row));
            if is_second { later.push(row) } else { rows.push(row) }
        }
    }
    assert_eq!((rows.len(), later.len()), (170, 30));
    let (subject, words) = (rows[0].subject.clone(), rows[0].words.clone());
    rows.extend(later);
    let mut desk = TestDesk::with(&format!("{TWO_STAFFED_DESKS}{NO_CAPS}")).staying_open().open();
    let mut told = Vec::new();
    for (at, some) in rows.chunks(20).enumerate() {
        for (n, row) in some.iter().enumerate() {
            let from = format!("someone{n}@client{at}.example");
            let message = desk.message_to("support@example.org", &from, &row.subject, &row.words);
            desk.deliver("support", &message.raw());
        }
        told.extend(desk.pass().into_iter().filter(|letter| recipients(std::slice::from_ref(letter)) == [IVANOV]));
    }
    assert_eq!(told.len(), 200);
    let of_subject = |subject: &str| rows.iter().find(|row| row.subject == subject).unwrap();
    let subjects: Vec<String> = (1..=200).map(|n| desk.request(&format!("OTK-{n}")).subject).collect();
    let mut figures = [(0_u32, 0_u32); 2];
    for letter in &told {
        let subject = letter.read().subject;
        let row = of_subject(subject.split_once("] ").unwrap().1);
        let links = block(letter);
        for number in links.split("[связать OTK-").skip(1).map(|rest| rest.split_once(']').unwrap().0) {
            let other = of_subject(&subjects[number.parse::<usize>().unwrap() - 1]);
            let (right, shown) = &mut figures[row.half];
            *shown += 1;
            *right += u32::from(row.is_like(other));
        }
    }
    for (half, (right, shown)) in figures.into_iter().enumerate() {
        let (precision, recall) = (f64::from(right) / f64::from(shown), f64::from(right) / 15.0);
        let figures = format!("half {}: precision {precision:.2} ({right} of {shown}), recall {recall:.2}", half + 1);
        println!("{figures}");
        assert!(precision >= 0.8 && recall >= 0.6, "{figures}");
    }
    // Those before the last two hundred are found through the index.
    for _ in 0..2 {
        let (_, told) = desk.ask("support", OLGA, &subject, &words);
        assert!(block(&told).contains("[связать OTK-1]"), "{}", told.read().text);
    }
}

#[test]
fn names_are_left_out_in_any_case() {
    let mut desk = used_desk();
    let (_, first) = desk.ask("support", OLGA, LAMP.0, LAMP.1);
    desk.answers("ivanov", &first, "[done]", "Иванову удалось включить питание датчика бумаги.");
    let (_, second) = desk.ask("support", IVAN, "Нет чека", LAMP_AGAIN);
    assert_eq!(block(&second).lines().last(), Some("OTK-6, сегодня: … удалось включить питание датчика бумаги."));
}
