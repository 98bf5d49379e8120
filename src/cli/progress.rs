//! Progress of long commands: one line on standard error that rewrites itself, if that is a terminal.

use std::io::{IsTerminal as _, Write};
use std::time::{Duration, Instant};

use super::print;

/// Shorter work shows no progress.
const PATIENCE: Duration = Duration::from_secs(1);
/// The shortest time between two updates of the line.
const PAUSE: Duration = Duration::from_millis(300);

/// The progress line. It shows nothing where standard error is not a terminal.
pub struct ProgressLine {
    is_watched: bool,
    began: Instant,
    told: Option<Instant>,
}

impl ProgressLine {
    /// Starts measuring now. A command that prints its results to the terminal shows no line between them.
    pub fn new(prints_to_terminal: bool) -> Self {
        let is_watched = std::io::stderr().is_terminal() && !prints_to_terminal;
        Self { is_watched, began: Instant::now(), told: None }
    }

    /// Updates the line if it is time to; `words` gets the time since the start.
    pub fn tell(&mut self, words: impl FnOnce(Duration) -> String) {
        if !self.is_watched {
            return;
        }
        let (since_begin, since_told) = (self.began.elapsed(), self.told.map(|told| told.elapsed()));
        if is_time(since_begin, since_told) {
            self.told = Some(Instant::now());
            put(&words(since_begin));
        }
    }
}

/// Clears the line.
impl Drop for ProgressLine {
    fn drop(&mut self) {
        if self.told.is_some() {
            put("");
        }
    }
}

/// Shows how many of a number of things are done.
pub struct CountedProgress {
    what: &'static str,
    total: Option<u64>,
    done: u64,
    line: ProgressLine,
}

impl CountedProgress {
    /// `total` is None where it is not known; `what` is the singular of what is counted: `request`.
    pub fn of(what: &'static str, total: Option<u64>, prints_to_terminal: bool) -> Self {
        Self { what, total, done: 0, line: ProgressLine::new(prints_to_terminal) }
    }

    /// Counts `by` more things as done.
    pub fn advance(&mut self, by: u64) {
        self.done += by;
        self.line.tell(|elapsed| line(self.what, self.done, self.total, elapsed));
    }
}

/// Replaces the terminal's present line. A failure to write is ignored.
pub fn put(line: &str) {
    let line = print::cut(line, print::columns().saturating_sub(1));
    let mut stderr = std::io::stderr().lock();
    let _ = write!(stderr, "\r\x1b[K{line}").and_then(|()| stderr.flush());
}

fn is_time(since_begin: Duration, since_told: Option<Duration>) -> bool {
    since_begin > PATIENCE && since_told.is_none_or(|since| since >= PAUSE)
}

/// `1200 of 5000 requests, 24 %, 10 s left`.
fn line(what: &str, done: u64, total: Option<u64>, elapsed: Duration) -> String {
    let Some(total) = total.filter(|total| *total > 0) else { return print::count(done, what) };
    let done_of = format!("{done} of {}, {} %", print::count(total, what), done.saturating_mul(100) / total);
    if done == 0 || done >= total {
        return done_of;
    }
    let left = elapsed.as_secs_f64() / done as f64 * (total - done) as f64;
    let left = if left < 90.0 { format!("{left:.0} s") } else { format!("{:.0} min", left / 60.0) };
    format!("{done_of}, {left} left")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_work_is_not_told_of_and_long_work_not_all_the_time() {
        let ms = Duration::from_millis;
        for (since_begin, since_told, expected) in [
            (ms(900), None, false),
            (ms(1_001), None, true),
            (ms(1_200), Some(ms(199)), false),
            (ms(1_400), Some(ms(300)), true),
        ] {
            assert_eq!(is_time(since_begin, since_told), expected, "{since_begin:?} {since_told:?}");
        }
    }

    #[test]
    fn the_line_says_how_much_is_left() {
        let after = |done, total, seconds| line("request", done, total, Duration::from_secs(seconds));
        assert_eq!(after(1_200, Some(5_000), 3), "1200 of 5000 requests, 24 %, 10 s left");
        assert_eq!(after(1, Some(1_000), 1), "1 of 1000 requests, 0 %, 17 min left");
        assert_eq!(after(5, Some(5), 3), "5 of 5 requests, 100 %");
        assert_eq!(after(7, Some(5), 3), "7 of 5 requests, 140 %", "more came meanwhile");
        assert_eq!(after(0, Some(5), 3), "0 of 5 requests, 0 %");
        assert_eq!((after(3, None, 3), after(1, Some(0), 3)), ("3 requests".to_owned(), "1 request".to_owned()));
    }
}
