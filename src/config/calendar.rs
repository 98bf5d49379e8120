//! Reads `[desk.KEY.calendar]`, and spans of working or elapsed time.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::section::{Section, bare};
use super::values;
use crate::model::policy::{Calendar, Span};

/// The weekdays as keys. `hours` is for the first five.
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The permitted length of a span in seconds: a minute to 366 days.
const SPAN_RANGE: RangeInclusive<u64> = 60..=(366 * 24 * 3_600);

/// How many days one entry of `holidays` or `working_days` may have.
const LONGEST_RANGE: i32 = 366;

/// The working hours of a day; None on a day off.
type Hours = Option<(Time, Time)>;

/// Reads the calendar of a desk; without one the desk works around the clock.
pub(super) fn read(section: &mut Section<'_, '_>) -> Calendar {
    let shape = "a table with zone = \"Europe/Moscow\" and hours";
    let Some(mut section) = section.some_table("calendar", shape) else { return Calendar::default() };
    let zone = section.required("zone", zone, "say where the desk works: zone = \"Europe/Moscow\"");
    let fallback = section.parsed("hours", hours).unwrap_or(office_hours());
    let mut week = [None; 7];
    for (index, weekday) in WEEKDAYS.into_iter().enumerate() {
        let unsaid = if index < 5 { fallback } else { None };
        week[index] = section.parsed(weekday, hours).unwrap_or(unsaid);
    }
    if week.iter().all(Option::is_none) {
        section.error("hours", "no day of the week has working hours; give one some: monday = \"09:00-18:00\"");
    }
    let holidays: BTreeSet<Date> = bare(section.list("holidays", days)).into_iter().flatten().collect();
    let mut working_days = BTreeSet::new();
    for (found, spot) in section.list("working_days", days) {
        for day in found {
            if holidays.contains(&day) {
                let problem = format!("{day} is among the holidays too; keep it in one of the two lists");
                section.reading().report.error(&spot, problem);
            }
            working_days.insert(day);
        }
    }
    Calendar { zone: zone.unwrap_or(TimeZone::UTC), hours: week, holidays, working_days }
}

fn office_hours() -> Hours {
    Some((Time::constant(9, 0, 0, 0), Time::constant(18, 0, 0, 0)))
}

fn zone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text)
        .map_err(|_| format!("{text:?} is not a time zone; use a name of the tz database such as \"Europe/Moscow\""))
}

/// Parses working hours: `09:00-18:00`, up to `24:00`; or `off`.
fn hours(text: &str) -> Result<Hours, String> {
    if text == "off" {
        return Ok(None);
    }
    let unreadable = || format!("{text:?} are no working hours; write them like \"09:00-18:00\", or \"off\"");
    let (begin, end) = text.split_once(['-', '–']).ok_or_else(unreadable)?;
    let begin = clock(begin.trim()).ok_or_else(unreadable)?;
    let end = match end.trim() {
        "24:00" => Time::midnight(),
        end => clock(end).ok_or_else(unreadable)?,
    };
    if end <= begin && end != Time::midnight() {
        return Err(format!("{text:?} ends before it begins; work that lasts past midnight belongs to two days"));
    }
    Ok(Some((begin, end)))
}

/// Parses a time of day: `09:00`.
pub(super) fn time(text: &str) -> Result<Time, String> {
    clock(text).ok_or_else(|| format!("{text:?} is not a time of the day; write it like \"09:00\""))
}

fn clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let number = |digits: &str, most: usize| {
        ((1..=most).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()))
            .then(|| digits.parse::<i8>().ok())
            .flatten()
    };
    Time::new(number(hour, 2)?, number(minute, 2).filter(|_| minute.len() == 2)?, 0, 0).ok()
}

/// Parses a day, or a range of days: `2027-01-01..2027-01-08`.
fn days(text: &str) -> Result<Vec<Date>, String> {
    let unreadable =
        || format!("{text:?} is not a day; write it like \"2026-12-31\", several as \"2027-01-01..2027-01-08\"");
    let day = |text: &str| text.trim().parse::<Date>().ok().filter(|_| text.trim().len() == 10);
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let (first, last) = (day(first).ok_or_else(unreadable)?, day(last).ok_or_else(unreadable)?);
    if last < first {
        return Err(format!("{text:?} ends before it begins; write the earlier day first"));
    }
    if (last - first).get_days() >= LONGEST_RANGE {
        return Err(format!("{text:?} is longer than a year; write the days of each year separately"));
    }
    Ok(first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last).collect())
}

/// Parses a span: `3 days`, `3 working days`, `8 working hours`, `4h`; a minute to 366 days.
pub(super) fn span(text: &str) -> Result<Span, String> {
    let unreadable = || {
        format!(
            "{text:?} is not a span of time; write it like \"3 days\", \"3 working days\", \"8 working hours\" or \"4h\""
        )
    };
    let words = text.trim();
    let digits = words.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = words.split_at(digits);
    let unit = unit.split_whitespace().collect::<Vec<_>>().join(" ");
    let (unit, is_working) = match unit.strip_prefix("working ") {
        Some(unit) => (unit, true),
        None => (unit.as_str(), false),
    };
    let seconds = match unit {
        "d" | "day" | "days" => 24 * 3_600,
        "h" | "hour" | "hours" => 3_600,
        "m" | "min" | "minute" | "minutes" => 60,
        _ if is_working => return Err(unreadable()),
        _ => return values::duration(text, SPAN_RANGE).map_err(|_| unreadable()).map(elapsed),
    };
    let number: u32 = number.parse().map_err(|_| unreadable())?;
    let length = u64::from(number).saturating_mul(seconds);
    if !SPAN_RANGE.contains(&length) {
        return Err(format!("{text:?} is too short or too long; use a minute to 366 days"));
    }
    let length = u32::try_from(length).map_err(|_| unreadable())?;
    Ok(match (unit.starts_with('d'), is_working) {
        (true, true) => Span::WorkingDays(number),
        (true, false) => Span::Days(number),
        (false, true) => Span::Working(length),
        (false, false) => Span::Elapsed(length),
    })
}

fn elapsed(duration: std::time::Duration) -> Span {
    Span::Elapsed(u32::try_from(duration.as_secs()).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        for (text, expected) in [
            ("3 days", Span::Days(3)),
            ("3d", Span::Days(3)),
            ("1 day", Span::Days(1)),
            ("3 working days", Span::WorkingDays(3)),
            ("8 working  hours", Span::Working(28_800)),
            ("30 working minutes", Span::Working(1_800)),
            ("4h", Span::Elapsed(14_400)),
            ("4 hours", Span::Elapsed(14_400)),
            ("1h 30m", Span::Elapsed(5_400)),
            ("90s", Span::Elapsed(90)),
        ] {
            assert_eq!(span(text), Ok(expected), "{text}");
        }
        for text in
            ["", "3", "days", "0 days", "-1 day", "3 working", "3 working weeks", "367 days", "30s", "working days"]
        {
            assert!(span(text).is_err(), "{text}");
        }
    }

    #[test]
    fn hours_and_days() {
        let at = |hour, minute| Time::constant(hour, minute, 0, 0);
        assert_eq!(hours("9:00 - 18:30"), Ok(Some((at(9, 0), at(18, 30)))));
        assert_eq!(hours("00:00-24:00"), Ok(Some((at(0, 0), at(0, 0)))));
        assert_eq!(hours("off"), Ok(None));
        for text in ["", "9-18", "09:00", "18:00-09:00", "09:00-09:00", "09:00-25:00", "09:5-10:00", "09:00-+9:00"] {
            assert!(hours(text).is_err(), "{text}");
        }
        assert_eq!(days("2026-12-30..2027-01-02").map(|days| days.len()), Ok(4));
        assert_eq!(days("2026-12-31").map(|days| days.len()), Ok(1));
        for text in ["", "31.12.2026", "2026-02-30", "2027-01-08..2027-01-01", "2026-01-01..2027-06-01", "2026-12"] {
            assert!(days(text).is_err(), "{text}");
        }
    }
}
