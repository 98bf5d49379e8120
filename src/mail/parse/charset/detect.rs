//! Detects the charset of a text, where it is not declared or declared wrongly.

use std::collections::HashSet;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, WINDOWS_1252};

use super::cyrillic::{self, CyrillicReading};

/// How much of a text is used for detection, in bytes: enough for a reliable guess, and fast.
const DETECTOR_BYTES: usize = 64 * 1024;

/// How many points another Cyrillic charset must be ahead of the declared one: a few letters do not outweigh it.
const AHEAD: i64 = 16;

/// How many points it must be ahead where the text makes no sense in the declared one.
const AHEAD_OF_NONSENSE: i64 = 8;

/// Words that consist of high bytes only are Cyrillic down to so many points: some Russian words are unusual.
const UNUSUAL: i64 = -6;

/// The most likely charset of a text that is not UTF-8.
pub fn detect(bytes: &[u8]) -> &'static Encoding {
    let sample = sample(bytes);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(sample, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    // On short texts the detector is unreliable. Here words of high bytes only are Cyrillic if they read well so, and single
    // high bytes among Latin letters are not.
    let cyrillic = cyrillic::best(sample);
    let high_words = has_high_words(sample, &cyrillic);
    if high_words && cyrillic.is_certain() {
        return cyrillic.encoding;
    }
    if !guess.is_single_byte() {
        return guess;
    }
    match (high_words, cyrillic::is_cyrillic(guess)) {
        (true, true) => cyrillic.encoding,
        (true, false) if is_likely(sample, &cyrillic) => cyrillic.encoding,
        (false, true) => WINDOWS_1252,
        _ if only_signs(sample) => WINDOWS_1252,
        _ => guess,
    }
}

/// The Cyrillic charset that a text is in, although `declared` is another single-byte charset, or one of Asia. None: the
/// declaration may be right.
pub fn mistaken_for(bytes: &[u8], declared: &'static Encoding) -> Option<&'static Encoding> {
    let latin = ["windows-1252", "windows-1250", "windows-1254", "ISO-8859-1", "ISO-8859-2", "ISO-8859-15"];
    let sample = sample(bytes);
    let best = || Some(cyrillic::best(sample)).filter(|best| has_high_words(sample, best));
    let found = if cyrillic::is_cyrillic(declared) {
        let own = cyrillic::reading(sample, declared);
        let makes_no_sense = own.points < 0;
        best().filter(|best| match makes_no_sense && best.points > 0 && best.odd == 0 {
            true => best.points > own.points + AHEAD_OF_NONSENSE,
            false => best.is_certain() && best.points > own.points + AHEAD,
        })
    } else if latin.contains(&declared.name()) {
        best().filter(|best| is_likely(sample, best))
    } else if !declared.is_single_byte() {
        best().filter(|best| best.is_certain() && best.odd == 0)
    } else {
        None
    };
    found.map(|best| best.encoding).filter(|&encoding| encoding != declared)
}

/// Whether a text is rather Cyrillic than Latin. Hardly any Latin text has words of high bytes only.
fn is_likely(bytes: &[u8], cyrillic: &CyrillicReading) -> bool {
    let mut words = bytes.split(|b| !(b.is_ascii_alphabetic() || *b >= 0x80));
    let is_whole = |word: &[u8]| word.iter().all(|b| *b >= 0x80) || word.is_ascii();
    cyrillic.points > 0 || cyrillic.points > UNUSUAL && cyrillic.odd == 0 && words.all(is_whole)
}

/// The bytes used for detection: from the first line that is not ASCII, since a long log may begin with ASCII.
fn sample(bytes: &[u8]) -> &[u8] {
    let high = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
    let line = memchr::memrchr(b'\n', &bytes[..high]).map_or(0, |end| end + 1);
    &bytes[line..bytes.len().min(line + DETECTOR_BYTES)]
}

/// Whether the words with high bytes consist mostly of them: true for Cyrillic; false for French or German, and for Latin
/// text with symbols and no-break spaces. A single short word must consist of Cyrillic letters.
fn has_high_words(bytes: &[u8], cyrillic: &CyrillicReading) -> bool {
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
    let long = longest >= 3 && seen.len() >= 3 && high * 10 > letters * 7;
    let short = longest >= 2 && high == letters && cyrillic.odd == 0 && cyrillic.points > 0;
    long || short
}

/// Whether no high byte is next to a letter: then they are symbols like £ and ©, or no-break spaces.
fn only_signs(bytes: &[u8]) -> bool {
    let high = |b: &u8| *b >= 0x80 && *b != 0xa0;
    let letter = |b: &u8| b.is_ascii_alphabetic() || high(b);
    !bytes.windows(2).any(|pair| pair.iter().all(letter) && pair.iter().any(high))
}
