//! Columns of the event table that SQL filters by, derived from the event by one mapping. Its `match` has no wildcard, so the
//! compiler holds it complete.

use crate::model::{Actor, Change, Phase, ReceivedId, RequestNumber, ShortName};

/// The columns that are derived from an event's change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ChangeColumns<'c> {
    /// The kind of the change, as in its JSON.
    pub kind: &'static str,
    /// The request's phase before the change; `None` where its status stays.
    pub from_phase: Option<Phase>,
    /// The request's phase after the change; `None` where its status stays.
    pub to_phase: Option<Phase>,
    /// The other request that the change names.
    pub other: Option<&'c RequestNumber>,
    /// The message whose changes this one undoes.
    pub undoes: Option<ReceivedId>,
}

/// The columns of a change.
pub(super) fn of_change(change: &Change) -> ChangeColumns<'_> {
    let of = |kind| ChangeColumns { kind, from_phase: None, to_phase: None, other: None, undoes: None };
    match change {
        Change::Opened { .. } => of("opened"),
        Change::Appended => of("appended"),
        Change::Answered => of("answered"),
        Change::Noted => of("noted"),
        Change::WithThirdParties { .. } => of("with_third_parties"),
        Change::RequesterSet { .. } => of("requester_set"),
        Change::SplitOff { to, .. } => ChangeColumns { other: Some(to), ..of("split_off") },
        Change::Moved { from, to } => {
            ChangeColumns { from_phase: Some(from.phase), to_phase: Some(to.phase), ..of("moved") }
        }
        Change::Assigned { .. } => of("assigned"),
        Change::PassedOn { .. } => of("passed_on"),
        Change::KindSet { .. } => of("kind_set"),
        Change::PrioritySet { .. } => of("priority_set"),
        Change::ReleaseSet { .. } => of("release_set"),
        Change::DuplicateSet { to, .. } => ChangeColumns { other: to.as_ref(), ..of("duplicate_set") },
        Change::Watching { .. } => of("watching"),
        Change::InCopy { .. } => of("in_copy"),
        Change::Delivered { .. } => of("delivered"),
        Change::Reminded { .. } => of("reminded"),
        Change::Filed => of("filed"),
        Change::Described { .. } => of("described"),
        Change::MovedTo { number } => ChangeColumns { other: Some(number), ..of("moved_to") },
        Change::MovedFrom { number } => ChangeColumns { other: Some(number), ..of("moved_from") },
        Change::HandedOver { .. } => of("handed_over"),
        Change::Undone { cause } => ChangeColumns { undoes: Some(*cause), ..of("undone") },
        Change::AppendedFromOutside => of("appended_from_outside"),
        Change::AppendedAutomatic => of("appended_automatic"),
        Change::Proven { .. } => of("proven"),
        Change::Linked { to } => ChangeColumns { other: Some(to), ..of("linked") },
        Change::LetterFailed { .. } => of("letter_failed"),
        Change::Complained { .. } => of("complained"),
        Change::Forgotten { .. } => of("forgotten"),
    }
}

/// The kind of an actor, and the engineer's name where the actor is one.
pub(super) fn of_actor(actor: &Actor) -> (&'static str, Option<&ShortName>) {
    match actor {
        Actor::Engineer(name) => ("engineer", Some(name)),
        Actor::Person(_) => ("person", None),
        Actor::Unknown => ("unknown", None),
        Actor::Maildesk => ("maildesk", None),
        Actor::Operator => ("operator", None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Standing, Status};

    #[test]
    fn what_sql_asks_for_stands_in_columns() {
        let number = RequestNumber::parse("OTK-7").unwrap();
        let standing = |phase| Standing { phase, status: Status::New };
        let moved = Change::Moved { from: standing(Phase::New), to: standing(Phase::Closed) };
        let columns = of_change(&moved);
        assert_eq!(
            (columns.kind, columns.from_phase, columns.to_phase),
            ("moved", Some(Phase::New), Some(Phase::Closed))
        );
        let linked = Change::Linked { to: number.clone() };
        assert_eq!((of_change(&linked).kind, of_change(&linked).other), ("linked", Some(&number)));
        assert_eq!(of_change(&Change::Undone { cause: ReceivedId(5) }).undoes, Some(ReceivedId(5)));
        for change in [moved, linked, Change::AppendedFromOutside, Change::Filed] {
            let json = serde_json::to_value(&change).unwrap();
            assert_eq!(json["change"], of_change(&change).kind, "the JSON says the same");
        }
        let engineer = ShortName::parse("ivanov").unwrap();
        assert_eq!(of_actor(&Actor::Engineer(engineer.clone())), ("engineer", Some(&engineer)));
        assert_eq!(of_actor(&Actor::Operator), ("operator", None));
    }
}
