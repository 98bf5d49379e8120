//! Searches a text for words and phrases, regardless of case and punctuation.

/// A word in lower case, with е for ё; `None` for the end of a sentence.
type TextWord = Option<String>;

/// A text, divided into words.
pub(super) struct Text(Vec<TextWord>);

/// A phrase to search for: its words, and for each whether any ending may follow.
pub(super) struct WordPattern(Vec<(String, bool)>);

impl Text {
    /// Divides a text into words. A line break may come from a mail program and separates nothing; blank lines and punctuation
    /// do.
    pub fn of(text: &str) -> Self {
        let mut tokens: Vec<TextWord> = Vec::new();
        let mut word = String::new();
        let mut breaks = 0;
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            if c.is_alphanumeric() {
                word.extend(folded(c));
                breaks = 0;
                continue;
            }
            if !word.is_empty() {
                tokens.push(Some(std::mem::take(&mut word)));
            }
            breaks += usize::from(c == '\n');
            let ends = matches!(c, '.' | '!' | '?' | ';' | '…') && rest.peek().is_none_or(|next| next.is_whitespace());
            if ends || breaks == 2 {
                tokens.push(None);
            }
        }
        tokens.extend(Some(word).filter(|word| !word.is_empty()).map(Some));
        Self(tokens)
    }

    /// Whether the text has the phrase.
    pub fn has(&self, phrase: &WordPattern) -> bool {
        let fits = |(token, (word, is_open)): (&TextWord, &(String, bool))| match token {
            Some(token) if *is_open => token.starts_with(word),
            Some(token) => token == word,
            None => false,
        };
        !phrase.0.is_empty() && self.0.windows(phrase.0.len()).any(|window| window.iter().zip(&phrase.0).all(fits))
    }

    /// The words of the text.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(Option::as_deref)
    }
}

impl WordPattern {
    /// Reads a phrase; a star behind a word stands for any ending.
    pub fn of(written: &str) -> Self {
        let mut words = Vec::new();
        for piece in written.split_whitespace() {
            let is_open = piece.ends_with('*');
            let tokens: Vec<TextWord> = Text::of(piece).0.into_iter().filter(Option::is_some).collect();
            let last = tokens.len().saturating_sub(1);
            words.extend(tokens.into_iter().flatten().enumerate().map(|(at, word)| (word, is_open && at == last)));
        }
        Self(words)
    }
}

fn folded(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().map(|c| if c == 'ё' { 'е' } else { c })
}

/// The text in lower case, with е for ё, and each run of blanks as one space.
pub(super) fn fold(text: &str) -> String {
    let lower: String = text.chars().flat_map(folded).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first characters of a text, at most this many.
pub(super) fn beginning(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

/// Whether a value on a labelled line says that there is none.
pub(super) fn is_no_answer(value: &str) -> bool {
    const NOTHING: [&str; 12] = [
        "не знаю",
        "неизвестно",
        "неизвестен",
        "нет",
        "не помню",
        "не указан",
        "unknown",
        "none",
        "n/a",
        "na",
        "tbd",
        "не важно",
    ];
    let value = fold(value);
    let value = value.trim_matches(|c: char| !c.is_alphanumeric());
    value.is_empty() || NOTHING.contains(&value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_as_whole_words() {
        for (text, phrase, is_there) in [
            ("Программа НЕ  запускается!", "не запускается", true),
            ("Программа не\nзапускается", "не запускается", true),
            ("Нет. Запускается", "нет запускается", false),
            ("Нет\n\nЗапускается", "нет запускается", false),
            ("Принтер не печатает", "принт", false),
            ("Принтер не печатает", "принт*", true),
            ("Отчёты не печатаются", "отчет* не печата*", true),
            ("Версия 2.4.17", "2.4.17", true),
            ("It doesn’t start", "doesn't start", true),
            ("анти-вирус", "антивирус", false),
            ("что угодно", "", false),
            ("что угодно", "*", false),
        ] {
            assert_eq!(Text::of(text).has(&WordPattern::of(phrase)), is_there, "{phrase} in {text}");
        }
    }
}
