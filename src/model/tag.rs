//! What stands in brackets in a subject, and the words by which a desk is steered there.

use std::ops::Range;

use serde::Serialize;

use super::ask::{Ask, RequesterAsk, ShortName};
use super::{DeskKey, RequestNumber, Secret, Status};

/// One bracket of a subject or of a first line, as if an engineer had typed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bracket {
    /// The bytes that it takes.
    #[serde(skip)]
    pub at: Range<usize>,
    /// Those bytes, with the brackets.
    pub text: String,
    /// What it is to us.
    #[serde(flatten)]
    pub answer: Answer,
}

/// What a bracket is to us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "answer", content = "means", rename_all = "snake_case")]
pub enum Answer {
    /// Somebody else's words: left as text.
    NotMine,
    /// All that it asks, in its order.
    Asks(Vec<Ask>),
    /// Meant for us, and not understood in full: nothing of it is carried out.
    SyntaxError {
        /// What was understood.
        asks: Vec<Ask>,
        /// What was not; never empty.
        errors: Vec<SyntaxError>,
    },
    /// One of our numbers, perhaps with what a link of ours asks.
    Reference(RequestNumber, Option<KeyedAsk>),
}

impl Answer {
    /// What is asked, where all of it was understood.
    pub fn asks(&self) -> &[Ask] {
        match self {
            Answer::Asks(asks) => asks,
            Answer::NotMine | Answer::SyntaxError { .. } | Answer::Reference(..) => &[],
        }
    }

    /// What the bracket is when a requester wrote it: an ask that is not for requesters makes it text, and nobody is
    /// corrected. `[Release 2.4.17]` in a customer's subject names a release and promises none.
    pub fn from_requester(self) -> Self {
        match self {
            Answer::Asks(asks) if asks.iter().all(Ask::is_for_requesters) => Answer::Asks(asks),
            Answer::Asks(_) | Answer::SyntaxError { .. } | Answer::NotMine => Answer::NotMine,
            Answer::Reference(number, ask) => Answer::Reference(number, ask),
        }
    }
}

/// What a link in our letters asks: `confirm KEY` behind a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyedAsk {
    /// What is asked.
    pub ask: RequesterAsk,
    /// The key that was in the link; a claim until it is verified.
    #[serde(skip)]
    pub key: Secret,
}

/// A directive that was meant for us and cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SyntaxError {
    /// The directive as typed.
    pub text: String,
    /// What is wrong with it.
    pub problem: SyntaxErrorKind,
    /// What was probably meant, in the language in which it was typed.
    pub nearest: Option<String>,
}

/// What may be wrong with a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SyntaxErrorKind {
    /// Among directives of ours stands one that is none.
    UnknownPhrase,
    /// A phrase with one letter wrong.
    Misspelt,
    /// A phrase typed with the other keyboard layout.
    OtherLayout,
    /// Commas between directives, which semicolons part.
    Commas,
    /// The closing bracket is missing.
    NotClosed,
    /// Directives behind a reference, which need a bracket of their own.
    BehindReference,
    /// The value is missing.
    ValueMissing,
    /// The phrase takes no value.
    ValueUnexpected,
    /// The value is no e-mail address that we can write to.
    NoAddress,
    /// The value does not begin with a version.
    NoVersion,
    /// There is no such day, or it is not written as 2026-12-01 or 01.12.2026.
    NoDate,
    /// The value is no number of a request here.
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

/// Why a desk's own word cannot stand in tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clash {
    /// This tag, shown without its brackets, holds the word and asks something else.
    Asks(String, Ask),
    /// Built-in tags begin with the word and go on with a value.
    Begins,
    /// This tag holds the word and would not be understood.
    NotUnderstood(String),
}

/// The words that a desk adds to the grammar. Where a list of people, teams or lines is empty, the desk names none, and any
/// well-formed name is taken as one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// The desks whose numbers are ours.
    pub desks: Vec<DeskKey>,
    /// The desk's own statuses, and its own words for built-in ones.
    pub statuses: Vec<Named<Status>>,
    /// The engineers; the short name itself need not be among the words.
    pub engineers: Vec<Named<ShortName>>,
    /// The teams; likewise.
    pub teams: Vec<Named<ShortName>>,
    /// The numbers of the lines.
    pub lines: Vec<u8>,
}

/// A thing, and what people call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<T> {
    /// The thing.
    pub thing: T,
    /// Words for it, in any language; each of them one or more words.
    pub words: Vec<String>,
}
