//! Tags: the brackets in subjects and first lines, what they mean, and the words that a desk adds to their grammar.

use std::ops::Range;

use serde::Serialize;

use super::ask::{Ask, ShortName};
use super::{DeskKey, RequestNumber, Secret, Status};

/// A bracket in a subject or on a first line, `[done; priority high]`, read as if an engineer had typed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bracket {
    /// Its position in the text, in bytes, with the brackets.
    #[serde(skip)]
    pub at: Range<usize>,
    /// Its text, with the brackets.
    pub text: String,
    /// What it means.
    #[serde(flatten)]
    pub answer: Answer,
}

/// The meaning of a bracket: asks, a request number, a syntax error, or nothing of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "answer", content = "means", rename_all = "snake_case")]
pub enum Answer {
    /// No tag: the bracket is ordinary text and stays in the subject.
    NotMine,
    /// Tags that were understood in full, in their order.
    Asks(Vec<Ask>),
    /// Tags that were not understood in full, so that none of them is carried out.
    SyntaxError {
        /// The tags that were understood.
        asks: Vec<Ask>,
        /// The tags that were not; never empty.
        errors: Vec<SyntaxError>,
    },
    /// A request number of one of our desks; with an ask if the bracket comes from a link in our letters.
    Reference(RequestNumber, Option<KeyedAsk>),
}

impl Answer {
    /// The asks, if all of them were understood; otherwise empty.
    pub fn asks(&self) -> &[Ask] {
        match self {
            Answer::Asks(asks) => asks,
            Answer::NotMine | Answer::SyntaxError { .. } | Answer::Reference(..) => &[],
        }
    }

    /// The request and the ask of a button in our letters to engineers, with its key, which is not verified yet; `None` for all else.
    pub fn button(&self) -> Option<(&RequestNumber, &KeyedAsk)> {
        match self {
            Answer::Reference(number, Some(keyed)) if !keyed.ask.is_of_links() => Some((number, keyed)),
            _ => None,
        }
    }

    /// The meaning of the bracket if a requester wrote it: with an ask that is for engineers only, or with an error, it is ordinary
    /// text, since customers are not expected to know tags. `[Release 2.4.17]` in a customer's subject plans no release.
    pub fn from_requester(self) -> Self {
        match self {
            Answer::Asks(asks) if asks.iter().all(Ask::is_for_requesters) => Answer::Asks(asks),
            Answer::Asks(_) | Answer::SyntaxError { .. } | Answer::NotMine => Answer::NotMine,
            Answer::Reference(number, ask) => Answer::Reference(number, ask),
        }
    }
}

/// A bracket in own words, with the line on which it stands, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedTag {
    /// The bracket; its position is that in all of the words.
    pub bracket: Bracket,
    /// Its line, from 1.
    pub line: u32,
    /// Whether its writer has set it apart from the text.
    pub is_set_apart: bool,
}

/// The brackets of an engineer's own words, by what they are there. All others are text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BodyTags {
    /// Tags that were set apart, and count.
    pub counted: Vec<PlacedTag>,
    /// Known tags within a text: they may name buttons, and are neither carried out nor sent without a question.
    pub astray: Vec<PlacedTag>,
    /// Brackets that were set apart like tags, and are none that we know.
    pub unknown: Vec<PlacedTag>,
    /// The line of the tag that makes the words a note; `None` without one.
    pub note_at: Option<u32>,
    /// The first line says that all below is text for the requester.
    pub is_sent_as_it_is: bool,
}

/// The ask of a link or button in our letters: `confirm KEY` behind a request number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyedAsk {
    /// The ask: of a requester, or of an engineer where the key is one of a button.
    #[serde(serialize_with = "as_tag")]
    pub ask: Ask,
    /// The key of the link, which proves that its user received the letter; not verified yet.
    #[serde(skip)]
    pub key: Secret,
}

fn as_tag<S: serde::Serializer>(ask: &Ask, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(ask)
}

/// A tag that was not understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SyntaxError {
    /// The tag as typed.
    pub text: String,
    /// What is wrong with it.
    pub problem: SyntaxErrorKind,
    /// What was probably meant, in the language in which it was typed; `None` if there is nothing similar.
    pub nearest: Option<String>,
}

/// What is wrong with a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SyntaxErrorKind {
    /// There is no such tag; it stands in one bracket with tags that exist.
    UnknownPhrase,
    /// A tag with a typing error.
    Misspelt,
    /// A tag typed with the other keyboard layout, Russian or English.
    OtherLayout,
    /// Commas between tags instead of semicolons.
    Commas,
    /// The closing bracket is missing.
    NotClosed,
    /// Tags behind a request number; they need their own bracket.
    BehindReference,
    /// The value is missing.
    ValueMissing,
    /// The tag takes no value.
    ValueUnexpected,
    /// The value is not an e-mail address that we can write to.
    NoAddress,
    /// The value does not begin with a version.
    NoVersion,
    /// The value is not a date, written as 2026-12-01 or 01.12.2026.
    NoDate,
    /// The value is not a request number of one of our desks.
    NoRequestNumber,
    /// There is no such engineer.
    NoEngineer,
    /// There is no such line.
    NoLine,
    /// There is no such team.
    NoTeam,
    /// There is no such desk.
    NoDesk,
    /// There is no such status.
    NoStatus,
    /// There is no such kind.
    NoKind,
    /// There is no such priority.
    NoPriority,
}

/// Why a word that a desk defines cannot be used in tags: it conflicts with the grammar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clash {
    /// A tag with the word, shown without its brackets, already asks something else.
    Asks(String, Ask),
    /// Built-in tags begin with the word and continue with a value.
    Begins,
    /// A tag with the word, shown without its brackets, would not be understood.
    NotUnderstood(String),
}

/// The words that a desk adds to the grammar of tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// The keys of all desks of the installation.
    pub desks: Vec<DeskKey>,
    /// The statuses that the desk defines, and its further words for built-in ones.
    pub statuses: Vec<Named<Status>>,
    /// The engineers; the short name itself is always understood and need not be among the words.
    pub engineers: Vec<Named<ShortName>>,
    /// The teams; likewise.
    pub teams: Vec<Named<ShortName>>,
    /// The numbers of the lines.
    pub lines: Vec<u8>,
    /// Whether nobody and nothing else has a name there. Otherwise, while nobody knows the desk, any well-formed name is accepted
    /// where a list is empty.
    pub is_complete: bool,
}

/// A value together with the words that people use for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<T> {
    /// The value.
    pub thing: T,
    /// Words or phrases for it, in any language.
    pub words: Vec<String>,
}
