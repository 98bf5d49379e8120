//! The parts of letters to engineers below their text: the fixed shape in which a request is shown.

use serde::{Deserialize, Serialize};

use super::{Link, RequestNumber};

/// A part of a letter below its text. All blocks together are the shape of a request, or a list of such shapes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A line across the letter.
    Rule,
    /// The title of what follows, one line.
    Heading(String),
    /// Paragraphs of plain text.
    Text(String),
    /// What is known of a request, in a table of two columns.
    Facts(RequestNumber, Vec<Fact>),
    /// What buttons do, empty where that is said elsewhere, and the links that are pressed as buttons. Readers of plain text have
    /// neither: they answer with the tags that stand beside them.
    Buttons(String, Vec<Link>),
}

impl Block {
    /// The length of what it shows, in bytes.
    pub fn length(&self) -> usize {
        match self {
            Block::Rule => 0,
            Block::Heading(text) | Block::Text(text) => text.len(),
            Block::Facts(_, facts) => facts.iter().map(|fact| fact.label.len() + fact.value.len()).sum(),
            Block::Buttons(hint, links) => {
                hint.len() + links.iter().map(|link| link.label.len() + link.url.len()).sum::<usize>()
            }
        }
    }
}

/// Something known of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is, in the language of the letter.
    pub label: String,
    /// Its value, one line.
    pub value: String,
}
