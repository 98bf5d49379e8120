//! Extracts uuencoded files (POSIX uuencode), which old mail clients put into the text.

use std::ops::Range;

/// A uuencoded file in a text.
#[derive(Debug, PartialEq)]
pub struct UuencodedFile<'a> {
    /// The name in the `begin` line.
    pub name: &'a [u8],
    /// The encoded lines between `begin` and `end`.
    pub body: &'a [u8],
    /// Its bytes in the text, `begin` and `end` lines included.
    pub range: Range<usize>,
}

/// Further files of a text are ignored.
const MAX_FILES: usize = 50;

/// Finds all complete uuencoded files in a text, in order, in linear time.
pub fn find(text: &[u8]) -> Vec<UuencodedFile<'_>> {
    let mut files = Vec::new();
    let mut open: Option<(usize, usize, &[u8])> = None;
    let mut offset = 0;
    for line in text.split_inclusive(|&b| b == b'\n') {
        let start = offset;
        offset += line.len();
        let content = line.trim_ascii_end();
        match open {
            None => open = begin(content).map(|name| (start, offset, name)),
            Some((from, body, name)) if content == b"end" => {
                files.push(UuencodedFile { name, body: &text[body..start], range: from..offset });
                open = None;
                if files.len() == MAX_FILES {
                    break;
                }
            }
            Some(_) if is_data(line) => {}
            Some(_) => open = begin(content).map(|name| (start, offset, name)),
        }
    }
    files
}

/// The name in a `begin 644 name` line; None: another line.
fn begin(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"begin ")?;
    let blank = rest.iter().position(|&b| b == b' ')?;
    let (mode, name) = (&rest[..blank], rest[blank + 1..].trim_ascii());
    let good = (3..=4).contains(&mode.len()) && mode.iter().all(|b| (b'0'..=b'7').contains(b)) && !name.is_empty();
    good.then_some(name)
}

/// Whether a line has at most the length that its first character states; spaces may be stripped, and a checksum may follow.
fn is_data(line: &[u8]) -> bool {
    let content = line.strip_suffix(b"\n").unwrap_or(line);
    let content = content.strip_suffix(b"\r").unwrap_or(content);
    let Some((&first, data)) = content.split_first() else { return false };
    let length = usize::from(first.wrapping_sub(b' ') & 0x3f);
    (b' '..=b'`').contains(&first)
        && data.len() <= length.div_ceil(3) * 4 + 2
        && data.iter().all(|b| (b' '..=b'`').contains(b))
}

/// Decodes the encoded lines of a file.
pub fn decode(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() / 4 * 3);
    for line in body.split(|&b| b == b'\n') {
        let Some((&first, data)) = line.strip_suffix(b"\r").unwrap_or(line).split_first() else { continue };
        let length = usize::from(first.wrapping_sub(b' ') & 0x3f);
        let end = out.len() + length;
        for group in data.chunks(4) {
            let value = |i: usize| u32::from(group.get(i).map_or(0, |b| b.wrapping_sub(b' ') & 0x3f));
            let word = value(0) << 18 | value(1) << 12 | value(2) << 6 | value(3);
            out.extend_from_slice(&word.to_be_bytes()[1..]);
        }
        out.truncate(end.min(out.len()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{decode, find};

    #[test]
    fn finds_files_between_words() {
        let text = b"See the log.\r\nbegin 644 app log.txt\r\n#0V%T\r\n`\r\nend\r\nBye\r\n";
        let files = find(text);
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].name, b"app log.txt");
        assert_eq!(decode(files[0].body), b"Cat");
        assert_eq!(&text[files[0].range.end..], b"Bye\r\n");
    }

    #[test]
    fn text_that_only_resembles_uuencode_stays_text() {
        for text in [
            "begin 644 a\nno data in here, only words of a letter\nend\n",
            "begin the work\nend\n",
            "begin 644 a\n#0V%T\n",
        ] {
            assert_eq!(find(text.as_bytes()), [], "{text}");
        }
    }
}
