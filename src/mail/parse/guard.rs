//! Checks a message's structure against limits before it is split into parts: many parts take much memory, and deep nesting
//! much time. One pass, in linear time; counts rather too much than too little.

use memchr::{memchr, memchr_iter};

use super::engine;

/// Limit for one header, in bytes.
const MAX_HEADER: usize = 256 * 1024;
/// Limit for one header, in lines.
const MAX_HEADER_LINES: usize = 1_000;
/// Limit for all headers together, in lines.
const MAX_ALL_HEADER_LINES: usize = 20_000;
/// Limit for declared multiparts.
const MAX_MULTIPARTS: usize = 50;
/// Limit for occurrences of declared boundaries.
const MAX_BOUNDARIES: usize = 1_000;

/// Types whose boundary delimits nothing. All others count as multiparts, so that no spelling of one is missed.
const FLAT: [&str; 6] = ["text/", "image/", "application/", "audio/", "video/", "font/"];

/// Checks a message; an error names the limit that it exceeds, for the operator.
pub fn check(raw: &[u8]) -> Result<(), String> {
    let within = Scan::default().run(raw);
    within.map_err(|limit| format!("its structure exceeds a limit: more than {limit}"))
}

#[derive(Default)]
struct Scan {
    boundaries: Vec<Vec<u8>>,
    boundary_hits: usize,
    header_lines: usize,
}

impl Scan {
    fn run(&mut self, raw: &[u8]) -> Result<(), String> {
        // Bytes and lines of the current header; None in a body.
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
        if !FLAT.iter().any(|flat| value.starts_with(flat)) {
            self.boundaries.extend(engine::boundary(field).filter(|b| !b.is_empty()));
        }
        within(self.boundaries.len(), MAX_MULTIPARTS, "multiparts")
    }

    /// Counts the boundaries in a line at any position.
    fn hits_boundary(&mut self, line: &[u8]) -> Result<bool, String> {
        let mut hit = false;
        if self.boundaries.is_empty() {
            return Ok(hit);
        }
        for at in memchr_iter(b'-', line).filter(|at| line.get(at + 1) == Some(&b'-')).map(|at| at + 2) {
            let hits = self.boundaries.iter().filter(|boundary| line[at..].starts_with(boundary)).count();
            hit |= hits > 0;
            self.boundary_hits += hits;
            within(self.boundary_hits, MAX_BOUNDARIES, "parts")?;
        }
        Ok(hit)
    }
}

fn within(count: usize, limit: usize, what: &str) -> Result<(), String> {
    if count > limit { Err(format!("{limit} {what}")) } else { Ok(()) }
}

/// The value of a `Content-Type` field, even with white space and colons before and inside of its name.
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

/// The end of a field whose first line ends at `offset`, with its folded lines, of which about 8 KiB are read.
fn field_end(raw: &[u8], offset: usize) -> usize {
    let mut end = offset;
    while matches!(raw.get(end), Some(b' ' | b'\t')) && end - offset < 8 * 1024 {
        end = raw[end..].iter().position(|&b| b == b'\n').map_or(raw.len(), |n| end + n + 1);
    }
    end
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn ordinary_mail_passes() {
        let dashes = "--\n".repeat(100_000);
        let log = "2026-11-21 message digest ---- Content: rfc822\n".repeat(20_000);
        for body in [dashes, log, "word ".repeat(100_000)] {
            let raw = format!("From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n{body}\n--b--\n");
            assert_eq!(check(raw.as_bytes()), Ok(()));
        }
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
            let exceeded = check(bomb.as_bytes());
            assert!(exceeded.as_ref().is_err_and(|limit| limit.ends_with(what)), "{what}: {exceeded:?}");
        }
    }
}
