//! Turns asks into events of a request, all or none, both for engineers' tags and for `maildesk set`.

use crate::model::policy::{Desk, Turn};
use crate::model::{
    Actor, Ask, Change, DeskKey, EmailAddress, Event, Participant, Phase, Place, Request, RequestNumber, ShortName,
    Status, Version,
};

use super::assignment;
use super::basis::Basis;
use super::conflicts::{Slot, conflicts, slot};
use super::lifecycle::{Transition, Trigger, transition};
use super::news::{Rejection, Told};
use super::revision::Revision;

/// The result of executing asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    /// The request with its new events: first what was asked for, then what the desk's rules add.
    pub revision: Revision,
    /// Events of linked requests, by which they get the other end of the link.
    pub other_ends: Vec<Event>,
    /// What the requester is told.
    pub told: Vec<Told>,
    /// Whether the request is over with it: then the letter to the requester waits for the desk's grace period.
    pub ends: bool,
    /// Whether a status was asked for, even the one that the request had.
    pub asks_for_standing: bool,
    /// The number that the request gets at another desk; `None` where it stays.
    pub moved_to: Option<RequestNumber>,
    /// The external team that the request is passed on to.
    pub handover: Option<Handover>,
    /// The version that is out.
    pub released: Option<Version>,
    /// The turn that was taken, if the desk's rule has chosen an engineer.
    pub turn: Option<Turn>,
}

/// A request that is passed on to an external team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    /// The team.
    pub team: ShortName,
    /// The team's address.
    pub address: EmailAddress,
    /// Whether the words that come with the asks are for the team.
    pub with_words: bool,
}

/// Whether words that come with these asks are for engineers or an external team, and never for the requester. Spam is closed
/// without a letter, so words beside that tag are for colleagues.
pub fn is_internal(desk: &Desk, asks: &[Ask]) -> bool {
    let is_handover = |ask: &Ask| handover(desk, ask, false).is_some();
    asks.contains(&Ask::Note) || asks.contains(&Ask::Spam) || asks.iter().any(is_handover)
}

/// Executes asks about a request. The error holds why some of them cannot be done; then none is. `has_words` says whether
/// somebody wrote words along with the asks; then the revision has the event of these words already.
pub fn execute(
    basis: &Basis<'_>,
    revision: Revision,
    asks: &[Ask],
    has_words: bool,
) -> Result<Execution, Vec<Rejection>> {
    let conflicts = conflicts(asks);
    if !conflicts.is_empty() {
        return Err(conflicts);
    }
    if let Some(number) = &revision.request().progress.moved_to {
        return Err(vec![Rejection::MovedAway(number.clone())]);
    }
    let desk = basis.desk;
    let handover = asks.iter().find_map(|ask| handover(desk, ask, has_words && !asks.contains(&Ask::Note)));
    let question = Ask::Status(Status::NeedInfo);
    if let (Some(handover), true) = (&handover, asks.contains(&question)) {
        // The words are for the team or for the requester, not for both.
        let ask = Ask::PassOn(Place::Team(handover.team.clone()));
        return Err(vec![Rejection::Conflict(question, ask)]);
    }
    let before = revision.request().clone();
    let mut executing = Executing {
        basis,
        before: &before,
        has_words,
        answers: has_words && !is_internal(desk, asks),
        names_assignee: asks.iter().any(|ask| slot(ask) == Slot::Assignee),
        execution: Execution {
            revision,
            other_ends: Vec::new(),
            told: Vec::new(),
            ends: false,
            asks_for_standing: asks.iter().any(|ask| slot(ask) == Slot::Standing || matches!(ask, Ask::Release(_))),
            moved_to: None,
            handover,
            released: None,
            turn: None,
        },
    };
    let rejections: Vec<Rejection> = asks.iter().filter_map(|ask| executing.one(ask).err()).collect();
    if !rejections.is_empty() {
        return Err(rejections);
    }
    executing.answer();
    let mut execution = executing.execution;
    if let Some(Handover { address, .. }) = &execution.handover {
        execution.revision.change(basis, Change::HandedOver { to: address.clone() });
    }
    execution.turn = assignment::add(basis, asks, &mut execution.revision);
    Ok(execution)
}

/// The handover to an external team that an ask means; `None` for every other ask.
fn handover(desk: &Desk, ask: &Ask, with_words: bool) -> Option<Handover> {
    let Ask::PassOn(Place::Team(name)) = ask else { return None };
    let address = desk.outside(name)?.clone();
    Some(Handover { team: name.clone(), address, with_words })
}

struct Executing<'a> {
    basis: &'a Basis<'a>,
    /// The request before the asks.
    before: &'a Request,
    has_words: bool,
    /// Whether the words are for the requester.
    answers: bool,
    names_assignee: bool,
    execution: Execution,
}

impl Executing<'_> {
    fn one(&mut self, ask: &Ask) -> Result<(), Rejection> {
        match ask {
            Ask::Status(Status::NeedInfo) if !self.has_words => Err(Rejection::NoWords(ask.clone())),
            Ask::Status(status) => self.set(ask, status.clone()),
            Ask::Close => self.set(ask, Status::Closed),
            Ask::Decline => self.set(ask, Status::Declined),
            Ask::Plan => self.set(ask, Status::Planned),
            Ask::Spam => self.set(ask, Status::Spam),
            Ask::Reopen => self.reopen(ask),
            Ask::Duplicate(number) => self.duplicate(ask, number),
            Ask::Link(number) => {
                self.mentioned(ask, number)?;
                self.link(number);
                Ok(())
            }
            Ask::Release(release) => {
                self.set(ask, Status::Planned)?;
                let (from, to) = (self.request().release.clone(), Some(release.clone()));
                if from != to {
                    self.tell(Status::Planned);
                    self.change(Change::ReleaseSet { from, to });
                }
                Ok(())
            }
            Ask::Assign(name) => self.give(ask, name),
            Ask::Take => match self.basis.engineer() {
                Some(engineer) => self.give(ask, &engineer.name),
                None => Err(self.not_now(ask)),
            },
            // Changes nothing in the request: the caller records the absence, or writes the letter.
            Ask::Away(_) | Ask::Back | Ask::History if self.basis.engineer().is_some() => Ok(()),
            Ask::Away(_) | Ask::Back | Ask::History => Err(Rejection::NotYet(ask.clone())),
            Ask::PassOn(Place::Desk(desk)) => self.transfer(ask, desk),
            Ask::Released(version) => self.release(ask, version),
            Ask::PassOn(place) => self.pass_on(ask, place),
            Ask::Kind(kind) => {
                let (from, to) = (self.request().kind, Some(*kind));
                self.change_if(from != to, Change::KindSet { from, to });
                Ok(())
            }
            Ask::Priority(priority) => {
                let (from, to) = (self.request().priority, *priority);
                self.change_if(from != to, Change::PrioritySet { from, to });
                Ok(())
            }
            Ask::Watch(watcher) => self.watch(ask, watcher.as_ref(), true),
            Ask::Unwatch(watcher) => self.watch(ask, watcher.as_ref(), false),
            Ask::Send | Ask::OnlyRequester if !self.has_words => Err(Rejection::NoWords(ask.clone())),
            Ask::Note | Ask::Send | Ask::OnlyRequester => Ok(()),
            Ask::OnBehalfOf(client) => {
                self.set_requester(client, None);
                Ok(())
            }
            Ask::OnBehalfOfCaller(caller) => {
                let Actor::Engineer(name) = self.basis.actor else {
                    return Err(Rejection::NotForEngineers(ask.clone()));
                };
                let engineer = self.basis.desk.engineer(name);
                engineer.into_iter().for_each(|engineer| self.set_requester(&engineer.address, Some(caller)));
                Ok(())
            }
            // Only an engineer's answer to a letter can split its message off.
            Ask::Split => Err(Rejection::NothingToSplit),
            // The caller handles an undo that stands alone; beside other asks it is a conflict.
            Ask::Undo => Err(Rejection::NothingToUndo),
            Ask::Requester(_) => Err(Rejection::NotForEngineers(ask.clone())),
        }
    }

    /// The request as it is after the asks so far.
    fn request(&self) -> &Request {
        self.execution.revision.request()
    }

    fn change(&mut self, change: Change) {
        self.execution.revision.change(self.basis, change);
    }

    /// Makes somebody the requester, under this name; nothing changes where they are.
    fn set_requester(&mut self, client: &EmailAddress, name: Option<&String>) {
        let from = self.request().requester().cloned();
        let known = self.request().participant(client).cloned();
        let to = known.unwrap_or_else(|| Participant { email: client.clone(), name: String::new(), proven: false });
        let to = Participant { name: name.unwrap_or(&to.name).clone(), ..to };
        let is_new = from.as_ref().is_none_or(|from| from.email != to.email || from.name != to.name);
        self.change_if(is_new, Change::RequesterSet { from, to: Some(to) });
    }

    fn change_if(&mut self, is_one: bool, change: Change) {
        if is_one {
            self.change(change);
        }
    }

    /// The rejection of an ask that makes no sense in the status which the request had before all asks.
    fn not_now(&self, ask: &Ask) -> Rejection {
        Rejection::NotNow(ask.clone(), self.before.standing.status.clone())
    }

    fn set(&mut self, ask: &Ask, status: Status) -> Result<(), Rejection> {
        let (from, to) = (self.request().standing.clone(), self.basis.desk.standing(&status));
        self.happen(ask, &Trigger::Set(to.clone()))?;
        self.execution.ends |= to.phase.is_ended();
        // The requester is not told the same twice; but an answer does say again which status the request has.
        if from != to || self.answers {
            self.tell(status);
        }
        Ok(())
    }

    fn tell(&mut self, status: Status) {
        let told = Some(Told::Stands(status.clone())).filter(|_| self.basis.desk.tells(&status));
        self.execution.told.extend(told.filter(|told| !self.execution.told.contains(told)));
    }

    fn reopen(&mut self, ask: &Ask) -> Result<(), Rejection> {
        self.happen(ask, &Trigger::Reopened)?;
        self.execution.told.push(Told::Reopened);
        Ok(())
    }

    fn duplicate(&mut self, ask: &Ask, number: &RequestNumber) -> Result<(), Rejection> {
        let other = self.mentioned(ask, number)?;
        // If two requests were closed as duplicates of each other, nobody would take care of them.
        if other.standing.status == Status::Duplicate && other.duplicate_of.as_ref() == Some(&self.before.number) {
            return Err(Rejection::OwnDuplicate(ask.clone()));
        }
        let is_own = other.requester().is_some_and(|r| self.before.participant(&r.email).is_some());
        let standing = self.request().standing.clone();
        self.happen(ask, &Trigger::Set(self.basis.desk.standing(&Status::Duplicate)))?;
        let (from, to) = (self.request().duplicate_of.clone(), Some(number.clone()));
        let is_new = from != to;
        self.change_if(is_new, Change::DuplicateSet { from, to });
        self.link(number);
        self.execution.ends = true;
        if standing != self.request().standing || is_new || self.answers {
            self.execution.told.push(Told::SameAs(Some(number.clone()).filter(|_| is_own)));
        }
        Ok(())
    }

    fn mentioned(&self, ask: &Ask, number: &RequestNumber) -> Result<&Request, Rejection> {
        if *number == self.before.number {
            return Err(Rejection::SameRequest(ask.clone()));
        }
        let known = self.basis.facts.named.requests.iter().find(|request| request.number == *number);
        known.ok_or_else(|| Rejection::NoSuchRequest(number.clone()))
    }

    /// Links both requests, unless they are linked.
    fn link(&mut self, number: &RequestNumber) {
        if !self.request().linked.contains(number) {
            self.change(Change::Linked { to: number.clone() });
            let back = Change::Linked { to: self.before.number.clone() };
            self.execution.other_ends.push(self.basis.event(number, back));
        }
    }

    fn give(&mut self, ask: &Ask, name: &ShortName) -> Result<(), Rejection> {
        self.begin(ask)?;
        self.assign(Some(name.clone()));
        Ok(())
    }

    fn assign(&mut self, to: Option<ShortName>) {
        let from = self.request().assignee.clone();
        self.change_if(from != to, Change::Assigned { from, to });
    }

    /// Passes the request on to another line or team. It loses its assignee, unless one is named along with it or the team
    /// is external.
    fn pass_on(&mut self, ask: &Ask, place: &Place) -> Result<(), Rejection> {
        self.begin(ask)?;
        let (from, to) = (self.request().place.clone(), Some(place.clone()));
        self.change_if(from != to, Change::PassedOn { from, to });
        // A request that an external team has stays with its engineer, who keeps control.
        let is_external = matches!(place, Place::Team(name) if self.basis.desk.outside(name).is_some());
        if !self.names_assignee && !is_external {
            self.assign(None);
        }
        Ok(())
    }

    /// Passes the request on to another desk, where it gets a number of its own; at this desk it is over.
    fn transfer(&mut self, ask: &Ask, desk: &DeskKey) -> Result<(), Rejection> {
        let from = &self.before.standing;
        let next = self.basis.facts.named.next_numbers.iter().find(|number| number.desk == *desk);
        let number = match next {
            _ if self.basis.current_key(desk) == self.basis.current_key(&self.before.number.desk) => {
                return Err(Rejection::SameDesk(ask.clone()));
            }
            // Nothing new comes to an earlier key.
            _ if self.basis.current_key(desk) != desk => return Err(self.not_now(ask)),
            // The other desk knows nothing of the version that the requester was promised.
            Some(next) if from.phase != Phase::Closed && from.phase != Phase::Planned => next.clone(),
            _ => return Err(self.not_now(ask)),
        };
        self.go(&Status::Transferred);
        self.change(Change::MovedTo { number: number.clone() });
        self.execution.told.push(Told::MovedTo(number.clone()));
        self.execution.moved_to = Some(number);
        Ok(())
    }

    /// Reports that a version is out for all requests that wait for it, whether this one does or not.
    fn release(&mut self, ask: &Ask, version: &Version) -> Result<(), Rejection> {
        let awaiting = &self.basis.facts.named.awaiting;
        if awaiting.is_empty() {
            return Err(Rejection::NobodyWaits(ask.clone()));
        }
        if awaiting.iter().any(|request| request.number == self.before.number) {
            self.happen(ask, &Trigger::Released)?;
            self.execution.ends = true;
            self.execution.told.push(Told::Released(version.clone()));
        }
        self.execution.released = Some(version.clone());
        Ok(())
    }

    /// Assigning a new request begins work on it, unless a status is asked for as well.
    fn begin(&mut self, ask: &Ask) -> Result<(), Rejection> {
        if self.execution.asks_for_standing { Ok(()) } else { self.happen(ask, &Trigger::Given) }
    }

    fn watch(&mut self, ask: &Ask, watcher: Option<&EmailAddress>, watches: bool) -> Result<(), Rejection> {
        let own = self.basis.engineer().map(|engineer| &engineer.address);
        let Some(watcher) = watcher.or(own) else { return Err(self.not_now(ask)) };
        let is_watching = self.request().watchers.contains(watcher);
        self.change_if(is_watching != watches, Change::Watching { watcher: watcher.clone(), watches });
        Ok(())
    }

    /// The effect of words to the requester: an engineer who is the first to answer becomes the assignee.
    fn answer(&mut self) {
        if !self.answers {
            return;
        }
        if !self.execution.asks_for_standing
            && let Transition::To(status) =
                transition(&self.request().standing, &Trigger::Answered, self.basis.desk.after_close)
        {
            self.go(&status);
        }
        let is_passed_on = self.request().place != self.before.place;
        if let (None, Some(engineer), false) = (&self.request().assignee, self.basis.engineer(), is_passed_on) {
            self.assign(Some(engineer.name.clone()));
        }
    }

    fn happen(&mut self, ask: &Ask, trigger: &Trigger) -> Result<(), Rejection> {
        match transition(&self.request().standing, trigger, self.basis.desk.after_close) {
            Transition::Stays => Ok(()),
            Transition::To(status) => {
                self.go(&status);
                Ok(())
            }
            Transition::Anew | Transition::Refused => {
                Err(Rejection::NotNow(ask.clone(), self.request().standing.status.clone()))
            }
        }
    }

    fn go(&mut self, status: &Status) {
        let (from, to) = (self.request().standing.clone(), self.basis.desk.standing(status));
        self.change_if(from != to, Change::Moved { from, to });
    }
}

#[cfg(test)]
mod tests;
