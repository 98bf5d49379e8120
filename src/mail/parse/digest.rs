//! The content digest: one value for one message, however often and by whichever way it is delivered.

use memchr::memchr_iter;
use sha2::{Digest as _, Sha256};

use super::header::{Block, unfold};
use crate::model::Digest;

/// Fields that the author's program writes. Transport adds others (Received, Delivered-To, Return-Path, X-…), which differ by delivery.
const AUTHORS: [&str; 11] = [
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Date",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
];

/// SHA-256 over the author's header fields in their order, unfolded and with white space folded to one blank, and over the body with
/// line ends as LF and without the empty lines at its end.
pub fn of_content(header: &Block<'_>, raw: &[u8]) -> Digest {
    let mut hash = Sha256::new();
    for field in &header.fields {
        let name = field.name.to_ascii_lowercase();
        if name.starts_with("content-") || AUTHORS.iter().any(|a| a.eq_ignore_ascii_case(&name)) {
            hash.update(name.as_bytes());
            hash.update(b":");
            for word in unfold(field.body).split(u8::is_ascii_whitespace).filter(|w| !w.is_empty()) {
                hash.update(b" ");
                hash.update(word);
            }
            hash.update(b"\n");
        }
    }
    hash.update(b"\n");
    let mut empty_lines = 0;
    let body = &raw[header.body_start.min(raw.len())..];
    let mut from = 0;
    for end in memchr_iter(b'\n', body).chain([body.len()]) {
        let line = &body[from..end];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        from = end + 1;
        if line.is_empty() {
            empty_lines += 1;
            continue;
        }
        for _ in 0..std::mem::take(&mut empty_lines) {
            hash.update(b"\n");
        }
        hash.update(line);
        hash.update(b"\n");
    }
    Digest::from_bytes(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::super::header;
    use super::of_content;
    use crate::model::Digest;

    fn digest(raw: &str) -> Digest {
        of_content(&header::read(raw.as_bytes()), raw.as_bytes())
    }

    const MAIL: &str = "Received: by a\nFrom: a@x.example\nSubject: one\n two\n\nHello\n\nBye\n";

    #[test]
    fn one_message_has_one_digest_by_any_way() {
        let moved = MAIL.replace("Received: by a\n", "Return-Path: <a@x.example>\nX-Spam: no\nReceived: by b\n");
        for same in [MAIL.replace('\n', "\r\n"), moved, format!("{MAIL}\r\n\r\n"), MAIL.replace("one\n two", "one two")]
        {
            assert_eq!(digest(&same), digest(MAIL), "{same:?}");
        }
    }

    #[test]
    fn other_words_have_another_digest() {
        for other in [MAIL.replace("Bye", "bye"), MAIL.replace("one", "won"), MAIL.replace("Hello\n\n", "Hello\n")] {
            assert_ne!(digest(&other), digest(MAIL), "{other:?}");
        }
    }
}
