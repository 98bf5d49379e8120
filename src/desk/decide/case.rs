//! A message to be decided about, with everything that is known of it.

use crate::desk::alerts::alert;
use crate::desk::basis::Basis;
use crate::desk::wording::Brought;
use crate::model::policy::{AckLimits, AutomaticMail};
use crate::model::{
    Actor, Attachment, Decision, Disposition, Incoming, ReceivedId, Request, SentFile, Timestamp, Understanding,
    compared,
};

/// A message to be decided about, with everything that is known of it.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The basis of the decision, at the desk that the message came to.
    pub basis: Basis<'a>,
    /// The message's id in the ledger.
    pub received: ReceivedId,
    /// The parsed message.
    pub incoming: &'a Incoming,
    /// What the message means.
    pub understanding: &'a Understanding,
    /// What its mailbox does with automatic mail that belongs to no request.
    pub automatic: AutomaticMail,
    /// Whether the message is from before the mailbox's start mark: then it is filed, and no letter is written.
    pub is_older: bool,
    /// When the message was accepted.
    pub accepted_at: Timestamp,
    /// Whether the operator has taken it out of a flood, to be a request of its own.
    pub is_split: bool,
    /// The caps on acknowledgements.
    pub limits: AckLimits,
}

impl Case<'_> {
    /// The sender as the actor of events.
    pub(super) fn sender(&self) -> Actor {
        self.understanding.sender.address.clone().map_or(Actor::Unknown, Actor::Person)
    }

    /// The name and address of the message's author, as engineers see them.
    pub(super) fn author_name(&self) -> String {
        match (&self.understanding.sender.address, self.understanding.sender.name.as_str()) {
            (Some(sender), "") => sender.to_string(),
            (Some(sender), name) => format!("{name} <{sender}>"),
            (None, name) => name.to_owned(),
        }
    }

    /// What the message's subject says that neither the answered one nor the request's says: words of its author's.
    pub(super) fn new_subject(&self, request: &Request) -> Option<&str> {
        let own = self.understanding.own_subject.as_deref()?;
        (!compared(&request.subject).contains(&compared(own))).then_some(own)
    }

    /// Whether engineers are told of the request that the message opens: not of older mail, and of automatic mail only where
    /// the mailbox or an engineer says so.
    pub(super) fn is_announced(&self) -> bool {
        let is_confirmed = self.basis.facts.sender.confirmed_by.is_some();
        let is_wanted = self.understanding.automatic.is_empty() || self.opens_automatic() || is_confirmed;
        !self.is_older && is_wanted
    }

    /// Whether the mailbox wants engineers to be told of such automatic mail: where alerts are grouped, not of one that says that
    /// all is well.
    fn opens_automatic(&self) -> bool {
        let is_well = || alert(self.basis.desk, self.understanding).is_some_and(|alert| alert.is_resolved);
        match self.automatic {
            AutomaticMail::Open => true,
            AutomaticMail::Group => !is_well(),
            AutomaticMail::File | AutomaticMail::Ignore => false,
        }
    }

    /// What a notification says of how the message came.
    pub(super) fn as_it_came<'b>(&'b self, author: &'b str) -> Brought<'b> {
        let Incoming { protection, defects, attachments, .. } = self.incoming;
        Brought { author, protection: *protection, defects, attachments, ..Brought::default() }
    }

    /// The message's files to be sent along, to whoever has not had them. Of an engineer's, without embedded pictures that stand in
    /// what they quote or in their signature; where the place of one is not known, it is quoted if they have had it from us.
    pub(super) fn files(&self) -> Vec<SentFile> {
        let (sender, had) = (&self.understanding.sender, &self.basis.facts.request.pictures);
        let is_from_us = |sha256| {
            had.iter().any(|had| had.is_from_us && had.sha256 == sha256 && Some(&had.who) == sender.address.as_ref())
        };
        let is_beside = |file: &&Attachment| {
            file.inline && sender.engineer.is_some() && !file.is_typed.unwrap_or_else(|| !is_from_us(file.sha256))
        };
        let files = self.incoming.attachments.iter().filter(|file| !is_beside(file)).map(|file| SentFile {
            received: self.received,
            part: file.part,
            filename: file.filename.clone(),
            content_type: file.content_type.clone(),
            size: file.size,
            sha256: file.sha256,
            inline: file.inline,
        });
        files.collect()
    }
}

/// A decision that files the message without any effect.
pub(super) fn kept(disposition: Disposition, reason: &str) -> Decision {
    Decision { reasons: vec![reason.to_owned()], ..Decision::of(disposition) }
}
