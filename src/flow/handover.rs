//! Gives the requests of engineers who have left, or were renamed in the configuration, to whoever has them now.

use tracing::info;

use crate::desk;
use crate::model::policy::{Desk, FormerEngineer};
use crate::model::{Ask, RequestFacts, RequestNumber, ShortName};
use crate::store::{StoreError, Tx};

use super::basis::with_basis;
use super::commit::commit;
use super::origin::Origin;
use super::{Context, absence, facts, related_facts};

/// Why the personal addresses of somebody end who has left.
const LEFT: &str = "its engineer has left";

/// Hands over all open requests of former engineers, each in a transaction of its own, and revokes their personal addresses.
pub async fn hand_over(context: &Context) -> Result<(), StoreError> {
    for desk in &context.settings.desks {
        for former in &desk.former {
            hand_over_all_of(context, desk, former).await?;
        }
    }
    let works = |name: &ShortName| context.settings.desks.iter().any(|desk| desk.engineer(name).is_some());
    let mut left: Vec<&FormerEngineer> = context.settings.desks.iter().flat_map(|desk| &desk.former).collect();
    left.retain(|former| !former.is_renamed && !works(&former.name));
    for former in left {
        end_proofs(context, &former.name).await?;
    }
    Ok(())
}

async fn hand_over_all_of(context: &Context, desk: &Desk, former: &FormerEngineer) -> Result<(), StoreError> {
    let (key, name) = (desk.key.clone(), former.name.clone());
    let numbers = context.store.ask(move |view| {
        // Most have none, which the counts say; the requests themselves are in no index by engineer.
        let has_some = view.open_requests()?.iter().any(|row| row.assignee.as_ref() == Some(&name) && row.desk == key);
        if has_some { view.assigned_to(&key, &name) } else { Ok(Vec::new()) }
    });
    for number in numbers.await? {
        let (inner, desk, former) = (context.clone(), desk.clone(), former.clone());
        let handed = number.clone();
        let to = context.store.write(move |tx| hand_over_one(&inner, tx, &desk, &former, &handed)).await?;
        let to = to.as_ref().map_or("its line or team", ShortName::as_str);
        info!(request = %number, to, "handed over a request of somebody who has left");
        context.written.wake();
    }
    Ok(())
}

/// Hands over a request, and tells who has it now.
fn hand_over_one(
    context: &Context,
    tx: &Tx<'_>,
    desk: &Desk,
    former: &FormerEngineer,
    number: &RequestNumber,
) -> Result<Option<ShortName>, StoreError> {
    let Some(request) = tx.request(number)?.filter(|request| request.assignee.as_ref() == Some(&former.name)) else {
        return Ok(None);
    };
    let mut facts = facts::none(tx, tx.next_number(desk.current_key())?)?;
    facts.request =
        RequestFacts { summary: tx.summary(number)?, passed_on: tx.passed_on(&request)?, ..RequestFacts::default() };
    let given = [Ask::Assign(former.name.clone())];
    related_facts::add(tx, &mut facts, &given, desk, Some(&request))?;
    facts.desk.workload = tx.workload(&absence::counted(&context.settings.desks))?;
    with_basis(context, desk, &facts, context.now(), |basis| {
        let decision = desk::hand_over(&basis, &request, former);
        commit(context, tx, &basis, &decision, &Origin::default())
    })?;
    Ok(tx.request(number)?.and_then(|request| request.assignee))
}

/// Revokes the personal addresses of somebody who has left, and forgets that they were away.
async fn end_proofs(context: &Context, engineer: &ShortName) -> Result<(), StoreError> {
    let addresses = context.store.ask(|view| view.personal_addresses()).await?;
    let valid = addresses.into_iter().filter(|row| row.engineer == *engineer && row.revoked_at.is_none());
    let (serials, now, name) = (valid.map(|row| row.serial).collect::<Vec<_>>(), context.now(), engineer.clone());
    let is_away = context.store.ask(|view| view.absences()).await?.iter().any(|absence| absence.engineer == *engineer);
    if serials.is_empty() && !is_away {
        return Ok(());
    }
    context
        .store
        .write(move |tx| {
            for serial in &serials {
                tx.revoke(*serial, LEFT, now)?;
            }
            tx.come_back(&name).map(drop)
        })
        .await
}
