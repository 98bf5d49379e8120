//! Reads the kind that a requester names in words: on a line for it, or at the beginning of the subject.

use std::sync::LazyLock;

use regex::Regex;

use super::text::{beginning, fold};
use crate::desk::pattern;
use crate::model::Kind;

/// The labels of a line for the kind.
const LABELS: &str = r"(?:вид|тип|категория)(?:\s+(?:запроса|обращения|заявки|тикета))?|(?:request|ticket|issue)\s+(?:kind|type|category)|(?:kind|type|category)(?:\s+of\s+(?:the\s+)?(?:request|ticket|issue))?";

/// The words for each kind: those that always count, and everyday words that count only on a line for the kind.
const WORDS: [(Kind, &[&str], &[&str]); 4] = [
    (Kind::Incident, &["инцидент", "сбой", "incident"], &["failure", "ошибка", "неисправность"]),
    (Kind::Problem, &["проблема", "problem"], &["остановка работы", "авария", "outage"]),
    (
        Kind::ServiceRequest,
        &["запрос на обслуживание", "запрос на предоставление информации", "service request"],
        &["обслуживание", "консультация", "запрос информации", "вопрос", "service", "question", "information"],
    ),
    (
        Kind::ChangeRequest,
        &[
            "запрос на развитие",
            "запрос на доработку",
            "запрос на изменение",
            "предложение по усовершенствованию",
            "change request",
            "development request",
            "feature request",
        ],
        &["развитие", "доработка", "изменение", "предложение", "change", "development", "feature", "improvement"],
    ),
];

/// How many characters of a message are searched for such a line.
const SEARCHED: usize = 4_000;

static LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"(?im)^[ \t]*[-*•]?[ \t]*((?:{LABELS})(?:[ \t]*[:=]|[ \t]+[-–—])[ \t]*([^\r\n]+?))[ \t]*\r?$"))
});

static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    let words: Vec<&str> = WORDS.iter().flat_map(|(_, words, _)| words.iter().copied()).collect();
    pattern(&format!(
        r"(?i)\A\s*(?:[\[(«]\s*({0})\s*[\])»]|({0})\s*(:|：|\.|\s[-–—]\s|\z)|(запрос на предоставление информации)\s)",
        words.join("|")
    ))
});

/// The kind that a new message names, and the words that name it; `None` where it names none. `bare` are the kinds that count as
/// the bare first word of a subject. «Проблема» is also what people call any trouble, so there it needs its colon besides.
pub(super) fn named(subject: &str, words: &str, bare: &[Kind]) -> Option<(Kind, String)> {
    on_a_line(beginning(words, SEARCHED)).or_else(|| at_the_head(subject, bare))
}

fn on_a_line(words: &str) -> Option<(Kind, String)> {
    LINE.captures_iter(words).find_map(|line| {
        let value = fold(&line[2]);
        let first = value.split(['(', ',', ';', '/', '.']).next().unwrap_or_default();
        let kind = of_word(first.trim_matches(|c: char| !c.is_alphanumeric()), true)?;
        Some((kind, beginning(&line[1], 60).trim().to_owned()))
    })
}

fn at_the_head(subject: &str, bare: &[Kind]) -> Option<(Kind, String)> {
    let found = HEAD.captures(subject)?;
    let word = found.get(1).or_else(|| found.get(2)).or_else(|| found.get(4))?;
    let kind = of_word(&fold(word.as_str()), false)?;
    let has_colon = || found.get(3).is_some_and(|mark| matches!(mark.as_str(), ":" | "："));
    let is_clear = found.get(1).is_some() || bare.contains(&kind) && (kind != Kind::Problem || has_colon());
    is_clear.then(|| (kind, found[0].trim().to_owned()))
}

fn of_word(word: &str, on_a_line: bool) -> Option<Kind> {
    let is_it =
        |(_, words, more): &&(Kind, &[&str], &[&str])| words.contains(&word) || on_a_line && more.contains(&word);
    WORDS.iter().find(is_it).map(|(kind, ..)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &[Kind] = &[Kind::Incident, Kind::Problem, Kind::ServiceRequest, Kind::ChangeRequest];

    #[test]
    fn a_bare_first_word_counts_only_for_the_kinds_of_the_desk() {
        for (subject, listed, kind) in [
            ("Проблема: забыла пароль", &ALL[..1], None),
            ("PROBLEM: CPU load", &ALL[..1], None),
            ("Проблема: забыла пароль", ALL, Some(Kind::Problem)),
            ("[Проблема] забыла пароль", &ALL[..1], Some(Kind::Problem)),
            ("Инцидент: не печатает", &ALL[..1], Some(Kind::Incident)),
            ("Инцидент: не печатает", &[], None),
            ("Запрос на развитие", &ALL[..1], None),
        ] {
            assert_eq!(named(subject, "", listed).map(|(kind, _)| kind), kind, "{subject} / {listed:?}");
        }
        assert_eq!(named("", "Вид запроса: проблема", &[]).map(|(kind, _)| kind), Some(Kind::Problem));
    }

    #[test]
    fn a_requester_names_the_kind() {
        use Kind::{ChangeRequest, Incident, Problem, ServiceRequest};
        for (subject, words, kind) in [
            ("Отчёт", "Вид запроса: инцидент", Some(Incident)),
            ("Отчёт", "Здравствуйте!\n\nТип: запрос на развитие\nНужна кнопка.", Some(ChangeRequest)),
            ("Отчёт", "ВИД ОБРАЩЕНИЯ — Проблема (всё стоит)", Some(Problem)),
            ("Отчёт", "- тип заявки: консультация.", Some(ServiceRequest)),
            ("Report", "kind: problem", Some(Problem)),
            ("Report", "Type of request = service request", Some(ServiceRequest)),
            ("Report", "Request type: Feature request / UI", Some(ChangeRequest)),
            ("Инцидент: не печатает", "", Some(Incident)),
            ("Инцидент - не печатает", "", Some(Incident)),
            ("ИНЦИДЕНТ. Не печатает", "", Some(Incident)),
            ("[Инцидент] не печатает", "", Some(Incident)),
            ("Сбой: не печатает", "", Some(Incident)),
            ("Проблема: CRM не открывается ни у кого", "", Some(Problem)),
            ("(проблема) CRM стоит", "", Some(Problem)),
            ("Запрос на развитие", "", Some(ChangeRequest)),
            ("Запрос на предоставление информации", "", Some(ServiceRequest)),
            ("Запрос на предоставление информации о складе", "", Some(ServiceRequest)),
            ("Отчёт", "Вид: запрос на предоставление информации", Some(ServiceRequest)),
            ("Change request: export to CSV", "", Some(ChangeRequest)),
            ("Service request - new user", "", Some(ServiceRequest)),
            ("Инцидент: не печатает", "Вид запроса: запрос на обслуживание", Some(ServiceRequest)),
            // Everyday words.
            ("Проблема с печатью", "", None),
            ("Проблема", "", None),
            ("Проблема - не печатает", "", None),
            ("Problem with printing", "", None),
            ("Отчёт", "Проблема: при печати ошибка", None),
            ("Отчёт", "Тип: внешний контрагент", None),
            ("Отчёт", "Вид запроса не указан", None),
            ("Отчёт", "Не тот тип: инцидент", None),
            ("Предложение: скидки на бумагу", "", None),
            ("Инцидентов: 5", "", None),
            ("Вопрос: как распечатать?", "", None),
            ("", "", None),
        ] {
            assert_eq!(named(subject, words, ALL).map(|(kind, _)| kind), kind, "{subject} / {words}");
        }
        assert_eq!(
            named("", "Вид запроса: инцидент \r\n", ALL).map(|(_, said)| said).as_deref(),
            Some("Вид запроса: инцидент")
        );
    }
}
