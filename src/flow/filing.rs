//! Transaction B: files one message, by facts → decide → commit.

use std::borrow::Cow;

use crate::desk::{self, Case};
use crate::failpoint;
use crate::model::{Decision, Disposition, Facts, Redaction, ThreadFacts, Understanding};
use crate::store::{StoreError, Tx, View};

use super::Context;
use super::basis::with_basis;
use super::commit::commit;
use super::destination::Destination;
use super::facts;
use super::look::{Looked, look};
use super::origin::{FiledMessage, Origin};
use super::understand::{Understood, with_text};

/// Decides about a message, and stores the decision. `None` where the message's mailbox is not configured.
pub(super) fn file(context: &Context, tx: &Tx<'_>, understood: &Understood) -> Result<Option<Decision>, StoreError> {
    let (message, now) = (&understood.message, context.now());
    let Some(at) = Destination::of(&context.settings, &message.waiting.mailbox) else { return Ok(None) };
    let thread = look(tx, message.waiting.id, at, &understood.understanding, now)?;
    let understanding = still_understood(context, tx, at, understood, &thread)?;
    let similar = if thread.about().is_none() { tx.similar_requests(&understood.similar)? } else { Vec::new() };
    let facts = facts::of_message(context, tx, at, message, &understanding, thread, now)?;
    let facts = Facts { similar, ..facts };
    with_basis(context, at.desk, &facts, now, |basis| {
        let case = Case {
            basis: basis.of_message(message.waiting.id),
            received: message.waiting.id,
            incoming: &message.incoming,
            understanding: &understanding,
            automatic: at.mailbox.automatic,
            is_older: message.waiting.is_older,
            accepted_at: message.waiting.accepted_at,
            is_split: message.waiting.is_split,
            limits: context.settings.limits,
        };
        let decision = desk::decide(&case);
        write(context, tx, understood, &case, &decision)?;
        failpoint::reached("handle.before");
        Ok(Some(decision))
    })
}

/// What the message means, judged by the message that it answers now. That one may have been erased since the look, or filed
/// only after it: then the message is understood anew.
fn still_understood<'a>(
    context: &Context,
    view: &View<'_>,
    at: Destination<'_>,
    understood: &'a Understood,
    thread: &ThreadFacts,
) -> Result<Cow<'a, Understanding>, StoreError> {
    let (settings, understanding) = (&context.settings, &understood.understanding);
    let looked = Looked::of(thread, &settings.desks, at.desk, &understanding.sender);
    if looked == understood.looked {
        return Ok(Cow::Borrowed(understanding));
    }
    with_text(context, view, &understood.message, understanding.clone(), &looked).map(Cow::Owned)
}

fn write(
    context: &Context,
    tx: &Tx<'_>,
    understood: &Understood,
    case: &Case<'_>,
    decision: &Decision,
) -> Result<(), StoreError> {
    let (waiting, sender) = (&understood.message.waiting, case.understanding.sender.address.as_ref());
    let reading = match decision.disposition {
        // The readers of a new request have none of the letters that it may quote.
        Disposition::Opened => &case.incoming.reading,
        _ => &case.understanding.reading,
    };
    let (received, formed) = (case.received, &understood.formed[..]);
    let gist = &understood.gist;
    let message = FiledMessage { received, incoming: case.incoming, sender, reading, formed, gist };
    let origin = Origin { message: Some(message), is_repeated: waiting.is_repeated, arrived_at: waiting.arrived_at };
    commit(context, tx, &case.basis, decision, &origin)?;
    if let (Disposition::Duplicate, Some(earlier)) = (decision.disposition, &case.basis.facts.identity.duplicate_of)
        && tx.is_erased(earlier.id)?
    {
        // Erased content must not come back when the same message is sent again.
        let first = u32::try_from(case.received.0).unwrap_or(u32::MAX);
        let redaction = Redaction::of_all(first, sender.cloned().into_iter().collect());
        tx.erase_messages(&[case.received], &redaction, case.basis.now)?;
    }
    Ok(())
}
