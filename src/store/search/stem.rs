//! Splits a text into the words that are indexed: folded, divided at everything that is neither letter nor digit, and stemmed.
//!
//! `MX-4471/b` is three words that stand beside each other, in the index as in a query, so that serials, addresses, file names
//! and error codes are found whole and by their parts.

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::char::is_combining_mark;

use super::folded;
use crate::model::small_letter;

/// Characters of the longest word that is indexed; what is longer is no word of a language.
const LONGEST_WORD: usize = 64;
/// From this many characters on, a run of letters and digits is checked for being code: base64 has 48 characters a line and
/// more.
const SHORTEST_CODE: usize = 48;

/// A piece of text between two blanks, folded.
pub struct Chunk {
    /// Its first byte in the text.
    pub start: usize,
    /// Its folded characters, without punctuation around them.
    pub folded: String,
}

/// The chunks of a text, without those that are code for machines.
pub fn chunks(text: &str) -> impl Iterator<Item = Chunk> {
    let chunk = |chunk: &str| {
        let start = chunk.as_ptr() as usize - text.as_ptr() as usize;
        let folded = fold(chunk);
        (!folded.is_empty() && !is_code(chunk)).then_some(Chunk { start, folded })
    };
    text.split_whitespace().filter_map(chunk)
}

/// Folds a chunk: lower case, one composition, е for ё, no stress marks, no invisible characters, no punctuation around it.
pub fn fold(chunk: &str) -> String {
    let plain: Option<String> = chunk.chars().map(plain).collect();
    let folded = plain.unwrap_or_else(|| folded(&chunk.replace('№', " ")).chars().filter(|&c| !is_mark(c)).collect());
    folded.trim_matches(|c: char| !is_of_word(c)).to_owned()
}

/// What a Latin or Russian letter or a mark of ASCII is folded to; `None` for all others.
fn plain(c: char) -> Option<char> {
    match small_letter(c) {
        Some('ё') => Some('е'),
        Some(small) => Some(small),
        None => c.is_ascii_graphic().then_some(c),
    }
}

/// Whether a character is dropped: stress marks that no letter is composed with, soft hyphens, joiners, controls.
fn is_mark(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// The words of a folded chunk, without those that are too long.
pub fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split(|c| !is_of_word(c))
        .filter(|word| !word.is_empty() && (word.len() <= LONGEST_WORD || word.chars().count() <= LONGEST_WORD))
}

/// Stemmers for Russian and English: cut a word down to what its forms have in common.
pub struct Stems {
    russian: Stemmer,
    english: Stemmer,
}

impl Default for Stems {
    fn default() -> Self {
        Self { russian: Stemmer::create(Algorithm::Russian), english: Stemmer::create(Algorithm::English) }
    }
}

impl Stems {
    /// The stem of a folded word: by the Russian stemmer where it has a Cyrillic letter, else by the English one. A word with a
    /// digit is its own stem.
    pub fn of(&self, word: &str) -> String {
        if word.chars().any(char::is_numeric) {
            return word.to_owned();
        }
        if word.chars().any(|c| matches!(c, '\u{400}'..='\u{52f}')) {
            return without_fleeting_vowel(self.russian.stem(word).into_owned());
        }
        self.english.stem(word).into_owned()
    }
}

/// Removes the fleeting vowel before a final к, which Snowball keeps: ошибка and ошибок get one stem.
fn without_fleeting_vowel(mut stem: String) -> String {
    let mut last = stem.char_indices().rev();
    if let (Some((_, 'к')), Some((at, 'о' | 'е')), Some(_)) = (last.next(), last.next(), last.nth(2)) {
        stem.remove(at);
    }
    stem
}

/// Whether a chunk is code for machines, such as base64: a long run in which capitals, small letters and digits alternate all
/// the time. Paths and names are long too, but do so less often.
fn is_code(chunk: &str) -> bool {
    if chunk.len() < SHORTEST_CODE {
        return false;
    }
    let runs = chunk.as_bytes().split(|b| !(b.is_ascii_alphanumeric() || b"+/=_-".contains(b)));
    runs.into_iter().any(|run| {
        let changes = run.windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count();
        run.len() >= SHORTEST_CODE && changes * 20 > run.len() * 9
    })
}

fn class(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(text: &str) -> Vec<String> {
        let stems = Stems::default();
        chunks(text).flat_map(|chunk| words(&chunk.folded).map(|word| stems.of(word)).collect::<Vec<_>>()).collect()
    }

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for forms in [
            "заявка заявки заявку заявкой заявок Заявки заявкам",
            "ошибка ошибки ошибку ошибок ОШИБКА ошибками",
            "отчёт отчеты отчета отчётов ОТЧЁТ о\u{301}тчет отче\u{308}т",
            "печатает печатать печатаем печатала",
            "принтер принтера принтеры принтером",
            "строка строк строки",
            "лицензия лицензии лицензию лицензий",
            "выгрузка выгрузки выгрузок",
            "накладная накладной накладные накладную",
            "потолок потолка потолки",
            "print prints printed printing PRINTING",
            "connection connections connected connect",
            "error errors",
            "ｐｒｉｎｔ print",
            "прин\u{ad}тер принтер",
        ] {
            let found = stems(forms);
            assert!(found.windows(2).all(|pair| pair[0] == pair[1]), "{forms}: {found:?}");
        }
        for others in ["заявка заявление", "печать почта", "иск и\u{306}ск", "print point", "ток тк", "4471 4472"]
        {
            let found = stems(others);
            assert_ne!(found[0], found[1], "{others}");
        }
    }

    #[test]
    fn serials_addresses_and_names_are_words_beside_each_other() {
        for (text, expected) in [
            ("MX-4471/b", "mx 4471 b"),
            ("(SN:MX-4471/B),", "sn mx 4471 b"),
            ("ivan.petrov@example.com", "ivan petrov exampl com"),
            ("«server.log.1»", "server log 1"),
            ("0x80070005", "0x80070005"),
            ("ORA-00942:", "ora 00942"),
            ("user_id=17", "user id 17"),
            ("java.lang.NullPointerException", "java lang nullpointerexcept"),
            ("at org.example.Printer.print(Printer.java:42)", "at org exampl printer print printer java 42"),
            ("№ 42 — 100%", "42 100"),
            ("счёт №42/7", "счет 42 7"),
            ("🖨️ !!! …", ""),
            ("", ""),
        ] {
            assert_eq!(stems(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn code_for_machines_and_endless_words_are_left_out() {
        let base64 = "TVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let picture = "iVBORw0KGgoAAAANSUhEUgAAAoAAAAHgCAYAAAA10dzkAAAABHNCSVQICAgIfAhkiAAAAAlwSFlz";
        let random = "3q2+7wX9kLm0QzR5tYv8BnJ1cHfGdSaPoIuKyTrEwQ4M6xZ7VbNhUjMkLi9OpAq2WsEdRfTg5Y==";
        assert_eq!(stems(picture), [""; 0]);
        assert_eq!(stems(&format!("до {random} после")), ["до", "посл"]);
        assert!(stems(base64).iter().all(|word| word.len() <= 64));
        assert_eq!(stems(&"я".repeat(65)), [""; 0]);
        let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(stems(digest), [digest]);
        let path = "/usr/lib/jvm/java-17-openjdk/lib/server/OfficePrinterService/Configuration";
        assert!(stems(path).contains(&"openjdk".to_owned()));
    }
}
