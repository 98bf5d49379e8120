//! Any text is a subject: prefixes and references are cut completely, what is quoted is one clean line, and its tags are read.

#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use maildesk::mail::subject::tags;
use maildesk::mail::subject::{is_forward, references, without_prefixes, without_references};
use maildesk::model::{DeskKey, Vocabulary};

fuzz_target!(|bytes: &[u8]| {
    let subject = &*String::from_utf8_lossy(bytes);
    let keys = ["OTK", "IT2"].map(|key| DeskKey::parse(key).expect("a key"));

    let words = without_prefixes(subject);
    assert!(subject.contains(words), "{words:?} is not part of the subject");
    assert_eq!(without_prefixes(words), words, "a prefix is left");
    assert!(!is_forward(words), "{words:?} still says forward");

    let found = references(subject, &keys);
    assert_eq!(found.iter().collect::<HashSet<_>>().len(), found.len(), "a number is there twice");

    let quoted = without_references(subject, &keys);
    assert!(references(&quoted, &keys).is_empty(), "a reference is left in {quoted:?}");
    assert!(quoted.chars().count() <= 200 && !quoted.contains(char::is_control), "{quoted:?}");
    assert_eq!(without_references(&quoted, &keys), quoted, "quoted again, it differs");

    let vocabulary = Vocabulary { desks: keys.to_vec(), ..Vocabulary::default() };
    // The laws of tags are held by tests/it/tags.rs; here nothing may panic or hang.
    let _ = tags::read(subject, &vocabulary);
    let _ = tags::first_line_tags(subject, &vocabulary);
    let _ = tags::asks_typed(subject, words, &vocabulary);
    let _ = tags::read(&tags::neutralise(subject), &vocabulary);
});
