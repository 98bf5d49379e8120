//! What is known when a message is handled.

use rusqlite::{OptionalExtension, ToSql, params};

use crate::model::{
    Acknowledged, Anchor, Audience, Candidates, DeskKey, Digest, EmailAddress, IdentityFacts, Incoming, LetterId,
    LetterKind, MessageId, ReceivedId, References, ReportedId, ReportedLetter, Request, RequestFacts, RequestNumber,
    SenderFacts, Signed, Timestamp, Trail, Understanding,
};

use super::column::Word;
use super::error::During;
use super::{StoreError, View};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;
/// Requests that a subject quotes and that are looked up.
const MOST_QUOTED: usize = 20;

impl View<'_> {
    /// What a message of a desk names, as far as it exists.
    pub fn candidates(
        &self,
        desk: &DeskKey,
        received: ReceivedId,
        references: &References,
    ) -> Result<Candidates, StoreError> {
        let (letter, subject) = self.answered_letter(desk, &references.answered)?;
        let letter = match letter {
            Some(letter) => Some(letter),
            None => self.lost_question(desk, received, references)?,
        };
        let mut quoted = Vec::new();
        for number in references.quoted.iter().take(MOST_QUOTED) {
            quoted.extend(self.trail(number)?);
        }
        let signed = self.first_signed(&references.signed)?;
        Ok(Candidates { letter, subject, signed, answered: self.answered(desk, &references.answered)?, quoted })
    }

    /// Earlier messages that are the same as this one.
    pub fn identity(
        &self,
        desk: &DeskKey,
        received: ReceivedId,
        incoming: &Incoming,
    ) -> Result<IdentityFacts, StoreError> {
        let Some(id) = &incoming.message_id else {
            return Ok(IdentityFacts { duplicate_of: self.same_bytes(received)?, ..IdentityFacts::default() });
        };
        let digest = &incoming.content_digest;
        let (duplicate_of, same_id_as) = self.same_message(desk, received, id, digest)?;
        Ok(IdentityFacts { duplicate_of, same_id_as, elsewhere: self.same_message_elsewhere(desk, id, digest)? })
    }

    /// What is known of a message's sender, and of the proofs that it brings.
    pub fn sender_facts(
        &self,
        received: ReceivedId,
        message: &Understanding,
        now: Timestamp,
    ) -> Result<SenderFacts, StoreError> {
        let address = message.sender.address.as_ref();
        let engineer = message.sender.engineer.as_ref();
        Ok(SenderFacts {
            is_proven: self.is_proven(address)?,
            has_spammed: self.is_spammer(address)?,
            acknowledged: self.acknowledged(address, &message.subject, now)?,
            burnt: self.burnt(&message.references.signed)?,
            personal: self.owners(&message.proofs.personal)?,
            confirmed_by: self.confirmed_by(received)?,
            questions_day: self.written_day(engineer, LetterKind::Question, now)?,
            explanations_day: self.written_day(engineer, LetterKind::Explanation, now)?,
        })
    }

    /// What is known of a request, whatever is asked of it.
    pub fn request_facts(&self, request: &Request) -> Result<RequestFacts, StoreError> {
        Ok(RequestFacts {
            summary: self.summary(&request.number)?,
            contents: self.contents(&request.number)?,
            survivor: self.survivor(request)?,
            ..RequestFacts::default()
        })
    }

    /// The number that a new request of a desk gets.
    pub fn next_number(&self, desk: &DeskKey) -> Result<RequestNumber, StoreError> {
        let last: Option<u32> = self
            .connection
            .prepare_cached("SELECT last_number FROM desk WHERE key = ?1")
            .and_then(|mut query| query.query_row([desk.as_str()], |r| r.get(0)).optional())
            .during("reading the last number")?;
        Ok(RequestNumber { desk: desk.clone(), number: last.unwrap_or(0) + 1 })
    }

    /// Earlier messages of the desk with this id: one with the same content, and one with other content.
    fn same_message(
        &self,
        desk: &DeskKey,
        received: ReceivedId,
        id: &MessageId,
        digest: &Digest,
    ) -> Result<(Option<ReceivedId>, Option<ReceivedId>), StoreError> {
        let earlier = |comparison: &str| {
            self.connection
                .prepare_cached(&format!(
                    "SELECT id FROM received WHERE message_id IN (?1, ?5) AND desk = ?2 AND digest {comparison} ?3
                     AND disposition <> 'duplicate' AND id <> ?4 ORDER BY id LIMIT 1"
                ))
                .and_then(|mut query| {
                    let (id, erased) = (id.as_str(), id.erased());
                    let values = params![id, desk.as_str(), digest.as_bytes(), received.0, erased.as_str()];
                    query.query_row(values, |r| r.get(0).map(ReceivedId)).optional()
                })
                .during("looking for the same message")
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
        let number = self
            .connection
            .prepare_cached(
                "SELECT q.desk || '-' || q.number FROM received r JOIN request q ON q.id = r.request
                 WHERE r.message_id IN (?1, ?4) AND r.desk <> ?2 AND r.digest = ?3 AND r.disposition IN ('opened', 'appended')
                 ORDER BY r.id LIMIT 1",
            )
            .and_then(|mut query| {
                let (id, erased) = (id.as_str(), id.erased());
                let values = params![id, desk.as_str(), digest.as_bytes(), erased.as_str()];
                query.query_row(values, |r| r.get::<_, Word<RequestNumber>>(0)).optional()
            })
            .during("looking for the same message elsewhere")?;
        number.map_or(Ok(None), |number| self.request(&number.0))
    }

    /// The message that has exactly these bytes and stood in the same mailbox under another UIDVALIDITY: the server has
    /// renumbered its messages. Two that stand there side by side are two.
    fn same_bytes(&self, received: ReceivedId) -> Result<Option<ReceivedId>, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT other.id FROM received this JOIN raw ON raw.id = this.raw
                   JOIN raw same ON same.sha256 = raw.sha256 JOIN received other ON other.raw = same.id
                 WHERE this.id = ?1 AND other.mailbox = this.mailbox AND other.validity <> this.validity
                   AND other.disposition <> 'duplicate'
                 ORDER BY other.id LIMIT 1",
            )
            .and_then(|mut query| query.query_row([received.0], |r| r.get(0).map(ReceivedId)).optional())
            .during("looking for the same bytes")
    }

    /// The first request that a signed id names, and for whom that letter was.
    fn first_signed(&self, signed: &[Signed]) -> Result<Option<(Audience, Trail)>, StoreError> {
        for signed in signed {
            let Anchor::Request(number) = &signed.anchor else { continue };
            if let Some(trail) = self.trail(number)? {
                return Ok(Some((signed.audience.clone(), trail)));
            }
        }
        Ok(None)
    }

    /// The request of the first of these messages that the desk has received.
    fn answered(&self, desk: &DeskKey, answered: &[MessageId]) -> Result<Option<Trail>, StoreError> {
        for id in answered {
            let number = self
                .connection
                .prepare_cached(
                    "SELECT q.desk || '-' || q.number FROM received r JOIN request q ON q.id = r.request
                     WHERE r.message_id = ?1 AND r.desk = ?2 ORDER BY r.id LIMIT 1",
                )
                .and_then(|mut query| {
                    let row = |r: &rusqlite::Row<'_>| r.get::<_, Word<RequestNumber>>(0).map(|number| number.0);
                    query.query_row(params![id.as_str(), desk.as_str()], row).optional()
                })
                .during("looking for the answered message")?;
            if let Some(trail) = number.map(|number| self.trail(&number)).transpose()?.flatten() {
                return Ok(Some(trail));
            }
        }
        Ok(None)
    }

    /// The letter that a delivery report is about.
    pub fn reported(&self, reported: &ReportedId) -> Result<Option<ReportedLetter>, StoreError> {
        if let Some(letter) = self.reported_where("l.message_id = ?1", reported.letter.as_str())? {
            return Ok(Some(letter));
        }
        // A letter that was lost stands here under another id, unless what caused it was done by a command.
        let Some((number, to)) = &reported.returned else { return Ok(None) };
        let letter: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT max(l.id) FROM letter l JOIN request q ON q.id = l.request
                 WHERE q.desk = ?1 AND q.number = ?2 AND l.recipient = ?3 AND l.repeated = 1",
            )
            .and_then(|mut query| {
                query.query_row(params![number.desk.as_str(), number.number, to.as_str()], |r| r.get(0))
            })
            .during("looking for the reported letter")?;
        letter.map_or(Ok(None), |id| self.reported_letter(LetterId(id)))
    }

    /// A letter that could not be sent, with its request; none for one that is about no request.
    pub fn reported_letter(&self, id: LetterId) -> Result<Option<ReportedLetter>, StoreError> {
        self.reported_where("l.id = ?1", id.0)
    }

    fn reported_where(&self, condition: &str, value: impl ToSql) -> Result<Option<ReportedLetter>, StoreError> {
        let row = self
            .connection
            .prepare_cached(&format!(
                "SELECT l.id, l.recipient, q.desk || '-' || q.number, l.kind
                 FROM letter l JOIN request q ON q.id = l.request WHERE {condition}"
            ))
            .and_then(|mut query| {
                let row = |r: &rusqlite::Row<'_>| {
                    let (id, to) = (LetterId(r.get(0)?), r.get::<_, Word<EmailAddress>>(1)?.0);
                    let (number, kind) = (r.get::<_, Word<RequestNumber>>(2)?.0, r.get::<_, Word<LetterKind>>(3)?.0);
                    Ok((id, to, number, kind))
                };
                query.query_row([value], row).optional()
            })
            .during("looking for the reported letter")?;
        let Some((id, to, number, kind)) = row else { return Ok(None) };
        Ok(self.request(&number)?.map(|request| ReportedLetter { id, kind, to, request }))
    }

    fn is_proven(&self, sender: Option<&EmailAddress>) -> Result<bool, StoreError> {
        let Some(sender) = sender else { return Ok(false) };
        self.connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM participant WHERE email = ?1 AND proven = 1)")
            .and_then(|mut query| query.query_row([sender.as_str()], |r| r.get(0)))
            .during("looking for the sender")
    }

    fn acknowledged(
        &self,
        sender: Option<&EmailAddress>,
        subject: &str,
        at: Timestamp,
    ) -> Result<Acknowledged, StoreError> {
        let Some(sender) = sender else { return Ok(Acknowledged::default()) };
        // In the words of the indexes that answer it.
        const COUNT: &str = "SELECT count(*) FROM letter l";
        const WHICH: &str =
            "l.kind = 'acknowledgement' AND l.repeated = 0 AND l.created_at > ?1 AND l.created_at <= ?2";
        let count = |sql: &str, values: &[&dyn ToSql]| {
            self.connection
                .prepare_cached(sql)
                .and_then(|mut query| query.query_row(values, |r| r.get::<_, u32>(0)))
                .during("counting acknowledgements")
        };
        let now = at.unix();
        let to_sender = |seconds: i64| {
            let sql = format!("{COUNT} WHERE {WHICH} AND l.recipient = ?3");
            count(&sql, &[&since(at, seconds), &now, &sender.as_str()])
        };
        let (hour, day) = (since(at, HOUR), since(at, DAY));
        let of_subject =
            format!("{COUNT} JOIN request q ON q.id = l.request WHERE {WHICH} AND l.recipient = ?3 AND q.subject = ?4");
        let to_domain = format!("{COUNT} WHERE {WHICH} AND l.domain = ?3");
        Ok(Acknowledged {
            sender_ten_minutes: to_sender(10 * MINUTE)?,
            sender_hour: to_sender(HOUR)?,
            sender_day: to_sender(DAY)?,
            sender_subject_day: count(&of_subject, &[&day, &now, &sender.as_str(), &subject])?,
            domain_hour: count(&to_domain, &[&hour, &now, &sender.domain()])?,
            all_hour: count(&format!("{COUNT} WHERE {WHICH}"), &[&hour, &now])?,
        })
    }
}

pub(super) fn since(now: Timestamp, seconds: i64) -> i64 {
    now.plus_seconds(-seconds).unix()
}
