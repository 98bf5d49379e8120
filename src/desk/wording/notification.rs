//! The texts of notifications: what has happened in a request, for the engineers who are responsible for it.

use crate::model::{
    Ask, Block, FailureReason, Language, Link, Place, Request, RequestNumber, ShortName, readable_size,
};

use super::super::news::{Linking, News};
use super::brought::{Brought, extras, message};
use super::buttons;
use super::caps;
use super::engineer::{ToEngineer, below_cut_line};
use super::facts;
use super::history::Extent;
use super::labels::engineer_name;
use super::readers;
use super::reminders;
use super::similar::similar;
use super::suggested_tags;
use super::tags::tag;
use super::text::{mask_cut_lines, one_line, pick, shortened};

/// The longest excerpt of a request's opening message, in characters: a reminder of what it is about.
const MAX_FIRST_WORDS: usize = 500;

/// The subject of a notification. Square brackets in the request's subject become round ones, since they would be tags.
pub fn notification_subject(request: &Request) -> String {
    format!("[{}] {}", request.number, facts::subject_of(request, request.language, facts::MAX_SUBJECT))
}

/// The text of a notification: what happened, the words, the files; and below it the shape of the request: its facts, and the tags
/// that can be used now.
pub fn notification(
    to: &ToEngineer<'_>,
    news: &[News],
    brought: &Brought<'_>,
    buttons: &[Link],
) -> (String, Vec<Block>) {
    let said: Vec<String> = news.iter().map(|news| news_sentence(to, news)).collect();
    let text = [said.join("\n"), message(to.language, brought), extras(to, brought)];
    let shape = to.request.map(|request| {
        let facts = facts::of_request(to, request, brought.away, brought.summary.map(|(_, messages)| messages));
        let mut blocks = vec![
            Block::Rule,
            Block::Heading(facts::title(request, to.language)),
            Block::Facts(request.number.clone(), facts),
        ];
        blocks.push(Block::Text(how_to_reply(to, request, news)));
        blocks.extend(buttons::block(buttons::hint(to.language), buttons));
        blocks.extend(beginning(to.language, brought).map(Block::Text));
        blocks.extend(similar(to, request, brought.similar).map(Block::Text));
        blocks
    });
    (below_cut_line(to.language, text), shape.unwrap_or_default())
}

/// The beginning of the request, as a reminder of what it is about; `None` where it is shown elsewhere.
fn beginning(language: Language, brought: &Brought<'_>) -> Option<String> {
    let (words, _) = brought.summary?;
    let is_shown = matches!(brought.extent, Extent::Whole | Extent::Asked) || words.trim() == brought.words.trim();
    let first = mask_cut_lines(&shortened(words, MAX_FIRST_WORDS));
    let title = pick(language, "Начало запроса:", "Beginning of the request:");
    (!first.is_empty() && !is_shown).then(|| format!("{title}\n{first}"))
}

/// The sentence for one piece of news.
fn news_sentence(to: &ToEngineer<'_>, news: &News) -> String {
    let language = to.language;
    let name = |name: &ShortName| engineer_name(to.desk, name);
    let of = to.request.map(|request| format!(" {}", request.number)).unwrap_or_default();
    let (ru, en) = match news {
        News::Opened => (format!("Новый запрос{of}."), format!("New request{of}.")),
        News::AcknowledgementWaits(until) => caps::waits(&of, *until),
        News::NotAcknowledged => caps::withheld(&of),
        News::Flood(count) => caps::flood(&of, *count),
        News::Alerts(count, why) => caps::alerts(&of, *count, *why),
        News::LinkedWith(number, why) => linked_with(number, *why),
        News::Wrote => (format!("Новое сообщение в запросе{of}."), format!("New message in request{of}.")),
        News::LooksAutomatic => (
            format!(
                "Новое сообщение в запросе{of}. Оно похоже на автоматическое и ничего не изменило; если это и есть ответ, \
                 ответьте на это письмо с тегом [в работе]."
            ),
            format!(
                "New message in request{of}. It looks automatic and has changed nothing; if it is the answer, reply to this \
                 e-mail with the tag [in work]."
            ),
        ),
        News::FromOutside => (
            format!(
                "Запрос{of}: ответ пришёл с постороннего адреса. Его видят только инженеры, в ответ ничего не отправлено."
            ),
            format!(
                "Request{of}: a reply came from an address that is not part of the request. Only engineers can see it, and \
                 nothing was sent back."
            ),
        ),
        News::Confirmed => (
            format!("Заявитель подтвердил решение, запрос{of} закрыт."),
            format!("The requester has confirmed the resolution; request{of} is closed."),
        ),
        News::Disagreed => (
            format!("Заявитель не согласен с решением, запрос{of} снова открыт."),
            format!("The requester does not agree with the resolution; request{of} is open again."),
        ),
        News::Withdrawn => (
            format!("Заявитель отозвал запрос{of}, он закрыт."),
            format!("The requester has withdrawn request{of}; it is closed."),
        ),
        News::Answered(who) => (
            format!("{} отвечает заявителю по запросу{of}.", name(who)),
            format!("{} has replied to the requester of request{of}.", name(who)),
        ),
        News::Taken(who) => {
            (format!("Запрос{of} теперь у коллеги: {}.", name(who)), format!("Request{of} is with {} now.", name(who)))
        }
        News::Noted(who) => (
            format!("{} оставляет заметку в запросе{of}. Заявитель её не видит.", name(who)),
            format!("{} has added a note to request{of}. The requester cannot see it.", name(who)),
        ),
        News::NotedByColleague(name) => readers::noted_by_colleague(name, &of),
        News::WithThirdParties(who, people) => readers::with_third_parties(&name(who), people, &of),
        News::Assigned(None) => (format!("Запрос{of} назначен Вам."), format!("Request{of} is assigned to you.")),
        News::Assigned(Some(who)) => (
            format!("{} назначает Вам запрос{of}.", name(who)),
            format!("{} has assigned request{of} to you.", name(who)),
        ),
        News::HandedOver { from, is_yours: true } => (
            format!("Запрос{of} теперь Ваш: {from} здесь больше не работает."),
            format!("Request{of} is yours now: {from} no longer works here."),
        ),
        News::HandedOver { from, is_yours: false } => (
            format!("Запрос{of} теперь ничей: {from} здесь больше не работает. Кто возьмёт, ответит с тегом [беру]."),
            format!("Request{of} belongs to nobody now: {from} no longer works here. Reply with the tag [take] to take it."),
        ),
        News::PassedOn(who) => passed_on(to, who.as_ref(), &of),
        News::Silent(day) => {
            let (place_ru, place_en) = destination(to);
            reminders::silent(&of, (&place_ru, &place_en), *day)
        }
        News::Due(promise, by) => reminders::due(&of, *promise, *by),
        News::Overdue(promise, by) => reminders::overdue(&of, *promise, *by),
        News::MovedFrom(old, None) => (
            format!("Новый запрос{of} передан из службы {}, где он был {old}.", old.desk),
            format!("New request{of} was transferred from desk {}, where it was {old}.", old.desk),
        ),
        News::MovedFrom(old, Some(name)) => (
            format!("{name} передаёт запрос{of} из службы {}, где он был {old}.", old.desk),
            format!("{name} has transferred request{of} from desk {}, where it was {old}.", old.desk),
        ),
        News::FromTeam(team) => (
            format!(
                "Запрос{of}: пишет внешняя команда {team}. Её письмо видят только инженеры, заявителю оно не отправлено."
            ),
            format!(
                "Request{of}: the external team {team} has written. Only engineers can see its message; it was not sent to \
                 the requester."
            ),
        ),
        News::FromTeamUnproven(team) => (
            format!(
                "Запрос{of}: пришло письмо с адреса внешней команды {team}, но это не ответ на наше письмо, поэтому нельзя \
                 подтвердить, что его написала она. Его видят только инженеры, заявителю оно не отправлено."
            ),
            format!(
                "Request{of}: a message came from the address of the external team {team}, but it is not a reply to any of \
                 our e-mails, so we cannot confirm that the team wrote it. Only engineers can see it; it was not sent to \
                 the requester."
            ),
        ),
        News::Complained(address) => (
            format!(
                "Запрос{of}: получатель {address} пожаловался своей почтовой службе на наше письмо (обычно это кнопка «Спам»). \
                 Автоматические письма на этот адрес больше не отправляются; Ваши ответы он по-прежнему получит."
            ),
            format!(
                "Request{of}: {address} has complained about our e-mail to their mail provider (usually by the button \
                 \"Spam\"). No more automatic e-mails are sent to this address; your answers still are."
            ),
        ),
        News::Silenced => (
            "Заявитель раньше пожаловался на наши письма как на спам, поэтому подтверждение ему не отправлено; Ваш ответ он \
             получит."
                .to_owned(),
            "The requester has complained about our e-mails as spam before, so no acknowledgement was sent; your answer \
             will be."
                .to_owned(),
        ),
        News::LetterFailed(address, why) => {
            let (why_ru, why_en) = failure(why);
            (
                format!("Запрос{of}: письмо на {address} не доставлено. Причина: {why_ru}"),
                format!("Request{of}: the e-mail to {address} was not delivered. Reason: {why_en}"),
            )
        }
    };
    pick(language, ru, en)
}

/// That a request is one of its own, linked with another, and why.
fn linked_with(number: &RequestNumber, why: Linking) -> (String, String) {
    let (ru, en) = match why {
        Linking::SameMessage => ("то же письмо пришло в другую службу", "the same message came to another desk"),
        Linking::Erased => {
            ("отвечает на запрос, содержание которого удалено", "answers a request whose content is erased")
        }
        Linking::Quoted => {
            ("автор назвал его номер, но в нём не участвует", "its author quoted the number but is not its participant")
        }
        Linking::Mentioned => ("его номер стоит в тексте или теме", "its number stands in the text or subject"),
        Linking::Closed => ("отвечает на закрытый запрос", "answers a request that is closed"),
        Linking::Split => ("отделён от него", "split off it"),
    };
    (
        format!("Это отдельный запрос, связанный с {number}: {ru}."),
        format!("It is a request of its own, linked with {number}: {en}."),
    )
}

/// Why an e-mail was not delivered, in Russian and English; words of servers and technical reasons as they came.
fn failure(reason: &FailureReason) -> (String, String) {
    let words = |text: &str| one_line(text, 300);
    match reason {
        FailureReason::Refused { reply, .. } => {
            let reply = words(reply);
            (format!("сервер ответил: {reply}"), format!("the server replied: {reply}"))
        }
        FailureReason::Reported(text) => (words(text), words(text)),
        FailureReason::Returned => {
            ("письмо вернулось без объяснения".to_owned(), "it came back without an explanation".to_owned())
        }
        FailureReason::TooOld(trouble) => {
            let trouble = words(trouble);
            (
                format!("его слишком долго не удавалось отправить; последняя ошибка: {trouble}"),
                format!("it could not be sent for too long; the last error: {trouble}"),
            )
        }
        FailureReason::Unconfirmed => (
            "оно отправлено несколько раз, но сервер ни разу этого не подтвердил; возможно, оно всё же дошло"
                .to_owned(),
            "it was sent several times, but the server never confirmed that; it may have arrived all the same"
                .to_owned(),
        ),
        FailureReason::TooLarge { size, limit } => {
            let sizes = |language| (readable_size(language, *size), readable_size(language, *limit));
            let ((size_ru, limit_ru), (size_en, limit_en)) = (sizes(Language::Ru), sizes(Language::En));
            (
                format!("в нём {size_ru}, а сервер принимает не больше {limit_ru}"),
                format!("it has {size_en}, and the server takes at most {limit_en}"),
            )
        }
        FailureReason::International => (
            "почтовый сервер не принимает адреса с такими буквами перед знаком @ (нет SMTPUTF8); узнайте у автора другой адрес"
                .to_owned(),
            "the mail server takes no addresses with such characters before the @ (no SMTPUTF8); ask the sender for another one"
                .to_owned(),
        ),
        FailureReason::Malformed(why) => {
            let why = words(why);
            (format!("его нельзя отправить в этом виде: {why}"), format!("it cannot be sent in this form: {why}"))
        }
        FailureReason::Rewritten(letter) => (
            format!(
                "после обновления maildesk оно выглядит иначе, чем при первой попытке; администратор может отправить его \
                 командой maildesk outbox retry {letter}"
            ),
            format!(
                "after an update of maildesk it looks different than at its first try; the administrator can send it with \
                 maildesk outbox retry {letter}"
            ),
        ),
    }
}

/// The sentence that a request was passed to the reader's line or team.
fn passed_on(to: &ToEngineer<'_>, who: Option<&ShortName>, of: &str) -> (String, String) {
    let (where_ru, where_en) = destination(to);
    match who.map(|name| engineer_name(to.desk, name)) {
        Some(name) => {
            (format!("{name} передаёт запрос{of} {where_ru}."), format!("{name} has passed request{of} {where_en}."))
        }
        None => (format!("Запрос{of} передан {where_ru}."), format!("Request{of} was passed {where_en}.")),
    }
}

/// Where a request was passed, in Russian and English: `на линию 2`, `to line 2`.
fn destination(to: &ToEngineer<'_>) -> (String, String) {
    match to.request.and_then(|request| request.place.as_ref()) {
        Some(Place::Line(line)) => (format!("на линию {line}"), format!("to line {line}")),
        Some(Place::Team(team)) => (format!("команде {team}"), format!("to team {team}")),
        Some(Place::Desk(desk)) => (format!("службе {desk}"), format!("to desk {desk}")),
        None => ("Вам".to_owned(), "to you".to_owned()),
    }
}

/// What a reply does, and the tags that can be used now.
fn how_to_reply(to: &ToEngineer<'_>, request: &Request, news: &[News]) -> String {
    let language = to.language;
    let tags = suggested_tags::of_request(to.desk, request, language);
    let (note, send) = (tag(language, &Ask::Note), tag(language, &Ask::Send));
    let reply = match (language, request.requester().is_some()) {
        (_, false) => String::new(),
        (Language::Ru, true) if news.iter().all(News::is_note) => {
            format!("Ваш ответ увидят только инженеры; чтобы его получил заявитель, поставьте {send} первой строкой.\n")
        }
        (Language::En, true) if news.iter().all(News::is_note) => {
            format!(
                "Your reply is seen by engineers only; to send it to the requester, put {send} on the first line.\n"
            )
        }
        (Language::Ru, true) if news.iter().any(News::is_from_outside) => format!(
            "Для заявителя ли Ваш ответ, Вас спросят; с {send} первой строкой он уйдёт сразу, с {note} его увидят только инженеры.\n"
        ),
        (Language::En, true) if news.iter().any(News::is_from_outside) => format!(
            "You will be asked whether your reply is for the requester; with {send} on the first line it is sent at once, with \
             {note} it is seen by engineers only.\n"
        ),
        (Language::Ru, true) => {
            let copies = readers::copies(to, request);
            format!("Ваш ответ получит заявитель{copies}; ответ с тегом {note} увидят только инженеры.\n")
        }
        (Language::En, true) => {
            let copies = readers::copies(to, request);
            format!("Your reply is sent to the requester{copies}; a reply with {note} is seen by engineers only.\n")
        }
    };
    match language {
        Language::Ru => format!("{reply}Теги ставьте в конце темы или отдельной строкой ответа:\n{tags}"),
        Language::En => {
            format!("{reply}Put tags at the end of the subject, or on a line of their own:\n{tags}")
        }
    }
}
