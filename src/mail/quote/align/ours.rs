//! A text that a message may quote, prepared for being compared with it.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::normal::{Token, pictures_alike, tokens};
use crate::mail::quote::unquoted;

/// How many places with the same first word are tried at most, so that time stays linear.
const MOST_TRIED: usize = 16;

/// From this length on, in bytes, the beginning of a link may stand alone on a line: the mail client has wrapped it.
const WRAPPED_LINK: usize = 8;

/// A text of ours as one string of significant characters, so that neither blanks nor wrapping matter.
#[derive(Debug, Default)]
pub struct Ours {
    /// Which letter it is a version of: a message quotes one version of each.
    pub(super) letter: usize,
    /// Whether only marks or a heading begin a quotation of it: whoever repeats some lines without them has typed them anew.
    pub(super) is_introduced: bool,
    text: String,
    /// Where lines begin in the text, ascending.
    lines: Vec<usize>,
    /// Where words begin in the text, ascending.
    words: Vec<usize>,
    /// Where links stand in the text, ascending. Mail clients show them, leave them out, or write them twice.
    links: Vec<Range<usize>>,
    /// The links, as they are compared.
    known_links: HashSet<String>,
    /// Where each word stands.
    places: HashMap<String, Vec<usize>>,
}

/// A line of a message, as it is compared.
#[derive(Debug, Default)]
pub(super) struct ComparedLine {
    /// Its significant characters; empty where a reader sees no words.
    pub text: String,
    /// Its first word.
    pub first: String,
    /// How many words it has.
    pub words: usize,
}

/// The words of ours that are missing where a quotation breaks off and goes on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Missing<'a> {
    /// At the end of the line above.
    pub at_end: Option<&'a str>,
    /// At the beginning of the line below.
    pub at_start: Option<&'a str>,
}

impl Ours {
    /// Prepares a version of the letter that a message answers.
    pub fn new(text: &str) -> Self {
        Self::of(0, false, text)
    }

    /// Prepares a version of a letter that a message may quote besides. `letter` is another number for each.
    pub fn other(letter: usize, text: &str) -> Self {
        Self::of(letter, true, text)
    }

    fn of(letter: usize, is_introduced: bool, text: &str) -> Self {
        let mut ours = Self { letter, is_introduced, ..Self::default() };
        for line in text.lines() {
            ours.lines.push(ours.text.len());
            for Token { text, is_link, .. } in tokens(&pictures_alike(unquoted(line))) {
                let at = ours.text.len();
                ours.text.push_str(&text);
                ours.words.push(at);
                ours.places.entry(text.to_string()).or_default().push(at);
                if is_link {
                    ours.links.push(at..ours.text.len());
                    ours.known_links.insert(text.into_owned());
                }
            }
        }
        ours.lines.dedup();
        ours
    }

    /// Reads a line of a message. Links of ours in brackets are left out: the mail client added them to their labels.
    pub(super) fn line(&self, line: &str) -> ComparedLine {
        let mut read = ComparedLine::default();
        for token in tokens(&pictures_alike(line)) {
            if token.is_bracketed && self.known_links.contains(token.text.as_ref()) {
                continue;
            }
            if read.words == 0 {
                read.first = token.text.to_string();
            }
            read.words += 1;
            read.text.push_str(&token.text);
        }
        read
    }

    /// Whether a line stands somewhere in the text.
    pub(in crate::mail::quote) fn holds(&self, line: &str) -> bool {
        let line = self.line(line);
        line.text.is_empty() || self.places(0, &line).iter().any(|place| self.matched(*place, &line).is_some())
    }

    /// The end of the text that a line repeats from this position on; `None` where it says anything else.
    pub(super) fn matched(&self, at: usize, line: &ComparedLine) -> Option<usize> {
        let (mut at, mut rest) = (at, line.text.as_str());
        if !self.is_boundary(at) {
            return None;
        }
        let mut link = self.links.partition_point(|link| link.end <= at);
        while !rest.is_empty() {
            let next = self.links.get(link).filter(|link| link.start < self.text.len());
            match next {
                Some(next) if next.start <= at => {
                    let shown = &self.text[at..next.end];
                    if let Some(more) = rest.strip_prefix(shown) {
                        (at, rest) = (next.end, more);
                    } else if rest.len() >= WRAPPED_LINK && shown.starts_with(rest) {
                        return Some(at + rest.len());
                    } else {
                        at = next.end;
                    }
                    link += 1;
                }
                _ => {
                    let end = next.map_or(self.text.len(), |next| next.start);
                    let shown = &self.text[at..end];
                    if let Some(more) = rest.strip_prefix(shown) {
                        if shown.is_empty() {
                            return None;
                        }
                        (at, rest) = (end, more);
                    } else if shown.starts_with(rest) {
                        (at, rest) = (at + rest.len(), "");
                    } else {
                        return None;
                    }
                }
            }
        }
        if self.is_only_links(at..self.line_end(at)) && self.is_within_line(at) {
            at = self.line_end(at);
        }
        self.is_boundary(at).then_some(at)
    }

    /// The places from `at` on where a line may stand by its first word, nearest first.
    pub(super) fn places(&self, at: usize, line: &ComparedLine) -> &[usize] {
        let places = self.places.get(&line.first).map_or(&[][..], Vec::as_slice);
        let places = &places[places.partition_point(|place| *place < at)..];
        &places[..places.len().min(MOST_TRIED)]
    }

    /// Whether a position is within a line rather than at its beginning.
    pub(super) fn is_within_line(&self, at: usize) -> bool {
        at > 0 && at < self.text.len() && self.lines.binary_search(&at).is_err()
    }

    /// The length of the text.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// The words of broken lines between two quoted parts of the text; none where the whole is one line, or only links are
    /// missing.
    pub(super) fn missing(&self, end: usize, start: usize) -> Missing<'_> {
        let rest = end..self.line_end(end).min(start);
        let lead = self.line_start(start).max(end)..start;
        let words = |part: Range<usize>| Some(&self.text[part.clone()]).filter(|_| !self.is_only_links(part));
        Missing {
            at_end: words(rest).filter(|_| self.is_within_line(end)),
            at_start: words(lead).filter(|_| self.is_within_line(start)),
        }
    }

    fn line_start(&self, at: usize) -> usize {
        self.lines[..self.lines.partition_point(|start| *start <= at)].last().copied().unwrap_or(0)
    }

    fn line_end(&self, at: usize) -> usize {
        self.lines.get(self.lines.partition_point(|start| *start <= at)).copied().unwrap_or(self.text.len())
    }

    /// Whether this part of the text is empty, or holds nothing but links.
    fn is_only_links(&self, part: Range<usize>) -> bool {
        let first = self.links.partition_point(|link| link.end <= part.start);
        let within = self.links[first..].iter().take_while(|link| link.start < part.end);
        within.map(|link| link.end.min(part.end) - link.start.max(part.start)).sum::<usize>() == part.len()
    }

    /// The beginning of the next line, if `line` repeats the rest of the line at this position and adds to it: a form filled in.
    pub(super) fn filled_in(&self, at: usize, line: &ComparedLine) -> Option<usize> {
        let end = self.line_end(at);
        let form = self.text.get(at..end).filter(|form| !form.is_empty())?;
        line.text.starts_with(form).then_some(end)
    }

    /// Whether a word begins or ends here. Scripts without blanks are broken anywhere, and so are links.
    fn is_boundary(&self, at: usize) -> bool {
        let is_wide =
            |c: char| matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{2e80}'..='\u{d7ff}' | '\u{20000}'..='\u{3ffff}');
        at >= self.text.len()
            || self.words.binary_search(&at).is_ok()
            || self.text.is_char_boundary(at) && self.text[at..].starts_with(is_wide)
            || self
                .links
                .iter()
                .skip(self.links.partition_point(|link| link.end <= at))
                .take(1)
                .any(|l| l.contains(&at))
    }
}
