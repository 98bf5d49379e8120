//! What is known when a message may be an engineer's, or is brought to engineers.

use rusqlite::{OptionalExtension, Row, params};

use crate::model::{
    Anchor, AnsweredLetter, Audience, DeskKey, Digest, EmailAddress, HeldMessage, LetterId, LetterKind, MessageId,
    ReceivedId, References, Request, RequestNumber, SentFile, ShortName, Signed, Timestamp, Undoable,
};

use super::column::{Json, Word};
use super::error::During;
use super::facts::{DAY, since};
use super::{StoreError, View};

/// Files that come along when a request is given to somebody: the first ones show what it is about.
const MOST_FILES: u32 = 30;

impl View<'_> {
    /// The nearest letter of ours among those that a message answers, and the subject of the nearest message at all.
    pub(super) fn answered_letter(
        &self,
        desk: &DeskKey,
        answered: &[MessageId],
    ) -> Result<(Option<AnsweredLetter>, Option<String>), StoreError> {
        let mut nearest = None;
        for id in answered {
            if let Some((letter, subject)) = self.letter_by_message_id(id)? {
                return Ok((Some(letter), nearest.or(subject)));
            }
            if nearest.is_none() {
                nearest = self.received_subject(desk, id)?;
            }
        }
        Ok((None, nearest))
    }

    /// The question that stands for the one which an installation asked that was lost, where a message of that time answers it: its
    /// token names a message that is not here under that id, and its thread names the one which is held.
    pub(super) fn lost_question(
        &self,
        desk: &DeskKey,
        received: ReceivedId,
        references: &References,
    ) -> Result<Option<AnsweredLetter>, StoreError> {
        let answers_question = |signed: &&Signed| matches!(signed.anchor, Anchor::Message(_));
        let Some(Anchor::Message(lost)) = references.signed.iter().find(answers_question).map(|signed| &signed.anchor)
        else {
            return Ok(None);
        };
        let answered: Vec<&str> = references.answered.iter().map(MessageId::as_str).collect();
        self.connection
            .prepare_cached(
                "SELECT l.id, l.kind, l.recipient, l.cause FROM letter l JOIN received held ON held.id = l.cause
                 WHERE held.message_id IN (SELECT value FROM json_each(?3)) AND held.desk = ?2 AND held.repeated = 1
                   AND held.state = 'handled' AND held.disposition = 'held' AND l.kind = 'question'
                   AND (SELECT repeated FROM received WHERE id = ?4) = 1 AND NOT EXISTS (SELECT 1 FROM received WHERE id = ?1)
                 ORDER BY held.id LIMIT 1",
            )
            .and_then(|mut query| {
                let row = |r: &Row<'_>| {
                    Ok(AnsweredLetter {
                        id: LetterId(r.get(0)?),
                        kind: r.get::<_, Word<LetterKind>>(1)?.0,
                        to: r.get::<_, Word<EmailAddress>>(2)?.0,
                        cause: r.get::<_, Option<i64>>(3)?.map(ReceivedId),
                    })
                };
                query.query_row(params![lost.0, desk.as_str(), Json(&answered), received.0], row).optional()
            })
            .during("looking for a question that was lost")
    }

    fn letter_by_message_id(&self, id: &MessageId) -> Result<Option<(AnsweredLetter, Option<String>)>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT id, kind, recipient, cause, iif(erased_at IS NULL, subject, NULL)
                 FROM letter WHERE message_id = ?1",
            )
            .and_then(|mut query| {
                let row = |r: &Row<'_>| {
                    let letter = AnsweredLetter {
                        id: LetterId(r.get(0)?),
                        kind: r.get::<_, Word<LetterKind>>(1)?.0,
                        to: r.get::<_, Word<EmailAddress>>(2)?.0,
                        cause: r.get::<_, Option<i64>>(3)?.map(ReceivedId),
                    };
                    Ok((letter, r.get(4)?))
                };
                query.query_row([id.as_str()], row).optional()
            })
            .during("looking for the answered letter")
    }

    fn received_subject(&self, desk: &DeskKey, id: &MessageId) -> Result<Option<String>, StoreError> {
        self.connection
            .prepare_cached("SELECT subject FROM received WHERE message_id = ?1 AND desk = ?2 ORDER BY id LIMIT 1")
            .and_then(|mut query| query.query_row(params![id.as_str(), desk.as_str()], |r| r.get(0)).optional())
            .during("looking for the answered message")
    }

    pub(super) fn burnt(&self, signed: &[Signed]) -> Result<Vec<Signed>, StoreError> {
        let mut burnt = Vec::new();
        for token in signed.iter().filter(|signed| matches!(signed.audience, Audience::Engineer { .. })) {
            let is_burnt: bool = self
                .connection
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM burnt WHERE anchor = ?1 AND sequence = ?2)")
                .and_then(|mut query| query.query_row(params![token.anchor.to_string(), token.sequence], |r| r.get(0)))
                .during("looking for burnt tokens")?;
            burnt.extend(is_burnt.then(|| token.clone()));
        }
        Ok(burnt)
    }

    pub(super) fn owners(&self, serials: &[u32]) -> Result<Vec<(u32, ShortName)>, StoreError> {
        let mut owners = Vec::new();
        for serial in serials {
            let owner = self
                .connection
                .prepare_cached("SELECT engineer FROM personal_address WHERE serial = ?1 AND revoked_at IS NULL")
                .and_then(|mut query| {
                    query.query_row([serial], |r| r.get::<_, Word<ShortName>>(0).map(|name| name.0)).optional()
                })
                .during("looking for personal addresses")?;
            owners.extend(owner.map(|owner| (*serial, owner)));
        }
        Ok(owners)
    }

    pub(super) fn confirmed_by(&self, received: ReceivedId) -> Result<Option<ReceivedId>, StoreError> {
        self.connection
            .prepare_cached("SELECT confirmed FROM received WHERE id = ?1")
            .and_then(|mut query| query.query_row([received.0], |r| r.get::<_, Option<i64>>(0)).optional())
            .during("looking for a confirmation")
            .map(|row| row.flatten().map(ReceivedId))
    }

    /// The message that a question is about, while it is held. What was confirmed and is held again was given back, and is not
    /// asked about any more.
    pub fn held(&self, question: Option<&AnsweredLetter>) -> Result<Option<HeldMessage>, StoreError> {
        let asked = question.filter(|letter| letter.kind == LetterKind::Question).and_then(|letter| letter.cause);
        let Some(id) = asked else { return Ok(None) };
        self.connection
            .prepare_cached(
                "SELECT sender FROM received
                 WHERE id = ?1 AND state = 'handled' AND disposition = 'held' AND confirmed IS NULL",
            )
            .and_then(|mut query| {
                let row = |r: &Row<'_>| Ok(HeldMessage { id, sender: r.get::<_, Word<EmailAddress>>(0)?.0 });
                query.query_row([id.0], row).optional()
            })
            .during("looking for a held message")
    }

    /// Letters of a kind written to the engineer in the last 24 hours.
    pub(super) fn written_day(
        &self,
        engineer: Option<&ShortName>,
        kind: LetterKind,
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        let Some(engineer) = engineer else { return Ok(0) };
        self.connection
            .prepare_cached("SELECT count(*) FROM letter WHERE created_at > ?1 AND kind = ?3 AND engineer = ?2")
            .and_then(|mut query| {
                query.query_row(params![since(now, DAY), engineer.as_str(), kind.as_str()], |r| r.get(0))
            })
            .during("counting letters to an engineer")
    }

    /// What the engineer may take back in a request: what caused the receipt that he answers, or else his last message.
    pub fn undoable(
        &self,
        request: &RequestNumber,
        engineer: &ShortName,
        answered: Option<&AnsweredLetter>,
    ) -> Result<Option<Undoable>, StoreError> {
        let receipt = answered.filter(|letter| letter.kind == LetterKind::Receipt).and_then(|letter| letter.cause);
        let id = self.request_id(request)?;
        let cause: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT e.received FROM event e WHERE e.request = ?1 AND e.engineer = ?2 AND e.received IS NOT NULL
                   AND (?3 IS NULL OR e.received = ?3)
                   AND NOT EXISTS (SELECT 1 FROM event u WHERE u.request = e.request AND u.undoes IS NOT NULL
                                   AND (u.received = e.received OR u.undoes = e.received))
                 ORDER BY e.id DESC LIMIT 1",
            )
            .and_then(|mut query| {
                let values = params![id.0, engineer.as_str(), receipt.map(|id| id.0)];
                query.query_row(values, |r| r.get(0)).optional()
            })
            .during("looking for what can be taken back")?;
        let Some(cause) = cause.map(ReceivedId) else { return Ok(None) };
        self.undoable_message(cause, Some(request)).map(Some)
    }

    /// What the engineer may take back by answering a receipt that is about no single request.
    pub fn undoable_receipt(
        &self,
        engineer: &ShortName,
        answered: &AnsweredLetter,
    ) -> Result<Option<Undoable>, StoreError> {
        let Some(cause) = answered.cause.filter(|_| answered.kind == LetterKind::Receipt) else { return Ok(None) };
        let may_undo: bool = self
            .connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM event WHERE received = ?1 AND engineer = ?2)
                   AND NOT EXISTS (SELECT 1 FROM event e WHERE e.received = ?1 AND EXISTS (SELECT 1 FROM event u
                     WHERE u.request = e.request AND u.undoes IS NOT NULL
                       AND (u.received = e.received OR u.undoes = e.received)))",
            )
            .and_then(|mut query| query.query_row(params![cause.0, engineer.as_str()], |r| r.get(0)))
            .during("looking for what can be taken back")?;
        if may_undo { self.undoable_message(cause, None).map(Some) } else { Ok(None) }
    }

    /// What a message has changed and whom it told, with the requests concerned but this one.
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

    /// Letters to others than engineers that a message caused: those that no try has begun for, and the requests whose
    /// requesters have been written to.
    fn told_by(&self, cause: ReceivedId) -> Result<(Vec<LetterId>, Vec<RequestNumber>), StoreError> {
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT l.id, l.kind, l.state = 'due' AND l.attempts = 0, l.state <> 'cancelled', q.desk || '-' || q.number
                 FROM letter l LEFT JOIN request q ON q.id = l.request WHERE l.cause = ?1",
            )
            .during("looking for letters")?;
        let rows = query
            .query_map([cause.0], |r| {
                let kind = r.get::<_, Word<LetterKind>>(1)?.0;
                let number = r.get::<_, Option<Word<RequestNumber>>>(4)?.map(|word| word.0);
                Ok((LetterId(r.get(0)?), kind, r.get::<_, bool>(2)?, r.get::<_, bool>(3)?, number))
            })
            .during("looking for letters")?;
        let (mut unsent, mut told) = (Vec::new(), Vec::new());
        for row in rows {
            let (id, kind, is_waiting, is_live, number) = row.during("looking for letters")?;
            if kind.is_for_engineers() {
                continue;
            }
            if is_waiting {
                unsent.push(id);
            } else if is_live && kind != LetterKind::Handover {
                told.extend(number.filter(|number| !told.contains(number)));
            }
        }
        Ok((unsent, told))
    }

    pub(super) fn is_spammer(&self, sender: Option<&EmailAddress>) -> Result<bool, StoreError> {
        let Some(sender) = sender else { return Ok(false) };
        self.connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM participant p JOIN request q ON q.id = p.request
                   WHERE p.email = ?1 AND p.position = 0 AND q.status = 'spam')",
            )
            .and_then(|mut query| query.query_row([sender.as_str()], |r| r.get(0)))
            .during("looking for spam of the sender")
    }

    /// The text of the message that opened a request, here or at the desk that passed it on, and how many messages it holds.
    pub fn summary(&self, request: &RequestNumber) -> Result<Option<(String, u32)>, StoreError> {
        let ids = Json(self.with_former(request)?);
        self.connection
            .prepare_cached(
                "WITH own AS (SELECT * FROM entry WHERE request IN (SELECT value FROM json_each(?1)))
                 SELECT coalesce(reply_text, text), (SELECT count(*) FROM own) FROM own ORDER BY id LIMIT 1",
            )
            .and_then(|mut query| query.query_row([ids], |r| Ok((r.get(0)?, r.get(1)?))).optional())
            .during("reading how a request began")
    }

    /// What the files of a request hold, however many they are.
    pub(super) fn contents(&self, request: &RequestNumber) -> Result<Vec<Digest>, StoreError> {
        let ids = Json(self.with_former(request)?);
        self.connection
            .prepare_cached(
                "SELECT DISTINCT a.sha256 FROM entry e JOIN attachment a ON a.received = e.received
                 WHERE e.request IN (SELECT value FROM json_each(?1))",
            )
            .and_then(|mut query| query.query_map([ids], |r| r.get(0).map(Digest::from_bytes))?.collect())
            .during("reading what the files of a request hold")
    }

    /// The files of a request, the oldest first, each once.
    pub fn files(&self, request: &RequestNumber) -> Result<Vec<SentFile>, StoreError> {
        self.files_where(request, "1")
    }

    /// Those of them that its requester has sent or got.
    pub fn files_of_correspondence(&self, request: &RequestNumber) -> Result<Vec<SentFile>, StoreError> {
        self.files_where(request, "e.visibility = 'correspondence'")
    }

    fn files_where(&self, request: &RequestNumber, condition: &str) -> Result<Vec<SentFile>, StoreError> {
        let ids = Json(self.with_former(request)?);
        let mut query = self
            .connection
            .prepare_cached(&format!(
                "SELECT min(a.received), a.part, a.filename, a.content_type, a.size, a.sha256, a.inline
                 FROM entry e JOIN attachment a ON a.received = e.received
                 WHERE e.request IN (SELECT value FROM json_each(?1)) AND {condition}
                 GROUP BY a.sha256 ORDER BY a.received, a.position LIMIT ?2"
            ))
            .during("reading the files of a request")?;
        let rows = query
            .query_map(params![ids, MOST_FILES], |r| {
                Ok(SentFile {
                    received: ReceivedId(r.get(0)?),
                    part: r.get(1)?,
                    filename: r.get(2)?,
                    content_type: r.get(3)?,
                    size: r.get::<_, i64>(4)?.unsigned_abs(),
                    sha256: Digest::from_bytes(r.get(5)?),
                    inline: r.get(6)?,
                })
            })
            .during("reading the files of a request")?;
        rows.collect::<Result<_, _>>().during("reading the files of a request")
    }
}
