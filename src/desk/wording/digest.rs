//! The day's list of an engineer, in lines that a phone shows whole.

use jiff::civil::{Date, DateTime};

use crate::model::{Language, Request};

use super::engineer::ToEngineer;
use super::text::{neutral, one_line, readable_date, say};

/// Of a subject no more characters are shown.
const SUBJECT: usize = 40;

/// Of a longer section the rest is counted only.
const MOST_LINES: usize = 15;

/// Why a request is in the list; in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestSection {
    /// It is due today, or overdue.
    Due,
    /// It was passed on, and nobody moves it.
    Silent,
    /// The reader works on it.
    Mine,
    /// The reader's, and it waits for somebody else.
    Waiting,
    /// Nobody has taken it, or whoever has is away.
    Untaken,
}

/// What is said of a request besides its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// How many days ago it was opened.
    Age(u32),
    /// When it is due today.
    Due(DateTime),
    /// Since when it is overdue.
    Overdue(DateTime),
}

/// A request in the list.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// Which one.
    pub request: &'a Request,
    /// Why.
    pub section: DigestSection,
    /// What is said of it.
    pub hint: Hint,
}

/// Subject and text of a digest.
pub fn digest(to: &ToEngineer<'_>, today: Date, listed: &[Listed<'_>]) -> (String, String) {
    let (language, day) = (to.language, readable_date(to.language, today));
    let key = &to.desk.key;
    let subject = say(language, format!("{key}: сводка на {day}"), format!("{key}: your requests on {day}"));
    let all = [DigestSection::Due, DigestSection::Silent, DigestSection::Mine, DigestSection::Waiting, DigestSection::Untaken];
    let mut parts: Vec<String> = all.into_iter().filter_map(|section| part(language, section, listed)).collect();
    parts.push(
        say(
            language,
            "Эта сводка только для сведения: чтобы изменить запрос, ответьте на письмо о нём.",
            "This list is for information only: to change a request, reply to a letter about it.",
        )
        .to_owned(),
    );
    (subject, parts.join("\n\n"))
}

fn part(language: Language, section: DigestSection, listed: &[Listed<'_>]) -> Option<String> {
    let own: Vec<&Listed<'_>> = listed.iter().filter(|listed| listed.section == section).collect();
    let title = format!("{}: {}", title(language, section), own.len());
    let mut lines = vec![title];
    lines.extend(own.iter().take(MOST_LINES).map(|listed| line(language, listed)));
    if let Some(more) = own.len().checked_sub(MOST_LINES).filter(|more| *more > 0) {
        lines.push(say(language, format!("… и ещё {more}"), format!("… and {more} more")));
    }
    (!own.is_empty()).then(|| lines.join("\n"))
}

fn title(language: Language, section: DigestSection) -> &'static str {
    let (ru, en) = match section {
        DigestSection::Due => ("Срок сегодня или прошёл", "Due today or overdue"),
        DigestSection::Silent => ("Переданы и стоят на месте", "Passed on and not moving"),
        DigestSection::Mine => ("У Вас в работе", "With you"),
        DigestSection::Waiting => ("Ваши, ждут ответа", "Yours, waiting for others"),
        DigestSection::Untaken => ("Ждут исполнителя", "Waiting to be taken"),
    };
    say(language, ru, en)
}

fn line(language: Language, listed: &Listed<'_>) -> String {
    let request = listed.request;
    let subject = match neutral(&one_line(&request.subject, SUBJECT)) {
        subject if subject.is_empty() => say(language, "(без темы)", "(no subject)").to_owned(),
        subject => subject,
    };
    format!("{} {subject} · {}", request.number, hint(language, listed.hint))
}

fn hint(language: Language, hint: Hint) -> String {
    match hint {
        Hint::Age(0) => say(language, "сегодня", "today").to_owned(),
        Hint::Age(days) => say(language, format!("{days} дн."), format!("{days} d")),
        Hint::Due(by) => {
            let time = by.strftime("%H:%M");
            say(language, format!("до {time}"), format!("by {time}"))
        }
        Hint::Overdue(by) => {
            let (ru, en) = (by.strftime("%d.%m"), by.strftime("%-d %b"));
            say(language, format!("просрочен с {ru}"), format!("overdue since {en}"))
        }
    }
}
