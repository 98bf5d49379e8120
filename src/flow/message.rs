//! Parses a message from its raw bytes.

use crate::mail::{parse, words};
use crate::model::settings::Settings;
use crate::model::{Attachment, Defect, Incoming, Reading, Unclear, Words};
use crate::store::Waiting;

/// Bytes of the largest attached file that is searched for tokens.
const MOST_READ: u64 = 8_000_000;

/// Everything that is read from the raw bytes of a message.
pub(super) struct Message {
    pub waiting: Waiting,
    pub incoming: Incoming,
    /// Its author's own words, without quotes; `None` where no engineer is named as its author.
    pub own_words: Option<Words>,
}

impl Message {
    /// Parses a message. Pure, and cannot fail: what is malformed becomes a defect.
    pub(super) fn parse(settings: &Settings, waiting: Waiting, raw: &[u8]) -> Self {
        let mut incoming = parse::parse(raw);
        incoming.reading = scrubbed(incoming.reading);
        for mail in &mut incoming.forwarded {
            mail.words = words::scrub(&mail.words);
            mail.note = words::scrub(&mail.note);
        }
        let cut = cut(&waiting, &incoming.defects);
        if let (Some(_), Some(last)) = (&cut, incoming.attachments.last_mut()) {
            last.is_torn = true;
        }
        incoming.defects.extend(cut);
        let own_words = own_words(settings, &incoming, raw);
        Self { waiting, incoming, own_words }
    }
}

/// What is said of a message that did not come whole. Servers state too large sizes of whole messages: only one that ends inside
/// a part is cut.
fn cut(waiting: &Waiting, defects: &[Defect]) -> Option<Defect> {
    let Waiting { stored, size, server_size, .. } = *waiting;
    if stored < size {
        let text = format!("only the first {stored} of {size} bytes were fetched: the whole is on the server");
        return Some(Defect(text));
    }
    let stated = server_size.filter(|stated| *stated > stored)?;
    let ends_inside = defects.iter().any(|defect| defect.0 == parse::NOT_CLOSED);
    ends_inside.then(|| Defect(format!("it ends inside a part: {stored} of {stated} bytes came from its server")))
}

/// The reading without tokens and keys of ours: its words may be passed on to others.
pub(super) fn scrubbed(reading: Reading) -> Reading {
    let Reading { words, signature, earlier, quoted } = reading;
    let [words, signature, earlier] = [words, signature, earlier].map(|text| words::scrub(&text));
    Reading { words, signature, earlier, quoted }
}

/// What an engineer wrote; `None` where no engineer is named as the author.
fn own_words(settings: &Settings, incoming: &Incoming, raw: &[u8]) -> Option<Words> {
    // A web form names its visitor in Reply-To.
    let mut authors = incoming.from.first().into_iter().chain(incoming.reply_to.first());
    authors.find(|author| author.email().is_some_and(|address| settings.engineer_at(&address).is_some()))?;
    if attaches_token(incoming, raw) {
        return Some(Words::Unclear(Unclear::OurLetterAttached));
    }
    if incoming.is_attached {
        // Nobody has typed what stands in attached messages.
        return Some(Words::default());
    }
    if let Some(forward) = words::forward(incoming) {
        return Some(Words::Own(words::scrub(&words::without_signature_below(&forward.note))));
    }
    Some(match words::own_words(incoming) {
        Words::Own(words) => Words::Own(words::scrub(&words)),
        unclear @ Words::Unclear(_) => unclear,
    })
}

/// Whether an attached e-mail or text holds an engineer's token, which nobody else may get.
fn attaches_token(incoming: &Incoming, raw: &[u8]) -> bool {
    let is_read = |file: &&Attachment| {
        let is_mail = file.content_type.starts_with("message/") || file.filename.to_lowercase().ends_with(".eml");
        (is_mail || file.content_type.starts_with("text/")) && file.size <= MOST_READ
    };
    let files = incoming.attachments.iter().filter(is_read).filter_map(|file| parse::attachment(raw, file.part));
    files.into_iter().any(|file| words::holds_token(&file))
}
