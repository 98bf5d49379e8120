//! `maildesk release`: tells everybody who waits for a version that it is out, or that it has another day.

use serde::Serialize;

use crate::desk;
use crate::model::{DeskKey, Release, RequestNumber, Version};
use crate::store::StoreError;

use super::basis::with_basis;
use super::commit::commit;
use super::origin::Origin;
use super::{Context, facts, related_facts};

/// News about a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReleaseNews {
    /// The version is out.
    Out(Version),
    /// The version will come on another day.
    On(Release),
}

/// Who was told of a release.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReleaseOutcome {
    /// The requests that were answered, or whose requesters were told the new day.
    pub requests: Vec<RequestNumber>,
    /// How many letters were written.
    #[serde(rename = "emails")]
    pub letters: u64,
}

/// Tells everybody who waits for a version; only those of one desk where it is given. All in one transaction, so that nobody is
/// told twice and nobody is left out.
pub async fn release(
    context: &Context,
    desk: Option<DeskKey>,
    news: ReleaseNews,
) -> Result<ReleaseOutcome, StoreError> {
    let inner = context.clone();
    let outcome = context.store.write(move |tx| {
        let (context, now) = (&inner, inner.now());
        let desks = &context.settings.desks;
        let mut outcome = ReleaseOutcome::default();
        for desk in desks.iter().filter(|known| desk.as_ref().is_none_or(|desk| known.key == *desk)) {
            let mut facts = facts::none(tx, tx.next_number(&desk.key)?)?;
            let version = match &news {
                ReleaseNews::Out(version) => version,
                ReleaseNews::On(release) => &release.version,
            };
            related_facts::add_awaiting(tx, &mut facts, tx.awaiting(Some(&desk.key), version)?)?;
            let decision = with_basis(context, desk, &facts, now, |basis| {
                let decision = match &news {
                    ReleaseNews::Out(version) => desk::released(&basis, version),
                    ReleaseNews::On(release) => desk::rescheduled(&basis, release),
                };
                commit(context, tx, &basis, &decision, &Origin::default()).map(|()| decision)
            })?;
            outcome.letters += decision.letters().count() as u64;
            for event in decision.events() {
                if !outcome.requests.contains(&event.request) {
                    outcome.requests.push(event.request.clone());
                }
            }
        }
        Ok(outcome)
    });
    outcome.await
}
