//! The form of a message's words, worked out when they are understood.

use std::collections::BTreeSet;

use crate::mail::form::{self, FormedWords};
use crate::model::settings::Settings;
use crate::model::{Defect, EmailAddress, Incoming, LeftOut, Understanding, Words};

use super::message::Message;

/// The form of whatever may be shown as the message's words: of all that its text holds, beside the letter that it answers and
/// without; and of what its writer typed, without its tags. What is left out of them becomes a defect.
pub(super) fn formed(settings: &Settings, message: &mut Message, understanding: &Understanding) -> Vec<FormedWords> {
    let incoming = &mut message.incoming;
    if incoming.form.lines.is_empty() {
        return Vec::new();
    }
    let mut shown = vec![&understanding.reading.words, &incoming.reading.words];
    if let Words::Own(words) = &understanding.typed.words {
        shown.insert(0, words);
    }
    let is_desk = |address: &str| {
        let address = EmailAddress::parse(address);
        address.is_ok_and(|address| settings.desks.iter().any(|desk| desk.is_own(&address)))
    };
    let are_pictures_named = incoming.text.contains("[image");
    let mut formed: Vec<FormedWords> = Vec::new();
    for words in shown {
        if !words.is_empty() && formed.iter().all(|known| known.words != *words) {
            formed.push(form::of_words(&incoming.form, words, are_pictures_named, is_desk));
        }
    }
    if understanding.sender.engineer.is_some() {
        place_pictures(incoming, &understanding.typed.words, &formed);
    }
    let left_out: BTreeSet<LeftOut> = formed.iter().flat_map(|formed| &formed.left_out).copied().collect();
    if !left_out.is_empty() {
        let left_out: Vec<String> = left_out.iter().map(ToString::to_string).collect();
        incoming.defects.push(Defect(format!("HTML: left out: {}", left_out.join(", "))));
    }
    formed
}

/// Notes of each picture in the text whether it stands in what its author typed.
fn place_pictures(incoming: &mut Incoming, typed: &Words, formed: &[FormedWords]) {
    let Words::Own(words) = typed else { return };
    let known = formed.iter().find(|formed| formed.words == *words).map(|formed| formed.pictures.clone());
    let Some(typed) = known.unwrap_or_else(|| words.is_empty().then(Vec::new)) else { return };
    let placed: Vec<u32> = incoming.form.pictures().collect();
    for file in incoming.attachments.iter_mut().filter(|file| file.inline && placed.contains(&file.part)) {
        file.is_typed = Some(typed.contains(&file.part));
    }
}
