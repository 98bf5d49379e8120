//! Tracks open elements and their visibility, and turns each tag and text into operations on the lines.

mod begin;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use html5ever::LocalName;
use html5ever::tokenizer::Tag;

use super::elements::{self, is_never_shown, preformatted};
use super::form::FormWriter;
use super::ink::Ink;
use super::lines::{Lines, Separation};
use super::style::{self, ClassStyle, WhiteSpace};
use crate::model::{Emphasis, Form, LeftOut};

/// The attribute of a picture of the message itself: its Content-ID. `alt` is the text in its place.
pub const PICTURE: &str = "maildesk-picture";

/// How many open elements are tracked: bounds the memory for tags that are never closed.
const MOST_OPEN: usize = 10_000;

/// How much of a style sheet is read, in bytes.
const LONGEST_SHEET: usize = 200_000;

/// How much of a link's text is compared with its address, in bytes.
const LONGEST_LINK_TEXT: usize = 1_000;

/// The state of the conversion.
#[derive(Default)]
pub struct Page {
    lines: Lines,
    form: FormWriter,
    open: Vec<Element>,
    /// How many elements of each name are open: stray end tags are recognised without a search.
    counts: HashMap<LocalName, usize>,
    /// How many open elements hide their content.
    hidden: usize,
    /// Whether the font size is zero.
    sizeless: bool,
    /// The colours of the text.
    ink: Ink,
    /// Whether a style sheet gives a class a background.
    classes_have_ground: bool,
    /// The text of the open `style` element.
    sheet: String,
    /// Whether white space is kept.
    white_space: WhiteSpace,
    /// The classes that style sheets hide, or in which they keep white space.
    classes: HashMap<String, ClassStyle>,
    /// The number of the next item for each open list; None: not numbered.
    lists: Vec<Option<u32>>,
    /// The text of the open link.
    link: Option<String>,
}

/// An open element, with what its end tag restores.
struct Element {
    name: LocalName,
    hidden: bool,
    sizeless_outside: bool,
    white_space_outside: WhiteSpace,
    ink_outside: Ink,
    emphasis_outside: Emphasis,
    /// Whether the form has a block for it.
    has_block: bool,
    role: ElementRole,
}

/// What an element does to the layout.
enum ElementRole {
    Inline,
    Block(Separation),
    Quote,
    List,
    Preformatted,
    /// A table row, with its position in the text.
    Row(usize),
    /// A link, with its address.
    Link(String),
}

impl Page {
    /// Handles a start tag.
    pub fn open(&mut self, tag: &Tag) {
        elements::left_out(&tag.name).into_iter().for_each(|what| self.form.leave_out(what));
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
            return self.lines.separate(Separation::Line);
        }
        let class = self.class_style(tag);
        let hidden = is_never_shown(&tag.name) || style::is_hidden(tag) || class.hidden;
        let role = if hidden { ElementRole::Inline } else { self.begin(tag) };
        let has_block = !hidden && self.hidden == 0 && self.begin_block(tag, &role);
        let emphasis_outside = self.form.emphasis;
        self.form.emphasis = elements::emphasis(tag, emphasis_outside);
        let ink_outside = self.ink;
        self.ink = self.ink.inside(tag, self.classes_have_ground);
        let sizeless_outside = self.sizeless;
        self.sizeless = style::is_sizeless(tag).unwrap_or(self.sizeless);
        let white_space_outside = self.white_space;
        self.set_white_space(style::white_space(tag).or(class.white_space).or_else(|| preformatted(&tag.name)));
        self.hidden += usize::from(hidden);
        *self.counts.entry(tag.name.clone()).or_default() += 1;
        self.open.push(Element {
            name: tag.name.clone(),
            hidden,
            sizeless_outside,
            white_space_outside,
            ink_outside,
            emphasis_outside,
            has_block,
            role,
        });
    }

    /// Handles an end tag: closes the innermost element of this name with all elements open in it; stray ones are ignored.
    pub fn close(&mut self, name: &LocalName) {
        match &**name {
            "br" => return self.line_break(),
            "p" if !self.counts.contains_key(name) => return self.lines.separate(Separation::Paragraph),
            _ if !self.counts.contains_key(name) => return,
            _ => {}
        }
        while let Some(element) = self.open.pop() {
            let found = element.name == *name;
            self.end(element);
            if found {
                break;
            }
        }
    }

    /// Handles text between tags.
    pub fn text(&mut self, text: &str) {
        if !self.is_visible() {
            return self.unseen_text(text);
        }
        if self.white_space == WhiteSpace::Collapsed {
            return self.words(text);
        }
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.lines.line_break();
                self.form.line_break();
            }
            match self.white_space {
                WhiteSpace::Kept => self.write(line.trim_end_matches('\r')),
                _ => self.words(line),
            }
        }
    }

    fn words(&mut self, text: &str) {
        for (at, word) in text.split([' ', '\t', '\n', '\r', '\x0c']).enumerate() {
            if at > 0 {
                self.lines.space();
                self.form.space();
            }
            self.write(word);
        }
    }

    /// The finished text, and its form.
    pub fn finish(self) -> (String, Form) {
        (self.lines.finish(), self.form.finish())
    }

    fn is_visible(&self) -> bool {
        self.hidden == 0 && !self.sizeless && !self.ink.is_unseen()
    }

    /// What style sheets say of the element's classes.
    fn class_style(&self, tag: &Tag) -> ClassStyle {
        let mut style = ClassStyle::default();
        if self.classes.is_empty() {
            return style;
        }
        for class in style::attribute(tag, "class").unwrap_or_default().split_ascii_whitespace() {
            let known = self.classes.get(class).copied().unwrap_or_default();
            style.hidden |= known.hidden;
            style.white_space = known.white_space.or(style.white_space);
        }
        style
    }

    fn set_white_space(&mut self, set: Option<WhiteSpace>) {
        self.white_space = set.unwrap_or(self.white_space);
        self.lines.keeps_spaces = self.white_space == WhiteSpace::Kept;
    }

    fn unseen_text(&mut self, text: &str) {
        let is_text = self.open.iter().rev().take(3).all(|element| !is_never_shown(&element.name));
        if is_text && text.contains(char::is_alphanumeric) {
            self.form.leave_out(LeftOut::HiddenText);
        }
        let in_sheet = self.open.last().is_some_and(|e| &*e.name == "style");
        if in_sheet && self.sheet.len() + text.len() <= LONGEST_SHEET {
            self.sheet.push_str(text);
        }
    }

    fn end(&mut self, element: Element) {
        if &*element.name == "style" {
            self.classes_have_ground |= self.sheet.contains("background");
            self.classes.extend(style::classes(&std::mem::take(&mut self.sheet)));
        }
        if let Entry::Occupied(mut count) = self.counts.entry(element.name) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
        if element.has_block {
            self.form.close();
        } else if !matches!(element.role, ElementRole::Inline | ElementRole::Link(_)) {
            self.form.end_line();
        }
        match element.role {
            ElementRole::Inline => {}
            ElementRole::Block(gap) => self.lines.separate(gap),
            ElementRole::Quote => {
                self.lines.end_line();
                self.lines.quotes -= 1;
                self.lines.separate(Separation::Paragraph);
            }
            ElementRole::List => {
                self.lines.end_list();
                self.lists.pop();
                self.lines.lists = self.lists.len();
                self.separate_list();
            }
            ElementRole::Preformatted => {
                self.lines.end_line();
                self.lines.separate(Separation::Paragraph);
            }
            ElementRole::Row(start) => self.lines.end_row(start),
            ElementRole::Link(href) => self.end_link(&href),
        }
        self.hidden -= usize::from(element.hidden);
        self.sizeless = element.sizeless_outside;
        self.ink = element.ink_outside;
        self.form.emphasis = element.emphasis_outside;
        self.set_white_space(Some(element.white_space_outside));
    }

    /// Closes elements whose end tag may be omitted (HTML standard, section 13.1.2.4), before the element `next` begins.
    fn close_implied(&mut self, next: &str) {
        let Some(top) = self.open.last().map(|e| &*e.name) else { return };
        let ends = match top {
            "head" => !matches!(next, "title" | "style" | "script" | "template" | "noscript" | "xml" | "object"),
            "p" => {
                matches!(next, "p" | "div" | "table" | "ul" | "ol" | "blockquote" | "h1" | "h2" | "h3" | "h4" | "pre")
            }
            "li" => next == "li",
            "td" | "th" => matches!(next, "td" | "th" | "tr"),
            "tr" => next == "tr",
            "dt" | "dd" => matches!(next, "dt" | "dd"),
            "option" => next == "option",
            _ => false,
        };
        if ends && let Some(element) = self.open.pop() {
            self.end(element);
            self.close_implied(next);
        }
    }

    fn write(&mut self, text: &str) {
        self.lines.write(text);
        self.form.text(text);
        self.add_to_link(text);
    }

    fn add_to_link(&mut self, text: &str) {
        if let Some(link) = self.link.as_mut().filter(|link| link.len() < LONGEST_LINK_TEXT) {
            link.push_str(text);
        }
    }

    fn line_break(&mut self) {
        if self.is_visible() {
            self.lines.line_break();
            self.form.line_break();
        }
    }

    fn rule(&mut self) {
        if self.hidden == 0 {
            self.lines.separate(Separation::Line);
            self.lines.write("________________________________");
            self.lines.separate(Separation::Line);
            self.form.end_line();
        }
    }

    fn image(&mut self, tag: &Tag) {
        if let Some(content_id) = style::attribute(tag, PICTURE) {
            let words = style::attribute(tag, "alt").unwrap_or_default();
            if self.is_visible() {
                self.lines.write(words);
                self.form.picture(content_id, words);
                self.add_to_link(words);
            }
            return;
        }
        if ["src", "srcset"].iter().any(|name| style::attribute(tag, name).is_some()) {
            self.form.leave_out(LeftOut::RemotePicture);
        }
        if self.hidden == 0
            && let Some(name) = style::image_name(tag)
        {
            self.write(&format!("[image: {name}]"));
        }
    }

    fn end_link(&mut self, href: &str) {
        self.form.end_link();
        let text = self.link.take().unwrap_or_default();
        if self.hidden == 0
            && !text.trim().is_empty()
            && let Some(address) = style::shown_address(href, &text)
        {
            self.lines.append(&format!("<{address}>"));
        }
    }
}
