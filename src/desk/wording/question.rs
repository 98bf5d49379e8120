//! The question whether an engineer wrote a message in their name.

use crate::model::{Ask, Language, Request};

use super::super::news::Unproven;
use super::engineer::{ToEngineer, below_cut_line};
use super::given_back::requester_name;
use super::tags::asks_in_words;
use super::text::{
    mask_cut_lines, one_line, pick, quote_lines, readable_day, shortened, with_round_brackets, without_links,
};

/// The longest excerpt that is shown of a message that may be forged, in characters: little, since it may be an attack.
const MAX_UNPROVEN_TEXT: usize = 200;

/// The longest part that is shown of the subject of such a message, in characters.
const MAX_UNPROVEN_SUBJECT: usize = 80;

/// A message that names an engineer as its author without proof.
#[derive(Clone, Copy, Debug)]
pub struct UnprovenMessage<'a> {
    /// Why it is not proven to be theirs.
    pub why: &'a Unproven,
    /// Its subject as it came.
    pub subject: &'a str,
    /// What its tags ask.
    pub asks: &'a [Ask],
    /// Its text.
    pub words: &'a str,
}

/// Where the text of a message goes once its engineer has confirmed it: to the requester of this request, to colleagues, or into a
/// new request.
pub fn where_it_goes(to: &ToEngineer<'_>, about: Option<&Request>, is_internal: bool) -> String {
    let (ru, en) = match about {
        None => ("После Вашего «да» письмо откроет новый запрос.", "After your “yes” it opens a new request."),
        Some(_) if is_internal => {
            ("После Вашего «да» этот текст увидят только коллеги.", "After your “yes” only colleagues see this text.")
        }
        Some(request) => {
            let Some(who) = requester_name(request) else { return String::new() };
            return pick(
                to.language,
                format!("После Вашего «да» этот текст уйдёт заявителю: {who}."),
                format!("After your “yes” this text goes to the requester, {who}."),
            );
        }
    };
    pick(to.language, ru, en).to_owned()
}

/// Subject and text of the question whether an engineer wrote a message in their name. The message may be forged: little of
/// it is shown, and nothing in it can be clicked or become a tag. `goes` says where its text would go.
/// `is_last` says that of further such messages nothing is asked today.
pub fn question(to: &ToEngineer<'_>, message: &UnprovenMessage<'_>, goes: &str, is_last: bool) -> (String, String) {
    let language = to.language;
    let UnprovenMessage { why, subject, asks, words } = *message;
    let subject = inert_line(subject);
    let address = &to.desk.address;
    let arrived = pick(
        language,
        format!(
            "На {address} пришло письмо от Вашего имени, но мы не уверены, что его написали Вы: {}.",
            unproven(language, why)
        ),
        format!(
            "A message in your name arrived at {address}, but we cannot be sure that you wrote it: {}.",
            unproven(language, why)
        ),
    );
    let held = pick(
        language,
        "Пока оно отложено: ничего не выполнено и никому не отправлено.",
        "It is on hold for now: nothing has been carried out, and nothing has been sent to anybody.",
    );
    let mut shown = vec![named_subject(language, &subject)];
    if !asks.is_empty() {
        let asks = without_links(&asks_in_words(language, to.desk, asks));
        shown.push(pick(language, format!("Запрошенные действия: {asks}"), format!("Requested actions: {asks}")));
    }
    if let Some(beginning) = beginning(language, words) {
        shown.push(beginning);
        shown.extend(Some(without_links(goes)).filter(|goes| !goes.is_empty()));
    }
    let undo = to.undo_tag();
    let remedy = pick(
        language,
        format!(
            "Если его написали Вы, ответьте на это письмо одним словом «да», и мы всё выполним. Если не Вы, ответьте «нет» или \
             одним тегом {undo}."
        ),
        format!(
            "If you wrote it, reply to this e-mail with the single word “yes”, and we will then carry it out. If you did not, \
             reply “no”, or with {undo} alone."
        ),
    );
    let title = pick(language, format!("Это написали Вы? {subject}"), format!("Did you write this? {subject}"));
    let last = match is_last {
        true => pick(
            language,
            "За сутки это последний такой вопрос: дальнейшие письма от Вашего имени остаются отложенными без вопроса. \
             Администратор видит их командой maildesk received --disposition held.",
            "This is the last such question today: further messages in your name stay on hold without a question. The \
             administrator sees them with maildesk received --disposition held.",
        ),
        false => "",
    };
    let paragraphs = [format!("{arrived} {held}"), shown.join("\n"), remedy, last.to_owned()];
    (title.trim_end().to_owned(), below_cut_line(to.language, paragraphs))
}

/// A line of a message that may be forged, of which little is shown: nothing in it can be clicked or become a tag.
pub(super) fn inert_line(text: &str) -> String {
    without_links(&with_round_brackets(&one_line(text, MAX_UNPROVEN_SUBJECT)))
}

/// The line that names the subject of such a message.
pub(super) fn named_subject(language: Language, subject: &str) -> String {
    pick(language, format!("Тема: {subject}"), format!("Subject: {subject}"))
}

/// The beginning of the text of such a message; `None` where it has no text.
pub(super) fn beginning(language: Language, words: &str) -> Option<String> {
    let words = mask_cut_lines(&without_links(&shortened(words, MAX_UNPROVEN_TEXT)));
    let title = pick(language, "Начало текста", "Beginning of the text");
    (!words.is_empty()).then(|| format!("{title}:\n{}", quote_lines(&words)))
}

/// Subject and text for an engineer who has replied to the question with neither a clear yes nor [`Ask::Undo`].
pub fn still_held(to: &ToEngineer<'_>) -> (String, String) {
    let (title, kept, remedy) = match to.language {
        Language::Ru => (
            "Письмо от Вашего имени всё ещё отложено",
            "Из Вашего ответа неясно, Вы ли написали письмо, о котором мы спросили, поэтому оно по-прежнему отложено: ничего не \
             выполнено и никому не отправлено.",
            "Если его написали Вы, ответьте на письмо с вопросом ещё раз одним словом «да». Если не Вы, больше ничего делать не \
             нужно.",
        ),
        Language::En => (
            "The message in your name is still on hold",
            "Your reply does not say whether you wrote the message that we asked about, so it is still on hold: nothing has \
             been carried out, and nothing has been sent to anybody.",
            "If you wrote it, reply to our question once more with the single word “yes”. If you did not, you do not need to \
             do anything.",
        ),
    };
    (title.to_owned(), below_cut_line(to.language, [kept.to_owned(), remedy.to_owned()]))
}

/// Why a message is not proven to be the engineer's, as part of a sentence.
fn unproven(language: Language, why: &Unproven) -> String {
    match why {
        Unproven::NoProof => pick(
            language,
            "это не ответ на письмо, которое получили только Вы, и других подтверждений нет",
            "it is not a reply to an e-mail that only you received, and nothing else confirms it",
        )
        .to_owned(),
        Unproven::Expired(until) => {
            let day = readable_day(language, *until);
            pick(
                language,
                format!("оно отвечает на старое письмо, которое действовало до {day}"),
                format!("the e-mail that it replies to was valid only until {day}"),
            )
        }
        Unproven::NotYours(_) => pick(
            language,
            "оно отвечает на письмо, которое предназначалось не Вам или касалось другого запроса",
            "it replies to an e-mail that was not for you or was about another request",
        )
        .to_owned(),
        Unproven::Burnt => pick(
            language,
            "адрес для ответа, который в нём указан, больше не действует",
            "the reply address that it uses is no longer valid",
        )
        .to_owned(),
        Unproven::Exposed(address) => {
            let address = without_links(address.as_str());
            pick(
                language,
                format!("Ваш адрес для ответа увидел посторонний ({address}), поэтому он больше не действует"),
                format!("your reply address was seen by an outsider ({address}), so it is no longer valid"),
            )
        }
    }
}
