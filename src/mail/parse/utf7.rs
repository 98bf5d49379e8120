//! Decodes UTF-7 (RFC 2152), which encoding_rs lacks: runs of UTF-16 in base64 between `+` and `-`.

use super::transfer;

/// Decodes UTF-7; what is malformed becomes U+FFFD.
pub fn decode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(plus) = rest.iter().position(|&b| b == b'+') {
        out.push_str(&String::from_utf8_lossy(&rest[..plus]));
        let run = &rest[plus + 1..];
        let length =
            run.iter().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))).unwrap_or(run.len());
        let (coded, after) = run.split_at(length);
        rest = after.strip_prefix(b"-").unwrap_or(after);
        if coded.is_empty() {
            out.push('+');
            continue;
        }
        let wide = transfer::base64(coded);
        let units = wide.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
    }
    out.push_str(&String::from_utf8_lossy(rest));
    out
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn runs_and_plain_text() {
        for (coded, text) in [
            ("Hi Mom -+Jjo--!", "Hi Mom -\u{263a}-!"),
            ("1 +- 1 = 2", "1 + 1 = 2"),
            ("+BB8EQAQ4BDIENQRC! +BBwEOARA.", "Привет! Мир."),
            ("a + b", "a + b"),
        ] {
            assert_eq!(decode(coded.as_bytes()), text, "{coded}");
        }
    }
}
