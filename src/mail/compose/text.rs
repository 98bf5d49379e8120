//! The plain text of a letter, and what may stand in a header field.

use crate::model::Draft;

/// Longer subjects and names are cut: clients show less, and a word longer than a line cannot be folded.
const LONGEST: usize = 250;

/// Text, links and signature.
pub fn plain(draft: &Draft) -> String {
    let mut text = clean(&draft.text).trim_end().to_owned();
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

/// With line feeds only, and without control characters, which a mail reader might obey.
pub fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|&c| matches!(c, '\n' | '\t') || !c.is_control()).collect()
}

/// As a header field may hold it: one line, of a bearable length, and never read as an encoded word (RFC 2047), in which
/// somebody could hide brackets from us that an engineer's mail reader would show.
pub fn one_line(text: &str) -> String {
    let visible: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ").replace("=?", "= ?");
    if line.chars().count() <= LONGEST {
        return line;
    }
    let kept: String = line.chars().take(LONGEST - 1).collect();
    format!("{}…", kept.trim_end())
}
