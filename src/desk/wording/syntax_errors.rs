//! What is wrong with a directive, and how it is written right.

use crate::model::{Ask, Kind, Language, SyntaxError, Place, Priority, SyntaxErrorKind, Status};

use super::engineer::ToEngineer;
use super::labels::engineer_name;
use super::suggested_tags;
use super::tags::tag;
use super::text::{in_quotes, one_line, say};

/// Of a longer list the rest is left out.
const MOST_NAMES: usize = 30;

/// One sentence that says what is wrong, what was probably meant, and how it is written right.
pub fn syntax_error(to: &ToEngineer<'_>, syntax_error: &SyntaxError) -> String {
    let text = in_quotes(to.language, &one_line(&syntax_error.text, 250));
    let mut sentences = vec![format!("{text}: {}", what(to.language, syntax_error.problem))];
    if let Some(nearest) = &syntax_error.nearest {
        let nearest = if nearest.starts_with('[') { nearest.clone() } else { format!("[{nearest}]") };
        sentences.push(say(
            to.language,
            format!("Возможно, Вы имели в виду {nearest}."),
            format!("Perhaps you meant {nearest}."),
        ));
    }
    sentences.extend(remedy(to, syntax_error));
    sentences.join(" ")
}

fn what(language: Language, problem: SyntaxErrorKind) -> &'static str {
    let (ru, en) = match problem {
        SyntaxErrorKind::UnknownPhrase => ("такого тега нет.", "there is no such tag."),
        SyntaxErrorKind::Misspelt => ("похоже на опечатку.", "this looks like a typing mistake."),
        SyntaxErrorKind::OtherLayout => {
            ("похоже, набрано в другой раскладке.", "this looks as if typed with another keyboard layout.")
        }
        SyntaxErrorKind::Commas => {
            ("теги в одних скобках разделяет точка с запятой.", "tags within one bracket are parted by semicolons.")
        }
        SyntaxErrorKind::NotClosed => ("нет закрывающей скобки.", "the closing bracket is missing."),
        SyntaxErrorKind::BehindReference => {
            ("тегам нужны свои скобки, после номера запроса.", "tags need a bracket of their own, behind the number.")
        }
        SyntaxErrorKind::ValueMissing => ("не хватает значения.", "the value is missing."),
        SyntaxErrorKind::ValueUnexpected => (
            "после этого тега ничего не пишется. Поясняющий текст поставьте вне скобок.",
            "nothing may stand behind this tag. Put any further text outside the brackets.",
        ),
        SyntaxErrorKind::NoAddress => ("это не адрес, на который можно написать.", "this is no address that we can write to."),
        SyntaxErrorKind::NoVersion => ("номер версии не распознан.", "this is no version."),
        SyntaxErrorKind::NoDate => {
            ("такой даты нет, или она записана иначе.", "there is no such day, or it is written otherwise.")
        }
        SyntaxErrorKind::NoRequestNumber => ("это не номер запроса.", "this is no number of a request here."),
        SyntaxErrorKind::NoEngineer => ("такого инженера нет.", "there is no such engineer."),
        SyntaxErrorKind::NoLine => ("такой линии нет.", "there is no such line."),
        SyntaxErrorKind::NoTeam => ("такой команды нет.", "there is no such team."),
        SyntaxErrorKind::NoDesk => ("такой службы нет.", "there is no such desk."),
        SyntaxErrorKind::NoStatus => ("такого статуса нет.", "there is no such status."),
        SyntaxErrorKind::NoKind => ("такого вида нет.", "there is no such kind."),
        SyntaxErrorKind::NoPriority => ("такого приоритета нет.", "there is no such priority."),
    };
    say(language, ru, en)
}

/// What may stand there, with an example; nothing where the nearest says it all.
fn remedy(to: &ToEngineer<'_>, syntax_error: &SyntaxError) -> Option<String> {
    let language = to.language;
    let key = &to.desk.key;
    let example = |ru: &str, en: &str| Some(say(language, format!("Пример: {ru}."), format!("Example: {en}.")));
    match syntax_error.problem {
        SyntaxErrorKind::UnknownPhrase => example("[обработано; приоритет высокий]", "[done; priority high]"),
        SyntaxErrorKind::Misspelt | SyntaxErrorKind::OtherLayout | SyntaxErrorKind::Commas | SyntaxErrorKind::NotClosed | SyntaxErrorKind::BehindReference
            if syntax_error.nearest.is_some() =>
        {
            None
        }
        SyntaxErrorKind::Misspelt | SyntaxErrorKind::OtherLayout | SyntaxErrorKind::NotClosed | SyntaxErrorKind::ValueUnexpected => {
            example("[обработано]", "[done]")
        }
        SyntaxErrorKind::Commas => example("[обработано; приоритет высокий]", "[done; priority high]"),
        SyntaxErrorKind::BehindReference => example(&format!("[{key}-1042] [обработано]"), &format!("[{key}-1042] [done]")),
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
        SyntaxErrorKind::NoEngineer => listed(language, engineers(to)),
        SyntaxErrorKind::NoLine => listed(language, lines(to)),
        SyntaxErrorKind::NoTeam => listed(language, teams_and_others(to)),
        SyntaxErrorKind::NoStatus => listed(language, statuses(to)),
        SyntaxErrorKind::NoKind => listed(language, kinds(language)),
        SyntaxErrorKind::NoPriority => listed(language, priorities(language)),
    }
}

fn listed(language: Language, tags: Vec<String>) -> Option<String> {
    let more = if tags.len() > MOST_NAMES { ", …" } else { "" };
    let shown = tags.iter().take(MOST_NAMES).cloned().collect::<Vec<_>>().join(", ");
    match tags.is_empty() {
        true => None,
        false => Some(say(language, format!("Можно: {shown}{more}."), format!("There are: {shown}{more}."))),
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

/// What can stand behind «передать»: a team as well as a line.
fn teams_and_others(to: &ToEngineer<'_>) -> Vec<String> {
    let of = |name| tag(to.language, &Ask::PassOn(Place::Team(name)));
    to.desk.teams.iter().map(|team| of(team.name.clone())).chain(lines(to)).collect()
}

fn statuses(to: &ToEngineer<'_>) -> Vec<String> {
    let built_in = [Status::InWork, Status::NeedInfo, Status::Planned, Status::Done, Status::Declined, Status::Closed];
    let own = to.desk.statuses.iter().map(|own| own.status.clone()).filter(|status| !status.is_built_in());
    built_in.into_iter().chain(own).map(|status| suggested_tags::by_own_word(to.desk, &asked(status), to.language)).collect()
}

/// The ask that gives a status: some have one of their own.
fn asked(status: Status) -> Ask {
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
