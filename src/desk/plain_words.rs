//! What a customer's plain words ask: «всё работает», "it still fails".

/// What a customer says about the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainWords {
    /// It helped: close.
    Confirm,
    /// It did not help: go on.
    Disagree,
    /// The request is no longer needed.
    Withdraw,
    /// Only thanks and politeness.
    Thanks,
    /// Anything else.
    Other,
}

/// What the new words of a customer's message say, where they surely say it.
pub fn plain_words(text: &str) -> PlainWords {
    if text.trim().is_empty() { PlainWords::Thanks } else { PlainWords::Other }
}
