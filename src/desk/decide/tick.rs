//! What follows as time passes: answered requests close, and engineers are reminded of silence and deadlines.
//!
//! One list says what is to be done and when. The next look is its first entry, and a look does everything in it that is due,
//! so that the two cannot disagree. A reminder is recorded in the same transaction as its letter, so that nobody is reminded
//! twice.

use crate::desk::basis::Basis;
use crate::desk::calendar::{after, before, day_of, local};
use crate::desk::deadlines::{Deadline, deadlines};
use crate::desk::lifecycle::{Transition, Trigger, transition};
use crate::desk::news::{News, Promise, Told};
use crate::desk::revision::Revision;
use crate::model::policy::{Desk, Engineer};
use crate::model::{Actor, Change, Decision, Draft, Phase, Reminder, Request, Timestamp};

use super::control;
use super::drafts::Drafter;

/// Something to be done with a request at a certain time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// Close it.
    Close,
    /// Remind somebody.
    Remind(Reminder),
}

/// When the clock is to look at a request next; `None` where time changes nothing.
pub fn next_look(desk: &Desk, request: &Request) -> Option<Timestamp> {
    dues(desk, request).into_iter().map(|(at, _)| at).min()
}

/// Decides about everything that is due for a request of the desk; a decision without effects where nothing is.
pub fn tick(basis: &Basis<'_>, request: &Request) -> Decision {
    let basis = basis.by(&Actor::Maildesk, "the clock");
    let is_due = |(at, due)| (at <= basis.now).then_some(due);
    let due: Vec<Due> = dues(basis.desk, request).into_iter().filter_map(is_due).collect();
    let ticking = Ticking { basis, request };
    if due.contains(&Due::Close) { ticking.close() } else { ticking.remind(&due) }
}

fn dues(desk: &Desk, request: &Request) -> Vec<(Timestamp, Due)> {
    closing(desk, request).into_iter().chain(silence(desk, request)).chain(promises(desk, request)).collect()
}

/// When an answered request is to be closed, or its requester to be warned of that; `None` for all others.
fn closing(desk: &Desk, request: &Request) -> Option<(Timestamp, Due)> {
    let (end, notice) = closing_times(desk, request)?;
    match (notice, request.progress.reminded_of(Reminder::ClosingSoon)) {
        (Some(notice), None) => Some((notice, Due::Remind(Reminder::ClosingSoon))),
        (Some(_), Some(told)) => Some((told_end(end, notice, told), Due::Close)),
        (None, _) => Some((end, Due::Close)),
    }
}

/// When an answered request closes because of silence, and when its requester is warned of that; `None` where it does not
/// close.
fn closing_times(desk: &Desk, request: &Request) -> Option<(Timestamp, Option<Timestamp>)> {
    if request.standing.phase != Phase::Completed {
        return None;
    }
    let since = silent_since(request)?;
    let end = after(&desk.calendar, since, desk.close_after?);
    Some((end, desk.closing_notice.map(|notice| before(&desk.calendar, end, notice).max(since))))
}

/// Since when an answered request waits for its requester: since the answer was delivered. Where an answer can be delivered to
/// nobody, since the desk last did anything.
fn silent_since(request: &Request) -> Option<Timestamp> {
    let progress = &request.progress;
    progress.answered_at.or(progress.acted_at.filter(|_| request.requester().is_none()))
}

/// When a request closes after a warning that was given at `told`. A late warning puts it off, so that the requester has the same time to
/// answer.
fn told_end(end: Timestamp, notice: Option<Timestamp>, told: Timestamp) -> Timestamp {
    end.plus_seconds(notice.map_or(0, |notice| told.seconds_since(notice).max(0)))
}

/// The reminder that the line or team that has a request is silent, while it is their turn to act.
fn silence(desk: &Desk, request: &Request) -> Option<(Timestamp, Due)> {
    let is_theirs = request.place.is_some()
        && !request.progress.is_filed
        && matches!(request.standing.phase, Phase::New | Phase::Open);
    let span = desk.remind_after.filter(|_| is_theirs)?;
    let since = idle_since(request).max(request.progress.reminded_of(Reminder::Silent).unwrap_or(request.opened_at));
    Some((after(&desk.calendar, since, span), Due::Remind(Reminder::Silent)))
}

/// Since when the desk has done nothing though it could.
fn idle_since(request: &Request) -> Timestamp {
    let progress = &request.progress;
    let waited_until = progress.waits.last().and_then(|wait| wait.until);
    request.opened_at.max(progress.acted_at.unwrap_or_default()).max(waited_until.unwrap_or_default())
}

/// Reminders of deadlines that are near or over. Once engineers know that one is over, they are not told that it is near.
fn promises(desk: &Desk, request: &Request) -> Vec<(Timestamp, Due)> {
    let found = deadlines(desk, request);
    let promises = [
        (found.first_response, Reminder::FirstResponseNear, Reminder::FirstResponseMissed),
        (found.resolution, Reminder::ResolutionNear, Reminder::ResolutionMissed),
    ];
    let is_new = |of: Reminder| request.progress.reminded_of(of).is_none();
    let mut dues = Vec::new();
    for (deadline, near, missed) in promises {
        let Some(Deadline { near: near_at, by }) = deadline.filter(|_| is_new(missed)) else { continue };
        if is_new(near) {
            dues.push((near_at, Due::Remind(near)));
        }
        dues.push((by, Due::Remind(missed)));
    }
    dues
}

/// A request that the clock looks at.
struct Ticking<'a> {
    basis: Basis<'a>,
    request: &'a Request,
}

impl<'a> Ticking<'a> {
    /// Closes an answered request whose requester has been silent.
    fn close(&self) -> Decision {
        let desk = self.basis.desk;
        let mut decision = Decision::about(self.request.number.clone(), Vec::new());
        let from = self.request.standing.clone();
        let Transition::To(status) = transition(&from, &Trigger::Silence, desk.after_close) else { return decision };
        let mut revision = Revision::of(self.request);
        revision.change(&self.basis, Change::Moved { from, to: desk.standing(&status) });
        let since = silent_since(self.request).unwrap_or(self.basis.now);
        let told = [Told::ClosedBySilence(day_of(&desk.calendar, since))];
        let letter = self.to_requester(&revision, if desk.tells(&status) { &told } else { &[] });
        decision.reasons.push(format!("no word of its requester since {since}"));
        decision.change(revision.events().iter().cloned());
        decision.write(letter);
        control::tell(&self.basis, self.request, &revision, &mut decision);
        decision
    }

    fn to_requester(&self, revision: &Revision, told: &[Told]) -> Option<Draft> {
        Drafter::about(&self.basis, revision.request()).notice(told, 0)
    }

    /// Sends the reminders that are due, in one letter to each reader.
    fn remind(&self, due: &[Due]) -> Decision {
        let is_due = |of: Reminder| due.contains(&Due::Remind(of));
        let mut revision = Revision::of(self.request);
        let mut letters = Vec::new();
        let mut told: Vec<(&Engineer, News)> = Vec::new();
        for due in due {
            let Due::Remind(of) = *due else { continue };
            // A letter that says that a deadline is over need not say that it is near.
            let is_outdone = match of {
                Reminder::FirstResponseNear => is_due(Reminder::FirstResponseMissed),
                Reminder::ResolutionNear => is_due(Reminder::ResolutionMissed),
                _ => false,
            };
            if is_outdone {
                continue;
            }
            revision.change(&self.basis, Change::Reminded { of });
            match self.news(of) {
                Some(news) => told.extend(self.readers(of).into_iter().map(|engineer| (engineer, news.clone()))),
                None => letters.extend(self.to_requester(&revision, &self.closing_soon())),
            }
        }
        letters.extend(Drafter::about(&self.basis, revision.request()).reminders(&told));
        let mut decision = Decision::about(self.request.number.clone(), Vec::new());
        decision.change(revision.into_events());
        decision.write(letters);
        decision
    }

    /// The news for engineers; `None` for the reminder that goes to the requester.
    fn news(&self, of: Reminder) -> Option<News> {
        let calendar = &self.basis.desk.calendar;
        let found = deadlines(self.basis.desk, self.request);
        let by = |deadline: Option<Deadline>| local(calendar, deadline.map_or(self.basis.now, |deadline| deadline.by));
        Some(match of {
            Reminder::ClosingSoon => return None,
            Reminder::Silent => News::Silent(day_of(calendar, idle_since(self.request))),
            Reminder::FirstResponseNear => News::Due(Promise::FirstResponse, by(found.first_response)),
            Reminder::FirstResponseMissed => News::Overdue(Promise::FirstResponse, by(found.first_response)),
            Reminder::ResolutionNear => News::Due(Promise::Resolution, by(found.resolution)),
            Reminder::ResolutionMissed => News::Overdue(Promise::Resolution, by(found.resolution)),
        })
    }

    /// Who is reminded. Of a deadline: the responsible engineers, and the first line too once it is over. Of silence: the first
    /// line, which keeps an eye on what it has passed on.
    fn readers(&self, of: Reminder) -> Vec<&'a Engineer> {
        let roster = self.basis.roster(self.basis.desk);
        let responsible = roster.responsible(self.request);
        let first_line = match roster.present(None) {
            nobody if nobody.is_empty() => self.basis.desk.members(None),
            present => present,
        };
        match of {
            Reminder::ClosingSoon => Vec::new(),
            Reminder::Silent => first_line,
            Reminder::FirstResponseNear | Reminder::ResolutionNear => responsible,
            Reminder::FirstResponseMissed | Reminder::ResolutionMissed => {
                responsible.into_iter().chain(first_line).collect()
            }
        }
    }

    fn closing_soon(&self) -> Vec<Told> {
        let end =
            closing_times(self.basis.desk, self.request).map(|(end, notice)| told_end(end, notice, self.basis.now));
        end.into_iter().map(|end| Told::ClosingSoon(day_of(&self.basis.desk.calendar, end))).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::desk::basis::Keys;
    use crate::model::policy::{Line, SlaRule, Span};
    use crate::model::samples::{self, engineer, number};
    use crate::model::{
        EmailAddress, Event, Facts, Language, LetterId, Participant, Place, RequestNumber, ShortName, Status,
    };

    const START: i64 = 1_795_253_400;

    /// A step in the story of a request.
    #[derive(Clone, Debug)]
    enum Step {
        Wait(u32),
        Set(Status),
        Delivered,
        PassedOn(bool),
        Wrote,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let statuses = vec![Status::InWork, Status::NeedInfo, Status::Planned, Status::Done, Status::Closed];
        let step = prop_oneof![
            4 => (1..400_000_u32).prop_map(Step::Wait),
            2 => prop::sample::select(statuses).prop_map(Step::Set),
            1 => Just(Step::Delivered),
            1 => any::<bool>().prop_map(Step::PassedOn),
            1 => Just(Step::Wrote),
        ];
        prop::collection::vec(step, 1..30)
    }

    fn span() -> impl Strategy<Value = Option<Span>> {
        prop::option::of(prop_oneof![
            (60..400_000_u32).prop_map(Span::Elapsed),
            (60..200_000_u32).prop_map(Span::Working),
            (1..9_u32).prop_map(Span::Days),
            (1..9_u32).prop_map(Span::WorkingDays),
        ])
    }

    fn desks() -> impl Strategy<Value = Desk> {
        (prop::array::uniform5(span()), any::<bool>()).prop_map(|(spans, is_office)| {
            let [close_after, closing_notice, remind_after, first_response, resolution] = spans;
            let mut desk = samples::desk();
            desk.engineers = vec![engineer("one"), engineer("two")];
            let line = |number, name| Line { number, members: vec![ShortName::parse(name).unwrap()] };
            desk.lines = vec![line(1, "one"), line(2, "two")];
            if is_office {
                let day = Some((jiff::civil::time(9, 0, 0, 0), jiff::civil::time(18, 0, 0, 0)));
                desk.calendar.hours = [day, day, day, day, day, None, None];
            }
            desk.sla = vec![SlaRule { kind: None, priority: None, first_response, resolution }];
            Desk { close_after, closing_notice, remind_after, ..desk }
        })
    }

    fn opened() -> Request {
        let requester = Participant {
            email: EmailAddress::parse("olga@client.example").unwrap(),
            name: String::new(),
            proven: false,
        };
        Request::opened(number("OTK-1"), "Report".into(), Language::En, Some(requester), Timestamp::from_unix(START))
    }

    fn change(desk: &Desk, request: &Request, step: &Step) -> Option<(Actor, Change)> {
        let engineer = Actor::Engineer(ShortName::parse("two").unwrap());
        Some(match step {
            Step::Wait(_) => return None,
            Step::Set(status) => {
                (engineer, Change::Moved { from: request.standing.clone(), to: desk.standing(status) })
            }
            Step::Delivered => (Actor::Maildesk, Change::Delivered { letter: LetterId(1) }),
            Step::PassedOn(away) => {
                (engineer, Change::PassedOn { from: request.place.clone(), to: away.then_some(Place::Line(2)) })
            }
            Step::Wrote => (Actor::Unknown, Change::Appended),
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

        #[test]
        fn a_look_leaves_nothing_due_and_nobody_is_told_again(desk in desks(), steps in steps()) {
            let url = |_: &RequestNumber, _: &EmailAddress, _, _: &str| String::new();
            let keys = Keys { url: &url, button: &|_, _, _, _| String::new(), expiry: &|_, _, _, _| None };
            let facts = Facts::none(number("OTK-2"));
            let (mut request, mut now) = (opened(), Timestamp::from_unix(START));
            let mut once = Vec::new();
            for step in &steps {
                if let Step::Wait(seconds) = step {
                    now = now.plus_seconds((*seconds).into());
                }
                if let Some((who, change)) = change(&desk, &request, step) {
                    let number = request.number.clone();
                    let event = Event { request: number, at: now, who, proof: String::new(), received: None, change };
                    request.apply(&event);
                }
                let basis = Basis::new(std::slice::from_ref(&desk), &desk, &facts, keys, now);
                let decision = tick(&basis, &request);
                let has_events = decision.events().next().is_some();
                prop_assert!(has_events || decision.letters().next().is_none(), "no letter without a guard");
                for event in decision.events() {
                    if let Change::Reminded { of } = event.change
                        && !matches!(of, Reminder::Silent | Reminder::ClosingSoon)
                    {
                        prop_assert!(!once.contains(&of), "{of:?} again");
                        once.push(of);
                    }
                    request.apply(event);
                }
                prop_assert!(next_look(&desk, &request).is_none_or(|at| at > now), "{request:?}");
                prop_assert!(tick(&basis, &request).events().next().is_none());
            }
        }
    }
}
