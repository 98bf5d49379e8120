//! The facts that a decision about a message needs, read from the database.

use crate::model::{
    Alerts, Anchor, Audience, Candidates, DeskKey, EmailAddress, LetterId, LetterKind, Mentioned, MessageId,
    MessageProtection, ReceivedId, References, ReportedId, ReportedLetter, Request, RequestFacts, RequestNumber,
    SenderFacts, Signed, Tallied, TallyKeys, TallyKind, Timestamp, Trail, Understanding,
};

use super::column::List;
use super::sql::{Row, ToColumn};
use super::{StoreError, View};

/// Among how many of the last messages of a request the last exchange is looked for.
const LAST_HEADS: u32 = 10;

/// How many letters are compared with what a report returns.
const MOST_COMPARED: u32 = 30;

/// How many request numbers in a subject are looked up.
const MOST_QUOTED: usize = 20;

impl View<'_> {
    /// The requests and messages that a message may refer to: by its subject, the messages that it answers, and signed ids.
    pub fn candidates(
        &self,
        desks: &[DeskKey],
        received: ReceivedId,
        references: &References,
    ) -> Result<Candidates, StoreError> {
        let (letter, subject) = self.answered_letter(desks, &references.answered)?;
        let letter = match letter {
            Some(letter) => Some(letter),
            None => self.lost_question(desks, received, references)?,
        };
        let mut quoted = Vec::new();
        for number in references.quoted.iter().take(MOST_QUOTED) {
            quoted.extend(self.trail(number)?);
        }
        let named = references.named.as_ref().map_or(Ok(None), |number| self.trail(number))?;
        let mut mentioned = Vec::new();
        for Mentioned { number, is_in_full } in &references.mentioned {
            mentioned.extend(self.trail(number)?.map(|trail| (trail, *is_in_full)));
        }
        let signed = self.first_signed(&references.signed)?;
        let answered = self.answered(desks, &references.answered)?;
        Ok(Candidates { letter, subject, signed, answered, quoted, named, mentioned })
    }

    /// What is known of a message's sender and of the tokens that the message brings; of what was counted under these keys, and of
    /// the explanations that were counted under the key `explained`.
    pub fn sender_facts(
        &self,
        received: ReceivedId,
        message: &Understanding,
        keys: Option<&TallyKeys>,
        explained: Option<&str>,
        now: Timestamp,
    ) -> Result<SenderFacts, StoreError> {
        let address = message.sender.address.as_ref();
        let engineer = message.sender.engineer.as_ref();
        Ok(SenderFacts {
            is_proven: self.is_proven(address)?,
            has_spammed: self.is_spammer(address)?,
            is_silenced: address.map_or(Ok(false), |address| self.is_silenced(address))?,
            tallied: keys.map_or_else(|| Ok(Tallied::default()), |keys| self.tallied(keys, now))?,
            burnt: self.burnt(message.references.signed.iter().chain(&message.proofs.buttons))?,
            personal: self.owners(&message.proofs.personal)?,
            confirmed_by: self.confirmed_by(received)?,
            questions_day: self.written_day(TallyKind::Question, engineer, now)?,
            explanations_day: self.written_day(TallyKind::Explanation, engineer, now)?,
            explained_lately: self.explained_lately(explained, now)?,
            alerts: Alerts::default(),
        })
    }

    /// Facts about a request that every decision about it needs, whatever is asked.
    pub fn request_facts(&self, request: &Request) -> Result<RequestFacts, StoreError> {
        Ok(RequestFacts {
            summary: self.summary(&request.number)?,
            survivor: self.survivor(request)?,
            passed_on: self.passed_on(request)?,
            history: self.last_heads(&request.number, LAST_HEADS)?,
            ..RequestFacts::default()
        })
    }

    /// The number that a desk's next request gets.
    pub fn next_number(&self, desk: &DeskKey) -> Result<RequestNumber, StoreError> {
        let sql = "SELECT last_number FROM desk WHERE key = ?1";
        let last: Option<u32> = self.optional("reading the last number", sql, &[desk], |r| r.get(0))?;
        Ok(RequestNumber { desk: desk.clone(), number: last.unwrap_or(0) + 1 })
    }

    /// The first existing request that one of the signed ids names, and for whom the letter with that id was written.
    fn first_signed(&self, signed: &[Signed]) -> Result<Option<(Audience, Trail)>, StoreError> {
        for signed in signed {
            let Anchor::Request(number) = &signed.anchor else { continue };
            if let Some(trail) = self.trail(number)? {
                return Ok(Some((signed.audience.clone(), trail)));
            }
        }
        Ok(None)
    }

    /// The first message with one of these ids that the desk has filed in a request, and that request; `None` where it has none.
    fn answered(&self, desks: &[DeskKey], answered: &[MessageId]) -> Result<Option<(ReceivedId, Trail)>, StoreError> {
        let sql = "SELECT r.id, q.desk || '-' || q.number FROM received r JOIN request q ON q.id = r.request
          WHERE r.message_id = ?1 AND r.desk IN (LIST ?2) ORDER BY r.id LIMIT 1";
        for id in answered {
            let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?));
            let found: Option<(ReceivedId, RequestNumber)> =
                self.optional("looking for the answered message", sql, &[id, &List(desks)], row)?;
            if let Some((message, number)) = found
                && let Some(trail) = self.trail(&number)?
            {
                return Ok(Some((message, trail)));
            }
        }
        Ok(None)
    }

    /// The letter that a delivery report is about; `None` where it is not found.
    pub fn reported(&self, reported: &ReportedId) -> Result<Option<ReportedLetter>, StoreError> {
        if let Some(letter) = self.reported_where("l.message_id = ?1", &reported.letter)? {
            return Ok(Some(letter));
        }
        // The letter of a lost installation was written anew here under another id, unless a command caused it.
        let Some((RequestNumber { desk, number }, to)) = &reported.returned else { return Ok(None) };
        let sql = "SELECT max(l.id) FROM letter l JOIN request q ON q.id = l.request
          WHERE q.desk = ?1 AND q.number = ?2 AND l.recipient = ?3 AND l.repeated = 1";
        let letter: Option<LetterId> =
            self.one("looking for the reported letter", sql, &[desk, number, to], |r| r.get(0))?;
        letter.map_or(Ok(None), |id| self.reported_letter(id))
    }

    /// Whether somebody has sent an encrypted message about a request before this one.
    pub fn was_encrypted(
        &self,
        request: &RequestNumber,
        sender: &EmailAddress,
        received: ReceivedId,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM received
          WHERE request = ?1 AND sender = ?2 AND id <> ?3 AND instr(defects, ?4) > 0";
        let values: [&dyn ToColumn; 4] =
            [&self.request_id(request)?, sender, &received, &MessageProtection::UNREADABLE];
        self.exists("looking for encrypted messages", sql, &values)
    }

    /// Whether the request has an event with this proof.
    pub fn was_proven_by(&self, request: &RequestNumber, proof: &str) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM event WHERE request = ?1 AND proof = ?2";
        self.exists("looking for an event", sql, &[&self.request_id(request)?, &proof])
    }

    /// The newest letters about requests that have one of these ids, or went to one of these addresses, or are about the request
    /// of a letter with one of these ids.
    pub fn letters_named(&self, ids: &[MessageId], recipients: &[EmailAddress]) -> Result<Vec<LetterId>, StoreError> {
        let sql = "SELECT l.id FROM letter l
          WHERE l.request IS NOT NULL AND l.erased_at IS NULL AND l.state <> 'cancelled' AND (l.recipient IN (LIST ?2)
            OR l.request IN (SELECT named.request FROM letter named WHERE named.message_id IN (LIST ?1)))
          ORDER BY l.id DESC LIMIT ?3";
        let values: [&dyn ToColumn; 3] = [&List(ids), &List(recipients), &MOST_COMPARED];
        self.all("looking for the reported letter", sql, &values, |r| r.get(0))
    }

    /// A letter that could not be sent, with its request; `None` for a letter that is about no request.
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
        let is_silenced = self.is_silenced(&to)?;
        Ok(self.request(&number)?.map(|request| ReportedLetter { id, kind, to, request, is_silenced }))
    }

    fn is_proven(&self, sender: Option<&EmailAddress>) -> Result<bool, StoreError> {
        let Some(sender) = sender else { return Ok(false) };
        self.exists("looking for the sender", "SELECT 1 FROM participant WHERE email = ?1 AND proven = 1", &[sender])
    }
}
