//! Calls of mail-parser, which finds MIME parts, boundaries and rare charsets. The only file that uses the crate.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::{HeaderName, MessageParser, MessagePart, PartType, decoders::charsets::map::charset_decoder};

/// The position of a MIME part in the raw message.
pub struct ByteRange {
    /// The offset of its header.
    pub header: usize,
    /// The offset after its last byte.
    pub end: usize,
    /// The indices of the parts of a multipart.
    pub children: Vec<u32>,
}

/// The positions of all parts, the message itself first; None: mail-parser fails or panics.
///
/// Call it only after [`super::guard::check`]: deep nesting makes mail-parser overflow the stack, which aborts the process.
pub fn layout(raw: &[u8]) -> Option<Vec<ByteRange>> {
    // Without Content-Transfer-Encoding mail-parser decodes no part. `Encoding` does so, more leniently, for the parts that
    // are read.
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

/// The boundary in the body of a `Content-Type` field, as mail-parser reads it.
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
