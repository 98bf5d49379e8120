//! The text of the digest: an engineer's requests of the day, in lines short enough for a phone.

use jiff::civil::{Date, DateTime};

use crate::model::{Language, Request, UnsentMessage};

use super::super::calendar;
use super::engineer::ToEngineer;
use super::text::{one_line, pick, readable_date, readable_time, with_round_brackets};

/// The longest part of a subject that is shown, in characters: a line is to fit a phone.
const MAX_SUBJECT: usize = 40;

/// How many requests of a section are listed at most; of more, the rest are only counted.
const MAX_LINES: usize = 15;

/// A section of the digest: why a request is listed. In the order of the digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestSection {
    /// It is due today, or overdue.
    Due,
    /// It was passed to another line or team, and nothing has been done since.
    Silent,
    /// The reader is its assignee, and it is open.
    Mine,
    /// The reader is its assignee, and it waits for somebody else.
    Waiting,
    /// It has no assignee, or its assignee is away.
    Untaken,
}

/// The time that is shown behind a request's subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// How many days ago it was opened.
    Age(u32),
    /// It is due today at this time, on the desk's clock.
    Due(DateTime),
    /// It has been overdue since this time, on the desk's clock.
    Overdue(DateTime),
}

/// A request in the digest.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// The request.
    pub request: &'a Request,
    /// The section that it is listed in.
    pub section: DigestSection,
    /// The time that is shown with it.
    pub hint: Hint,
}

/// Subject and text of the digest of this day, with the reader's own messages of which nothing was sent.
pub fn digest(to: &ToEngineer<'_>, today: Date, listed: &[Listed<'_>], unsent: &[UnsentMessage]) -> (String, String) {
    let (language, day) = (to.language, readable_date(to.language, today));
    let key = &to.desk.key;
    let subject = pick(language, format!("{key}: сводка на {day}"), format!("{key}: your requests on {day}"));
    let all = [
        DigestSection::Due,
        DigestSection::Silent,
        DigestSection::Mine,
        DigestSection::Waiting,
        DigestSection::Untaken,
    ];
    let sections = all.into_iter().filter_map(|section| part(language, section, listed));
    let mut parts: Vec<String> = not_sent(to, unsent).into_iter().chain(sections).collect();
    parts.push(
        pick(
            language,
            "Эта сводка только для сведения: чтобы изменить запрос, ответьте на письмо о нём.",
            "This list is for information only: to change a request, reply to an e-mail about it.",
        )
        .to_owned(),
    );
    (subject, parts.join("\n\n"))
}

/// The reader's messages of which nothing was sent; `None` where there are none.
fn not_sent(to: &ToEngineer<'_>, unsent: &[UnsentMessage]) -> Option<String> {
    let title = pick(to.language, "Не отправлены, ждут Вашего «да» или «нет»", "Not sent, waiting for your yes or no");
    let mut lines = vec![format!("{title}: {}", unsent.len())];
    lines.extend(unsent.iter().take(MAX_LINES).map(|message| unsent_line(to, message)));
    if let Some(more) = unsent.len().checked_sub(MAX_LINES).filter(|more| *more > 0) {
        lines.push(pick(to.language, format!("… и ещё {more}"), format!("… and {more} more")));
    }
    (!unsent.is_empty()).then(|| lines.join("\n"))
}

/// A message of which nothing was sent: its request, its subject, and when its writer was told.
pub(super) fn unsent_line(to: &ToEngineer<'_>, message: &UnsentMessage) -> String {
    let subject = with_round_brackets(&one_line(&message.subject, MAX_SUBJECT));
    let at = readable_time(to.language, calendar::local(&to.desk.calendar, message.at));
    match &message.request {
        Some(number) => format!("{number} {subject} · {at}"),
        None => format!("{subject} · {at}"),
    }
}

fn part(language: Language, section: DigestSection, listed: &[Listed<'_>]) -> Option<String> {
    let own: Vec<&Listed<'_>> = listed.iter().filter(|listed| listed.section == section).collect();
    let title = format!("{}: {}", title(language, section), own.len());
    let mut lines = vec![title];
    lines.extend(own.iter().take(MAX_LINES).map(|listed| line(language, listed)));
    if let Some(more) = own.len().checked_sub(MAX_LINES).filter(|more| *more > 0) {
        lines.push(pick(language, format!("… и ещё {more}"), format!("… and {more} more")));
    }
    (!own.is_empty()).then(|| lines.join("\n"))
}

fn title(language: Language, section: DigestSection) -> &'static str {
    let (ru, en) = match section {
        DigestSection::Due => ("Срок сегодня или прошёл", "Due today or overdue"),
        DigestSection::Silent => ("Переданы, но без движения", "Passed on, no progress"),
        DigestSection::Mine => ("У Вас в работе", "Assigned to you"),
        DigestSection::Waiting => ("Ваши, ждут ответа", "Assigned to you, waiting for others"),
        DigestSection::Untaken => ("Ждут исполнителя", "Waiting for an assignee"),
    };
    pick(language, ru, en)
}

fn line(language: Language, listed: &Listed<'_>) -> String {
    let request = listed.request;
    let subject = match with_round_brackets(&one_line(&request.subject, MAX_SUBJECT)) {
        subject if subject.is_empty() => pick(language, "(без темы)", "(no subject)").to_owned(),
        subject => subject,
    };
    format!("{} {subject} · {}", request.number, hint(language, listed.hint))
}

fn hint(language: Language, hint: Hint) -> String {
    match hint {
        Hint::Age(0) => pick(language, "сегодня", "today").to_owned(),
        Hint::Age(days) => pick(language, format!("{days} дн."), format!("{days} d")),
        Hint::Due(by) => {
            let time = by.strftime("%H:%M");
            pick(language, format!("до {time}"), format!("by {time}"))
        }
        Hint::Overdue(by) => {
            let (ru, en) = (by.strftime("%d.%m"), by.strftime("%-d %b"));
            pick(language, format!("просрочен с {ru}"), format!("overdue since {en}"))
        }
    }
}
