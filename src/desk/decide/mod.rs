//! What follows from a message: its disposition, the changes, the letters.

mod follow_ups;
mod customer;
mod digest;
mod drafts;
mod engineer;
mod held;
mod intake;
mod new_request;
mod on_behalf;
mod operator;
mod absence;
mod reading;
mod report;
mod tick;
mod undo;
mod without_request;

use crate::model::policy::{AckLimits, AutomaticMail, Desk};
use crate::model::{
    Actor, AutomaticSign, Change, Decision, Disposition, EmailAddress, Event, Facts, Incoming, KeyedAsk, Proof,
    ReceivedId, Request, RequestNumber, RequesterAsk, SentFile, Timestamp, Words,
};

use super::permission::{Author, Evidence, verdict};
use super::understand::{Claims, Spam, Typed};

pub use digest::digest;
pub use operator::{released, rescheduled, set};
pub use report::{letter_delivered, letter_failed};
pub use tick::{next_look, tick};

/// The keys of links in letters: made and verified by the shell, which holds the ring.
#[derive(Clone, Copy)]
pub struct Keys<'a> {
    /// The `mailto:` URL by which this requester asks this of this request.
    pub url: &'a dyn Fn(&RequestNumber, &EmailAddress, RequesterAsk) -> String,
    /// Until when the key of a link is good, if it was made for this request and this requester.
    pub expiry: &'a dyn Fn(&RequestNumber, &EmailAddress, &KeyedAsk) -> Option<Timestamp>,
}

/// One message with all that is known about it.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// Which message it is.
    pub received: ReceivedId,
    /// What it says.
    pub incoming: &'a Incoming,
    /// What it claims.
    pub claims: &'a Claims,
    /// What it brings to show that.
    pub evidence: &'a Evidence,
    /// Its subject without our references, fit to be quoted.
    pub subject: &'a str,
    /// What its writer typed in brackets.
    pub typed: &'a Typed,
    /// Its author's own words without tags, as an engineer's reply is read.
    pub words: &'a Words,
    /// What the store knows.
    pub facts: &'a Facts,
    /// The desk it came to.
    pub desk: &'a Desk,
    /// All desks.
    pub desks: &'a [Desk],
    /// What its mailbox does with automatic mail that belongs to no request.
    pub automatic: AutomaticMail,
    /// It is from before the mailbox's start mark: filed, and nobody is written to.
    pub is_older: bool,
    /// The caps on acknowledgements.
    pub limits: AckLimits,
    /// The keys of links.
    pub keys: Keys<'a>,
    /// Now.
    pub now: Timestamp,
}

/// Decides what becomes of a message. Every message gets exactly one disposition, with its reasons.
pub fn decide(case: &Case<'_>) -> Decision {
    if case.claims.is_own_letter {
        return kept(Disposition::Ignored, "our own letter came back");
    }
    if case.claims.is_probe {
        return kept(Disposition::Ignored, "a probe of `maildesk check`");
    }
    if let Some(earlier) = case.facts.duplicate_of {
        let reason = format!("the same Message-ID and content as message {earlier}");
        return kept(Disposition::Duplicate, &reason);
    }
    if let Some(number) = filed_elsewhere(case.facts) {
        return kept(
            Disposition::Duplicate,
            &format!("the same message came to another desk and is in {number} already"),
        );
    }
    if let Some(report) = &case.incoming.report {
        return report::delivery_report(case, report);
    }
    if let Some(Spam::Blocked(why)) = &case.claims.spam {
        return kept(Disposition::Ignored, why);
    }
    let about = case.facts.about();
    let desk = about.map_or(case.desk, |request| case.desk_of(request));
    let verdict = verdict(case.claims, case.evidence, case.facts, desk, about, case.now);
    let mut decision = match &verdict.author {
        Author::Person => customer::message(case),
        Author::Engineer(_, proof) if is_automatic(case.claims, proof) => engineer::automatic(case, about),
        // Its files would come along when the request is given to somebody.
        Author::Unproven(..) if !case.claims.automatic.is_empty() => engineer::automatic(case, None),
        Author::Engineer(..) | Author::Unproven(..) if case.is_older => {
            kept(Disposition::Ignored, "an engineer's message from before the mailbox's start mark")
        }
        Author::Engineer(engineer, proof) => engineer::Steering { case, desk, engineer, proof, about }.decide(),
        Author::Unproven(engineer, why) => held::unproven(case, desk, engineer, why, about),
    };
    for signed in &verdict.burnt {
        let reason =
            format!("the token of a letter about {} is burnt: somebody else has seen or used it", signed.anchor);
        decision.reasons.push(reason);
    }
    for serial in &verdict.revoked {
        decision.reasons.push(format!("personal address {serial} is revoked: somebody else has seen or used it"));
    }
    decision.burnt.extend(verdict.burnt);
    decision.revoked.extend(verdict.revoked);
    if let Some(other) = case.facts.same_id_as {
        decision.reasons.push(format!("warning: message {other} has the same Message-ID but other content"));
    }
    decision
}

/// Whether an engineer's program wrote a message by itself. Some companies' servers mark all mail of their people as a list's,
/// or forbid answers to it: that does not outweigh the token of a letter that was answered.
fn is_automatic(claims: &Claims, proof: &Proof) -> bool {
    let counts = |sign: &AutomaticSign| match sign {
        AutomaticSign::List(..) | AutomaticSign::ResponseSuppressed(_) => *proof != Proof::Token,
        AutomaticSign::Report(_)
        | AutomaticSign::NullReturnPath
        | AutomaticSign::AutoSubmitted(_)
        | AutomaticSign::RobotHeader(..)
        | AutomaticSign::Precedence(_)
        | AutomaticSign::UnattendedSender(_)
        | AutomaticSign::Subject(_)
        | AutomaticSign::Calendar(_) => true,
    };
    claims.automatic.iter().any(counts)
}

/// The request that a message speaks of, where another desk got the same message and has added it there.
fn filed_elsewhere(facts: &Facts) -> Option<&RequestNumber> {
    let about = &facts.about()?.number;
    facts.elsewhere.as_ref().map(|request| &request.number).filter(|number| *number == about)
}

/// A decision without effect on any request.
fn kept(disposition: Disposition, reason: &str) -> Decision {
    Decision { reasons: vec![reason.to_owned()], ..Decision::of(disposition) }
}

impl<'a> Case<'a> {
    /// The desk that a request belongs to.
    fn desk_of(&self, request: &Request) -> &'a Desk {
        self.desks.iter().find(|desk| desk.key == request.number.desk).unwrap_or(self.desk)
    }

    fn event(&self, request: &RequestNumber, who: Actor, proof: &str, change: Change) -> Event {
        Event {
            request: request.clone(),
            at: self.now,
            who,
            proof: proof.to_owned(),
            received: Some(self.received),
            change,
        }
    }

    /// Its sender, as somebody who changes a request.
    fn sender(&self) -> Actor {
        self.claims.sender.clone().map_or(Actor::Unknown, Actor::Person)
    }

    /// Its files as they are sent along, without the pictures in its text that the request holds already: those come from
    /// quoted letters and signatures. And how many these are.
    fn files(&self) -> (Vec<SentFile>, u32) {
        let is_known = |sha256| self.facts.contents.contains(&sha256);
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
