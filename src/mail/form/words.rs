//! The words as a stream of the characters that count in a comparison.

/// Whether a character counts: letters, digits, and the brackets of tags. Marks of emphasis, lists and tables do not.
pub fn significant(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '[' | ']')
}

/// A place in the words: how many of their characters stand before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WordPosition(usize);

/// The characters of the words that count, and where their lines begin.
#[derive(Default)]
pub struct WordStream {
    chars: Vec<char>,
    /// Where each line begins that has characters, and how deep it is quoted.
    lines: Vec<(usize, usize)>,
}

/// Quotations in quotations are told apart down to this depth.
const DEEPEST: usize = 4;

impl WordStream {
    /// Reads words.
    pub fn of(words: &str) -> Self {
        let mut stream = Self::default();
        for line in words.lines() {
            let begins = stream.chars.len();
            stream.chars.extend(line.chars().filter(|c| significant(*c)));
            if stream.chars.len() > begins {
                let marks = line.chars().take_while(|c| matches!(c, '>' | ' ')).filter(|c| *c == '>');
                stream.lines.push((begins, marks.count().min(DEEPEST)));
            }
        }
        stream
    }

    /// The place behind a character, if that is the next.
    pub fn next(&self, at: WordPosition, c: char) -> Option<WordPosition> {
        (self.chars.get(at.0) == Some(&c)).then_some(WordPosition(at.0 + 1))
    }

    /// The place behind a text, if that comes next and has characters that count.
    pub fn skipped(&self, at: WordPosition, text: &str) -> Option<WordPosition> {
        let mut behind = at;
        for c in text.chars().filter(|c| significant(*c)) {
            behind = self.next(behind, c)?;
        }
        (behind != at).then_some(behind)
    }

    /// Whether a line begins here, or the words end.
    pub fn is_boundary(&self, at: WordPosition) -> bool {
        self.is_end(at) || self.lines.binary_search_by_key(&at.0, |(begins, _)| *begins).is_ok()
    }

    /// Whether the words end here.
    pub fn is_end(&self, at: WordPosition) -> bool {
        at.0 == self.chars.len()
    }

    /// How deep the line here is quoted.
    pub fn quotes(&self, at: WordPosition) -> usize {
        let line = self.lines.partition_point(|(begins, _)| *begins <= at.0);
        line.checked_sub(1).and_then(|line| self.lines.get(line)).map_or(0, |(_, depth)| *depth)
    }
}
