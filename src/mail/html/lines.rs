//! Lines of text with their quoted levels, list marks and table cells, written from left to right and top to bottom.

/// Deeper quotes and lists than this are shown at this depth.
const DEEPEST: usize = 10;

/// What parts the cells of a row.
const CELL: &str = " | ";

/// What stands between two pieces of text.
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

/// The finished lines and the one that is being written.
#[derive(Default)]
pub struct Lines {
    /// The quoted level.
    pub quotes: usize,
    /// How many lists are open.
    pub lists: usize,
    /// How many preformatted elements are open, in which blanks at the start of a line count.
    pub preformatted: usize,
    done: String,
    line: String,
    gap: Separation,
    /// The quoted level of the last finished line.
    last_quotes: usize,
    /// The last finished line is blank.
    blank_above: bool,
    /// A list mark that waits for its item's text.
    mark: Option<String>,
    /// A table cell that waits for its text: what parts it from the text above, whatever paragraphs begin in it.
    cell: Option<Separation>,
    /// The line holds cells side by side.
    has_cells: bool,
    /// A signature waits for its text.
    signature: bool,
}

impl Lines {
    /// The finished text.
    pub fn finish(mut self) -> String {
        self.end_line();
        self.done.trim().to_owned()
    }

    /// Asks for a gap before the next text.
    pub fn part(&mut self, gap: Separation) {
        self.gap = self.gap.max(gap);
    }

    /// Puts text on the line, after what is due before it.
    pub fn ink(&mut self, text: &str) {
        if !text.is_empty() {
            self.due();
            self.line.push_str(text);
        }
    }

    /// A blank between words on the same line.
    pub fn space(&mut self) {
        let inside = self.gap == Separation::None && self.cell.is_none() && !self.line.is_empty();
        if inside && !self.line.ends_with(' ') {
            self.line.push(' ');
        }
    }

    /// Text that belongs to the words before it, as the address of a link does.
    pub fn append(&mut self, text: &str) {
        if !self.line.ends_with(' ') {
            self.line.push(' ');
        }
        self.line.push_str(text);
    }

    /// Ends the line, and makes a blank one where there is none to end.
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

    /// A list item begins.
    pub fn item(&mut self, mark: String) {
        self.part(Separation::Line);
        self.mark = Some(mark);
    }

    /// A list ends; an item without text leaves no mark.
    pub fn end_list(&mut self) {
        self.end_line();
        self.mark = None;
    }

    /// A signature begins; a delimiter will stand above it (RFC 3676 section 4.3).
    pub fn begin_signature(&mut self) {
        self.signature = true;
    }

    /// A table row begins. The answer is how much is written, for [`Lines::cell`] and [`Lines::end_row`].
    pub fn begin_row(&mut self) -> usize {
        self.end_line();
        if self.gap == Separation::Paragraph {
            self.blank_line();
            self.gap = Separation::Line;
        }
        self.has_cells = false;
        self.done.len()
    }

    /// A cell begins: beside the others of its row, unless one of them already took several lines.
    pub fn cell(&mut self, row: Option<usize>) {
        let beside = row == Some(self.done.len()) && !self.line.is_empty();
        self.cell = Some(if beside { Separation::None } else { self.gap.max(Separation::Line) });
    }

    /// A row ends; rows on one line each stand directly below one another.
    pub fn end_row(&mut self, row: usize) {
        let one_line = row == self.done.len() && self.has_cells;
        self.gap = if one_line { Separation::Line } else { self.gap.max(Separation::Line) };
    }

    /// Finishes the line, if anything is on it.
    pub fn end_line(&mut self) {
        if self.line.is_empty() {
            return;
        }
        let line = std::mem::take(&mut self.line).replace('\u{a0}', " ");
        let line = if self.preformatted > 0 { line.trim_end() } else { line.trim() };
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
            None => self.done.push_str(line),
        }
        self.done.push('\n');
        self.last_quotes = self.quotes;
        self.blank_above = false;
    }

    /// What is due before text: the end of the line above, a blank line, the mark of a signature, cell or list item.
    fn due(&mut self) {
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
        if std::mem::take(&mut self.signature) && !self.done.is_empty() && !self.done.ends_with("\n--\n") {
            self.end_line();
            self.line.push_str("--");
            self.end_line();
        }
        if let Some(mark) = self.mark.take() {
            self.line.push_str(&mark);
        }
    }

    /// One blank line at most, at the lower of the quoted levels above and below.
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

/// The text of a list item as Word writes it: a mark from a symbol font, and blanks.
fn word_bullet(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(['·', '§', '•', 'o', 'Ø', 'ü'])?;
    rest.starts_with("  ").then(|| rest.trim_start())
}
