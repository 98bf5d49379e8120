//! What elements are by their names: their blocks and emphasis, and what is never shown.

use std::sync::LazyLock;

use html5ever::tokenizer::Tag;
use regex::Regex;

use super::style::{WhiteSpace, attribute, compact};
use crate::mail::pattern;
use crate::model::{Emphasis, LeftOut};

/// Elements that keep white space unless a style says otherwise.
pub fn preformatted(name: &str) -> Option<WhiteSpace> {
    (is_preformatted(name) || name == "textarea").then_some(WhiteSpace::Kept)
}

/// Elements whose text is preformatted.
pub fn is_preformatted(name: &str) -> bool {
    matches!(name, "pre" | "listing" | "xmp" | "plaintext")
}

/// Elements whose content is never shown as text.
pub fn is_never_shown(name: &str) -> bool {
    matches!(
        name,
        // Not `head`: many never close it, and its possible content is listed here.
        "script"
            | "style"
            | "title"
            | "template"
            | "xml"
            | "svg"
            | "math"
            | "audio"
            | "video"
            | "iframe"
            | "noembed"
            | "noframes"
            | "select"
            | "datalist"
    )
}

/// What is left out with the element itself, whatever is in it.
pub fn left_out(name: &str) -> Option<LeftOut> {
    match name {
        "script" => Some(LeftOut::Script),
        "svg" | "math" | "audio" | "video" | "iframe" | "frame" | "object" | "embed" | "applet" | "canvas" => {
            Some(LeftOut::Embedded)
        }
        "form" | "input" | "button" | "select" | "textarea" => Some(LeftOut::FormField),
        _ => None,
    }
}

/// How the text in the element is emphasised, in text that is emphasised so already.
pub fn emphasis(tag: &Tag, outside: Emphasis) -> Emphasis {
    let mut inside = outside;
    match &*tag.name {
        "b" | "strong" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => inside.bold = true,
        "i" | "em" | "cite" | "var" | "dfn" => inside.italic = true,
        "code" | "tt" | "kbd" | "samp" => inside.code = true,
        "s" | "strike" | "del" => inside.struck = true,
        _ => {}
    }
    let face = attribute(tag, "face").filter(|_| &*tag.name == "font").map(|face| format!("font-family:{face}"));
    let style = attribute(tag, "style").map(str::to_owned).or(face);
    let Some(style) = style.map(|style| compact(&style)) else { return inside };
    for declared in DECLARED.captures_iter(&style) {
        let value = &declared[2];
        match &declared[1] {
            "font-weight" => inside.bold = value.starts_with("bold") || value.starts_with(['6', '7', '8', '9']),
            "font-style" => inside.italic = value.starts_with("italic") || value.starts_with("oblique"),
            "font-family" => inside.code = MONOSPACED.iter().any(|font| value.contains(font)),
            _ => inside.struck |= value.contains("line-through"),
        }
    }
    inside
}

/// Words in the names of fonts whose letters are all of one width.
const MONOSPACED: [&str; 5] = ["mono", "courier", "consolas", "menlo", "monaco"];

static DECLARED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:^|;)(font-weight|font-style|font-family|text-decoration|text-decoration-line):([^;]*)")
});
