//! Who is away, and whose requests are counted.

use crate::model::ShortName;
use crate::model::policy::{Absence, Assignment, Desk};
use crate::store::{StoreError, Tx};

use super::Context;

/// The engineers whose requests must be counted to assign one.
pub(super) fn counted(desks: &[Desk]) -> Vec<ShortName> {
    let mut names: Vec<ShortName> = Vec::new();
    for desk in desks.iter().filter(|desk| desk.assignment == Assignment::LeastLoaded) {
        names.extend(desk.engineers.iter().map(|engineer| engineer.name.clone()));
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// Notes that an engineer is away, or back where `absence` is none.
pub async fn note_absence(context: &Context, engineer: &ShortName, absence: Option<Absence>) -> Result<(), StoreError> {
    let (engineer, now) = (engineer.clone(), context.now());
    let write = context.store.write(move |tx: &Tx<'_>| match &absence {
        Some(absence) => tx.leave(absence, now),
        None => tx.come_back(&engineer).map(|_| ()),
    });
    write.await
}
