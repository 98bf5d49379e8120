//! Parses header fields (RFC 5322 section 2.2, with the obsolete forms of section 4) and decodes their values (RFC 2047).
//!
//! No library does this: libraries differ on repeated and malformed fields, and decisions based on a header must know which
//! field was read. The first field of a name counts.

use std::borrow::Cow;

use super::charset;
use super::transfer;

/// Further fields of a header are ignored.
pub const MAX_FIELDS: usize = 1_000;
/// How much of a header is read, in bytes.
pub const MAX_HEADER: usize = 256 * 1024;
/// Longer decoded values are cut, in characters.
pub const MAX_VALUE: usize = 8 * 1024;

/// How far the end of an encoded-word is searched for, in bytes; RFC 2047 allows 75.
const MAX_WORD: usize = 4 * 1024;

/// A header field, not decoded.
#[derive(Clone, Copy, Debug)]
pub struct HeaderField<'a> {
    /// The field name, without surrounding white space.
    pub name: &'a str,
    /// The field body, still folded.
    pub body: &'a [u8],
    /// Whether there is white space before the colon: an obsolete form (RFC 5322 section 4.5), ignored beside a proper field
    /// of the same name.
    pub obsolete: bool,
    /// Whether it follows or holds a line end unlike that of the header's first line, or a control character: some programs take
    /// it for a part of the field before.
    pub irregular: bool,
}

impl HeaderField<'_> {
    /// Compares the field name, ignoring case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// A header section, and the offset of the body.
#[derive(Debug, Default)]
pub struct MimeHeader<'a> {
    /// The fields in order, at most [`MAX_FIELDS`].
    pub fields: Vec<HeaderField<'a>>,
    /// The offset of the body's first byte.
    pub body_start: usize,
    /// How many lines are not header fields.
    pub stray_lines: usize,
    /// Whether fields were ignored because of a limit.
    pub cut: bool,
}

impl<'a> MimeHeader<'a> {
    /// All fields of this name in order; obsolete ones (white space before the colon) only if there is no proper one.
    pub fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s HeaderField<'a>> {
        let proper = self.fields.iter().any(|f| !f.obsolete && f.is(name));
        self.fields.iter().filter(move |f| f.is(name) && (!proper || !f.obsolete))
    }

    /// The body of the first field of this name.
    pub fn first(&self, name: &str) -> Option<&'a [u8]> {
        self.all(name).next().map(|f| f.body)
    }
}

/// Parses the header at the start of `raw`. If the first line is not a field, everything is body.
pub fn read(raw: &[u8]) -> MimeHeader<'_> {
    let mut block = MimeHeader::default();
    let mut offset = 0;
    let mut open: Option<(&str, bool, usize)> = None;
    loop {
        let line = line_at(raw, offset);
        let ended = offset >= raw.len() || is_blank(line) || offset > MAX_HEADER;
        let continues = !ended && matches!(line.first(), Some(b' ' | b'\t')) && open.is_some();
        if continues {
            offset += line.len();
            continue;
        }
        if let Some((name, obsolete, start)) = open.take() {
            if block.fields.len() < MAX_FIELDS {
                let body = &raw[start..offset];
                let irregular = obsolete || is_irregular(raw, start - name.len(), body);
                block.fields.push(HeaderField { name, body, obsolete, irregular });
            } else {
                block.cut = true;
            }
        }
        if ended {
            block.cut |= offset > MAX_HEADER;
            break;
        }
        match name_of(line) {
            Some((name, obsolete, body)) => open = Some((name, obsolete, offset + body)),
            None if block.fields.is_empty() && !is_mbox_line(line) => {
                return MimeHeader { stray_lines: 1, ..MimeHeader::default() };
            }
            None if is_mbox_line(line) && block.fields.is_empty() => {}
            None if !field_follows(raw, offset) => {
                block.body_start = offset;
                return block;
            }
            None => block.stray_lines += 1,
        }
        offset += line.len();
    }
    block.body_start = if block.cut && offset > MAX_HEADER {
        end_of_header(raw, offset)
    } else {
        (offset + line_at(raw, offset).len()).min(raw.len())
    };
    block
}

/// Whether a field, whose line begins before `near`, follows or holds a line end unlike that of the first line, or a control
/// character.
fn is_irregular(raw: &[u8], near: usize, body: &[u8]) -> bool {
    let before = raw[..near].iter().rposition(|&b| b == b'\n').map_or(0, |n| n + 1);
    let has_cr = line_at(raw, 0).ends_with(b"\r\n");
    let ends_alike = |line: &[u8]| {
        let (text, is_crlf) = match (line.strip_suffix(b"\r\n"), line.strip_suffix(b"\n")) {
            (Some(text), _) => (text, true),
            (None, Some(text)) => (text, false),
            // The end of the message.
            (None, None) => (line, has_cr),
        };
        is_crlf == has_cr && !text.iter().any(|&b| b.is_ascii_control() && b != b'\t')
    };
    let line_before = raw[..before].split_inclusive(|&b| b == b'\n').next_back();
    line_before.is_some_and(|line| line.ends_with(b"\r\n") != has_cr)
        || !body.split_inclusive(|&b| b == b'\n').all(ends_alike)
}

/// Whether this is the separator line of an mbox file.
fn is_mbox_line(line: &[u8]) -> bool {
    line.starts_with(b"From ") || line.starts_with(b">From ")
}

/// Whether there is a header field among the next lines, up to an empty one. After a line that is not a field, this
/// distinguishes a header that goes on from a body that begins without an empty line.
fn field_follows(raw: &[u8], offset: usize) -> bool {
    let lines = raw[offset..].split_inclusive(|&b| b == b'\n').take(20);
    lines.take_while(|line| !is_blank(line)).any(|line| name_of(line).is_some())
}

fn end_of_header(raw: &[u8], mut offset: usize) -> usize {
    while offset < raw.len() {
        let line = line_at(raw, offset);
        offset += line.len();
        if is_blank(line) {
            break;
        }
    }
    offset
}

fn line_at(raw: &[u8], offset: usize) -> &[u8] {
    let rest = raw.get(offset..).unwrap_or_default();
    let end = rest.iter().position(|&b| b == b'\n').map_or(rest.len(), |n| n + 1);
    &rest[..end]
}

fn is_blank(line: &[u8]) -> bool {
    !line.is_empty() && line.iter().all(|b| matches!(b, b'\r' | b'\n'))
}

/// Splits `Name: body` into the name, whether there is white space before the colon, and the offset of the body.
fn name_of(line: &[u8]) -> Option<(&str, bool, usize)> {
    let colon = line.iter().position(|&b| b == b':')?;
    let name = line[..colon].trim_ascii_end();
    let good = !name.is_empty() && name.len() <= 100 && name.iter().all(u8::is_ascii_graphic);
    let name = std::str::from_utf8(name).ok().filter(|_| good)?;
    Some((name, name.len() != colon, colon + 1))
}

/// Unfolds a field body (RFC 5322 section 2.2.3).
pub fn unfold(body: &[u8]) -> Cow<'_, [u8]> {
    let body = body.trim_ascii();
    if body.iter().any(|b| matches!(b, b'\r' | b'\n')) {
        Cow::Owned(body.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect())
    } else {
        Cow::Borrowed(body)
    }
}

/// A field body as text, encoded-words not yet decoded. 8-bit bytes are read as UTF-8, else in the charset `hint` (that of
/// the message's text), else in a detected one.
pub fn to_str(body: &[u8], hint: Option<&str>) -> String {
    let unfolded = unfold(body);
    let bytes = &unfolded[..unfolded.len().min(MAX_HEADER)];
    let charset = match (bytes.contains(&0x1b), bytes.is_ascii()) {
        (true, true) => Some("iso-2022-jp"),
        (false, true) => None,
        _ => hint,
    };
    charset::decode(bytes, charset).text
}

/// Whether the charset of a field body must be guessed: it has 8-bit bytes that are not UTF-8 (RFC 6532).
pub fn is_guessed(body: &[u8]) -> bool {
    std::str::from_utf8(body).is_err()
}

/// Decodes an unstructured field body: one line, encoded-words decoded, without invisible characters.
pub fn text(body: &[u8], hint: Option<&str>) -> String {
    clean(&decode_words(&to_str(body, hint)))
}

/// Cleans a text: one line of at most [`MAX_VALUE`] characters, trimmed, without invisible characters.
pub fn clean(text: &str) -> String {
    let visible = text.chars().filter_map(|c| match c {
        '\r' => None,
        '\n' | '\t' | '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{b}' | '\u{c}' => Some(' '),
        c if is_hidden(c) => None,
        c => Some(c),
    });
    let line: String = visible.take(MAX_VALUE).collect();
    line.trim().to_owned()
}

/// Whether a character is invisible but may change how others are displayed: controls, direction marks, soft hyphens and the
/// like.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// An encoded-word (RFC 2047 section 2), its payload decoded to bytes, with the text after it.
struct EncodedWord<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
    rest: &'a str,
}

/// Decodes all encoded-words, also those not separated from text or from each other. Neighbours in the same charset are
/// joined as bytes first, because many mail clients split inside of a character.
pub fn decode_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut pending: Option<(String, Vec<u8>)> = None;
    let mut rest = text;
    while let Some(start) = rest.find("=?") {
        let (before, tail) = rest.split_at(start);
        let Some(word) = read_word(tail) else {
            flush(&mut out, &mut pending);
            out.push_str(before);
            out.push_str("=?");
            rest = &tail[2..];
            continue;
        };
        if pending.is_none() || !before.trim().is_empty() {
            flush(&mut out, &mut pending);
            out.push_str(before);
        }
        match &mut pending {
            Some((charset, bytes)) if charset.eq_ignore_ascii_case(word.charset) && !is_stateful(charset) => {
                bytes.extend(word.bytes);
            }
            _ => {
                flush(&mut out, &mut pending);
                pending = Some((word.charset.to_owned(), word.bytes));
            }
        }
        rest = word.rest;
    }
    flush(&mut out, &mut pending);
    out.push_str(rest);
    out
}

/// Whether each encoded-word in this charset must be decoded on its own: ISO 2022 begins and ends in ASCII (RFC 1468).
fn is_stateful(charset: &str) -> bool {
    charset.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("iso-2022"))
}

fn flush(out: &mut String, pending: &mut Option<(String, Vec<u8>)>) {
    if let Some((charset, bytes)) = pending.take() {
        out.push_str(&charset::decode(&bytes, Some(&charset)).text);
    }
}

fn read_word(text: &str) -> Option<EncodedWord<'_>> {
    let (charset, tail) = text.strip_prefix("=?")?.split_once('?')?;
    let good = (1..=60).contains(&charset.len()) && charset.bytes().all(|b| b.is_ascii_graphic() && b != b'=');
    let (encoding, tail) = tail.split_once('?').filter(|(encoding, _)| good && encoding.len() == 1)?;
    let quoted = encoding.eq_ignore_ascii_case("q");
    if !quoted && !encoding.eq_ignore_ascii_case("b") {
        return None;
    }
    let end = end_of_word(tail, quoted)?;
    let (payload, rest) = (&tail[..end.0], &tail[end.1..]);
    let bytes = if quoted { transfer::q_word(payload.as_bytes()) } else { transfer::base64(payload.as_bytes()) };
    Some(EncodedWord { charset, bytes, rest })
}

/// The end of an encoded-word's payload, and the start of the text after it. A truncated word ends with the text, or before
/// the next word. None: no end, and it contains spaces, so it is not an encoded-word.
fn end_of_word(tail: &str, quoted: bool) -> Option<(usize, usize)> {
    let mut limit = tail.len().min(MAX_WORD);
    while !tail.is_char_boundary(limit) {
        limit -= 1;
    }
    let tail = &tail[..limit];
    let mut from = 0;
    while let Some(found) = tail[from..].find("?=") {
        let at = from + found;
        let after = &tail[at + 2..];
        // In Q encoding, "?=3D" is an unescaped question mark followed by an escaped byte.
        let digits = after.bytes().take(2).filter(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F')).count();
        if !(quoted && digits == 2 && after.contains("?=")) {
            return Some((at, at + 2));
        }
        from = at + 2;
    }
    let end = tail.find("=?").unwrap_or(tail.len());
    (!tail[..end].trim().contains(' ')).then_some((end, end))
}

#[cfg(test)]
mod tests {
    use super::{clean, decode_words, read};

    #[test]
    fn encoded_words_of_mail_clients() {
        for (text, decoded) in [
            ("=?utf-8?B?0J/RgNC40LLQtdGC?=", "Привет"),
            ("=?utf-8?Q?=D0=9F=D1=80?= =?UTF-8?B?0LjQstC10YI=?=", "Привет"),
            ("=?utf-8?Q?=D0=9F=D1?=\t=?utf-8?Q?=80?=!", "Пр!"),
            ("a =?utf-8?Q?b?= c", "a b c"),
            ("=?utf-8?q?a?==?koi8-r?b?w9HA?=", "aцяю"),
            ("=?utf-8?Q?why?=3F?=", "why??"),
            ("=?utf-8?Q?a b?=", "a b"),
            ("=?utf-8?B?0J/RgA", "Пр"),
            ("=?iso-2022-jp?B?GyRCRnwbKEI=?= =?iso-2022-jp?B?GyRCS1wbKEI=?=", "日本"),
            ("1 =? 2 ?= 3", "1 =? 2 ?= 3"),
            ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
            ("=??Q?a?=", "=??Q?a?="),
        ] {
            assert_eq!(decode_words(text), decoded, "{text}");
        }
    }

    #[test]
    fn clean_values_have_one_line_and_no_invisible_characters() {
        assert_eq!(clean(" a\r\nb\tc\u{202e}d\u{200b}e\x1b[m\0 "), "a b cde[m");
    }

    #[test]
    fn the_first_proper_field_counts() {
        let block = read(b"From : forged\nFROM: first\nFrom: second\n folded\nnonsense\nSubject:\n\nFrom: body");
        let values: Vec<&[u8]> = block.all("from").map(|f| f.body.trim_ascii()).collect();
        assert_eq!(values, [b"first".as_slice(), b"second\n folded"]);
        assert_eq!(block.first("Subject").map(<[u8]>::trim_ascii), Some(b"".as_slice()));
        assert_eq!(block.stray_lines, 1);
        assert_eq!(read(b"only : blank").first("Only"), Some(b" blank".as_slice()));
    }

    #[test]
    fn without_fields_everything_is_body() {
        for raw in ["just words\nFrom: not a header", "", "http"] {
            let block = read(raw.as_bytes());
            assert_eq!((block.fields.len(), block.body_start), (0, 0), "{raw:?}");
        }
    }

    #[test]
    fn a_body_may_begin_without_an_empty_line() {
        let block = read(b"Subject: words\nthe body begins\nat once\n\nand goes on: here");
        assert_eq!((block.fields.len(), block.body_start), (1, 15));
    }

    #[test]
    fn a_header_is_read_within_its_limits() {
        let many = "X: y\n".repeat(5_000) + "\nbody";
        let block = read(many.as_bytes());
        assert_eq!((block.fields.len(), block.cut, &many[block.body_start..]), (super::MAX_FIELDS, true, "body"));
        let large = format!("From: a@x.example\nX: {}\nY: z\n\nbody", "word ".repeat(100_000));
        let block = read(large.as_bytes());
        assert_eq!((block.cut, &large[block.body_start..]), (true, "body"));
        assert!(block.first("From").is_some());
    }
}
