//! What is known when a message is handled.

use crate::model::{
    Acknowledged, Anchor, Audience, DeskKey, Digest, EmailAddress, Facts, LetterId, LetterKind, Lookup, MessageId,
    ReceivedId, ReportedLetter, Request, RequestNumber, Timestamp,
};

use super::moves::{Redirected, ThreadLink};
use super::sql::{Row, ToColumn};
use super::{StoreError, View};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

impl View<'_> {
    /// Looks up all that deciding about a message needs. Asked inside the transaction that will hold the decision.
    pub fn facts(&self, lookup: &Lookup) -> Result<Facts, StoreError> {
        let (answered_letter, answered_subject) = self.answered_letter(&lookup.desk, &lookup.answered)?;
        let answered_letter = match answered_letter {
            Some(letter) => Some(letter),
            None => self.lost_question(lookup)?,
        };
        let mut redirected = Vec::new();
        let mut facts = Facts {
            signed: self.first_signed(lookup, &mut redirected)?,
            answered: self.answered(lookup, &mut redirected)?,
            quoted: self.quoted(lookup, &mut redirected)?,
            redirected,
            reported: self.reported(lookup)?,
            sender_proven: self.is_proven(lookup.sender.as_ref())?,
            sender_spammed: self.is_spammer(lookup.sender.as_ref())?,
            acknowledged: self.acknowledged(lookup)?,
            burnt: self.burnt(&lookup.signed)?,
            personal: self.owners(&lookup.personal)?,
            confirmed_by: self.confirmed_by(lookup.received)?,
            held: self.held(answered_letter.as_ref())?,
            questions_day: self.written_day(lookup, LetterKind::Question)?,
            explanations_day: self.written_day(lookup, LetterKind::Explanation)?,
            workload: self.workload(&lookup.counted)?,
            answered_letter,
            answered_subject,
            ..Facts::none(self.next_number(&lookup.desk)?)
        };
        if let Some(request) = facts.about() {
            let number = request.number.clone();
            facts.survivor = self.survivor(request)?;
            facts.summary = self.summary(&number)?;
            facts.contents = self.contents(&number)?;
            if let Some(engineer) = &lookup.engineer {
                facts.undoable = self.undoable(&number, engineer, facts.answered_letter.as_ref())?;
            }
        } else if let (Some(engineer), Some(letter)) = (&lookup.engineer, &facts.answered_letter) {
            facts.undoable = self.undoable_receipt(engineer, letter)?;
        }
        match &lookup.identity {
            Some((id, digest)) => {
                (facts.duplicate_of, facts.same_id_as) = self.same_message(lookup, id, digest)?;
                facts.elsewhere = self.same_message_elsewhere(&lookup.desk, id, digest)?;
            }
            None => facts.duplicate_of = self.same_bytes(lookup.received)?,
        }
        Ok(facts)
    }

    /// The number that a new request of a desk gets.
    pub fn next_number(&self, desk: &DeskKey) -> Result<RequestNumber, StoreError> {
        let sql = "SELECT last_number FROM desk WHERE key = ?1";
        let last: Option<u32> = self.optional("reading the last number", sql, &[desk], |r| r.get(0))?;
        Ok(RequestNumber { desk: desk.clone(), number: last.unwrap_or(0) + 1 })
    }

    /// Earlier messages of the desk with this id: one with the same content, and one with other content.
    fn same_message(
        &self,
        lookup: &Lookup,
        id: &MessageId,
        digest: &Digest,
    ) -> Result<(Option<ReceivedId>, Option<ReceivedId>), StoreError> {
        let earlier = |comparison: &str| {
            let sql = format!(
                "SELECT id FROM received WHERE message_id IN (?1, ?5) AND desk = ?2 AND digest {comparison} ?3
                   AND disposition <> 'duplicate' AND id <> ?4 ORDER BY id LIMIT 1"
            );
            let values: [&dyn ToColumn; 5] = [id, &lookup.desk, digest, &lookup.received, &id.erased()];
            self.optional("looking for the same message", &sql, &values, |r| r.get(0))
        };
        Ok((earlier("=")?, earlier("<>")?))
    }

    /// The request that this message has at another desk.
    fn same_message_elsewhere(
        &self,
        desk: &DeskKey,
        id: &MessageId,
        digest: &Digest,
    ) -> Result<Option<Request>, StoreError> {
        let sql = "SELECT q.desk || '-' || q.number FROM received r JOIN request q ON q.id = r.request
          WHERE r.message_id IN (?1, ?4) AND r.desk <> ?2 AND r.digest = ?3 AND r.disposition IN ('opened', 'appended')
          ORDER BY r.id LIMIT 1";
        let values: [&dyn ToColumn; 4] = [id, desk, digest, &id.erased()];
        let number = self.optional("looking for the same message elsewhere", sql, &values, |r| r.get(0))?;
        number.map_or(Ok(None), |number| self.request(&number))
    }

    /// The message that has exactly these bytes and stood in the same mailbox under another UIDVALIDITY: the server has
    /// renumbered its messages. Two that stand there side by side are two.
    fn same_bytes(&self, received: ReceivedId) -> Result<Option<ReceivedId>, StoreError> {
        let sql = "SELECT other.id FROM received this JOIN raw ON raw.id = this.raw
            JOIN raw same ON same.sha256 = raw.sha256 JOIN received other ON other.raw = same.id
          WHERE this.id = ?1 AND other.mailbox = this.mailbox AND other.validity <> this.validity
            AND other.disposition <> 'duplicate'
          ORDER BY other.id LIMIT 1";
        self.optional("looking for the same bytes", sql, &[&received], |r| r.get(0))
    }

    /// The first quoted request in which the sender takes part, else the first that exists.
    fn quoted(&self, lookup: &Lookup, redirected: &mut Redirected) -> Result<Option<Request>, StoreError> {
        let mut first = None;
        for number in lookup.quoted.iter().take(20) {
            let Some(request) = self.request(number)? else { continue };
            let request = self.redirected(request, lookup, ThreadLink::Claimed, redirected)?;
            if lookup.sender.as_ref().is_some_and(|sender| request.participant(sender).is_some()) {
                return Ok(Some(request));
            }
            first.get_or_insert(request);
        }
        Ok(first)
    }

    fn first_signed(&self, lookup: &Lookup, redirected: &mut Redirected) -> Result<Option<Request>, StoreError> {
        for signed in &lookup.signed {
            let Anchor::Request(number) = &signed.anchor else { continue };
            if let Some(request) = self.request(number)? {
                let way = match signed.audience {
                    Audience::Correspondent => ThreadLink::Thread,
                    Audience::Engineer { .. } => ThreadLink::Token,
                };
                return self.redirected(request, lookup, way, redirected).map(Some);
            }
        }
        Ok(None)
    }

    /// The request of the first message among those it answers that the desk has received.
    fn answered(&self, lookup: &Lookup, redirected: &mut Redirected) -> Result<Option<Request>, StoreError> {
        let sql = "SELECT q.desk || '-' || q.number FROM received r JOIN request q ON q.id = r.request
          WHERE r.message_id = ?1 AND r.desk = ?2 ORDER BY r.id LIMIT 1";
        for id in &lookup.answered {
            let number = self.optional("looking for the answered message", sql, &[id, &lookup.desk], |r| r.get(0))?;
            if let Some(request) = number.map(|number| self.request(&number)).transpose()?.flatten() {
                return self.redirected(request, lookup, ThreadLink::Claimed, redirected).map(Some);
            }
        }
        Ok(None)
    }

    fn reported(&self, lookup: &Lookup) -> Result<Option<ReportedLetter>, StoreError> {
        let Some(id) = &lookup.reported else { return Ok(None) };
        if let Some(letter) = self.reported_where("l.message_id = ?1", id)? {
            return Ok(Some(letter));
        }
        // A letter that was lost stands here under another id, unless what caused it was done by a command.
        let Some((RequestNumber { desk, number }, to)) = &lookup.returned else { return Ok(None) };
        let sql = "SELECT max(l.id) FROM letter l JOIN request q ON q.id = l.request
          WHERE q.desk = ?1 AND q.number = ?2 AND l.recipient = ?3 AND l.repeated = 1";
        let letter: Option<LetterId> =
            self.one("looking for the reported letter", sql, &[desk, number, to], |r| r.get(0))?;
        letter.map_or(Ok(None), |id| self.reported_letter(id))
    }

    /// A letter that could not be sent, with its request; none for one that is about no request.
    pub fn reported_letter(&self, id: LetterId) -> Result<Option<ReportedLetter>, StoreError> {
        self.reported_where("l.id = ?1", &id)
    }

    fn reported_where(&self, condition: &str, value: &dyn ToColumn) -> Result<Option<ReportedLetter>, StoreError> {
        let sql = format!(
            "SELECT l.id, l.recipient, q.desk || '-' || q.number, l.kind
             FROM letter l JOIN request q ON q.id = l.request WHERE {condition}"
        );
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?));
        let row: Option<(LetterId, EmailAddress, RequestNumber, LetterKind)> =
            self.optional("looking for the reported letter", &sql, &[value], row)?;
        let Some((id, to, number, kind)) = row else { return Ok(None) };
        Ok(self.request(&number)?.map(|request| ReportedLetter { id, kind, to, request }))
    }

    fn is_proven(&self, sender: Option<&EmailAddress>) -> Result<bool, StoreError> {
        let Some(sender) = sender else { return Ok(false) };
        self.exists("looking for the sender", "SELECT 1 FROM participant WHERE email = ?1 AND proven = 1", &[sender])
    }

    fn acknowledged(&self, lookup: &Lookup) -> Result<Acknowledged, StoreError> {
        let Some(sender) = &lookup.sender else { return Ok(Acknowledged::default()) };
        // In the words of the indexes that answer it.
        let count = |from: &str, seconds: i64, and: &str, values: &[&dyn ToColumn]| {
            let sql = format!(
                "SELECT count(*) FROM letter l {from}
                 WHERE l.kind = 'acknowledgement' AND l.repeated = 0 AND l.created_at > ?1 AND l.created_at <= ?2 {and}"
            );
            let since = before(lookup.now, seconds);
            let values: Vec<&dyn ToColumn> =
                [&since as &dyn ToColumn, &lookup.now].into_iter().chain(values.iter().copied()).collect();
            self.one("counting acknowledgements", &sql, &values, |r| r.get(0))
        };
        let to_sender = |seconds: i64| count("", seconds, "AND l.recipient = ?3", &[sender]);
        let (with_request, of_subject) =
            ("JOIN request q ON q.id = l.request", "AND l.recipient = ?3 AND q.subject = ?4");
        Ok(Acknowledged {
            sender_ten_minutes: to_sender(10 * MINUTE)?,
            sender_hour: to_sender(HOUR)?,
            sender_day: to_sender(DAY)?,
            sender_subject_day: count(with_request, DAY, of_subject, &[sender, &lookup.subject])?,
            domain_hour: count("", HOUR, "AND l.domain = ?3", &[&sender.domain()])?,
            all_hour: count("", HOUR, "", &[])?,
        })
    }
}

/// So many seconds before a time.
pub(super) fn before(now: Timestamp, seconds: i64) -> Timestamp {
    now.plus_seconds(-seconds)
}
