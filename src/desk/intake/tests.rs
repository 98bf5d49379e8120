//! Tables of messages, and what is read in them.

use super::*;
use crate::model::policy::Needed;
use crate::model::samples;
use crate::model::{Attachment, Digest, FileFacts, Named};

fn desk() -> Desk {
    let mut desk = samples::desk();
    let preprod = ShortName::parse("preprod").unwrap();
    desk.environments =
        vec![Named { thing: preprod, words: vec!["предпрод*".into(), "приёмочный".into()] }];
    desk
}

/// Makes a file: `name`, `name is a log`, `name is a log from 10:00 to 11:00`, `name is 1920x1080`, `name of 500 bytes`, `name
/// holds a, b`.
fn file(text: &str) -> Attachment {
    let (name, about) = text.split_once(' ').unwrap_or((text, ""));
    let facts = if let Some(times) = about.strip_prefix("is a log") {
        let (first, last) = times.strip_prefix(" from ").and_then(|times| times.split_once(" to ")).unwrap_or_default();
        Some(FileFacts::Log {
            encoding: "utf-8".into(),
            lines: 10,
            first: first.into(),
            last: last.into(),
            errors: 0,
            first_error: None,
        })
    } else if let Some((width, height)) = about.strip_prefix("is ").and_then(|size| size.split_once('x')) {
        Some(FileFacts::Picture { width: width.parse().unwrap(), height: height.parse().unwrap() })
    } else {
        about.strip_prefix("holds ").map(|names| {
            let files: Vec<(String, u64)> = names.split(", ").map(|name| (name.to_owned(), 1)).collect();
            FileFacts::Archive { count: files.len() as u64, unpacked: 1, files }
        })
    };
    let size =
        about.strip_prefix("of ").and_then(|size| size.strip_suffix(" bytes")).map_or(100_000, |n| n.parse().unwrap());
    Attachment {
        part: 2,
        filename: name.to_owned(),
        content_type: "application/octet-stream".into(),
        size,
        sha256: Digest::of(b""),
        inline: false,
        is_torn: false,
        is_typed: None,
        content_id: None,
        facts,
        verdict: None,
    }
}

/// The information that a message brings, as the table writes it.
fn in_words(brought: &Supplied) -> String {
    let mut words = Vec::new();
    words.extend(brought.environment.iter().map(|environment| format!("stand {environment}")));
    words.extend(brought.period.iter().map(|period| format!("period {period}")));
    let others = [(Needed::Description, "description"), (Needed::Screenshot, "screenshot"), (Needed::Logs, "logs")];
    words.extend(others.into_iter().filter(|(needed, _)| brought.has(*needed)).map(|(_, word)| word.to_owned()));
    if words.is_empty() { "-".to_owned() } else { words.join("; ") }
}

#[test]
fn messages_bring_what_is_required() {
    let table = include_str!("../../../fixtures/required.tsv");
    let rows = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (mut count, mut different) = (0, Vec::new());
    for row in rows {
        let columns: Vec<&str> = row.split('\t').collect();
        let [subject, words, files, brings] = columns[..] else { panic!("{} columns: {row}", columns.len()) };
        let files: Vec<Attachment> = files.split("; ").filter(|file| *file != "-").map(file).collect();
        let seen = in_words(&brought(&desk(), subject, &words.replace("\\n", "\n"), &files));
        count += 1;
        if seen != brings {
            different.push(format!("{row}\n    seen: {seen}"));
        }
    }
    assert!(count >= 80, "{count} rows");
    assert!(different.is_empty(), "{}", different.join("\n"));
}

fn rule(words: &[&str]) -> Rule {
    let words = words.iter().map(|&word| word.to_owned()).collect();
    Rule { words, kind: None, priority: None, place: None, assignee: None }
}

#[test]
fn the_first_rule_that_fits_decides_each_of_its_points() {
    let mut desk = desk();
    let ivanov = ShortName::parse("ivanov").unwrap();
    desk.rules = vec![
        Rule {
            kind: Some(Kind::Problem),
            priority: Some(Priority::High),
            ..rule(&["никто не может", "не запускается"])
        },
        Rule { kind: Some(Kind::Incident), place: Some(Place::Line(2)), ..rule(&["не запуск*"]) },
        Rule { assignee: Some(ivanov.clone()), ..rule(&["печать"]) },
    ];
    let seen = |subject: &str, words: &str| {
        let look = first_look(&desk, None, subject, words);
        (
            look.kind.map(|kind| kind.what),
            look.priority.map(|priority| priority.what),
            look.place.map(|place| place.what),
            look.assignee.map(|assignee| assignee.what),
        )
    };
    let line = Some(Place::Line(2));
    assert_eq!(
        seen("CRM НЕ запускается", "И печать тоже."),
        (Some(Kind::Problem), Some(Priority::High), line.clone(), Some(ivanov))
    );
    assert_eq!(seen("CRM", "Не запускаются отчёты"), (Some(Kind::Incident), None, line, None));
    assert_eq!(seen("Вопрос", "Как распечатать?"), (None, None, None, None));
    let look = first_look(&desk, None, "CRM не запускается", "Вид запроса: инцидент");
    assert_eq!(look.kind.map(|kind| kind.proof).as_deref(), Some("its writer's words «Вид запроса: инцидент»"));
    assert_eq!(look.priority.map(|priority| priority.proof).as_deref(), Some("key word «не запускается»"));
    assert_eq!(first_look(&desk, Some(Kind::ChangeRequest), "Инцидент: не запускается", "").kind, None);
}

#[test]
fn a_rule_without_words_is_for_its_kind() {
    let mut desk = desk();
    let (incident, change) = (Some(Kind::Incident), Some(Kind::ChangeRequest));
    desk.rules = vec![
        Rule { kind: incident, ..rule(&["не запуск*"]) },
        Rule { kind: change, place: Some(Place::Line(3)), ..rule(&[]) },
        Rule { kind: incident, place: Some(Place::Line(2)), priority: Some(Priority::High), ..rule(&[]) },
        Rule { place: Some(Place::Line(1)), ..rule(&["касса"]) },
    ];
    let place = |tagged, subject: &str, words: &str| first_look(&desk, tagged, subject, words).place.map(|at| at.what);
    let line = |number| Some(Place::Line(number));
    assert_eq!(place(None, "Отчёт", "Вид запроса: запрос на развитие"), line(3));
    assert_eq!(place(change, "Отчёт", ""), line(3), "a tag names it");
    assert_eq!(place(None, "Касса не запускается", ""), line(2), "a key word tells it, and the earlier rule counts");
    assert_eq!(place(change, "Не запускается", ""), line(3), "the tag counts for more");
    assert_eq!(place(None, "Касса", ""), line(1));
    assert_eq!(place(None, "Отчёт", ""), None);
    let look = first_look(&desk, None, "Не запускается", "");
    assert_eq!(look.priority.map(|priority| priority.proof).as_deref(), Some("a rule for its kind"));
    assert_eq!(look.kind.map(|kind| kind.proof).as_deref(), Some("key word «не запуск*»"));
}

#[test]
fn a_problem_is_urgent_where_the_desk_says_so() {
    let mut desk = desk();
    let urgent = |desk: &Desk, tagged, subject| first_look(desk, tagged, subject, "").priority.map(|p| p.what);
    assert_eq!(urgent(&desk, None, "Проблема: всё стоит"), None);
    desk.urgent_problems = true;
    assert_eq!(urgent(&desk, None, "Проблема: всё стоит"), None, "people begin any request so, and so does monitoring");
    assert_eq!(urgent(&desk, None, "PROBLEM: CPU load"), None);
    assert_eq!(urgent(&desk, None, "[Проблема] всё стоит"), Some(Priority::Critical));
    desk.first_word_kinds.push(Kind::Problem);
    assert_eq!(urgent(&desk, None, "Проблема: всё стоит"), Some(Priority::Critical));
    assert_eq!(urgent(&desk, Some(Kind::Problem), "Всё стоит"), Some(Priority::Critical));
    assert_eq!(urgent(&desk, Some(Kind::Incident), "Проблема: всё стоит"), None, "a tag goes before words");
    desk.rules = vec![Rule { priority: Some(Priority::Low), kind: Some(Kind::Problem), ..rule(&["стоит"]) }];
    assert_eq!(urgent(&desk, None, "Всё стоит"), Some(Priority::Critical));
}

#[test]
fn things_may_be_required_of_some_kinds_only() {
    use crate::model::policy::Required;
    let mut desk = desk();
    desk.required = vec![
        Required { what: Needed::Logs, kinds: Vec::new() },
        Required { what: Needed::Screenshot, kinds: vec![Kind::Incident, Kind::Problem] },
        Required { what: Needed::Logs, kinds: vec![Kind::Incident] },
    ];
    assert_eq!(required(&desk, None), [Needed::Logs]);
    assert_eq!(required(&desk, Some(Kind::ServiceRequest)), [Needed::Logs]);
    assert_eq!(required(&desk, Some(Kind::Incident)), [Needed::Screenshot, Needed::Logs]);
}
