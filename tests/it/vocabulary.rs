//! Words that were retired for the field's own, and stay so: each once stood in code, configuration, help or documents, and a
//! newcomer had to learn it here. The glossary is in the crate doc.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// What is read: the sources, the documents, and what operators see or install.
const READ: [&str; 10] = [
    "src",
    "benches",
    "docs",
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "config.example.toml",
    "systemd/prometheus-rules.yml",
    "systemd/grafana-dashboard.json",
];

/// A retired word, as a pattern, and what stands in its place.
const RETIRED: [(&str, &str); 26] = [
    (r"\b[Ee]xecutors?\b", "assignee"),
    (r"\bNeeded::Stand\b|\bdesk\.\w+\.stand\b", "environment"),
    (r"\b[Ff]ates?\b", "disposition"),
    (r"\b[Uu]ncovered\b", "without_contract"),
    (r"\b[Rr]eaction(Near|Missed|_due)?\b|\breacted\b", "first response"),
    (r"\bBells?\b|\bbells?\b|\brung\b", "wakeup"),
    (r"\bBeat\b|\bbeats?\b", "heartbeat"),
    (r"\b[Pp]ulse\b", "health"),
    (r"\b[Ss]urroundings\b", "related facts, process context"),
    (r"\b[Pp]resence\b|\b[Ss]taffing\b", "absence, workload"),
    (r"\bfn steer\b|\bSteering \{", "command"),
    (r"\bAnnouncement\b|\bAnnounced\b", "release news, release outcome"),
    (r"\b[Mm]isfits?\b", "rejection"),
    (r"\bcarry_out\b|\bstruct Carried\b", "execute"),
    (r"\b[Cc]ontradictions?\b", "conflict"),
    (r"\bHappening\b|\bCourse\b", "trigger, transition"),
    (r"\bEncounter\b|\bSurvey\b", "handshake, server info"),
    (r"\b[Mm]useum\b", "corpus"),
    (r"\b(outside|of) the house\b", "external, of the company"),
    (r"\bon the wall\b", "a plain term for local time"),
    (r"\bits time has come\b", "is due"),
    (r"\bfares?\b", "a plain term for health"),
    (r"\b(he|she|him|his|himself|hers)\b", "they"),
    (r"\b(He|She|His)\b", "they"),
    (r"\bsomething to be done something\b", "a sentence"),
    (r"\b(transport|written)_\w*letters\b", "emails"),
];

/// Where a retired word is right: the table of phrases that tags are typed with, and words in the languages of customers.
const ALLOWED: [(&str, &str); 3] = [
    ("src/mail/subject/phrases.rs", "executor"),
    ("src/desk/plain_words/notices.rs", "reaction"),
    ("src/desk/plain_words/notices.rs", "reacted"),
];

#[test]
fn retired_words_stay_away() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    READ.iter().for_each(|path| collect(&root.join(path), &mut files));
    assert!(files.len() > 300, "the texts are there");
    let patterns = RETIRED.map(|(pattern, instead)| (Regex::new(pattern).unwrap(), instead));
    let mut found = Vec::new();
    for file in files {
        let path = file.strip_prefix(root).unwrap().to_str().unwrap();
        let text = fs::read_to_string(&file).unwrap();
        for (line, words) in text.lines().enumerate() {
            for (pattern, instead) in &patterns {
                for word in pattern.find_iter(words).map(|word| word.as_str()) {
                    if !ALLOWED.contains(&(path, word)) {
                        found.push(format!("{path}:{}: {word:?}, say {instead}: {}", line + 1, words.trim()));
                    }
                }
            }
        }
    }
    assert!(found.is_empty(), "{} retired words:\n{}", found.len(), found.join("\n"));
}

/// Every room may have these: what a command takes, and the implementations of traits.
const REPEATED: [&str; 1] = ["Args"];

#[test]
fn a_type_name_has_one_meaning() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let declared = Regex::new(r"(?m)^pub(?:\([a-z :]+\))? (?:struct|enum|trait|type) (\w+)").unwrap();
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs")) {
        let path = file.strip_prefix(&root).unwrap().to_str().unwrap();
        for found in declared.captures_iter(&fs::read_to_string(file).unwrap()) {
            places.entry(found[1].to_owned()).or_default().push(path.to_owned());
        }
    }
    assert!(places.len() > 200, "the types are there");
    places.retain(|name, places| places.len() > 1 && !REPEATED.contains(&name.as_str()));
    assert!(places.is_empty(), "names of several types: {places:#?}");
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_file() {
        files.push(path.to_owned());
        return;
    }
    for entry in fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())) {
        collect(&entry.unwrap().path(), files);
    }
}
