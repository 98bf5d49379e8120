//! Full-text search: reads what a person typed, and finds the requests that hold all of it, the best match first.

use std::collections::HashMap;

use serde::Serialize;

use crate::model::{Phase, ReceivedId, RequestNumber, ShortName, Status, Timestamp, Visibility};

use super::super::engine::{self, BY_FRAGMENT, BY_STEM};
use super::super::sql::{Row, columns};
use super::super::{StoreError, View};
use super::findable::{LONGEST_FRAGMENT, SHORTEST_FRAGMENT};
use super::stem::{self, Stems};

/// How many words and phrases of a query count, and how many words of a phrase.
const MOST_TERMS: usize = 32;
const MOST_WORDS: usize = 64;

/// Words that are too common to search for; they count within phrases only.
const PARTICLES: [&str; 37] = [
    "в", "во", "и", "на", "с", "со", "к", "ко", "у", "о", "об", "от", "из", "за", "до", "для", "при", "или", "же",
    "бы", "а", "the", "an", "of", "in", "on", "at", "to", "is", "are", "and", "or", "for", "by", "with", "from", "as",
];

/// A query: words that must all be there, in any form, and phrases in quotation marks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub(super) terms: Vec<QueryTerm>,
    /// Whether it has more words than count.
    pub is_cut: bool,
}

/// One word of a query, or several that must stand beside each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct QueryTerm {
    /// The stems of its words; empty where the word is too long to be in the index.
    pub stems: Vec<String>,
    /// The part of a word to look for where no stem matches; `None` for a phrase.
    pub fragment: Option<String>,
}

/// Limits of a search.
#[derive(Clone, Copy, Debug)]
pub struct Narrow<'a> {
    /// Only requests of this desk.
    pub desk: Option<&'a str>,
    /// Only requests that changed at this time or later.
    pub since: Option<Timestamp>,
    /// How many requests are returned at most.
    pub limit: u32,
}

/// The result of a search.
#[derive(Clone, Debug)]
pub struct Found {
    /// The best matches, the best first.
    pub rows: Vec<FoundRow>,
    /// How many requests match in all.
    pub all: usize,
}

/// A request that matches, and the message or file that matches best.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FoundRow {
    /// Its number.
    pub number: RequestNumber,
    /// Its subject.
    pub subject: String,
    /// Its phase.
    pub phase: Phase,
    /// Its status.
    pub status: Status,
    /// The engineer who works on it.
    pub assignee: Option<ShortName>,
    /// The requester's address; empty where nobody can be written to.
    pub requester: String,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// The message that holds the most of the query.
    pub received: ReceivedId,
    /// The position of the file of that message whose text matches; `None` where the message itself matches.
    pub file: Option<u32>,
    /// Who may see that message.
    pub visibility: Visibility,
}

impl Query {
    /// Reads a query. Any text will do: only quotation marks have a meaning.
    pub fn read(typed: &str) -> Self {
        let mut terms: Vec<QueryTerm> = Vec::new();
        let is_mark = |c: char| matches!(c, '"' | '«' | '»' | '“' | '”' | '„');
        for (index, part) in typed.split(is_mark).enumerate() {
            let folded: Vec<String> = stem::chunks(part).map(|chunk| chunk.folded).collect();
            if index % 2 == 1 {
                terms.extend(term(&folded));
            } else {
                terms.extend(folded.chunks(1).filter_map(term));
            }
        }
        if terms.iter().any(|term| !term.is_particle()) {
            terms.retain(|term| !term.is_particle());
        }
        let mut kept: Vec<QueryTerm> = Vec::new();
        terms.into_iter().for_each(|term| {
            if !kept.contains(&term) {
                kept.push(term)
            }
        });
        let is_cut = kept.len() > MOST_TERMS;
        kept.truncate(MOST_TERMS);
        Self { terms: kept, is_cut }
    }

    /// Whether it has no word to search for.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

/// The term of these folded chunks, which must stand beside each other; `None` where they hold no word.
fn term(chunks: &[String]) -> Option<QueryTerm> {
    let stems = Stems::default();
    let words = chunks.iter().flat_map(|chunk| stem::words(chunk));
    let stems: Vec<String> = words.map(|word| stems.of(word)).take(MOST_WORDS).collect();
    let fragment = match chunks {
        [one] if one.chars().nth(SHORTEST_FRAGMENT - 1).is_some() => Some(one.chars().take(LONGEST_FRAGMENT).collect()),
        _ => None,
    };
    (!stems.is_empty() || fragment.is_some()).then_some(QueryTerm { stems, fragment })
}

impl QueryTerm {
    fn is_particle(&self) -> bool {
        matches!(self.stems.as_slice(), [one] if PARTICLES.contains(&one.as_str()))
    }
}

/// The requests that hold a term, by row: when each changed, and which of its indexed rows hold the term, with their ranks.
/// Lower ranks are better.
type Holders = HashMap<i64, (i64, Vec<(i64, f64)>)>;

impl View<'_> {
    /// Finds requests that hold all words of the query, in any of their messages and files; the best first, and of equals the
    /// last changed. A word that matches no stem is looked for inside of words.
    pub fn search(&self, query: &Query, narrow: Narrow<'_>) -> Result<Found, StoreError> {
        let mut holders = Vec::new();
        for term in &query.terms {
            let by_stem = self.by_stem(term, narrow)?;
            holders.push(if by_stem.is_empty() { self.by_fragment(term, narrow)? } else { by_stem });
        }
        let mut ranked = ranked(&holders);
        if ranked.is_empty() && query.terms.len() > 1 {
            for (term, known) in query.terms.iter().zip(&mut holders) {
                for (request, inside) in self.by_fragment(term, narrow)? {
                    known.entry(request).or_insert(inside);
                }
            }
            ranked = self::ranked(&holders);
        }
        let best = ranked.iter().take(narrow.limit as usize);
        let rows = best.map(|best| self.found_row(best)).collect::<Result<Vec<_>, _>>()?;
        Ok(Found { rows: rows.into_iter().flatten().collect(), all: ranked.len() })
    }

    fn by_stem(&self, term: &QueryTerm, narrow: Narrow<'_>) -> Result<Holders, StoreError> {
        if term.stems.is_empty() {
            return Ok(Holders::new());
        }
        self.holders(BY_STEM, &engine::quoted(&term.stems.join(" ")), narrow)
    }

    fn by_fragment(&self, term: &QueryTerm, narrow: Narrow<'_>) -> Result<Holders, StoreError> {
        match &term.fragment {
            Some(fragment) => self.holders(BY_FRAGMENT, &engine::quoted(fragment), narrow),
            None => Ok(Holders::new()),
        }
    }

    /// Runs a search statement; what matches counts for the request where it belongs now.
    fn holders(&self, sql: &str, expression: &str, narrow: Narrow<'_>) -> Result<Holders, StoreError> {
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?));
        let found: Vec<(i64, i64, Timestamp, f64, Option<RequestNumber>, String)> =
            self.all("searching", sql, &[&expression], row)?;
        let mut holders = Holders::new();
        let mut moved: HashMap<i64, Option<(i64, i64)>> = HashMap::new();
        for (request, id, changed_at, rank, next, desk) in found {
            let now = match next {
                None => narrow.wants(&desk, changed_at).then_some((request, changed_at.unix())),
                Some(next) => match moved.get(&request) {
                    Some(now) => *now,
                    None => *moved.entry(request).or_insert(self.moved(&next, narrow)?),
                },
            };
            let Some((request, changed_at)) = now else { continue };
            holders.entry(request).or_insert_with(|| (changed_at, Vec::new())).1.push((id, rank));
        }
        Ok(holders)
    }

    /// The request that a moved one has become, and when that changed: old messages are found under the current number. `None`
    /// where the search leaves that one out.
    fn moved(&self, next: &RequestNumber, narrow: Narrow<'_>) -> Result<Option<(i64, i64)>, StoreError> {
        let Some(now) = self.where_it_is(next)? else { return Ok(None) };
        if !narrow.wants(now.number.desk.as_str(), now.changed_at) {
            return Ok(None);
        }
        Ok(Some((self.request_id(&now.number)?.0, now.changed_at.unix())))
    }

    fn found_row(&self, best: &Best) -> Result<Option<FoundRow>, StoreError> {
        let sql = "SELECT q.desk || '-' || q.number, q.subject, q.phase, q.status, q.assignee, coalesce(p.email, ''),
            q.changed_at, f.received, f.file, e.visibility
          FROM findable f JOIN request q ON q.id = ?2 JOIN entry e ON e.received = f.received
            LEFT JOIN participant p ON p.request = q.id AND p.position = 0
          WHERE f.id = ?1";
        let row = |r: &Row<'_>| {
            columns!(r => FoundRow {
                number, subject, phase, status, assignee, requester, changed_at, received, file, visibility
            })
        };
        self.optional("reading what was found", sql, &[&best.row, &best.request], row)
    }
}

impl Narrow<'_> {
    fn wants(&self, desk: &str, changed_at: Timestamp) -> bool {
        self.desk.is_none_or(|wanted| wanted == desk) && self.since.is_none_or(|since| changed_at >= since)
    }
}

/// A request that holds the whole query.
struct Best {
    request: i64,
    changed_at: i64,
    rank: f64,
    /// The indexed row that holds the most terms; of several the one with the best rank.
    row: i64,
}

/// The requests that hold every term, the best first.
fn ranked(holders: &[Holders]) -> Vec<Best> {
    let Some((first, others)) = holders.split_first() else { return Vec::new() };
    let mut ranked: Vec<Best> = first
        .iter()
        .filter_map(|(&request, held)| {
            let others = others.iter().map(|holders| holders.get(&request));
            let held: Vec<&(i64, Vec<(i64, f64)>)> =
                std::iter::once(Some(held)).chain(others).collect::<Option<_>>()?;
            Some(best(request, &held))
        })
        .collect();
    ranked.sort_by(|a, b| {
        a.rank.total_cmp(&b.rank).then(b.changed_at.cmp(&a.changed_at)).then(b.request.cmp(&a.request))
    });
    ranked
}

/// The rank of a request: the sum over all terms of the best rank of each.
fn best(request: i64, held: &[&(i64, Vec<(i64, f64)>)]) -> Best {
    let mut rows: HashMap<i64, (usize, f64)> = HashMap::new();
    let (mut rank, mut changed_at) = (0.0, 0);
    for (changed, places) in held {
        changed_at = *changed;
        rank += places.iter().map(|(_, rank)| *rank).fold(0.0, f64::min);
        for (row, rank) in places {
            let (terms, sum) = rows.entry(*row).or_default();
            (*terms, *sum) = (*terms + 1, *sum + rank);
        }
    }
    let better = |a: &(i64, (usize, f64)), b: &(i64, (usize, f64))| {
        a.1.0.cmp(&b.1.0).then(b.1.1.total_cmp(&a.1.1)).then(b.0.cmp(&a.0))
    };
    let row = rows.into_iter().max_by(better).map_or(0, |(row, _)| row);
    Best { request, changed_at, rank, row }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(typed: &str) -> Vec<String> {
        Query::read(typed).terms.iter().map(|term| term.stems.join(" ")).collect()
    }

    #[test]
    fn words_phrases_and_what_does_not_count() {
        for (typed, expected) in [
            ("ошибка печати", vec!["ошибк", "печат"]),
            ("\"ошибка печати\" принтер", vec!["ошибк печат", "принтер"]),
            ("«ошибка в печати»", vec!["ошибк в печат"]),
            ("ошибка в печати", vec!["ошибк", "печат"]),
            ("в", vec!["в"]),
            ("MX-4471/b", vec!["mx 4471 b"]),
            ("ошибка ошибки ошибка", vec!["ошибк", "ошибк"]),
            ("x OR y NOT NEAR(d e)", vec!["x", "y", "not", "near d", "e"]),
            ("\"", vec![]),
            ("* ^ ( ) - +", vec![]),
            ("🖨️", vec![]),
        ] {
            assert_eq!(terms(typed), expected, "{typed}");
        }
    }

    #[test]
    fn only_so_many_words_count() {
        let long: String = (0..2_000).map(|n| format!("w{n} ")).collect();
        let query = Query::read(&long);
        assert!(query.is_cut && query.terms.len() == MOST_TERMS);
        let endless = Query::read(&"я".repeat(10_000));
        assert_eq!(endless.terms.len(), 1);
        assert!(endless.terms[0].stems.is_empty());
        assert_eq!(endless.terms[0].fragment.as_ref().map(|f| f.chars().count()), Some(LONGEST_FRAGMENT));
    }

    #[test]
    fn the_best_place_of_each_word_counts_and_the_row_that_holds_the_most() {
        let holders = |rows: &[(i64, i64, f64)]| {
            let mut holders = Holders::new();
            for &(request, row, rank) in rows {
                holders.entry(request).or_insert((request, Vec::new())).1.push((row, rank));
            }
            holders
        };
        let one = holders(&[(1, 10, -1.0), (1, 11, -3.0), (2, 20, -1.0), (3, 30, -9.0), (4, 40, -1.0)]);
        let two = holders(&[(1, 10, -1.0), (2, 21, -2.0), (4, 40, -2.0)]);
        let ranked = ranked(&[one, two]);
        let seen: Vec<(i64, i64)> = ranked.iter().map(|best| (best.request, best.row)).collect();
        assert_eq!(seen, [(1, 10), (4, 40), (2, 21)], "best rank first, then the last changed; all words or nothing");
    }
}
