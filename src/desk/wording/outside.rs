//! The text of a handover: the e-mail that passes a request to an external team.

use crate::model::{Language, Request, Said, SentFile, readable_size};

use super::text::{in_quotation_marks, one_line, pick, readable_day, shortened, with_round_brackets};

/// How many messages of the correspondence are included at most: the last ones; the others are only counted.
const MAX_MESSAGES: usize = 100;
/// The longest part of a message that is included, in characters.
const MAX_MESSAGE_LENGTH: usize = 10_000;
/// The line between the engineer's words, the correspondence and the closing sentence.
const RULE: &str = "———";

/// What the text of an e-mail to an external team is made from.
#[derive(Clone, Copy, Debug)]
pub struct ToTeam<'a> {
    /// The language of the text.
    pub language: Language,
    /// The request; `None` if the e-mail is about no request.
    pub request: Option<&'a Request>,
    /// Whether the team is told who the requester is.
    pub tells_requester: bool,
}

/// The text of a handover: an engineer's `words` to the team, the correspondence in `said`, and the names of the files. An
/// empty `said` makes it a further message about a request that the team already has. No engineer is named, and the requester
/// only where the desk allows it.
pub fn handover(to: &ToTeam<'_>, said: &[Said], words: &str, files: &[SentFile]) -> String {
    let language = to.language;
    let hello = pick(language, "Здравствуйте!", "Hello,").to_owned();
    let mut paragraphs = vec![hello, introduction(to, !said.is_empty()), words.trim().to_owned()];
    let earlier = said.len().saturating_sub(MAX_MESSAGES);
    if !said.is_empty() {
        paragraphs.push(format!("{RULE}\n{}", pick(language, "Переписка:", "The correspondence:")));
    }
    if earlier > 0 {
        paragraphs.push(pick(
            language,
            format!("(более ранних сообщений: {earlier})"),
            format!("(earlier messages: {earlier})"),
        ));
    }
    paragraphs.extend(said.iter().skip(earlier).map(|said| without_people(to, &dated_message(language, said))));
    if !files.is_empty() {
        let name =
            |file: &SentFile| format!("{} ({})", one_line(&file.filename, 100), readable_size(language, file.size));
        let names = files.iter().map(name).collect::<Vec<_>>().join(", ");
        paragraphs.push(pick(language, format!("Вложения: {names}"), format!("Attachments: {names}")));
    }
    paragraphs.push(format!("{RULE}\n{}", how_to_answer(to)));
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs.join("\n\n")
}

/// The sentence that names the request, and the requester where the team may know them. `is_new` is whether the request is
/// passed on now.
fn introduction(to: &ToTeam<'_>, is_new: bool) -> String {
    let Some(request) = to.request else { return String::new() };
    let subject = without_people(to, &with_round_brackets(&one_line(&request.subject, 200)));
    let subject = in_quotation_marks(to.language, &subject);
    let number = &request.number;
    let mut lines = vec![match is_new {
        true => pick(
            to.language,
            format!("Передаём Вам запрос {number}: {subject}."),
            format!("We are passing request {number} on to you: {subject}."),
        ),
        false => pick(
            to.language,
            format!("Пишем по запросу {number}: {subject}."),
            format!("This e-mail is about request {number}: {subject}."),
        ),
    }];
    if let Some(requester) = request.requester().filter(|_| to.tells_requester) {
        let name = one_line(&requester.name, 100);
        let person = if name.is_empty() { requester.email.to_string() } else { format!("{name}, {}", requester.email) };
        lines.push(pick(to.language, format!("Заявитель: {person}"), format!("Requester: {person}")));
    }
    lines.join("\n")
}

/// A text without the names and addresses of the request's participants, wherever they stand in it (also above mail that was
/// quoted), unless the team may know them.
fn without_people(to: &ToTeam<'_>, text: &str) -> String {
    let people = to.request.map_or(&[][..], |request| &request.participants).iter().filter(|_| !to.tells_requester);
    let nobody = pick(to.language, "(заявитель)", "(requester)");
    people.fold(text.to_owned(), |text, person| {
        let text = replaced(&text, person.email.as_str(), nobody);
        match person.name.split_once(' ') {
            Some((first, last)) => [person.name.clone(), format!("{last} {first}"), format!("{last}, {first}")]
                .iter()
                .fold(text, |text, name| replaced(&text, name, nobody)),
            // A single word may be any word.
            None => text,
        }
    })
}

/// A text in which a phrase is replaced, in whichever case it is written.
fn replaced(text: &str, phrase: &str, by: &str) -> String {
    let phrase: Vec<char> = phrase.to_lowercase().chars().collect();
    let chars: Vec<char> = text.chars().collect();
    let lower = |c: &char| c.to_lowercase().next().unwrap_or(*c);
    let (mut done, mut at) = (String::with_capacity(text.len()), 0);
    while at < chars.len() {
        let end = at + phrase.len();
        if !phrase.is_empty() && end <= chars.len() && chars[at..end].iter().map(lower).eq(phrase.iter().copied()) {
            done.push_str(by);
            at = end;
        } else {
            done.push(chars[at]);
            at += 1;
        }
    }
    done
}

/// One message of the correspondence with its day and its side.
fn dated_message(language: Language, said: &Said) -> String {
    let day = readable_day(language, said.at);
    let who = match said.by_engineer {
        true => pick(language, "поддержка", "support"),
        false => pick(language, "заявитель", "requester"),
    };
    format!("{day}, {who}:\n{}", shortened(&said.words, MAX_MESSAGE_LENGTH))
}

fn how_to_answer(to: &ToTeam<'_>) -> String {
    let number = to.request.map(|request| request.number.to_string()).unwrap_or_default();
    pick(
        to.language,
        format!(
            "Чтобы ответить, просто ответьте на это письмо и оставьте в теме номер [{number}]. Ваш ответ увидят только наши \
             инженеры; заявителю он не отправляется."
        ),
        format!(
            "To answer, just reply to this e-mail and keep the number [{number}] in its subject. Only our engineers will see \
             your reply; it is not sent to the requester."
        ),
    )
}
