//! The plain-text part of a letter, and the cleaning of texts for bodies and header fields.

use crate::mail::html::is_direction_mark;
use crate::model::{Block, Draft, Fact, PREHEADER_MARK, RULE};

/// Longer subjects and names are cut, in characters: clients show less, and a word longer than a line cannot be folded.
const LONGEST: usize = 250;

/// The line above the text; `None` where there is none.
pub fn preheader(draft: &Draft) -> Option<String> {
    let words = one_line(&clean(&draft.preheader));
    (!words.is_empty()).then(|| format!("{PREHEADER_MARK}{words}"))
}

/// Renders text, blocks, links and signature.
pub fn plain(draft: &Draft) -> String {
    let mut text = preheader(draft).map(|line| format!("{line}\n\n")).unwrap_or_default();
    text.push_str(clean(&draft.text).trim_end());
    if !draft.blocks.is_empty() {
        text.push_str("\n\n");
        text.push_str(clean(&blocks(&draft.blocks)).trim_end());
    }
    if !draft.links.is_empty() {
        let links = draft.links.iter().map(|link| format!("{}:\n<{}>", one_line(&link.label), link.url));
        text.push_str("\n\n");
        text.push_str(&links.collect::<Vec<_>>().join("\n\n"));
    }
    let signature = clean(&draft.signature);
    if !signature.trim().is_empty() {
        text.push_str("\n\n-- \n");
        text.push_str(signature.trim());
    }
    text.push('\n');
    text
}

/// Renders blocks: what belongs together on lines below each other, all else apart.
pub fn blocks(blocks: &[Block]) -> String {
    let mut text = String::new();
    let mut above: Option<&Block> = None;
    for block in blocks {
        let shown = match block {
            Block::Rule => RULE.to_owned(),
            Block::Heading(title) => title.clone(),
            Block::Text(words) => words.trim_end().to_owned(),
            Block::Facts(_, facts) => aligned(facts),
            Block::Buttons(..) => continue,
        };
        if let Some(above) = above {
            let belongs = matches!((above, block), (Block::Rule, _) | (Block::Heading(_), Block::Facts(..)));
            text.push_str(if belongs { "\n" } else { "\n\n" });
        }
        text.push_str(&shown);
        above = Some(block);
    }
    text
}

/// Facts in lines, whose values begin below each other.
fn aligned(facts: &[Fact]) -> String {
    let width = facts.iter().map(|fact| fact.label.chars().count() + 2).max().unwrap_or(0);
    let line = |fact: &Fact| format!("{:width$}{}", format!("{}:", one_line(&fact.label)), one_line(&fact.value));
    facts.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Normalises line breaks to line feeds and removes control characters, which a mail client might interpret, and marks that
/// reverse the direction of text, by which it can look like other text.
pub fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|&c| matches!(c, '\n' | '\t') || !c.is_control() && !is_direction_mark(c)).collect()
}

/// Makes a text safe for a header field: one line of at most 250 characters, without `=?`: an encoded-word (RFC 2047) could
/// hide brackets from maildesk that an engineer's mail client shows and sends back.
pub fn one_line(text: &str) -> String {
    let visible: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ").replace("=?", "= ?");
    if line.chars().count() <= LONGEST {
        return line;
    }
    let kept: String = line.chars().take(LONGEST - 1).collect();
    format!("{}…", kept.trim_end())
}
