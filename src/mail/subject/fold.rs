//! Text as it looks: without case, width, marks on letters that people leave out, and the script of look-alike letters.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::is_invisible;

/// A character as it looks, and where it stands in the subject.
pub(super) struct Folded {
    pub(super) looks: char,
    pub(super) capital: bool,
    pub(super) at: Range<usize>,
}

/// The text in compatibility form (NFKC, character by character), in capitals, with look-alikes as Latin letters; й is и
/// and ё is е, also where their marks stand as characters of their own.
pub(super) fn fold(subject: &str) -> Vec<Folded> {
    let mut folded = Vec::with_capacity(subject.len());
    let seen = |c: &char| !is_invisible(*c) && !matches!(c, '\u{306}' | '\u{308}');
    for (start, c) in subject.char_indices().filter(|(_, c)| seen(c)) {
        let at = start..start + c.len_utf8();
        // A sign that is drawn with brackets around it, as 🉀 is, opens none.
        let is_one = std::iter::once(c).nfkc().nth(1).is_none();
        for compatible in std::iter::once(c).nfkc() {
            let capital = !compatible.is_lowercase();
            let looks = compatible.to_uppercase().map(latin).map(|c| if is_one || !"[]".contains(c) { c } else { '|' });
            folded.extend(looks.map(|looks| Folded { looks, capital, at: at.clone() }));
        }
    }
    folded
}

/// What the text looks like, with one blank between its words.
pub(super) fn looks(text: &str) -> String {
    let folded: String = fold(text).iter().map(|f| f.looks).collect();
    folded.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The Latin capital or ASCII mark that a character looks like.
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

/// The first character from here on that is no blank.
pub(super) fn skip_blanks(subject: &[Folded], mut at: usize) -> usize {
    while subject.get(at).is_some_and(|f| f.looks == ' ') {
        at += 1;
    }
    at
}
