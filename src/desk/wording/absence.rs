//! Receipts for engineers who are away, or back.

use jiff::civil::Date;

use crate::model::Ask;

use super::engineer::{ToEngineer, below_cut_line};
use super::tags::tag;
use super::text::{readable_date, say};

/// The subject of such a receipt.
pub fn absence_subject(to: &ToEngineer<'_>) -> String {
    let name = &to.desk.name;
    say(to.language, format!("{name}: Ваше отсутствие"), format!("{name}: your absence"))
}

/// What follows while the reader is away; `back` is the first day back, if it is known.
pub fn away(to: &ToEngineer<'_>, back: Option<Date>) -> String {
    let noted = match back.map(|day| readable_date(to.language, day)) {
        Some(day) => say(
            to.language,
            format!("Записано: Вас нет, {day} Вы снова на работе."),
            format!("Noted: you are away, and back on {day}."),
        ),
        None => say(
            to.language,
            "Записано: Вас нет, пока Вы не напишете, что вернулись.".to_owned(),
            "Noted: you are away, until you write that you are back.".to_owned(),
        ),
    };
    let follows = say(
        to.language,
        "До тех пор новые запросы Вам не назначаются и письма для Вашей линии Вам не приходят. О запросах, где исполнитель \
         Вы, узнаёте и Вы, и линия.",
        "Until then no new requests are assigned to you, and letters to your line do not come to you. What happens in requests \
         of yours is told to you and to the line.",
    );
    let tag = tag(to.language, &Ask::Back);
    let earlier = say(
        to.language,
        format!("Если вернётесь раньше, пришлите тег {tag}."),
        format!("Should you be back earlier, send {tag}."),
    );
    let unknown =
        say(to.language, format!("Когда вернётесь, пришлите тег {tag}."), format!("When you are back, send {tag}."));
    below_cut_line([noted, follows.to_owned(), if back.is_some() { earlier } else { unknown }])
}

/// The reader is back.
pub fn back(to: &ToEngineer<'_>) -> String {
    let (ru, en) = (
        "Записано: Вы снова на работе. Новые запросы и письма для Вашей линии опять приходят Вам.",
        "Noted: you are back. New requests and letters to your line come to you again.",
    );
    below_cut_line([say(to.language, ru, en).to_owned()])
}
