//! Writes lines of plain text with quote levels, list marks and table cells, from top to bottom.

/// Quotes and lists nested deeper than this are shown at this depth.
const DEEPEST: usize = 10;

/// The separator between cells of a row.
const CELL: &str = " | ";

/// What separates two pieces of text.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Separation {
    /// Nothing.
    #[default]
    None,
    /// The end of a line.
    Line,
    /// A blank line.
    Paragraph,
}

/// A text under construction: finished lines and the current line.
#[derive(Default)]
pub struct Lines {
    /// The current quote level.
    pub quotes: usize,
    /// How many lists are open.
    pub lists: usize,
    /// Whether leading spaces are kept, as in preformatted elements.
    pub keeps_spaces: bool,
    done: String,
    line: String,
    /// Whether the leading spaces of the current line are kept.
    line_keeps_spaces: bool,
    /// The separation to write before the next text.
    gap: Separation,
    /// The quote level of the last finished line.
    last_quotes: usize,
    /// Whether the last finished line is blank.
    blank_above: bool,
    /// A list mark to write before the item's first text.
    mark: Option<String>,
    /// A table cell without text yet: what separates it from the text above, whatever paragraphs begin in it.
    cell: Option<Separation>,
    /// Whether the line holds several cells.
    has_cells: bool,
    /// Whether a signature delimiter is to be written before the next text.
    signature: bool,
}

impl Lines {
    /// The finished text.
    pub fn finish(mut self) -> String {
        self.end_line();
        self.done.trim().to_owned()
    }

    /// Separates the next text at least this much from what is above.
    pub fn separate(&mut self, gap: Separation) {
        self.gap = self.gap.max(gap);
    }

    /// Writes text, after any pending separation and marks.
    pub fn write(&mut self, text: &str) {
        if !text.is_empty() {
            self.write_pending();
            if self.line.is_empty() {
                self.line_keeps_spaces = self.keeps_spaces;
            }
            self.line.push_str(text);
        }
    }

    /// Writes a space between words of the same line.
    pub fn space(&mut self) {
        let inside = self.gap == Separation::None && self.cell.is_none() && !self.line.is_empty();
        if inside && !self.line.ends_with(' ') {
            self.line.push(' ');
        }
    }

    /// Writes text after a space on the current line, such as the address of a link.
    pub fn append(&mut self, text: &str) {
        if !self.line.ends_with(' ') {
            self.line.push(' ');
        }
        self.line.push_str(text);
    }

    /// Ends the line; an empty line becomes a blank one.
    pub fn line_break(&mut self) {
        if self.gap > Separation::None && !self.line.is_empty() {
            self.end_line();
        }
        let gap = std::mem::take(&mut self.gap);
        if self.line.is_empty() || gap == Separation::Paragraph {
            self.blank_line();
        }
        self.end_line();
    }

    /// Begins a list item.
    pub fn item(&mut self, mark: String) {
        self.separate(Separation::Line);
        self.mark = Some(mark);
    }

    /// Ends a list; the mark of an item without text is dropped.
    pub fn end_list(&mut self) {
        self.end_line();
        self.mark = None;
    }

    /// Begins a signature: a delimiter is written before its text (RFC 3676 section 4.3).
    pub fn begin_signature(&mut self) {
        self.signature = true;
    }

    /// Begins a table row. Returns the row's position in the text, for [`Lines::cell`] and [`Lines::end_row`].
    pub fn begin_row(&mut self) -> usize {
        self.end_line();
        if self.gap == Separation::Paragraph {
            self.blank_line();
            self.gap = Separation::Line;
        }
        self.has_cells = false;
        self.done.len()
    }

    /// Begins a cell: on the line of the row's other cells, unless one of them takes several lines.
    pub fn cell(&mut self, row: Option<usize>) {
        let beside = row == Some(self.done.len()) && !self.line.is_empty();
        self.cell = Some(if beside { Separation::None } else { self.gap.max(Separation::Line) });
    }

    /// Ends a row; no blank line follows a row of one line.
    pub fn end_row(&mut self, row: usize) {
        // A last cell without text is not that of the text below.
        self.cell = None;
        let one_line = row == self.done.len() && self.has_cells;
        self.gap = if one_line { Separation::Line } else { self.gap.max(Separation::Line) };
    }

    /// Finishes the current line, unless it is empty.
    pub fn end_line(&mut self) {
        if self.line.is_empty() {
            return;
        }
        let line = std::mem::take(&mut self.line).replace('\u{a0}', " ");
        // The delimiter of a signature keeps its space (RFC 3676 section 4.3).
        let delimiter = line == "-- ";
        let line = if self.line_keeps_spaces { line.trim_end() } else { line.trim() };
        let line = line.trim_matches(['\u{200b}', '\u{200c}', '\u{200d}', '\u{feff}', '\u{34f}', '\u{ad}']);
        if line.trim().is_empty() {
            return self.blank_line();
        }
        self.start_line(self.quotes);
        if self.quotes > 0 {
            self.done.push(' ');
        }
        self.done.push_str(&"  ".repeat(self.lists.saturating_sub(1).min(DEEPEST)));
        match word_bullet(line) {
            Some(item) => self.done.extend(["- ", item]),
            None => self.done.push_str(if delimiter { "-- " } else { line }),
        }
        self.done.push('\n');
        self.last_quotes = self.quotes;
        self.blank_above = false;
    }

    /// Writes what is pending before text: line ends, a blank line, the mark of a signature, cell or list item.
    fn write_pending(&mut self) {
        let inner = std::mem::take(&mut self.gap);
        let gap = match self.cell.take() {
            Some(Separation::None) => {
                self.line.truncate(self.line.trim_end().len());
                self.has_cells |= !self.line.is_empty();
                if !self.line.is_empty() {
                    self.line.push_str(CELL);
                }
                Separation::None
            }
            Some(gap) => gap,
            None => inner,
        };
        if gap > Separation::None {
            self.end_line();
        }
        if gap == Separation::Paragraph {
            self.blank_line();
        }
        let has_delimiter = self.done == "--\n" || self.done.ends_with("\n--\n");
        if std::mem::take(&mut self.signature) && !has_delimiter {
            self.end_line();
            self.line.push_str("--");
            self.end_line();
        }
        if let Some(mark) = self.mark.take() {
            self.line.push_str(&mark);
        }
    }

    /// Writes at most one blank line, at the lower of the quote levels above and below.
    fn blank_line(&mut self) {
        if !self.blank_above && !self.done.is_empty() {
            self.start_line(self.last_quotes.min(self.quotes));
            self.done.push('\n');
            self.blank_above = true;
        }
    }

    fn start_line(&mut self, quotes: usize) {
        self.done.push_str(&">".repeat(quotes.min(DEEPEST)));
    }
}

/// The text of a list item as Microsoft Word writes it: a mark from a symbol font, spaces, text. None: no such item.
fn word_bullet(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(['·', '§', '•', 'o', 'Ø', 'ü'])?;
    rest.starts_with("  ").then(|| rest.trim_start())
}
