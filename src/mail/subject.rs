//! Subjects: reply and forward prefixes, references.

/// The subject without its reply and forward prefixes, in any of the languages that mail programs write them.
pub fn without_prefixes(subject: &str) -> &str {
    subject
}
