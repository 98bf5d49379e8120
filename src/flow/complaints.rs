//! Ends the silence towards a reader who has complained, at the operator's command.

use crate::model::EmailAddress;
use crate::store::{StoreError, Tx};

use super::Context;

/// Lets somebody who has complained have automatic letters again. Returns whether they had complained.
pub async fn lift_complaint(context: &Context, address: &EmailAddress) -> Result<bool, StoreError> {
    let address = address.clone();
    context.store.write(move |tx: &Tx<'_>| tx.end_silence(&address)).await
}
