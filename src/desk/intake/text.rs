//! Words and phrases in a text, whatever their case and marks.

/// A word of a text in lower case, е for ё; nothing where a sentence ends.
type TextWord = Option<String>;

/// A text as its words.
pub(super) struct Text(Vec<TextWord>);

/// A phrase that is looked for: its words, and for each whether any ending may follow.
pub(super) struct Phrase(Vec<(String, bool)>);

impl Text {
    /// Splits a text. Line breaks may come from a mail program and part nothing; blank lines and marks do.
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

    /// Whether the phrase stands in it.
    pub fn has(&self, phrase: &Phrase) -> bool {
        let fits = |(token, (word, is_open)): (&TextWord, &(String, bool))| match token {
            Some(token) if *is_open => token.starts_with(word),
            Some(token) => token == word,
            None => false,
        };
        !phrase.0.is_empty() && self.0.windows(phrase.0.len()).any(|window| window.iter().zip(&phrase.0).all(fits))
    }

    /// Its words.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(Option::as_deref)
    }
}

impl Phrase {
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

/// A text in lower case, е for ё, each run of blanks one space.
pub(super) fn fold(text: &str) -> String {
    let lower: String = text.chars().flat_map(folded).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of a text, at most this many characters of it.
pub(super) fn beginning(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
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
            assert_eq!(Text::of(text).has(&Phrase::of(phrase)), is_there, "{phrase} in {text}");
        }
    }
}
