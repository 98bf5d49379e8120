//! Statistics of a period: how many requests a desk had, and how long they took.

use serde::Serialize;

use crate::model::policy::Desk;
use crate::model::{DeskKey, Kind, Place, Request, ShortName, Status, Timestamp};

use super::deadlines::deadlines;

/// Seconds of a week.
const WEEK: i64 = 7 * 24 * 3_600;

/// The part of a request that statistics need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// The desk of the request.
    pub desk: DeskKey,
    /// The kind of the request.
    pub kind: Option<Kind>,
    /// The line or team that has it; `None` for the first line.
    pub place: Option<Place>,
    /// The assignee, who works or worked on it.
    pub engineer: Option<ShortName>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Seconds from opening to the first response; `None` where there was none yet.
    pub first_response: Option<i64>,
    /// When it was solved, and after how many seconds, without those in which it waited for others; `None` where it is not
    /// solved.
    pub resolution: Option<(Timestamp, i64)>,
    /// Whether it is neither answered nor closed.
    pub is_open: bool,
    /// Whether it is open, and its first response or resolution is overdue.
    pub is_overdue: bool,
}

/// What requests are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Their desk.
    Desk,
    /// Their kind.
    Kind,
    /// The line or team that has them.
    Line,
    /// Their assignee.
    Engineer,
}

/// The period that statistics cover.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    /// Its beginning.
    pub since: Timestamp,
    /// Its end.
    pub now: Timestamp,
}

/// Median and 90th percentile of durations, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Times {
    /// Half of all took no longer.
    pub median: i64,
    /// Nine of ten took no longer.
    pub most: i64,
}

/// The figures of one group of requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// The name of the group; empty for requests without a kind, line or assignee.
    pub name: String,
    /// Requests that were opened in the period.
    pub new: usize,
    /// Requests that are open at its end, however old.
    pub open: usize,
    /// Open requests that are overdue.
    pub overdue: usize,
    /// Requests that were solved in the period.
    pub solved: usize,
    /// Times to the first response, of requests that were opened in the period; `None` where none had one.
    pub first_response: Option<Times>,
    /// Times to the resolution, of requests that were solved in the period; `None` where none was.
    pub resolution: Option<Times>,
    /// Requests that were opened in each week of the period; the last week ends now.
    pub weeks: Vec<usize>,
}

/// Takes from a request what statistics need; `ended_at` is when it was last answered or closed, `None` where it never was.
pub fn measure(desk: Option<&Desk>, request: &Request, ended_at: Option<Timestamp>, now: Timestamp) -> Measured {
    let is_open = !request.standing.phase.is_ended();
    let is_late = |desk| deadlines(desk, request).next().is_some_and(|by| by <= now);
    let is_solved = !is_open
        && !matches!(
            request.standing.status,
            Status::Spam | Status::Duplicate | Status::Transferred | Status::Withdrawn
        );
    Measured {
        desk: request.number.desk.clone(),
        kind: request.kind,
        place: request.place.clone(),
        engineer: request.assignee.clone(),
        opened_at: request.opened_at,
        first_response: request.progress.first_response_at.map(|at| at.seconds_since(request.opened_at)),
        resolution: ended_at
            .filter(|_| is_solved)
            .map(|at| (at, at.seconds_since(request.opened_at) - waited(request, at))),
        is_open,
        is_overdue: is_open && desk.is_some_and(is_late),
    }
}

/// Seconds that a request had waited for others by a time.
fn waited(request: &Request, by: Timestamp) -> i64 {
    let waits = request.progress.waits.iter().filter(|wait| wait.from < by);
    waits.map(|wait| wait.until.unwrap_or(by).min(by).seconds_since(wait.from)).sum()
}

/// The figures of a period, for each desk, kind, line or engineer; the largest group first.
pub fn stats(measured: &[Measured], by: By, period: Period) -> Vec<Figures> {
    let mut names: Vec<String> = measured.iter().map(|one| name(one, by)).collect();
    names.sort();
    names.dedup();
    let figures_of = |common: String| {
        let group: Vec<&Measured> = measured.iter().filter(|one| name(one, by) == common).collect();
        figures(common, &group, period)
    };
    let mut found: Vec<Figures> = names.into_iter().map(figures_of).collect();
    found.retain(|figures| figures.new + figures.open + figures.solved > 0);
    found.sort_by_key(|figures| (std::cmp::Reverse(figures.new + figures.open), figures.name.clone()));
    found
}

fn name(one: &Measured, by: By) -> String {
    match by {
        By::Desk => one.desk.to_string(),
        By::Kind => one.kind.map(|kind| kind.to_string()).unwrap_or_default(),
        By::Line => match &one.place {
            None => one.desk.to_string(),
            Some(Place::Line(number)) => format!("{} line {number}", one.desk),
            Some(Place::Team(team)) => format!("{} {}", one.desk, team.as_str()),
            Some(Place::Desk(key)) => key.to_string(),
        },
        By::Engineer => one.engineer.as_ref().map_or("", ShortName::as_str).to_owned(),
    }
}

fn figures(name: String, group: &[&Measured], period: Period) -> Figures {
    let Period { since, now } = period;
    let new: Vec<&Measured> =
        group.iter().copied().filter(|one| since <= one.opened_at && one.opened_at <= now).collect();
    let solved: Vec<i64> = group
        .iter()
        .filter_map(|one| one.resolution.filter(|(at, _)| since <= *at && *at <= now))
        .map(|(_, seconds)| seconds)
        .collect();
    Figures {
        name,
        new: new.len(),
        open: group.iter().filter(|one| one.is_open).count(),
        overdue: group.iter().filter(|one| one.is_overdue).count(),
        solved: solved.len(),
        first_response: times(new.iter().filter_map(|one| one.first_response).collect()),
        resolution: times(solved),
        weeks: weeks(new.iter().map(|one| one.opened_at), period),
    }
}

/// Median and 90th percentile by nearest rank, so both are values that occurred; `None` without values.
fn times(mut seconds: Vec<i64>) -> Option<Times> {
    seconds.sort_unstable();
    let at = |percent: usize| seconds.get((seconds.len() * percent).div_ceil(100).checked_sub(1)?).copied();
    Some(Times { median: at(50)?, most: at(90)? })
}

fn weeks(opened: impl Iterator<Item = Timestamp>, period: Period) -> Vec<usize> {
    let age = |at: Timestamp| usize::try_from(period.now.seconds_since(at) / WEEK).unwrap_or(0);
    let mut weeks = vec![0; age(period.since.plus_seconds(1)) + 1];
    let last = weeks.len() - 1;
    for at in opened {
        weeks[last - age(at).min(last)] += 1;
    }
    weeks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Language, Phase, RequestNumber, Standing, Wait};

    const NOW: i64 = 1_800_000_000;
    const DAY: i64 = 86_400;

    fn at(days_ago: i64) -> Timestamp {
        Timestamp::from_unix(NOW - days_ago * DAY)
    }

    fn opened(days_ago: i64) -> Measured {
        Measured {
            desk: DeskKey::parse("OTK").unwrap(),
            kind: None,
            place: None,
            engineer: None,
            opened_at: at(days_ago),
            first_response: None,
            resolution: None,
            is_open: true,
            is_overdue: false,
        }
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        for (seconds, expected) in [
            (vec![], None),
            (vec![7], Some((7, 7))),
            (vec![9, 1], Some((1, 9))),
            (vec![3, 1, 2], Some((2, 3))),
            ((1..=10).rev().collect(), Some((5, 9))),
            ((1..=11).collect(), Some((6, 10))),
            ((1..=100).collect(), Some((50, 90))),
        ] {
            let found = times(seconds.clone()).map(|times| (times.median, times.most));
            assert_eq!(found, expected, "{seconds:?}");
        }
    }

    #[test]
    fn weeks_end_now() {
        let period = |days| Period { since: at(days), now: at(0) };
        for (days, opened, expected) in [
            (7, vec![], vec![0]),
            (7, vec![0, 6], vec![2]),
            (8, vec![0, 7, 8], vec![2, 1]),
            (14, vec![0, 6, 7, 13, 13], vec![3, 2]),
            (21, vec![20, 21], vec![2, 0, 0]),
        ] {
            assert_eq!(weeks(opened.iter().map(|days| at(*days)), period(days)), expected, "{days} {opened:?}");
        }
    }

    #[test]
    fn requests_are_counted_where_they_belong() {
        let ivanov = ShortName::parse("ivanov").ok();
        let measured = [
            Measured { engineer: ivanov.clone(), first_response: Some(60), is_overdue: true, ..opened(1) },
            Measured { place: Some(Place::Line(2)), resolution: Some((at(2), 100)), is_open: false, ..opened(99) },
            Measured { kind: Some(Kind::Incident), first_response: Some(5), ..opened(99) },
            Measured { resolution: Some((at(98), 100)), is_open: false, ..opened(99) },
        ];
        let period = Period { since: at(14), now: at(0) };
        let brief = |by| -> Vec<(String, [usize; 4])> {
            let figures = stats(&measured, by, period).into_iter();
            figures.map(|f| (f.name, [f.new, f.open, f.overdue, f.solved])).collect()
        };
        assert_eq!(brief(By::Desk), [("OTK".to_owned(), [1, 2, 1, 1])]);
        assert_eq!(brief(By::Kind), [(String::new(), [1, 1, 1, 1]), ("incident".to_owned(), [0, 1, 0, 0])]);
        assert_eq!(brief(By::Line), [("OTK".to_owned(), [1, 2, 1, 0]), ("OTK line 2".to_owned(), [0, 0, 0, 1])]);
        assert_eq!(brief(By::Engineer), [("ivanov".to_owned(), [1, 1, 1, 0]), (String::new(), [0, 1, 0, 1])]);
        let desk = &stats(&measured, By::Desk, period)[0];
        assert_eq!(desk.first_response, Some(Times { median: 60, most: 60 }), "of those opened in the period");
        assert_eq!((desk.resolution, &desk.weeks), (Some(Times { median: 100, most: 100 }), &vec![0, 1]));
    }

    #[test]
    fn waits_are_taken_off_and_what_was_not_solved_has_no_time() {
        let number = RequestNumber::parse("OTK-1").unwrap();
        let mut request = Request::opened(number, "x".into(), Language::En, None, at(10));
        request.progress.first_response_at = Some(at(9));
        request.progress.waits = vec![Wait { from: at(8), until: Some(at(6)) }, Wait { from: at(5), until: None }];
        let mut seen = |phase, status, ended: Option<i64>| {
            request.standing = Standing { phase, status };
            let found = measure(None, &request, ended.map(at), at(0));
            assert_eq!(found.first_response, Some(DAY));
            found.resolution.map(|(_, seconds)| seconds / DAY)
        };
        assert_eq!(seen(Phase::Open, Status::InWork, Some(4)), None, "taken up again");
        assert_eq!(seen(Phase::Completed, Status::Done, Some(5)), Some(3));
        assert_eq!(seen(Phase::Completed, Status::Done, Some(4)), Some(3), "it was waiting when it was answered");
        assert_eq!(seen(Phase::Closed, Status::Confirmed, Some(7)), Some(2), "half of the first wait");
        assert_eq!(seen(Phase::Closed, Status::Spam, Some(5)), None);
    }
}
