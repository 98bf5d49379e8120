//! Why a well-formed ask was not carried out, and what to do about it.

use crate::model::policy::Desk;
use crate::model::{Ask, Language, RequesterAsk, Status};

use super::super::news::Rejection;
use super::labels::status_label;
use super::suggested_tags;
use super::tags::tag;
use super::text::{in_quotes, say};

/// One sentence that says why, and one with the remedy.
pub fn rejection(language: Language, desk: &Desk, rejection: &Rejection) -> String {
    let key = &desk.key;
    let show = |ask: &Ask| tag(language, ask);
    let (ru, en) = match rejection {
        Rejection::NotForEngineers(ask) => {
            let instead = show(&instead_of(ask));
            let ask = show(ask);
            (
                format!("{ask} пишет только заявитель. Инженеру подойдёт {instead}."),
                format!("{ask} is for the requester only. For engineers there is {instead}."),
            )
        }
        Rejection::NoRequest(ask) => {
            let ask = show(ask);
            (
                format!(
                    "{ask}: письмо не относится ни к одному запросу. Ответьте на письмо о нужном запросе или укажите в теме его \
                     номер, например [{key}-1042]."
                ),
                format!(
                    "{ask}: the message belongs to no request. Reply to a letter about the request, or put its number in the \
                     subject, such as [{key}-1042]."
                ),
            )
        }
        Rejection::NotInRequest(ask) => {
            let (ask, address) = (show(ask), &desk.address);
            (
                format!(
                    "{ask} открывает новый запрос, а это письмо относится к уже открытому. Отправьте тег новым письмом на \
                     {address}, без номера в теме."
                ),
                format!(
                    "{ask} opens a new request, and the message belongs to one already. Send the tag in a new message to \
                     {address}, without a number in its subject."
                ),
            )
        }
        Rejection::Conflict(one, other) => {
            let (one, other) = (show(one), show(other));
            (
                format!("{one} и {other} исключают друг друга. Оставьте что-то одно."),
                format!("{one} and {other} exclude each other. Keep one of them."),
            )
        }
        Rejection::NotNow(ask, status) => not_now(language, desk, ask, status),
        Rejection::NoWords(ask) => {
            let ask = show(ask);
            (
                format!("{ask} задаёт заявителю вопрос, а текста в письме нет. Напишите вопрос и отправьте ещё раз."),
                format!("{ask} asks the requester a question, and the message holds no text. Write it and send again."),
            )
        }
        Rejection::NoSuchRequest(number) => (
            format!("Запроса {number} нет. Проверьте номер."),
            format!("There is no request {number}. Please check the number."),
        ),
        Rejection::SameRequest(ask) => {
            let ask = show(ask);
            (
                format!("{ask} указывает на этот же запрос. Укажите номер другого."),
                format!("{ask} names this very request. Name another one."),
            )
        }
        Rejection::OwnDuplicate(ask) => {
            let ask = show(ask);
            (
                format!("{ask}: тот запрос сам закрыт как дубль этого. Укажите номер другого."),
                format!("{ask}: that request is itself closed as a duplicate of this one. Name another one."),
            )
        }
        Rejection::NothingToUndo => {
            let example = show(&Ask::Status(Status::InWork));
            (
                format!(
                    "Отменять нечего: Вы ничего здесь не меняли. Другой статус можно поставить тегом, например {example}."
                ),
                format!(
                    "There is nothing of yours to take back. To set another status, use its tag, such as {example}."
                ),
            )
        }
        Rejection::ChangedSince => {
            let example = show(&Ask::Status(Status::InWork));
            (
                format!(
                    "Отменить нельзя: после Вас это изменил кто-то ещё. Поставьте нужное тегом, например {example}."
                ),
                format!("Somebody has changed the same since. Set what you need by its tag, such as {example}."),
            )
        }
        Rejection::PastDay(ask) => {
            let ask = show(ask);
            (
                format!("{ask}: этот день уже настал. Укажите день, в который Вы снова на работе, после сегодняшнего."),
                format!("{ask}: that day has come already. Name the day on which you are back, after today."),
            )
        }
        Rejection::MovedAway(number) => (
            format!(
                "Этот запрос передан службе {}, его номер там: {number}. Напишите туда или укажите в теме новый номер, если Вы \
                 работаете и в той службе.",
                number.desk
            ),
            format!(
                "This request was passed on to desk {}, where its number is {number}. Write there, or put the new number in the \
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
                "A move to another desk cannot be taken back: the request is registered there as {number}, and its requester \
                 knows. Desk {} can pass it back.",
                number.desk
            ),
        ),
        Rejection::SameDesk(ask) => {
            let ask = show(ask);
            (
                format!("{ask}: запрос уже в этой службе. Укажите другую."),
                format!("{ask}: the request is at this desk already. Name another one."),
            )
        }
        Rejection::NobodyWaits(ask) => {
            let ask = show(ask);
            (
                format!("{ask}: эту версию никто не ждёт, или о её выходе уже сообщено. Проверьте номер версии."),
                format!("{ask}: nobody waits for this version, or all were told already. Please check the version."),
            )
        }
        Rejection::NotYet(ask) => {
            let ask = show(ask);
            (
                format!("{ask} пока не поддерживается. Уберите этот тег, остальные можно отправить ещё раз."),
                format!("{ask} is not supported yet. Leave this tag out, and send the others again."),
            )
        }
        Rejection::ForeignSubject(ask) => {
            let ask = show(ask);
            (
                format!(
                    "{ask} стоит в теме ответа на письмо, которого у нас нет, и неясно, кто написал этот тег. Поставьте его \
                     отдельной первой строкой письма."
                ),
                format!(
                    "{ask} stands in the subject of an answer to a message that never came here, so it is unclear who typed it. \
                     Put it alone on the first line of your message."
                ),
            )
        }
        Rejection::OtherRequest(number) => (
            format!(
                "В теме стоит номер [{number}], а письмо относится к другому запросу, и неясно, о каком из них речь. Уберите \
                 лишний номер или ответьте на письмо о нужном запросе."
            ),
            format!(
                "The subject names [{number}], and the message is about another request: it is unclear which request is meant. \
                 Take out the other number, or reply to a letter about the right request."
            ),
        ),
        Rejection::InHtml(ask) => {
            let ask = show(ask);
            (
                format!(
                    "{ask} стоит в письме, у которого есть только HTML, а там теги не действуют. Поставьте его в тему письма или \
                     отправьте обычный текст."
                ),
                format!(
                    "{ask} stands in a message that is only HTML, where tags do not count. Put it into the subject, or send \
                     plain text."
                ),
            )
        }
    };
    say(language, ru, en)
}

fn not_now(language: Language, desk: &Desk, ask: &Ask, status: &Status) -> (String, String) {
    let ask = tag(language, ask);
    let label = in_quotes(language, &status_label(desk, status, language));
    let tags = suggested_tags::moves(desk, status, language);
    (
        format!("{ask} здесь не подходит: статус запроса {label}. Сейчас подойдёт: {tags}."),
        format!("{ask} makes no sense now: the request's status is {label}. What makes sense: {tags}."),
    )
}

/// What an engineer types for what a requester asks.
fn instead_of(ask: &Ask) -> Ask {
    match ask {
        Ask::Requester(RequesterAsk::Disagree) => Ask::Reopen,
        _ => Ask::Close,
    }
}
