//! The content digest: equal for all deliveries of the same message.

use memchr::memchr_iter;
use sha2::{Digest as _, Sha256};

use super::header::{MimeHeader, unfold};
use crate::model::Digest;

/// Fields written by the author's mail client. Those added in transport (Received, Delivered-To, Return-Path, X-…) differ
/// between deliveries.
const AUTHOR_FIELDS: [&str; 11] = [
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

/// SHA-256 over the author's header fields in order, unfolded, white space reduced to single spaces; and over the body with
/// LF line ends and without empty lines at its end.
pub fn of_content(header: &MimeHeader<'_>, raw: &[u8]) -> Digest {
    let mut hash = Sha256::new();
    for field in &header.fields {
        let name = field.name.to_ascii_lowercase();
        if name.starts_with("content-") || AUTHOR_FIELDS.iter().any(|a| a.eq_ignore_ascii_case(&name)) {
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
    fn deliveries_of_one_message_have_the_same_digest() {
        let moved = MAIL.replace("Received: by a\n", "Return-Path: <a@x.example>\nX-Spam: no\nReceived: by b\n");
        for same in [MAIL.replace('\n', "\r\n"), moved, format!("{MAIL}\r\n\r\n"), MAIL.replace("one\n two", "one two")]
        {
            assert_eq!(digest(&same), digest(MAIL), "{same:?}");
        }
    }

    #[test]
    fn different_content_has_another_digest() {
        for other in [MAIL.replace("Bye", "bye"), MAIL.replace("one", "won"), MAIL.replace("Hello\n\n", "Hello\n")] {
            assert_ne!(digest(&other), digest(MAIL), "{other:?}");
        }
    }
}
