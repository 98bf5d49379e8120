//! Finds embedded pictures in a text, and names the file of each.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::mail::{escapes, html, pattern};
use regex::{Captures, Regex};

/// The pictures of a message by their Content-ID (RFC 2392).
#[derive(Debug, Default)]
pub struct Pictures {
    names: HashMap<String, String>,
    shown: HashSet<String>,
}

impl Pictures {
    /// Registers a part with its Content-ID and its safe file name, which may be empty.
    pub fn add(&mut self, content_id: String, name: String) {
        self.names.insert(content_id, name);
    }

    /// Whether an HTML text has referred to the picture with this Content-ID.
    pub fn is_shown(&self, content_id: &str) -> bool {
        self.shown.contains(content_id)
    }

    /// Marks each `<img src="cid:…">` in HTML as a picture of the message, with its placeholder ([`html::PICTURE`]).
    pub fn in_html(&mut self, source: &str) -> String {
        let named = IMAGE.replace_all(source, |tag: &Captures<'_>| {
            let source = CID.captures(&tag[0]).and_then(|found| found.iter().skip(1).flatten().next());
            let Some(id) =
                source.map(|id| String::from_utf8_lossy(&escapes::percent(id.as_str().trim().as_bytes())).into_owned())
            else {
                return tag[0].to_owned();
            };
            let name = self.names.get(&id).map(String::as_str).unwrap_or_default();
            let quoted = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
            let marked = format!("<img {}=\"{}\" alt=\"{}\">", html::PICTURE, quoted(&id), quoted(&placeholder(name)));
            self.shown.insert(id);
            marked
        });
        named.into_owned()
    }

    /// Replaces Outlook's `[cid:image001.png@01DC]` in plain text by placeholders.
    pub fn in_plain(&self, text: &str) -> String {
        let named = CID_MARK.replace_all(text, |mark: &Captures<'_>| {
            let known = self.names.get(&mark[1]).map(String::as_str);
            placeholder(known.unwrap_or_else(|| mark[1].split('@').next().unwrap_or_default()))
        });
        named.into_owned()
    }
}

/// The placeholder of a picture.
pub fn placeholder(name: &str) -> String {
    if name.is_empty() { "[image]".to_owned() } else { format!("[image: {name}]") }
}

static IMAGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?is)<img\b[^>]*>"));
static CID: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?is)\bsrc\s*=\s*(?:"\s*cid:([^"]*)"|'\s*cid:([^']*)'|cid:([^\s>]*))"#));
static CID_MARK: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[cid:([^\]\s]+)\]"));

#[cfg(test)]
mod tests {
    use super::Pictures;
    use crate::mail::html;

    #[test]
    fn pictures_are_named_where_they_stand() {
        let mut pictures = Pictures::default();
        pictures.add("a@b".to_owned(), "error.png".to_owned());
        for (page, named) in [
            ("x<img src=\"cid:a@b\">y", "x[image: error.png]y"),
            ("<IMG alt='' SRC=cid:a%40b width=1>", "[image: error.png]"),
            ("<img src='cid:other'>", "[image]"),
            ("<img src=\"https://desk.example/a.png\" alt=\"A\">", "[image: A]"),
        ] {
            assert_eq!(html::to_text(&pictures.in_html(page)), named, "{page}");
        }
        assert!(pictures.is_shown("a@b") && !pictures.is_shown("a"));
        assert_eq!(pictures.in_plain("see [cid:a@b] [cid:logo.gif@01DC]"), "see [image: error.png] [image: logo.gif]");
    }
}
