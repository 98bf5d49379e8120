//! Recognises log files: period, lines and errors.

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::pattern;

use super::super::charset;
use super::super::header;
use crate::model::FileFacts;

/// How much of a file is read, in bytes.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// How much of a line is searched for a time, in bytes.
const TIME_WITHIN: usize = 80;
/// How much of the first error is kept, in characters.
const KEPT_CHARACTERS: usize = 200;

/// Reads a text as a log. None: fewer than two lines, or fewer than one in twenty, have a time, so it is not a log.
pub fn read(bytes: &[u8]) -> Option<FileFacts> {
    let bytes = &bytes[..bytes.len().min(MOST_BYTES)];
    let decoded = charset::decode(bytes, is_utf16(bytes).then_some("utf-16"));
    let (mut lines, mut stamped, mut errors) = (0_u64, 0_u64, 0_u64);
    let (mut first, mut last, mut first_error) = (None, "", None);
    for line in decoded.text.lines().filter(|line| !line.trim().is_empty()) {
        lines += 1;
        if let Some(time) = time_of(line) {
            stamped += 1;
            last = time;
            first.get_or_insert(last);
        }
        if reports_error(line) {
            errors += 1;
            first_error.get_or_insert(line);
        }
    }
    if stamped < 2 || stamped * 20 < lines {
        return None;
    }
    let kept = |line: &str| header::clean(line).trim().chars().take(KEPT_CHARACTERS).collect();
    Some(FileFacts::Log {
        encoding: decoded.encoding.to_lowercase(),
        lines,
        first: first.unwrap_or_default().to_owned(),
        last: last.to_owned(),
        errors,
        first_error: first_error.map(kept),
    })
}

/// Whether this is UTF-16, with or without a byte order mark: mostly ASCII text has a zero in every second byte.
pub fn is_utf16(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(1024)];
    sample.iter().filter(|&&byte| byte == 0).count() * 4 > sample.len()
}

fn time_of(line: &str) -> Option<&str> {
    let mut end = line.len().min(TIME_WITHIN);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    TIME.find(&line[..end]).map(|time| time.as_str().trim_start_matches(|c: char| !c.is_ascii_alphanumeric()))
}

/// Whether a line reports an error, after removing phrases such as "0 errors".
fn reports_error(line: &str) -> bool {
    ERROR.is_match(line) && (!NO_ERROR.is_match(line) || ERROR.is_match(&NO_ERROR.replace_all(line, "")))
}

/// Times: ISO 8601 and similar, day first, Tomcat, syslog, web servers, logcat, a time alone at the start of a line.
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    let date = [
        r"[0-9]{4}[-/.][0-9]{2}[-/.][0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:[.,][0-9]{1,6})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?",
        r"[0-9]{2}[./][0-9]{2}[./][0-9]{2,4},? [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?",
        r"[0-9]{1,2}-[A-Z][a-z]{2}-[0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,6})?",
        r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}",
        r"[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2}",
        r"^[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}",
        r"^\W{0,2}[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,6})?",
    ];
    pattern(&date.join("|"))
});

/// Errors: log levels, the level of logcat, fields of structured logs, exceptions, and the Russian word for error.
static ERROR: LazyLock<Regex> = LazyLock::new(|| {
    let sign = [
        r"(?-u:\b)(?:ERROR|ERR|FATAL|CRITICAL|CRIT|SEVERE|EMERG|PANIC)(?-u:\b)",
        r"^[0-9-]+ [0-9:.]+ +[0-9]+ +[0-9]+ [EF] ",
        r"(?i:[\[=: ]error[\]: ]|^error(?-u:\b))",
        r#"(?i:["=:](?:error|fatal|critical|severe|panic|emerg)(?:["\] ,]|$))"#,
        r"(?-u:\b)panic: |Exception in thread|Traceback \(most|[A-Za-z](?:Exception|Error)(?:: |\s*$)",
        r"[Оо]шибк|ОШИБКА",
    ];
    pattern(&sign.join("|"))
});

/// Phrases that deny errors: counts of zero, and empty fields of structured logs. A level in capitals before a zero is not a
/// count.
static NO_ERROR: LazyLock<Regex> = LazyLock::new(|| {
    let sign = [
        r"(?i)(?-u:\b)(?:0|no|without) errors?(?-u:\b)|без ошибок|ошибок не|ошибок: 0",
        r#"(?-i)"?(?:[a-zA-Z]*[Ee]rrors?|ERRORS)"?\s*[=:]\s*(?:0(?-u:\b)|null|none|nil|false|""|\[\])"#,
    ];
    pattern(&sign.join("|"))
});

#[cfg(test)]
mod tests {
    use super::{read, reports_error};
    use crate::model::FileFacts;

    fn read_log(text: &str) -> Option<(String, String, u64, Option<String>)> {
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
            ("[09:58:12] a\n[09:58:13] b errors=0\n", "09:58:12", "09:58:13", 0),
            (
                "20-Nov-2026 09:58:12.123 SEVERE [main] x\n20-Nov-2026 09:58:13.5 INFO [main] y\n",
                "20-Nov-2026 09:58:12.123",
                "20-Nov-2026 09:58:13.5",
                1,
            ),
            (
                "11-20 09:58:12.123  1234  1250 E Printer: x\n11-20 09:58:13.123  1234  1250 I Printer: y\n",
                "11-20 09:58:12.123",
                "11-20 09:58:13.123",
                1,
            ),
        ] {
            let found = read_log(text).unwrap_or_else(|| panic!("no log: {text}"));
            assert_eq!((found.0.as_str(), found.1.as_str(), found.2), (first, last, errors), "{text}");
        }
    }

    #[test]
    fn lines_with_and_without_errors() {
        for (line, is_error) in [
            ("ERROR: 0 rows copied", true),
            ("ERROR finished with 0 errors", true),
            ("java.lang.NullPointerException", true),
            ("Caused by: java.io.IOException: closed", true),
            ("Traceback (most recent call last):", true),
            ("ValueError: x", true),
            (r#"{"level":"error","code":5}"#, true),
            (r#"{"level":"error","error":null}"#, true),
            ("time=09:58 level=fatal msg=x", true),
            ("panic: index out of range", true),
            ("[core:error] AH00052", true),
            ("Ошибка печати", true),
            (r#"{"level":"info","error":null}"#, false),
            (r#"{"errors":[],"level":"info"}"#, false),
            ("done, 0 errors", false),
            ("errors=0 warnings=2", false),
            ("errorCount=0", false),
            ("завершено без ошибок", false),
            ("registered ExceptionHandler", false),
            ("\tat org.example.PrintException.<init>(P.java:1)", false),
        ] {
            assert_eq!(reports_error(line), is_error, "{line}");
        }
    }

    #[test]
    fn the_encoding_is_the_one_used() {
        let log = "2026-11-20 09:58:12 запуск службы\n2026-11-20 09:58:13 остановка службы\n";
        let wide = |to_bytes: fn(u16) -> [u8; 2]| log.encode_utf16().flat_map(to_bytes).collect::<Vec<u8>>();
        let (cyrillic, ..) = encoding_rs::WINDOWS_1251.encode(log);
        let marked = [b"\xff\xfe".to_vec(), wide(u16::to_le_bytes)].concat();
        for (bytes, expected) in [
            (log.as_bytes(), "utf-8"),
            (b"2026-11-20 09:58:12 a\n2026-11-20 09:58:13 b\n", "utf-8"),
            (&cyrillic, "windows-1251"),
            (&wide(u16::to_le_bytes), "utf-16le"),
            (&wide(u16::to_be_bytes), "utf-16be"),
            (&marked, "utf-16le"),
        ] {
            match read(bytes) {
                Some(FileFacts::Log { encoding, lines, .. }) => assert_eq!((encoding.as_str(), lines), (expected, 2)),
                other => panic!("{expected}: {other:?}"),
            }
        }
    }

    #[test]
    fn messages_and_tables_are_not_logs() {
        assert_eq!(read_log("Dear all,\n\nwe meet on 2026-11-20 10:00.\n\nAnna\n"), None);
        assert_eq!(read_log(&format!("2026-11-20 10:00 a\n2026-11-20 10:01 b\n{}", "words\n".repeat(60))), None);
        assert_eq!(read_log(""), None);
    }

    #[test]
    fn the_first_error_is_kept_short_and_clean() {
        let text = format!("2026-11-20 09:58:12 ERROR \u{1b}[31m{}\n2026-11-20 09:58:13 x\n", "я".repeat(500));
        let first_error = read_log(&text).and_then(|found| found.3).unwrap_or_default();
        assert_eq!(first_error.chars().count(), 200);
        assert!(!first_error.contains('\u{1b}'));
    }
}
