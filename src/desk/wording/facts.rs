//! What is known of a request, as letters to engineers show it: one fact a line, always in the same order.

use crate::model::policy::Absence;
use crate::model::{Fact, Language, Priority, Request, ShortName};

use super::super::calendar;
use super::super::deadlines::{Deadline, deadlines};
use super::asking::needed_label;
use super::engineer::ToEngineer;
use super::labels::{engineer_name, kind_label, place_label, priority_label, status_label};
use super::readers;
use super::text::{one_line, pick, readable_date, readable_time, with_round_brackets};

/// The longest part of a subject that is shown, in characters.
pub(super) const MAX_SUBJECT: usize = 200;

/// The longest part of a text of a customer's that is shown as a fact, in characters.
const MAX_VALUE: usize = 100;

/// The title above the facts of a request: its number and subject.
pub(super) fn title(request: &Request, language: Language) -> String {
    format!("{}: {}", request.number, subject_of(request, language, MAX_SUBJECT))
}

/// The subject of a request without tags, at most so many characters of it.
pub(super) fn subject_of(request: &Request, language: Language, most: usize) -> String {
    match with_round_brackets(&one_line(&request.subject, most)) {
        subject if subject.is_empty() => pick(language, "(без темы)", "(no subject)").to_owned(),
        subject => subject,
    }
}

/// The facts of a request: who asked and what for, how it stands and who has it, until when, and what belongs to it. `away` is the
/// absence of its assignee, `messages` how many messages it has, where that is shown.
pub(super) fn of_request(
    to: &ToEngineer<'_>,
    request: &Request,
    away: Option<&Absence>,
    messages: Option<u32>,
) -> Vec<Fact> {
    let mut facts = asked(to, request);
    facts.extend(standing(to, request, away));
    facts.extend(belonging(to.language, request));
    facts.extend(messages.map(|count| fact(to.language, "Сообщений", "Messages", count.to_string())));
    facts
}

/// The facts of a request in a list: who asked, how urgent it is, how it stands.
pub(super) fn in_list(to: &ToEngineer<'_>, request: &Request) -> Vec<Fact> {
    let mut facts = vec![requester(to.language, request)];
    if request.priority != Priority::default() {
        facts.push(priority(to.language, request));
    }
    facts.extend(standing(to, request, None));
    facts
}

fn requester(language: Language, request: &Request) -> Fact {
    let named = request.requester().map(|person| match one_line(&person.name, MAX_VALUE) {
        name if name.is_empty() => person.email.to_string(),
        name => format!("{name}, {}", person.email),
    });
    let unknown = || pick(language, "неизвестен", "unknown").to_owned();
    fact(language, "Заявитель", "Requester", named.unwrap_or_else(unknown))
}

fn priority(language: Language, request: &Request) -> Fact {
    fact(language, "Приоритет", "Priority", priority_label(request.priority, language).to_owned())
}

fn fact(language: Language, ru: &str, en: &str, value: String) -> Fact {
    Fact { label: pick(language, ru, en).to_owned(), value }
}

/// Who asked, by which contract, and what for.
fn asked(to: &ToEngineer<'_>, request: &Request) -> Vec<Fact> {
    let language = to.language;
    let progress = &request.progress;
    let missing: Vec<&str> = progress.missing.iter().map(|needed| needed_label(language, *needed)).collect();
    let described = |text: &Option<String>| text.as_ref().map(|text| one_line(text, MAX_VALUE));
    let known = [
        ("В копии", "In copy", Some(readers::people(&progress.in_copy)).filter(|people| !people.is_empty())),
        ("Договор", "Contract", deadlines(to.desk, request).contract.map(|contract| one_line(contract, MAX_VALUE))),
        ("Стенд", "Environment", described(&progress.environment)),
        ("Период", "Period", described(&progress.period)),
        ("Не хватает", "Missing", Some(missing.join(", ")).filter(|missing| !missing.is_empty())),
        ("Вид", "Kind", request.kind.map(|kind| kind_label(kind, language).to_owned())),
    ];
    let known = known.into_iter().filter_map(|(ru, en, value)| Some(fact(language, ru, en, value?)));
    std::iter::once(requester(language, request)).chain(known).chain([priority(language, request)]).collect()
}

/// How it stands, who has it, and until when what is promised.
fn standing(to: &ToEngineer<'_>, request: &Request, away: Option<&Absence>) -> Vec<Fact> {
    let language = to.language;
    let nobody = || pick(language, "не назначен", "not assigned").to_owned();
    let assignee = request.assignee.as_ref().map(|name| engineer_with_absence(to, name, away));
    let promised = deadlines(to.desk, request);
    let local = |deadline: Deadline| readable_time(language, calendar::local(&to.desk.calendar, deadline.by));
    let known = [
        ("Статус", "Status", Some(status_label(to.desk, &request.standing.status, language))),
        ("Исполнитель", "Assignee", Some(assignee.unwrap_or_else(nobody))),
        ("У кого", "With", request.place.as_ref().map(|place| place_label(place, language))),
        ("Первый ответ до", "First response by", promised.first_response.map(local)),
        ("Решение до", "Resolution by", promised.resolution.map(local)),
    ];
    known.into_iter().filter_map(|(ru, en, value)| Some(fact(language, ru, en, value?))).collect()
}

/// The version and the other requests that it belongs to.
fn belonging(language: Language, request: &Request) -> Vec<Fact> {
    let version = request.release.as_ref().map(|release| {
        let day = release.date.map(|day| format!(", {}", readable_date(language, day))).unwrap_or_default();
        format!("{}{day}", release.version.as_str())
    });
    let linked: Vec<String> = request.linked.iter().map(ToString::to_string).collect();
    let known = [
        ("Версия", "Version", version),
        ("Дубль запроса", "Duplicate of", request.duplicate_of.as_ref().map(ToString::to_string)),
        ("Связан с", "Linked to", Some(linked.join(", ")).filter(|linked| !linked.is_empty())),
    ];
    known.into_iter().filter_map(|(ru, en, value)| Some(fact(language, ru, en, value?))).collect()
}

/// An engineer's name, with a note if they are away.
fn engineer_with_absence(to: &ToEngineer<'_>, name: &ShortName, away: Option<&Absence>) -> String {
    let full_name = engineer_name(to.desk, name);
    let Some(absence) = away else { return full_name };
    match absence.until.map(|day| readable_date(to.language, day)) {
        Some(day) => {
            pick(to.language, format!("{full_name} (отсутствует до {day})"), format!("{full_name} (away until {day})"))
        }
        None => pick(to.language, format!("{full_name} (отсутствует)"), format!("{full_name} (away)")),
    }
}
