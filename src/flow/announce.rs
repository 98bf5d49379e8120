//! `maildesk release`: all who wait for a version are told that it is out, or that it has another day.

use serde::Serialize;

use crate::desk;
use crate::model::{DeskKey, Facts, Release, RequestNumber, Version};
use crate::store::StoreError;

use super::basis::with_basis;
use super::commit::commit;
use super::origin::Origin;
use super::{Context, surroundings};

/// What is announced about a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Announcement {
    /// This version is out.
    Out(Version),
    /// It comes on another day.
    On(Release),
}

/// Who was told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Announced {
    /// The requests that were answered, or whose requesters learn the new day.
    pub requests: Vec<RequestNumber>,
    /// How many letters were written.
    pub letters: u64,
}

/// Tells everybody who waits for a version; those of one desk where given. All in one transaction, so that nobody is told twice
/// and nobody is left out.
pub async fn announce(
    context: &Context,
    desk: Option<DeskKey>,
    announcement: Announcement,
) -> Result<Announced, StoreError> {
    let inner = context.clone();
    let announced = context.store.write(move |tx| {
        let (context, now) = (&inner, inner.now());
        let desks = &context.settings.desks;
        let mut announced = Announced::default();
        for desk in desks.iter().filter(|known| desk.as_ref().is_none_or(|desk| known.key == *desk)) {
            let mut facts = Facts::none(tx.next_number(&desk.key)?);
            let version = match &announcement {
                Announcement::Out(version) => version,
                Announcement::On(release) => &release.version,
            };
            surroundings::add_awaiting(tx, &mut facts, tx.awaiting(Some(&desk.key), version)?)?;
            let decision = with_basis(context, (desks, desk), &facts, now, |basis| {
                let decision = match &announcement {
                    Announcement::Out(version) => desk::released(&basis, version),
                    Announcement::On(release) => desk::rescheduled(&basis, release),
                };
                commit(context, tx, &basis, &decision, &Origin::default()).map(|()| decision)
            })?;
            announced.letters += decision.letters().count() as u64;
            for event in decision.events() {
                if !announced.requests.contains(&event.request) {
                    announced.requests.push(event.request.clone());
                }
            }
        }
        Ok(announced)
    });
    announced.await
}
