//! Letters to engineers about what their own messages did, or did not do.

use crate::model::policy::Desk;
use crate::model::{Ask, CUT_LINE, EmailAddress, Language, Request, RequestNumber, Unclear, Version};

use super::super::news::Unproven;
use super::labels::{engineer_name, status_label};
use super::tags::{asks_in_words, tag};
use super::text::{
    foreign, in_quotes, neutral, one_line, quoted, readable_day, readable_span, say, shortened, without_links,
};

/// Of a message that may be forged no more characters are shown.
const LEAST_WORDS: usize = 200;

/// Of the subject of a message that may be forged no more characters are shown.
const LEAST_SUBJECT: usize = 80;

/// What a letter to an engineer speaks of.
#[derive(Clone, Copy, Debug)]
pub struct ToEngineer<'a> {
    /// The desk that writes.
    pub desk: &'a Desk,
    /// The request as it stands now, if there is one.
    pub request: Option<&'a Request>,
    /// The language of the letter.
    pub language: Language,
}

impl ToEngineer<'_> {
    /// Where the request stands and who works on it, as one sentence.
    fn stands(&self) -> Option<String> {
        let request = self.request?;
        let number = &request.number;
        let label = in_quotes(self.language, &status_label(self.desk, &request.standing.status, self.language));
        let assignee = request.assignee.as_ref().map(|name| engineer_name(self.desk, name));
        Some(match (self.language, assignee) {
            (Language::Ru, Some(name)) => format!("Запрос {number} сейчас: {label}, исполнитель: {name}."),
            (Language::Ru, None) => format!("Запрос {number} сейчас: {label}, исполнителя нет."),
            (Language::En, Some(name)) => format!("Request {number} is now {label}, assigned to {name}."),
            (Language::En, None) => format!("Request {number} is now {label}, assigned to nobody yet."),
        })
    }

    pub(super) fn undo(&self) -> String {
        tag(self.language, &Ask::Undo)
    }
}

/// The paragraphs of a letter to an engineer below the cut line.
pub(super) fn below_cut_line(paragraphs: impl IntoIterator<Item = String>) -> String {
    let said: Vec<String> = paragraphs.into_iter().filter(|paragraph| !paragraph.is_empty()).collect();
    format!("{CUT_LINE}\n\n{}", said.join("\n\n"))
}

/// What an engineer's tags have done, and how to take it back. `grace` is the time until the requester is told.
pub fn receipt(to: &ToEngineer<'_>, execution: &[Ask], grace: Option<u32>) -> String {
    receipt_of_more(to, execution, grace, &[])
}

/// The same, where the tags have done more than to the request itself: `further` says what.
pub fn receipt_of_more(to: &ToEngineer<'_>, execution: &[Ask], grace: Option<u32>, further: &[String]) -> String {
    let done = asks_in_words(to.language, to.desk, execution);
    let told = grace.map(|seconds| {
        let span = readable_span(to.language, seconds);
        match to.language {
            Language::Ru => format!("Заявитель получит письмо об этом через {span}."),
            Language::En => format!("The requester will be told in {span}."),
        }
    });
    let undo = to.undo();
    let take_back = match (to.language, grace) {
        (Language::Ru, Some(_)) => {
            format!(
                "Чтобы отменить, ответьте на это письмо одним тегом {undo}. Если успеете до отправки, заявитель ничего не узнает."
            )
        }
        (Language::Ru, None) => format!(
            "Чтобы отменить, ответьте на это письмо одним тегом {undo}. Если заявителю уже написано, он получит исправление."
        ),
        (Language::En, Some(_)) => {
            format!(
                "To take it back, reply with {undo} alone. If you do so before then, the requester will not notice."
            )
        }
        (Language::En, None) => format!(
            "To take it back, reply with {undo} alone. If the requester was told already, a correction will follow."
        ),
    };
    let what = match execution.is_empty() {
        true => say(to.language, "Выполнено.", "Execution out.").to_owned(),
        false => say(to.language, format!("Выполнено: {done}."), format!("Execution out: {done}.")),
    };
    let now = [to.stands(), told].into_iter().flatten().collect::<Vec<_>>().join("\n");
    below_cut_line([what, further.join("\n"), now, take_back])
}

/// What became of a request that was passed on to another desk: that cannot be taken back.
pub fn moved(to: &ToEngineer<'_>, further: &[String]) -> String {
    let told = say(
        to.language,
        "Инженеры той службы получили запрос со всей перепиской и файлами, заявитель узнает новый номер. Письма со старым \
         номером будут попадать туда же.",
        "The engineers of that desk have got the request with its correspondence and files, and the requester will learn the \
         new number. Letters with the old number will arrive there too.",
    );
    below_cut_line([further.join("\n"), told.to_owned(), to.stands().unwrap_or_default()])
}

/// Under which number another desk has a request.
pub fn moved_to(language: Language, number: &RequestNumber) -> String {
    say(
        language,
        format!("Запрос передан службе {}, его номер там: {number}.", number.desk),
        format!("The request was passed on to desk {}, where its number is {number}.", number.desk),
    )
}

/// To whom outside a request was given.
pub fn handed_over_to(language: Language, address: &EmailAddress) -> String {
    say(
        language,
        format!("Запрос с перепиской отправлен на {address}. Ответ оттуда увидят только инженеры."),
        format!("The request with its correspondence was sent to {address}. Only engineers will see the answer."),
    )
}

/// How many other requests were answered along with this one.
pub fn answered_along(language: Language, count: usize) -> String {
    say(
        language,
        format!("Вместе с этим отвечено запросов: {count}. Их заявители получат письма."),
        format!("Other requests answered along with it: {count}. Their requesters will be written to."),
    )
}

/// The subject of a receipt for a version that is out.
pub fn released_subject(language: Language, version: &Version) -> String {
    let version = version.as_str();
    say(language, format!("Вышла версия {version}"), format!("Version {version} is out"))
}

/// The subject of a receipt for what was taken back, where that was about no single request.
pub fn undone_subject(language: Language) -> String {
    say(language, "Отменено", "Taken back").to_owned()
}

/// What follows from taking a change back. `correcting`: the requester had been told, and gets a correcting letter.
pub fn undone(to: &ToEngineer<'_>, correcting: bool) -> String {
    let (ru, en) = if correcting {
        (
            "Отменено. Заявителю уже было написано, поэтому ему отправлено исправление.",
            "Taken back. The requester had been told already, so a correction was sent.",
        )
    } else {
        (
            "Отменено. Заявителю об изменении ничего не отправлено.",
            "Taken back. Nothing about the change was sent to the requester.",
        )
    };
    below_cut_line([say(to.language, ru, en).to_owned(), to.stands().unwrap_or_default()])
}

/// Why an engineer's words were not passed on, with the words.
pub fn given_back(to: &ToEngineer<'_>, unclear: Unclear, words: &str) -> String {
    let (ru, en) = match unclear {
        Unclear::NoCutLine => (
            "В нём есть цитата, но нет верхней черты «ответ пишите выше…», и неясно, где кончаются Ваши слова.",
            "It quotes something, but the line “reply above…” is gone, so it is unclear where your words end.",
        ),
        Unclear::BelowCutLine => (
            "Часть текста стоит ниже черты «ответ пишите выше…», среди цитаты или под ней, и неясно, что из этого написали Вы.",
            "Some of its text stands below the line “reply above…”, within or under the quotation, so it is unclear what of it \
             is yours.",
        ),
        Unclear::OurLetterAttached => (
            "К нему приложено наше письмо инженеру: с ним любой мог бы писать от имени этого инженера. Уберите, пожалуйста, это \
             вложение.",
            "One of our letters to an engineer is attached, with which anybody could write in that engineer's name. Please leave \
             that file out.",
        ),
    };
    let nothing = say(
        to.language,
        "Ваше письмо не отправлено заявителю, теги из него не выполнены.",
        "Your message was not sent to the requester, and its tags were not carried out.",
    );
    let remedy = say(
        to.language,
        "Ответьте, пожалуйста, ещё раз: весь текст поставьте выше черты, которой начинается это письмо, и повторите теги. \
         Ваш текст, чтобы не набирать его заново:",
        "Please reply once more: put all your text above the line at the top of this letter, and repeat the tags. Here is your \
         text, so that you need not type it again:",
    );
    below_cut_line([format!("{nothing} {}", say(to.language, ru, en)), remedy.to_owned(), quoted(&foreign(words))])
}

/// Subject and text of the question whether an engineer wrote a message in his name. It may be forged: little of it is
/// shown, and nothing in it can be clicked or become a tag.
pub fn question(
    to: &ToEngineer<'_>,
    why: &Unproven,
    subject: &str,
    asks: &[Ask],
    first_words: &str,
) -> (String, String) {
    let language = to.language;
    let subject = without_links(&neutral(&one_line(subject, LEAST_SUBJECT)));
    let words = foreign(&without_links(&shortened(first_words, LEAST_WORDS)));
    let address = &to.desk.address;
    let arrived = say(
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
    let held = say(
        language,
        "Пока оно отложено: ничего не выполнено и никому не отправлено.",
        "It is held for now: nothing was carried out, and nothing was sent to anybody.",
    );
    let mut shown = vec![say(language, format!("Тема: {subject}"), format!("Subject: {subject}"))];
    if !asks.is_empty() {
        let asks = without_links(&asks_in_words(language, to.desk, asks));
        shown.push(say(language, format!("Что сделать: {asks}"), format!("Asks for: {asks}")));
    }
    if !words.is_empty() {
        shown.push(say(
            language,
            format!("Начало текста:\n{}", quoted(&words)),
            format!("It begins:\n{}", quoted(&words)),
        ));
    }
    let undo = to.undo();
    let remedy = say(
        language,
        format!(
            "Если его написали Вы, ответьте на это письмо, текст не нужен: мы выполним отложенное. Если не Вы, не отвечайте или \
             ответьте одним тегом {undo}."
        ),
        format!(
            "If you wrote it, reply to this letter, no text is needed: we will then carry it out. If you did not, do nothing, \
             or reply with {undo} alone."
        ),
    );
    let title = say(language, format!("Это написали Вы? {subject}"), format!("Did you write this? {subject}"));
    (title.trim_end().to_owned(), below_cut_line([format!("{arrived} {held}"), shown.join("\n"), remedy]))
}

/// Subject and text for an engineer whose answer to the question is no plain yes.
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
            "The message in your name is still held",
            "Your answer does not tell whether you wrote the message that we asked about, so it is still held: nothing was \
             carried out, and nothing was sent to anybody.",
            "If you wrote it, reply to our question once more with the one word “yes”. If you did not, there is nothing more to \
             do.",
        ),
    };
    (title.to_owned(), below_cut_line([kept.to_owned(), remedy.to_owned()]))
}

fn unproven(language: Language, why: &Unproven) -> String {
    match why {
        Unproven::NoProof => say(
            language,
            "это не ответ на письмо, которое получили только Вы, и ничто другое этого не подтверждает",
            "it does not answer a letter that only you got, and nothing else proves it",
        )
        .to_owned(),
        Unproven::Expired(until) => {
            let day = readable_day(language, *until);
            say(
                language,
                format!("оно отвечает на старое письмо, которое действовало до {day}"),
                format!("the letter that it answers was valid only until {day}"),
            )
        }
        Unproven::NotYours(_) => say(
            language,
            "оно отвечает на письмо, которое предназначалось не Вам или касалось другого запроса",
            "it answers a letter that was not for you, or that was about another request",
        )
        .to_owned(),
        Unproven::Burnt => say(
            language,
            "адрес для ответа, который в нём указан, больше не действует",
            "the reply address that it uses is no longer valid",
        )
        .to_owned(),
        Unproven::Exposed(address) => {
            let address = without_links(address.as_str());
            say(
                language,
                format!("Ваш адрес для ответа увидел посторонний ({address}), поэтому он больше не действует"),
                format!("an outsider ({address}) has seen your reply address, so it is no longer valid"),
            )
        }
    }
}
