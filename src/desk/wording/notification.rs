//! Notifications: what an engineer is told about a request of his.

use crate::model::{Ask, Language, Place, Request, SentFile, ShortName};

use super::super::news::News;
use super::asking::needed_label;
use super::engineer::{ToEngineer, below_cut_line};
use super::labels::{engineer_name, kind_label, place_label, priority_label, status_label};
use super::suggested_tags;
use super::reminders;
use super::tags::{asks_in_words, tag};
use super::text::{RULE, foreign, neutral, one_line, readable_date, readable_size, say, shortened};

/// Of the first words of a request no more characters are shown.
const FIRST_WORDS: usize = 500;

/// Of a subject no more characters are shown.
const LONGEST_SUBJECT: usize = 200;

/// Of more files the rest are counted only.
const MOST_FILES: usize = 20;

/// What the message that a notification tells of has brought.
#[derive(Clone, Copy, Debug, Default)]
pub struct Brought<'a> {
    /// Who wrote it.
    pub author: &'a str,
    /// The new words.
    pub words: &'a str,
    /// The files that are sent along.
    pub files: &'a [SentFile],
    /// How many pictures were left out, since the request holds them already.
    pub left_out: u32,
    /// The first words of the request, and how many messages it holds.
    pub summary: Option<(&'a str, u32)>,
    /// What the author's tags did.
    pub execution: &'a [Ask],
}

/// The subject of a notification; brackets in the subject of the request become round here.
pub fn notification_subject(request: &Request) -> String {
    format!("[{}] {}", request.number, subject_of(request, request.language))
}

/// What an engineer is told: the news, the words, where the request stands, and what he can do now.
pub fn notification(to: &ToEngineer<'_>, news: &[News], brought: &Brought<'_>) -> String {
    let said: Vec<String> = news.iter().map(|news| line_of(to, news)).collect();
    let below = to.request.map(|request| {
        let facts = summary(to, request, brought);
        format!("{RULE}\n{facts}\n\n{}", what_to_do(to, request))
    });
    below_cut_line([said.join("\n"), words(to.language, brought), extras(to, brought), below.unwrap_or_default()])
}

fn line_of(to: &ToEngineer<'_>, news: &News) -> String {
    let language = to.language;
    let name = |name: &ShortName| engineer_name(to.desk, name);
    let of = to.request.map(|request| format!(" {}", request.number)).unwrap_or_default();
    let (ru, en) = match news {
        News::Opened => (format!("Новый запрос{of}."), format!("New request{of}.")),
        News::Wrote => (format!("Новое сообщение в запросе{of}."), format!("New message in request{of}.")),
        News::FromOutside => (
            format!(
                "Запрос{of}: ответ пришёл с постороннего адреса. Его видят только инженеры, автору ничего не отправлено."
            ),
            format!(
                "Request{of}: somebody from outside has answered. Only engineers see it, and nothing was sent back."
            ),
        ),
        News::Confirmed => (
            format!("Заявитель подтвердил решение, запрос{of} закрыт."),
            format!("The requester has confirmed the solution, request{of} is closed."),
        ),
        News::Disagreed => (
            format!("Заявитель не согласен с решением, запрос{of} снова открыт."),
            format!("The requester does not agree with the solution, request{of} is open again."),
        ),
        News::Withdrawn => (
            format!("Заявитель отозвал запрос{of}, он закрыт."),
            format!("The requester has withdrawn request{of}, it is closed."),
        ),
        News::Answered(who) => (
            format!("{} отвечает заявителю по запросу{of}.", name(who)),
            format!("{} has answered the requester of request{of}.", name(who)),
        ),
        News::Noted(who) => (
            format!("{} оставляет заметку в запросе{of}. Заявитель её не видит.", name(who)),
            format!("{} has added a note to request{of}. The requester does not see it.", name(who)),
        ),
        News::Assigned(None) => (format!("Запрос{of} назначен Вам."), format!("Request{of} is assigned to you.")),
        News::Assigned(Some(who)) => (
            format!("{} назначает Вам запрос{of}.", name(who)),
            format!("{} has assigned request{of} to you.", name(who)),
        ),
        News::PassedOn(who) => passed_on(to, who.as_ref(), &of),
        News::Silent(day) => {
            let (place_ru, place_en) = place(to);
            reminders::silent(&of, (&place_ru, &place_en), *day)
        }
        News::Due(promise, by) => reminders::due(&of, *promise, *by),
        News::Overdue(promise, by) => reminders::overdue(&of, *promise, *by),
        News::MovedFrom(old, None) => (
            format!("Новый запрос{of} передан из службы {}, где он был {old}.", old.desk),
            format!("New request{of} was passed on by desk {}, where it was {old}.", old.desk),
        ),
        News::MovedFrom(old, Some(name)) => (
            format!("{name} передаёт запрос{of} из службы {}, где он был {old}.", old.desk),
            format!("{name} has passed request{of} on from desk {}, where it was {old}.", old.desk),
        ),
        News::FromTeam(team) => (
            format!(
                "Запрос{of}: пишет внешняя команда {team}. Её письмо видят только инженеры, заявитель его не получил."
            ),
            format!(
                "Request{of}: the outside team {team} has written. Only engineers see it, the requester did not get it."
            ),
        ),
        News::FromTeamUnproven(team) => (
            format!(
                "Запрос{of}: пришло письмо с адреса внешней команды {team}, но оно не отвечает ни на одно наше: от неё ли \
                 оно, не подтверждено. Его видят только инженеры, заявитель его не получил."
            ),
            format!(
                "Request{of}: a message names the address of the outside team {team}, and answers no letter of ours, so \
                 nothing shows that the team has written it. Only engineers see it, the requester did not get it."
            ),
        ),
        News::LetterFailed(address, why) => {
            let why = one_line(why, 300);
            (
                format!("Запрос{of}: письмо на {address} не доставлено. Ответ сервера: {why}"),
                format!("Request{of}: the letter to {address} was not delivered. The server said: {why}"),
            )
        }
    };
    say(language, ru, en)
}

fn passed_on(to: &ToEngineer<'_>, who: Option<&ShortName>, of: &str) -> (String, String) {
    let (where_ru, where_en) = place(to);
    match who.map(|name| engineer_name(to.desk, name)) {
        Some(name) => {
            (format!("{name} передаёт запрос{of} {where_ru}."), format!("{name} has passed request{of} on {where_en}."))
        }
        None => (format!("Запрос{of} передан {where_ru}."), format!("Request{of} was passed on {where_en}.")),
    }
}

/// Where a request was passed on to.
fn place(to: &ToEngineer<'_>) -> (String, String) {
    match to.request.and_then(|request| request.place.as_ref()) {
        Some(Place::Line(line)) => (format!("на линию {line}"), format!("to line {line}")),
        Some(Place::Team(team)) => (format!("команде {team}"), format!("to team {team}")),
        Some(Place::Desk(desk)) => (format!("службе {desk}"), format!("to desk {desk}")),
        None => ("Вам".to_owned(), "to you".to_owned()),
    }
}

fn words(language: Language, brought: &Brought<'_>) -> String {
    let words = foreign(brought.words);
    let author = one_line(brought.author, 200);
    match (author.is_empty(), words.is_empty()) {
        (_, true) => String::new(),
        (true, false) => words,
        (false, false) => say(language, format!("Пишет {author}:\n\n{words}"), format!("{author} writes:\n\n{words}")),
    }
}

/// Files, pictures left out, and what tags did: one line each.
fn extras(to: &ToEngineer<'_>, brought: &Brought<'_>) -> String {
    let language = to.language;
    let mut lines = Vec::new();
    if !brought.files.is_empty() {
        let name = |file: &SentFile| {
            let name = one_line(&file.filename, 100);
            format!("{name} ({})", readable_size(language, file.size))
        };
        let mut names: Vec<String> = brought.files.iter().take(MOST_FILES).map(name).collect();
        if let Some(more) = brought.files.len().checked_sub(MOST_FILES).filter(|more| *more > 0) {
            names.push(say(language, format!("и ещё {more}"), format!("and {more} more")));
        }
        let names = names.join(", ");
        lines.push(say(language, format!("Вложения: {names}"), format!("Attachments: {names}")));
    }
    if brought.left_out > 0 {
        let count = brought.left_out;
        lines.push(say(
            language,
            format!("Без картинок, которые в запросе уже есть: {count}"),
            format!("Without pictures that the request holds already: {count}"),
        ));
    }
    if !brought.execution.is_empty() {
        let asks = asks_in_words(language, to.desk, brought.execution);
        lines.push(say(language, format!("Выполнено по тегам: {asks}"), format!("Done by tags: {asks}")));
    }
    lines.join("\n")
}

/// What the request is and where it stands, a fact a line.
fn summary(to: &ToEngineer<'_>, request: &Request, brought: &Brought<'_>) -> String {
    let language = to.language;
    let mut lines = vec![format!("{}: {}", request.number, subject_of(request, language))];
    let mut add = |ru: &str, en: &str, value: String| lines.push(format!("{}: {value}", say(language, ru, en)));
    let unknown = || say(language, "неизвестен", "unknown").to_owned();
    let requester = request.requester().map(|person| match one_line(&person.name, 100) {
        name if name.is_empty() => person.email.to_string(),
        name => format!("{name}, {}", person.email),
    });
    add("Заявитель", "Requester", requester.unwrap_or_else(unknown));
    add("Статус", "Status", status_label(to.desk, &request.standing.status, language));
    let nobody = || say(language, "не назначен", "nobody yet").to_owned();
    let assignee = request.assignee.as_ref().map(|name| engineer_with_absence(to, name));
    add("Исполнитель", "Assigned to", assignee.unwrap_or_else(nobody));
    if let Some(place) = &request.place {
        add("У кого", "With", place_label(place, language));
    }
    if let Some(kind) = request.kind {
        add("Вид", "Kind", kind_label(kind, language).to_owned());
    }
    add("Приоритет", "Priority", priority_label(request.priority, language).to_owned());
    if let Some(release) = &request.release {
        let day = release.date.map(|day| format!(", {}", readable_date(language, day))).unwrap_or_default();
        add("Версия", "Version", format!("{}{day}", release.version.as_str()));
    }
    if let Some(other) = &request.duplicate_of {
        add("Дубль запроса", "Duplicate of", other.to_string());
    }
    if !request.linked.is_empty() {
        let linked: Vec<String> = request.linked.iter().map(ToString::to_string).collect();
        add("Связан с", "Linked with", linked.join(", "));
    }
    if let Some(environment) = &request.progress.environment {
        add("Стенд", "Environment", one_line(environment, 100));
    }
    if let Some(period) = &request.progress.period {
        add("Когда", "When", one_line(period, 100));
    }
    if !request.progress.missing.is_empty() {
        let missing: Vec<&str> = request.progress.missing.iter().map(|n| needed_label(language, *n)).collect();
        add("Не хватает", "Missing", missing.join(", "));
    }
    if let Some((first_words, messages)) = brought.summary {
        add("Сообщений", "Messages", messages.to_string());
        let first = foreign(&shortened(first_words, FIRST_WORDS));
        // The first message is all that there is, and stands above.
        if !first.is_empty() && first_words.trim() != brought.words.trim() {
            lines.push(format!("\n{}\n{first}", say(language, "Начало запроса:", "The request begins:")));
        }
    }
    lines.join("\n")
}

/// An engineer's name, and that he is away.
fn engineer_with_absence(to: &ToEngineer<'_>, name: &ShortName) -> String {
    let full_name = engineer_name(to.desk, name);
    let Some(absence) = to.desk.absence(name) else { return full_name };
    match absence.until.map(|day| readable_date(to.language, day)) {
        Some(day) => {
            say(to.language, format!("{full_name} (отсутствует до {day})"), format!("{full_name} (away until {day})"))
        }
        None => say(to.language, format!("{full_name} (отсутствует)"), format!("{full_name} (away)")),
    }
}

fn what_to_do(to: &ToEngineer<'_>, request: &Request) -> String {
    let language = to.language;
    let tags = suggested_tags::of_request(to.desk, request, language);
    let note = tag(language, &Ask::Note);
    let reply = match (language, request.requester().is_some()) {
        (_, false) => String::new(),
        (Language::Ru, true) => {
            format!("Ваш ответ получит заявитель; ответ с тегом {note} увидят только инженеры.\n")
        }
        (Language::En, true) => {
            format!("Your reply goes to the requester; a reply with {note} is for engineers only.\n")
        }
    };
    match language {
        Language::Ru => format!("{reply}Теги ставьте в конце темы или отдельной первой строкой ответа:\n{tags}"),
        Language::En => {
            format!("{reply}Add a tag to the end of the subject, or alone on the first line of your reply:\n{tags}")
        }
    }
}

fn subject_of(request: &Request, language: Language) -> String {
    match neutral(&one_line(&request.subject, LONGEST_SUBJECT)) {
        subject if subject.is_empty() => say(language, "(без темы)", "(no subject)").to_owned(),
        subject => subject,
    }
}
