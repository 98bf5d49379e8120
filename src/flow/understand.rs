//! Works out what a message means, before anything is decided about it: parse → look → understand, on any thread but the
//! writer's.

use crate::failpoint;
use crate::mail::form::FormedWords;
use crate::mail::{quote, subject};
use crate::model::{RequestId, Typed, Understanding};
use crate::store::{Findable, Gist, StoreError, View, Waiting};

use super::Context;
use super::destination::Destination;
use super::formed::formed;
use super::kept;
use super::look::Looked;
use super::message::Message;
use super::search;
use super::text::{claimed, texts, typed, without_known_signature};

/// A message, its meaning, and the facts by which it was understood.
pub(super) struct Understood {
    pub message: Message,
    pub understanding: Understanding,
    /// Its words with their form.
    pub formed: Vec<FormedWords>,
    /// What a request is about that it opens.
    pub gist: Gist,
    /// Earlier requests that resemble it; none where it answers something.
    pub similar: Vec<RequestId>,
    pub looked: Looked,
}

/// Parses and understands a waiting message, and makes ready the words by which it can be found. `None` where the mailbox that it
/// came to is not configured. It is compared with requests up to `newest`: those of messages that are handled beside it do not count,
/// so that it does not matter which of them is first.
pub(super) fn understand(
    context: &Context,
    view: View<'_>,
    waiting: Waiting,
    newest: RequestId,
) -> Result<Option<(Understood, Findable)>, StoreError> {
    let (settings, received) = (&*context.settings, waiting.id);
    let Some(at) = Destination::of(settings, &waiting.mailbox) else { return Ok(None) };
    let raw = view.raw(received)?;
    failpoint::poisoned_by(&raw);
    let mut message = Message::parse(settings, waiting, &raw);
    let (claims, looked) = claimed(context, &view, at, &message)?;
    let understanding = with_text(context, &view, &message, claims, &looked)?;
    let formed = formed(&context.settings, &mut message, &understanding);
    let incoming = &message.incoming;
    let findable = search::findable(&incoming.subject, &understanding.reading.shown(), &incoming.attachments, &raw);
    let gist = Gist::of(&incoming.subject, &incoming.reading.content());
    // Engineers alone are shown what resembles a new request.
    let is_compared = !settings.engineers().is_empty()
        && looked.answers_nothing()
        && understanding.automatic.is_empty()
        && !message.waiting.is_older;
    let similar = if is_compared { view.similar(&at.desk.key, &gist, newest)? } else { Vec::new() };
    Ok(Some((Understood { understanding, message, formed, gist, similar, looked }, findable)))
}

/// Reads the text of a message beside the message of ours that it answers, and what was kept of the one that this letter asks
/// about.
pub(super) fn with_text(
    context: &Context,
    view: &View<'_>,
    message: &Message,
    claims: Understanding,
    looked: &Looked,
) -> Result<Understanding, StoreError> {
    let settings = &*context.settings;
    let (reading, words, in_other_version) = texts(view, message, &claims, looked)?;
    let (words, signature) = without_known_signature(settings, view, &claims.sender, words)?;
    let typed = typed(settings, message, &claims.sender, looked, words);
    let typed = Typed { signature, in_other_version, ..typed };
    let is_signature = quote::is_signature(&reading.words);
    let kept = if claims.sender.engineer.is_some() { kept::kept(context, view, looked)? } else { None };
    let subject_raw = &message.incoming.subject_raw;
    let own_subject = subject::changed(subject_raw, looked.subject.as_deref(), &settings.desk_keys());
    Ok(Understanding { typed, reading, is_signature, own_subject, kept, ..claims })
}
