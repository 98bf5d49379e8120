//! Compares a message with the letters of ours that it may quote, line by line: what aligns as quotation is quotation, and what
//! does not was typed by its writer, wherever it stands. Of a message that quotes several letters, each is compared with the part
//! that quotes it ([`united`]).
//!
//! A line of ours accounts for one line of the message at most, in order, and only inside a quotation, which begins with quote
//! marks, with an attribution or header block, or with three lines of ours running. What stands above was typed, whatever it
//! equals. Blanks, wrapping, quote marks and rewritten links do not count; a changed, added or missing word makes a line the
//! writer's. Where it is doubtful whose a line is, it is the writer's. Time is linear in the length of both texts.

mod normal;
mod ours;
#[cfg(test)]
mod tests;
mod united;

use std::ops::Range;

use super::attribution::{attribution, leads};
use super::heading::{field, heading, is_cut_line};
use super::{is_quoted, unquoted};
use ours::ComparedLine;

pub use ours::Ours;
pub use united::align;

/// So many lines of ours running are a quotation without any mark.
const RUN: usize = 3;

/// The most lines of a header block.
pub(super) const BLOCK_LINES: usize = 16;

/// Attributions shorter than this are not folded, in characters.
const FOLDED_ATTRIBUTION: usize = 45;

/// One of the first so many lines below a heading is ours, if it introduces a letter of ours.
const INTRODUCED: usize = 6;

/// Header fields shorter than this are not folded, in characters.
const FOLDED_AT: usize = 55;

/// A line of so many words is known to be ours by itself, if it stands where a quotation goes on.
const TELLING: usize = 3;

/// So many characters at its beginning or end show what a changed line was made of.
const ALIKE: usize = 6;

/// A line whose beginning or end was changed is longer than it was by so much at most, in bytes.
const LONGEST_CHANGE: usize = 40;

/// Whose a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The writer's, or blank.
    Typed,
    /// Ours, quoted; or what the writer's mail client puts above it.
    Ours,
}

/// Whose each line of a message is.
#[derive(Debug, PartialEq, Eq)]
pub struct Aligned {
    pub roles: Vec<Role>,
    /// Whether the last line of ours is the end of our text, so that what follows stands below all of it.
    pub ends: bool,
}

/// How a quotation is told from what is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quotation {
    /// By marks (`>`).
    Marked,
    /// By a heading above it only, or not at all.
    Unmarked,
}

struct Aligner<'a> {
    ours: &'a Ours,
    /// The lines without quote marks.
    bare: Vec<&'a str>,
    marked: Vec<bool>,
    lines: Vec<ComparedLine>,
    /// What of our text each line repeats; `None` where the line is typed or blank.
    spans: Vec<Option<Range<usize>>>,
    roles: Vec<Role>,
    /// Where the quotation goes on in our text.
    cursor: usize,
    /// The quotation that has begun.
    quotation: Option<Quotation>,
}

impl<'a> Aligner<'a> {
    fn new(lines: &[&'a str], ours: &'a Ours) -> Self {
        let bare: Vec<&str> = lines.iter().map(|line| unquoted(line)).collect();
        Self {
            ours,
            marked: lines.iter().map(|line| is_quoted(line)).collect(),
            lines: bare.iter().map(|line| ours.line(line)).collect(),
            spans: vec![None; lines.len()],
            roles: vec![Role::Typed; lines.len()],
            bare,
            cursor: 0,
            quotation: None,
        }
    }

    fn run(mut self) -> Option<Aligned> {
        let mut at = 0;
        while at < self.lines.len() {
            at = self.step(at);
        }
        self.quotation?;
        self.missing_words();
        self.blank_lines();
        let ends = self.spans.iter().flatten().next_back().is_some_and(|span| span.end == self.ours.len());
        Some(Aligned { roles: self.roles, ends })
    }

    /// Judges the line here; returns the next line to be judged.
    fn step(&mut self, at: usize) -> usize {
        if self.bare[at].trim().is_empty() {
            return at + 1;
        }
        if let Some(end) = self.goes_on(at) {
            return self.take(at, self.cursor..end);
        }
        if let Some(below) = self.below_heading(at)
            && let Some(first) = self.first_of_ours(below)
        {
            // What stands between the heading and our first line was changed by the writer.
            self.begin(first);
            self.roles[at..below].fill(Role::Ours);
            return below;
        }
        if self.lines[at].text.is_empty() {
            return at + 1;
        }
        if let Some(span) = self.place(at, false) {
            self.begin(at);
            return self.take(at, span);
        }
        if self.quotation.is_some()
            && let Some(next) = self.ours.filled_in(self.cursor, &self.lines[at])
        {
            self.cursor = next;
        }
        at + 1
    }

    /// Where the line ends in our text, if it stands there next and inside the quotation. The rest of a marked line that the
    /// mail client wrapped has no mark.
    fn goes_on(&self, at: usize) -> Option<usize> {
        let is_inside = match self.quotation? {
            Quotation::Marked => self.marked[at] || self.is_rest_of_line_above(at),
            Quotation::Unmarked => true,
        };
        is_inside.then(|| self.ours.matched(self.cursor, &self.lines[at]))?
    }

    fn is_rest_of_line_above(&self, at: usize) -> bool {
        let is_ours = at.checked_sub(1).is_some_and(|above| self.roles[above] == Role::Ours);
        is_ours && self.ours.is_within_line(self.cursor)
    }

    fn take(&mut self, at: usize, span: Range<usize>) -> usize {
        self.roles[at] = Role::Ours;
        self.cursor = span.end;
        self.spans[at] = Some(span);
        at + 1
    }

    /// Begins the quotation with this line. In one without marks there may be marked lines: those that our letter quotes.
    fn begin(&mut self, at: usize) {
        match self.quotation {
            None if self.marked[at] => self.quotation = Some(Quotation::Marked),
            Some(_) if self.marked[at] => {}
            _ => self.quotation = Some(Quotation::Unmarked),
        }
    }

    /// What this line repeats further on in our text, where a quotation begins or goes on with it; `None` where the line proves
    /// none.
    fn place(&self, at: usize, is_below_heading: bool) -> Option<Range<usize>> {
        let line = &self.lines[at];
        let is_enough = |run: usize| {
            let is_near =
                self.quotation == Some(Quotation::Unmarked) && (self.cursor == 0 || line.words >= TELLING || run > 1);
            let is_begun = self.quotation.is_some() || self.marked[at] || is_below_heading || !self.ours.is_introduced;
            run >= RUN && is_begun || run > 0 && (self.marked[at] || is_below_heading || is_near)
        };
        let places = self.ours.places(self.cursor, line).iter().copied();
        let mut places = places.filter(|start| is_enough(self.length_of_run(at, *start)));
        places.find_map(|start| self.ours.matched(start, line).map(|end| start..end))
    }

    /// How many lines from this one on repeat our text from there on, up to [`RUN`]. Blank lines do not count.
    fn length_of_run(&self, at: usize, start: usize) -> usize {
        let mut end = start;
        let mut run = 0;
        let written = (at..self.lines.len()).filter(|at| !self.lines[*at].text.is_empty());
        for line in written.take(RUN) {
            match self.ours.matched(end, &self.lines[line]) {
                Some(next) if self.marked[line] == self.marked[at] => end = next,
                _ => break,
            }
            run += 1;
        }
        run
    }

    /// The first line from here on that is ours, within so many that a heading introduces it. All of a quotation has marks, or
    /// nothing.
    fn first_of_ours(&self, below: usize) -> Option<usize> {
        let is_alike = |at: &usize| self.marked[*at] == self.marked[below];
        let written = (below..self.lines.len()).filter(|at| !self.lines[*at].text.is_empty());
        written.take(INTRODUCED).filter(is_alike).find(|at| self.place(*at, true).is_some())
    }

    /// The first line below an attribution or header block that begins here; `None` where none begins.
    fn below_heading(&self, at: usize) -> Option<usize> {
        let end = at + heading_lines(&self.bare[at..])?;
        (end..self.lines.len()).find(|line| !self.lines[*line].text.is_empty())
    }
}

/// How many lines an attribution or header block takes that begins here; `None` where none begins.
pub(super) fn heading_lines(lines: &[&str]) -> Option<usize> {
    match attribution(lines) {
        Some(found) if !is_one_sentence(&lines[..found.lines]) => None,
        Some(found) => Some(found.lines),
        // The cut line is a line of ours.
        None if is_cut_line(lines.first()?) => None,
        None => {
            heading(lines)?;
            Some(end_of_block(&lines[..lines.len().min(BLOCK_LINES)]))
        }
    }
}

/// Whether the lines of an attribution are one that was folded: the first one is long or a date, or the next one only its end.
/// Otherwise a line that was typed above an attribution may have been taken for its beginning.
fn is_one_sentence(lines: &[&str]) -> bool {
    let begins = lines.len() == 1 || lines.first().is_some_and(|line| leads(line));
    begins
        && lines.windows(2).all(|pair| {
            let (line, next) = (pair[0].trim(), pair[1].trim());
            let is_date = line.split_whitespace().count() >= 5
                && line.ends_with(|c: char| c.is_ascii_digit() || matches!(c, 'M' | 'm' | ')' | ','));
            let is_end = next.starts_with('<') || next.split_whitespace().count() <= 2;
            line.chars().count() >= FOLDED_ATTRIBUTION || is_date || is_end
        })
}

/// How many lines a header block takes, up to its last field. What is folded of a field, and fields that nobody knows, may stand
/// between others.
fn end_of_block(lines: &[&str]) -> usize {
    let mut end = 1;
    let mut has_fields = field(lines[0]).is_some();
    for (at, line) in lines.iter().enumerate().skip(1) {
        let is_between = has_fields && (line.contains(':') || lines[at - 1].chars().count() >= FOLDED_AT);
        if field(line).is_some() {
            has_fields = true;
            end = at + 1;
        } else if !line.trim().is_empty() && !is_between {
            break;
        }
    }
    end
}

impl Aligner<'_> {
    /// Gives lines to the writer of which they have struck out words: a line of ours that breaks off, or that begins with a
    /// later word, unless the typed lines between are what they have made of the words that are missing.
    fn missing_words(&mut self) {
        let mut above: Option<(usize, usize)> = None;
        let mut typed: Vec<usize> = Vec::new();
        for at in 0..=self.lines.len() {
            let span = self.spans.get(at).cloned().flatten();
            let is_end = at == self.lines.len();
            if span.is_none() && !is_end {
                if !self.lines[at].text.is_empty() && self.roles[at] == Role::Typed {
                    typed.push(at);
                }
                continue;
            }
            let start = span.as_ref().map_or(self.ours.len(), |span| span.start);
            let end = above.map_or(0, |(_, end)| end);
            let missing = self.ours.missing(end, start);
            let text = |line: Option<&usize>| line.map_or("", |line| self.lines[*line].text.as_str());
            let is_cut = missing.at_end.is_some_and(|words| !goes_on(words, text(typed.first())));
            let begins_late = missing.at_start.is_some_and(|words| !leads_to(words, text(typed.last())));
            if let Some((line, _)) = above.filter(|_| is_cut) {
                self.roles[line] = Role::Typed;
            }
            if span.is_some() && begins_late {
                self.roles[at] = Role::Typed;
            }
            above = span.map(|span| (at, span.end));
            typed.clear();
        }
    }

    /// Lines without words inside the quotation are part of it: below a line of ours, or with a mark.
    fn blank_lines(&mut self) {
        let first = self.roles.iter().position(|role| *role == Role::Ours).unwrap_or(self.lines.len());
        for at in first + 1..self.lines.len() {
            if self.lines[at].text.is_empty() && (self.marked[at] || self.roles[at - 1] == Role::Ours) {
                self.roles[at] = Role::Ours;
            }
        }
    }
}

/// Whether a typed line is what has become of the words that are missing above it: it begins as they do, or its beginning is
/// new and its end is theirs.
fn goes_on(missing: &str, typed: &str) -> bool {
    match missing.find(start(typed)) {
        Some(at) => at == 0 && !typed.is_empty(),
        None => missing.ends_with(end(typed)) && is_of_size(typed, missing),
    }
}

/// Whether a typed line is what has become of the words that are missing below it.
fn leads_to(missing: &str, typed: &str) -> bool {
    match missing.rfind(end(typed)) {
        Some(at) => at + end(typed).len() == missing.len() && !typed.is_empty(),
        None => missing.starts_with(start(typed)) && is_of_size(typed, missing),
    }
}

/// Whether a line is no longer than a changed word makes it.
fn is_of_size(typed: &str, missing: &str) -> bool {
    typed.len() <= missing.len() + LONGEST_CHANGE
}

fn start(text: &str) -> &str {
    text.char_indices().nth(ALIKE).map_or(text, |(end, _)| &text[..end])
}

fn end(text: &str) -> &str {
    text.char_indices().rev().nth(ALIKE - 1).map_or(text, |(start, _)| &text[start..])
}
