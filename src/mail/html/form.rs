//! Writes the form of a text beside its lines: the blocks around each line, and the emphasis, links and pictures in it.

use std::collections::HashMap;

use super::links::{self, Target};
use crate::model::{BlockKind, Emphasis, Form, FormBlock, FormLine, FormSpan, LeftOut, PictureSource};

/// Blocks nested deeper than this are not told apart.
const DEEPEST: usize = 16;

/// A longer text has no form: it is shown as plain text. In lines, links, and bytes.
const MOST_LINES: usize = 20_000;
const MOST_LINKS: usize = 2_000;
const LONGEST: usize = 1024 * 1024;

/// How much of a link's text is compared with its address, in bytes.
const LONGEST_LINK_TEXT: usize = 2_000;

/// A form under construction.
#[derive(Default)]
pub struct FormWriter {
    /// How the text that follows is emphasised.
    pub emphasis: Emphasis,
    form: Form,
    line: Vec<FormSpan>,
    open: Vec<FormBlock>,
    left_out: Vec<LeftOut>,
    /// The open link, as a position in the links, and its text.
    link: Option<(u32, String)>,
    last_id: u32,
    bytes: usize,
}

impl FormWriter {
    /// Begins a block on a line of its own. Returns whether [`FormWriter::close`] is to end it.
    pub fn open(&mut self, kind: BlockKind) -> bool {
        self.end_line();
        let is_told = self.open.len() < DEEPEST;
        if is_told {
            self.last_id += 1;
            self.open.push(FormBlock { kind, id: self.last_id });
        }
        is_told
    }

    /// Ends the innermost block. A cell without text keeps its place in the row.
    pub fn close(&mut self) {
        self.end_line();
        let is_empty_cell = self.open.last().is_some_and(|cell| {
            cell.kind.is_cell() && self.form.lines.last().is_none_or(|line| !line.blocks.contains(cell))
        });
        if is_empty_cell {
            self.push_line(Vec::new());
        }
        self.open.pop();
    }

    /// Writes text in the line.
    pub fn text(&mut self, text: &str) {
        let is_shown = |c: &char| !c.is_control() && !is_direction_mark(*c);
        let shown: String = text.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(is_shown).collect();
        if text.chars().any(is_direction_mark) {
            self.leave_out(LeftOut::DirectionMarks);
        }
        if let Some((_, words)) = self.link.as_mut().filter(|(_, words)| words.len() < LONGEST_LINK_TEXT) {
            words.push_str(&shown);
        }
        let (emphasis, link) = (self.emphasis, self.link.as_ref().map(|(at, _)| *at));
        self.bytes += shown.len();
        match self.line.last_mut() {
            Some(last) if last.emphasis == emphasis && last.link == link && last.picture.is_none() => {
                last.text.push_str(&shown);
            }
            _ if shown.is_empty() => {}
            _ => self.line.push(FormSpan { text: shown, emphasis, link, picture: None }),
        }
    }

    /// Writes a space between words of the line.
    pub fn space(&mut self) {
        if self.line.last().is_some_and(|last| !last.text.ends_with(' ')) {
            self.text(" ");
        }
    }

    /// Writes a picture of the message, with the words that stand for it elsewhere.
    pub fn picture(&mut self, content_id: &str, words: &str) {
        let picture = Some(PictureSource::ContentId(content_id.to_owned()));
        self.bytes += words.len();
        let link = self.link.as_ref().map(|(at, _)| *at);
        self.line.push(FormSpan { text: words.to_owned(), picture, link, emphasis: Emphasis::default() });
    }

    /// Ends the line at a line break: where it has no text, a blank one follows.
    pub fn line_break(&mut self) {
        if !self.end_line() {
            self.blank_line();
        }
    }

    /// Ends the line, unless it is empty; returns whether there was one.
    pub fn end_line(&mut self) -> bool {
        let mut spans = std::mem::take(&mut self.line);
        if let Some(last) = spans.last_mut().filter(|last| last.picture.is_none()) {
            last.text.truncate(last.text.trim_end_matches(' ').len());
        }
        let has_text = |span: &FormSpan| !span.text.chars().all(char::is_whitespace) || span.picture.is_some();
        match (spans.iter().any(has_text), spans.is_empty()) {
            (true, _) => self.push_line(spans),
            (false, true) => return false,
            (false, false) => self.blank_line(),
        }
        true
    }

    /// Begins a link.
    pub fn begin_link(&mut self, href: &str) {
        self.link = None;
        let link = match links::target(href) {
            Target::Safe(link) => link,
            Target::ReadyMail(link) => {
                self.leave_out(LeftOut::ReadyMail);
                link
            }
            Target::Unsafe => return self.leave_out(LeftOut::UnsafeLink),
            Target::Nowhere => return,
        };
        let at = self.form.links.len();
        if at < MOST_LINKS {
            self.bytes += link.href.len();
            self.form.links.push(link);
            self.link = u32::try_from(at).ok().map(|at| (at, String::new()));
        }
    }

    /// Ends the open link, and compares its words with its address.
    pub fn end_link(&mut self) {
        let Some((at, words)) = self.link.take() else { return };
        if let Some(link) = self.form.links.get_mut(at as usize) {
            link.misleads |= links::names_another(&words, link);
        }
    }

    /// Notes that something is left out here; of each kind it is told once a line.
    pub fn leave_out(&mut self, what: LeftOut) {
        if !self.left_out.contains(&what) {
            self.left_out.push(what);
        }
    }

    /// The finished form; an empty one where the text is too long to have a form.
    pub fn finish(mut self) -> Form {
        self.end_line();
        if self.form.lines.len() > MOST_LINES || self.bytes > LONGEST || self.form.links.len() >= MOST_LINKS {
            return Form::default();
        }
        let left_out = std::mem::take(&mut self.left_out);
        match self.form.lines.last_mut() {
            Some(last) => last.left_out.extend(left_out),
            None if left_out.is_empty() => {}
            None => self.form.lines.push(FormLine { left_out, ..FormLine::default() }),
        }
        without_layout(&mut self.form.lines);
        self.form
    }

    fn blank_line(&mut self) {
        let is_double = self.form.lines.last().is_none_or(|last| last.spans.is_empty() && last.blocks == self.open);
        if !is_double {
            self.push_line(Vec::new());
        }
    }

    fn push_line(&mut self, spans: Vec<FormSpan>) {
        if self.form.lines.len() <= MOST_LINES && self.bytes <= LONGEST {
            let left_out = std::mem::take(&mut self.left_out);
            self.form.lines.push(FormLine { blocks: self.open.clone(), spans, left_out });
        }
    }
}

/// Embeddings, overrides and isolates (Unicode TR 9), by which text can look like other text. The weak marks of languages that
/// are written from the right stay.
pub fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What is known of a table whose lines have been read.
#[derive(Default)]
struct TableShape {
    rows: HashMap<u32, Vec<u32>>,
    has_inner: bool,
}

/// Removes tables that only lay out text: those with others in them, and those in which no two rows have two cells with text.
fn without_layout(lines: &mut [FormLine]) {
    let mut shapes: HashMap<u32, TableShape> = HashMap::new();
    for line in lines.iter() {
        let tables = line.blocks.iter().filter(|block| block.kind == BlockKind::Table);
        let ids: Vec<u32> = tables.map(|table| table.id).collect();
        let Some((innermost, outer)) = ids.split_last() else { continue };
        outer.iter().for_each(|id| shapes.entry(*id).or_default().has_inner = true);
        let shape = shapes.entry(*innermost).or_default();
        let of = |kind: fn(BlockKind) -> bool| line.blocks.iter().rev().find(|block| kind(block.kind));
        if let (Some(row), Some(cell), false) =
            (of(|kind| kind == BlockKind::Row), of(BlockKind::is_cell), line.spans.is_empty())
        {
            let cells = shape.rows.entry(row.id).or_default();
            if cells.last() != Some(&cell.id) {
                cells.push(cell.id);
            }
        }
    }
    let is_data = |id: &u32| {
        shapes.get(id).is_some_and(|s| !s.has_inner && s.rows.values().filter(|cells| cells.len() > 1).count() > 1)
    };
    for line in lines {
        let mut is_kept = true;
        line.blocks.retain(|block| {
            if block.kind == BlockKind::Table {
                is_kept = is_data(&block.id);
            }
            is_kept || !block.kind.is_of_table()
        });
    }
}
