//! What a customer's plain words ask: «всё работает», "it still fails".
//!
//! A request must not be ended by a misunderstanding, so a message counts only when every one of its words is understood: one
//! word more, and it is [`PlainWords::Other`], for people to read. Only that an answer did not help may be followed by more.

mod own;
mod phrases;

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use crate::model::policy::OwnPhrases;
pub use crate::model::policy::PlainWords;

use own::Own;
pub use own::unfit;
use phrases::{FILLERS, GREETINGS, KIND_EMOJIS, PHRASES, SIGN_OFFS, TURNS};

/// A message of more words says more than plain words do.
const MOST_WORDS: usize = 30;

/// The same for a message that begins with its disagreement.
const MOST_WORDS_OF_COMPLAINT: usize = 60;

/// A longer text is not looked at, in bytes.
const LONGEST: usize = 4_000;

/// What a phrase says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ClauseMeaning {
    Nothing,
    /// It belongs to what follows; alone it answers a question.
    Yes,
    /// Bad news follows, and no good ones.
    Regret,
    Thanks,
    Confirm,
    Withdraw,
    Disagree,
}

/// What the new words of a customer's message say, where they surely say it; the desk's own phrases count first.
pub fn plain_words(text: &str, own: &OwnPhrases) -> PlainWords {
    if text.len() > LONGEST || text.contains(['?', '？', '⁇', '؟', '👎']) || is_sad(text) {
        return PlainWords::Other;
    }
    let (text, kind_emojis) = without_emojis(&normal(text));
    let Some(clauses) = without_signature(clauses(unquoted(&text))) else { return PlainWords::Other };
    if clauses.is_empty() {
        return if kind_emojis > 0 { PlainWords::Thanks } else { PlainWords::Other };
    }
    let words: usize = clauses.iter().map(|clause| clause.words.len()).sum();
    if words > MOST_WORDS_OF_COMPLAINT {
        return PlainWords::Other;
    }
    let own = Own::new(own);
    let meanings: Vec<Option<Vec<ClauseMeaning>>> = (0..clauses.len()).map(|at| meaning(&clauses, at, &own)).collect();
    match meanings.iter().cloned().collect::<Option<Vec<Vec<ClauseMeaning>>>>() {
        Some(all) if words <= MOST_WORDS => together(&all.concat()),
        _ if is_complaint(&clauses, &meanings) => PlainWords::Disagree,
        _ => PlainWords::Other,
    }
}

/// What phrases say together; opposites say nothing.
fn together(all: &[ClauseMeaning]) -> PlainWords {
    let has = |means| all.contains(&means);
    match (has(ClauseMeaning::Disagree), has(ClauseMeaning::Withdraw), has(ClauseMeaning::Confirm)) {
        (true, false, false) => PlainWords::Disagree,
        (true, ..) => PlainWords::Other,
        (false, ..) if has(ClauseMeaning::Regret) => PlainWords::Other,
        (false, false, false) if has(ClauseMeaning::Yes) => PlainWords::Other,
        (false, true, _) => PlainWords::Withdraw,
        (false, false, true) => PlainWords::Confirm,
        (false, false, false) if has(ClauseMeaning::Thanks) => PlainWords::Thanks,
        (false, false, false) => PlainWords::Other,
    }
}

/// Whether the message begins by saying that the answer did not help, and does not turn.
fn is_complaint(clauses: &[Clause], meanings: &[Option<Vec<ClauseMeaning>>]) -> bool {
    let said = |means: &Option<Vec<ClauseMeaning>>| means.clone().unwrap_or_default();
    let is_polite = |means: &Option<Vec<ClauseMeaning>>| {
        means.as_ref().is_some_and(|all| {
            all.iter().all(|one| matches!(one, ClauseMeaning::Nothing | ClauseMeaning::Thanks | ClauseMeaning::Yes | ClauseMeaning::Regret))
        })
    };
    let first = meanings.iter().find(|means| !is_polite(means));
    let ends = meanings.iter().any(|means| said(means).iter().any(|m| matches!(m, ClauseMeaning::Confirm | ClauseMeaning::Withdraw)));
    let turns = clauses.iter().any(|clause| clause.words.iter().any(|word| TURNS.contains(&word.as_str())));
    first.is_some_and(|means| said(means).contains(&ClauseMeaning::Disagree)) && !ends && !turns
}

/// The text in compatibility form with plain apostrophes and hyphens, without invisible characters.
fn normal(text: &str) -> String {
    let plain = |c: char| match c {
        '’' | '‘' | '`' | '´' => '\'',
        '\u{2010}' | '\u{2011}' => '-',
        c => c,
    };
    text.nfkc().filter(|c| !is_invisible(*c)).map(plain).collect()
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200c}' | '\u{200e}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// More opening than closing parentheses are a sad smiley.
fn is_sad(text: &str) -> bool {
    text.matches('(').count() > text.matches(')').count()
}

/// The text without kind emojis, and how many there were.
fn without_emojis(text: &str) -> (String, usize) {
    let is_kind = |c: &char| KIND_EMOJIS.contains(*c);
    // Skin tones and the selector of the coloured form stand behind an emoji.
    let is_modifier = |c: char| matches!(c, '\u{1f3fb}'..='\u{1f3ff}' | '\u{fe0f}' | '\u{200d}');
    let kind = text.chars().filter(is_kind).count();
    (text.chars().map(|c| if is_kind(&c) || is_modifier(c) { ' ' } else { c }).collect(), kind)
}

/// The text without quotation marks around the whole of it: an answer copied from our letter.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let pairs = [('«', '»'), ('“', '”'), ('"', '"'), ('„', '“')];
    let inner = pairs.iter().find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close));
    inner.filter(|inner| !inner.contains(['«', '»', '“', '”', '"', '„'])).unwrap_or(text)
}

/// A piece of a message between marks or line breaks.
struct Clause {
    /// Its words in lower case, е for ё.
    words: Vec<String>,
    /// Whether each of its words begins with a capital.
    capitals: bool,
    /// The mark before it; a line break at the beginning.
    before: char,
    /// Whether it is all that its line holds.
    whole_line: bool,
}

impl Clause {
    /// Its words without those that change nothing.
    fn telling(&self) -> Vec<&str> {
        self.words.iter().map(String::as_str).filter(|word| !FILLERS.contains(word)).collect()
    }
}

fn clauses(text: &str) -> Vec<Clause> {
    let mut clauses = Vec::new();
    for line in text.lines() {
        let from = clauses.len();
        let mut before = '\n';
        let mut piece = String::new();
        for c in line.chars().chain(['\n']) {
            if ends_clause(c, &piece) {
                clauses.extend(clause(&piece, before));
                piece.clear();
                before = c;
            } else {
                piece.push(c);
            }
        }
        without_commas_at_fillers(&mut clauses, from);
        if let [only] = &mut clauses[from..] {
            only.whole_line = true;
        }
    }
    clauses
}

/// Joins what «, пожалуйста,» parts in one line, whose clauses begin at `from`.
fn without_commas_at_fillers(clauses: &mut Vec<Clause>, from: usize) {
    let is_filler = |clause: &Clause| clause.words.iter().all(|word| FILLERS.contains(&word.as_str()));
    let mut at = from + 1;
    while at + 1 < clauses.len() {
        if is_filler(&clauses[at]) && clauses[at].before == ',' && clauses[at + 1].before == ',' {
            let joined: Vec<Clause> = clauses.drain(at..=at + 1).collect();
            clauses[at - 1].words.extend(joined.into_iter().flat_map(|clause| clause.words));
            clauses[at - 1].capitals = false;
        } else {
            at += 1;
        }
    }
}

/// Marks end a clause; a hyphen only where it is a dash.
fn ends_clause(c: char, piece: &str) -> bool {
    matches!(c, '.' | ',' | '!' | ';' | ':' | '…' | '—' | '–' | '(' | ')' | '\n' | '\r')
        || c == '-' && piece.ends_with(|c: char| c.is_whitespace())
}

fn clause(piece: &str, before: char) -> Option<Clause> {
    let typed: Vec<&str> = piece.split_whitespace().filter(|word| *word != "-").collect();
    let capitals = typed.iter().all(|word| word.trim_start_matches(['«', '"', '“']).starts_with(char::is_uppercase));
    let lower = |word: &&str| word.to_lowercase().replace('ё', "е");
    let words: Vec<String> = typed.iter().map(lower).flat_map(apart).collect();
    (!words.is_empty()).then_some(Clause { words, capitals, before, whole_line: false })
}

/// `it's` as two words.
fn apart(word: String) -> Vec<String> {
    match word.as_str() {
        "its" => vec!["it".to_owned(), "is".to_owned()],
        _ => match word.strip_suffix("'s") {
            Some(noun) => vec![noun.to_owned(), "is".to_owned()],
            None => vec![word],
        },
    }
}

/// The clauses above a signature; nothing where what stands below the sign-off may be more than names and numbers.
fn without_signature(mut clauses: Vec<Clause>) -> Option<Vec<Clause>> {
    let is_sign_off = |clause: &Clause| clause.before == '\n' && SIGN_OFFS.iter().any(|p| fits(&clause.words, p));
    let Some(at) = clauses.iter().position(is_sign_off) else { return Some(clauses) };
    let signature = clauses.split_off(at);
    let is_number = |word: &&String| word.contains(|c: char| c.is_ascii_digit() || c == '@');
    let is_contact = |clause: &Clause| {
        let numbers = clause.words.iter().filter(is_number).count();
        clause.capitals && clause.words.len() <= 4 || numbers > 0 && clause.words.len() <= numbers + 1
    };
    signature[1..].iter().all(is_contact).then_some(clauses)
}

/// What a clause says, if all of it is understood.
fn meaning(clauses: &[Clause], at: usize, own: &Own) -> Option<Vec<ClauseMeaning>> {
    let clause = &clauses[at];
    parted(&clause.telling(), own, 0).or_else(|| is_name(clauses, at).then(|| vec![ClauseMeaning::Nothing]))
}

/// Whether a clause is the name of somebody who is greeted, or who has signed: a single word only behind a greeting, since
/// «Частично» is no name.
fn is_name(clauses: &[Clause], at: usize) -> bool {
    let clause = &clauses[at];
    let letters = |word: &String| word.chars().all(|c| c.is_alphabetic() || c == '-');
    if !clause.capitals || clause.words.len() > 4 || !clause.words.iter().all(letters) {
        return false;
    }
    match at {
        0 => (1..clause.words.len()).any(|end| is_greeting(&clause.words[..end])),
        1 if clause.before == ',' => is_greeting(&clauses[0].words),
        _ => clause.whole_line && (2..=3).contains(&clause.words.len()) && at + 1 == clauses.len(),
    }
}

fn is_greeting(words: &[String]) -> bool {
    GREETINGS.iter().any(|greeting| fits(words, greeting))
}

/// The words as a row of phrases, longer ones first, joined by «и» or nothing.
fn parted(words: &[&str], own: &Own, depth: usize) -> Option<Vec<ClauseMeaning>> {
    if words.is_empty() {
        return Some(vec![ClauseMeaning::Nothing]);
    }
    if depth > 4 || words.len() > MOST_WORDS {
        return None;
    }
    (1..=words.len()).rev().find_map(|end| {
        let means = own.means(&words[..end]).or_else(|| phrase(&words[..end]))?;
        let rest = match &words[end..] {
            ["и" | "and" | "so", rest @ ..] if !rest.is_empty() => rest,
            rest => rest,
        };
        let mut all = vec![means];
        if !rest.is_empty() {
            all.extend(parted(rest, own, depth + 1)?);
        }
        Some(all)
    })
}

fn phrase(words: &[&str]) -> Option<ClauseMeaning> {
    static TABLE: LazyLock<Vec<(ClauseMeaning, Vec<PhraseSlot>)>> = LazyLock::new(|| {
        let greetings = GREETINGS.iter().map(|phrase| (ClauseMeaning::Nothing, slots(phrase)));
        let rows = PHRASES.iter().flat_map(|(means, phrases)| phrases.iter().map(|phrase| (*means, slots(phrase))));
        greetings.chain(rows).collect()
    });
    TABLE.iter().find(|(_, slots)| fit(words, slots)).map(|(means, _)| *means)
}

/// One place of a phrase: any of these words, or perhaps none.
struct PhraseSlot {
    words: Vec<&'static str>,
    optional: bool,
}

fn slots(phrase: &'static str) -> Vec<PhraseSlot> {
    let slot = |slot: &'static str| {
        let inner = slot.strip_prefix('[').and_then(|slot| slot.strip_suffix(']'));
        PhraseSlot { words: inner.unwrap_or(slot).split('|').collect(), optional: inner.is_some() }
    };
    phrase.split(' ').map(slot).collect()
}

fn fits(words: &[String], phrase: &'static str) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    fit(&words, &slots(phrase))
}

fn fit(words: &[&str], slots: &[PhraseSlot]) -> bool {
    match (words, slots) {
        ([], []) => true,
        (words, [slot, rest @ ..]) => {
            let taken =
                words.split_first().is_some_and(|(word, behind)| slot.words.contains(word) && fit(behind, rest));
            taken || slot.optional && fit(words, rest)
        }
        (_, []) => false,
    }
}

#[cfg(test)]
mod tests;
