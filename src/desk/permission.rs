//! Who wrote a message: an engineer by proof, somebody who only claims to be one, or anybody else.

use crate::model::policy::{Desk, Engineer};
use crate::model::{Anchor, Audience, Proof, Request, SenderFacts, ShortName, Signed, Timestamp, Understanding};

use super::news::Unproven;

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
    message: &Understanding,
    facts: &SenderFacts,
    desk: &'a Desk,
    about: Option<&Request>,
    now: Timestamp,
) -> Verdict<'a> {
    let engineer = message.sender.address.as_ref().and_then(|sender| desk.engineer_at(sender));
    let judge = Judge { message, facts, about, now };
    let is_sender = |name: &ShortName| engineer.is_some_and(|engineer| engineer.name == *name);
    let is_exposed = !message.recipients.outsiders.is_empty() || message.recipients.include_unreadable;
    let is_burnt = |signed: &&Signed| match &signed.audience {
        Audience::Engineer { name, .. } => (is_exposed || !is_sender(name)) && !facts.burnt.contains(signed),
        Audience::Correspondent => false,
    };
    let is_revoked = |serial: &u32| is_exposed || !owner(facts, *serial).is_some_and(is_sender);
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
        burnt: message.references.signed.iter().filter(is_burnt).cloned().collect(),
        revoked: message.proofs.personal.iter().copied().filter(is_revoked).collect(),
    }
}

/// What a proof is judged by.
struct Judge<'c> {
    message: &'c Understanding,
    facts: &'c SenderFacts,
    about: Option<&'c Request>,
    now: Timestamp,
}

impl Judge<'_> {
    fn takes_part(&self) -> bool {
        let sender = self.message.sender.address.as_ref();
        self.about.is_some_and(|request| sender.is_some_and(|sender| request.participant(sender).is_some()))
    }

    /// Whether an engineer who is a requester answers what we wrote to them as such.
    fn speaks_as_requester(&self) -> bool {
        let nearest = self.message.references.signed.first().map(|signed| &signed.audience);
        self.takes_part() && nearest == Some(&Audience::Correspondent)
    }

    fn proof(&self, engineer: &Engineer) -> Result<Proof, Unproven> {
        if let Some(confirmation) = self.facts.confirmed_by {
            return Ok(Proof::Confirmed(confirmation));
        }
        match (self.token(engineer), self.personal(engineer)) {
            (Some(Ok(())), _) => Ok(Proof::Token),
            (_, Some(Ok(()))) => Ok(Proof::PersonalAddress),
            _ if self.message.proofs.is_internal => Ok(Proof::InternalMailbox),
            (token, personal) => {
                let why = token.or(personal).and_then(Result::err).unwrap_or(Unproven::NoProof);
                self.message.proofs.vouched.clone().map(Proof::Authenticated).ok_or(why)
            }
        }
    }

    /// Whether the tokens of a message prove this engineer; none where it brings none.
    fn token(&self, engineer: &Engineer) -> Option<Result<(), Unproven>> {
        let (recipients, quoted) = (&self.message.recipients, &self.message.references.quoted);
        let mut worst = None;
        for signed in &self.message.references.signed {
            let Audience::Engineer { name, expires } = &signed.audience else { continue };
            let is_for_this = match (&signed.anchor, self.about) {
                (Anchor::Request(number), Some(request)) => {
                    *number == request.number && (quoted.is_empty() || quoted.contains(number))
                }
                (Anchor::Message(_), None) => true,
                (Anchor::Request(_), None) | (Anchor::Message(_), Some(_)) | (Anchor::Digest(_), _) => false,
            };
            let trouble = if let Some(outsider) = recipients.outsiders.first() {
                Unproven::Exposed(outsider.clone())
            } else if *name != engineer.name || !is_for_this {
                Unproven::NotYours(signed.clone())
            } else if recipients.include_unreadable || self.facts.burnt.contains(signed) {
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
        let serial = self.message.proofs.personal.first()?;
        if let Some(outsider) = self.message.recipients.outsiders.first() {
            return Some(Err(Unproven::Exposed(outsider.clone())));
        }
        let is_theirs = owner(self.facts, *serial) == Some(&engineer.name);
        Some(if is_theirs && !self.message.recipients.include_unreadable { Ok(()) } else { Err(Unproven::Burnt) })
    }
}

/// The engineer to whom a personal address among the recipients belongs; none where it was revoked.
fn owner(facts: &SenderFacts, serial: u32) -> Option<&ShortName> {
    facts.personal.iter().find(|(known, _)| *known == serial).map(|(_, owner)| owner)
}
