//! What follows from asks outside of their own request: a new request at another desk, answers to requests that are answered
//! along or wait for the same version, a letter to an external team.

use crate::desk::assignment;
use crate::desk::basis::Basis;
use crate::desk::execute::{Execution, Handover};
use crate::desk::lifecycle::{Transition, Trigger, transition};
use crate::desk::news::{News, Told};
use crate::desk::revision::Revision;
use crate::desk::wording::{self, Brought};
use crate::model::policy::Engineer;
use crate::model::{
    Change, Draft, Effect, EmailAddress, Language, Participant, Phase, Priority, Release, Request, RequestNumber,
    SentFile, Standing, Status, Version,
};

use super::drafts::{Drafter, summary, with_all};

/// What comes with the asks.
#[derive(Clone, Copy, Default)]
pub(super) struct Brings<'a> {
    /// The author's own words.
    pub words: &'a str,
    /// The files of the message.
    pub files: &'a [SentFile],
    /// Addresses that the message itself has reached, without those of desks and engineers.
    pub addressed: &'a [EmailAddress],
    /// Whether nobody but requesters gets the words.
    pub only_requester: bool,
}

/// What follows outside of the request.
#[derive(Default)]
pub(super) struct FollowUps {
    /// The effects, in their order.
    pub effects: Vec<Effect>,
    /// How many other requests were answered.
    pub answered: usize,
}

impl FollowUps {
    fn add(&mut self, revision: Revision, letters: impl IntoIterator<Item = Draft>) {
        self.effects.extend(revision.into_events().into_iter().map(Effect::Change));
        self.effects.extend(letters.into_iter().map(Effect::Write));
    }

    /// The lines about it in the engineer's receipt.
    pub(super) fn for_receipt(&self, language: Language, execution: &Execution) -> Vec<String> {
        let moved = execution.moved_to.as_ref().map(|number| wording::moved_to(language, number));
        let handover = execution.handover.as_ref().map(|handover| wording::handed_over_to(language, &handover.address));
        let answered = (self.answered > 0).then(|| wording::also_answered(language, self.answered));
        [moved, handover, answered].into_iter().flatten().collect()
    }
}

/// Everything that follows elsewhere from executed asks. `is_answer` says whether the words are for requesters.
pub(super) fn follow_ups(
    basis: &Basis<'_>,
    before: &Request,
    execution: &Execution,
    brings: Brings<'_>,
    is_answer: bool,
) -> FollowUps {
    let mut follow_ups = FollowUps::default();
    let after = execution.revision.request();
    if let Some(number) = &execution.moved_to {
        move_to(basis, after, number, brings, &mut follow_ups);
    }
    if let Some(handover) = &execution.handover {
        let is_repeated = before.place == after.place && handover.with_words;
        let letter = hand_over(basis, after, handover, brings, is_repeated);
        follow_ups.effects.push(Effect::Write(letter));
    }
    if let Some(version) = &execution.released {
        release(basis, version, Some(&before.number), &mut follow_ups);
    }
    let to = &after.standing;
    // A request that was answered before is closed without telling others.
    let is_closed_at_once = to.status == Status::Closed && before.standing.phase != Phase::Completed;
    if execution.asks_for_standing && (to.phase == Phase::Completed || is_closed_at_once) {
        let brings = if is_answer { brings } else { Brings::default() };
        answer_along(basis, before, to, brings, &mut follow_ups);
    }
    follow_ups
}

/// Answers all requests that wait for a version which is out.
pub(super) fn released(basis: &Basis<'_>, version: &Version) -> FollowUps {
    let mut follow_ups = FollowUps::default();
    release(basis, version, None, &mut follow_ups);
    follow_ups
}

/// Tells the requesters of all requests that wait for a version that it has another day.
pub(super) fn rescheduled(basis: &Basis<'_>, release: &Release) -> FollowUps {
    let mut follow_ups = FollowUps::default();
    let is_of_version = |request: &&Request| {
        request.release.as_ref().is_some_and(|known| known.version == release.version && known != release)
    };
    for request in basis.facts.named.awaiting.iter().filter(is_of_version) {
        let mut revision = Revision::of(request);
        let change = Change::ReleaseSet { from: request.release.clone(), to: Some(release.clone()) };
        revision.change(basis, change);
        let writer = Drafter::about(basis, revision.request());
        let letter = writer.notice(&[Told::Rescheduled(release.clone())], 0);
        follow_ups.add(revision, letter);
        follow_ups.answered += 1;
    }
    follow_ups
}

/// Opens the request at the other desk, whose engineers get everything that is known.
fn move_to(basis: &Basis<'_>, old: &Request, number: &RequestNumber, brings: Brings<'_>, follow_ups: &mut FollowUps) {
    let mut revision = Revision::opened(basis, number, old.subject.clone(), old.language, old.requester().cloned());
    revision.change(basis, Change::MovedFrom { number: old.number.clone() });
    if let Some(kind) = old.kind {
        revision.change(basis, Change::KindSet { from: None, to: Some(kind) });
    }
    let (from, to) = (Priority::default(), old.priority);
    if from != to {
        revision.change(basis, Change::PrioritySet { from, to });
    }
    let (environment, period) = (old.progress.environment.clone(), old.progress.period.clone());
    if environment.is_some() || period.is_some() {
        revision.change(basis, Change::Described { environment, period, missing: old.progress.missing.clone() });
    }
    for watcher in &old.watchers {
        revision.change(basis, Change::Watching { watcher: watcher.clone(), watches: true });
    }
    if !old.progress.in_copy.is_empty() {
        let (people, is_known) = (old.progress.in_copy.clone(), old.progress.is_requester_known);
        revision.change(basis, Change::InCopy { people, is_known });
    }
    let desk = basis.desk_of(number);
    let turn = assignment::assign(basis, desk, &mut revision);
    let writer = Drafter::about(basis, revision.request());
    let name = basis.engineer().map(|engineer| engineer.full_name.clone());
    let brought = Brought {
        author: name.as_deref().unwrap_or_default(),
        is_by_engineer: name.is_some(),
        words: brings.words,
        files: brings.files,
        summary: summary(basis.facts),
        ..Brought::default()
    };
    let news = News::MovedFrom(old.number.clone(), name.clone());
    let told: Vec<_> = writer.audience(None).into_iter().map(|engineer| (engineer, news.clone())).collect();
    let letters = writer.notifications(&told, with_all(brought, basis.facts));
    follow_ups.add(revision, letters);
    follow_ups.effects.extend(turn.map(Effect::TakeTurn));
}

/// The letter to an external team: everything that the requester may read too, or only what is new to the team.
fn hand_over(basis: &Basis<'_>, request: &Request, handover: &Handover, brings: Brings<'_>, only_words: bool) -> Draft {
    let brings = if handover.with_words { brings } else { Brings::default() };
    let (said, mut files) = match only_words {
        true => (&[][..], Vec::new()),
        false => (basis.facts.request.correspondence.as_slice(), basis.facts.request.correspondence_files.clone()),
    };
    for file in brings.files {
        if !files.iter().any(|known| known.sha256 == file.sha256) {
            files.push(file.clone());
        }
    }
    Drafter::about(basis, request).for_team(handover, said, brings.words, &files)
}

/// Answers all requests that wait for a version, except `but`; each requester gets one letter.
fn release(basis: &Basis<'_>, version: &Version, but: Option<&RequestNumber>, follow_ups: &mut FollowUps) {
    let awaiting = &basis.facts.named.awaiting;
    for request in awaiting.iter().filter(|request| Some(&request.number) != but) {
        if is_answered_there(request, awaiting) {
            continue;
        }
        let is_planned = request.release.as_ref().is_some_and(|release| release.version == *version);
        let done = basis.desk_of(&request.number).standing(&Status::Done);
        let trigger = if is_planned { Trigger::Released } else { Trigger::AnsweredAlong(done) };
        answer(basis, request, &trigger, &[Told::Released(version.clone())], Brings::default(), follow_ups);
    }
}

/// Gives duplicates the status of their original, and incidents that of their problem, with its words.
fn answer_along(basis: &Basis<'_>, before: &Request, to: &Standing, brings: Brings<'_>, follow_ups: &mut FollowUps) {
    let followers = &basis.facts.request.followers;
    for follower in followers {
        let is_duplicate = follower.standing.status == Status::Duplicate;
        let is_told = |person: &Participant| before.participant(&person.email).is_some();
        let is_told = is_duplicate && follower.requester().is_some_and(is_told);
        if is_told || is_answered_there(follower, followers) {
            continue;
        }
        let desk = basis.desk_of(&follower.number);
        let is_known = to.status.is_built_in() || desk.key == before.number.desk;
        let status = if is_known { to.status.clone() } else { Status::Done };
        let told: Vec<Told> = Some(status.clone()).filter(|s| desk.tells(s)).map(Told::Stands).into_iter().collect();
        let trigger = Trigger::AnsweredAlong(desk.standing(&status));
        answer(basis, follower, &trigger, &told, brings, follow_ups);
    }
}

/// Answers one such request: its status, the letter to its requester, copies, and a notification for its engineer.
fn answer(
    basis: &Basis<'_>,
    request: &Request,
    trigger: &Trigger,
    told: &[Told],
    brings: Brings<'_>,
    follow_ups: &mut FollowUps,
) {
    let desk = basis.desk_of(&request.number);
    let Transition::To(status) = transition(&request.standing, trigger, desk.after_close) else { return };
    let (from, to) = (request.standing.clone(), desk.standing(&status));
    let has_words = !brings.words.is_empty() || !brings.files.is_empty();
    let mut revision = Revision::of(request);
    if has_words {
        revision.change(basis, Change::Answered);
    }
    revision.change(basis, Change::Moved { from, to });
    let writer = Drafter::about(basis, revision.request());
    let is_addressed = request.requester().is_some_and(|person| brings.addressed.contains(&person.email));
    let (words, files) = if is_addressed { ("", &[][..]) } else { (brings.words, brings.files) };
    let mut letters: Vec<Draft> =
        writer.for_requester(basis.engineer(), words, files, told, basis.desk.grace).into_iter().collect();
    if let (true, Some(engineer)) = (has_words, basis.engineer()) {
        if !brings.only_requester {
            let copies = writer.copies_of_answer(engineer, brings.words, brings.files, basis.desk.grace);
            letters.extend(copies.into_iter().filter(|copy| !brings.addressed.contains(&copy.to)));
        }
        letters.extend(told_engineer(&writer, revision.request(), engineer, brings));
    }
    follow_ups.add(revision, letters);
    follow_ups.answered += 1;
}

/// The notification for the engineer of a request that was answered along; `None` where they are the author.
fn told_engineer(writer: &Drafter<'_>, request: &Request, author: &Engineer, brings: Brings<'_>) -> Vec<Draft> {
    let assignee = request.assignee.as_ref().filter(|name| **name != author.name);
    let told: Vec<_> = assignee
        .and_then(|name| writer.desk.engineer(name))
        .map(|assignee| (assignee, News::Answered(author.name.clone())))
        .into_iter()
        .collect();
    let brought = Brought {
        author: &author.full_name,
        is_by_engineer: true,
        words: brings.words,
        files: brings.files,
        ..Brought::default()
    };
    writer.notifications(&told, brought)
}

/// Whether the requester of a duplicate has an answer already, in the original or in a duplicate between the two.
fn is_answered_there(duplicate: &Request, answered: &[Request]) -> bool {
    let Some(requester) = duplicate.requester() else { return false };
    let same = |request: &Request| {
        let number = request.duplicate_of.as_ref().filter(|_| request.standing.status == Status::Duplicate)?;
        answered.iter().find(|other| other.number == *number && other.number != duplicate.number)
    };
    // Duplicates of each other form a circle, so no more steps are made than there are requests.
    let mut others = std::iter::successors(same(duplicate), |other| same(other)).take(answered.len());
    others.any(|other| other.participant(&requester.email).is_some())
}
