//! Raw bytes → [`Incoming`]. The only file that knows mail-parser.

use crate::model::Incoming;

/// Reads a raw message (RFC 5322, RFC 2045 ff.). Any bytes give a value; what is wrong with them is in its defects.
pub fn parse(raw: &[u8]) -> Incoming {
    let _ = raw;
    Incoming::default()
}

/// The decoded bytes of an attachment that [`parse`] found in the same raw message.
pub fn attachment(raw: &[u8], part: u32) -> Option<Vec<u8>> {
    let _ = (raw, part);
    None
}
