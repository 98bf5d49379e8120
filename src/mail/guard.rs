//! A look for bombs before the MIME library sees a message: it aborts the process on deep nesting and spends much memory on many
//! parts (measured: RELIABILITY 2.5). One pass, linear in the size; what it cannot tell for sure it counts.

use super::transfer::{self, Encoding};
use super::{mime, split};

/// Bytes of one header.
const MAX_HEADER: usize = 256 * 1024;
/// Lines of one header.
const MAX_HEADER_LINES: usize = 1_000;
/// Lines of all headers together.
const MAX_ALL_HEADER_LINES: usize = 20_000;
/// Multiparts declared.
const MAX_MULTIPARTS: usize = 50;
/// Places where any declared boundary stands.
const MAX_BOUNDARIES: usize = 1_000;
/// Parts that may be messages.
const MAX_MESSAGES: usize = 50;
/// Messages in base64 or quoted-printable (RFC 2046 section 5.2.1 forbids them), each read once more.
const MAX_ENCODED_MESSAGES: usize = 3;

/// Types whose parts cannot nest. Whatever else a `Content-Type` says is counted as a message, so that no spelling of
/// `message/rfc822` slips through.
const FLAT: [&str; 7] = ["text/", "image/", "application/", "audio/", "video/", "font/", "multipart/"];

/// What may be done with a message.
#[derive(Debug, PartialEq)]
pub enum Verdict {
    /// mail-parser may find its parts.
    Sound,
    /// A boundary also stands where it delimits nothing, which mail-parser would not notice.
    Misleading,
    /// A limit is exceeded: which one, in words for the operator.
    Exceeded(String),
}

/// Looks a message through.
pub fn judge(raw: &[u8]) -> Verdict {
    let mut scan = Scan::default();
    match scan.run(raw) {
        Err(limit) => Verdict::Exceeded(format!("its structure exceeds a limit: more than {limit}")),
        Ok(()) if scan.misleading => Verdict::Misleading,
        Ok(()) => Verdict::Sound,
    }
}

#[derive(Default)]
struct Scan {
    boundaries: Vec<Vec<u8>>,
    header_lines: usize,
    boundary_hits: usize,
    messages: usize,
    encoded_messages: usize,
    digest: bool,
    misleading: bool,
}

/// What one header has said so far.
#[derive(Default)]
struct Header {
    bytes: usize,
    lines: usize,
    message: bool,
    typed: bool,
    encoding: Encoding,
}

impl Scan {
    fn run(&mut self, raw: &[u8]) -> Result<(), String> {
        let mut header = Some(Header::default());
        let mut offset = 0;
        while offset < raw.len() {
            let end = raw[offset..].iter().position(|&b| b == b'\n').map_or(raw.len(), |n| offset + n + 1);
            let line = &raw[offset..end];
            if self.hits_boundary(line)? {
                header = Some(Header::default());
            } else if let Some(open) = header.as_mut() {
                if line.iter().all(|b| matches!(b, b'\r' | b'\n')) {
                    header = self.after(header.take().unwrap_or_default(), &raw[end..])?;
                } else {
                    self.count_line(open, line.len())?;
                }
            }
            if let Some(value) = content_type(line) {
                let field = &raw[end - value.len()..field_end(raw, end)];
                self.content_type(field, header.as_mut())?;
            } else if let Some(open) = header.as_mut()
                && let Some(value) = value_of(line, b"content-transfer-encoding")
                && Encoding::from_field(value) != Encoding::Identity
            {
                open.encoding = Encoding::from_field(value);
            }
            offset = end;
        }
        Ok(())
    }

    fn count_line(&mut self, header: &mut Header, bytes: usize) -> Result<(), String> {
        header.bytes += bytes;
        header.lines += 1;
        self.header_lines += 1;
        within(header.bytes, MAX_HEADER, "bytes in one header")?;
        within(header.lines, MAX_HEADER_LINES, "lines in one header")?;
        within(self.header_lines, MAX_ALL_HEADER_LINES, "header lines")
    }

    /// What follows the empty line behind a header: another header when the part may be a message.
    fn after(&mut self, header: Header, rest: &[u8]) -> Result<Option<Header>, String> {
        let message = header.message || (self.digest && !header.typed);
        if message && header.encoding != Encoding::Identity {
            self.encoded_messages += 1;
            within(self.encoded_messages, MAX_ENCODED_MESSAGES, "encoded messages")?;
            let encoded = if header.encoding == Encoding::Base64 { base64_run(rest) } else { rest };
            let decoded = match header.encoding {
                Encoding::Base64 => transfer::base64(encoded),
                _ => transfer::quoted_printable(encoded),
            };
            self.run(&decoded)?;
        }
        Ok(message.then(Header::default))
    }

    fn content_type(&mut self, field: &[u8], header: Option<&mut Header>) -> Result<(), String> {
        let value = String::from_utf8_lossy(field).trim().to_ascii_lowercase();
        let flat = FLAT.iter().any(|flat| value.starts_with(flat));
        if value.starts_with("multipart/") || !flat {
            self.digest |= value.contains("digest");
            self.boundaries.extend(mime::boundary(field).filter(|b| !b.is_empty()));
            within(self.boundaries.len(), MAX_MULTIPARTS, "multiparts")?;
        }
        if !flat {
            self.messages += 1;
            within(self.messages, MAX_MESSAGES, "messages inside of it")?;
        }
        if let Some(header) = header {
            header.message |= !flat;
            header.typed = true;
        }
        Ok(())
    }

    /// Counts boundaries wherever they stand in a line, as mail-parser finds them.
    fn hits_boundary(&mut self, line: &[u8]) -> Result<bool, String> {
        let mut hit = false;
        for at in line.windows(2).enumerate().filter(|(_, pair)| pair == b"--").map(|(at, _)| at + 2) {
            for boundary in self.boundaries.iter().filter(|boundary| line[at..].starts_with(boundary)) {
                hit = true;
                self.boundary_hits += 1;
                self.misleading |= at > 2 || split::delimiter(line, boundary).is_none();
            }
            within(self.boundary_hits, MAX_BOUNDARIES, "parts")?;
        }
        Ok(hit)
    }
}

fn within(count: usize, limit: usize, what: &str) -> Result<(), String> {
    if count > limit { Err(format!("{limit} {what}")) } else { Ok(()) }
}

fn content_type(line: &[u8]) -> Option<&[u8]> {
    value_of(line, b"content-type")
}

/// The value of a field of this name, however blanks and colons stand around and inside of the name.
fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut wanted = name.iter();
    let mut started = false;
    for (at, byte) in line.iter().enumerate().take(200) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\x0c' | b'\x0b' => {}
            b':' if !started => {}
            b':' => return wanted.next().is_none().then(|| &line[at + 1..]),
            byte if wanted.next() == Some(&byte.to_ascii_lowercase()) => started = true,
            _ => return None,
        }
    }
    None
}

/// Where a field ends that began on the line before `offset`: its folded lines belong to it, up to a sane length.
fn field_end(raw: &[u8], offset: usize) -> usize {
    let mut end = offset;
    while matches!(raw.get(end), Some(b' ' | b'\t')) && end - offset < 8 * 1024 {
        end = raw[end..].iter().position(|&b| b == b'\n').map_or(raw.len(), |n| end + n + 1);
    }
    end
}

/// The bytes up to the first that base64 cannot hold.
fn base64_run(rest: &[u8]) -> &[u8] {
    let stray = |b: &u8| !(b.is_ascii_alphanumeric() || b.is_ascii_whitespace() || matches!(b, b'+' | b'/' | b'='));
    &rest[..rest.iter().position(stray).unwrap_or(rest.len())]
}

#[cfg(test)]
mod tests {
    use super::{Verdict, judge};

    #[test]
    fn ordinary_mail_passes() {
        let dashes = "--\n".repeat(100_000);
        let log = "2026-11-21 message digest ---- Content: rfc822\n".repeat(20_000);
        for body in [dashes, log, "word ".repeat(100_000)] {
            let raw = format!("From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n{body}\n--b--\n");
            assert_eq!(judge(raw.as_bytes()), Verdict::Sound);
        }
    }

    #[test]
    fn each_bomb_is_seen() {
        let nested = |field: &str| format!("{field}\n\n").repeat(10_000);
        let encoded = {
            use base64::Engine as _;
            let inner = base64::engine::general_purpose::STANDARD.encode(nested("Content-Type: message/rfc822"));
            format!("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{inner}")
        };
        let multiparts: String =
            (0..60).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}x\n\n--b{n}x\n")).collect();
        let parts = format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\n\n".repeat(2_000));
        let one_line = format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b".repeat(2_000));
        for (bomb, what) in [
            (nested("Content-Type: message/rfc822"), "messages"),
            (nested("content-type :message/global"), "messages"),
            (nested(" Content -Type:\n message/rfc822"), "messages"),
            (nested("Content-Type: (text/plain)message/rfc822"), "messages"),
            (encoded, "messages"),
            (multiparts, "multiparts"),
            (parts, "parts"),
            (one_line, "parts"),
            ("X: y\n".repeat(2_000), "lines in one header"),
            (format!("Subject: {}\n", "x".repeat(300_000)), "bytes in one header"),
        ] {
            match judge(bomb.as_bytes()) {
                Verdict::Exceeded(limit) => assert!(limit.contains(what), "{what}: {limit}"),
                verdict => panic!("{what}: {verdict:?}"),
            }
        }
    }
}
