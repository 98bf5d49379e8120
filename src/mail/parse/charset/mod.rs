//! Decodes text: by the declared charset if it fits, else by a detected one. Never fails; undecodable bytes become U+FFFD.

mod cyrillic;
mod detect;
mod mixed;

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8};

use super::{engine, utf7};
use detect::{detect, mistaken_for};

/// A decoded text, and how it was decoded.
#[derive(Debug, Default, PartialEq)]
pub struct Decoded {
    /// The text, without a byte order mark.
    pub text: String,
    /// The charset that was used, by its WHATWG name; empty for charsets that only mail-parser knows.
    pub encoding: &'static str,
    /// What was wrong with the declaration or the bytes, if anything.
    pub defect: Option<String>,
}

/// Decodes text by its declared charset (names of RFC 2978 and the labels of real mail).
///
/// Non-ASCII bytes that are valid UTF-8 are read as UTF-8, whatever single-byte charset is declared: other charsets do not
/// produce such sequences by chance. Cyrillic text declared as a Western charset, as another Cyrillic one, as one of Asia, or
/// not at all is corrected by detection. Lines of UTF-8 among lines in another charset are judged apart ([`mixed`]).
pub fn decode(bytes: &[u8], declared: Option<&str>) -> Decoded {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return decode_as(encoding, bytes, None);
    }
    let label = declared.map(normal_label).filter(|label| !label.is_empty());
    if label.as_deref().is_some_and(|label| label.contains("utf-7")) {
        return Decoded { text: utf7::decode(bytes), encoding: "UTF-7", defect: None };
    }
    let encoding = label.as_deref().and_then(lookup);
    let label = label.as_deref().unwrap_or_default();
    if let Some(encoding) = encoding
        && (encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE)
    {
        return utf16(bytes, encoding, label);
    }
    if bytes.is_ascii() && encoding != Some(ISO_2022_JP) {
        if let Some(decoded) = undeclared_japanese(bytes, label) {
            return decoded;
        }
        let text = bytes.iter().map(|&b| char::from(b)).collect();
        return Decoded { text, encoding: UTF_8.name(), defect: None };
    }
    if let Some(decoded) = mixed::decode(bytes, encoding, label) {
        return decoded;
    }
    match encoding {
        Some(encoding) if encoding == UTF_8 => utf8_or_detected(bytes, label),
        Some(encoding) if encoding.is_single_byte() => single_byte(bytes, encoding, label),
        Some(encoding) => multi_byte(bytes, encoding, label),
        None if label.is_empty() => undeclared(bytes),
        None => match engine::decode_rare_charset(bytes, label) {
            Some(text) => Decoded { text, ..Decoded::default() },
            None => Decoded { defect: Some(format!("unknown charset {label}")), ..utf8_or_detected(bytes, label) },
        },
    }
}

/// Whether this is the name of a charset.
pub fn is_known(label: &str) -> bool {
    lookup(&normal_label(label)).is_some()
}

/// Normalises a charset label: lower case, without language suffix (RFC 2231 section 5), quotes and other punctuation. Empty
/// if it says nothing.
fn normal_label(label: &str) -> String {
    let label = label.split('*').next().unwrap_or_default();
    let label = label.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_ascii_lowercase().replace('_', "-");
    // Placeholders that say nothing about the charset.
    let says_nothing = matches!(
        label.as_str(),
        "default" | "default-charset" | "unknown" | "x-unknown" | "unknown-8bit" | "none" | "auto"
    );
    if says_nothing { String::new() } else { label }
}

fn lookup(label: &str) -> Option<&'static Encoding> {
    let label = match label {
        "win-1251" | "win1251" | "windows1251" | "cp-1251" | "1251" | "ms-cyrl" | "ansi-1251" | "cswindows1251" => {
            "windows-1251"
        }
        "win-1252" | "win1252" | "windows1252" | "cp-1252" | "1252" | "ansi" | "8bit" | "8859-1" => "windows-1252",
        "koi8r" | "koi-8-r" | "koi8-rus" | "koi-8r" => "koi8-r",
        "koi8u" => "koi8-u",
        "cp-866" | "dos-866" | "ibm-866" | "oem-866" | "dos" => "ibm866",
        "mac-cyrillic" | "maccyrillic" | "x-mac-ce-cyrillic" => "x-mac-cyrillic",
        "iso-8859-8-i" => "iso-8859-8",
        "utf" | "utf-8-mac" | "utf8mb4" | "unicode-utf-8" | "utf-8n" | "cp65001" | "65001" => "utf-8",
        "utf16" | "ucs-2" | "unicode" => "utf-16",
        "utf16le" | "ucs-2le" => "utf-16le",
        "utf16be" | "ucs-2be" => "utf-16be",
        "cp936" | "ms936" | "x-gbk" | "gb2312-80" | "gb-2312" => "gbk",
        "cp949" | "ks-c-5601-1987" | "ksc5601" | "ms949" => "euc-kr",
        "cp950" | "ms950" | "chinesebig5" | "big-5" => "big5",
        "cp932" | "ms932" => "shift_jis",
        "iso-2022-jp-2" | "iso-2022-jp-ms" | "cp50220" | "cp50221" => "iso-2022-jp",
        other => other,
    };
    let found =
        Encoding::for_label(label.as_bytes()).or_else(|| Encoding::for_label(label.replace('-', "_").as_bytes()));
    found.filter(|&encoding| encoding != encoding_rs::REPLACEMENT && encoding != encoding_rs::X_USER_DEFINED)
}

fn decode_as(encoding: &'static Encoding, bytes: &[u8], defect: Option<String>) -> Decoded {
    let (text, malformed) = encoding.decode_with_bom_removal(bytes);
    let defect = defect.or_else(|| malformed.then(|| format!("bytes that are not {}", encoding.name())));
    Decoded { text: text.into_owned(), encoding: encoding.name(), defect }
}

/// Decodes UTF-16 without a byte order mark: the position of the zero bytes of ASCII shows the byte order better than the
/// label.
fn utf16(bytes: &[u8], declared: &'static Encoding, label: &str) -> Decoded {
    if !bytes.contains(&0) && (bytes.is_ascii() || std::str::from_utf8(bytes).is_ok()) {
        return decode_as(UTF_8, bytes, Some(format!("declared {label}, is UTF-8")));
    }
    let zeros = |offset| bytes.iter().skip(offset).step_by(2).filter(|&&b| b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let encoding = match even.cmp(&odd) {
        std::cmp::Ordering::Greater => encoding_rs::UTF_16BE,
        std::cmp::Ordering::Less => encoding_rs::UTF_16LE,
        std::cmp::Ordering::Equal => declared,
    };
    decode_as(encoding, bytes, None)
}

fn undeclared(bytes: &[u8]) -> Decoded {
    let mut decoded = utf8_or_detected(bytes, "none");
    decoded.defect.get_or_insert_with(|| "8-bit text without a charset".to_owned());
    decoded
}

fn utf8_or_detected(bytes: &[u8], label: &str) -> Decoded {
    let (text, malformed) = UTF_8.decode_without_bom_handling(bytes);
    if !malformed {
        return Decoded { text: text.into_owned(), encoding: UTF_8.name(), defect: None };
    }
    // Mostly valid UTF-8 stays UTF-8: a gateway may have cut a few characters.
    let sound = text.chars().filter(|c| !c.is_ascii() && *c != '\u{fffd}').count();
    let broken = text.chars().filter(|&c| c == '\u{fffd}').count();
    if sound > 4 * broken {
        let defect = Some("bytes that are not UTF-8".to_owned());
        return Decoded { text: text.into_owned(), encoding: UTF_8.name(), defect };
    }
    let guess = detect(bytes);
    decode_as(guess, bytes, Some(format!("declared {label}, read as {}", guess.name())))
}

/// Reads ISO-2022-JP that is declared as another charset, or as none: ASCII with its escape sequences (RFC 1468).
fn undeclared_japanese(bytes: &[u8], label: &str) -> Option<Decoded> {
    let escapes = memchr::memchr_iter(0x1b, bytes);
    let double_byte = |at: usize| matches!(bytes.get(at + 1..at + 3), Some(b"$B" | b"$@"));
    if label.starts_with("iso-2022") || !escapes.into_iter().any(double_byte) {
        return None;
    }
    let label = if label.is_empty() { "none" } else { label };
    let defect = format!("declared {label}, read as {}", ISO_2022_JP.name());
    ISO_2022_JP.decode_without_bom_handling_and_without_replacement(bytes).map(|text| Decoded {
        text: text.into_owned(),
        encoding: ISO_2022_JP.name(),
        defect: Some(defect),
    })
}

fn single_byte(bytes: &[u8], declared: &'static Encoding, label: &str) -> Decoded {
    if std::str::from_utf8(bytes).is_ok() {
        return decode_as(UTF_8, bytes, Some(format!("declared {label}, is UTF-8")));
    }
    read_as_mistaken(bytes, declared, label).unwrap_or_else(|| decode_as(declared, bytes, None))
}

fn multi_byte(bytes: &[u8], declared: &'static Encoding, label: &str) -> Decoded {
    let decoded = decode_as(declared, bytes, None);
    if decoded.defect.is_some() && !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok() {
        return decode_as(UTF_8, bytes, Some(format!("declared {label}, is UTF-8")));
    }
    read_as_mistaken(bytes, declared, label).unwrap_or(decoded)
}

fn read_as_mistaken(bytes: &[u8], declared: &'static Encoding, label: &str) -> Option<Decoded> {
    let encoding = mistaken_for(bytes, declared)?;
    Some(decode_as(encoding, bytes, Some(format!("declared {label}, read as {}", encoding.name()))))
}

#[cfg(test)]
mod phrases;
#[cfg(test)]
mod tests;
