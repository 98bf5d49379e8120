//! Begins elements: what each does to the layout of the text, and which block of its form it is.

use html5ever::tokenizer::Tag;

use super::super::elements::is_preformatted;
use super::super::lines::Separation;
use super::super::style;
use super::{ElementRole, Page};
use crate::model::BlockKind;

impl Page {
    /// Begins a visible element in the layout.
    pub(super) fn begin(&mut self, tag: &Tag) -> ElementRole {
        if style::is_signature(tag) {
            self.lines.begin_signature();
        }
        match &*tag.name {
            "p" if style::is_tight(tag) => self.block(Separation::Line),
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dl" | "fieldset" => self.block(Separation::Paragraph),
            "body" | "div" | "table" | "thead" | "tbody" | "tfoot" | "section" | "article" | "header" | "footer"
            | "aside" | "nav" | "main" | "address" | "center" | "form" | "figure" | "figcaption" | "dt" | "dd"
            | "caption" | "details" | "summary" => self.block(Separation::Line),
            "blockquote" if style::is_indent(tag) => self.block(Separation::Paragraph),
            "blockquote" => {
                self.lines.end_line();
                self.lines.separate(Separation::Paragraph);
                self.lines.quotes += 1;
                ElementRole::Quote
            }
            "ul" | "menu" | "dir" => self.list(None),
            "ol" => self.list(style::attribute(tag, "start").and_then(|n| n.trim().parse().ok()).or(Some(1))),
            "li" => self.item(),
            "pre" | "listing" | "xmp" | "plaintext" => {
                self.lines.separate(Separation::Paragraph);
                ElementRole::Preformatted
            }
            "tr" => ElementRole::Row(self.lines.begin_row()),
            "td" | "th" => self.cell(),
            "a" => {
                self.link = Some(String::new());
                let href = style::attribute(tag, "href").unwrap_or_default();
                self.form.begin_link(href);
                ElementRole::Link(href.to_owned())
            }
            _ => ElementRole::Inline,
        }
    }

    /// Begins the block of the form that an element is, on a line of its own. Returns whether it is one.
    pub(super) fn begin_block(&mut self, tag: &Tag, role: &ElementRole) -> bool {
        let kind = match (role, &*tag.name) {
            (ElementRole::Inline | ElementRole::Link(_), _) => return false,
            (ElementRole::Quote, _) => BlockKind::Quote,
            (ElementRole::Preformatted, name) if is_preformatted(name) => BlockKind::Preformatted,
            (ElementRole::List, _) => match self.lists.last() {
                Some(Some(first)) => BlockKind::Numbers(*first),
                _ => BlockKind::Bullets,
            },
            (_, "li") => BlockKind::Item(self.lists.last().copied().flatten().map(|next| next.saturating_sub(1))),
            (_, "table") => BlockKind::Table,
            (_, "tr") => BlockKind::Row,
            (_, "td") => BlockKind::Cell,
            (_, "th") => BlockKind::HeadingCell,
            (ElementRole::Block(Separation::Paragraph), _) => BlockKind::Paragraph,
            _ => {
                self.form.end_line();
                return false;
            }
        };
        self.form.open(kind)
    }

    fn block(&mut self, gap: Separation) -> ElementRole {
        self.lines.separate(gap);
        ElementRole::Block(gap)
    }

    fn list(&mut self, first: Option<u32>) -> ElementRole {
        self.lines.end_line();
        self.separate_list();
        self.lists.push(first);
        self.lines.lists = self.lists.len();
        ElementRole::List
    }

    /// Outer lists are paragraphs of their own, inner ones are not.
    pub(super) fn separate_list(&mut self) {
        self.lines.separate(if self.lists.is_empty() { Separation::Paragraph } else { Separation::Line });
    }

    fn item(&mut self) -> ElementRole {
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                let mark = format!("{number}. ");
                *number = number.saturating_add(1);
                mark
            }
            _ => "- ".to_owned(),
        };
        self.lines.item(mark);
        ElementRole::Block(Separation::Line)
    }

    fn cell(&mut self) -> ElementRole {
        let around = self.open.iter().rev().take(3);
        let row = around.filter_map(|e| if let ElementRole::Row(start) = e.role { Some(start) } else { None }).next();
        self.lines.cell(row);
        ElementRole::Block(Separation::Line)
    }
}
