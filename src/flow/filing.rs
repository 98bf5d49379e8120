//! Transaction B of one message: evidence → facts → what its writer typed → decision → rows.

use tracing::debug;

use crate::desk::{self, Case, Claims, Evidence, Typed};
use crate::failpoint;
use crate::mail::subject::tags;
use crate::mail::{authentication, proof, subject, words};
use crate::model::policy::Desk;
use crate::model::settings::MailboxSettings;
use crate::model::{
    Anchor, Ask, Audience, Decision, DeskKey, Disposition, EmailAddress, Facts, Incoming, Lookup, MessageId,
    NamedAddress, Redaction, RequestNumber, ShortName, Signed, Words,
};
use crate::store::{Findable, StoreError, Tx, Waiting};

use super::Context;
use super::absence;
use super::basis::with_basis;
use super::commit::commit;
use super::origin::{FiledMessage, Origin};
use super::related_facts;

/// Ids of a thread that are looked at.
const MOST_ANSWERED: usize = 50;

/// What the settings know, gathered once a message.
struct Known {
    keys: Vec<DeskKey>,
    engineers: Vec<ShortName>,
}

/// A message that is being filed.
pub(super) struct Filing {
    pub context: Context,
    pub waiting: Waiting,
    pub incoming: Incoming,
    /// Its author's own words, where it names an engineer as its author.
    pub words: Option<Words>,
    /// What it can be found by.
    pub findable: Findable,
}

impl Filing {
    /// Facts, understanding, decision, and everything that follows. None while the message's mailbox is not configured.
    pub(super) fn run(&self, tx: &Tx<'_>) -> Result<Option<Decision>, StoreError> {
        let (context, settings) = (&self.context, &self.context.settings);
        let mailbox = settings.mailboxes.iter().find(|m| m.name == self.waiting.mailbox);
        let now = context.now();
        let desks = absence::desks(context, tx, now)?;
        let with_absences = |key: &DeskKey| desks.iter().find(|desk| desk.key == *key);
        let Some((mailbox, desk)) = mailbox.and_then(|m| with_absences(&m.desk).map(|desk| (m, desk))) else {
            debug!(received = %self.waiting.id, mailbox = self.waiting.mailbox, "the message waits: its mailbox is not configured");
            return Ok(None);
        };
        let known = Known { keys: settings.desk_keys(), engineers: settings.engineers() };
        let quotable = subject::without_references(&self.incoming.subject, &known.keys);
        let claims = desk::claims(&self.incoming, desk, &settings.desks, context.ring.instance());
        let mut answered: Vec<MessageId> = self.incoming.answered().into_iter().take(MOST_ANSWERED).cloned().collect();
        let evidence = self.evidence(mailbox, desk, &claims, &known, &mut answered);
        let lookup = self.lookup(desk, &claims, &evidence, &known, answered, &quotable);
        let mut facts = tx.facts(&lookup)?;
        if let Some(given) = self.waiting.number {
            facts.next_number.number = given;
        }
        let words = match (&lookup.engineer, &self.words) {
            (Some(_), Some(words)) => words.clone(),
            // The new words of a reply were scrubbed when they were read.
            _ => Words::Own(self.incoming.reply_text.clone()),
        };
        let about_desk = desk_of(context, &facts, desk);
        let (typed, words) = self.typed(about_desk, known.keys, &facts, words);
        let asks = asks(&typed);
        related_facts::add(tx, &mut facts, &asks, about_desk)?;
        self.keep_to_own_desks(&mut facts, lookup.engineer.as_ref());
        with_basis(context, (&desks, desk), &facts, now, |basis| {
            let case = Case {
                basis: basis.of_message(self.waiting.id),
                received: self.waiting.id,
                incoming: &self.incoming,
                claims: &claims,
                evidence: &evidence,
                subject: &quotable,
                typed: &typed,
                words: &words,
                automatic: mailbox.automatic,
                is_older: self.waiting.is_older,
                limits: settings.limits,
            };
            let decision = desk::decide(&case);
            self.write(tx, &case, &decision)?;
            failpoint::reached("handle.before");
            Ok(Some(decision))
        })
    }

    /// What our keys and the operator's settings confirm of the message. A reply address that carries a token names the letter
    /// that it answers, where the program of its writer has lost that.
    fn evidence(
        &self,
        mailbox: &MailboxSettings,
        desk: &Desk,
        claims: &Claims,
        known: &Known,
        answered: &mut Vec<MessageId>,
    ) -> Evidence {
        let (ring, incoming, engineers) = (&self.context.ring, &self.incoming, &known.engineers);
        let mut signed: Vec<Signed> = answered.iter().filter_map(|id| proof::verify(ring, id, engineers)).collect();
        let mut personal = Vec::new();
        for address in self.own_recipients() {
            if let Some(token) = proof::verify_address(ring, &address, engineers) {
                answered.extend(proof::sign(ring, &token, &desk.address).filter(|id| !answered.contains(id)));
                signed.extend(Some(token).filter(|token| !signed.contains(token)));
            }
            personal.extend(proof::verify_personal(ring, &address).filter(|serial| !personal.contains(serial)));
        }
        // A server vouches for a web form, and a mailbox is kept for it: neither knows who has filled it in.
        let authserv_id = mailbox.authserv_id.as_ref().filter(|_| !claims.is_form);
        let vouched = authserv_id.and_then(|id| authentication::vouched(incoming, id));
        let quoted = subject::references(&incoming.subject_raw, &known.keys);
        Evidence { signed, personal, vouched, is_internal: mailbox.internal && !claims.is_form, quoted }
    }

    /// The desks at which its sender is an engineer.
    fn works_at(&self, claims: &Claims) -> Vec<DeskKey> {
        let sender = claims.sender.as_ref();
        let knows = |desk: &&Desk| sender.is_some_and(|sender| desk.engineer_at(sender).is_some());
        self.context.settings.desks.iter().filter(knows).map(|desk| desk.key.clone()).collect()
    }

    /// The addresses of desks that the message went to, with what stands behind their `+`.
    fn own_recipients(&self) -> Vec<EmailAddress> {
        let named = self.incoming.to.iter().chain(&self.incoming.cc).filter_map(NamedAddress::email);
        let delivered = desk::delivered_to(&self.incoming);
        let is_own = |address: &EmailAddress| self.context.settings.desks.iter().any(|desk| desk.is_own(address));
        named.chain(delivered).filter(is_own).collect()
    }

    fn lookup(
        &self,
        desk: &Desk,
        claims: &Claims,
        evidence: &Evidence,
        known: &Known,
        answered: Vec<MessageId>,
        quotable: &str,
    ) -> Lookup {
        let incoming = &self.incoming;
        let reported = incoming.report.as_ref().and_then(|report| report.original_message_id.clone());
        let signed = reported.as_ref().and_then(|id| proof::verify(&self.context.ring, id, &known.engineers));
        let engineer = claims.sender.as_ref().and_then(|sender| self.context.settings.engineer_at(sender));
        Lookup {
            desk: desk.key.clone(),
            received: self.waiting.id,
            identity: incoming.message_id.clone().map(|id| (id, incoming.content_digest)),
            signed: evidence.signed.clone(),
            answered,
            quoted: evidence.quoted.clone(),
            sender: claims.sender.clone(),
            subject: quotable.to_owned(),
            reported: reported.filter(|_| signed.is_some()),
            returned: signed.and_then(|signed| returned(signed, incoming)),
            engineer: engineer.map(|engineer| engineer.name.clone()),
            works_at: self.works_at(claims),
            personal: evidence.personal.clone(),
            counted: absence::counted(&self.context.settings.desks),
            now: self.context.now(),
        }
    }

    /// The brackets that the writer typed, and the words without them, fit to be passed on.
    fn typed(&self, desk: &Desk, keys: Vec<DeskKey>, facts: &Facts, words: Words) -> (Typed, Words) {
        let vocabulary = desk.vocabulary(keys);
        let raw = &self.incoming.subject_raw;
        let is_answer = !self.incoming.answered().is_empty() || subject::without_prefixes(raw) != raw.trim();
        let answered = facts.answered_subject.as_deref();
        let subject = tags::asks_typed(raw, answered.unwrap_or_default(), &vocabulary);
        let (first_line, words) = match words {
            Words::Own(words) => {
                let first_line = tags::first_line_tags(&words, &vocabulary);
                let bare = words::without_first_line_tags(&words, &first_line);
                (first_line, Words::Own(bare))
            }
            unclear @ Words::Unclear(_) => (Vec::new(), unclear),
        };
        let is_foreign = is_answer && answered.is_none();
        (Typed { subject, first_line, is_html: self.incoming.is_html, is_foreign }, words)
    }

    /// Of the requests that tags name, only those count that belong to desks where their engineer works.
    fn keep_to_own_desks(&self, facts: &mut Facts, engineer: Option<&ShortName>) {
        let works_at = |desk: &Desk| engineer.is_some_and(|engineer| desk.engineer(engineer).is_some());
        let settings = &self.context.settings;
        facts.mentioned.retain(|request| settings.desk(&request.number.desk).is_some_and(works_at));
    }

    fn write(&self, tx: &Tx<'_>, case: &Case<'_>, decision: &Decision) -> Result<(), StoreError> {
        let sender = case.claims.sender.as_ref();
        let message =
            FiledMessage { received: case.received, incoming: case.incoming, sender, findable: &self.findable };
        let origin = Origin {
            message: Some(message),
            is_repeated: self.waiting.is_repeated,
            arrived_at: self.waiting.arrived_at,
        };
        commit(&self.context, tx, &case.basis, decision, &origin)?;
        if let (Disposition::Duplicate, Some(earlier)) = (decision.disposition, case.basis.facts.duplicate_of)
            && tx.is_erased(earlier)?
        {
            // What was erased does not come back by being sent again.
            let first = u32::try_from(case.received.0).unwrap_or(u32::MAX);
            let redaction = Redaction::of_all(first, sender.cloned().into_iter().collect());
            tx.erase_messages(&[case.received], &redaction, case.basis.now)?;
        }
        Ok(())
    }
}

/// The request that a letter to a correspondent was about, and the first recipient whom the report on it names.
fn returned(signed: Signed, incoming: &Incoming) -> Option<(RequestNumber, EmailAddress)> {
    let recipient = incoming.report.as_ref()?.recipients.first()?;
    match (signed.anchor, signed.audience) {
        (Anchor::Request(number), Audience::Correspondent) => {
            Some((number, EmailAddress::parse(&recipient.address).ok()?))
        }
        _ => None,
    }
}

/// The desk by whose words a message is read: that of its request, or else the one it came to.
fn desk_of<'a>(context: &'a Context, facts: &Facts, desk: &'a Desk) -> &'a Desk {
    facts.about().and_then(|request| context.settings.desk(&request.number.desk)).unwrap_or(desk)
}

/// All that tags ask, whoever may ask it.
fn asks(typed: &Typed) -> Vec<Ask> {
    typed.subject.iter().chain(&typed.first_line).flat_map(|bracket| bracket.answer.asks()).cloned().collect()
}
