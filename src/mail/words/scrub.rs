//! Removes signed ids, tokens and link keys from texts: with them a reader could act as somebody else.

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::pattern;

/// Removes signed ids and the keys of links and buttons, and the subaddress from addresses of the desk. They are recognised by their shape,
/// whichever installation made them, also percent-encoded in URLs.
pub fn scrub(text: &str) -> String {
    let text = TAG.replace_all(text, "");
    let text = ID.replace_all(&text, "");
    let text = KEY_IN_BRACKET.replace_all(&text, "$1$2");
    KEY.replace_all(&text, "").into_owned()
}

/// Whether a file contains an engineer's token, personal address or key of a button, with which its reader could act as that engineer.
pub fn holds_token(bytes: &[u8]) -> bool {
    TOKEN.is_match(&String::from_utf8_lossy(bytes))
}

static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:(?:(?:[a-z][a-z0-9]{1,9}|m)-[0-9]{1,19}|d-[a-z][a-z0-9]{1,9})\.[0-9]{1,10}\.e[0-9a-z]{1,13}|\bme\.[0-9]{1,10})\.[a-z0-9]{1,16}\.(?:[0-9a-f]{24}|[0-9a-z]{19})(?-u:\b)|(?:(?-u:\b)|%20)e(?:[r-z][0-9a-z]{5}|1[0-9a-z]{6})-[a-z0-9]{1,16}-[0-9a-f]{24}(?-u:\b)",
    )
});

/// A signed text or personal address (`mail::proof`).
const SIGNED: &str = r"(?:(?:(?:[a-z][a-z0-9]{1,9}|m)-[0-9]{1,19}|d-[a-z][a-z0-9]{1,9})\.[0-9]{1,10}(?:\.e[0-9a-z]{1,13})?|me\.[0-9]{1,10})\.[a-z0-9]{1,16}\.(?:[0-9a-f]{24}|[0-9a-z]{19})(?-u:\b)";

/// Key id and MAC of a link's key, after its expiry.
const SIGNATURE: &str = r"-[a-z0-9]{1,16}-[0-9a-f]{24}(?-u:\b)";

/// A signed text as subaddress, with its `+`.
static TAG: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?i)(?:\+|%2b){SIGNED}")));

static ID: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"(?i)(?:<|&lt;|%3c)?{SIGNED}(?:(?:@|%40)[a-z0-9_.-]*[a-z0-9])?(?:>|&gt;|%3e)?"))
});

static KEY_IN_BRACKET: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)((?:\[|%5b)[^\[\]\r\n]{{1,120}}?)(?:\s|%20|\+)+[0-9a-z]{{1,13}}{SIGNATURE}(?:\s|%20|\+)*(\]|%5d)"
    ))
});

/// The key of a link or button outside of brackets. Until the year 2100 an expiry in base 36 matches this.
static KEY: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?i)(?:\s|%20)?(?-u:\b)e?(?:[r-z][0-9a-z]{{5}}|1[0-9a-z]{{6}}){SIGNATURE}")));
