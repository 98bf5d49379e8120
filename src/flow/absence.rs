//! Records absences of engineers, and says whose workload matters for assigning.

use crate::model::ShortName;
use crate::model::policy::{Absence, Assignment, Desk};
use crate::store::{StoreError, Tx};

use super::Context;

/// The engineers whose open requests must be counted, because their desk assigns by workload.
pub(super) fn counted(desks: &[Desk]) -> Vec<ShortName> {
    let mut names: Vec<ShortName> = Vec::new();
    for desk in desks.iter().filter(|desk| desk.assignment == Assignment::LeastLoaded) {
        names.extend(desk.engineers.iter().map(|engineer| engineer.name.clone()));
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// Records that an engineer is away, or that they are back where `absence` is `None`.
pub async fn note_absence(context: &Context, engineer: &ShortName, absence: Option<Absence>) -> Result<(), StoreError> {
    let (engineer, now) = (engineer.clone(), context.now());
    let write = context.store.write(move |tx: &Tx<'_>| match &absence {
        Some(absence) => tx.leave(absence, now),
        None => tx.come_back(&engineer).map(|_| ()),
    });
    write.await
}
