//! One part of a message: its header read, its bytes still encoded.

use super::header::{self, Block};
use super::params::Parameterised;
use super::transfer::Encoding;

/// A part of a message, pointing into its raw bytes.
#[derive(Debug, Default)]
pub struct Part<'a> {
    /// Its number within the message, 0 the message itself.
    pub index: u32,
    /// Its header.
    pub header: Block<'a>,
    /// `Content-Type`; its value is empty when none is declared.
    pub content_type: Parameterised,
    /// `Content-Disposition`.
    pub disposition: Parameterised,
    /// How its bytes are encoded.
    pub encoding: Encoding,
    /// Its bytes, still encoded.
    pub body: &'a [u8],
    /// The parts of a multipart.
    pub children: Vec<Part<'a>>,
}

impl Part<'_> {
    /// The media type in lower case; text/plain where none is declared (RFC 2045 section 5.2).
    pub fn media_type(&self) -> &str {
        if self.content_type.value.is_empty() { "text/plain" } else { &self.content_type.value }
    }

    /// Whether it says that it holds parts.
    pub fn is_multipart(&self) -> bool {
        self.content_type.value.starts_with("multipart/")
    }

    /// `Content-ID` without angle brackets.
    pub fn content_id(&self) -> Option<String> {
        let id = header::text(self.header.first("Content-ID")?, None);
        let id = id.trim_matches(|c| matches!(c, '<' | '>' | ' ')).to_owned();
        (!id.is_empty()).then_some(id)
    }
}

/// The message as one part: its header, and all else as its body.
pub fn root_only(raw: &[u8]) -> Part<'_> {
    part(0, header::read(raw), raw)
}

/// A part without its children, from its bytes and the header that was read from them.
pub fn part<'a>(index: u32, header: Block<'a>, bytes: &'a [u8]) -> Part<'a> {
    let field = |name| header.first(name).map(|body| Parameterised::read(body, None)).unwrap_or_default();
    Part {
        index,
        content_type: field("Content-Type"),
        disposition: field("Content-Disposition"),
        encoding: header.first("Content-Transfer-Encoding").map(Encoding::from_field).unwrap_or_default(),
        body: &bytes[header.body_start.min(bytes.len())..],
        header,
        children: Vec::new(),
    }
}
