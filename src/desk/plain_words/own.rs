//! The phrases that a desk adds: whole phrases as they stand, under the same rules as the built-in ones.

use super::phrases::TURNS;
use super::{Clause, ClauseMeaning, OwnPhrases, PlainWords, clauses, normal, parted};

/// A phrase of more words is no phrase any more.
const MOST_WORDS: usize = 8;

/// A desk's phrases, each with its words as they are compared.
pub(super) struct Own(Vec<(ClauseMeaning, Vec<String>)>);

impl Own {
    /// Nothing beside the built-in phrases.
    const NONE: Self = Self(Vec::new());

    pub fn new(phrases: &OwnPhrases) -> Self {
        let rows = phrases.iter().filter_map(|(says, phrase)| {
            let clause = the_clause(phrase)?;
            let words = clause.telling().into_iter().map(str::to_owned).collect();
            Some((means(says)?, words))
        });
        Self(rows.collect())
    }

    /// What these words say, if they are one of the desk's phrases.
    pub fn means(&self, words: &[&str]) -> Option<ClauseMeaning> {
        self.0.iter().find(|(_, phrase)| phrase == words).map(|(means, _)| *means)
    }
}

/// Why a phrase cannot say this at a desk, if it cannot.
pub fn unfit(phrase: &str, says: PlainWords) -> Option<&'static str> {
    let Some(clause) = the_clause(phrase) else {
        return Some("is not one to eight plain words; leave out marks and emojis");
    };
    if clause.words.iter().any(|word| TURNS.contains(&word.as_str())) {
        return Some("holds a word that turns what was said before it; leave that word out");
    }
    let says = means(says)?;
    let built_in = parted(&clause.telling(), &Own::NONE, 0).unwrap_or_default();
    let is = |means| built_in.contains(&means);
    if !built_in.is_empty() && built_in.iter().all(|m| matches!(m, ClauseMeaning::Nothing | ClauseMeaning::Yes | ClauseMeaning::Regret)) {
        return Some("says nothing by itself; choose words that leave no doubt");
    }
    match says {
        ClauseMeaning::Disagree if is(ClauseMeaning::Confirm) || is(ClauseMeaning::Withdraw) || is(ClauseMeaning::Thanks) => {
            Some("says the opposite already; choose other words")
        }
        ClauseMeaning::Disagree => None,
        _ if is(ClauseMeaning::Disagree) => Some("says the opposite already; choose other words"),
        _ => None,
    }
}

/// The phrase as the one clause that it is.
fn the_clause(phrase: &str) -> Option<Clause> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '\'');
    let phrase = normal(phrase);
    let mut found = clauses(&phrase);
    let clause = found.pop().filter(|_| found.is_empty() && phrase.chars().all(plain))?;
    let count = clause.telling().len();
    ((1..=MOST_WORDS).contains(&count) && clause.words.len() <= MOST_WORDS).then_some(clause)
}

fn means(says: PlainWords) -> Option<ClauseMeaning> {
    match says {
        PlainWords::Confirm => Some(ClauseMeaning::Confirm),
        PlainWords::Disagree => Some(ClauseMeaning::Disagree),
        PlainWords::Withdraw => Some(ClauseMeaning::Withdraw),
        PlainWords::Thanks => Some(ClauseMeaning::Thanks),
        PlainWords::Other => None,
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
            assert_eq!(plain_words(text, &desk()), says, "{text}");
        }
        assert_eq!(plain_words("Пломба отображается", &OwnPhrases::default()), PlainWords::Other);
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
            let reason = unfit(phrase, says).unwrap_or_else(|| panic!("{phrase} fits"));
            assert!(reason.contains(part), "{phrase}: {reason}");
        }
        for (phrase, says) in [
            ("вопрос снят", PlainWords::Confirm),
            ("ок", PlainWords::Confirm),
            ("всё ещё красное", PlainWords::Disagree),
            ("it's green", PlainWords::Confirm),
        ] {
            assert_eq!(unfit(phrase, says), None, "{phrase}");
        }
    }
}
