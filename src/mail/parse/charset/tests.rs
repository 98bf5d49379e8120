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
