//! Works out what a message means, before anything is decided about it: parse → look → understand, on any thread but the
//! writer's.

use crate::desk;
use crate::failpoint;
use crate::mail::quote::{self, Ours};
use crate::mail::subject::{self, tags};
use crate::mail::words;
use crate::model::settings::Settings;
use crate::model::{Reading, Sender, Typed, Understanding, Words};
use crate::store::{Findable, StoreError, View, Waiting};

use super::Context;
use super::destination::Destination;
use super::look::{Looked, look, quotable};
use super::message::{Message, scrubbed};
use super::references::references;
use super::search;

/// A message, its meaning, and the facts by which it was understood.
pub(super) struct Understood {
    pub message: Message,
    pub understanding: Understanding,
    /// The words by which it can be found.
    pub findable: Findable,
    pub looked: Looked,
}

/// Parses and understands a waiting message. `None` where the mailbox that it came to is not configured.
pub(super) fn understand(
    context: &Context,
    view: View<'_>,
    waiting: Waiting,
) -> Result<Option<Understood>, StoreError> {
    let (settings, received) = (&*context.settings, waiting.id);
    let Some(at) = Destination::of(settings, &waiting.mailbox) else { return Ok(None) };
    let raw = view.raw(received)?;
    failpoint::poisoned_by(&raw);
    let message = Message::parse(settings, waiting, &raw);
    let incoming = &message.incoming;
    let claims = desk::claims(incoming, at.desk, &settings.desks, context.ring.instance());
    let (references, proofs) = references(&context.ring, settings, at, incoming, claims.sender.is_form);
    let subject = subject::without_references(&incoming.subject, &settings.desk_keys());
    let understanding = Understanding { references, proofs, subject, ..claims };
    let thread = look(&view, received, at, &understanding)?;
    let looked = Looked::of(&thread, &settings.desks, at.desk);
    let understanding = with_text(&view, settings, &message, understanding, &looked)?;
    let findable = search::findable(&incoming.subject, &understanding.reading.whole(), &incoming.attachments, &raw);
    Ok(Some(Understood { understanding, message, looked, findable }))
}

/// Reads the text of a message beside the message of ours that it answers.
pub(super) fn with_text(
    view: &View<'_>,
    settings: &Settings,
    message: &Message,
    understanding: Understanding,
    looked: &Looked,
) -> Result<Understanding, StoreError> {
    let incoming = &message.incoming;
    let ours: Vec<Ours> = quotable(view, looked)?.iter().map(|text| Ours::new(text)).collect();
    let reading = match ours.is_empty() {
        true => incoming.reading.clone(),
        false => scrubbed(quote::read(&incoming.text, subject::is_forward(&incoming.subject_raw), &ours)),
    };
    let typed = typed(settings, message, &understanding.sender, looked, &reading);
    Ok(Understanding { typed, reading, ..understanding })
}

/// Reads what the writer of a message typed. Its tags are the brackets that the answered message does not have, read by the
/// vocabulary of the request's desk; its words are the rest, without tokens and keys, so that they can be passed on.
fn typed(settings: &Settings, message: &Message, sender: &Sender, looked: &Looked, reading: &Reading) -> Typed {
    let incoming = &message.incoming;
    let Some(desk) = settings.desk(&looked.desk) else { return Typed::default() };
    let vocabulary = desk.vocabulary(settings.desk_keys());
    let raw = &incoming.subject_raw;
    let is_answer = !incoming.answered().is_empty() || subject::without_prefixes(raw) != raw.trim();
    let words = match &message.own_words {
        Some(words) if sender.engineer.is_some() => words.clone(),
        // The new words of a reply were freed of tokens when the message was parsed.
        _ => Words::Own(reading.words.clone()),
    };
    let (first_line, words) = match words {
        Words::Own(words) => {
            let first_line = tags::first_line_tags(&words, &vocabulary);
            let bare = words::without_first_line_tags(&words, &first_line);
            (first_line, Words::Own(bare))
        }
        unclear @ Words::Unclear(_) => (Vec::new(), unclear),
    };
    Typed {
        subject: tags::asks_typed(raw, looked.subject.as_deref().unwrap_or_default(), &vocabulary),
        first_line,
        is_html: incoming.is_html,
        is_foreign: is_answer && looked.subject.is_none(),
        words,
    }
}
