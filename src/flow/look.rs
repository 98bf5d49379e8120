//! Looks up what a message answers: on a reader before it is understood, and again in the transaction that decides about it.

use crate::desk;
use crate::mail::compose;
use crate::model::policy::Desk;
use crate::model::{
    DeskKey, EmailAddress, LetterId, LetterKind, ReceivedId, Request, RequestNumber, Sender, ThreadFacts, Timestamp,
    Understanding, Visibility,
};
use crate::store::{StoreError, View};

use super::destination::Destination;
use super::shown_history::complete;

/// Looks up the message that a message answers, and the requests that it may be about. Needs only the claims and references of
/// its understanding.
pub(super) fn look(
    view: &View<'_>,
    received: ReceivedId,
    at: Destination<'_>,
    message: &Understanding,
    now: Timestamp,
) -> Result<ThreadFacts, StoreError> {
    let candidates = view.candidates(&at.desk.all_keys(), received, &message.references)?;
    Ok(desk::follow(candidates, &message.sender, now))
}

/// The texts of the letter and of the message that a message answers, as it may quote them. They change only by being erased.
pub(super) fn quotable(view: &View<'_>, looked: &Looked) -> Result<Vec<String>, StoreError> {
    let letter = looked.letter.map_or(Ok(None), |letter| view.letter(letter))?;
    let entry = looked.message.map_or(Ok(None), |message| view.entry_of(message))?;
    let letter = letter.as_ref().map(|letter| complete(view, letter)).transpose()?;
    let forms = letter.as_ref().map_or(Ok(Vec::new()), |letter| view.forms(&letter.draft.formed))?;
    let letter_texts = letter.map(|letter| compose::quotable(&letter.draft, &forms));
    Ok(letter_texts.into_iter().flatten().chain(entry.map(|entry| entry.text)).collect())
}

/// How many of the last letters, and how many of the last messages, a message is compared with besides.
const MOST_OTHERS: u32 = 8;

/// What else a message about a request may quote: our last letters to its sender, each in its versions, and the last messages,
/// which its readers have.
pub(super) fn others(view: &View<'_>, looked: &Looked, sender: &EmailAddress) -> Result<Vec<Vec<String>>, StoreError> {
    let Some(request) = &looked.request else { return Ok(Vec::new()) };
    let mut others = Vec::new();
    for letter in view.last_letters(request, sender, looked.letter, MOST_OTHERS)? {
        let letter = complete(view, &letter)?;
        others.push(compose::quotable(&letter.draft, &view.forms(&letter.draft.formed)?).to_vec());
    }
    let entries = view.last_entries(request, MOST_OTHERS)?.into_iter();
    let shown = entries.filter(|entry| entry.visibility == Visibility::Correspondence);
    others.extend(shown.map(|entry| vec![entry.text]));
    Ok(others)
}

/// The facts by which a message is understood. If they differ in the transaction, the message is understood anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Looked {
    /// The desk whose vocabulary its tags are read by.
    pub desk: DeskKey,
    /// Our letter that it answers; `None` where it answers none. The text of a letter is read by `View::letter`: it changes
    /// only by being erased.
    pub letter: Option<LetterId>,
    /// The message that caused that letter; `None` where there is no letter, or no message caused it.
    pub cause: Option<ReceivedId>,
    /// The message that it answers, received at the same desk and filed in a request; `None` where it answers none.
    pub message: Option<ReceivedId>,
    /// Whether that letter is a digest.
    pub is_digest: bool,
    /// The subject that it answers; `None` where that is not known, or was erased.
    pub subject: Option<String>,
    /// The request that it is about, if its sender takes part in it: they may quote whatever of it they have.
    pub request: Option<RequestNumber>,
}

impl Looked {
    /// The part of these facts that counts for a message that came to the desk `came_to`, one of `desks`.
    pub(super) fn of(thread: &ThreadFacts, desks: &[Desk], came_to: &Desk, sender: &Sender) -> Self {
        let takes_part =
            |request: &&Request| sender.address.as_ref().is_some_and(|address| request.participant(address).is_some());
        Self {
            desk: thread.desk(desks, came_to).key.clone(),
            letter: thread.letter.as_ref().map(|letter| letter.id),
            cause: thread.letter.as_ref().and_then(|letter| letter.cause),
            message: thread.message,
            is_digest: thread.letter.as_ref().is_some_and(|letter| letter.kind == LetterKind::Digest),
            subject: thread.subject.clone(),
            request: thread.about().filter(takes_part).map(|request| request.number.clone()),
        }
    }
    /// Whether the message answers nothing that we sent or filed.
    pub fn answers_nothing(&self) -> bool {
        self.letter.is_none() && self.message.is_none()
    }
}
