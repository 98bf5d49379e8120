//! A look for bombs before the MIME library sees a message: it aborts the process on deeply nested messages, spends much
//! memory on many parts, and takes a boundary wherever it stands. One pass, linear in the size; in doubt it counts.

use memchr::{memchr, memchr_iter};

use super::{engine, split};

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

/// Types whose parts mail-parser does not look into. Whatever else a `Content-Type` says is taken for a message, so that no
/// spelling of `message/rfc822` slips through.
const FLAT: [&str; 7] = ["text/", "image/", "application/", "audio/", "video/", "font/", "multipart/"];

/// What may be done with a message.
#[derive(Debug, PartialEq)]
pub enum GuardVerdict {
    /// mail-parser may find its parts.
    Sound,
    /// mail-parser would go astray: there are messages inside, which it enters without a limit, or a boundary also stands
    /// where it delimits nothing.
    Misleading,
    /// A limit is exceeded: which one, in words for the operator.
    Exceeded(String),
}

/// Looks a message through.
pub fn judge(raw: &[u8]) -> GuardVerdict {
    let mut scan = Scan::default();
    match scan.run(raw) {
        Err(limit) => GuardVerdict::Exceeded(format!("its structure exceeds a limit: more than {limit}")),
        Ok(()) if scan.misleading => GuardVerdict::Misleading,
        Ok(()) => GuardVerdict::Sound,
    }
}

#[derive(Default)]
struct Scan {
    boundaries: Vec<Vec<u8>>,
    boundary_hits: usize,
    header_lines: usize,
    misleading: bool,
}

impl Scan {
    fn run(&mut self, raw: &[u8]) -> Result<(), String> {
        // Bytes and lines of the header that we are in.
        let mut header = Some((0, 0));
        let mut offset = 0;
        while offset < raw.len() {
            let end = memchr(b'\n', &raw[offset..]).map_or(raw.len(), |at| offset + at + 1);
            let line = &raw[offset..end];
            offset = end;
            if self.hits_boundary(line)? {
                header = Some((0, 0));
            } else if line.iter().all(|b| matches!(b, b'\r' | b'\n')) {
                header = None;
            } else if let Some((bytes, lines)) = &mut header {
                *bytes += line.len();
                *lines += 1;
                self.header_lines += 1;
                within(*bytes, MAX_HEADER, "bytes in one header")?;
                within(*lines, MAX_HEADER_LINES, "lines in one header")?;
                within(self.header_lines, MAX_ALL_HEADER_LINES, "header lines")?;
            }
            if let Some(value) = content_type(line) {
                self.content_type(&raw[offset - value.len()..field_end(raw, offset)])?;
            }
        }
        Ok(())
    }

    fn content_type(&mut self, field: &[u8]) -> Result<(), String> {
        let value = String::from_utf8_lossy(field).trim().to_ascii_lowercase();
        let flat = FLAT.iter().any(|flat| value.starts_with(flat));
        self.misleading |= !flat || value.contains("digest");
        if value.starts_with("multipart/") || !flat {
            self.boundaries.extend(engine::boundary(field).filter(|b| !b.is_empty()));
        }
        within(self.boundaries.len(), MAX_MULTIPARTS, "multiparts")
    }

    /// Counts boundaries wherever they stand in a line, as mail-parser finds them.
    fn hits_boundary(&mut self, line: &[u8]) -> Result<bool, String> {
        let mut hit = false;
        if self.boundaries.is_empty() {
            return Ok(hit);
        }
        for at in memchr_iter(b'-', line).filter(|at| line.get(at + 1) == Some(&b'-')).map(|at| at + 2) {
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

/// The value of a `Content-Type` field, however blanks and colons stand around and inside of its name.
fn content_type(line: &[u8]) -> Option<&[u8]> {
    let mut wanted = b"content-type".iter();
    let mut started = false;
    for (at, byte) in line.iter().enumerate() {
        match byte {
            byte if byte.is_ascii_whitespace() => {}
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

#[cfg(test)]
mod tests {
    use super::{GuardVerdict, judge};

    #[test]
    fn ordinary_mail_passes() {
        let dashes = "--\n".repeat(100_000);
        let log = "2026-11-21 message digest ---- Content: rfc822\n".repeat(20_000);
        for body in [dashes, log, "word ".repeat(100_000)] {
            let raw = format!("From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n{body}\n--b--\n");
            assert_eq!(judge(raw.as_bytes()), GuardVerdict::Sound);
        }
    }

    #[test]
    fn what_leads_mail_parser_astray_is_seen() {
        let multipart = "Content-Type: multipart/mixed; boundary=b\n\n--b\n";
        for part in [
            "\n--b2\n",
            "\nwords --b words\n",
            "Content-Type: message/rfc822\n\n",
            "CONTENT -type :\n\tmessage/global\n\n",
        ] {
            assert_eq!(judge(format!("{multipart}{part}--b--\n").as_bytes()), GuardVerdict::Misleading, "{part:?}");
        }
        let hidden = format!("{}:Content-Type: (text/plain) message/rfc822\n\n", " ".repeat(1_000));
        assert_eq!(judge(hidden.as_bytes()), GuardVerdict::Misleading);
    }

    #[test]
    fn each_limit_holds() {
        let multiparts: String =
            (0..60).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}x\n\n--b{n}x\n")).collect();
        let multipart = "Content-Type: multipart/mixed; boundary=b\n\n";
        for (bomb, what) in [
            (multiparts, "multiparts"),
            (format!("{multipart}{}", "--b\n\n\n".repeat(2_000)), "parts"),
            (format!("{multipart}{}", "--b".repeat(2_000)), "parts"),
            (format!("{multipart}{}", ("--b\n".to_owned() + &"X: y\n".repeat(500) + "\n").repeat(50)), "header lines"),
            ("X: y\n".repeat(2_000), "lines in one header"),
            (format!("Subject: {}\n", "x".repeat(300_000)), "bytes in one header"),
        ] {
            match judge(bomb.as_bytes()) {
                GuardVerdict::Exceeded(limit) => assert!(limit.ends_with(what), "{what}: {limit}"),
                verdict => panic!("{what}: {verdict:?}"),
            }
        }
    }
}
