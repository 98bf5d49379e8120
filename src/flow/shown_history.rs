//! Completes letters by the earlier messages that they show, which are stored once.

use std::borrow::Cow;

use crate::desk::wording;
use crate::model::{Draft, Letter, ReceivedId};
use crate::store::{StoreError, View};

/// The letter with the texts of the earlier messages that it shows, as far as these are not erased.
pub(super) fn complete<'l>(view: &View<'_>, letter: &'l Letter) -> Result<Cow<'l, Letter>, StoreError> {
    let Some(history) = &letter.draft.history else { return Ok(Cow::Borrowed(letter)) };
    let shown: Vec<ReceivedId> = history.entries.iter().map(|entry| entry.received).collect();
    let texts = view.texts_of(&shown)?;
    let mut draft = Draft { history: None, ..letter.draft.clone() };
    draft.blocks.extend(wording::shown_history(draft.language, history, &texts));
    Ok(Cow::Owned(Letter { draft, ..letter.clone() }))
}
