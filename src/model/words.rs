//! The text of an engineer's reply that is the engineer's own.

/// An engineer's own words in a message, if they can be told from what it quotes. Only own words are passed on to customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// The own words, without quoted history and signature; empty if there are none.
    Own(String),
    /// They cannot be told for sure, so the message is not passed on.
    Unclear(Unclear),
}

impl Default for Words {
    fn default() -> Self {
        Words::Own(String::new())
    }
}

/// Why no own words of an engineer's can be told from quoted ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// The message quotes something, and the cut line is missing.
    NoCutLine,
    /// There is text below the cut line, between or below quoted lines.
    BelowCutLine,
    /// There are no own words and no tags: nothing, or only what it quotes and a signature.
    NothingTyped,
    /// There are no own words but what looks like a signature, and no tags.
    OnlySignature,
    /// The plain text and the HTML of the message say different things.
    VersionsDiffer,
    /// The message is encrypted.
    Encrypted,
    /// One of our letters to an engineer is attached, with that engineer's token.
    OurLetterAttached,
}
