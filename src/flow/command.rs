//! `maildesk set`, and personal addresses of engineers.

use crate::desk::{self, Rejection};
use crate::mail::proof;
use crate::model::policy::Desk;
use crate::model::{Ask, Decision, EmailAddress, RequestFacts, RequestNumber, ShortName};
use crate::store::StoreError;

use super::Context;
use super::absence;
use super::basis::with_basis;
use super::commit::commit;
use super::facts;
use super::origin::Origin;
use super::related_facts;

/// Why `maildesk set` was refused.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no request with this number.
    #[error("there is no request {0} (see `maildesk list`)")]
    NoRequest(RequestNumber),
    /// The request's desk is not in the configuration.
    #[error("desk {0} is not in the configuration")]
    NoDesk(crate::model::DeskKey),
    /// Some of the asks cannot be done, for these reasons; none of them is executed.
    #[error("nothing is done: the asks do not fit")]
    Rejections(Vec<Rejection>),
}

/// Executes asks from the command line, all or none, by the rules for an engineer's tags.
pub async fn set(context: &Context, number: &RequestNumber, asks: Vec<Ask>) -> Result<Decision, SetError> {
    let (inner, number) = (context.clone(), number.clone());
    let decided = context.store.write(move |tx| {
        let (context, now) = (&inner, inner.now());
        let Some(request) = tx.request(&number)? else { return Ok(Err(SetError::NoRequest(number.clone()))) };
        let Some(desk) = context.settings.desk(&number.desk) else {
            return Ok(Err(SetError::NoDesk(number.desk.clone())));
        };
        let mut facts = facts::none(tx, tx.next_number(&desk.key)?)?;
        facts.request = RequestFacts {
            summary: tx.summary(&number)?,
            passed_on: tx.passed_on(&request)?,
            ..RequestFacts::default()
        };
        related_facts::add(tx, &mut facts, &asks, desk, Some(&request))?;
        facts.desk.workload = tx.workload(&absence::counted(&context.settings.desks))?;
        with_basis(context, desk, &facts, now, |basis| {
            let decision = match desk::set(&basis, &request, &asks) {
                Ok(decision) => decision,
                Err(rejections) => return Ok(Err(SetError::Rejections(rejections))),
            };
            commit(context, tx, &basis, &decision, &Origin::default())?;
            Ok(Ok(decision))
        })
    });
    decided.await?
}

/// The personal address with this serial number at a desk; `None` where the desk's address cannot hold one.
pub fn personal_address(context: &Context, serial: u32, desk: &Desk) -> Option<EmailAddress> {
    proof::personal_address(&context.ring, serial, &desk.address)
}

/// The desks at which an engineer works.
pub fn desks_of<'a>(context: &'a Context, engineer: &ShortName) -> Vec<&'a Desk> {
    let current = context.settings.desks.iter().filter(|desk| desk.renamed_to.is_none());
    current.filter(|desk| desk.engineer(engineer).is_some()).collect()
}
