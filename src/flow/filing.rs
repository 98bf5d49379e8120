//! Transaction B of one message: evidence → facts → what its writer typed → decision → rows.

use tracing::debug;

use crate::desk::{self, Case, Claims, Evidence, Typed};
use crate::failpoint;
use crate::mail::subject::tags;
use crate::mail::{authentication, parse, proof, subject, words};
use crate::model::policy::Desk;
use crate::model::settings::MailboxSettings;
use crate::model::{
    Answer, Ask, Attachment, Bracket, Decision, DeskKey, Disposition, EmailAddress, Facts, Incoming, Lookup, MessageId,
    NamedAddress, ShortName, Signed, Unclear, Words,
};
use crate::store::{Handled, NewEntry, StoreError, Tx, Waiting};

use super::Context;
use super::apply::{self, Cause};
use super::staff;
use super::surroundings;

/// Ids of a thread that are looked at.
const MOST_ANSWERED: usize = 50;

/// Larger files are not searched for tokens, in bytes.
const MOST_READ: u64 = 8_000_000;

/// A message that is being filed.
pub(super) struct Filing {
    pub context: Context,
    pub waiting: Waiting,
    pub incoming: Incoming,
}

impl Filing {
    /// Facts, understanding, decision, and everything that follows. None while the message's mailbox is not configured.
    pub(super) fn run(&self, tx: &Tx<'_>) -> Result<Option<Decision>, StoreError> {
        let (context, settings) = (&self.context, &self.context.settings);
        let mailbox = settings.mailboxes.iter().find(|m| m.name == self.waiting.mailbox);
        let now = context.now();
        let desks = staff::desks(context, tx, now)?;
        let staffed = |key: &DeskKey| desks.iter().find(|desk| desk.key == *key);
        let Some((mailbox, desk)) = mailbox.and_then(|m| staffed(&m.desk).map(|desk| (m, desk))) else {
            debug!(received = %self.waiting.id, mailbox = self.waiting.mailbox, "waits: its mailbox is not configured");
            return Ok(None);
        };
        let keys = apply::desk_keys(context);
        let quotable = subject::without_references(&self.incoming.subject, &keys);
        let claims = desk::claims(&self.incoming, desk, &settings.desks, context.ring.instance());
        let mut answered: Vec<MessageId> = self.incoming.answered().into_iter().take(MOST_ANSWERED).cloned().collect();
        let evidence = self.evidence(mailbox, desk, &claims, &mut answered);
        let writes_as = claims.sender.as_ref().and_then(|sender| {
            settings.desks.iter().find_map(|desk| desk.engineer_at(sender)).map(|engineer| engineer.name.clone())
        });
        let lookup = self.lookup(desk, &claims, &evidence, answered, &quotable, writes_as.clone());
        let mut facts = tx.facts(&lookup)?;
        let words = match writes_as {
            Some(_) if self.attaches_token(tx)? => Words::Unclear(Unclear::OurLetterAttached),
            Some(_) => match words::own_words(&self.incoming) {
                Words::Own(words) => Words::Own(words::scrub(&words)),
                unclear @ Words::Unclear(_) => unclear,
            },
            // The new words of a reply were scrubbed when they were read.
            None => Words::Own(self.incoming.reply_text.clone()),
        };
        let (typed, words) = self.typed(desk_of(context, &facts, desk), &facts, words);
        let asks = asks(&typed);
        let about_desk = desk_of(context, &facts, desk);
        surroundings::add(tx, &mut facts, &asks, about_desk)?;
        self.keep_to_own_desks(&mut facts, lookup.engineer.as_ref());
        apply::with_keys(context, now, |keys| {
            let case = Case {
                received: self.waiting.id,
                incoming: &self.incoming,
                claims: &claims,
                evidence: &evidence,
                subject: &quotable,
                typed: &typed,
                words: &words,
                facts: &facts,
                desk,
                desks: &desks,
                automatic: mailbox.automatic,
                is_older: self.waiting.is_older,
                limits: settings.limits,
                keys,
                now,
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
        answered: &mut Vec<MessageId>,
    ) -> Evidence {
        let (ring, incoming) = (&self.context.ring, &self.incoming);
        let engineers = self.engineers();
        let mut signed: Vec<Signed> = answered.iter().filter_map(|id| proof::verify(ring, id, &engineers)).collect();
        let mut personal = Vec::new();
        for address in self.own_recipients() {
            if let Some(token) = proof::verify_address(ring, &address, &engineers) {
                answered.extend(proof::sign(ring, &token, &desk.address).filter(|id| !answered.contains(id)));
                signed.extend(Some(token).filter(|token| !signed.contains(token)));
            }
            personal.extend(proof::verify_personal(ring, &address).filter(|serial| !personal.contains(serial)));
        }
        // A server vouches for a web form, and a mailbox is kept for it: neither knows who has filled it in.
        let authserv_id = mailbox.authserv_id.as_ref().filter(|_| !claims.is_form);
        let vouched = authserv_id.and_then(|id| authentication::vouched(incoming, id));
        let quoted = subject::references(&incoming.subject_raw, &apply::desk_keys(&self.context));
        Evidence { signed, personal, vouched, is_internal: mailbox.internal && !claims.is_form, quoted }
    }

    /// Whether a mail or text among its files holds an engineer's token: nobody else may get that.
    fn attaches_token(&self, tx: &Tx<'_>) -> Result<bool, StoreError> {
        let is_read = |file: &&Attachment| {
            let is_mail = file.content_type.starts_with("message/") || file.filename.to_lowercase().ends_with(".eml");
            (is_mail || file.content_type.starts_with("text/")) && file.size <= MOST_READ
        };
        let files: Vec<u32> = self.incoming.attachments.iter().filter(is_read).map(|file| file.part).collect();
        if files.is_empty() {
            return Ok(false);
        }
        let raw = tx.raw(self.waiting.id)?;
        Ok(files.into_iter().filter_map(|part| parse::attachment(&raw, part)).any(|file| words::holds_token(&file)))
    }

    fn engineers(&self) -> Vec<ShortName> {
        let mut names: Vec<ShortName> = Vec::new();
        for engineer in self.context.settings.desks.iter().flat_map(|desk| &desk.engineers) {
            if !names.contains(&engineer.name) {
                names.push(engineer.name.clone());
            }
        }
        names
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
        answered: Vec<MessageId>,
        quotable: &str,
        engineer: Option<ShortName>,
    ) -> Lookup {
        let incoming = &self.incoming;
        let reported = incoming.report.as_ref().and_then(|report| report.original_message_id.clone());
        let engineers = self.engineers();
        Lookup {
            desk: desk.key.clone(),
            received: self.waiting.id,
            identity: incoming.message_id.clone().map(|id| (id, incoming.content_digest)),
            signed: evidence.signed.clone(),
            answered,
            quoted: evidence.quoted.clone(),
            sender: claims.sender.clone(),
            subject: quotable.to_owned(),
            reported: reported.filter(|id| proof::verify(&self.context.ring, id, &engineers).is_some()),
            engineer,
            works_at: self.works_at(claims),
            personal: evidence.personal.clone(),
            counted: staff::counted(&self.context.settings.desks),
            now: self.context.now(),
        }
    }

    /// The brackets that the writer typed, and the words without them, fit to be passed on.
    fn typed(&self, desk: &Desk, facts: &Facts, words: Words) -> (Typed, Words) {
        let vocabulary = desk.vocabulary(apply::desk_keys(&self.context));
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
        apply::events(&self.context, tx, &decision.events, case.now)?;
        let sender = case.claims.sender.as_ref().map_or("", |sender| sender.as_str());
        tx.finish(&Handled {
            id: case.received,
            desk: case.desk.key.as_str(),
            incoming: case.incoming,
            sender,
            disposition: decision.disposition,
            request: decision.request.as_ref(),
            reasons: &decision.reasons,
            at: case.now,
        })?;
        if let (Disposition::Opened | Disposition::Appended, Some(number)) = (decision.disposition, &decision.request) {
            let entry = NewEntry {
                received: case.received,
                author: sender,
                text: &case.incoming.text,
                reply_text: decision.words.as_deref().unwrap_or(&case.incoming.reply_text),
                visibility: decision.visibility,
                at: case.now,
            };
            tx.add_entry(number, &entry)?;
        }
        let cause = Cause {
            received: Some(case.received),
            message_id: case.incoming.message_id.as_ref(),
            desk: case.desk,
            now: case.now,
        };
        apply::consequences(&self.context, tx, decision, &cause)
    }
}

/// The desk by whose words a message is read: that of its request, or else the one it came to.
fn desk_of<'a>(context: &'a Context, facts: &Facts, desk: &'a Desk) -> &'a Desk {
    facts.about().and_then(|request| context.settings.desk(&request.number.desk)).unwrap_or(desk)
}

/// All that tags ask, whoever may ask it.
fn asks(typed: &Typed) -> Vec<Ask> {
    let asks = |bracket: &Bracket| match &bracket.answer {
        Answer::Asks(asks) => asks.clone(),
        Answer::NotMine | Answer::Wrong { .. } | Answer::Reference(..) => Vec::new(),
    };
    typed.subject.iter().chain(&typed.first_line).flat_map(asks).collect()
}
