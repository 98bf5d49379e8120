//! Finds pictures that stand in HTML itself, as `data:` addresses (RFC 2397): pasted screenshots.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::find_iter;
use memchr::{memchr, memchr3, memrchr};
use regex::Regex;

use super::transfer;
use crate::mail::{escapes, html, pattern};

/// Further pictures of a page are ignored.
const MOST_PICTURES: usize = 100;
/// Longer tags, their addresses apart, are not read, in bytes.
const LONGEST_TAG: usize = 1024;
/// How far before an address its attribute's name is looked for, in bytes.
const NEAR: usize = 32;

/// A picture in a page.
#[derive(Debug, PartialEq)]
pub struct DataPicture<'a> {
    /// Its address, as bytes of the page.
    pub range: Range<usize>,
    /// Its media type.
    pub media_type: String,
    /// The `alt` text, still in the page's charset; empty if there is none.
    pub alt: Vec<u8>,
    /// Its content, still encoded.
    content: &'a [u8],
    is_base64: bool,
}

impl DataPicture<'_> {
    /// Its bytes.
    pub fn decode(&self) -> Vec<u8> {
        let bytes = escapes::percent(self.content);
        if self.is_base64 { transfer::base64(&bytes) } else { bytes }
    }

    /// A name for it as the `position`-th picture, from its `alt` text (decoded) and its type.
    pub fn name(&self, alt: &str, position: usize) -> String {
        let alt = html::to_text(alt).replace('\n', " ");
        let subtype = self.media_type.split_once('/').map_or("", |(_, subtype)| subtype);
        let extension = match subtype.split('+').next().unwrap_or(subtype) {
            "jpeg" => "jpg",
            "x-icon" | "vnd.microsoft.icon" => "ico",
            other => other,
        };
        let named = |name: &str| EXTENSION.is_match(name);
        match alt.trim() {
            "" => format!("image-{position}.{extension}"),
            name if named(name) => name.to_owned(),
            name => format!("{}.{extension}", name.chars().take(60).collect::<String>()),
        }
    }
}

static EXTENSION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\.(?:png|jpe?g|gif|bmp|webp|svg|tiff?|ico|avif|heic)$"));

/// The pictures of a page in order, in linear time.
pub fn find(page: &[u8]) -> Vec<DataPicture<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    for at in find_iter(page, b"data:image/") {
        if at < from || found.len() == MOST_PICTURES {
            continue;
        }
        if let Some(picture) = picture(page, at) {
            from = picture.range.end;
            found.push(picture);
        }
    }
    found
}

/// The picture whose address begins at `at`; None: it is not the source of an `img` element.
fn picture(page: &[u8], at: usize) -> Option<DataPicture<'_>> {
    let near = page[at.saturating_sub(NEAR)..at].trim_ascii_end();
    let quote = near.last().copied().filter(|byte| matches!(byte, b'"' | b'\''));
    let attribute = near[..near.len() - usize::from(quote.is_some())].trim_ascii_end();
    let name = attribute.strip_suffix(b"=")?.trim_ascii_end();
    name.get(name.len().checked_sub(3)?..).filter(|name| name.eq_ignore_ascii_case(b"src"))?;
    let from = at.saturating_sub(LONGEST_TAG);
    let before = &page[memrchr(b'<', &page[from..at])? + from..at];
    before.get(..4).filter(|start| start.eq_ignore_ascii_case(b"<img"))?;
    let rest = &page[at..];
    let length = match quote {
        Some(quote) => memchr(quote, rest)?,
        None => memchr3(b' ', b'>', b'\n', rest)?,
    };
    let after = &rest[length..];
    let after = &after[..memchr(b'>', &after[..after.len().min(LONGEST_TAG)]).unwrap_or(0)];
    let (head, content) = rest[b"data:".len()..length].split_at(memchr(b',', &rest[b"data:".len()..length])?);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    Some(DataPicture {
        range: at..at + length,
        media_type: head.split(';').next().unwrap_or_default().trim().to_owned(),
        alt: alt(before).or_else(|| alt(after)).unwrap_or_default(),
        content: &content[1..],
        is_base64: head.split(';').any(|parameter| parameter.trim() == "base64"),
    })
}

/// The `alt` text in a piece of a tag.
fn alt(tag: &[u8]) -> Option<Vec<u8>> {
    let at = tag.to_ascii_lowercase().windows(4).position(|four| four == b"alt=")? + 4;
    let rest = &tag[at..];
    let (quote, text) = rest.split_first()?;
    match quote {
        b'"' | b'\'' => Some(text[..memchr(*quote, text)?].to_vec()),
        _ => Some(rest.split(u8::is_ascii_whitespace).next().unwrap_or_default().to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn pictures_are_found_with_their_names() {
        for (page, name, bytes) in [
            ("<img src=\"data:image/png;base64,YWJj\">", "image-1.png", "abc"),
            ("<p><IMG alt='Screen 1.PNG' width=5 SRC = 'data:image/png;base64,YW\nJj' >", "Screen 1.PNG", "abc"),
            ("<img src=data:image/jpeg;base64,YWJj alt=x>", "x.jpg", "abc"),
            ("<img src=\"data:image/svg+xml;utf8,%3Csvg/%3E\" alt=\"&quot;a&quot;\">", "\"a\".svg", "<svg/>"),
        ] {
            let found = find(page.as_bytes());
            assert_eq!(found.len(), 1, "{page}");
            assert_eq!(found[0].name(&String::from_utf8_lossy(&found[0].alt), 1), name, "{page}");
            assert_eq!(found[0].decode(), bytes.as_bytes(), "{page}");
        }
    }

    #[test]
    fn other_mentions_are_no_pictures() {
        for page in [
            "data:image/png;base64,YWJj",
            "<p style=\"background:url(data:image/png;base64,YWJj)\">",
            "<img alt=\"data:image/png;base64,YWJj\">",
            "<img src=\"data:image/png",
        ] {
            assert_eq!(find(page.as_bytes()), [], "{page}");
        }
    }
}
