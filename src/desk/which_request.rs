//! Decides which request a message is about, and how its sender takes part in it. Decided here and nowhere else.

use super::copies::{OnRecord, on_record};
use crate::model::policy::{Desk, Team};
use crate::model::{
    Anchor, Audience, Candidates, EmailAddress, LetterKind, Place, Request, RequestNumber, Sender, ThreadFacts,
    Timestamp, Trail, Understanding,
};

/// How a message names a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NamedBy {
    /// By a thread that we signed for an external reader.
    SignedThread,
    /// By an engineer's token, which is valid for the request of its letter only.
    Token,
    /// By a number or a thread, which anybody can claim.
    Claim,
}

/// How long after its end a request is still meant by «заявка №5», in seconds: 14 days.
const NAMED_FOR: i64 = 14 * 86_400;

/// Follows the requests that a message names, as far as its sender may be led; `now` tells which have ended long ago.
pub fn follow(candidates: Candidates, sender: &Sender, now: Timestamp) -> ThreadFacts {
    let Candidates { letter, subject, signed, answered, quoted, named, mentioned } = candidates;
    let message = answered.as_ref().map(|(message, _)| *message);
    let mut thread = ThreadFacts { letter, subject, message, ..ThreadFacts::default() };
    thread.signed = signed.map(|(audience, trail)| match audience {
        Audience::Correspondent => thread.end_of(trail, NamedBy::SignedThread, sender),
        Audience::Engineer { .. } => thread.end_of(trail, NamedBy::Token, sender),
    });
    thread.answered = answered.map(|(_, trail)| thread.end_of(trail, NamedBy::Claim, sender));
    for trail in quoted {
        let request = thread.end_of(trail, NamedBy::Claim, sender);
        if takes_part(sender, &request) {
            thread.quoted = Some(request);
            break;
        }
        thread.quoted.get_or_insert(request);
    }
    if let (None, Some(trail)) = (&thread.quoted, named) {
        let request = thread.end_of(trail, NamedBy::Claim, sender);
        let is_meant = takes_part(sender, &request) && is_recent(&request, now);
        thread.quoted = Some(request).filter(|_| is_meant);
    }
    for (trail, is_in_full) in mentioned {
        let request = thread.end_of(trail, NamedBy::Claim, sender);
        let is_known = thread.mentioned.iter().chain(&thread.quoted).any(|known| known.number == request.number);
        if !is_known && (is_in_full || takes_part(sender, &request)) {
            thread.mentioned.push(request);
        }
    }
    thread
}

/// Whether a request goes on, or was dealt with in the last days.
fn is_recent(request: &Request, now: Timestamp) -> bool {
    let progress = &request.progress;
    let last_wait = progress.waits.last().map(|wait| wait.from);
    let last = [progress.acted_at, progress.answered_at, last_wait].into_iter().flatten().max();
    !request.standing.phase.is_ended() || last.is_some_and(|last| now.seconds_since(last) <= NAMED_FOR)
}

impl ThreadFacts {
    /// The request that messages about this one belong to now. Numbers that led there are recorded.
    fn end_of(&mut self, trail: Trail, named: NamedBy, sender: &Sender) -> Request {
        let old = trail.request.number.clone();
        let mut request = trail.request;
        for next in trail.next {
            if !leads(&request, &next, named, sender) {
                break;
            }
            request = next;
        }
        if old != request.number {
            self.redirected.push((old, request.number.clone()));
        }
        request
    }

    /// The request that the message is about, whoever wrote it: by thread, or else by number. `None` for an answer to our
    /// question about another message.
    pub fn about(&self) -> Option<&Request> {
        if self.letter.as_ref().is_some_and(|letter| letter.kind == LetterKind::Question) {
            return None;
        }
        self.signed.as_ref().or(self.answered.as_ref()).or(self.quoted.as_ref())
    }

    /// The desk whose rules and vocabulary the message is read by: that of its request if it is configured, or else the one
    /// that it came to.
    pub fn desk<'a>(&self, desks: &'a [Desk], came_to: &'a Desk) -> &'a Desk {
        let own = self.about().and_then(|request| desks.iter().find(|desk| desk.key == request.number.desk));
        own.unwrap_or(came_to)
    }

    /// Whether only a number in the subject says which request it is about.
    pub fn is_by_number(&self) -> bool {
        self.signed.is_none() && self.answered.is_none()
    }

    /// Whether a number is a request's own, or leads to it.
    pub fn leads_to(&self, number: &RequestNumber, request: &Request) -> bool {
        let leads = |(old, new): &(RequestNumber, RequestNumber)| old == number && *new == request.number;
        *number == request.number || self.redirected.iter().any(leads)
    }
}

/// Whether a request leads this sender to the next one. Engineers are led to the desks where they work; elsewhere they are told
/// that it was moved. From a duplicate only participants of the original are led there.
fn leads(request: &Request, next: &Request, named: NamedBy, sender: &Sender) -> bool {
    let (is_engineer, works_at) = (!sender.works_at.is_empty(), |key| sender.works_at.contains(key));
    let takes_part = takes_part(sender, next);
    if request.progress.moved_to.is_none() {
        return takes_part && (named == NamedBy::SignedThread || !is_engineer);
    }
    match named {
        NamedBy::SignedThread => true,
        NamedBy::Token => !is_engineer || takes_part && !works_at(&request.number.desk),
        NamedBy::Claim => !is_engineer || takes_part || works_at(&next.number.desk),
    }
}

fn takes_part(sender: &Sender, request: &Request) -> bool {
    sender.address.as_ref().is_some_and(|sender| request.participant(sender).is_some())
}

/// How the sender of a message takes part in its request, where they do not write as an engineer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Belonging<'a> {
    /// An external team that has the request, or answers our letter about it.
    Team {
        /// The request that the team has.
        request: &'a Request,
        /// The external team.
        team: &'a Team,
        /// Whether our signed thread shows it, or only the sender's address.
        signed: bool,
    },
    /// A participant of the request.
    Participant {
        /// The request that they take part in.
        request: &'a Request,
        /// Whether the message answers a letter that we signed for correspondents, which shows that this address reads our
        /// letters.
        signed: bool,
        /// The proof that they take part.
        proof: &'static str,
    },
    /// Somebody who gets copies of answers, or whom an engineer has it watch.
    InCopy {
        /// The request.
        request: &'a Request,
        /// Whether the message answers a letter that we signed for correspondents.
        signed: bool,
        /// The proof that they take part.
        proof: &'static str,
    },
    /// A colleague who watches the request, and is no engineer.
    Colleague(&'a Request),
    /// Somebody else, who answers one of our signed letters about this request, or a message in it.
    Outside(&'a Request),
    /// Somebody else, who only quotes the number of this request.
    Stranger(&'a Request),
    /// The message is about no request.
    New,
}

/// Judges how a sender takes part: as an external team first, then by a signed thread, by a participant's own thread, or as a
/// participant who quotes the number. A number alone admits nobody. An engineer's token in other hands shows the thread, and
/// nothing about its sender. `desk_of` gives the desk of a request.
pub fn belonging<'a>(
    message: &Understanding,
    thread: &'a ThreadFacts,
    desk_of: impl Fn(&RequestNumber) -> &'a Desk,
) -> Belonging<'a> {
    let sender = &message.sender;
    if let Some(team) = sender.address.as_ref().and_then(|address| team(address, thread, &desk_of)) {
        return team;
    }
    let participant = |request, signed, proof| Belonging::Participant { request, signed, proof };
    let outside = |request: &'a Request, signed| {
        let record = sender.address.as_ref().and_then(|who| on_record(desk_of(&request.number), request, who));
        match record {
            Some(OnRecord::InCopy) => {
                let proof = if signed {
                    "signed thread and address in copy"
                } else {
                    "answer to a message of the request, address in copy"
                };
                Belonging::InCopy { request, signed, proof }
            }
            Some(OnRecord::Colleague) => Belonging::Colleague(request),
            None => Belonging::Outside(request),
        }
    };
    if let Some(request) = &thread.signed {
        let leads_here =
            |anchor: &Anchor| matches!(anchor, Anchor::Request(number) if thread.leads_to(number, request));
        let mut signed = message.references.signed.iter();
        let for_correspondent = signed.any(|s| leads_here(&s.anchor) && s.audience == Audience::Correspondent);
        return match (takes_part(sender, request), for_correspondent) {
            (true, true) => participant(request, true, "signed thread and participant's address"),
            (true, false) => participant(request, false, "an engineer's thread and participant's address"),
            (false, true) => outside(request, true),
            (false, false) => Belonging::Outside(request),
        };
    }
    if let Some(request) = thread.answered.as_ref().filter(|request| takes_part(sender, request)) {
        return participant(request, false, "answer to an earlier message of the request, participant's address");
    }
    match &thread.quoted {
        Some(request) if takes_part(sender, request) => participant(request, false, "number and participant's address"),
        quoted => match (&thread.answered, quoted) {
            (Some(request), _) => outside(request, false),
            (None, Some(request)) => Belonging::Stranger(request),
            (None, None) => Belonging::New,
        },
    }
}

/// The request about which an external team writes from this address; `None` where there is none.
fn team<'a>(
    address: &EmailAddress,
    thread: &'a ThreadFacts,
    desk_of: impl Fn(&RequestNumber) -> &'a Desk,
) -> Option<Belonging<'a>> {
    let claimed = [&thread.answered, &thread.quoted].into_iter().flatten();
    let mut named = thread.signed.iter().map(|request| (request, true)).chain(claimed.map(|request| (request, false)));
    named.find_map(|(request, signed)| {
        let team = desk_of(&request.number).outside_team_at(address)?;
        let has_it = request.place == Some(Place::Team(team.name.clone()));
        let is_theirs = (signed || has_it) && request.participant(address).is_none();
        is_theirs.then_some(Belonging::Team { request, team, signed })
    })
}

#[cfg(test)]
mod tests;
