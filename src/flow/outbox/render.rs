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

/// Renders a letter as it is sent. Beside the letter itself, one file at a time is in memory.
pub fn render(view: View<'_>, letter: &Letter) -> Result<Vec<u8>, RenderError> {
    let letter = complete(&view, letter)?;
    compose::compose(&letter, |file| match read_file(view, file)? {
        Some(bytes) => Ok(bytes),
        None => Err(RenderError::Erased(Box::new(file.clone()))),
    })
}

/// The files of a letter that can no longer be read: `first`, and whichever others.
pub fn unreadable_files(view: View<'_>, letter: &Letter, first: SentFile) -> Result<Vec<SentFile>, StoreError> {
    let mut unreadable = vec![first];
    for file in &letter.draft.files {
        if !unreadable.contains(file) && read_file(view, file)?.is_none() {
            unreadable.push(file.clone());
        }
    }
    Ok(unreadable)
}

/// The bytes of a file; `None` where they are gone, or are not the same content any more.
fn read_file(view: View<'_>, file: &SentFile) -> Result<Option<Vec<u8>>, StoreError> {
    let raw = match view.raw(file.received) {
        Ok(raw) => raw,
        Err(error) if error.is_fatal() || error.is_passing() => return Err(error),
        Err(_) => return Ok(None),
    };
    Ok(parse::attachment(&raw, file.part).filter(|bytes| Digest::of(bytes) == file.sha256))
}
