//! What a message's text consists of, as people are shown it.

use serde::Serialize;

/// The line above what is set apart from a message's words.
pub const ASIDE_LINE: &str = "· · ·";

/// The text of a message, divided by who wrote it when. Its readers are shown all but [`Reading::quoted`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// What the author wrote now, and above an answer between quoted lines the lines that it answers, marked with `>`.
    pub words: String,
    /// The author's signature, with whatever stood below it: contact details, legal notices, a device's advertisement.
    pub signature: String,
    /// Quoted or forwarded mail of which nobody knows whether its readers have it: earlier conversation, as it came.
    pub earlier: String,
    /// Lines of the message of ours that it answers, as it quotes them: its readers have that message.
    pub quoted: String,
}

impl Reading {
    /// The words and the earlier conversation: what a request is judged by that a message opens.
    pub fn content(&self) -> String {
        Self { signature: String::new(), ..self.clone() }.shown()
    }

    /// Everything that is shown, in its order: what the message can be found by.
    pub fn shown(&self) -> String {
        let parts = [&self.words, &self.signature, &self.earlier];
        parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n\n")
    }
}
