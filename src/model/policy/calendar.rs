//! When a desk works, and the spans of time that are counted by it.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// A desk's working time. Computing with it is the desk room's matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The time zone of its days and hours.
    pub zone: TimeZone,
    /// From when until when work is done on each weekday, Monday first; none on days off. The end may be midnight, as 00:00.
    pub hours: [Option<(Time, Time)>; 7],
    /// Days off, whatever weekday they are.
    pub holidays: BTreeSet<Date>,
    /// Days on which work is done though their weekday is a day off, with the hours of the week's first working day.
    pub working_days: BTreeSet<Date>,
}

impl Default for Calendar {
    /// Round the clock, in UTC.
    fn default() -> Self {
        let day = Some((Time::midnight(), Time::midnight()));
        Self { zone: TimeZone::UTC, hours: [day; 7], holidays: BTreeSet::new(), working_days: BTreeSet::new() }
    }
}

/// A length of time, as people agree on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// So many seconds, day and night.
    Elapsed(u32),
    /// So many seconds of working time.
    Working(u32),
    /// So many calendar days: until the same time of a later day.
    Days(u32),
    /// So many working days: until the same time of a later working day.
    WorkingDays(u32),
}
