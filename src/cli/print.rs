//! Output: tables for people, JSON for programs. Whatever came by mail goes through [`clean`] on its way to a terminal.

use std::io::{IsTerminal, Write};

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::model::Timestamp;

/// Whether a stream is a terminal.
pub fn is_terminal(stream: &impl IsTerminal) -> bool {
    stream.is_terminal()
}

/// One line of text without anything that a terminal would obey or that hides text: controls, escapes, bidi, zero width.
pub fn clean(text: &str) -> String {
    let visible = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().map(|c| if c == '\n' || c == '\t' { ' ' } else { c }).filter(|&c| visible(c)).collect()
}

/// The same for text of several lines.
pub fn clean_lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}

/// A time for people, in the zone of this machine.
pub fn local(at: Timestamp) -> String {
    at.to_jiff().to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// A size for people.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} KB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// A number of things: `1 message`, `2 messages`.
pub fn count(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// Prints rows under headings: fitted to the terminal, or separated by tabs where the output is no terminal.
pub fn table(headings: &[&str], rows: &[Vec<String>]) -> anyhow::Result<()> {
    let cleaned = rows.iter().map(|row| row.iter().map(|cell| clean(cell)).collect::<Vec<_>>());
    if !is_terminal(&std::io::stdout()) {
        let lines = std::iter::once(headings.join("\t")).chain(cleaned.map(|row| row.join("\t")));
        return text(&lines.collect::<Vec<_>>().join("\n"));
    }
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(headings.to_vec());
    if let Some((terminal_size::Width(columns), _)) = terminal_size::terminal_size() {
        table.set_width(columns);
    }
    table.add_rows(cleaned);
    text(&table.trim_fmt())
}

/// Prints a value as JSON on several lines.
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    text(&serde_json::to_string_pretty(value)?)
}

/// Prints text and a line end. A reader that has gone away, such as `head`, is no error.
pub fn text(text: &str) -> anyhow::Result<()> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_comes_through() {
        assert_eq!(clean("a\u{1b}[31mb\r\nc\u{202e}d\u{200b}\t\0"), "a[31mb cd ");
    }
}
