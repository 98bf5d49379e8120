//! Log lines on standard error, as text or JSON, with priorities for systemd's journal. Each event stays on one line, whatever
//! text it quotes.

use std::fs;
use std::io::{self, IsTerminal as _, Write};
use std::os::unix::fs::MetadataExt;

use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::{Globals, LogFormat, print};

/// Starts logging: the daemon logs what it does (info), other commands only what is wrong (warn).
pub fn start(globals: &Globals, is_daemon: bool) {
    let level = match (globals.verbose, is_daemon) {
        (0, false) => "warn",
        (0, true) => "info",
        (1, _) => "debug",
        _ => "trace",
    };
    let filter = EnvFilter::builder().parse_lossy(std::env::var("RUST_LOG").unwrap_or_else(|_| level.to_owned()));
    // At trace level async-imap would write the LOGIN line, password and all; Cargo.toml compiles those lines away.
    let filter = match "async_imap=info".parse() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => filter,
    };
    let is_coloured = io::stderr().is_terminal() && globals.log == LogFormat::Text;
    let is_journal = is_journal(std::env::var("JOURNAL_STREAM").ok().as_deref());
    let stderr = Stderr { is_json: globals.log == LogFormat::Json, is_coloured, is_journal };
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).with_target(false);
    match globals.log {
        LogFormat::Json => lines.json().flatten_event(true).init(),
        // The journal has a time of its own for each line.
        LogFormat::Text if is_journal => lines.with_ansi(false).without_time().init(),
        LogFormat::Text => lines.with_ansi(is_coloured).init(),
    }
}

/// Whether standard error goes to systemd's journal: JOURNAL_STREAM names the device and inode of its socket. Both are compared,
/// since a child of a service may inherit the variable but have another standard error.
fn is_journal(stream: Option<&str>) -> bool {
    let Some((device, inode)) = stream.and_then(|stream| stream.split_once(':')) else { return false };
    let ours = fs::metadata("/proc/self/fd/2").map(|stderr| (stderr.dev().to_string(), stderr.ino().to_string()));
    ours.is_ok_and(|(dev, ino)| dev == device && ino == inode)
}

/// Makes the writers of log lines.
struct Stderr {
    is_json: bool,
    is_coloured: bool,
    is_journal: bool,
}

impl<'a> MakeWriter<'a> for Stderr {
    type Writer = LogLine;

    fn make_writer(&'a self) -> LogLine {
        LogLine { is_json: self.is_json, is_coloured: self.is_coloured, priority: None }
    }

    fn make_writer_for(&'a self, metadata: &Metadata<'_>) -> LogLine {
        LogLine { priority: self.is_journal.then(|| priority(*metadata.level())), ..self.make_writer() }
    }
}

/// The priority of syslog(3) and sd-daemon(3).
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        _ => 7,
    }
}

/// The writer of one event.
struct LogLine {
    is_json: bool,
    is_coloured: bool,
    /// None where standard error is not the journal.
    priority: Option<u8>,
}

impl Write for LogLine {
    /// Gets a whole event: the formatting layer writes each event with one call.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let prefix = self.priority.map(|priority| format!("<{priority}>")).unwrap_or_default();
        let line = format!("{prefix}{}\n", harmless(text.trim_end_matches('\n'), self.is_json, self.is_coloured));
        io::stderr().lock().write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Escapes every control, invisible and bidirectional character, so that quoted text, such as a server's answer, can neither
/// begin a line nor command the terminal. Only our own colour codes stay.
fn harmless(text: &str, is_json: bool, is_coloured: bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if !print::is_unseen(c) || is_coloured && c == '\u{1b}' {
            safe.push(c);
        } else if is_json {
            let mut units = [0; 2];
            safe.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            safe.extend(c.escape_unicode());
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_others_write_stays_on_its_line_and_shows() {
        for (text, expected) in [
            ("не прочитан: 450", "не прочитан: 450"),
            ("a\nhandled", "a\\u{a}handled"),
            ("a\r\u{1b}[2K\u{85}", "a\\u{d}\\u{1b}[2K\\u{85}"),
            ("a\u{2028}b\u{202e}c\u{2066}d", "a\\u{2028}b\\u{202e}c\\u{2066}d"),
        ] {
            assert_eq!(harmless(text, false, false), expected);
        }
        let json = serde_json::to_string("я\u{202e}\u{85}\u{2029}\u{e0041}\n").unwrap();
        let safe = harmless(&json, true, false);
        assert_eq!(safe, "\"я\\u202e\\u0085\\u2029\\udb40\\udc41\\n\"");
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), "я\u{202e}\u{85}\u{2029}\u{e0041}\n");
        assert_eq!(harmless("\u{1b}[32m INFO\u{1b}[0m a\u{9b}b", false, true), "\u{1b}[32m INFO\u{1b}[0m a\\u{9b}b");
    }

    #[test]
    fn the_journal_is_known_by_its_socket() {
        for stream in [None, Some(""), Some("1"), Some("0:0"), Some("x:y")] {
            assert!(!is_journal(stream), "{stream:?}");
        }
        let stderr = fs::metadata("/proc/self/fd/2").unwrap();
        assert!(is_journal(Some(&format!("{}:{}", stderr.dev(), stderr.ino()))));
    }
}
