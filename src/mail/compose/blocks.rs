//! Renders the blocks of a letter as HTML.

use super::html::{TextWriter, escape};
use super::plain;
use super::style::{BUTTONS, FACT_LABEL, FACT_VALUE, FACTS, HEADING, LINE, ROW_BUTTON};
use super::text::{clean, one_line};
use crate::model::{Block, Fact, Link};

/// Renders blocks in their order.
pub fn push(html: &mut String, blocks: &[Block], writer: &TextWriter<'_>) {
    for block in blocks {
        match block {
            Block::Rule => html.push_str(&format!("<hr style=\"{LINE}\">\n")),
            Block::Heading(title) => {
                html.push_str(&format!("<h2 style=\"{HEADING}\">{}</h2>\n", escape(&one_line(&clean(title)))));
            }
            Block::Text(words) => writer.push_text(html, &clean(words).lines().collect::<Vec<_>>(), 0),
            Block::Facts(_, facts) => push_facts(html, facts, writer),
            Block::Buttons(hint, links) => {
                writer.push_text(html, &clean(hint).lines().collect::<Vec<_>>(), 0);
                push_buttons(html, links);
            }
        }
    }
}

/// A table of two columns, which mail programs show whatever else they leave out: all of its looks stand at its cells.
fn push_facts(html: &mut String, facts: &[Fact], writer: &TextWriter<'_>) {
    html.push_str(&format!("<table style=\"{FACTS}\"><tbody>\n"));
    for fact in facts {
        let (label, value) =
            (escape(&one_line(&fact.label)), plain::line(&one_line(&clean(&fact.value)), writer.own_domain));
        html.push_str(&format!(
            "<tr><th scope=\"row\" style=\"{FACT_LABEL}\">{label}:</th>\
             <td style=\"{FACT_VALUE}\">{value}</td></tr>\n"
        ));
    }
    html.push_str("</tbody></table>\n");
}

fn push_buttons(html: &mut String, links: &[Link]) {
    let button = |link: &Link| {
        format!("<a href=\"{}\" style=\"{ROW_BUTTON}\">{}</a>", escape(&link.url), escape(&one_line(&link.label)))
    };
    let buttons: Vec<String> = links.iter().map(button).collect();
    html.push_str(&format!("<p style=\"{BUTTONS}\">{}</p>\n", buttons.join("\n")));
}
