//! What the desk does with a new request before a person has read it, and with what its requester supplies later.

use crate::desk::assignment;
use crate::desk::basis::Basis;
use crate::desk::intake::{Evident, FirstLook, Supplied, brought, first_look, required};
use crate::desk::revision::Revision;
use crate::model::policy::{Desk, Needed, Turn};
use crate::model::{Change, Kind, Participant, Place, ShortName};

use super::case::Case;

/// The proof of what was read in a message's text and files.
const READ: &str = "read in the message";

/// A request to be opened: by whom, for whom, and with what.
pub(super) struct Opening<'a> {
    /// Who opens it, by what proof.
    pub basis: Basis<'a>,
    /// The requester; `None` where nobody can be written to.
    pub requester: Option<Participant>,
    /// The subject of the request.
    pub subject: &'a str,
    /// The text of the request.
    pub words: &'a str,
    /// The kind that a tag names; `None` without such a tag.
    pub kind: Option<Kind>,
    /// Whether an engineer registers what they were told by phone or chat.
    pub is_on_behalf: bool,
}

/// What was found in a new request, beside the changes made to it.
pub(super) struct Intake {
    /// What its requester is asked for, because it is missing.
    pub missing: Vec<Needed>,
    /// The engineer whom a keyword names.
    assignee: Option<Evident<ShortName>>,
    /// The line or team that a keyword names.
    place: Option<Place>,
}

/// Reads a request that was just opened: sets its kind and what keywords tell, as far as that is not set, and finds what is
/// missing.
pub(super) fn look(case: &Case<'_>, opening: &Opening<'_>, revision: &mut Revision) -> Intake {
    let (basis, desk) = (&opening.basis, case.basis.desk);
    let FirstLook { kind, priority, place, assignee } = first_look(desk, opening.kind, opening.subject, opening.words);
    if let Some(kind) = opening.kind.filter(|kind| revision.request().kind != Some(*kind)) {
        revision.change(basis, Change::KindSet { from: None, to: Some(kind) });
    }
    if let Some(Evident { what, proof }) = kind.as_ref().filter(|_| revision.request().kind.is_none()) {
        revision.change(&basis.by_rule(proof), Change::KindSet { from: None, to: Some(*what) });
    }
    let from = revision.request().priority;
    if let Some(Evident { what, proof }) = priority.filter(|priority| priority.what != from) {
        revision.change(&basis.by_rule(&proof), Change::PrioritySet { from, to: what });
    }
    if let Some(Evident { what, proof }) = place.as_ref().filter(|_| revision.request().place.is_none()) {
        revision.change(&basis.by_rule(proof), Change::PassedOn { from: None, to: Some(what.clone()) });
    }
    let mut missing = Vec::new();
    // Nothing is asked of robots, nor about older mail.
    if !desk.required.is_empty() && case.understanding.automatic.is_empty() && !case.is_older {
        let supplied = brought(desk, opening.subject, opening.words, &case.incoming.attachments);
        let kind = revision.request().kind;
        missing = required(desk, kind).into_iter().filter(|needed| !supplied.has(*needed)).collect();
        describe(basis, revision, supplied, &missing);
    }
    Intake { missing, assignee, place: place.map(|place| place.what) }
}

impl Intake {
    /// Assigns a new request to the engineer whom a keyword names, or else to the one whom the desk's rule chooses; to nobody
    /// if engineers are not told of the request. Returns the turn that was taken, if the rule has chosen.
    pub(super) fn assign(&self, case: &Case<'_>, revision: &mut Revision) -> Option<Turn> {
        let (basis, desk, request) = (&case.basis, case.basis.desk, revision.request());
        if !case.is_announced() || request.assignee.is_some() {
            return None;
        }
        let is_elsewhere = request.place != self.place || request.standing.phase.is_ended();
        let is_here = |named: &&Evident<ShortName>| basis.roster(desk).absence(&named.what).is_none();
        match self.assignee.as_ref().filter(is_here).filter(|_| !is_elsewhere) {
            Some(Evident { what, proof }) => {
                revision.change(&basis.by_rule(proof), Change::Assigned { from: None, to: Some(what.clone()) });
                None
            }
            None => assignment::assign(basis, desk, revision),
        }
    }
}

/// Adds what was supplied to a request, as far as it is news.
fn describe(basis: &Basis<'_>, revision: &mut Revision, supplied: Supplied, missing: &[Needed]) {
    let change =
        Change::Described { environment: supplied.environment, period: supplied.period, missing: missing.to_vec() };
    let event = basis.by_rule(READ).event(&revision.request().number, change);
    let mut after = revision.request().clone();
    after.apply(&event);
    if after.progress != revision.request().progress {
        revision.add([event]);
    }
}

/// Adds to a request what a participant's later message supplies of what was missing.
pub(super) fn supply(case: &Case<'_>, desk: &Desk, revision: &mut Revision) {
    let missing = revision.request().progress.missing.clone();
    if missing.is_empty() {
        return;
    }
    let mut supplied = brought(desk, "", &case.understanding.reading.words, &case.incoming.attachments);
    supplied.environment = supplied.environment.filter(|_| missing.contains(&Needed::Environment));
    supplied.period = supplied.period.filter(|_| missing.contains(&Needed::Period));
    let still: Vec<Needed> = missing.into_iter().filter(|needed| !supplied.has(*needed)).collect();
    describe(&case.basis, revision, supplied, &still);
}
