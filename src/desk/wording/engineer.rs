//! The texts of e-mails to engineers about their own messages: receipts, and why a message was not carried out.

use crate::model::policy::Desk;
use crate::model::{Ask, CUT_LINE, EmailAddress, Language, Request, RequestNumber, Unclear, Version};

use super::super::news::Unproven;
use super::labels::{engineer_name, status_label};
use super::tags::{asks_in_words, tag};
use super::text::{
    in_quotation_marks, mask_cut_lines, one_line, pick, quote_lines, readable_day, readable_span, shortened,
    with_round_brackets, without_links,
};

/// The longest excerpt that is shown of a message that may be forged, in characters: little, since it may be an attack.
const MAX_UNPROVEN_TEXT: usize = 200;

/// The longest part that is shown of the subject of such a message, in characters.
const MAX_UNPROVEN_SUBJECT: usize = 80;

/// What the text of an e-mail to an engineer is made from.
#[derive(Clone, Copy, Debug)]
pub struct ToEngineer<'a> {
    /// The desk that sends it.
    pub desk: &'a Desk,
    /// The request after the change; `None` if the e-mail is about no request.
    pub request: Option<&'a Request>,
    /// The language of the text.
    pub language: Language,
}

impl ToEngineer<'_> {
    /// A sentence with the request's status and assignee; `None` without a request.
    fn status_sentence(&self) -> Option<String> {
        let request = self.request?;
        let number = &request.number;
        let label =
            in_quotation_marks(self.language, &status_label(self.desk, &request.standing.status, self.language));
        let assignee = request.assignee.as_ref().map(|name| engineer_name(self.desk, name));
        Some(match (self.language, assignee) {
            (Language::Ru, Some(name)) => format!("Запрос {number} сейчас: {label}, исполнитель: {name}."),
            (Language::Ru, None) => format!("Запрос {number} сейчас: {label}, исполнитель не назначен."),
            (Language::En, Some(name)) => format!("Request {number} is now {label}, assigned to {name}."),
            (Language::En, None) => format!("Request {number} is now {label}, not assigned yet."),
        })
    }

    /// The tag that undoes the last change.
    fn undo_tag(&self) -> String {
        tag(self.language, &Ask::Undo)
    }
}

/// A text that begins with the cut line, followed by the paragraphs that are not empty.
pub(super) fn below_cut_line(paragraphs: impl IntoIterator<Item = String>) -> String {
    let said: Vec<String> = paragraphs.into_iter().filter(|paragraph| !paragraph.is_empty()).collect();
    format!("{CUT_LINE}\n\n{}", said.join("\n\n"))
}

/// A receipt: what an engineer's tags have done, and how to undo it. `grace` is the number of seconds until the requester is
/// told; `None` if there is nothing to wait for.
pub fn receipt(to: &ToEngineer<'_>, executed: &[Ask], grace: Option<u32>) -> String {
    receipt_with_details(to, executed, grace, &[])
}

/// A receipt with sentences about `further` effects, outside the request itself.
pub fn receipt_with_details(to: &ToEngineer<'_>, executed: &[Ask], grace: Option<u32>, further: &[String]) -> String {
    let done = asks_in_words(to.language, to.desk, executed);
    let told = grace.map(|seconds| {
        let span = readable_span(to.language, seconds);
        match to.language {
            Language::Ru => format!("Заявитель получит письмо об этом через {span}."),
            Language::En => format!("The requester will be notified in {span}."),
        }
    });
    let undo = to.undo_tag();
    let take_back = match (to.language, grace) {
        (Language::Ru, Some(_)) => {
            format!(
                "Чтобы отменить, ответьте на это письмо одним тегом {undo}. Если успеете до отправки, заявитель письма не получит."
            )
        }
        (Language::Ru, None) => format!(
            "Чтобы отменить, ответьте на это письмо одним тегом {undo}. Если заявителю уже написано, он получит исправление."
        ),
        (Language::En, Some(_)) => {
            format!(
                "To undo this, reply with {undo} alone. If you do so before then, the requester will not be notified."
            )
        }
        (Language::En, None) => format!(
            "To undo this, reply with {undo} alone. If the requester has already been notified, they will receive a correction."
        ),
    };
    let what = match executed.is_empty() {
        true if !further.is_empty() => String::new(),
        true => pick(to.language, "Выполнено.", "Carried out.").to_owned(),
        false => pick(to.language, format!("Выполнено: {done}."), format!("Carried out: {done}.")),
    };
    let now = [to.status_sentence(), told].into_iter().flatten().collect::<Vec<_>>().join("\n");
    below_cut_line([what, further.join("\n"), now, take_back])
}

/// A receipt for a transfer to another desk, which cannot be undone.
pub fn moved(to: &ToEngineer<'_>, further: &[String]) -> String {
    let told = pick(
        to.language,
        "Инженеры той службы получили запрос со всей перепиской и файлами, заявителю сообщим новый номер. Письма со старым \
         номером будут попадать туда же.",
        "The engineers of that desk have received the request with its correspondence and files, and the requester will be \
         told the new number. Messages with the old number will go there too.",
    );
    below_cut_line([further.join("\n"), told.to_owned(), to.status_sentence().unwrap_or_default()])
}

/// The sentence with the number of a request at the desk that it was transferred to.
pub fn moved_to(language: Language, number: &RequestNumber) -> String {
    pick(
        language,
        format!("Запрос передан службе {}, его номер там: {number}.", number.desk),
        format!("The request was transferred to desk {}, where its number is {number}.", number.desk),
    )
}

/// The sentence that a request was sent to an external team at this address.
pub fn handed_over_to(language: Language, address: &EmailAddress) -> String {
    pick(
        language,
        format!("Запрос с перепиской отправлен на {address}. Ответ оттуда увидят только инженеры."),
        format!("The request and its correspondence were sent to {address}. Only engineers will see the reply."),
    )
}

/// The sentence with the number of other requests that were answered together with this one.
pub fn also_answered(language: Language, count: usize) -> String {
    pick(
        language,
        format!("Вместе с этим дан ответ и на другие запросы, всего: {count}. Их заявители получат письма."),
        format!("Other requests answered at the same time: {count}. Their requesters will be notified."),
    )
}

/// The subject of a receipt for a released version.
pub fn released_subject(language: Language, version: &Version) -> String {
    let version = version.as_str();
    pick(language, format!("Вышла версия {version}"), format!("Version {version} has been released"))
}

/// The subject of a receipt for an undone change that concerned no single request.
pub fn undone_subject(language: Language) -> String {
    pick(language, "Отменено", "Undone").to_owned()
}

/// A receipt for an undone change. `correcting` is whether the requester had been told of the change and gets a correction.
pub fn undone(to: &ToEngineer<'_>, correcting: bool) -> String {
    let (ru, en) = if correcting {
        (
            "Отменено. Заявитель уже получил письмо об изменении, поэтому ему отправлено исправление.",
            "Undone. The requester had already been notified, so a correction has been sent.",
        )
    } else {
        (
            "Отменено. Письмо об изменении заявителю не отправлялось.",
            "Undone. The requester has not been notified of the change.",
        )
    };
    below_cut_line([pick(to.language, ru, en).to_owned(), to.status_sentence().unwrap_or_default()])
}

/// Why an engineer's message was not sent to the requester, with its text to be sent again.
pub fn not_sent(to: &ToEngineer<'_>, unclear: Unclear, words: &str) -> String {
    let (ru, en) = match unclear {
        Unclear::NoCutLine => (
            "В нём есть цитата, но нет верхней черты «ответ пишите выше…», и неясно, где заканчивается Ваш текст.",
            "It contains quoted text, but the line “reply above…” is missing, so we cannot tell where your own text ends.",
        ),
        Unclear::BelowCutLine => (
            "Часть текста стоит ниже черты «ответ пишите выше…», среди цитаты или под ней, и неясно, что из этого написали Вы.",
            "Part of its text is below the line “reply above…”, within or after the quoted text, so we cannot tell which of it \
             is yours.",
        ),
        Unclear::NothingTyped => ("В нём нет ни Вашего текста, ни тегов.", "It holds no text of yours and no tags."),
        Unclear::OurLetterAttached => (
            "К нему приложено наше письмо инженеру: получив его, кто угодно мог бы писать от имени этого инженера. Уберите, \
             пожалуйста, это вложение.",
            "One of our e-mails to an engineer is attached. Anybody who receives it could write in that engineer's name. Please \
             remove this attachment.",
        ),
    };
    let nothing = match unclear {
        Unclear::NothingTyped => pick(
            to.language,
            "По Вашему письму ничего не отправлено и не изменено.",
            "Nothing was sent or changed by your message.",
        ),
        _ => pick(
            to.language,
            "Ваше письмо не отправлено заявителю, теги из него не выполнены.",
            "Your message was not sent to the requester, and its tags were not carried out.",
        ),
    };
    let again = pick(
        to.language,
        "Ответьте, пожалуйста, ещё раз: весь текст напишите выше черты, которой начинается это письмо",
        "Please reply once more: put all your text above the line at the top of this e-mail",
    );
    let remedy = match unclear {
        Unclear::NothingTyped => pick(to.language, ", или только тег.", ", or only a tag."),
        _ => pick(
            to.language,
            ", и повторите теги. Ваш текст приведён ниже, чтобы не набирать его заново:",
            ", and repeat the tags. Your text is below, so that you do not have to type it again:",
        ),
    };
    below_cut_line([
        format!("{nothing} {}", pick(to.language, ru, en)),
        format!("{again}{remedy}"),
        quote_lines(&mask_cut_lines(words)),
    ])
}

/// Subject and text of the question whether an engineer wrote a message in their name. The message may be forged: little of
/// it is shown, and nothing in it can be clicked or become a tag.
pub fn question(
    to: &ToEngineer<'_>,
    why: &Unproven,
    subject: &str,
    asks: &[Ask],
    first_words: &str,
) -> (String, String) {
    let language = to.language;
    let subject = without_links(&with_round_brackets(&one_line(subject, MAX_UNPROVEN_SUBJECT)));
    let words = mask_cut_lines(&without_links(&shortened(first_words, MAX_UNPROVEN_TEXT)));
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
    let mut shown = vec![pick(language, format!("Тема: {subject}"), format!("Subject: {subject}"))];
    if !asks.is_empty() {
        let asks = without_links(&asks_in_words(language, to.desk, asks));
        shown.push(pick(language, format!("Запрошенные действия: {asks}"), format!("Requested actions: {asks}")));
    }
    if !words.is_empty() {
        shown.push(pick(
            language,
            format!("Начало текста:\n{}", quote_lines(&words)),
            format!("Beginning of the text:\n{}", quote_lines(&words)),
        ));
    }
    let undo = to.undo_tag();
    let remedy = pick(
        language,
        format!(
            "Если его написали Вы, ответьте на это письмо (текст не нужен), и мы всё выполним. Если не Вы, не отвечайте или \
             ответьте одним тегом {undo}."
        ),
        format!(
            "If you wrote it, reply to this e-mail; no text is needed, and we will then carry it out. If you did not, do \
             nothing, or reply with {undo} alone."
        ),
    );
    let title = pick(language, format!("Это написали Вы? {subject}"), format!("Did you write this? {subject}"));
    (title.trim_end().to_owned(), below_cut_line([format!("{arrived} {held}"), shown.join("\n"), remedy]))
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
    (title.to_owned(), below_cut_line([kept.to_owned(), remedy.to_owned()]))
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
