//! The phrases that a desk adds. They match word by word, under the same rules as the built-in ones.

use super::phrases::CONTRASTS;
use super::{Clause, ClauseMeaning, OwnPhrases, PlainWords, clauses, normalized, phrase_meanings};

/// The longest phrase of a desk, in words.
const MAX_WORDS: usize = 8;

/// What a desk adds to the built-in phrases, in the form in which words are compared.
pub(super) struct Own {
    /// Its phrases with their meanings, each as its words.
    phrases: Vec<(ClauseMeaning, Vec<String>)>,
    /// The words of its engineers' names, in Latin letters.
    names: Vec<String>,
}

impl Own {
    /// No phrases besides the built-in ones.
    const NONE: Self = Self { phrases: Vec::new(), names: Vec::new() };

    /// Prepares the phrases of a desk and the full names of its engineers.
    pub fn new(phrases: &OwnPhrases, names: &[&str]) -> Self {
        let rows = phrases.iter().filter_map(|(says, phrase)| {
            let clause = the_clause(phrase)?;
            let words = clause.significant_words().into_iter().map(str::to_owned).collect();
            Some((means(says)?, words))
        });
        let names = names.iter().flat_map(|name| clauses(&normalized(name))).flat_map(|clause| clause.words);
        // Initials and particles are no names by themselves.
        Self {
            phrases: rows.collect(),
            names: names.filter(|word| word.chars().count() > 2).map(|word| in_latin(&word)).collect(),
        }
    }

    /// The meaning of words that are one of the desk's phrases; `None` if they are none.
    pub fn meaning(&self, words: &[&str]) -> Option<ClauseMeaning> {
        self.phrases.iter().find(|(_, phrase)| phrase == words).map(|(means, _)| *means)
    }

    /// Whether a word is an engineer's name.
    pub fn is_name(&self, word: &str) -> bool {
        let word = in_latin(word);
        self.names.contains(&word)
    }
}

/// A word in lower case in Latin letters, alike for all spellings of a name: customers thank «Юлия» as "Yuliya" and "Julia".
pub fn in_latin(word: &str) -> String {
    const LETTERS: [&str; 32] = [
        "a", "b", "v", "g", "d", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh",
        "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya",
    ];
    let letter = |c: char| match c {
        'а'..='я' => LETTERS.get((u32::from(c) - u32::from('а')) as usize).copied().unwrap_or_default().to_owned(),
        c => c.to_string(),
    };
    let latin: String = word.chars().map(letter).collect();
    let mut alike: Vec<char> = latin.replace(['y', 'j'], "i").replace('x', "ks").chars().collect();
    alike.dedup();
    alike.into_iter().collect()
}

/// Why a desk cannot give a phrase this meaning, in words for the operator; `None` if it can.
pub fn phrase_fault(phrase: &str, says: PlainWords) -> Option<&'static str> {
    let Some(clause) = the_clause(phrase) else {
        return Some("is not one to eight plain words; leave out marks and emojis");
    };
    if clause.words.iter().any(|word| CONTRASTS.contains(&word.as_str())) {
        return Some("holds a word that turns what was said before it; leave that word out");
    }
    let says = means(says)?;
    let built_in = phrase_meanings(&clause.significant_words(), &Own::NONE, 0).unwrap_or_default();
    let is = |means| built_in.contains(&means);
    if !built_in.is_empty()
        && built_in.iter().all(|m| matches!(m, ClauseMeaning::Nothing | ClauseMeaning::Yes | ClauseMeaning::Regret))
    {
        return Some("says nothing by itself; choose words that leave no doubt");
    }
    match says {
        ClauseMeaning::Disagree
            if is(ClauseMeaning::Confirm) || is(ClauseMeaning::Withdraw) || is(ClauseMeaning::Thanks) =>
        {
            Some("says the opposite already; choose other words")
        }
        ClauseMeaning::Disagree => None,
        _ if is(ClauseMeaning::Disagree) => Some("says the opposite already; choose other words"),
        _ => None,
    }
}

/// A phrase of a desk as one clause; `None` if it is no plain clause of one to eight words.
fn the_clause(phrase: &str) -> Option<Clause> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '\'');
    let phrase = normalized(phrase);
    let mut found = clauses(&phrase);
    let clause = found.pop().filter(|_| found.is_empty() && phrase.chars().all(plain))?;
    let count = clause.significant_words().len();
    ((1..=MAX_WORDS).contains(&count) && clause.words.len() <= MAX_WORDS).then_some(clause)
}

/// The meaning of a phrase with which a customer says this; `None` where a desk has no phrases for it.
fn means(says: PlainWords) -> Option<ClauseMeaning> {
    match says {
        PlainWords::Confirm => Some(ClauseMeaning::Confirm),
        PlainWords::Disagree => Some(ClauseMeaning::Disagree),
        PlainWords::Withdraw => Some(ClauseMeaning::Withdraw),
        PlainWords::Thanks => Some(ClauseMeaning::Thanks),
        PlainWords::Assent | PlainWords::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::plain_words;
    use super::*;

    fn desk() -> OwnPhrases {
        let phrases = |phrases: &[&str]| phrases.iter().map(ToString::to_string).collect();
        OwnPhrases {
            confirm: phrases(&["Вопрос снят", "пломба отображается"]),
            disagree: phrases(&["Пломбы так и нет"]),
            withdraw: phrases(&["груз уже ушёл"]),
            thanks: phrases(&["мерси"]),
        }
    }

    #[test]
    fn own_phrases_count_as_built_in_ones_do() {
        for (text, says) in [
            ("Вопрос снят", PlainWords::Confirm),
            ("Добрый день! Спасибо, пломба отображается.", PlainWords::Confirm),
            ("Спасибо, пломба теперь отображается и всё работает", PlainWords::Confirm),
            ("Пломбы так и нет. Смотрите снимок.", PlainWords::Disagree),
            ("Груз уже ушел, спасибо", PlainWords::Withdraw),
            ("Мерси!", PlainWords::Thanks),
            // One word more is a word that nobody understood.
            ("Вопрос снят, но остался ещё один", PlainWords::Other),
            ("Вопрос снят?", PlainWords::Other),
            ("Вопрос не снят", PlainWords::Other),
            ("Если пломба отображается", PlainWords::Other),
            ("Пломба отображается не везде", PlainWords::Other),
            ("Пломба отображается, пломбы так и нет", PlainWords::Other),
            ("Груз уже ушёл вчера", PlainWords::Other),
        ] {
            assert_eq!(plain_words(text, &desk(), &[]), says, "{text}");
        }
        assert_eq!(plain_words("Пломба отображается", &OwnPhrases::default(), &[]), PlainWords::Other);
    }

    #[test]
    fn what_is_no_phrase_or_means_the_opposite_is_refused() {
        for (phrase, says, part) in [
            ("", PlainWords::Confirm, "one to eight"),
            ("пожалуйста", PlainWords::Confirm, "one to eight"),
            ("всё, спасибо", PlainWords::Confirm, "one to eight"),
            ("готово?", PlainWords::Confirm, "one to eight"),
            ("👍", PlainWords::Confirm, "one to eight"),
            ("раз два три четыре пять шесть семь восемь девять", PlainWords::Thanks, "one to eight"),
            ("но работает", PlainWords::Confirm, "turns"),
            ("да", PlainWords::Confirm, "nothing by itself"),
            ("Добрый день", PlainWords::Withdraw, "nothing by itself"),
            ("не помогло", PlainWords::Confirm, "opposite"),
            ("не помогло", PlainWords::Thanks, "opposite"),
            ("всё работает", PlainWords::Disagree, "opposite"),
            ("спасибо", PlainWords::Disagree, "opposite"),
        ] {
            let reason = phrase_fault(phrase, says).unwrap_or_else(|| panic!("{phrase} fits"));
            assert!(reason.contains(part), "{phrase}: {reason}");
        }
        for (phrase, says) in [
            ("вопрос снят", PlainWords::Confirm),
            ("ок", PlainWords::Confirm),
            ("всё ещё красное", PlainWords::Disagree),
            ("it's green", PlainWords::Confirm),
        ] {
            assert_eq!(phrase_fault(phrase, says), None, "{phrase}");
        }
    }
}
