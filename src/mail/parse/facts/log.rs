//! A log is a log: from when to when, and how many errors.

use std::sync::LazyLock;

use encoding_rs::Encoding;
use regex::Regex;

use super::super::charset;
use super::super::header;
use crate::model::FileFacts;

/// How much of a file is read; a longer log is told by its beginning.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// How much of a line is looked at for its time, and kept of the first error.
const TIME_WITHIN: usize = 80;
const KEPT_CHARACTERS: usize = 200;

/// Reads a text as a log: none where fewer than two lines, or fewer than one in twenty, bear a time.
pub fn read(bytes: &[u8]) -> Option<FileFacts> {
    let decoded = charset::decode(&bytes[..bytes.len().min(MOST_BYTES)], None);
    let (mut lines, mut stamped, mut errors) = (0_u64, 0_u64, 0_u64);
    let (mut first, mut last, mut first_error) = (None, "", None);
    for line in decoded.text.lines().filter(|line| !line.trim().is_empty()) {
        lines += 1;
        let mut end = line.len().min(TIME_WITHIN);
        while !line.is_char_boundary(end) {
            end -= 1;
        }
        if let Some(time) = TIME.find(&line[..end]) {
            stamped += 1;
            last = time.as_str();
            first.get_or_insert(last);
        }
        if ERROR.is_match(line) && !NO_ERROR.is_match(line) {
            errors += 1;
            first_error.get_or_insert(line);
        }
    }
    if stamped < 2 || stamped * 20 < lines {
        return None;
    }
    let kept = |line: &str| header::clean(line).trim().chars().take(KEPT_CHARACTERS).collect();
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding.name().to_lowercase());
    // What had to be detected ends the words that say so.
    let detected = || decoded.defect.as_ref().and_then(|how| how.rsplit(' ').next()).map(str::to_owned);
    Some(FileFacts::Log {
        encoding: marked.or_else(detected).unwrap_or_else(|| "utf-8".to_owned()),
        lines,
        first: first.unwrap_or_default().to_owned(),
        last: last.to_owned(),
        errors,
        first_error: first_error.map(kept),
    })
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is constant and compiles")
}

/// ISO and its neighbours, day first, syslog, web servers, a bare time at the beginning.
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"[0-9]{4}[-/.][0-9]{2}[-/.][0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:[.,][0-9]{1,6})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?|[0-9]{2}[./][0-9]{2}[./][0-9]{2,4},? [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}|[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2}|^\W{0,2}[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,6})?",
    )
});

/// Levels as loggers write them, exceptions with their colon, and the word itself in Russian.
static ERROR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?-u:\b)(?:ERROR|ERR|FATAL|CRITICAL|CRIT|SEVERE|EMERG|PANIC)(?-u:\b)|(?i:[\[=: ]error[\]: ]|^error)|(?:Exception|Error): |Exception in thread|Traceback \(most|[Оо]шибк|ОШИБКА",
    )
});
static NO_ERROR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)(?-u:\b)(?:0|no|without) errors?(?-u:\b)|errors?\s*[=:]\s*0(?-u:\b)|без ошибок|ошибок не|ошибок: 0")
});

#[cfg(test)]
mod tests {
    use super::read;
    use crate::model::FileFacts;

    fn told(text: &str) -> Option<(String, String, u64, Option<String>)> {
        match read(text.as_bytes())? {
            FileFacts::Log { first, last, errors, first_error, .. } => Some((first, last, errors, first_error)),
            other => panic!("{other:?} is no log"),
        }
    }

    #[test]
    fn times_and_errors_of_many_loggers() {
        for (text, first, last, errors) in [
            (
                "2026-11-20 09:58:12 INFO a\n2026-11-20 09:58:13,5 ERROR b\n",
                "2026-11-20 09:58:12",
                "2026-11-20 09:58:13,5",
                1,
            ),
            ("20.11.2026 9:58 начало\n20.11.2026 9:59 Ошибка печати\n", "20.11.2026 9:58", "20.11.2026 9:59", 1),
            (
                "Nov 20 09:58:12 host app[1]: ok\nNov 20 09:58:13 host app[1]: error: x\n",
                "Nov 20 09:58:12",
                "Nov 20 09:58:13",
                1,
            ),
            (
                "2026-11-20T09:58:12Z x\n  at a.b.C\njava.lang.IllegalStateException: y\n2026-11-20T09:58:14Z done, 0 errors\n",
                "2026-11-20T09:58:12Z",
                "2026-11-20T09:58:14Z",
                1,
            ),
            ("[09:58:12] a\n[09:58:13] b errors=0\n", "[09:58:12", "[09:58:13", 0),
        ] {
            let found = told(text).unwrap_or_else(|| panic!("no log: {text}"));
            assert_eq!((found.0.as_str(), found.1.as_str(), found.2), (first, last, errors), "{text}");
        }
    }

    #[test]
    fn letters_and_tables_are_no_logs() {
        assert_eq!(told("Dear all,\n\nwe meet on 2026-11-20 10:00.\n\nAnna\n"), None);
        assert_eq!(told(&format!("2026-11-20 10:00 a\n2026-11-20 10:01 b\n{}", "words\n".repeat(60))), None);
        assert_eq!(told(""), None);
    }

    #[test]
    fn the_first_error_is_kept_short_and_clean() {
        let text = format!("2026-11-20 09:58:12 ERROR \u{1b}[31m{}\n2026-11-20 09:58:13 x\n", "я".repeat(500));
        let first_error = told(&text).and_then(|found| found.3).unwrap_or_default();
        assert_eq!(first_error.chars().count(), 200);
        assert!(!first_error.contains('\u{1b}'));
    }
}
