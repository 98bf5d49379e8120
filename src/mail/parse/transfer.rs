//! Decodes content transfer encodings (RFC 2045 section 6) and related escapes, leniently.

use std::borrow::Cow;

use super::undeclared;
use crate::mail::escapes::escapes;

/// A content transfer encoding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// `7bit`, `8bit`, `binary`, and anything unknown: not encoded.
    #[default]
    Identity,
    /// `base64`.
    Base64,
    /// `quoted-printable`.
    QuotedPrintable,
    /// `x-uuencode` and its spellings.
    Uuencode,
}

impl Encoding {
    /// Parses the body of a `Content-Transfer-Encoding` field.
    pub fn from_field(body: &[u8]) -> Self {
        let name = String::from_utf8_lossy(body).trim().trim_matches('"').to_ascii_lowercase();
        let name = name.split([';', ' ', '(']).next().unwrap_or_default();
        match name {
            "base64" | "base-64" | "b" => Self::Base64,
            "quoted-printable" | "quoted_printable" | "quotedprintable" | "q" => Self::QuotedPrintable,
            "x-uuencode" | "uuencode" | "x-uue" | "uue" => Self::Uuencode,
            _ => Self::Identity,
        }
    }

    /// Decodes the body of a part. What is declared base64 and plainly is none stays as it is.
    pub fn decode(self, bytes: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Identity => Cow::Borrowed(bytes),
            Self::Base64 if !undeclared::is_base64(bytes) => Cow::Borrowed(bytes),
            Self::Base64 => Cow::Owned(base64(bytes)),
            Self::QuotedPrintable => Cow::Owned(quoted_printable(bytes)),
            Self::Uuencode => super::uuencode::find(bytes)
                .into_iter()
                .next()
                .map_or(Cow::Borrowed(bytes), |file| Cow::Owned(super::uuencode::decode(file.body))),
        }
    }
}

impl Encoding {
    /// Decodes a text, and says what was wrong with the declared encoding, if anything.
    pub fn decode_text(self, bytes: &[u8]) -> (Cow<'_, [u8]>, Option<&'static str>) {
        let decoded = self.decode(bytes);
        if self == Self::Base64 && (matches!(decoded, Cow::Borrowed(_)) || undeclared::is_a_word(bytes, &decoded)) {
            return match undeclared::decode(bytes) {
                Some((decoded, _)) => (Cow::Owned(decoded), Some("declared base64, is quoted-printable")),
                None => (Cow::Borrowed(bytes), Some("declared base64, is not encoded")),
            };
        }
        match undeclared::decode(&decoded) {
            Some((decoded, fault)) => (Cow::Owned(decoded), Some(fault)),
            None => (decoded, None),
        }
    }
}

/// Marks bytes outside of the base64 alphabet in [`BASE64`].
const NO_BASE64: u8 = 0x80;

/// The six-bit value of each byte in base64, for both alphabets of RFC 4648.
const BASE64: [u8; 256] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [NO_BASE64; 256];
    let mut value = 0;
    while value < 64 {
        table[alphabet[value as usize] as usize] = value;
        value += 1;
    }
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table
};

/// Decodes base64 (RFC 4648), also the URL-safe alphabet; ignores other characters (RFC 2045 section 6.8).
///
/// Text after the padding is decoded only if all of it is base64, as when several encoded pieces were joined; else it is a
/// mailing list's footer.
pub fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3 + 3);
    let (mut group, mut bits, mut padded) = (0u32, 0u32, false);
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        // The fast path for whole groups: four characters are three bytes.
        if bits == 0
            && let Some(([a, b, c, d], others)) = rest.split_first_chunk()
        {
            let values = [a, b, c, d].map(|&byte| u32::from(BASE64[usize::from(byte)]));
            if values.iter().fold(0, |all, value| all | value) < 64 {
                let [_, first, second, third] = values.iter().fold(0, |all, value| all << 6 | value).to_be_bytes();
                out.extend_from_slice(&[first, second, third]);
                rest = others;
                continue;
            }
        }
        let value = match byte {
            b'=' => {
                (group, bits) = (0, 0);
                if !padded && !is_whole_base64(rest) {
                    break;
                }
                padded = true;
                rest = after;
                continue;
            }
            _ => BASE64[usize::from(byte)],
        };
        rest = after;
        if value == NO_BASE64 {
            continue;
        }
        group = (group << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((group >> bits) as u8);
            group &= (1 << bits) - 1;
        }
    }
    out
}

fn is_whole_base64(padding_and_rest: &[u8]) -> bool {
    let rest = padding_and_rest.trim_ascii_start();
    let padding = rest.iter().take_while(|&&b| b == b'=').count();
    let rest = &rest[padding..];
    let letters = rest.iter().filter(|b| !b.is_ascii_whitespace()).count();
    let alphabet = |b: &u8| b.is_ascii_alphanumeric() || b.is_ascii_whitespace() || matches!(b, b'+' | b'/' | b'=');
    letters.is_multiple_of(4) && rest.iter().all(alphabet)
}

/// Decodes quoted-printable (RFC 2045 section 6.7). White space at line ends is removed; a stray `=` stays.
pub fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|&b| b == b'\n') {
        let content = line.trim_ascii_end();
        let line_end: &[u8] = if line.ends_with(b"\r\n") {
            b"\r\n"
        } else if line.ends_with(b"\n") {
            b"\n"
        } else {
            b""
        };
        let (content, soft) = match content.strip_suffix(b"=") {
            Some(content) => (content, true),
            None => (content, false),
        };
        escapes(content, b'=', &mut out);
        if !soft {
            out.extend_from_slice(line_end);
        }
    }
    out
}

/// Decodes the Q encoding of encoded-words (RFC 2047 section 4.2).
pub fn q_word(bytes: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = bytes.iter().map(|&b| if b == b'_' { b' ' } else { b }).collect();
    let mut out = Vec::with_capacity(bytes.len());
    escapes(&spaced, b'=', &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::{base64, q_word, quoted_printable};

    #[test]
    fn base64_forgives() {
        for text in ["0J/RgNC40LLQtdGC", "0J/RgNC4\r\n0LLQtdGC\r\n", "0J/R gNC4!0LLQtdGC", "0J_RgNC40LLQtdGC"] {
            assert_eq!(base64(text.as_bytes()), "Привет".as_bytes(), "{text}");
        }
        assert_eq!(base64(b"YQ==YmM="), b"abc");
        assert_eq!(base64(b"YWI"), b"ab");
        assert_eq!(base64(b"YWI=\r\n____\r\nTo unsubscribe write to us\r\n"), b"ab");
    }

    #[test]
    fn quoted_printable_forgives() {
        for (text, plain) in [
            ("a=3Db", "a=b"),
            ("soft=\r\nbreak", "softbreak"),
            ("soft=  \r\nbreak", "softbreak"),
            ("trailing  \r\nnext", "trailing\r\nnext"),
            ("=d0=9f", "П"),
            ("100=ZZ =", "100=ZZ "),
        ] {
            assert_eq!(String::from_utf8_lossy(&quoted_printable(text.as_bytes())), plain, "{text}");
        }
        assert_eq!(q_word(b"a_b=20c"), b"a b c");
    }
}
