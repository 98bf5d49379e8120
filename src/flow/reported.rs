//! Finds the letter that a delivery report or complaint is about.

use crate::mail::{compose, report};
use crate::model::{
    EmailAddress, Incoming, Letter, LetterId, MessageId, ReportedLetter, RequestNumber, Understanding, compared,
};
use crate::store::{StoreError, View};

/// Further addresses in the text of a report are not looked up.
const MOST_ADDRESSES: usize = 20;

/// The letter that a report is about: by its Message-ID, or else by what the report returns of it; `None` where it is no report,
/// or about no letter of ours. Transports rewrite Message-IDs, and servers return no more than they like.
pub(super) fn reported(
    view: &View<'_>,
    message: &Understanding,
    incoming: &Incoming,
) -> Result<Option<ReportedLetter>, StoreError> {
    if let Some(id) = &message.references.reported
        && let Some(letter) = view.reported(id)?
    {
        return Ok(Some(letter));
    }
    if incoming.report.is_none() && incoming.complaint.is_none() {
        return Ok(None);
    }
    let named = incoming.answered().into_iter().chain(&incoming.returned.mentioned);
    let ids: Vec<MessageId> = named.map(MessageId::in_lower_case).collect();
    let recipients = recipients(incoming);
    let mut letters = Vec::new();
    let named: Vec<EmailAddress> = recipients.iter().cloned().chain(addresses(&incoming.returned.text)).collect();
    for id in view.letters_named(&ids, &named)? {
        letters.extend(view.letter(id)?.map(|letter| (id, letter)));
    }
    most_alike(&letters, incoming, &ids, &recipients).map_or(Ok(None), |id| view.reported_letter(id))
}

/// Whom a report names as the letter's recipients.
fn recipients(incoming: &Incoming) -> Vec<EmailAddress> {
    let failed = incoming.report.iter().flat_map(|report| &report.recipients).map(|recipient| &recipient.address);
    let complaining = incoming.complaint.iter().flat_map(|complaint| &complaint.recipients);
    let named = failed.chain(complaining).chain(&incoming.returned.recipients);
    named.filter_map(|address| EmailAddress::parse(address).ok()).collect()
}

/// The first addresses in a text.
fn addresses(text: &str) -> impl Iterator<Item = EmailAddress> {
    let words =
        text.split(|c: char| c.is_whitespace() || "<>()[]\"'«»,;:".contains(c)).filter(|word| word.contains('@'));
    words.take(MOST_ADDRESSES).filter_map(|word| EmailAddress::parse(word.trim_end_matches('.')).ok())
}

/// The letter whose text is returned, the newest of those that are alike; or else one to the same recipient with the returned date, of
/// a request that an id of ours names, or of a thread that is named, or with such an id. Nobody but its reader knows these.
fn most_alike(
    letters: &[(LetterId, Letter)],
    incoming: &Incoming,
    ids: &[MessageId],
    recipients: &[EmailAddress],
) -> Option<LetterId> {
    let is_named = |letter: &Letter| ids.contains(&letter.message_id);
    let requests: Vec<&RequestNumber> =
        letters.iter().filter(|(_, letter)| is_named(letter)).filter_map(|(_, l)| l.draft.request.as_ref()).collect();
    let text = compared(&incoming.returned.text);
    let likeness = |letter: &Letter| {
        // Letters to customers name the ids of their own messages only.
        let is_of_request = letter.draft.request.as_ref().is_some_and(|request| requests.contains(&request))
            || letter.references.iter().any(|id| ids.contains(&id.in_lower_case()));
        // A message causes letters to many readers at once.
        let has_date = is_of_request
            && incoming.returned.date == Some(letter.date)
            && (recipients.is_empty() || recipients.contains(&letter.draft.to));
        let forms = compose::quotable(&letter.draft, &[]);
        let lines = forms.iter().filter_map(|form| report::lines_held(&text, form)).max();
        (lines.unwrap_or(0), has_date, is_named(letter))
    };
    let alike = letters.iter().map(|(id, letter)| (likeness(letter), *id));
    alike.filter(|(likeness, _)| *likeness != (0, false, false)).max().map(|(_, id)| id)
}
