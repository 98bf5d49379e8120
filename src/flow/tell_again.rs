//! Tells engineers again of messages of theirs of which nothing was sent, and which wait for their yes or no.

use crate::desk;
use crate::model::{DeskKey, ShortName, Timestamp};
use crate::store::{StoreError, Tx};

use super::basis::with_basis;
use super::commit::commit;
use super::origin::Origin;
use super::{Context, facts};

/// Tells all engineers again who are to be told by now.
pub(super) async fn tell_again(context: &Context) -> Result<(), StoreError> {
    let now = context.now();
    for (key, name) in context.store.ask(move |view| view.to_tell_again(now)).await? {
        let inner = context.clone();
        if context.store.write(move |tx| tell(&inner, tx, &key, &name, now)).await? {
            context.written.wake();
        }
    }
    Ok(())
}

/// Tells one engineer again, and records it in the same transaction. Returns whether a letter was written.
fn tell(context: &Context, tx: &Tx<'_>, key: &DeskKey, name: &ShortName, now: Timestamp) -> Result<bool, StoreError> {
    let mut waiting = Vec::new();
    for message in tx.unsent(key, name)? {
        if message.due_at.is_some_and(|due| due <= now) {
            let letter = message.letter.map_or(Ok(None), |letter| tx.letter(letter))?;
            waiting.push((message, letter.map(|letter| letter.draft)));
        }
    }
    tx.told_again(key, name, now)?;
    let known = context.settings.desk(key).and_then(|desk| Some((desk, desk.engineer(name)?)));
    let Some((desk, engineer)) = known else { return Ok(false) };
    let facts = facts::none(tx, tx.next_number(key)?)?;
    with_basis(context, desk, &facts, now, |basis| {
        let decision = desk::tell_again(&basis, engineer, &waiting);
        commit(context, tx, &basis, &decision, &Origin::default())?;
        Ok(decision.letters().next().is_some())
    })
}
