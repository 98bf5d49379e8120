//! Converts HTML bodies to readable plain text.
//!
//! html5ever's tokenizer (HTML standard, section 13.2.5) feeds tags to the [`page`], which writes the [`lines`]. No tree is
//! built: for hostile mail that takes quadratic time, while tags take linear time whatever their nesting.

mod elements;
mod form;
mod ink;
mod lines;
mod links;
mod page;
mod style;

use std::borrow::Cow;
use std::cell::RefCell;

use html5ever::tokenizer::states::{RawKind, Rawtext, Rcdata, ScriptData};
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};

use page::Page;

use crate::model::Form;

pub use form::is_direction_mark;
pub use links::{Target, target};
pub use page::PICTURE;

/// Tags with more attributes are cut short: the tokenizer compares each attribute with all before it, in quadratic time.
const MOST_ATTRIBUTES: usize = 200;

/// Converts an HTML body to text, in time linear in its size.
///
/// Quotes become `> `, table cells are separated by ` | `, links show their address unless it equals the text or only tracks,
/// pictures become `[image: …]`. Hidden elements, scripts, styles and tracking pixels are left out.
pub fn to_text(html: &str) -> String {
    read(html).0
}

/// Reads an HTML body: its text, as [`to_text`] writes it, and the form of that text.
pub fn read(html: &str) -> (String, Form) {
    let tokenizer = Tokenizer::new(Sink(RefCell::new(Page::default())), Default::default());
    let input = BufferQueue::default();
    input.push_back(with_bounded_tags(html).as_ref().into());
    // The result only tells of scripts to run and of encodings; the sink asks for neither.
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    tokenizer.sink.0.into_inner().finish()
}

struct Sink(RefCell<Page>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line_number: u64) -> TokenSinkResult<()> {
        let mut page = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => page.text(&text),
            Token::TagToken(tag) => return handle_tag(&mut page, &tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn handle_tag(page: &mut Page, tag: &Tag) -> TokenSinkResult<()> {
    if tag.kind == TagKind::EndTag {
        page.close(&tag.name);
        return TokenSinkResult::Continue;
    }
    page.open(tag);
    match raw_text(&tag.name) {
        Some(kind) if !tag.self_closing => TokenSinkResult::RawData(kind),
        _ => TokenSinkResult::Continue,
    }
}

/// The tokenizer state for elements whose content is not markup (HTML standard, section 13.2.6.2); None for all others.
fn raw_text(name: &str) -> Option<RawKind> {
    match name {
        "script" => Some(ScriptData),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => Some(Rawtext),
        "title" | "textarea" => Some(Rcdata),
        _ => None,
    }
}

/// Closes tags early that have far more than [`MOST_ATTRIBUTES`] attributes; other HTML is returned unchanged.
fn with_bounded_tags(html: &str) -> Cow<'_, str> {
    let mut bounded = String::new();
    let mut copied = 0;
    let mut attributes = None;
    let mut quote = None;
    let bytes = html.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match (attributes, quote, byte) {
            (None, _, b'<') if bytes.get(at + 1).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'/') => {
                attributes = Some(0)
            }
            (Some(_), Some(open), _) if byte == open => quote = None,
            (Some(_), Some(_), _) | (None, _, _) => {}
            (Some(_), None, b'>') => attributes = None,
            (Some(n), None, b'"' | b'\'' | b' ' | b'\t' | b'\n' | b'\r' | b'/' | 0x0c) => {
                quote = Some(byte)
                    .filter(|b| matches!(b, b'"' | b'\'') && at > 0 && matches!(bytes[at - 1], b'=' | b' ' | b'\n'));
                attributes = Some(n + usize::from(!bytes[at - 1].is_ascii_whitespace()));
                if n >= 3 * MOST_ATTRIBUTES {
                    bounded.push_str(&html[copied..at]);
                    bounded.push('>');
                    copied = at;
                    (attributes, quote) = (None, None);
                }
            }
            _ => {}
        }
    }
    if copied == 0 {
        return Cow::Borrowed(html);
    }
    bounded.push_str(&html[copied..]);
    Cow::Owned(bounded)
}

#[cfg(test)]
mod tests;
