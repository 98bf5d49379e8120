//! How requests change: by their events, and in no other way. Deciding, storing, replaying and verifying all use this.

use crate::model::{Actor, Change, Event, Phase, Reminded, Request, RequestNumber};

use super::progress;

impl Request {
    /// The request that these events give; `None` where they do not begin with its opening.
    pub fn replay<'e>(events: impl IntoIterator<Item = &'e Event>) -> Option<Self> {
        let mut events = events.into_iter();
        let mut request = Self::begun(events.next()?)?;
        events.for_each(|event| request.apply(event));
        Some(request)
    }

    /// The request that an event opens; `None` for every other event.
    pub fn begun(event: &Event) -> Option<Self> {
        let Change::Opened { subject, language, requester } = &event.change else { return None };
        let number = event.request.clone();
        let mut request = Self::opened(number, subject.clone(), *language, requester.clone(), event.at);
        request.apply(event);
        Some(request)
    }

    /// Applies an event to the request. An event of another request changes nothing.
    pub fn apply(&mut self, event: &Event) {
        if event.request != self.number {
            return;
        }
        if let Change::Forgotten { whole, .. } = event.change {
            // Erasing changes neither dates nor who is responsible.
            self.participants.retain(|person| !person.email.is_forgotten());
            self.watchers.retain(|watcher| !watcher.is_forgotten());
            self.progress.in_copy.retain(|person| !person.email.is_forgotten());
            self.progress.robots.retain(|robot| !robot.is_forgotten());
            self.progress.erased_at = whole.then_some(event.at).or(self.progress.erased_at);
            return;
        }
        self.progress.erased_at = None;
        let is_by_desk = matches!(event.who, Actor::Engineer(_) | Actor::Operator);
        if is_by_desk || event.change == Change::Appended {
            progress::heard(&mut self.progress, event.at);
        }
        self.set(event);
        // What was split off is as if it had never been there.
        if is_by_desk && !matches!(event.change, Change::SplitOff { .. }) {
            progress::acted(&mut self.progress, event);
        }
        self.changed_at = self.changed_at.max(event.at);
    }

    /// Sets the fields that an event changes.
    fn set(&mut self, event: &Event) {
        match &event.change {
            Change::Proven { participant } => {
                for known in self.participants.iter_mut().filter(|p| p.email == *participant) {
                    known.proven = true;
                }
            }
            Change::RequesterSet { from, to } => {
                let gone = [from, to].map(|person| person.as_ref().map(|person| person.email.clone()));
                self.participants.retain(|person| !gone.iter().flatten().any(|email| *email == person.email));
                self.participants.splice(0..0, to.iter().cloned());
            }
            Change::SplitOff { standing, progress, .. } => {
                self.standing = standing.clone();
                self.progress = (**progress).clone();
            }
            Change::Linked { to } => self.link(to),
            Change::Moved { to, .. } => {
                self.standing = to.clone();
                progress::moved(&mut self.progress, to.phase, event.at);
            }
            Change::Assigned { to, .. } => self.assignee.clone_from(to),
            Change::PassedOn { to, .. } => self.place.clone_from(to),
            Change::KindSet { to, .. } => self.kind = *to,
            Change::PrioritySet { to, .. } => self.priority = *to,
            Change::ReleaseSet { to, .. } => self.release.clone_from(to),
            Change::DuplicateSet { to, .. } => self.duplicate_of.clone_from(to),
            Change::InCopy { people, is_known } => {
                self.progress.in_copy.clone_from(people);
                self.progress.is_requester_known = *is_known;
            }
            Change::AppendedAutomatic => {
                if let Actor::Person(robot) = &event.who
                    && !self.progress.robots.contains(robot)
                {
                    self.progress.robots.push(robot.clone());
                }
            }
            Change::Watching { watcher, watches } => {
                self.watchers.retain(|known| known != watcher);
                if *watches {
                    self.watchers.push(watcher.clone());
                }
            }
            // A status that is restored by undoing counts as answered anew, so the wait for the requester begins anew.
            Change::Delivered { .. } | Change::Undone { .. } if self.standing.phase == Phase::Completed => {
                self.progress.answered_at.get_or_insert(event.at);
            }
            Change::Reminded { of } => self.progress.reminded.push(Reminded { of: *of, at: event.at }),
            Change::Described { environment, period, missing } => {
                let progress = &mut self.progress;
                progress.environment = environment.clone().or(progress.environment.take());
                progress.period = period.clone().or(progress.period.take());
                progress.missing.clone_from(missing);
            }
            Change::Filed => progress::filed(&mut self.progress, event.at),
            Change::MovedTo { number } => self.progress.moved_to = Some(number.clone()),
            Change::MovedFrom { number } => self.link(number),
            // What was written or came back, and what is handled before, sets no field.
            _ => {}
        }
    }

    /// Adds a link; links are ordered by number.
    fn link(&mut self, number: &RequestNumber) {
        if let Err(at) = self.linked.binary_search(number) {
            self.linked.insert(at, number.clone());
        }
    }
}
