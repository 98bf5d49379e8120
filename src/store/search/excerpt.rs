//! Excerpts: the passage of a text around the words that a search found.

use super::ask::{Query, QueryTerm};
use super::findable::beginning;
use super::stem::{self, Stems};

/// How many bytes an excerpt's found words may span, and how many bytes are shown before the first and behind the last of them.
const WITHIN: usize = 160;
const BEFORE: usize = 40;
const AFTER: usize = 120;
/// How many places of a text are compared to find the best passage.
const MOST_PLACES: usize = 2_000;

/// A passage of a text, with the found words in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// How many words and phrases of the query it holds.
    pub terms: usize,
    /// The passage, on one line.
    pub words: String,
}

impl Query {
    /// The passage of a text in which the most words of the query stand close together; `None` where the text holds none of
    /// them.
    pub fn excerpt(&self, text: &str) -> Option<Excerpt> {
        let text = beginning(text);
        let places = self.places(text);
        let together = |&(from, _, _): &(usize, usize, usize)| {
            let near = places.iter().skip_while(|place| place.0 < from).take_while(|place| place.1 <= from + WITHIN);
            let mut terms: Vec<usize> = near.clone().map(|place| place.2).collect();
            terms.sort_unstable();
            terms.dedup();
            (terms.len(), near.map(|place| place.1).max().unwrap_or(from))
        };
        let (start, (terms, end)) =
            places.iter().map(|place| (place.0, together(place))).rev().max_by_key(|(_, (terms, _))| *terms)?;
        Some(Excerpt { terms: terms.max(1), words: around(text, start, end.max(start)) })
    }

    /// Where words of the query stand in a text: from byte, to byte, which term.
    fn places(&self, text: &str) -> Vec<(usize, usize, usize)> {
        let stemmer = Stems::default();
        let chunks: Vec<_> = stem::chunks(text).collect();
        let end = |index: usize| {
            let chunk = &chunks[index];
            // A text may have no blank at all, so a chunk is cut at a character.
            let most = text.floor_char_boundary(chunk.start + WITHIN);
            let length = text[chunk.start..most].find(char::is_whitespace);
            length.map_or(most, |length| chunk.start + length)
        };
        let mut stems: Vec<(String, usize)> = Vec::new();
        for (index, chunk) in chunks.iter().enumerate() {
            stems.extend(stem::words(&chunk.folded).map(|word| (stemmer.of(word), index)));
        }
        let mut places = Vec::new();
        for (which, term) in self.terms.iter().enumerate() {
            let before = places.len();
            let held = stems.windows(term.stems.len().max(1)).filter(|window| holds(window, term));
            places.extend(held.take(MOST_PLACES).map(|window| {
                let (first, last) = (window[0].1, window[window.len() - 1].1);
                (chunks[first].start, end(last), which)
            }));
            if let (true, Some(fragment)) = (places.len() == before, &term.fragment) {
                let inside = chunks.iter().enumerate().filter(|(_, chunk)| chunk.folded.contains(fragment.as_str()));
                places.extend(inside.take(MOST_PLACES).map(|(index, chunk)| (chunk.start, end(index), which)));
            }
        }
        places.sort_unstable();
        places.truncate(MOST_PLACES);
        places
    }
}

fn holds(window: &[(String, usize)], term: &QueryTerm) -> bool {
    window.len() == term.stems.len() && window.iter().zip(&term.stems).all(|((stem, _), wanted)| stem == wanted)
}

/// The passage between two places with some text around, on one line and cut at whole words; ellipses mark what is cut.
fn around(text: &str, from: usize, to: usize) -> String {
    let mut start = from.saturating_sub(BEFORE);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    if start > 0 {
        start += text[start..from].find(char::is_whitespace).unwrap_or(from - start);
    }
    let mut end = (to + AFTER).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    if end < text.len() {
        end = to + text[to..end].rfind(char::is_whitespace).unwrap_or(0);
    }
    let words: Vec<&str> = text[start..end].split_whitespace().collect();
    let is_rest = |rest: &str| !rest.trim().is_empty();
    let (before, after) =
        (if is_rest(&text[..start]) { "… " } else { "" }, if is_rest(&text[end..]) { " …" } else { "" });
    format!("{before}{}{after}", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(typed: &str, text: &str) -> Option<(usize, String)> {
        Query::read(typed).excerpt(text).map(|excerpt| (excerpt.terms, excerpt.words))
    }

    #[test]
    fn found_words_with_those_around_them() {
        let far = "слово ".repeat(100);
        for (typed, text, expected) in [
            ("ошибка", "Две ошибки\nв отчёте", Some((1, "Две ошибки в отчёте".to_owned()))),
            ("4471", "Принтер MX-4471/b стоит", Some((1, "Принтер MX-4471/b стоит".to_owned()))),
            ("ринте", "Наш ПРИНТЕР стоит", Some((1, "Наш ПРИНТЕР стоит".to_owned()))),
            ("\"в отчёте\"", "в зале, в отчёте", Some((1, "в зале, в отчёте".to_owned()))),
            ("нет такого", "Две ошибки", None),
            ("слово", "", None),
        ] {
            assert_eq!(excerpt(typed, text), expected, "{typed}");
        }
        let text = format!("принтер {far} ошибка принтера {far}");
        let (terms, words) = excerpt("ошибка принтер", &text).unwrap_or_default();
        assert_eq!(terms, 2, "the place where all words stand together");
        assert!(
            words.starts_with("… слово") && words.contains(" ошибка принтера слово") && words.ends_with(" …"),
            "{words}"
        );
        assert!(words.len() < 400);
    }

    #[test]
    fn no_text_breaks_it() {
        for text in ["е\u{308}", "я".repeat(300).as_str(), "\u{a0}я\u{3000}b", "👩‍👩‍👧 ошибка 👩‍👩‍👧", &"ошибка".repeat(999)]
        {
            for typed in ["ошибка", "я", "е", "шиб", "b"] {
                let _ = excerpt(typed, text);
            }
        }
    }
}
