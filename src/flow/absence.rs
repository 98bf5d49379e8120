//! Desks as they are staffed today, and whose requests are counted.

use std::borrow::Cow;

use crate::model::policy::{Absence, Assignment, Desk};
use crate::model::{ShortName, Timestamp};
use crate::store::{StoreError, Tx, View};

use super::Context;

/// The desks, with their engineers who are away now.
pub(super) fn desks<'a>(context: &'a Context, view: &View<'_>, now: Timestamp) -> Result<Cow<'a, [Desk]>, StoreError> {
    let desks = &context.settings.desks;
    let absences = view.absences()?;
    Ok(match absences.is_empty() {
        true => Cow::Borrowed(desks),
        false => Cow::Owned(desks.iter().map(|desk| desk.with_absences(&absences, now)).collect()),
    })
}

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
