//! Extracts the text of text attachments for the search index: logs, tables, HTML pages, attached messages.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::part::Part;
use super::{charset, decoded_bytes, facts, find, parse, strip_leading, structure};
use crate::mail::html;
use crate::model::{Attachment, FileFacts};

/// How much is read at the beginning of a file, and again at its end (where a log says what failed), in bytes.
const MOST_READ: usize = 128 * 1024;
/// How much text is taken from the files of one message, in bytes.
const MOST_TEXT: usize = 1024 * 1024;
/// How many text files of one message are read.
const MOST_FILES: usize = 32;
/// Larger attached messages are not read, in bytes.
const LARGEST_MESSAGE: u64 = 4 * 1024 * 1024;

/// Whether the attachment is read as text.
pub fn is_text(file: &Attachment) -> bool {
    match file.content_type.as_str() {
        "text/calendar" | "text/rfc822-headers" => false,
        "message/rfc822" => file.size <= LARGEST_MESSAGE,
        "application/json" | "application/yaml" | "application/sql" | "application/xml" => true,
        kind => kind.starts_with("text/") || matches!(file.facts, Some(FileFacts::Log { .. })),
    }
}

/// The texts of a message's text attachments, each with its position among all attachments, from 1. Of a large file only the
/// beginning and the end are read.
pub fn texts(raw: &[u8], files: &[Attachment]) -> Vec<(u32, String)> {
    // If a parser panics, the message is only not found by its files; everything else works.
    catch_unwind(AssertUnwindSafe(|| all_texts(raw, files))).unwrap_or_default()
}

fn all_texts(raw: &[u8], files: &[Attachment]) -> Vec<(u32, String)> {
    if !files.iter().any(is_text) {
        return Vec::new();
    }
    structure(strip_leading(raw), |tree, _| texts_in(&tree.root, files)).unwrap_or_default()
}

fn texts_in(root: &Part<'_>, files: &[Attachment]) -> Vec<(u32, String)> {
    let (mut texts, mut room) = (Vec::new(), MOST_TEXT);
    for (position, file) in (1..).zip(files).filter(|(_, file)| is_text(file)).take(MOST_FILES) {
        let text = text_of(root, file).unwrap_or_default();
        room = room.saturating_sub(text.len());
        if room == 0 {
            break;
        }
        texts.push((position, text));
    }
    texts
}

fn text_of(root: &Part<'_>, file: &Attachment) -> Option<String> {
    let bytes = decoded_bytes(root, file.part)?;
    let declared = find(root, file.part & 0xffff).and_then(|part| part.content_type.plain("charset"));
    Some(match file.content_type.as_str() {
        "message/rfc822" => {
            let mail = parse(&bytes);
            format!("{}\n{}", mail.subject, beginning(&mail.text, 2 * MOST_READ))
        }
        "text/html" => html::to_text(&decoded(&bytes[..bytes.len().min(MOST_READ)], declared).text),
        _ => both_ends(&bytes, declared),
    })
}

/// The text of a file; of a large one its beginning and its end, the latter from the start of a line on.
fn both_ends(bytes: &[u8], declared: Option<&str>) -> String {
    if bytes.len() <= 2 * MOST_READ {
        let text = decoded(bytes, declared).text;
        return if text.len() <= 2 * MOST_READ { text } else { ends_of(&text, &text) };
    }
    // An even offset, since UTF-16 has two-byte units.
    let (head, tail) = (&bytes[..MOST_READ], &bytes[(bytes.len() - MOST_READ) & !1..]);
    let head = decoded(head, declared);
    let tail = decoded(tail, Some(head.encoding).filter(|name| !name.is_empty()).or(declared));
    ends_of(&head.text, &tail.text)
}

fn ends_of(head: &str, tail: &str) -> String {
    let mut start = tail.len().saturating_sub(MOST_READ);
    while !tail.is_char_boundary(start) {
        start += 1;
    }
    let line = tail[start..].find('\n').map_or(0, |end| end + 1);
    format!("{}\n{}", beginning(head, MOST_READ), &tail[start + line..])
}

fn decoded(bytes: &[u8], declared: Option<&str>) -> charset::Decoded {
    charset::decode(bytes, if facts::is_utf16(bytes) { Some("utf-16") } else { declared })
}

fn beginning(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The extracted text of a message's only attachment.
    fn text(name: &str, content_type: &str, bytes: &[u8]) -> Option<String> {
        use base64::Engine as _;
        let base64 = base64::engine::general_purpose::STANDARD.encode(bytes);
        let raw = format!(
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the file.\r\n--b\r\nContent-Type: {content_type}\r\n\
             Content-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64}\r\n--b--\r\n"
        );
        let incoming = parse(raw.as_bytes());
        assert_eq!(incoming.attachments.len(), 1);
        texts(raw.as_bytes(), &incoming.attachments).pop().map(|(position, text)| {
            assert_eq!(position, 1);
            text
        })
    }

    #[test]
    fn logs_are_read_in_their_charset() {
        let log = "2026-11-20 09:58:12 запуск службы печати\n2026-11-20 09:58:13 остановка службы печати\n";
        let (cyrillic, ..) = encoding_rs::WINDOWS_1251.encode(log);
        let (dos, ..) = encoding_rs::IBM866.encode(log);
        let wide: Vec<u8> = log.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [log.as_bytes(), &cyrillic, &dos, &wide] {
            for (name, kind) in [("app.log", "text/plain"), ("app.log.1", "application/octet-stream")] {
                assert_eq!(text(name, kind, bytes).as_deref(), Some(log), "{name}");
            }
        }
    }

    #[test]
    fn of_a_large_log_the_beginning_and_the_end_are_read() {
        for unit in [1, 2] {
            let log = format!("начало\n{}\nконец\n", "2026-11-20 09:58:12 середина\n".repeat(40_000));
            let bytes: Vec<u8> = match unit {
                1 => log.into_bytes(),
                _ => log.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            };
            let text = text("app.log", "text/plain", &bytes).unwrap_or_default();
            assert!(text.starts_with("начало\n") && text.ends_with("середина\n\nконец\n"), "{unit}");
            assert!(text.len() <= 2 * MOST_READ + 1 && !text.contains('\u{fffd}'), "{}", text.len());
        }
    }

    #[test]
    fn pages_and_messages_are_converted_and_binary_files_are_skipped() {
        let page = "<html><style>p{}</style><p>Ошибка <b>печати</b></p></html>";
        assert_eq!(
            text("a.html", "text/html", page.as_bytes()).map(|t| t.trim().to_owned()),
            Some("Ошибка печати".into())
        );
        let mail = "Subject: =?utf-8?B?0J7RgtGH0ZHRgg==?=\r\nContent-Type: text/plain; charset=utf-8\r\n\
                    Content-Transfer-Encoding: base64\r\n\r\n0J3QtSDQv9C10YfQsNGC0LDQtdGC\r\n";
        assert_eq!(text("a.eml", "message/rfc822", mail.as_bytes()).as_deref(), Some("Отчёт\nНе печатает"));
        assert_eq!(text("a.csv", "text/csv", b"serial;MX-4471/b").as_deref(), Some("serial;MX-4471/b"));
        for kind in ["image/png", "application/pdf", "application/zip", "application/octet-stream"] {
            assert_eq!(text("a.bin", kind, b"words that are none"), None, "{kind}");
        }
    }
}
