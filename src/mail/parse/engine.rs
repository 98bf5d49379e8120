//! mail-parser, the MIME engine, and what is asked of it. The only file that knows the crate.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::{HeaderName, MessageParser, MessagePart, PartType, decoders::charsets::map::charset_decoder};

/// Where a part of a message stands in its bytes.
pub struct ByteRange {
    /// Where its header begins.
    pub header: usize,
    /// Where it ends.
    pub end: usize,
    /// Which parts it holds.
    pub children: Vec<u32>,
}

/// Where the parts of a message stand, the message itself first; none where mail-parser breaks on it.
///
/// The guard must have passed the message: mail-parser aborts the process on deep nesting.
pub fn layout(raw: &[u8]) -> Option<Vec<ByteRange>> {
    // As long as mail-parser does not read how the parts are encoded, it decodes none of them. `Encoding` does that, more
    // forgivingly, for those that are read.
    let parser = MessageParser::new().header_content_type(HeaderName::ContentType).default_header_ignore();
    let span = |part: &MessagePart<'_>| ByteRange {
        header: part.offset_header as usize,
        end: part.offset_end as usize,
        children: match &part.body {
            PartType::Multipart(children) => children.clone(),
            _ => Vec::new(),
        },
    };
    let parse = || parser.parse(raw).map(|message| message.parts.iter().map(span).collect());
    catch_unwind(AssertUnwindSafe(parse)).ok().flatten()
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
