//! The parts of a message (RFC 2045, RFC 2046). The only file that knows mail-parser: it finds the parts, we read what is in them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::{HeaderName, Message, MessageParser, PartType, decoders::charsets::map::charset_decoder};

use super::header::{self, Block};
use super::params::Parameterised;
use super::split;
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

/// The parts of a message as mail-parser finds them; as [`split`] does, when mail-parser would be misled or breaks on it.
///
/// The guard must have passed the message: mail-parser aborts the process on deep nesting.
pub fn tree(raw: &[u8], misleading: bool) -> Part<'_> {
    // We take only where the parts stand. As long as mail-parser does not read how they are encoded, it decodes none of them;
    // `Encoding` does that, more forgivingly, for those that are read.
    let parser = MessageParser::new().header_content_type(HeaderName::ContentType).default_header_ignore();
    let parse = || parser.parse(raw).map(|message| layout(&message));
    let found = if misleading { None } else { catch_unwind(AssertUnwindSafe(parse)).ok() };
    let root = root_only(raw);
    let found = found.flatten().map(|layout| children(raw, &layout, 0, 0)).unwrap_or_default();
    // mail-parser also finds nothing where the type is declared twice or the boundary is not declared.
    let children = if found.is_empty() { split::children(&root, &mut 1, 0) } else { found };
    Part { children, ..root }
}

/// The message as one part: its header, and all else as its body.
pub fn root_only(raw: &[u8]) -> Part<'_> {
    part(0, header::read(raw), raw)
}

/// Where a part stands.
struct Span {
    header: usize,
    end: usize,
    children: Vec<u32>,
}

fn layout(message: &Message<'_>) -> Vec<Span> {
    let span = |part: &mail_parser::MessagePart<'_>| Span {
        header: part.offset_header as usize,
        end: part.offset_end as usize,
        children: match &part.body {
            PartType::Multipart(children) => children.clone(),
            _ => Vec::new(),
        },
    };
    message.parts.iter().map(span).collect()
}

fn children<'a>(raw: &'a [u8], layout: &[Span], parent: u32, depth: u32) -> Vec<Part<'a>> {
    // Children come after their parent, so that no part can hold itself; the guard has bounded the depth.
    let own = layout
        .get(parent as usize)
        .map(|span| span.children.as_slice())
        .unwrap_or_default()
        .iter()
        .filter(|&&child| child > parent && depth < 100);
    let read = |&child: &u32| {
        let span = layout.get(child as usize)?;
        let bytes = raw.get(span.header..span.end.max(span.header))?;
        let mut part = part(child, header::read(bytes), bytes);
        part.children = children(raw, layout, child, depth + 1);
        Some(part)
    };
    own.filter_map(read).collect()
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

/// The boundary that mail-parser reads from a `Content-Type` field body.
pub fn boundary(field_body: &[u8]) -> Option<Vec<u8>> {
    let parse = || {
        let value = mail_parser::parsers::MessageStream::new(field_body).parse_content_type();
        value.as_content_type().and_then(|ct| ct.attribute("boundary").map(|b| b.as_bytes().to_vec()))
    };
    catch_unwind(AssertUnwindSafe(parse)).ok().flatten()
}

/// Decodes a charset that encoding_rs lacks, such as code page 850, by mail-parser's tables.
pub fn decode_rare_charset(bytes: &[u8], label: &str) -> Option<String> {
    let decoder = charset_decoder(label.as_bytes())?;
    catch_unwind(AssertUnwindSafe(|| decoder(bytes))).ok()
}
