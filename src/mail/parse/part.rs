//! A MIME part: header parsed, body still encoded.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem;

use super::header::{self, MimeHeader};
use super::params::Parameterised;
use super::transfer::Encoding;
use super::undeclared;

/// A MIME part, borrowed from the raw message.
#[derive(Debug, Default)]
pub struct Part<'a> {
    /// Its index in the message; 0 is the message itself.
    pub index: u32,
    /// Where it stands in the message, its header included.
    pub range: Range<usize>,
    /// Its header.
    pub header: MimeHeader<'a>,
    /// `Content-Type`; its value is empty if none is declared.
    pub content_type: Parameterised,
    /// `Content-Disposition`.
    pub disposition: Parameterised,
    /// `Content-Transfer-Encoding`.
    pub encoding: Encoding,
    /// The body, still encoded.
    pub body: &'a [u8],
    /// The parts of a multipart.
    pub children: Vec<Part<'a>>,
}

impl Part<'_> {
    /// The media type in lower case; `text/plain` if none is declared (RFC 2045 section 5.2).
    pub fn media_type(&self) -> &str {
        if self.content_type.value.is_empty() { "text/plain" } else { &self.content_type.value }
    }

    /// Whether it is declared as a multipart.
    pub fn is_multipart(&self) -> bool {
        self.content_type.value.starts_with("multipart/")
    }

    /// Its decoded content, and what was wrong with its declared encoding, if anything. What a text part without a file name
    /// does not declare is found out.
    pub fn content(&self) -> (Cow<'_, [u8]>, Option<&'static str>) {
        let is_text = self.media_type().starts_with("text/") && self.disposition.value != "attachment";
        if is_text && self.disposition.plain("filename").is_none() {
            return self.encoding.decode_text(self.body);
        }
        let content = self.encoding.decode(self.body);
        // A file in base64 without a declaration, told by its first bytes.
        let undeclared = matches!(content, Cow::Borrowed(_)).then(|| undeclared::file(&content)).flatten();
        (undeclared.map_or(content, Cow::Owned), None)
    }

    /// `Content-ID` without angle brackets; None: missing or empty.
    pub fn content_id(&self) -> Option<String> {
        let id = header::text(self.header.first("Content-ID")?, None);
        let id = id.trim_matches(|c| matches!(c, '<' | '>' | ' ')).to_owned();
        (!id.is_empty()).then_some(id)
    }
}

/// The whole message as a single part.
pub fn root_only(raw: &[u8]) -> Part<'_> {
    part(0, header::read(raw), raw)
}

/// Makes a part without children from its bytes and the header parsed from them.
pub fn part<'a>(index: u32, header: MimeHeader<'a>, bytes: &'a [u8]) -> Part<'a> {
    let field = |name| header.first(name).map(|body| Parameterised::read(body, None)).unwrap_or_default();
    let body = &bytes[header.body_start.min(bytes.len())..];
    Part {
        index,
        range: 0..bytes.len(),
        content_type: content_type(&header, body),
        disposition: field("Content-Disposition"),
        encoding: header.first("Content-Transfer-Encoding").map(Encoding::from_field).unwrap_or_default(),
        body,
        header,
        children: Vec::new(),
    }
}

/// Further `Content-Type` fields of a part are not looked at.
const MOST_TYPES: usize = 4;

/// The first `Content-Type`; a later one if only that is a multipart and its boundary is in the body: a program in between may
/// have added the other.
fn content_type(header: &MimeHeader<'_>, body: &[u8]) -> Parameterised {
    let mut types = header.all("Content-Type").take(MOST_TYPES).map(|field| Parameterised::read(field.body, None));
    let first = types.next().unwrap_or_default();
    let splits = |other: &Parameterised| {
        let boundary = other.plain("boundary").filter(|boundary| !boundary.is_empty());
        other.value.starts_with("multipart/")
            && boundary.is_some_and(|boundary| memmem::find(body, format!("--{boundary}").as_bytes()).is_some())
    };
    if first.value.starts_with("multipart/") { first } else { types.find(splits).unwrap_or(first) }
}
