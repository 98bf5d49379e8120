//! The names of statuses, kinds, priorities, places and engineers in texts for people.

use crate::model::policy::Desk;
use crate::model::{Kind, Language, Place, Priority, ShortName, Status};

use super::text::pick;

/// The name of a status: the desk's own label, or the built-in one.
pub fn status_label(desk: &Desk, status: &Status, language: Language) -> String {
    let own = desk.statuses.iter().find(|own| own.status == *status);
    let label = own.map(|own| pick(language, &own.label_ru, &own.label_en)).filter(|label| !label.is_empty());
    match (label, status) {
        (Some(label), _) => label.clone(),
        // A desk that names its status in one language only means that name for both.
        (None, Status::Own(name)) => {
            let other = own.map(|own| pick(language, &own.label_en, &own.label_ru)).filter(|label| !label.is_empty());
            other.cloned().unwrap_or_else(|| name.to_string())
        }
        (None, built_in) => built_in_label(built_in, language).to_owned(),
    }
}

fn built_in_label(status: &Status, language: Language) -> &'static str {
    let (ru, en) = match status {
        Status::New => ("Зарегистрирован", "Registered"),
        Status::InWork => ("В работе", "In progress"),
        Status::NeedInfo => ("Нужно уточнение", "More information needed"),
        Status::Planned => ("В плане", "Planned"),
        Status::Done => ("Обработано", "Done"),
        Status::Declined => ("Отклонено", "Declined"),
        Status::Closed => ("Закрыт", "Closed"),
        Status::Confirmed => ("Закрыт, решение подтверждено", "Closed, resolution confirmed"),
        Status::Withdrawn => ("Закрыт, отозван", "Closed, withdrawn"),
        Status::Spam => ("Закрыт как спам", "Closed as spam"),
        Status::Duplicate => ("Закрыт как дубль", "Closed as a duplicate"),
        Status::Transferred => ("Передан другой службе", "Transferred to another desk"),
        Status::Own(_) => ("", ""),
    };
    pick(language, ru, en)
}

/// The name of a kind, within a sentence.
pub fn kind_label(kind: Kind, language: Language) -> &'static str {
    let (ru, en) = match kind {
        Kind::Incident => ("инцидент", "incident"),
        Kind::Problem => ("проблема", "problem"),
        Kind::ServiceRequest => ("запрос на обслуживание", "service request"),
        Kind::ChangeRequest => ("запрос на развитие", "change request"),
    };
    pick(language, ru, en)
}

/// The name of a priority, within a sentence.
pub fn priority_label(priority: Priority, language: Language) -> &'static str {
    let (ru, en) = match priority {
        Priority::Low => ("низкий", "low"),
        Priority::Normal => ("обычный", "normal"),
        Priority::High => ("высокий", "high"),
        Priority::Critical => ("критический", "critical"),
    };
    pick(language, ru, en)
}

/// The name of a line, team or desk, within a sentence.
pub fn place_label(place: &Place, language: Language) -> String {
    match place {
        Place::Line(line) => pick(language, format!("линия {line}"), format!("line {line}")),
        Place::Team(team) => pick(language, format!("команда {team}"), format!("team {team}")),
        Place::Desk(desk) => pick(language, format!("служба {desk}"), format!("desk {desk}")),
    }
}

/// An engineer's full name; the short name if the desk does not know the engineer or their full name.
pub(super) fn engineer_name(desk: &Desk, name: &ShortName) -> String {
    let full_name = desk.engineer(name).map(|engineer| engineer.full_name.clone()).filter(|name| !name.is_empty());
    full_name.unwrap_or_else(|| name.to_string())
}
