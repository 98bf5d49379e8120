//! Folder names as IMAP writes them: modified UTF-7 (RFC 3501 5.1.3), quoted.

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

const MUTF7: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// A folder name in modified UTF-7: printable ASCII stays, `&` becomes `&-`, anything else goes as Base64 of UTF-16.
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

/// A folder name as a quoted string of a command (RFC 3501 4.3); encoded, it holds nothing that a quoted string may not.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", encode(name).replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use proptest::prelude::*;

    use super::{MUTF7, encode, quoted};

    fn decode(encoded: &str) -> String {
        let mut decoded = String::new();
        let mut rest = encoded;
        while let Some((plain, shifted)) = rest.split_once('&') {
            let (base64, after) = shifted.split_once('-').expect("a shift ends");
            decoded.push_str(plain);
            let bytes = MUTF7.decode(base64).expect("Base64 without padding");
            let units: Vec<u16> = bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            decoded.push_str(if base64.is_empty() { "&" } else { "" });
            decoded.push_str(&String::from_utf16(&units).expect("whole characters"));
            rest = after;
        }
        decoded + rest
    }

    #[test]
    fn writes_names_as_the_rfc_does() {
        for (name, encoded) in [
            ("INBOX", "INBOX"),
            ("R&D", "R&-D"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("Обработанные", "&BB4EMQRABDAEMQQ+BEIEMAQ9BD0ESwQ1-"),
        ] {
            assert_eq!(encode(name), encoded);
        }
        assert_eq!(quoted(r#"a"b\c"#), r#""a\"b\\c""#);
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
