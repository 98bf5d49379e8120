//! Finds asks that exclude each other.

use crate::model::{Ask, Place, Status};

use super::news::Rejection;

/// What an ask sets. Two asks conflict if they set the same thing differently.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Standing,
    Assignee,
    Place,
    Desk,
    Kind,
    Priority,
    Release,
    Absence,
    Alone,
    Free,
}

pub(super) fn slot(ask: &Ask) -> Slot {
    match ask {
        Ask::Status(_) | Ask::Close | Ask::Reopen | Ask::Plan | Ask::Decline | Ask::Spam | Ask::Duplicate(_) => {
            Slot::Standing
        }
        Ask::Assign(_) | Ask::Take => Slot::Assignee,
        Ask::PassOn(Place::Desk(_)) => Slot::Desk,
        Ask::PassOn(Place::Line(_) | Place::Team(_)) => Slot::Place,
        Ask::Kind(_) => Slot::Kind,
        Ask::Priority(_) => Slot::Priority,
        Ask::Release(_) => Slot::Release,
        Ask::Away(_) | Ask::Back => Slot::Absence,
        Ask::Undo | Ask::Split => Slot::Alone,
        _ => Slot::Free,
    }
}

/// Every pair of asks that exclude each other, as rejections.
pub fn conflicts(asks: &[Ask]) -> Vec<Rejection> {
    let mut found = Vec::new();
    for (index, one) in asks.iter().enumerate() {
        for other in &asks[index + 1..] {
            let is_conflict = match (slot(one), slot(other)) {
                (Slot::Alone, _) | (_, Slot::Alone) => one != other,
                // The other desk decides how the request goes on there.
                (Slot::Desk, Slot::Standing | Slot::Assignee | Slot::Place | Slot::Release)
                | (Slot::Standing | Slot::Assignee | Slot::Place | Slot::Release, Slot::Desk) => true,
                (Slot::Standing, Slot::Release) => !matches!(one, Ask::Plan | Ask::Status(Status::Planned)),
                (Slot::Release, Slot::Standing) => !matches!(other, Ask::Plan | Ask::Status(Status::Planned)),
                (Slot::Free, Slot::Free) => {
                    names_client(one) && names_client(other) && one != other
                        || matches!((one, other), (Ask::Released(a), Ask::Released(b)) if a != b)
                }
                (a, b) => a == b && one != other,
            };
            let is_silent_question = matches!(
                (one, other),
                (Ask::Note, Ask::Status(Status::NeedInfo)) | (Ask::Status(Status::NeedInfo), Ask::Note)
            );
            let is_unsent = matches!((one, other), (Ask::Note, Ask::Send) | (Ask::Send, Ask::Note));
            if is_conflict || is_silent_question || is_unsent {
                found.push(Rejection::Conflict(one.clone(), other.clone()));
            }
        }
    }
    found
}

/// Whether the ask says whose request it is.
fn names_client(ask: &Ask) -> bool {
    matches!(ask, Ask::OnBehalfOf(_) | Ask::OnBehalfOfCaller(_))
}
