//! The working time of a desk, and the spans of time that are counted by it.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// A desk's working time: time zone, hours of the week, and exceptions. `desk::calendar` computes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The time zone of its days and hours.
    pub zone: TimeZone,
    /// The begin and end of work on each weekday, Monday first; `None` on days off. An end of 00:00 is midnight.
    pub hours: [Option<(Time, Time)>; 7],
    /// Further days off, on any weekday.
    pub holidays: BTreeSet<Date>,
    /// Working days though their weekday is a day off; they have the hours of the week's first working day.
    pub working_days: BTreeSet<Date>,
}

impl Default for Calendar {
    /// Round the clock, in UTC.
    fn default() -> Self {
        let day = Some((Time::midnight(), Time::midnight()));
        Self { zone: TimeZone::UTC, hours: [day; 7], holidays: BTreeSet::new(), working_days: BTreeSet::new() }
    }
}

/// A length of time, in calendar time or in working time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Seconds of calendar time.
    Elapsed(u32),
    /// Seconds of working time.
    Working(u32),
    /// Calendar days: until the same time of a later day.
    Days(u32),
    /// Working days: until the same time of a later working day.
    WorkingDays(u32),
}
