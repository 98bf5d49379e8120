//! What a message can be found by, made ready outside of the transaction that writes it down.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::stem::{self, Stems};

/// Bytes of a text that are read; what is behind them is not found.
pub const MOST_TEXT: usize = 256 * 1024;
/// Bytes of different words of a text within which a part of a word is found.
const MOST_FRAGMENTS: usize = 64 * 1024;
/// Characters of the shortest part of a word that can be found.
pub const SHORTEST_FRAGMENT: usize = 3;
/// Characters of the longest.
pub const LONGEST_FRAGMENT: usize = 100;

/// What a message can be found by. Making it costs time, so it is done before the writer gets it.
pub struct Findable {
    pub(super) message: IndexedWords,
    /// The texts of files, each with the file's position among those of its message.
    pub(super) files: Vec<(u32, IndexedWords)>,
}

/// The stems of texts, divided by blanks, and the different words that they were made of.
#[derive(Clone, Default)]
pub(super) struct IndexedWords {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) names: String,
    pub(super) file: String,
    pub(super) fragments: String,
}

impl IndexedWords {
    /// In bytes.
    pub(super) fn size(&self) -> usize {
        [&self.subject, &self.text, &self.names, &self.file, &self.fragments].map(String::len).iter().sum()
    }
}

impl Findable {
    /// Of a message with this subject, text, and these names of files.
    pub fn new<'n>(subject: &str, text: &str, names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut reader = TextReader::default();
        let subject = reader.read(subject, WordCounts::Kept);
        let text = reader.read(text, WordCounts::Kept);
        let names = reader.read(&names.into_iter().collect::<Vec<_>>().join("\n"), WordCounts::Kept);
        let message = IndexedWords { subject, text, names, fragments: reader.fragments, ..IndexedWords::default() };
        Self { message, files: Vec::new() }
    }

    /// Adds the text of one of its files. The times on the lines of a log are left out.
    pub fn add_file(&mut self, position: u32, text: &str) {
        let mut reader = TextReader::default();
        let file = reader.read(text, WordCounts::DropReason);
        if !file.is_empty() {
            self.files.push((position, IndexedWords { file, fragments: reader.fragments, ..IndexedWords::default() }));
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum WordCounts {
    Kept,
    DropReason,
}

/// Reads texts that are found together.
#[derive(Default)]
struct TextReader {
    stems: Stems,
    lines: HashSet<u64>,
    chunks: HashSet<u64>,
    fragments: String,
}

impl TextReader {
    /// The stems of a text. A line that says the same as one before, as the lines of a log do, adds only what is new in it: its
    /// numbers and names.
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
            // One sign may be many words when it is folded, and a text may have no blank at all.
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

/// As much of a text as is read.
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

/// Whether a chunk is a time, with or without its date: `09:58:12,5`, `2026-11-20t09:58:12.123+03:00`.
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
        // One sign of three bytes that is four words of thirty-three bytes, and no blank.
        let words = Findable::new("", &"\u{fdfa},".repeat(MOST_TEXT), []).message;
        assert!(words.text.len() <= MOST_TEXT + 100 && words.fragments.is_empty(), "{}", words.text.len());
    }
}
