//! Renders a letter to bytes, with its files read from the messages that brought them.

use crate::mail::compose::{self, ComposeError};
use crate::mail::parse;
use crate::model::{Digest, Letter, SentFile};
use crate::store::{StoreError, View};

use super::super::shown_history::complete;

/// Why a letter could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// Composing failed, which is a bug of ours.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// This file can no longer be read.
    #[error("{} can no longer be read", .0.filename)]
    Erased(Box<SentFile>),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Renders a letter as it is sent. Beside the letter itself, one message that brought files is in memory, and one of its files.
pub fn render(view: View<'_>, letter: &Letter) -> Result<Vec<u8>, RenderError> {
    let letter = complete(&view, letter)?;
    let forms = view.forms(&letter.draft.formed)?;
    compose::compose(&letter, &forms, |files, add| {
        let mut erased = None;
        read_files(view, files, |file, bytes| match bytes {
            Some(bytes) => add(file, bytes),
            None => drop(erased.get_or_insert_with(|| Box::new(file.clone()))),
        })?;
        erased.map_or(Ok(()), |file| Err(RenderError::Erased(file)))
    })
}

/// The files of a letter that can no longer be read: `first`, and whichever others.
pub fn unreadable_files(view: View<'_>, letter: &Letter, first: SentFile) -> Result<Vec<SentFile>, StoreError> {
    let mut unreadable = vec![first];
    for files in letter.draft.files.chunk_by(of_one_message) {
        read_files(view, files, |file, bytes| {
            if bytes.is_none() && !unreadable.contains(file) {
                unreadable.push(file.clone());
            }
        })?;
    }
    Ok(unreadable)
}

fn of_one_message(one: &SentFile, other: &SentFile) -> bool {
    one.received == other.received
}

/// Reads files that one message brought, and hands over the bytes of each; `None` where they are gone, or are not the same content
/// any more.
fn read_files(
    view: View<'_>,
    files: &[SentFile],
    mut each: impl FnMut(&SentFile, Option<&[u8]>),
) -> Result<(), StoreError> {
    let Some(first) = files.first() else { return Ok(()) };
    let raw = match view.raw(first.received) {
        Ok(raw) => raw,
        Err(error) if error.is_fatal() || error.is_passing() => return Err(error),
        Err(_) => {
            files.iter().for_each(|file| each(file, None));
            return Ok(());
        }
    };
    let parts: Vec<u32> = files.iter().map(|file| file.part).collect();
    let mut next = files.iter();
    parse::attachments(&raw, &parts, |bytes| {
        if let Some(file) = next.next() {
            each(file, bytes.as_deref().filter(|bytes| Digest::of(bytes) == file.sha256));
        }
    });
    Ok(())
}
