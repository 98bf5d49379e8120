//! The HTML part of a letter: its text as paragraphs and quotes, and the words in it that have a form of their own; without
//! external resources, readable on a phone.

use std::ops::Range;

use super::blocks;
use super::form::{self, Rendering};
use super::plain;
use super::related::Related;
use super::style::{BODY, BUTTON, CUT, INNER_QUOTE, PARAGRAPH, PREHEADER, QUOTE, SIGNATURE};
use super::text::{clean, preheader};
use crate::model::{Draft, Language, Link, MessageForm, split_cut_line};

/// Nested quotes are rendered as such down to this depth.
const DEEPEST: u32 = 4;

/// Renders the HTML document.
pub fn page(draft: &Draft, forms: &[MessageForm], related: &Related) -> String {
    let language = match draft.language {
        Language::Ru => "ru",
        Language::En => "en",
    };
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n</head>\n<body style=\"{BODY}\">\n"
    );
    let text = clean(&draft.text);
    if let Some(line) = preheader(draft) {
        html.push_str(&format!("<p style=\"{PREHEADER}\">{}</p>\n", escape(&line)));
    }
    let text = match split_cut_line(&text) {
        Some((line, rest)) => {
            html.push_str(&format!("<p style=\"{CUT}\">{}</p>\n", escape(line)));
            rest
        }
        None => &text,
    };
    let writer = TextWriter { own_domain: draft.from.address.rsplit('@').next().unwrap_or_default() };
    let mut from = 0;
    for (place, formed) in places(text, forms) {
        writer.push_text(&mut html, &text[from..place.start].lines().collect::<Vec<_>>(), 0);
        let pictures = related.of(formed.received);
        html.push_str(&form::render(
            &formed.form,
            Rendering { pictures: &pictures, shows_hosts: draft.engineer.is_some() },
        ));
        from = place.end;
    }
    writer.push_text(&mut html, &text[from..].lines().collect::<Vec<_>>(), 0);
    blocks::push(&mut html, &draft.blocks, &writer);
    draft.links.iter().for_each(|link| push_link(&mut html, link));
    let signature = clean(&draft.signature);
    if !signature.trim().is_empty() {
        let lines: Vec<_> = signature.trim().lines().map(|line| plain::line(line, writer.own_domain)).collect();
        html.push_str(&format!("<p style=\"{SIGNATURE}\">-- <br>\n{}</p>\n", lines.join("<br>\n")));
    }
    html.push_str("</body>\n</html>\n");
    html
}

/// Where words with a form stand in a text, in its order: whole lines of it.
fn places<'f>(text: &str, forms: &'f [MessageForm]) -> Vec<(Range<usize>, &'f MessageForm)> {
    let mut places: Vec<(Range<usize>, &MessageForm)> = Vec::new();
    for formed in forms {
        let words = clean(&formed.words);
        let words = words.trim();
        let is_line_end = |at: usize| text[at..].is_empty() || text[at..].starts_with('\n');
        let is_free = |place: &Range<usize>| {
            let is_whole = (place.start == 0 || text[..place.start].ends_with('\n')) && is_line_end(place.end);
            is_whole && places.iter().all(|(taken, _)| place.end <= taken.start || taken.end <= place.start)
        };
        let found = Some(words)
            .filter(|words| !words.is_empty())
            .and_then(|words| text.match_indices(words).map(|(at, found)| at..at + found.len()).find(is_free));
        places.extend(found.map(|place| (place, formed)));
    }
    places.sort_by_key(|(place, _)| place.start);
    places
}

/// Writes plain text as HTML.
pub(super) struct TextWriter<'a> {
    /// The domain of the desk.
    pub own_domain: &'a str,
}

impl TextWriter<'_> {
    /// Renders lines as paragraphs and quotes.
    pub fn push_text(&self, html: &mut String, lines: &[&str], depth: u32) {
        for lines in lines.chunk_by(|one, next| is_quoted(one, depth) == is_quoted(next, depth)) {
            if lines.first().is_some_and(|first| is_quoted(first, depth)) {
                let inner: Vec<_> = lines.iter().map(|line| unquoted(line)).collect();
                let style = if depth == 0 { QUOTE } else { INNER_QUOTE };
                html.push_str(&format!("<blockquote style=\"{style}\">\n"));
                self.push_text(html, &inner, depth + 1);
                html.push_str("</blockquote>\n");
                continue;
            }
            let paragraphs = lines.split(|line| line.trim().is_empty()).filter(|paragraph| !paragraph.is_empty());
            paragraphs.for_each(|paragraph| html.push_str(&plain::paragraph(paragraph, self.own_domain)));
        }
    }
}

fn is_quoted(line: &str, depth: u32) -> bool {
    depth < DEEPEST && line.starts_with('>')
}

fn unquoted(line: &str) -> &str {
    let line = line.strip_prefix('>').unwrap_or(line);
    line.strip_prefix(' ').unwrap_or(line)
}

fn push_link(html: &mut String, link: &Link) {
    let (url, label) = (escape(&link.url), escape(&link.label));
    html.push_str(&format!("<p style=\"{PARAGRAPH}\"><a href=\"{url}\" style=\"{BUTTON}\">{label}</a></p>\n"));
}

/// Escapes what would be markup.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::TextWriter;

    fn html(text: &str) -> String {
        let mut html = String::new();
        TextWriter { own_domain: "example.org" }.push_text(&mut html, &text.lines().collect::<Vec<_>>(), 0);
        // Styles are not compared.
        let mut parts = html.split(" style=\"");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |html, part| html + part.split_once('"').unwrap().1).replace('\n', "")
    }

    #[test]
    fn shows_the_text_as_it_is() {
        for (text, expected) in [
            ("a\nb\n\n\nc", "<p>a<br>b</p><p>c</p>"),
            ("1 < 2 & \"3\" 'x'", "<p>1 &lt; 2 &amp; &quot;3&quot; &#39;x&#39;</p>"),
            ("  in  columns", "<p>&nbsp;&nbsp;in&nbsp; columns</p>"),
            ("a\n> b\n> c\nd", "<p>a</p><blockquote><p>b<br>c</p></blockquote><p>d</p>"),
            (">> a\n> b", "<blockquote><blockquote><p>a</p></blockquote><p>b</p></blockquote>"),
            ("", ""),
        ] {
            assert_eq!(html(text), expected, "{text:?}");
        }
        assert_eq!(html(&">".repeat(10_000)).matches("<blockquote>").count(), 4);
    }
}
