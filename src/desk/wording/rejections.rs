//! Why an ask that was understood was not carried out, and what to do about it.

use crate::model::policy::Desk;
use crate::model::{Ask, Language, RequesterAsk, Status};

use super::super::news::Rejection;
use super::labels::status_label;
use super::suggested_tags;
use super::tags::tag;
use super::text::{in_quotation_marks, one_line, pick};

/// A sentence that says why an ask was not carried out, and one with the remedy.
pub fn rejection(language: Language, desk: &Desk, rejection: &Rejection) -> String {
    let key = &desk.key;
    let show = |ask: &Ask| tag(language, ask);
    let ask = asked(rejection).map(show).unwrap_or_default();
    let (ru, en) = match rejection {
        Rejection::NotForEngineers(asked) => {
            let instead = show(&instead_of(asked));
            (
                format!("{ask}: этот тег только для заявителя. Инженеру подойдёт {instead}."),
                format!("{ask} is for the requester only. Engineers can use {instead}."),
            )
        }
        Rejection::NoRequest(_) => (
            format!(
                "{ask}: письмо не относится ни к одному запросу. Ответьте на письмо о нужном запросе или укажите в теме его \
                     номер, например [{key}-1042]."
            ),
            format!(
                "{ask}: the message does not belong to any request. Reply to an e-mail about the request, or put its number \
                     in the subject, such as [{key}-1042]."
            ),
        ),
        Rejection::Conflict(one, other) => {
            let (one, other) = (show(one), show(other));
            (
                format!("{one} и {other} исключают друг друга. Оставьте только один из них."),
                format!("{one} and {other} cannot be used together. Keep only one of them."),
            )
        }
        Rejection::NotNow(ask, status) => not_now(language, desk, ask, status),
        Rejection::NoWords(_) => (
            format!("{ask} задаёт заявителю вопрос, а текста в письме нет. Напишите вопрос и отправьте ещё раз."),
            format!(
                "{ask} asks the requester a question, but the message has no text. Write the question and send it again."
            ),
        ),
        Rejection::NoSuchRequest(number) => (
            format!("Запроса {number} нет. Проверьте номер."),
            format!("There is no request {number}. Please check the number."),
        ),
        Rejection::SameRequest(_) => (
            format!("{ask} указывает на этот же запрос. Укажите номер другого."),
            format!("{ask} names this same request. Use the number of another one."),
        ),
        Rejection::OwnDuplicate(_) => (
            format!("{ask}: тот запрос сам закрыт как дубль этого. Укажите номер другого."),
            format!("{ask}: that request is itself closed as a duplicate of this one. Use the number of another one."),
        ),
        Rejection::NothingToSplit => {
            let split = show(&Ask::Split);
            (
                format!(
                    "{split}: отделить можно только сообщение заявителя, которым запрос продолжен. Ответьте с этим тегом на наше \
                     письмо об этом сообщении."
                ),
                format!(
                    "{split}: only a message with which a customer continued a request can be split off. Reply with this tag to \
                     our e-mail about that message."
                ),
            )
        }
        Rejection::NothingToUndo => {
            let example = show(&Ask::Status(Status::InWork));
            (
                format!(
                    "Отменять нечего: Вы здесь ничего не меняли. Другой статус можно поставить тегом, например {example}."
                ),
                format!(
                    "There is nothing to undo: you have not changed anything here. To set another status, use its tag, such as \
                     {example}."
                ),
            )
        }
        Rejection::ChangedSince => {
            let example = show(&Ask::Status(Status::InWork));
            (
                format!(
                    "Отменить нельзя: после Вас это изменил кто-то ещё. Поставьте нужное тегом, например {example}."
                ),
                format!(
                    "This cannot be undone: somebody else has changed it since. Set what you need by its tag, such as {example}."
                ),
            )
        }
        Rejection::PastDay(_) => (
            format!(
                "{ask}: этот день уже наступил. Укажите день, когда Вы вернётесь на работу: не раньше завтрашнего."
            ),
            format!("{ask}: that day has already come. Name the day on which you will be back, tomorrow or later."),
        ),
        Rejection::MovedAway(number) => (
            format!(
                "Этот запрос передан службе {}, его номер там: {number}. Напишите туда или укажите в теме новый номер, если Вы \
                 работаете и в той службе.",
                number.desk
            ),
            format!(
                "This request was transferred to desk {}, where its number is {number}. Write there, or put the new number in the \
                 subject if you work at that desk too.",
                number.desk
            ),
        ),
        Rejection::MovedForGood(number) => (
            format!(
                "Передачу другой службе отменить нельзя: запрос уже зарегистрирован там под номером {number}, и заявитель знает \
                 об этом. Вернуть его может служба {}, передав его обратно.",
                number.desk
            ),
            format!(
                "A transfer to another desk cannot be undone: the request is already registered there as {number}, and the \
                 requester knows about it. Desk {} can transfer it back.",
                number.desk
            ),
        ),
        Rejection::SameDesk(_) => (
            format!("{ask}: запрос уже в этой службе. Укажите другую."),
            format!("{ask}: the request is already at this desk. Name another one."),
        ),
        Rejection::NobodyWaits(_) => (
            format!("{ask}: этой версии не ждёт ни один запрос, или о её выходе уже сообщено. Проверьте номер версии."),
            format!(
                "{ask}: no request is waiting for this version, or its release was already announced. Please check the version."
            ),
        ),
        Rejection::NotYet(_) => (
            format!("{ask} пока не поддерживается. Уберите этот тег, остальные можно отправить ещё раз."),
            format!("{ask} is not supported yet. Remove this tag and send the others again."),
        ),
        Rejection::ForeignSubject(_) => (
            format!(
                "{ask} стоит в теме ответа на письмо, которого у нас нет, и неясно, кто написал этот тег. Поставьте его \
                     отдельной первой строкой письма."
            ),
            format!(
                "{ask} is in the subject of a reply to a message that we do not have, so we cannot tell who typed it. Put it \
                     alone on the first line of your message."
            ),
        ),
        Rejection::OtherRequest(number) => (
            format!(
                "В теме стоит номер [{number}], а письмо относится к другому запросу, и неясно, о каком из них речь. Уберите \
                 лишний номер или ответьте на письмо о нужном запросе."
            ),
            format!(
                "The subject names [{number}], but the message is about another request, so we cannot tell which one you mean. \
                 Remove the other number, or reply to an e-mail about the right request."
            ),
        ),
        Rejection::NotInList(_) => (
            format!("{ask} в ответе на сводку не работает. Ответьте с этим тегом на письмо о самом запросе."),
            format!("{ask} does not work in a reply to the list. Reply to an e-mail about the request with this tag."),
        ),
        Rejection::NotListed(number) => (
            format!("Запроса {number} в этой сводке нет. Ответьте на письмо о нём."),
            format!("Request {number} is not in this list. Reply to an e-mail about it."),
        ),
        Rejection::ChangedAbove => (
            "Этот запрос только что изменила другая строка Вашего ответа. Если нужно что-то ещё, пришлите её отдельно.".to_owned(),
            "Another line of your reply has just changed this request. If it needs more, send that line again.".to_owned(),
        ),
        Rejection::NoLines => (
            "Здесь не сказано, что сделать. Ответ на сводку состоит из строк с номером запроса и тегом в одних скобках; обычный текст \
             никому не отправляется."
                .to_owned(),
            "It does not say what to do. A reply to the list has lines with a request number and a tag in one pair of brackets; \
             ordinary text is sent to nobody."
                .to_owned(),
        ),
        Rejection::OldButton(_) => (
            format!(
                "{ask}: кнопка больше не действует. Она работает семь дней и только с Вашего адреса. Ответьте на письмо о запросе с \
                 этим тегом."
            ),
            format!(
                "{ask}: the button is no longer valid. Buttons work for seven days, and only from your own address. Reply to an \
                 e-mail about the request with this tag instead."
            ),
        ),
        Rejection::Astray(text, line) => {
            let text = one_line(text, 100);
            let send = tag(language, &Ask::Send);
            (
                format!(
                    "{text} стоит внутри текста (строка {line}), и неясно, тег это или название кнопки. Если это тег, поставьте его \
                     отдельной строкой. Если это текст для заявителя, поставьте {send} отдельной первой строкой."
                ),
                format!(
                    "{text} stands within the text (line {line}), so we cannot tell whether it is a tag or the name of a button. If \
                     it is a tag, put it on a line of its own. If it is text for the requester, put {send} alone on the first line."
                ),
            )
        }
    };
    pick(language, ru, en)
}

/// The one ask that is not carried out; `None` where there are two, or where it goes without saying.
fn asked(rejection: &Rejection) -> Option<&Ask> {
    use Rejection::*;
    match rejection {
        NotForEngineers(ask)
        | NoRequest(ask)
        | NotNow(ask, _)
        | NoWords(ask)
        | SameRequest(ask)
        | OwnDuplicate(ask)
        | PastDay(ask)
        | SameDesk(ask)
        | NobodyWaits(ask)
        | NotYet(ask)
        | ForeignSubject(ask)
        | NotInList(ask)
        | OldButton(ask) => Some(ask),
        _ => None,
    }
}

/// The sentences for an ask that the request's status does not allow, with the tags that it does, in Russian and English.
fn not_now(language: Language, desk: &Desk, ask: &Ask, status: &Status) -> (String, String) {
    let ask = tag(language, ask);
    let label = in_quotation_marks(language, &status_label(desk, status, language));
    let tags = suggested_tags::status_changes(desk, status, language);
    (
        format!("{ask} сейчас невозможно: статус запроса {label}. Сейчас можно: {tags}."),
        format!("{ask} is not possible now: the status of the request is {label}. Possible now: {tags}."),
    )
}

/// The ask with which an engineer gets what this requester's ask does.
fn instead_of(ask: &Ask) -> Ask {
    match ask {
        Ask::Requester(RequesterAsk::Disagree) => Ask::Reopen,
        _ => Ask::Close,
    }
}
