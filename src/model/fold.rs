//! Folds text for comparison by appearance: ignores case, width, optional diacritics, and the script of look-alike letters
//! (compare the confusable skeletons of Unicode UTS #39).

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// A folded character, and its bytes in the subject.
pub struct FoldedChar {
    /// As it is compared.
    pub folded: char,
    /// Whether the original is not a lower-case letter.
    pub capital: bool,
    /// Its bytes.
    pub at: Range<usize>,
}

/// Folds a text: compatibility form (NFKC, character by character), capitals, look-alikes as Latin letters, й as и and ё as
/// е, also where their marks are separate characters. Invisible characters are left out.
pub fn fold(subject: &str) -> Vec<FoldedChar> {
    let mut folded = Vec::with_capacity(subject.len());
    let seen = |c: &char| !is_invisible(*c) && !matches!(c, '\u{306}' | '\u{308}');
    for (start, c) in subject.char_indices().filter(|(_, c)| seen(c)) {
        let at = start..start + c.len_utf8();
        if c.is_ascii() || small_letter(c).is_some() {
            let large = large_letter(c);
            folded.push(FoldedChar { folded: latin(large), capital: c == large, at });
            continue;
        }
        // A single character whose compatibility form contains brackets, such as 🉀, opens no tag.
        let is_one = std::iter::once(c).nfkc().nth(1).is_none();
        for compatible in std::iter::once(c).nfkc() {
            let capital = !compatible.is_lowercase();
            let folds = compatible.to_uppercase().map(latin).map(|c| if is_one || !"[]".contains(c) { c } else { '|' });
            folded.extend(folds.map(|c| FoldedChar { folded: c, capital, at: at.clone() }));
        }
    }
    folded
}

/// The small letter of a Latin or Russian letter; `None` for what is neither. Most characters of most texts are these, and
/// Unicode's tables take ten times as long.
pub fn small_letter(c: char) -> Option<char> {
    match c {
        'a'..='z' | 'а'..='я' | 'ё' => Some(c),
        'A'..='Z' => Some(c.to_ascii_lowercase()),
        'А'..='Я' => char::from_u32(u32::from(c) + 0x20),
        'Ё' => Some('ё'),
        _ => None,
    }
}

/// The capital of a Latin or Russian letter; other characters as they are.
fn large_letter(c: char) -> char {
    match c {
        'а'..='я' => char::from_u32(u32::from(c) - 0x20).unwrap_or(c),
        'ё' => 'Ё',
        c => c.to_ascii_uppercase(),
    }
}

/// The folded text, with one space between its words: two texts that look alike have the same skeleton.
pub fn skeleton(text: &str) -> String {
    let folded: String = fold(text).iter().map(|f| f.folded).collect();
    folded.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The Latin capital or ASCII punctuation mark that a character looks like.
fn latin(c: char) -> char {
    match c {
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'С' | 'Ϲ' => 'C',
        'Ԁ' => 'D',
        'Е' | 'Ё' | 'Ε' => 'E',
        'Ԍ' => 'G',
        'Н' | 'Η' => 'H',
        'І' | 'Ι' | 'Ӏ' => 'I',
        'Ј' => 'J',
        'К' | 'Κ' => 'K',
        'М' | 'Μ' => 'M',
        'Ν' => 'N',
        'Й' => 'И',
        'О' | 'Ο' => 'O',
        'Р' | 'Ρ' => 'P',
        'Ԛ' => 'Q',
        'Ѕ' => 'S',
        'Т' | 'Τ' => 'T',
        'Ѵ' => 'V',
        'Ԝ' => 'W',
        'Х' | 'Χ' => 'X',
        'У' | 'Ү' | 'Υ' => 'Y',
        'Ζ' => 'Z',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}' | '\u{2043}' | '\u{30fc}' => '-',
        '【' | '〔' => '[',
        '】' | '〕' => ']',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// The index of the first character from `at` on that is not a space.
pub fn skip_blanks(subject: &[FoldedChar], mut at: usize) -> usize {
    while subject.get(at).is_some_and(|f| f.folded == ' ') {
        at += 1;
    }
    at
}

/// Control, zero-width and bidirectional formatting characters: they are not visible, but change how a line is displayed.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_are_known_without_tables_are_what_the_tables_say() {
        for c in (0..=0x52f).filter_map(char::from_u32) {
            let Some(small) = small_letter(c) else { continue };
            assert_eq!(small.to_string(), c.to_lowercase().to_string());
            assert_eq!(large_letter(c).to_string(), c.to_uppercase().to_string());
            assert!(c.is_alphabetic() && std::iter::once(c).nfkc().eq([c]), "{c}");
        }
        assert_eq!(['Z', 'я', 'Ё', '5', 'é'].map(small_letter), [Some('z'), Some('я'), Some('ё'), None, None]);
    }
}
