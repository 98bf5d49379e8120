//! The life cycle of a request: which status each event leads to, from each phase. One match without a wildcard;
//! `fixtures/lifecycle.txt` shows the whole matrix.

use crate::model::policy::AfterClose;
use crate::model::{Phase, Standing, Status};

/// Something that happens to a request and may change its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A participant wrote anything but what the next five name.
    Wrote,
    /// A participant said thanks, and nothing else.
    Thanked,
    /// A participant said yes, and nothing else.
    Assented,
    /// The requester agrees with the answer.
    Agreed,
    /// The requester does not agree with the answer.
    Disagreed,
    /// The requester does not need the request any more.
    Withdrew,
    /// An engineer wrote to the requester, without asking for a status.
    Answered,
    /// An engineer assigned the request or passed it on.
    Given,
    /// An engineer reopened the request.
    Reopened,
    /// An engineer asked for this status.
    Set(Standing),
    /// An answer to the requester was not delivered.
    Returned,
    /// The requester has been silent for as long as the desk waits before it closes a request.
    Silence,
    /// The version that the request waits for is out.
    Released,
    /// An engineer has answered the original of this duplicate, or the problem of this incident, which thereby got this status.
    AnsweredAlong(Standing),
}

/// What follows for the status of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transition {
    /// The status stays.
    Stays,
    /// The request gets this status.
    To(Status),
    /// The request stays closed, and what happened opens a new one.
    Anew,
    /// It is not possible in the request's phase.
    Refused,
}

/// What follows for the status of a request; `after_close` is the desk's way with messages about closed requests.
pub fn transition(standing: &Standing, trigger: &Trigger, after_close: AfterClose) -> Transition {
    use Phase as P;
    use Transition::{Anew, Refused, Stays, To};
    use Trigger as H;
    let back = || match after_close {
        AfterClose::Reopen => To(Status::InWork),
        AfterClose::OpenNew => Anew,
    };
    // Only a question waits for the requester; their words do not end the wait for a vendor.
    let answered_question = || if standing.status == Status::NeedInfo { To(Status::InWork) } else { Stays };
    match (standing.phase, trigger) {
        (P::New | P::Open | P::Planned, H::Wrote) => Stays,
        (P::Waiting, H::Wrote | H::Disagreed | H::Assented) => answered_question(),
        (P::Completed, H::Wrote | H::Disagreed) => To(Status::InWork),
        (P::Closed, H::Wrote | H::Disagreed) => back(),

        (P::New | P::Open | P::Waiting | P::Planned | P::Completed | P::Closed, H::Thanked) => Stays,
        (P::New | P::Open | P::Planned | P::Completed | P::Closed, H::Assented) => Stays,

        (P::New | P::Open | P::Waiting | P::Planned | P::Completed, H::Agreed) => To(Status::Confirmed),
        (P::New | P::Open | P::Waiting | P::Planned | P::Completed, H::Withdrew) => To(Status::Withdrawn),
        (P::Closed, H::Agreed | H::Withdrew) => Stays,
        (P::New | P::Open | P::Planned, H::Disagreed) => Stays,

        (P::New, H::Answered | H::Given) => To(Status::InWork),
        (P::Open | P::Waiting | P::Planned | P::Completed, H::Answered | H::Given) => Stays,
        (P::Closed, H::Answered) => Stays,
        (P::Closed, H::Given) => Refused,

        (P::New | P::Open | P::Waiting | P::Planned, H::Reopened) => Refused,
        (P::Completed | P::Closed, H::Reopened) => To(Status::InWork),

        (P::New | P::Open | P::Waiting | P::Planned | P::Completed | P::Closed, H::Set(to)) => {
            match (standing.phase, to.phase) {
                _ if to == standing => Stays,
                (P::New, P::New) => Stays,
                (P::Open | P::Waiting | P::Planned | P::Completed | P::Closed, P::New) => Refused,
                (P::New | P::Open | P::Waiting | P::Planned | P::Completed, _) => To(to.status.clone()),
                // A closed request can be reopened, or closed for another reason; it cannot be answered.
                (P::Closed, P::Open | P::Waiting | P::Planned | P::Closed) => To(to.status.clone()),
                (P::Closed, P::Completed) => Refused,
            }
        }

        (P::New | P::Open | P::Waiting | P::Planned | P::Closed, H::Returned) => Stays,
        (P::Completed, H::Returned) => To(Status::InWork),

        (P::New | P::Open | P::Waiting | P::Planned | P::Closed, H::Silence) => Stays,
        (P::Completed, H::Silence) => To(Status::Closed),

        (P::New | P::Open | P::Waiting | P::Completed | P::Closed, H::Released) => Stays,
        (P::Planned, H::Released) => To(Status::Done),

        (P::New | P::Open | P::Waiting | P::Planned, H::AnsweredAlong(to)) => To(to.status.clone()),
        (P::Closed, H::AnsweredAlong(to)) if standing.status == Status::Duplicate => To(to.status.clone()),
        (P::Completed | P::Closed, H::AnsweredAlong(_)) => Stays,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::model::ShortName;

    fn own(word: &str, phase: Phase) -> Standing {
        Standing::new(Status::Own(ShortName::parse(word).unwrap()), phase)
    }

    fn built_in(status: Status) -> Standing {
        Standing::new(status, Phase::New)
    }

    fn standings() -> Vec<Standing> {
        let built_in = [
            Status::New,
            Status::InWork,
            Status::NeedInfo,
            Status::Planned,
            Status::Done,
            Status::Declined,
            Status::Closed,
            Status::Confirmed,
            Status::Withdrawn,
            Status::Spam,
            Status::Duplicate,
            Status::Transferred,
        ]
        .map(built_in);
        built_in.into_iter().chain([own("vendor", Phase::Waiting), own("testing", Phase::Open)]).collect()
    }

    fn triggers() -> Vec<(String, Trigger)> {
        let plain = [
            ("requester wrote", Trigger::Wrote),
            ("requester thanked", Trigger::Thanked),
            ("requester assented", Trigger::Assented),
            ("requester agreed", Trigger::Agreed),
            ("requester disagreed", Trigger::Disagreed),
            ("requester withdrew", Trigger::Withdrew),
            ("engineer answered", Trigger::Answered),
            ("engineer gave it to somebody", Trigger::Given),
            ("engineer reopened", Trigger::Reopened),
            ("answer came back", Trigger::Returned),
            ("requester is silent", Trigger::Silence),
            ("version is out", Trigger::Released),
            ("answered along", Trigger::AnsweredAlong(built_in(Status::Done))),
        ];
        let set = standings().into_iter().map(|to| (format!("engineer set {}", to.status), Trigger::Set(to)));
        plain.into_iter().map(|(words, trigger)| (words.to_owned(), trigger)).chain(set).collect()
    }

    /// Compares the whole matrix with the golden file; `UPDATE_GOLDEN=1` writes it anew.
    #[test]
    fn the_matrix_is_as_agreed() {
        let mut text = String::new();
        for standing in standings() {
            let _ = writeln!(text, "{} ({})", standing.status, standing.phase);
            for (words, trigger) in triggers() {
                let transition = |after| match transition(&standing, &trigger, after) {
                    Transition::Stays => "stays".to_owned(),
                    Transition::To(status) => status.to_string(),
                    Transition::Anew => "a new request".to_owned(),
                    Transition::Refused => "refused".to_owned(),
                };
                let (reopening, anew) = (transition(AfterClose::Reopen), transition(AfterClose::OpenNew));
                let line = if reopening == anew { reopening } else { format!("{reopening}, or {anew}") };
                let _ = writeln!(text, "    {words:<30} {line}");
            }
            text.push('\n');
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lifecycle.txt");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(path, &text).unwrap();
        }
        assert_eq!(text, std::fs::read_to_string(path).unwrap_or_default(), "{path}");
    }
}
