//! Other requests that an engineer is shown beside those that a letter is about.

use super::{Phase, RequestNumber, ShortName, Timestamp};

/// An earlier request that resembles a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimilarRequest {
    /// Its number.
    pub number: RequestNumber,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Its phase.
    pub phase: Phase,
    /// The words of the answer that solved it, or else of the last one; `None` where it was never answered in words.
    pub answer: Option<String>,
    /// The names of its participants.
    pub names: Vec<String>,
}

/// A request of which an engineer was told and that a colleague has taken or answered since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenRequest {
    /// Its number.
    pub number: RequestNumber,
    /// Its subject.
    pub subject: String,
    /// The colleague.
    pub by: ShortName,
    /// Whether they have answered it, not only taken it.
    pub is_answered: bool,
    /// When.
    pub at: Timestamp,
}
