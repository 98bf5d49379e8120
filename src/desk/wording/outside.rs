//! Letters to teams outside that are to solve a request.

use crate::model::{Language, Request, Said, SentFile};

use super::text::{in_quotes, neutral, one_line, readable_day, readable_size, say, shortened};

/// Of a longer correspondence only the last words are sent.
const MOST_SAID: usize = 100;
/// Of longer words only the beginning.
const MOST_CHARACTERS: usize = 10_000;
/// What parts words from words.
const RULE: &str = "———";

/// What a letter to an external team speaks of.
#[derive(Clone, Copy, Debug)]
pub struct ToTeam<'a> {
    /// The language of the letter.
    pub language: Language,
    /// The request.
    pub request: Option<&'a Request>,
    /// Whether the team may know who the requester is.
    pub tells_requester: bool,
}

/// A request for those outside who are to solve it: an engineer's words to them, and the correspondence where it is `said`
/// anew. Nobody is named whom the desk does not want named.
pub fn handover(to: &ToTeam<'_>, said: &[Said], words: &str, files: &[SentFile]) -> String {
    let language = to.language;
    let hello = say(language, "Здравствуйте!", "Hello,").to_owned();
    let mut paragraphs = vec![hello, what(to, !said.is_empty()), words.trim().to_owned()];
    let earlier = said.len().saturating_sub(MOST_SAID);
    if !said.is_empty() {
        paragraphs.push(format!("{RULE}\n{}", say(language, "Переписка:", "The correspondence:")));
    }
    if earlier > 0 {
        paragraphs.push(say(
            language,
            format!("(более ранних сообщений: {earlier})"),
            format!("(earlier messages: {earlier})"),
        ));
    }
    paragraphs.extend(said.iter().skip(earlier).map(|said| one(language, said)));
    if !files.is_empty() {
        let name =
            |file: &SentFile| format!("{} ({})", one_line(&file.filename, 100), readable_size(language, file.size));
        let names = files.iter().map(name).collect::<Vec<_>>().join(", ");
        paragraphs.push(say(language, format!("Вложения: {names}"), format!("Attachments: {names}")));
    }
    paragraphs.push(format!("{RULE}\n{}", how_to_answer(to)));
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs.join("\n\n")
}

fn what(to: &ToTeam<'_>, is_whole: bool) -> String {
    let Some(request) = to.request else { return String::new() };
    let subject = in_quotes(to.language, &neutral(&one_line(&request.subject, 200)));
    let number = &request.number;
    let mut lines = vec![match is_whole {
        true => say(
            to.language,
            format!("Передаём вам запрос {number}: {subject}."),
            format!("We pass request {number} on to you: {subject}."),
        ),
        false => say(
            to.language,
            format!("Пишем по запросу {number}: {subject}."),
            format!("About request {number}: {subject}."),
        ),
    }];
    if let Some(requester) = request.requester().filter(|_| to.tells_requester) {
        let name = one_line(&requester.name, 100);
        let person = if name.is_empty() { requester.email.to_string() } else { format!("{name}, {}", requester.email) };
        lines.push(say(to.language, format!("Заявитель: {person}"), format!("Requester: {person}")));
    }
    lines.join("\n")
}

fn one(language: Language, said: &Said) -> String {
    let day = readable_day(language, said.at);
    let who = match said.by_engineer {
        true => say(language, "поддержка", "support"),
        false => say(language, "заявитель", "requester"),
    };
    format!("{day}, {who}:\n{}", shortened(&said.words, MOST_CHARACTERS))
}

fn how_to_answer(to: &ToTeam<'_>) -> String {
    let number = to.request.map(|request| request.number.to_string()).unwrap_or_default();
    say(
        to.language,
        format!(
            "Чтобы ответить, просто ответьте на это письмо и оставьте в теме номер [{number}]. Ваш ответ увидят только наши \
             инженеры; заявителю он не отправляется."
        ),
        format!(
            "To answer, just reply to this letter and keep the number [{number}] in its subject. Only our engineers will see \
             your answer; it is not sent to the requester."
        ),
    )
}
