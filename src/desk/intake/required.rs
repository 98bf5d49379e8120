//! Checks which of the required information a message brings: environment, period, description, screenshot, logs.

use std::sync::LazyLock;

use regex::Regex;

use super::text::Text;
use super::{environment, files, period};
use crate::desk::pattern;
use crate::model::policy::{Desk, Needed};
use crate::model::{Attachment, Kind};

/// How many words a description has at least.
const FEWEST_WORDS: usize = 3;

/// Polite words and the like, which do not count towards a description.
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

/// Matches labelled answers to our questions and labels of kinds, to the end of the sentence; they are no description.
static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?im)(?:^[ \t]*[-*•]?|[.;])[ \t]*(?:(?:название\s+стенда|стенд|среда|контур|окружение|площадка|временной\s+период|период|(?:дата\s+и\s+)?время|когда|вид|тип|категория|логи?|телефон|stand|environment|env|instance|installation|(?:time\s+)?period|(?:date\s+and\s+)?time|when|kind|type|category|logs?|phone)\b[^.:=\r\n]{0,40}(?:[:=]|[ \t][-–—]))(?:[^.;\r\n]|\.[^ \t\r\n])*",
    )
});

/// Matches log lines and stack traces in the text itself.
static LOG_LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?im)^[ \t>]*\[?(?:\d{4}[-./]\d{2}[-./]\d{2}[T ]|\d{2}[./]\d{2}[./]\d{4} |\d{2}:\d{2}:\d{2}[.,]\d)|^[ \t]+at [\w.$<>]+\([^)]*\)|^Traceback \(most recent call last\)|^Exception in thread|^(?:Caused by: )?[\w.]+(?:Exception|Error): ",
    )
});

/// Matches a line with a link to logs.
static LINKED_LOGS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?im)\b(?:логи?|лог-файлы?|журнал\w*|logs?)\b[^\r\n]{0,40}https?://\S+"));

/// Matches words that speak of logs.
static SPEAKS_OF_LOGS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:лог(?:и|ов|ами|ах|а)?|лог-файл\w*|журнал\w*|logs?|logfiles?)\b"));

/// Matches an answer of a system in the text itself, in JSON or XML.
static SYSTEM_ANSWER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?m)^\s*[\[{]+\s*"[^"\r\n]+"\s*:|<\?xml\s|<[A-Za-z][\w:.-]*(?:\s[^<>]*)?>[^<>]*</[A-Za-z]"#)
});

/// The information that a message brings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supplied {
    /// The environment that it is about; `None` where it names none.
    pub environment: Option<String>,
    /// When it occurred, in its author's words; `None` where it does not say.
    pub period: Option<String>,
    /// Whether the problem is described.
    pub is_described: bool,
    /// Whether there is a screenshot.
    pub has_screenshot: bool,
    /// Whether there are logs.
    pub has_logs: bool,
}

/// Reads the information that a message brings, in its own new words and its files.
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
    /// Whether this piece of information is among it.
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

/// The information that a desk requires for a request of this kind, each piece once.
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
