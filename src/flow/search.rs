//! Prepares messages for the search index, and cuts excerpts for what was found.

use serde::Serialize;

use crate::mail::{parse, words};
use crate::model::{Attachment, FileFacts, ReceivedId, Visibility};
use crate::store::{AttachmentRow, Excerpt, Findable, FoundRow, MOST_TEXT, Query, StoreError, View};

/// In which part of a request something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundIn {
    /// In a message's subject.
    Subject,
    /// In a message's text.
    Text,
    /// In the name of a file.
    FileName,
    /// In the text of a file.
    File,
}

/// An excerpt of what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Passage {
    /// The part in which it was found.
    pub place: FoundIn,
    /// Whether it is hidden from requesters.
    pub is_note: bool,
    /// The message in which it was found.
    pub received: ReceivedId,
    /// The name of the file; `None` where it was not found in a file.
    pub file: Option<String>,
    /// The words that were found, with those around them.
    pub words: String,
}

/// The words by which a message can be found.
pub(super) fn findable(subject: &str, text: &str, files: &[Attachment], raw: &[u8]) -> Findable {
    let mut findable = Findable::new(subject, text, files.iter().flat_map(names));
    for (position, text) in parse::texts(raw, files) {
        findable.add_file(position, &text);
    }
    findable
}

/// The name of a file and, of an archive, the names of the files in it.
fn names(file: &Attachment) -> Vec<&str> {
    let within = match &file.facts {
        Some(FileFacts::Archive { files, .. }) => files.as_slice(),
        Some(FileFacts::Picture { .. } | FileFacts::Log { .. }) | None => &[],
    };
    std::iter::once(file.filename.as_str()).chain(within.iter().map(|(name, _)| name.as_str())).collect()
}

/// The excerpt of a text around what was found. Secrets are removed before anything is cut off, so that no half of one stays.
fn excerpt(query: &Query, text: &str) -> Option<Excerpt> {
    query.excerpt(&words::scrub(&text[..text.floor_char_boundary(MOST_TEXT)]))
}

/// The excerpt of a found request that holds the most words of the query; `None` where no text holds any.
pub fn passage(view: View<'_>, query: &Query, row: &FoundRow) -> Result<Option<Passage>, StoreError> {
    let files = view.attachments(row.received)?;
    let passage = |place, file: Option<&AttachmentRow>, excerpt: Excerpt| Passage {
        place,
        is_note: row.visibility == Visibility::Internal,
        received: row.received,
        file: file.map(|file| file.attachment.filename.clone()),
        words: excerpt.words,
    };
    if let Some(position) = row.file {
        let attachments: Vec<Attachment> = files.iter().map(|file| file.attachment.clone()).collect();
        let texts = parse::texts(&raw(view, row.received)?, &attachments);
        let text = texts.iter().find(|(at, _)| *at == position);
        let file = files.iter().find(|file| file.position == position);
        return Ok(text.and_then(|(_, text)| excerpt(query, text)).map(|found| passage(FoundIn::File, file, found)));
    }
    let Some(entry) = view.entry_of(row.received)? else { return Ok(None) };
    let mut found: Vec<Passage> = Vec::new();
    let mut most = 0;
    let mut add = |place, file: Option<&AttachmentRow>, text: &str| {
        if let Some(excerpt) = excerpt(query, text).filter(|excerpt| excerpt.terms > most) {
            most = excerpt.terms;
            found.push(passage(place, file, excerpt));
        }
    };
    // The new words of a message say more than its quotes; its subject is mostly that of the request.
    add(FoundIn::Text, None, &entry.reply_text);
    add(FoundIn::Text, None, &entry.signature);
    add(FoundIn::Text, None, &entry.earlier);
    for file in &files {
        add(FoundIn::FileName, Some(file), &names(&file.attachment).join(", "));
    }
    add(FoundIn::Subject, None, &row.subject);
    if let Some(received) = view.received_one(row.received)? {
        add(FoundIn::Subject, None, &received.subject);
    }
    Ok(found.pop())
}

/// The raw bytes of a message; empty where they are erased.
pub(super) fn raw(view: View<'_>, received: ReceivedId) -> Result<Vec<u8>, StoreError> {
    match view.raw(received) {
        Err(error) if !error.is_fatal() && !error.is_passing() => Ok(Vec::new()),
        raw => raw,
    }
}
