//! Judges messages of participants that carry the marks of a robot: help desks such as ServiceNow and Zendesk, and programs that
//! write as `noreply@`, put them on what a person has answered, too.

use crate::desk::plain_words::sounds_automatic;
use crate::model::{AutomaticSign, Phase, Request};

use super::case::Case;

/// How soon robots answer, in seconds: a later answer may be a person's.
const PROMPT: i64 = 300;

/// For how long engineers are told only once of messages that are alike, in seconds.
const ALIKE_FOR: i64 = 86_400;

/// What becomes of a participant's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// It carries no mark, or a person has probably answered our question in spite of it.
    Person,
    /// It looks automatic, but may be more: engineers see it.
    Doubtful,
    /// Engineers have seen one like it within a day.
    Repeated,
    /// It says that it is an automatic reply, or a report.
    Robot,
}

/// Judges a message of a participant by its marks and by what it answers.
pub(super) fn mark(case: &Case<'_>, request: &Request) -> Mark {
    let signs = &case.understanding.automatic;
    if signs.is_empty() {
        return Mark::Person;
    }
    let facts = case.basis.facts;
    if facts.thread.is_by_number() || !signs.iter().all(may_be_of_a_person) {
        return Mark::Robot;
    }
    let words = case.understanding.reading.words.trim();
    let is_answer = request.standing.phase == Phase::Waiting
        && facts.answered.alike_at.is_none()
        && !words.is_empty()
        && !sounds_automatic(words)
        && answered_after(case).is_some_and(|seconds| seconds > PROMPT);
    let told = facts.answered.alike_at.filter(|told| case.basis.now.seconds_since(*told) < ALIKE_FOR);
    match (is_answer, told) {
        (true, _) => Mark::Person,
        (false, Some(_)) => Mark::Repeated,
        (false, None) => Mark::Doubtful,
    }
}

/// How many seconds after the answered letter the message was written; `None` where it answers no letter. Its own date counts
/// where it is earlier: mail may wait for us.
fn answered_after(case: &Case<'_>) -> Option<i64> {
    let letter = case.basis.facts.answered.letter_at?;
    let written = case.incoming.date.map_or(case.basis.now, |date| date.min(case.basis.now));
    Some(written.seconds_since(letter))
}

/// Whether a sign may stand on what a person wrote: programs that carry people's mail set it, too.
fn may_be_of_a_person(sign: &AutomaticSign) -> bool {
    match sign {
        AutomaticSign::RobotHeader(name, _) => {
            let name = name.to_lowercase();
            !["reply", "respon", "answ", "vacation"].iter().any(|word| name.contains(word))
        }
        AutomaticSign::AutoSubmitted(_)
        | AutomaticSign::Precedence(_)
        | AutomaticSign::ResponseSuppressed(_)
        | AutomaticSign::List(..)
        | AutomaticSign::UnattendedSender(_) => !sign.is_reply(),
        AutomaticSign::Report(_)
        | AutomaticSign::NullReturnPath
        | AutomaticSign::Subject(_)
        | AutomaticSign::Calendar(_) => false,
    }
}
