//! The words by which a message can be found, prepared outside of the transaction that stores them.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::stem::{self, Stems};

/// How many bytes of a text are indexed; what stands behind them is not found.
pub const MOST_TEXT: usize = 256 * 1024;
/// How many bytes of a text's different words are indexed for parts of words.
const MOST_FRAGMENTS: usize = 64 * 1024;
/// Characters of the shortest part of a word that can be found: trigrams have three.
pub const SHORTEST_FRAGMENT: usize = 3;
/// Characters of the longest part of a word that can be found.
pub const LONGEST_FRAGMENT: usize = 100;

/// The words by which a message and its files can be found. Making it takes time, so it is done before the writer gets it.
pub struct Findable {
    pub(super) message: IndexedWords,
    /// The words of each file's text, with the file's position among those of its message.
    pub(super) files: Vec<(u32, IndexedWords)>,
}

/// The words of a text as both indexes take them: its stems, separated by blanks, and its different words.
#[derive(Clone, Default)]
pub(super) struct IndexedWords {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) names: String,
    pub(super) file: String,
    pub(super) fragments: String,
}

impl IndexedWords {
    /// Its size in bytes.
    pub(super) fn size(&self) -> usize {
        [&self.subject, &self.text, &self.names, &self.file, &self.fragments].map(String::len).iter().sum()
    }
}

impl Findable {
    /// The size of its words in bytes.
    pub fn size(&self) -> usize {
        self.message.size() + self.files.iter().map(|(_, words)| words.size()).sum::<usize>()
    }

    /// Prepares a message with this subject, text, and names of files.
    pub fn new<'n>(subject: &str, text: &str, names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut reader = TextReader::default();
        let subject = reader.read(subject, WordCounts::Kept);
        let text = reader.read(text, WordCounts::Kept);
        let names = reader.read(&names.into_iter().collect::<Vec<_>>().join("\n"), WordCounts::Kept);
        let message = IndexedWords { subject, text, names, fragments: reader.fragments, ..IndexedWords::default() };
        Self { message, files: Vec::new() }
    }

    /// Adds the text of one of its files. The times that begin the lines of a log are left out.
    pub fn add_file(&mut self, position: u32, text: &str) {
        let mut reader = TextReader::default();
        let file = reader.read(text, WordCounts::LeftOut);
        if !file.is_empty() {
            self.files.push((position, IndexedWords { file, fragments: reader.fragments, ..IndexedWords::default() }));
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum WordCounts {
    Kept,
    LeftOut,
}

/// Reads texts that are indexed as one row.
#[derive(Default)]
struct TextReader {
    stems: Stems,
    lines: HashSet<u64>,
    chunks: HashSet<u64>,
    fragments: String,
}

impl TextReader {
    /// The stems of a text. Of a line that is like an earlier one, as lines of a log are, only what is new is added: numbers
    /// and names.
    fn read(&mut self, text: &str, times: WordCounts) -> String {
        let mut read = String::new();
        for line in beginning(text).lines() {
            let mut chunks: Vec<String> = stem::chunks(line).map(|chunk| chunk.folded).collect();
            chunks.retain(|chunk| times == WordCounts::Kept || !is_time(chunk));
            let is_new_line = self.lines.insert(hash(chunks.iter().filter(|chunk| !has_digit(chunk))));
            for chunk in &chunks {
                let is_new = self.chunks.insert(hash([chunk]));
                if is_new {
                    self.add_fragment(chunk);
                }
                if is_new || is_new_line {
                    self.add_stems(&mut read, chunk);
                }
            }
        }
        read
    }

    fn add_stems(&self, read: &mut String, chunk: &str) {
        for word in stem::words(chunk) {
            // One character may fold to many words, and a text may have no blank at all, so the length is checked at each word.
            if read.len() >= MOST_TEXT {
                return;
            }
            read.push_str(&self.stems.of(word));
            read.push(' ');
        }
    }

    fn add_fragment(&mut self, chunk: &str) {
        let is_long_enough = chunk.chars().nth(SHORTEST_FRAGMENT - 1).is_some();
        if is_long_enough && self.fragments.len() + chunk.len() < MOST_FRAGMENTS {
            self.fragments.push_str(chunk);
            self.fragments.push('\n');
        }
    }
}

/// The beginning of a text, as far as it is indexed.
pub fn beginning(text: &str) -> &str {
    let mut end = text.len().min(MOST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn hash<'c>(chunks: impl IntoIterator<Item = &'c String>) -> u64 {
    let mut hasher = DefaultHasher::new();
    chunks.into_iter().for_each(|chunk| chunk.hash(&mut hasher));
    hasher.finish()
}

fn has_digit(chunk: &str) -> bool {
    chunk.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a chunk is a time, with or without a date: `09:58:12,5`, `2026-11-20t09:58:12.123+03:00`.
fn is_time(chunk: &str) -> bool {
    let is_of_time = |b: u8| b.is_ascii_digit() || b":.,-+tz/".contains(&b);
    chunk.len() >= 5 && chunk.contains(':') && has_digit(chunk) && chunk.bytes().all(is_of_time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> IndexedWords {
        let mut findable = Findable::new("", "", []);
        findable.add_file(1, text);
        findable.files.pop().map(|(_, words)| words).unwrap_or_default()
    }

    #[test]
    fn a_message_is_found_by_its_subject_its_text_and_the_names_of_its_files() {
        let findable = Findable::new("Принтеры", "Не печатает с 10:30", ["отчёт.pdf", "app.log"]);
        let IndexedWords { subject, text, names, fragments, .. } = findable.message;
        assert_eq!((subject.trim(), text.trim(), names.trim()), ("принтер", "не печата с 10 30", "отчет pdf app log"));
        assert_eq!(fragments, "принтеры\nпечатает\n10:30\nотчет.pdf\napp.log\n");
    }

    #[test]
    fn a_line_of_a_log_that_says_the_same_adds_only_what_is_new() {
        let log = "2026-11-20 09:58:12 INFO request 17 served\n2026-11-20 09:58:13 INFO request 18 served\n\
                   2026-11-20T09:58:14.5+03:00 ERROR printer MX-4471/b failed\n";
        let words = file(log);
        assert_eq!(words.file, "2026 11 20 info request 17 serv 18 error printer mx 4471 b fail ");
        assert_eq!(words.fragments, "2026-11-20\ninfo\nrequest\nserved\nerror\nprinter\nmx-4471/b\nfailed\n");
    }

    #[test]
    fn fifty_megabytes_of_text_become_little() {
        let line = |n: usize| format!("2026-11-20 09:58:12 INFO request {} served by worker-{}\n", n * 7919, n % 32);
        let log: String = (0..800_000).map(line).collect();
        assert!(log.len() > 40_000_000);
        let words = file(&log);
        assert!(words.file.len() < 64 * 1024 && words.fragments.len() <= MOST_FRAGMENTS, "{}", words.file.len());
        let prose: String = (0..5_000_000).map(|n| format!("слово{n} ")).collect();
        let words = Findable::new("", &prose, []).message;
        assert!(words.text.len() <= MOST_TEXT + 10 && words.fragments.len() <= MOST_FRAGMENTS);
        assert_eq!(file("\u{0}\u{1} ... !!!").file, "");
        // One character of three bytes that folds to four words of thirty-three bytes, and no blank.
        let words = Findable::new("", &"\u{fdfa},".repeat(MOST_TEXT), []).message;
        assert!(words.text.len() <= MOST_TEXT + 100 && words.fragments.is_empty(), "{}", words.text.len());
    }
}
