//! The pictures of a letter that stand in its text: parts of `multipart/related`, named by Content-ID (RFC 2387, RFC 2392).

use std::collections::HashMap;

use super::file::is_picture;
use crate::mail::form::pictures;
use crate::model::{Digest, Letter, MessageForm, ReceivedId, SentFile};

/// The files of a letter that are shown where they stand in the text.
#[derive(Debug, Default)]
pub struct Related {
    ids: HashMap<(ReceivedId, u32), String>,
}

impl Related {
    /// Finds the files among those of the letter. Their ids come from its Message-ID, so that every try has the same.
    pub fn of_letter(letter: &Letter, forms: &[MessageForm]) -> Self {
        let digest = Digest::of(letter.message_id.as_str().as_bytes()).to_string();
        let domain = letter.draft.from.address.rsplit('@').next().unwrap_or_default();
        let shown = |file: &SentFile| {
            let mut forms = forms.iter().filter(|formed| formed.received == file.received);
            is_picture(file) && forms.any(|formed| pictures(&formed.form).any(|part| part == file.part))
        };
        let files = letter.draft.files.iter().enumerate().filter(|(_, file)| shown(file));
        let id = |(at, file): (usize, &SentFile)| {
            ((file.received, file.part), format!("{}.{}@{domain}", &digest[..24], at + 1))
        };
        Self { ids: files.map(id).collect() }
    }

    /// The Content-ID of a file; `None` where it is an attachment.
    pub fn id(&self, file: &SentFile) -> Option<&str> {
        self.ids.get(&(file.received, file.part)).map(String::as_str)
    }

    /// The Content-IDs of one message's pictures, by the part of each.
    pub fn of(&self, received: ReceivedId) -> HashMap<u32, String> {
        let own = self.ids.iter().filter(|((message, _), _)| *message == received);
        own.map(|((_, part), id)| (*part, id.clone())).collect()
    }
}
