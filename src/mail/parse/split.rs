//! Builds the tree of MIME parts (RFC 2045, RFC 2046), splitting multiparts strictly at their delimiter lines (RFC 2046
//! section 5.1.1). No part of a damaged multipart is lost; what was repaired is a defect.
//!
//! mail-parser is not asked: it accepts a boundary anywhere in a line, so that `--b` also matches `--b2` and `a --b c`, parses
//! messages within messages, and loses what follows an inner multipart that is not closed. Here a message within a message
//! is a single part.

use memchr::memchr;
use memchr::memmem::Finder;

use super::header;
use super::part::{Part, part, root_only};

/// Further parts of a message stay in the part before them; [`super::guard`] has counted those with declared boundaries.
const MOST_PARTS: u32 = 2_000;

/// Multiparts nested deeper are single parts.
const DEEPEST: u32 = 100;

/// The fault of a multipart whose end is missing.
pub const NOT_CLOSED: &str = "multipart: not closed";

/// Shorter boundaries delimit only as whole lines: `word--b` is a word.
const LONG_BOUNDARY: usize = 10;

/// The parts of a message, and what was repaired.
#[derive(Debug, Default)]
pub struct Tree<'a> {
    /// The message itself.
    pub root: Part<'a>,
    /// What was wrong, each fault once.
    pub faults: Vec<&'static str>,
}

/// Splits a message into its parts. Call it only after [`super::guard::check`].
pub fn tree(raw: &[u8]) -> Tree<'_> {
    let mut splitter = Splitter { start: raw.as_ptr() as usize, next_index: 1, faults: Vec::new() };
    let mut root = root_only(raw);
    root.children = splitter.children(&root, 0);
    Tree { root, faults: splitter.faults }
}

struct Splitter {
    /// The address of the message, from which parts' positions are counted.
    start: usize,
    next_index: u32,
    faults: Vec<&'static str>,
}

impl Splitter {
    fn children<'a>(&mut self, parent: &Part<'a>, depth: u32) -> Vec<Part<'a>> {
        if !parent.is_multipart() || depth >= DEEPEST {
            return Vec::new();
        }
        let most = MOST_PARTS.saturating_sub(self.next_index) as usize;
        let pieces = match boundary(parent) {
            Some(boundary) => pieces(parent.body, &boundary, most),
            None => Pieces::undelimited(parent.body),
        };
        pieces.faults.iter().for_each(|fault| self.fault(fault));
        let digest = parent.media_type() == "multipart/digest";
        let mut found = Vec::new();
        for bytes in pieces.found {
            let mut block = header::read(bytes);
            if !digest && !is_part_header(&block) {
                self.fault("multipart: a part without a header");
                block = header::MimeHeader::default();
            }
            let mut child = part(self.next_index, block, bytes);
            self.next_index += 1;
            let position = bytes.as_ptr() as usize - self.start;
            child.range = position..position + bytes.len();
            child.children = self.children(&child, depth + 1);
            found.push(child);
        }
        found
    }

    fn fault(&mut self, fault: &'static str) {
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }
}

/// Whether these fields can be the header of a part: none, or some of MIME (RFC 2045 section 3) or of extensions. Others are
/// words with a colon, which a writer forgot to separate from the delimiter.
fn is_part_header(block: &header::MimeHeader<'_>) -> bool {
    let known = |name: &str| {
        let start = name.get(..8).unwrap_or(name).to_ascii_lowercase();
        start == "content-" || start.starts_with("x-") || start.starts_with("mime-")
    };
    block.fields.is_empty() || block.fields.iter().any(|field| known(field.name))
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

#[derive(Debug, Default, PartialEq)]
struct Pieces<'a> {
    found: Vec<&'a [u8]>,
    faults: Vec<&'static str>,
}

/// The bytes between the delimiter lines, without the line break before a delimiter, which belongs to it; at most `most`.
///
/// Text before the first delimiter or after the closing one belongs to no part, unless it begins with the header of one, or
/// other delimiters follow.
fn pieces<'a>(body: &'a [u8], boundary: &[u8], most: usize) -> Pieces<'a> {
    let mut pieces = Pieces::default();
    let glued = Finder::new(boundary);
    let (mut open, mut outside, mut closed, mut offset) = (None, 0, false, 0);
    while offset < body.len() {
        let start = offset;
        let end = memchr(b'\n', &body[start..]).map_or(body.len(), |at| start + at + 1);
        let line = &body[start..end];
        offset = end;
        let (text_end, closes) = match (delimiter(line, boundary), glued_delimiter(line, &glued)) {
            (Some(closes), _) => (start, closes),
            (None, Some((length, closes))) => (start + length, closes),
            (None, None) => continue,
        };
        match open.take() {
            Some(from) => pieces.found.push(without_line_end(&body[from..text_end.max(from)])),
            None => pieces.outside(&body[outside..text_end.max(outside)]),
        }
        if text_end > start {
            pieces.faults.push("multipart: a delimiter at the end of a line");
        }
        if closed && !closes {
            pieces.faults.push("multipart: parts follow its end");
        }
        (outside, closed) = (offset, closed || closes);
        open = (!closes && pieces.found.len() < most).then_some(offset);
        if pieces.found.len() + 1 >= most {
            break;
        }
    }
    match open {
        Some(from) => {
            pieces.found.push(&body[from..]);
            pieces.faults.push(NOT_CLOSED);
        }
        None => pieces.outside(&body[outside..]),
    }
    pieces
}

impl<'a> Pieces<'a> {
    /// The only part of a multipart without any delimiter, if it has a header.
    fn undelimited(body: &'a [u8]) -> Self {
        let mut pieces = Self::default();
        pieces.outside(body);
        pieces
    }

    /// Text outside of the delimiters: a part whose delimiter was lost, if it begins with a header; else one, if a header follows
    /// a delimiter of another multipart, which used this one's boundary as well. What follows that part stays in it.
    fn outside(&mut self, text: &'a [u8]) {
        let start = text.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let mut at = start;
        while !begins_with_header(&text[at..]) {
            let line_at = |from: usize| memchr(b'\n', &text[from..]).map(|end| from + end + 1);
            let delimiter =
                std::iter::successors(Some(at), |from| line_at(*from)).find(|from| text[*from..].starts_with(b"--"));
            let Some(after) = delimiter.and_then(line_at) else { return };
            at = after;
        }
        self.found.push(without_line_end(&text[at..]));
        self.faults.push("multipart: a part without a delimiter");
    }
}

/// Whether this begins with the header of a part.
fn begins_with_header(text: &[u8]) -> bool {
    let begins = text.get(..8).is_some_and(|name| name.eq_ignore_ascii_case(b"content-"));
    begins && !header::read(text).fields.is_empty()
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

/// The length of the text before a delimiter that ends a line, whose line break was lost, and whether it closes the multipart.
/// A quoted delimiter (`> --b`) is none.
fn glued_delimiter(line: &[u8], boundary: &Finder<'_>) -> Option<(usize, bool)> {
    if boundary.needle().len() < LONG_BOUNDARY {
        return None;
    }
    let at = boundary.find(line)?.checked_sub(2).filter(|&at| at > 0)?;
    let closes = delimiter(&line[at..], boundary.needle())?;
    let before = line[at - 1];
    (!before.is_ascii_whitespace() && !matches!(before, b'>' | b'|' | b'"' | b'-')).then_some((at, closes))
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::{pieces, tree};

    fn found<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
        pieces(body, boundary, 100).found
    }

    #[test]
    fn only_whole_lines_delimit() {
        let body = b"preamble\r\n--b\r\n\r\none\r\n--b2\r\n a --b c\r\n--b  \r\n\r\ntwo\r\n--b--\r\nepilogue";
        assert_eq!(found(body, b"b"), [b"\r\none\r\n--b2\r\n a --b c".as_slice(), b"\r\ntwo"]);
        assert_eq!(found(b"---\n\none\n-----\n", b"-"), [b"\none".as_slice()]);
        assert_eq!(found(b"--b\n\ncut off", b"b"), [b"\ncut off".as_slice()]);
    }

    #[test]
    fn parts_of_damaged_multiparts_are_kept() {
        for (body, parts, fault) in [
            ("--b\n\none\n--b\n\ntwo\n", &["\none", "\ntwo\n"][..], "multipart: not closed"),
            ("--b\n\none\n--b--\n\n--b\n\ntwo\n--b--\n", &["\none", "\ntwo"], "multipart: parts follow its end"),
            (
                "Content-Type: text/plain\n\none\n--b\n\ntwo\n--b--\n",
                &["Content-Type: text/plain\n\none", "\ntwo"],
                "multipart: a part without a delimiter",
            ),
            (
                "--b\n\none\n--b--\nContent-Type: text/plain\n\ntwo",
                &["\none", "Content-Type: text/plain\n\ntwo"],
                "multipart: a part without a delimiter",
            ),
            (
                "--b\n\none\n--b--\nfooter\n--inner\nContent-Type: text/plain\n\ntwo\n--inner--\n",
                &["\none", "Content-Type: text/plain\n\ntwo\n--inner--"],
                "multipart: a part without a delimiter",
            ),
        ] {
            let read = pieces(body.as_bytes(), b"b", 100);
            let expected: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
            assert_eq!((read.found, read.faults), (expected, vec![fault]), "{body}");
        }
        let glued = b"--0123456789\n\none--0123456789\n\n> --0123456789\ntwo--0123456789--\n";
        assert_eq!(found(glued, b"0123456789"), [b"\none".as_slice(), b"\n> --0123456789\ntwo"]);
        assert_eq!(found(b"preamble\n--b\n\none\n--b--\nepilogue", b"b"), [b"\none".as_slice()]);
    }

    #[test]
    fn words_with_a_colon_are_no_header_of_a_part() {
        let read = tree(b"Content-Type: multipart/mixed; boundary=b\n\n--b\nNote: the log is attached\n--b--\n");
        assert_eq!(read.root.children[0].body, b"Note: the log is attached");
        assert_eq!(read.faults, ["multipart: a part without a header"]);
    }

    #[test]
    fn the_number_of_parts_is_bounded() {
        let raw = format!("Content-Type: multipart/mixed; boundary=x\n\n{}", "--b\n".repeat(50_000));
        let read = tree(raw.as_bytes());
        assert!(read.root.children.len() <= super::MOST_PARTS as usize);
    }
}
