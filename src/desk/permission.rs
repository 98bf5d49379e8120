//! Who wrote a message: an engineer by proof, somebody who only claims to be one, or anybody else.

use crate::model::policy::{Desk, Engineer};
use crate::model::{Anchor, Audience, Facts, Proof, Request, RequestNumber, ShortName, Signed, Timestamp};

use super::news::Unproven;
use super::understand::Claims;

/// What shows who wrote a message and what it answers, as far as our keys and the operator's settings confirm it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// What our signed ids in its thread and our reply addresses among its recipients say, nearest first.
    pub signed: Vec<Signed>,
    /// The serial numbers of the personal addresses among its recipients.
    pub personal: Vec<u32>,
    /// The words by which the operator's own server vouches for its sender's domain.
    pub vouched: Option<String>,
    /// Whether it came to a mailbox that the operator declared internal.
    pub is_internal: bool,
    /// The requests that its subject quotes.
    pub quoted: Vec<RequestNumber>,
}

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author<'a> {
    /// This engineer.
    Engineer(&'a Engineer, Proof),
    /// Somebody who names this engineer's address, and does not prove to be the engineer.
    Unproven(&'a Engineer, Unproven),
    /// Anybody else, or an engineer who writes as the requester of a request of their own.
    Person,
}

/// The author of a message, and the proofs that it has disclosed to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict<'a> {
    /// Who wrote it.
    pub author: Author<'a>,
    /// Tokens that somebody else has seen or used.
    pub burnt: Vec<Signed>,
    /// Personal addresses that somebody else has seen or used.
    pub revoked: Vec<u32>,
}

/// Judges a message that is about a request, or about none, at the desk which that request belongs to. Every proof is judged
/// here and nowhere else; what is not proven is no engineer's.
pub fn verdict<'a>(
    claims: &Claims,
    evidence: &Evidence,
    facts: &Facts,
    desk: &'a Desk,
    about: Option<&Request>,
    now: Timestamp,
) -> Verdict<'a> {
    let engineer = claims.sender.as_ref().and_then(|sender| desk.engineer_at(sender));
    let judge = Judge { claims, evidence, facts, about, now };
    let is_sender = |name: &ShortName| engineer.is_some_and(|engineer| engineer.name == *name);
    let is_exposed = !claims.outsiders.is_empty() || claims.has_unreadable_recipient;
    let is_burnt = |signed: &&Signed| match &signed.audience {
        Audience::Engineer { name, .. } => (is_exposed || !is_sender(name)) && !facts.burnt.contains(signed),
        Audience::Correspondent => false,
    };
    let is_revoked = |serial: &u32| is_exposed || !facts.owner(*serial).is_some_and(is_sender);
    let author = match engineer {
        None => Author::Person,
        Some(_) if judge.speaks_as_requester() => Author::Person,
        Some(engineer) => match judge.proof(engineer) {
            Ok(proof) => Author::Engineer(engineer, proof),
            // The claim of a participant is weighed as any participant's.
            Err(Unproven::NoProof) if judge.takes_part() => Author::Person,
            Err(why) => Author::Unproven(engineer, why),
        },
    };
    Verdict {
        author,
        burnt: evidence.signed.iter().filter(is_burnt).cloned().collect(),
        revoked: evidence.personal.iter().copied().filter(is_revoked).collect(),
    }
}

/// What a proof is judged by.
struct Judge<'c> {
    claims: &'c Claims,
    evidence: &'c Evidence,
    facts: &'c Facts,
    about: Option<&'c Request>,
    now: Timestamp,
}

impl Judge<'_> {
    fn takes_part(&self) -> bool {
        let sender = self.claims.sender.as_ref();
        self.about.is_some_and(|request| sender.is_some_and(|sender| request.participant(sender).is_some()))
    }

    /// Whether an engineer who is a requester answers what we wrote to them as such.
    fn speaks_as_requester(&self) -> bool {
        let nearest = self.evidence.signed.first().map(|signed| &signed.audience);
        self.takes_part() && nearest == Some(&Audience::Correspondent)
    }

    fn proof(&self, engineer: &Engineer) -> Result<Proof, Unproven> {
        if let Some(confirmation) = self.facts.confirmed_by {
            return Ok(Proof::Confirmed(confirmation));
        }
        match (self.token(engineer), self.personal(engineer)) {
            (Some(Ok(())), _) => Ok(Proof::Token),
            (_, Some(Ok(()))) => Ok(Proof::PersonalAddress),
            _ if self.evidence.is_internal => Ok(Proof::InternalMailbox),
            (token, personal) => {
                let why = token.or(personal).and_then(Result::err).unwrap_or(Unproven::NoProof);
                self.evidence.vouched.clone().map(Proof::Authenticated).ok_or(why)
            }
        }
    }

    /// Whether the tokens of a message prove this engineer; none where it brings none.
    fn token(&self, engineer: &Engineer) -> Option<Result<(), Unproven>> {
        let (claims, quoted) = (self.claims, &self.evidence.quoted);
        let mut worst = None;
        for signed in &self.evidence.signed {
            let Audience::Engineer { name, expires } = &signed.audience else { continue };
            let is_for_this = match (&signed.anchor, self.about) {
                (Anchor::Request(number), Some(request)) => {
                    *number == request.number && (quoted.is_empty() || quoted.contains(number))
                }
                (Anchor::Message(_), None) => true,
                (Anchor::Request(_), None) | (Anchor::Message(_), Some(_)) | (Anchor::Digest(_), _) => false,
            };
            let trouble = if let Some(outsider) = claims.outsiders.first() {
                Unproven::Exposed(outsider.clone())
            } else if *name != engineer.name || !is_for_this {
                Unproven::NotYours(signed.clone())
            } else if claims.has_unreadable_recipient || self.facts.burnt.contains(signed) {
                Unproven::Burnt
            } else if *expires <= self.now {
                Unproven::Expired(*expires)
            } else {
                return Some(Ok(()));
            };
            worst.get_or_insert(trouble);
        }
        worst.map(Err)
    }

    /// Whether a personal address among the recipients proves this engineer; none where there is none.
    fn personal(&self, engineer: &Engineer) -> Option<Result<(), Unproven>> {
        let serial = self.evidence.personal.first()?;
        if let Some(outsider) = self.claims.outsiders.first() {
            return Some(Err(Unproven::Exposed(outsider.clone())));
        }
        let is_his = self.facts.owner(*serial) == Some(&engineer.name);
        Some(if is_his && !self.claims.has_unreadable_recipient { Ok(()) } else { Err(Unproven::Burnt) })
    }
}
