//! Decides who wrote a message: an engineer by proof, somebody who only names one, or anybody else.

use crate::model::policy::{Desk, Engineer};
use crate::model::{
    Anchor, Ask, Audience, ButtonAction, Place, Proof, Request, SenderFacts, ShortName, Signed, Status, Timestamp,
    Understanding,
};

use super::basis::Basis;
use super::news::Unproven;

/// The author of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author<'a> {
    /// This engineer, by this proof.
    Engineer(&'a Engineer, Proof),
    /// Somebody who writes from this engineer's address without proving to be them.
    Unproven(&'a Engineer, Unproven),
    /// Anybody else, or an engineer who writes as the requester of a request.
    Person,
}

/// The author of a message, and which proofs have become known to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict<'a> {
    /// The author.
    pub author: Author<'a>,
    /// Tokens that somebody else has seen or used; they become invalid.
    pub burnt: Vec<Signed>,
    /// Personal addresses that somebody else has seen or used; they are revoked.
    pub revoked: Vec<u32>,
}

/// Judges the author of a message that is about a request, or about none, at the desk of that request. Proofs are judged here
/// and nowhere else; without proof a message counts as no engineer's.
pub fn verdict<'a>(
    message: &Understanding,
    facts: &SenderFacts,
    desk: &'a Desk,
    about: Option<&Request>,
    now: Timestamp,
) -> Verdict<'a> {
    let engineer = message.sender.address.as_ref().and_then(|sender| desk.engineer_at(sender));
    let judge = Judge { message, facts, desk, about, now };
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
            // A participant without proof is treated like any other participant.
            Err(Unproven::NoProof) if judge.takes_part() => Author::Person,
            Err(why) => Author::Unproven(engineer, why),
        },
    };
    Verdict {
        author,
        burnt: message.references.signed.iter().chain(&message.proofs.buttons).filter(is_burnt).cloned().collect(),
        revoked: message.proofs.personal.iter().copied().filter(is_revoked).collect(),
    }
}

/// The asks of the buttons whose mail an engineer sends, each with whether it is good: by its key, or because the engineer has
/// confirmed the message; and only what buttons may ask.
pub fn button_asks(
    message: &Understanding,
    basis: &Basis<'_>,
    engineer: &Engineer,
    about: Option<&Request>,
) -> Vec<(Ask, bool)> {
    let (facts, desk, now) = (&basis.facts.sender, basis.desk, basis.now);
    let judge = Judge { message, facts, desk, about, now };
    let action = judge.action(engineer).and_then(Result::ok);
    let keyed = message.typed.subject.iter().filter_map(|bracket| Some(&bracket.answer.button()?.1.ask));
    let is_good = |ask: &Ask| {
        let is_proven = facts.confirmed_by.is_some() || action.is_some_and(|action| action.tag == ask.to_string());
        is_proven && may_be_button(basis.desk, ask)
    };
    keyed.map(|ask| (ask.clone(), is_good(ask))).collect()
}

/// Whether a button may ask this: nothing that speaks to the requester or ends a request, since a button proves little.
pub fn may_be_button(desk: &Desk, ask: &Ask) -> bool {
    match ask {
        Ask::Take | Ask::Assign(_) | Ask::PassOn(Place::Line(_)) | Ask::Note => true,
        Ask::Status(status) => *status == Status::InWork && !desk.tells(status),
        _ => false,
    }
}

/// What the proofs of a message are judged by.
struct Judge<'c> {
    message: &'c Understanding,
    facts: &'c SenderFacts,
    desk: &'c Desk,
    about: Option<&'c Request>,
    now: Timestamp,
}

impl Judge<'_> {
    fn takes_part(&self) -> bool {
        let sender = self.message.sender.address.as_ref();
        self.about.is_some_and(|request| sender.is_some_and(|sender| request.participant(sender).is_some()))
    }

    /// Whether an engineer who is the requester answers a letter that we wrote to them as the requester.
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
                let button = self.button(engineer);
                if let (None, Some(Ok(()))) = (&self.message.proofs.vouched, &button) {
                    return Ok(Proof::Button);
                }
                let why = token.or(personal).or(button).and_then(Result::err).unwrap_or(Unproven::NoProof);
                self.message.proofs.vouched.clone().map(Proof::Authenticated).ok_or(why)
            }
        }
    }

    /// Whether the message's tokens prove this engineer; `None` where it brings no token.
    fn token(&self, engineer: &Engineer) -> Option<Result<(), Unproven>> {
        let quoted = &self.message.references.quoted;
        let mut worst = None;
        for signed in &self.message.references.signed {
            let Audience::Engineer { name, expires } = &signed.audience else { continue };
            let is_for_this = match (&signed.anchor, self.about) {
                (Anchor::Request(number), Some(request)) => {
                    *number == request.number && (quoted.is_empty() || quoted.contains(number))
                }
                (Anchor::Message(_), None) => true,
                (Anchor::Digest(key), None) => self.desk.all_keys().contains(key),
                (Anchor::Request(_), None)
                | (Anchor::Message(_) | Anchor::Digest(_), Some(_))
                | (Anchor::Button(_), _) => false,
            };
            match self.trouble(signed, *name == engineer.name && is_for_this, *expires) {
                Some(trouble) => worst.get_or_insert(trouble),
                None => return Some(Ok(())),
            };
        }
        worst.map(Err)
    }

    /// Why a token or key proves nothing; `None` where it is good. `is_theirs` is whether it was made for this engineer, and for what
    /// the message is about.
    fn trouble(&self, signed: &Signed, is_theirs: bool, expires: Timestamp) -> Option<Unproven> {
        let recipients = &self.message.recipients;
        if let Some(outsider) = recipients.outsiders.first() {
            Some(Unproven::Exposed(outsider.clone()))
        } else if !is_theirs {
            Some(Unproven::NotYours(signed.anchor.clone()))
        } else if recipients.include_unreadable || self.facts.burnt.contains(signed) {
            Some(Unproven::Burnt)
        } else {
            (expires <= self.now).then_some(Unproven::Expired(expires))
        }
    }

    /// Whether the key of a button proves this engineer; `None` where there is none. It proves its one action: a message with
    /// tags beside it needs another proof.
    fn button(&self, engineer: &Engineer) -> Option<Result<(), Unproven>> {
        let is_alone = self.message.proofs.buttons.len() == 1 && !self.message.typed.asks_anything();
        Some(self.action(engineer)?.and(if is_alone { Ok(()) } else { Err(Unproven::NoProof) }))
    }

    /// What the key of a button lets this engineer do; `None` where there is none.
    fn action(&self, engineer: &Engineer) -> Option<Result<&ButtonAction, Unproven>> {
        let key = self.message.proofs.buttons.first()?;
        let Anchor::Button(action) = &key.anchor else { return None };
        let is_for_this = self.about.is_some_and(|request| action.request == request.number);
        let trouble = self.trouble(key, action.engineer == engineer.name && is_for_this, action.expires);
        Some(trouble.map_or(Ok(&**action), Err))
    }

    /// Whether a personal address among the recipients proves this engineer; `None` where there is none.
    fn personal(&self, engineer: &Engineer) -> Option<Result<(), Unproven>> {
        let serial = self.message.proofs.personal.first()?;
        if let Some(outsider) = self.message.recipients.outsiders.first() {
            return Some(Err(Unproven::Exposed(outsider.clone())));
        }
        let is_theirs = owner(self.facts, *serial) == Some(&engineer.name);
        Some(if is_theirs && !self.message.recipients.include_unreadable { Ok(()) } else { Err(Unproven::Burnt) })
    }
}

/// The engineer to whom a personal address belongs; `None` where it was revoked or never given.
fn owner(facts: &SenderFacts, serial: u32) -> Option<&ShortName> {
    facts.personal.iter().find(|(known, _)| *known == serial).map(|(_, owner)| owner)
}
