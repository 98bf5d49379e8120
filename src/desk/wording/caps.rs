//! What engineers are told where caps keep an acknowledgement back, and where messages become a flood.

use jiff::civil::DateTime;

use crate::model::Language;

use super::super::news::AlertNews;
use super::engineer::{ToEngineer, below_cut_line};
use super::text::{mask_cut_lines, pick, quote_lines, readable_time};

/// That the acknowledgement of the request with this number waits, in Russian and English.
pub(super) fn waits(of: &str, until: DateTime) -> (String, String) {
    let (ru, en) = (readable_time(Language::Ru, until), readable_time(Language::En, until));
    (
        format!(
            "Подтверждение с номером{of} уйдёт заявителю {ru}: сейчас их слишком много. Если Вы ответите раньше, номер будет \
             в Вашем письме."
        ),
        format!(
            "The acknowledgement of{of} will be sent to the requester on {en}, because too many are being sent now. If you \
             reply earlier, your e-mail gives the number instead."
        ),
    )
}

/// That the request with this number is not acknowledged, in Russian and English.
pub(super) fn withheld(of: &str) -> (String, String) {
    (
        format!(
            "Заявитель не получил подтверждения: похожих писем или писем от незнакомых отправителей слишком много. Номер{of} \
             он узнает из Вашего ответа."
        ),
        format!(
            "The requester was not sent an acknowledgement, because there are too many similar messages, or messages from \
             unknown senders. Your reply will tell them the number{of}."
        ),
    )
}

/// That so many similar messages came within an hour, and that further ones are added to the request with this number.
pub(super) fn flood(of: &str, count: u32) -> (String, String) {
    (
        format!(
            "С этого адреса за час пришло больше {count} похожих писем. Следующие добавляются сюда, и отдельных уведомлений о \
             них не будет. Администратор может сделать каждое отдельным запросом: maildesk received split{of}"
        ),
        format!(
            "More than {count} similar messages have come from this address within an hour. Further ones are added here, and \
             you are not notified of them. The administrator can make each of them a request of its own: maildesk received \
             split{of}"
        ),
    )
}

/// That one more alike alert came, and why that is told, in Russian and English.
pub(super) fn alerts(of: &str, count: u32, why: AlertNews) -> (String, String) {
    let (ru, en) = match why {
        AlertNews::Many => ("похожие автоматические сообщения повторяются", "similar automatic messages keep coming"),
        AlertNews::Again => (
            "после перерыва снова пришло похожее автоматическое сообщение",
            "a similar automatic message came again after a pause",
        ),
        AlertNews::Worse => (
            "пришло похожее автоматическое сообщение, более серьёзное, чем прежние",
            "a similar automatic message came that is more severe than those before",
        ),
    };
    (
        format!("Запрос{of}: {ru}. Всего их {count}, последнее ниже."),
        format!("Request{of}: {en}. There are {count} of them, the last one is below."),
    )
}

/// The text that an engineer gets whose words were not passed on, because their mail program seems to repeat them.
pub fn not_sent_again(to: &ToEngineer<'_>, words: &str) -> String {
    let nothing = pick(
        to.language,
        "Ваше письмо не отправлено заявителю: это те же слова в третий раз, и каждый раз они пришли меньше чем через минуту \
         после нашего письма, как у автоответчика.",
        "Your message was not sent to the requester: it has the same words for the third time, and each time they came less \
         than a minute after our e-mail, as automatic replies do.",
    );
    let remedy = pick(
        to.language,
        "Если их написали Вы и они для заявителя, ответьте на это письмо одним словом «да», и текст будет отправлен:",
        "If you wrote them for the requester, reply to this e-mail with the single word “yes”, and they are sent:",
    );
    below_cut_line(to.language, [nothing.to_owned(), remedy.to_owned(), quote_lines(&mask_cut_lines(words))])
}
