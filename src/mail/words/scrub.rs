//! Takes out of a text what would let its reader act as somebody else.

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::pattern;

/// The text without signed ids and keys of links, and with the plain address of the desk for those that carry a token. They are
/// told by their shape, whichever installation made them, also where a URL writes them with percent signs.
pub fn scrub(text: &str) -> String {
    let text = TAG.replace_all(text, "");
    let text = ID.replace_all(&text, "");
    let text = KEY_IN_BRACKET.replace_all(&text, "$1$2");
    KEY.replace_all(&text, "").into_owned()
}

/// Whether a file holds what would let its reader act as an engineer: a token, or a personal address.
pub fn holds_token(bytes: &[u8]) -> bool {
    TOKEN.is_match(&String::from_utf8_lossy(bytes))
}

static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:(?:[a-z][a-z0-9]{1,9}|m)-[0-9]{1,19}\.[0-9]{1,10}\.e[0-9a-z]{1,13}|\bme\.[0-9]{1,10})\.[a-z0-9]{1,16}\.(?:[0-9a-f]{24}|[0-9a-z]{19})(?-u:\b)",
    )
});

/// The signed texts of `mail::proof`.
const SIGNED: &str = r"(?:(?:[a-z][a-z0-9]{1,9}|m)-[0-9]{1,19}\.[0-9]{1,10}(?:\.e[0-9a-z]{1,13})?|me\.[0-9]{1,10})\.[a-z0-9]{1,16}\.(?:[0-9a-f]{24}|[0-9a-z]{19})(?-u:\b)";

/// The keys of links, behind their expiry.
const SIGNATURE: &str = r"-[a-z0-9]{1,16}-[0-9a-f]{24}(?-u:\b)";

/// Behind the name of a mailbox.
static TAG: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?i)(?:\+|%2b){SIGNED}")));

static ID: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"(?i)(?:<|&lt;|%3c)?{SIGNED}(?:(?:@|%40)[a-z0-9_.-]*[a-z0-9])?(?:>|&gt;|%3e)?"))
});

static KEY_IN_BRACKET: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)((?:\[|%5b)[^\[\]\r\n]{{1,120}}?)(?:\s|%20|\+)+[0-9a-z]{{1,13}}{SIGNATURE}(?:\s|%20|\+)*(\]|%5d)"
    ))
});

/// A key alone; the expiry of one that we give begins so until the year 2100.
static KEY: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?i)(?:\s|%20)?(?-u:\b)(?:[r-z][0-9a-z]{{5}}|1[0-9a-z]{{6}}){SIGNATURE}")));
