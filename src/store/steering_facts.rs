//! Facts for messages that may be an engineer's commands: which letter they answer, and what can be undone.

use crate::model::{
    Anchor, AnsweredLetter, Audience, DeskKey, EmailAddress, HeldMessage, LetterId, LetterKind, LetterState, MessageId,
    ReceivedId, References, Request, RequestNumber, ShortName, Signed, Undoable,
};

use super::column::List;
use super::sql::{ColumnError, Filter, Row, ToColumn};
use super::{StoreError, View};

/// What tells of a note that a message answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoteSource {
    /// A letter of ours.
    Letter,
    /// An internal message, of this author.
    Message(EmailAddress),
    /// A letter of ours that brings an internal message, of this author.
    Brought(EmailAddress),
}

impl View<'_> {
    /// The nearest letter of ours among the messages that a message answers, and the subject of the nearest message of any
    /// sort.
    pub(super) fn answered_letter(
        &self,
        desks: &[DeskKey],
        answered: &[MessageId],
    ) -> Result<(Option<AnsweredLetter>, Option<String>), StoreError> {
        let mut nearest = None;
        for id in answered {
            if let Some((letter, subject)) = self.letter_by_message_id(id)? {
                return Ok((Some(letter), nearest.or(subject)));
            }
            if nearest.is_none() {
                nearest = self.received_subject(desks, id)?;
            }
        }
        Ok((None, nearest))
    }

    /// Where the nearest known of the messages that a message answers is internal, or a letter that tells of one: which. The message
    /// that opened a request for somebody is none.
    pub fn answered_note(&self, desks: &[DeskKey], answered: &[MessageId]) -> Result<Option<NoteSource>, StoreError> {
        let sql = "SELECT e.visibility = 'internal' AND r.disposition = 'appended', r.sender
          FROM received r JOIN entry e ON e.received = r.id WHERE r.message_id = ?1 AND r.desk IN (LIST ?2) ORDER BY r.id LIMIT 1";
        for id in answered {
            if let Some((letter, _)) = self.letter_by_message_id(id)? {
                return match letter.kind {
                    LetterKind::Note => Ok(Some(NoteSource::Letter)),
                    LetterKind::Notification => self.brought_inside(letter.cause),
                    _ => Ok(None),
                };
            }
            let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?));
            let found: Option<(bool, String)> =
                self.optional("looking for an answered note", sql, &[id, &List(desks)], row)?;
            if let Some((is_internal, sender)) = found {
                let author = EmailAddress::parse(&sender).ok().filter(|_| is_internal);
                return Ok(author.map(NoteSource::Message));
            }
        }
        Ok(None)
    }

    /// Whether a letter brings an internal message: `cause` is what it tells of.
    fn brought_inside(&self, cause: Option<ReceivedId>) -> Result<Option<NoteSource>, StoreError> {
        let sql = "SELECT r.sender FROM received r JOIN entry e ON e.received = r.id
          WHERE r.id = ?1 AND e.visibility = 'internal' AND r.disposition = 'appended'";
        let sender: Option<String> = self.optional("looking for an answered note", sql, &[&cause], |r| r.get(0))?;
        Ok(sender.and_then(|sender| EmailAddress::parse(&sender).ok()).map(NoteSource::Brought))
    }

    /// The held message's question that replaces one from a lost installation. An engineer may have answered the old question:
    /// then its token names a message that has another id here, and its thread names the message that is held.
    pub(super) fn lost_question(
        &self,
        desks: &[DeskKey],
        received: ReceivedId,
        references: &References,
    ) -> Result<Option<AnsweredLetter>, StoreError> {
        let answers_question = |signed: &&Signed| matches!(signed.anchor, Anchor::Message(_));
        let Some(Anchor::Message(lost)) = references.signed.iter().find(answers_question).map(|signed| &signed.anchor)
        else {
            return Ok(None);
        };
        let sql = "SELECT l.id, l.kind, l.recipient, l.cause, l.asks_about FROM letter l JOIN received held ON held.id = l.cause
          WHERE held.message_id IN (LIST ?3) AND held.desk IN (LIST ?2) AND held.repeated = 1
            AND held.state = 'handled' AND held.disposition = 'held' AND l.kind = 'question'
            AND (SELECT repeated FROM received WHERE id = ?4) = 1 AND NOT EXISTS (SELECT 1 FROM received WHERE id = ?1)
          ORDER BY held.id LIMIT 1";
        let values: [&dyn ToColumn; 4] = [lost, &List(desks), &List(&references.answered), &received];
        self.optional("looking for a question that was lost", sql, &values, answered_letter)
    }

    fn letter_by_message_id(&self, id: &MessageId) -> Result<Option<(AnsweredLetter, Option<String>)>, StoreError> {
        let sql = "SELECT id, kind, recipient, cause, asks_about, CASE WHEN erased_at IS NULL THEN subject END
          FROM letter WHERE message_id = ?1";
        let row = |r: &Row<'_>| Ok((answered_letter(r)?, r.get(5)?));
        self.optional("looking for the answered letter", sql, &[id], row)
    }

    fn received_subject(&self, desks: &[DeskKey], id: &MessageId) -> Result<Option<String>, StoreError> {
        let sql = "SELECT subject FROM received WHERE message_id = ?1 AND desk IN (LIST ?2) ORDER BY id LIMIT 1";
        self.optional("looking for the answered message", sql, &[id, &List(desks)], |r| r.get(0))
    }

    pub(super) fn burnt<'s>(&self, signed: impl Iterator<Item = &'s Signed>) -> Result<Vec<Signed>, StoreError> {
        let mut burnt = Vec::new();
        for token in signed.filter(|signed| matches!(signed.audience, Audience::Engineer { .. })) {
            let (anchor, sql) = (token.anchor.to_string(), "SELECT 1 FROM burnt WHERE anchor = ?1 AND sequence = ?2");
            let is_burnt = self.exists("looking for burnt tokens", sql, &[&anchor, &token.sequence])?;
            burnt.extend(is_burnt.then(|| token.clone()));
        }
        Ok(burnt)
    }

    pub(super) fn owners(&self, serials: &[u32]) -> Result<Vec<(u32, ShortName)>, StoreError> {
        let sql = "SELECT engineer FROM personal_address WHERE serial = ?1 AND revoked_at IS NULL";
        let mut owners = Vec::new();
        for serial in serials {
            let owner = self.optional("looking for personal addresses", sql, &[serial], |r| r.get(0))?;
            owners.extend(owner.map(|owner| (*serial, owner)));
        }
        Ok(owners)
    }

    pub(super) fn confirmed_by(&self, received: ReceivedId) -> Result<Option<ReceivedId>, StoreError> {
        let sql = "SELECT confirmed FROM received WHERE id = ?1";
        self.optional("looking for a confirmation", sql, &[&received], |r| r.get(0)).map(Option::flatten)
    }

    /// The message that a letter asks about; `None` where it waits for no answer any more. Of a question, a message that was
    /// confirmed and held again was given back to its author, and is asked about by another letter.
    pub fn held(&self, letter: Option<&AnsweredLetter>) -> Result<Option<HeldMessage>, StoreError> {
        let Some(letter) = letter else { return Ok(None) };
        let caused = letter.cause.filter(|_| letter.kind == LetterKind::Question);
        let Some(id) = letter.asks_about.or(caused) else { return Ok(None) };
        let condition = match letter.kind {
            LetterKind::Question => "disposition = 'held' AND confirmed IS NULL",
            _ => "erased_at IS NULL",
        };
        let sql = format!(
            "SELECT sender FROM received WHERE id = ?1 AND state = 'handled' AND settled IS NULL AND {condition}"
        );
        self.optional("looking for a held message", &sql, &[&id], |r| Ok(HeldMessage { id, sender: r.get(0)? }))
    }

    /// The messages about a request that were given back to this engineer and wait for their yes or no.
    pub fn given_back(&self, request: &RequestNumber, engineer: &ShortName) -> Result<Vec<ReceivedId>, StoreError> {
        let sql = "SELECT DISTINCT l.asks_about FROM letter l JOIN received r ON r.id = l.asks_about
          WHERE l.request = ?1 AND l.engineer = ?2 AND l.kind = 'explanation' AND r.settled IS NULL ORDER BY 1";
        let id = self.request_id(request)?;
        self.all("looking for what was given back", sql, &[&id, engineer], |r| r.get(0))
    }

    /// What the engineer may undo in a request: the message whose receipt they answer, or else their last message.
    pub fn undoable(
        &self,
        request: &RequestNumber,
        engineer: &ShortName,
        answered: Option<&AnsweredLetter>,
    ) -> Result<Option<Undoable>, StoreError> {
        let receipt = answered.filter(|letter| letter.kind == LetterKind::Receipt).and_then(|letter| letter.cause);
        let id = self.request_id(request)?;
        let filter = Filter::default().and("e.request = ?", &id).and("e.engineer = ?", engineer);
        let filter = filter.and_if("e.received = ?", receipt.as_ref());
        let sql = format!(
            "SELECT e.received FROM event e {} AND e.received IS NOT NULL AND NOT {IS_UNDONE} ORDER BY e.id DESC LIMIT 1",
            filter.sql()
        );
        let cause = self.optional("looking for what can be taken back", &sql, filter.values(), |r| r.get(0))?;
        cause.map(|cause| self.undoable_message(cause, Some(request))).transpose()
    }

    /// What the engineer may undo by answering a receipt that is about no single request.
    pub fn undoable_receipt(
        &self,
        engineer: &ShortName,
        answered: &AnsweredLetter,
    ) -> Result<Option<Undoable>, StoreError> {
        let Some(cause) = answered.cause.filter(|_| answered.kind == LetterKind::Receipt) else { return Ok(None) };
        let sql = format!(
            "SELECT 1 FROM event WHERE received = ?1 AND engineer = ?2
               AND NOT EXISTS (SELECT 1 FROM event e WHERE e.received = ?1 AND {IS_UNDONE})"
        );
        let may_undo = self.exists("looking for what can be taken back", &sql, &[&cause, engineer])?;
        if may_undo { self.undoable_message(cause, None).map(Some) } else { Ok(None) }
    }

    /// The changes of a message and the letters that it caused, with the other requests concerned.
    fn undoable_message(&self, cause: ReceivedId, own: Option<&RequestNumber>) -> Result<Undoable, StoreError> {
        let events = self.events_of_message(cause)?;
        let mut others: Vec<Request> = Vec::new();
        for event in events.iter().filter(|event| Some(&event.request) != own) {
            if !others.iter().any(|known| known.number == event.request) {
                others.extend(self.request(&event.request)?);
            }
        }
        let (unsent, told) = self.told_by(cause)?;
        Ok(Undoable { cause, events, others, unsent, told })
    }

    /// Letters to people who are no engineers that a message caused: those that can still be cancelled, and the requests whose
    /// requesters have been written to.
    fn told_by(&self, cause: ReceivedId) -> Result<(Vec<LetterId>, Vec<RequestNumber>), StoreError> {
        let sql = "SELECT l.id, l.kind, l.state, l.attempts, q.desk || '-' || q.number
          FROM letter l LEFT JOIN request q ON q.id = l.request WHERE l.cause = ?1";
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?));
        let rows: Vec<(LetterId, LetterKind, LetterState, u32, Option<RequestNumber>)> =
            self.all("looking for letters", sql, &[&cause], row)?;
        let (mut unsent, mut told) = (Vec::new(), Vec::new());
        for (id, kind, state, attempts, number) in rows {
            if kind.is_for_engineers() {
                continue;
            }
            if state == LetterState::Due && attempts == 0 {
                unsent.push(id);
            } else if state != LetterState::Cancelled && kind != LetterKind::Handover {
                told.extend(number.filter(|number| !told.contains(number)));
            }
        }
        Ok((unsent, told))
    }

    pub(super) fn is_spammer(&self, sender: Option<&EmailAddress>) -> Result<bool, StoreError> {
        let Some(sender) = sender else { return Ok(false) };
        let sql = "SELECT 1 FROM participant WHERE email = ?1 AND spam = 1";
        self.exists("looking for spam of the sender", sql, &[sender])
    }
}

/// The SQL condition that the changes of the message of event `e` were undone in its request, or were themselves an undoing.
const IS_UNDONE: &str = "EXISTS (SELECT 1 FROM event u WHERE u.request = e.request AND u.undoes IS NOT NULL
  AND (u.received = e.received OR u.undoes = e.received))";

/// Reads a letter from the columns id, kind, recipient, cause, asks_about.
fn answered_letter(r: &Row<'_>) -> Result<AnsweredLetter, ColumnError> {
    Ok(AnsweredLetter { id: r.get(0)?, kind: r.get(1)?, to: r.get(2)?, cause: r.get(3)?, asks_about: r.get(4)? })
}
