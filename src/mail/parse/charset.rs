//! Decodes text: by the declared charset if it fits, else by a detected one. Never fails; undecodable bytes become U+FFFD.

use std::collections::HashSet;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, IBM866, ISO_8859_5, KOI8_R, KOI8_U, UTF_8, WINDOWS_1251, WINDOWS_1252, X_MAC_CYRILLIC};

use super::{engine, utf7};

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

/// How much of a text is used for detection, in bytes: enough for a reliable guess, and fast.
const DETECTOR_BYTES: usize = 64 * 1024;

/// Decodes text by its declared charset (names of RFC 2978 and the labels of real mail).
///
/// Non-ASCII bytes that are valid UTF-8 are read as UTF-8, whatever single-byte charset is declared: other charsets do not
/// produce such sequences by chance. Cyrillic text declared as a Western charset, as another Cyrillic one, or not at all is
/// corrected by detection.
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
    let stateful = encoding == Some(encoding_rs::ISO_2022_JP) || (encoding.is_none() && bytes.contains(&0x1b));
    if bytes.is_ascii() && !stateful {
        let text = bytes.iter().map(|&b| char::from(b)).collect();
        return Decoded { text, encoding: UTF_8.name(), defect: None };
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

/// The bytes used for detection: from the first line that is not ASCII, since a long log may begin with ASCII.
fn sample(bytes: &[u8]) -> &[u8] {
    let high = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
    let line = memchr::memrchr(b'\n', &bytes[..high]).map_or(0, |end| end + 1);
    &bytes[line..bytes.len().min(line + DETECTOR_BYTES)]
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let sample = sample(bytes);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(sample, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    if !guess.is_single_byte() {
        return guess;
    }
    // On short texts the detector is unreliable. Here words of high bytes only are Cyrillic, and single high bytes among
    // Latin letters are not.
    let (cyrillic, score) = best_cyrillic(sample);
    match (mostly_high_words(sample), CYRILLIC.contains(&guess)) {
        (true, true) => cyrillic,
        (true, false) if score > 0.4 => cyrillic,
        (false, true) => WINDOWS_1252,
        _ if only_signs(sample) => WINDOWS_1252,
        _ => guess,
    }
}

const CYRILLIC: [&Encoding; 6] = [WINDOWS_1251, KOI8_R, KOI8_U, ISO_8859_5, IBM866, X_MAC_CYRILLIC];

fn best_cyrillic(bytes: &[u8]) -> (&'static Encoding, f64) {
    let sample = sample(bytes);
    let scored = CYRILLIC.map(|encoding| (encoding, russian_score(&encoding.decode_without_bom_handling(sample).0)));
    scored.into_iter().fold((WINDOWS_1251, f64::MIN), |best, next| if next.1 > best.1 { next } else { best })
}

fn single_byte(bytes: &[u8], declared: &'static Encoding, label: &str) -> Decoded {
    if std::str::from_utf8(bytes).is_ok() {
        return decode_as(UTF_8, bytes, Some(format!("declared {label}, is UTF-8")));
    }
    let sample = sample(bytes);
    let own = russian_score(&declared.decode_without_bom_handling(sample).0);
    let claims_cyrillic = CYRILLIC.contains(&declared);
    let western = declared == WINDOWS_1252 || declared.name().starts_with("ISO-8859-1");
    if claims_cyrillic || western {
        let (guess, score) = best_cyrillic(bytes);
        // A few letters do not outweigh the declaration of a Cyrillic charset.
        let high = sample.iter().filter(|b| **b >= 0x80).count();
        let unlikely = western || (high >= 12 && own + 0.2 < score);
        if unlikely && score > 0.35 && guess != declared && mostly_high_words(sample) {
            return decode_as(guess, bytes, Some(format!("declared {label}, read as {}", guess.name())));
        }
    }
    decode_as(declared, bytes, None)
}

fn multi_byte(bytes: &[u8], declared: &'static Encoding, label: &str) -> Decoded {
    let decoded = decode_as(declared, bytes, None);
    if decoded.defect.is_some() && !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok() {
        return decode_as(UTF_8, bytes, Some(format!("declared {label}, is UTF-8")));
    }
    decoded
}

/// Whether the words with high bytes consist mostly of them: true for Cyrillic; false for French or German, and for Latin
/// text with symbols and no-break spaces.
fn mostly_high_words(bytes: &[u8]) -> bool {
    let (mut high, mut letters, mut longest) = (0, 0, 0);
    let mut seen = HashSet::<u8>::new();
    for word in bytes.split(|&b| b == 0xa0 || !(b.is_ascii_alphabetic() || b >= 0x80)) {
        let own = word.iter().filter(|b| **b >= 0x80).count();
        if own > 0 {
            high += own;
            letters += word.len();
            longest = longest.max(own);
            seen.extend(word.iter().filter(|b| **b >= 0x80));
        }
    }
    longest >= 3 && seen.len() >= 3 && high * 10 > letters * 7
}

/// Whether no high byte is next to a letter: then they are symbols like £ and ©, or no-break spaces.
fn only_signs(bytes: &[u8]) -> bool {
    let high = |b: &u8| *b >= 0x80 && *b != 0xa0;
    let letter = |b: &u8| b.is_ascii_alphabetic() || high(b);
    !bytes.windows(2).any(|pair| pair.iter().all(letter) && pair.iter().any(high))
}

/// How much a text resembles Russian or Ukrainian, from -1 to 1. The most frequent letters count for it (real text scores
/// about 0.6), a capital after a small letter and characters that are not Cyrillic count against it.
fn russian_score(text: &str) -> f64 {
    let (mut points, mut total, mut before) = (0i64, 0i64, ' ');
    for c in text.chars() {
        if !c.is_ascii() {
            total += 1;
            points += match c {
                'А'..='Я' | 'Ё' | 'І' | 'Ї' | 'Є' if before.is_lowercase() => -1,
                'о' | 'е' | 'а' | 'и' | 'н' | 'т' | 'с' | 'р' | 'в' | 'л' | 'і' => 1,
                'О' | 'Е' | 'А' | 'И' | 'Н' | 'Т' | 'С' | 'Р' | 'В' | 'Л' | 'І' => 1,
                'А'..='я' | 'Ё' | 'ё' | 'Ї' | 'ї' | 'Є' | 'є' => 0,
                '№' | '«' | '»' | '—' | '–' | '\u{a0}' | '…' | '“' | '”' | '„' => 0,
                _ => -1,
            };
            total -= i64::from(matches!(c, '№' | '«' | '»' | '—' | '–' | '\u{a0}' | '…' | '“' | '”' | '„'));
        }
        before = c;
    }
    if total == 0 { 0.0 } else { points as f64 / total as f64 }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{IBM866, ISO_8859_5, KOI8_R, KOI8_U, WINDOWS_1251, X_MAC_CYRILLIC};

    use super::decode;

    const RUSSIAN: &str = "Здравствуйте! Не работает вход в систему, ошибка на третьем шаге.";

    #[test]
    fn cyrillic_is_read_whatever_is_declared() {
        for encoding in [WINDOWS_1251, KOI8_R, ISO_8859_5, IBM866, X_MAC_CYRILLIC] {
            let (bytes, ..) = encoding.encode(RUSSIAN);
            for declared in [Some(encoding.name()), Some("iso-8859-1"), Some("us-ascii"), Some("utf-8"), None] {
                assert_eq!(decode(&bytes, declared).text, RUSSIAN, "{} declared {declared:?}", encoding.name());
            }
        }
        let ukrainian = "Доброго дня! Їхній сервіс не відповідає, є помилка.";
        let (bytes, ..) = KOI8_U.encode(ukrainian);
        assert_eq!(decode(&bytes, Some("koi8-u")).text, ukrainian);
    }

    #[test]
    fn cyrillic_after_much_ascii_is_detected() {
        let text = format!("{}{RUSSIAN}", "INFO request served\n".repeat(10_000));
        let (bytes, ..) = WINDOWS_1251.encode(&text);
        for declared in [None, Some("us-ascii"), Some("utf-8"), Some("koi8-r")] {
            assert_eq!(decode(&bytes, declared).text, text, "{declared:?}");
        }
    }

    #[test]
    fn one_cyrillic_charset_declared_for_another_is_corrected() {
        for (is, said) in [(WINDOWS_1251, "koi8-r"), (KOI8_R, "windows-1251")] {
            let (bytes, ..) = is.encode(RUSSIAN);
            assert_eq!(decode(&bytes, Some(said)).text, RUSSIAN);
        }
    }

    #[test]
    fn western_text_stays_western() {
        for text in ["Où est la clé été déjà ?", "Schöne Grüße aus Köln", "¿Qué pasó, señor?", "Zażółć gęślą jaźń"]
        {
            let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(text);
            if !text.starts_with('Z') {
                assert_eq!(decode(&bytes, None).text, text);
                assert_eq!(decode(&bytes, Some("utf-8")).text, text);
            }
            let encoding = if text.starts_with('Z') { encoding_rs::ISO_8859_2 } else { encoding_rs::WINDOWS_1252 };
            let (bytes, ..) = encoding.encode(text);
            assert_eq!(decode(&bytes, Some(encoding.name())).text, text);
        }
    }

    #[test]
    fn capitals_do_not_contradict_the_declaration() {
        for text in ["ЗДЕСЬ РЕАЛЬНЫЕ ДЕНЬГИ!!! НЕ РАБОТАЕТ ВХОД", "СРОЧНО", "Жмых"]
        {
            for encoding in [KOI8_R, WINDOWS_1251, ISO_8859_5, IBM866] {
                let (bytes, ..) = encoding.encode(text);
                assert_eq!(decode(&bytes, Some(encoding.name())).text, text, "{}", encoding.name());
            }
        }
    }

    #[test]
    fn symbols_in_latin_text_stay_symbols() {
        for text in [
            "a £97m bill",
            "© 2026",
            "50 °",
            "£97, © 2026\u{a0}\u{a0}\u{a0}two",
            "one\u{a0}\u{a0}\u{a0}two \u{a0}\u{a0}\u{a0}\u{a0}",
            "Frösche",
        ] {
            let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(text);
            for declared in [None, Some("us-ascii"), Some("iso-8859-1"), Some("utf-8")] {
                assert_eq!(decode(&bytes, declared).text, text, "{declared:?}");
            }
        }
    }

    #[test]
    fn labels_as_people_write_them() {
        let (koi, ..) = KOI8_R.encode("Привет");
        let (win, ..) = WINDOWS_1251.encode("Привет");
        for label in ["koi8r", "KOI8-R", "\"koi8-r\"", "koi8_r", "cskoi8r", "koi8-r*ru"] {
            assert_eq!(decode(&koi, Some(label)).text, "Привет", "{label}");
        }
        for label in ["win-1251", "cp1251", "CP-1251", "windows-1251", "x-cp1251", "windows_1251"] {
            assert_eq!(decode(&win, Some(label)).text, "Привет", "{label}");
        }
    }

    #[test]
    fn utf_8_wins_over_a_wrong_single_byte_label() {
        assert_eq!(decode("Привет, Zoë".as_bytes(), Some("iso-8859-1")).text, "Привет, Zoë");
        assert_eq!(decode("Привет".as_bytes(), Some("windows-1251")).text, "Привет");
        assert_eq!(decode("Привет".as_bytes(), Some("no-such-charset")).text, "Привет");
    }

    #[test]
    fn asian_and_wide_charsets() {
        let japanese = "こんにちは、世界";
        for encoding in [encoding_rs::ISO_2022_JP, encoding_rs::SHIFT_JIS, encoding_rs::EUC_JP] {
            let (bytes, ..) = encoding.encode(japanese);
            assert_eq!(decode(&bytes, Some(encoding.name())).text, japanese, "{}", encoding.name());
        }
        for encoding in [encoding_rs::GB18030, encoding_rs::GBK, encoding_rs::BIG5] {
            let (bytes, ..) = encoding.encode("中文");
            assert_eq!(decode(&bytes, Some(encoding.name())).text, "中文", "{}", encoding.name());
        }
        let (korean, ..) = encoding_rs::EUC_KR.encode("안녕하세요");
        assert_eq!(decode(&korean, Some("ks_c_5601-1987")).text, "안녕하세요");
        assert_eq!(decode(b"Hi Mom -+Jjo--!", Some("utf-7")).text, "Hi Mom -\u{263a}-!");
        let wide: Vec<u8> = "Привет, мир".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&wide, Some("utf-16")).text, "Привет, мир");
    }
}
