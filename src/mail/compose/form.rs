//! Renders words with their form as HTML. What can be written stands here: no other element, attribute or style.

use std::collections::HashMap;

use super::html::escape;
use super::plain::spaced;
use super::style::{CELL, CODE, FORM_PARAGRAPH, INNER_LIST, LIST, PICTURE, PREFORMATTED, QUOTE, TABLE};
use crate::model::{BlockKind, Form, FormBlock, FormLine, FormLink, FormSpan, PictureSource};

/// What a form is rendered with.
#[derive(Clone, Copy)]
pub struct Rendering<'a> {
    /// The Content-IDs of the pictures that the letter has, by the message's part.
    pub pictures: &'a HashMap<u32, String>,
    /// Whether the host behind every link is shown: to engineers.
    pub shows_hosts: bool,
}

/// Renders a form: well-formed HTML whose elements are closed in their order.
pub fn render(form: &Form, with: Rendering<'_>) -> String {
    let mut html = String::from("<div dir=\"auto\">\n");
    let mut open: Vec<FormBlock> = Vec::new();
    let mut was_text = false;
    for line in &form.lines {
        let blocks = proper(&line.blocks);
        let common = open.iter().zip(&blocks).take_while(|(one, other)| one == other).count();
        let stays = common == open.len() && common == blocks.len();
        while open.len() > common {
            let block = open.pop();
            block.into_iter().for_each(|block| html.push_str(end_tag(block.kind)));
        }
        for block in &blocks[common..] {
            let is_inside = open.iter().any(|outer| outer.kind.is_cell() || matches!(outer.kind, BlockKind::Item(_)));
            html.push_str(&start_tag(block.kind, is_inside));
            open.push(*block);
        }
        let is_preformatted = open.last().is_some_and(|block| block.kind == BlockKind::Preformatted);
        match (stays && was_text, is_preformatted) {
            (true, true) => html.push('\n'),
            (true, false) => html.push_str("<br>\n"),
            (false, _) => {}
        }
        push_spans(&mut html, line, &form.links, with, is_preformatted);
        was_text = true;
    }
    while let Some(block) = open.pop() {
        html.push_str(end_tag(block.kind));
    }
    html.push_str("</div>\n");
    html
}

/// The blocks that HTML allows in each other: items in lists, cells in rows in tables; paragraphs and preformatted text hold
/// no others.
fn proper(blocks: &[FormBlock]) -> Vec<FormBlock> {
    let mut kept = Vec::with_capacity(blocks.len());
    let mut rest = blocks;
    while let Some((block, inner)) = rest.split_first() {
        let taken = match (block.kind, inner) {
            (BlockKind::Table, [row, cell, ..]) if row.kind == BlockKind::Row && cell.kind.is_cell() => 3,
            (BlockKind::Bullets | BlockKind::Numbers(_), [item, ..]) if matches!(item.kind, BlockKind::Item(_)) => 2,
            (BlockKind::Paragraph | BlockKind::Preformatted, []) | (BlockKind::Quote, _) => 1,
            _ => 0,
        };
        kept.extend_from_slice(&rest[..taken]);
        rest = &rest[taken.max(1)..];
    }
    kept
}

/// The start of a block. What is inside of an item or cell needs no gap; elsewhere lines may stand above it.
fn start_tag(kind: BlockKind, is_inside: bool) -> String {
    match kind {
        BlockKind::Paragraph if is_inside => "<p style=\"margin:0\">".to_owned(),
        BlockKind::Bullets if is_inside => format!("<ul style=\"{INNER_LIST}\">\n"),
        BlockKind::Numbers(first) if is_inside => format!("<ol start=\"{first}\" style=\"{INNER_LIST}\">\n"),
        BlockKind::Paragraph => format!("<p style=\"{FORM_PARAGRAPH}\">"),
        BlockKind::Quote => format!("<blockquote style=\"{QUOTE}\">\n"),
        BlockKind::Bullets => format!("<ul style=\"{LIST}\">\n"),
        BlockKind::Numbers(1) => format!("<ol style=\"{LIST}\">\n"),
        BlockKind::Numbers(first) => format!("<ol start=\"{first}\" style=\"{LIST}\">\n"),
        BlockKind::Item(_) => "<li>".to_owned(),
        BlockKind::Preformatted => format!("<pre style=\"{PREFORMATTED}\">"),
        BlockKind::Table => format!("<div style=\"overflow-x:auto\"><table style=\"{TABLE}\"><tbody>\n"),
        BlockKind::Row => "<tr>".to_owned(),
        BlockKind::Cell => format!("<td style=\"{CELL}\">"),
        BlockKind::HeadingCell => format!("<th style=\"{CELL}\">"),
    }
}

fn end_tag(kind: BlockKind) -> &'static str {
    match kind {
        BlockKind::Paragraph => "</p>\n",
        BlockKind::Quote => "</blockquote>\n",
        BlockKind::Bullets => "</ul>\n",
        BlockKind::Numbers(_) => "</ol>\n",
        BlockKind::Item(_) => "</li>\n",
        BlockKind::Preformatted => "</pre>\n",
        BlockKind::Table => "</tbody></table></div>\n",
        BlockKind::Row => "</tr>\n",
        BlockKind::Cell => "</td>",
        BlockKind::HeadingCell => "</th>",
    }
}

fn push_spans(html: &mut String, line: &FormLine, links: &[FormLink], with: Rendering<'_>, is_preformatted: bool) {
    for run in line.spans.chunk_by(|one, next| one.link == next.link) {
        let inside: String = run.iter().map(|span| of_span(span, with, is_preformatted)).collect();
        let link = run[0].link.and_then(|at| links.get(at as usize));
        match link {
            None => html.push_str(&inside),
            Some(link) if inside.trim().is_empty() => html.push_str(&anchor(link, &escape(&link.href))),
            Some(link) if link.misleads => {
                html.push_str(&format!("{inside} &lt;{}&gt;", anchor(link, &escape(&link.href))));
            }
            Some(link) => {
                html.push_str(&anchor(link, &inside));
                let words: String = run.iter().map(|span| span.text.to_lowercase()).collect();
                if with.shows_hosts && !words.contains(&link.host.to_lowercase()) {
                    html.push_str(&format!(" ({})", escape(&link.host)));
                }
            }
        }
    }
}

fn anchor(link: &FormLink, inside: &str) -> String {
    format!("<a href=\"{}\">{inside}</a>", escape(&link.href))
}

fn of_span(span: &FormSpan, with: Rendering<'_>, is_preformatted: bool) -> String {
    if let Some(PictureSource::Part(part)) = &span.picture
        && let Some(id) = with.pictures.get(part)
    {
        let name = span.text.trim_start_matches("[image").trim_start_matches(": ").trim_end_matches(']');
        return format!("<img src=\"cid:{}\" alt=\"{}\" style=\"{PICTURE}\">", escape(id), escape(name));
    }
    let mut html = if is_preformatted { escape(&span.text) } else { spaced(&escape(&span.text)) };
    let code = format!("code style=\"{CODE}\"");
    let emphasis = span.emphasis;
    let elements = [
        (emphasis.code && !is_preformatted, code.as_str(), "code"),
        (emphasis.struck, "s", "s"),
        (emphasis.italic, "i", "i"),
        (emphasis.bold, "b", "b"),
    ];
    if !html.trim().is_empty() {
        for (_, start, end) in elements.into_iter().filter(|(is_set, _, _)| *is_set) {
            html = format!("<{start}>{html}</{end}>");
        }
    }
    html
}
