//! Escapes of a mark and two hexadecimal digits: those of quoted-printable and those of URLs.

/// Decodes percent escapes (RFC 3986 section 2.1, RFC 2231 section 4).
pub fn percent(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    escapes(bytes, b'%', &mut out);
    out
}

/// Decodes escapes of `mark` and two hexadecimal digits; a mark without them stays.
pub fn escapes(bytes: &[u8], mark: u8, out: &mut Vec<u8>) {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|&b| b == mark) {
        out.extend_from_slice(&rest[..at]);
        let hex = |i: usize| rest.get(at + i).and_then(|&b| char::from(b).to_digit(16));
        match (hex(1), hex(2)) {
            (Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                rest = &rest[at + 3..];
            }
            _ => {
                out.push(mark);
                rest = &rest[at + 1..];
            }
        }
    }
    out.extend_from_slice(rest);
}
