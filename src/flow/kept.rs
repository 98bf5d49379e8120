//! Reads again what an engineer wrote before, where the letter that they answer asks whether it is to be sent after all.

use crate::mail::words;
use crate::model::{Ask, BodyTags, KeptMessage, LetterKind, PlacedTag, Typed, Unclear, Words};
use crate::store::{StoreError, View};

use super::Context;
use super::destination::Destination;
use super::look::Looked;
use super::message::Message;
use super::text::{claimed, texts, typed, without_known_signature};

/// The message that the answered letter asks about, where that letter gave it back or said that it was kept for colleagues.
/// `None` where there is none, or nothing of it could be sent.
pub(super) fn kept(
    context: &Context,
    view: &View<'_>,
    looked: &Looked,
) -> Result<Option<Box<KeptMessage>>, StoreError> {
    let letter = looked.letter.map_or(Ok(None), |letter| view.letter(letter))?.map(|letter| letter.draft);
    let sends = |kind| matches!(kind, LetterKind::Explanation | LetterKind::Receipt);
    let Some(id) = letter.filter(|letter| sends(letter.kind)).and_then(|letter| letter.asks_about) else {
        return Ok(None);
    };
    let settings = &*context.settings;
    let Some(waiting) = view.handled(id)? else { return Ok(None) };
    let Some(at) = Destination::of(settings, &waiting.mailbox) else { return Ok(None) };
    let message = Message::parse(settings, waiting, &view.raw(id)?);
    let (claims, looked) = claimed(context, view, at, &message)?;
    let (reading, own, _) = texts(view, &message, &claims, &looked)?;
    let own = match own {
        Words::Unclear(Unclear::OurLetterAttached | Unclear::Encrypted) => return Ok(None),
        _ if message.incoming.is_encrypted() => return Ok(None),
        // Its author was shown all of this.
        Words::Unclear(
            Unclear::NoCutLine
            | Unclear::BelowCutLine
            | Unclear::NothingTyped
            | Unclear::OnlySignature
            | Unclear::VersionsDiffer,
        ) => reading.words.clone(),
        Words::Own(words) => words,
    };
    let (own, _) = without_known_signature(settings, view, &claims.sender, Words::Own(own))?;
    let read = typed(settings, &message, &claims.sender, &looked, own);
    let notes: Vec<PlacedTag> = read.body.counted.iter().filter(|tag| is_note(tag)).cloned().collect();
    let bare = words::without_tags(&read.with_brackets, &notes);
    let body = BodyTags { is_sent_as_it_is: true, ..BodyTags::default() };
    let typed = Typed { body, words: Words::Own(bare), ..read };
    let incoming = message.incoming;
    let (subject, attachments) = (incoming.subject_raw, incoming.attachments);
    Ok(Some(Box::new(KeptMessage { id, subject, typed, reading, attachments })))
}

/// Whether a tag has made the message a note, and stands apart from its words.
fn is_note(tag: &PlacedTag) -> bool {
    tag.is_set_apart && tag.bracket.answer.asks().contains(&Ask::Note)
}
