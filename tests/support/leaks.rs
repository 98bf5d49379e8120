//! Whether letters tell their readers what is not theirs to know.
//!
//! Every letter is searched in all the forms in which a reader may come to see it: its raw bytes, every part of it decoded,
//! every header decoded, attached messages within attached messages, and each of these with entities and percent signs read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use mail_parser::{MessageParser, MimeHeaders, PartType};
use maildesk::mail::parse::parse;
use maildesk::model::{Change, Disposition, Event, Visibility};
use maildesk::store::{Reader, ReceivedFilter};
use regex::Regex;

use super::SentLetter;

/// What may be read by whom.
#[derive(Clone, Debug, Default)]
pub struct Markers {
    /// The addresses of engineers.
    pub engineers: Vec<String>,
    /// Texts and the only people, beside engineers, who may read them.
    pub secrets: Vec<(String, Vec<String>)>,
    /// Texts that nobody may read but this engineer, in a question.
    pub forged: Vec<(String, String)>,
    /// Requests, and the people beside engineers who may know of them.
    pub numbers: Vec<(String, Vec<String>)>,
}

/// A line of fewer letters may stand in any letter.
const SHORTEST_LINE: usize = 16;

/// What the store of an installation says of who may read what: the numbers of requests, the words in them, what was held.
pub fn markers_of(reader: &Reader, engineers: &[&str]) -> Markers {
    let view = reader.view();
    let mut markers = Markers { engineers: engineers.iter().map(|e| (*e).to_owned()).collect(), ..Markers::default() };
    let mut lines: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in view.requests(None, None, u32::MAX).unwrap() {
        let people: Vec<String> = view.events(&row.number).unwrap().into_iter().flat_map(party).collect();
        for entry in view.entries(&row.number).unwrap() {
            let readers = if entry.visibility == Visibility::Internal { &[] } else { people.as_slice() };
            for line in long_lines(&entry.reply_text) {
                lines.entry(line).or_default().extend(readers.iter().cloned().chain([entry.author.clone()]));
            }
        }
        markers.numbers.push((row.number.to_string(), people));
    }
    for row in view.received(Some(ReceivedFilter::Disposition(Disposition::Held)), u32::MAX).unwrap() {
        let is_given_back = row.reasons.iter().any(|reason| reason.contains("given back"));
        let words = long_lines(&parse(&view.raw(row.id).unwrap()).reading.words);
        for line in words.into_iter().filter(|line| !lines.contains_key(line)) {
            if is_given_back {
                markers.secrets.push((line, Vec::new()));
            } else {
                markers.forged.push((line, row.sender.clone()));
            }
        }
    }
    markers.secrets.extend(lines.into_iter().map(|(line, readers)| (line, readers.into_iter().collect())));
    markers
}

/// Whom an event lets into its request.
fn party(event: Event) -> Vec<String> {
    match event.change {
        Change::Opened { requester, .. } => {
            requester.map(|requester| requester.email.to_string()).into_iter().collect()
        }
        Change::RequesterSet { to, .. } => to.map(|requester| requester.email.to_string()).into_iter().collect(),
        Change::Watching { watcher, .. } => vec![watcher.to_string()],
        Change::InCopy { people, .. } => people.iter().map(|person| person.email.to_string()).collect(),
        _ => Vec::new(),
    }
}

fn long_lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('>'));
    lines.filter(|line| line.chars().count() >= SHORTEST_LINE).map(str::to_owned).collect()
}

/// An engineer's token, as it stands in a Message-ID or behind the `+` of a reply address.
static TOKEN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b[a-z0-9]+-\d+\.\d+\.e[0-9a-z]+\.k\d+\.[0-9a-z]{8,}").expect("a pattern"));

/// A personal address.
static PERSONAL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\bme\.\d+\.k\d+\.[0-9a-z]{8,}").expect("a pattern"));

/// The key of a link with its request and action.
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    let named = r"(?:\b|%5B)([a-z][a-z0-9]+-\d+)(?: |%20)[a-z]+(?: |%20)";
    Regex::new(&format!(r"(?i)(?:{named})?[0-9a-z]{{5,8}}-k\d+-[0-9a-f]{{16,}}")).expect("a pattern")
});

/// The number of a request.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i)\b(OTK|TRV)-(\d+)\b").expect("a pattern"));

/// What letters tell that they should not, a line each.
pub fn leaks(letters: &[SentLetter], markers: &Markers) -> Vec<String> {
    let mut found = BTreeSet::new();
    for letter in letters {
        let texts = all_texts(&letter.raw);
        let is_engineer = markers.engineers.contains(&letter.rcpt);
        let mut tell = |what: &str| {
            found.insert(format!("a letter to {} holds {what}", letter.rcpt));
        };
        for text in &texts {
            for (forged, engineer) in &markers.forged {
                let is_question = letter.rcpt == *engineer && is_question(&letter.raw);
                if text.contains(forged.as_str()) && !is_question {
                    tell(&format!("the text of a message that was held: {forged}"));
                }
            }
            if !is_engineer {
                for_outsiders(text, letter, markers, &mut tell);
            }
        }
    }
    found.into_iter().collect()
}

/// Fails when a letter tells its reader what is not theirs to know.
pub fn assert_nothing_leaks(letters: &[SentLetter], markers: &Markers) {
    let leaks = leaks(letters, markers);
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

/// Tells everything in a text that only engineers, or other people, may read.
fn for_outsiders(text: &str, letter: &SentLetter, markers: &Markers, tell: &mut impl FnMut(&str)) {
    for (secret, readers) in &markers.secrets {
        if text.contains(secret.as_str()) && !readers.contains(&letter.rcpt) {
            tell(secret);
        }
    }
    for engineer in markers.engineers.iter().filter(|engineer| text.to_lowercase().contains(engineer.as_str())) {
        tell(engineer);
    }
    for (pattern, what) in [(&*TOKEN, "a token"), (&*PERSONAL, "a personal address")] {
        if let Some(found) = pattern.find(text) {
            tell(&format!("{what}: {}", found.as_str()));
        }
    }
    let may_know = |number: &str| {
        let mut known = markers.numbers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(number));
        known.any(|(_, readers)| readers.contains(&letter.rcpt))
    };
    for found in NUMBER.find_iter(text).map(|found| found.as_str()) {
        if !may_know(found) {
            tell(&format!("the number {found}"));
        }
    }
    // The keys of links stand behind the number that they are for, and only the requester gets them.
    for found in LINK.captures_iter(text) {
        if found.get(1).is_none_or(|number| !may_know(number.as_str())) {
            tell(&format!("a key: {}", &found[0]));
        }
    }
}

/// Whether a letter asks an engineer about a message: it speaks of no request, and its own id says so.
fn is_question(raw: &[u8]) -> bool {
    String::from_utf8_lossy(raw).lines().any(|line| line.to_ascii_lowercase().starts_with("message-id: <m-"))
}

/// Everything that can be read in a message.
pub fn all_texts(raw: &[u8]) -> Vec<String> {
    let mut texts = Vec::new();
    collect(raw, 0, &mut texts);
    let read_on: Vec<String> = texts.iter().flat_map(|text| [entities(text), percent(text)]).collect();
    texts.extend(read_on);
    texts
}

fn collect(raw: &[u8], depth: u8, texts: &mut Vec<String>) {
    texts.push(joined(raw));
    let Some(message) = MessageParser::default().parse(raw) else { return };
    for part in &message.parts {
        for header in part.headers() {
            texts.push(format!("{:?}", header.value));
        }
        texts.extend(part.attachment_name().map(str::to_owned));
        match &part.body {
            PartType::Text(text) | PartType::Html(text) => texts.push(text.to_string()),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
                texts.push(String::from_utf8_lossy(bytes).into_owned());
                texts.push(utf16(bytes));
            }
            PartType::Message(inner) if depth < 5 => collect(inner.raw_message(), depth + 1, texts),
            PartType::Message(_) | PartType::Multipart(_) => {}
        }
    }
}

/// The bytes as text, with folded header lines and soft line breaks put together.
fn joined(raw: &[u8]) -> String {
    String::from_utf8_lossy(raw).replace("\r\n", "\n").replace("=\n", "").replace("\n ", " ").replace("\n\t", " ")
}

fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// The text without tags and with the commonest entities read, so that markup inside a word hides nothing.
fn entities(text: &str) -> String {
    static TAG: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"<[^>]*>").expect("a pattern"));
    let bare = TAG.replace_all(text, "");
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#64;", "@"), ("&amp;", "&")];
    named.iter().fold(bare.into_owned(), |text, (name, sign)| text.replace(name, sign))
}

fn percent(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut read, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                read.push(byte);
                at += 3;
            }
            None => {
                read.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&read).into_owned()
}
