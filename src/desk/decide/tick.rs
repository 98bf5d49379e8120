//! What time does to a request: it closes in silence, engineers are reminded, promises come due.
//!
//! One list says what is to come and when. The next look is its first entry, and a look does what of it has come: the two
//! cannot disagree. Whoever was told is on record in the same transaction as the letter, and not told again.

use crate::desk::calendar::{after, before, day_of};
use crate::desk::deadlines::{Deadline, deadlines};
use crate::desk::lifecycle::{Transition, Trigger, transition};
use crate::desk::replay::apply;
use crate::desk::news::{News, Promise, Told};
use crate::model::policy::{Desk, Engineer};
use crate::model::{Actor, Change, Decision, Disposition, Event, Phase, Reminder, Request, Timestamp};

use super::Keys;
use super::drafts::Writer;

/// What is done to a request by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// It closes.
    Close,
    /// Somebody is told.
    Remind(Reminder),
}

/// When the clock is to look at a request again; none where nothing is to come by itself.
pub fn next_look(desk: &Desk, request: &Request) -> Option<Timestamp> {
    dues(desk, request).into_iter().map(|(at, _)| at).min()
}

/// What has come for a request by now: nothing at all, for one at which the clock looks too early.
pub fn tick(desk: &Desk, request: &Request, keys: Keys<'_>, now: Timestamp) -> Decision {
    let come: Vec<Due> = dues(desk, request).into_iter().filter(|(at, _)| *at <= now).map(|(_, due)| due).collect();
    let ticking = Ticking { desk, request, keys, now };
    let number = request.number.clone();
    let mut decision = Decision { request: Some(number), ..Decision::of(Disposition::Appended) };
    if come.contains(&Due::Close) {
        ticking.close(&mut decision);
    } else {
        ticking.remind(&come, &mut decision);
    }
    decision
}

fn dues(desk: &Desk, request: &Request) -> Vec<(Timestamp, Due)> {
    closing(desk, request).into_iter().chain(silence(desk, request)).chain(promises(desk, request)).collect()
}

/// The end of an answered request, or the notice before it.
fn closing(desk: &Desk, request: &Request) -> Option<(Timestamp, Due)> {
    let (end, notice) = closing_times(desk, request)?;
    match (notice, request.progress.reminded_of(Reminder::ClosingSoon)) {
        (Some(notice), None) => Some((notice, Due::Remind(Reminder::ClosingSoon))),
        (Some(_), Some(told)) => Some((told_end(end, notice, told), Due::Close)),
        (None, _) => Some((end, Due::Close)),
    }
}

/// When an answered request closes in silence, and when its requester is told before that.
fn closing_times(desk: &Desk, request: &Request) -> Option<(Timestamp, Option<Timestamp>)> {
    if request.standing.phase != Phase::Completed {
        return None;
    }
    let since = silent_since(request)?;
    let end = after(&desk.calendar, since, desk.close_after?);
    Some((end, desk.closing_notice.map(|notice| before(&desk.calendar, end, notice).max(since))))
}

/// Since when an answered request waits for its requester. Where there is nobody whom an answer could be delivered to, since
/// somebody of the desk last did anything.
fn silent_since(request: &Request) -> Option<Timestamp> {
    let progress = &request.progress;
    progress.answered_at.or(progress.acted_at.filter(|_| request.requester().is_none()))
}

/// The end that a requester was told: a notice that came late puts it off, so that it leaves the same time to answer.
fn told_end(end: Timestamp, notice: Option<Timestamp>, told: Timestamp) -> Timestamp {
    end.plus_seconds(notice.map_or(0, |notice| told.seconds_since(notice).max(0)))
}

/// The silence of the line or team that a request was passed on to, while it is theirs to move.
fn silence(desk: &Desk, request: &Request) -> Option<(Timestamp, Due)> {
    let is_theirs = request.place.is_some()
        && !request.progress.is_filed
        && matches!(request.standing.phase, Phase::New | Phase::Open);
    let span = desk.remind_after.filter(|_| is_theirs)?;
    let since = idle_since(request).max(request.progress.reminded_of(Reminder::Silent).unwrap_or(request.opened_at));
    Some((after(&desk.calendar, since, span), Due::Remind(Reminder::Silent)))
}

/// Since when nobody of the desk has done anything though it could.
fn idle_since(request: &Request) -> Timestamp {
    let progress = &request.progress;
    let waited_until = progress.waits.last().and_then(|wait| wait.until);
    request.opened_at.max(progress.acted_at.unwrap_or_default()).max(waited_until.unwrap_or_default())
}

/// Terms that come near, or are over. Who knows that a term is over is not told that it is near.
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
    desk: &'a Desk,
    request: &'a Request,
    keys: Keys<'a>,
    now: Timestamp,
}

impl<'a> Ticking<'a> {
    fn event(&self, change: Change) -> Event {
        Event {
            request: self.request.number.clone(),
            at: self.now,
            who: Actor::Maildesk,
            proof: "the clock".to_owned(),
            received: None,
            change,
        }
    }

    fn close(&self, decision: &mut Decision) {
        let from = &self.request.standing;
        let Transition::To(status) = transition(from, &Trigger::Silence, self.desk.after_close) else { return };
        let is_told = self.desk.tells(&status);
        let change = Change::Moved { from: from.clone(), to: self.desk.standing(&status) };
        decision.events.push(self.event(change));
        let since = silent_since(self.request).unwrap_or(self.now);
        let told = [Told::ClosedBySilence(day_of(&self.desk.calendar, since))];
        decision.letters.extend(self.to_requester(decision, if is_told { &told } else { &[] }));
        decision.reasons.push(format!("no word of its requester since {since}"));
    }

    fn to_requester(&self, decision: &Decision, told: &[Told]) -> Option<crate::model::Draft> {
        let after = decision.events.iter().fold(Some(self.request.clone()), apply);
        let writer = Writer { desk: self.desk, request: after.as_ref(), keys: self.keys };
        writer.for_requester("", &[], told, 0)
    }

    fn remind(&self, come: &[Due], decision: &mut Decision) {
        let has_come = |of: Reminder| come.contains(&Due::Remind(of));
        let mut told: Vec<(&Engineer, News)> = Vec::new();
        for due in come {
            let Due::Remind(of) = *due else { continue };
            // One letter says that a term is over; that it is near need not be said any more.
            let is_outdone = match of {
                Reminder::FirstResponseNear => has_come(Reminder::FirstResponseMissed),
                Reminder::ResolutionNear => has_come(Reminder::ResolutionMissed),
                _ => false,
            };
            if is_outdone {
                continue;
            }
            decision.events.push(self.event(Change::Reminded { of }));
            match self.news(of) {
                Some(news) => told.extend(self.readers(of).into_iter().map(|engineer| (engineer, news.clone()))),
                None => decision.letters.extend(self.to_requester(decision, &self.closing_soon())),
            }
        }
        let writer = Writer { desk: self.desk, request: Some(self.request), keys: self.keys };
        decision.letters.extend(writer.reminders(&told));
    }

    /// What engineers are told; of the coming end the requester is told.
    fn news(&self, of: Reminder) -> Option<News> {
        let calendar = &self.desk.calendar;
        let found = deadlines(self.desk, self.request);
        let local = |at: Timestamp| calendar.zone.to_datetime(at.to_jiff());
        let by = |deadline: Option<Deadline>| local(deadline.map_or(self.now, |deadline| deadline.by));
        Some(match of {
            Reminder::ClosingSoon => return None,
            Reminder::Silent => News::Silent(day_of(calendar, idle_since(self.request))),
            Reminder::FirstResponseNear => News::Due(Promise::FirstResponse, by(found.first_response)),
            Reminder::FirstResponseMissed => News::Overdue(Promise::FirstResponse, by(found.first_response)),
            Reminder::ResolutionNear => News::Due(Promise::Resolution, by(found.resolution)),
            Reminder::ResolutionMissed => News::Overdue(Promise::Resolution, by(found.resolution)),
        })
    }

    /// Who is reminded: of a term whoever is responsible, and once it is over the first line too; of silence the first line,
    /// which keeps control.
    fn readers(&self, of: Reminder) -> Vec<&'a Engineer> {
        let responsible = self.desk.responsible(self.request);
        let first_line = match self.desk.present(None) {
            nobody if nobody.is_empty() => self.desk.members(None),
            present => present,
        };
        match of {
            Reminder::ClosingSoon => Vec::new(),
            Reminder::Silent => first_line,
            Reminder::FirstResponseNear | Reminder::ResolutionNear => responsible,
            Reminder::FirstResponseMissed | Reminder::ResolutionMissed => responsible.into_iter().chain(first_line).collect(),
        }
    }

    fn closing_soon(&self) -> Vec<Told> {
        let end = closing_times(self.desk, self.request).map(|(end, notice)| told_end(end, notice, self.now));
        end.into_iter().map(|end| Told::ClosingSoon(day_of(&self.desk.calendar, end))).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::policy::{Line, Span, SlaRule};
    use crate::model::{
        DeskKey, EmailAddress, Language, LetterId, Participant, Place, RequestNumber, ShortName, Status,
    };

    const START: i64 = 1_795_253_400;

    /// What happens to a request.
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
            let address = EmailAddress::parse("support@example.org").unwrap();
            let mut desk = Desk::new(DeskKey::parse("OTK").unwrap(), "Support".into(), address, "out".into());
            let engineer = |name: &str| Engineer {
                name: ShortName::parse(name).unwrap(),
                full_name: name.to_owned(),
                address: EmailAddress::parse(&format!("{name}@example.org")).unwrap(),
                aliases: Vec::new(),
                language: None,
                words: Vec::new(),
            };
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
        let number = RequestNumber::parse("OTK-1").unwrap();
        Request::opened(number, "Report".into(), Language::En, Some(requester), Timestamp::from_unix(START))
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
            let url = |_: &RequestNumber, _: &EmailAddress, _| String::new();
            let keys = Keys { url: &url, expiry: &|_, _, _| None };
            let (mut request, mut now) = (opened(), Timestamp::from_unix(START));
            let mut once = Vec::new();
            for step in &steps {
                if let Step::Wait(seconds) = step {
                    now = now.plus_seconds((*seconds).into());
                }
                if let Some((who, change)) = change(&desk, &request, step) {
                    let number = request.number.clone();
                    let event = Event { request: number, at: now, who, proof: String::new(), received: None, change };
                    request = apply(Some(request.clone()), &event).unwrap();
                }
                let decision = tick(&desk, &request, keys, now);
                prop_assert!(decision.events.is_empty() <= decision.letters.is_empty(), "no letter without a guard");
                for event in &decision.events {
                    if let Change::Reminded { of } = event.change
                        && !matches!(of, Reminder::Silent | Reminder::ClosingSoon)
                    {
                        prop_assert!(!once.contains(&of), "{of:?} again");
                        once.push(of);
                    }
                    request = apply(Some(request.clone()), event).unwrap();
                }
                prop_assert!(next_look(&desk, &request).is_none_or(|at| at > now), "{request:?}");
                prop_assert!(tick(&desk, &request, keys, now).events.is_empty());
            }
        }
    }
}
