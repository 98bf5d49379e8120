//! Asks → changes, all or none: the same for tags of engineers and for `maildesk set`.

use crate::model::policy::Desk;
use crate::model::{
    Ask, Change, DeskKey, EmailAddress, Facts, Phase, Place, Request, RequestNumber, ShortName, Status, Version,
};

use super::assignment::{self, Added};
use super::contradictions::{Slot, contradictions, slot};
use super::lifecycle::{Course, Happening, course};
use super::terms::{Misfit, Told};

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
pub struct Carried {
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
    /// Whom outside the house it is given to.
    pub handover: Option<Handover>,
    /// The version that is out.
    pub released: Option<Version>,
    /// What the desk's own rules add.
    pub added: Added,
}

/// A request that is given to a team outside the house.
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
pub fn carry_out(desk: &Desk, request: &Request, asks: &[Ask], asking: Asking<'_>) -> Result<Carried, Vec<Misfit>> {
    let contradictions = contradictions(asks);
    if !contradictions.is_empty() {
        return Err(contradictions);
    }
    if let Some(number) = &request.progress.moved_to {
        return Err(vec![Misfit::MovedAway(number.clone())]);
    }
    let handover = asks.iter().find_map(|ask| handover(desk, ask, asking.has_words && !asks.contains(&Ask::Note)));
    let question = Ask::Status(Status::NeedInfo);
    if let (Some(handover), true) = (&handover, asks.contains(&question)) {
        // Words go to the team or to the requester.
        let ask = Ask::PassOn(Place::Team(handover.team.clone()));
        return Err(vec![Misfit::Contradiction(question, ask)]);
    }
    // Spam is closed without a letter, so what stands beside the tag is for colleagues.
    let is_note = asks.contains(&Ask::Note) || asks.contains(&Ask::Spam) || handover.is_some();
    let mut fold = Fold {
        desk,
        before: request,
        asking,
        answers: asking.has_words && !is_note,
        asks_for_standing: asks.iter().any(|ask| slot(ask) == Slot::Standing || matches!(ask, Ask::Release(_))),
        names_executor: asks.iter().any(|ask| slot(ask) == Slot::Executor),
        carried: Carried {
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
    let misfits: Vec<Misfit> = asks.iter().filter_map(|ask| fold.one(ask).err()).collect();
    if !misfits.is_empty() {
        return Err(misfits);
    }
    fold.answer();
    fold.carried.asks_for_standing = fold.asks_for_standing;
    fold.carried.added = assignment::add(desk, asks, &mut fold.carried.request, &asking.facts.staffing);
    fold.carried.handover = handover;
    if let Some(Handover { address, .. }) = &fold.carried.handover {
        fold.carried.changes.push(Change::HandedOver { to: address.clone() });
    }
    Ok(fold.carried)
}

/// Passing on to a team outside the house.
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
    names_executor: bool,
    carried: Carried,
}

impl Fold<'_> {
    fn one(&mut self, ask: &Ask) -> Result<(), Misfit> {
        match ask {
            Ask::Status(Status::NeedInfo) if !self.asking.has_words => Err(Misfit::NoWords(ask.clone())),
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
                let (from, to) = (self.carried.request.release.clone(), Some(release.clone()));
                if from != to {
                    self.tell(Status::Planned);
                }
                self.change(from != to, Change::ReleaseSet { from, to: to.clone() });
                self.carried.request.release = to;
                Ok(())
            }
            Ask::Assign(name) => self.give(ask, name),
            Ask::Take => match self.asking.engineer {
                Some(name) => self.give(ask, name),
                None => Err(Misfit::NotNow(ask.clone(), self.before.standing.status.clone())),
            },
            // Nothing in the request: the caller notes who is away.
            Ask::Away(_) | Ask::Back if self.asking.engineer.is_some() => Ok(()),
            Ask::Away(_) | Ask::Back => Err(Misfit::NotYet(ask.clone())),
            Ask::PassOn(Place::Desk(desk)) => self.transfer(ask, desk),
            Ask::Released(version) => self.release(ask, version),
            Ask::PassOn(place) => self.pass_on(ask, place),
            Ask::Kind(kind) => {
                let (from, to) = (self.carried.request.kind, Some(*kind));
                self.carried.request.kind = to;
                self.change(from != to, Change::KindSet { from, to });
                Ok(())
            }
            Ask::Priority(priority) => {
                let (from, to) = (self.carried.request.priority, *priority);
                self.carried.request.priority = to;
                self.change(from != to, Change::PrioritySet { from, to });
                Ok(())
            }
            Ask::Watch(watcher) => self.watch(ask, watcher.as_ref(), true),
            Ask::Unwatch(watcher) => self.watch(ask, watcher.as_ref(), false),
            Ask::Note => Ok(()),
            Ask::OnBehalfOf(_) => Err(Misfit::NotInRequest(ask.clone())),
            // It stands alone, which the caller has seen to; beside nothing it was carried out before.
            Ask::Undo => Err(Misfit::NothingToUndo),
            Ask::Requester(_) => Err(Misfit::NotForEngineers(ask.clone())),
        }
    }

    fn change(&mut self, is_one: bool, change: Change) {
        if is_one {
            self.carried.changes.push(change);
        }
    }

    fn set(&mut self, ask: &Ask, status: Status) -> Result<(), Misfit> {
        let (from, to) = (self.carried.request.standing.clone(), self.desk.standing(&status));
        self.happen(ask, &Happening::Set(to.clone()))?;
        self.carried.ends |= to.phase.is_ended();
        // Nobody is told twice; beside words it is said again where things stand.
        if from != to || self.answers {
            self.tell(status);
        }
        Ok(())
    }

    fn tell(&mut self, status: Status) {
        let told = Some(Told::Stands(status.clone())).filter(|_| self.desk.tells(&status));
        self.carried.told.extend(told.filter(|told| !self.carried.told.contains(told)));
    }

    fn reopen(&mut self, ask: &Ask) -> Result<(), Misfit> {
        self.happen(ask, &Happening::Reopened)?;
        self.carried.told.push(Told::Reopened);
        Ok(())
    }

    fn duplicate(&mut self, ask: &Ask, number: &RequestNumber) -> Result<(), Misfit> {
        let other = self.mentioned(ask, number)?;
        // Of two that are closed as each other's duplicate nobody would take care.
        if other.standing.status == Status::Duplicate && other.duplicate_of.as_ref() == Some(&self.before.number) {
            return Err(Misfit::OwnDuplicate(ask.clone()));
        }
        let is_own = other.requester().is_some_and(|r| self.before.participant(&r.email).is_some());
        let stood = self.carried.request.standing.clone();
        self.happen(ask, &Happening::Set(self.desk.standing(&Status::Duplicate)))?;
        let (from, to) = (self.carried.request.duplicate_of.clone(), Some(number.clone()));
        self.carried.request.duplicate_of.clone_from(&to);
        let is_new = from != to;
        self.change(is_new, Change::DuplicateSet { from, to });
        self.tie(number);
        self.carried.ends = true;
        if stood != self.carried.request.standing || is_new || self.answers {
            self.carried.told.push(Told::SameAs(Some(number.clone()).filter(|_| is_own)));
        }
        Ok(())
    }

    fn link(&mut self, ask: &Ask, number: &RequestNumber) -> Result<(), Misfit> {
        self.mentioned(ask, number)?;
        self.tie(number);
        Ok(())
    }

    fn mentioned(&self, ask: &Ask, number: &RequestNumber) -> Result<&Request, Misfit> {
        if *number == self.before.number {
            return Err(Misfit::SameRequest(ask.clone()));
        }
        let known = self.asking.facts.mentioned.iter().find(|request| request.number == *number);
        known.ok_or_else(|| Misfit::NoSuchRequest(number.clone()))
    }

    fn tie(&mut self, number: &RequestNumber) {
        if !self.carried.request.linked.contains(number) {
            self.carried.request.linked.push(number.clone());
            self.carried.changes.push(Change::Linked { to: number.clone() });
            self.carried.linked.push(number.clone());
        }
    }

    fn give(&mut self, ask: &Ask, name: &ShortName) -> Result<(), Misfit> {
        self.begin(ask)?;
        self.assign(Some(name.clone()));
        Ok(())
    }

    fn assign(&mut self, to: Option<ShortName>) {
        let from = self.carried.request.executor.clone();
        self.carried.request.executor.clone_from(&to);
        self.change(from != to, Change::Assigned { from, to });
    }

    /// The other line or team finds its own executor, unless one is named along with it.
    fn pass_on(&mut self, ask: &Ask, place: &Place) -> Result<(), Misfit> {
        self.begin(ask)?;
        let (from, to) = (self.carried.request.place.clone(), Some(place.clone()));
        self.carried.request.place.clone_from(&to);
        self.change(from != to, Change::PassedOn { from, to });
        // Of what is outside the house, whoever had it keeps control.
        let is_outside = matches!(place, Place::Team(name) if self.desk.outside(name).is_some());
        if !self.names_executor && !is_outside {
            self.assign(None);
        }
        Ok(())
    }

    /// Another desk gets it, under a number of its own; here it is over.
    fn transfer(&mut self, ask: &Ask, desk: &DeskKey) -> Result<(), Misfit> {
        let from = &self.before.standing;
        let next = self.asking.facts.next_numbers.iter().find(|number| number.desk == *desk);
        let number = match next {
            _ if *desk == self.before.number.desk => return Err(Misfit::SameDesk(ask.clone())),
            // The other desk knows nothing of the version that its requester was promised.
            Some(next) if from.phase != Phase::Closed && from.phase != Phase::Planned => next.clone(),
            _ => return Err(Misfit::NotNow(ask.clone(), from.status.clone())),
        };
        self.go(Status::Transferred);
        self.carried.changes.push(Change::MovedTo { number: number.clone() });
        self.carried.request.progress.moved_to = Some(number.clone());
        self.carried.told.push(Told::MovedTo(number.clone()));
        self.carried.moved_to = Some(number);
        Ok(())
    }

    /// The version is out for all that wait for it, this one among them or not.
    fn release(&mut self, ask: &Ask, version: &Version) -> Result<(), Misfit> {
        let awaiting = &self.asking.facts.awaiting;
        if awaiting.is_empty() {
            return Err(Misfit::NobodyWaits(ask.clone()));
        }
        if awaiting.iter().any(|request| request.number == self.before.number) {
            self.happen(ask, &Happening::Released)?;
            self.carried.ends = true;
            self.carried.told.push(Told::Released(version.clone()));
        }
        self.carried.released = Some(version.clone());
        Ok(())
    }

    /// Giving a new request to somebody begins work on it, unless a status is asked for as well.
    fn begin(&mut self, ask: &Ask) -> Result<(), Misfit> {
        if self.asks_for_standing { Ok(()) } else { self.happen(ask, &Happening::Given) }
    }

    fn watch(&mut self, ask: &Ask, watcher: Option<&EmailAddress>, watches: bool) -> Result<(), Misfit> {
        let watcher = watcher.or(self.asking.address);
        let Some(watcher) = watcher else {
            return Err(Misfit::NotNow(ask.clone(), self.before.standing.status.clone()));
        };
        let is_watching = self.carried.request.watchers.contains(watcher);
        self.change(is_watching != watches, Change::Watching { watcher: watcher.clone(), watches });
        self.carried.request.watchers.retain(|known| known != watcher);
        self.carried.request.watchers.extend(Some(watcher.clone()).filter(|_| watches));
        Ok(())
    }

    /// Words to the requester: who answers first works on it.
    fn answer(&mut self) {
        if !self.answers {
            return;
        }
        if !self.asks_for_standing
            && let Course::To(status) =
                course(&self.carried.request.standing, &Happening::Answered, self.desk.after_close)
        {
            self.go(status);
        }
        let is_passed_on = self.carried.request.place != self.before.place;
        if let (None, Some(name), false) = (&self.carried.request.executor, self.asking.engineer, is_passed_on) {
            self.assign(Some(name.clone()));
        }
    }

    fn happen(&mut self, ask: &Ask, happening: &Happening) -> Result<(), Misfit> {
        match course(&self.carried.request.standing, happening, self.desk.after_close) {
            Course::Stays => Ok(()),
            Course::To(status) => {
                self.go(status);
                Ok(())
            }
            Course::Anew | Course::Refused => {
                Err(Misfit::NotNow(ask.clone(), self.carried.request.standing.status.clone()))
            }
        }
    }

    fn go(&mut self, status: Status) {
        let (from, to) = (self.carried.request.standing.clone(), self.desk.standing(&status));
        self.carried.request.standing = to.clone();
        self.change(from != to, Change::Moved { from, to });
    }
}
