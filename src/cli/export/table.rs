//! Requests as CSV (RFC 4180), a row for each. Text that a spreadsheet would take for a formula is defused.

use csv::{Terminator, Writer, WriterBuilder};
use unicode_normalization::UnicodeNormalization;

use crate::cli::print;
use crate::desk;
use crate::desk::stats::measure;
use crate::model::policy::Desk;
use crate::model::{Phase, Request, Timestamp};
use crate::store::Milestones;

use super::Separator;

/// The columns. Times are RFC 3339 in UTC, `…_seconds` are elapsed seconds.
const COLUMNS: [&str; 25] = [
    "number",
    "desk",
    "subject",
    "requester",
    "requester_name",
    "status",
    "phase",
    "kind",
    "priority",
    "assignee",
    "place",
    "release",
    "duplicate_of",
    "messages",
    "opened",
    "first_response",
    "completed",
    "closed",
    "changed",
    "first_response_due",
    "resolution_due",
    "overdue",
    "first_response_seconds",
    "resolution_seconds",
    "environment",
];

/// Without it Excel reads the file in the machine's old 8-bit character set.
pub(super) const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The row of headings.
pub(super) fn head(separator: Separator) -> anyhow::Result<Vec<u8>> {
    line(COLUMNS.map(str::to_owned), separator)
}

/// The row of a request. `desk` is None where the desk is no longer configured: then no deadlines are known.
pub(super) fn row(
    desk: Option<&Desk>,
    request: &Request,
    milestones: &Milestones,
    now: Timestamp,
    separator: Separator,
) -> anyhow::Result<Vec<u8>> {
    let measured = measure(desk, request, milestones.ended_at, now);
    let promised = desk.map(|desk| desk::deadlines(desk, request)).unwrap_or_default();
    let requester = request.requester();
    let (is_open, phase) = (measured.is_open, request.standing.phase);
    let cells = [
        request.number.to_string(),
        request.number.desk.to_string(),
        request.subject.clone(),
        requester.map(|person| person.email.to_string()).unwrap_or_default(),
        requester.map(|person| person.name.clone()).unwrap_or_default(),
        request.standing.status.to_string(),
        phase.to_string(),
        text(request.kind),
        request.priority.to_string(),
        text(request.assignee.as_ref()),
        text(request.place.as_ref()),
        text(request.release.as_ref()),
        text(request.duplicate_of.as_ref()),
        milestones.messages.to_string(),
        request.opened_at.to_string(),
        text(request.progress.first_response_at),
        text(milestones.completed_at.filter(|_| !is_open)),
        text(milestones.closed_at.filter(|_| phase == Phase::Closed)),
        request.changed_at.to_string(),
        text(promised.first_response.map(|deadline| deadline.by)),
        text(promised.resolution.map(|deadline| deadline.by)),
        if measured.is_overdue { "yes" } else { "no" }.to_owned(),
        text(measured.first_response.map(|seconds| seconds.max(0))),
        text(measured.resolution.map(|(_, seconds)| seconds.max(0))),
        request.progress.environment.clone().unwrap_or_default(),
    ];
    line(cells, separator)
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn line(cells: [String; COLUMNS.len()], separator: Separator) -> anyhow::Result<Vec<u8>> {
    let mut builder = WriterBuilder::new();
    builder.delimiter(separator.byte()).terminator(Terminator::CRLF);
    let mut writer: Writer<Vec<u8>> = builder.from_writer(Vec::new());
    writer.write_record(cells.map(|cell| harmless(&cell, separator)))?;
    Ok(writer.into_inner()?)
}

/// Puts an apostrophe before everything that a spreadsheet would take for a formula. Programs with another separator, or that
/// know no quotes, begin cells and lines at other places, so text after any separator or line break is checked as well.
fn harmless(cell: &str, separator: Separator) -> String {
    let begins = |c: char| matches!(c, '\t' | '\r' | '\n' | ',' | ';') && c != separator.char();
    let mut safe = String::with_capacity(cell.len());
    let mut copied = 0;
    // The start of the present cell or line, as long as only spaces and quotes have followed it.
    let mut start = Some(0);
    for (at, c) in cell.char_indices() {
        if let Some(here) = start
            && (is_formula(c) || at == 0 && matches!(c, '\t' | '\r'))
        {
            safe.push_str(&cell[copied..here]);
            safe.push('\'');
            copied = here;
            start = None;
        }
        if begins(c) {
            start = start.or(Some(at + c.len_utf8()));
        } else if !is_skipped(c) {
            start = None;
        }
    }
    safe + &cell[copied..]
}

/// Whether a character begins a formula. Full-width and small forms count as the ASCII to which some programs convert them.
fn is_formula(c: char) -> bool {
    c == '\u{2212}' || c.nfkc().next().is_some_and(|c| matches!(c, '=' | '+' | '-' | '@'))
}

/// Characters that programs skip before a formula.
fn is_skipped(c: char) -> bool {
    c.is_whitespace() || print::is_unseen(c) || matches!(c, '"' | '\'' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_begins_a_formula() {
        for (cell, expected) in [
            ("Не печатается", "Не печатается"),
            ("", ""),
            ("a=b, c-d", "a=b, c-d"),
            ("=1+1", "'=1+1"),
            ("+7 495 000-00-00", "'+7 495 000-00-00"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t'=1"),
            ("\rx", "'\rx"),
            ("\tx", "'\tx"),
            ("  =1", "'  =1"),
            ("\u{a0}=1", "'\u{a0}=1"),
            ("\u{feff}\u{200b}=1", "'\u{feff}\u{200b}=1"),
            ("\u{202e}=1", "'\u{202e}=1"),
            ("\u{2066}\u{61c}=1", "'\u{2066}\u{61c}=1"),
            ("\u{ad}=1", "'\u{ad}=1"),
            ("\u{e0020}=1", "'\u{e0020}=1"),
            ("\"=1\"", "'\"=1\""),
            ("'=1", "''=1"),
            ("＝1", "'＝1"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠a", "'＠a"),
            ("﹦1", "'﹦1"),
            ("\u{2212}1", "'\u{2212}1"),
            ("x;=1", "x;'=1"),
            ("x; \"=1", "x;' \"=1"),
            ("x\n=1", "x\n'=1"),
            ("x\t@a", "x\t'@a"),
            ("x,=1", "x,=1"),
            (";=1", "';=1"),
        ] {
            assert_eq!(harmless(cell, Separator::Comma), expected, "{cell:?}");
        }
        assert_eq!(harmless("x,=1;=2", Separator::Semicolon), "x,'=1;=2");
        assert_eq!(harmless("x,=1;=2\t=3", Separator::Tab), "x,'=1;'=2\t=3");
    }

    #[test]
    fn a_line_is_read_back_as_it_was() {
        let mut cells = [const { String::new() }; COLUMNS.len()];
        for (cell, text) in cells.iter_mut().zip(["OTK-1", "a \"b\", c", "две\nстроки;\r\nи", "x;y", " x "]) {
            *cell = text.to_owned();
        }
        for separator in [Separator::Comma, Separator::Semicolon, Separator::Tab] {
            let bytes = line(cells.clone(), separator).unwrap();
            assert!(bytes.ends_with(b"\r\n"));
            let mut reader = csv::ReaderBuilder::new();
            let mut reader = reader.has_headers(false).delimiter(separator.byte()).from_reader(bytes.as_slice());
            let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
            assert_eq!(records, [csv::StringRecord::from(cells.to_vec())]);
        }
    }
}
