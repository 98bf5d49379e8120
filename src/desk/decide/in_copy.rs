//! Who stands in To and Cc of the requester's latest message.

use crate::desk::basis::Basis;
use crate::desk::revision::Revision;
use crate::model::{Change, Understanding};

use super::case::Case;

/// Notes who stands in To and Cc of the requester's message.
pub(super) fn in_copy(case: &Case<'_>, basis: &Basis<'_>, revision: &mut Revision) {
    let Understanding { recipients, proofs, sender, .. } = case.understanding;
    let request = revision.request();
    let is_requester = request.requester().is_some_and(|requester| Some(&requester.email) == sender.address.as_ref());
    let is_known = proofs.vouched.is_some() || basis.facts.sender.is_proven;
    let progress = &request.progress;
    let is_same = progress.in_copy == recipients.people
        && (progress.is_requester_known == is_known || recipients.people.is_empty());
    if is_requester && !is_same && case.understanding.automatic.is_empty() {
        revision.change(basis, Change::InCopy { people: recipients.people.clone(), is_known });
    }
}
