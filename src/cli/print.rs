//! Prints tables for people and JSON for programs. Text that came by mail goes through [`clean`] before it reaches a terminal.

use std::io::{IsTerminal as _, Write};

use serde::Serialize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::model::{Language, RequestNumber, Timestamp, readable_size};

/// The text on one line, without control characters, escapes, bidirectional marks and zero-width characters.
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || c == '\t' { ' ' } else { c }).filter(|&c| !is_unseen(c)).collect()
}

/// Whether a character is invisible: a control, a line end, a bidirectional mark, or one without width.
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// [`clean`] for each line of a text.
pub fn clean_lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}

/// A time for people, in the zone of this machine.
pub fn local(at: Timestamp) -> String {
    at.to_jiff().to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The note shown in place of erased content.
pub fn erased(at: Timestamp) -> String {
    format!("content erased on {}", local(at))
}

/// A time for a table cell, in the zone of this machine: `11-21 09:30` within the last 300 days, otherwise `2026-11-21`.
pub fn brief(at: Timestamp) -> String {
    let zoned = at.to_jiff().to_zoned(jiff::tz::TimeZone::system());
    let is_recent = jiff::Timestamp::now().duration_since(at.to_jiff()).as_hours().abs() < 24 * 300;
    zoned.strftime(if is_recent { "%m-%d %H:%M" } else { "%Y-%m-%d" }).to_string()
}

/// A size for people, in English: `140 KB`.
pub fn size(bytes: u64) -> String {
    readable_size(Language::En, bytes)
}

/// A number of things: `1 message`, `2 messages`.
pub fn count(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// Prints rows under headings: on a terminal aligned and cut to its width, otherwise whole cells separated by tabs.
pub fn table(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> anyhow::Result<()> {
    let rows = cleaned(headings, rows);
    if !std::io::stdout().is_terminal() {
        return text(&rows.iter().map(|row| row.join("\t")).collect::<Vec<_>>().join("\n"));
    }
    text(&fitted(&rows, columns()).join("\n"))
}

/// [`table`] with a longer text for each row: on a terminal on a line below the row, otherwise as its last column, under
/// `heading`.
pub fn table_with_words(
    headings: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
    heading: &str,
    words: &[String],
) -> anyhow::Result<()> {
    if !std::io::stdout().is_terminal() {
        let rows = rows.into_iter().zip(words).map(|(row, words)| [row, vec![words.clone()]].concat());
        return table(&[headings, &[heading]].concat(), rows);
    }
    let columns = columns();
    let mut lines = fitted(&cleaned(headings, rows), columns).into_iter();
    let mut shown: Vec<String> = lines.next().into_iter().collect();
    for (line, words) in lines.zip(words) {
        shown.push(line);
        shown.push(format!("    {}", cut(&clean(words), columns.saturating_sub(4))));
    }
    text(&shown.join("\n"))
}

fn cleaned(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Vec<Vec<String>> {
    let headings = headings.iter().map(|heading| (*heading).to_owned()).collect();
    let rows = rows.into_iter().map(|row| row.iter().map(|cell| clean(cell)).collect());
    std::iter::once(headings).chain(rows).collect()
}

/// Lays out rows in at most `columns` columns. Each cell is as wide as its column needs; the widest are cut until there is room
/// for the last column, which has the longest text.
fn fitted(rows: &[Vec<String>], columns: usize) -> Vec<String> {
    let needed = |index: usize| rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.width()).max();
    let mut widths: Vec<usize> = (0..).map_while(needed).collect();
    let Some(last) = widths.pop() else { return Vec::new() };
    let taken = |widest: usize| widths.iter().map(|&width| width.min(widest) + GAP).sum::<usize>();
    let fits = |widest: &usize| taken(*widest) + last.min(LAST_COLUMN.max(columns / 3)) <= columns;
    let widest = (NARROWEST..=WIDEST.max(columns / 3)).rev().find(fits).unwrap_or(NARROWEST);
    let rest = columns.saturating_sub(taken(widest)).max(NARROWEST);
    let line = |row: &Vec<String>| {
        let mut line = String::new();
        for (cell, &width) in row.iter().zip(&widths) {
            let width = width.min(widest);
            let cell = cut(cell, width);
            line.push_str(&cell);
            line.extend(std::iter::repeat_n(' ', width + GAP - cell.width()));
        }
        line + &row.last().map(|cell| cut(cell, rest)).unwrap_or_default()
    };
    rows.iter().map(|row| line(row).trim_end().to_owned()).collect()
}

/// The limit of a column's width; on a wide terminal a third of it, if that is more.
const WIDEST: usize = 40;
/// No column is cut to less than this width.
const NARROWEST: usize = 11;
/// The width kept free for the last column; on a wide terminal a third of it, if that is more.
const LAST_COLUMN: usize = 28;
/// The space between two columns.
const GAP: usize = 2;

/// The text cut to at most `width` columns; an ellipsis stands for what was cut.
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        if kept.width() + c.width().unwrap_or(0) + 1 > width {
            break;
        }
        kept.push(c);
    }
    kept + "…"
}

/// Wraps a text into lines of at most `width` columns. A longer word, such as a URL, stays whole, and so does a command in
/// backticks.
pub fn folded(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    // The end of the present command in backticks. A backtick without a second one, or with one too far for a line, is text.
    let mut command_ends = 0;
    let mut at = 0;
    let words = text.split(|c: char| {
        let here = at;
        at += c.len_utf8();
        if c == '`' && here >= command_ends {
            let closed = text[at..].find('`').filter(|length| *length < width);
            command_ends = closed.map_or(command_ends, |length| at + length + 1);
        }
        c == ' ' && here >= command_ends
    });
    for word in words {
        if !line.is_empty() && line.width() + 1 + word.width() > width {
            lines.push(std::mem::take(&mut line));
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// Prints a report of several lines, on a terminal wrapped to its width; wrapped lines keep their indentation.
pub fn report(text: &str) -> anyhow::Result<()> {
    if !std::io::stdout().is_terminal() {
        return self::text(text);
    }
    let columns = columns();
    self::text(&text.lines().map(|line| indented(line, columns)).collect::<Vec<_>>().join("\n"))
}

/// Prints a text after a label, on a terminal wrapped to its width; wrapped lines stay below the text.
pub fn hanging(head: &str, text: &str) -> anyhow::Result<()> {
    if !std::io::stdout().is_terminal() {
        return self::text(format!("{head}{text}").trim_end());
    }
    let lines = folded(text, columns().saturating_sub(head.width()));
    self::text(format!("{head}{}", lines.join(&format!("\n{}", " ".repeat(head.width())))).trim_end())
}

/// Wraps a line: continuations of headings and items are indented by two more columns, those of texts as the text itself.
fn indented(line: &str, columns: usize) -> String {
    let words = line.trim_start_matches(' ');
    let indent = &line[..line.len() - words.len()];
    let hang = if indent.len() < TEXT_INDENT { "  " } else { "" };
    let lines = folded(words, columns.saturating_sub(indent.len() + hang.len()));
    let (first, rest) = lines.split_first().map_or(("", [].as_slice()), |(first, rest)| (first.as_str(), rest));
    let rest = rest.iter().map(|line| format!("\n{indent}{hang}{line}"));
    format!("{indent}{first}{}", rest.collect::<String>())
}

/// Lines indented by this many columns or more are texts rather than headings or items.
const TEXT_INDENT: usize = 4;

/// The width of the terminal in columns; 80 where it is not known.
pub fn columns() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0))
}

/// Prints a value as indented JSON.
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    text(&serde_json::to_string_pretty(value)?)
}

/// Writes bytes as they are; to a terminal as cleaned text.
pub fn bytes(bytes: &[u8]) -> anyhow::Result<()> {
    if std::io::stdout().is_terminal() {
        return text(&clean_lines(&String::from_utf8_lossy(bytes)));
    }
    Ok(std::io::stdout().lock().write_all(bytes)?)
}

/// Prints text and a line end. A closed pipe, such as that of `head`, is not an error.
pub fn text(text: &str) -> anyhow::Result<()> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

/// A request's number, or `-`.
pub fn number(number: Option<&RequestNumber>) -> String {
    number.map_or_else(|| "-".to_owned(), RequestNumber::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_comes_through() {
        assert_eq!(clean("a\u{1b}[31mb\r\nc\u{202e}d\u{200b}\t\0"), "a[31mb cd ");
    }

    #[test]
    fn long_lines_are_folded_between_words() {
        assert_eq!(folded("не печатается акт сверки", 14), ["не печатается", "акт сверки"]);
        assert_eq!(
            folded("see https://example.org/a/long/way now", 12),
            ["see", "https://example.org/a/long/way", "now"]
        );
        assert_eq!(folded("", 12), [""]);
        assert_eq!(indented("    не печатается акт сверки", 20), "    не печатается\n    акт сверки");
        assert_eq!(indented("  because не печатается акт", 20), "  because не\n    печатается акт");
        assert_eq!(folded("see `maildesk outbox` now", 16), ["see", "`maildesk outbox`", "now"]);
        assert_eq!(folded("it`s a long, long day", 9), ["it`s a", "long,", "long day"]);
        assert_eq!(folded("a` b `c d` e", 4), ["a` b `c", "d` e"]);
    }

    #[test]
    fn an_outbox_fits_eighty_columns() {
        let headings = ["E-MAIL", "REQUEST", "KIND", "TO", "STATE"];
        let letter =
            ["1042", "OTK-1042", "acknowledgement", "ivan.petrov@factory.example.com", "due 11-21 09:30: 450 x"];
        let lines = fitted(&[headings, letter].map(|row| row.map(str::to_owned).to_vec()), 80);
        assert_eq!(lines[1], "1042    OTK-1042  acknowledgement  ivan.petrov@factory.…  due 11-21 09:30: 450 x");
        assert!(lines.iter().all(|line| line.width() <= 80));
    }

    #[test]
    fn a_wide_terminal_shows_more_of_long_cells() {
        let (address, subject) = ("k".repeat(60), "s".repeat(150));
        let rows = [vec!["OTK-1".to_owned(), address.clone(), subject]];
        let wide = fitted(&rows, 200).remove(0);
        assert!(wide.starts_with(&format!("OTK-1  {address}  sss")) && wide.width() == 200, "{wide}");
        let letter =
            ["24", "OTK-9999", "acknowledgement", "somebody.with@a.long.example", "sent 11-21 21:07: 250 2.0.0 Ok"];
        let narrow = fitted(&[letter.map(str::to_owned).to_vec()], 80).remove(0);
        assert!(narrow.contains("  acknowledgement  "), "{narrow}");
    }

    #[test]
    fn tables_fit_the_terminal() {
        let rows = [["NO", "SUBJECT"], ["1", "Не печатается акт сверки"], ["12", "表が開かない"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(fitted(&rows, 16), ["NO  SUBJECT", "1   Не печатает…", "12  表が開かない"]);
        assert_eq!(fitted(&[], 16), Vec::<String>::new());
    }
}
