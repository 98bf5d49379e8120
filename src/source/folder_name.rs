//! Encodes IMAP folder names: modified UTF-7 (RFC 3501 5.1.3) and quoted strings.

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

const MUTF7: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// Encodes a folder name in modified UTF-7: printable ASCII stays, `&` becomes `&-`, all else is Base64 of UTF-16.
pub fn encode(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let plain = |c: char| (' '..='~').contains(&c);
        let end = rest.find(|c| plain(c) != plain(first)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if plain(first) {
            encoded.push_str(&run.replace('&', "&-"));
        } else {
            let utf16: Vec<u8> = run.encode_utf16().flat_map(u16::to_be_bytes).collect();
            encoded.push('&');
            MUTF7.encode_string(utf16, &mut encoded);
            encoded.push('-');
        }
        rest = after;
    }
    encoded
}

/// Decodes a folder name; one that is not well-formed modified UTF-7 is returned unchanged.
pub fn decode(encoded: &str) -> String {
    try_decode(encoded).unwrap_or_else(|| encoded.to_owned())
}

fn try_decode(encoded: &str) -> Option<String> {
    let mut name = String::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((plain, shifted)) = rest.split_once('&') {
        let (base64, after) = shifted.split_once('-')?;
        name.push_str(plain);
        let bytes = MUTF7.decode(base64).ok().filter(|bytes| bytes.len().is_multiple_of(2))?;
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        name.push_str(if base64.is_empty() { "&" } else { "" });
        name.push_str(&String::from_utf16(&units).ok()?);
        rest = after;
    }
    Some(name + rest)
}

/// Encodes a folder name as a quoted string (RFC 3501 4.3). Being printable ASCII, it never needs a literal.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", encode(name).replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{decode, encode, quoted};

    #[test]
    fn encodes_the_examples_of_the_rfc() {
        for (name, encoded) in [
            ("INBOX", "INBOX"),
            ("R&D", "R&-D"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("Обработанные", "&BB4EMQRABDAEMQQ+BEIEMAQ9BD0ESwQ1-"),
        ] {
            assert_eq!(encode(name), encoded);
            assert_eq!(decode(encoded), name);
        }
        assert_eq!(quoted(r#"a"b\c"#), r#""a\"b\\c""#);
    }

    #[test]
    fn malformed_names_stay_unchanged() {
        for odd in ["R&D", "&BB4E-", "&2D0-", "&***-", "Входящие &"] {
            assert_eq!(decode(odd), odd);
        }
    }

    proptest! {
        #[test]
        fn any_name_survives_as_printable_ascii(name in any::<String>()) {
            let encoded = encode(&name);
            prop_assert!(encoded.bytes().all(|b| (b' '..=b'~').contains(&b)), "{encoded}");
            prop_assert_eq!(decode(&encoded), name);
        }
    }
}
