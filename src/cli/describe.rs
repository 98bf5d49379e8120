//! Describes a desk's calendar, timers, SLA and contracts, for `check`.

use crate::model::policy::{Calendar, Contract, Desk, SlaRule, Span};

use super::print;

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// One line for each topic; no line for what the desk does not configure.
pub fn time(desk: &Desk) -> Vec<String> {
    let mut lines = Vec::new();
    if desk.calendar != Calendar::default() {
        lines.push(calendar(&desk.calendar));
    }
    let closes = desk.close_after.map(|after| format!("an answered request closes after {}", span(after)));
    let notice = desk.closing_notice.map(|notice| format!("its requester is told {} before", span(notice)));
    let silent = desk.remind_after.map(|after| format!("the first line is reminded after {} of silence", span(after)));
    let digest = desk.digest.map(|time| format!("digests at {}", time.strftime("%H:%M")));
    let forgets = desk.forget_after.map(|days| {
        let after = kept(days);
        format!(
            "content of closed requests is erased {after} after their last change, and so is other mail of that age"
        )
    });
    let timers: Vec<String> = [closes, notice, silent, digest, forgets].into_iter().flatten().collect();
    if !timers.is_empty() {
        lines.push(format!("automatically: {}", timers.join("; ")));
    }
    if !desk.sla.is_empty() {
        lines.push(format!("SLA: {}", sla(&desk.sla)));
    }
    lines.extend(desk.contracts.iter().map(contract));
    lines
}

fn contract(contract: &Contract) -> String {
    let own = if contract.sla.is_empty() { "the desk's SLA".to_owned() } else { sla(&contract.sla) };
    format!("contract {}: customers {}; {own}", contract.name, contract.customers.len())
}

fn sla(sla: &[SlaRule]) -> String {
    let rule = |rule: &SlaRule| {
        let kind = rule.kind.map(|kind| kind.to_string());
        let priority = rule.priority.map(|priority| priority.to_string());
        let of: Vec<String> = [kind, priority].into_iter().flatten().collect();
        let of = if of.is_empty() { "any".to_owned() } else { of.join(" ") };
        let first_response = rule.first_response.map(|within| format!("first response within {}", span(within)));
        let resolution = rule.resolution.map(|within| format!("resolution within {}", span(within)));
        let promised: Vec<String> = [first_response, resolution].into_iter().flatten().collect();
        format!("{of} ({})", promised.join(", "))
    };
    sla.iter().map(rule).collect::<Vec<_>>().join("; ")
}

fn calendar(calendar: &Calendar) -> String {
    let zone = calendar.zone.iana_name().unwrap_or("UTC");
    let mut rows: Vec<String> = Vec::new();
    let mut first = 0;
    while first < WEEKDAYS.len() {
        let hours = calendar.hours[first];
        let last = (first..WEEKDAYS.len()).take_while(|day| calendar.hours[*day] == hours).last().unwrap_or(first);
        if let Some((begin, end)) = hours {
            let days = if first == last {
                WEEKDAYS[first].to_owned()
            } else {
                format!("{}-{}", WEEKDAYS[first], WEEKDAYS[last])
            };
            let end = if end == jiff::civil::Time::midnight() {
                "24:00".to_owned()
            } else {
                end.strftime("%H:%M").to_string()
            };
            rows.push(format!("{days} {}-{end}", begin.strftime("%H:%M")));
        }
        first = last + 1;
    }
    let counted = |count: usize, what: &str| (count > 0).then(|| format!("{what}: {count}"));
    rows.extend(counted(calendar.holidays.len(), "holidays"));
    rows.extend(counted(calendar.working_days.len(), "moved working days"));
    format!("works: {zone}, {}", rows.join(", "))
}

/// A number of days as `forget_after` is written in the configuration: `3 years`, `18 months`, `90 days`.
fn kept(days: u32) -> String {
    let (unit, length) = [("year", 366), ("month", 31)]
        .into_iter()
        .find(|(_, length)| days.is_multiple_of(*length))
        .unwrap_or(("day", 1));
    print::count((days / length).into(), unit)
}

fn span(span: Span) -> String {
    let counted = |count: u32, unit: &str| print::count(count.into(), unit);
    let length = |seconds: u32, kind: &str| match seconds {
        _ if seconds.is_multiple_of(3_600) => counted(seconds / 3_600, &format!("{kind}hour")),
        _ => counted(seconds.div_ceil(60), &format!("{kind}minute")),
    };
    match span {
        Span::Elapsed(seconds) => length(seconds, ""),
        Span::Working(seconds) => length(seconds, "working "),
        Span::Days(days) => counted(days, "day"),
        Span::WorkingDays(days) => counted(days, "working day"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time as clock;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::model::{DeskKey, EmailAddress, Kind, Priority};

    #[test]
    fn a_desk_says_when_it_works_and_what_it_promises() {
        let address = EmailAddress::parse("support@example.org").unwrap();
        let mut desk = Desk::new(DeskKey::parse("OTK").unwrap(), "Support".into(), address, "out".into());
        assert_eq!(time(&desk), Vec::<String>::new());
        let day = Some((clock(9, 0, 0, 0), clock(18, 0, 0, 0)));
        let late = Some((clock(9, 0, 0, 0), clock(0, 0, 0, 0)));
        desk.calendar.hours = [day, day, day, day, late, None, day];
        desk.calendar.zone = TimeZone::get("Europe/Moscow").unwrap();
        desk.calendar.holidays.insert(jiff::civil::date(2026, 12, 31));
        desk.close_after = Some(Span::WorkingDays(3));
        desk.closing_notice = Some(Span::Days(1));
        desk.digest = Some(clock(9, 30, 0, 0));
        assert_eq!([1_098, 558, 90, 31].map(kept), ["3 years", "18 months", "90 days", "1 month"]);
        let rule = SlaRule {
            kind: Some(Kind::Incident),
            priority: Some(Priority::High),
            first_response: Some(Span::Working(3_600)),
            resolution: Some(Span::Elapsed(5_400)),
        };
        desk.sla = vec![rule];
        desk.contracts = vec![Contract { name: "gold".into(), customers: Vec::new(), sla: Vec::new() }];
        assert_eq!(
            time(&desk),
            [
                "works: Europe/Moscow, Mon-Thu 09:00-18:00, Fri 09:00-24:00, Sun 09:00-18:00, holidays: 1",
                "automatically: an answered request closes after 3 working days; its requester is told 1 day before; \
                 digests at 09:30",
                "SLA: incident high (first response within 1 working hour, resolution within 90 minutes)",
                "contract gold: customers 0; the desk's SLA",
            ]
        );
    }
}
