//! Recognises content transfer encodings that are declared wrongly or not at all.

use super::transfer::{base64, quoted_printable};

/// How much of a body is looked at, in bytes.
const MOST_EXAMINED: usize = 4 * 1024;
/// Shorter base64 is taken for words, in bytes.
const SHORTEST: usize = 40;

/// Whether what is declared base64 can be so: its first line is, or most of its first lines are.
pub fn is_base64(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(MOST_EXAMINED)];
    let mut lines = head.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let Some(first) = lines.next() else { return true };
    let like_first = is_base64_like(first);
    if like_first && (first.len() >= 20 || first.ends_with(b"=")) {
        return true;
    }
    let others: Vec<bool> = lines.take(9).map(is_base64_like).collect();
    let like = usize::from(like_first) + others.iter().filter(|like| **like).count();
    2 * like > others.len() + 1
}

/// Whether a line consists mostly of base64, in long pieces: noise is allowed, words are not.
fn is_base64_like(line: &[u8]) -> bool {
    let coded =
        line.iter().filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_')).count();
    let pieces = line.split(u8::is_ascii_whitespace).filter(|piece| !piece.is_empty()).count();
    let written = line.iter().filter(|b| !b.is_ascii_whitespace()).count();
    5 * coded >= 4 * written && (pieces == 1 || written >= 16 * pieces) && !has_escapes(line)
}

/// Whether a single word that happens to be base64 was not encoded: its decoded bytes are no text.
pub fn is_a_word(bytes: &[u8], decoded: &[u8]) -> bool {
    let word = bytes.trim_ascii();
    word.len() < SHORTEST && word.iter().all(u8::is_ascii_alphabetic) && !word.is_empty() && !is_text(decoded)
}

/// Decodes a text that is base64 or quoted-printable although nothing says so, and says what is wrong; None: it is neither.
pub fn decode(bytes: &[u8]) -> Option<(Vec<u8>, &'static str)> {
    if is_whole_base64(bytes) {
        let decoded = base64(bytes);
        let is_sentence = || decoded.iter().any(u8::is_ascii_whitespace);
        return (is_text(&decoded) && is_sentence()).then_some((decoded, "base64 that is not declared"));
    }
    has_escapes(bytes).then(|| (quoted_printable(bytes), "quoted-printable that is not declared"))
}

/// Decodes a file that is base64 although nothing says so; None: it is not, or its content is of no known type.
pub fn file(bytes: &[u8]) -> Option<Vec<u8>> {
    let decoded = is_whole_base64(bytes).then(|| base64(bytes))?;
    infer::get(&decoded).is_some().then_some(decoded)
}

/// Whether a text is base64 and nothing else: lines of one length. The padding may be missing.
fn is_whole_base64(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii();
    let alphabet = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    if bytes.len() < SHORTEST || !bytes.iter().all(|b| alphabet(b) || matches!(b, b'\r' | b'\n')) {
        return false;
    }
    let mut lengths = bytes.split(|&b| b == b'\n').map(|line| line.trim_ascii().len());
    let first = lengths.next().unwrap_or_default();
    let letters = bytes.iter().filter(|b| alphabet(b)).count();
    let mut others: Vec<usize> = lengths.collect();
    let last = others.pop().unwrap_or(first);
    letters % 4 != 1 && first >= SHORTEST && last <= first && others.iter().all(|&length| length == first)
}

/// Whether a text in ASCII has several escapes of 8-bit bytes in a row.
fn has_escapes(bytes: &[u8]) -> bool {
    let escape = |at: usize| {
        matches!(bytes.get(at..at + 3), Some([b'=', high, low])
            if matches!(high, b'8' | b'9' | b'A'..=b'F') && matches!(low, b'0'..=b'9' | b'A'..=b'F'))
    };
    bytes.is_ascii() && memchr::memchr_iter(b'=', bytes).any(|at| (0..4).all(|n| escape(at + 3 * n)))
}

/// Whether bytes are UTF-8 without control characters.
fn is_text(bytes: &[u8]) -> bool {
    let control = |c: char| c.is_control() && !matches!(c, '\t' | '\r' | '\n' | '\x1b' | '\x0c');
    std::str::from_utf8(bytes).is_ok_and(|text| !text.contains(control))
}

#[cfg(test)]
mod tests {
    use super::super::transfer::Encoding;

    fn decoded(encoding: Encoding, body: &str) -> String {
        String::from_utf8_lossy(&encoding.decode_text(body.as_bytes()).0).into_owned()
    }

    #[test]
    fn words_declared_base64_are_read() {
        for words in [
            "Не печатает принтер, помогите",
            "The printer does not print",
            "Hello\n\nThe printer does not print.\n",
            "Hello",
            "Help me please with the printer on the second floor, it is urgent",
        ] {
            assert_eq!(decoded(Encoding::Base64, words), words);
        }
        for coded in ["0J/RgNC40LLQtdGC", "SGVscA==", "SGVscA==\r\n____\r\nTo unsubscribe write to us\r\n", ""] {
            assert_ne!(decoded(Encoding::Base64, coded), format!("{coded} "), "{coded}");
            assert!(Encoding::Base64.decode_text(coded.as_bytes()).1.is_none(), "{coded}");
        }
    }

    #[test]
    fn encodings_that_are_not_declared_are_read() {
        let text = "Резервная копия не создана, ошибка 5. Повторите попытку.";
        let coded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
        let wrapped = coded.as_bytes().chunks(76).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\r\n");
        for body in [&coded, &wrapped] {
            for encoding in [Encoding::Identity, Encoding::QuotedPrintable] {
                assert_eq!(decoded(encoding, body), text, "{body}");
            }
        }
        let quoted = "=D0=9F=D1=80=D0=B8=D0=B2=D0=B5=D1=82, =\r\nAnna";
        for encoding in [Encoding::Identity, Encoding::Base64] {
            assert_eq!(decoded(encoding, quoted), "Привет, Anna");
        }
    }

    #[test]
    fn files_that_are_not_declared_base64_are_read() {
        let pdf = b"%PDF-1.7 and a page with words on it, and more of them";
        let coded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, pdf);
        assert_eq!(super::file(coded.as_bytes()).as_deref(), Some(&pdf[..]));
        assert_eq!(super::file(pdf), None);
        assert_eq!(super::file("QUJD".repeat(20).as_bytes()), None);
    }

    #[test]
    fn other_texts_stay() {
        for body in [
            "Token: dGVzdA==",
            "https://desk.example/?a=D0&b=9F",
            "MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJRTESMBAGA1UE",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "x=D0=9F=D1 y",
            "",
        ] {
            assert_eq!(decoded(Encoding::Identity, body), body);
        }
    }
}
