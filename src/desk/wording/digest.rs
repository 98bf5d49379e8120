//! The digest: an engineer's requests of the day as a list of their shapes, with buttons.

use jiff::civil::{Date, DateTime};

use crate::model::{Ask, Block, Language, Link, Request, TakenRequest, UnsentMessage};

use super::buttons;
use super::engineer::{ToEngineer, below_cut_line};
use super::facts;
use super::labels::engineer_name;
use super::tags::tag;
use super::text::{and_more, one_line, pick, readable_date, with_round_brackets};
use super::unsent::unsent_line;

/// The longest part of a subject that is shown, in characters: a line is to fit a phone.
const MAX_SUBJECT: usize = 40;

/// How many requests of a section are listed at most; of more, the rest are only counted.
const MAX_LINES: usize = 15;

/// The sections, in their order.
const SECTIONS: [DigestSection; 5] =
    [DigestSection::Due, DigestSection::Silent, DigestSection::Mine, DigestSection::Waiting, DigestSection::Untaken];

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

/// Subject, text and list of the digest of this day: the reader's own messages of which nothing was sent, what colleagues have
/// taken, and the shapes of requests, with the buttons that `buttons` makes for each.
pub fn digest(
    to: &ToEngineer<'_>,
    today: Date,
    listed: &[Listed<'_>],
    unsent: &[UnsentMessage],
    taken: &[TakenRequest],
    buttons: &dyn Fn(&Request) -> Vec<Link>,
) -> (String, String, Vec<Block>) {
    let (language, day) = (to.language, readable_date(to.language, today));
    let key = &to.desk.key;
    let subject = pick(language, format!("{key}: сводка на {day}"), format!("{key}: your requests on {day}"));
    let sections: Vec<(String, Vec<&Listed<'_>>)> =
        SECTIONS.into_iter().filter_map(|section| part(language, section, listed)).collect();
    let counts: Vec<&str> = sections.iter().map(|(title, _)| title.as_str()).collect();
    let taken = taken_by_colleagues(to, taken).unwrap_or_default();
    let text = below_cut_line(language, [not_sent(to, unsent).unwrap_or_default(), counts.join("\n"), taken]);
    let mut blocks: Vec<Block> = Vec::new();
    for (title, own) in &sections {
        blocks.extend([Block::Rule, Block::Heading(title.clone())]);
        for listed in own.iter().take(MAX_LINES) {
            let (request, facts) = (listed.request, facts::in_list(to, listed.request));
            blocks.extend([Block::Heading(line(language, listed)), Block::Facts(request.number.clone(), facts)]);
            blocks.extend(buttons::block("", &buttons(listed.request)));
        }
        blocks.extend(and_more(language, own.len(), MAX_LINES).map(|more| Block::Text(format!("… {more}"))));
    }
    if !sections.is_empty() {
        blocks.extend([Block::Rule, Block::Text(how_to_answer(to))]);
    }
    (subject, text, blocks)
}

/// How to change several requests by one answer. The example is none that could be typed: an answer quotes it.
fn how_to_answer(to: &ToEngineer<'_>) -> String {
    let (take, key) = (tag(to.language, &Ask::Take), &to.desk.key);
    let take = take.trim_matches(['[', ']']);
    pick(
        to.language,
        format!(
            "Запросы можно изменить прямо отсюда: ответьте на это письмо, по строке на запрос, номер и тег в одних скобках, как в \
             [{key}-… {take}] или [{key}-… @petrov]. Остальной текст такого ответа никому не отправляется."
        ),
        format!(
            "You can change requests right here: reply to this e-mail with a line for each, the number and the tag in one pair of \
             brackets, as in [{key}-… {take}] or [{key}-… @petrov]. Any other text of such a reply is sent to nobody."
        ),
    )
}

/// The reader's messages of which nothing was sent; `None` where there are none.
fn not_sent(to: &ToEngineer<'_>, unsent: &[UnsentMessage]) -> Option<String> {
    let title = pick(to.language, "Не отправлены, ждут Вашего «да» или «нет»", "Not sent, waiting for your yes or no");
    let mut lines = vec![format!("{title}: {}", unsent.len())];
    lines.extend(unsent.iter().take(MAX_LINES).map(|message| unsent_line(to, message)));
    lines.extend(and_more(to.language, unsent.len(), MAX_LINES).map(|more| format!("… {more}")));
    (!unsent.is_empty()).then(|| lines.join("\n"))
}

/// Requests of which many were told, and that colleagues have taken or answered; `None` where there are none.
fn taken_by_colleagues(to: &ToEngineer<'_>, taken: &[TakenRequest]) -> Option<String> {
    let title = pick(to.language, "Взяты или отвечены коллегами", "Taken or answered by colleagues");
    let mut lines = vec![format!("{title}: {}", taken.len())];
    for TakenRequest { number, subject, by, is_answered, .. } in taken.iter().take(MAX_LINES) {
        let subject = with_round_brackets(&one_line(subject, MAX_SUBJECT));
        let answered = if *is_answered { pick(to.language, ", дан ответ", ", answered") } else { "" };
        lines.push(format!("{number} {subject} · {}{answered}", engineer_name(to.desk, by)));
    }
    lines.extend(and_more(to.language, taken.len(), MAX_LINES).map(|more| format!("… {more}")));
    (!taken.is_empty()).then(|| lines.join("\n"))
}

/// The title of a section, and its requests; `None` where it has none.
fn part<'l, 'r>(
    language: Language,
    section: DigestSection,
    listed: &'l [Listed<'r>],
) -> Option<(String, Vec<&'l Listed<'r>>)> {
    let own: Vec<&Listed<'_>> = listed.iter().filter(|listed| listed.section == section).collect();
    let title = format!("{}: {}", title(language, section), own.len());
    (!own.is_empty()).then_some((title, own))
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
    let subject = facts::subject_of(request, language, MAX_SUBJECT);
    format!("{}: {subject} · {}", request.number, hint(language, listed.hint))
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
