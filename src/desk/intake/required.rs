//! What a message brings of what a request should bring.

use std::sync::LazyLock;

use regex::Regex;

use super::text::{Text, fold};
use super::{files, period, environment};
use crate::model::policy::{Desk, Needed};
use crate::model::{Attachment, Kind};

/// Fewer words describe nothing.
const FEWEST_WORDS: usize = 3;

/// Words that are no description.
const POLITENESS: [&str; 29] = [
    "здравствуйте",
    "добрый",
    "доброе",
    "день",
    "утро",
    "вечер",
    "привет",
    "коллеги",
    "уважаемые",
    "пожалуйста",
    "помогите",
    "прошу",
    "помочь",
    "спасибо",
    "срочно",
    "вложении",
    "вложение",
    "см",
    "hello",
    "hi",
    "dear",
    "please",
    "help",
    "thanks",
    "regards",
    "urgent",
    "see",
    "attached",
    "attachment",
];

/// What answers one of our questions, or names the kind, up to the end of its sentence: no description.
static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?im)(?:^[ \t]*[-*•]?|[.;])[ \t]*(?:(?:название\s+стенда|стенд|среда|контур|окружение|площадка|временной\s+период|период|(?:дата\s+и\s+)?время|когда|вид|тип|категория|логи?|телефон|stand|environment|env|instance|installation|(?:time\s+)?period|(?:date\s+and\s+)?time|when|kind|type|category|logs?|phone)\b[^.:=\r\n]{0,40}(?:[:=]|[ \t][-–—]))(?:[^.;\r\n]|\.[^ \t\r\n])*",
    )
});

/// Log lines and stack traces that stand in the text itself.
static LOG_LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?im)^[ \t>]*\[?(?:\d{4}[-./]\d{2}[-./]\d{2}[T ]|\d{2}[./]\d{2}[./]\d{4} |\d{2}:\d{2}:\d{2}[.,]\d)|^[ \t]+at [\w.$<>]+\([^)]*\)|^Traceback \(most recent call last\)|^Exception in thread|^(?:Caused by: )?[\w.]+(?:Exception|Error): ",
    )
});

/// A line that names a place where logs are.
static LINKED_LOGS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?im)\b(?:логи?|лог-файлы?|журнал\w*|logs?)\b[^\r\n]{0,40}https?://\S+"));

/// Words that speak of logs.
static SPEAKS_OF_LOGS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:лог(?:и|ов|ами|ах|а)?|лог-файл\w*|журнал\w*|logs?|logfiles?)\b"));

/// An answer of a system that stands in the text itself, in JSON or XML.
static SYSTEM_ANSWER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?m)^\s*[\[{]+\s*"[^"\r\n]+"\s*:|<\?xml\s|<[A-Za-z][\w:.-]*(?:\s[^<>]*)?>[^<>]*</[A-Za-z]"#)
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is constant and compiles")
}

/// What a message brings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supplied {
    /// Which installation it is about.
    pub environment: Option<String>,
    /// When it happened, in its author's words.
    pub period: Option<String>,
    /// Whether it says what is the matter.
    pub is_described: bool,
    /// Whether a picture of the screen comes along.
    pub has_screenshot: bool,
    /// Whether logs come along.
    pub has_logs: bool,
}

/// Reads what a message brings: its own new words, and its files.
pub fn brought(desk: &Desk, subject: &str, words: &str, attachments: &[Attachment]) -> Supplied {
    let text = format!("{subject}\n{words}");
    Supplied {
        environment: environment::find(subject, words, &desk.environments),
        period: period::find(&text).or_else(|| attachments.iter().find_map(files::period)),
        is_described: is_described(words),
        has_screenshot: attachments.iter().any(files::is_screenshot),
        has_logs: attachments.iter().any(files::is_log)
            || has_log_lines(words)
            || LINKED_LOGS.is_match(words)
            || SYSTEM_ANSWER.is_match(words)
            || SPEAKS_OF_LOGS.is_match(words) && attachments.iter().any(files::may_hold_logs),
    }
}

impl Supplied {
    /// Whether this is among it.
    pub fn has(&self, needed: Needed) -> bool {
        match needed {
            Needed::Description => self.is_described,
            Needed::Screenshot => self.has_screenshot,
            Needed::Environment => self.environment.is_some(),
            Needed::Period => self.period.is_some(),
            Needed::Logs => self.has_logs,
        }
    }
}

/// What a request of this kind should bring at a desk, each once.
pub fn required(desk: &Desk, kind: Option<Kind>) -> Vec<Needed> {
    let is_for = |kinds: &[Kind]| kinds.is_empty() || kind.is_some_and(|kind| kinds.contains(&kind));
    let mut needed: Vec<Needed> = desk.required.iter().filter(|r| is_for(&r.kinds)).map(|r| r.what).collect();
    needed.sort_unstable();
    needed.dedup();
    needed
}

fn is_described(words: &str) -> bool {
    let words = LABELLED.replace_all(words, "");
    let says =
        |word: &&str| word.chars().any(char::is_alphabetic) && word.chars().count() > 1 && !POLITENESS.contains(word);
    Text::of(&words).words().filter(says).count() >= FEWEST_WORDS
}

fn has_log_lines(words: &str) -> bool {
    LOG_LINE.find_iter(words).take(2).count() == 2
}

/// Whether a value on a line of its own says that there is none.
pub(super) fn is_no_answer(value: &str) -> bool {
    const NOTHING: [&str; 12] = [
        "не знаю",
        "неизвестно",
        "неизвестен",
        "нет",
        "не помню",
        "не указан",
        "unknown",
        "none",
        "n/a",
        "na",
        "tbd",
        "не важно",
    ];
    let value = fold(value);
    let value = value.trim_matches(|c: char| !c.is_alphanumeric());
    value.is_empty() || NOTHING.contains(&value)
}
