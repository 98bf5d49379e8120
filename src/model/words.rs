//! The words of a reply that its author wrote now.

/// An engineer's own words in a message, as far as they can be told from what the message quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// These, without quoted history and signature; empty where the message holds none.
    Own(String),
    /// They cannot be told for sure; why, for the engineer's own eyes.
    Unclear(Unclear),
}

impl Default for Words {
    fn default() -> Self {
        Words::Own(String::new())
    }
}

/// Why an engineer's own words cannot be told from quoted ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// The message quotes something, and the cut line is gone.
    NoCutLine,
    /// Words stand between or below quoted ones, under the cut line.
    BelowCutLine,
    /// One of our letters to an engineer is attached, and the engineer's token with it.
    OurLetterAttached,
}
