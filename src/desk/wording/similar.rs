//! The last block of a notification of a new request: earlier requests that resemble it.

use std::sync::LazyLock;

use regex::Regex;

use crate::desk::calendar::day_of;
use crate::desk::pattern;
use crate::model::{Ask, Language, Request, ShortName, SimilarRequest, Timestamp};

use super::engineer::ToEngineer;
use super::tags::tag;
use super::text::{one_line, pick, plural_form, with_round_brackets};

/// How many solved requests are shown, and how many open ones.
const MOST_SOLVED: usize = 3;
const MOST_OPEN: usize = 5;
/// For how long an open request is shown, in days.
const OPEN_DAYS: i32 = 3;
/// The longest line of an answer that is shown, in characters.
const LONGEST_LINE: usize = 160;
/// A line of an answer with fewer letters says nothing.
const FEWEST_LETTERS: usize = 12;

/// The similar requests: solved ones with the beginnings of their answers, and open ones of the last days; `None` where
/// there are none.
pub(super) fn similar(to: &ToEngineer<'_>, request: &Request, similar: &[SimilarRequest]) -> Option<String> {
    let language = to.language;
    let age = |other: &SimilarRequest| age(to, other.opened_at, request.opened_at);
    let others = || similar.iter().filter(|other| other.number != request.number);
    let solved = |other: &SimilarRequest| {
        let answer = other.answer.as_ref().filter(|_| other.phase.is_ended())?;
        let said = first_line(answer, &names(to, other));
        let colon = if said.is_empty() { "" } else { ": " };
        Some(format!("{}, {}{colon}{said}", other.number, ago(language, age(other))))
    };
    let mut lines: Vec<String> = others().filter_map(solved).take(MOST_SOLVED).collect();
    if !lines.is_empty() {
        lines.insert(0, pick(language, "Похожие решённые запросы:", "Similar requests that are solved:").to_owned());
    }
    let is_recent = |other: &&SimilarRequest| !other.phase.is_ended() && age(other) < OPEN_DAYS;
    let open: Vec<&SimilarRequest> = others().filter(is_recent).take(MOST_OPEN).collect();
    if !open.is_empty() {
        lines.push(open_ones(language, &open, open.iter().all(|other| age(other) == 0)));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// The line for open requests, with the tags that link them.
fn open_ones(language: Language, open: &[&SimilarRequest], are_of_today: bool) -> String {
    let numbers = open.iter().map(|other| other.number.to_string()).collect::<Vec<_>>().join(", ");
    let tags = open.iter().map(|other| tag(language, &Ask::Link(other.number.clone()))).collect::<Vec<_>>().join(" ");
    let count = open.len();
    let when = match are_of_today {
        true => pick(language, "сегодня", "today"),
        false => pick(language, "за последние дни", "in the last days"),
    };
    pick(
        language,
        format!("Похожих открытых {when}: {count} ({numbers}). Связать: {tags}"),
        format!("{count} open like it {when}: {numbers}. To link them: {tags}"),
    )
}

/// How many days ago it was, by the desk's calendar.
fn age(to: &ToEngineer<'_>, at: Timestamp, now: Timestamp) -> i32 {
    let day = |at| day_of(&to.desk.calendar, at);
    day(at).until(day(now)).map_or(0, |span| span.get_days())
}

fn ago(language: Language, days: i32) -> String {
    let (ru, en) = match days {
        ..=0 => ("сегодня".to_owned(), "today".to_owned()),
        1 => ("вчера".to_owned(), "yesterday".to_owned()),
        2..60 => {
            let number = days.unsigned_abs();
            let form = plural_form(number, ["день", "дня", "дней"]);
            (format!("{days} {form} назад"), format!("{days} days ago"))
        }
        _ => {
            let months = days.unsigned_abs() / 30;
            let form = plural_form(months, ["месяц", "месяца", "месяцев"]);
            (format!("{months} {form} назад"), format!("{months} months ago"))
        }
    };
    pick(language, ru, en)
}

/// The words of the names of those who take part in the other request, and of the desk's engineers.
fn names(to: &ToEngineer<'_>, other: &SimilarRequest) -> Vec<String> {
    let engineers = to.desk.engineers.iter().map(|engineer| engineer.full_name.as_str());
    let short = to.desk.engineers.iter().map(|engineer| ShortName::as_str(&engineer.name));
    let all = other.names.iter().map(String::as_str).chain(engineers).chain(short);
    let words = all.flat_map(|name| name.split(|c: char| !c.is_alphabetic()));
    words.filter(|word| word.chars().count() > 2).map(str::to_lowercase).collect()
}

/// The first line of an answer that says something, without names, addresses, links and long numbers; empty where none does.
fn first_line(answer: &str, names: &[String]) -> String {
    let says_something = |line: &String| line.chars().filter(|c| c.is_alphabetic()).count() >= FEWEST_LETTERS;
    let lines = answer.lines().map(str::trim).filter(|line| !line.starts_with('>') && !GREETING.is_match(line));
    let line = lines.map(|line| anonymous(line, names)).find(says_something).unwrap_or_default();
    with_round_brackets(&one_line(&line, LONGEST_LINE))
}

/// A line with `…` in place of what tells of whom it speaks.
fn anonymous(line: &str, names: &[String]) -> String {
    let line = ADDRESSED.replace(line, "");
    let line = PRIVATE.replace_all(&line, "…");
    let is_name = |word: &str| {
        let word = word.to_lowercase();
        word.chars().count() > 2 && names.iter().any(|name| is_form_of(&word, name))
    };
    let line = WORD.replace_all(&line, |found: &regex::Captures<'_>| match is_name(&found[0]) {
        true => "…".to_owned(),
        false => found[0].to_owned(),
    });
    let line = NAMES.replace_all(&line, "…");
    let line = CAPITALS.replace_all(&line, |found: &regex::Captures<'_>| {
        let words: Vec<&str> = found[0].split_whitespace().collect();
        let begins = found.get(0).is_some_and(|found| found.start() == 0);
        if begins && words.len() > 2 { format!("{} …", words[0]) } else { "…".to_owned() }
    });
    REPEATED.replace_all(&line, "…").trim_matches([' ', ',']).to_owned()
}

/// Whether a word is a name in any case: what they have in common is all but an ending.
fn is_form_of(word: &str, name: &str) -> bool {
    let same = word.chars().zip(name.chars()).take_while(|(a, b)| a == b).count();
    let (word, name) = (word.chars().count(), name.chars().count());
    same >= 3 && same + 1 >= name.min(word) && same + 2 >= name && same + 3 >= word
}

/// A line that only greets.
static GREETING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:здравствуйте|добр(?:ый|ое|ого)\s|привет|уважаем|приветствую|hello\b|hi\b|hey\b|dear\s|good\s(?:morning|day|afternoon|evening))\S*(?:[,\s]+[\p{L}.-]+){0,3}[,!.\s]*$",
    )
});

/// Words at the beginning of a line that greet, or call somebody by name.
static ADDRESSED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:(?i:здравствуйте|добрый\s(?:день|вечер)|доброе\sутро|привет|hello|hi|hey|dear|good\s(?:morning|day|afternoon|evening))[,!.]?\s+)?(?:\p{Lu}\p{Ll}+(?:\s\p{Lu}[\p{Ll}.]+){0,2}[,!]\s+)?",
    )
});

/// Addresses, links, and numbers of six digits and more, whatever divides these.
static PRIVATE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\S+@\S+|\S*://\S+|(?i:www\.)\S+|[+(]?\d(?:[\s().\u{a0}/-]{0,2}\d){5,}|\S*\d{6,}\S*"));

static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"\p{L}[\p{L}'’]*"));

/// Names that nobody has told us: a surname with initials, a patronymic with the name before it.
static NAMES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\p{Lu}\p{Ll}+\s\p{Lu}\.\s?(?:\p{Lu}\.)?|(?:\p{Lu}\.\s?){1,2}\p{Lu}\p{Ll}+|(?:\p{Lu}\p{Ll}+\s)?\p{Lu}\p{Ll}+(?:ович|евич|овн|евн)[а-я]{0,3}\b",
    )
});

/// Russian words with capitals beside each other: names, too, but for the word that begins the line.
static CAPITALS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[А-ЯЁ][а-яё]+(?:\s[А-ЯЁ][а-яё]+)+\b"));

static REPEATED: LazyLock<Regex> = LazyLock::new(|| pattern(r"…(?:[\s,]*…)+"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_an_answer_tells_of_nobody() {
        let names: Vec<String> = ["анна", "кузнецова", "igor", "белов"].map(str::to_owned).into();
        for (answer, line) in [
            ("Здравствуйте!\n\nПерезапустите службу печати.\nС уважением", "Перезапустите службу печати."),
            ("Анна, перезапустите службу печати.", "перезапустите службу печати."),
            ("Добрый день, Анна!\nЗаменили барабан в принтере.", "Заменили барабан в принтере."),
            ("Мария Ивановна, сбросили пароль, проверьте.", "сбросили пароль, проверьте."),
            ("Hello Anna, please restart Outlook in safe mode.", "please restart Outlook in safe mode."),
            ("> Что делать?\nОтключите проверку порта в настройках.", "Отключите проверку порта в настройках."),
            ("Звоните Кузнецовой по номеру +7 (495) 123-45-67.", "Звоните … по номеру …."),
            ("Написали на help@vendor.example, ответ тут: https://vendor.example/t/1", "Написали на … ответ тут: …"),
            ("Платёж 40817810099910004312 вернули на карту.", "Платёж … вернули на карту."),
            ("Ошибка 1603: удалите старую версию 10.2.", "Ошибка 1603: удалите старую версию 10.2."),
            ("Передали Петру Сидорову и Смирновой А. В. на склад.", "Передали … и … на склад."),
            ("Готово.\nВыключите [режим] энергосбережения.", "Выключите (режим) энергосбережения."),
            ("Ок", ""),
        ] {
            assert_eq!(first_line(answer, &names), line, "{answer}");
        }
    }

    #[test]
    fn ages_for_people() {
        let ages = [0, 1, 2, 5, 21, 60, 150].map(|days| ago(Language::Ru, days));
        assert_eq!(
            ages,
            ["сегодня", "вчера", "2 дня назад", "5 дней назад", "21 день назад", "2 месяца назад", "5 месяцев назад"]
        );
        assert_eq!(ago(Language::En, 70), "2 months ago");
    }
}
