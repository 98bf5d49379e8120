//! A message to be decided about, with everything that is known of it.

use crate::desk::alerts::alert;
use crate::desk::basis::Basis;
use crate::desk::wording::Brought;
use crate::model::policy::{AckLimits, AutomaticMail};
use crate::model::{
    Actor, Decision, Disposition, Incoming, ReceivedId, Request, SentFile, Timestamp, Understanding, compared,
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

    /// The message's files to be sent along, and how many are left out: embedded pictures that the request has already, which
    /// come from quoted letters and signatures.
    pub(super) fn files(&self) -> (Vec<SentFile>, u32) {
        let is_known = |sha256| self.basis.facts.request.contents.contains(&sha256);
        let (left_out, kept): (Vec<_>, Vec<_>) =
            self.incoming.attachments.iter().partition(|file| file.inline && is_known(file.sha256));
        let files = kept.into_iter().map(|file| SentFile {
            received: self.received,
            part: file.part,
            filename: file.filename.clone(),
            content_type: file.content_type.clone(),
            size: file.size,
            sha256: file.sha256,
            inline: file.inline,
        });
        (files.collect(), u32::try_from(left_out.len()).unwrap_or(u32::MAX))
    }
}

/// A decision that files the message without any effect.
pub(super) fn kept(disposition: Disposition, reason: &str) -> Decision {
    Decision { reasons: vec![reason.to_owned()], ..Decision::of(disposition) }
}
