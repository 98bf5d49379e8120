//! Compares a message with the letter of ours that it answers, line by line: what aligns as quotation is quotation, and what
//! does not was typed by its writer, wherever it stands.
//!
//! A line of ours accounts for one line of the message at most, in order, and only inside a quotation, which begins with quote
//! marks, with an attribution or header block, or with three lines of ours running. What stands above was typed, whatever it
//! equals. Blanks, wrapping, quote marks and rewritten links do not count; a changed, added or missing word makes a line the
//! writer's. Where it is doubtful whose a line is, it is the writer's. Time is linear in the length of both texts.

mod normal;
mod ours;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::attribution::attribution;
use super::heading::{field, heading};
use super::{is_quoted, unquoted};
use ours::ComparedLine;

pub use ours::Ours;

/// So many lines of ours running are a quotation without any mark.
const RUN: usize = 3;

/// The most lines of a header block.
const BLOCK_LINES: usize = 16;

/// Header fields shorter than this are not folded, in characters.
const FOLDED_AT: usize = 55;

/// A line of so many words is known to be ours by itself, if it stands where a quotation goes on.
const TELLING: usize = 3;

/// Whose a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The writer's, or blank.
    Typed,
    /// Ours, quoted; or what the writer's mail client puts above it.
    Ours,
}

/// Says of each line whose it is, by whichever of the texts accounts for most of them; `None` where the message quotes none of
/// them.
pub fn align(lines: &[&str], texts: &[Ours]) -> Option<Vec<Role>> {
    let aligned = texts.iter().filter_map(|ours| Aligner::new(lines, ours).run());
    aligned.max_by_key(|roles| roles.iter().filter(|role| **role == Role::Ours).count())
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

    fn run(mut self) -> Option<Vec<Role>> {
        let mut at = 0;
        while at < self.lines.len() {
            at = self.step(at);
        }
        self.quotation?;
        self.missing_words();
        self.blank_lines();
        Some(self.roles)
    }

    /// Judges the line here; returns the next line to be judged.
    fn step(&mut self, at: usize) -> usize {
        if self.lines[at].text.is_empty() {
            return at + 1;
        }
        if let Some(end) = self.goes_on(at) {
            return self.take(at, self.cursor..end);
        }
        if let Some(first) = self.below_heading(at)
            && let Some(start) = self.place(first, true)
            && let Some(end) = self.ours.matched(start, &self.lines[first])
        {
            self.begin(first);
            self.roles[at..first].fill(Role::Ours);
            return self.take(first, start..end);
        }
        if let Some(start) = self.place(at, false)
            && let Some(end) = self.ours.matched(start, &self.lines[at])
        {
            self.begin(at);
            return self.take(at, start..end);
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
            Quotation::Marked => self.marked[at] || self.ours.is_within_line(self.cursor),
            Quotation::Unmarked => true,
        };
        is_inside.then(|| self.ours.matched(self.cursor, &self.lines[at]))?
    }

    fn take(&mut self, at: usize, span: Range<usize>) -> usize {
        self.roles[at] = Role::Ours;
        self.cursor = span.end;
        self.spans[at] = Some(span);
        at + 1
    }

    fn begin(&mut self, at: usize) {
        self.quotation = Some(if self.marked[at] { Quotation::Marked } else { Quotation::Unmarked });
    }

    /// The place further on in our text where a quotation begins or goes on with this line; `None` where the line proves none.
    fn place(&self, at: usize, is_below_heading: bool) -> Option<usize> {
        let line = &self.lines[at];
        let is_enough = |start: usize, run: usize| {
            let is_near = self.quotation == Some(Quotation::Unmarked) && (line.words >= TELLING || run > 1);
            run >= RUN || run > 0 && (self.marked[at] || is_below_heading || is_near && start >= self.cursor)
        };
        let places = self.ours.places(self.cursor, line).iter();
        places.copied().find(|start| is_enough(*start, self.length_of_run(at, *start)))
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

    /// The first line below an attribution or header block that begins here; `None` where none begins.
    fn below_heading(&self, at: usize) -> Option<usize> {
        let rest = &self.bare[at..];
        let end = match attribution(rest) {
            Some(found) => at + found.lines,
            None => {
                heading(rest)?;
                let is_folded = |line: usize| self.bare[line - 1].chars().count() >= FOLDED_AT;
                let is_heading = |line: &usize| {
                    self.lines[*line].text.is_empty() || field(self.bare[*line]).is_some() || is_folded(*line)
                };
                let most = self.lines.len().min(at + BLOCK_LINES);
                (at + 1..most).find(|line| !is_heading(line)).unwrap_or(most)
            }
        };
        (end..self.lines.len()).find(|line| !self.lines[*line].text.is_empty())
    }
}

impl Aligner<'_> {
    /// Gives lines to the writer of which they have struck out words: the line before the gap, behind it, or both. Where a typed
    /// line stands in the gap, it has replaced the words.
    fn missing_words(&mut self) {
        // The line of ours above, and where it ends; none behind a typed line.
        let mut above: Option<(usize, usize)> = None;
        let mut is_first = true;
        for at in 0..self.lines.len() {
            let Some(span) = self.spans[at].clone() else {
                if !self.lines[at].text.is_empty() && self.roles[at] == Role::Typed {
                    above = None;
                }
                continue;
            };
            let gap = above.map_or(if is_first { 0 } else { span.start }, |(_, end)| end)..span.start;
            if !self.ours.is_only_links(gap) {
                if self.ours.is_within_line(span.start) {
                    self.roles[at] = Role::Typed;
                }
                self.cut_off(above);
            }
            above = Some((at, span.end));
            is_first = false;
        }
        self.cut_off(above);
    }

    fn cut_off(&mut self, line: Option<(usize, usize)>) {
        if let Some((at, _)) = line.filter(|(_, end)| self.ours.is_within_line(*end)) {
            self.roles[at] = Role::Typed;
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
