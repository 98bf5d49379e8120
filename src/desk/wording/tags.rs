//! Asks written as tags, `[priority high]`, and in words, `priority: high`.

use crate::model::policy::Desk;
use crate::model::{Ask, Kind, Language, Place, Priority, RequesterAsk, Status};

use super::labels::{engineer_name, kind_label, place_label, priority_label, status_label};
use super::text::{in_quotation_marks, pick, readable_date};

/// The tag for an ask, with its brackets: `[в работе]`. Whoever types it asks exactly this.
pub fn tag(language: Language, ask: &Ask) -> String {
    match language {
        Language::Ru => format!("[{}]", in_russian(ask)),
        Language::En => format!("[{ask}]"),
    }
}

fn in_russian(ask: &Ask) -> String {
    match ask {
        Ask::Status(Status::InWork) => "в работе".to_owned(),
        Ask::Status(Status::NeedInfo) => "уточнение".to_owned(),
        Ask::Status(Status::Done) => "обработано".to_owned(),
        Ask::Status(Status::Planned) | Ask::Plan => "в план".to_owned(),
        Ask::Status(Status::Declined) | Ask::Decline => "отклонено".to_owned(),
        Ask::Status(Status::Closed) | Ask::Close => "закрыть".to_owned(),
        Ask::Status(status) => format!("статус {status}"),
        Ask::Reopen => "переоткрыть".to_owned(),
        Ask::Assign(engineer) => format!("исполнитель {engineer}"),
        Ask::Take => "беру".to_owned(),
        Ask::PassOn(Place::Line(line)) => format!("линия {line}"),
        Ask::PassOn(Place::Team(team)) => format!("команда {team}"),
        Ask::PassOn(Place::Desk(desk)) => format!("служба {desk}"),
        Ask::Kind(kind) => format!("вид {}", kind_word(*kind)),
        Ask::Priority(priority) => format!("приоритет {}", priority_word(*priority)),
        Ask::Release(release) => format!("релиз {release}"),
        Ask::Released(version) => format!("выпущено {}", version.as_str()),
        Ask::Note => "заметка".to_owned(),
        Ask::Send => "отправить".to_owned(),
        Ask::OnlyRequester => "без копий".to_owned(),
        Ask::OnBehalfOf(address) => format!("от имени {address}"),
        Ask::OnBehalfOfCaller(caller) => format!("от имени {caller}"),
        Ask::Watch(None) => "наблюдать".to_owned(),
        Ask::Watch(Some(address)) => format!("наблюдать {address}"),
        Ask::Unwatch(None) => "не наблюдать".to_owned(),
        Ask::Unwatch(Some(address)) => format!("не наблюдать {address}"),
        Ask::Spam => "спам".to_owned(),
        Ask::Duplicate(number) => format!("дубль {number}"),
        Ask::Link(number) => format!("связать {number}"),
        Ask::History => "история".to_owned(),
        Ask::Split => "разделить".to_owned(),
        Ask::Undo => "отмена".to_owned(),
        Ask::Away(None) => "отсутствую".to_owned(),
        Ask::Away(Some(day)) => format!("отсутствую до {day}"),
        Ask::Back => "вернулся".to_owned(),
        Ask::Requester(RequesterAsk::Confirm) => "подтверждаю".to_owned(),
        Ask::Requester(RequesterAsk::Disagree) => "не решено".to_owned(),
        Ask::Requester(RequesterAsk::Withdraw) => "отзываю".to_owned(),
    }
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Incident => "инцидент",
        Kind::Problem => "проблема",
        Kind::ServiceRequest => "обслуживание",
        Kind::ChangeRequest => "развитие",
    }
}

fn priority_word(priority: Priority) -> &'static str {
    priority_label(priority, Language::Ru)
}

/// An ask in words that describe both an intention and a result: «статус «В работе»», «приоритет: высокий».
pub fn ask_in_words(language: Language, desk: &Desk, ask: &Ask) -> String {
    let status = |status: &Status| {
        let label = in_quotation_marks(language, &status_label(desk, status, language));
        pick(language, format!("статус {label}"), format!("status {label}"))
    };
    let (ru, en) = match ask {
        Ask::Status(wanted) => return status(wanted),
        Ask::Close => return status(&Status::Closed),
        Ask::Plan => return status(&Status::Planned),
        Ask::Decline => return status(&Status::Declined),
        Ask::Reopen => ("запрос снова открыт".to_owned(), "the request is open again".to_owned()),
        Ask::Assign(name) => {
            let name = engineer_name(desk, name);
            (format!("исполнитель: {name}"), format!("assigned to {name}"))
        }
        Ask::Take => ("исполнитель: Вы".to_owned(), "assigned to you".to_owned()),
        Ask::PassOn(place) => {
            let place = place_label(place, language);
            (format!("передать: {place}"), format!("pass to {place}"))
        }
        Ask::Kind(kind) => {
            let kind = kind_label(*kind, language);
            (format!("вид: {kind}"), format!("kind: {kind}"))
        }
        Ask::Priority(priority) => {
            let priority = priority_label(*priority, language);
            (format!("приоритет: {priority}"), format!("priority: {priority}"))
        }
        Ask::Release(release) => {
            let day = release.date.map(|day| format!(", {}", readable_date(language, day))).unwrap_or_default();
            let version = release.version.as_str();
            (format!("войдёт в версию {version}{day}"), format!("included in version {version}{day}"))
        }
        Ask::Released(version) => {
            let version = version.as_str();
            (format!("версия {version} вышла"), format!("version {version} is released"))
        }
        Ask::Note => (
            "внутренняя заметка, заявителю не отправляется".to_owned(),
            "internal note, not sent to the requester".to_owned(),
        ),
        Ask::OnlyRequester => ("только заявителю, без копий".to_owned(), "to the requester only, no copies".to_owned()),
        Ask::Send => ("отправить текст как есть".to_owned(), "send the text as it is".to_owned()),
        Ask::OnBehalfOf(address) => (format!("от имени {address}"), format!("on behalf of {address}")),
        Ask::OnBehalfOfCaller(caller) => {
            (format!("от имени: {caller}; ответы получаете Вы"), format!("on behalf of {caller}, answers go to you"))
        }
        Ask::Watch(None) => ("копии переписки: Вам".to_owned(), "copies of the correspondence to you".to_owned()),
        Ask::Watch(Some(who)) => (format!("копии переписки: {who}"), format!("copies of the correspondence to {who}")),
        Ask::Unwatch(None) => ("без копий переписки: Вам".to_owned(), "no more copies to you".to_owned()),
        Ask::Unwatch(Some(who)) => (format!("без копий переписки: {who}"), format!("no more copies to {who}")),
        Ask::Spam => ("спам: закрыть без письма".to_owned(), "spam: close without an e-mail".to_owned()),
        Ask::Duplicate(number) => (format!("дубль запроса {number}"), format!("duplicate of {number}")),
        Ask::Link(number) => (format!("связь с запросом {number}"), format!("linked to {number}")),
        Ask::History => ("вся переписка: Вам".to_owned(), "the whole correspondence to you".to_owned()),
        Ask::Split => ("отдельный запрос".to_owned(), "a request of its own".to_owned()),
        Ask::Undo => ("отмена последнего изменения".to_owned(), "undo the last change".to_owned()),
        Ask::Away(None) => ("Вы отсутствуете".to_owned(), "you are away".to_owned()),
        Ask::Away(Some(day)) => {
            let day = readable_date(language, *day);
            (format!("Вы отсутствуете до {day}"), format!("you are away until {day}"))
        }
        Ask::Back => ("Вы вернулись".to_owned(), "you are back".to_owned()),
        Ask::Requester(RequesterAsk::Confirm) => {
            ("заявитель подтверждает решение".to_owned(), "the requester confirms the resolution".to_owned())
        }
        Ask::Requester(RequesterAsk::Disagree) => (
            "заявитель не согласен с решением".to_owned(),
            "the requester does not agree with the resolution".to_owned(),
        ),
        Ask::Requester(RequesterAsk::Withdraw) => {
            ("заявитель отзывает запрос".to_owned(), "the requester withdraws the request".to_owned())
        }
    };
    pick(language, ru, en)
}

/// Asks in words, separated by semicolons.
pub(super) fn asks_in_words(language: Language, desk: &Desk, asks: &[Ask]) -> String {
    asks.iter().map(|ask| ask_in_words(language, desk, ask)).collect::<Vec<_>>().join("; ")
}
