//! What asks mean beyond the request that they are about: a new one at another desk, others that are answered along with it or
//! wait for the same version, and an external team.

use crate::desk::assignment::{Chosen, choose};
use crate::desk::execute::{Execution, Handover};
use crate::desk::lifecycle::{Transition, Trigger, transition};
use crate::desk::replay::apply;
use crate::desk::news::{News, Told};
use crate::desk::wording::{self, Brought};
use crate::model::policy::{Desk, Engineer, Turn};
use crate::model::{
    Actor, Change, Draft, EmailAddress, Event, Facts, Phase, ReceivedId, Request, RequestNumber, SentFile, Standing,
    Status, Timestamp, Version,
};

use super::Keys;
use super::drafts::{Writer, linked_back, summary};

/// Somebody of the desk does something.
#[derive(Clone, Copy)]
pub(super) struct Act<'a> {
    pub desks: &'a [Desk],
    /// The desk where it is done.
    pub desk: &'a Desk,
    /// Who does it; none: the operator.
    pub engineer: Option<&'a Engineer>,
    /// What shows that.
    pub proof: &'a str,
    /// The message that asks for it.
    pub received: Option<ReceivedId>,
    /// Whom that message has reached already.
    pub addressed: &'a [EmailAddress],
    pub facts: &'a Facts,
    pub keys: Keys<'a>,
    pub now: Timestamp,
}

/// What comes with the asks.
#[derive(Clone, Copy, Default)]
pub(super) struct Brings<'a> {
    pub words: &'a str,
    pub files: &'a [SentFile],
}

/// What follows beyond the request.
#[derive(Default)]
pub(super) struct FollowUps {
    pub events: Vec<Event>,
    pub letters: Vec<Draft>,
    /// How many other requests were answered.
    pub answered: usize,
    /// Who took his turn at another desk.
    pub turns: Vec<Turn>,
}

impl FollowUps {
    fn add(&mut self, other: FollowUps) {
        self.events.extend(other.events);
        self.letters.extend(other.letters);
        self.answered += other.answered;
        self.turns.extend(other.turns);
    }
}

impl<'a> Act<'a> {
    fn event(&self, request: &RequestNumber, change: Change) -> Event {
        let who = self.engineer.map_or(Actor::Operator, |engineer| Actor::Engineer(engineer.name.clone()));
        let (at, received) = (self.now, self.received);
        Event { request: request.clone(), at, who, proof: self.proof.to_owned(), received, change }
    }

    /// What the desk's own rules change.
    fn by_rule(&self, request: &RequestNumber, change: Change, proof: &str) -> Event {
        Event { who: Actor::Maildesk, proof: proof.to_owned(), ..self.event(request, change) }
    }

    fn desk_of(&self, request: &Request) -> &'a Desk {
        self.desks.iter().find(|desk| desk.key == request.number.desk).unwrap_or(self.desk)
    }

    fn writer<'w>(&self, request: &'w Request) -> Writer<'w>
    where
        'a: 'w,
    {
        Writer { desk: self.desk_of(request), request: Some(request), keys: self.keys }
    }

    /// The changes of the request itself, and the other ends of its links.
    pub(super) fn changes(&self, request: &RequestNumber, execution: &Execution) -> Vec<Event> {
        let own = execution.changes.iter().map(|change| self.event(request, change.clone()));
        let by_rule = |(change, proof): &(Change, &'static str)| self.by_rule(request, change.clone(), proof);
        let added = execution.added.changes.iter().map(by_rule);
        let others = execution.linked.iter().map(|other| self.event(other, linked_back(request)));
        own.chain(added).chain(others).collect()
    }

    /// All that follows elsewhere from what was carried out. `is_answer`: the words are for requesters.
    pub(super) fn follow_ups(&self, before: &Request, execution: &Execution, brings: Brings<'_>, is_answer: bool) -> FollowUps {
        let mut follow_ups = FollowUps::default();
        if let Some(number) = &execution.moved_to {
            follow_ups.add(self.moved(&execution.request, number, brings));
        }
        if let Some(handover) = &execution.handover {
            let repeated = before.place == execution.request.place && handover.with_words;
            follow_ups.letters.push(self.handed_over(&execution.request, handover, brings, repeated));
        }
        if let Some(version) = &execution.released {
            follow_ups.add(self.released(version, Some(&before.number)));
        }
        let to = &execution.request.standing;
        // What was answered before is closed without a word to others.
        let is_closed_at_once = to.status == Status::Closed && before.standing.phase != Phase::Completed;
        if execution.asks_for_standing && (to.phase == Phase::Completed || is_closed_at_once) {
            let brings = if is_answer { brings } else { Brings::default() };
            follow_ups.add(self.answered_along(before, to, brings));
        }
        follow_ups
    }

    /// The request at the other desk, whose engineers get all that is known.
    fn moved(&self, old: &Request, number: &RequestNumber, brings: Brings<'_>) -> FollowUps {
        let opened = Change::Opened {
            subject: old.subject.clone(),
            language: old.language,
            requester: old.requester().cloned(),
        };
        let mut changes = vec![opened, Change::MovedFrom { number: old.number.clone() }];
        changes.extend(old.kind.map(|kind| Change::KindSet { from: None, to: Some(kind) }));
        let (from, to) = (crate::model::Priority::default(), old.priority);
        changes.extend((from != to).then_some(Change::PrioritySet { from, to }));
        let (environment, period) = (old.progress.environment.clone(), old.progress.period.clone());
        if environment.is_some() || period.is_some() {
            changes.push(Change::Described { environment, period, missing: old.progress.missing.clone() });
        }
        let watching = |watcher: &EmailAddress| Change::Watching { watcher: watcher.clone(), watches: true };
        changes.extend(old.watchers.iter().map(watching));
        let mut events: Vec<Event> = changes.into_iter().map(|change| self.event(number, change)).collect();
        let mut request = events.iter().fold(None, apply);
        let desk = self.desks.iter().find(|desk| desk.key == number.desk).unwrap_or(self.desk);
        let chosen = request.as_ref().and_then(|request| choose(desk, request, &self.facts.workload));
        if let Some(Chosen { engineer, proof, .. }) = &chosen {
            let event = self.by_rule(number, Change::Assigned { from: None, to: Some(engineer.clone()) }, proof);
            request = apply(request, &event);
            events.push(event);
        }
        let writer = Writer { desk, request: request.as_ref(), keys: self.keys };
        let name = self.engineer.map(|engineer| engineer.full_name.clone());
        let files: Vec<SentFile> = self.facts.files.iter().chain(brings.files).cloned().collect();
        let brought = Brought {
            author: name.as_deref().unwrap_or_default(),
            words: brings.words,
            files: &files,
            summary: summary(self.facts),
            ..Brought::default()
        };
        let news = News::MovedFrom(old.number.clone(), name.clone());
        let told: Vec<_> = writer.audience(None).into_iter().map(|engineer| (engineer, news.clone())).collect();
        let turns = chosen.map(|chosen| chosen.turn).into_iter().collect();
        FollowUps { letters: writer.notifications(&told, brought), events, answered: 0, turns }
    }

    /// The letter to an external team: all that the requester may read as well, or only what is new.
    fn handed_over(&self, request: &Request, handover: &Handover, brings: Brings<'_>, only_words: bool) -> Draft {
        let brings = if handover.with_words { brings } else { Brings::default() };
        let (said, mut files) = match only_words {
            true => (&[][..], Vec::new()),
            false => (self.facts.correspondence.as_slice(), self.facts.correspondence_files.clone()),
        };
        for file in brings.files {
            if !files.iter().any(|known| known.sha256 == file.sha256) {
                files.push(file.clone());
            }
        }
        self.writer(request).for_team(handover, said, brings.words, &files)
    }

    /// A version is out: whoever waits for it is told, each once.
    pub(super) fn released(&self, version: &Version, but: Option<&RequestNumber>) -> FollowUps {
        let mut follow_ups = FollowUps::default();
        let awaiting = &self.facts.awaiting;
        for request in awaiting.iter().filter(|request| Some(&request.number) != but) {
            if is_answered_there(request, awaiting.iter()) {
                continue;
            }
            let is_planned = request.release.as_ref().is_some_and(|release| release.version == *version);
            let done = self.desk_of(request).standing(&Status::Done);
            let trigger = if is_planned { Trigger::Released } else { Trigger::AnsweredAlong(done) };
            let told = Told::Released(version.clone());
            follow_ups.add(self.answered(request, &trigger, &[told], Brings::default()).unwrap_or_default());
        }
        follow_ups
    }

    /// A version has another day: whoever waits for it is told.
    pub(super) fn rescheduled(&self, release: &crate::model::Release) -> FollowUps {
        let mut follow_ups = FollowUps::default();
        let to = Some(release.clone());
        for request in self.facts.awaiting.iter().filter(|request| request.release != to) {
            if request.release.as_ref().is_none_or(|known| known.version != release.version) {
                continue;
            }
            let change = Change::ReleaseSet { from: request.release.clone(), to: to.clone() };
            let event = self.event(&request.number, change);
            let Some(after) = apply(Some(request.clone()), &event) else { continue };
            let letter = self.writer(&after).for_requester("", &[], &[Told::Rescheduled(release.clone())], 0);
            follow_ups.add(FollowUps {
                events: vec![event],
                letters: letter.into_iter().collect(),
                answered: 1,
                turns: Vec::new(),
            });
        }
        follow_ups
    }

    /// Duplicates get the status of the request that is the same, incidents that of their problem, with its words.
    fn answered_along(&self, before: &Request, to: &Standing, brings: Brings<'_>) -> FollowUps {
        let mut follow_ups = FollowUps::default();
        for follower in &self.facts.followers {
            let is_duplicate = follower.standing.status == Status::Duplicate;
            let is_told = |person: &crate::model::Participant| before.participant(&person.email).is_some();
            let is_told = is_duplicate && follower.requester().is_some_and(is_told);
            if is_told || is_answered_there(follower, self.facts.followers.iter()) {
                continue;
            }
            let desk = self.desk_of(follower);
            let is_known = to.status.is_built_in() || desk.key == before.number.desk;
            let status = if is_known { to.status.clone() } else { Status::Done };
            let told: Vec<Told> =
                Some(status.clone()).filter(|s| desk.tells(s)).map(Told::Stands).into_iter().collect();
            let trigger = Trigger::AnsweredAlong(desk.standing(&status));
            follow_ups.add(self.answered(follower, &trigger, &told, brings).unwrap_or_default());
        }
        follow_ups
    }

    /// One of those others: its standing, the letter to its requester, copies, and its assignee, who learns that it is answered.
    fn answered(&self, request: &Request, trigger: &Trigger, told: &[Told], brings: Brings<'_>) -> Option<FollowUps> {
        let desk = self.desk_of(request);
        let Transition::To(status) = transition(&request.standing, trigger, desk.after_close) else { return None };
        let (from, to) = (request.standing.clone(), desk.standing(&status));
        let has_words = !brings.words.is_empty() || !brings.files.is_empty();
        let mut events: Vec<Event> =
            has_words.then(|| self.event(&request.number, Change::Answered)).into_iter().collect();
        events.push(self.event(&request.number, Change::Moved { from, to }));
        let after = events.iter().fold(Some(request.clone()), apply)?;
        let writer = self.writer(&after);
        let is_addressed = request.requester().is_some_and(|person| self.addressed.contains(&person.email));
        let letter = match is_addressed {
            true => writer.for_requester("", &[], told, self.desk.grace),
            false => writer.for_requester(brings.words, brings.files, told, self.desk.grace),
        };
        let mut letters: Vec<Draft> = letter.into_iter().collect();
        let author = self.engineer.map(|engineer| &engineer.name);
        if let (true, Some(engineer)) = (has_words, self.engineer) {
            letters.extend(writer.copies_of_answer(engineer, brings.words, brings.files, self.desk.grace));
            let assignee = after.assignee.as_ref().filter(|name| Some(*name) != author);
            let told = assignee.and_then(|name| desk.engineer(name));
            let news = News::Answered(engineer.name.clone());
            let told: Vec<_> = told.into_iter().map(|assignee| (assignee, news.clone())).collect();
            let brought =
                Brought { author: &engineer.full_name, words: brings.words, files: brings.files, ..Brought::default() };
            letters.extend(writer.notifications(&told, brought));
        }
        Some(FollowUps { events, letters, answered: 1, turns: Vec::new() })
    }

    /// What the receipt says of it.
    pub(super) fn for_receipt(
        &self,
        language: crate::model::Language,
        execution: &Execution,
        follow_ups: &FollowUps,
    ) -> Vec<String> {
        let moved = execution.moved_to.as_ref().map(|number| wording::moved_to(language, number));
        let handover = execution.handover.as_ref().map(|handover| wording::handed_over_to(language, &handover.address));
        let answered = (follow_ups.answered > 0).then(|| wording::answered_along(language, follow_ups.answered));
        [moved, handover, answered].into_iter().flatten().collect()
    }
}

/// Whether the requester of a duplicate has his answer in the request that is the same, or in one between them.
fn is_answered_there<'r>(duplicate: &Request, answered: impl Iterator<Item = &'r Request> + Clone) -> bool {
    let Some(requester) = duplicate.requester() else { return false };
    let same = |request: &Request| {
        let number = request.duplicate_of.as_ref().filter(|_| request.standing.status == Status::Duplicate)?;
        answered.clone().find(|other| other.number == *number && other.number != duplicate.number)
    };
    // As many steps as there are requests: duplicates of each other lead round.
    let mut others = std::iter::successors(same(duplicate), |other| same(other)).take(answered.clone().count());
    others.any(|other| other.participant(&requester.email).is_some())
}
