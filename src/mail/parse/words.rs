//! Small helpers for text parts: recognises HTML, and tidies white space.

use std::borrow::Cow;

/// Whether a text begins like an HTML document, whatever type is declared.
pub fn looks_like_html(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    let start = start[..start.len().min(15)].to_ascii_lowercase();
    start.starts_with(b"<!doctype html") || start.starts_with(b"<html")
}

/// The charset that an HTML document itself declares, within its first 2 KiB.
pub fn html_charset(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let after = head.split_once("charset=")?.1.trim_start_matches(['"', '\'', ' ']);
    let label: String = after.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    (!label.is_empty()).then_some(label)
}

/// Tidies a text: without invisible characters, spaces at line ends, leading and trailing empty lines, and more than two
/// empty lines in a row.
pub fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines() {
        let signature = line == "-- ";
        let line =
            if line.contains(is_invisible) { Cow::Owned(line.replace(is_invisible, "")) } else { Cow::Borrowed(line) };
        let line = if signature { "-- " } else { line.trim_end() };
        if line.is_empty() {
            empty += 1;
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
            out.extend(std::iter::repeat_n('\n', empty.min(2)));
        }
        empty = 0;
        out.push_str(line);
    }
    out
}

fn is_invisible(c: char) -> bool {
    c != '\t' && (c.is_control() || matches!(c, '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}

#[cfg(test)]
mod tests {
    use super::{html_charset, tidy};

    #[test]
    fn texts_are_tidied() {
        for (text, tidied) in [
            ("\n\n one  \n\n\n\n\ntwo\t\n\n", " one\n\n\ntwo"),
            ("a\u{202e}b\u{7}c\td", "abc\td"),
            ("words\n-- \nIvan", "words\n-- \nIvan"),
            (" \n\t\n", ""),
        ] {
            assert_eq!(tidy(text), tidied, "{text:?}");
        }
    }

    #[test]
    fn a_page_may_name_its_charset() {
        for page in [
            "<meta charset=koi8-r>",
            "<META http-equiv=x content=\"text/html; charset=KOI8-R\">",
            "<meta charset='koi8-r'/>",
        ] {
            assert_eq!(html_charset(page.as_bytes()).as_deref(), Some("koi8-r"), "{page}");
        }
    }
}
