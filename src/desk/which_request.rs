//! Which request a message is about, and what its sender is in it: decided here and nowhere else.

use crate::model::policy::{Desk, Team};
use crate::model::{
    Anchor, Audience, Candidates, EmailAddress, LetterKind, Place, Request, RequestNumber, Sender, ThreadFacts, Trail,
    Understanding,
};

/// How a message names a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NamedBy {
    /// By a thread that we signed for somebody outside.
    SignedThread,
    /// By an engineer's token, which is good for the request of its letter and for no other.
    Token,
    /// By a number or a thread that anybody can claim.
    Claim,
}

/// Follows what a message names as far as it leads this sender.
pub fn follow(candidates: Candidates, sender: &Sender) -> ThreadFacts {
    let Candidates { letter, subject, signed, answered, quoted } = candidates;
    let mut thread = ThreadFacts { letter, subject, ..ThreadFacts::default() };
    thread.signed = signed.map(|(audience, trail)| match audience {
        Audience::Correspondent => thread.end_of(trail, NamedBy::SignedThread, sender),
        Audience::Engineer { .. } => thread.end_of(trail, NamedBy::Token, sender),
    });
    thread.answered = answered.map(|trail| thread.end_of(trail, NamedBy::Claim, sender));
    for trail in quoted {
        let request = thread.end_of(trail, NamedBy::Claim, sender);
        if takes_part(sender, &request) {
            thread.quoted = Some(request);
            break;
        }
        thread.quoted.get_or_insert(request);
    }
    thread
}

impl ThreadFacts {
    /// The request to which messages for this one belong now; what is not its own number is noted.
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

    /// The request that the message speaks of, whoever wrote it: by thread, or else by number. An answer to our question about
    /// another message speaks of that message only.
    pub fn about(&self) -> Option<&Request> {
        if self.letter.as_ref().is_some_and(|letter| letter.kind == LetterKind::Question) {
            return None;
        }
        self.signed.as_ref().or(self.answered.as_ref()).or(self.quoted.as_ref())
    }

    /// The desk by whose rules and words the message is read: that of its request where it is configured, or else the one that it
    /// came to.
    pub fn desk<'a>(&self, desks: &'a [Desk], came_to: &'a Desk) -> &'a Desk {
        let own = self.about().and_then(|request| desks.iter().find(|desk| desk.key == request.number.desk));
        own.unwrap_or(came_to)
    }

    /// Whether nothing but a number in its subject says which request it is about.
    pub fn is_by_number(&self) -> bool {
        self.signed.is_none() && self.answered.is_none()
    }

    /// Whether a number is a request's own, or leads to it.
    pub fn leads_to(&self, number: &RequestNumber, request: &Request) -> bool {
        let leads = |(old, new): &(RequestNumber, RequestNumber)| old == number && *new == request.number;
        *number == request.number || self.redirected.iter().any(leads)
    }
}

/// Whether a request leads this sender to the next one. Engineers are led to the desks where they work; elsewhere they are told of
/// the move. To the request as whose duplicate another was closed only its participants are led.
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

/// What the sender of a message is in the request that it is about, where they do not write as an engineer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Belonging<'a> {
    /// An external team that has the request or answers our letter about it.
    Team {
        /// The request.
        request: &'a Request,
        /// The team.
        team: &'a Team,
        /// Whether the thread of that letter shows it, or nothing but what the message claims.
        signed: bool,
    },
    /// A participant.
    Participant {
        /// The request.
        request: &'a Request,
        /// Whether the message answers a letter that we signed for correspondents: it shows that this address reads our letters.
        signed: bool,
        /// What shows that they belong there.
        proof: &'static str,
    },
    /// Somebody else, who answers one of our signed letters.
    Outside(&'a Request),
    /// Somebody else, who quotes its number.
    Stranger(&'a Request),
    /// Nothing: the message is about no request.
    New,
}

/// Weighs what a message names: an external team's request first, then a signed thread, then a participant's own thread, then a
/// participant who quotes the number. A number alone never opens a door. An engineer's token in the wrong hands shows the thread,
/// and nothing of its sender. `desk_of` is the desk of a request.
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
    if let Some(request) = &thread.signed {
        let leads_here =
            |anchor: &Anchor| matches!(anchor, Anchor::Request(number) if thread.leads_to(number, request));
        let mut signed = message.references.signed.iter();
        let for_correspondent = signed.any(|s| leads_here(&s.anchor) && s.audience == Audience::Correspondent);
        return match (takes_part(sender, request), for_correspondent) {
            (true, true) => participant(request, true, "signed thread and participant's address"),
            (true, false) => participant(request, false, "an engineer's thread and participant's address"),
            (false, _) => Belonging::Outside(request),
        };
    }
    if let Some(request) = thread.answered.as_ref().filter(|request| takes_part(sender, request)) {
        return participant(request, false, "answer to an earlier message of the request, participant's address");
    }
    match &thread.quoted {
        Some(request) if takes_part(sender, request) => participant(request, false, "number and participant's address"),
        Some(request) => Belonging::Stranger(request),
        None => Belonging::New,
    }
}

/// The request about which an external team writes from this address.
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
