//! Describes attachments: safe file names, and media types from declaration and content.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

use super::facts;
use super::header;
use crate::model::{Attachment, Digest};

/// Longer names are cut before their extension, in bytes; file systems allow 255.
const MAX_NAME: usize = 200;

/// The declared properties of a part or an unpacked file.
#[derive(Debug, Default)]
pub struct Declared {
    /// The file name, decoded but not checked.
    pub name: Option<String>,
    /// The media type in lower case, not checked; may be empty.
    pub media_type: String,
    /// `Content-ID` without angle brackets.
    pub content_id: Option<String>,
    /// Whether `Content-Disposition` is `inline`.
    pub inline: bool,
}

/// Describes an attachment by its declared properties and its decoded bytes.
pub fn describe(part: u32, claims: Declared, bytes: &[u8]) -> Attachment {
    let name = claims.name.map(|name| safe_name(&name)).unwrap_or_default();
    let content_type = media_type(&claims.media_type, &name, bytes);
    Attachment {
        part,
        facts: facts::facts(&content_type, &name, bytes),
        verdict: facts::verdict(&claims.media_type, &content_type, &name, bytes),
        filename: name,
        inline: claims.inline && content_type.starts_with("image/"),
        is_torn: false,
        is_typed: None,
        content_type,
        size: bytes.len() as u64,
        sha256: Digest::of(bytes),
        content_id: claims.content_id,
    }
}

/// Names the unnamed attachments, and makes all names unique, ignoring case as some file systems do.
pub fn make_names_unique(attachments: &mut [Attachment]) {
    let mut taken = HashSet::new();
    for (position, attachment) in attachments.iter_mut().enumerate() {
        if attachment.filename.is_empty() {
            attachment.filename = format!("attachment-{}{}", position + 1, extension_for(&attachment.content_type));
        }
        let (stem, extension) = split_extension(&attachment.filename);
        let candidates = (2u32..).map(|n| format!("{stem} ({n}){extension}"));
        let free = std::iter::once(attachment.filename.clone())
            .chain(candidates)
            .find(|name| !taken.contains(&name.to_lowercase()))
            .unwrap_or_default();
        taken.insert(free.to_lowercase());
        attachment.filename = free;
    }
}

/// Makes a file name safe: without path, invisible characters, and characters and names that operating systems reserve. Empty
/// if nothing is left.
pub fn safe_name(name: &str) -> String {
    let visible: String = name.nfc().filter(|&c| !header::is_hidden(c)).collect();
    let path_like = visible.contains('\\') || visible.starts_with(['/', '.', '~']) || visible.contains("../");
    let last = if path_like { visible.rsplit(['/', '\\']).next().unwrap_or_default() } else { &visible };
    let plain: String = last
        .chars()
        .map(|c| match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect();
    let plain = plain.trim_start_matches(['.', ' ']).trim_end_matches(['.', ' ']);
    let plain = plain.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    let cut = shorten(&plain);
    if is_reserved(&cut) { format!("_{cut}") } else { cut }
}

/// Whether this is a device name of Windows, with any extension.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered =
        |device: &str| stem.strip_prefix(device).is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()));
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered("COM") || numbered("LPT")
}

fn shorten(name: &str) -> String {
    if name.len() <= MAX_NAME {
        return name.to_owned();
    }
    let (stem, extension) = split_extension(name);
    let mut end = MAX_NAME.saturating_sub(extension.len() + '…'.len_utf8());
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…{extension}", &stem[..end])
}

/// Splits a name into stem and extension with its dot; an extension has at most 15 bytes and no spaces.
fn split_extension(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= 16 && !name[dot..].contains(' ') => name.split_at(dot),
        _ => (name, ""),
    }
}

/// The media type: the declared one, unless it is generic or the content contradicts it.
fn media_type(declared: &str, name: &str, bytes: &[u8]) -> String {
    let declared = match declared {
        "image/jpg" | "image/pjpeg" => "image/jpeg",
        "image/x-png" => "image/png",
        "image/x-ms-bmp" | "image/x-bmp" => "image/bmp",
        "application/x-zip-compressed" | "application/x-zip" => "application/zip",
        "application/x-pdf" => "application/pdf",
        other => other,
    };
    // infer takes all PEM armour, also that of PGP, for a certificate.
    let sniffed = infer::get(bytes).map(|found| found.mime_type()).filter(|t| *t != "application/x-x509-ca-cert");
    let well_formed = declared.split_once('/').is_some_and(|(kind, sub)| !kind.is_empty() && !sub.is_empty());
    let generic = !well_formed
        || matches!(
            declared,
            "application/octet-stream"
                | "application/x-download"
                | "application/force-download"
                | "application/download"
                | "application/binary"
                | "application/x-unknown"
                | "application/x-msdownload"
                | "application/unknown"
                | "application/zip"
        );
    match sniffed {
        Some(sniffed) if generic && !sniffed.starts_with("text/") => refine(sniffed, name).to_owned(),
        Some(sniffed) if contradicts(sniffed, declared) => refine(sniffed, name).to_owned(),
        None if generic && name.is_empty() && is_plain_text(bytes) => "text/plain".to_owned(),
        _ if generic => by_extension(name).or(sniffed).unwrap_or("application/octet-stream").to_owned(),
        _ => declared.to_owned(),
    }
}

/// Whether the beginning of a file is lines of text: UTF-8 without control characters.
fn is_plain_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4 * 1024)];
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(cut) if cut.error_len().is_none() => std::str::from_utf8(&head[..cut.valid_up_to()]).unwrap_or_default(),
        Err(_) => return false,
    };
    let control = |c: char| c.is_control() && !matches!(c, '\t' | '\r' | '\n' | '\x1b' | '\x0c');
    text.contains('\n') && !text.contains(control)
}

/// Whether the content proves the declared type wrong. Containers (zip, OLE) and markup have too many legitimate types to
/// tell.
fn contradicts(sniffed: &str, declared: &str) -> bool {
    let kind = |t: &str| t.split('/').next().unwrap_or_default().to_owned();
    let telling = matches!(kind(sniffed).as_str(), "image" | "audio" | "video") || sniffed == "application/pdf";
    let plain =
        matches!(kind(declared).as_str(), "image" | "audio" | "video" | "text") || declared == "application/pdf";
    let executable = matches!(sniffed, "application/vnd.microsoft.portable-executable" | "application/x-executable");
    let same_family = kind(sniffed) == kind(declared);
    (plain && (telling || executable || sniffed == "application/zip") && !same_family && sniffed != declared)
        && declared != "image/svg+xml"
}

/// The type of a container by its extension: a .docx is detected as zip, a .xls as OLE.
fn refine<'a>(sniffed: &'a str, name: &str) -> &'a str {
    let container = matches!(sniffed, "application/zip" | "application/x-ole-storage" | "application/msword");
    if container { by_extension(name).unwrap_or(sniffed) } else { sniffed }
}

/// Common file extensions and their registered media types.
const EXTENSIONS: [(&str, &str); 37] = [
    (".txt", "text/plain"),
    (".log", "text/plain"),
    (".csv", "text/csv"),
    (".html", "text/html"),
    (".htm", "text/html"),
    (".xml", "text/xml"),
    (".json", "application/json"),
    (".yaml", "application/yaml"),
    (".yml", "application/yaml"),
    (".har", "application/json"),
    (".sql", "application/sql"),
    (".md", "text/markdown"),
    (".ics", "text/calendar"),
    (".vcf", "text/vcard"),
    (".eml", "message/rfc822"),
    (".msg", "application/vnd.ms-outlook"),
    (".pdf", "application/pdf"),
    (".rtf", "application/rtf"),
    (".doc", "application/msword"),
    (".xls", "application/vnd.ms-excel"),
    (".ppt", "application/vnd.ms-powerpoint"),
    (".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (".odt", "application/vnd.oasis.opendocument.text"),
    (".ods", "application/vnd.oasis.opendocument.spreadsheet"),
    (".zip", "application/zip"),
    (".gz", "application/gzip"),
    (".7z", "application/x-7z-compressed"),
    (".rar", "application/vnd.rar"),
    (".png", "image/png"),
    (".jpg", "image/jpeg"),
    (".jpeg", "image/jpeg"),
    (".gif", "image/gif"),
    (".svg", "image/svg+xml"),
    (".p7s", "application/pkcs7-signature"),
    (".p7m", "application/pkcs7-mime"),
];

fn by_extension(name: &str) -> Option<&'static str> {
    let (_, extension) = split_extension(name);
    EXTENSIONS.iter().find(|(e, _)| e.eq_ignore_ascii_case(extension)).map(|&(_, media_type)| media_type)
}

fn extension_for(media_type: &str) -> &'static str {
    EXTENSIONS.iter().find(|&&(_, t)| t == media_type).map_or(".bin", |&(extension, _)| extension)
}

#[cfg(test)]
mod tests {
    use super::{Declared, describe, make_names_unique, media_type, safe_name};

    #[test]
    fn names_are_made_safe() {
        let long = format!("{}.txt", "ы".repeat(300));
        for (name, safe) in [
            ("отчёт за март.pdf", "отчёт за март.pdf"),
            ("../../etc/cron.d/x", "x"),
            ("C:\\Users\\ivan\\log.txt", "log.txt"),
            ("/etc/passwd", "passwd"),
            ("1/2 листа.pdf", "1_2 листа.pdf"),
            ("a\r\nb\0c.txt", "abc.txt"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("con.txt", "_con.txt"),
            ("COM1", "_COM1"),
            ("..", ""),
            (".htaccess", "htaccess"),
            ("trailing. . ", "trailing"),
            ("a<b>:c|d?.txt", "a_b__c_d_.txt"),
            ("и\u{306}.txt", "й.txt"),
            ("  two   words.txt ", "two words.txt"),
        ] {
            assert_eq!(safe_name(name), safe, "{name:?}");
        }
        let cut = safe_name(&long);
        assert!(cut.len() <= 200 && cut.ends_with("ы….txt"), "{cut}");
    }

    #[test]
    fn names_become_unique() {
        let names = ["a.txt", "A.TXT", "", "a.txt", "a (2).txt"];
        let describe =
            |name: &str| describe(1, Declared { name: Some(name.to_owned()), ..Declared::default() }, b"text");
        let mut attachments: Vec<_> = names.into_iter().map(describe).collect();
        make_names_unique(&mut attachments);
        let names: Vec<_> = attachments.iter().map(|a| a.filename.as_str()).collect();
        assert_eq!(names, ["a.txt", "A (2).TXT", "attachment-3.bin", "a (3).txt", "a (2) (2).txt"]);
    }

    #[test]
    fn the_content_decides_over_generic_and_wrong_types() {
        let png: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        for (declared, name, bytes, found) in [
            ("application/octet-stream", "screen", png, "image/png"),
            ("image/jpeg", "screen.jpg", png, "image/jpeg"),
            ("text/plain", "screen.txt", png, "image/png"),
            ("image/png", "report.png", b"%PDF-1.7 ", "application/pdf"),
            ("application/octet-stream", "app.log", b"2026-11-21 ERROR x", "text/plain"),
            (
                "application/octet-stream",
                "plan.docx",
                b"PK\x03\x04............................",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
            (
                "application/vnd.ms-excel",
                "t.xls",
                b"PK\x03\x04............................",
                "application/vnd.ms-excel",
            ),
            ("image/jpg", "a.jpg", b"?", "image/jpeg"),
            ("", "", b"?", "application/octet-stream"),
            ("text/html", "page.html", b"<!DOCTYPE html><html>", "text/html"),
        ] {
            assert_eq!(media_type(declared, name, bytes), found, "{declared} {name}");
        }
    }
}
