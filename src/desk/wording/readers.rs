//! Sentences about who reads an engineer's words: colleagues, third parties, or the requester too.

use jiff::civil::DateTime;

use crate::desk::copies;
use crate::desk::news::Kept;
use crate::model::{Ask, Copied, EmailAddress, Language, Request, RequestNumber, ShortName};

use super::engineer::{ToEngineer, below_cut_line};
use super::given_back::requester_name;
use super::labels::engineer_name;
use super::tags::tag;
use super::text::{and_more, mask_cut_lines, one_line, pick, quote_lines, readable_time, shortened};

/// The most of the words that a question quotes, in characters.
const MOST_QUOTED: usize = 2_000;

/// How many readers are named at most.
const MOST_NAMED: usize = 20;

/// That a message was kept for engineers and why, how to send it nevertheless, who has got it from its author, and which
/// engineers from us.
pub fn kept(language: Language, request: &Request, kept: &Kept, readers: &[String], told: &[String]) -> String {
    let note = tag(language, &Ask::Note);
    let requester = requester_name(request).unwrap_or_default();
    let not_sent = match (language, requester.is_empty()) {
        (_, true) => String::new(),
        (Language::Ru, false) => format!(", заявителю ({requester}) не отправлено"),
        (Language::En, false) => format!(", not sent to {requester}"),
    };
    let why = match (language, kept) {
        (Language::Ru, Kept::Tagged(line)) => {
            let place = line.map_or_else(|| "в теме".to_owned(), |line| format!("в строке {line}"));
            format!("Оставлено для коллег{not_sent}: {note} {place}.")
        }
        (Language::En, Kept::Tagged(line)) => {
            let place = line.map_or_else(|| "in the subject".to_owned(), |line| format!("in line {line}"));
            format!("Kept for colleagues{not_sent}, because of {note} {place}.")
        }
        (Language::Ru, Kept::ToColleagues) => {
            format!("Оставлено для коллег{not_sent}: письмо адресовано коллегам, а служба стоит в копии.")
        }
        (Language::En, Kept::ToColleagues) => {
            format!("Kept for colleagues{not_sent}: your message was addressed to colleagues, with the desk in copy.")
        }
        (Language::Ru, Kept::AnswersNote) => format!("Оставлено для коллег{not_sent}: это ответ на заметку."),
        (Language::En, Kept::AnswersNote) => {
            format!("Kept for colleagues{not_sent}: your message replies to a note.")
        }
        (Language::Ru, Kept::WithThirdParties(_)) => {
            format!("Сохранено как переписка с третьими лицами, её видят только инженеры{not_sent}.")
        }
        (Language::En, Kept::WithThirdParties(_)) => {
            format!("Filed as correspondence with third parties, which only engineers see{not_sent}.")
        }
    };
    let line = |names: &[String], ru: &str, en: &str| match names {
        [] => String::new(),
        names => format!("\n{}: {}.", pick(language, ru, en), named(names)),
    };
    let got = line(readers, "От Вас его получили", "It went from you to");
    let told = line(told, "Мы сообщили о нём", "We have told");
    let how = match (language, requester.is_empty()) {
        (_, true) => String::new(),
        (Language::Ru, false) => " Чтобы отправить, ответьте на это письмо одним словом «да».".to_owned(),
        (Language::En, false) => " To send it, reply to this e-mail with the single word “yes”.".to_owned(),
    };
    format!("{why}{how}{got}{told}")
}

/// Subject and text of the question whether words are for the requester.
pub fn for_requester_question(to: &ToEngineer<'_>, request: &Request, words: &str) -> (String, String) {
    let (language, number) = (to.language, &request.number);
    let requester = requester_name(request).unwrap_or_else(|| pick(language, "заявителю", "the requester").to_owned());
    let subject =
        pick(language, format!("Отправить заявителю? {number}"), format!("Send this to the requester? {number}"));
    let why = pick(
        language,
        format!(
            "Из Вашего письма по запросу {number} неясно, для кого текст: для коллег или для заявителя ({requester}). Пока \
             ничего не отправлено и не выполнено."
        ),
        format!(
            "Your message about request {number} does not make clear whether its text is for colleagues or for the requester \
             ({requester}). Nothing has been sent or carried out yet."
        ),
    );
    let words = quote_lines(&mask_cut_lines(&shortened(words, MOST_QUOTED)));
    let note = tag(language, &Ask::Note);
    let remedy = pick(
        language,
        format!(
            "Ответьте одним словом «да», и этот текст получит {requester}, теги будут выполнены. Если он для коллег, ничего не \
             отвечайте и пришлите его ещё раз с тегом {note}."
        ),
        format!(
            "Reply with the single word “yes”, and the text will go to {requester} and the tags will be carried out. If it is \
             for colleagues, do not reply, and send it again with {note}."
        ),
    );
    (subject, below_cut_line(to.language, [why, words, remedy]))
}

/// Most people of other requests that a question names.
const MOST_OTHERS: usize = 20;

/// Subject and text of the question whether words are to go out although a colleague has answered the requester since (who, when,
/// what), or although they would go to the requesters of these other requests, too.
pub fn send_anyway_question(
    to: &ToEngineer<'_>,
    request: &Request,
    since: Option<(&ShortName, DateTime, &str)>,
    others: &[(&RequestNumber, &EmailAddress)],
    words: &str,
) -> (String, String) {
    let (language, number) = (to.language, &request.number);
    let requester = requester_name(request).unwrap_or_else(|| pick(language, "заявитель", "the requester").to_owned());
    let quoted = |text: &str| quote_lines(&mask_cut_lines(&shortened(text.trim(), MOST_QUOTED)));
    let subject = match since {
        Some(_) => pick(language, format!("Всё ещё отправить? {number}"), format!("Still to be sent? {number}")),
        None => pick(language, format!("Отправить и другим? {number}"), format!("Send this to others, too? {number}")),
    };
    let mut blocks = Vec::new();
    if let Some((colleague, at, answer)) = since {
        let (name, at) = (engineer_name(to.desk, colleague), readable_time(language, at));
        blocks.push(pick(
            language,
            format!("Пока Вы писали, заявителю по запросу {number} уже ответил(а) {name}, {at}:"),
            format!("Meanwhile {name} has replied to the requester of request {number}, on {at}:"),
        ));
        blocks.push(quoted(answer));
    }
    blocks.extend(Some(goes_to_others(to, request, others)).filter(|told| !told.is_empty()));
    let own = pick(
        language,
        "Ваш текст пока не отправлен, теги не выполнены:",
        "Your text has not been sent yet, nor its tags carried out:",
    );
    let gets = match others {
        [] => pick(language, format!("его получит {requester}"), format!("it will go to {requester}")),
        _ => pick(
            language,
            format!("его получат {requester} и все названные выше"),
            format!("it will go to {requester} and all of these people"),
        ),
    };
    let remedy = pick(
        language,
        format!("Ответьте одним словом «да», и {gets}. Если отправлять не нужно, ничего не отвечайте."),
        format!("Reply with the single word “yes”, and {gets}. If it is not to be sent, do not reply."),
    );
    blocks.extend([own.to_owned(), quoted(words), remedy]);
    (subject, below_cut_line(to.language, blocks))
}

/// That the requesters of other requests would get a text, too; empty where there are none.
pub fn goes_to_others(to: &ToEngineer<'_>, request: &Request, others: &[(&RequestNumber, &EmailAddress)]) -> String {
    if others.is_empty() {
        return String::new();
    }
    let number = &request.number;
    let mut lines = vec![pick(
        to.language,
        format!("С ответом по запросу {number} этот текст получат и заявители других запросов:\n"),
        format!("With the answer to request {number} this text would go to the requesters of other requests, too:\n"),
    )];
    lines.extend(others.iter().take(MOST_OTHERS).map(|(number, person)| format!("* {person} ({number})")));
    lines.extend(and_more(to.language, others.len(), MOST_OTHERS).map(|more| format!("* {more}")));
    lines.join("\n")
}

/// That all words of a message were taken for the signature of its author, and are not sent.
pub fn left_out(language: Language, signature: &str) -> String {
    let signature = quote_lines(&mask_cut_lines(&shortened(signature.trim(), MOST_QUOTED)));
    let why = pick(
        language,
        "Кроме тега в письме осталась, похоже, только Ваша подпись, она не отправлена:",
        "Besides the tag only what looks like your signature was left, and it was not sent:",
    );
    let remedy = pick(
        language,
        "Чтобы отправить этот текст, ответьте на это письмо одним словом «да».",
        "To send this text, reply to this e-mail with the single word “yes”.",
    );
    format!("{why}\n\n{signature}\n\n{remedy}")
}

/// That words went to the requester though a colleague has taken the request since the e-mail that they answer.
pub fn taken_meanwhile(to: &ToEngineer<'_>, colleague: &ShortName, at: DateTime) -> String {
    let (name, at) = (engineer_name(to.desk, colleague), readable_time(to.language, at));
    pick(
        to.language,
        format!("Ответ отправлен заявителю. Запрос тем временем взял(а) {name}, {at}; мы сообщили об ответе."),
        format!(
            "Your reply was sent to the requester. Meanwhile {name} has taken the request, on {at}; we have told them."
        ),
    )
}

/// That an engineer wrote to third parties, in Russian and English.
pub(super) fn with_third_parties(who: &str, people: &[EmailAddress], of: &str) -> (String, String) {
    let people: Vec<String> = people.iter().map(ToString::to_string).collect();
    let people = named(&people);
    (
        format!("{who} пишет третьим лицам по запросу{of}: {people}. Это видят только инженеры."),
        format!("{who} has written to third parties about request{of}: {people}. Only engineers see this."),
    )
}

/// That a colleague who is no engineer wrote a note, in Russian and English.
pub(super) fn noted_by_colleague(name: &str, of: &str) -> (String, String) {
    let name = one_line(name, 100);
    (
        format!("{name} (коллега, не инженер) оставляет заметку в запросе{of}. Заявитель её не видит."),
        format!("{name} (a colleague, no engineer) has added a note to request{of}. The requester cannot see it."),
    )
}

/// The people in To and Cc of the requester's latest message, on one line.
pub(super) fn people(people: &[Copied]) -> String {
    named(&people.iter().map(ToString::to_string).collect::<Vec<_>>())
}

/// Who gets an answer beside the requester, and how to leave them out, as the end of a clause; empty where nobody does.
pub(super) fn copies(to: &ToEngineer<'_>, request: &Request) -> String {
    let copied = copies::of_request(to.desk, request);
    if copied.is_empty() {
        return String::new();
    }
    let people = named(&copied.iter().map(|person| person.email.to_string()).collect::<Vec<_>>());
    let only = tag(to.language, &Ask::OnlyRequester);
    pick(
        to.language,
        format!(" и в копии {people} (без них: {only})"),
        format!(", with copies to {people} (without: {only})"),
    )
}

/// The first of these names, and how many more there are.
fn named(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(MOST_NAMED).map(|name| one_line(name, 100)).collect();
    shown.extend(names.len().checked_sub(MOST_NAMED).filter(|more| *more > 0).map(|more| format!("+{more}")));
    shown.join(", ")
}
