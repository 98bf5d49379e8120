//! Opens S/MIME (RFC 8551): finds the signed content in a CMS structure (RFC 5652), without judging the signature.
//!
//! A reader of BER of its own: mail programs write CMS with indefinite lengths, which the `der` and `cms` crates refuse, and
//! certificates and signatures, their main purpose, are not read here. GOST signatures have the same structure.

/// Deeper elements of indefinite length are not read.
const DEEPEST: u32 = 32;

const SEQUENCE: u8 = 0x30;
const OBJECT_IDENTIFIER: u8 = 0x06;
const OCTETS: u8 = 0x04;
const CONSTRUCTED_OCTETS: u8 = 0x24;
/// `[0] EXPLICIT`.
const CONTENT: u8 = 0xa0;

/// Content types (RFC 5652 section 14, RFC 5083 section 3, RFC 3274 section 4), as DER: 1.2.840.113549.1.…
const SIGNED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const ENVELOPED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03";
const ENCRYPTED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06";
const AUTH_ENVELOPED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17";

/// What a CMS structure holds.
#[derive(Debug, PartialEq)]
pub enum Cms {
    /// Signed content, which is enclosed.
    Signed(Vec<u8>),
    /// A signature of content that stands elsewhere, or only certificates.
    Detached,
    /// Encrypted content.
    Encrypted,
}

/// Reads a CMS structure, in BER or base64; None: it is none, or damaged before its content.
pub fn read(bytes: &[u8]) -> Option<Cms> {
    let decoded;
    let ber = match bytes.first()? {
        &SEQUENCE => bytes,
        _ => {
            let text = bytes.trim_ascii();
            let text = text.strip_prefix(b"-----BEGIN PKCS7-----").unwrap_or(text);
            let text = text.strip_suffix(b"-----END PKCS7-----").unwrap_or(text).trim_ascii();
            text.starts_with(b"MI").then_some(())?;
            decoded = super::transfer::base64(text);
            &decoded
        }
    };
    let mut info = Reader(Reader(ber).expect(SEQUENCE)?);
    match info.expect(OBJECT_IDENTIFIER)? {
        SIGNED_DATA => signed_content(info),
        ENVELOPED_DATA | ENCRYPTED_DATA | AUTH_ENVELOPED_DATA => Some(Cms::Encrypted),
        _ => None,
    }
}

/// The content of `SignedData` (RFC 5652 section 5.1): behind version and digest algorithms.
fn signed_content(mut info: Reader<'_>) -> Option<Cms> {
    let mut signed = Reader(Reader(info.expect(CONTENT)?).expect(SEQUENCE)?);
    signed.element(0)?;
    signed.element(0)?;
    let mut content = Reader(signed.expect(SEQUENCE)?);
    content.expect(OBJECT_IDENTIFIER)?;
    let Some(explicit) = content.expect(CONTENT) else { return Some(Cms::Detached) };
    let mut octets = Vec::new();
    Reader(explicit).octets(&mut octets, 0)?;
    Some(Cms::Signed(octets))
}

/// The unread elements of a BER encoding.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    /// The content of the next element if it has this tag; else nothing is read.
    fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        let mut next = *self;
        let (found, content) = next.element(0)?;
        (found == tag).then(|| {
            *self = next;
            content
        })
    }

    /// The tag and content of the next element. A content that is cut off gives what there is.
    fn element(&mut self, depth: u32) -> Option<(u8, &'a [u8])> {
        let tag = self.byte()?;
        (tag & 0x1f != 0x1f).then_some(())?;
        let length = match self.byte()? {
            0x80 => return self.indefinite(depth).map(|content| (tag, content)),
            short @ 0..0x80 => usize::from(short),
            long => {
                let mut length = 0usize;
                for _ in 0..long & 0x7f {
                    length = length.checked_mul(256)? + usize::from(self.byte()?);
                }
                length
            }
        };
        let (content, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        Some((tag, content))
    }

    /// The content of an element of indefinite length, up to its end mark.
    fn indefinite(&mut self, depth: u32) -> Option<&'a [u8]> {
        (depth < DEEPEST).then_some(())?;
        let start = self.0;
        loop {
            let length = start.len() - self.0.len();
            if self.0.is_empty() {
                return Some(start);
            }
            if let Some(rest) = self.0.strip_prefix(b"\0\0") {
                self.0 = rest;
                return Some(&start[..length]);
            }
            self.element(depth + 1)?;
        }
    }

    /// Appends the bytes of an octet string, which may consist of several.
    fn octets(&mut self, out: &mut Vec<u8>, depth: u32) -> Option<()> {
        (depth < DEEPEST).then_some(())?;
        match self.element(0)? {
            (OCTETS, bytes) => out.extend_from_slice(bytes),
            (CONSTRUCTED_OCTETS, inner) => {
                let mut inner = Reader(inner);
                while !inner.0.is_empty() && !inner.0.starts_with(b"\0\0") {
                    inner.octets(out, depth + 1)?;
                }
            }
            _ => return None,
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::{Cms, read};

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = content.len();
        let head =
            if length < 128 { vec![tag, length as u8] } else { vec![tag, 0x82, (length >> 8) as u8, length as u8] };
        [head, content.to_vec()].concat()
    }

    fn indefinite(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, 0x80], content, &[0, 0]].concat()
    }

    fn signed(wrap: fn(u8, &[u8]) -> Vec<u8>, octets: &[u8]) -> Vec<u8> {
        let content = [tlv(6, b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"), wrap(0xa0, octets)].concat();
        // The digest algorithm is GOST R 34.11-2012.
        let algorithms = tlv(0x31, &tlv(0x30, &tlv(6, b"\x2a\x85\x03\x07\x01\x01\x02\x02")));
        let data = [tlv(2, &[1]), algorithms, wrap(0x30, &content), tlv(0x31, b"")].concat();
        wrap(0x30, &[tlv(6, super::SIGNED_DATA), wrap(0xa0, &wrap(0x30, &data))].concat())
    }

    #[test]
    fn signed_content_is_found_in_der_and_ber() {
        let text = b"Content-Type: text/plain\r\n\r\nWords";
        let parts = [tlv(4, &text[..9]), tlv(4, &text[9..])].concat();
        for structure in [
            signed(tlv, &tlv(4, text)),
            signed(indefinite, &tlv(4, text)),
            signed(indefinite, &indefinite(0x24, &parts)),
            signed(tlv, &tlv(0x24, &parts)),
        ] {
            assert_eq!(read(&structure), Some(Cms::Signed(text.to_vec())));
        }
    }

    #[test]
    fn other_structures_are_told_apart() {
        let encrypted = tlv(0x30, &[tlv(6, super::ENVELOPED_DATA), tlv(0xa0, b"")].concat());
        assert_eq!(read(&encrypted), Some(Cms::Encrypted));
        let detached = [tlv(2, &[1]), tlv(0x31, b""), tlv(0x30, &tlv(6, b"\x2a\x03"))].concat();
        let detached = tlv(0x30, &[tlv(6, super::SIGNED_DATA), tlv(0xa0, &tlv(0x30, &detached))].concat());
        assert_eq!(read(&detached), Some(Cms::Detached));
        for other in [&b""[..], b"0", b"%PDF-1.7", b"0\x80", b"MIME", &tlv(0x30, &tlv(6, b"\x2a"))] {
            assert_eq!(read(other), None);
        }
    }

    #[test]
    fn damaged_structures_do_not_panic() {
        let structure = signed(indefinite, &indefinite(0x24, &tlv(4, b"words")));
        for end in 0..structure.len() {
            read(&structure[..end]);
            let mut flipped = structure.clone();
            flipped[end] ^= 0xff;
            read(&flipped);
        }
        read(&[0x30, 0x80].repeat(100_000));
        read(&[0x24, 0x80].repeat(100_000));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0..40usize) {
            read(&bytes);
            let mut damaged = signed(indefinite, &indefinite(0x24, &tlv(4, b"words")));
            damaged.splice(at..at, bytes);
            read(&damaged);
        }
    }
}
