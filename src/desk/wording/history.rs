//! Earlier messages of a request in a letter to an engineer: which are shown, what stands around them, and how they look.

use crate::model::policy::Desk;
use crate::model::{Ask, Block, EmailAddress, EntryHead, Language, ReceivedId, ShownEntry, ShownHistory, Visibility};

use super::super::calendar;
use super::engineer::{ToEngineer, below_cut_line};
use super::labels::status_label;
use super::tags::tag;
use super::text::{in_quotation_marks, mask_cut_lines, pick, quote_lines, readable_time, shortened};

/// How much of the correspondence a letter shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// Nothing.
    #[default]
    Nothing,
    /// The last words of each side before what the letter tells: what they answer.
    LastExchange,
    /// All of it, as far as a letter is readable.
    Whole,
    /// All of it for somebody who has asked for it.
    Asked,
}

/// Messages of the last exchange.
const EXCHANGED: usize = 2;
/// The longest part that is shown of each of them, in characters.
const LONGEST_EXCHANGED: u32 = 2_000;
/// Messages that are shown at most where a request is passed on, and their length together, in characters: about twenty pages.
const WHOLE: (usize, u32) = (60, 40_000);
/// The same where the whole is asked for: what mail programs still open quickly.
const ASKED: (usize, u32) = (400, 400_000);
/// The longest part that is shown of one message, in characters.
const LONGEST: u32 = 20_000;

/// The earlier messages that a letter shows, of these, which are ordered from the newest; `None` where it shows none.
pub fn history(to: &ToEngineer<'_>, heads: &[EntryHead], extent: Extent) -> Option<ShownHistory> {
    let shown: Vec<&EntryHead> = match extent {
        Extent::Nothing => return None,
        Extent::LastExchange => last_exchange(to.desk, heads),
        Extent::Whole => fitting(heads, WHOLE),
        Extent::Asked => fitting(heads, ASKED),
    };
    if shown.is_empty() {
        return None;
    }
    let most = if extent == Extent::LastExchange { LONGEST_EXCHANGED } else { LONGEST };
    let entries = shown.iter().map(|head| ShownEntry { received: head.received, heading: heading(to, head), most });
    let title = match extent {
        Extent::LastExchange => pick(to.language, "Перед этим:", "Before that:"),
        _ => pick(to.language, "Вся переписка, сверху новое:", "The correspondence, newest first:"),
    };
    let left = heads.len().saturating_sub(shown.len());
    let end = if extent == Extent::LastExchange || left == 0 { String::new() } else { rest(to, extent, left) };
    Some(ShownHistory { title: title.to_owned(), entries: entries.collect(), end })
}

/// The earlier messages of a letter as it shows them; `texts` holds what they say, by message.
pub fn shown_history(language: Language, history: &ShownHistory, texts: &[(ReceivedId, String)]) -> Vec<Block> {
    let mut blocks = vec![Block::Rule, Block::Heading(history.title.clone())];
    for entry in &history.entries {
        let said = texts.iter().find(|(received, _)| *received == entry.received).map_or("", |(_, said)| said);
        let most = usize::try_from(entry.most).unwrap_or(usize::MAX);
        let said = match mask_cut_lines(&shortened(said, most)) {
            said if said.is_empty() => pick(language, "(без текста)", "(no text)").to_owned(),
            said => quote_lines(&said),
        };
        blocks.push(Block::Text(format!("{}\n{said}", entry.heading)));
    }
    if !history.end.is_empty() {
        blocks.push(Block::Text(history.end.clone()));
    }
    blocks
}

/// The one line for whoever passed a request on and keeps control: that it was answered, by whom, or how it stands at its end.
pub fn passed_on_before(to: &ToEngineer<'_>, answered_by: Option<&str>, ends: bool) -> String {
    let number = to.request.map(|request| request.number.to_string()).unwrap_or_default();
    let answered = answered_by.map(|name| {
        pick(
            to.language,
            format!("{name} отвечает заявителю по запросу {number}, который Вы передали дальше."),
            format!("{name} has replied to the requester of request {number}, which you passed on."),
        )
    });
    let status = to.request.map(|request| status_label(to.desk, &request.standing.status, to.language));
    let status = in_quotation_marks(to.language, &status.unwrap_or_default());
    let ended = ends.then(|| match (to.language, answered.is_some()) {
        (Language::Ru, true) => format!("Статус: {status}."),
        (Language::Ru, false) => format!("Запрос {number}, который Вы передали дальше, получил статус {status}."),
        (Language::En, true) => format!("Its status is {status}."),
        (Language::En, false) => format!("Request {number}, which you passed on, now has the status {status}."),
    });
    below_cut_line(to.language, [answered.into_iter().chain(ended).collect::<Vec<_>>().join(" ")])
}

/// The newest messages of different voices: of the customer and of an engineer, or a note.
fn last_exchange<'a>(desk: &Desk, heads: &'a [EntryHead]) -> Vec<&'a EntryHead> {
    let voice = |head: &EntryHead| (engineer(desk, head).is_some(), head.visibility);
    let mut shown: Vec<&EntryHead> = Vec::new();
    for head in heads {
        if shown.len() < EXCHANGED && shown.iter().all(|known| voice(known) != voice(head)) {
            shown.push(head);
        }
    }
    shown
}

/// As many messages as fit, at least one.
fn fitting(heads: &[EntryHead], (most, length): (usize, u32)) -> Vec<&EntryHead> {
    let mut left = length;
    let mut shown = Vec::new();
    for head in heads.iter().take(most) {
        let takes = head.length.min(LONGEST);
        if takes > left && !shown.is_empty() {
            break;
        }
        left = left.saturating_sub(takes);
        shown.push(head);
    }
    shown
}

/// Who wrote a message and when, and that nobody but engineers has seen it.
fn heading(to: &ToEngineer<'_>, head: &EntryHead) -> String {
    let who = match engineer(to.desk, head) {
        Some(name) => name,
        None if head.author.is_empty() => pick(to.language, "Неизвестно кто", "Unknown sender").to_owned(),
        None => head.author.clone(),
    };
    let at = readable_time(to.language, calendar::local(&to.desk.calendar, head.at));
    let note = match (head.visibility, engineer(to.desk, head).is_some()) {
        (Visibility::Correspondence, _) => "",
        (Visibility::Internal, true) => pick(to.language, ", заметка", ", note"),
        (Visibility::Internal, false) => pick(to.language, ", видят только инженеры", ", seen by engineers only"),
    };
    format!("{who}, {at}{note}:")
}

fn engineer(desk: &Desk, head: &EntryHead) -> Option<String> {
    let address = EmailAddress::parse(&head.author).ok()?;
    desk.engineer_at(&address).map(|engineer| engineer.full_name.clone())
}

/// How to get the messages that are not shown.
fn rest(to: &ToEngineer<'_>, extent: Extent, left: usize) -> String {
    let number = to.request.map(|request| request.number.to_string()).unwrap_or_default();
    match extent {
        Extent::Asked => pick(
            to.language,
            format!("Более ранних сообщений: {left}. Их покажет администратор: maildesk show {number}"),
            format!("Earlier messages: {left}. The administrator can show them: maildesk show {number}"),
        ),
        _ => {
            let tag = tag(to.language, &Ask::History);
            pick(
                to.language,
                format!("Более ранних сообщений: {left}. Чтобы получить их, ответьте на это письмо с тегом {tag}."),
                format!("Earlier messages: {left}. To get them, reply to this e-mail with {tag}."),
            )
        }
    }
}
