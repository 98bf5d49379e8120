//! Computes with a desk's working time.
//!
//! Days and hours are those of the calendar's time zone. Where its clocks are set forward, a skipped time counts as the one
//! that is as much later; where they are set back, the first of two equal times is meant. A working day is as long as it really
//! lasts.

use std::iter::{once, successors};

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::model::Timestamp;
use crate::model::policy::{Calendar, Span};

/// How many days in a row are searched for working time. A calendar without any in them counts as working round the clock: a
/// deadline then comes too early rather than never.
const LONGEST_BREAK: u32 = 400;

/// The time that lies `span` after another one.
pub fn after(calendar: &Calendar, from: Timestamp, span: Span) -> Timestamp {
    match span {
        Span::Elapsed(seconds) => from.plus_seconds(seconds.into()),
        Span::Working(seconds) => after_working(calendar, from, seconds.into()),
        Span::Days(days) => same_time(calendar, from, |today| later(today).take(days as usize).last()),
        Span::WorkingDays(days) => same_time(calendar, from, |today| nth_working_day(calendar, later(today), days)),
    }
}

/// The time that lies `span` before another one.
pub fn before(calendar: &Calendar, until: Timestamp, span: Span) -> Timestamp {
    match span {
        Span::Elapsed(seconds) => until.plus_seconds(-i64::from(seconds)),
        Span::Working(seconds) => before_working(calendar, until, seconds.into()),
        Span::Days(days) => same_time(calendar, until, |today| earlier(today).take(days as usize).last()),
        Span::WorkingDays(days) => same_time(calendar, until, |today| nth_working_day(calendar, earlier(today), days)),
    }
}

/// Seconds of working time between two times; 0 where the second is the earlier one.
pub fn working_between(calendar: &Calendar, from: Timestamp, until: Timestamp) -> u32 {
    let mut counted = 0;
    let mut since = from;
    for (begin, end) in windows(calendar, day_of(calendar, from)).take_while(|(begin, _)| *begin < until) {
        since = since.max(begin);
        let to = end.min(until);
        counted += to.seconds_since(since).max(0);
        since = since.max(to);
    }
    u32::try_from(counted).unwrap_or(u32::MAX)
}

/// Whether a day is a working day.
pub fn is_working_day(calendar: &Calendar, day: Date) -> bool {
    hours(calendar, day).is_some()
}

/// A time by the clocks of the calendar's time zone.
pub fn local(calendar: &Calendar, at: Timestamp) -> DateTime {
    calendar.zone.to_datetime(at.to_jiff())
}

/// The day of a time, in the calendar's time zone.
pub fn day_of(calendar: &Calendar, at: Timestamp) -> Date {
    local(calendar, at).date()
}

/// The instant of a time of day, in the calendar's time zone.
pub fn at(calendar: &Calendar, day: Date, time: Time) -> Timestamp {
    instant(&calendar.zone, day, time)
}

fn after_working(calendar: &Calendar, from: Timestamp, seconds: i64) -> Timestamp {
    let (mut left, mut since, mut idle) = (seconds, from, 0);
    let today = day_of(calendar, from);
    for day in once(today).chain(later(today)) {
        if left == 0 || idle > LONGEST_BREAK {
            break;
        }
        let worked = window(calendar, day).map_or(0, |(begin, end)| {
            if end > since {
                since = since.max(begin);
            }
            end.seconds_since(since).clamp(0, left)
        });
        (since, left) = (since.plus_seconds(worked), left - worked);
        idle = if worked > 0 { 0 } else { idle + 1 };
    }
    since.plus_seconds(left)
}

fn before_working(calendar: &Calendar, until: Timestamp, seconds: i64) -> Timestamp {
    let (mut left, mut since, mut idle) = (seconds, until, 0);
    let today = day_of(calendar, until);
    for day in once(today).chain(earlier(today)) {
        if left == 0 || idle > LONGEST_BREAK {
            break;
        }
        let worked = window(calendar, day).map_or(0, |(begin, end)| {
            if begin < since {
                since = since.min(end);
            }
            since.seconds_since(begin).clamp(0, left)
        });
        (since, left) = (since.plus_seconds(-worked), left - worked);
        idle = if worked > 0 { 0 } else { idle + 1 };
    }
    since.plus_seconds(-left)
}

/// The same time of day on another day; the instant itself where there is no such day.
fn same_time(calendar: &Calendar, from: Timestamp, day: impl FnOnce(Date) -> Option<Date>) -> Timestamp {
    let local = local(calendar, from);
    day(local.date()).map_or(from, |day| instant(&calendar.zone, day, local.time()))
}

/// The nth working day among these days. Behind a break that is longer than [`LONGEST_BREAK`], every day counts as one.
fn nth_working_day(calendar: &Calendar, days: impl Iterator<Item = Date>, count: u32) -> Option<Date> {
    let mut idle = 0;
    let works = |day: &Date| {
        let works = is_working_day(calendar, *day);
        idle = if works { 0 } else { idle + 1 };
        works || idle > LONGEST_BREAK
    };
    days.filter(works).take(count as usize).last()
}

fn later(day: Date) -> impl Iterator<Item = Date> {
    successors(day.tomorrow().ok(), |day| day.tomorrow().ok())
}

fn earlier(day: Date) -> impl Iterator<Item = Date> {
    successors(day.yesterday().ok(), |day| day.yesterday().ok())
}

/// The working times of a day and of the days after it. A day off has an empty one, so that a reader who looks for a later time
/// comes to an end.
fn windows(calendar: &Calendar, from: Date) -> impl Iterator<Item = (Timestamp, Timestamp)> {
    once(from).chain(later(from)).map(|day| {
        let midnight = instant(&calendar.zone, day, Time::midnight());
        window(calendar, day).unwrap_or((midnight, midnight))
    })
}

/// From when until when a day is worked; `None` on a day off.
fn window(calendar: &Calendar, day: Date) -> Option<(Timestamp, Timestamp)> {
    let (begin, end) = hours(calendar, day)?;
    let last = if end == Time::midnight() { day.tomorrow().ok()? } else { day };
    let (begin, end) = (instant(&calendar.zone, day, begin), instant(&calendar.zone, last, end));
    // A zone that moves across the date line skips a day, which has no hours.
    (begin < end && day_of(calendar, begin) == day).then_some((begin, end))
}

fn hours(calendar: &Calendar, day: Date) -> Option<(Time, Time)> {
    let regular = |day: Date| calendar.hours[usize::try_from(day.weekday().to_monday_zero_offset()).ok()?];
    if calendar.working_days.contains(&day) {
        return regular(day).or_else(|| calendar.hours.iter().flatten().next().copied());
    }
    if calendar.holidays.contains(&day) { None } else { regular(day) }
}

fn instant(zone: &TimeZone, day: Date, time: Time) -> Timestamp {
    zone.to_ambiguous_timestamp(day.to_datetime(time)).compatible().map_or_else(
        // Only the first and last days that can be represented have no instant.
        |_| Timestamp::from_unix(if day.year() > 0 { i64::MAX } else { i64::MIN }),
        Timestamp::from,
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;
    use proptest::prelude::*;

    use super::*;

    const DAY_OFF: Option<(Time, Time)> = None;

    /// A calendar with Monday to Friday from nine to six.
    fn office(zone: &str) -> Calendar {
        let day = Some((time(9, 0, 0, 0), time(18, 0, 0, 0)));
        let hours = [day, day, day, day, day, DAY_OFF, DAY_OFF];
        Calendar { zone: TimeZone::get(zone).unwrap(), hours, ..Calendar::default() }
    }

    fn days(list: &[&str]) -> std::collections::BTreeSet<Date> {
        list.iter().map(|day| day.parse().unwrap()).collect()
    }

    fn moscow() -> Calendar {
        let holidays =
            ["2026-12-31", "2027-01-01", "2027-01-04", "2027-01-05", "2027-01-06", "2027-01-07", "2027-01-08"];
        Calendar { holidays: days(&holidays), working_days: days(&["2026-11-28"]), ..office("Europe/Moscow") }
    }

    fn round_the_clock(zone: &str) -> Calendar {
        Calendar { zone: TimeZone::get(zone).unwrap(), ..Calendar::default() }
    }

    fn local(calendar: &Calendar, text: &str) -> Timestamp {
        let civil: jiff::civil::DateTime = text.parse().unwrap();
        calendar.zone.to_timestamp(civil).unwrap().into()
    }

    fn shown(calendar: &Calendar, at: Timestamp) -> String {
        at.to_jiff().to_zoned(calendar.zone.clone()).strftime("%a %Y-%m-%d %H:%M%:z").to_string()
    }

    const HOUR: u32 = 3_600;

    #[test]
    fn spans_from_a_time() {
        use Span::{Days, Elapsed, Working, WorkingDays};
        let (berlin, moscow) = (office("Europe/Berlin"), moscow());
        let (clock, beirut, tehran) =
            (round_the_clock("Europe/Berlin"), round_the_clock("Asia/Beirut"), round_the_clock("Asia/Tehran"));
        let kolkata = office("Asia/Kolkata");
        for (calendar, from, span, expected) in [
            // Fridays, weekends, and times outside of working hours.
            (&berlin, "2026-11-20T17:00", Working(2 * HOUR), "Mon 2026-11-23 10:00+01:00"),
            (&berlin, "2026-11-20T17:00", Working(HOUR), "Fri 2026-11-20 18:00+01:00"),
            (&berlin, "2026-11-21T12:00", Working(0), "Sat 2026-11-21 12:00+01:00"),
            (&berlin, "2026-11-21T12:00", Working(1), "Mon 2026-11-23 09:00+01:00"),
            (&berlin, "2026-11-20T22:30", Working(9 * HOUR), "Mon 2026-11-23 18:00+01:00"),
            (&berlin, "2026-11-20T17:00", WorkingDays(3), "Wed 2026-11-25 17:00+01:00"),
            (&berlin, "2026-11-21T17:00", WorkingDays(1), "Mon 2026-11-23 17:00+01:00"),
            (&berlin, "2026-11-20T17:00", Days(3), "Mon 2026-11-23 17:00+01:00"),
            (&berlin, "2026-11-20T17:00", Days(0), "Fri 2026-11-20 17:00+01:00"),
            (&kolkata, "2026-11-20T17:45", Working(HOUR), "Mon 2026-11-23 09:45+05:30"),
            // A moved Saturday works with the hours of the week's first working day; the end of the year does not.
            (&moscow, "2026-11-27T17:00", Working(2 * HOUR), "Sat 2026-11-28 10:00+03:00"),
            (&moscow, "2026-11-27T17:00", WorkingDays(2), "Mon 2026-11-30 17:00+03:00"),
            (&moscow, "2026-12-30T17:00", Working(2 * HOUR), "Mon 2027-01-11 10:00+03:00"),
            (&moscow, "2026-12-30T17:00", WorkingDays(1), "Mon 2027-01-11 17:00+03:00"),
            // Clocks go forward on 2026-03-29 and back on 2026-10-25 in Berlin: days of 23 and of 25 hours.
            (&clock, "2026-03-28T12:00", Elapsed(24 * HOUR), "Sun 2026-03-29 13:00+02:00"),
            (&clock, "2026-03-28T12:00", Days(1), "Sun 2026-03-29 12:00+02:00"),
            (&clock, "2026-03-28T02:30", Days(1), "Sun 2026-03-29 03:30+02:00"),
            (&clock, "2026-10-24T02:30", Days(1), "Sun 2026-10-25 02:30+02:00"),
            (&clock, "2026-10-24T12:00", Working(24 * HOUR), "Sun 2026-10-25 11:00+01:00"),
            (&clock, "2026-10-24T12:00", WorkingDays(1), "Sun 2026-10-25 12:00+01:00"),
            // Beirut has no 00:00 on 2026-03-29. Tehran gave the change up.
            (&beirut, "2026-03-28T00:00", Days(1), "Sun 2026-03-29 01:00+03:00"),
            (&beirut, "2026-03-28T23:00", Working(2 * HOUR), "Sun 2026-03-29 02:00+03:00"),
            (&tehran, "2026-03-21T12:00", Days(1), "Sun 2026-03-22 12:00+03:30"),
        ] {
            let found = after(calendar, local(calendar, from), span);
            assert_eq!(shown(calendar, found), expected, "{from} {span:?}");
        }
    }

    #[test]
    fn spans_until_a_time() {
        use Span::{Days, Elapsed, Working, WorkingDays};
        let (berlin, moscow) = (office("Europe/Berlin"), moscow());
        for (calendar, until, span, expected) in [
            (&berlin, "2026-11-23T10:00", Elapsed(HOUR), "Mon 2026-11-23 09:00+01:00"),
            (&berlin, "2026-11-23T10:00", Working(2 * HOUR), "Fri 2026-11-20 17:00+01:00"),
            (&berlin, "2026-11-22T10:00", Working(HOUR), "Fri 2026-11-20 17:00+01:00"),
            (&berlin, "2026-11-23T10:00", WorkingDays(1), "Fri 2026-11-20 10:00+01:00"),
            (&berlin, "2026-10-26T10:00", Days(1), "Sun 2026-10-25 10:00+01:00"),
            (&moscow, "2027-01-11T10:00", WorkingDays(1), "Wed 2026-12-30 10:00+03:00"),
            (&moscow, "2026-11-30T09:00", Working(9 * HOUR), "Sat 2026-11-28 09:00+03:00"),
        ] {
            let found = before(calendar, local(calendar, until), span);
            assert_eq!(shown(calendar, found), expected, "{until} {span:?}");
        }
    }

    #[test]
    fn working_time_between_two_times() {
        let berlin = office("Europe/Berlin");
        let night =
            Calendar { hours: [Some((time(18, 0, 0, 0), Time::midnight())); 7], ..round_the_clock("Europe/Berlin") };
        let early = Calendar { hours: [Some((Time::midnight(), time(4, 0, 0, 0))); 7], ..night.clone() };
        for (calendar, from, until, hours) in [
            (&berlin, "2026-11-20T08:00", "2026-11-20T19:00", 9),
            (&berlin, "2026-11-20T17:00", "2026-11-23T10:00", 2),
            (&berlin, "2026-11-21T08:00", "2026-11-22T19:00", 0),
            (&berlin, "2026-11-23T10:00", "2026-11-20T17:00", 0),
            (&night, "2026-11-20T12:00", "2026-11-22T00:00", 12),
            (&early, "2026-03-29T00:00", "2026-03-29T12:00", 3),
            (&early, "2026-10-25T00:00", "2026-10-25T12:00", 5),
        ] {
            let found = working_between(calendar, local(calendar, from), local(calendar, until));
            assert_eq!(found, hours * HOUR, "{from} {until}");
        }
    }

    #[test]
    fn a_calendar_without_working_time_counts_round_the_clock() {
        let never = Calendar { hours: [DAY_OFF; 7], ..Calendar::default() };
        let once = Calendar { working_days: days(&["2026-11-23"]), ..office("UTC") };
        let once = Calendar { hours: [DAY_OFF; 7], ..once };
        let from = local(&never, "2026-11-20T17:00");
        for calendar in [&never, &once] {
            for span in [Span::Working(HOUR), Span::WorkingDays(3), Span::Working(u32::MAX), Span::WorkingDays(10_000)]
            {
                assert!(after(calendar, from, span) > from, "{span:?}");
                assert!(before(calendar, from, span) < from, "{span:?}");
            }
        }
        assert_eq!(after(&never, from, Span::Working(HOUR)), from.plus_seconds(HOUR.into()));
        assert_eq!(working_between(&never, from, from.plus_seconds(1_000_000)), 0);
    }

    /// Samoa had no 30 December 2011.
    #[test]
    fn a_day_that_a_zone_skipped_has_no_hours() {
        let mut hours = [None; 7];
        hours[4] = Some((Time::midnight(), time(0, 1, 0, 0)));
        let calendar = Calendar { zone: TimeZone::get("Pacific/Apia").unwrap(), hours, ..Calendar::default() };
        let from = Timestamp::from_unix(1_324_634_460);
        let until = after(&calendar, from, Span::Working(1));
        assert_eq!(day_of(&calendar, until), jiff::civil::date(2012, 1, 6));
        let back = before(&calendar, until, Span::Working(1));
        assert_eq!((working_between(&calendar, from, until), working_between(&calendar, back, until)), (1, 1));
    }

    fn calendars() -> impl Strategy<Value = Calendar> {
        let zones = ["Europe/Berlin", "Europe/Moscow", "Asia/Beirut", "Asia/Kolkata", "Pacific/Apia", "America/Havana"];
        let hours = prop::option::of((0..1_440_i16, 1..1_440_i16)).prop_map(|hours| {
            let (begin, length) = hours?;
            let clock = |minutes: i16| time((minutes / 60) as i8, (minutes % 60) as i8, 0, 0);
            let end = begin + length;
            Some((clock(begin), if end >= 1_440 { Time::midnight() } else { clock(end) }))
        });
        let day =
            (2010..2030_i16, 1..13_i8, 1..29_i8).prop_map(|(year, month, day)| jiff::civil::date(year, month, day));
        let some_days = prop::collection::btree_set(day, 0..20);
        (prop::sample::select(zones.to_vec()), prop::array::uniform7(hours), some_days.clone(), some_days).prop_map(
            |(zone, hours, holidays, working_days)| Calendar {
                zone: TimeZone::get(zone).unwrap(),
                hours,
                holidays,
                working_days,
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

        #[test]
        fn what_is_added_is_what_lies_between(
            calendar in calendars(),
            from in 1_270_000_000..1_890_000_000_i64,
            seconds in 0..400_000_u32,
        ) {
            prop_assume!(calendar.hours.iter().any(Option::is_some));
            let from = Timestamp::from_unix(from);
            let until = after(&calendar, from, Span::Working(seconds));
            prop_assert_eq!(working_between(&calendar, from, until), seconds);
            let back = before(&calendar, until, Span::Working(seconds));
            prop_assert_eq!(working_between(&calendar, back, until), seconds);
        }
    }
}
