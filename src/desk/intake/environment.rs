//! Which installation a message is about.

use std::sync::LazyLock;

use regex::Regex;

use super::required::is_no_answer;
use super::text::{Phrase, Text, beginning, fold};
use crate::model::{Named, ShortName};

/// A value on a line for the stand is kept as written up to this many characters.
const LONGEST: usize = 40;

/// What installations are, in free text.
const NOUNS: &str = r"(?:стенд|сред[аеуы]|контур|сервер|окружени|баз[аеуы]|систем|площадк)\w*";
const NOUNS_EN: &str = r"(?:stand|environment|env|server|system|instance|bench|contour|installation|site)s?";

/// Behind these, production is that of goods.
const OTHER_PRODUCTION: [&str; 4] = [" of", " line", " plan", " department"];

/// A stand that everybody has.
struct BuiltIn {
    name: &'static str,
    /// How free text speaks of it.
    spoken: LazyLock<Regex>,
    /// What it is called where nothing else can be meant.
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

/// The name of a stand in front of a line, as people mark what they write: «ПРОД: …», «`[prod]` …».
fn in_front(names: &str) -> String {
    format!(r"^[ \t]*(?:[\[(](?:{names})[\])]|(?:{names})[ \t]*:)")
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is constant and compiles")
}

/// The stands that a message names, in the desk's words for them, or as written on a line for the stand.
pub(super) fn find(subject: &str, words: &str, own: &[Named<ShortName>]) -> Option<String> {
    let text = format!("{subject}\n{words}");
    let labelled = LABELLED.captures_iter(&text).find_map(|line| on_its_line(&line[1], own));
    labelled
        .or_else(|| joined(words.lines().flat_map(|line| alone(line, own)).collect()))
        .or_else(|| joined(spoken(&text, own)))
}

/// What the value of a line for the stand means.
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

/// A line that says nothing but which stand it is: the answer to our question.
fn alone(line: &str, own: &[Named<ShortName>]) -> Option<String> {
    let words = fold(line);
    let count = Text::of(&words).words().filter(|word| !["стенд", "среда", "контур", "stand"].contains(word)).count();
    let named = if count == 1 { called(&words, own) } else { Vec::new() };
    (named.len() == 1).then(|| named.concat())
}

/// The stands whose names stand in a text that speaks of nothing else.
fn called(text: &str, own: &[Named<ShortName>]) -> Vec<String> {
    let text = Text::of(text);
    let is_own = |environment: &&Named<ShortName>| {
        text.has(&Phrase::of(environment.thing.as_str())) || environment.words.iter().any(|word| text.has(&Phrase::of(word)))
    };
    let mut found: Vec<String> = own.iter().filter(is_own).map(|environment| environment.thing.to_string()).collect();
    let built_in = BUILT_IN.iter().filter(|environment| environment.called.iter().any(|word| text.has(&Phrase::of(word))));
    add(&mut found, built_in);
    found
}

/// The stands that free text speaks of.
fn spoken(text: &str, own: &[Named<ShortName>]) -> Vec<String> {
    let words = Text::of(text);
    let is_own = |environment: &&Named<ShortName>| environment.words.iter().any(|word| words.has(&Phrase::of(word)));
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
