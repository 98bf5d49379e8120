//! Splits multiparts strictly at their delimiter lines (RFC 2046 section 5.1.1).
//!
//! mail-parser accepts a boundary anywhere in a line, so that `--b` also matches `--b2` and `a --b c`, and it parses messages
//! within messages. This parser is used where that makes a difference, and where mail-parser fails or finds nothing; it
//! treats a message within a message as a single part.

use super::header;
use super::part::{Part, part};

/// Parses the parts of a multipart, recursively; `next_index` numbers them.
pub fn children<'a>(parent: &Part<'a>, next_index: &mut u32, depth: u32) -> Vec<Part<'a>> {
    let Some(boundary) = boundary(parent).filter(|_| depth < 100) else { return Vec::new() };
    let mut found = Vec::new();
    for bytes in pieces(parent.body, &boundary) {
        let index = *next_index;
        *next_index += 1;
        let mut child = part(index, header::read(bytes), bytes);
        child.children = children(&child, next_index, depth + 1);
        found.push(child);
    }
    found
}

/// The boundary of a multipart: the declared one if it delimits anything, else that of the first line that looks like a
/// delimiter. None: not a multipart, or no delimiter.
pub fn boundary(part: &Part<'_>) -> Option<Vec<u8>> {
    if !part.is_multipart() {
        return None;
    }
    let declared = part.content_type.plain("boundary").map(|b| b.trim_end().as_bytes());
    let lines = || part.body.split(|&b| b == b'\n');
    let delimits = |boundary: &&[u8]| !boundary.is_empty() && lines().any(|line| delimiter(line, boundary).is_some());
    let guessed = || {
        let mut marks = lines().take(40).filter_map(|line| line.strip_prefix(b"--").map(<[u8]>::trim_ascii_end));
        let closes = |mark: &[u8]| lines().any(|line| delimiter(line, mark) == Some(true));
        marks.find(|mark| (1..=70).contains(&mark.len()) && (!mark.contains(&b' ') || closes(mark)))
    };
    declared.filter(delimits).or_else(guessed).map(<[u8]>::to_vec)
}

/// The bytes between the delimiter lines, without the line break before a delimiter, which belongs to it.
fn pieces<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let (mut pieces, mut open, mut offset) = (Vec::new(), None, 0);
    for line in body.split_inclusive(|&b| b == b'\n') {
        let start = offset;
        offset += line.len();
        let Some(closes) = delimiter(line, boundary) else { continue };
        pieces.extend(open.take().map(|from| without_line_end(&body[from..start])));
        if closes {
            return pieces;
        }
        open = Some(offset);
    }
    pieces.extend(open.map(|from| &body[from..]));
    pieces
}

/// Whether a line is the closing delimiter (`Some(true)`) or another delimiter (`Some(false)`); None: no delimiter.
pub fn delimiter(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?.trim_ascii_end();
    match rest {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn only_whole_lines_delimit() {
        let body = b"preamble\r\n--b\r\n\r\none\r\n--b2\r\n a --b c\r\n--b  \r\n\r\ntwo\r\n--b--\r\nepilogue";
        assert_eq!(pieces(body, b"b"), [b"\r\none\r\n--b2\r\n a --b c".as_slice(), b"\r\ntwo"]);
        assert_eq!(pieces(b"---\n\none\n-----\n", b"-"), [b"\none".as_slice()]);
        assert_eq!(pieces(b"--b\n\ncut off", b"b"), [b"\ncut off".as_slice()]);
    }
}
