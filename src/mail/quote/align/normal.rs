//! Words as they are compared: what mail clients change in a text that they quote does not count.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::mail::escapes::percent;
use crate::mail::pattern;

/// The marks that may embrace a link.
const BRACKETS: [char; 6] = ['<', '>', '[', ']', '(', ')'];

/// A rule has this many equal characters at least.
const RULE: usize = 3;

/// A word as it is compared.
pub(super) struct Token<'a> {
    /// Its characters, with quotes and dashes of one kind; of a link its address without scheme.
    pub text: Cow<'a, str>,
    /// It is a web or mail address.
    pub is_link: bool,
    /// It is a link in brackets, as mail clients write it behind its label.
    pub is_bracketed: bool,
}

/// A line whose pictures have no names: a mail client that quotes a picture gives it another.
pub(super) fn pictures_alike(line: &str) -> Cow<'_, str> {
    if line.contains("[image: ") { PICTURE.replace_all(line, " [image] ") } else { Cow::Borrowed(line) }
}

static PICTURE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[image: [^\]]*\]"));

/// The words of a line; rules are none.
pub(super) fn tokens(line: &str) -> impl Iterator<Item = Token<'_>> {
    line.split_whitespace().flat_map(|word| {
        let (word, link) = word.split_at(bracket_of_link(word));
        [word, link].into_iter().filter(|part| !part.is_empty()).filter_map(token)
    })
}

/// Where a link in brackets begins that stands behind a word without a blank; the word's length where none does.
fn bracket_of_link(word: &str) -> usize {
    let begins = |at: usize| ["http", "mailto:", "tel:"].iter().any(|scheme| word[at + 1..].starts_with(scheme));
    word.match_indices(['<', '[', '(']).map(|(at, _)| at).find(|at| *at > 0 && begins(*at)).unwrap_or(word.len())
}

fn token(word: &str) -> Option<Token<'_>> {
    let bare = word.trim_matches(|c| BRACKETS.contains(&c) || matches!(c, '.' | ',' | ';' | ':' | '!' | '?'));
    if is_link(bare) {
        let is_bracketed = word.starts_with(BRACKETS);
        return Some(Token { text: Cow::Owned(address(bare)), is_link: true, is_bracketed });
    }
    let text = folded(word);
    let mut characters = text.chars();
    let first = characters.next()?;
    let is_rule = !first.is_alphanumeric() && text.chars().count() >= RULE && characters.all(|c| c == first);
    (!is_rule).then_some(Token { text, is_link: false, is_bracketed: false })
}

fn is_link(word: &str) -> bool {
    word.contains("://")
        || ["mailto:", "www.", "tel:"].iter().any(|start| word.starts_with(start))
        || word.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'))
}

/// The address of a link, without what programs add: scheme, closing slash, and the address of a gateway that checks links.
fn address(link: &str) -> String {
    let link = original(link).unwrap_or_else(|| link.to_owned());
    let bare = ["https://", "http://", "mailto:"].iter().find_map(|scheme| link.strip_prefix(scheme)).unwrap_or(&link);
    let bare = bare.strip_prefix("www.").unwrap_or(bare).trim_end_matches('/');
    bare.to_lowercase()
}

/// The address that a rewritten link leads to; `None` where it is not rewritten. Gateways carry it percent-encoded in their
/// query, or as it is in their path.
fn original(link: &str) -> Option<String> {
    let lower = link.to_ascii_lowercase();
    let encoded = ["http%3a%2f%2f", "https%3a%2f%2f"].iter().filter_map(|scheme| lower.find(scheme)).min();
    if let Some(at) = encoded {
        let value = link.get(at..)?.split('&').next()?;
        return Some(String::from_utf8_lossy(&percent(value.as_bytes())).into_owned());
    }
    let inner = link.get(8..)?.find("http").map(|at| at + 8).filter(|at| link[*at..].contains("://"))?;
    let value = &link[inner..];
    Some(value.split("__;").next().unwrap_or(value).to_owned())
}

/// A word without marks of bold and invisible characters, and with one kind of quotes, dashes and bullets.
fn folded(word: &str) -> Cow<'_, str> {
    let bare = word.trim_matches(['*', '_']);
    let word = if bare.is_empty() { word } else { bare };
    if matches!(word, "*" | "•" | "·" | "◦" | "▪" | "‣") {
        return Cow::Borrowed("-");
    }
    if word.is_ascii() || word.chars().all(char::is_alphanumeric) {
        return Cow::Borrowed(word);
    }
    let mut text = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {}
            '“' | '”' | '„' | '‟' | '«' | '»' => text.push('"'),
            '’' | '‘' | '‚' => text.push('\''),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => text.push('-'),
            '…' => text.push_str("..."),
            other => text.push(other),
        }
    }
    Cow::Owned(text)
}
