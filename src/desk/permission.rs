//! Who wrote a message: an engineer by proof, somebody who only claims to be one, or anybody else.

use crate::model::policy::{Desk, Engineer};
use crate::model::{Anchor, Audience, Facts, Proof, Request, RequestNumber, Signed, Timestamp};

use super::terms::Unproven;
use super::understand::Claims;

/// What a message brings to show who wrote it and what it answers, as far as our keys and the operator's settings confirm it.
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
    /// Anybody else, or an engineer who speaks as the requester that he is.
    Person,
}

/// The author, and what the message has given away.
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
    let is_exposed = !claims.outsiders.is_empty() || claims.has_unreadable_recipient;
    let is_own = |signed: &Signed| match (&signed.audience, engineer) {
        (Audience::Engineer { name, .. }, Some(engineer)) => engineer.name == *name,
        (Audience::Engineer { .. }, None) => false,
        (Audience::Correspondent, _) => true,
    };
    let is_owned_by_sender = |serial: u32| {
        let owner = facts.personal.iter().find(|(known, _)| *known == serial).map(|(_, owner)| owner);
        owner.is_some_and(|owner| engineer.is_some_and(|engineer| engineer.name == *owner))
    };
    let is_token = |signed: &&Signed| matches!(signed.audience, Audience::Engineer { .. });
    let burnt = evidence.signed.iter().filter(is_token).filter(|s| is_exposed || !is_own(s));
    let revoked = evidence.personal.iter().copied().filter(|serial| is_exposed || !is_owned_by_sender(*serial));
    let author = match engineer {
        None => Author::Person,
        Some(_) if speaks_as_requester(claims, evidence, about) => Author::Person,
        Some(engineer) => match proof(claims, evidence, facts, engineer, about, now) {
            Ok(proof) => Author::Engineer(engineer, proof),
            // The claim of a participant is weighed as any participant's.
            Err(Unproven::NoProof) if takes_part(claims, about) => Author::Person,
            Err(why) => Author::Unproven(engineer, why),
        },
    };
    Verdict {
        author,
        burnt: burnt.filter(|signed| !facts.burnt.contains(signed)).cloned().collect(),
        revoked: revoked.collect(),
    }
}

fn takes_part(claims: &Claims, about: Option<&Request>) -> bool {
    let sender = claims.sender.as_ref();
    about.is_some_and(|request| sender.is_some_and(|sender| request.participant(sender).is_some()))
}

/// Whether an engineer who has asked something himself answers what we wrote to him as a requester.
fn speaks_as_requester(claims: &Claims, evidence: &Evidence, about: Option<&Request>) -> bool {
    let nearest = evidence.signed.first().map(|signed| &signed.audience);
    takes_part(claims, about) && nearest == Some(&Audience::Correspondent)
}

fn proof(
    claims: &Claims,
    evidence: &Evidence,
    facts: &Facts,
    engineer: &Engineer,
    about: Option<&Request>,
    now: Timestamp,
) -> Result<Proof, Unproven> {
    if let Some(confirmation) = facts.confirmed_by {
        return Ok(Proof::Confirmed(confirmation));
    }
    let token = token(claims, evidence, facts, engineer, about, now);
    let personal = || personal(claims, evidence, facts, engineer);
    match (token, personal()) {
        (Some(Ok(())), _) => Ok(Proof::Token),
        (_, Some(Ok(()))) => Ok(Proof::PersonalAddress),
        _ if evidence.is_internal => Ok(Proof::InternalMailbox),
        (Some(Err(why)), _) | (None, Some(Err(why))) => evidence.vouched.clone().map(Proof::Authenticated).ok_or(why),
        (None, None) => evidence.vouched.clone().map(Proof::Authenticated).ok_or(Unproven::NoProof),
    }
}

/// What the tokens of a message are worth: none where it brings none.
fn token(
    claims: &Claims,
    evidence: &Evidence,
    facts: &Facts,
    engineer: &Engineer,
    about: Option<&Request>,
    now: Timestamp,
) -> Option<Result<(), Unproven>> {
    let mut worst = None;
    for signed in &evidence.signed {
        let Audience::Engineer { name, expires } = &signed.audience else { continue };
        let is_for_this = match (&signed.anchor, about) {
            (Anchor::Request(number), Some(request)) => {
                *number == request.number && (evidence.quoted.is_empty() || evidence.quoted.contains(number))
            }
            (Anchor::Message(_), None) => true,
            (Anchor::Request(_), None) | (Anchor::Message(_), Some(_)) | (Anchor::Digest(_), _) => false,
        };
        let trouble = if let Some(outsider) = claims.outsiders.first() {
            Unproven::Exposed(outsider.clone())
        } else if *name != engineer.name || !is_for_this {
            Unproven::NotYours(signed.clone())
        } else if claims.has_unreadable_recipient || facts.burnt.contains(signed) {
            Unproven::Burnt
        } else if *expires <= now {
            Unproven::Expired(*expires)
        } else {
            return Some(Ok(()));
        };
        worst.get_or_insert(trouble);
    }
    worst.map(Err)
}

/// What the personal addresses among the recipients are worth: none where there is none.
fn personal(claims: &Claims, evidence: &Evidence, facts: &Facts, engineer: &Engineer) -> Option<Result<(), Unproven>> {
    let serial = evidence.personal.first()?;
    if let Some(outsider) = claims.outsiders.first() {
        return Some(Err(Unproven::Exposed(outsider.clone())));
    }
    let is_his = facts.personal.iter().any(|(known, owner)| known == serial && *owner == engineer.name);
    Some(if is_his && !claims.has_unreadable_recipient { Ok(()) } else { Err(Unproven::Burnt) })
}
