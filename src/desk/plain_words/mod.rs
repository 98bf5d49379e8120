//! The meaning of a customer's message in plain words: «всё работает», "it still fails".
//!
//! A misunderstanding must not close a request, so a message has a meaning only if every one of its words is understood. One
//! word more, and it is [`PlainWords::Other`], for people to read. Only a complaint that the answer did not help may be followed
//! by words that are not understood.

mod confirmation;
mod notices;
mod own;
mod phrases;

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use crate::model::policy::OwnPhrases;
pub use crate::model::policy::PlainWords;

pub use confirmation::{Confirmation, confirmation};
pub use notices::{announces_absence, notice, sounds_automatic};
use own::Own;
pub use own::in_latin;
pub use own::phrase_fault;
use phrases::{CONTRASTS, FILLERS, GREETINGS, KIND_EMOJIS, PHRASES, SIGN_OFFS};

/// The longest message that can have a meaning, in words: a longer one says more than the phrases do.
const MAX_WORDS: usize = 30;

/// The longest message that can be a complaint, in words.
const MAX_COMPLAINT_WORDS: usize = 60;

/// The longest text that is looked at, in bytes, to bound the work.
const MAX_BYTES: usize = 4_000;

/// The meaning of a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ClauseMeaning {
    /// A greeting, a name or a polite phrase: it does not change the meaning of the message.
    Nothing,
    /// “Yes”: it supports what follows; alone it assents.
    Yes,
    /// “Ok”: it assents, whatever polite phrases stand beside it.
    Assent,
    /// “Unfortunately”: bad news follows, so the message cannot confirm or withdraw.
    Regret,
    Thanks,
    Confirm,
    Withdraw,
    Disagree,
}

/// The meaning of the new text of a customer's message; [`PlainWords::Other`] unless it is certain. The desk's own phrases count
/// before the built-in ones. `names` are the full names of its engineers, who are thanked by them.
pub fn plain_words(text: &str, own: &OwnPhrases, names: &[&str]) -> PlainWords {
    if text.len() > MAX_BYTES || text.contains(['?', '？', '⁇', '؟', '👎']) || is_sad(text) {
        return PlainWords::Other;
    }
    let (text, kind_emojis) = without_emojis(&normalized(text));
    let Some(clauses) = without_signature(clauses(unquoted(&text))) else { return PlainWords::Other };
    if clauses.is_empty() {
        return if kind_emojis > 0 { PlainWords::Thanks } else { PlainWords::Other };
    }
    let words: usize = clauses.iter().map(|clause| clause.words.len()).sum();
    if words > MAX_COMPLAINT_WORDS {
        return PlainWords::Other;
    }
    let own = Own::new(own, names);
    let meanings: Vec<Option<Vec<ClauseMeaning>>> = (0..clauses.len()).map(|at| meaning(&clauses, at, &own)).collect();
    match meanings.iter().cloned().collect::<Option<Vec<Vec<ClauseMeaning>>>>() {
        Some(all) if words <= MAX_WORDS => combined(&all.concat()),
        _ if is_complaint(&clauses, &meanings) => PlainWords::Disagree,
        _ => PlainWords::Other,
    }
}

/// Whether a text ends with a question: its last paragraph asks something, «Помогло? Напишите, пожалуйста.»
pub fn ends_with_question(text: &str) -> bool {
    let last = text.trim_end().rsplit("\n\n").next().unwrap_or_default();
    last.contains(['?', '？'])
}

/// The meaning of several phrases together; [`PlainWords::Other`] if they contradict each other.
fn combined(all: &[ClauseMeaning]) -> PlainWords {
    let has = |means| all.contains(&means);
    match (has(ClauseMeaning::Disagree), has(ClauseMeaning::Withdraw), has(ClauseMeaning::Confirm)) {
        (true, false, false) => PlainWords::Disagree,
        (true, ..) => PlainWords::Other,
        (false, ..) if has(ClauseMeaning::Regret) => PlainWords::Other,
        (false, true, _) => PlainWords::Withdraw,
        (false, false, true) => PlainWords::Confirm,
        (false, false, false) if has(ClauseMeaning::Yes) || has(ClauseMeaning::Assent) => PlainWords::Assent,
        (false, false, false) if has(ClauseMeaning::Thanks) => PlainWords::Thanks,
        (false, false, false) => PlainWords::Other,
    }
}

/// Whether the message begins, after polite phrases, by saying that the answer did not help, and neither confirms, withdraws nor
/// contrasts anything afterwards.
fn is_complaint(clauses: &[Clause], meanings: &[Option<Vec<ClauseMeaning>>]) -> bool {
    let said = |means: &Option<Vec<ClauseMeaning>>| means.clone().unwrap_or_default();
    let is_polite = |means: &Option<Vec<ClauseMeaning>>| {
        means.as_ref().is_some_and(|all| {
            all.iter().all(|one| {
                matches!(
                    one,
                    ClauseMeaning::Nothing
                        | ClauseMeaning::Thanks
                        | ClauseMeaning::Yes
                        | ClauseMeaning::Assent
                        | ClauseMeaning::Regret
                )
            })
        })
    };
    let first = meanings.iter().find(|means| !is_polite(means));
    let ends = meanings
        .iter()
        .any(|means| said(means).iter().any(|m| matches!(m, ClauseMeaning::Confirm | ClauseMeaning::Withdraw)));
    let contrasts = clauses.iter().any(|clause| clause.words.iter().any(|word| CONTRASTS.contains(&word.as_str())));
    first.is_some_and(|means| said(means).contains(&ClauseMeaning::Disagree)) && !ends && !contrasts
}

/// The text in Unicode normal form NFKC, with plain apostrophes and hyphens, without invisible characters.
fn normalized(text: &str) -> String {
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

/// Whether the text has more opening than closing parentheses: a sad smiley.
fn is_sad(text: &str) -> bool {
    text.matches('(').count() > text.matches(')').count()
}

/// The text without emojis that thank or agree, and how many there were.
fn without_emojis(text: &str) -> (String, usize) {
    let is_kind = |c: &char| KIND_EMOJIS.contains(*c);
    // Skin tones, the selector of the coloured form and the joiner stand behind an emoji.
    let is_modifier = |c: char| matches!(c, '\u{1f3fb}'..='\u{1f3ff}' | '\u{fe0f}' | '\u{200d}');
    let kind = text.chars().filter(is_kind).count();
    (text.chars().map(|c| if is_kind(&c) || is_modifier(c) { ' ' } else { c }).collect(), kind)
}

/// The text without quotation marks around the whole of it, as when it is copied from our letter.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let pairs = [('«', '»'), ('“', '”'), ('"', '"'), ('„', '“')];
    let inner = pairs.iter().find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close));
    inner.filter(|inner| !inner.contains(['«', '»', '“', '”', '"', '„'])).unwrap_or(text)
}

/// A clause: a piece of a message between punctuation marks or line breaks.
struct Clause {
    /// Its words in lower case, with е for ё.
    words: Vec<String>,
    /// Whether each of its words begins with a capital letter.
    capitals: bool,
    /// The punctuation mark before it; a line break for the first one of a line.
    before: char,
    /// Whether it is the only one of its line.
    whole_line: bool,
}

impl Clause {
    /// Its words without filler words.
    fn significant_words(&self) -> Vec<&str> {
        self.words.iter().map(String::as_str).filter(|word| !FILLERS.contains(word)).collect()
    }
}

/// The clauses of a text.
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

/// Joins clauses that only a filler word between commas separates, «закройте, пожалуйста, запрос», in the line whose clauses
/// begin at `from`.
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

/// Whether a character ends the clause `piece`: punctuation marks do, a hyphen only where it stands for a dash.
fn ends_clause(c: char, piece: &str) -> bool {
    matches!(c, '.' | ',' | '!' | ';' | ':' | '…' | '—' | '–' | '(' | ')' | '\n' | '\r')
        || c == '-' && piece.ends_with(|c: char| c.is_whitespace())
}

/// The clause in a piece of text; `None` if it has no words.
fn clause(piece: &str, before: char) -> Option<Clause> {
    let typed: Vec<&str> = piece.split_whitespace().filter(|word| *word != "-").collect();
    let capitals = typed.iter().all(|word| word.trim_start_matches(['«', '"', '“']).starts_with(char::is_uppercase));
    let lower = |word: &&str| word.to_lowercase().replace('ё', "е");
    let words: Vec<String> = typed.iter().map(lower).flat_map(expand_contraction).collect();
    (!words.is_empty()).then_some(Clause { words, capitals, before, whole_line: false })
}

/// A contraction as two words: `it's` as `it is`.
fn expand_contraction(word: String) -> Vec<String> {
    match word.as_str() {
        "its" => vec!["it".to_owned(), "is".to_owned()],
        _ => match word.strip_suffix("'s") {
            Some(noun) => vec![noun.to_owned(), "is".to_owned()],
            None => vec![word],
        },
    }
}

/// The clauses before the signature; `None` if the signature may contain more than names, numbers and addresses.
fn without_signature(mut clauses: Vec<Clause>) -> Option<Vec<Clause>> {
    let is_sign_off =
        |clause: &Clause| clause.before == '\n' && SIGN_OFFS.iter().any(|phrase| is_phrase(&clause.words, phrase));
    let Some(at) = clauses.iter().position(is_sign_off) else { return Some(clauses) };
    let signature = clauses.split_off(at);
    let is_number = |word: &&String| word.contains(|c: char| c.is_ascii_digit() || c == '@');
    let is_contact = |clause: &Clause| {
        let numbers = clause.words.iter().filter(is_number).count();
        clause.capitals && clause.words.len() <= 4 || numbers > 0 && clause.words.len() <= numbers + 1
    };
    signature[1..].iter().all(is_contact).then_some(clauses)
}

/// The meanings of the phrases of a clause; `None` unless all of its words are understood.
fn meaning(clauses: &[Clause], at: usize, own: &Own) -> Option<Vec<ClauseMeaning>> {
    let clause = &clauses[at];
    phrase_meanings(&clause.significant_words(), own, 0)
        .or_else(|| with_a_known_name(clause, own))
        .or_else(|| is_name(clauses, at).then(|| vec![ClauseMeaning::Nothing]))
}

/// The meanings of a clause that calls an engineer by their name and says no more than thanks beside it: «Спасибо, Иван».
fn with_a_known_name(clause: &Clause, own: &Own) -> Option<Vec<ClauseMeaning>> {
    let words = clause.significant_words();
    let names = |words: &[&str]| words.iter().take_while(|word| own.is_name(word)).count();
    let (before, behind) = (names(&words), names(&words.iter().rev().copied().collect::<Vec<_>>()));
    if before == words.len() {
        return Some(vec![ClauseMeaning::Nothing]);
    }
    let rest = words.get(before..words.len() - behind).filter(|rest| rest.len() < words.len())?;
    let is_kind = |means: &ClauseMeaning| {
        matches!(means, ClauseMeaning::Nothing | ClauseMeaning::Thanks | ClauseMeaning::Yes | ClauseMeaning::Assent)
    };
    phrase_meanings(rest, own, 0).filter(|all| all.iter().all(is_kind))
}

/// Whether a clause is the name of somebody who is greeted or who signs. A single word counts only behind a greeting, since
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
    GREETINGS.iter().any(|greeting| is_phrase(words, greeting))
}

/// The meanings of the phrases that words consist of, longer phrases first, joined by “and” or nothing; `None` unless all words
/// are understood.
fn phrase_meanings(words: &[&str], own: &Own, depth: usize) -> Option<Vec<ClauseMeaning>> {
    if words.is_empty() {
        return Some(vec![ClauseMeaning::Nothing]);
    }
    if depth > 4 || words.len() > MAX_WORDS {
        return None;
    }
    (1..=words.len()).rev().find_map(|end| {
        let means = own.meaning(&words[..end]).or_else(|| phrase(&words[..end]))?;
        let rest = match &words[end..] {
            ["и" | "and" | "so", rest @ ..] if !rest.is_empty() => rest,
            rest => rest,
        };
        let mut all = vec![means];
        if !rest.is_empty() {
            all.extend(phrase_meanings(rest, own, depth + 1)?);
        }
        Some(all)
    })
}

/// The meaning of words that are one built-in phrase; `None` if they are none.
fn phrase(words: &[&str]) -> Option<ClauseMeaning> {
    static TABLE: LazyLock<Vec<(ClauseMeaning, Vec<PhraseSlot>)>> = LazyLock::new(|| {
        let greetings = GREETINGS.iter().map(|phrase| (ClauseMeaning::Nothing, slots(phrase)));
        let rows = PHRASES.iter().flat_map(|(means, phrases)| phrases.iter().map(|phrase| (*means, slots(phrase))));
        greetings.chain(rows).collect()
    });
    TABLE.iter().find(|(_, slots)| matches(words, slots)).map(|(means, _)| *means)
}

/// A place in a phrase: one of these words; none of them is fine too if it is optional.
struct PhraseSlot {
    words: Vec<&'static str>,
    optional: bool,
}

/// The places of a phrase as `phrases.rs` writes it.
fn slots(phrase: &'static str) -> Vec<PhraseSlot> {
    let slot = |slot: &'static str| {
        let inner = slot.strip_prefix('[').and_then(|slot| slot.strip_suffix(']'));
        PhraseSlot { words: inner.unwrap_or(slot).split('|').collect(), optional: inner.is_some() }
    };
    phrase.split(' ').map(slot).collect()
}

/// Whether words are this phrase.
fn is_phrase(words: &[String], phrase: &'static str) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    matches(&words, &slots(phrase))
}

/// Whether words match the places of a phrase, one after the other.
fn matches(words: &[&str], slots: &[PhraseSlot]) -> bool {
    match (words, slots) {
        ([], []) => true,
        (words, [slot, rest @ ..]) => {
            let taken =
                words.split_first().is_some_and(|(word, behind)| slot.words.contains(word) && matches(behind, rest));
            taken || slot.optional && matches(words, rest)
        }
        (_, []) => false,
    }
}

#[cfg(test)]
mod tests;
