//! One message with all that is known about it.

use crate::desk::basis::Basis;
use crate::model::policy::{AckLimits, AutomaticMail};
use crate::model::{Actor, Decision, Disposition, Incoming, ReceivedId, SentFile, Understanding};

/// One message with all that is known about it.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// What the decision rests on, at the desk that the message came to.
    pub basis: Basis<'a>,
    /// Which message it is.
    pub received: ReceivedId,
    /// The message as it was parsed.
    pub incoming: &'a Incoming,
    /// What it says and brings.
    pub understanding: &'a Understanding,
    /// What its mailbox does with automatic mail that belongs to no request.
    pub automatic: AutomaticMail,
    /// Whether it is from before the mailbox's start mark: then it is filed, and nobody is written to.
    pub is_older: bool,
    /// The caps on acknowledgements.
    pub limits: AckLimits,
}

impl Case<'_> {
    /// Its sender, as somebody who changes a request.
    pub(super) fn sender(&self) -> Actor {
        self.understanding.sender.address.clone().map_or(Actor::Unknown, Actor::Person)
    }

    /// The name and address of its author, as engineers see them.
    pub(super) fn author_name(&self) -> String {
        match (&self.understanding.sender.address, self.understanding.sender.name.as_str()) {
            (Some(sender), "") => sender.to_string(),
            (Some(sender), name) => format!("{name} <{sender}>"),
            (None, name) => name.to_owned(),
        }
    }

    /// Whether engineers are told of it if it opens a request: not of old mail, and of what robots write only where the mailbox
    /// says so.
    pub(super) fn is_announced(&self) -> bool {
        !self.is_older && (self.understanding.automatic.is_empty() || self.automatic == AutomaticMail::Open)
    }

    /// Its files as they are sent along, and how many are left out: pictures in its text that the request holds already, which
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

/// A decision without effects.
pub(super) fn kept(disposition: Disposition, reason: &str) -> Decision {
    Decision { reasons: vec![reason.to_owned()], ..Decision::of(disposition) }
}
