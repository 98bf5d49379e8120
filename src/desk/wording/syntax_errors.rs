//! What is wrong with a tag that was not understood, and how to write it.

use crate::model::{Ask, Kind, Language, Place, Priority, Status, SyntaxError, SyntaxErrorKind};

use super::engineer::ToEngineer;
use super::labels::engineer_name;
use super::suggested_tags;
use super::tags::tag;
use super::text::{in_quotation_marks, one_line, pick};

/// How many possible values are listed at most.
const MAX_VALUES: usize = 30;

/// Sentences that say what is wrong with a tag, what was probably meant, and how to write it.
pub fn syntax_error(to: &ToEngineer<'_>, syntax_error: &SyntaxError) -> String {
    let text = in_quotation_marks(to.language, &one_line(&syntax_error.text, 250));
    let mut sentences = vec![format!("{text}: {}", problem_in_words(to.language, syntax_error.problem))];
    if let Some(nearest) = &syntax_error.nearest {
        let nearest = if nearest.starts_with('[') { nearest.clone() } else { format!("[{nearest}]") };
        sentences.push(pick(
            to.language,
            format!("Возможно, Вы имели в виду {nearest}."),
            format!("Did you mean {nearest}?"),
        ));
    }
    sentences.extend(remedy(to, syntax_error));
    sentences.join(" ")
}

/// What is wrong, as the end of a sentence.
fn problem_in_words(language: Language, problem: SyntaxErrorKind) -> &'static str {
    let (ru, en) = match problem {
        SyntaxErrorKind::UnknownPhrase => ("такого тега нет.", "there is no such tag."),
        SyntaxErrorKind::Misspelt => ("похоже на опечатку.", "this looks like a typing error."),
        SyntaxErrorKind::OtherLayout => {
            ("похоже, набрано в другой раскладке.", "this seems to be typed with another keyboard layout.")
        }
        SyntaxErrorKind::Commas => (
            "теги в одних скобках разделяются точкой с запятой.",
            "tags within one pair of brackets are separated by semicolons.",
        ),
        SyntaxErrorKind::NotClosed => ("нет закрывающей скобки.", "the closing bracket is missing."),
        SyntaxErrorKind::BehindReference => (
            "тегам нужны свои скобки, после номера запроса.",
            "tags need their own brackets, after the request number.",
        ),
        SyntaxErrorKind::ValueMissing => ("не хватает значения.", "the value is missing."),
        SyntaxErrorKind::ValueUnexpected => (
            "после этого тега ничего не пишется. Поясняющий текст поставьте вне скобок.",
            "nothing may follow this tag. Put any further text outside the brackets.",
        ),
        SyntaxErrorKind::NoAddress => {
            ("это не адрес, на который можно написать.", "this is not an address that we can write to.")
        }
        SyntaxErrorKind::NoVersion => ("номер версии не распознан.", "this is not a version number."),
        SyntaxErrorKind::NoDate => (
            "такой даты нет, или она записана в другом виде.",
            "there is no such date, or it is written in another format.",
        ),
        SyntaxErrorKind::NoRequestNumber => ("это не номер запроса.", "this is not a request number."),
        SyntaxErrorKind::NoEngineer => ("такого инженера нет.", "there is no such engineer."),
        SyntaxErrorKind::NoLine => ("такой линии нет.", "there is no such line."),
        SyntaxErrorKind::NoTeam => ("такой команды нет.", "there is no such team."),
        SyntaxErrorKind::NoDesk => ("такой службы нет.", "there is no such desk."),
        SyntaxErrorKind::NoStatus => ("такого статуса нет.", "there is no such status."),
        SyntaxErrorKind::NoKind => ("такого вида нет.", "there is no such kind."),
        SyntaxErrorKind::NoPriority => ("такого приоритета нет.", "there is no such priority."),
    };
    pick(language, ru, en)
}

/// An example, or the possible values; `None` where what was probably meant is enough.
fn remedy(to: &ToEngineer<'_>, syntax_error: &SyntaxError) -> Option<String> {
    let language = to.language;
    let key = &to.desk.key;
    let example = |ru: &str, en: &str| Some(pick(language, format!("Пример: {ru}."), format!("Example: {en}.")));
    match syntax_error.problem {
        SyntaxErrorKind::UnknownPhrase => match to.request {
            Some(request) => {
                let tags = suggested_tags::of_request(to.desk, request, language);
                Some(pick(
                    language,
                    format!("Теги, которые можно поставить сейчас: {tags}."),
                    format!("Tags that can be used now: {tags}."),
                ))
            }
            None => example("[обработано; приоритет высокий]", "[done; priority high]"),
        },
        SyntaxErrorKind::Misspelt
        | SyntaxErrorKind::OtherLayout
        | SyntaxErrorKind::Commas
        | SyntaxErrorKind::NotClosed
        | SyntaxErrorKind::BehindReference
            if syntax_error.nearest.is_some() =>
        {
            None
        }
        SyntaxErrorKind::Misspelt
        | SyntaxErrorKind::OtherLayout
        | SyntaxErrorKind::NotClosed
        | SyntaxErrorKind::ValueUnexpected => example("[обработано]", "[done]"),
        SyntaxErrorKind::Commas => example("[обработано; приоритет высокий]", "[done; priority high]"),
        SyntaxErrorKind::BehindReference => {
            example(&format!("[{key}-1042] [обработано]"), &format!("[{key}-1042] [done]"))
        }
        SyntaxErrorKind::ValueMissing => example(
            &format!("[приоритет высокий], [дубль {key}-1001], [релиз 2.4.17]"),
            &format!("[priority high], [duplicate {key}-1001], [release 2.4.17]"),
        ),
        SyntaxErrorKind::NoAddress => example("[наблюдать client@example.org]", "[watch client@example.org]"),
        SyntaxErrorKind::NoVersion => example("[релиз 2.4.17]", "[release 2.4.17]"),
        SyntaxErrorKind::NoDate => example(
            "[релиз 2.4.17 2026-12-01] или [релиз 2.4.17 01.12.2026]",
            "[release 2.4.17 2026-12-01] or [release 2.4.17 01.12.2026]",
        ),
        SyntaxErrorKind::NoRequestNumber => example(&format!("[дубль {key}-1001]"), &format!("[duplicate {key}-1001]")),
        SyntaxErrorKind::NoDesk => example(&format!("[служба {key}]"), &format!("[desk {key}]")),
        SyntaxErrorKind::NoEngineer => possible_values(language, engineers(to)),
        SyntaxErrorKind::NoLine => possible_values(language, lines(to)),
        SyntaxErrorKind::NoTeam => possible_values(language, teams_and_others(to)),
        SyntaxErrorKind::NoStatus => possible_values(language, statuses(to)),
        SyntaxErrorKind::NoKind => possible_values(language, kinds(language)),
        SyntaxErrorKind::NoPriority => possible_values(language, priorities(language)),
    }
}

/// A sentence with the tags for the possible values; `None` if there are none.
fn possible_values(language: Language, tags: Vec<String>) -> Option<String> {
    let more = if tags.len() > MAX_VALUES { ", …" } else { "" };
    let shown = tags.iter().take(MAX_VALUES).cloned().collect::<Vec<_>>().join(", ");
    match tags.is_empty() {
        true => None,
        false => Some(pick(
            language,
            format!("Возможные варианты: {shown}{more}."),
            format!("Possible values: {shown}{more}."),
        )),
    }
}

fn engineers(to: &ToEngineer<'_>) -> Vec<String> {
    let show = |name| {
        let tag = tag(to.language, &Ask::Assign(Clone::clone(name)));
        match engineer_name(to.desk, name) {
            full if full == name.as_str() => tag,
            full => format!("{tag} ({full})"),
        }
    };
    to.desk.engineers.iter().map(|engineer| show(&engineer.name)).collect()
}

fn lines(to: &ToEngineer<'_>) -> Vec<String> {
    let of = |line| tag(to.language, &Ask::PassOn(Place::Line(line)));
    to.desk.lines.iter().map(|line| of(line.number)).collect()
}

/// The tags for all that a request can be passed to within the desk: its teams and its lines.
fn teams_and_others(to: &ToEngineer<'_>) -> Vec<String> {
    let of = |name| tag(to.language, &Ask::PassOn(Place::Team(name)));
    to.desk.teams.iter().map(|team| of(team.name.clone())).chain(lines(to)).collect()
}

fn statuses(to: &ToEngineer<'_>) -> Vec<String> {
    let built_in = [Status::InWork, Status::NeedInfo, Status::Planned, Status::Done, Status::Declined, Status::Closed];
    let own = to.desk.statuses.iter().map(|own| own.status.clone()).filter(|status| !status.is_built_in());
    built_in
        .into_iter()
        .chain(own)
        .map(|status| suggested_tags::by_own_word(to.desk, &ask_for(status), to.language))
        .collect()
}

/// The ask that sets a status. Planned, Declined and Closed have asks of their own.
fn ask_for(status: Status) -> Ask {
    match status {
        Status::Planned => Ask::Plan,
        Status::Declined => Ask::Decline,
        Status::Closed => Ask::Close,
        status => Ask::Status(status),
    }
}

fn kinds(language: Language) -> Vec<String> {
    let all = [Kind::Incident, Kind::Problem, Kind::ServiceRequest, Kind::ChangeRequest];
    all.into_iter().map(|kind| tag(language, &Ask::Kind(kind))).collect()
}

fn priorities(language: Language) -> Vec<String> {
    let all = [Priority::Low, Priority::Normal, Priority::High, Priority::Critical];
    all.into_iter().map(|priority| tag(language, &Ask::Priority(priority))).collect()
}
