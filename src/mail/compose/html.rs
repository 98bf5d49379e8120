//! The HTML part of a letter: the plain text as paragraphs and quotes, without external resources, readable on a phone.

use super::text::clean;
use crate::model::{CUT_LINE, Draft, Language, Link};

/// Nested quotes are rendered as such down to this depth.
const DEEPEST: u32 = 4;

/// Sets no text and background colours, so that dark mode works.
const BODY: &str = "margin:0;padding:12px;max-width:640px;font-family:-apple-system,'Segoe UI',Roboto,Arial,sans-serif;\
                    font-size:16px;line-height:1.5;overflow-wrap:break-word;word-wrap:break-word";
const PARAGRAPH: &str = "margin:0 0 14px";
const CUT: &str = "margin:0 0 18px;padding:0 0 6px;border-bottom:1px solid #bbb;color:#888;font-size:14px";
const QUOTE: &str = "margin:0 0 14px;padding:0 0 0 10px;border-left:3px solid #bbb";
/// Quotes within a quote are older mail, so they are grey.
const INNER_QUOTE: &str = "margin:0 0 14px;padding:0 0 0 10px;border-left:3px solid #bbb;color:#888";
const SIGNATURE: &str = "margin:22px 0 0;color:#888;font-size:14px";
const BUTTON: &str = "display:inline-block;padding:9px 16px;border:1px solid #1f6feb;border-radius:6px;color:#1f6feb;\
                      text-decoration:none";

/// Renders the HTML document.
pub fn page(draft: &Draft) -> String {
    let language = match draft.language {
        Language::Ru => "ru",
        Language::En => "en",
    };
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n</head>\n<body style=\"{BODY}\">\n"
    );
    let text = clean(&draft.text);
    let text = match text.strip_prefix(CUT_LINE) {
        Some(rest) => {
            html.push_str(&format!("<p style=\"{CUT}\">{}</p>\n", escape(CUT_LINE)));
            rest
        }
        None => &text,
    };
    push_text(&mut html, &text.lines().collect::<Vec<_>>(), 0);
    draft.links.iter().for_each(|link| push_link(&mut html, link));
    let signature = clean(&draft.signature);
    if !signature.trim().is_empty() {
        let lines: Vec<_> = signature.trim().lines().map(line).collect();
        html.push_str(&format!("<p style=\"{SIGNATURE}\">-- <br>\n{}</p>\n", lines.join("<br>\n")));
    }
    html.push_str("</body>\n</html>\n");
    html
}

/// Renders lines as paragraphs and quotes.
fn push_text(html: &mut String, lines: &[&str], depth: u32) {
    for lines in lines.chunk_by(|one, next| is_quoted(one, depth) == is_quoted(next, depth)) {
        if lines.first().is_some_and(|first| is_quoted(first, depth)) {
            let inner: Vec<_> = lines.iter().map(|line| unquoted(line)).collect();
            let style = if depth == 0 { QUOTE } else { INNER_QUOTE };
            html.push_str(&format!("<blockquote style=\"{style}\">\n"));
            push_text(html, &inner, depth + 1);
            html.push_str("</blockquote>\n");
            continue;
        }
        for paragraph in lines.split(|line| line.trim().is_empty()).filter(|paragraph| !paragraph.is_empty()) {
            let lines: Vec<_> = paragraph.iter().map(|text| line(text)).collect();
            html.push_str(&format!("<p style=\"{PARAGRAPH}\">{}</p>\n", lines.join("<br>\n")));
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

/// Renders a line; indentation and runs of spaces are kept.
fn line(text: &str) -> String {
    let text = escape(text.trim_end()).replace('\t', "    ");
    let indented = text.len() - text.trim_start_matches(' ').len();
    format!("{}{}", "&nbsp;".repeat(indented), text[indented..].replace("  ", "&nbsp; "))
}

fn push_link(html: &mut String, link: &Link) {
    let (url, label) = (escape(&link.url), escape(&link.label));
    html.push_str(&format!("<p style=\"{PARAGRAPH}\"><a href=\"{url}\" style=\"{BUTTON}\">{label}</a></p>\n"));
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::push_text;

    fn html(text: &str) -> String {
        let mut html = String::new();
        push_text(&mut html, &text.lines().collect::<Vec<_>>(), 0);
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
