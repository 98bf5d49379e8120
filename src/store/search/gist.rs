//! The gist of a request: the stems of the words that open it. And how much two requests resemble each other by what is rare at
//! their desk.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use super::super::sql::{ToColumn, Value};
use super::stem::{self, Stems};
use crate::model::Digest;

/// How many bytes of a text count: what a request is about stands at its beginning.
const MOST_TEXT: usize = 2_000;
/// How many different stems a gist has at most.
const MOST_STEMS: usize = 64;
/// How many stems two requests share at least if they resemble each other, and how alike they are at least, from 0 to 1. Found
/// with `fixtures/similar/first.tsv`.
const FEWEST_SHARED: usize = 3;
const LEAST_LIKE: f64 = 0.33;

/// Words that say nothing of what a request is about: particles, greetings, polite phrases, and that something does not work.
const EMPTY_WORDS: &str = include_str!("empty_words.txt");

static EMPTY_STEMS: LazyLock<HashSet<String>> = LazyLock::new(|| stems_of(EMPTY_WORDS).collect());

/// The different stems of the words that open a request.
#[derive(Clone, Debug, Default)]
pub struct Gist {
    /// The stems, as the index has them, each with its number.
    stems: Vec<(u32, String)>,
    /// Those numbers, ascending.
    numbers: Vec<u32>,
}

impl Gist {
    /// The gist of a request that a message with this subject and text opens.
    pub fn of(subject: &str, text: &str) -> Self {
        let mut end = text.len().min(MOST_TEXT);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let mut known = HashSet::new();
        let says_something = |stem: &String| stem.chars().nth(1).is_some() && !EMPTY_STEMS.contains(stem);
        let stems = stems_of(subject).chain(stems_of(&text[..end])).filter(says_something);
        let stems = stems.map(|stem| (number(&stem), stem)).filter(|(number, _)| known.insert(*number));
        let stems: Vec<(u32, String)> = stems.take(MOST_STEMS).collect();
        let mut numbers: Vec<u32> = stems.iter().map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        Self { stems, numbers }
    }

    /// The numbers of the stems that it shares with a stored one.
    fn shared<'a>(&'a self, stored: &'a [u8]) -> impl Iterator<Item = u32> + 'a {
        let mut own = self.numbers.iter().peekable();
        numbers(stored).filter(move |number| {
            while own.next_if(|own| *own < number).is_some() {}
            own.peek() == Some(&number)
        })
    }

    /// Its stems, those first that the fewest of the counted requests hold; of equal ones the longer first.
    pub(in crate::store) fn rarest(&self, rarity: &Rarity) -> impl Iterator<Item = &str> {
        let mut stems: Vec<&(u32, String)> = self.stems.iter().collect();
        stems.sort_by_key(|(number, stem)| (rarity.holders(*number), Reverse(stem.len())));
        stems.into_iter().map(|(_, stem)| stem.as_str())
    }
}

impl ToColumn for Gist {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self.numbers.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<u8>>().into())
    }
}

/// The numbers of a stored gist's stems.
fn numbers(stored: &[u8]) -> impl Iterator<Item = u32> {
    stored.as_chunks::<4>().0.iter().map(|bytes| u32::from_be_bytes(*bytes))
}

fn stems_of(text: &str) -> impl Iterator<Item = String> {
    let stems = Stems::default();
    let words = stem::chunks(text).flat_map(|chunk| stem::words(&chunk.folded).map(str::to_owned).collect::<Vec<_>>());
    words.map(move |word| stems.of(&word))
}

/// The number that stands for a stem: the same on every machine and in every version.
fn number(stem: &str) -> u32 {
    let [a, b, c, d, ..] = *Digest::of(stem.as_bytes()).as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// How rare stems are, by some of a desk's requests.
pub struct Rarity {
    holders: HashMap<u32, u32, BuildHasherDefault<Digested>>,
    /// What a stem counts that so many of the requests hold.
    weights: Vec<f64>,
}

impl Rarity {
    /// How rare stems are by these stored gists.
    pub(in crate::store) fn among<'g>(gists: impl IntoIterator<Item = &'g [u8]>) -> Self {
        let (mut requests, mut holders) = (0, HashMap::default());
        for stored in gists {
            requests += 1;
            numbers(stored).for_each(|number| *holders.entry(number).or_default() += 1);
        }
        let weight = |holders: u32| ((f64::from(requests) + 1.0) / (f64::from(holders) + 0.5)).ln();
        Self { holders, weights: (0..=requests).map(weight).collect() }
    }

    /// How many of the requests hold a stem.
    fn holders(&self, number: u32) -> u32 {
        self.holders.get(&number).copied().unwrap_or_default()
    }

    /// What a stem counts: the logarithm of its inverse frequency.
    fn weight(&self, number: u32) -> f64 {
        self.weights.get(self.holders(number) as usize).copied().unwrap_or_default()
    }

    /// How alike a request and a stored one are, from 0 to 1: the cosine of their weighted stems. `None` where they are not
    /// alike enough.
    pub(in crate::store) fn likeness(&self, gist: &Gist, stored: &[u8]) -> Option<f64> {
        // Most are told apart by this, and it costs little.
        gist.shared(stored).nth(FEWEST_SHARED - 1)?;
        let weight = |stems: &mut dyn Iterator<Item = u32>| stems.map(|number| self.weight(number)).sum::<f64>();
        let own = weight(&mut gist.numbers.iter().copied());
        let likeness = weight(&mut gist.shared(stored)) / (own * weight(&mut numbers(stored))).sqrt();
        (likeness >= LEAST_LIKE).then_some(likeness)
    }
}

/// Takes the numbers of stems for their own hash: they are parts of a digest.
#[derive(Default)]
struct Digested(u64);

impl Hasher for Digested {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0 << 8 | u64::from(*byte));
    }

    /// Twice: a table looks at the upper and at the lower bits.
    fn write_u32(&mut self, number: u32) {
        self.0 = u64::from(number) << 32 | u64::from(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gist_is_of_words_that_say_something() {
        let gist =
            Gist::of("Заявка: не печатает принтер", "Добрый день!\nПринтеры HP не печатают, ошибка 502. Спасибо.");
        let stems: Vec<&str> = gist.stems.iter().map(|(_, stem)| stem.as_str()).collect();
        assert_eq!(stems, ["печата", "принтер", "hp", "502"]);
        let endless: String = (0..5_000).map(|n| format!("слово{n} ")).collect();
        assert_eq!(Gist::of("", &endless).stems.len(), MOST_STEMS);
        assert!(Gist::of("", &"я".repeat(10_000)).stems.is_empty());
    }

    #[test]
    fn what_is_rare_counts_and_what_many_requests_hold_does_not() {
        let stored = |subject: &str| match Gist::of(subject, "").value() {
            Value::Bytes(bytes) => bytes.into_owned(),
            _ => unreachable!(),
        };
        let mut known: Vec<Vec<u8>> =
            (0..50).map(|n| stored(&format!("company department phone message{n} subject{n}"))).collect();
        known.push(stored("fiscal printer red lamp"));
        let rarity = Rarity::among(known.iter().map(Vec::as_slice));
        let like = |a: &str, b: &str| rarity.likeness(&Gist::of(a, ""), &stored(b)).is_some();
        assert!(like("red lamp of the fiscal recorder", "fiscal printer red lamp"));
        assert!(!like("red car and a lamp", "fiscal printer red lamp"));
        assert!(!like("company department phone cable", "company department phone bill"));
    }
}
