//! What is wrong with a directive, and how it is written right.

use crate::model::{Ask, Kind, Language, Mistake, Place, Priority, Problem, Status};

use super::engineer::ToEngineer;
use super::labels::engineer_name;
use super::ready;
use super::tags::tag;
use super::text::{in_quotes, one_line, say};

/// Of a longer list the rest is left out.
const MOST_NAMES: usize = 30;

/// One sentence that says what is wrong, what was probably meant, and how it is written right.
pub fn mistake(to: &ToEngineer<'_>, mistake: &Mistake) -> String {
    let text = in_quotes(to.language, &one_line(&mistake.text, 250));
    let mut sentences = vec![format!("{text}: {}", what(to.language, mistake.problem))];
    if let Some(nearest) = &mistake.nearest {
        let nearest = if nearest.starts_with('[') { nearest.clone() } else { format!("[{nearest}]") };
        sentences.push(say(
            to.language,
            format!("Возможно, Вы имели в виду {nearest}."),
            format!("Perhaps you meant {nearest}."),
        ));
    }
    sentences.extend(remedy(to, mistake));
    sentences.join(" ")
}

fn what(language: Language, problem: Problem) -> &'static str {
    let (ru, en) = match problem {
        Problem::UnknownPhrase => ("такого тега нет.", "there is no such tag."),
        Problem::Misspelt => ("похоже на опечатку.", "this looks like a typing mistake."),
        Problem::OtherLayout => {
            ("похоже, набрано в другой раскладке.", "this looks as if typed with another keyboard layout.")
        }
        Problem::Commas => {
            ("теги в одних скобках разделяет точка с запятой.", "tags within one bracket are parted by semicolons.")
        }
        Problem::NotClosed => ("нет закрывающей скобки.", "the closing bracket is missing."),
        Problem::BehindReference => {
            ("тегам нужны свои скобки, после номера запроса.", "tags need a bracket of their own, behind the number.")
        }
        Problem::ValueMissing => ("не хватает значения.", "the value is missing."),
        Problem::ValueUnexpected => (
            "после этого тега ничего не пишется. Поясняющий текст поставьте вне скобок.",
            "nothing may stand behind this tag. Put any further text outside the brackets.",
        ),
        Problem::NoAddress => ("это не адрес, на который можно написать.", "this is no address that we can write to."),
        Problem::NoVersion => ("номер версии не распознан.", "this is no version."),
        Problem::NoDate => {
            ("такой даты нет, или она записана иначе.", "there is no such day, or it is written otherwise.")
        }
        Problem::NoRequestNumber => ("это не номер запроса.", "this is no number of a request here."),
        Problem::NoEngineer => ("такого инженера нет.", "there is no such engineer."),
        Problem::NoLine => ("такой линии нет.", "there is no such line."),
        Problem::NoTeam => ("такой команды нет.", "there is no such team."),
        Problem::NoDesk => ("такой службы нет.", "there is no such desk."),
        Problem::NoStatus => ("такого статуса нет.", "there is no such status."),
        Problem::NoKind => ("такого вида нет.", "there is no such kind."),
        Problem::NoPriority => ("такого приоритета нет.", "there is no such priority."),
    };
    say(language, ru, en)
}

/// What may stand there, with an example; nothing where the nearest says it all.
fn remedy(to: &ToEngineer<'_>, mistake: &Mistake) -> Option<String> {
    let language = to.language;
    let key = &to.desk.key;
    let example = |ru: &str, en: &str| Some(say(language, format!("Пример: {ru}."), format!("Example: {en}.")));
    match mistake.problem {
        Problem::UnknownPhrase => example("[обработано; приоритет высокий]", "[done; priority high]"),
        Problem::Misspelt | Problem::OtherLayout | Problem::Commas | Problem::NotClosed | Problem::BehindReference
            if mistake.nearest.is_some() =>
        {
            None
        }
        Problem::Misspelt | Problem::OtherLayout | Problem::NotClosed | Problem::ValueUnexpected => {
            example("[обработано]", "[done]")
        }
        Problem::Commas => example("[обработано; приоритет высокий]", "[done; priority high]"),
        Problem::BehindReference => example(&format!("[{key}-1042] [обработано]"), &format!("[{key}-1042] [done]")),
        Problem::ValueMissing => example(
            &format!("[приоритет высокий], [дубль {key}-1001], [релиз 2.4.17]"),
            &format!("[priority high], [duplicate {key}-1001], [release 2.4.17]"),
        ),
        Problem::NoAddress => example("[наблюдать client@example.org]", "[watch client@example.org]"),
        Problem::NoVersion => example("[релиз 2.4.17]", "[release 2.4.17]"),
        Problem::NoDate => example(
            "[релиз 2.4.17 2026-12-01] или [релиз 2.4.17 01.12.2026]",
            "[release 2.4.17 2026-12-01] or [release 2.4.17 01.12.2026]",
        ),
        Problem::NoRequestNumber => example(&format!("[дубль {key}-1001]"), &format!("[duplicate {key}-1001]")),
        Problem::NoDesk => example(&format!("[служба {key}]"), &format!("[desk {key}]")),
        Problem::NoEngineer => listed(language, engineers(to)),
        Problem::NoLine => listed(language, lines(to)),
        Problem::NoTeam => listed(language, teams_and_others(to)),
        Problem::NoStatus => listed(language, statuses(to)),
        Problem::NoKind => listed(language, kinds(language)),
        Problem::NoPriority => listed(language, priorities(language)),
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
    built_in.into_iter().chain(own).map(|status| ready::by_own_word(to.desk, &asked(status), to.language)).collect()
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
