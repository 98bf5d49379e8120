//! Judges which Cyrillic charset reads a text best: by pairs of neighbouring letters, capitals, and the place of signs.

use encoding_rs::{Encoding, IBM866, ISO_8859_5, KOI8_R, KOI8_U, WINDOWS_1251, X_MAC_CYRILLIC};

/// The Cyrillic charsets of mail, each with what speaks against it before a byte is read, in points: how rare it is.
///
/// windows-1251 and Mac Cyrillic share their small letters, and what is a capital letter in one is a sign in the other, so
/// that only strong evidence may choose Mac Cyrillic.
const CHARSETS: [(&Encoding, i64); 6] =
    [(WINDOWS_1251, 0), (KOI8_R, 6), (KOI8_U, 7), (IBM866, 8), (ISO_8859_5, 10), (X_MAC_CYRILLIC, 20)];

/// How a text reads in a Cyrillic charset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CyrillicReading {
    /// The charset.
    pub encoding: &'static Encoding,
    /// How much the text resembles Russian or Ukrainian, in half nats of likelihood against random letters: about 2 for each
    /// letter of real text, less than 0 for letters without sense.
    pub points: i64,
    /// The number of Cyrillic letters.
    pub letters: i64,
    /// The number of characters that stand where no such text has them.
    pub odd: i64,
}

impl CyrillicReading {
    /// Whether the text is Cyrillic beyond doubt, whatever else it could be.
    pub fn is_certain(&self) -> bool {
        self.letters >= 5 && self.points >= self.letters
    }
}

/// Whether it is one of the Cyrillic charsets.
pub fn is_cyrillic(encoding: &'static Encoding) -> bool {
    CHARSETS.iter().any(|&(cyrillic, _)| cyrillic == encoding)
}

/// The Cyrillic charset in which the text reads best.
pub fn best(bytes: &[u8]) -> CyrillicReading {
    let weighed = CHARSETS.map(|(encoding, against)| {
        let read = reading(bytes, encoding);
        (read.points - against, read)
    });
    let [first, others @ ..] = weighed;
    others.into_iter().fold(first, |best, next| if next.0 > best.0 { next } else { best }).1
}

/// Reads a text in one of the Cyrillic charsets.
pub fn reading(bytes: &[u8], encoding: &'static Encoding) -> CyrillicReading {
    let text = encoding.decode_without_bom_handling(bytes).0;
    let mut read = CyrillicReading { encoding, points: 0, letters: 0, odd: 0 };
    let mut word = Word::default();
    let (mut before, mut open_quotes) = (' ', 0i64);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let after = chars.peek().copied().unwrap_or(' ');
        if is_letter(c) {
            read.letters += 1;
            word.add(c);
        } else {
            read.points += word.end();
            let cost = if c.is_ascii() { 0 } else { sign_cost(c, before, after) };
            read.odd += i64::from(cost >= ODD);
            read.points -= cost;
            open_quotes += i64::from(c == '«') - i64::from(c == '»');
        }
        before = c;
    }
    read.points += word.end() - 3 * open_quotes.abs();
    read
}

/// The cost of a character that no Cyrillic text has in such a place, in points.
const ODD: i64 = 8;

fn is_letter(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{45f}' | 'Ґ' | 'ґ')
}

/// The cost in points of a character that is not a letter, between its neighbours.
fn sign_cost(c: char, before: char, after: char) -> i64 {
    let (touches_before, touches_after) = (is_letter(before), is_letter(after));
    let outside = !before.is_alphanumeric();
    match c {
        '«' | '„' | '№' if !touches_before => 0,
        '»' if !touches_after && (!outside || !before.is_whitespace()) => 0,
        '“' if !(touches_before && touches_after) => 0,
        '”' if !touches_after => 0,
        '’' if !outside || !touches_after => 0,
        '–' | '—' | '•' | '·' if !touches_before && !touches_after => 0,
        '–' | '—' if touches_before && touches_after => 2,
        '…' if !touches_after => 0,
        '…' if before.is_whitespace() => 3,
        '\u{a0}' if !before.is_whitespace() || !touches_after => 0,
        '\u{a0}' => 4,
        '°' | '§' | '±' | '©' | '®' | '™' | '€' | '‘' | '²' | '÷' if !touches_before && !touches_after => {
            1
        }
        '«' | '»' | '„' | '”' | '–' | '—' if outside => 5,
        _ => ODD,
    }
}

/// The word that is being read.
#[derive(Default)]
struct Word {
    points: i64,
    /// The position of its last letter in [`PAIRS`]; None: a letter that Russian has not.
    last: Option<usize>,
    length: usize,
    capitals: usize,
    last_is_capital: bool,
}

impl Word {
    fn add(&mut self, c: char) {
        let capital = c.is_uppercase();
        let place = position(c);
        let last = if self.length == 0 { Some(0) } else { self.last };
        let pair = match (last, place) {
            (Some(last), Some(place)) => pair(last, place),
            (_, None) if is_foreign(c) => -6,
            _ => 0,
        };
        // A capital after a small letter; a small letter after several capitals.
        let odd = self.length > 0
            && (capital && !self.last_is_capital || !capital && self.capitals > 1 && self.last_is_capital);
        *self = Self {
            points: self.points + pair - if odd { ODD } else { 0 },
            last: place,
            length: self.length + 1,
            capitals: self.capitals + usize::from(capital),
            last_is_capital: capital,
        };
    }

    /// Ends the word: its points. An abbreviation (ТТН, УПД) need not look like a word.
    fn end(&mut self) -> i64 {
        let word = std::mem::take(self);
        let points = word.points + word.last.filter(|_| word.length > 0).map_or(0, |last| pair(last, 0));
        match word.capitals > 1 && word.capitals == word.length {
            true if word.length <= 4 => (points - 1).max(1),
            true => points - 1,
            false => points,
        }
    }
}

/// Letters of Serbian and Macedonian, which are signs in other charsets.
fn is_foreign(c: char) -> bool {
    !matches!(c, 'І' | 'і' | 'Ї' | 'ї' | 'Є' | 'є' | 'Ґ' | 'ґ' | 'Ў' | 'ў')
}

/// The row or column of a letter in [`PAIRS`]; None: Russian has no such letter.
fn position(c: char) -> Option<usize> {
    match c {
        'ё' | 'Ё' => Some(6),
        'а'..='я' => Some(c as usize - 'а' as usize + 1),
        'А'..='Я' => Some(c as usize - 'А' as usize + 1),
        _ => None,
    }
}

fn pair(first: usize, second: usize) -> i64 {
    i64::from(PAIRS[first][second]) - i64::from(b'm')
}

/// How much more often than by chance the second letter (column) follows the first (row) in Russian: twice the logarithm of
/// the ratio, as a letter counted from `m`. The order is word boundary, а to я; ё counts as е.
///
/// Counted in 90,000 words of manual pages, of this project's texts and of a dictionary.
const PAIRS: [&[u8; 33]; 33] = [
    b"akmoknkjnncnkmoopmommkihkieaacleh",
    b"qcmnjmnkngmmompcmmnofhkkkkjaaaakm",
    b"lnehafpeenaoohnqapkenakcdfmjohhfi",
    b"pqbhegpaioamnhlphknkmalehkjaojaaj",
    b"nocfemlacoaioelrapgenbaageaaababa",
    b"npflemqhdoakninpjnkknagighddmiafl",
    b"qgiklmkkkhllnnpijpnpgfihmkjaaaagg",
    b"jpmagorhapaoghphadfamaabdaaaaheaa",
    b"orknjokiflajkmooeldemacdjdagmiack",
    b"qimnjlnimllmnnnkiloochklmlhaaaaln",
    b"saafdldadaalphldadooacagjkcaaaaad",
    b"oqgiaamjcpadnekqaolmnaaiagaaacfaa",
    b"opdegepjepajhdmpealhnaaajdaalpbmo",
    b"qpiieaqaaoahikmpjgiencaegcbanfabl",
    b"npbdflpheqaibanqaejmmjbjhedaolagl",
    b"pbnomnlmkjmmnnmjmnopefihllhaaafij",
    b"jnaaaapaaoahlairirfgmaahedaajhaai",
    b"nqfkjipmfpajgklqgfkkmihegjdankahk",
    b"omikeinfcnaonllnoklqlcihihaeknado",
    b"ppcngipafnamiikpjonelfcelbbbloadi",
    b"qklmmnmokdnnmmlfmmooaijdnllafccnh",
    b"lrccccoccpcdjgfqcmiinjccegcciidce",
    b"rnblgbibcmbcljnrfmjikbbbchbfbbebb",
    b"oqckccqccrciceckccddmccdcdccndcih",
    b"lqacaaraapamhdpiafdolaaaajaabkaab",
    b"moafaeraaralnfmlgeejmabbaagaanada",
    b"goccccrcgrchccjhcfckmccccccchnccc",
    b"iiiiiiriiiiiiiiliiiiiliiiiiiiiiis",
    b"qdipjkofiepkmojamkmnfaodlnfaaaaai",
    b"sbhflelaoiamanofbannaddhgleaaaall",
    b"gfehhgccfcfpnhjcjhjsckgcckccccccg",
    b"sbmefldgicejiijbcjlpbdgepipbbbcib",
    b"sajnikmildhillmafilnaakfifkaaaakj",
];
