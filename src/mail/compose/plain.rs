//! Renders plain text as HTML: with links, line ends and indents, and in letters of one width where its columns align.

use std::sync::LazyLock;

use regex::Regex;

use super::html::escape;
use super::style::{PARAGRAPH, PREFORMATTED};
use crate::mail::html::{Target, target};
use crate::mail::pattern;

/// This many characters at the beginning of lines of a log are alike: dates, times, levels.
const LOG_PREFIX: usize = 10;
/// Lines of a log begin with this many digits at least.
const LOG_DIGITS: usize = 4;
/// This many columns from the left are compared.
const MOST_COLUMNS: usize = 200;

/// Renders a paragraph. `own_domain` is that of the desk: addresses there are no links, since ours are buttons.
pub fn paragraph(lines: &[&str], own_domain: &str) -> String {
    if is_aligned(lines) {
        let lines: Vec<String> = lines.iter().map(|text| linked(text.trim_end(), own_domain, &escape)).collect();
        return format!("<pre style=\"{PREFORMATTED}\">{}</pre>\n", lines.join("\n"));
    }
    let lines: Vec<String> = lines.iter().map(|text| line(text, own_domain)).collect();
    format!("<p style=\"{PARAGRAPH}\">{}</p>\n", lines.join("<br>\n"))
}

/// Renders a line; indentation and runs of spaces are kept.
pub fn line(text: &str, own_domain: &str) -> String {
    let text = text.trim_end().replace('\t', "    ");
    let indented = text.len() - text.trim_start_matches(' ').len();
    let rest = linked(&text[indented..], own_domain, &|text| spaced(&escape(text)));
    format!("{}{rest}", "&nbsp;".repeat(indented))
}

/// Keeps runs of spaces.
pub fn spaced(text: &str) -> String {
    text.replace("  ", "&nbsp; ")
}

/// A text with its addresses as links; what is between them is written by `write`.
fn linked(text: &str, own_domain: &str, write: &dyn Fn(&str) -> String) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    let mut from = 0;
    for found in ADDRESS.find_iter(text) {
        let shown = without_punctuation(found.as_str());
        let Target::Safe(link) = target(shown) else { continue };
        let is_own = link.href.strip_prefix("mailto:").and_then(|address| address.rsplit_once('@'));
        if link.misleads || is_own.is_some_and(|(_, domain)| domain.eq_ignore_ascii_case(own_domain)) {
            continue;
        }
        html.push_str(&write(&text[from..found.start()]));
        html.push_str(&format!("<a href=\"{}\">{}</a>", escape(&link.href), escape(shown)));
        from = found.start() + shown.len();
    }
    html.push_str(&write(&text[from..]));
    html
}

/// An address without the punctuation of the sentence that it ends, and without a bracket that was opened before it.
fn without_punctuation(address: &str) -> &str {
    let mut rest = address;
    loop {
        let shorter = rest.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '…']);
        let count = |bracket: char| shorter.matches(bracket).count();
        let shorter = match shorter.chars().last() {
            Some(')') if count(')') > count('(') => &shorter[..shorter.len() - 1],
            Some(']') if count(']') > count('[') => &shorter[..shorter.len() - 1],
            _ => shorter,
        };
        if shorter.len() == rest.len() {
            return rest;
        }
        rest = shorter;
    }
}

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?i)\b(?:https?://|mailto:|tel:\+?[0-9])[^\s<>"“”«»]+"#));

/// Whether letters of one width are needed: columns of a table, whose cells begin at the same place below each other, or lines
/// of a log, which begin alike.
fn is_aligned(lines: &[&str]) -> bool {
    lines.windows(2).any(|pair| {
        let [above, below] = [pair[0], pair[1]].map(columns);
        above.iter().any(|column| below.contains(column))
    }) || lines.len() > 1
        && lines.windows(2).filter(|pair| begin_alike(pair[0], pair[1])).count() * 2 >= lines.len() - 1
}

/// Where cells begin in a line, the first apart: behind two spaces or more, a tab, or a bar.
fn columns(line: &str) -> Vec<usize> {
    let indent = line.len() - line.trim_start().len();
    let characters: Vec<char> = line.chars().take(MOST_COLUMNS).collect();
    let is_gap = |at: usize| {
        let before = (characters.get(at.wrapping_sub(2)), characters.get(at.wrapping_sub(1)));
        matches!(before, (_, Some('\t' | '|' | '│' | '┃')) | (Some(' ' | '|' | '│' | '┃'), Some(' ')))
    };
    let begins = |at: &usize| *at > indent + 1 && is_gap(*at) && !matches!(characters[*at], ' ' | '\t');
    (0..characters.len()).filter(begins).collect()
}

/// Whether two lines begin as those of a log do: digits below digits, and all else alike.
fn begin_alike(above: &str, below: &str) -> bool {
    let shape = |line: &str| -> String {
        line.chars().take(LOG_PREFIX).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
    };
    let (above, below) = (shape(above), shape(below));
    above == below && above.chars().filter(|c| *c == '0').count() >= LOG_DIGITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_links() {
        for (text, html) in [
            ("see https://example.org/a.", "see <a href=\"https://example.org/a\">https://example.org/a</a>."),
            ("(https://example.org/a_(b))", "(<a href=\"https://example.org/a_(b)\">https://example.org/a_(b)</a>)"),
            (
                "page <https://example.org/?a=1&b=2>",
                "page &lt;<a href=\"https://example.org/?a=1&amp;b=2\">https://example.org/?a=1&amp;b=2</a>&gt;",
            ),
            ("mailto:anna@example.net", "<a href=\"mailto:anna@example.net\">mailto:anna@example.net</a>"),
            ("mailto:anna@example.net?subject=x", "mailto:anna@example.net?subject=x"),
            ("mailto:support@example.org", "mailto:support@example.org"),
            ("tel:+74951234567", "<a href=\"tel:+74951234567\">tel:+74951234567</a>"),
            ("https://bank.example@evil.example/", "https://bank.example@evil.example/"),
            ("javascript:alert(1) http:// x", "javascript:alert(1) http:// x"),
            ("https://a.example/\"onclick=x", "<a href=\"https://a.example/\">https://a.example/</a>&quot;onclick=x"),
        ] {
            assert_eq!(line(text, "example.org"), html, "{text}");
        }
    }

    #[test]
    fn columns_and_logs_stay_in_letters_of_one_width() {
        for (text, is_mono) in [
            ("name   size\nlog    10", true),
            ("a | b\n1 | 2", true),
            ("2026-11-28 12:00:01 ERROR a\n2026-11-28 12:00:02 INFO b", true),
            ("Nov 28 12:00:01 host a: b\nNov 28 12:00:02 host a: c", true),
            ("One.  Two is longer.\nThree.  Four", false),
            ("Hello,\nit does not print.", false),
            ("2026 is the year.\n2027 is not", false),
            ("  indented\n  twice", false),
            ("2026-11-28 12:00:01 once", false),
        ] {
            assert_eq!(is_aligned(&text.lines().collect::<Vec<_>>()), is_mono, "{text}");
        }
    }
}
