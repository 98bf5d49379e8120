//! Reads texts of two charsets: UTF-8 words to which a gateway has appended a footer in a single-byte charset, on lines of its
//! own or behind a tag of HTML.

use encoding_rs::{Encoding, UTF_8};

use super::Decoded;
use super::detect::{detect, mistaken_for};

/// So many characters that are not ASCII make a line UTF-8 beyond chance; with fewer bytes that are not, they were cut.
const EVIDENCE: usize = 3;

/// Decodes line by line, if some lines are UTF-8 and others are not; None: the text is of one charset.
///
/// `declared` is the declared charset, `label` its name in the message. The lines that are not UTF-8 are read in one charset.
pub fn decode(bytes: &[u8], declared: Option<&'static Encoding>, label: &str) -> Option<Decoded> {
    if std::str::from_utf8(bytes).is_ok() || declared.is_some_and(|encoding| !encoding.is_ascii_compatible()) {
        return None;
    }
    let lines = || bytes.split_inclusive(|b| matches!(b, b'\n' | b'>'));
    if !lines().any(is_evidence) {
        return None;
    }
    let others: Vec<u8> = lines().filter(|line| !is_utf8(line)).flatten().copied().collect();
    if others.iter().filter(|byte| !byte.is_ascii()).take(EVIDENCE).count() < EVIDENCE {
        return None;
    }
    let other = match declared {
        Some(declared) if declared != UTF_8 => mistaken_for(&others, declared).unwrap_or(declared),
        _ => detect(&others),
    };
    let read = |line| if is_utf8(line) { UTF_8 } else { other }.decode_without_bom_handling(line).0;
    let label = if label.is_empty() { "none" } else { label };
    Some(Decoded {
        text: lines().map(read).collect(),
        encoding: UTF_8.name(),
        defect: Some(format!("declared {label}, read line by line as UTF-8 and {}", other.name())),
    })
}

/// Whether a line is valid UTF-8 with characters enough to exclude chance.
fn is_evidence(line: &[u8]) -> bool {
    let high = |text: &str| text.chars().filter(|c| !c.is_ascii()).take(EVIDENCE).count() == EVIDENCE;
    !line.is_ascii() && std::str::from_utf8(line).is_ok_and(high)
}

/// Whether a line is UTF-8, in which at most a few characters were cut.
fn is_utf8(line: &[u8]) -> bool {
    if std::str::from_utf8(line).is_ok() {
        return true;
    }
    let text = String::from_utf8_lossy(line);
    let broken = text.chars().filter(|&c| c == char::REPLACEMENT_CHARACTER).count();
    let sound = text.chars().filter(|c| !c.is_ascii()).count() - broken;
    sound > 4 * broken
}
