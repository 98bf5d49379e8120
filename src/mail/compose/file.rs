//! Attachments of a letter: named MIME parts in base64, appended directly to the message.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::message::header::{ContentDisposition, ContentId, ContentTransferEncoding, ContentType, Headers};

use super::text::one_line;
use crate::mail::parse::safe_name;
use crate::model::SentFile;

/// Bytes of a file per base64 line of 76 characters (RFC 2045 section 6.8).
const LINE: usize = 57;

/// Image types that may be shown inline: mail clients display them, and they cannot hold scripts (as SVG can).
const PICTURES: [&str; 5] = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"];

/// An upper estimate of the bytes that these files add to a message.
pub fn encoded_size(files: &[SentFile]) -> u64 {
    let of_file = |file: &SentFile| file.size.div_ceil(LINE as u64).saturating_mul(78).saturating_add(1_200);
    files.iter().map(of_file).fold(0, u64::saturating_add)
}

/// Whether mail clients show the file as a picture.
pub fn is_picture(file: &SentFile) -> bool {
    PICTURES.contains(&media_type(&file.content_type).as_str())
}

/// Appends a file as a MIME part; with its Content-ID if it stands in the text.
pub fn append(message: &mut Vec<u8>, boundary: &str, file: &SentFile, content_id: Option<&str>, bytes: &[u8]) {
    let media_type = media_type(&file.content_type);
    let name = name(file);
    let mut headers = Headers::new();
    if let Some(id) = content_id {
        headers.set(ContentId::from(format!("<{id}>")));
    }
    headers.set(if (file.inline || content_id.is_some()) && is_picture(file) {
        ContentDisposition::inline_with_name(&name)
    } else {
        ContentDisposition::attachment(&name)
    });
    // Without a charset a text is US-ASCII (RFC 2046 4.1.2), and mail clients would garble a Russian log.
    let is_utf8 = media_type.starts_with("text/") && std::str::from_utf8(bytes).is_ok();
    let full_type = if is_utf8 { format!("{media_type}; charset=utf-8") } else { media_type };
    headers.set(ContentType::parse(&full_type).unwrap_or_else(|_| octets()));
    headers.set(ContentTransferEncoding::Base64);
    message.extend_from_slice(format!("--{boundary}\r\n{headers}\r\n").as_bytes());
    for line in bytes.chunks(LINE) {
        let mut encoded = [0; 76];
        // Cannot fail: 57 bytes become 76 characters.
        let length = STANDARD.encode_slice(line, &mut encoded).unwrap_or(0);
        message.extend_from_slice(&encoded[..length]);
        message.extend_from_slice(b"\r\n");
    }
}

/// The declared media type, if it is well-formed; `application/octet-stream` otherwise and for `message/*` and `multipart/*`,
/// for which RFC 2045 section 6.4 forbids base64.
fn media_type(declared: &str) -> String {
    let token =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b));
    let declared = declared.to_ascii_lowercase();
    match declared.split_once('/') {
        Some(("message" | "multipart", _)) => OCTETS.to_owned(),
        Some((kind, sub)) if token(kind) && token(sub) && declared.len() <= 127 => declared,
        _ => OCTETS.to_owned(),
    }
}

const OCTETS: &str = "application/octet-stream";

fn octets() -> ContentType {
    ContentType::parse(OCTETS).expect("the type is constant and well-formed")
}

/// A safe file name. A message gets the extension `.eml`, by which mail clients open it.
fn name(file: &SentFile) -> String {
    let name = safe_name(&one_line(&file.filename));
    let name = if name.is_empty() { "file".to_owned() } else { name };
    let is_mail = file.content_type.eq_ignore_ascii_case("message/rfc822");
    if is_mail && !name.to_ascii_lowercase().ends_with(".eml") { format!("{name}.eml") } else { name }
}
