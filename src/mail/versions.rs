//! Compares the two versions of a message that holds its text twice (RFC 2046 section 5.1.4). What they look like does not count:
//! emphasis, wrapping, addresses of links, numbers of lists and places of pictures.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use crate::mail::pattern;
use crate::model::is_invisible;

/// Longer texts are compared up to here, in bytes.
const MOST_COMPARED: usize = 256 * 1024;

/// A version of a text, and the part of it that its author typed.
#[derive(Clone, Copy, Debug)]
pub struct TextVersion<'a> {
    /// The whole text, with whatever it quotes.
    pub text: &'a str,
    /// What its author typed.
    pub own: &'a str,
}

/// Whether the versions of a text say different things: a word or bracket stands in one of them more often than in the other.
pub fn differ(one: &str, other: &str) -> bool {
    let whole = |text| TextVersion { text, own: text };
    typed_differently(whole(one), whole(other))
}

/// Whether something was typed in one version and not in the other. Of what one of them only quotes nothing follows: programs quote
/// more in one version than in the other, or mark it by other means.
pub fn typed_differently(one: TextVersion<'_>, other: TextVersion<'_>) -> bool {
    let [ones, others] = [one, other].map(|version| [version.own, version.text].map(counted));
    let has_more = |some: &[Counts; 2], than: &[Counts; 2]| {
        some[0].keys().any(|word| (0..2).all(|part| count(&some[part], word) > count(&than[part], word)))
    };
    has_more(&ones, &others) || has_more(&others, &ones)
}

/// How often each word and bracket stands in a text.
type Counts = HashMap<String, u32>;

fn count(counts: &Counts, word: &str) -> u32 {
    counts.get(word).copied().unwrap_or(0)
}

fn counted(text: &str) -> Counts {
    let text = &text[..text.floor_char_boundary(MOST_COMPARED)];
    let text = LINK.replace_all(text, " ");
    let text = BULLET.replace_all(&text, "");
    let text: String =
        text.nfkc().filter(|c| c.is_whitespace() || !is_invisible(*c)).flat_map(char::to_lowercase).collect();
    let mut counts = Counts::new();
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned);
    let brackets = text.split('[').skip(1).filter_map(|rest| rest.split_once(']').map(|(inside, _)| inside));
    let brackets = brackets.map(|inside| format!("[{}]", inside.split_whitespace().collect::<Vec<_>>().join(" ")));
    for word in words.chain(brackets) {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

/// An address behind a link or by itself, and what stands in the place of a picture.
static LINK: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)<?\b(?:https?://|mailto:|tel:|www\.)[^\s<>\]]*>?|\[(?:image|cid)\b[^\]\n]*\]"));

/// What stands before an item of a list.
static BULLET: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^[\s>]*(?:[0-9]{1,3}[.)]|o)[ \t\u{a0}]+"));

#[cfg(test)]
mod tests {
    use super::{TextVersion, differ, typed_differently};

    #[test]
    fn what_is_said_differs_and_how_it_looks_does_not() {
        for (one, other, is_other) in [
            ("Заменили *барабан*.", "Заменили барабан.", false),
            ("See the manual <https://example.com/a?b=c>", "See the manual", false),
            ("See https://example.com/a.", "See https://example.com/b and", true),
            ("1. one\n2. two", "one\ntwo", false),
            ("o\tone\no\ttwo", "• one\n• two", false),
            ("a long line that is\nwrapped", "a long line that is wrapped", false),
            ("a | b", "a\tb", false),
            ("So: [image: a.png]", "So: [cid:a@b]", false),
            ("don't", "don’t", false),
            ("Готово", "Не готово", true),
            ("[done] Replaced", "Replaced", true),
            ("done: Replaced", "[done]: Replaced", true),
            ("[ done ]\nReplaced", "[done] Replaced", false),
            ("anna@example.org <mailto:anna@example.org>", "anna@example.org", false),
            ("soft\u{ad}ly", "softly", false),
        ] {
            assert_eq!(differ(one, other), is_other, "{one:?} {other:?}");
            assert_eq!(differ(other, one), is_other, "{other:?} {one:?}");
        }
    }

    #[test]
    fn what_only_one_version_quotes_is_not_typed() {
        let plain = TextVersion { text: "Replaced.", own: "Replaced." };
        for (html, is_other) in [
            (TextVersion { text: "Replaced.\n> It does not print [done]", own: "Replaced." }, false),
            // Its quotation is not known as one.
            (TextVersion { text: "Replaced. It does not print", own: "Replaced. It does not print" }, true),
            (TextVersion { text: "Replaced [note].\n> It does not print", own: "Replaced [note]." }, true),
        ] {
            assert_eq!(typed_differently(plain, html), is_other, "{html:?}");
        }
    }
}
