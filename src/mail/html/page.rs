//! The page that the tags write on: lines with their quoted level, list marks and table cells.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use html5ever::LocalName;
use html5ever::tokenizer::Tag;

use super::style;

/// Deeper quotes and lists than this are shown at this depth.
const DEEPEST: usize = 20;

/// More elements than this are not kept track of at once: no memory for tags that never end.
const MOST_OPEN: usize = 10_000;

/// What parts the cells of a row.
const CELL: &str = " | ";

/// What stands between two pieces of text.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Line,
    Paragraph,
}

/// An element that is open, with what ends with it.
struct Element {
    name: LocalName,
    hidden: bool,
    sizeless_outside: bool,
    role: Role,
}

/// What an element is to the page.
enum Role {
    Inline,
    Block(Gap),
    Quote,
    List,
    Preformatted,
    /// A table row, and how long the page was where it began.
    Row(usize),
    Link(String),
}

#[derive(Default)]
pub struct Page {
    done: String,
    line: String,
    gap: Gap,
    open: Vec<Element>,
    /// How many elements of each name are open, so that stray end tags cost nothing.
    counts: HashMap<LocalName, usize>,
    hidden: usize,
    sizeless: bool,
    quotes: usize,
    preformatted: usize,
    /// The quoted level of the last line.
    last_quotes: usize,
    /// For each open list the number of its next item, or none when it has no numbers.
    lists: Vec<Option<u32>>,
    /// A list mark that waits for its item's text.
    mark: Option<String>,
    /// A table cell waits for its text: what parts it from the text above it, whatever paragraphs begin in it.
    cell: Option<Gap>,
    /// The line holds cells side by side.
    has_cells: bool,
    /// The last finished line is blank.
    blank_above: bool,
    /// A signature waits for its text.
    signature: bool,
    /// The text of the link that is open.
    link: Option<String>,
}

impl Page {
    /// A start tag.
    pub fn open(&mut self, tag: &Tag) {
        match &*tag.name {
            "br" => return self.line_break(),
            "hr" => return self.rule(),
            "img" => return self.image(tag),
            "area" | "base" | "col" | "embed" | "input" | "link" | "meta" | "param" | "source" | "track" | "wbr" => {
                return;
            }
            _ => {}
        }
        self.close_implied(&tag.name);
        if self.open.len() == MOST_OPEN {
            return self.part(Gap::Line);
        }
        let hidden = style::is_hidden(tag) || is_never_shown(&tag.name);
        let role = if hidden { Role::Inline } else { self.begin(tag) };
        let sizeless_outside = self.sizeless;
        self.sizeless = style::is_sizeless(tag).unwrap_or(self.sizeless);
        self.hidden += usize::from(hidden);
        *self.counts.entry(tag.name.clone()).or_default() += 1;
        self.open.push(Element { name: tag.name.clone(), hidden, sizeless_outside, role });
    }

    /// An end tag: closes what it names, with everything left open in it.
    pub fn close(&mut self, name: &LocalName) {
        if &**name == "br" {
            return self.line_break();
        }
        if &**name == "p" && !self.counts.contains_key(name) {
            return self.part(Gap::Paragraph);
        }
        if !self.counts.contains_key(name) {
            return;
        }
        while let Some(element) = self.open.pop() {
            let found = element.name == *name;
            self.end(element);
            if found {
                break;
            }
        }
    }

    /// Text between tags.
    pub fn text(&mut self, text: &str) {
        if self.hidden > 0 || self.sizeless {
            return;
        }
        if self.preformatted > 0 {
            for (at, line) in text.split('\n').enumerate() {
                if at > 0 {
                    self.line_break();
                }
                self.ink(line.trim_end_matches('\r'));
            }
            return;
        }
        let is_space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c');
        let mut words = text.split(is_space);
        self.ink(words.next().unwrap_or_default());
        for word in words {
            let inside = self.gap == Gap::None && self.cell.is_none() && !self.line.is_empty();
            if inside && !self.line.ends_with(' ') {
                self.line.push(' ');
            }
            self.ink(word);
        }
    }

    /// The finished text.
    pub fn finish(mut self) -> String {
        self.end_line();
        self.done.trim().to_owned()
    }

    fn begin(&mut self, tag: &Tag) -> Role {
        self.signature |= style::is_signature(tag);
        match &*tag.name {
            "p" if style::is_tight(tag) => self.block(Gap::Line),
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dl" | "fieldset" => self.block(Gap::Paragraph),
            "table" if !self.counts.contains_key(&tag.name) => self.block(Gap::Line),
            "div" | "table" | "thead" | "tbody" | "tfoot" | "section" | "article" | "header" | "footer" | "aside"
            | "nav" | "main" | "address" | "center" | "form" | "figure" | "figcaption" | "dt" | "dd" | "caption"
            | "details" | "summary" | "option" => self.block(Gap::Line),
            "blockquote" if style::is_indent(tag) => self.block(Gap::Paragraph),
            "blockquote" => {
                self.end_line();
                self.part(Gap::Paragraph);
                self.quotes += 1;
                Role::Quote
            }
            "ul" | "menu" | "dir" => self.list(None),
            "ol" => self.list(style::attribute(tag, "start").and_then(|n| n.trim().parse().ok()).or(Some(1))),
            "li" => self.item(),
            "pre" | "listing" | "xmp" | "plaintext" => {
                self.part(Gap::Paragraph);
                self.preformatted += 1;
                Role::Preformatted
            }
            "tr" => {
                self.end_line();
                if self.gap == Gap::Paragraph {
                    self.blank_line();
                    self.gap = Gap::Line;
                }
                self.has_cells = false;
                Role::Row(self.done.len())
            }
            "td" | "th" => self.cell(),
            "a" => {
                self.link = Some(String::new());
                Role::Link(style::attribute(tag, "href").unwrap_or_default().to_owned())
            }
            _ => Role::Inline,
        }
    }

    fn end(&mut self, element: Element) {
        if let Entry::Occupied(mut count) = self.counts.entry(element.name.clone()) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
        self.hidden -= usize::from(element.hidden);
        match element.role {
            Role::Inline => {}
            Role::Block(gap) => self.part(gap),
            Role::Quote => {
                self.end_line();
                self.quotes -= 1;
                self.part(Gap::Paragraph);
            }
            Role::List => {
                self.end_line();
                self.lists.pop();
                self.mark = None;
                self.part(if self.lists.is_empty() { Gap::Paragraph } else { Gap::Line });
            }
            Role::Preformatted => {
                self.preformatted -= 1;
                self.part(Gap::Paragraph);
            }
            Role::Row(start) => {
                let one_line = start == self.done.len() && self.has_cells;
                self.gap = if one_line { Gap::Line } else { self.gap.max(Gap::Line) };
            }
            Role::Link(href) => self.end_link(&href),
        }
        self.sizeless = element.sizeless_outside;
    }

    /// A few elements end where their next sibling begins, with no end tag.
    fn close_implied(&mut self, next: &LocalName) {
        let Some(top) = self.open.last().map(|e| &*e.name) else { return };
        let ends = match &**next {
            "li" => top == "li",
            "td" | "th" => matches!(top, "td" | "th"),
            "tr" => matches!(top, "td" | "th" | "tr"),
            "dt" | "dd" => matches!(top, "dt" | "dd"),
            "option" => top == "option",
            "p" | "div" | "table" | "ul" | "ol" | "blockquote" | "h1" | "h2" | "h3" | "h4" | "pre" => top == "p",
            _ => false,
        };
        if ends && let Some(element) = self.open.pop() {
            self.end(element);
            self.close_implied(next);
        }
    }

    fn block(&mut self, gap: Gap) -> Role {
        self.part(gap);
        Role::Block(gap)
    }

    fn list(&mut self, first: Option<u32>) -> Role {
        self.end_line();
        self.part(if self.lists.is_empty() { Gap::Paragraph } else { Gap::Line });
        self.lists.push(first);
        Role::List
    }

    fn item(&mut self) -> Role {
        self.part(Gap::Line);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                let mark = format!("{number}. ");
                *number = number.saturating_add(1);
                mark
            }
            _ => "- ".to_owned(),
        };
        self.mark = Some(mark);
        Role::Block(Gap::Line)
    }

    /// A cell follows the others on the line, unless one of them already took several lines.
    fn cell(&mut self) -> Role {
        let row =
            self.open.iter().rev().take(3).find_map(|e| if let Role::Row(start) = e.role { Some(start) } else { None });
        let beside = row == Some(self.done.len()) && !self.line.is_empty();
        self.cell = Some(if beside { Gap::None } else { self.gap.max(Gap::Line) });
        Role::Block(Gap::Line)
    }

    fn part(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    /// Puts visible text on the line, after what is due before it.
    fn ink(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.due();
        if let Some(link) = self.link.as_mut().filter(|link| link.len() < 1_000) {
            link.push_str(text);
        }
        self.line.push_str(text);
    }

    /// What is due before text: the end of the line above, a blank line, the mark of a signature, cell or list item.
    fn due(&mut self) {
        let inner = std::mem::take(&mut self.gap);
        let gap = match self.cell.take() {
            Some(Gap::None) => {
                self.line.truncate(self.line.trim_end().len());
                if !self.line.is_empty() {
                    self.line.push_str(CELL);
                    self.has_cells = true;
                }
                Gap::None
            }
            Some(gap) => gap,
            None => inner,
        };
        if gap > Gap::None && !self.line.is_empty() {
            self.end_line();
        }
        if gap == Gap::Paragraph {
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

    fn line_break(&mut self) {
        if self.hidden > 0 || self.sizeless {
            return;
        }
        if self.gap > Gap::None && !self.line.is_empty() {
            self.end_line();
        }
        let gap = std::mem::take(&mut self.gap);
        if self.line.is_empty() || gap == Gap::Paragraph {
            self.blank_line();
        }
        self.end_line();
    }

    fn rule(&mut self) {
        if self.hidden == 0 {
            self.part(Gap::Line);
            self.ink("________________________________");
            self.part(Gap::Line);
        }
    }

    fn image(&mut self, tag: &Tag) {
        if self.hidden == 0
            && let Some(name) = style::image_name(tag)
        {
            self.ink(&format!("[image: {name}]"));
        }
    }

    fn end_link(&mut self, href: &str) {
        let text = self.link.take().unwrap_or_default();
        if self.hidden == 0
            && !text.trim().is_empty()
            && let Some(address) = style::shown_address(href, &text)
        {
            let blank = if self.line.ends_with(' ') { "" } else { " " };
            self.line.push_str(&format!("{blank}<{address}>"));
        }
    }

    fn end_line(&mut self) {
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
        self.done.push_str(&"  ".repeat(self.lists.len().saturating_sub(1).min(DEEPEST)));
        match word_bullet(line) {
            Some(item) => self.done.extend(["- ", item]),
            None => self.done.push_str(line),
        }
        self.done.push('\n');
        self.last_quotes = self.quotes;
        self.blank_above = false;
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

/// Elements that no program shows in the text.
fn is_never_shown(name: &str) -> bool {
    matches!(
        name,
        // Not `head`: many never close it, and what it may hold is named here.
        "script"
            | "style"
            | "title"
            | "template"
            | "noscript"
            | "object"
            | "svg"
            | "math"
            | "audio"
            | "video"
            | "iframe"
            | "noembed"
            | "noframes"
            | "select"
            | "datalist"
            | "map"
    )
}

/// The text of a list item as Word writes it: a mark from a symbol font, and blanks.
fn word_bullet(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(['·', '§', '•', 'o', 'Ø', 'ü'])?;
    rest.starts_with("  ").then(|| rest.trim_start())
}
