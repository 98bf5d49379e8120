//! What customers of a desk say in words of their own.

/// What a customer says about the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainWords {
    /// It helped: close. Says something only about a request that is answered.
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

/// A desk's phrases beside the built-in ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnPhrases {
    /// It helped.
    pub confirm: Vec<String>,
    /// It did not help.
    pub disagree: Vec<String>,
    /// No longer needed.
    pub withdraw: Vec<String>,
    /// Only thanks.
    pub thanks: Vec<String>,
}

impl OwnPhrases {
    /// Every phrase with what it says.
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
