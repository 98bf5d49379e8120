//! Receipts for engineers who have said that they are away, or back.

use jiff::civil::Date;

use crate::model::Ask;

use super::engineer::{ToEngineer, below_cut_line};
use super::tags::tag;
use super::text::{pick, readable_date};

/// The subject of both receipts.
pub fn absence_subject(to: &ToEngineer<'_>) -> String {
    let name = &to.desk.name;
    pick(to.language, format!("{name}: Ваше отсутствие"), format!("{name}: your absence"))
}

/// The receipt for an engineer who is away: what they get and do not get until then. `back` is the first day back; `None` if
/// they have named none.
pub fn away(to: &ToEngineer<'_>, back: Option<Date>) -> String {
    let noted = match back.map(|day| readable_date(to.language, day)) {
        Some(day) => pick(
            to.language,
            format!("Записано: Вы отсутствуете и вернётесь {day}."),
            format!("Noted: you are away and will be back on {day}."),
        ),
        None => pick(
            to.language,
            "Записано: Вы отсутствуете, пока не напишете, что вернулись.".to_owned(),
            "Noted: you are away until you tell us that you are back.".to_owned(),
        ),
    };
    let follows = pick(
        to.language,
        "До тех пор новые запросы Вам не назначаются, и письма для Вашей линии Вам не приходят. О новостях в запросах, где \
         исполнитель Вы, узнаёте и Вы, и линия.",
        "Until then, no new requests will be assigned to you, and you will not receive the e-mails to your line. News about \
         requests assigned to you goes both to you and to the line.",
    );
    let tag = tag(to.language, &Ask::Back);
    let earlier = pick(
        to.language,
        format!("Если вернётесь раньше, пришлите тег {tag}."),
        format!("If you come back earlier, send {tag}."),
    );
    let unknown =
        pick(to.language, format!("Когда вернётесь, пришлите тег {tag}."), format!("When you are back, send {tag}."));
    below_cut_line(to.language, [noted, follows.to_owned(), if back.is_some() { earlier } else { unknown }])
}

/// The receipt for an engineer who is back.
pub fn back(to: &ToEngineer<'_>) -> String {
    let (ru, en) = (
        "Записано: Вы снова на работе. Вам опять приходят новые запросы и письма для Вашей линии.",
        "Noted: you are back. You will again receive new requests and the e-mails to your line.",
    );
    below_cut_line(to.language, [pick(to.language, ru, en).to_owned()])
}
