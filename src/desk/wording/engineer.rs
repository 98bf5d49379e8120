//! The texts of e-mails to engineers about their own messages: receipts, and why a message was not carried out.

use crate::model::policy::Desk;
use crate::model::{Ask, EmailAddress, Language, Request, RequestNumber, Version, cut_line};

use super::labels::{engineer_name, status_label};
use super::tags::{asks_in_words, tag};
use super::text::{in_quotation_marks, pick, readable_span};

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
    pub(super) fn status_sentence(&self) -> Option<String> {
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
    pub(super) fn undo_tag(&self) -> String {
        tag(self.language, &Ask::Undo)
    }
}

/// A text that begins with the cut line in this language, followed by the paragraphs that are not empty.
pub(super) fn below_cut_line(language: Language, paragraphs: impl IntoIterator<Item = String>) -> String {
    let said: Vec<String> = paragraphs.into_iter().filter(|paragraph| !paragraph.is_empty()).collect();
    format!("{}\n\n{}", cut_line(language), said.join("\n\n"))
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
    below_cut_line(to.language, [what, further.join("\n"), now, take_back])
}

/// A receipt for a request whose requester is not known: whom it may be about, and how to name them.
pub fn whose_request(to: &ToEngineer<'_>, executed: &[Ask], possible: &[EmailAddress]) -> String {
    let number = to.request.map(|request| request.number.to_string()).unwrap_or_default();
    let example = possible.first().cloned().or_else(|| EmailAddress::parse("ann@example.com").ok());
    let example = example.map(|address| tag(to.language, &Ask::OnBehalfOf(address))).unwrap_or_default();
    let found = possible.iter().map(EmailAddress::as_str).collect::<Vec<_>>().join(", ");
    let why = match (to.language, possible.is_empty()) {
        (Language::Ru, true) => format!(
            "Запрос {number} зарегистрирован. Чей он, из письма не видно, поэтому заявителю ничего не отправлено."
        ),
        (Language::Ru, false) => format!(
            "Запрос {number} зарегистрирован. Заявителем может быть любой из них: {found}. Поэтому никому ничего не отправлено."
        ),
        (Language::En, true) => format!(
            "Request {number} is registered. The message does not say whose it is, so nothing was sent to any requester."
        ),
        (Language::En, false) => format!(
            "Request {number} is registered. Any of these may be its requester: {found}. So nothing was sent to anybody."
        ),
    };
    let remedy = match to.language {
        Language::Ru => format!(
            "Ответьте на это письмо одним тегом с его адресом, например {example}: заявитель получит номер запроса."
        ),
        Language::En => format!(
            "Reply to this e-mail with a tag alone that has their address, such as {example}: the requester will be told the number."
        ),
    };
    let done = asks_in_words(to.language, to.desk, executed);
    let done = match executed.is_empty() {
        true => String::new(),
        false => pick(to.language, format!("Выполнено: {done}."), format!("Carried out: {done}.")),
    };
    below_cut_line(to.language, [why, done, remedy])
}

/// The sentence that a message is a request of its own now, and how the one stands that it came to.
pub fn split_off(to: &ToEngineer<'_>, from: &Request, restored: &Request) -> String {
    let number = to.request.map(|request| request.number.to_string()).unwrap_or_default();
    let status = in_quotation_marks(to.language, &status_label(to.desk, &restored.standing.status, to.language));
    let old = &from.number;
    pick(
        to.language,
        format!("Сообщение из запроса {old} стало запросом {number}. У {old} прежний статус: {status}."),
        format!("The message of request {old} is now request {number}. {old} has its earlier status again: {status}."),
    )
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
    below_cut_line(to.language, [further.join("\n"), told.to_owned(), to.status_sentence().unwrap_or_default()])
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
    below_cut_line(to.language, [pick(to.language, ru, en).to_owned(), to.status_sentence().unwrap_or_default()])
}
