//! Finds the environment (production, test, …) that a message is about.

use std::sync::LazyLock;

use regex::Regex;

use super::text::{Text, WordPattern, beginning, fold, is_no_answer};
use crate::desk::pattern;
use crate::model::{Named, ShortName};

/// How many characters of an unknown value are kept, as written, from a line for the environment.
const LONGEST: usize = 40;

/// Words for an environment in free text.
const NOUNS: &str = r"(?:стенд|сред[аеуы]|контур|сервер|окружени|баз[аеуы]|систем|площадк)\w*";
const NOUNS_EN: &str = r"(?:stand|environment|env|server|system|instance|bench|contour|installation|site)s?";

/// Words behind "production" that show that it means the making of goods.
const OTHER_PRODUCTION: [&str; 4] = [" of", " line", " plan", " department"];

/// An environment that every desk knows.
struct BuiltIn {
    name: &'static str,
    /// How free text names it.
    spoken: LazyLock<Regex>,
    /// Names of it that can mean nothing else.
    called: &'static [&'static str],
}

static BUILT_IN: [BuiltIn; 2] = [
    BuiltIn {
        name: "test",
        spoken: LazyLock::new(|| {
            pattern(&format!(
                r"(?im)\bтестов\w{{2,3}}\s+{NOUNS}|\bтест[-\s]?{NOUNS}|\b(?:стенд|контур|окружени)\w*\s+тест(?:\b|ов\w{{2,3}}\b)|{}|\bна\s+тест(?:е|овом|овой)\b|\b(?:test|testing|uat)\s+{NOUNS_EN}\b|\bon\s+(?:the\s+)?test(?:ing)?\s*(?:\z|[,.;:!?)])",
                in_front("тест|test")
            ))
        }),
        called: &["тест*", "test", "testing", "uat"],
    },
    BuiltIn {
        name: "production",
        spoken: LazyLock::new(|| {
            pattern(&format!(
                r"(?im)\b(?:продуктов|продуктивн|боев|промышленн|рабоч)\w{{2,3}}\s+{NOUNS}|\bпро[дм][-\s]?{NOUNS}|\b(?:стенд|контур|окружени)\w*\s+(?:про[дм]\b|(?:продуктов|продуктивн|боев|промышленн)\w{{2,3}}\b)|{}|\b(?:на|в)\s+(?:прод[еу]?|продакшн[е]?|продакшен[е]?|продуктив[е]?|бою|боевом|боевой|проме|промышленном|продуктовом|продуктивном)\b|\b(?:prod|production|live)\s+{NOUNS_EN}\b|\b(?:in|on)\s+(?:the\s+)?(?:prod|production)\b(?:\s+(?:of|line|plan|department)\b)?",
                in_front("прод|пром|prod")
            ))
        }),
        called: &[
            "прод",
            "продакшн",
            "продакшен",
            "продукт*",
            "боевой",
            "боевая",
            "бой",
            "пром",
            "промышленн*",
            "рабочий",
            "рабочая",
            "prod",
            "production",
            "live",
        ],
    },
];

static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?im)(?:^[ \t]*[-*•]?[ \t]*|[,;.][ \t]+|[ \t])(?:название\s+стенда|стенд|среда|контур|окружение|площадка|stand|environment|env|installation|instance)(?:[ \t]*\([^)\r\n]*\))?(?:[ \t]*[:=]|[ \t]+[–—])[ \t]*([^\r\n;]+)",
    )
});

/// Matches the name of an environment at the beginning of a line, as people mark their messages: «ПРОД: …», «`[prod]` …».
fn in_front(names: &str) -> String {
    format!(r"^[ \t]*(?:[\[(](?:{names})[\])]|(?:{names})[ \t]*:)")
}

/// The environments that a message names, by the desk's names for them, or as written on a line for the environment. `None`
/// where it names none.
pub(super) fn find(subject: &str, words: &str, own: &[Named<ShortName>]) -> Option<String> {
    let text = format!("{subject}\n{words}");
    let labelled = LABELLED.captures_iter(&text).find_map(|line| on_its_line(&line[1], own));
    labelled
        .or_else(|| joined(words.lines().flat_map(|line| alone(line, own)).collect()))
        .or_else(|| joined(spoken(&text, own)))
}

/// The environment that the value of such a line means; `None` where it means none.
fn on_its_line(value: &str, own: &[Named<ShortName>]) -> Option<String> {
    let value = value.split([',', '.']).next().unwrap_or_default().trim().trim_matches(['«', '»', '"', '“', '”']);
    if is_no_answer(value) {
        return None;
    }
    let named = called(value, own);
    // «тестовый/продуктовый» is a form that nobody has filled in.
    match named.as_slice() {
        [] => Some(beginning(value, LONGEST).to_owned()),
        [one] => Some(one.clone()),
        _ => None,
    }
}

/// The environment on a line that says nothing else, as people answer our question; `None` for any other line.
fn alone(line: &str, own: &[Named<ShortName>]) -> Option<String> {
    let words = fold(line);
    let count = Text::of(&words).words().filter(|word| !["стенд", "среда", "контур", "stand"].contains(word)).count();
    let named = if count == 1 { called(&words, own) } else { Vec::new() };
    (named.len() == 1).then(|| named.concat())
}

/// The environments whose names stand in a text that speaks of nothing else.
fn called(text: &str, own: &[Named<ShortName>]) -> Vec<String> {
    let text = Text::of(text);
    let is_own = |environment: &&Named<ShortName>| {
        text.has(&WordPattern::of(environment.thing.as_str()))
            || environment.words.iter().any(|word| text.has(&WordPattern::of(word)))
    };
    let mut found: Vec<String> = own.iter().filter(is_own).map(|environment| environment.thing.to_string()).collect();
    let built_in =
        BUILT_IN.iter().filter(|environment| environment.called.iter().any(|word| text.has(&WordPattern::of(word))));
    add(&mut found, built_in);
    found
}

/// The environments that free text names.
fn spoken(text: &str, own: &[Named<ShortName>]) -> Vec<String> {
    let words = Text::of(text);
    let is_own =
        |environment: &&Named<ShortName>| environment.words.iter().any(|word| words.has(&WordPattern::of(word)));
    let mut found: Vec<String> = own.iter().filter(is_own).map(|environment| environment.thing.to_string()).collect();
    let is_spoken = |environment: &&BuiltIn| {
        environment
            .spoken
            .find_iter(text)
            .any(|found| !OTHER_PRODUCTION.iter().any(|end| fold(found.as_str()).ends_with(end)))
    };
    add(&mut found, BUILT_IN.iter().filter(is_spoken));
    found
}

fn add<'a>(found: &mut Vec<String>, environments: impl Iterator<Item = &'a BuiltIn>) {
    for environment in environments {
        if !found.iter().any(|known| known == environment.name) {
            found.push(environment.name.to_owned());
        }
    }
}

fn joined(mut found: Vec<String>) -> Option<String> {
    found.dedup();
    (!found.is_empty()).then(|| found.join(", "))
}
