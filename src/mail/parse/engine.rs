//! Calls of mail-parser, which knows rare charsets and lenient parameters. The only file that uses the crate.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::decoders::charsets::map::charset_decoder;

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
