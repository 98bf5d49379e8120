//! The meanings of customers' plain words, and the phrases that a desk adds for them.

/// The meaning of a customer's message in plain words, such as “it works, thanks”.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainWords {
    /// The answer helped: close the request. It has this meaning only for a request that is answered.
    Confirm,
    /// The answer did not help: open the request again.
    Disagree,
    /// The request is no longer needed.
    Withdraw,
    /// Only thanks and polite phrases.
    Thanks,
    /// “Yes” or “ok”, with nothing but polite phrases beside it: the answer to a question, and otherwise no more than thanks.
    Assent,
    /// Anything else, for people to read.
    Other,
}

/// The phrases that a desk adds to the built-in ones, by their meaning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnPhrases {
    /// Phrases that confirm.
    pub confirm: Vec<String>,
    /// Phrases that disagree.
    pub disagree: Vec<String>,
    /// Phrases that withdraw.
    pub withdraw: Vec<String>,
    /// Phrases that only thank.
    pub thanks: Vec<String>,
}

impl OwnPhrases {
    /// Every phrase with its meaning.
    pub fn iter(&self) -> impl Iterator<Item = (PlainWords, &str)> {
        let lists = [
            (PlainWords::Confirm, &self.confirm),
            (PlainWords::Disagree, &self.disagree),
            (PlainWords::Withdraw, &self.withdraw),
            (PlainWords::Thanks, &self.thanks),
        ];
        lists.into_iter().flat_map(|(says, phrases)| phrases.iter().map(move |phrase| (says, phrase.as_str())))
    }
}
