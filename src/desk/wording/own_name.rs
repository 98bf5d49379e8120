//! The question about a message whose author would be the desk itself.

use super::engineer::{ToEngineer, below_cut_line};
use super::question::{beginning, inert_line, named_subject};
use super::text::pick;

/// Subject and text for an engineer about a message that has the desk's own address in its From. The message may be forged:
/// little of it is shown, and nothing in it can be clicked or become a tag. `list` is its List-Id.
pub fn in_own_name(to: &ToEngineer<'_>, subject: &str, words: &str, list: Option<&str>) -> (String, String) {
    let language = to.language;
    let subject = inert_line(subject);
    let address = &to.desk.address;
    let arrived = pick(
        language,
        format!(
            "На {address} пришло письмо, в котором отправителем указан адрес самой поддержки. Так бывает, когда его пересылает \
             группа или список рассылки. Кто его написал, мы не знаем, поэтому оно отложено: запрос не открыт, и автору никто не \
             ответил."
        ),
        format!(
            "A message arrived at {address} that names the desk's own address as its sender, as groups and mailing lists write \
             it. We do not know who wrote it, so it is on hold: no request was opened, and its author was sent nothing."
        ),
    );
    let shown: Vec<String> =
        [named_subject(language, &subject)].into_iter().chain(beginning(language, words)).collect();
    let remedy = pick(
        language,
        "Чтобы открыть по нему запрос, ответьте на это письмо одним словом «да». У запроса не будет заявителя: укажите его тегом \
         [от имени адрес].",
        "To open a request from it, reply to this e-mail with the single word “yes”. The request will have no requester: name \
         them with the tag [for address].",
    );
    let group = list.map(inert_line).map(|list| {
        pick(
            language,
            format!(
                "Если это группа Вашей организации, администратор может указать её в own_lists: тогда отправителем станет автор \
                 письма. List-Id: {list}"
            ),
            format!(
                "If this is a group of your organisation, the administrator can name it in own_lists, and the author of such mail \
                 becomes the requester. List-Id: {list}"
            ),
        )
    });
    let title = pick(
        language,
        format!("Письмо от адреса самой поддержки: {subject}"),
        format!("A message from the desk's own address: {subject}"),
    );
    let paragraphs = [arrived, shown.join("\n"), remedy.to_owned(), group.unwrap_or_default()];
    (title.trim_end().to_owned(), below_cut_line(language, paragraphs))
}
