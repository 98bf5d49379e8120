//! Asks → changes, all or none: the same for tags of engineers and for `maildesk set`.

use crate::model::policy::Desk;
use crate::model::{
    Ask, Change, DeskKey, EmailAddress, Facts, Phase, Place, Request, RequestNumber, ShortName, Status, Version,
};

use super::assignment::{self, Added};
use super::conflicts::{Slot, conflicts, slot};
use super::lifecycle::{Transition, Trigger, transition};
use super::news::{Rejection, Told};

/// Who asks, and with what.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The engineer who asks; none: the operator.
    pub engineer: Option<&'a ShortName>,
    /// Where the asker's own letters go.
    pub address: Option<&'a EmailAddress>,
    /// Whether words for the requester come with the asks.
    pub has_words: bool,
    /// What is known about what the asks name.
    pub facts: &'a Facts,
}

/// What carrying out asks comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    /// What changes, in its order.
    pub changes: Vec<Change>,
    /// The same link, as the other request has it.
    pub linked: Vec<RequestNumber>,
    /// The request as it stands then.
    pub request: Request,
    /// What its requester is told.
    pub told: Vec<Told>,
    /// Whether the words are internal.
    pub is_note: bool,
    /// Whether it ends the request: what is told of that waits its grace.
    pub ends: bool,
    /// Whether a standing was asked for, be it the one that it had.
    pub asks_for_standing: bool,
    /// The number under which another desk gets it.
    pub moved_to: Option<RequestNumber>,
    /// Whom outside it is given to.
    pub handover: Option<Handover>,
    /// The version that is out.
    pub released: Option<Version>,
    /// What the desk's own rules add.
    pub added: Added,
}

/// A request that is given to an external team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    /// The team.
    pub team: ShortName,
    /// Where it is written to.
    pub address: EmailAddress,
    /// Whether the words that come with the asks are for it.
    pub with_words: bool,
}

/// Carries out what is asked of a request, or says what does not fit; then nothing of it is done.
pub fn execute(desk: &Desk, request: &Request, asks: &[Ask], asking: Asking<'_>) -> Result<Execution, Vec<Rejection>> {
    let conflicts = conflicts(asks);
    if !conflicts.is_empty() {
        return Err(conflicts);
    }
    if let Some(number) = &request.progress.moved_to {
        return Err(vec![Rejection::MovedAway(number.clone())]);
    }
    let handover = asks.iter().find_map(|ask| handover(desk, ask, asking.has_words && !asks.contains(&Ask::Note)));
    let question = Ask::Status(Status::NeedInfo);
    if let (Some(handover), true) = (&handover, asks.contains(&question)) {
        // Words go to the team or to the requester.
        let ask = Ask::PassOn(Place::Team(handover.team.clone()));
        return Err(vec![Rejection::Conflict(question, ask)]);
    }
    // Spam is closed without a letter, so what stands beside the tag is for colleagues.
    let is_note = asks.contains(&Ask::Note) || asks.contains(&Ask::Spam) || handover.is_some();
    let mut fold = Fold {
        desk,
        before: request,
        asking,
        answers: asking.has_words && !is_note,
        asks_for_standing: asks.iter().any(|ask| slot(ask) == Slot::Standing || matches!(ask, Ask::Release(_))),
        names_assignee: asks.iter().any(|ask| slot(ask) == Slot::Assignee),
        execution: Execution {
            changes: Vec::new(),
            linked: Vec::new(),
            request: request.clone(),
            told: Vec::new(),
            is_note,
            ends: false,
            asks_for_standing: false,
            moved_to: None,
            handover: None,
            released: None,
            added: Added::default(),
        },
    };
    let rejections: Vec<Rejection> = asks.iter().filter_map(|ask| fold.one(ask).err()).collect();
    if !rejections.is_empty() {
        return Err(rejections);
    }
    fold.answer();
    fold.execution.asks_for_standing = fold.asks_for_standing;
    fold.execution.added = assignment::add(desk, asks, &mut fold.execution.request, &asking.facts.workload);
    fold.execution.handover = handover;
    if let Some(Handover { address, .. }) = &fold.execution.handover {
        fold.execution.changes.push(Change::HandedOver { to: address.clone() });
    }
    Ok(fold.execution)
}

/// Passing on to an external team.
fn handover(desk: &Desk, ask: &Ask, with_words: bool) -> Option<Handover> {
    let Ask::PassOn(Place::Team(name)) = ask else { return None };
    let address = desk.outside(name)?.clone();
    Some(Handover { team: name.clone(), address, with_words })
}

struct Fold<'a> {
    desk: &'a Desk,
    before: &'a Request,
    asking: Asking<'a>,
    /// Words go to the requester.
    answers: bool,
    asks_for_standing: bool,
    names_assignee: bool,
    execution: Execution,
}

impl Fold<'_> {
    fn one(&mut self, ask: &Ask) -> Result<(), Rejection> {
        match ask {
            Ask::Status(Status::NeedInfo) if !self.asking.has_words => Err(Rejection::NoWords(ask.clone())),
            Ask::Status(status) => self.set(ask, status.clone()),
            Ask::Close => self.set(ask, Status::Closed),
            Ask::Decline => self.set(ask, Status::Declined),
            Ask::Plan => self.set(ask, Status::Planned),
            Ask::Spam => self.set(ask, Status::Spam),
            Ask::Reopen => self.reopen(ask),
            Ask::Duplicate(number) => self.duplicate(ask, number),
            Ask::Link(number) => self.link(ask, number),
            Ask::Release(release) => {
                self.set(ask, Status::Planned)?;
                let (from, to) = (self.execution.request.release.clone(), Some(release.clone()));
                if from != to {
                    self.tell(Status::Planned);
                }
                self.change(from != to, Change::ReleaseSet { from, to: to.clone() });
                self.execution.request.release = to;
                Ok(())
            }
            Ask::Assign(name) => self.give(ask, name),
            Ask::Take => match self.asking.engineer {
                Some(name) => self.give(ask, name),
                None => Err(Rejection::NotNow(ask.clone(), self.before.standing.status.clone())),
            },
            // Nothing in the request: the caller notes who is away.
            Ask::Away(_) | Ask::Back if self.asking.engineer.is_some() => Ok(()),
            Ask::Away(_) | Ask::Back => Err(Rejection::NotYet(ask.clone())),
            Ask::PassOn(Place::Desk(desk)) => self.transfer(ask, desk),
            Ask::Released(version) => self.release(ask, version),
            Ask::PassOn(place) => self.pass_on(ask, place),
            Ask::Kind(kind) => {
                let (from, to) = (self.execution.request.kind, Some(*kind));
                self.execution.request.kind = to;
                self.change(from != to, Change::KindSet { from, to });
                Ok(())
            }
            Ask::Priority(priority) => {
                let (from, to) = (self.execution.request.priority, *priority);
                self.execution.request.priority = to;
                self.change(from != to, Change::PrioritySet { from, to });
                Ok(())
            }
            Ask::Watch(watcher) => self.watch(ask, watcher.as_ref(), true),
            Ask::Unwatch(watcher) => self.watch(ask, watcher.as_ref(), false),
            Ask::Note => Ok(()),
            Ask::OnBehalfOf(_) => Err(Rejection::NotInRequest(ask.clone())),
            // It stands alone, which the caller has seen to; beside nothing it was carried out before.
            Ask::Undo => Err(Rejection::NothingToUndo),
            Ask::Requester(_) => Err(Rejection::NotForEngineers(ask.clone())),
        }
    }

    fn change(&mut self, is_one: bool, change: Change) {
        if is_one {
            self.execution.changes.push(change);
        }
    }

    fn set(&mut self, ask: &Ask, status: Status) -> Result<(), Rejection> {
        let (from, to) = (self.execution.request.standing.clone(), self.desk.standing(&status));
        self.happen(ask, &Trigger::Set(to.clone()))?;
        self.execution.ends |= to.phase.is_ended();
        // Nobody is told twice; beside words it is said again where things stand.
        if from != to || self.answers {
            self.tell(status);
        }
        Ok(())
    }

    fn tell(&mut self, status: Status) {
        let told = Some(Told::Stands(status.clone())).filter(|_| self.desk.tells(&status));
        self.execution.told.extend(told.filter(|told| !self.execution.told.contains(told)));
    }

    fn reopen(&mut self, ask: &Ask) -> Result<(), Rejection> {
        self.happen(ask, &Trigger::Reopened)?;
        self.execution.told.push(Told::Reopened);
        Ok(())
    }

    fn duplicate(&mut self, ask: &Ask, number: &RequestNumber) -> Result<(), Rejection> {
        let other = self.mentioned(ask, number)?;
        // Of two that are closed as each other's duplicate nobody would take care.
        if other.standing.status == Status::Duplicate && other.duplicate_of.as_ref() == Some(&self.before.number) {
            return Err(Rejection::OwnDuplicate(ask.clone()));
        }
        let is_own = other.requester().is_some_and(|r| self.before.participant(&r.email).is_some());
        let stood = self.execution.request.standing.clone();
        self.happen(ask, &Trigger::Set(self.desk.standing(&Status::Duplicate)))?;
        let (from, to) = (self.execution.request.duplicate_of.clone(), Some(number.clone()));
        self.execution.request.duplicate_of.clone_from(&to);
        let is_new = from != to;
        self.change(is_new, Change::DuplicateSet { from, to });
        self.tie(number);
        self.execution.ends = true;
        if stood != self.execution.request.standing || is_new || self.answers {
            self.execution.told.push(Told::SameAs(Some(number.clone()).filter(|_| is_own)));
        }
        Ok(())
    }

    fn link(&mut self, ask: &Ask, number: &RequestNumber) -> Result<(), Rejection> {
        self.mentioned(ask, number)?;
        self.tie(number);
        Ok(())
    }

    fn mentioned(&self, ask: &Ask, number: &RequestNumber) -> Result<&Request, Rejection> {
        if *number == self.before.number {
            return Err(Rejection::SameRequest(ask.clone()));
        }
        let known = self.asking.facts.mentioned.iter().find(|request| request.number == *number);
        known.ok_or_else(|| Rejection::NoSuchRequest(number.clone()))
    }

    fn tie(&mut self, number: &RequestNumber) {
        if !self.execution.request.linked.contains(number) {
            self.execution.request.linked.push(number.clone());
            self.execution.changes.push(Change::Linked { to: number.clone() });
            self.execution.linked.push(number.clone());
        }
    }

    fn give(&mut self, ask: &Ask, name: &ShortName) -> Result<(), Rejection> {
        self.begin(ask)?;
        self.assign(Some(name.clone()));
        Ok(())
    }

    fn assign(&mut self, to: Option<ShortName>) {
        let from = self.execution.request.assignee.clone();
        self.execution.request.assignee.clone_from(&to);
        self.change(from != to, Change::Assigned { from, to });
    }

    /// The other line or team finds its own assignee, unless one is named along with it.
    fn pass_on(&mut self, ask: &Ask, place: &Place) -> Result<(), Rejection> {
        self.begin(ask)?;
        let (from, to) = (self.execution.request.place.clone(), Some(place.clone()));
        self.execution.request.place.clone_from(&to);
        self.change(from != to, Change::PassedOn { from, to });
        // Of what is outside, whoever had it keeps control.
        let is_outside = matches!(place, Place::Team(name) if self.desk.outside(name).is_some());
        if !self.names_assignee && !is_outside {
            self.assign(None);
        }
        Ok(())
    }

    /// Another desk gets it, under a number of its own; here it is over.
    fn transfer(&mut self, ask: &Ask, desk: &DeskKey) -> Result<(), Rejection> {
        let from = &self.before.standing;
        let next = self.asking.facts.next_numbers.iter().find(|number| number.desk == *desk);
        let number = match next {
            _ if *desk == self.before.number.desk => return Err(Rejection::SameDesk(ask.clone())),
            // The other desk knows nothing of the version that its requester was promised.
            Some(next) if from.phase != Phase::Closed && from.phase != Phase::Planned => next.clone(),
            _ => return Err(Rejection::NotNow(ask.clone(), from.status.clone())),
        };
        self.go(Status::Transferred);
        self.execution.changes.push(Change::MovedTo { number: number.clone() });
        self.execution.request.progress.moved_to = Some(number.clone());
        self.execution.told.push(Told::MovedTo(number.clone()));
        self.execution.moved_to = Some(number);
        Ok(())
    }

    /// The version is out for all that wait for it, this one among them or not.
    fn release(&mut self, ask: &Ask, version: &Version) -> Result<(), Rejection> {
        let awaiting = &self.asking.facts.awaiting;
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

    /// Giving a new request to somebody begins work on it, unless a status is asked for as well.
    fn begin(&mut self, ask: &Ask) -> Result<(), Rejection> {
        if self.asks_for_standing { Ok(()) } else { self.happen(ask, &Trigger::Given) }
    }

    fn watch(&mut self, ask: &Ask, watcher: Option<&EmailAddress>, watches: bool) -> Result<(), Rejection> {
        let watcher = watcher.or(self.asking.address);
        let Some(watcher) = watcher else {
            return Err(Rejection::NotNow(ask.clone(), self.before.standing.status.clone()));
        };
        let is_watching = self.execution.request.watchers.contains(watcher);
        self.change(is_watching != watches, Change::Watching { watcher: watcher.clone(), watches });
        self.execution.request.watchers.retain(|known| known != watcher);
        self.execution.request.watchers.extend(Some(watcher.clone()).filter(|_| watches));
        Ok(())
    }

    /// Words to the requester: who answers first works on it.
    fn answer(&mut self) {
        if !self.answers {
            return;
        }
        if !self.asks_for_standing
            && let Transition::To(status) =
                transition(&self.execution.request.standing, &Trigger::Answered, self.desk.after_close)
        {
            self.go(status);
        }
        let is_passed_on = self.execution.request.place != self.before.place;
        if let (None, Some(name), false) = (&self.execution.request.assignee, self.asking.engineer, is_passed_on) {
            self.assign(Some(name.clone()));
        }
    }

    fn happen(&mut self, ask: &Ask, trigger: &Trigger) -> Result<(), Rejection> {
        match transition(&self.execution.request.standing, trigger, self.desk.after_close) {
            Transition::Stays => Ok(()),
            Transition::To(status) => {
                self.go(status);
                Ok(())
            }
            Transition::Anew | Transition::Refused => {
                Err(Rejection::NotNow(ask.clone(), self.execution.request.standing.status.clone()))
            }
        }
    }

    fn go(&mut self, status: Status) {
        let (from, to) = (self.execution.request.standing.clone(), self.desk.standing(&status));
        self.execution.request.standing = to.clone();
        self.change(from != to, Change::Moved { from, to });
    }
}
