//! Deadlines of a request, for its first response and its resolution, by the requester's contract and the desk's SLA.

use crate::model::policy::{AddressPattern, Calendar, Contract, Desk, SlaRule, Span};
use crate::model::{EmailAddress, Request, Timestamp, Wait};

use super::calendar::{after, working_between};

/// The deadlines that a request still has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deadlines<'a> {
    /// The name of the requester's contract; `None` where no contract covers them.
    pub contract: Option<&'a str>,
    /// The deadline of the first response; `None` once there was one, or where none is promised.
    pub first_response: Option<Deadline>,
    /// The deadline of the resolution; `None` while nothing is expected of the desk, or where none is promised.
    pub resolution: Option<Deadline>,
}

/// A deadline, and when engineers are reminded of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// When three quarters of the time are over, and engineers are reminded.
    pub near: Timestamp,
    /// When all of the time is over.
    pub by: Timestamp,
}

impl Deadlines<'_> {
    /// The earlier of the two deadlines; `None` where there is none.
    pub fn next(&self) -> Option<Timestamp> {
        self.first_response.iter().chain(&self.resolution).map(|deadline| deadline.by).min()
    }
}

/// The deadlines that a desk still has to meet for a request.
pub fn deadlines<'a>(desk: &'a Desk, request: &Request) -> Deadlines<'a> {
    let contract = request.requester().and_then(|requester| contract(desk, &requester.email));
    let own = contract.into_iter().flat_map(|contract| &contract.sla);
    let rule = own.chain(&desk.sla).find(|rule| is_for(rule, request));
    let progress = &request.progress;
    let is_expected = progress.waits.last().is_none_or(|wait| wait.until.is_some());
    let deadline = |span: Option<Span>| {
        let span = span.filter(|_| is_expected)?;
        Some(deadline(&desk.calendar, request.opened_at, span, &progress.waits))
    };
    Deadlines {
        contract: contract.map(|contract| contract.name.as_str()),
        first_response: deadline(rule.and_then(|rule| rule.first_response))
            .filter(|_| progress.first_response_at.is_none()),
        resolution: deadline(rule.and_then(|rule| rule.resolution)),
    }
}

/// The contract that covers a customer: the one that names their address, or else the one with the longest matching domain.
/// `None` where no contract covers them.
pub fn contract<'a>(desk: &'a Desk, customer: &EmailAddress) -> Option<&'a Contract> {
    let closeness = |contract: &&Contract| {
        let fitting = contract.customers.iter().filter(|pattern| pattern.matches(customer));
        fitting
            .map(|pattern| match pattern {
                AddressPattern::Address(_) => usize::MAX,
                AddressPattern::Domain(domain) => domain.len(),
            })
            .max()
    };
    desk.contracts.iter().filter(|contract| closeness(contract).is_some()).max_by_key(closeness)
}

fn is_for(rule: &SlaRule, request: &Request) -> bool {
    (rule.kind.is_none() || rule.kind == request.kind) && rule.priority.is_none_or(|only| only == request.priority)
}

fn deadline(calendar: &Calendar, from: Timestamp, span: Span, waits: &[Wait]) -> Deadline {
    let by = after(calendar, from, span);
    let near = match span {
        Span::Elapsed(_) | Span::Days(_) => from.plus_seconds(by.seconds_since(from) / 4 * 3),
        Span::Working(_) | Span::WorkingDays(_) => {
            after(calendar, from, Span::Working(working_between(calendar, from, by) / 4 * 3))
        }
    };
    let is_working = matches!(span, Span::Working(_) | Span::WorkingDays(_));
    let [near, by] = [near, by].map(|at| waits.iter().fold(at, |at, wait| put_off(calendar, at, wait, is_working)));
    Deadline { near, by }
}

/// A deadline, moved by the length of a wait that began before it; working time where `is_working` says so.
fn put_off(calendar: &Calendar, deadline: Timestamp, wait: &Wait, is_working: bool) -> Timestamp {
    match wait.until {
        Some(until) if wait.from < deadline && is_working => {
            after(calendar, deadline, Span::Working(working_between(calendar, wait.from, until)))
        }
        // A clock that was set back may make a wait end before it began.
        Some(until) if wait.from < deadline => deadline.plus_seconds(until.seconds_since(wait.from).max(0)),
        _ => deadline,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;
    use crate::model::samples::{self, address};
    use crate::model::{Kind, Language, Participant, Priority, RequestNumber};

    const HOUR: i64 = 3_600;

    fn rule(kind: Option<Kind>, priority: Option<Priority>, resolution: Span) -> SlaRule {
        SlaRule { kind, priority, first_response: Some(Span::Elapsed(3_600)), resolution: Some(resolution) }
    }

    /// A desk with working hours Monday to Friday from nine to six, in UTC.
    fn desk() -> Desk {
        let mut desk = samples::desk();
        let day = Some((time(9, 0, 0, 0), time(18, 0, 0, 0)));
        desk.calendar.hours = [day, day, day, day, day, None, None];
        desk.sla = vec![
            rule(Some(Kind::Incident), Some(Priority::Critical), Span::Elapsed(4 * 3_600)),
            rule(Some(Kind::Incident), None, Span::Working(8 * 3_600)),
            rule(None, None, Span::WorkingDays(5)),
        ];
        let contract = |name: &str, customer: AddressPattern, sla: Vec<SlaRule>| Contract {
            name: name.into(),
            customers: vec![customer],
            sla,
        };
        let domain = |text: &str| AddressPattern::Domain(text.into());
        desk.contracts = vec![
            contract("all", domain("example.com"), vec![rule(None, None, Span::Days(2))]),
            contract("branch", domain("branch.example.com"), vec![]),
            contract("boss", AddressPattern::Address(address("boss@branch.example.com")), vec![]),
        ];
        desk
    }

    /// A request opened on Friday, 2026-11-20, at 16:00.
    fn request(from: &str, kind: Option<Kind>, priority: Priority) -> Request {
        let opened = Timestamp::from_unix(1_795_190_400);
        let requester = Participant { email: address(from), name: String::new(), proven: false };
        let number = RequestNumber::parse("OTK-1").unwrap();
        let request = Request::opened(number, "Report".into(), Language::En, Some(requester), opened);
        Request { kind, priority, ..request }
    }

    #[test]
    fn the_first_fitting_term_of_the_nearest_contract_counts() {
        let desk = desk();
        for (from, kind, priority, contract, solve_by) in [
            ("a@elsewhere.example", Some(Kind::Incident), Priority::Critical, None, "2026-11-20T20:00:00Z"),
            ("a@elsewhere.example", Some(Kind::Incident), Priority::Low, None, "2026-11-23T15:00:00Z"),
            ("a@elsewhere.example", None, Priority::Critical, None, "2026-11-27T16:00:00Z"),
            ("a@example.com", Some(Kind::Incident), Priority::Low, Some("all"), "2026-11-22T16:00:00Z"),
            ("a@branch.example.com", Some(Kind::Incident), Priority::Low, Some("branch"), "2026-11-23T15:00:00Z"),
            ("boss@branch.example.com", None, Priority::Low, Some("boss"), "2026-11-27T16:00:00Z"),
        ] {
            let request = request(from, kind, priority);
            let found = deadlines(&desk, &request);
            assert_eq!(found.contract, contract, "{from}");
            assert_eq!(found.resolution.unwrap().by.to_string(), solve_by, "{from} {kind:?} {priority:?}");
            assert_eq!(found.next(), Some(request.opened_at.plus_seconds(HOUR)), "{from}");
        }
    }

    #[test]
    fn waits_put_a_solution_off_and_an_answer_ends_the_reaction() {
        let desk = desk();
        let mut request = request("a@elsewhere.example", Some(Kind::Incident), Priority::Normal);
        let at = |hours: i64| request.opened_at.plus_seconds(hours * HOUR);
        let near = deadlines(&desk, &request).resolution.unwrap().near;
        assert_eq!(near.to_string(), "2026-11-23T13:00:00Z", "six of eight hours");
        let monday = 65;
        let waits = [
            Wait { from: at(1), until: Some(at(monday + 1)) },
            Wait { from: at(monday + 2), until: Some(at(monday + 3)) },
            Wait { from: at(1_000), until: Some(at(1_001)) },
        ];
        request.progress.waits = waits.to_vec();
        request.progress.first_response_at = Some(at(1));
        let found = deadlines(&desk, &request);
        assert_eq!(found.first_response, None);
        assert_eq!(found.resolution.unwrap().by.to_string(), "2026-11-23T18:00:00Z", "an hour on Friday, and two more");
        request.progress.waits.push(Wait { from: at(2_000), until: None });
        assert_eq!(deadlines(&desk, &request).resolution, None, "while it waits nothing is expected");
    }
}
